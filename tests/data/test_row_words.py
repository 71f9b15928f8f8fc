"""Words of a row that say what its amount does not are said, and the key that is offered reads them."""

import pytest
from offers import offers

from tests.data.test_telling_columns import AS_OF, COSTS, HEADS, ORDERS, SUBS, rows, said
from tests.data.test_unread_columns import write

CASES = {
    "a gift card": (ORDERS, "product", ("Gift card", "Shoes", ""), "gift cards sold", [("b", 10), ("c", 10)]),
    "a tag of a test": (ORDERS, "Tags", ("vip, test", "vip", ""), "status not read", [("b", 10), ("c", 10)]),
    "a transfer": (ORDERS, "Type", ("General Withdrawal", "Payment", "Payment"), "transfers among the orders", [("b", 10), ("c", 10)]),
    "a credit": (ORDERS, "dr_cr", ("CR", "DR", "DR"), "refund that adds", [("a", -10), ("b", 10), ("c", 10)]),
    "a credit of costs": (COSTS, "Soll/Haben", ("H", "S", "S"), "refund that adds", [("a", -10), ("b", 10), ("c", 10)]),
    "a drawdown": (ORDERS, "Line type", ("Credit drawdown", "Top-up", "Top-up"), "credit that is used up", [("b", 10), ("c", 10)]),
    "paid by a balance": (ORDERS, "payment_method", ("Prepaid balance", "card", "card"), "credit that is used up", [("b", 10), ("c", 10)]),
    "a part of a month": (SUBS, "description", ("Remaining time on Pro after 16 Jun 2026", "1 × Pro", ""), "parts of a term", [("b", 10), ("c", 10)]),
    "a prorated charge": (SUBS, "Line type", ("Prorated", "Plan", "Plan"), "parts of a term", [("b", 10), ("c", 10)]),
    "what is not paid yet": (ORDERS, "amount_due", ("4", "0", ""), "unpaid not read", [("a", 6), ("b", 10), ("c", 10)]),
    "a fee on top": (COSTS, "agency_fee", ("2", "", "1"), "cost not read", [("a", 12), ("b", 10), ("c", 11)]),
    "a plan that is none": (SUBS, "plan", ("Cancelled", "Pro", "Solo"), "a trial that pays", [("b", 10), ("c", 10)]),
    "a duplicate": (SUBS, "end_date,end_reason", ("2026-06-09,duplicate", "2026-06-08,price", ","), "an end that is no leaving", [("b", 10), ("c", 10)]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_words_are_said_with_the_key_that_reads_them(workshop, name):
    table, column, cells, rule, right = CASES[name]
    lines = [f'{who},2026-06-01,10,"{cell}"' for who, cell in zip("abc", cells, strict=True)]
    if "," in column:
        lines = [each.replace('"', "") for each in lines]
    write(workshop, f"{HEADS[table]},{column}", *lines)
    [says] = said(workshop.open({table: "rows.csv"}, **AS_OF), rule)
    assert "rows.csv, line 2" in says
    data = workshop.open({table: {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    assert [(who, money) for who, _, money in rows(data, table)] == right
    assert not said(data, rule)


def test_the_other_side_of_an_account(workshop):
    write(workshop, "channel,month,Debit,Credit", "a,2026-06-01,10,", "b,2026-06-01,10,4")
    source = {"path": "rows.csv", "columns": {"amount": "Debit"}}
    [says] = said(workshop.open({COSTS: source}, **AS_OF), "refund not read")
    data = workshop.open({COSTS: {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    assert [money for *_, money in rows(data, COSTS)] == [10, 6] and not said(
        data, "refund not read"
    )


@pytest.mark.parametrize(
    ("table", "column", "cells"),
    [
        (ORDERS, "product", ("Gift card", "Gift card", "Gift card")),
        (SUBS, "description", ("Onboarding Pro", "Corporate", "Time tracking")),
        (ORDERS, "product", ("Shoes", "Card holder", "Gift box")),
        (ORDERS, "Tags", ("latest", "contest", "vip")),
        (ORDERS, "product", ("Prepaid credits 100", "Shoes", "Shoes")),
        (ORDERS, "payment_method", ("credit card", "prepaid card", "card")),
        (ORDERS, "Payment type", ("Bank transfer", "card", "card")),
        (ORDERS, "Type", ("Bank transfer", "card", "card")),
        (ORDERS, "dr_cr", ("DR", "DR", "DR")),
        (ORDERS, "dr_cr", ("DR", "CR", "XX")),
        (ORDERS, "amount_due", ("0", "0.00", "")),
        (COSTS, "agency_fee", ("0", "", "")),
        (SUBS, "plan", ("Cancelled", "Cancelled", "Cancelled")),
        (SUBS, "end_date,end_reason", (",", "2026-06-09,price", "2026-06-08,too small")),
    ],
)
def test_words_that_tell_nothing(workshop, table, column, cells):
    lines = [f"{who},2026-06-01,10,{cell}" for who, cell in zip("abc", cells, strict=True)]
    write(workshop, f"{HEADS[table]},{column}", *lines)
    assert not workshop.open({table: "rows.csv"}, **AS_OF).findings


def test_a_part_that_was_given_back(workshop):
    lines = ("a,2026-06-01,10,partially_refunded", "b,2026-06-01,10,paid")
    write(workshop, f"{HEADS[ORDERS]},financial_status", *lines)
    [says] = said(workshop.open({ORDERS: "rows.csv"}, **AS_OF), "refund not read")
    assert says.endswith("if the amount is what is left, say so under known.")
    known = ["orders, refund not read, financial_status"]
    [found] = workshop.open({ORDERS: "rows.csv"}, **AS_OF, known=known).findings
    assert found.level == "known"
    write(workshop, f"{HEADS[ORDERS]},financial_status,Refunded", *(f"{each},2" for each in lines))
    [says] = said(workshop.open({ORDERS: "rows.csv"}, **AS_OF), "refund not read")
    assert "an amount in Refunded" in says


def test_who_was_upgraded_and_goes_on_by_no_row(workshop):
    head = "customer_id,start_date,end_date,mrr,end_reason"
    write(workshop, head, "a,2026-01-01,2026-05-01,10,upgraded", "b,2026-01-01,,5,")
    [says] = said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "an end that is no leaving")
    assert '1 row says "upgraded" in end_reason, the first in rows.csv, line 2' in says
    write(workshop, head, "a,2026-01-01,2026-05-01,10,upgraded", "a,2026-05-01,,20,")
    assert not said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "an end that is no leaving")
