"""Confidence intervals, from sums alone, for whole columns of figures at once.

The functions take numbers or arrays and give (low, high); NaN where there is no interval, which is also
where all units are alike: nothing is then known of how far they may vary. How often each holds is
simulated, `tests/simulation/interval_coverage.py`.
scipy's `binomtest(...).proportion_ci` takes one proportion a call, which is too slow for tens of
thousands of cells, so Wilson's formula is written out here and tested against it.
"""

import math
from statistics import NormalDist

import numpy as np

#: a number, or a column of them
Numbers = float | np.ndarray
#: low and high of every figure
Ends = tuple[np.ndarray, np.ndarray]
#: value, low and high
Estimate = tuple[Numbers, Numbers, Numbers]
#: Σx², Σxy and Σy² over independent units, and how many of those there are
Moments = tuple[Numbers, Numbers, Numbers, Numbers]
#: what is left of equal sums when they were added up in another order
ROUNDING = 1e-12
#: amounts of events are taken to vary as though so many more had been seen, with this squared cv
PRIOR_EVENTS, PRIOR_CV2 = 4, 4.0
#: a proportion of fewer units is judged by its exact interval
EXACT_BELOW = 40


def z_of(confidence: float) -> float:
    """The two-sided normal quantile: 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def wilson(successes: Numbers, n: Numbers, confidence: float = 0.95) -> Ends:
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


def clopper_pearson(successes: Numbers, n: Numbers, confidence: float = 0.95) -> Ends:
    """The exact interval of a proportion (Clopper & Pearson 1934); sizes need not be whole."""
    from scipy.special import betaincinv

    x, n = _arrays(successes, n)
    tail = (1 - confidence) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(x > 0, betaincinv(np.maximum(x, 1e-300), n - x + 1, tail), 0.0)
        high = np.where(x < n, betaincinv(x + 1, np.maximum(n - x, 1e-300), 1 - tail), 1.0)
    return _where(n > 0, low, high)


def adjusted_wald(
    value_sum: Numbers, square_sum: Numbers, n: Numbers, confidence: float = 0.95
) -> Ends:
    """Interval of the mean of values 1, 0, −1 (NPS ÷ 100): three answers added, ¾ each to 1 and −1.

    Takes Σ value and Σ value². Sauro & Lewis, "Quantifying the User Experience", for NPS.
    """
    value_sum, square_sum, n = _arrays(value_sum, square_sum, n)
    promoters = ((square_sum + value_sum) / 2 + 0.75) / (n + 3)
    detractors = ((square_sum - value_sum) / 2 + 0.75) / (n + 3)
    centre = promoters - detractors
    half = z_of(confidence) * np.sqrt((promoters + detractors - centre**2) / (n + 3))
    return _where(n > 0, np.clip(centre - half, -1, 1), np.clip(centre + half, -1, 1))


def student(total: Numbers, square_sum: Numbers, n: Numbers, confidence: float = 0.95) -> Ends:
    """Student's interval of a mean, from Σ x, Σ x² and n; none for fewer than two."""
    total, square_sum, n = _arrays(total, square_sum, n)
    return ratio_of_sums(total, n, square_sum, total, n, n, confidence)


