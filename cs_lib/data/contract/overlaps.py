"""Subscriptions that overlap themselves: the same id runs twice at one time."""

from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.repeats import AGE, has_several_files, with_age
from cs_lib.data.contract.shared_ids import shared_by_customers
from cs_lib.data.contract.table_declaration import ERROR
from cs_lib.data.contract.violations import Violation
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.vocabulary import FOREVER

OVERLAP = "overlapping subscription"
_ID = "subscription_id"


def overlap_violations(staged: Staged) -> Iterator[tuple[Violation, nw.LazyFrame]]:
    """Rows that start while an earlier row of their subscription is still running.

    Where the rows stand in several files those of the older files are at fault: the newest file
    knows of a late cancellation.
    """
    if staged.table.column(_ID) is None or not staged.has(_ID):
        return
    rows = with_age(staged, staged.rows)
    given = rows.filter(~nw.col(_ID).is_null(), ~nw.col("start_date").is_null())
    if not _repeats(staged, given):
        return
    shared = shared_by_customers(staged, given, _ID)
    yield from [shared] if shared else []
    if not has_several_files(staged):
        yield _in_one_file(), _with_end_before(given, _ID)
        return
    newest = given.with_columns(_last=nw.col(AGE).max().over(_ID, "start_date"))
    newest = newest.filter(nw.col(AGE) == nw.col("_last"))
    yield _in_one_file(), _with_end_before(newest, _ID, AGE)
    clash = _running().cast(nw.Int64).max().over(_ID) > 0
    spread = _with_end_before(newest, _ID).with_columns(
        _clash=clash, _newest=nw.col(AGE).max().over(_ID)
    )
    yield _in_older_file(), spread


def _repeats(staged: Staged, given: nw.LazyFrame) -> bool:
    counted = staged.engine.collect(given.select(rows=nw.len(), keys=nw.col(_ID).n_unique())).iloc[
        0
    ]
    return int(counted["rows"]) > 0 and int(counted["rows"]) > int(counted["keys"])


def _running() -> nw.Expr:
    return (nw.col("start_date") < nw.col("_ended_before")).fill_null(False)


def _in_one_file() -> Violation:
    def says(row: dict) -> str:
        return (
            f'"{row[_ID]}" is still running in an earlier row when this one starts: it '
            "would be counted twice. End the earlier row where this one starts, or give it an id "
            "of its own."
        )

    return Violation(OVERLAP, _ID, ERROR, _running(), says)


def _in_older_file() -> Violation:
    def says(row: dict) -> str:
        return (
            f'"{row[_ID]}" runs here, and at the same time in a newer file: it would be counted twice. '
            "If the files are exports of the same rows, say latest: file for this table: the newest "
            "file counts."
        )

    older = nw.col("_clash") & (nw.col(AGE) < nw.col("_newest"))
    return Violation(OVERLAP, _ID, ERROR, older, says)


def _with_end_before(timed: nw.LazyFrame, *within: str) -> nw.LazyFrame:
    """With the latest end of the same subscription's rows that started before (open = never)."""
    order = ["start_date", ROW]
    until = nw.col("end_date").fill_null(FOREVER)
    latest = timed.with_columns(_until=until).with_columns(
        _latest=nw.col("_until").cum_max().over(*within, order_by=order)
    )
    return latest.with_columns(
        _ended_before=nw.col("_latest").shift(1).over(*within, order_by=order)
    )
