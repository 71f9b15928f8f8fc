"""How long things last when some are not over yet: Kaplan–Meier, its mean and median, and sBG.

Everything works on counts by day, as facts give them: how many were followed exactly that long, and
for how many of them the event came then. scipy's `ecdf` needs every customer as a row; the tests
compare with it.
"""

from dataclasses import dataclass

import numpy as np

from cs_lib.metrics.intervals import z_of

DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Curve:
    """The share not yet reached by each day at which anything happened, with its band."""

    days: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def at(self, day: float) -> int:
        """The place of the last step at or before a day; −1 before the first."""
        return int(np.searchsorted(self.days, day, side="right")) - 1


def kaplan_meier(days, followed, reached, confidence: float = 0.95) -> Curve:
    """The product-limit estimate (Kaplan & Meier 1958) with the log-log band (Kalbfleisch & Prentice)."""
    order = np.argsort(days)
    days, followed, reached = (
        np.asarray(each, dtype=float)[order] for each in (days, followed, reached)
    )
    at_risk = followed.sum() - np.concatenate([[0.0], np.cumsum(followed)[:-1]])
    value = np.cumprod(1 - reached / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(reached / (at_risk * (at_risk - reached)))
        spread = z_of(confidence) * np.sqrt(greenwood) / np.log(value)
        ends = value ** np.exp(spread), value ** np.exp(-spread)
    inside = (value > 0) & (value < 1)
    low, high = (np.where(inside, each, value) for each in (np.minimum(*ends), np.maximum(*ends)))
    return Curve(days, at_risk, reached, value, low, high)


def median(curve: Curve) -> tuple[float, float, float]:
    """The first day by which half have reached the event, and its interval; NaN where it is not reached."""
    return tuple(_first_at_half(curve.days, each) for each in (curve.value, curve.low, curve.high))


def _first_at_half(days, values) -> float:
    below = np.flatnonzero(values <= 0.5)
    return float(days[below[0]]) if len(below) else float("nan")


def restricted_mean(
    curve: Curve, horizon: float, confidence: float = 0.95
) -> tuple[float, float, float]:
    """The mean days up to a horizon, with Greenwood's interval; NaN where nobody was
    followed that long, unless all had reached the event before."""
    if not len(curve.days) or (curve.days[-1] < horizon and curve.value[-1] > 0):
        return (float("nan"),) * 3
    edges = np.concatenate([[0.0], np.minimum(curve.days, horizon), [horizon]])
    levels = np.concatenate([[1.0], curve.value])
    areas = np.diff(edges) * levels
    mean = areas.sum()
    after = np.cumsum(areas[::-1])[::-1][1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = after**2 * curve.events / (curve.at_risk * (curve.at_risk - curve.events))
    half = z_of(confidence) * np.sqrt(np.nansum(np.where(np.isfinite(terms), terms, 0)))
    return float(mean), float(max(0.0, mean - half)), float(min(horizon, mean + half))


@dataclass(frozen=True)
class ShiftedBetaGeometric:
    """Fader & Hardie 2007, "How to project customer retention": churn differs between customers."""

    alpha: float
    beta: float

    def survival(self, periods: int) -> np.ndarray:
        """The share still there after 0, 1, … periods."""
        ages = np.arange(1, periods + 1)
        return np.concatenate(
            [[1.0], np.cumprod((self.beta + ages - 1) / (self.alpha + self.beta + ages - 1))]
        )


def fit_sbg(lost, stayed) -> ShiftedBetaGeometric | None:
    """The likeliest sBG, from how many were lost and stayed in the first, second, … period.

    None where nobody was lost or nobody stayed, or where churn does not fall with age, as it must where
    customers differ: then the likelihood rises without end, and there is nothing to project from.
    """
    from scipy.optimize import root

    lost, stayed = (np.asarray(each, dtype=float) for each in (lost, stayed))
    all_lost = lost.sum()
    if all_lost == 0 or stayed.sum() == 0:
        return None
    ages, total = np.arange(len(lost), dtype=float), lost + stayed
    share = all_lost / total.sum()
    if (ages * (stayed * share / (1 - share) - lost)).sum() <= 0:  # its slope where none differ
        return None

    def slopes(logs):
        alpha, beta = np.exp(np.minimum(np.maximum(logs, -12), 12))
        shared = (total / (alpha + beta + ages)).sum()
        kept = (stayed / (beta + ages)).sum()
        return alpha * (all_lost / alpha - shared), beta * (kept - shared)

    found = root(slopes, np.log([1.0, max((1 - share) / share, 1e-3)]), method="hybr")
    if not found.success:
        return None
    alpha, beta = np.exp(found.x)
    return ShiftedBetaGeometric(float(alpha), float(beta))


def by_month(days, followed, reached) -> tuple[np.ndarray, np.ndarray]:
    """Counts by day → how many were lost and how many stayed in each month of age they were seen through."""
    days, followed, reached = (np.asarray(each, dtype=float) for each in (days, followed, reached))
    age = np.floor(days / DAYS_A_MONTH).astype(int)
    months = int(age.max()) + 1 if len(age) else 0
    lost = np.bincount(age, weights=reached, minlength=months)
    ended = np.bincount(age, weights=followed, minlength=months)
    stayed = followed.sum() - np.cumsum(ended)
    return lost, stayed
