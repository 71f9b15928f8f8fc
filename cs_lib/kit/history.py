"""A figure over periods: each held against the twelve before it, runs of them, and lasting changes."""

from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import pandas as pd

from cs_lib.metrics import compare, intervals
from cs_lib.metrics.compare import BASELINE_PERIODS, SIGMAS, Baseline
from cs_lib.metrics.judge import OK
from cs_lib.metrics.metric import WILSON, Metric
from cs_lib.period import Period
from cs_lib.present.reading import period_of

#: how many periods in a row are looked at together
LONGEST_RUN = 6
#: a run of so many periods is a spike
SPIKE = 2
#: a lasting change has this many periods on each side, and this many standard errors between them
LEAST_SIDE, LEAST_STEP = 6, 4.0
#: the share of later periods that must stand nearer to the new level than to the old
STAYED = 0.75
#: how often an XmR chart from twelve normal figures signals the next one though nothing changed
XMR_BY_CHANCE = 0.019


@dataclass(frozen=True)
class Run:
    """Periods in a row that, taken together, lie outside the limits of the twelve before the first."""

    first: Period
    last: Period
    value: float
    baseline: float
    each: bool
    pooled: bool
    after: float
    returned: bool | None
    strength: float

    @property
    def above(self) -> bool:
        return self.value > self.baseline


@dataclass(frozen=True)
class Step:
    """A lasting change of level: from `first` on the figure stood at `value`, before at `before`."""

    first: Period
    last: Period
    value: float
    before: float
    periods_before: int
    pooled: bool


@dataclass(frozen=True)
class Series:
    """One metric, variant and segment over periods, in order of time."""

    periods: list[Period]
    values: np.ndarray
    numerators: np.ndarray
    denominators: np.ndarray
    shares: bool

    @classmethod
    def of(cls, rows: pd.DataFrame, *, shares: bool) -> "Series":
        """A series from sorted rows of the measures, or of cohorts."""
        return cls(
            [period_of(row) for row in rows[["period_start", "grain"]].to_dict("records")],
            *(rows[name].to_numpy(dtype=float) for name in ("value", "numerator", "denominator")),
            shares=shares,
        )

    def __len__(self) -> int:
        return len(self.periods)

    def __getitem__(self, part: slice) -> "Series":
        return Series(
            self.periods[part],
            self.values[part],
            self.numerators[part],
            self.denominators[part],
            self.shares,
        )

    @property
    def has_gap(self) -> bool:
        """Whether a period between the first and the last has no figure."""
        return self.periods[-1].back(len(self) - 1) != self.periods[0]

    def level(self) -> float:
        """The figure of all its periods taken together."""
        if self.shares:
            return float(self.numerators.sum() / self.denominators.sum())
        return float(self.values.mean())


def judged(rows: pd.DataFrame, metric: Metric, periods: int) -> pd.DataFrame:
    """The last periods of one series with baseline, limit_low, limit_high and signal.

    `rows`: one metric, variant and segment, reaching twelve periods further back. Without a baseline
    the signal is None.
    """
    rows = rows.sort_values("period_start").reset_index(drop=True)
    if rows.empty:
        return rows.assign(baseline=[], limit_low=[], limit_high=[], signal=[])
    bases = _bases(rows, metric, periods)
    first = pd.Timestamp(period_of(rows.iloc[-1]).back(periods - 1).start)
    shown = rows[rows["period_start"] >= first]
    each = [bases.get(place) for place in shown.index]
    signals = [
        bool(base.signals(value)) if base else None
        for base, value in zip(each, shown["value"], strict=True)
    ]
    return shown.assign(
        baseline=[base.value if base else np.nan for base in each],
        limit_low=[base.low if base else np.nan for base in each],
        limit_high=[base.high if base else np.nan for base in each],
        signal=pd.Series(signals, index=shown.index, dtype=object),
    )


