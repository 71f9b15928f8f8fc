"""Who at Fernleaf looks after which customers, from when, and what that costs.

Drawn after everything else, from random numbers of its own: no customer behaves otherwise for it. That Lena Fischer's
customers leave more often than others alike is so because those who would leave were given to her more often.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sample_company.company import MONTHS, OPENED, Customer, Row, add_months, stream

#: by region; the second of EMEA gets more of those who leave in the last year
OWNERS = {
    "EMEA": ("Kofi Mensah", "Lena Fischer"),
    "AMER": ("Maya Ortiz", "Daniel Reed"),
    "APAC": ("Mei Tanaka", "Oliver Grant"),
}
LEAVES, SUCCESSOR, HANDED_OVER = "Daniel Reed", "Priya Nair", date(2026, 1, 1)
SECOND = {"EMEA": 0.42, "AMER": 0.5, "APAC": 0.45}
#: of those who leave from this day on, so many more are in Lena Fischer's book
UNLUCKY, SINCE = 0.42, date(2025, 7, 1)
#: of Solo customers so many have nobody of their own
ALONE = 0.35
PAY = {"Kofi Mensah": 6400, "Lena Fischer": 6100, "Maya Ortiz": 7200, "Daniel Reed": 6900}
PAY |= {"Priya Nair": 6700, "Mei Tanaka": 5900, "Oliver Grant": 6200}
TOOLS = 1850.0


def owned(
    customers: Iterable[Customer], rows: Iterable[Row]
) -> list[tuple[Customer, str, date | None]]:
    """Each customer with its owner (empty for none), and again from the day on which another took it over."""
    plans: dict[str, str] = {}
    ends: dict[str, date] = {}
    for row in rows:
        plans.setdefault(row.customer_id, row.plan)
        ends[row.customer_id] = max(ends.get(row.customer_id, date.min), row.end or date.max)
    found: list[tuple[Customer, str, date | None]] = []
    for one in customers:
        name, end = one.customer_id, ends.get(one.customer_id, date.min)
        owner = owner_of(one, plans.get(name, ""), end)
        if owner == LEAVES and one.signed_up_on >= HANDED_OVER:
            owner = SUCCESSOR
        found.append((one, owner, None))
        if owner == LEAVES and end >= HANDED_OVER:
            found.append((one, SUCCESSOR, HANDED_OVER))
    return found


def owner_of(one: Customer, plan: str, end: date) -> str:
    """Who got a customer as it signed up."""
    luck = stream("owner", int(one.customer_id.removeprefix("FL-"))).random(2)
    if plan == "Solo" and luck[0] < ALONE:
        return ""
    first, second = OWNERS[one.region]
    leaves = SINCE <= end < date.max and one.region == "EMEA"
    return second if luck[1] < SECOND[one.region] + (UNLUCKY if leaves else 0) else first


def success_costs() -> list[tuple[str, float, str]]:
    """Rows of month, amount, owner: salaries, and tools that all of them use."""
    rows = []
    for month in range(MONTHS):
        first = add_months(OPENED, month)
        rows.append((first.isoformat(), TOOLS, ""))
        for owner, pay in PAY.items():
            there = {LEAVES: first < HANDED_OVER, SUCCESSOR: first >= HANDED_OVER}
            if there.get(owner, True):
                rows.append((first.isoformat(), float(pay), owner))
    return rows
