"""One order or subscription under the ids of several customers."""

import narwhals as nw

from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.contract.violations import Violation
from cs_lib.data.sources.staged_table import Staged

SHARED = "one id of several customers"
#: where more of all ids are shared, by so many customers, each customer's own begin anew
MOST, MANY = 0.5, 3
_WHO = "customer_id"
_THEN = {
    "order_id": "each counts what stands with it",
    "subscription_id": "it counts as lost by the one and as new with the other",
}


def shared_by_customers(
    staged: Staged, rows: nw.LazyFrame, column: str
) -> tuple[Violation, nw.LazyFrame] | None:
    """The rows, of those whose id repeats, with an id that several customers have; None where there are none."""
    if not staged.has(_WHO):
        return None
    given = rows.filter(~nw.col(_WHO).is_null())
    ids = given.group_by(column).agg(_who=nw.col(_WHO).n_unique())
    shared = ids.filter(nw.col("_who") > 1)
    found = staged.engine.collect(shared.select(ids=nw.len(), who=nw.col("_who").sum())).iloc[0]
    if not found["ids"]:
        return None
    every = staged.engine.collect(staged.held.select(ids=nw.col(column).n_unique()))["ids"].iloc[0]
    if found["ids"] > MOST * every and found["who"] >= MANY * found["ids"]:
        return None
    return _violation(column), given.join(shared, on=column, how="inner")


def _violation(column: str) -> Violation:
    def says(row: dict) -> str:
        return (
            f"the same {column} stands under several customers, and {_THEN[column]}. If they are one customer, spell "
            "the id alike in the export; if it is of one of them, correct the other rows."
        )

    return Violation(SHARED, column, WARNING, ~nw.col(column).is_null(), says)
