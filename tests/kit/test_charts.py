"""Charts of any period and segment: drawn on the target that is theirs, and titled by what they show."""

import pytest

from cs_lib.kit import kit_figures, kit_leaving
from cs_lib.metrics.catalogue import metric
from cs_lib.report.display import LeftOut, ReportFigure


@pytest.fixture
def drawn(monkeypatch):
    """What a drawing function of the charts is given, by its name."""

    def given(name):
        seen = {}
        draw = getattr(kit_figures.figures, name)

        def noting(*frames, **options):
            seen.update(options)
            return draw(*frames, **options)

        monkeypatch.setattr(kit_figures.figures, name, noting)
        return seen

    return given


def test_a_year_has_a_trend_of_its_rates(sample):
    assert isinstance(sample("2025").figure.trend("customer_churn_rate"), ReportFigure | LeftOut)


def test_one_period_of_unit_economics_has_no_line_for_events(sample):
    kit = sample("2023-07")
    assert isinstance(kit.figure.payback(), LeftOut) and isinstance(kit.figure.ltv_cac(), LeftOut)


def test_segments_side_by_side_are_held_against_the_companys_target(sample, drawn):
    seen = drawn("segment_dots")
    sample("2026-06", "region=APAC").figure.segments("nps", "region")
    assert seen["target"] == 40 and seen["own_targets"] == {"region=APAC": 30}
    seen = drawn("trend")
    sample("2026-06", "region=APAC").figure.trend("nps")
    assert seen["target"] == 30


def test_ltv_to_cac_is_held_against_the_editions_target(made, drawn):
    rows = [made.row("ltv_to_cac", 4, period=f"2026-0{month}", n=50) for month in range(1, 7)]
    rows = [{**each, "variant": metric("ltv_to_cac").canonical} for each in rows]
    for target, drawn_at in (({"ltv_to_cac": 5}, "5 : 1"), ({}, "3 : 1")):
        chart = made.kit_of(rows, targets=target).figure.ltv_cac()
        assert f"Held against {drawn_at}." in chart.alt


def test_a_rate_of_a_quarter_has_no_monthly_dots_beside_it(sample, drawn):
    seen = drawn("segment_dots")
    for period, over_months in (("2026-06", True), ("2026-Q2", False)):
        chart = sample(period).figure.segments("customer_churn_rate", "region")
        assert bool(seen["years"]) == bool(seen["overall_year"]) == over_months
        assert ("stands apart" in chart.title) == over_months
    sample("2026-Q2").figure.segments("csat", "region")
    assert seen["years"], "a score means the same over any months"


def test_a_title_tells_no_change_from_before_its_chart(sample):
    kit = sample()
    step = kit.selection.judgement.step("time_to_value", "all", "all")
    since = f"since {kit.formatter.period(step.first)}"
    whole, short = (kit.figure.trend("time_to_value", periods=many) for many in (24, 4))
    assert since in whole.title and since not in short.title


def test_no_chart_calls_calm_what_a_sentence_beside_it_calls_unusual(sample):
    """Three months of churn lie outside their limits together, and none of them alone."""
    kit = sample()
    assert "rose to 3.1% from November 2025" in kit.say_spikes("customer_churn_rate").text
    chart = kit.figure.control_chart("customer_churn_rate")
    assert chart.title.endswith(": 3 months in a row unusual together, none alone")
    assert not [mark for mark in chart.marks if mark.kind == "ring"]
    assert "nothing unusual" in sample(period="2025-06").figure.control_chart("nps").title


def test_a_segment_that_stands_apart_is_not_denied_on_its_own_page(sample):
    """38 of APAC's 79 named a competitor, 16 of 143 elsewhere; inside APAC no plan or channel does so more."""
    whole, own = (
        str(kit_leaving.who_gave_which_reason(sample(segment=segment).selection)[0])
        for segment in ("all", "region=APAC")
    )
    assert "from APAC 38 of 79 named “competitor”" in whole
    assert own.startswith("Within region APAC no reason stands apart in any segment")
