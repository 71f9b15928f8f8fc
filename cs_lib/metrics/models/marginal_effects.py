"""How much a chance differs between customers who differ in one thing alone: average marginal effects of a hazard.

For each label of a feature: the mean, over the customer-months that the hazard learnt from, of the chance with this label
less the chance with the feature's most frequent one, all else as it was (Bartus 2005; Stata's `margins, dydx`). The
interval is the delta method's. What goes together need not be a cause.
"""

from collections.abc import Iterator

import numpy as np

from cs_lib.metrics.compute.intervals import z_of
from cs_lib.metrics.models.logistic import Hazard, chance


def marginal_effects(hazard: Hazard, n: np.ndarray, confidence: float = 0.95) -> list[dict]:
    """feature, label, base (the label it is held against), effect on the chance of a month with low, high and p, and
    `n`, the customer-months with the label. Labels without a coefficient of their own are not told."""
    return list(_effects(hazard, n, confidence))


def _effects(hazard: Hazard, n: np.ndarray, confidence: float) -> Iterator[dict]:
    from scipy.special import ndtr

    kinds, on = hazard.kinds, hazard.kinds.on.astype(float)
    inside = ~kinds.on[:, list(hazard.apart)].any(axis=1) & (n > 0)
    on, many = on[inside], n[inside] @ on[inside]
    weights = n[inside] / n[inside].sum()
    z = z_of(confidence)
    for at in np.flatnonzero(hazard.errors).tolist():
        feature, label = kinds.columns[at]
        own = [place for place, (name, _) in enumerate(kinds.columns) if name == feature]
        base = max((each for each in own if each not in hazard.apart), key=lambda each: many[each])
        sides = [_with(on, own, each) for each in (at, base)]
        chances = [chance(hazard.start + x @ hazard.moves) for x in sides]
        effect = float(weights @ (chances[0] - chances[1]))
        slopes = [
            np.array([weights @ steep, *((weights * steep) @ x)])
            for x, steep in zip(sides, (p * (1 - p) for p in chances), strict=True)
        ]
        gradient = slopes[0] - slopes[1]
        error = float(np.sqrt(gradient @ hazard.covariance @ gradient))
        yield {
            "feature": feature,
            "label": label,
            "base": kinds.columns[base][1],
            "effect": effect,
            "low": effect - z * error,
            "high": effect + z * error,
            "p": 2 * float(ndtr(-abs(effect) / error)),
            "n": float(many[at]),
        }


def _with(on: np.ndarray, own: list[int], at: int) -> np.ndarray:
    """The rows as they would be with one label of a feature."""
    changed = on.copy()
    changed[:, own] = 0.0
    changed[:, at] = 1.0
    return changed
