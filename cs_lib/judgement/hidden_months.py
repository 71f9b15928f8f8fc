"""Months of a segment put together although some are hidden, for few stand behind them."""

from dataclasses import dataclass

import numpy as np

from cs_lib.judgement.series import Figures, Series
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import MONTH, MONTHS_IN, QUARTER, Period
from cs_lib.vocabulary import HANDED_OVER, SUPPRESSED


@dataclass(frozen=True)
class Months:
    """The figures that make up some months: how many these are, from which to which, and how many are `hidden`, or have
    none because others had some of an owner's customers."""

    series: Series
    count: int
    first: Period | None
    last: Period | None
    hidden: int


def months_of(
    figures: Figures,
    metric: Metric,
    whose: tuple[str, str],
    first: Period,
    last: Period,
    variant: str | None = None,
) -> Months:
    """The months from the first to the last that can be added up.

    What people say in a month of few is hidden, and shown with its quarter: a quarter that holds such a month stands
    for all of its own. All that is added up is published, so that nobody can be found by subtraction.
    """
    every = figures.series(metric.name, *whose, grain=MONTH, variant=variant).between(first, last)
    known, gone = every.known, every.starts[np.isin(every.statuses, (SUPPRESSED, HANDED_OVER))]
    spans = [(start, 1) for start in known.starts]
    if len(gone) and metric.is_said:
        quarters = figures.series(metric.name, *whose, grain=QUARTER, variant=variant).known
        whole = [
            at
            for at in range(len(quarters))
            if _holds(quarters.period(at, QUARTER), first, last, gone)
        ]
        for at in whole:
            inside = quarters.period(at, QUARTER)
            known, gone = known.where(~_within(inside, known.starts)), gone[~_within(inside, gone)]
        known = known.and_also(quarters.where(np.array(whole, dtype=int)))
        spans = [(start, 1) for start in known.starts[: len(known) - len(whole)]]
        spans += [(quarters.starts[at], MONTHS_IN[QUARTER]) for at in whole]
    months = sorted(
        Period.containing(start.astype("datetime64[D]").item(), MONTH).back(-ahead)
        for start, count in spans
        for ahead in range(count)
    )
    begun, ended = (months[0], months[-1]) if months else (None, None)
    return Months(known, len(months), begun, ended, len(gone))


def _holds(quarter: Period, first: Period, last: Period, hidden: np.ndarray) -> bool:
    """Whether a quarter lies within these months and holds a hidden one."""
    inside = first.start <= quarter.start and quarter.end <= last.end
    return inside and bool(_within(quarter, hidden).any())


def _within(period: Period, starts: np.ndarray) -> np.ndarray:
    return (starts >= np.datetime64(period.start)) & (starts < np.datetime64(period.end))
