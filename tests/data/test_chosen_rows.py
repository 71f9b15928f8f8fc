"""A word of `where` that no row has is said, with the word that seems to be meant."""

import pytest

from tests.data.test_unread_columns import write

ROWS = [("a", "Paid"), ("b", "refunded"), ("c", "paid"), ("d", "void"), ("e", "")]


def told(workshop, where, rows=ROWS, head="customer_id,ordered_at,amount,state", **keys):
    write(workshop, head, *(f"{who},2025-12-05,10,{state}" for who, state in rows))
    data = workshop.open({"orders": {"path": "rows.csv", "where": where, **keys}}, as_of="2026-01-01")  # fmt: skip
    return [each.says for each in data.findings if "where keeps" in each.says]


@pytest.mark.parametrize(
    ("where", "end"),
    [
        ({"state": ["paid", "refundd"]}, '(state: paid, refundd). No row has "refundd" in state. Did you mean "refunded"?'),
        ({"State": ["paid", "settled"]}, '(State: paid, settled). No row has "settled" in State.'),
        ({"state": ["paid", "refunded"]}, "where keeps 3 of 5 rows (state: paid, refunded)."),
        ({"state": ["", "PAID "]}, "where keeps 3 of 5 rows (state: , PAID )."),
        ({"state": {"not": ["void", "refundet"]}}, '(state: not void, refundet). No row has "refundet" in state, and rows with "refunded" count.'),
        ({"state": {"not": ["refundet"]}}, 'where keeps 5 of 5 rows (state: not refundet). No row has "refundet" in state, and rows with "refunded" count.'),
        ({"state": {"not": ["void", "draft", "unpaid", "test*"]}}, "where keeps 4 of 5 rows (state: not void, draft, unpaid, test*)."),
        ({"state": {"not": ["*oid", "pai*"]}}, "where keeps 2 of 5 rows (state: not *oid, pai*)."),
    ],
)  # fmt: skip
def test_a_word_that_no_row_has(workshop, where, end):
    [says] = told(workshop, where)
    assert says.endswith(end)


@pytest.mark.parametrize("where", [{"state": ["paid", "refunded", "void", "", "draft"]}, {"state": {"not": ["draft"]}}])  # fmt: skip
def test_nothing_is_said_where_every_row_counts_as_it_should(workshop, where):
    assert not told(workshop, where)


def test_words_are_those_of_the_export_whatever_the_edition_makes_of_them(workshop):
    """`where` asks what the file says: before words for nothing, meanings and new names."""
    keys = {"empty": ["void"], "columns": {"currency": "state"}, "map": {"currency": {"Paid": "USD", "refunded": "USD"}}}  # fmt: skip
    [says] = told(workshop, {"currency": ["paid", "refunded", "void", "usd"]}, **keys)
    assert says.endswith('No row has "usd" in currency.')


def test_names_of_customers_stay_out_of_it(workshop):
    [says] = told(workshop, {"customer_id": {"not": ["a", "bb"]}})
    assert says.endswith("(customer_id: not 2 of its words).")
    [says] = told(workshop, {"customer_id": ["a", "bb"]})
    assert says.endswith("(customer_id: 2 of its words).")
