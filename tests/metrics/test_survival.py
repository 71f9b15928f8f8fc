"""Curves against scipy, a published fit and plain integration."""

import warnings

import numpy as np
import pytest
from scipy import stats

from cs_lib.metrics.compute import survival

#: Fader & Hardie 2007, "How to project customer retention", table 1 ("high end"): of 1,000, by year
SURVIVORS = np.array([1000, 869, 743, 653, 593, 551, 517, 491])


def test_the_sbg_of_fader_and_hardie():
    """Α 0.668, β 3.806; S(12) 37.8 %."""
    fit = survival.fit_sbg(-np.diff(SURVIVORS), SURVIVORS[1:])
    assert (round(fit.alpha, 3), round(fit.beta, 3)) == (0.668, 3.806)
    assert round(fit.survival(12)[12], 3) == 0.378


def test_the_sbg_is_at_a_maximum_of_its_likelihood():
    lost, stayed = -np.diff(SURVIVORS), SURVIVORS[1:]

    def log_likelihood(alpha, beta):
        curve = survival.ShiftedBetaGeometric(alpha, beta).survival(len(lost))
        return (lost * np.log(-np.diff(curve))).sum() + stayed[-1] * np.log(curve[-1])

    fit = survival.fit_sbg(lost, stayed)
    best = log_likelihood(fit.alpha, fit.beta)
    for nudge in (0.99, 1.01):
        assert log_likelihood(fit.alpha * nudge, fit.beta) < best
        assert log_likelihood(fit.alpha, fit.beta * nudge) < best


@pytest.mark.parametrize(("lost", "stayed"), [([0, 0], [10, 10]), ([10], [0])])
def test_nothing_to_fit_is_no_fit(lost, stayed):
    assert survival.fit_sbg(lost, stayed) is None


RISING = ([5, 9, 12, 20], [95, 86, 74, 54])
FALLING = ([20, 12, 6, 3], [80, 68, 62, 59])
BATHTUB = ([16, 8, 6, 6, 12], [84, 76, 70, 64, 52])


@pytest.mark.parametrize("lost_stayed", [RISING, FALLING, BATHTUB])
def test_there_is_a_fit_just_where_customers_who_differ_are_likelier_than_customers_alike(
    lost_stayed,
):
    lost, stayed = (np.array(each, dtype=float) for each in lost_stayed)
    ages, alike = np.arange(len(lost)), lost.sum() / (lost + stayed).sum()

    def log_likelihood(hazard):
        return (lost * np.log(hazard) + stayed * np.log(1 - hazard)).sum()

    together = [(a, b) for a in np.geomspace(0.05, 500, 80) for b in np.geomspace(0.05, 5000, 80)]
    best = max(log_likelihood(a / (a + b + ages)) for a, b in together)
    differ = best > log_likelihood(np.full(len(lost), alike))
    assert differ == (survival.fit_sbg(lost, stayed) is not None)


def _made(seed):
    """Days followed and whether the event came, of customers with ties and censoring on the same day."""
    draw = np.random.default_rng(seed)
    life, seen = draw.integers(1, 40, 120), draw.integers(1, 60, 120)
    return np.minimum(life, seen), life <= seen


def _counts(days, reached):
    each = np.unique(days)
    return (
        each,
        [(days == day).sum() for day in each],
        [(reached & (days == day)).sum() for day in each],
    )


@pytest.mark.parametrize("seed", range(4))
def test_kaplan_meier_is_scipys(seed):
    days, reached = _made(seed)
    curve = survival.kaplan_meier(*_counts(days, reached))
    known = stats.ecdf(stats.CensoredData.right_censored(days, ~reached)).sf
    assert curve.value == pytest.approx(known.evaluate(curve.ages), abs=1e-12)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # scipy says that 0 and 1 have no log-log band
        band = known.confidence_interval(0.95, method="log-log")
    inside = (curve.value > 0) & (curve.value < 1)
    for mine, scipys in ((curve.low, band.low), (curve.high, band.high)):
        assert mine[inside] == pytest.approx(scipys.evaluate(curve.ages)[inside], abs=1e-9)


