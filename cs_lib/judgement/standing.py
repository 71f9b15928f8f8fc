"""How a figure stands to its target: met, missed, or why neither can be said."""

import math
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from cs_lib.edition.targets import Target, target_of
from cs_lib.judgement.hidden_months import months_of
from cs_lib.judgement.series import LEVELS, Figures, Series, is_flow, is_total, last_judged
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import Derived, Ratio, Rule
from cs_lib.metrics.compute import intervals
from cs_lib.period import ALL, MONTH, MONTHS_IN, WEEK, Period
from cs_lib.vocabulary import (
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    MET,
    MISSED,
    NOT_JUDGED,
    OK,
    PROPORTIONS,
    SUPPRESSED,
    TOO_CLOSE,
    TOO_FEW,
    WILSON,
)

#: over how many months rates and scores of a period are judged, where the target does not say
MONTHS_JUDGED = 12
#: with fewer units behind it no verdict is given; with fewer than the second the interval is exact
TOO_FEW_UNITS, FEW_UNITS = 10, intervals.EXACT_BELOW


@dataclass(frozen=True)
class Figure:
    """A figure with what stands behind it, over the periods from `first` to `last`."""

    value: float
    low: float
    high: float
    n: float
    first: Period
    last: Period
    numerator: float = math.nan
    denominator: float = math.nan
    periods: int = 1

    @property
    def has_interval(self) -> bool:
        return not (math.isnan(self.low) or math.isnan(self.high) or self.low == self.high)


@dataclass(frozen=True)
class Standing:
    """A verdict, the target it is about, and the figure it was reached on.

    `own`: the target is the segment's own, not that of all. `pooled`: the figure is that of several
    periods of the target's grain together. `before`: the target that held when they began, if another.
    """

    verdict: str
    target: Target
    own: bool
    direction: str
    figure: Figure
    pooled: bool
    before: Target | None = None


def standing(
    figures: Figures, name: str, segment_by: str, segment: str, period: Period
) -> Standing | None:
    """The verdict on a metric's canonical figure of a segment at a period.

    None where there is no target then, no figure, or no better side.
    """
    metric = figures.metric(name)
    found = target_of(figures.edition.targets, name, segment, period.last_day)
    if found is None or metric.direction_of() not in (HIGHER_IS_BETTER, LOWER_IS_BETTER):
        return None
    target, own = found
    pooled = is_flow(metric)
    figure = _judged_figure(figures, metric, (segment_by, segment), period, target)
    if figure is None:
        return None
    began, _ = target_of(figures.edition.targets, name, segment, figure.first.start) or (None, own)
    return Standing(
        verdict_of(figure, metric, target.value),
        target,
        own,
        metric.direction_of(),
        figure,
        pooled,
        before=began if began and began.value != target.value else None,
    )


def verdict_of(figure: Figure, metric: Metric, target: float) -> str:
    """Met or missed where the whole interval lies on one side of the target.

    A total is counted and compared as it stands; any other figure without an interval is not judged.
    """
    sign = 1 if metric.direction_of() == HIGHER_IS_BETTER else -1
    goal = sign * target
    if is_total(metric):
        return MET if sign * figure.value >= goal else MISSED
    if figure.n < TOO_FEW_UNITS:
        return TOO_FEW
    if not figure.has_interval:
        return NOT_JUDGED
    low, high = sorted((sign * figure.low, sign * figure.high))
    if low >= goal:
        return MET
    return MISSED if high < goal else TOO_CLOSE


def year_figure(
    figures: Figures, name: str, segment_by: str, segment: str, period: Period
) -> Figure | None:
    """A rate or score of a period over the twelve months up to the newest that the company has it for.

    None for any other figure, and for a segment without a figure in those months: it has none any more.
    """
    metric = figures.metric(name)
    if not is_flow(metric):
        return None
    last = newest_month(figures, name, period)
    first = last.back(MONTHS_JUDGED - 1)
    return over_months(figures, metric, (segment_by, segment), first, last)[0]


def over_months(
    figures: Figures,
    metric: Metric,
    whose: tuple[str, str],
    first: Period,
    last: Period,
    variant: str | None = None,
) -> tuple[Figure | None, int]:
    """The months from the first to the last together, and how many are hidden and not in it (see `months_of`)."""
    found = months_of(figures, metric, whose, first, last, variant)
    figure = pooled(found.series, metric, MONTH, figures.edition.confidence, variant)
    if figure is None or found.first is None or found.last is None:
        return None, found.hidden
    told = replace(figure, first=found.first, last=found.last, periods=found.count)
    return told, found.hidden


def newest_month(figures: Figures, name: str, period: Period, variant: str | None = None) -> Period:
    """The last month of a period, or the newest before that the company has a figure of."""
    last = last_judged(period, MONTH)
    series = figures.series(name, ALL, ALL, grain=MONTH, variant=variant)
    newest = _last_observed(series, last, 1, None)
    return newest.period(-1, MONTH) if len(newest) else last


