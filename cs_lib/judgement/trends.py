"""A figure over periods: runs of signals, and lasting changes of level."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cs_lib.judgement import control_limits
from cs_lib.judgement.control_limits import IN_A_ROW
from cs_lib.judgement.level_steps import LEAST_ERRORS, LEAST_SIDE, lasting_steps
from cs_lib.judgement.series import Series, period_from
from cs_lib.period import MONTH, Period
from cs_lib.vocabulary import OK

__all__ = ["LEAST_SIDE", "Run", "Step", "cohort_step", "level", "runs", "step"]

#: each cohort is of other customers, so that nothing carries over from one to the next
COHORT_ERRORS = 4.0


@dataclass(frozen=True)
class Run:
    """Periods in a row that lie outside their limits, alone or together: their figure, what was usual before
    the first of them, and the figure of the periods since (NaN where there are none)."""

    first: Period
    last: Period
    value: float
    usual: float
    since: float
    distance: float

    @property
    def above(self) -> bool:
        return self.value > self.usual


@dataclass(frozen=True)
class Step:
    """A lasting change of level: from `first` on the figure stood at `value`, before at `before`."""

    first: Period
    last: Period
    value: float
    before: float
    periods_before: int
    pooled: bool
    errors: float = np.inf


def level(series: Series, *, shares: bool) -> float:
    """The figure of several periods together: of shares the pooled one, else the mean."""
    if not len(series):
        return np.nan
    if shares:
        return float(series.numerator.sum() / series.denominator.sum())
    return float(series.value.mean())


def runs(
    judged: pd.DataFrame,
    apart: pd.DataFrame,
    in_a_row: pd.DataFrame,
    series: Series,
    grain: str,
    *,
    shares: bool,
) -> list[Run]:
    """The runs of one series outside their limits, in order of time.

    Signals that follow each other on one side are one run, and so is what goes on where the limits leave
    the run itself out; then come three in a row that only together lie outside, where they do not overlap
    the others. `judged`: the last periods as `signals.over_time` gives them, `apart` without the signals in
    the limits; `in_a_row`: threes of them.
    """
    side = _sides(judged)
    for place, further in enumerate(_sides(apart)):
        if place and further and side[place] == 0 and side[place - 1] == further:
            side[place] = further
    found = [
        (places[0], len(places), judged.iloc[places[0]])
        for places in np.split(np.arange(len(side)), np.flatnonzero(np.diff(side)) + 1)
        if len(places) and side[places[0]]
    ]
    taken = side != 0
    threes = in_a_row[in_a_row["signal"].astype(bool)]
    for _, row in threes.sort_values("distance", ascending=False, kind="stable").iterrows():
        places = slice(int(row["first"]), int(row["first"]) + IN_A_ROW)
        if not taken[places].any():
            taken[places] = True
            found.append((int(row["first"]), IN_A_ROW, row))
    starts = judged["period_start"].to_numpy()
    return [
        _run(series, starts, at, length, row, grain, shares)
        for at, length, row in sorted(found, key=lambda each: each[0])
    ]


def _sides(judged: pd.DataFrame) -> np.ndarray:
    """1 for each signal above what was usual, −1 below, 0 for no signal."""
    return np.where(judged["signal"], np.sign(judged["value"] - judged["centre"]), 0).astype(int)


def _run(
    series: Series,
    starts: np.ndarray,
    at: int,
    length: int,
    row: pd.Series,
    grain: str,
    shares: bool,
) -> Run:
    first, last = starts[at], starts[at + length - 1]
    known = series.known
    inside = known.where((known.starts >= first) & (known.starts <= last))
    later = known.where((known.starts > last) & (known.starts <= starts[-1]))
    return Run(
        period_from(first, grain),
        period_from(last, grain),
        level(inside, shares=shares),
        float(row["centre"]),
        level(later, shares=shares),
        float(row["distance"]),
    )


def step(
    series: Series, grain: str, *, shares: bool, within: float = 0.0, least: float = LEAST_ERRORS
) -> Step | None:
    """The one lasting change of level of a series, by the rule of `lasting_steps`.

    `within` is the variance of one answer, for means of so many (0 for anything else); `least` as there.
    """
    series = series.known
    if shares:
        scaled = control_limits.share_scale(series.numerator[None], series.denominator[None])
    elif within:
        scaled = series.value[None], series.n[None], within
    else:
        scaled = series.value[None], np.ones(1), 0.0
    found = lasting_steps(*scaled, least=least)
    if not found.clear[0]:
        return None
    at = int(found.at[0])
    before, later = series.where(slice(at)), series.where(slice(at, None))
    old, new = level(before, shares=shares), level(later, shares=shares)
    first, last = later.period(0, grain), later.period(-1, grain)
    return Step(first, last, new, old, at, pooled=shares, errors=float(found.errors[0]))


def cohort_step(cells: pd.DataFrame, age: int, *, shares: bool = True) -> Step | None:
    """The lasting change in what cohorts keep `age` months on, from one month of joining on.

    `cells`: cohort cells of one segment and measure.
    """
    seen = (cells["age"] == age) & cells["cohort"].notna() & (cells["status"] == OK)
    rows = cells[seen].assign(period_start=cells["cohort"], n=cells["denominator"])
    if len(rows) < 2 * LEAST_SIDE:
        return None
    series = Series.of(rows.sort_values("cohort"))
    return step(series, MONTH, shares=shares, least=COHORT_ERRORS)
