"""How much of what a score explains goes with each item: LMG, that is Shapley's share of R².

LMG averages what an item adds to R² over all orders in which items can be added (Lindeman, Merenda & Gold 1980;
Grömping 2006, R's `relaimpo`). Beyond a dozen items there are too many orders: relative weights (Johnson 2000) come close.
Both add up to R², and neither says that an item moves the score.
"""

from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np

from cs_lib.metrics.compute.intervals import t_of

LMG, RELATIVE_WEIGHTS = "LMG", "relative weights"
#: items up to which all orders are tried
MOST_ITEMS = 12
#: on the diagonal of correlations, so that two items that always agree share what they explain
RIDGE = 1e-10
#: of squares that are left of a column that does not vary, for rounding
NO_VARIANCE = 1e-12


@dataclass(frozen=True)
class Moments:
    """Sums over answers of (item, …, item, score), a row a group of customers: `n`, `sums` and the products `cross`."""

    n: np.ndarray
    sums: np.ndarray
    cross: np.ndarray

    @classmethod
    def of(cls, rows: np.ndarray, groups: np.ndarray) -> "Moments":
        """The moments of rows that are at hand, `groups` numbered from 0."""
        many = int(groups.max()) + 1
        n = np.bincount(groups, minlength=many).astype(float)
        sums, cross = np.zeros((many, rows.shape[1])), np.zeros((many, *[rows.shape[1]] * 2))
        np.add.at(sums, groups, rows)
        np.add.at(cross, groups, rows[:, :, None] * rows[:, None, :])
        return cls(n, sums, cross)

    def correlations(self) -> np.ndarray:
        """The correlations over all groups. NaN where a column does not vary."""
        return _correlations(self.n.sum(), self.sums.sum(axis=0), self.cross.sum(axis=0))

    def left_out_correlations(self) -> np.ndarray:
        """The correlations over all groups but one, one after another."""
        left = (each.sum(axis=0) - each for each in (self.n, self.sums, self.cross))
        return _correlations(*left)


def _correlations(n: np.ndarray, sums: np.ndarray, cross: np.ndarray) -> np.ndarray:
    n = np.asarray(n, dtype=float)[..., None, None]
    covariance = cross - sums[..., :, None] * sums[..., None, :] / n
    own = np.diagonal(covariance, axis1=-2, axis2=-1)
    varies = own > NO_VARIANCE * np.diagonal(cross, axis1=-2, axis2=-1)
    spread = np.sqrt(np.where(varies, own, np.nan))
    return covariance / (spread[..., :, None] * spread[..., None, :])


@dataclass(frozen=True)
class Importance:
    """The part of R² that goes with each item, with its interval; `method` is LMG or RELATIVE_WEIGHTS."""

    part: np.ndarray
    low: np.ndarray
    high: np.ndarray
    method: str

    @property
    def r2(self) -> float:
        """What all items explain together."""
        return float(self.part.sum())


def importance(moments: Moments, confidence: float = 0.95) -> Importance:
    """What goes with each item, in order. The interval leaves out one group of customers after another (the
    delete-a-group jackknife, Kott 2001), so that answers of one customer count as what they are: not independent."""
    items = moments.sums.shape[1] - 1
    method = LMG if items <= MOST_ITEMS else RELATIVE_WEIGHTS
    shares = lmg if method == LMG else relative_weights
    part = shares(moments.correlations())
    groups = len(moments.n)
    left_out = shares(moments.left_out_correlations())
    spread = (left_out - left_out.mean(axis=0)) ** 2
    half = t_of(groups, confidence) * np.sqrt((groups - 1) / groups * spread.sum(axis=0))
    return Importance(part, np.clip(part - half, 0, 1), np.clip(part + half, 0, 1), method)


def lmg(correlations: np.ndarray) -> np.ndarray:
    """The mean of what each item adds to R² over all orders; the score is the last row and column of each matrix."""
    items = correlations.shape[-1] - 1
    explained = _explained(correlations, items)
    sets = np.arange(explained.shape[-1])
    sizes = np.array([each.bit_count() for each in sets.tolist()])
    orders = [factorial(k) * factorial(items - 1 - k) / factorial(items) for k in range(items)]
    parts = np.zeros((*explained.shape[:-1], items))
    for item in range(items):
        lacks = sets[sets & (1 << item) == 0]
        added = explained[..., lacks | (1 << item)] - explained[..., lacks]
        parts[..., item] = added @ np.array(orders)[sizes[lacks]]
    return parts


def _explained(correlations: np.ndarray, items: int) -> np.ndarray:
    """R² of every set of items, by the number whose bits are the items."""
    steady = correlations[..., :items, :items] + RIDGE * np.eye(items)
    with_score = correlations[..., :items, items]
    explained = np.zeros((*correlations.shape[:-2], 1 << items))
    for size in range(1, items + 1):
        chosen = np.array(list(combinations(range(items), size)))
        among = steady[..., chosen[:, :, None], chosen[:, None, :]]
        to_score = with_score[..., chosen]
        slopes = np.linalg.solve(among, to_score[..., None])[..., 0]
        explained[..., (1 << chosen).sum(axis=1)] = (slopes * to_score).sum(axis=-1)
    return explained


def relative_weights(correlations: np.ndarray) -> np.ndarray:
    """Johnson's weights: R² shared through the uncorrelated variables that lie closest to the items."""
    items = correlations.shape[-1] - 1
    values, vectors = np.linalg.eigh(correlations[..., :items, :items] + RIDGE * np.eye(items))
    sizes = np.sqrt(np.maximum(values, RIDGE))
    closest = (vectors * sizes[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    slopes = np.linalg.solve(closest, correlations[..., :items, items][..., None])
    return (closest**2 @ slopes**2)[..., 0]
