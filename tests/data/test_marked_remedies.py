"""A remedy that computes with a column reads it as the source's own keys do: marks, signs, words for nothing."""

import pytest

from cs_lib.errors import KitError
from tests.data.test_plan_words import said
from tests.data.test_unread_columns import key, write

MARKS = {"decimal": ",", "thousands": ".", "currency_sign": "€", "negative": "parentheses", "empty": ["n/a"]}  # fmt: skip
KEYS = {"as_of": "2026-01-01", "history_starts": "2024-01-01"}


def opened(workshop, table, head, rows, *columns, **more):
    write(workshop, head, *rows)
    source = {"path": "rows.csv", **MARKS, **more}
    for each in columns:
        source["columns"] = {**source.get("columns", {}), **each["columns"]}
    return workshop.open({table: source}, **KEYS)


def amounts(data, table, column="amount"):
    frame = data.engine.collect(data.tables[table])
    return [each / 1e6 for each in frame[column]]


@pytest.mark.parametrize(
    ("head", "rows", "rule", "right"),
    [
        ("customer_id,ordered_at,amount,refunded", ['a,2025-12-05,"€ 1.200,50","€ 200,25"', 'b,2025-12-05,"€ 5,00",n/a'], "refund not read", [1000.25, 5]),
        ("customer_id,ordered_at,gross amount,discount", ['a,2025-12-05,"1.200,50","(200,25)"', 'b,2025-12-05,"5,00",n/a'], "discount not read", [1000.25, 5]),
        ("customer_id,ordered_at,gross amount,discount", ['a,2025-12-05,"1.200,00","12,5%"', 'b,2025-12-05,"5,00",'], "discount not read", [1050, 5]),
        ("customer_id,ordered_at,unit price,quantity", ['a,2025-12-05,"€ 1.200,50","2,5"', 'b,2025-12-05,"€ 5,00",3'], "quantity not read", [3001.25, 15]),
    ],
)  # fmt: skip
def test_what_is_taken_off_or_multiplied(workshop, head, rows, rule, right):
    own = head.split(",")[2]
    named = {"columns": {} if own == "amount" else {"amount": own}}
    [says] = said(opened(workshop, "orders", head, rows, named), rule)
    assert amounts(opened(workshop, "orders", head, rows, named, key(says, "columns")), "orders") == right  # fmt: skip


def test_cents_among_whole_amounts(workshop):
    rows = [f'a{n},2025-12-05,"€ {n % 9 + 1},50",o{n}' for n in range(60)]
    rows += [f'b{n},2025-12-05,"€ {n % 9 + 1}50",p{n}' for n in range(60)]
    head = "customer_id,ordered_at,amount,order_id"
    [says] = said(opened(workshop, "orders", head, rows), "cents among whole amounts")
    data = opened(workshop, "orders", head, rows, key(says, "columns"))
    assert sorted(amounts(data, "orders")) == sorted([n % 9 + 1.5 for n in range(60)] * 2)


def test_signs_that_are_turned(workshop):
    rows = [f'a{n},2025-12-05,"(€ 1.00{n},50)",o{n}' for n in range(9)] + ['b,2025-12-05,"€ 7,00",z']  # fmt: skip
    head = "customer_id,ordered_at,amount,order_id"
    [says] = said(opened(workshop, "orders", head, rows), "signs turned")
    data = opened(workshop, "orders", head, rows, key(says, "columns"))
    assert sorted(amounts(data, "orders")) == [-7, *(1000.5 + n for n in range(9))]


def test_days_of_a_term(workshop):
    head = "customer_id,start_date,amount,interval_months"
    rows = [f'c{n},2025-12-05,"1.200,00","365,0"' for n in range(3)]
    [says] = said(opened(workshop, "subscriptions", head, rows), "interval of days")
    data = opened(workshop, "subscriptions", head, rows, key(says, "columns"))
    assert amounts(data, "subscriptions", "mrr") == [100] * 3


def test_scores_that_are_turned(workshop):
    words = ("very unsatisfied", "unsatisfied", "neutral", "satisfied", "very satisfied")
    rows = [f'csat,"{5 - n % 5},0",2025-12-05,{words[n % 5]}' for n in range(20)]
    head = "instrument,score,responded_at,label"
    found = said(opened(workshop, "survey_responses", head, rows), "scores turned")
    data = opened(workshop, "survey_responses", head, rows, key(found[0], "columns"))
    assert amounts(data, "survey_responses", "score") == [1, 2, 3, 4, 5] * 4


def test_a_unit_beside_a_term(workshop):
    head = "customer_id,start_date,amount,interval_months,interval unit"
    rows = ['a,2025-12-05,"1.200,00","1,0",year', 'b,2025-12-05,"50,00","1,0",month']
    [says] = said(opened(workshop, "subscriptions", head, rows), "interval not read")
    data = opened(workshop, "subscriptions", head, rows, key(says, "columns"))
    assert amounts(data, "subscriptions", "mrr") == [100, 50]


def test_amounts_that_are_too_large(workshop):
    head, rows = "customer_id,ordered_at,amount", ['a,2025-12-05,"€ 90.000.000.000.000,00"']
    with pytest.raises(KitError) as refused:
        opened(workshop, "orders", head, rows)
    data = opened(workshop, "orders", head, rows, key(str(refused.value), "columns"))
    assert amounts(data, "orders") == [9e10]
