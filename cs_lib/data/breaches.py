"""What a row can do wrong: each breach as an expression that finds it and the words that say it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import narwhals as nw

from cs_lib.data import tables as contract
from cs_lib.data.findings import shown_value, unreadable
from cs_lib.data.stage import Staged
from cs_lib.data.staging import BETWEEN_FIELDS, INCLUSIVE, ROW, UNPARSED, unparsed_values
from cs_lib.data.tables import ERROR, Against, Column, Rule

UNREADABLE, MISSING, DUPLICATE, OVERLAP = (
    "value cannot be read",
    "value missing",
    "duplicate key",
    "overlapping subscription",
)
EARLIER = "_earlier"
_MRR_PARTS = ("mrr", "amount", "interval_months")
_NEVER = datetime(9999, 12, 31)


@dataclass(frozen=True)
class Breach:
    """Rows of a table that break one rule in one column, and the words for one of them.

    `says` takes a row as a dict of staged values and gives what is wrong and what to do; the place
    of an earlier row that it clashes with is under `earlier`.
    """

    rule: str
    column: str
    level: str
    breaks: nw.Expr
    says: Callable[[dict], str]


def row_breaches(staged: Staged, against: Against) -> list[Breach]:
    """Every breach that one row shows by itself."""
    typed = [
        column
        for name in staged.spelled
        if (column := staged.table.column(name)) and column.kind not in (contract.ID, contract.TEXT)
    ]
    return [
        *(_unreadable(column, staged) for column in typed),
        *(_missing(name) for name in staged.required),
        *(_ruled(rule, staged, against) for rule in staged.table.rules if staged.has(rule.column)),
    ]


def _lost(column: str) -> nw.Expr:
    """Did the column hold a value that could not be read?"""
    mark = f"{BETWEEN_FIELDS}{column}{BETWEEN_FIELDS}"
    return nw.col(UNPARSED).fill_null("").str.contains(mark, literal=True)


def _unreadable(column: Column, staged: Staged) -> Breach:
    def says(row: dict) -> str:
        value = unparsed_values(row[UNPARSED])[column.name]
        wrong, remedy = unreadable(column, value, staged.source)
        return f'"{value}" {wrong}. {remedy}'

    return Breach(UNREADABLE, column.name, ERROR, _lost(column.name), says)


def _missing(name: str) -> Breach:
    parts = _MRR_PARTS if name == "mrr" else (name,)
    breaks = nw.col(name).is_null()
    for part in parts:
        breaks = breaks & ~_lost(part)
    return Breach(
        MISSING,
        name,
        ERROR,
        breaks,
        lambda row: "the value is missing, and every row needs one. Correct the export.",
    )


def _ruled(rule: Rule, staged: Staged, against: Against) -> Breach:
    def says(row: dict) -> str:
        row = _as_written(staged, row)
        shown = {
            name: shown_value(column.kind, row[name])
            for name in staged.columns
            if (column := staged.table.column(name))
        }
        scale = against.scale(shown["instrument"]) if "instrument" in shown else None
        words = {
            **shown,
            "as_of": against.as_of,
            "currency": against.edition.currency,
            "scale": scale and f"{scale[0]} to {scale[1]}",
        }
        value = shown[rule.column]
        start = "the value" if value is None else f'"{value}"'
        return f"{start} {rule.says.format(**words)}. {rule.remedy.format(**words)}"

    return Breach(rule.name, rule.column, rule.level, rule.breaks(against), says)


def _as_written(staged: Staged, row: dict) -> dict:
    """The row with its end_date as the source says it, where that is the last day paid for."""
    end = row.get("end_date")
    if staged.source.end_date != INCLUSIVE or end is None or end.year == _NEVER.year:
        return row
    return {**row, "end_date": end - timedelta(days=1)}


def key_breaches(
    engine, staged: Staged, frame: nw.LazyFrame
) -> Iterator[tuple[Breach, nw.LazyFrame]]:
    """Breaches between rows: a key that stands twice, a subscription that overlaps itself."""
    key = staged.table.key
    if key and staged.has(key) and _repeats(engine, frame, key):
        yield _duplicate(key), frame.with_columns(nw.col(ROW).min().over(key).alias(EARLIER))
    if staged.has("subscription_id") and _repeats(engine, frame, "subscription_id"):
        yield _overlap(), _with_end_before(frame)


def _repeats(engine, frame: nw.LazyFrame, key: str) -> bool:
    given = frame.filter(~nw.col(key).is_null())
    counted = engine.collect(given.select(rows=nw.len(), keys=nw.col(key).n_unique())).iloc[0]
    return int(counted["rows"]) > 0 and int(counted["rows"]) > int(counted["keys"])


def _duplicate(key: str) -> Breach:
    def says(row: dict) -> str:
        return (
            f'"{row[key]}" stands already in {row["earlier"]}. '
            "Keep one row for each, or correct the export."
        )

    breaks = ~nw.col(key).is_null() & (nw.col(ROW) > nw.col(EARLIER))
    return Breach(DUPLICATE, key, ERROR, breaks, says)


def _overlap() -> Breach:
    def says(row: dict) -> str:
        return (
            f'"{row["subscription_id"]}" is still running in an earlier row when this one starts: it '
            "would be counted twice. End the earlier row where this one starts, or give it an id "
            "of its own."
        )

    given = ~nw.col("subscription_id").is_null()
    running = nw.col("start_date") < nw.col("_ended_before")
    return Breach(OVERLAP, "subscription_id", ERROR, given & running, says)


def _with_end_before(frame: nw.LazyFrame) -> nw.LazyFrame:
    """With the latest end of the same subscription's rows that started before (open = never)."""
    order = ["start_date", ROW]
    timed = frame.filter(~nw.col("start_date").is_null())
    timed = timed.with_columns(_until=nw.col("end_date").fill_null(_NEVER))
    latest = timed.with_columns(
        _latest=nw.col("_until").cum_max().over("subscription_id", order_by=order)
    )
    return latest.with_columns(
        _ended_before=nw.col("_latest").shift(1).over("subscription_id", order_by=order)
    )
