"""Columns that bear the name of another table's: they come along, and nothing of them is read."""

import pytest

from cs_lib.data.contract.tables import TABLES

#: two rows of each table, in the columns that it needs
ROWS = {
    "customers": ("customer_id", "a", "b"),
    "subscriptions": ("customer_id,start_date,mrr", "a,2026-01-05,10", "b,2026-01-06,20"),
    "orders": ("customer_id,ordered_at,amount", "a,2026-01-05,10", "b,2026-01-06,20"),
    "survey_responses": (
        "instrument,score,responded_at",
        "nps,9,2026-01-05 10:00",
        "nps,8,2026-01-06 10:00",
    ),
    "survey_items": ("response_id,item,value", "r1,speed,4", "r2,speed,5"),
    "acquisition_costs": ("month,amount", "2026-01,10", "2026-02,20"),
    "success_costs": ("month,amount", "2026-01,10", "2026-02,20"),
    "usage_events": ("customer_id,occurred_at,feature", "a,2026-01-05,x", "b,2026-01-06,x"),
    "plan": ("month,metric,value", "2026-01,mrr,10", "2026-02,mrr,20"),
}


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES, ids=lambda each: each.name)
def test_a_table_may_have_columns_that_are_called_like_another_s(workshop, table):
    """An order's subscription_id is no subscription's, whatever stands in it."""
    others = {column.name for each in TABLES for column in each.columns}
    foreign = sorted(others - {column.name for column in table.columns})
    header, *rows = ROWS[table.name]
    lines = [",".join([header, *foreign])] + [
        ",".join([row, *["again"] * len(foreign)]) for row in rows
    ]
    workshop.write("rows.csv", "\n".join(lines) + "\n")
    workshop.write(
        "answers.csv",
        "instrument,score,responded_at,response_id\nnps,9,2026-01-05,r1\nnps,9,2026-01-06,r2\n",
    )
    tables = {table.name: "rows.csv"}
    if table.name == "survey_items":
        tables["survey_responses"] = "answers.csv"
    data = workshop.open(tables, as_of="2026-04-01")
    assert data.inputs[0].rows == 2