def ratio_of_sums(
    x: Numbers,
    y: Numbers,
    xx: Numbers,
    xy: Numbers,
    yy: Numbers,
    n: Numbers,
    confidence: float = 0.95,
) -> Ends:
    """Delta-method interval of Σx ÷ Σy over n independent units (Cochran, "Sampling Techniques", 6.4).

    Of units in clusters, xx, xy and yy are the sums of squares and products of the clusters' own sums,
    and n is the number of clusters.
    """
    x, y, n = _arrays(x, y, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = t_of(n, confidence) * np.sqrt(_variance(x, y, xx, xy, yy, n))
        return _where((n > 1) & (y != 0) & (half > 0), x / y - half, x / y + half)


def ratio_on_logarithm(
    x: Numbers,
    y: Numbers,
    xx: Numbers,
    xy: Numbers,
    yy: Numbers,
    n: Numbers,
    confidence: float = 0.95,
) -> Ends:
    """The same for a positive ratio of skewed amounts, by the delta method on its logarithm.

    The variance is raised by cv² ÷ √n: from few skewed amounts it is mostly taken too small.
    """
    x, y, n = _arrays(x, y, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = _variance(x, y, xx, xy, yy, n) / (x / y) ** 2
        raised = relative * (1 + relative * np.sqrt(n))
        with np.errstate(over="ignore"):
            factor = np.exp(t_of(n, confidence) * np.sqrt(raised))
        return _where((n > 1) & (x / y > 0) & (factor > 1), x / y / factor, x / y * factor)


def _variance(
    x: np.ndarray, y: np.ndarray, xx: Numbers, xy: Numbers, yy: Numbers, n: np.ndarray
) -> np.ndarray:
    """The delta method's variance of Σx ÷ Σy; 0 where only rounding is left."""
    xx, xy, yy = _arrays(xx, xy, yy)
    ratio = x / y
    terms = xx + np.abs(2 * ratio * xy) + ratio**2 * yy
    squares = xx - 2 * ratio * xy + ratio**2 * yy
    return np.where(squares > ROUNDING * terms, squares, 0) * n / (n - 1) / y**2


def t_of(n: Numbers, confidence: float = 0.95) -> np.ndarray:
    """The two-sided quantile of Student's t with n − 1 degrees of freedom."""
    from scipy.special import stdtrit

    return stdtrit(np.maximum(n - 1, 1e-9), 0.5 + confidence / 2)


def weighted_wilson(x: Numbers, y: Numbers, yy: Numbers, confidence: float = 0.95) -> Ends:
    """Wilson's interval of Σx ÷ Σy, each x a part of its y, on the effective size (Σy)² ÷ Σy².

    It may be negative throughout: the part lost.
    """
    x, y, yy = _arrays(x, y, yy)
    with np.errstate(divide="ignore", invalid="ignore"):
        size, share = y**2 / yy, np.clip(np.abs(x / y), 0, 1)
        low, high = wilson(share * size, size, confidence)
    return np.where(x < 0, -high, low), np.where(x < 0, -low, high)


def clustered_share(x: Numbers, n: Numbers, moments: Moments, confidence: float = 0.95) -> Ends:
    """Wilson's interval of a share of answers that come in clusters, on the effective number of answers.

    `moments`: xx, xy, yy and the number of clusters. See `effective_answers`.
    """
    x, n = _arrays(x, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = x / n
        size = effective_answers(x, n, p * (1 - p), *moments, confidence)
    return wilson(p * size, size, confidence)


def effective_answers(
    x: Numbers,
    n: Numbers,
    alone: Numbers,
    xx: Numbers,
    xy: Numbers,
    yy: Numbers,
    clusters: Numbers,
    confidence: float = 0.95,
) -> np.ndarray:
    """To how many independent answers n answers in clusters come down (Korn & Graubard 1998).

    `alone`: the variance of one answer. Never more than n; n itself where every answer is a cluster of its
    own; where all answered alike as many as there are clusters of equal size.
    """
    x, n, alone, yy, clusters = _arrays(x, n, alone, yy, clusters)
    with np.errstate(divide="ignore", invalid="ignore"):
        few = (z_of(confidence) / t_of(clusters, confidence)) ** 2
        counted = alone / _variance(x, n, xx, xy, yy, clusters) * few
        size = np.where(alone > ROUNDING, np.minimum(counted, n), n**2 / yy)
    return np.where(clusters < n, np.where(np.isfinite(size), size, np.nan), n)


def poisson(
    events: Numbers,
    total: Numbers,
    effective: Numbers | None = None,
    confidence: float = 0.95,
) -> Ends:
    """Exact interval of what stands on a Poisson count (Garwood 1936), as (low, high) of `total`.

    `effective`: of events that count unequally, how many equal ones vary as much. Without events the
    upper end is that of one event of size `total`.
    """
    from scipy.special import gammaincinv

    events, total = _arrays(events, total)
    k = events if effective is None else np.asarray(effective, dtype=float)
    tail = (1 - confidence) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        one = np.where(events > 0, total / k, total)
        low = np.where(events > 0, one * gammaincinv(k, tail), 0.0)
        return low, one * gammaincinv(np.where(events > 0, k, 0) + 1, 1 - tail)


def amounts_of_events(
    total: Numbers,
    squares: Numbers,
    events: Numbers,
    typical: Numbers,
    confidence: float = 0.95,
) -> Ends:
    """Interval of a sum of amounts, each of an event that comes by chance (compound Poisson).

    From Σ amount, Σ amount² and the number of events. How far amounts vary is taken together with four
    events of cv² 4, for few skewed amounts mostly vary less than what they are drawn from. `typical`: the
    amount of one event where there was none.
    """
    total, squares, events, typical = _arrays(total, squares, events, typical)
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = np.maximum(squares * events / total**2 - 1, 0) * events / np.maximum(events - 1, 1)
        varies = (seen * events + PRIOR_EVENTS * PRIOR_CV2) / (events + PRIOR_EVENTS)
        effective = events / (1 + varies)
    amount = np.where(events > 0, total, typical)
    low, high = poisson(events, np.abs(amount), effective, confidence)
    return np.where(amount < 0, -high, low), np.where(amount < 0, -low, high)


def together(one: Estimate, other: Estimate) -> Ends:
    """Interval of the sum of two figures, each (value, low, high) (Zou & Donner 2008, square and add)."""
    (a, a_low, a_high), (b, b_low, b_high) = one, other
    with np.errstate(invalid="ignore"):
        return a + b - np.hypot(a - a_low, b - b_low), a + b + np.hypot(a_high - a, b_high - b)


def quotient(one: Estimate, other: Estimate) -> Ends:
    """Interval of one positive figure over another, each (value, low, high), square and add on logarithms.

    Where the first is 0 it reaches from 0 to the quotient of its upper and the other's lower end.
    """
    (a, a_low, a_high), (b, b_low, b_high) = (_arrays(*each) for each in (one, other))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        below = np.hypot(np.log(a / a_low), np.log(b_high / b))
        above = np.hypot(np.log(a_high / a), np.log(b / b_low))
        low = np.where(a == 0, 0.0, a / b * np.exp(-below))
        high = np.where(a == 0, a_high / b_low, a / b * np.exp(above))
        low = np.where(a_low == 0, 0.0, low)
    return _where((a >= 0) & (b > 0) & np.isfinite(low) & np.isfinite(high), low, high)


def effective_size(
    value: Numbers, low: Numbers, high: Numbers, confidence: float = 0.95
) -> np.ndarray:
    """The number of units behind a proportion with a Wilson interval: its own n, or its effective size."""
    value, low, high = _arrays(value, low, high)
    end = np.where(value - low > high - value, low, high)
    with np.errstate(divide="ignore", invalid="ignore"):
        return z_of(confidence) ** 2 * end * (1 - end) / (value - end) ** 2


def for_verdict(value: Numbers, low: Numbers, high: Numbers, confidence: float = 0.95) -> Ends:
    """The interval by which a proportion is judged: the exact one below 40 units, else its own.

    For figures whose rule has an interval among `vocabulary.PROPORTIONS`.
    """
    value, low, high = _arrays(value, low, high)
    size = effective_size(value, low, high, confidence)
    exact = clopper_pearson(np.clip(value, 0, 1) * size, size, confidence)
    few = size < EXACT_BELOW - ROUNDING * size
    return np.where(few, exact[0], low), np.where(few, exact[1], high)


def log_normal(value: Numbers, log_variance: Numbers, confidence: float = 0.95) -> Ends:
    """Interval of a positive figure from the variance of its logarithm."""
    value, log_variance = _arrays(value, log_variance)
    with np.errstate(invalid="ignore", over="ignore"):
        factor = np.exp(z_of(confidence) * np.sqrt(log_variance))
    return _where((value > 0) & np.isfinite(factor), value / factor, value * factor)


def differ(
    value: Numbers,
    low: Numbers,
    high: Numbers,
    other: Numbers,
    other_low: Numbers,
    other_high: Numbers,
) -> np.ndarray:
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


def _arrays(*values: Numbers) -> tuple[np.ndarray, ...]:
    return tuple(np.asarray(value, dtype=float) for value in values)


def _where(known: np.ndarray, low: np.ndarray, high: np.ndarray) -> Ends:
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def expected_counts(mean: float, confidence: float = 0.95) -> tuple[int, int]:
    """Between which counts a Poisson count of this mean lies so often: what would be no surprise."""
    from scipy.special import pdtrik

    tail = (1 - confidence) / 2
    if mean <= 0:
        return 0, 0
    low, high = (float(pdtrik(each, mean)) for each in (tail, 1 - tail))
    return (0 if math.isnan(low) else max(0, math.ceil(low))), math.ceil(high)
