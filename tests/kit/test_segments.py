"""Segments: what stands apart is said once, and all of them fit a page."""

import pytest
from small import Small, kit_of

from cs_lib.kit.kit_segments import by_segment
from cs_lib.pack.run.choices import choose_segments
from cs_lib.report.display import ReportFigure, Sentence
from cs_lib.report.text.label_order import have_order


def test_a_metric_is_shown_in_one_sentence_and_one_chart(sample):
    kit = sample()
    said, chart = by_segment(kit.selection, "customer_churn_rate")
    assert isinstance(said, Sentence) and str(said).startswith("APAC loses 4.0%")
    assert str(said).count(".") == str(said).count(".0") + str(said).count(".9") + 1, "one sentence"
    assert isinstance(chart, ReportFigure) and chart.title.startswith("Region APAC stands apart")
    own = chart.data.set_index("segment")["own_target"].dropna()
    assert dict(own) == {"Solo": 0.03}, "its own, not the company's"


def test_nothing_is_said_where_the_order_may_be_chance(sample):
    shown = by_segment(sample().selection, "nps")
    assert [type(each) for each in shown] == [ReportFigure]
    assert shown[0].title == "NPS: no plan, region or channel stands apart"


def test_an_event_is_drawn_in_the_report_that_it_concerns(sample):
    def marked(segment):
        chart = sample("2026-06", segment).figure.trend("customer_churn_rate")
        return {mark.meaning for mark in chart.marks if mark.kind == "event"}

    assert "Rival in APAC" in marked("region=APAC") & marked("all")
    assert "Rival in APAC" not in marked("region=EMEA") and "Price rise" in marked("region=EMEA")
    assert "Price rise" not in str(sample().figure.trend("csat").alt), "it names other metrics"


def test_segments_on_a_page_are_the_judgements_own(sample):
    kit = sample()
    table = kit.segments_on_a_page()
    lines = {line.split("  ")[0]: line for line in table.text.splitlines()}
    assert len(table.data.columns) == 8 and len(table.data) == 1 + 3 + 3 + 5
    year = kit.selection.judgement.year_figure("customer_churn_rate", "region", "region=APAC")
    assert f" {kit.formatter.percent(year.value)} ✗ ◆ " in lines["APAC"], "missed, and apart"
    apart = kit.selection.judgement.apart("customer_churn_rate", "region")
    assert list(apart.differing["segment"]) == ["region=APAC"]
    assert "◆" not in lines["EMEA"] and "[]" not in table.text
    beside = sample("2026-06", "plan=Solo").segments_on_a_page("nps", "mrr")
    assert list(beside.data["Segment"]) == ["Network", "Practice", "Solo"]


BANDS = ["under 2", "2 to 9", "10 to 49", "50 to 999", "1K and more"]


@pytest.mark.slow
def test_bands_stand_by_their_size_in_tables_and_charts(tmp_path):
    """By the alphabet 10 to 49 stood before 2 to 9, and by its figure a band anywhere."""
    rows = "customer_id,start_date,end_date,mrr,plan\n" + "".join(
        f"c{band}-{place},2024-0{1 + place}-01,{'2026-06-10' if place < band % 3 else ''},50,{name}\n"
        for band, name in enumerate([*BANDS, ""])
        for place in range(5)
    )
    kit = kit_of(Small("subscriptions", rows, "plan"), tmp_path)
    assert [*kit.table("mrr", by="plan").data["segment"]][:-1] == [
        f"plan={each}" for each in (*BANDS, "(not given)")
    ]
    assert [*kit.segments_on_a_page().data["Segment"]] == ["All", *BANDS, "(not given)"]
    chart = kit.figure.segments("customer_churn_rate")
    assert [*chart.data["segment"]] == ["(not given)", *reversed(BANDS)], "from below"
    assert "highest first" not in chart.alt
    found = choose_segments(
        kit.selection.edition, kit.selection.measures, kit.selection.period, ("plan=*",)
    )
    assert [each.pairs[0][1] for each in found] == [*BANDS, "(not given)"]
    assert have_order([*BANDS, "(not given)"])
    assert not any(map(have_order, ([], ["(not given)"], ["2 to 9", "some"])))