def _bases(rows: pd.DataFrame, metric: Metric, periods: int) -> dict[int, Baseline]:
    """The baseline of each of the last periods that has one, by its place in sorted rows."""
    if rows.empty or not compare.has_baseline(metric, rows["variant"].iloc[0]):
        return {}
    series, ok = Series.of(rows, shares=_are_shares(rows, metric)), rows["status"].eq(OK).to_numpy()
    first, found = series.periods[-1].back(periods - 1), {}
    for place, period in enumerate(series.periods):
        if period < first or np.isnan(series.values[place]):
            continue
        earliest = period.back(BASELINE_PERIODS)
        before = [at for at in range(place) if ok[at] and series.periods[at] >= earliest]
        if len(before) == BASELINE_PERIODS:
            found[place] = compare.limits(
                *(each[before] for each in (series.values, series.numerators, series.denominators)),
                n=series.denominators[place],
                shares=series.shares,
            )
    return found


def runs(rows: pd.DataFrame, metric: Metric, periods: int) -> tuple[list[Run], int]:
    """The runs of one to six of the last periods that lie outside their limits, the clearest first.

    Every stretch on one side of its baseline is looked at, the clearest is taken, and what overlaps
    it is passed over. Gives the runs in order of time, and how many periods had a baseline.
    """
    rows = rows[rows["status"] == OK].sort_values("period_start").reset_index(drop=True)
    bases = _bases(rows, metric, periods)
    series = Series.of(rows, shares=_are_shares(rows, metric))
    signals = {place: base.signals(series.values[place]) for place, base in bases.items()}
    found = [run for place, base in bases.items() for run in _runs_from(series, place, base)]
    taken: list[tuple[int, int, Run]] = []
    for start, stop, run in sorted(found, key=lambda each: -each[2].strength):
        if all(stop <= other or start >= end for other, end, _ in taken):
            each = all(signals.get(place, False) for place in range(start, stop))
            taken.append((start, stop, replace(run, each=each)))
    taken = _without_returns(series, sorted(taken, key=lambda each: each[0]), bases)
    told = [_with_aftermath(series, stop, run, bases[at]) for at, stop, run in taken]
    return told, len(bases)


def _without_returns(series: Series, taken: list, bases: dict[int, Baseline]) -> list:
    """The runs without those that only came back to where the figure stood before a spike.

    A spike shifts the baseline of the periods after it, so that the return stands out against it. A
    longer run is a level of its own, and leaving it is told.
    """
    kept: list[tuple[int, int, Run]] = []
    for start, stop, run in taken:
        earlier = [
            at for at, end, _ in kept if end - at <= SPIKE and start - end < BASELINE_PERIODS
        ]
        judged = [_together(series[start:stop], bases[at]) for at in earlier]
        if not any(not limits.signals(value) for value, limits in judged):
            kept.append((start, stop, run))
    return kept


def _runs_from(series: Series, start: int, base: Baseline) -> list[tuple[int, int, Run]]:
    """The runs that begin at one place, as (start, stop, run)."""
    found = []
    for stop in range(start + 1, min(start + LONGEST_RUN, len(series)) + 1):
        window = series[start:stop]
        if len(set(np.sign(window.values - base.value))) > 1 or window.has_gap:
            break
        value, limits = _together(window, base)
        if not limits.signals(value):
            continue
        reach = (limits.high if value > base.value else limits.low) - base.value
        run = Run(
            window.periods[0],
            window.periods[-1],
            value,
            base.value,
            each=False,
            pooled=series.shares,
            after=np.nan,
            returned=None,
            strength=(value - base.value) / reach if reach else np.inf,
        )
        found.append((start, stop, run))
    return found


def _together(window: Series, base: Baseline) -> tuple[float, Baseline]:
    """The figure of several periods taken together, and the limits for so many."""
    if window.shares:
        limits = compare.p_limits(base.value, window.denominators.sum())
    else:
        half = (base.high - base.low) / 2 / np.sqrt(len(window))
        limits = base.value - half, base.value + half
    return window.level(), Baseline(base.value, *limits, base.periods)


