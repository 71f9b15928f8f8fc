"""Names that figures are split by and that are none are said, with the key that mends them."""

import pytest
from offers import offers

from tests.data.test_plan_words import said
from tests.data.test_unread_columns import write


def opened(workshop, column, cells, segments=True, **keys):
    write(workshop, "customer_id,start_date,mrr", *(f"c{n},2026-01-05,10" for n in range(9)), name="subs.csv")  # fmt: skip
    write(workshop, f"customer_id,{column}", *(f"c{n},{cells[n % len(cells)]}" for n in range(9)))
    tables = {"subscriptions": "subs.csv", "customers": {"path": "rows.csv", **keys}}
    return workshop.open(tables, as_of="2026-07-01", segments=[column] if segments else [])


def values(data, column):
    return set(data.engine.collect(data.tables["customers"])[column].fillna("(not given)"))


@pytest.mark.parametrize(
    ("column", "cells", "rule", "right"),
    [
        ("size", ("10-Jan", "11-50", "51-200"), "a band made a date", {"1-10", "11-50", "51-200"}),
        ("size", ("1-Oct", "Nov-50", "51-200"), "a band made a date", {"1-10", "11-50", "51-200"}),
        ("region", ("EU", "Unknown", "US"), "segment named nothing", {"EU", "US", "(not given)"}),
        ("owner", ("Ana", "Unassigned"), "segment named nothing", {"Ana", "(not given)"}),
        ("owner", ("Ana", "Cy (inactive)"), "an owner who is gone", {"Ana", "(not given)"}),
    ],
)
def test_a_name_that_is_none(workshop, column, cells, rule, right):
    segments = column != "owner"
    [says] = said(opened(workshop, column, cells, segments), rule)
    data = opened(workshop, column, cells, segments, **offers(says)[0])
    assert values(data, column) == right and not said(data, rule)


def test_a_segment_of_who_left(workshop):
    rule = "a segment of who left"
    [says] = said(opened(workshop, "lifecycle", ("Active", "Churned")), rule)
    assert '"Churned" is a segment of lifecycle (4 rows)' in says
    assert says.endswith("Take lifecycle out of segments.")
    assert not said(opened(workshop, "lifecycle", ("Active", "Churned"), segments=False), rule)


@pytest.mark.parametrize(
    ("column", "cells"),
    [("cohort", ("Jan-25", "Feb-25")), ("size", ("1-10", "11-50", "200+")), ("region", ("EU", "Other", "Lost Coast")), ("owner", ("Ana (EMEA)", "Bo"))],
)  # fmt: skip
def test_names_that_are_names(workshop, column, cells):
    assert not opened(workshop, column, cells, column != "owner").findings or not {
        each.rule for each in opened(workshop, column, cells, column != "owner").findings
    } & {"a band made a date", "segment named nothing", "an owner who is gone", "a segment of who left"}  # fmt: skip
