"""What the inputs held, day by day: kept with each pack, to tell later why a figure changed."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import narwhals as nw
import pandas as pd

from cs_lib.data.contract import tables as contract
from cs_lib.data.facts.ages import calendar_day
from cs_lib.data.facts.context import Context
from cs_lib.period import segment_name

NUMBERS = ("mrr", "amount", "score", "weight")
#: dates that are part of what a row says, and do not date it
DATES = ("end_date", "first_value_on", "valid_from")
SUMS = ("ledger_rows", "ledger_content")
UNDATED = "undated"
EPOCH = date(1970, 1, 1).toordinal()
#: a moment that is not given counts as -1
NOT_GIVEN = nw.lit(datetime(1969, 12, 31, 23, 59, 59))
#: what a table's ledger counts, and its days
KEPT, DAYS = "kept", "days"
#: the way of counting; a ledger that was kept in another can't be compared
VERSION = 2
Ledger = dict[str, dict]


def ledger(context: Context) -> Ledger:
    """table → `days`: day (2026-05-13) → [rows, sum of its numbers and end dates, digest of its splits],
    and `kept`: for each of the three, of which columns it is.

    Rows that came later show in the first number, values that changed in the second, words that
    changed (the name of a plan) in the third.
    """
    return {name: _of_table(context, name) for name in sorted(context.tables)}


def _of_table(context: Context, name: str) -> dict:
    columns = context.columns(name)
    dated_by = (each for each in contract.table(name).dates if each not in DATES)
    dates = [each for each in dated_by if each in columns]
    splits = {segment_name(each): each for each in context.own(name)}
    splits |= {each: each for each in contract.SPLITS if each in columns and each not in splits}
    values = [each for each in (*NUMBERS, *DATES) if each in columns]
    kept = [", ".join(each) for each in ([f"{VERSION}", *dates], values, splits)]
    return {KEPT: kept, DAYS: _days(context, name, dates, splits) if dates else {}}


def _days(
    context: Context, name: str, dates: list[str], splits: dict[str, str]
) -> dict[str, list[int]]:
    columns = context.columns(name)
    frame = context.tables[name].with_columns(
        ledger_day=nw.coalesce(*(nw.col(each) for each in dates)).dt.truncate("1d"),
        ledger_rows=nw.lit(1).cast(nw.Int64),
        ledger_content=_content(columns),
    )
    summed = frame.group_by("ledger_day", *splits.values()).agg(
        nw.col("ledger_rows").sum(), nw.col("ledger_content").sum()
    )
    found = context.engine.collect(summed)
    days: dict[str, list] = {}
    for day, *told in (
        found[["ledger_day", *splits.values(), *SUMS]].to_numpy(dtype=object).tolist()
    ):
        words = ["" if pd.isna(word) else str(word) for word in told[: len(splits)]]
        line = [*words, *(int(each) for each in told[len(splits) :])]
        days.setdefault(UNDATED if pd.isna(day) else f"{day:%Y-%m-%d}", []).append(line)
    return {day: _told(sorted(days[day]), [*splits]) for day in sorted(days)}


def _told(lines: list[list], splits: list[str]) -> list[int]:
    """A day in three numbers, the same in whatever order its rows came."""
    digest = hashlib.sha256(json.dumps([splits, lines]).encode()).hexdigest()
    rows, content = (sum(line[place] for line in lines) for place in (-2, -1))
    return [rows, content, int(digest[:12], 16)]


def _content(columns: Collection[str]) -> nw.Expr:
    """The row's numbers and dates as one whole number."""
    parts = [nw.col(each).fill_null(0) for each in NUMBERS if each in columns]
    parts += [_seconds(nw.coalesce(nw.col(each), NOT_GIVEN)) for each in DATES if each in columns]
    total = nw.lit(0).cast(nw.Int64)
    for part in parts:
        total = total + part.cast(nw.Int64)
    return total


def _seconds(moment: nw.Expr) -> nw.Expr:
    """The seconds since 1970, counted in the calendar: Spark has no length of time in seconds."""
    clock = (moment.dt.hour().cast(nw.Int64) * 60 + moment.dt.minute()) * 60 + moment.dt.second()
    return (calendar_day(moment) - EPOCH) * 86_400 + clock


@dataclass(frozen=True)
class Altered:
    """How a table's rows differ from before: how many came late, how many are gone, and on how many days
    rows of before read otherwise now. A row that is dated otherwise now is one that changed."""

    late: int
    gone: int
    changed: int


def altered(before: Ledger, now: Ledger, table: str, month: str) -> Altered | None:
    """What is otherwise in a table's rows of the days up to the end of a month.

    Only what both ledgers count in the same way is compared. None where that isn't even the rows.
    """
    alike = _alike(before, now, table)
    if not any(alike[:1]):
        return None
    old, new = (each.get(table, {DAYS: {}})[DAYS] for each in (before, now))
    came = went = changed = 0
    for day in {*old, *new}:
        if day != UNDATED and day[: len(month)] > month:
            continue
        was, is_now = old.get(day, [0, 0]), new.get(day, [0, 0])
        more = is_now[0] - was[0]
        came, went = came + max(0, more), went + max(0, -more)
        pairs = zip(alike, was, is_now, strict=False)
        changed += more == 0 and any(same and a != b for same, a, b in pairs)
    moved = min(came, went)
    return Altered(late=came - moved, gone=went - moved, changed=changed + moved)


def _alike(before: Ledger, now: Ledger, table: str) -> list[bool]:
    """Which of a table's numbers both ledgers count of the same columns: none where one does not say."""
    if table not in before or table not in now:
        return [True, True, True]
    kept = (each[table].get(KEPT, ()) for each in (before, now))
    return [was == is_now for was, is_now in zip(*kept, strict=False)]