def test_the_restricted_mean_is_the_area_below_the_curve():
    days, reached = _made(1)
    curve = survival.kaplan_meier(*_counts(days, reached))
    fine = np.arange(0, 30, 0.001)
    place = np.searchsorted(curve.ages, fine, side="right")
    area = np.concatenate([[1.0], curve.value])[place].sum() * 0.001
    mean, low, high = survival.restricted_mean(curve, 30)
    assert mean == pytest.approx(area, abs=0.002)
    assert low < mean < high <= 30


def test_the_restricted_means_interval_agrees_with_the_bootstrap():
    """The standard deviation of 1,000 resampled means has a relative error of 1/√2000: 4 of those, plus 2/n."""
    days, reached = _made(2)
    draw = np.random.default_rng(5)
    means = []
    for _ in range(1000):
        pick = draw.integers(0, len(days), len(days))
        means.append(
            survival.restricted_mean(
                survival.kaplan_meier(*_counts(days[pick], reached[pick])), 25
            )[0]
        )
    _, low, high = survival.restricted_mean(survival.kaplan_meier(*_counts(days, reached)), 25)
    assert (high - low) / 2 / 1.959964 == pytest.approx(
        np.nanstd(means), rel=4 / np.sqrt(2000) + 2 / len(days)
    )


def test_a_curve_that_stays_above_a_half_has_no_median():
    curve = survival.kaplan_meier([5, 10, 20], [1, 1, 8], [1, 1, 0])
    assert np.isnan(survival.median(curve)[0])
    assert np.isnan(survival.restricted_mean(curve, 30)[0])
    assert survival.median(survival.kaplan_meier([5, 10], [5, 5], [5, 5]))[0] == 5


def test_who_is_known_only_from_a_later_age_is_at_risk_from_then_on():
    """Ten followed from the start, of whom eight leave at 3; ten more known from 106 on, who stay."""
    ages, followed = [3, 6, 106, 112], [8, 2, 0, 10]
    curve = survival.kaplan_meier(ages, followed, [8, 0, 0, 0], [0, 0, 10, 0])
    assert curve.ages.tolist() == [3, 6] and curve.at_risk.tolist() == [10, 2]
    assert curve.value == pytest.approx([0.2, 0.2])
    assert survival.restricted_mean(curve, 6)[0] == pytest.approx(3 + 3 * 0.2)
    assert np.isnan(survival.restricted_mean(curve, 8)[0])
    beside = survival.kaplan_meier([2, 3, 4, 6], [0, 4, 1, 5], [0, 4, 1, 0], [5, 0, 0, 0])
    assert beside.value == pytest.approx([1, 1 - 4 / 10, 0.6 * (1 - 1 / 6), 0.5])


def test_where_all_who_were_followed_have_left_but_others_live_on_the_curve_ends_before():
    """The one who was followed from the start left at 2; two who are known from 10 on are still there."""
    curve = survival.kaplan_meier([2, 10, 14], [1, 0, 2], [1, 0, 0], [0, 2, 0])
    assert curve.ages.tolist() == []
    assert np.isnan(survival.median(curve)[0]) and np.isnan(survival.restricted_mean(curve, 5)[0])
    all_gone = survival.kaplan_meier([2], [1], [1])
    assert survival.restricted_mean(all_gone, 5)[0] == 2


def test_nobody_followed_at_young_ages_is_no_curve_instead_of_a_certain_one():
    curve = survival.kaplan_meier([100, 110], [0, 10], [0, 2], [10, 0])
    assert curve.ages.tolist() == []
    assert np.isnan(survival.restricted_mean(curve, 24)[0])


def test_steps_of_age_count_those_who_were_seen_through_them():
    """Lost at the end of a step is lost in it; who entered later counts from the step of that age on."""
    lost, stayed = survival.by_step(
        [10, 15, 20, 34, 50], [3, 1, 2, 0, 4], [3, 1, 0, 0, 0], [0, 0, 0, 3, 0], 10
    )
    assert lost.tolist() == [3, 1, 0, 0, 0, 0]
    assert stayed.tolist() == [4, 3, 1, 4, 4, 0]


@pytest.mark.parametrize("many", range(2, 60, 2))
def test_the_median_is_the_day_on_which_half_have_it_whatever_the_rounding(many):
    """One of them a day: the product 23/24 × 22/23 × … comes to 0.5000000000000001 in binary fractions."""
    ages = np.arange(1, many + 1)
    curve = survival.kaplan_meier(ages, np.ones(many), np.ones(many))
    assert survival.median(curve)[0] == many / 2
