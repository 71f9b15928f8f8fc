"""Customers, costs and comments that trip up careless arithmetic, each with its reason."""

from __future__ import annotations

from datetime import date, datetime

from sample_company.company import CHANGED, Customer, Row

AWKWARD = {
    "FL-9001": "open-ended: never changed anything, end_date empty since July 2023",
    "FL-9002": "returned after five months, on another plan: reactivation, not new",
    "FL-9003": "two subscriptions on two plans at once; one ended, the customer stayed",
    "FL-9004": "joined and left inside one month: moves nothing",
    "FL-9005": "one of only two Network customers in APAC: a segment too small to show",
    "FL-9006": "the other Network customer in APAC: showing one would give away the other",
    "FL-9007": "downgrade and upgrade back in the same month: no movement",
    "FL-9008": "monthly to yearly at the same MRR: no movement",
    "FL-9009": "unchanged yearly customer of 1,200: MRR 100 in every month, February too",
    "FL-9010": "trial never converted: never a customer",
    "FL-9011": "starts on the last day of a month and ends on the first of one",
    "FL-9012": "ends exactly on a month boundary: there at November's close, gone in December",
    "FL-9013": "started on a leap day",
    "FL-9014": "has given notice: the end lies after the extract",
    "FL-9015": "yearly, will not renew: the end lies after the extract",
    "FL-9016": "order voided and entered again the same day: a row of zero length",
    "FL-9017": "signed up, never had a subscription",
    "FL-9018": "still used the product after leaving",
    "FL-9019": "yearly price of 1,000: MRR is not a whole number of cents",
    "FL-9020": "left and came back inside one month: no churn between the month's two ends",
    "FL-9021": "on a free plan for months before paying: new when paying, not before",
    "FL-9022": "moved to a free plan: churned, though a subscription is still open",
    "FL-9023": "two days away across a month's end: churn in one month, reactivation in the next",
    "FL-9024": "a price with cents, raised by one cent",
}

AWKWARD_COSTS = {
    (
        "2025-04-01",
        "Events",
    ): "refund of a cancelled stand: a credit of 4,800 beside the month's costs",
    ("2024-08-01", "Events"): "no fair in August: costs, but not one new customer",
    (
        "2026-02-01",
        "Referral",
    ): "bonuses clawed back: the channel's marketing of the month is below zero",
}

CREDITS = (
    ("2025-04-01", -4800.0, "marketing", "Events"),
    ("2026-02-01", -11000.0, "marketing", "Referral"),
)

AWKWARD_COMMENTS = (
    "Good, fast, friendly",
    'They said "tomorrow", twice',
    "First line\nsecond line",
    "<script>alert('hello')</script>",
    "=1+1",
    '=HYPERLINK("http://example.invalid","refund")',
    "<b>not bold</b> & not an &amp; either",
    "@SUM(A1:A9), -1, +1",
    "Très bien, 予約が楽になりました",
    "$1.2 M to $1.4 M, *not* a formula",
)

USAGE_AFTER_CHURN = ("FL-9018", date(2025, 9, 18), date(2025, 12, 20))


def _day(text: str) -> date:
    return datetime.strptime(text, "%Y-%m-%d").date()


_CUSTOMERS = """
FL-9001 2023-07-03 2023-07-20 EMEA Organic
FL-9002 2023-09-28 2023-10-30 AMER Referral
FL-9003 2024-01-15 2024-02-01 EMEA Partner
FL-9004 2025-03-04 - AMER Paid-search
FL-9005 2024-06-01 2024-06-12 APAC Partner
FL-9006 2025-01-10 2025-01-21 APAC Events
FL-9007 2025-02-06 2025-02-12 AMER Organic
FL-9008 2024-06-15 2024-07-09 EMEA Referral
FL-9009 2023-09-14 2023-10-10 AMER Organic
FL-9010 2025-06-02 - EMEA Paid-search
FL-9011 2025-01-31 2025-02-08 EMEA Organic
FL-9012 2024-05-13 2024-06-01 AMER Partner
FL-9013 2024-02-29 2024-03-20 APAC Organic
FL-9014 2024-10-31 2024-11-25 AMER Referral
FL-9015 2024-09-15 2024-10-02 EMEA Paid-search
FL-9016 2025-08-12 2025-08-19 AMER Organic
FL-9017 2024-11-20 - APAC Organic
FL-9018 2024-03-18 2024-04-11 EMEA Events
FL-9019 2024-12-05 2024-12-28 AMER Organic
FL-9020 2024-11-05 2024-12-01 EMEA Paid-search
FL-9021 2024-02-10 2024-03-08 AMER Organic
FL-9022 2023-11-02 2023-11-29 APAC Referral
FL-9023 2024-04-30 2024-05-22 EMEA Organic
FL-9024 2024-07-09 2024-07-25 AMER Partner
"""

