"""A price of a year or a quarter that stands as MRR beside the monthly ones of its plan is said, with a key that mends it."""

import pytest

from tests.data.test_plan_words import said
from tests.data.test_unread_columns import key, write

RULE = "a price of a term called MRR"
AS_OF = {"as_of": "2026-07-01", "segments": ["plan"]}


def opened(
    workshop, prices, plans=("Pro",), head="customer_id,start_date,mrr,plan", keys=None, **source
):
    rows = (f"c{n},2026-01-05,{each},{plans[n % len(plans)]}" for n, each in enumerate(prices))
    write(workshop, head, *rows)
    return workshop.open({"subscriptions": {"path": "rows.csv", **source}}, **{**AS_OF, **(keys or {})})  # fmt: skip


def mrr(data):
    return data.engine.collect(data.tables["subscriptions"])["mrr"].sum() / 1e6


def test_years_and_quarters_among_the_months_of_two_plans(workshop):
    """588 is twelve times 49, 990 ten times 99 (two months free), 147 a quarter of 49."""
    prices = ["49.00", "99"] * 8 + ["588.00", "990"] * 2 + ["147.00", "99"] * 5
    [says] = said(opened(workshop, prices, ("Pro", "Max")), RULE)
    assert "9 rows have an MRR such as 588.00 where others of \"Pro\" pay 49.00, and nothing in between, the first in rows.csv, line 18" in says  # fmt: skip
    data = opened(workshop, prices, ("Pro", "Max"), **key(says, "columns"))
    assert not said(data, RULE)
    assert mrr(data) == 15 * 49 + 13 * 99 + 2 * 82.5


def test_the_key_reads_marks_cents_and_currencies(workshop):
    """In cents of two currencies: a threshold is in what the row is written in."""
    rows = [f"c{n},2026-01-05,\"{each}\",Pro,{code}" for code, each in (("EUR", "4.900,00"), ("USD", "9.800,00")) for n in range(9)]  # fmt: skip
    rows += ['x,2026-01-05,"58.800,00",Pro,EUR', 'y,2026-01-05,"58.800,00",Pro,EUR']
    write(workshop, "customer_id,start_date,mrr,plan,currency", *rows)
    source = {"path": "rows.csv", "decimal": ",", "cents": True}
    keys = {**AS_OF, "rates": {"EUR": 2}}
    [says] = said(workshop.open({"subscriptions": source}, **keys), RULE)
    data = workshop.open({"subscriptions": {**source, **key(says, "columns")}}, **keys)
    assert mrr(data) == 11 * 98 + 9 * 98 and not said(data, RULE)


def test_without_plans_only_twelve_times_as_much_is_said(workshop):
    head = "customer_id,start_date,mrr,note"
    assert said(opened(workshop, [49] * 12 + [588] * 3, head=head, keys={"segments": []}), RULE)
    assert not said(opened(workshop, [49] * 12 + [490] * 3, head=head, keys={"segments": []}), RULE)


def test_seats_and_single_large_customers_are_no_terms(workshop):
    assert not said(opened(workshop, [49 * (1 + n % 12) for n in range(60)]), RULE)
    assert not said(opened(workshop, [49] * 40 + [588]), RULE)
    assert not said(opened(workshop, [49] * 20 + [98] * 4 + [147] * 6), RULE)


@pytest.mark.parametrize(
    "keys",
    [
        {"columns": {"plan": "Tier"}},
        {"columns": {"plan": "upper(Tier)"}},
        {"columns": {"plan": "Tier"}, "rename": {"plan": {"Pro": "Professional", "Max": "Scale"}}},
        {"columns": {"plan": "Tier"}, "map": {"plan": {"Pro": "P", "Max": "M"}}, "rename": {"plan": {"P": "Professional"}}},
        {"columns": {"plan": "Tier", "mrr": "CAST(mrr AS INTEGER) * 1"}},
    ],
)  # fmt: skip
def test_the_key_names_plans_as_the_export_does(workshop, keys):
    """What the edition calls a column or its values is made after the key is read."""
    prices, head = ["49", "99"] * 9 + ["588", "1188"] * 2, "customer_id,start_date,mrr,Tier"
    [says] = said(opened(workshop, prices, ("Pro", "Max"), head, **keys), RULE)
    own = {**keys, "columns": {**keys["columns"], **key(says, "columns")["columns"]}}
    data = opened(workshop, prices, ("Pro", "Max"), head, **own)
    assert not said(data, RULE) and mrr(data) == 11 * 148
