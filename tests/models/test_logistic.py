"""The hazard's fit and its judges: against published figures, scipy and counting by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from cs_lib.metrics.models.back_test import auc, calibration_slope, record_of, tenths
from cs_lib.metrics.models.logistic import Hazard, Kinds, SeparationError, chance, fit_logit

#: the telephone company of METRICS §6: who left of each contract
CONTRACTS = {"month-to-month": (1655, 3875), "one year": (166, 1473), "two years": (48, 1695)}


def by_contract():
    frame = pd.DataFrame({"contract": list(CONTRACTS)})
    left, n = np.array(list(CONTRACTS.values()), dtype=float).T
    return Hazard.fitted(Kinds(frame, ("contract",)), left, n), left, n


def test_contract_alone_gives_the_published_chances():
    hazard, _, _ = by_contract()
    assert hazard.predict() * 100 == pytest.approx([42.7097, 11.2695, 2.8319], abs=5e-5)


def test_contract_alone_gives_the_published_odds_ratios():
    hazard, _, _ = by_contract()
    logits = hazard.moves + hazard.start
    assert np.exp(logits - logits[2]) == pytest.approx([25.580, 4.358, 1], abs=5e-4)


def test_contract_alone_gives_the_published_auc_and_brier_scores():
    hazard, left, n = by_contract()
    base = np.full(3, left.sum() / n.sum())
    record = record_of(hazard.predict(), base, left, n)
    assert record.auc == pytest.approx(0.739108, abs=5e-7)
    assert record.brier == pytest.approx(0.162159, abs=5e-7)
    assert record.brier_plan == pytest.approx(0.194949, abs=5e-7)
    assert record.slope == pytest.approx(1) and record.expected == pytest.approx(left.sum())


def drawn_rows(seed=1, rows=400):
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(rows), rng.integers(0, 2, (rows, 3))])
    n = rng.integers(1, 9, rows).astype(float)
    left = rng.binomial(n.astype(int), chance(x @ [-2, 0.7, -0.4, 1.1])).astype(float)
    return x, left, n


def test_newton_finds_what_scipy_finds():
    x, left, n = drawn_rows()

    def less_likely(b):
        return -(left * (x @ b) - n * np.logaddexp(0, x @ b)).sum()

    found = minimize(less_likely, np.zeros(4), method="BFGS", options={"gtol": 1e-8})
    fit = fit_logit(x, left, n)
    assert fit.coefficients == pytest.approx(found.x, abs=1e-5)

    def slope(b):
        return x.T @ (n * chance(x @ b) - left)

    steps = np.eye(4) * 1e-5
    curved = np.array([(slope(found.x + e) - slope(found.x - e)) / 2e-5 for e in steps])
    assert fit.covariance == pytest.approx(np.linalg.inv(curved), rel=1e-4, abs=1e-8)


def test_what_tells_for_certain_is_refused():
    x = np.array([[1.0, 0], [1, 1]])
    with pytest.raises(SeparationError):
        fit_logit(x, np.array([0.0, 50]), np.array([50.0, 50]))


def test_columns_that_say_the_same_are_refused():
    x, left, n = drawn_rows()
    with pytest.raises(SeparationError):
        fit_logit(np.column_stack([x, x[:, 1]]), left, n)


def test_a_label_that_another_already_tells_changes_nothing():
    """Every Annual plan is paid by the year and every Monthly one by the month."""
    left, n = np.array([60.0, 20, 30, 5]), np.array([900.0, 400, 800, 300])
    plans = ["Monthly", "Monthly", "Annual", "Annual"]
    use = ["low", "high", "low", "high"]
    frame = pd.DataFrame({"interval": ["1", "1", "12", "12"], "plan": plans, "use": use})
    both = Hazard.fitted(Kinds(frame, ("interval", "plan", "use")), left, n)
    alone = Hazard.fitted(Kinds(frame, ("plan", "use")), left, n)
    assert both.predict() == pytest.approx(alone.predict(), rel=1e-9)
    assert sum(both.errors > 0) == 2


def test_a_label_that_nobody_leaves_with_has_a_rate_of_its_own():
    frame = pd.DataFrame({"term": ["runs on", "ends", "ends"], "plan": ["a", "a", "b"]})
    left, n = np.array([0.0, 60, 80]), np.array([4000.0, 400, 400])
    hazard = Hazard.fitted(Kinds(frame, ("term", "plan")), left, n)
    assert hazard.predict() == pytest.approx([0.5 / 4001, 0.15, 0.20], rel=1e-6)


def test_auc_counts_pairs_and_halves_ties():
    p = np.array([0.1, 0.2, 0.2, 0.4])
    left, n = np.array([1.0, 0, 2, 3]), np.array([4.0, 2, 3, 4])
    gone, stayed = np.repeat(p, left.astype(int)), np.repeat(p, (n - left).astype(int))
    pairs = np.sign(gone[:, None] - stayed[None, :]) / 2 + 0.5
    area, error = auc(p, left, n)
    assert area == pytest.approx(pairs.mean())
    spread = pairs.mean(axis=1).var(ddof=1) / len(gone) + pairs.mean(axis=0).var(ddof=1) / len(
        stayed
    )
    assert error == pytest.approx(np.sqrt(spread))


def test_chances_too_far_apart_have_a_slope_below_one():
    rng, logit = np.random.default_rng(3), np.random.default_rng(4).normal(-2, 0.8, 20000)
    left = (rng.random(20000) < chance(logit)).astype(float)
    slope, error = calibration_slope(chance(2 * logit), left, np.ones(20000))
    assert slope == pytest.approx(0.5, abs=3 * error) and error < 0.03


def test_tenths_hold_everybody_once():
    rng = np.random.default_rng(5)
    p, n = rng.random(977) / 5, rng.integers(1, 4, 977).astype(float)
    left = rng.binomial(n.astype(int), p).astype(float)
    found = tenths(p, left, n)
    assert len(found) == 10 and sum(each.n for each in found) == n.sum()
    assert sum(each.left for each in found) == left.sum()
    assert sum(each.expected for each in found) == pytest.approx((n * p).sum())
    rates = [each.expected / each.n for each in found]
    assert rates == sorted(rates)
