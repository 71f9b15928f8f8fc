"""The interval of every cell of a rule, from its sums."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from cs_lib.metrics.catalogue.rules import Ratio
from cs_lib.metrics.compute import intervals
from cs_lib.metrics.compute.aggregates import CLUSTERED, SUMS
from cs_lib.metrics.compute.intervals import Ends, Moments
from cs_lib.vocabulary import (
    ADJUSTED_WALD,
    DELTA,
    KEPT_AND_GAINED,
    POISSON,
    POISSON_RATIO,
    PROPAGATED,
    STUDENT,
    WEIGHTED_WILSON,
    WILSON,
)

Sums = Mapping[str, np.ndarray]


def interval_of(parts: pd.DataFrame, rule: Ratio, confidence: float) -> Ends:
    """(low, high) of numerator ÷ denominator of every cell, by the rule's kind of interval."""
    sums = {each: parts[each].to_numpy(dtype=float) for each in SUMS}
    if rule.interval is None:
        nothing = np.full(len(parts), np.nan)
        return nothing, nothing
    return _OF[rule.interval](sums, rule, confidence)


def _wilson(sums: Sums, rule: Ratio, confidence: float) -> Ends:
    x, y, clusters = sums["x"], sums["y"], _clusters(sums)
    if clusters is None:
        return intervals.wilson(x, y, confidence)
    return intervals.clustered_share(x, y, clusters, confidence)


def _adjusted_wald(sums: Sums, rule: Ratio, confidence: float) -> Ends:
    x, xx, n, clusters = sums["x"], sums["xx"], sums["n"], _clusters(sums)
    if clusters is None:
        return intervals.adjusted_wald(x, xx, n, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        alone = xx / n - (x / n) ** 2
        part = intervals.effective_answers(x, n, alone, *clusters, confidence) / n
    return intervals.adjusted_wald(x * part, xx * part, n * part, confidence)


def _student(sums: Sums, rule: Ratio, confidence: float) -> Ends:
    x, y, clusters = sums["x"], sums["y"], _clusters(sums)
    if clusters is None:
        return intervals.student(x, sums["xx"], y, confidence)
    return intervals.ratio_of_sums(x, y, *clusters, confidence)


def _delta(sums: Sums, rule: Ratio, confidence: float) -> Ends:
    moments = _clusters(sums) or (sums["xx"], sums["xy"], sums["yy"], sums["n"])
    return intervals.ratio_of_sums(sums["x"], sums["y"], *moments, confidence)


def _on_logarithm(sums: Sums, rule: Ratio, confidence: float) -> Ends:
    moments = sums["xx"], sums["xy"], sums["yy"], sums["n"]
    return intervals.ratio_on_logarithm(sums["x"], sums["y"], *moments, confidence)


def _weighted_wilson(sums: Sums, rule: Ratio, confidence: float) -> Ends:
    return intervals.weighted_wilson(sums["x"], sums["y"], sums["yy"], confidence)


def _kept_and_gained(sums: Sums, rule: Ratio, confidence: float) -> Ends:
    """Of the part of the denominator that was kept (or lost) and of what was gained beside it."""
    x, y, yy, g = sums["x"], sums["y"], sums["yy"], sums["g"]
    with np.errstate(divide="ignore", invalid="ignore"):
        typical = (-HALF if _is_subtracted(rule) else HALF) * yy / y
        ends = intervals.amounts_of_events(g, sums["gg"], sums["ng"], typical, confidence)
        gained = g / y, ends[0] / y, ends[1] / y
        if rule.gained is rule.numerator:
            return gained[1:]
        kept = (x - g) / y, *intervals.weighted_wilson(x - g, y, yy, confidence)
    return intervals.together(kept, gained)


def _is_subtracted(rule: Ratio) -> bool:
    """Whether the numerator counts what was gained with a minus, as churn net of expansion does."""
    times = rule.gained.times if rule.gained else None
    return all(number < 0 for number in times.values()) if times else False


def _poisson(sums: Sums, rule: Ratio, confidence: float) -> Ends:
    x, y = sums["x"], sums["y"]
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = intervals.poisson(x, np.where(x > 0, x, 1.0), x**2 / sums["xx"], confidence)
        return low / y, high / y


def _poisson_ratio(sums: Sums, rule: Ratio, confidence: float) -> Ends:
    parts = []
    for total, squares, events in (("x", "xx", "nx"), ("y", "yy", "ny")):
        each = sums[total], sums[squares], sums[events]
        parts.append((each[0], *intervals.amounts_of_events(*each, sums["y"], confidence)))
    return intervals.quotient(*parts)


def _clusters(sums: Sums) -> Moments | None:
    """The moments of clusters, where the fact has any."""
    xx, xy, yy, clusters = (sums[each] for each in CLUSTERED)
    return None if np.isnan(clusters).all() else (xx, xy, yy, clusters)


#: what one event gains, where there was none, of the money of the typical customer
HALF = 0.5

_OF: dict[str, Callable[[Sums, Ratio, float], Ends]] = {
    WILSON: _wilson,
    ADJUSTED_WALD: _adjusted_wald,
    STUDENT: _student,
    DELTA: _delta,
    PROPAGATED: _on_logarithm,
    WEIGHTED_WILSON: _weighted_wilson,
    KEPT_AND_GAINED: _kept_and_gained,
    POISSON: _poisson,
    POISSON_RATIO: _poisson_ratio,
}