_ROWS = """
FL-9001 Practice 2023-07-03 - 189 1 -
FL-9002 Practice 2023-10-10 2024-03-10 173 1 price
FL-9002 Solo 2024-08-10 - 79 1 -
FL-9003 Network 2024-01-15 - 570 1 -
FL-9003 Solo 2024-06-20 2025-05-20 79 1 closed-business
FL-9004 Solo 2025-03-04 2025-03-25 79 1 missing-feature
FL-9005 Network 2024-06-01 - 8640 12 -
FL-9006 Network 2025-01-10 - 480 1 -
FL-9007 Practice 2025-02-06 2026-05-06 197 1 changed-plan
FL-9007 Solo 2026-05-06 2026-05-20 95 1 changed-plan
FL-9007 Practice 2026-05-20 - 197 1 -
FL-9008 Solo 2024-06-15 2025-06-15 100 1 changed-plan
FL-9008 Solo 2025-06-15 - 1200 12 -
FL-9009 Solo 2023-09-14 - 1200 12 -
FL-9010 Solo 2025-06-02 2025-06-16 0 1 -
FL-9011 Solo 2025-01-31 2025-03-01 79 1 price
FL-9012 Practice 2024-05-13 2025-12-01 221 1 competitor
FL-9013 Practice 2024-02-29 2025-02-28 2220 12 changed-plan
FL-9013 Practice 2025-02-28 - 2412 12 -
FL-9014 Practice 2024-10-31 2026-07-31 197 1 closed-business
FL-9015 Network 2024-09-15 2026-09-15 6240 12 price
FL-9016 Solo 2025-08-12 2025-08-12 79 1 changed-plan
FL-9016 Solo 2025-08-12 - 79 1 -
FL-9018 Practice 2024-03-18 2025-09-18 173 1 missing-feature
FL-9019 Solo 2024-12-05 - 1000 12 -
FL-9020 Practice 2024-11-05 2025-11-05 173 1 payment-failed
FL-9020 Practice 2025-11-24 - 173 1 -
FL-9021 Solo 2024-02-10 2024-09-10 0 1 changed-plan
FL-9021 Solo 2024-09-10 - 79 1 -
FL-9022 Practice 2023-11-02 2025-01-15 149 1 price
FL-9022 Solo 2025-01-15 - 0 1 -
FL-9023 Solo 2024-04-30 2025-04-30 79 1 payment-failed
FL-9023 Solo 2025-05-02 - 79 1 -
FL-9024 Solo 2024-07-09 2026-06-09 49.99 1 changed-plan
FL-9024 Solo 2026-06-09 - 50.00 1 -
"""


def _read(text: str) -> list[list[str | None]]:
    lines = (line.split() for line in text.strip().splitlines())
    return [[None if word == "-" else word for word in line] for line in lines]


def _customer(name: str, signed: str, value: str | None, region: str, channel: str) -> Customer:
    reached = _day(value) if value else None
    return Customer(name, _day(signed), reached, region, channel.replace("-", " "))


def _row(
    name: str, plan: str, start: str, end: str | None, amount: str, term: str, reason: str | None
) -> Row:
    ends = _day(end) if end else None
    why = (reason or "").replace("-", " ")
    return Row(name, plan, _day(start), ends, float(amount), int(term), why)


def awkward_customers() -> tuple[list[Customer], list[Row]]:
    """The customers of `AWKWARD` and their subscription rows."""
    customers = [_customer(*fields) for fields in _read(_CUSTOMERS)]
    rows = [_row(*fields) for fields in _read(_ROWS)]
    assert {c.customer_id for c in customers} == set(AWKWARD)
    assert all(r.reason != CHANGED or r.end for r in rows)
    return customers, rows
