"""A finding that the edition calls right is known: told by its name, in no report's warnings, and never a refusal."""

import pytest

from cs_lib.data.contract.known_findings import NOT_FOUND
from tests.data.test_unread_columns import write

SUBS = "customer_id,start_date,end_date,mrr"
ROWS = ["a,2026-01-05,,10,trial,draft", "b,2026-01-05,,10,paid,sent", "z,2025-01-05,2026-02-05,9,paid,sent"]  # fmt: skip
STATUS, STATE = ("subscriptions, status not read, status", "subscriptions, status not read, State")


def levels(workshop, known):
    write(workshop, f"{SUBS},status,State", *ROWS)
    data = workshop.open({"subscriptions": "rows.csv"}, as_of="2026-07-01", known=known)
    return {each.name: each.level for each in data.findings}


def test_one_of_two_is_known_and_the_other_is_still_told(workshop):
    assert levels(workshop, []) == {STATUS: "warning", STATE: "warning"}
    assert levels(workshop, [STATUS]) == {STATUS: "known", STATE: "warning"}
    assert levels(workshop, [STATUS, STATE]) == {STATUS: "known", STATE: "known"}


def test_a_name_that_none_has_is_told_with_the_nearest(workshop):
    write(workshop, f"{SUBS},status,State", *ROWS)
    known = ["subscriptions, status not read, Statue"]
    data = workshop.open({"subscriptions": "rows.csv"}, as_of="2026-07-01", known=known)
    [found] = [each for each in data.findings if each.rule == NOT_FOUND]
    assert found.level == "warning" and 'Did you mean "subscriptions, status not read, State"?' in found.says  # fmt: skip


def test_what_happens_on_another_day_is_told_though_one_day_is_known(workshop):
    def names(day, known=()):
        rows = [f"c{n},2025-01-{1 + n % 28:02d},{day if n % 2 else ''},10" for n in range(40)]
        write(workshop, SUBS, *rows)
        data = workshop.open({"subscriptions": "rows.csv"}, as_of="2026-07-01", known=list(known))
        return [(each.name, each.level) for each in data.findings if "one day" in each.name]

    name = "subscriptions, many end on one day, 2025-10-15"
    assert names("2025-10-15") == [(name, "warning")]
    assert names("2025-10-15", [name]) == [(name, "known")]
    assert ("subscriptions, many end on one day, 2025-11-15", "warning") in names("2025-11-15", [name])  # fmt: skip


def test_what_is_refused_is_never_known(workshop):
    write(workshop, SUBS, "a,2026-01-05,,-10")
    known = ["subscriptions, negative mrr, mrr"]
    [line, *_] = workshop.refused({"subscriptions": "rows.csv"}, as_of="2026-07-01", known=known)
    assert "is below zero" in line


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [("paused_from", "2026-03-01", "pause not read"), ("discount", "2", "discount not read"), ("next_billing_date", "2026-02-01", "long not paid for")],
)  # fmt: skip
def test_a_column_that_nothing_reads_is_right_as_it_is(workshop, column, cell, rule):
    """The message says so under `known`; an edition that reads such a column as a further one has said it before."""
    cells = [cell, *("2026-07-20" if column.startswith("next") else "" for _ in range(3))]
    rows = (f"{who},2026-01-05,,10,{each}" for who, each in zip("abcd", cells, strict=True))
    write(workshop, f"{SUBS},{column}", *rows, "z,2025-01-05,2026-02-05,9,")

    def found(source=(), **keys):
        tables = {"subscriptions": {"path": "rows.csv", **dict(source)}}
        return workshop.open(tables, as_of="2026-07-01", **keys).findings

    [told] = found()
    assert told.name == f"subscriptions, {rule}, {column}"
    assert "say so under known" in told.says
    assert [each.level for each in found(known=[told.name])] == ["known"]
    assert not found({"columns": {column.replace("_", ""): column}})