def _judged_figure(
    figures: Figures, metric: Metric, whose: tuple[str, str], period: Period, target: Target
) -> Figure | None:
    if is_flow(metric):
        series = figures.series(metric.name, *whose, grain=target.grain)
        count = _periods_in(target.over or MONTHS_JUDGED, target.grain)
        last = last_judged(period, target.grain)
        series = _last_observed(series, last, count, target.since)
        if target.grain == MONTH and len(series):
            ends = series.period(0, MONTH), series.period(-1, MONTH)
            return over_months(figures, metric, whose, *ends)[0]
        return pooled(series.known, metric, target.grain, figures.edition.confidence)
    if is_total(metric) and metric.name not in LEVELS:
        return _a_period(figures, metric, whose, period, target.grain)
    series = figures.series(metric.name, *whose, grain=period.grain)
    return _as_it_stands(series, metric, period, figures.edition.confidence)


def _periods_in(months: int, grain: str) -> int:
    return round(months * 52 / 12) if grain == WEEK else max(1, months // MONTHS_IN[grain])


def _last_observed(series: Series, last: Period, count: int, since: date | None) -> Series:
    """The periods that have a figure, shown or hidden, of the `count` up to the newest that has one, none before `since`."""
    there = (series.statuses == OK) | (series.statuses == SUPPRESSED)
    seen = series.where((series.starts <= np.datetime64(last.start)) & there)
    if not len(seen):
        return seen
    first = seen.period(-1, last.grain).back(count - 1).start
    first = max(first, since or first)
    return seen.where(seen.starts >= np.datetime64(first))


def pooled(
    series: Series, metric: Metric, grain: str, confidence: float, variant: str | None = None
) -> Figure | None:
    """The figure of several periods together, each part added up.

    Of shares the interval is that of the sums (exact where they are few), on the effective size where
    answers of one customer stand together. Of anything else its variance
    is put together from the periods' own intervals, which are taken for independent.
    """
    if not len(series) or not series.denominator.sum():
        return None
    rule = metric.rule(variant)
    x, y = series.numerator.sum(), series.denominator.sum()
    value = rule.value(x, y)
    if is_share(rule):
        sizes = intervals.effective_size(series.value, series.low, series.high, confidence)
        size = min(float(np.where(np.isnan(sizes), series.denominator, sizes).sum()), y)
        low, high = share_interval(value * size, size, confidence)
    else:
        z = intervals.z_of(confidence)
        errors = (series.high - series.low) / (2 * z)
        half = z * math.sqrt(((series.denominator / y * errors) ** 2).sum())
        low, high = _within(value - half, value + half, metric)
    first, last = series.period(0, grain), series.period(-1, grain)
    n = float(series.n.sum())
    return Figure(
        float(value), float(low), float(high), n, first, last, float(x), float(y), len(series)
    )


def is_share(rule: Rule) -> bool:
    """Whether a rule counts so many of so many."""
    return isinstance(rule, Ratio) and rule.interval == WILSON


def share_interval(x: float, y: float, confidence: float) -> tuple[float, float]:
    """The interval a verdict on a share rests on: Wilson's, exact for fewer than forty."""
    interval = intervals.clopper_pearson if y < FEW_UNITS else intervals.wilson
    low, high = interval(x, y, confidence)
    return float(low), float(high)


def _within(low: float, high: float, metric: Metric) -> tuple[float, float]:
    least, most = metric.bounds
    low = low if least is None else max(low, least)
    return low, high if most is None else min(high, most)


def _as_it_stands(
    series: Series, metric: Metric, period: Period, confidence: float
) -> Figure | None:
    here = series.between(period, period).known
    if not len(here):
        return None
    value, low, high, n, x, y = (
        float(each[0])
        for each in (here.value, here.low, here.high, here.n, here.numerator, here.denominator)
    )
    if metric.rule().interval in PROPORTIONS:
        low, high = map(float, intervals.for_verdict(value, low, high, confidence))
    if isinstance(metric.rule(), Derived) and math.isnan(n):
        n = math.inf
    return Figure(value, low, high, n, period, period, x, y)


def _a_period(
    figures: Figures, metric: Metric, whose: tuple[str, str], period: Period, grain: str
) -> Figure | None:
    """A total a period of the target's grain: the mean of those inside the period, or the last before its end."""
    series = figures.series(metric.name, *whose, grain=grain)
    last = last_judged(period, grain)
    first = min(period.start, last.start)
    inside = (series.starts >= np.datetime64(first)) & (series.starts <= np.datetime64(last.start))
    seen = series.where(inside).known
    if not len(seen):
        return None
    mean, begins, nothing = float(seen.value.mean()), seen.period(0, grain), math.nan
    return Figure(mean, nothing, nothing, math.inf, begins, last, periods=len(seen))
