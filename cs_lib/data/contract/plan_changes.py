"""Customers who changed their plan while the one before ran on for some days: both count until it ends."""

from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.vocabulary import FOREVER

#: so many days may a plan run on beside the one that takes its place
RUNS_ON = 62
#: so many such changes, and such a share of the rows that end while another of the customer begins and goes on
CHANGES, CHANGES_SHARE = 5, 0.8


def change_findings(staged: Staged, rows: nw.LazyFrame) -> Iterator[DataFinding]:
    """A warning where the rows of a customer that overlap are nearly all plans that were changed."""
    order = {"order_by": ["start_date", ROW]}
    until = nw.col("end_date")
    timed = rows.filter(nw.col("mrr") > 0).with_columns(
        next_start=nw.col("start_date").shift(-1).over("customer_id", **order),
        next_until=until.fill_null(FOREVER).shift(-1).over("customer_id", **order),
    )
    overlap = timed.filter(
        ~until.is_null(),
        nw.col("next_start") > nw.col("start_date"),
        nw.col("next_start") < until,
        nw.col("next_until") > until,
    )
    short = until <= nw.col("next_start").dt.offset_by(f"{RUNS_ON}d")
    found = staged.engine.collect(
        overlap.select(
            rows=nw.len(), short=flag(short).sum(), first=nw.when(short).then(nw.col(ROW)).min()
        )
    ).iloc[0]
    if found["rows"] < CHANGES or found["short"] < CHANGES_SHARE * found["rows"]:
        return
    many = int(found["short"])
    says = (
        f"{staged.called}: {counted(many, 'row')} {'ends' if many == 1 else 'end'} within {RUNS_ON} days after another of the same "
        f"customer begins, which goes on, the first in {staged.location(int(found['first']))}: both count until then. If the one "
        f"takes the other's place, {_remedy(staged)}; if both are paid for, end_date: exclusive says so."
    )
    yield DataFinding(WARNING, "subscriptions", "a plan that runs on", says, many)


def _remedy(staged: Staged) -> str:
    """What ends a row where the next begins; where days are written in another way, texts have another order."""
    if staged.source.date_format or not all(map(staged.is_own, ("start_date", "customer_id"))):
        return "end each row in the export where the next one begins"
    end, start, who = (staged.cell(each) for each in ("end_date", "start_date", "customer_id"))
    following = f"lead({start}) OVER (PARTITION BY {who} ORDER BY {start})"
    return f'say columns: {{end_date: "CASE WHEN {end} > {following} THEN {following} ELSE {end} END"}} for this table'
