"""How many have left by an age, cause by cause: Aalen–Johansen's cumulative incidence.

Causes compete: who left over the price can't leave for a competitor any more. One minus Kaplan–Meier of each
cause alone would come to more than all who left; these add up to it exactly.
"""

from dataclasses import dataclass

import numpy as np

from cs_lib.metrics.compute.intervals import z_of
from cs_lib.metrics.compute.survival import SurvivalCurve


@dataclass(frozen=True)
class Incidence:
    """The share that has left for one cause by each age of the curve, with its band."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def incidence(curve: SurvivalCurve, events: np.ndarray, confidence: float = 0.95) -> Incidence:
    """The sum of S(t−) × dⱼ ÷ n over the ages (Aalen & Johansen 1978).

    `events` are those of one cause at each age of the curve of all causes together. The variance is Aalen's
    by the delta method (Marubini & Valsecchi 1995, section 10.2), the band its log-log.
    """
    before = np.concatenate([[1.0], curve.value[:-1]])
    at_risk, every = curve.at_risk, curve.events
    value = np.cumsum(before * events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = every / (at_risk * (at_risk - every))
        left = np.where(np.isfinite(left), left, 0.0)
    own = before**2 * (at_risk - events) * events / at_risk**3
    both = before * events / at_risk**2
    # Σ (F(t) − Fᵢ)² left + own − 2 (F(t) − Fᵢ) both, over the ages up to t
    sums = [np.cumsum(each) for each in (left, left * value, left * value**2, both, both * value)]
    spread = value**2 * sums[0] - 2 * value * sums[1] + sums[2]
    variance = np.maximum(spread + np.cumsum(own) - 2 * (value * sums[3] - sums[4]), 0.0)
    inside = (value > 0) & (value < 1)
    with np.errstate(
        divide="ignore", invalid="ignore", over="ignore"
    ):  # the end of a tiny share is 0 or 1
        away = z_of(confidence) * np.sqrt(variance) / (value * np.log(value))
        ends = value ** np.exp(away), value ** np.exp(-away)
    low, high = (np.where(inside, each, value) for each in (np.minimum(*ends), np.maximum(*ends)))
    return Incidence(value, low, high)
