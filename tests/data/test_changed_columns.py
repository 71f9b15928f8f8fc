"""Columns in each other's place are said, and the key that is offered changes them back."""

import pytest
from offers import offers

from tests.data.test_plan_words import said
from tests.data.test_unread_columns import write

AS_OF = {"as_of": "2026-07-01"}
RULE = "columns in each other's place"


def opened(workshop, table, head, rows, source=()):
    write(workshop, head, *rows)
    return workshop.open({table: {"path": "rows.csv", **dict(source)}}, **AS_OF)


def column(data, table, name):
    return [each / 1e6 for each in data.engine.collect(data.tables[table])[name]]


# ---------------------------------------------------------------- days

DAYS = [
    ("2025-01-05", "2025-03-05"),
    ("2025-02-05", "2025-04-01"),
    ("2025-02-07", "2025-05-01"),
] * 2
PAIRS = {
    "subscriptions": ("end_date", "start_date", "customer_id,mrr"),
    "survey_responses": ("responded_at", "sent_at", "instrument,score"),
    "customers": ("first_value_on", "signed_up_on", "customer_id,name"),
}
BREACH = {
    "subscriptions": "end before start",
    "survey_responses": "answer before its invitation",
    "customers": "first value before sign-up",
}


@pytest.mark.parametrize("table", PAIRS)
def test_two_days_of_which_the_later_stands_first(workshop, table):
    later, earlier, others = PAIRS[table]
    rows = [f"{b},{a},{f'c{n}' if table != 'survey_responses' else 'nps'},{n}" for n, (a, b) in enumerate(DAYS)]  # fmt: skip
    head = f"{earlier},{later},{others}"
    write(workshop, head, *rows)
    tables = {table: "rows.csv", "subscriptions": "rows.csv"} if table == "subscriptions" else {table: "rows.csv"}  # fmt: skip
    if table == "subscriptions":
        [says, *_] = workshop.refused(tables, **AS_OF)
    else:
        [says] = said(workshop.open(tables, **AS_OF), BREACH[table])
    [way] = [each for each in offers(says) if "columns" in each]
    assert way == {"columns": {later: earlier, earlier: later}}
    right = opened(workshop, table, head, rows, way)
    assert not said(right, BREACH[table])
    one = right.engine.collect(right.tables[table]).sort_values(earlier).iloc[0]
    assert f"{one[earlier]:%Y-%m-%d} {one[later]:%Y-%m-%d}" == "2025-01-05 2025-03-05"


def test_a_day_mistyped_is_not_both_columns(workshop):
    rows = [f"{a},{b},c{n},1" for n, (a, b) in enumerate(DAYS)] + ["2025-06-01,2025-05-01,x,1"]
    write(workshop, "start_date,end_date,customer_id,mrr", *rows)
    [says, *_] = workshop.refused({"subscriptions": "rows.csv"}, **AS_OF)
    assert "line 8" in says and "each other" not in says


# ---------------------------------------------------------------- amounts

ORDERS = [(f"{20 + n}.{5 + n % 90:02d}", str(1 + n % 4)) for n in range(40)]


def orders(pairs):
    return [f"c{n},2026-0{1 + n % 6}-05,{a},{b}" for n, (a, b) in enumerate(pairs)]


@pytest.mark.parametrize("turned", [lambda n: True, lambda n: n >= 25])
def test_amounts_and_pieces(workshop, turned):
    head = "customer_id,ordered_at,amount,quantity"
    rows = orders((b, a) if turned(n) else (a, b) for n, (a, b) in enumerate(ORDERS))
    [says] = said(opened(workshop, "orders", head, rows), RULE)
    right = opened(workshop, "orders", head, rows, offers(says)[0])
    assert not said(right, RULE)
    assert column(right, "orders", "amount") == [float(a) for a, _ in ORDERS]


def test_pieces_that_are_parts(workshop):
    """Kilograms beside amounts of any kind, and whole amounts beside whole pieces."""
    head = "customer_id,ordered_at,amount,quantity"
    assert not said(opened(workshop, "orders", head, orders(ORDERS)), RULE)
    kilograms = orders((a, f"{b}.5") for a, b in ORDERS)
    assert not said(opened(workshop, "orders", head, kilograms), RULE)
    whole = orders((a[:2], f"{b}.5" if n % 2 else b) for n, (a, b) in enumerate(ORDERS))
    assert not said(opened(workshop, "orders", head, whole), RULE)


def test_clicks_and_costs_from_a_month_on(workshop):
    rows = [f"2025-{1 + n:02d},{40 + n}.5,{120 + n}" for n in range(6)]
    rows += [f"2025-{7 + n:02d},{120 + n},{40 + n}.5" for n in range(6)]
    [says] = said(opened(workshop, "acquisition_costs", "month,amount,clicks", rows), RULE)
    right = opened(workshop, "acquisition_costs", "month,amount,clicks", rows, offers(says)[0])
    assert column(right, "acquisition_costs", "amount") == [40.5 + n for n in range(6)] * 2
