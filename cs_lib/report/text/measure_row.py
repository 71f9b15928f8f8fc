"""A row of the measures, as sentences, tables and figures read it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import SupportsFloat, TypeAlias

import numpy as np
import pandas as pd

from cs_lib.period import ALL, GRAINS, MONTH, Period, segment_pairs
from cs_lib.report.text.label_order import in_order
from cs_lib.vocabulary import OK, UNDEFINED

#: less than this is what adding up leaves, not an amount
CENT = 0.005
Number = SupportsFloat | str | None
_NUMBERS = ("value", "low", "high", "n", "numerator", "denominator")


@dataclass(frozen=True)
class Reading:
    """One figure with what stands behind it; numbers that are not there are NaN."""

    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    n: float = math.nan
    numerator: float = math.nan
    denominator: float = math.nan
    status: str = OK
    period: Period | None = None
    segment_by: str = ALL
    segment: str = ALL
    metric: str = ""
    variant: str | None = None

    @classmethod
    def of(cls, row: "Reading | Mapping | pd.Series") -> "Reading":
        """Read a Series, a mapping or a Reading; a figure that is not a number is never `ok`.

        An interval without width (units that are all alike) is no interval: it would claim to be sure.
        """
        if isinstance(row, Reading):
            return row
        value, low, high, n, numerator, denominator = (number(row.get(name)) for name in _NUMBERS)
        if low == high:
            low = high = math.nan
        status = str(row.get("status", OK))
        if status == OK and math.isnan(value):
            status = UNDEFINED
        return cls(
            value,
            low,
            high,
            n,
            numerator,
            denominator,
            status,
            period_of(row),
            segment_by=str(row.get("segment_by", ALL)),
            segment=str(row.get("segment", ALL)),
            metric=str(row.get("metric", "")),
            variant=row.get("variant"),
        )

    @property
    def ok(self) -> bool:
        return self.status == OK

    @property
    def has_parts(self) -> bool:
        return not (math.isnan(self.numerator) or math.isnan(self.denominator))

    @property
    def has_interval(self) -> bool:
        return self.ok and not (math.isnan(self.low) or math.isnan(self.high))


Row: TypeAlias = Reading | Mapping | pd.Series


def number(value: Number) -> float:
    """The value as a finite float, or NaN."""
    try:
        found = math.nan if value is None else float(value)
    except (TypeError, ValueError):
        return math.nan
    return found if math.isfinite(found) else math.nan


def day(value: object) -> date | None:
    """The calendar day of a date, timestamp or text; None when there is none."""
    stamp = pd.Timestamp(value) if value is not None else pd.NaT
    return None if pd.isna(stamp) else stamp.date()


def period_of(row: Mapping | pd.Series) -> Period | None:
    """The period a row speaks of, from its period_start and grain (a month when it has none)."""
    start = day(row.get("period_start"))
    grain = row.get("grain", MONTH)
    return Period.containing(start, grain if grain in GRAINS else MONTH) if start else None


def readings(frame: pd.DataFrame | None) -> list[Reading]:
    """The rows of a slice of the measures, in the frame's order."""
    if frame is None:
        return []
    return [Reading.of(row) for row in records(frame)]


def records(frame: pd.DataFrame) -> list[dict]:
    """The rows of a frame as mappings; of frames of words pandas' own `to_dict` takes three times as long."""
    columns = (frame[name].tolist() for name in frame.columns)
    return [dict(zip(frame.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def farthest_apart(rows: Sequence[Reading]) -> tuple[Reading, Reading] | None:
    """The highest and the lowest of those whose intervals do not meet: the two that differ most for certain."""
    pairs = [(one, two) for one in rows for two in rows if one.low > two.high]
    return max(pairs, key=lambda pair: pair[0].value - pair[1].value, default=None)


def labels(rows: list[Reading]) -> list[str]:
    """Labels that distinguish the rows: the values of the columns in which they differ.

    A row that is split by fewer columns than the others is their total, and is called All.
    """
    pairs = [segment_pairs(row.segment_by, row.segment) for row in rows]
    deepest = max((len(each) for each in pairs), default=0)
    if not deepest:
        return ["All" for _ in rows]
    parts = [each for each in pairs if len(each) == deepest]
    differ = [i for i in range(deepest) if len({each[i][1] for each in parts}) > 1] or [deepest - 1]
    return [
        ", ".join(each[i][1] for i in differ) if len(each) == deepest else "All" for each in pairs
    ]


def rows_in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of the measures of one split in the order of their segments, metric by metric."""
    named = frame.drop_duplicates("segment")
    names = dict(zip(named["segment"], labels(readings(named)), strict=True))
    places = {name: place for place, name in enumerate(in_order(names.values()))}
    order = frame["segment"].map(names).map(places).to_numpy()
    metrics = pd.factorize(frame["metric"])[0]
    return frame.iloc[np.lexsort((order, metrics))].reset_index(drop=True)


def split_column(rows: list[Reading]) -> str:
    """The column, or columns, in which the rows' segments differ; `all` when there is none."""
    pairs = [segment_pairs(row.segment_by, row.segment) for row in rows]
    deepest = max(pairs, key=len, default=())
    parts = [each for each in pairs if len(each) == len(deepest)]
    differ = [c for i, (c, _) in enumerate(deepest) if len({each[i][1] for each in parts}) > 1]
    return ", ".join(differ or [column for column, _ in deepest[-1:]]) or ALL
