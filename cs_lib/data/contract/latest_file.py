"""Several exports of the same rows: each key is taken from the newest file that has it."""

from dataclasses import replace

import narwhals as nw

from cs_lib.data.contract.data_findings import counted
from cs_lib.data.contract.repeats import AGE, KEYS, with_age
from cs_lib.data.sources.file_age import name_years
from cs_lib.data.sources.source_files import Files
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.errors import DataError


def keep_latest(staged: Staged, files: Files) -> Staged:
    """The table without the rows for which a newer file has others of the same key.

    The key is the row's own id (of a customer, subscription, order or answer). Without one: a
    customer's subscriptions; a month's costs; a customer's orders, events or answers of one day.
    """
    aged = with_age(staged, staged.held)
    if not name_years(files.paths):
        _refuse_later_dates(staged, files, aged)
    keys = _keys(staged)
    rows = aged.with_columns(**keys).with_columns(_newest=nw.col(AGE).max().over(*keys))
    older = rows.filter(nw.col(AGE) < nw.col("_newest")).select(ROW)
    older = staged.engine.keep(older, "rows of older files")
    gone = staged.count(older)
    staged.engine.drop(staged.name, older)
    last = len(files.paths) - 1
    left = with_age(staged, staged.held)
    kept = staged.count(left.filter(nw.col(AGE) < last))
    says = (
        f"{staged.table.name}: of {counted(last + 1, 'file')}, {files.shown(last)} counts as the "
        f"newest (latest: file). {counted(gone, 'row')} of older files gave way to newer ones; "
        f"{counted(kept, 'row')} of older files that no newer one speaks of still count."
    )
    return replace(staged, row_count=staged.row_count - gone, superseded=says)


def _keys(staged: Staged) -> dict[str, nw.Expr]:
    """What must agree for rows to be the same thing in two exports."""
    key = KEYS.get(staged.table.name, staged.table.key)
    day = [
        nw.col(name).dt.truncate("1d")
        for name in staged.table.dates
        if staged.has(name) and staged.table.name != "subscriptions"
    ]
    names = ("instrument", "customer_id", "respondent_id")
    group = {f"_{name}": nw.col(name) for name in names if staged.has(name)}
    if day:
        group["_day"] = nw.coalesce(*day)
    if not (key and staged.has(key)):
        return group
    if key in staged.required:
        return {"_key": nw.col(key)}
    blank = nw.col(key).is_null()
    return {"_key": nw.col(key)} | {name: nw.when(blank).then(each) for name, each in group.items()}


def _refuse_later_dates(staged: Staged, files: Files, aged: nw.LazyFrame) -> None:
    """Months without a year: December may lie before January or after it, and the rows tell."""
    column = staged.dated_by
    if column is None:
        return
    ends = staged.engine.collect(
        aged.group_by(AGE).agg(end=nw.col(column).max()).sort(AGE)
    ).dropna()
    if ends.empty or ends["end"].iloc[-1] == ends["end"].max():
        return
    newest, later = int(ends[AGE].iloc[-1]), int(ends[AGE][ends["end"].idxmax()])
    raise DataError(
        f"tables.{staged.table.name}: by its name {files.shown(newest)} is the newest file, but "
        f"{files.shown(later)} holds later dates. Put the year into the names, such as "
        "export_2026-01.csv."
    )
