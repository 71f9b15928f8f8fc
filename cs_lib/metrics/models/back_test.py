"""How good predicted chances were, once it is known who left: ranking, calibration, and what it is worth."""

from dataclasses import dataclass

import numpy as np

from cs_lib.metrics.compute.intervals import poisson, z_of
from cs_lib.metrics.models.logistic import SeparationError, fit_logit, logit_of

TENTHS = 10
#: a chance of 0 or 1 has no logit
LEAST = 1e-6


@dataclass(frozen=True)
class Tenth:
    """A tenth of the customer-months by predicted chance: how many were `expected` to leave, and `left`."""

    n: int
    expected: float
    left: int
    low: float
    high: float


@dataclass(frozen=True)
class Record:
    """What predictions were worth: `auc` and `slope` with intervals, Brier scores, expected and observed, by
    tenth too.

    `better_low` is the lower end of the mean by which the Brier score is below that of the plan's rate alone.
    """

    n: int
    left: int
    expected: float
    auc: float
    auc_low: float
    auc_high: float
    brier: float
    brier_plan: float
    better_low: float
    slope: float
    slope_low: float
    slope_high: float
    ratio_low: float
    ratio_high: float
    tenths: tuple[Tenth, ...]


def record_of(
    p: np.ndarray, plan: np.ndarray, left: np.ndarray, n: np.ndarray, confidence: float = 0.95
) -> Record:
    """The record of chances `p` for `n` customer-months each, of which so many `left`; `plan`: its rate alone."""
    z, total, gone = z_of(confidence), float(n.sum()), float(left.sum())
    area, error = auc(p, left, n)
    ours, theirs = (_squares(each, left, n) for each in (p, plan))
    better, spread = _better(p, plan, left, n)
    slope, slope_error = calibration_slope(p, left, n)
    expected = float((n * p).sum())
    low, high = (float(each) for each in poisson(gone, gone, confidence=confidence))
    return Record(
        n=int(total),
        left=int(gone),
        expected=expected,
        auc=area,
        auc_low=max(0.0, area - z * error),
        auc_high=min(1.0, area + z * error),
        brier=float(ours.sum() / total),
        brier_plan=float(theirs.sum() / total),
        better_low=better - z * spread,
        slope=slope,
        slope_low=slope - z * slope_error,
        slope_high=slope + z * slope_error,
        ratio_low=low / expected,
        ratio_high=high / expected,
        tenths=tenths(p, left, n, confidence),
    )


def auc(p: np.ndarray, left: np.ndarray, n: np.ndarray) -> tuple[float, float]:
    """The chance that of one who left and one who stayed the first had the higher prediction; standard error
    (DeLong, DeLong and Clarke-Pearson 1988)."""
    _, place = np.unique(p, return_inverse=True)
    gone = np.bincount(place, weights=left)
    stayed = np.bincount(place, weights=n - left)
    many_gone, many_stayed = gone.sum(), stayed.sum()
    if many_gone < 2 or many_stayed < 2:
        return float("nan"), float("nan")
    of_gone = (np.cumsum(stayed) - stayed / 2) / many_stayed
    of_stayed = 1 - (np.cumsum(gone) - gone / 2) / many_gone
    area = float((gone * of_gone).sum() / many_gone)
    spread = (gone * (of_gone - area) ** 2).sum() / (many_gone - 1) / many_gone
    spread += (stayed * (of_stayed - area) ** 2).sum() / (many_stayed - 1) / many_stayed
    return area, float(np.sqrt(spread))


def calibration_slope(p: np.ndarray, left: np.ndarray, n: np.ndarray) -> tuple[float, float]:
    """The slope of who left on the logits of the predictions, and its standard error: 1 where they are right,
    below 1 where they are too far apart (Cox 1958)."""
    logit = logit_of(np.clip(p, LEAST, 1 - LEAST))
    try:
        fit = fit_logit(np.column_stack([np.ones(len(logit)), logit]), left, n)
    except SeparationError:
        return float("nan"), float("nan")
    return float(fit.coefficients[1]), float(np.sqrt(fit.covariance[1, 1]))


def tenths(
    p: np.ndarray, left: np.ndarray, n: np.ndarray, confidence: float = 0.95
) -> tuple[Tenth, ...]:
    """Ten groups of about as many customer-months, from the lowest prediction to the highest."""
    order = np.argsort(p, kind="stable")
    p, left, n = p[order], left[order], n[order]
    group = np.minimum(((np.cumsum(n) - n / 2) / n.sum() * TENTHS).astype(int), TENTHS - 1)
    found = []
    for each in np.unique(group):
        here = group == each
        gone = float(left[here].sum())
        low, high = (float(end) for end in poisson(gone, gone or 1.0, confidence=confidence))
        many, expected = int(n[here].sum()), float((n * p)[here].sum())
        found.append(Tenth(many, expected, int(gone), low, high))
    return tuple(found)


def _squares(p: np.ndarray, left: np.ndarray, n: np.ndarray) -> np.ndarray:
    return left * (1 - p) ** 2 + (n - left) * p**2


def _better(
    p: np.ndarray, plan: np.ndarray, left: np.ndarray, n: np.ndarray
) -> tuple[float, float]:
    """By how much the squared error is below the plan's, on average, and the standard error of that."""
    of_gone = (1 - plan) ** 2 - (1 - p) ** 2
    of_stayed = plan**2 - p**2
    total = n.sum()
    mean = float((left * of_gone + (n - left) * of_stayed).sum() / total)
    second = float((left * of_gone**2 + (n - left) * of_stayed**2).sum() / total)
    return mean, float(np.sqrt(max(second - mean**2, 0) / total))
