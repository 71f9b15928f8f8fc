"""How much a chance differs between customers who differ in one thing alone: average marginal effects of a hazard.

For each label of a feature: the mean, over the customer-months that the hazard learnt from, of the chance with this label
less the chance with the feature's most frequent one, all else as it was (Bartus 2005; Stata's `margins, dydx`). The
interval is the delta method's. What goes together need not be a cause.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cs_lib.metrics.compute.intervals import z_of
from cs_lib.metrics.models.logistic import Hazard, chance


@dataclass(frozen=True)
class Effect:
    """Of a label against the `base` of its feature: the effect on the chance of a month, its gradient in the
    coefficients of the hazard, and `n`, the customer-months with the label."""

    feature: str
    label: str
    base: str
    value: float
    gradient: np.ndarray
    n: float


def marginal_effects(hazard: Hazard, n: np.ndarray, confidence: float = 0.95) -> list[dict]:
    """feature, label, base (the label it is held against), effect on the chance of a month with low, high and p, and
    `n`, the customer-months with the label. Labels without a coefficient of their own are not told."""
    return [
        {
            "feature": each.feature,
            "label": each.label,
            "base": each.base,
            **told(each.value, each.gradient, hazard.covariance, confidence),
            "n": each.n,
        }
        for each in effects(hazard, n)
    ]


def told(value: float, gradient: np.ndarray, covariance: np.ndarray, confidence: float) -> dict:
    """effect, low, high and p of a figure of coefficients with that gradient (delta method)."""
    from scipy.special import ndtr

    z, error = z_of(confidence), float(np.sqrt(gradient @ covariance @ gradient))
    p = 2 * float(ndtr(-abs(value) / error))
    return {"effect": value, "low": value - z * error, "high": value + z * error, "p": p}


def effects(hazard: Hazard, n: np.ndarray) -> Iterator[Effect]:
    """The effect of each label that has a coefficient of its own."""
    kinds, on = hazard.kinds, hazard.kinds.on.astype(float)
    inside = ~kinds.on[:, list(hazard.apart)].any(axis=1) & (n > 0)
    on, many = on[inside], n[inside] @ on[inside]
    weights = n[inside] / n[inside].sum()
    for at in np.flatnonzero(hazard.errors).tolist():
        feature, label = kinds.columns[at]
        own = [place for place, (name, _) in enumerate(kinds.columns) if name == feature]
        base = max((each for each in own if each not in hazard.apart), key=lambda each: many[each])
        sides = [_with(on, own, each) for each in (at, base)]
        chances = [chance(hazard.start + x @ hazard.moves) for x in sides]
        slopes = [
            np.array([weights @ steep, *((weights * steep) @ x)])
            for x, steep in zip(sides, (p * (1 - p) for p in chances), strict=True)
        ]
        effect = float(weights @ (chances[0] - chances[1]))
        gradient = slopes[0] - slopes[1]
        yield Effect(feature, label, kinds.columns[base][1], effect, gradient, float(many[at]))


def _with(on: np.ndarray, own: list[int], at: int) -> np.ndarray:
    """The rows as they would be with one label of a feature."""
    changed = on.copy()
    changed[:, own] = 0.0
    changed[:, at] = 1.0
    return changed
