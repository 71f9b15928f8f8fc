"""Where a column has more segments than anybody reads, a page shows the largest, its own, and says how many there are."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from cs_lib.judgement.columns_compared import COMPARED, STAND_APART, apart_of, handed_on
from cs_lib.judgement.judgement import Judgement
from cs_lib.kit import kit_scorecard, kit_segments
from cs_lib.kit.few_segments import few_segments
from cs_lib.kit.selection import Selection
from cs_lib.metrics.audit.handed_measures import read_measures, write_measures
from cs_lib.period import ALL, Segment

MANY, SHOWN, SMALLEST = 30, 20, "plan=P01"


@pytest.fixture(scope="module")
def company(sample):
    """The sample as a company of many plans that do alike, each larger than the one before."""
    given = sample().selection
    rows = given.measures.measures
    month, whole = rows["grain"] == "month", rows["segment"] == ALL
    own = rows[month & (rows["segment"] == "plan=Practice")]
    numbers = ["numerator", "denominator", "n"]
    plans = [
        own.assign(segment=f"plan=P{size:02}", **{each: own[each] * size for each in numbers})
        for size in range(1, MANY + 1)
    ]
    every = pd.concat([rows[month & whole], *plans], ignore_index=True)
    edition = given.edition.model_copy(update={"segments": ("plan",)})

    def selected(segment=ALL, measures=None):
        held = measures or replace(given.measures, measures=every)
        return Selection(edition, held, given.period, Segment.parse(segment))

    return selected


def names(table):
    heads = [
        re.sub("<[^>]+>", "", each)
        for each in re.findall(r'<th[^>]*scope="row"[^>]*>(.*?)</th>', table.html)
    ]
    return [each for each in heads if each == "All" or re.fullmatch(r"P\d\d", each)]


def test_a_segment_stands_beside_the_company_and_the_largest(company):
    table = kit_scorecard.segments_on_a_page(company(SMALLEST))
    largest = [f"P{size}" for size in range(MANY - SHOWN + 2, MANY + 1)]
    assert names(table) == ["All", "P01", *largest]
    assert "Plan: this one and the 19 largest of 30." in table.html


def test_the_whole_company_shows_its_largest_segments(company):
    table = kit_scorecard.segments_on_a_page(company())
    assert len(names(table)) == 1 + SHOWN and "P01" not in names(table)
    assert "Plan: the 20 largest, or apart, of 30." in table.html


def test_a_chart_draws_the_largest_and_the_report_s_own(company):
    shown = kit_segments.by_segment(company(SMALLEST), "customer_churn_rate")[-1]
    assert "10 of smallest n not drawn" in str(shown.data) + shown.alt + repr(vars(shown))
    assert len(shown.data) == SHOWN and "P01" in set(shown.data.iloc[:, 0])


def test_a_table_lists_the_signals_that_lie_farthest(sample, monkeypatch):
    said, table = kit_scorecard.signals(sample(period="2026-04").selection)
    assert len(table.data) > 2 and "farthest" not in table.html
    monkeypatch.setattr(kit_scorecard, "MOST_SIGNALS", 2)
    again, short = kit_scorecard.signals(sample(period="2026-04").selection)
    assert again.text == said.text and "in April 2026: the 2 farthest" in short.html
    assert short.data.equals(table.data.head(2))


def test_few_segments_are_all_shown_and_what_is_named_comes_first(company):
    frame = company(SMALLEST).rows("mrr", "customer_churn_rate", by="plan")
    few = frame[frame["segment"].isin([f"plan=P{size:02}" for size in range(1, SHOWN + 1)])]
    assert few_segments(few, [SMALLEST]) is few
    apart = [f"plan=P{size:02}" for size in range(2, MANY + 1)]
    chosen = set(few_segments(frame, [SMALLEST], apart[:SHOWN])["segment"])
    assert chosen == {SMALLEST, *apart[1:SHOWN]}  # the smallest of those apart has no room


def test_a_report_reads_the_same_from_what_is_handed_to_it(company, tmp_path, monkeypatch):
    whole = company(SMALLEST)
    shown = kit_scorecard.segments_on_a_page(whole).html
    write_measures(tmp_path / "measures", whole.measures, whole.edition)
    own = company(SMALLEST, read_measures(tmp_path / "measures", whole.edition, whole.segment))
    monkeypatch.setattr(type(own.measures), "of_metric", None)  # never every row of a metric
    assert kit_scorecard.segments_on_a_page(own).html == shown


def test_where_a_segment_stands_apart_is_found_once_for_all_reports(sample, monkeypatch):
    kit = sample(segment="region=APAC").selection
    figures, period = kit.judgement.figures, kit.period
    handed = handed_on(figures, ["region", "plan"], period)
    found = {each["metric"] for each in handed[period.label]["region=APAC"]}
    assert found <= set(COMPARED) and "customer_churn_rate" in found
    expected = kit.judgement.findings(kit.segment)
    data = kit.measures.data | {STAND_APART: handed}
    again = Judgement(kit.edition, replace(kit.measures, data=data), period)

    def never(*_, **__):
        raise AssertionError("compared again")

    for segment in ("region=APAC", "region=EMEA", "plan=Solo"):
        own = Segment.parse(segment)
        before = apart_of(figures, own, period)
        with monkeypatch.context() as patch:
            patch.setattr("cs_lib.judgement.columns_compared.segments_apart", never)
            assert apart_of(again.figures, own, period) == before
    assert again.findings(kit.segment) == expected
