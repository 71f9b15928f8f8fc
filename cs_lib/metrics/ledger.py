"""What the inputs held, month by month: kept with each pack, to tell later why a figure changed."""

from datetime import datetime

import narwhals as nw
import pandas as pd

from cs_lib.data.facts.frames import Sources

#: the column that dates a table's rows; the first that the edition gives
DATED_BY = {
    "customers": ("signed_up_on",),
    "subscriptions": ("start_date",),
    "orders": ("ordered_at",),
    "survey_responses": ("responded_at", "sent_at"),
    "acquisition_costs": ("month",),
    "usage_events": ("occurred_at",),
}
NUMBERS = ("mrr", "amount", "score", "weight")
DATES = ("end_date", "first_value_on")
UNDATED = "undated"
EPOCH = datetime(1970, 1, 1)
Ledger = dict[str, dict[str, list[int]]]


def ledger(sources: Sources) -> Ledger:
    """table → month (2026-05) → [rows, sum of its numbers and end dates].

    Rows that came later show in the first number, values that changed in the second.
    """
    return {name: _of_table(sources, name) for name in sorted(sources.tables)}


def _of_table(sources: Sources, name: str) -> dict[str, list[int]]:
    columns = sources.columns(name)
    dates = [nw.col(each) for each in DATED_BY[name] if each in columns]
    if not dates:
        return {}
    frame = sources.tables[name].with_columns(
        month=nw.coalesce(*dates).dt.truncate("1mo"),
        rows=nw.lit(1).cast(nw.Int64),
        content=_content(columns),
    )
    summed = frame.group_by("month").agg(nw.col("rows").sum(), nw.col("content").sum())
    found = sources.engine.collect(summed)
    return {
        UNDATED if pd.isna(month) else f"{pd.Timestamp(month):%Y-%m}": [int(rows), int(content)]
        for month, rows, content in found.itertuples(index=False)
    }


def _content(columns: list[str]) -> nw.Expr:
    """The row's numbers and dates as one whole number."""
    parts = [nw.col(each).fill_null(0) for each in NUMBERS if each in columns]
    parts += [
        (nw.col(each) - nw.lit(EPOCH)).dt.total_seconds().fill_null(-1)
        for each in DATES
        if each in columns
    ]
    total = nw.lit(0).cast(nw.Int64)
    for part in parts:
        total = total + part.cast(nw.Int64)
    return total


def late_and_changed(before: Ledger, now: Ledger, table: str, end: str) -> tuple[int, int]:
    """(rows that came later, months whose content changed) of a table, in the months up to `end`."""
    old, new = before.get(table, {}), now.get(table, {})
    late = changed = 0
    for month in sorted({*old, *new}):
        if month != UNDATED and month > end:
            continue
        was, is_now = old.get(month, [0, 0]), new.get(month, [0, 0])
        late += max(0, is_now[0] - was[0])
        changed += was != is_now and is_now[0] <= was[0]
    return late, changed
