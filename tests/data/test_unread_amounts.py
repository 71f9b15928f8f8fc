"""What stands beside an amount and changes it is said, and the key that is offered gives what is right."""

import re

import pytest
from offers import offers

from tests.data.test_unread_columns import write

AS_OF = {"as_of": "2026-07-01"}
ORDERS, SUBS, USE = "orders", "subscriptions", "usage_events"
HEADS = {
    ORDERS: "customer_id,ordered_at,amount",
    SUBS: "customer_id,start_date,mrr",
    USE: "customer_id,occurred_at,feature",
}


def said(data, rule):
    return [each.says for each in data.findings if each.rule == rule]


def total(data, table):
    rows = data.engine.collect(data.tables[table])
    return len(rows) if table == USE else rows["amount" if table == ORDERS else "mrr"].sum() / 1e6


#: a table, its further column, rows of what stands in it and the amount; the rule, and the total that is right
CASES = {
    "credit notes among invoices": (ORDERS, "type", "Invoice:100|Credit Note:30", "refund that adds", 70),
    "credit notes in German": (ORDERS, "Art", "Rechnung:100|Gutschrift:30", "refund that adds", 70),
    "credit notes by their number": (ORDERS, "order_id", "INV-1:100|INV-2:50|CN-1:30", "refund that adds", 120),
    "refunds by their number": (ORDERS, "Invoice No", "7:100|8:50|7-REFUND:30|re_1x:5", "refund that adds", 115),
    "refunds by their text": (ORDERS, "description", "Pro:100|Refund of order 7:30", "refund that adds", 70),
    "a credit among sales": (ORDERS, "Transaction Type", "sale:100|credit:30", "refund that adds", 70),
    "fewer than none": (ORDERS, "Qty", "1:100|2:50|-1:30", "refund that adds", 120),
    "the price of one": (ORDERS, "quantity", "1:100|3:10|0.5:20", "quantity not read", 140),
    "a discount": (SUBS, "discount", "0:100|25:100|100:100", "discount not read", 175),
    "a discount in per cent": (SUBS, "Discount %", "0:100|25:100|100:100", "discount not read", 175),
    "a discount with its sign": (SUBS, "Rabatt", "0%:100|25%:100", "discount not read", 175),
    "uses in one row": (USE, "count", "3:x|1:x|0:y", "uses not counted", 4),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_changes_an_amount_is_said_with_the_key_that_reads_it(workshop, name):
    table, column, cells, rule, right = CASES[name]
    rows = [each.rsplit(":", 1) for each in cells.split("|")]
    lines = [f"c{n},2026-06-0{n + 1},{own},{cell}" for n, (cell, own) in enumerate(rows)]
    head, columns = HEADS[table], {}
    if rule == "quantity not read":
        head, columns = head.replace("amount", "Unit price"), {"amount": "Unit price"}
    write(workshop, f"{head},{column}", *lines)
    [says] = said(workshop.open({table: {"path": "rows.csv", "columns": columns}}, **AS_OF), rule)
    way, *others = offers(says)
    told = (
        {**way} if "sql" in way else {"path": "rows.csv", "columns": {**columns, **way["columns"]}}
    )
    data = workshop.open({table: told}, **AS_OF)
    assert total(data, table) == right and not said(data, rule)
    known = (
        {"path": "rows.csv", "columns": {**columns, **others[-1]["columns"]}} if others else told
    )
    assert not said(workshop.open({table: known}, **AS_OF), rule)


@pytest.mark.parametrize(
    ("table", "column", "cells"),
    [
        (ORDERS, "type", "Invoice:100|Credit Note:-30"),
        (ORDERS, "description", "Pro:100|Refund:-30"),
        (ORDERS, "quantity", "1:100|3:50"),
        (ORDERS, "quantity", "1:100|-2:-30"),
        (ORDERS, "discount", "0:100|5:95"),
        (SUBS, "discount_code", "0:100|25:100"),
        (SUBS, "discount", ":100|0.00:100"),
        (USE, "count", "1:x|1:y"),
        (USE, "account_number", "77:x|78:y"),
    ],
)
def test_what_changes_no_amount_is_not_said(workshop, table, column, cells):
    rows = [each.rsplit(":", 1) for each in cells.split("|")]
    lines = [f"c{n},2026-06-0{n + 1},{own},{cell}" for n, (cell, own) in enumerate(rows)]
    write(workshop, f"{HEADS[table]},{column}", *lines)
    assert not workshop.open({table: "rows.csv"}, **AS_OF).findings


STATES = {
    "paused": (SUBS, "status", "active:10|paused:5", 10),
    "a flag that is set": (SUBS, "is_internal", "false:10|true:5", 10),
    "a flag that is not": (ORDERS, "paid", "yes:10|no:5", 10),
    "made for a test": (ORDERS, "livemode", "true:10|false:5", 10),
    "canceled, in French": (ORDERS, "Statut", "payé:10|annulé:5|remboursé:2", 10),
    "taken back on a day": (ORDERS, "Cancelled at", ":10|2026-06-01:5", 10),
    "given back on a day": (ORDERS, "refunded_at", ":10|2026-06-01 10.00:5", 10),
    "deleted on a day": (SUBS, "deleted_at", ":10|2026-06-01:5", 10),
    "on trial, in German": (SUBS, "Zustand", "aktiv:10|Testphase:5", 10),
    "a deal that may be lost": (SUBS, "Probability", "100%:10|60%:5", 10),
}


@pytest.mark.parametrize("name", STATES)
def test_rows_that_say_that_they_do_not_count(workshop, name):
    table, column, cells, right = STATES[name]
    rows = [each.rsplit(":", 1) for each in cells.split("|")]
    lines = [f"c{n},2026-06-0{n + 1},{own},{cell}" for n, (cell, own) in enumerate(rows)]
    head = HEADS[table]
    if column == "deleted_at":
        head, lines = (
            head.replace("mrr", "end_date,mrr"),
            [re.sub(r"(-0\d),", r"\1,,", each, count=1) for each in lines],
        )
        lines.append("z,2025-01-01,2025-02-01,7,")
    write(workshop, f"{head},{column}", *lines)
    [says] = said(workshop.open({table: "rows.csv"}, **AS_OF), "status not read")
    data = workshop.open({table: {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    right += 7 if column == "deleted_at" else 0
    assert total(data, table) == right and not said(data, "status not read")


@pytest.mark.parametrize(
    ("column", "word", "rule"),
    [
        ("churned_at", "2026-06-20", "end not read"),
        ("Cancellation date", "20/06/2026", "end not read"),
        ("gekündigt am", "2026-06-20", "end not read"),
        ("gekündigt", "ja", "ended without an end"),
        ("active", "false", "ended without an end"),
        ("Statut", "Résilié", "ended without an end"),
    ],
)
def test_subscriptions_that_ended_by_a_column_that_nothing_reads(workshop, column, word, rule):
    write(workshop, f"{HEADS[SUBS]},{column}", "a,2026-01-01,5,", f"b,2026-01-01,5,{word}")
    [says] = said(workshop.open({SUBS: "rows.csv"}, **AS_OF), rule)
    assert "rows.csv, line 3" in says
    if rule == "end not read" and "/" not in word:
        data = workshop.open({SUBS: {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
        assert not said(data, rule)
        assert data.engine.collect(data.tables[SUBS])["end_date"].notna().sum() == 1


@pytest.mark.parametrize(
    "column",
    ["Cancel at period end", "Trial end", "next_renewal", "cancellation reason", "term_end"],
)
def test_a_day_of_something_else_is_no_end(workshop, column):
    write(workshop, f"{HEADS[SUBS]},{column}", "a,2026-01-01,5,", "b,2026-01-01,5,2026-06-20")
    assert not said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "end not read")


@pytest.mark.parametrize("column", ["Billing", "Payment cycle", "Contract term"])
def test_a_term_is_known_by_more_names(workshop, column):
    rows = ("a,2026-01-05,10,monthly", "b,2026-01-05,120,yearly")
    write(workshop, f"{HEADS[SUBS]},{column}", *rows)
    [says] = said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "interval not read")
    way = offers(says)[0]
    data = workshop.open({SUBS: {"path": "rows.csv", **way}}, **AS_OF)
    assert total(data, SUBS) == 20
