"""A segment that customers have as of today and subscriptions as of then is said, with the key that leaves one."""

from offers import offers

from tests.data.test_plan_words import said
from tests.data.test_unread_columns import write

TWO = "a segment of two tables"


def opened(workshop, plans, customers=(), head="customer_id,plan"):
    write(workshop, "customer_id,start_date,end_date,mrr,plan", *(f"c{n},2026-01-05,,10,{'Solo' if n % 2 else 'Pro'}" for n in range(10)), "c0,2025-01-05,2026-01-05,10,Old", name="subs.csv")  # fmt: skip
    write(workshop, head, *(f"c{n},{each}" for n, each in enumerate(plans)))
    tables = {"subscriptions": "subs.csv", "customers": {"path": "rows.csv", **dict(customers)}}
    return workshop.open(tables, as_of="2026-07-01", segments=["plan"])


def test_the_plan_of_today_beside_the_subscriptions_own(workshop):
    [says] = said(opened(workshop, ["Pro"] * 10), TWO)
    assert says.startswith("customers: 5 of 10 customers have another plan than their last subscription, the first in rows.csv, line 3:")  # fmt: skip
    [way] = offers(says)
    data = opened(workshop, ["Pro"] * 10, way)
    assert not said(data, TWO) and "plan" not in data.given["customers"]


def test_the_same_plan_in_both_or_few_that_differ(workshop):
    same = ["Solo" if n % 2 else "Pro" for n in range(10)]
    assert not said(opened(workshop, same), TWO)
    assert not said(opened(workshop, ["Solo", "Pro", "Solo", "Pro", *same[4:]]), TWO)
    assert not said(opened(workshop, [""] * 10), TWO)


def test_customers_with_a_history_say_which_plan_was_when(workshop):
    dated = [f"{'Pro'},2025-01-01" for _ in range(10)]
    assert not said(opened(workshop, dated, head="customer_id,plan,valid_from"), TWO)
