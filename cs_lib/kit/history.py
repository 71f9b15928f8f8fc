"""A figure over periods: each held against the twelve before it, runs of them, and lasting changes."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

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


def judged(rows: pd.DataFrame, metric: Metric, periods: int) -> pd.DataFrame:
    """The last periods of one series with baseline, limit_low, limit_high and signal.

    `rows`: one metric, variant and segment, reaching twelve periods further back. Without a baseline
    the signal is None.
    """
    rows = rows.sort_values("period_start").reset_index(drop=True)
    last = rows.tail(1)
    if last.empty:
        return rows.assign(baseline=[], limit_low=[], limit_high=[], signal=[])
    bases = _bases(rows, metric, periods)
    first = pd.Timestamp(period_of(last.iloc[0]).back(periods - 1).start)
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
    if rows.empty:
        return {}
    first = pd.Timestamp(period_of(rows.iloc[-1]).back(periods - 1).start)
    found, starts = {}, rows["period_start"]
    for place in rows.index[starts >= first]:
        row = rows.loc[place]
        earliest = pd.Timestamp(period_of(row).back(BASELINE_PERIODS).start)
        before = rows[(starts >= earliest) & (starts < row["period_start"])]
        base = compare.baseline(before, row, metric)
        if base:
            found[place] = base
    return found


def runs(rows: pd.DataFrame, metric: Metric, periods: int) -> tuple[list[Run], int]:
    """The runs of one to six of the last periods that lie outside their limits, the clearest first.

    Every stretch on one side of its baseline is looked at, the clearest is taken, and what overlaps
    it is passed over. Gives the runs in order of time, and how many periods had a baseline.
    """
    rows = rows[rows["status"] == OK].sort_values("period_start").reset_index(drop=True)
    bases = _bases(rows, metric, periods)
    outside = [base.signals(rows.at[place, "value"]) for place, base in bases.items()]
    signals = dict(zip(bases, outside, strict=True))
    found = [run for place, base in bases.items() for run in _runs_from(rows, place, metric, base)]
    taken: list[tuple[int, int, Run]] = []
    for start, stop, run in sorted(found, key=lambda each: -each[2].strength):
        if all(stop <= other or start >= end for other, end, _ in taken):
            each = all(signals.get(place, False) for place in range(start, stop))
            taken.append((start, stop, replace(run, each=each)))
    taken = _without_returns(rows, sorted(taken, key=lambda each: each[0]), bases, metric)
    told = [_with_aftermath(rows, stop, run, bases[at], metric) for at, stop, run in taken]
    return told, len(bases)


def _without_returns(rows: pd.DataFrame, taken: list, bases: dict, metric: Metric) -> list:
    """The runs without those that only came back to where the figure stood before a spike.

    A spike shifts the baseline of the periods after it, so that the return stands out against it. A
    longer run is a level of its own, and leaving it is told.
    """
    kept: list[tuple[int, int, Run]] = []
    for start, stop, run in taken:
        earlier = [
            at for at, end, _ in kept if end - at <= SPIKE and start - end < BASELINE_PERIODS
        ]
        window = rows.iloc[start:stop]
        judged = [_together(window, bases[at], metric) for at in earlier]
        if not any(not limits.signals(value) for value, limits in judged):
            kept.append((start, stop, run))
    return kept


def _runs_from(
    rows: pd.DataFrame, start: int, metric: Metric, base: Baseline
) -> list[tuple[int, int, Run]]:
    """The runs that begin at one place, as (start, stop, run)."""
    found = []
    for stop in range(start + 1, min(start + LONGEST_RUN, len(rows)) + 1):
        window = rows.iloc[start:stop]
        if len(set(np.sign(window["value"] - base.value))) > 1 or _has_gap(window):
            break
        value, limits = _together(window, base, metric)
        if not limits.signals(value):
            continue
        reach = (limits.high if value > base.value else limits.low) - base.value
        run = Run(
            period_of(window.iloc[0]),
            period_of(window.iloc[-1]),
            value,
            base.value,
            each=False,
            pooled=_is_share(metric, window),
            after=np.nan,
            returned=None,
            strength=(value - base.value) / reach if reach else np.inf,
        )
        found.append((start, stop, run))
    return found


def _has_gap(window: pd.DataFrame) -> bool:
    """Whether a period between the first and the last has no figure."""
    first, last = period_of(window.iloc[0]), period_of(window.iloc[-1])
    return last.back(len(window) - 1) != first


def _together(window: pd.DataFrame, base: Baseline, metric: Metric) -> tuple[float, Baseline]:
    """The figure of several periods taken together, and the limits for so many."""
    if _is_share(metric, window):
        many = window["denominator"].sum()
        limits = Baseline(base.value, *compare.p_limits(base.value, many), base.periods)
        return float(window["numerator"].sum() / many), limits
    half = (base.high - base.low) / 2 / np.sqrt(len(window))
    limits = Baseline(base.value, base.value - half, base.value + half, base.periods)
    return float(window["value"].mean()), limits


def _with_aftermath(rows: pd.DataFrame, stop: int, run: Run, base: Baseline, metric) -> Run:
    """Whether the periods after a run, taken together, came back inside the limits it left."""
    later = rows.iloc[stop:]
    if later.empty:
        return run
    value, limits = _together(later, base, metric)
    beyond = value > limits.high if run.above else value < limits.low
    return replace(run, after=value, returned=not beyond)


def _is_share(metric: Metric, rows: pd.DataFrame) -> bool:
    return getattr(metric.rule(rows["variant"].iloc[0]), "interval", None) == WILSON


def step(rows: pd.DataFrame, metric: Metric) -> Step | None:
    """The one change of level that splits a series best, where it is clear and has lasted.

    The two sides are compared by the spread of the periods inside them; shares are pooled on each
    side, and their standard error is not taken smaller than so many answers allow.
    """
    rows = rows[rows["status"] == OK].sort_values("period_start").reset_index(drop=True)
    return split(rows, shares=_is_share(metric, rows)) if len(rows) else None


def split(rows: pd.DataFrame, *, shares: bool) -> Step | None:
    """The clearest split of an ordered series (period_start, numerator, denominator, value)."""
    best, at = 0.0, None
    for place in range(LEAST_SIDE, len(rows) - LEAST_SIDE + 1):
        score = _score(rows.iloc[:place], rows.iloc[place:], shares)
        if score > best:
            best, at = score, place
    if at is None or best < LEAST_STEP:
        return None
    old, new = (_level(part, shares) for part in (rows.iloc[:at], rows.iloc[at:]))
    nearer = (rows.iloc[at:]["value"] - new).abs() < (rows.iloc[at:]["value"] - old).abs()
    if nearer.mean() < STAYED:
        return None
    ends = period_of(rows.iloc[at]), period_of(rows.iloc[-1])
    return Step(*ends, value=new, before=old, periods_before=at, pooled=shares)


def _level(part: pd.DataFrame, shares: bool) -> float:
    if shares:
        return float(part["numerator"].sum() / part["denominator"].sum())
    return float(part["value"].mean())


def _score(old: pd.DataFrame, new: pd.DataFrame, shares: bool) -> float:
    """How many standard errors stand between the two sides."""
    difference = abs(_level(new, shares) - _level(old, shares))
    inside = sum(((each["value"] - each["value"].mean()) ** 2).sum() for each in (old, new))
    variance = inside / (len(old) + len(new) - 2) * (1 / len(old) + 1 / len(new))
    if shares:
        sides = [(each["numerator"].sum(), each["denominator"].sum()) for each in (old, new)]
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
            total += 2 * stats.norm.sf(SIGMAS / np.sqrt(1 + off))
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
