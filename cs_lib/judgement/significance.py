"""Whether groups differ by more than chance, where several are compared at once."""

import math

import numpy as np
import pandas as pd


def exact_p(
    k: pd.Series | np.ndarray, n: pd.Series | int, rest_k: pd.Series, rest_n: pd.Series | int
) -> np.ndarray:
    """The p-values of k of n against rest_k of rest_n: Fisher's exact test, twice the smaller tail."""
    numbers = np.broadcast_arrays(
        *(np.asarray(each, dtype=float) for each in (k, n, rest_k, rest_n))
    )
    return np.array(
        [_fisher(*map(round, each)) for each in zip(*(x.ravel() for x in numbers), strict=True)]
    )


def _fisher(k: int, n: int, rest_k: int, rest_n: int) -> float:
    """Twice the smaller tail of the hypergeometric distribution with these margins, at most 1."""
    from scipy.special import gammaln

    total = k + rest_k
    place = np.arange(max(0, total - rest_n), min(total, n) + 1)

    def ways(of: int, chosen: np.ndarray) -> np.ndarray:
        return gammaln(of + 1) - gammaln(chosen + 1) - gammaln(of - chosen + 1)

    logs = ways(n, place) + ways(rest_n, total - place)
    chance = np.exp(logs - logs.max())
    chance /= chance.sum()
    tails = chance[place <= k].sum(), chance[place >= k].sum()
    return float(min(1.0, 2 * min(tails)))


def certainty_of(p: float) -> float:
    """How sure a finding is: the decimal places before a p-value's first digit, so that the surest is the greatest."""
    return -math.log10(max(p, 1e-300))


def holm(p: np.ndarray, alpha: float) -> np.ndarray:
    """Which of several p-values are significant together (Holm 1979)."""
    p = np.asarray(p, dtype=float)
    order = np.argsort(p, kind="stable")
    passed = p[order] <= alpha / (len(p) - np.arange(len(p)))
    kept = np.zeros(len(p), dtype=bool)
    kept[order[np.cumprod(passed).astype(bool)]] = True
    return kept
