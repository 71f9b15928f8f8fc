"""Intervals against scipy, published figures and resampling."""

import numpy as np
import pytest
from scipy import stats

from cs_lib.metrics import intervals
from cs_lib.metrics.catalogue import CATALOGUE
from cs_lib.metrics.metric import (
    ADJUSTED_WALD,
    DELTA,
    STUDENT,
    WILSON,
    Derived,
    Ratio,
)

GRID = [
    (x, n) for n in (1, 2, 5, 20, 42, 107, 1000, 123_456) for x in {0, 1, n // 3, n // 2, n - 1, n}
]


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_wilson_is_scipys(confidence):
    x, n = np.array(GRID).T
    low, high = intervals.wilson(x, n, confidence)
    for k, (successes, trials) in enumerate(GRID):
        expected = stats.binomtest(successes, trials).proportion_ci(confidence, method="wilson")
        assert (low[k], high[k]) == pytest.approx((expected.low, expected.high), abs=1e-12), (
            successes,
            trials,
        )


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(0, 20, 0.0, 0.1611), (17, 42, 0.2704, 0.5551), (74, 107, 0.5987, 0.7712)],
)
def test_wilson_as_published(successes, n, low, high):
    """0/20, 17/42 and CSAT 74/107; `binomtest(74, 107).proportion_ci(method="wilson")`."""
    assert np.round(intervals.wilson(successes, n), 4) == pytest.approx((low, high))


def test_wilson_of_nothing_is_nothing():
    assert np.isnan(intervals.wilson(0, 0)).all()


@pytest.mark.parametrize(
    ("promoters", "detractors", "n", "low", "high"),
    [(50, 20, 100, 14.05, 44.20), (10, 0, 10, 47.50, 100.0)],
)
def test_adjusted_wald_as_published(promoters, detractors, n, low, high):
    """NPS 50/30/20 of 100 and 10 promoters of 10 (Sauro & Lewis, three answers added)."""
    got = intervals.adjusted_wald(promoters - detractors, promoters + detractors, n)
    assert np.round(100 * np.array(got), 2) == pytest.approx((low, high))
    assert np.round(
        100 * np.array(intervals.adjusted_wald(detractors - promoters, promoters + detractors, n)),
        2,
    ) == (pytest.approx((-high, -low)))


@pytest.mark.parametrize("seed", range(5))
def test_student_is_scipys(seed):
    scores = np.random.default_rng(seed).integers(1, 8, size=2 + 7 * seed).astype(float)
    expected = stats.ttest_1samp(scores, 0).confidence_interval(0.95)
    got = intervals.student(scores.sum(), (scores**2).sum(), len(scores))
    assert got == pytest.approx((expected.low, expected.high), rel=1e-9)


def test_student_needs_two_answers_and_equal_answers_leave_no_doubt():
    assert np.isnan(intervals.student(5, 25, 1)).all()
    assert intervals.student(15, 75, 3) == pytest.approx((5, 5))


def _sums(x, y):
    return x.sum(), y.sum(), (x * x).sum(), (x * y).sum(), (y * y).sum(), len(x)


def test_the_delta_method_agrees_with_the_jackknife():
    """Both are first-order in 1/n, so that they differ by a part of order cv²/n, here below 1 %."""
    rng = np.random.default_rng(20260630)
    y = rng.gamma(4.0, 50.0, size=400)
    x = y * rng.choice([0, 0.7, 1, 1.3], p=[0.05, 0.1, 0.75, 0.1], size=400)
    low, high = intervals.ratio_of_sums(*_sums(x, y))
    left_out = (x.sum() - x) / (y.sum() - y)
    error = np.sqrt((len(x) - 1) / len(x) * ((left_out - left_out.mean()) ** 2).sum())
    ratio = x.sum() / y.sum()
    spread = (y.std() / y.mean()) ** 2
    assert (low + high) / 2 == pytest.approx(ratio)
    assert (high - low) / 2 == pytest.approx(
        intervals.z_of(0.95) * error, rel=4 * (1 + spread) / len(x)
    )


def test_the_delta_method_agrees_with_the_bootstrap():
    """The standard deviation of B resampled ratios has a relative error of 1/√(2B): 4 of those, plus 1/n."""
    rng = np.random.default_rng(7)
    n, draws = 300, 4000
    y = rng.gamma(4.0, 50.0, size=n)
    x = y * rng.choice([0, 1, 1.2], p=[0.06, 0.8, 0.14], size=n)
    picks = rng.integers(0, n, size=(draws, n))
    resampled = x[picks].sum(axis=1) / y[picks].sum(axis=1)
    low, high = intervals.ratio_of_sums(*_sums(x, y))
    error = (high - low) / 2 / intervals.z_of(0.95)
    assert error == pytest.approx(resampled.std(), rel=4 / np.sqrt(2 * draws) + 4 / n)


