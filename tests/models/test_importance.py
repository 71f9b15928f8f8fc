"""Shares of R²: published figures, an order-by-order count, and customers who answer more than once."""

from itertools import permutations

import numpy as np
import pytest
from swiss import SWISS

from cs_lib.metrics.models.importance import (
    LMG,
    RELATIVE_WEIGHTS,
    Moments,
    importance,
    lmg,
    relative_weights,
)


def alone(rows):
    """Moments with every answer a customer's only one."""
    return Moments.of(rows, np.arange(len(rows)))


def test_swiss_has_the_published_shares():
    """R: relaimpo::calc.relimp(lm(Fertility ~ ., swiss), type = "lmg")"""
    found = lmg(alone(SWISS).correlations())
    published = [0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592]
    assert found == pytest.approx(published, abs=5e-9)
    assert found.sum() == pytest.approx(0.706735, abs=5e-7)


def test_swiss_has_the_published_relative_weights():
    found = relative_weights(alone(SWISS).correlations())
    assert found == pytest.approx([0.048417, 0.154708, 0.271964, 0.114680, 0.116966], abs=5e-7)


def explained(rows, items):
    x = np.column_stack([np.ones(len(rows)), rows[:, items]])
    left = rows[:, -1] - x @ np.linalg.lstsq(x, rows[:, -1], rcond=None)[0]
    return 1 - left.var() / rows[:, -1].var()


def test_the_mean_over_all_orders_one_by_one():
    rows = SWISS[:, [1, 2, 3, 5]]
    orders = list(permutations(range(3)))
    added = np.zeros(3)
    for order in orders:
        for place, item in enumerate(order):
            added[item] += explained(rows, order[: place + 1]) - explained(rows, order[:place])
    assert lmg(alone(rows).correlations()) == pytest.approx(added / len(orders), abs=1e-8)


def test_two_items_that_always_agree_share_what_they_explain():
    rows = SWISS[:, [2, 2, 4, 5]]
    found = lmg(alone(rows).correlations())
    assert found[0] == pytest.approx(found[1], abs=1e-6)
    assert found.sum() == pytest.approx(explained(rows, [0, 2]), abs=1e-6)


def test_an_answer_given_twice_by_the_same_customer_makes_nothing_surer():
    once = importance(alone(SWISS))
    twice = importance(Moments.of(np.repeat(SWISS, 2, axis=0), np.repeat(np.arange(47), 2)))
    by_answer = importance(alone(np.repeat(SWISS, 2, axis=0)))
    assert twice.low == pytest.approx(once.low) and twice.high == pytest.approx(once.high)
    assert (by_answer.high - by_answer.low < once.high - once.low).all()


def test_beyond_a_dozen_items_relative_weights_speak():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(200, 14))
    rows[:, -1] += rows[:, 0]
    assert importance(alone(rows)).method == RELATIVE_WEIGHTS
    few = importance(alone(rows[:, [0, 1, 13]]))
    assert few.method == LMG and few.low[0] > few.high[1]


@pytest.mark.slow
def test_the_interval_covers_what_is_true_about_as_often_as_it_says():
    """Two items with variance 1 and slopes 1 and 0.5, noise 1: R² 5/9, of which 4/9 and 1/9; 60 customers of three answers."""
    rng, hits = np.random.default_rng(2), np.zeros(2)
    for _ in range(150):
        own = rng.normal(size=(60, 1, 3)).repeat(3, axis=1) * np.sqrt(0.5)
        x = (own + rng.normal(size=(60, 3, 3)) * np.sqrt(0.5)).reshape(-1, 3)
        rows = np.column_stack([x[:, 0], x[:, 1], x[:, 0] + 0.5 * x[:, 1] + x[:, 2]])
        found = importance(Moments.of(rows, np.repeat(np.arange(60), 3)))
        true = np.array([1, 0.25]) / 2.25
        hits += (found.low <= true) & (true <= found.high)
    assert (hits / 150 > 0.91).all()
