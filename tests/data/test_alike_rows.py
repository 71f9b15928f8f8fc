"""Rows told again, alike but for a page, a version, an account or a snapshot's month, are said; what is offered mends them."""

import pytest
from offers import offers

from tests.data.test_telling_columns import AS_OF, COSTS, HEADS, SUBS, said
from tests.data.test_unread_columns import write

AGAIN = "rows told again"


def opened(workshop, table, **way):
    return workshop.open({table: {"path": "rows.csv", **way}}, **AS_OF)


def total(data, table, column):
    return data.engine.collect(data.tables[table])[column].sum() / 1e6


@pytest.mark.parametrize(
    ("table", "column", "copies", "told"),
    [
        (SUBS, "fetched_at", 3, True),
        (SUBS, "Subscription: Version", 3, True),
        (SUBS, "Rate Plan Charge: Is Last Segment", 3, True),
        (SUBS, "page", 2, False),
        (SUBS, "workspace", 3, False),
        (COSTS, "Account name", 3, True),
        (COSTS, "campaign", 3, False),
    ],
)
def test_rows_alike_but_for_what_tells_of_the_export(workshop, table, column, copies, told):
    """Pages that overlap, versions, two accounts; not what has a name of its own."""
    days = [f"{who},2026-06-01,1{n}.5" for n, who in enumerate("abcdefgh")]
    again = [f"{each},y" for each in days[:copies]]
    write(workshop, f"{HEADS[table]},{column}", *(f"{each},x" for each in days), *again)
    data = opened(workshop, table)
    found = said(data, AGAIN)
    assert bool(found) == told
    if told:
        assert (
            "3 rows are like an earlier one in all but" in found[0]
            and "rows.csv, line 2" in found[0]
        )
        assert not said(opened(workshop, table, **offers(found[0])[-1]), AGAIN)


def test_costs_in_whole_amounts_may_be_alike(workshop):
    lines = [f"ads,2026-0{1 + n},500,{account}" for n in range(6) for account in "xy"]
    write(workshop, f"{HEADS[COSTS]},account", *lines)
    assert not said(opened(workshop, COSTS), AGAIN)


@pytest.mark.parametrize("day", ["-01", "", "-28"])
def test_a_snapshot_of_each_month(workshop, day):
    """With the day on which the customer began, so that all snapshots are paid for at once."""
    months = [f"2026-0{n}{day}" for n in range(1, 7)]
    lines = [f"{who},2025-12-03,10,{month}" for who in "ab" for month in months[: 6 if who == "a" else 3]]  # fmt: skip
    write(workshop, f"{HEADS[SUBS]},Snapshot month", *lines)
    data = opened(workshop, SUBS)
    [says] = said(data, AGAIN)
    assert "7 rows" in says
    way = offers(says)[0]
    mended = opened(workshop, SUBS, **way)
    frame = mended.engine.collect(mended.tables[SUBS])
    paid = frame[(frame["start_date"] < "2026-07-01") & (frame["end_date"] >= "2026-07-01")]
    assert list(paid["customer_id"]) == ["a"] and not said(mended, AGAIN)
    paid = frame[(frame["start_date"] < "2026-04-01") & (frame["end_date"] >= "2026-04-01")]
    assert sorted(paid["customer_id"]) == ["a", "b"]
