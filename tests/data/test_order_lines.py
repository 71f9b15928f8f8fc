"""Lines of orders without the order's number, and orders that two files have, are said; what is offered mends them."""

import pytest
from offers import offers

from cs_lib.data.contract import order_lines
from tests.data.test_telling_columns import AS_OF, HEADS, ORDERS, said
from tests.data.test_unread_columns import write

LINES, TWICE = "lines counted as orders", "orders in two files"


def orders(data):
    frame = data.engine.collect(data.tables[ORDERS])
    return frame["order_id"].nunique(), frame["amount"].sum() / 1e6


@pytest.mark.parametrize("number", ["", ",Invoice"])
def test_lines_of_an_order(workshop, number):
    lines = [f"c{n % 4},2026-06-0{1 + n} 10:00,{10 + line}{f',{n}' if number else ''}" for n in range(5) for line in range(3)]  # fmt: skip
    write(workshop, HEADS[ORDERS] + number, *lines)
    [says] = said(workshop.open({ORDERS: "rows.csv"}, **AS_OF), LINES)
    assert "15 rows" in says and "rows.csv, line 2" in says and ("Invoice" in says) == bool(number)
    columns, repeats = offers(says)[0], {"repeats": "count"}
    data = workshop.open({ORDERS: {"path": "rows.csv", **columns}}, **AS_OF)
    assert orders(data) == (5, 165) and not said(data, LINES)
    assert not said(workshop.open({ORDERS: {"path": "rows.csv", **repeats}}, **AS_OF), LINES)


def test_several_orders_of_a_day_are_no_lines(workshop):
    lines = [f"c{n % 4},2026-06-0{1 + n % 5},{10 + n},{n}" for n in range(40)]
    write(workshop, f"{HEADS[ORDERS]},Invoice", *lines)
    assert not said(workshop.open({ORDERS: "rows.csv"}, **AS_OF), LINES)


@pytest.mark.parametrize(("shift", "told"), [(0, True), (1, False)])
def test_orders_that_two_files_have(workshop, shift, told):
    """In one with their times, in the other without."""
    first = [f"c{n},2026-01-{1 + n:02d},{10 + n}" for n in range(20)]
    second = [f"c{n},2026-01-{1 + n:02d} 10:00:00,{10 + n + shift}" for n in range(10, 28)]
    write(workshop, HEADS[ORDERS], *first, name="rows_2025.csv")
    write(workshop, HEADS[ORDERS], *second, name="rows_2026.csv")
    found = said(workshop.open({ORDERS: "rows_*.csv"}, **AS_OF), TWICE)
    assert bool(found) == told
    if told:
        assert "10 orders stand in two files by customer, day and amount, of 10 on days" in found[0]
        data = workshop.open({ORDERS: {"path": "rows_*.csv", **offers(found[0])[0]}}, **AS_OF)
        assert data.engine.collect(data.tables[ORDERS])["amount"].sum() / 1e6 == sum(range(10, 38))
        assert not said(data, TWICE)


@pytest.mark.parametrize(
    ("column", "of", "told"),
    [
        ("Refunded Transaction ID", ["3"], True),
        ("parent_transaction_id", ["3", "4"], True),
        ("Reference Txn ID", ["I-77"], False),
        ("original_order_id", [str(n) for n in range(8)], False),
        ("billing_agreement", ["3"], False),
    ],
)
def test_what_was_given_back_of_another_order(workshop, column, of, told):
    """Not what names an agreement, nor renewals that all name the order before."""
    lines = [f"{n},c{n},2026-06-01,100,{n if n % 2 else ''}" for n in range(10)]
    back = [f"r{n},c{each},2026-06-09,30,{each}" for n, each in enumerate(of)]
    lines = lines if len(of) < 8 else lines[:3]
    write(workshop, f"order_id,customer_id,ordered_at,amount,{column}", *lines, *back)
    found = said(workshop.open({ORDERS: "rows.csv"}, **AS_OF), "refund that adds")
    assert bool(found) == told
    if told:
        data = workshop.open({ORDERS: {"path": "rows.csv", **offers(found[0])[0]}}, **AS_OF)
        assert orders(data) == (10 + len(of), 1000 - 30 * len(of))
        assert not said(data, "refund that adds")


def test_that_only_the_first_rows_are_looked_at_is_said(workshop, monkeypatch):
    rows = [f"c{n // 2},2026-06-0{1 + n // 2 % 9},1{n},{n // 2}" for n in range(40)]
    write(workshop, "customer_id,ordered_at,amount,Invoice", *rows)
    [whole] = said(workshop.open({"orders": "rows.csv"}, as_of="2026-07-01"), "lines counted as orders")  # fmt: skip
    assert "40 rows share" in whole and "looked at" not in whole
    monkeypatch.setattr(order_lines, "LOOKED_AT", 30)
    [first] = said(workshop.open({"orders": "rows.csv"}, as_of="2026-07-01"), "lines counted as orders")  # fmt: skip
    assert "30 rows share" in first and first.endswith("Only the first 30 of 40 rows are looked at.")  # fmt: skip
