"""Further columns whose value changes what a row means are said, and the key that is offered reads them."""

import pytest
from offers import offers

from tests.data.test_unread_columns import write

AS_OF = {"as_of": "2026-07-01"}
SUBS, ORDERS, COSTS = "subscriptions", "orders", "acquisition_costs"
HEADS = {
    SUBS: "customer_id,start_date,mrr",
    ORDERS: "customer_id,ordered_at,amount",
    COSTS: "channel,month,amount",
}


def said(data, rule):
    return [each.says for each in data.findings if each.rule == rule]


def rows(data, table):
    see = {SUBS: ("customer_id", "start_date", "mrr"), COSTS: ("channel", "month", "amount")}
    frame = data.engine.collect(data.tables[table])
    names = see.get(table, ("customer_id", "ordered_at", "amount"))
    frame = frame[list(names)].sort_values(list(names))
    return [(who, day.strftime("%m-%d"), money / 1e6) for who, day, money in frame.itertuples(index=False)]  # fmt: skip


#: a table, its further column, its cells, the rule, and what the rows are once the key is set
CASES = {
    "a trial in days": (SUBS, "trial_days", ("14", "0", ""), "trial not read", [("a", "06-15", 10), ("b", "06-01", 10), ("c", "06-01", 10)]),
    "a trial that was converted": (SUBS, "Converted on", ("2026-06-15", "", ""), "trial not read", [("a", "06-15", 10), ("b", "06-01", 10), ("c", "06-01", 10)]),
    "collection that is paused": (SUBS, "pause_collection", ("void", "", ""), "pause not read", [("b", "06-01", 10), ("c", "06-01", 10)]),
    "what was given back": (SUBS, "Refunded at", ("2026-06-02", "", ""), "refund not read", [("b", "06-01", 10), ("c", "06-01", 10)]),
    "a customer merged": (SUBS, "merged_into", ("c", "", ""), "a customer who went into another", [("b", "06-01", 10), ("c", "06-01", 10), ("c", "06-01", 10)]),
    "an order cancelled": (ORDERS, "Cancel reason", ("fraud", "", ""), "status not read", [("b", "06-01", 10), ("c", "06-01", 10)]),
    "what cannot be paid": (SUBS, "status", ("unpaid", "active", "active"), "status not read", [("b", "06-01", 10), ("c", "06-01", 10)]),
    "an authorisation": (ORDERS, "kind", ("authorization", "capture", "capture"), "status not read", [("b", "06-01", 10), ("c", "06-01", 10)]),
    "an order that is pending": (ORDERS, "Status", ("Pending", "Completed", "Completed"), "status not read", [("b", "06-01", 10), ("c", "06-01", 10)]),
    "a payment that was declined": (ORDERS, "Transaction Status", ("Processor Declined", "Settled", "Settled"), "status not read", [("b", "06-01", 10), ("c", "06-01", 10)]),
    "a budget by scenario": (COSTS, "Scenario", ("Budget", "Actual", "Actual"), "status not read", [("b", "06-01", 10), ("c", "06-01", 10)]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_a_further_column_tells_is_said_with_the_key_that_reads_it(workshop, name):
    table, column, cells, rule, right = CASES[name]
    lines = [f"{who},2026-06-01,10,{cell}" for who, cell in zip("abc", cells, strict=True)]
    write(workshop, f"{HEADS[table]},{column}", *lines)
    [says] = said(workshop.open({table: "rows.csv"}, **AS_OF), rule)
    way = offers(says)[0]
    data = workshop.open({table: {"path": "rows.csv", **way}}, **AS_OF)
    assert rows(data, table) == right and not said(data, rule)


@pytest.mark.parametrize(
    ("column", "cells"),
    [("result", ("failed", "ok", "ok")), ("impersonated", ("true", "false", ""))],
)
def test_a_use_that_is_none(workshop, column, cells):
    lines = [f"{who},2026-06-01,export,{cell}" for who, cell in zip("abc", cells, strict=True)]
    write(workshop, f"customer_id,occurred_at,feature,{column}", *lines)
    [says] = said(workshop.open({"usage_events": "rows.csv"}, **AS_OF), "status not read")
    data = workshop.open({"usage_events": {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    assert data.inputs[0].rows == len([each for each in cells if each in ("ok", "false", "")])


def test_a_customer_of_the_counter_is_nobody(workshop):
    lines = [f"{who},2026-06-0{day},10" for day, who in enumerate(("a", "Walk-in customer", "b", "walk-in customer"), 1)]  # fmt: skip
    write(workshop, HEADS[ORDERS], *lines)
    [says] = said(workshop.open({ORDERS: "rows.csv"}, **AS_OF), "nobody's id")
    data = workshop.open({ORDERS: {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    assert data.inputs[0].rows == 2 and not said(data, "nobody's id")


def test_days_of_a_pause_are_said_and_known(workshop):
    write(workshop, f"{HEADS[SUBS]},paused_from", "a,2026-05-01,10,2026-06-01", "b,2026-05-01,10,")
    [says] = said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "pause not read")
    assert "1 row has a day in paused_from, the first in rows.csv, line 2" in says
    assert says.endswith("if not, say so under known.")
    known = ["subscriptions, pause not read, paused_from"]
    data = workshop.open({SUBS: "rows.csv"}, **AS_OF, known=known)
    assert [each.level for each in data.findings] == ["known"]


@pytest.mark.parametrize(
    ("table", "column", "cells"),
    [
        (SUBS, "trial_days", ("0", "", "0")),
        (SUBS, "pause_collection", ("", "", "")),
        (SUBS, "cancel_reason", ("price", "", "")),
        (SUBS, "moved_to_tier", ("Pro", "", "")),
        (ORDERS, "cancel_reason", ("", "", "")),
        (ORDERS, "kind", ("capture", "sale", "sale")),
    ],
)
def test_what_tells_nothing_is_not_said(workshop, table, column, cells):
    lines = [f"{who},2026-06-01,10,{cell}" for who, cell in zip("abc", cells, strict=True)]
    write(workshop, f"{HEADS[table]},{column}", *lines)
    assert not workshop.open({table: "rows.csv"}, **AS_OF).findings


@pytest.mark.parametrize(
    ("table", "head", "key", "rule"),
    [
        (SUBS, "customer_id,start_date,Total,Tax", "mrr", "tax not read"),
        (COSTS, "channel,month,Total,VAT", "amount", "tax not read"),
        (ORDERS, "customer_id,ordered_at,Total,Shipping", "amount", "shipping not read"),
    ],
)
def test_a_total_that_holds_tax_or_shipping(workshop, table, head, key, rule):
    write(workshop, head, "a,2026-06-01,120,20", "b,2026-06-01,60,10")
    source = {"path": "rows.csv", "columns": {key: "Total"}}
    [says] = said(workshop.open({table: source}, **AS_OF), rule)
    data = workshop.open({table: {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    assert rows(data, table) == [("a", "06-01", 100), ("b", "06-01", 50)] and not said(data, rule)


@pytest.mark.parametrize("cells", [("12", "1"), ("P1Y", "P1M"), ("Y", "M"), ("every 12 months", "every month")])  # fmt: skip
def test_a_term_in_short(workshop, cells):
    year, month = cells
    lines = [f"c{n},2026-0{1 + n % 6}-01,{600 if n % 2 else 50},{year if n % 2 else month}" for n in range(8)]  # fmt: skip
    write(workshop, "customer_id,start_date,price,billing_period", *lines)
    source = {"path": "rows.csv", "columns": {"mrr": "price"}}
    [says] = said(workshop.open({SUBS: source}, **AS_OF), "interval not read")
    data = workshop.open({SUBS: {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    assert {money for _, _, money in rows(data, SUBS)} == {50}


@pytest.mark.parametrize("cells", [("Y", "N"), ("12", "7"), ("12", "12"), ("A", "B")])
def test_letters_and_numbers_that_are_no_terms(workshop, cells):
    lines = [f"c{n},2026-0{1 + n % 6}-01,{600 if n % 2 else 50},{cells[n % 2]}" for n in range(8)]
    write(workshop, "customer_id,start_date,price,billing_period", *lines)
    source = {"path": "rows.csv", "columns": {"mrr": "price"}}
    assert not said(workshop.open({SUBS: source}, **AS_OF), "interval not read")


def test_the_words_of_who_left_are_not_offered_to_be_left_out(workshop):
    """Cancelled rows with an end are whom churn is counted from."""
    head, row = "customer_id,start_date,mrr,end_date,status", "a,2026-01-01,10,,cancelled"
    write(workshop, head, row, "b,2026-01-01,10,,active")
    [says] = said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "ended without an end")
    assert "Or list the words that count: where: {status: ['active']}." in says
    write(workshop, head, row, "b,2026-01-01,10,,active", "c,2026-01-01,10,2026-03-01,cancelled")
    [says] = said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "ended without an end")
    assert says.endswith("columns: {end_date: …}.")