def _with_aftermath(series: Series, stop: int, run: Run, base: Baseline) -> Run:
    """Whether the periods after a run, taken together, came back inside the limits it left."""
    if stop == len(series):
        return run
    value, limits = _together(series[stop:], base)
    beyond = value > limits.high if run.above else value < limits.low
    return replace(run, after=value, returned=not beyond)


def _are_shares(rows: pd.DataFrame, metric: Metric) -> bool:
    """Whether the rows of one variant are shares of customers or answers."""
    return any(
        getattr(metric.rule(variant), "interval", None) == WILSON
        for variant in rows["variant"].head(1)
    )


def step(rows: pd.DataFrame, metric: Metric) -> Step | None:
    """The one change of level that splits a series best, where it is clear and has lasted.

    The two sides are compared by the spread of the periods inside them; shares are pooled on each
    side, and their standard error is not taken smaller than so many answers allow.
    """
    rows = rows[rows["status"] == OK].sort_values("period_start").reset_index(drop=True)
    return split(Series.of(rows, shares=_are_shares(rows, metric)))


def split(series: Series) -> Step | None:
    """The clearest split of a series in two."""
    best, at = 0.0, None
    for place in range(LEAST_SIDE, len(series) - LEAST_SIDE + 1):
        score = _score(series[:place], series[place:])
        if score > best:
            best, at = score, place
    if at is None or best < LEAST_STEP:
        return None
    old, new, later = series[:at].level(), series[at:].level(), series[at:]
    if (np.abs(later.values - new) < np.abs(later.values - old)).mean() < STAYED:
        return None
    return Step(
        later.periods[0],
        later.periods[-1],
        value=new,
        before=old,
        periods_before=at,
        pooled=series.shares,
    )


def _score(old: Series, new: Series) -> float:
    """How many standard errors stand between the two sides."""
    difference = abs(new.level() - old.level())
    inside = sum(((each.values - each.values.mean()) ** 2).sum() for each in (old, new))
    variance = inside / (len(old) + len(new) - 2) * (1 / len(old) + 1 / len(new))
    if new.shares:
        sides = [(each.numerators.sum(), each.denominators.sum()) for each in (old, new)]
        share = sum(x for x, _ in sides) / sum(n for _, n in sides)
        variance = max(variance, share * (1 - share) * sum(1 / n for _, n in sides))
    return difference / np.sqrt(variance) if variance > 0 else (np.inf if difference else 0.0)


def expected_by_chance(rows: pd.DataFrame, metrics: dict[str, Metric]) -> float:
    """How many of these looks would signal though nothing had changed.

    For shares: three sigma, widened by what the baseline itself may be off. For XmR charts: the rate
    seen when figures are drawn from one normal distribution.
    """
    total = 0.0
    for row in rows.to_dict("records"):
        if getattr(metrics[row["metric"]].rule(row["variant"]), "interval", None) == WILSON:
            off = row["denominator"] / row["base_n"] if row["base_n"] else 0.0
            total += 2 * NormalDist().cdf(-SIGMAS / (1 + off) ** 0.5)
        else:
            total += XMR_BY_CHANCE
    return float(total)


def against_the_rest(rows: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Each segment's share, and that of all others together, from summed numerators and denominators.

    `rows`: segment, numerator, denominator. The intervals are widened for as many segments as are
    looked at (Bonferroni), so that picking out the extreme one claims no more than it may.
    """
    level = 1 - (1 - confidence) / max(len(rows), 1)
    x, n = rows["numerator"], rows["denominator"]
    rest_x, rest_n = x.sum() - x, n.sum() - n
    low, high = intervals.wilson(x, n, level)
    rest_low, rest_high = intervals.wilson(rest_x, rest_n, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        value, rest = x / n, rest_x / rest_n
    own_low, own_high = intervals.wilson(x, n, confidence)
    return rows.assign(
        value=value,
        low=own_low,
        high=own_high,
        rest=rest,
        differs=intervals.differ(value, low, high, rest, rest_low, rest_high),
    )
