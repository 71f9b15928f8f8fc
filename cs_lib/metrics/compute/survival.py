"""How long things last when some are not over yet: Kaplan–Meier, its mean and median, and sBG.

Everything works on counts by age, as facts give them: how many were followed exactly that long, for how
many of them the event came then, and how many were followed only from then on. scipy's `ecdf` needs every
customer as a row; the tests compare with it.
"""

from dataclasses import dataclass

import numpy as np

from cs_lib.metrics.compute.intervals import Numbers, z_of


@dataclass(frozen=True)
class SurvivalCurve:
    """The share not yet reached by each age at which anything happened, with its band.

    It ends where nobody is followed, though others who are known only from a later age on may be.
    """

    ages: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def at(self, age: float) -> int:
        """The place of the last step at or before an age; −1 before the first."""
        return int(np.searchsorted(self.ages, age, side="right")) - 1

    @property
    def until(self) -> float:
        """The age up to which the curve is known: without end, once all have reached the event."""
        if not len(self.ages):
            return 0.0
        return float(self.ages[-1]) if self.value[-1] > 0 else float("inf")


def kaplan_meier(
    ages: np.ndarray,
    followed: np.ndarray,
    reached: np.ndarray,
    entered: Numbers = 0,
    *,
    confidence: float = 0.95,
) -> SurvivalCurve:
    """The product-limit estimate (Kaplan & Meier 1958) with the log-log band (Kalbfleisch & Prentice).

    `entered` are known only beyond that age, because they are there only for having stayed until then:
    they are at risk from then on (delayed entry).
    """
    order = np.argsort(ages)
    ages, followed, reached, entered = (
        np.broadcast_to(np.asarray(each, dtype=float), len(order))[order]
        for each in (ages, followed, reached, entered)
    )
    leaving = followed - entered
    at_risk = leaving.sum() - np.concatenate([[0.0], np.cumsum(leaving)[:-1]])
    known = _known(at_risk, reached)
    ages, at_risk, reached = ages[:known], at_risk[:known], reached[:known]
    value = np.cumprod(1 - reached / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(reached / (at_risk * (at_risk - reached)))
        spread = z_of(confidence) * np.sqrt(greenwood) / np.log(value)
        ends = value ** np.exp(spread), value ** np.exp(-spread)
    inside = (value > 0) & (value < 1)
    low, high = (np.where(inside, each, value) for each in (np.minimum(*ends), np.maximum(*ends)))
    return SurvivalCurve(ages, at_risk, reached, value, low, high)


def _known(at_risk: np.ndarray, reached: np.ndarray) -> int:
    """How many steps there are before the first at which nobody is followed.

    If the last of those before it all reached the event, the curve would be 0 while others live on; so
    it ends before that.
    """
    gaps = np.flatnonzero(at_risk <= 0)
    if not len(gaps):
        return len(at_risk)
    before = int(gaps[0])
    return before - 1 if before and reached[before - 1] == at_risk[before - 1] else before


#: a product of fractions that comes to a half may be told a last digit above it
HALF = 0.5 + 1e-12


def median(curve: SurvivalCurve) -> tuple[float, float, float]:
    """The first age by which half have reached the event, and its interval; NaN where it is not reached."""
    value, low, high = (
        _first_at_half(curve.ages, each) for each in (curve.value, curve.low, curve.high)
    )
    return value, low, high


def _first_at_half(ages: np.ndarray, values: np.ndarray) -> float:
    below = np.flatnonzero(values <= HALF)
    return float(ages[below[0]]) if len(below) else float("nan")


def restricted_mean(
    curve: SurvivalCurve, horizon: float, *, step: float = 1, confidence: float = 0.95
) -> tuple[float, float, float]:
    """The mean age up to a horizon, with Greenwood's interval; NaN where nobody was followed into the last
    `step` before it, unless all had reached the event before."""
    if curve.until <= horizon - step:
        return float("nan"), float("nan"), float("nan")
    edges = np.concatenate([[0.0], np.minimum(curve.ages, horizon), [horizon]])
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


def fit_sbg(lost: np.ndarray, stayed: np.ndarray) -> ShiftedBetaGeometric | None:
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

    def slopes(logs: np.ndarray) -> tuple[float, float]:
        alpha, beta = np.exp(np.minimum(np.maximum(logs, -12), 12))
        shared = (total / (alpha + beta + ages)).sum()
        kept = (stayed / (beta + ages)).sum()
        return alpha * (all_lost / alpha - shared), beta * (kept - shared)

    found = root(slopes, np.log([1.0, max((1 - share) / share, 1e-3)]), method="hybr")
    if not found.success:
        return None
    alpha, beta = np.exp(found.x)
    return ShiftedBetaGeometric(float(alpha), float(beta))


def by_step(
    ages: np.ndarray, followed: np.ndarray, reached: np.ndarray, entered: np.ndarray, step: float
) -> tuple[np.ndarray, np.ndarray]:
    """Counts by age → how many were lost and how many stayed in each step of age they were seen through.

    Lost at the end of a step is lost in it. Who entered later counts from the step of that age on.
    """
    ages, followed, reached, entered = (
        np.asarray(each, dtype=float) for each in (ages, followed, reached, entered)
    )
    seen_through = np.floor(ages / step).astype(int)
    lost_in = np.ceil(ages / step).astype(int) - 1
    since = np.floor((ages + 1) / step).astype(int)
    steps = since.max(initial=-1) + 1
    lost = np.bincount(lost_in, weights=reached, minlength=steps)
    left = lost + np.bincount(seen_through, weights=followed - reached, minlength=steps)
    came = np.bincount(since, weights=entered, minlength=steps)
    return lost, (followed - entered).sum() + np.cumsum(came - left)
