"""Intervals against scipy, published figures and resampling."""

import numpy as np
import pytest
from scipy import stats

from cs_lib.metrics.catalogue import CATALOGUE
from cs_lib.metrics.catalogue.rules import Derived, Ratio
from cs_lib.metrics.compute import intervals
from cs_lib.vocabulary import (
    ADJUSTED_WALD,
    COMBINED,
    KEPT_AND_GAINED,
    POISSON,
    POISSON_RATIO,
    PROPAGATED,
    STUDENT,
    WEIGHTED_WILSON,
    WILSON,
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


def test_student_needs_two_answers_and_two_that_differ():
    assert np.isnan(intervals.student(5, 25, 1)).all()
    assert np.isnan(intervals.student(15, 75, 3)).all()


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
        intervals.t_of(len(x), 0.95) * error, rel=4 * (1 + spread) / len(x)
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
    error = (high - low) / 2 / intervals.t_of(n, 0.95)
    assert error == pytest.approx(resampled.std(), rel=4 / np.sqrt(2 * draws) + 4 / n)


def test_the_delta_method_of_a_mean_is_students_interval():
    x = np.array([1.0, 4, 4, 9, 2])
    expected = stats.ttest_1samp(x, 0).confidence_interval(0.95)
    assert intervals.ratio_of_sums(*_sums(x, np.ones(5))) == pytest.approx(expected)


def test_a_ratio_of_skewed_amounts_has_more_room_above():
    x = np.array([1.0, 4, 4, 9, 40])
    low, high = intervals.ratio_on_logarithm(*_sums(x, np.ones(5)))
    assert 0 < low < x.mean() < high and high - x.mean() > x.mean() - low
    assert np.isnan(intervals.ratio_on_logarithm(*_sums(-x, np.ones(5)))).all()


def test_units_that_are_all_alike_have_no_interval():
    alike = np.full(9, 0.1 + 0.2)
    for how in (intervals.ratio_of_sums, intervals.ratio_on_logarithm):
        assert np.isnan(how(*_sums(alike, np.ones(9)))).all()


def ends(interval):
    return [float(end) for end in interval]


def test_the_weighted_wilson_interval_stands_on_the_effective_size():
    """Four customers of 100 and one of 600: (Σw)² ÷ Σw² = 2.5."""
    got = intervals.weighted_wilson(900.0, 1000.0, 400_000.0)
    assert ends(got) == pytest.approx(ends(intervals.wilson(0.9 * 2.5, 2.5)))
    assert intervals.weighted_wilson(-900.0, 1000.0, 400_000.0) == pytest.approx((-got[1], -got[0]))


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0, 3.689), (1, 0.025, 5.572), (10, 4.795, 18.390)]
)
def test_a_count_has_garwoods_interval(count, low, high):
    """Garwood 1936; R: poisson.test(10)$conf.int 4.795389 18.390356."""
    assert intervals.poisson(count, max(count, 1)) == pytest.approx((low, high), abs=1e-3)


def test_few_events_of_unequal_amounts_are_less_sure_than_as_many_equal_ones():
    equal = intervals.amounts_of_events(100.0, 1000.0, 10, 1.0)
    unequal = intervals.amounts_of_events(100.0, 8000.0, 10, 1.0)
    assert unequal[0] < equal[0] < 100 < equal[1] < unequal[1]
    lost = intervals.amounts_of_events(-100.0, 1000.0, 10, 1.0)
    assert lost == pytest.approx((-equal[1], -equal[0]))
    none = intervals.amounts_of_events(0.0, 0.0, 0, 7.0)
    assert none == pytest.approx((0, 7 * 3.689), abs=1e-2)


def test_two_figures_added_or_divided_have_the_room_of_both():
    one, other = (10.0, 8.0, 13.0), (5.0, 4.0, 7.0)
    assert intervals.together(one, other) == pytest.approx((15 - 5**0.5, 15 + 13**0.5))
    low, high = intervals.quotient(one, other)
    assert low == pytest.approx(2 / np.exp(np.hypot(np.log(10 / 8), np.log(7 / 5))))
    assert high == pytest.approx(2 * np.exp(np.hypot(np.log(1.3), np.log(5 / 4))))
    assert intervals.quotient((0.0, 0.0, 3.0), other) == pytest.approx((0, 3 / 4))
    assert np.isnan(intervals.quotient(one, (0.0, 0.0, 7.0))).all()


@pytest.mark.parametrize(("successes", "n"), [(0, 6), (1, 6), (6, 6), (17, 39)])
def test_few_are_judged_by_scipys_exact_interval(successes, n):
    expected = stats.binomtest(successes, n).proportion_ci(0.95, method="exact")
    assert intervals.clopper_pearson(successes, n) == pytest.approx(expected)
    shown = intervals.wilson(successes, n)
    assert intervals.effective_size(successes / n, *shown) == pytest.approx(n)
    assert intervals.for_verdict(successes / n, *shown) == pytest.approx(expected)