def test_the_delta_method_of_a_mean_is_the_normal_interval():
    x = np.array([1.0, 4, 4, 9, 2])
    low, high = intervals.ratio_of_sums(*_sums(x, np.ones(5)))
    assert (high - low) / 2 == pytest.approx(intervals.z_of(0.95) * x.std(ddof=1) / np.sqrt(5))


def test_the_delta_method_needs_two_units_and_a_base():
    assert np.isnan(intervals.ratio_of_sums(5, 5, 25, 25, 25, 1)).all()
    assert np.isnan(intervals.ratio_of_sums(5, 0, 25, 0, 0, 3)).all()


def test_the_interval_on_the_logarithm_is_symmetric_there():
    low, high = intervals.log_normal(6000.0, 0.04)
    assert low * high == pytest.approx(6000.0**2)
    assert np.log(high / low) == pytest.approx(2 * 1.959964 * 0.2, rel=1e-6)
    assert np.isnan(intervals.log_normal(0.0, 0.04)).all()
    assert np.isnan(intervals.log_normal(5.0, np.nan)).all()


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [((50, 100), (50, 100), False), ((50, 100), (70, 100), True), ((5, 10), (7, 10), False)],
)
def test_two_rates_are_told_apart_as_newcombe_does(one, other, apart):
    """Newcombe 1998, method 10: 50/100 and 70/100 differ by 20 points, 6.5 … 32.6."""
    parts = []
    for x, n in (one, other):
        low, high = intervals.wilson(x, n)
        parts += [x / n, low, high]
    assert bool(intervals.differ(*parts)) is apart
    assert bool(intervals.differ(*parts[3:], *parts[:3])) is apart


def test_nothing_known_is_nothing_claimed():
    assert not intervals.differ(0.5, np.nan, np.nan, 0.9, 0.8, 1.0)


#: what the definitions asks of each family
ASKED = {
    WILSON: {
        "customer_churn_rate",
        "customer_retention_rate",
        "csat",
        "response_rate",
        "repeat_rate",
    },
    DELTA: {
        "gross_revenue_retention",
        "net_revenue_retention",
        "gross_revenue_churn_rate",
        "net_revenue_churn_rate",
        "arpa",
    },
    ADJUSTED_WALD: {"nps"},
    STUDENT: {"ces"},
}


@pytest.mark.parametrize("interval", ASKED)
def test_each_rate_and_score_has_the_interval_that_metrics_asks_for(interval):
    for metric in CATALOGUE:
        if metric.name in ASKED[interval]:
            assert metric.rules[0].interval == interval, metric.name


def test_a_rate_without_an_interval_is_one_that_metrics_excuses():
    """Ratios of two counted amounts; a median, whose curve carries its own; a fit, with none in closed form."""
    excused = {
        *("quick_ratio", "revenue_growth_rate", "cac", "cac_payback"),
        *("time_to_value", "cltv"),
    }
    bare = {
        m.name
        for m in CATALOGUE
        for r in m.rules
        if isinstance(r, Ratio | Derived) and r.interval is None
    }
    assert bare <= excused


def test_the_published_interval_is_that_of_the_cells_own_customers(find_quickly):
    """GRR of four customers, by hand from the delta method's formula."""
    found = find_quickly(
        "gross_revenue_retention",
        "net_revenue_retention",
        "customer_churn_rate",
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-01 | 2026-04-10 | 100
        bob         | 2026-01-01 |            | 200
        cyd         | 2026-01-01 | 2026-04-10 | 50
        cyd         | 2026-04-10 |            | 20
        dot         | 2026-01-01 |            | 80
        eve         | 2026-04-03 |            | 999
    """,
    )
    x, y = np.array([0, 200, 20, 80.0]), np.array([100, 200, 50, 80.0])
    row = found.row("gross_revenue_retention", "2026-04", "one_period")
    ratio = 300 / 430
    error = np.sqrt(((x - ratio * y) ** 2).sum() * 4 / 3) / 430
    assert row["n"] == 4
    assert row["value"] == pytest.approx(ratio)
    assert row["low"] == pytest.approx(max(0, ratio - 1.959964 * error), abs=1e-6)
    assert row["high"] == pytest.approx(min(1, ratio + 1.959964 * error), abs=1e-6)
    churn = found.row("customer_churn_rate", "2026-04")
    expected = stats.binomtest(1, 4).proportion_ci(method="wilson")
    assert (churn["low"], churn["high"]) == pytest.approx((expected.low, expected.high))
