"""Control limits: seldom a signal where nothing changed, mostly one where something did."""

import numpy as np
import pytest
from drawn_series import SORTS
from false_alarms import AT_MOST, CHANGES, RULES, false_alarms, found

from cs_lib.judgement import control_limits, level_steps

LOOKS = 2000
#: three standard errors of a share of 2 % in so many looks
CHANCE = 3 * np.sqrt(AT_MOST * (1 - AT_MOST) / LOOKS)


def looks(values: np.ndarray, periods: int, width: int = control_limits.LONGEST) -> np.ndarray:
    """For each of the last `periods` of one series, the `width` figures before it: a row a look.

    What lies before the series began is NaN. So one call judges a whole chart.
    """
    values = np.asarray(values, dtype=float)
    padded = np.concatenate([np.full(width, np.nan), values])
    rows = np.lib.stride_tricks.sliding_window_view(padded, width)[:-1]
    return rows[-periods:]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("rule", RULES)
def test_a_look_at_an_unchanged_series_signals_at_most_twice_in_a_hundred(rule, sort):
    for before in (8, 12, 24):
        assert false_alarms(rule, sort, before, LOOKS) <= AT_MOST + CHANCE, before


@pytest.mark.parametrize("rule", CHANGES)
def test_a_clear_change_is_mostly_found_in_two_years(rule):
    assert found(rule, 24, LOOKS) > 0.45


def test_four_standard_deviations_are_found_as_often_as_stated():
    """60 % with 12 periods before, 79 % with 24; a binomial share of 2,000 looks is within 4 points."""
    assert found("amount", 12, LOOKS) == pytest.approx(0.60, abs=0.04)
    assert found("amount", 24, LOOKS) == pytest.approx(0.79, abs=0.04)


def test_the_limits_are_those_of_a_regression_table():
    """The textbook formula; in R `predict(lm(y ~ t), data.frame(t = 13), interval = "prediction", level = 0.99)`."""
    from scipy import stats

    y = np.array([3.0, 5, 4, 6, 8, 7, 7, 9, 8, 11, 10, 12])
    t = np.arange(1.0, 13)
    fit = stats.linregress(t, y)
    off = y - fit.intercept - fit.slope * t
    spread = np.sqrt((off**2).sum() / 10 * (1 + 1 / 12 + (13 - 6.5) ** 2 / ((t - 6.5) ** 2).sum()))
    limits = control_limits.amount_limits(y[None])
    assert limits.centre == pytest.approx(fit.intercept + 13 * fit.slope)
    assert limits.high - limits.centre == pytest.approx(stats.t.ppf(0.995, 10) * spread)


def test_limits_lie_within_what_a_figure_can_be():
    lost = np.array([[5.0, 0, 40, 3, 0, 22, 1, 90, 2, 0, 7, 15]])
    assert control_limits.amount_limits(lost).low < 0
    assert control_limits.amount_limits(lost, bounds=(0, None)).low == 0
    assert control_limits.amount_limits(-lost, bounds=(None, 0)).high == 0
    few = control_limits.share_limits(np.ones((1, 12)), np.full((1, 12), 20), [20])
    assert few.low == 0 and 0 < few.high < 1
    scores = control_limits.score_limits(
        np.full((1, 12), 4.9), np.full((1, 12), 5), [5], within=0.5, bounds=(1, 5)
    )
    assert scores.high == 5


def test_too_few_figures_have_no_limits_and_signal_nothing():
    limits = control_limits.amount_limits(np.arange(11.0)[None])
    assert np.isnan(limits.low).all() and not limits.signals([1e9]).any()
    gaps = np.where(np.arange(24) % 2, 1.0 * np.arange(24), np.nan)
    assert control_limits.amount_limits(gaps[None]).periods == 12
    assert np.isfinite(control_limits.amount_limits(gaps[None]).low).all()
    quarters = control_limits.amount_limits(
        np.array([[4.0, 6, 5, 7, 5, 6, 8, 7]]), least=control_limits.LEAST["quarter"]
    )
    assert np.isfinite(quarters.low).all()


def test_an_amount_that_was_mostly_nothing_has_no_limits():
    rare = np.zeros((1, 24))
    rare[0, ::3] = 50
    assert np.isnan(control_limits.amount_limits(rare).low).all()


def test_an_amount_that_never_varied_signals_when_it_does_and_not_for_rounding():
    limits = control_limits.amount_limits(np.full((1, 12), 0.1 + 0.2))
    assert not limits.signals([0.3]).any()
    assert limits.signals([0.31]).all()


def test_a_share_is_held_against_limits_at_its_own_n():
    x, n = np.full((2, 12), 20.0), np.full((2, 12), 1000.0)
    limits = control_limits.share_limits(x, n, [1000, 20])
    assert list(limits.signals([0.05, 0.05])) == [True, False]


def test_shares_that_vary_by_more_than_chance_have_wider_limits():
    n = np.full((1, 12), 1000.0)
    calm = control_limits.share_limits(np.full((1, 12), 200.0), n, [1000])
    restless = control_limits.share_limits(np.array([[150.0, 250] * 6]), n, [1000])
    assert (restless.high - restless.low) > 2 * (calm.high - calm.low)


def test_how_far_out_is_measured_from_the_centre_to_the_limit():
    limits = control_limits.amount_limits(np.array([[3.0, 5, 4, 6] * 3]))
    assert limits.distance(limits.high) == pytest.approx(1)
    assert limits.distance(limits.centre) == 0


def test_a_chart_is_judged_in_one_call():
    values = np.array([3.0, 5, 4, 6, 8, 7, 7, 9, 8, 11, 10, 12, 11, 30])
    rows = looks(values, 3)
    assert rows.shape == (3, 24)
    assert list(rows[-1][-2:]) == [12, 11] and np.isnan(rows[0][:12]).sum() == 12
    limits = control_limits.amount_limits(rows)
    assert list(limits.periods) == [11, 12, 13]
    assert list(limits.signals(values[-3:])) == [False, False, True]


def test_a_lasting_step_is_found_where_it_begins_and_a_slope_is_none():
    drawn = np.random.default_rng(3).normal(size=(1, 30))
    risen = drawn + 5 * (np.arange(30) >= 19)
    step = level_steps.lasting_steps(np.vstack([drawn, risen, drawn + np.arange(30)]))
    assert list(step.clear) == [False, True, False]
    assert step.at[1] == 19


def test_a_step_of_shares_is_not_surer_than_so_many_answers_allow():
    x = np.repeat([[2.0, 3.0]], 12, axis=1)
    x[:, 12:] = 4
    alike = np.full(x.shape, 20.0)
    assert level_steps.lasting_steps(x / alike).errors > 6
    assert level_steps.lasting_steps(*control_limits.share_scale(x, alike)).errors < 6


@pytest.mark.parametrize("series", [np.ones(11), np.r_[np.nan, np.ones(23)]])
def test_a_short_series_or_one_with_a_gap_has_no_step(series):
    step = level_steps.lasting_steps(series[None])
    assert not step.clear[0] and step.at[0] == -1


def test_three_together_have_narrower_limits_than_one_and_wider_where_more_than_chance_varies():
    n = np.full((1, 24), 1000.0)
    calm, restless = np.full((1, 24), 200.0), np.array([[150.0, 250] * 12])

    def width(x, now, length):
        limits = control_limits.share_limits(x, n, now, length=length)
        return limits.high - limits.low

    assert width(calm, [3000], 3) < width(calm, [1000], 1)
    assert width(restless, [3000], 3) > 1.3 * width(restless, [3000], 1)
