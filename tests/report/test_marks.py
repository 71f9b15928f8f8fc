"""What is painted on each chart: sides, bars, whiskers, rings, and texts on their ground."""

import math

import pytest
from chart_samples import NAMES, NPS_SCALE, US, drawings
from matplotlib.colors import to_rgb

from cs_lib.report import figures
from cs_lib.report.figures.theme import BLUE, ORANGE, VERMILLION
from cs_lib.vocabulary import HIGHER_IS_BETTER, LOWER_IS_BETTER, NEITHER

#: text of 8 points is read at three to one and better
LEAST_CONTRAST = 3.0


def painted(figure, meaning, kind="box"):
    return [mark for mark in figure.marks if (mark.kind, mark.meaning) == (kind, meaning)]


def spans(figure, meaning):
    """From where to where along the x axis, by box."""
    return [tuple(x for x, _ in mark.points) for mark in painted(figure, meaning)]


def heights(figure, meaning):
    """The foot and the end of each upright bar."""
    return [tuple(y for _, y in mark.points) for mark in painted(figure, meaning)]


def colours(figure, *meanings):
    return {mark.colour[:7].upper() for each in meanings for mark in painted(figure, each)}


def texts(figure):
    return [mark.text for mark in figure.marks if mark.kind == "text"]


def luminance(colour):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return sum(part * c for part, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    """The ratio of contrast as WCAG defines it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", NAMES)
def test_every_mark_has_a_meaning_and_every_text_can_be_read(made, catalogue, name):
    draw, frame = drawings(made, catalogue)[name]
    marks = draw(frame).marks
    nameless = [mark for mark in marks if mark.kind != "text" and not mark.meaning]
    assert not nameless and len(marks) > 10
    for mark in marks:
        if mark.kind == "text":
            assert contrast(mark.colour, mark.ground) >= LEAST_CONTRAST, mark


def test_the_good_side_of_a_target_is_shaded(made, catalogue):
    churn = catalogue("customer_churn_rate")

    def shaded(direction):
        return figures.bars_with_intervals(
            made.churn_by_plan(), churn, US, target=0.03, direction=direction
        )

    [(low, high)] = spans(shaded(LOWER_IS_BETTER), "good side")
    assert (low, high) == (0, 0.03)
    chart = shaded(HIGHER_IS_BETTER)
    [axes] = painted(chart, "shown", "axes")
    assert spans(chart, "good side") == [(0.03, axes.points[1][0])]
    assert not spans(shaded(NEITHER), "good side")


def test_a_target_is_a_line_with_its_number(made, catalogue):
    churn = catalogue("customer_churn_rate")
    trend = figures.trend(made.churn_by_month(), churn, US, target=0.025, usual=0.03)
    bars = figures.bars_with_intervals(made.churn_by_plan(), churn, US, target=0.025)
    for chart, across in ((trend, 1), (bars, 0)):
        [line] = painted(chart, "target", "line")
        assert {point[across] for point in line.points} == {0.025}
        assert "target ≤ 2.5%" in texts(chart)
    [line] = painted(trend, "usual", "line")
    assert {y for _, y in line.points} == {0.03} and "usual 3.0%" in texts(trend)


def test_bars_begin_at_zero_and_whiskers_are_the_interval(made, catalogue):
    chart = figures.bars_with_intervals(made.churn_by_plan(), catalogue("customer_churn_rate"), US)
    assert spans(chart, "value") == [(0, value) for value in chart.data["value"]]
    for kind, meaning in (("line", "interval"), ("points", "ends of the interval")):
        [ends] = painted(chart, meaning, kind)
        numbers = [x for x, _ in ends.points if not math.isnan(x)]
        assert numbers == [end for pair in chart.data[["low", "high"]].to_numpy() for end in pair]


def test_promoters_stand_above_the_line_and_detractors_below(made, catalogue):
    draw, frame = drawings(made, catalogue)["nps"]
    chart = draw(frame)
    above, below = (heights(chart, name) for name in ("promoters", "detractors"))
    assert above == [(0, 100 * share) for share in chart.data["promoters"]]
    assert below == [(0, -100 * share) for share in chart.data["detractors"]]
    assert colours(chart, "promoters") == {BLUE.upper()}
    assert colours(chart, "detractors") == {ORANGE}
    assert all(mark.hatched for mark in painted(chart, "detractors")), "told apart in grey"


def test_a_waterfall_goes_on_where_it_stood(made):
    chart = figures.movement_waterfall(made.movements(), US)
    gained, lost, ends = (heights(chart, each) for each in ("gained", "lost", "level"))
    assert all(high > low for low, high in gained) and all(high < low for low, high in lost)
    steps = [*gained, *lost]
    assert [low for low, _ in steps[1:]] == [high for _, high in steps[:-1]]
    assert [steps[0][0], steps[-1][1]] == [high for _, high in ends]
    assert colours(chart, "gained") == {BLUE.upper()} and colours(chart, "lost") == {VERMILLION}


def test_scores_that_count_as_good_and_as_bad_look_so(made):
    chart = figures.score_distribution(made.answers({0: 2, 6: 10, 7: 25, 9: 41}), US, **NPS_SCALE)
    placed = {
        group: {round(sum(x for x, _ in mark.points) / 2) for mark in painted(chart, group)}
        for group in ("good", "bad", "neutral")
    }
    assert placed == {"good": {9, 10}, "bad": {*range(7)}, "neutral": {7, 8}}
    assert colours(chart, "good") == {BLUE.upper()} and colours(chart, "bad") == {ORANGE}


def test_what_lies_outside_its_limits_is_ringed(made, catalogue):
    signal = [False, False, True, False, False, False]
    frame = made.churn_by_month(6).assign(
        centre=0.03, limit_low=0.01, limit_high=0.05, signal=signal
    )
    churn = catalogue("customer_churn_rate")
    for chart in (figures.control_chart(frame, churn, US), figures.trend(frame, churn, US)):
        [rings] = painted(chart, "signal", "points")
        assert rings.points == ((2, frame["value"].iloc[2]),)
    [limits] = painted(figures.control_chart(frame, churn, US), "limits", "band")
    assert {y for _, y in limits.points} == {0.01, 0.05}


def test_each_cell_of_a_heat_map_holds_its_figure(made):
    chart = figures.retention_heatmap(made.cohorts(8), US)
    cells = [mark for mark in chart.marks if mark.ground not in ("", "#ffffff")]
    seen = chart.data.drop(columns=["cohort", "size"]).stack().dropna()
    assert sorted(mark.text for mark in cells) == sorted(f"{100 * value:.0f}" for value in seen)
    darkest = min(cells, key=lambda mark: luminance(mark.ground))
    assert int(darkest.text) == round(100 * seen.max()), "more is darker"


def test_a_rates_own_share_and_the_mix_add_up_from_zero(made, catalogue):
    draw, frame = drawings(made, catalogue)["mix"]
    chart = draw(frame)
    for meaning in ("rate", "mix"):
        assert spans(chart, meaning) == [(0, each / 100) for each in chart.data[meaning]]
