"""Figures made of other figures of the same cell."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cs_lib.edition import Edition
from cs_lib.metrics.catalogue.rules import Derived, Input
from cs_lib.metrics.coded_words import coded, worded
from cs_lib.metrics.compute import intervals
from cs_lib.metrics.compute.aggregates import INDEX
from cs_lib.metrics.compute.estimate import blank, period_ends, stated
from cs_lib.period import MONTH, YEAR, Period
from cs_lib.vocabulary import IMMATURE, OK, UNDEFINED

#: metric → variant → figures
Found = Mapping[str, Mapping[str, pd.DataFrame]]
PARTS = ["numerator", "denominator", "n", "value", "low", "high", "status"]


def derive(rule: Derived, measures: Found, edition: Edition) -> pd.DataFrame | None:
    """The figures of a derived rule, for the cells that all its inputs have; None where one is missing.

    `measures` maps metric name to variants to frames. A cell is immature where an input is, and
    undefined where an input is undefined or the denominator is 0.
    """
    given = {name: _input(each, measures, edition) for name, each in rule.inputs.items()}
    frames = {name: frame for name, frame in given.items() if frame is not None}
    if len(frames) < len(given):
        return None
    cells, *others = (frame.index for frame in frames.values())
    for other in others:
        cells = cells.intersection(other)
    inputs = {name: frame.loc[cells] for name, frame in frames.items()}
    parts = pd.DataFrame(rule.formula(inputs, edition), index=cells)
    for column in ("n", "log_variance"):
        if column not in parts:
            parts[column] = np.nan
    return _figures(rule, parts, inputs, edition.confidence)


def _figures(rule: Derived, parts: pd.DataFrame, inputs: dict, confidence: float) -> pd.DataFrame:
    defined = (
        (parts["denominator"] != 0) & parts["numerator"].notna() & parts["denominator"].notna()
    )
    value = (parts["numerator"] / parts["denominator"].where(defined)).where(defined)
    frame = parts.assign(value=value - rule.minus)
    if not {"low", "high"} <= set(parts):
        frame["low"], frame["high"] = (
            intervals.log_normal(frame["value"], parts["log_variance"], confidence)
            if rule.interval
            else (np.nan, np.nan)
        )
    statuses = [each["status"] for each in inputs.values()]
    frame["status"] = np.where(defined, OK, UNDEFINED)
    for status in statuses:
        frame.loc[status == IMMATURE, "status"] = IMMATURE
    frame = frame.drop(columns="log_variance").reset_index()
    return blank(coded(frame.assign(period_end=period_ends(frame))))


def _input(given: Input, measures: Found, edition: Edition) -> pd.DataFrame | None:
    variants = measures.get(given.metric, {})
    if not variants:
        return None
    frame = variants.get(given.variant) if given.variant else next(iter(variants.values()))
    if frame is None:
        return None
    frame = worded(frame[[*INDEX, *PARTS]]).set_index(INDEX)
    if given.pooled:
        return _pooled(frame, given.pooled)
    back = None if given.back == YEAR else stated(given.back, edition)
    return frame if back == 0 else _earlier(frame, back)


def _earlier(frame: pd.DataFrame, back: int | None) -> pd.DataFrame:
    """Each cell holding the figures of an earlier period, or of a year before; immature where that was not observed."""
    source = frame.index.to_frame(index=False)
    periods = source[["grain", "period_start"]].drop_duplicates()
    before = [_start_before(grain, start, back) for grain, start in periods.itertuples(index=False)]
    placed = source.merge(periods.assign(before=before), on=list(periods), how="left")
    wanted = source.assign(period_start=placed["before"])
    earlier = frame.reindex(pd.MultiIndex.from_frame(wanted))
    earlier["status"] = earlier["status"].fillna(IMMATURE)
    return earlier.set_axis(frame.index)


def _start_before(grain: str, start: pd.Timestamp, back: int | None) -> pd.Timestamp:
    period = Period.containing(start.date(), grain)
    return pd.Timestamp((period.year_before() if back is None else period.back(back)).start)


def _pooled(frame: pd.DataFrame, months: int) -> pd.DataFrame:
    """Each cell with numerators and denominators of the months up to its period's end added up.

    Immature unless each of those months was observed. Its interval is that of the ratio of those sums, from
    what each month's own interval says of its numerator.
    """
    cells = frame.index.to_frame(index=False)
    cells["last_month"] = _last_month(cells)
    monthly = frame.xs(MONTH, level="grain")
    known = monthly["status"] != IMMATURE
    half = (monthly["high"] - monthly["low"]) / 2 * monthly["denominator"]
    spread = (half**2).mask(monthly["denominator"] == 0, 0)
    parts = monthly.assign(spread=spread)[["numerator", "denominator", "value", "spread"]]
    parts = parts.where(known)
    wide = parts.unstack(["segment_by", "segment"]).sort_index()
    sums = wide.rolling(months, min_periods=months).sum()
    long = sums.stack(["segment_by", "segment"], future_stack=True)
    key = pd.MultiIndex.from_frame(cells[["last_month", "segment_by", "segment"]])
    pooled = long.reindex(key).set_axis(frame.index)
    pooled["status"] = np.where(pooled["numerator"].isna(), IMMATURE, OK)
    base = pooled["denominator"].where(pooled["denominator"] > 0)
    ratio, half = pooled["numerator"] / base, np.sqrt(pooled["spread"]) / base
    return pooled.assign(n=pooled["denominator"], low=ratio - half, high=ratio + half)


def _last_month(cells: pd.DataFrame) -> pd.Series:
    ends = period_ends(cells)
    return (
        (ends - pd.Timedelta(days=1)).dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    )