def test_forty_and_more_are_judged_by_the_interval_that_is_shown():
    shown = intervals.wilson(3, 40)
    assert ends(intervals.for_verdict(3 / 40, *shown)) == pytest.approx(ends(shown))


def _clusters(answers):
    """x, n and the moments of clusters, from the answers of each."""
    x, n = np.array([(sum(each), len(each)) for each in answers], dtype=float).T
    return x.sum(), n.sum(), ((x * x).sum(), (x * n).sum(), (n * n).sum(), len(n))


def test_answers_that_repeat_within_a_customer_count_once():
    """Each customer gives the same answer three times: it tells as much as once."""
    once = [(1,), (0,), (1,), (1,), (0,), (1,), (0,), (1,), (1,), (1,)]
    thrice = [each * 3 for each in once]
    x, n, moments = _clusters(thrice)
    t = (intervals.z_of(0.95) / intervals.t_of(10)) ** 2
    size = intervals.effective_answers(x, n, 0.7 * 0.3, *moments)
    assert size == pytest.approx(9 * t)
    low, high = intervals.clustered_share(x, n, moments)
    alone = intervals.wilson(7, 10)
    assert low < alone[0] and high > alone[1]
    x, n, moments = _clusters(once)
    assert ends(intervals.clustered_share(x, n, moments)) == pytest.approx(ends(alone))


def test_customers_who_all_answered_alike_count_as_many_as_they_are():
    x, n, moments = _clusters([(1, 1)] * 8)
    assert ends(intervals.clustered_share(x, n, moments)) == pytest.approx(
        ends(intervals.wilson(8, 8))
    )


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
        "follow_up_rate",
        "repeat_rate",
    },
    WEIGHTED_WILSON: {"gross_revenue_retention", "gross_revenue_churn_rate"},
    KEPT_AND_GAINED: {"net_revenue_retention", "net_revenue_churn_rate", "mrr_growth_rate"},
    POISSON: {"cac"},
    POISSON_RATIO: {"quick_ratio", "cac_payback"},
    PROPAGATED: {"arpa", "average_order_value", "cltv"},
    COMBINED: {"ltv_to_cac"},
    ADJUSTED_WALD: {"nps"},
    STUDENT: {"ces"},
}


@pytest.mark.parametrize("interval", ASKED)
def test_each_rate_and_score_has_the_interval_that_metrics_asks_for(interval):
    found = {metric.name: metric.rules[0].interval for metric in CATALOGUE}
    assert {name: found[name] for name in ASKED[interval]} == dict.fromkeys(
        ASKED[interval], interval
    )


def test_a_rate_without_an_interval_is_one_that_metrics_excuses():
    """Growth of a counted amount; payback by a difference of amounts; a median, whose curve
    carries its own; a fit; a lifetime by the formula, which is 1 ÷ churn and said beside it; what share of
    the money the largest have, which is counted; retention without the largest, beside that with it."""
    excused = {
        "revenue_growth_rate",
        "cac_payback",
        "time_to_value",
        "cltv",
        "expected_lifetime",
        "concentration",
        "share_by_tenth",
        ("net_revenue_retention", "without_largest"),
    }
    bare = {
        (m.name, r.variant)
        for m in CATALOGUE
        for r in m.rules
        if isinstance(r, Ratio | Derived) and r.interval is None
    }
    assert {each for each in bare if not {each, each[0]} & excused} == set()


def test_the_published_interval_is_that_of_the_cells_own_customers(find_quickly):
    """GRR and NRR of four customers, by hand: (Σw)² ÷ Σw² = 430² ÷ 58,900 = 3.139."""
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
    row = found.row("gross_revenue_retention", "2026-04", "one_period")
    size = 430**2 / 58_900
    expected = intervals.wilson(300 / 430 * size, size)
    assert row["n"] == 4
    assert row["value"] == pytest.approx(300 / 430)
    assert [row["low"], row["high"]] == pytest.approx(ends(expected))
    net = found.row("net_revenue_retention", "2026-04", "one_period")
    room = 0.5 * 58_900 / 430 / 430 * 3.688879
    above = 300 / 430 + np.hypot(expected[1] - 300 / 430, room)
    assert [net["low"], net["high"]] == pytest.approx([float(expected[0]), float(above)])
    churn = found.row("customer_churn_rate", "2026-04")
    expected = stats.binomtest(1, 4).proportion_ci(method="wilson")
    assert (churn["low"], churn["high"]) == pytest.approx((expected.low, expected.high))
