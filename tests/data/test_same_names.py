"""One name written in two ways is said of whatever figures are split by, and the key that is offered makes them one."""

import pytest
from offers import offers

from tests.data.test_unread_columns import write

RULE = "segment spelled otherwise"
AS_OF = {"as_of": "2026-07-01"}


def said(data):
    return [each.says for each in data.findings if each.rule == RULE]


@pytest.mark.parametrize(
    ("table", "head", "column", "names"),
    [
        ("usage_events", "customer_id,occurred_at,feature", "feature", ("Export", "export", "Export")),
        ("acquisition_costs", "amount,month,channel", "channel", ("Paid Search", "paid-search", "Paid Search")),
        ("customers", "customer_id,signed_up_on,owner", "owner", ("Ana Lopez", "ana lopez", "Ana Lopez")),
        ("customers", "customer_id,signed_up_on,owner", "owner", ("Ana Lopez", "Lopez, Ana", "Ana Lopez")),
        ("customers", "customer_id,signed_up_on,land", "land", ("Germany", "DE", "Germany")),
        ("customers", "customer_id,signed_up_on,land", "land", ("US", "USA", "United States")),
    ],
)  # fmt: skip
def test_one_name_in_two_ways(workshop, table, head, column, names):
    lines = [f'{n},2026-06-0{n},"{name}"' for n, name in enumerate(names, 1)]
    write(workshop, head, *lines)
    keys = {**AS_OF, "segments": ["land"]} if column == "land" else AS_OF
    [says] = said(workshop.open({table: "rows.csv"}, **keys))
    data = workshop.open({table: {"path": "rows.csv", **offers(says)[0]}}, **keys)
    assert not said(data)
    assert data.engine.collect(data.tables[table])[column].nunique() == 1


@pytest.mark.parametrize("names", [("Ana Lopez", "Lopez Ana"), ("DE", "IN"), ("Lopez, Ana", "Lopez, Bo")])  # fmt: skip
def test_two_names_are_not_said_to_be_one(workshop, names):
    write(workshop, "customer_id,land", *(f'{n},"{name}"' for n, name in enumerate(names)))
    assert not said(workshop.open({"customers": "rows.csv"}, segments=["land"], **AS_OF))
