"""Measures of how long things last, and the curves behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import narwhals as nw
import numpy as np
import pandas as pd

from cs_lib.data.engines.engine import Engine
from cs_lib.data.facts.ages import MONTH_OF_AGE
from cs_lib.data.facts.context import CELL, Prepared
from cs_lib.edition import Edition
from cs_lib.metrics import frame_columns
from cs_lib.metrics.catalogue.rules import Duration
from cs_lib.metrics.coded_words import coded
from cs_lib.metrics.compute import survival
from cs_lib.metrics.compute.aggregates import labelled
from cs_lib.metrics.compute.estimate import blank, immature, period_ends
from cs_lib.period import ALL, MONTH
from cs_lib.vocabulary import IMMATURE, MEDIAN, OK, SBG, UNDEFINED

#: where a point of a curve holds how many are still followed
AT_RISK = 1
#: an sBG fit needs this many months of ages before it says anything
MONTHS_TO_FIT = 12


COUNTED = ("followed", "reached", "entered")


@dataclass(frozen=True)
class Counts:
    """Cells (grain, period_start, segment_by, segment), and for each an array of how long it lasted,
    followed, reached, entered, in the order of the first."""

    cells: pd.DataFrame
    arrays: list[np.ndarray]

    def of(self, chosen: pd.Series) -> "Counts":
        """The counts of some cells."""
        arrays = [each for each, here in zip(self.arrays, chosen, strict=True) if here]
        return Counts(self.cells[chosen].reset_index(drop=True), arrays)


def counts_of(
    rule: Duration, prepared: Prepared, segmentations: list[tuple[str, ...]], engine: Engine
) -> Counts:
    """How many were followed, reached and entered, by how long it lasted, in every cell of every segmentation."""
    found = [_counts_by(rule, prepared, by, engine) for by in segmentations]
    cells = pd.concat([each.cells for each in found], ignore_index=True)
    return Counts(cells, [array for each in found for array in each.arrays])


def _counts_by(rule: Duration, prepared: Prepared, by: tuple[str, ...], engine: Engine) -> Counts:
    keys = [*CELL, *by]
    columns = zip(COUNTED, (rule.followed, rule.reached, rule.entered), strict=True)
    asked = {each: nw.col(column).sum() for each, column in columns if column}
    summed = prepared.at(by).group_by(*keys, "lasted").agg(**asked)
    counts = engine.collect(summed.sort(*keys, "lasted"))
    counts = counts.reindex(columns=[*keys, "lasted", *COUNTED], fill_value=0)
    begins = ~counts.duplicated(keys)
    numbers = counts[["lasted", *COUNTED]].to_numpy(dtype=float)
    arrays = np.split(numbers, np.flatnonzero(begins)[1:]) if len(counts) else []
    cells = counts.loc[begins, keys].merge(prepared.calendar.cells, on=list(CELL), how="left")
    cells = cells[["grain", "period_start", *by]].astype({"period_start": "datetime64[us]"})
    return Counts(labelled(cells, by), arrays)


def durations(
    counts: Counts, rule: Duration, edition: Edition, first: date, as_of: date
) -> pd.DataFrame:
    """The rule's statistic for every cell that has anybody in it."""
    frame, parts = counts.cells.copy(), counts.arrays
    known = {each.tobytes(): each for each in parts}
    found = {key: _statistic(rule, each.T, edition) for key, each in known.items()}
    figures = np.array([found[each.tobytes()] for each in parts]).reshape(-1, 3)
    sums = np.array([each[:, 1:3].sum(axis=0) for each in parts]).reshape(-1, 2)
    frame["numerator"], frame["denominator"], frame["n"] = sums[:, 1], sums[:, 0], sums[:, 0]
    frame["value"], frame["low"], frame["high"] = figures.T
    frame["period_end"] = period_ends(frame)
    frame["status"] = np.where(frame["value"].isna(), UNDEFINED, OK)
    frame.loc[immature(frame, rule, edition, first, as_of), "status"] = IMMATURE
    return blank(coded(frame))


def _statistic(rule: Duration, counts: np.ndarray, edition: Edition) -> tuple[float, float, float]:
    confidence, months = edition.confidence, edition.definitions.lifetime_horizon
    if rule.statistic == SBG:
        return _sbg_mean(counts, months), np.nan, np.nan
    ages, *counted = counts
    curve = survival.kaplan_meier(ages, *counted, confidence=confidence)
    if rule.statistic == MEDIAN:
        return survival.median(curve)
    mean, low, high = survival.restricted_mean(
        curve, months * MONTH_OF_AGE, step=MONTH_OF_AGE, confidence=confidence
    )
    return mean / MONTH_OF_AGE, low / MONTH_OF_AGE, high / MONTH_OF_AGE


def _sbg_mean(counts: np.ndarray, months: int) -> float:
    """Expected months up to the horizon under the fitted sBG: the sum of its survival at each month."""
    lasted, followed, reached, entered = counts
    lost, stayed = survival.by_step(lasted, followed, reached, entered, MONTH_OF_AGE)
    young = (lost + stayed)[:MONTHS_TO_FIT]
    if len(young) < MONTHS_TO_FIT or (young <= 0).any():
        return np.nan
    fitted = survival.fit_sbg(lost, stayed)
    return float(fitted.survival(months - 1).sum()) if fitted else np.nan


def curve_points(
    name: str, counts: Counts, edition: Edition, *, step: int, end: int
) -> pd.DataFrame:
    """A Kaplan–Meier curve for each segment, at whole steps (days or months) from 0 to `end`.

    A segment's steps at which fewer than `min_n` are still followed are left out.
    """
    rows = []
    own = counts.cells.groupby(["segment_by", "segment"], sort=True).indices
    for (by, segment), places in own.items():
        ages, *counted = _added(counts.arrays[place] for place in places)
        if counted[0].sum() < edition.min_n:
            continue
        curve = survival.kaplan_meier(ages, *counted, confidence=edition.confidence)
        last = curve.ages[-1] if len(curve.ages) else -1
        least = 0 if by == ALL else edition.min_n
        points = (_point(curve, t, step) for t in range(end + 1) if t * step <= last)
        rows += [(name, by, segment, *point) for point in points if point[AT_RISK] >= least]
    return pd.DataFrame(rows, columns=frame_columns.CURVES)


def _added(arrays: Iterable[np.ndarray]) -> list[np.ndarray]:
    """lasted, followed, reached, entered of several cells together."""
    lasted, *counted = np.concatenate(list(arrays)).T
    lasted, place = np.unique(lasted, return_inverse=True)
    return [lasted, *(np.bincount(place, each) for each in counted)]


def _point(curve: survival.SurvivalCurve, t: int, step: int) -> tuple:
    """t, still followed, events since the step before, and the curve with its band at t."""
    place, before = curve.at(t * step), curve.at((t - 1) * step)
    events = curve.events[before + 1 : place + 1].sum()
    at_risk = float(curve.at_risk[np.searchsorted(curve.ages, t * step)])
    if place < 0:
        return t, at_risk, float(events), 1.0, 1.0, 1.0
    return (
        t,
        at_risk,
        float(events),
        *(float(each[place]) for each in (curve.value, curve.low, curve.high)),
    )


def last_complete_month(counts: Counts, as_of: date) -> Counts:
    """The counts as they stood at the end of the last complete month."""
    cells = counts.cells
    complete = (cells["grain"] == MONTH) & (period_ends(cells) <= pd.Timestamp(as_of))
    last = cells.loc[complete, "period_start"].max()
    return counts.of(complete & (cells["period_start"] == last))
