"""Orders that are invoices for a year are said, and the key that is offered has them active until the next."""

from datetime import date, timedelta

from offers import offers, set_in

from tests.data.test_plan_words import said
from tests.data.test_unread_columns import write

RULE = "invoices for a year"


def opened(workshop, orders, **keys):
    write(workshop, "customer_id,ordered_at,amount", *(f"c{who},{day},50" for who, day in orders))
    return workshop.open({"orders": "rows.csv"}, **{"as_of": "2026-07-01", **keys})


def yearly(customers, day=lambda n: 1 + n % 28):
    return [(n, date(year, 1 + n % 6, day(n))) for n in range(customers) for year in (2024, 2025, 2026)]  # fmt: skip


def monthly(customers):
    return [(100 + n, date(2026, month, 1 + n % 28)) for n in range(customers) for month in range(1, 7)]  # fmt: skip


def test_invoices_for_a_year_among_those_of_months(workshop):
    given = yearly(8) + monthly(20)
    [says] = said(opened(workshop, given), RULE)
    assert "8 customers order on one and the same day of the month, up to 12 months apart" in says
    told = set_in(offers(says)[0], {}, {})[1]
    assert told == {"definitions": {"active_window": 12}}
    assert not said(opened(workshop, given, **told), RULE)


def test_customers_who_come_as_they_like(workshop):
    assert not said(opened(workshop, monthly(20)), RULE)
    assert not said(opened(workshop, yearly(4)), RULE)
    others = [(200 + n, date(2024 + k, 1 + n % 6, 1 + (n + 3 * k) % 28)) for n in range(40) for k in range(3)]  # fmt: skip
    assert not said(opened(workshop, yearly(8) + others), RULE), "most come on another day"
    seldom = [(n, day + timedelta(n * 7 % 11 * k)) for n in range(40) for k, (_, day) in enumerate(yearly(1))]  # fmt: skip
    assert not said(opened(workshop, seldom), RULE)
    assert not said(opened(workshop, yearly(20, day=lambda n: 1)), RULE), "told by the month"


def test_invoices_that_are_a_years_by_their_name(workshop):
    rows = [f"c{n},2026-0{1 + n % 6}-05,50,{'Pro annual' if n < 4 else 'Pro monthly'}" for n in range(12)]  # fmt: skip
    write(workshop, "customer_id,ordered_at,amount,product", *rows)
    [says] = said(workshop.open({"orders": "rows.csv"}, as_of="2026-07-01"), RULE)
    assert '4 rows say "Pro annual" in product, the first in rows.csv, line 2' in says
    told = set_in(offers(says)[0], {}, {})[1]
    assert not said(workshop.open({"orders": "rows.csv"}, as_of="2026-07-01", **told), RULE)
    write(workshop, "customer_id,ordered_at,amount,product", *(each.replace("monthly", "planner") for each in rows))  # fmt: skip
    assert not said(workshop.open({"orders": "rows.csv"}, as_of="2026-07-01"), RULE)
