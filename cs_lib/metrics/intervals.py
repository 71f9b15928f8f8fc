"""Confidence intervals, from sums alone, for whole columns of figures at once.

The functions take numbers or arrays and give (low, high); NaN where there is no interval.
scipy's `binomtest(...).proportion_ci` takes one proportion a call, which is too slow for tens of
thousands of cells, so Wilson's formula is written out here and tested against it.
"""

from statistics import NormalDist

import numpy as np

#: what is left of equal sums when they were added up in another order
ROUNDING = 1e-12


def z_of(confidence: float) -> float:
    """The two-sided normal quantile: 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def wilson(successes, n, confidence: float = 0.95):
    """Wilson's score interval of a proportion (Wilson 1927)."""
    successes, n = _arrays(successes, n)
    z = z_of(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = successes / n
        centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    low = np.where(successes == 0, 0.0, np.clip(centre - half, 0, 1))
    high = np.where(successes == n, 1.0, np.clip(centre + half, 0, 1))
    return _where(n > 0, low, high)


def clopper_pearson(successes, n, confidence: float = 0.95):
    """The exact interval of a proportion (Clopper & Pearson 1934)."""
    from scipy.special import betaincinv

    successes, n = _arrays(successes, n)
    tail = (1 - confidence) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(successes > 0, betaincinv(successes, n - successes + 1, tail), 0.0)
        high = np.where(successes < n, betaincinv(successes + 1, n - successes, 1 - tail), 1.0)
    return _where(n > 0, low, high)


def adjusted_wald(value_sum, square_sum, n, confidence: float = 0.95):
    """Interval of the mean of values 1, 0, −1 (NPS ÷ 100): three answers added, ¾ each to 1 and −1.

    Takes Σ value and Σ value². Sauro & Lewis, "Quantifying the User Experience", for NPS.
    """
    value_sum, square_sum, n = _arrays(value_sum, square_sum, n)
    promoters = ((square_sum + value_sum) / 2 + 0.75) / (n + 3)
    detractors = ((square_sum - value_sum) / 2 + 0.75) / (n + 3)
    centre = promoters - detractors
    half = z_of(confidence) * np.sqrt((promoters + detractors - centre**2) / (n + 3))
    return _where(n > 0, np.clip(centre - half, -1, 1), np.clip(centre + half, -1, 1))


def student(total, square_sum, n, confidence: float = 0.95):
    """Student's interval of a mean, from Σ x, Σ x² and n; none for fewer than two."""
    from scipy.special import stdtrit

    total, square_sum, n = _arrays(total, square_sum, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        variance = np.maximum(square_sum - total * mean, 0) / (n - 1)
        half = stdtrit(n - 1, 0.5 + confidence / 2) * np.sqrt(variance / n)
    return _where(n > 1, mean - half, mean + half)


def ratio_of_sums(x, y, xx, xy, yy, n, confidence: float = 0.95):
    """Delta-method interval of Σx ÷ Σy over n independent units (Cochran, "Sampling Techniques", 6.4)."""
    x, y, xx, xy, yy, n = _arrays(x, y, xx, xy, yy, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = x / y
        terms = xx + np.abs(2 * ratio * xy) + ratio**2 * yy
        squares = xx - 2 * ratio * xy + ratio**2 * yy
        squares = np.where(squares > ROUNDING * terms, squares, 0)
        half = z_of(confidence) * np.sqrt(squares * n / (n - 1)) / np.abs(y)
    return _where((n > 1) & (y != 0), ratio - half, ratio + half)


def log_normal(value, log_variance, confidence: float = 0.95):
    """Interval of a positive figure from the variance of its logarithm."""
    value, log_variance = _arrays(value, log_variance)
    with np.errstate(invalid="ignore", over="ignore"):
        factor = np.exp(z_of(confidence) * np.sqrt(log_variance))
    return _where((value > 0) & np.isfinite(factor), value / factor, value * factor)


def differ(value, low, high, other, other_low, other_high):
    """Whether two independent figures can be told apart, from their own intervals.

    Newcombe's square-and-add interval of the difference (Newcombe 1998, method 10): true where it
    leaves out 0. NaN in any part gives False: nothing is claimed.
    """
    value, low, high, other, other_low, other_high = _arrays(
        value, low, high, other, other_low, other_high
    )
    difference = value - other
    below = np.sqrt((value - low) ** 2 + (other_high - other) ** 2)
    above = np.sqrt((high - value) ** 2 + (other - other_low) ** 2)
    return (difference - below > 0) | (difference + above < 0)


def _arrays(*values):
    return tuple(np.asarray(value, dtype=float) for value in values)


def _where(known, low, high):
    return np.where(known, low, np.nan), np.where(known, high, np.nan)
