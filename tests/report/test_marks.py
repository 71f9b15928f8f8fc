"""What is painted on each chart: sides, bars, whiskers, rings, and texts on their ground."""

import math
import re
from itertools import pairwise

import pandas as pd
import pytest
from chart_samples import NAMES, NPS_SCALE, US, drawings
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from cs_lib.edition.events import Event
from cs_lib.judgement.standing import Figure
from cs_lib.metrics.compute.cohorts import by_joining
from cs_lib.period import Period
from cs_lib.report import figures
from cs_lib.report.display import LeftOut
from cs_lib.report.figures import chart as charts
from cs_lib.report.figures.chart import WIDTH
from cs_lib.report.figures.event_marks import EventMarks
from cs_lib.report.figures.lines import LEFT, RIGHT
from cs_lib.report.figures.theme import BLUE, INK, ORANGE, SMALL, width_of
from cs_lib.vocabulary import HIGHER_IS_BETTER, LOWER_IS_BETTER, NEITHER

#: text of nine points is read at four and a half to one and better
LEAST_CONTRAST = 4.5


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
        return figures.segment_dots(
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
    trend = figures.trend(made.churn_by_month(), churn, US, target=0.025)
    bars = figures.segment_dots(made.churn_by_plan(), churn, US, target=0.025)
    for chart, across in ((trend, 1), (bars, 0)):
        [line] = painted(chart, "target", "line")
        assert {point[across] for point in line.points} == {0.025}
        assert any("target ≤ 2.5%" in text for text in texts(chart))


def test_the_figure_of_several_periods_is_drawn_across_them_alone(made, catalogue):
    churn, frame = catalogue("customer_churn_rate"), made.churn_by_month()
    months = sorted(Period.containing(day.date(), "month") for day in frame["period_start"])

    def drawn(first, last, periods):
        year = Figure(0.03, 0.02, 0.04, 900, first, last, periods=periods)
        chart = figures.trend(frame, churn, US, year=year)
        return painted(chart, "year", "line"), texts(chart)

    [line], said = drawn(months[1], months[-1], len(months) - 1)
    assert line.points == ((0.5, 0.03), (len(months) - 0.5, 0.03))
    assert f"{len(months) - 1} months 3.0%" in said
    lines, said = drawn(months[-1], months[-1], 1)
    assert not lines and not any("month" in text and "3.0%" in text for text in said)


def test_dots_are_the_figures_and_lines_their_intervals(made, catalogue):
    chart = figures.segment_dots(made.churn_by_plan(), catalogue("customer_churn_rate"), US)
    [dots] = painted(chart, "value", "points")
    assert [x for x, _ in dots.points] == list(chart.data["value"]) and not dots.hollow
    ends = [
        (a, b) for line in painted(chart, "interval", "line") for (a, _), (b, _) in [line.points]
    ]
    assert ends == [tuple(each) for each in chart.data[["low", "high"]].to_numpy()]
    [(left, _), _] = painted(chart, "shown", "axes")[0].points
    assert left == 0, "zero is near"


def test_a_filled_dot_is_the_year_and_a_hollow_one_the_period(made, catalogue):
    frame = made.churn_by_plan()
    span = Period.parse("2025-07"), Period.parse("2026-06")
    year = Figure(0.04, 0.03, 0.05, 2400, *span, periods=12)
    churn = catalogue("customer_churn_rate")
    chart = figures.segment_dots(frame, churn, US, years={"plan=Team": year})
    [filled], [hollow] = (painted(chart, name, "points") for name in ("value", "this period"))
    team = frame.set_index("segment").loc["plan=Team"]
    at = next(y for x, y in filled.points if x == 0.04)
    assert hollow.points == ((team["value"], at),) and hollow.hollow and not filled.hollow
    assert "2,400" in texts(chart), "n is that of the dot"
    assert any("● 12 months" in text.replace("\u00a0", " ") for text in texts(chart))


def test_a_dot_at_the_end_of_the_scale_is_drawn_whole(made, catalogue, monkeypatch):
    clipped, plot = {}, Axes.plot

    def seen(axes, *points, **look):
        drawn = plot(axes, *points, **look)
        clipped.update({line.get_gid(): line.get_clip_on() for line in drawn})
        return drawn

    monkeypatch.setattr(Axes, "plot", seen)
    span = Period.parse("2025-07"), Period.parse("2026-06")
    years = {"plan=Team": Figure(0.04, 0.03, 0.05, 2400, *span, periods=12)}
    figures.segment_dots(made.churn_by_plan(), catalogue("customer_churn_rate"), US, years=years)
    assert (clipped["value"], clipped["this period"]) == (False, False)


def test_a_panel_a_column_on_one_scale_each_with_its_own_target(made, catalogue):
    by_region = made.frame(
        *(
            made.share(part, 300, by="region", segment=f"region={name}")
            for name, part in (("AMER", 4), ("APAC", 15))
        )
    )
    frame = pd.concat([made.churn_by_plan(), by_region], ignore_index=True)
    chart = figures.segment_dots(
        frame,
        catalogue("customer_churn_rate"),
        US,
        target=0.02,
        own_targets={"region=APAC": 0.04},
        overall=made.share(36, 1004),
    )
    plan, region = painted(chart, "shown", "axes")
    assert [x for x, _ in plan.points] == [x for x, _ in region.points]
    [own] = painted(chart, "own target", "line")
    values = [mark.points for mark in painted(chart, "value", "points")]
    [apac] = [y for x, y in values[1] if x == 0.05]
    assert {x for x, _ in own.points} == {0.04}
    assert min(y for _, y in own.points) < apac < max(y for _, y in own.points)
    for meaning, at in (("target", 0.02), ("all", 36 / 1004)):
        assert [{x for x, _ in line.points} for line in painted(chart, meaning, "line")] == [
            {at}
        ] * 2


def test_a_waterfall_goes_on_where_it_stood(made):
    chart = figures.movement_waterfall(made.movements(), US)
    gained, lost, ends = (heights(chart, each) for each in ("gained", "lost", "level"))
    assert all(high > low for low, high in gained) and all(high < low for low, high in lost)
    steps = [*gained, *lost]
    assert [low for low, _ in steps[1:]] == [high for _, high in steps[:-1]]
    assert [steps[0][0], steps[-1][1]] == [high for _, high in ends]
    assert colours(chart, "gained") == {BLUE.upper()} and colours(chart, "lost") == {ORANGE}


def test_the_amounts_of_a_waterfall_have_one_unit(made):
    """$10.8K stood beside $95."""
    chart = figures.movement_waterfall(made.movements(scale=0.2, reactivation=475), US)
    shown = [each for each in texts(chart) if re.fullmatch(r"[+−]\$[\d.,]+K?", each)]
    assert len({each[-1] == "K" for each in shown}) == 1, shown


def test_what_moves_to_another_segment_is_neither_gained_nor_lost(made):
    chart = figures.movement_waterfall(made.movements(transfer_in=9_000, transfer_out=-12_000), US)
    moved = heights(chart, "moved between segments")
    assert [round(high - low) for low, high in moved] == [9_000, -12_000]
    assert not colours(chart, "moved between segments") & {ORANGE, BLUE.upper()}


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
        bad = frame["value"].iloc[2] > 0.03
        assert rings.colour.upper() == (ORANGE if bad else INK).upper(), "orange is bad news"
    [limits] = painted(figures.control_chart(frame, churn, US), "limits", "band")
    assert {y for _, y in limits.points} == {0.01, 0.05}


def test_each_cell_of_a_heat_map_holds_its_figure(made):
    chart = figures.retention_heatmap(made.cohorts(8), US)
    cells = [mark for mark in chart.marks if mark.ground not in ("", "#ffffff")]
    seen = chart.data.drop(columns=["joined", "size"]).stack().dropna()
    assert sorted(mark.text for mark in cells) == sorted(f"{100 * value:.0f}" for value in seen)
    darkest = min(cells, key=lambda mark: luminance(mark.ground))
    assert int(darkest.text) >= round(100 * seen.max()) - 1, "more is darker"


def revenue(made, *values):
    """Two cohorts of revenue whose later months are these shares of the first."""
    cells = made.cohorts(3, measure="revenue_net")
    for age, value in enumerate(values, start=1):
        chosen = (cells["age"] == age) & cells["value"].notna()
        cells.loc[chosen, "numerator"] = cells.loc[chosen, "denominator"] * value
        cells.loc[chosen, "value"] = value
    return cells


def test_revenue_is_white_at_the_whole_orange_below_and_blue_above(made):
    chart = figures.retention_heatmap(revenue(made, 1.0, 0.8), US, measure="revenue_net")
    grounds = {mark.text: to_rgb(mark.ground) for mark in chart.marks if mark.text in ("100", "80")}
    assert min(grounds["100"]) > 0.97 and grounds["80"][0] > grounds["80"][2] + 0.3
    chart = figures.retention_heatmap(revenue(made, 1.0, 1.2), US, measure="revenue_net")
    [above] = {to_rgb(mark.ground) for mark in chart.marks if mark.text == "120"}
    assert above[2] > above[0] + 0.3
    assert chart.title == "100% of first revenue comes in 1 month after joining, upgrades included"


def test_one_outlying_cohort_does_not_take_the_colours_of_the_others(made):
    cells = made.cohorts(24, measure="revenue_net")
    cells["numerator"], cells["value"] = cells["denominator"] * 0.9, cells["value"] * 0 + 0.9
    odd = (cells["cohort"] == cells["cohort"].min()) & (cells["age"] == 1)
    cells.loc[odd, ["numerator", "value"]] = cells.loc[odd, "denominator"].iloc[0] * 5, 5.0
    chart = figures.retention_heatmap(cells, US, measure="revenue_net")
    usual = to_rgb(next(mark.ground for mark in chart.marks if mark.text == "90"))
    assert usual[0] > usual[2] + 0.3, "a tenth below is still orange"


def test_cohorts_are_joined_by_quarter_where_months_are_too_many(made):
    cells = made.cohorts(24)
    chart = figures.retention_heatmap(cells, US)
    dated = cells[cells["cohort"].notna()]
    rows = chart.data.set_index("joined")
    assert list(rows.index[1:]) == [
        f"Q{q} {y}" for y, qs in ((2024, (3, 4)), (2025, (1, 2, 3, 4)), (2026, (1, 2))) for q in qs
    ]
    assert rows.loc["Q2 2026"].drop("size").isna().all(), "nobody of June was seen for a month"
    assert rows["size"].iloc[1:].sum() == rows.loc["all", "size"], "the rows add up to the whole"
    autumn = dated[dated["cohort"].between("2024-10-01", "2024-12-01")]
    at = autumn[autumn["age"] == 12]
    assert rows.loc["Q4 2024", "month 12"] == at["numerator"].sum() / at["denominator"].sum()
    late = (cells["cohort"] == "2025-06-01") & (cells["age"] == 12)
    cells.loc[late, ["numerator", "denominator", "value"]] = math.nan
    cells.loc[late, "status"] = "immature"
    unseen = by_joining(cells, "quarter").set_index(["cohort", "age"])["status"]
    assert not math.isnan(rows.loc["Q2 2025", "month 12"])
    assert unseen["2025-04-01", 12] == "immature", "June's joiners were not seen so long"
    assert (
        rows.loc["Q1 2025", "size"]
        == dated.query("age == 0 and '2025-01-01' <= cohort <= '2025-03-01'")["numerator"].sum()
    )


def test_an_event_parts_the_means_of_cohorts_and_rules_their_rows(made):
    cells = made.cohorts(12)
    event = Event(on="2026-01", label="Guided set-up", metrics=("cohort_retention",))
    chart = figures.retention_heatmap(cells, US, events=[event], yearly_terms=True)
    rows = chart.data.set_index("joined")
    assert list(rows.index[:3]) == ["all", "before Jan 2026", "since Jan 2026"]
    dated = cells[cells["cohort"].notna() & (cells["age"] == 3) & (cells["status"] == "ok")]
    for name, some in (
        ("before", dated["cohort"] < "2026-01-01"),
        ("since", dated["cohort"] >= "2026-01-01"),
    ):
        one = dated[some]
        assert (
            rows.loc[f"{name} Jan 2026", "month 3"]
            == one["numerator"].sum() / one["denominator"].sum()
        )
    [rule] = [mark for mark in chart.marks if mark.kind == "event"]
    place = list(rows.index).index("Jan 2026") - 3
    assert rule.meaning == "Guided set-up" and {y for _, y in rule.points} == {place}
    assert "Marked: Guided set-up (January 2026)." in chart.alt
    assert not painted(figures.retention_heatmap(cells, US), "", "event")


def hidden(cells, chosen):
    """The cells as they are where these stand on too few."""
    cells.loc[chosen, ["numerator", "denominator", "value", "low", "high"]] = math.nan
    cells.loc[chosen, "status"] = "suppressed"
    return cells


def test_means_of_cohorts_count_the_hidden_ones_or_are_not_told(made):
    cells = made.cohorts(12)
    whole = cells[cells["cohort"].isna()].set_index("age")["value"]
    event = Event(on="2026-01", label="Guided set-up", metrics=("cohort_retention",))
    hidden(cells, (cells["cohort"] == "2025-09-01") & (cells["age"] == 3))
    chart = figures.retention_heatmap(cells, US, events=[event])
    rows = chart.data.set_index("joined")
    assert rows.loc["all", "month 3"] == whole[3], "as the sentence beside it says"
    assert math.isnan(rows.loc["before Jan 2026", "month 3"])
    assert rows.loc[["before Jan 2026", "since Jan 2026"], "month 2"].notna().all()
    assert "hatched: not yet observed, or fewer than 5" in " ".join(texts(chart))
    plain = figures.retention_heatmap(made.cohorts(12), US)
    assert "fewer than" not in " ".join(texts(plain))

    hidden(cells, (cells["cohort"] == "2025-08-01"))
    chart = figures.retention_heatmap(cells, US, events=[event])
    assert list(chart.data["joined"][:2]) == ["all", "Jul 2025"], "nothing is left of those before"
    assert chart.data["month 6"].iloc[0] == whole[6]
    assert not [mark for mark in chart.marks if mark.kind == "event"]
    assert "Guided" not in " ".join([chart.alt, *texts(chart)]) and "since" not in chart.title


def test_a_heat_map_of_which_all_rows_are_hidden_is_left_out_in_words(made):
    cells = made.cohorts(20)
    hidden(cells, ~cells["cohort"].isin([pd.NaT, *pd.to_datetime(["2024-11-01", "2025-02-01"])]))
    left_out = figures.retention_heatmap(cells, US)
    assert isinstance(left_out, LeftOut) and left_out.reason == "too few cohorts can be shown"


def test_an_event_rules_a_heat_map_between_the_rows_that_are_there(made):
    cells = made.cohorts(12)
    gone = cells["cohort"].between("2025-09-01", "2025-11-01") & cells["cohort"].notna()
    cells = cells[~gone]
    for on, before in (("2025-10-16", 2), ("2025-12-01", 2), ("2026-02-15", 4.5)):
        event = Event(on=on, label="Price rise", metrics=("cohort_retention",))
        chart = figures.retention_heatmap(cells, US, events=[event])
        [rule] = [mark for mark in chart.marks if mark.kind == "event"]
        assert {y for _, y in rule.points} == {before}


def test_the_colours_of_a_heat_map_reach_its_means(made):
    cells = made.cohorts(9)
    cells.loc[cells["cohort"].isna() & (cells["age"] == 6), "value"] = 0.31
    cells.loc[cells["cohort"].isna() & (cells["age"] == 3), "value"] = 0.45
    chart = figures.retention_heatmap(cells, US)
    ground = {mark.text: mark.ground for mark in chart.marks if mark.text in ("31", "45")}
    assert ground["31"] != ground["45"]


def events(*given):
    return [Event(on=on, label=label) for on, label in given]


def test_an_event_is_a_rule_at_its_date_with_its_name_above_the_axes(made, catalogue):
    churn, frame = catalogue("customer_churn_rate"), made.churn_by_month(13)
    told = events(
        ("2025-10", "Price rise"), ("2025-12-16", "Outage"), ("2024-01", "Before all this")
    )
    signed = frame.assign(centre=0.028, limit_low=0.0, limit_high=0.06, signal=False)
    for chart in (
        figures.trend(frame, churn, US, events=told),
        figures.control_chart(signed, churn, US, events=told),
        figures.mrr_line(made.mrr_by_month(), catalogue("mrr"), US, events=told),
    ):
        rules = {mark.meaning: mark.points for mark in chart.marks if mark.kind == "event"}
        assert set(rules) == {"Price rise", "Outage"}
        assert {x for x, _ in rules["Price rise"]} == {3.5}, "as October begins"
        assert {round(x, 1) for x, _ in rules["Outage"]} == {6}, "in the middle of December"
        assert all(foot == 0 and top > 1 for (_, foot), (_, top) in rules.values())
        assert "Marked: Price rise (October 2025) and Outage (December 2025)." in chart.alt
        assert {"Price rise", "Outage"} <= set(texts(chart))
    assert all(mark.kind != "event" for mark in figures.trend(frame, churn, US).marks)


def test_an_event_that_began_before_a_chart_lasts_into_it(made, catalogue):
    frame, churn = made.churn_by_month(), catalogue("customer_churn_rate")
    about = {"label": "Strike", "text": "Staff were on strike."}
    for until, lasts in (("2025-08", True), ("2025-05", False)):
        strike = Event.model_validate({"on": "2025-03", "until": until, **about})
        chart = figures.trend(frame, churn, US, events=[strike])
        bands = [mark for mark in chart.marks if mark.meaning == "event lasts"]
        assert [min(x for x, _ in band.points) for band in bands] == [-0.4] * lasts
        assert ("Strike" in texts(chart)) == ("Marked: Strike" in chart.alt) == lasts
        assert all(mark.kind != "event" for mark in chart.marks), "it began earlier"


@pytest.mark.parametrize(
    ("months", "said"), [((6, 6, 6), "6 months"), ((12, 5, 12), "up to 12 months")]
)
@pytest.mark.parametrize("known", [True, False])
def test_dots_say_over_how_many_months_they_are(made, catalogue, months, said, known):
    frame, at = made.churn_by_plan(), Period.parse("2026-06")
    if not known:
        frame = frame.assign(status="undefined", value=float("nan"))
    years = {
        segment: Figure(0.02, 0.01, 0.03, 900.0, at, at, periods=many)
        for segment, many in zip(frame["segment"], months, strict=False)
    }
    chart = figures.segment_dots(frame, catalogue("customer_churn_rate"), US, years=years)
    shown = " ".join(texts(chart))
    assert f"● {said} with" in shown and f"n over {said}" in shown
    assert ("○" in shown) == known and f"by plan over {said} to June 2026" in chart.alt


def test_names_of_events_keep_apart(made, catalogue):
    churn, months = catalogue("customer_churn_rate"), made.months(count=24)
    told = events(*((month, f"Something new in {month}") for month in months[1:]))
    frame = made.frame(*(made.share(20, 800, period=month) for month in months))
    marks = EventMarks.of(
        told, [Period.parse(month) for month in months], left=LEFT, right=RIGHT
    ).marks
    assert len(marks) == 23
    scale = (WIDTH - LEFT - RIGHT) / 23.8
    spans = {}
    for mark in marks:
        x, wide = LEFT + (mark.place + 0.4) * scale, width_of(mark.event.label)
        low, high = (x - wide, x) if mark.leftwards else (x, x + wide)
        assert low >= 0 and high <= WIDTH, "inside the picture"
        spans.setdefault(mark.row, []).append((low, high))
    for row in spans.values():
        row.sort()
        assert all(before[1] < after[0] for before, after in pairwise(row))
    chart = figures.trend(frame, churn, US, events=told[:3])
    named = [mark for mark in chart.marks if mark.meaning == "name of an event"]
    assert len(named) == 3 and all(y == 1 for mark in named for _, y in mark.points), (
        "above the line"
    )


def test_no_text_is_smaller_than_nine_points(made, catalogue, monkeypatch):
    seen = []
    monkeypatch.setattr(
        charts, "png_of", lambda figure: seen.append(figure) or b"\x89PNG\r\n\x1a\n"
    )
    for draw, frame in drawings(made, catalogue).values():
        draw(frame)
    assert len(seen) == len(NAMES) and all(figure.get_figwidth() == WIDTH for figure in seen)
    small = {
        text.get_text()
        for figure in seen
        for text in figure.findobj(Text)
        if text.get_text() and text.get_fontsize() < SMALL
    }
    assert not small


def test_years_stand_under_january(made, catalogue):
    churn = catalogue("customer_churn_rate")
    for count in (13, 24, 37):
        shown = texts(figures.trend(made.churn_by_month(count), churn, US))
        dated = [text for text in shown if "\n" in text]
        assert dated and all(text.startswith("Jan\n") for text in dated), count
    short = texts(figures.trend(made.churn_by_month(4), churn, US))
    assert "Mar\n2026" in short, "no January: under the first"


def test_few_answers_are_seen_to_be_few(made, catalogue):
    draw, frame = drawings(made, catalogue)["nps"]
    assert {f"{n:.0f}" for n in frame["n"]} | {"answers"} <= set(texts(draw(frame)))


def test_a_rates_own_share_and_the_mix_add_up_from_zero(made, catalogue):
    draw, frame = drawings(made, catalogue)["mix"]
    chart = draw(frame)
    for meaning in ("rate", "mix"):
        assert spans(chart, meaning) == [(0, each / 100) for each in chart.data[meaning]]
