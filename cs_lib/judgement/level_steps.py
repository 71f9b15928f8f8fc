"""A lasting change of level: where a series, split in two, stands clearly and durably higher or lower.

The named rule: of all places with six periods on each side the one is taken that splits the series
best. It is a **lasting step** where the two levels stand six standard errors apart, and where two levels
leave less than 0.7 of the squares that a straight line through the whole leaves: what only trends is no
step. Simulated, `tests/simulation/false_alarms.py`: at most 2 % of series of 18 to 36 periods, whether
independent, carrying over (φ = 0.5) or trending.
"""

from dataclasses import dataclass

import numpy as np

from cs_lib.metrics.compute.intervals import Numbers

LEAST_SIDE = 6
LEAST_ERRORS = 6.0
LEFT_BY_A_LINE = 0.7


@dataclass(frozen=True)
class Steps:
    """For each series: whether there is a lasting step, at which column it begins, and its errors apart.

    `at` is the best split even where it is no step; −1 where the series is too short or has gaps.
    """

    clear: np.ndarray
    at: np.ndarray
    errors: np.ndarray


def lasting_steps(
    values: np.ndarray,
    weights: Numbers = 1.0,
    floor: float = 0.0,
    *,
    least: float = LEAST_ERRORS,
) -> Steps:
    """The best split of each row of series × periods, oldest first.

    `weights` and `floor` as `control_limits.share_scale` gives them with the values on
    their scale; for means the answers behind each and the variance of one. A row with a NaN has none.
    `least`: how many standard errors apart the levels stand; fewer do where nothing can carry over.
    """
    y = np.asarray(values, dtype=float)
    w = np.broadcast_to(np.asarray(weights, dtype=float), y.shape)
    known = ~(np.isnan(y) | np.isnan(w)).any(axis=1) & (y.shape[1] >= 2 * LEAST_SIDE)
    y, w = np.where(known[:, None], y, 0.0), np.where(known[:, None], w, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        whole, line = _left_by_level(y, w), _left_by_line(y, w)
        places = range(LEAST_SIDE, y.shape[1] - LEAST_SIDE + 1)
        left = np.array(
            [
                _left_by_level(y[:, :at], w[:, :at]) + _left_by_level(y[:, at:], w[:, at:])
                for at in places
            ]
        )
        if not len(left):
            nothing = np.full(len(y), np.nan)
            return Steps(np.zeros(len(y), dtype=bool), np.full(len(y), -1), nothing)
        best = left.min(axis=0)
        spread = np.maximum(best / (y.shape[1] - 2), floor)
        errors = np.sqrt(np.maximum(whole - best, 0) / spread)
        clear = known & (errors >= least) & (best < LEFT_BY_A_LINE * line)
    at = np.where(known, left.argmin(axis=0) + LEAST_SIDE, -1)
    return Steps(clear, at, np.where(known, errors, np.nan))


def _left_by_level(y: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Σ w (y − their mean)² of each row."""
    mean = (w * y).sum(axis=1) / w.sum(axis=1)
    return (w * (y - mean[:, None]) ** 2).sum(axis=1)


def _left_by_line(y: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Σ w (y − the straight line through them)² of each row."""
    t = np.arange(y.shape[1], dtype=float)
    apart = t - ((w * t).sum(axis=1) / w.sum(axis=1))[:, None]
    level = _left_by_level(y, w)
    return level - (w * apart * y).sum(axis=1) ** 2 / (w * apart**2).sum(axis=1)
