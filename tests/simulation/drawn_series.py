"""Series without a change: independent, carrying over (φ = 0.5) and trending."""

import numpy as np

SORTS = ("independent", "carrying over", "trending")
PHI = 0.5


def shocks(rng, sort: str, rows: int, periods: int) -> np.ndarray:
    """Standard normal series; those that trend rise by half a standard deviation a period."""
    drawn = rng.normal(size=(rows, periods))
    if sort == "trending":
        return drawn + 0.5 * np.arange(periods)
    if sort == "carrying over":
        for at in range(1, periods):
            drawn[:, at] = PHI * drawn[:, at - 1] + np.sqrt(1 - PHI**2) * drawn[:, at]
    return drawn


def logits(rng, sort: str, rows: int, periods: int, *, apart: float) -> np.ndarray:
    """What a rate's log-odds, or a count's logarithm, are off by; those that trend double in all."""
    if sort != "trending":
        return apart * shocks(rng, sort, rows, periods)
    return apart * rng.normal(size=(rows, periods)) + np.linspace(-0.35, 0.35, periods)
