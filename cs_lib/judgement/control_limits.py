"""Where a figure may lie if nothing changed: control limits from the periods before it.

One rule for all: a straight line is drawn through up to 24 periods before, and a figure is a signal
where it lies outside the 99 % prediction interval of that line (Student's t, N − 2). Kinds of figures
differ only in the scale on which the line is straight and the spread is even:

- `share_limits` (x of n): arcsine of the root, spread 1 ÷ 4n at least; within 0 and 1;
- `count_limits` (x): the root, spread ¼ at least; not below 0;
- `score_limits` (means of n answers, NPS): as they are, spread falling with n;
- `amount_limits` (money, plain ratios): as they are, or on the logarithm.

The spread is never less than drawing so many would bring, and more where the periods before varied
by more than that (one factor on the spread at every n, as in Laney's p′ and u′ charts).

**Three in a row** are shares or scores of three periods taken together (`length`), held against limits from
the periods before the first of them. What varies beyond drawing so many may carry on from one period to
the next: of that the three are taken to bring as much as though each carried half of the one before. For a
**lasting step** see `level_steps`.

Every function takes arrays of series × periods before: oldest first, the last the period just before
the one judged, NaN where there is no figure or it is left out on purpose. It gives `Limits` with one
entry a series. `tests/simulation/false_alarms.py` prints how often each rule signals though nothing
changed, and how often it finds a change.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cs_lib.metrics.catalogue.declaration import Bounds
from cs_lib.metrics.compute.intervals import Numbers, z_of

#: figures where a line is straight and their spread even, the weight of each, the least spread of weight 1
Scaled = tuple[np.ndarray, np.ndarray, float]

#: how many periods before are looked at, and how many of them must have a figure
LONGEST = 24
LEAST = {"month": 12, "quarter": 8, "week": 12, "year": 8}
#: so many periods in a row may signal together though none does alone
IN_A_ROW = 3
CONFIDENCE = 0.99
#: the part of the figure before that each is taken to carry on, where several are taken together
_CARRIED = 0.5
#: what Anscombe adds to a count so that the spread of its root is the same at any size
_ANSCOMBE = 3 / 8
#: the spread of the root of a count, and, times n, of the arcsine of the root of a share
_DRAWN = 0.25
#: by how much likelier figures must be about a plain line to be taken off the logarithm
_CLEARLY = 2.0
#: what is left of equal figures when they were computed in another order
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Limits:
    """What each series leads one to expect: its line carried on to the period judged, and the limits.

    `periods` counts the figures behind the line. NaN where there are too few of them. Limits without
    width stand where an amount never varied.
    """

    centre: np.ndarray
    low: np.ndarray
    high: np.ndarray
    periods: np.ndarray

    def signals(self, values: Numbers) -> np.ndarray:
        """Whether figures lie outside; False where there are no limits or no figure."""
        values = np.asarray(values, dtype=float)
        dust = _ROUNDING * np.maximum(np.abs(self.centre), np.abs(values))
        return (values < self.low - dust) | (values > self.high + dust)

    def distance(self, values: Numbers) -> np.ndarray:
        """How far figures lie from the centre, in widths from there to the limit: above 1 is outside."""
        away = np.asarray(values, dtype=float) - self.centre
        reach = np.abs(np.where(away > 0, self.high, self.low) - self.centre)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(away == 0, 0.0, np.abs(away) / reach)


def share_limits(
    numerators: np.ndarray,
    denominators: np.ndarray,
    n: Numbers,
    *,
    length: int = 1,
    least: int = 12,
) -> Limits:
    """Limits of a share that stands on `n`, from the numerators and denominators before."""
    n = np.asarray(n, dtype=float)
    line = _carried_on(*share_scale(numerators, denominators), n + 0.5, length, least)

    def share_of(angle: np.ndarray) -> np.ndarray:
        share = np.sin(np.clip(angle, 0, np.pi / 2)) ** 2
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.clip((share * (n + 2 * _ANSCOMBE) - _ANSCOMBE) / n, 0, 1)

    return _scaled_back(line, share_of)


def share_scale(numerators: np.ndarray, denominators: np.ndarray) -> Scaled:
    """Shares as angles, with the weight of each and the least spread of one of weight 1."""
    x, base = _arrays(numerators, denominators)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.clip((x + _ANSCOMBE) / (base + 2 * _ANSCOMBE), 0, 1)
        return np.where(base > 0, np.arcsin(np.sqrt(share)), np.nan), base + 0.5, _DRAWN


def count_limits(counts: np.ndarray, *, least: int = 12) -> Limits:
    """Limits of a count, from the counts before."""
    (counts,) = _arrays(counts)
    roots = np.sqrt(np.maximum(counts, 0) + _ANSCOMBE)
    line = _carried_on(roots, 1.0, _DRAWN, 1.0, 1, least)
    return _scaled_back(line, lambda root: np.maximum(np.maximum(root, 0) ** 2 - _ANSCOMBE, 0))


def score_limits(
    values: np.ndarray,
    ns: np.ndarray,
    n: Numbers,
    *,
    within: Numbers = 0.0,
    bounds: Bounds = (None, None),
    length: int = 1,
    least: int = 12,
) -> Limits:
    """Limits of a mean over `n` answers, from the means before and their n.

    `within`: the variance of one answer, below which the spread is not taken; an interval gives it as
    (half its width ÷ its quantile)² × n. The limits are cut at `bounds`, the ends of the scale.
    """
    values, ns, n, within = _arrays(values, ns, n, within)
    line = _carried_on(np.where(ns > 0, values, np.nan), ns, within, n, length, least)
    return _scaled_back(line, lambda value: _cut(value, bounds))


def amount_limits(values: np.ndarray, *, bounds: Bounds = (None, None), least: int = 12) -> Limits:
    """Limits of an amount, from the amounts before.

    `bounds`: what it can be at all; the limits are cut there. An amount that can't be negative (or
    positive) and never was 0 is taken on the logarithm, unless a plain line fits clearly better. NaN
    where it was 0 in most periods: limits around rare events say nothing.
    """
    values = np.asarray(values, dtype=float)[:, -LONGEST:]
    seen = (~np.isnan(values)).sum(axis=1, keepdims=True)
    values = np.where((values == 0).sum(axis=1, keepdims=True) > seen / 2, np.nan, values)
    plain = _scaled_back(
        _carried_on(values, 1.0, 0.0, 1.0, 1, least), lambda value: _cut(value, bounds)
    )
    sign = 1 if bounds[0] == 0 else -1 if bounds[1] == 0 else 0
    if not sign:
        return plain
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        logs = np.log(np.where(sign * values > 0, sign * values, np.nan))
        line = _scaled_back(
            _carried_on(logs, 1.0, 0.0, 1.0, 1, least), lambda log: sign * np.exp(log)
        )
    better = _fits_better_on_the_logarithm(values, logs)
    return Limits(
        np.where(better, line.centre, plain.centre),
        np.where(better, line.low, plain.low),
        np.where(better, line.high, plain.high),
        plain.periods,
    )


def _fits_better_on_the_logarithm(values: np.ndarray, logs: np.ndarray) -> np.ndarray:
    """Which rows are likelier about a line on the logarithm than on a plain one (Box & Cox 1964)."""
    seen = ~np.isnan(values)
    whole = (np.isnan(logs) != seen).all(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        likelihoods = [
            -np.log((_off_line(each) ** 2).sum(axis=1)) * seen.sum(axis=1) / 2
            for each in (values, logs)
        ]
    return whole & (likelihoods[1] - np.nansum(logs, axis=1) > likelihoods[0] - _CLEARLY)


@dataclass(frozen=True)
class _Line:
    """A fitted line carried on to what is judged, with half the width of its prediction interval."""

    centre: np.ndarray
    half: np.ndarray
    periods: np.ndarray


def _carried_on(
    y: np.ndarray, weights: Numbers, floor: Numbers, weight: Numbers, length: int, least: int
) -> _Line:
    """The line through each row, by weighted least squares; a figure of weight w has spread σ² ÷ w.

    It is carried on to the middle of the `length` periods judged, of together `weight`.
    """
    from scipy.special import stdtrit

    w = np.where(np.isnan(y), 0.0, weights)[:, -LONGEST:]
    y, periods = np.nan_to_num(y)[:, -LONGEST:], (w > 0).sum(axis=1)
    total, middle, level, width, slope = _fit(y, w)
    ahead, (own, before) = (length - 1) / 2 - middle, _carrying(length)
    with np.errstate(divide="ignore", invalid="ignore"):
        off = y - level[:, None] - slope[:, None] * (_times(y) - middle[:, None])
        spread = (w * off**2).sum(axis=1) / (periods - 2)
        noise = (_ROUNDING * np.abs(y).max(axis=1, initial=0)) ** 2 * total / np.maximum(periods, 1)
        spread, line = np.where(spread > noise, spread, 0), 1 / total + ahead**2 / width
        quantile = stdtrit(np.maximum(periods - 2, 1), 0.5 + CONFIDENCE / 2) ** 2
        drawn = np.maximum(quantile * spread, z_of(CONFIDENCE) ** 2 * floor)
        carried = quantile * np.maximum(spread - floor, 0)
        half = np.sqrt(drawn * (1 / weight + line) + carried * (own / weight + before * line))
        enough = (periods >= max(least, 3)) & np.isfinite(half)
    return _Line(
        np.where(enough, level + slope * ahead, np.nan), np.where(enough, half, np.nan), periods
    )


def _carrying(length: int) -> tuple[float, float]:
    """By how many times more the mean of so many figures that carry over varies than that of independent
    ones, and the line through those before them; nothing where one is judged."""
    if length == 1:
        return 0.0, 0.0
    own = 2 * sum((1 - apart / length) * _CARRIED**apart for apart in range(1, length))
    return own, (1 + _CARRIED) / (1 - _CARRIED) - 1


def _fit(y: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, ...]:
    """Σw, the mean time and level, Σw(t − t̄)² and the slope of each row; the period judged is time 0."""
    t, total = _times(y), w.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle, level = (w * t).sum(axis=1) / total, (w * y).sum(axis=1) / total
        apart = t - middle[:, None]
        width = (w * apart**2).sum(axis=1)
        slope = (w * apart * (y - level[:, None])).sum(axis=1) / width
    return total, middle, level, width, slope


def _times(y: np.ndarray) -> np.ndarray:
    return np.arange(-y.shape[1], 0, dtype=float)


def _off_line(y: np.ndarray) -> np.ndarray:
    """How far the figures of each row lie from the straight line through them; 0 where there is none."""
    w, y = (~np.isnan(y)).astype(float), np.nan_to_num(y)
    _, middle, level, _, slope = _fit(y, w)
    return w * (y - level[:, None] - slope[:, None] * (_times(y) - middle[:, None]))


def _scaled_back(line: _Line, back: Callable[[np.ndarray], np.ndarray]) -> Limits:
    ends = (back(line.centre + side * line.half) for side in (-1, 1))
    first, last = ends
    return Limits(back(line.centre), np.minimum(first, last), np.maximum(first, last), line.periods)


def _cut(value: np.ndarray, bounds: Bounds) -> np.ndarray:
    low, high = bounds
    return np.clip(value, -np.inf if low is None else low, np.inf if high is None else high)


def _arrays(*values: Numbers) -> tuple[np.ndarray, ...]:
    return tuple(np.asarray(value, dtype=float) for value in values)
