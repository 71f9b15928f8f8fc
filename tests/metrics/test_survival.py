"""Curves against scipy, a published fit and plain integration."""

import warnings
from datetime import date

import numpy as np
import pandas as pd
import pytest
from drawn import drawn, edition, sources_of
from scipy import stats

from cs_lib.data.facts import FACTS
from cs_lib.metrics import survival

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
    assert curve.value == pytest.approx(known.evaluate(curve.days), abs=1e-12)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # scipy says that 0 and 1 have no log-log band
        band = known.confidence_interval(0.95, method="log-log")
    inside = (curve.value > 0) & (curve.value < 1)
    for mine, scipys in ((curve.low, band.low), (curve.high, band.high)):
        assert mine[inside] == pytest.approx(scipys.evaluate(curve.days)[inside], abs=1e-9)


def test_the_restricted_mean_is_the_area_below_the_curve():
    days, reached = _made(1)
    curve = survival.kaplan_meier(*_counts(days, reached))
    fine = np.arange(0, 30, 0.001)
    place = np.searchsorted(curve.days, fine, side="right")
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


def test_a_spell_is_followed_up_to_its_end_or_to_the_end_of_the_period(engine):
    subscriptions = drawn("""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-10 | 2026-02-20 | 50
        bob         | 2026-01-10 |            | 50
        bea         | 2025-12-31 | 2026-03-05 | 50
        bea         | 2026-03-20 |            | 50
    """)
    tables = {"subscriptions": subscriptions}
    given = edition(tables, history_starts="2026-01-01")
    fact = FACTS["lifetimes"].prepare(sources_of(tables, engine, given, date(2026, 4, 1)))
    found = engine.collect(fact.at(())).merge(fact.calendar.cells(), on="period")
    found = found.groupby(["period_start", "days"])[["started", "reached"]].sum()
    months = [pd.Timestamp(2026, month, 1) for month in (1, 2, 3)]
    assert {
        month: [(days, *counts) for days, *counts in found.loc[month].itertuples()]
        for month in months
    } == {
        months[0]: [(22, 2, 0), (32, 1, 0)],
        months[1]: [(41, 1, 1), (50, 1, 0), (60, 1, 0)],
        months[2]: [(41, 1, 1), (64, 1, 1), (81, 1, 0)],
    }
