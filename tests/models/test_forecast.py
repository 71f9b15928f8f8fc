"""Forecasts of MRR: three ways against series whose future is known, and intervals that hold or are not given."""

import math

import numpy as np
import pytest

from cs_lib.metrics.models.forecast import (
    DRIFT,
    HORIZONS,
    LEAST_JUDGED,
    NAIVE,
    ROLL_FORWARD,
    Flow,
    Forecast,
    Outlook,
    Trial,
    errors_of,
    forecast_of,
)
from cs_lib.period import Period
from cs_lib.report.text.forecast_sentences import forecast_sentence
from cs_lib.report.text.formatting import Formatter

MONTHS = 48


def flow(gains, rates, start=1000.0):
    """MRR from what came in and from the rate at which what was there changed, month by month."""
    opening, closing, moved, amount = [], [], [], start
    for gain, rate in zip(gains, rates, strict=True):
        opening.append(amount)
        moved.append(amount * rate)
        amount += gain + moved[-1]
        closing.append(amount)
    return Flow(*(np.array(each, dtype=float) for each in (opening, closing, gains, moved)))


def cut(whole, months):
    return Flow(
        *(getattr(whole, name)[:months] for name in ("opening", "closing", "gains", "moved"))
    )


def test_what_comes_and_leaves_evenly_is_told_exactly_by_roll_forward():
    made = forecast_of(flow([100.0] * MONTHS, [-0.02] * MONTHS))
    assert made.way == ROLL_FORWARD
    assert max(each.mape for each in made.trials if each.way == ROLL_FORWARD) < 1e-12
    [year] = [each for each in made.outlooks if each.horizon == 12]
    whole = flow([100.0] * (MONTHS + 12), [-0.02] * (MONTHS + 12))
    assert year.value == pytest.approx(whole.closing[-1])


def test_a_straight_line_is_told_exactly_by_drift():
    line = 1000 + 50.0 * np.arange(MONTHS + 1)
    moved = np.full(MONTHS, -30.0)
    made = forecast_of(Flow(line[:-1], line[1:], np.full(MONTHS, 80.0), moved))
    assert made.way == DRIFT
    assert [each.value for each in made.outlooks] == pytest.approx(
        [line[-1] + 50 * h for h in HORIZONS]
    )


def test_what_goes_up_and_down_around_a_level_is_best_told_as_it_stands_or_nearly():
    draw = np.random.default_rng(3)
    steps = draw.normal(0, 40, MONTHS)
    closing = 10_000 + np.cumsum(steps)
    opening = np.concatenate([[10_000], closing[:-1]])
    made = forecast_of(Flow(opening, closing, np.zeros(MONTHS), closing - opening))
    assert made.way == NAIVE


def test_errors_are_shares_and_their_mean_is_the_bias():
    """MRR that doubles each month: as it stands it is told half of what comes."""
    closing = 2.0 ** np.arange(20)
    doubles = Flow(closing / 2, closing, np.zeros(20), closing / 2)
    made = forecast_of(doubles)
    [naive] = [each for each in made.trials if (each.way, each.horizon) == (NAIVE, 1)]
    assert (naive.mape, naive.bias) == (0.5, -0.5)
    assert naive.forecasts == 20 - 12


def test_of_a_base_that_is_gone_no_error_is_told():
    """Forecasts of what became nothing are off by all of it, which is no share of nothing."""
    closing = np.concatenate([np.full(18, 500.0), np.zeros(12)])
    opening = np.concatenate([[500.0], closing[:-1]])
    made = forecast_of(Flow(opening, closing, np.zeros(30), closing - opening))
    assert all(math.isfinite(each.mape) for each in made.trials)
    assert {each.value for each in made.outlooks} == {0.0}


def test_a_forecast_knows_nothing_of_what_comes_after():
    draw = np.random.default_rng(5)
    whole = flow(draw.normal(100, 20, MONTHS), draw.normal(-0.02, 0.01, MONTHS))
    moved = Flow(*(np.concatenate([getattr(whole, n)[:30], np.full(18, 7.0)]) for n in vars(whole)))
    assert repr(forecast_of(cut(whole, 30))) == repr(forecast_of(cut(moved, 30)))
    for way in (ROLL_FORWARD, DRIFT, NAIVE):
        early = errors_of(cut(whole, 30), way, 3)[1]
        assert errors_of(whole, way, 3)[1][: len(early)] == pytest.approx(early)


def test_a_history_of_a_year_is_too_short():
    assert forecast_of(flow([100.0] * 12, [0.0] * 12)) is None


def test_intervals_that_cannot_be_judged_are_not_given():
    draw = np.random.default_rng(7)
    made = forecast_of(flow(draw.normal(100, 20, 26), draw.normal(-0.02, 0.01, 26)))
    year = made.outlooks[-1]
    assert year.horizon == 12 and year.judged == 0 and not year.failed
    assert math.isnan(year.low) and math.isnan(year.high)


def test_intervals_that_failed_are_not_given_and_said_to():
    """A company that was calm for three years and then goes wild: what held then no longer does."""
    draw = np.random.default_rng(11)
    calm, wild = np.full(28, 100.0), draw.normal(0, 6000, 20)
    made = forecast_of(
        flow(np.concatenate([calm + draw.normal(0, 1, 28), wild]), [0.0] * 48, 50_000)
    )
    month = made.outlooks[0]
    assert month.failed and month.covered < month.judged and math.isnan(month.low)


def test_intervals_hold_what_they_promise_over_many_companies():
    """Of 60 companies that go on as they are, of those intervals that are given for the next month and quarter."""
    hits, given = 0, 0
    for seed in range(60):
        draw = np.random.default_rng(seed)
        whole = flow(draw.normal(120, 40, MONTHS + 3), draw.normal(-0.02, 0.01, MONTHS + 3))
        for each in forecast_of(cut(whole, MONTHS)).outlooks[:2]:
            if not math.isnan(each.low):
                given += 1
                hits += each.low <= whole.closing[MONTHS - 1 + each.horizon] <= each.high
    assert given > 90
    assert 0.88 <= hits / given <= 0.99


@pytest.mark.parametrize(
    ("bias", "forecasts", "said"),
    [
        (-0.114, 13, "Forecasts 12 months ahead came out 11.4% too low on average so far."),
        (0.1, 13, "came out 10.0% too high"),
        (-0.05, 13, ""),
        (-0.114, LEAST_JUDGED - 1, ""),
    ],
)
def test_forecasts_that_erred_on_one_side_are_said_to(bias, forecasts, said):
    trial = Trial(DRIFT, 12, forecasts, 0.114, bias)
    outlook = Outlook(12, 366e3, math.nan, math.nan, 0, 0, failed=False)
    text = forecast_sentence(
        Forecast(DRIFT, (outlook,), (trial,)), Period.parse("2026-06"), Formatter()
    ).text
    assert said in text and ("too " in text.replace("too short", "")) is bool(said)
