"""The scorecard: a year in view, what each figure rests on, and the dozen figures of a board book."""

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_lib.judgement.comparisons import distinguishable
from cs_lib.vocabulary import BOARD_HEADLINES, HEADLINES


def test_they_are_headlines_in_the_same_order():
    headlines = [name for section in HEADLINES.values() for name in section]
    assert list(BOARD_HEADLINES) == [name for name in headlines if name in BOARD_HEADLINES]


@pytest.mark.parametrize("segment", ["all", "region=APAC"])
def test_the_short_one_holds_about_a_dozen_of_the_same_rows(sample, segment):
    kit = sample(segment=segment)
    short, full = kit.scorecard(short=True).data, kit.scorecard().data
    assert 10 <= len(short) <= 14
    shared = list(short)
    same = full[full["Metric"].isin(short["Metric"])][shared].reset_index(drop=True)
    assert short[shared].equals(same) and "Last 24 months" in full


def test_changes_on_the_month_and_on_the_year_stand_side_by_side(sample):
    kit = sample()
    rows = kit.scorecard().data
    rows.index = [title.partition("  ")[0] for title in rows["Metric"]]
    mrr, ago = (kit.frame("mrr", back=back)["value"].item() for back in (0, 12))
    assert rows.loc["MRR", "On Jun 2025"] == f"+{mrr / ago - 1:.1%}"
    now, then = (kit.frame("customer_churn_rate", back=back).iloc[0] for back in (0, 12))
    change = rows.loc["Customer churn rate", "On Jun 2025"]
    sure = distinguishable(now, then, kit.selection.metric("customer_churn_rate"))
    assert change.startswith(f"{100 * (now['value'] - then['value']):+.1f}".replace("-", "−"))
    assert change.endswith("≈") is not sure


def test_the_change_on_the_year_of_a_year_stands_once(sample):
    columns = list(sample(period="2025").scorecard(short=True).data)
    assert columns.count("On 2024") == 1 and sum("On " in each for each in columns) == 1


@pytest.mark.parametrize(("period", "months"), [("2026-06", 6), ("2026-Q1", 3), ("2025-12", 12)])
def test_the_year_so_far_is_what_its_months_add_up_to(sample, period, months):
    kit, month = sample(period=period), sample(period=f"{period[:4]}-{months:02d}")
    for name in ("net_new_mrr", "new_customers"):
        total = month.frame(name, periods=months)["value"].sum()
        assert kit.selection.judgement.to_date(name) == pytest.approx(total)
    assert math.isnan(kit.selection.judgement.to_date("mrr")), "a level does not add up"
    assert f"in {period[:4]})" in kit.scorecard().text


def test_the_year_so_far_is_not_told_with_a_month_missing(made):
    rows = [made.row("new_customers", 10.0, period=f"2026-0{month}") for month in (1, 2, 4, 5, 6)]
    assert math.isnan(made.kit_of(rows).selection.judgement.to_date("new_customers"))


def test_what_a_figure_rests_on_stands_beside_its_name(sample):
    text = sample().scorecard().text
    assert re.search(r"^NPS  2,287 answers, 12 months ", text, re.M)
    assert re.search(r"^Customer churn rate  9,553 customer-months ", text, re.M)
    assert re.search(r"^CAC  561 new customers, 12 months ", text, re.M)
    assert re.search(
        r"^LTV by formula, 43 months  997 customers, only 36 months of history ", text, re.M
    )
    assert re.search(r"^LTV over 24 months  1,387 customers ", text, re.M)


def test_a_verdict_stands_beside_its_figure_before_the_month_and_its_changes(sample):
    first = ["Metric", "Over 12 months", "Target", "Status", "Jun 2026"]
    assert list(sample().scorecard().data)[:5] == first


@settings(deadline=None, max_examples=15)
@given(st.floats(1, 1e6), st.floats(1, 1e6))
def test_a_plan_is_told_with_the_variance(made, actual, planned):
    from dataclasses import replace

    from cs_lib.report.tables.scorecard_table import ScorecardRow, scorecard_line
    from cs_lib.report.text.measure_row import Reading

    kit = made.kit_of([made.row("mrr", actual)])
    row = ScorecardRow("", kit.selection.metric("mrr"), Reading.of(made.row("mrr", actual)))
    assert scorecard_line(row, kit.formatter)["plan"] == ""
    text = scorecard_line(replace(row, planned=planned), kit.formatter)["plan"]
    shown = kit.formatter.ends((actual, planned), "money")[1]
    assert text.startswith(f"plan {shown}")
    assert (" above it" in text) <= (actual > planned) and (" below it" in text) <= (
        actual < planned
    )


def test_a_target_met_by_a_lifetime_beyond_the_history_is_marked(sample):
    """Of 43 months by formula only 36 are on record: "met" alone would be taken wrongly."""
    kit = sample()
    text, front = kit.scorecard(short=True).text, str(kit.front_page())
    assert re.search(
        r"LTV:CAC by formula, 43 months  997 customers, only 36 months of history .* ✓ met  by formula alone",
        text,
    )
    assert "stayed 43 months on average, longer than the 36 months of history." in text
    assert "formula" not in front, "of those met the page names none"
    assert "longer than the 36 months of history" in str(kit.say("ltv_to_cac"))
    assert not re.search("LTV:CAC over 24 months  .* of history", text), (
        "survival reaches no further than it saw"
    )


def test_one_within_the_history_is_not(made):
    from cs_lib.report.tables.scorecard_table import ScorecardRow
    from cs_lib.report.text.front_sentences import on_paper
    from cs_lib.report.text.measure_row import Reading

    row = made.row("ltv_to_cac", 4.0, variant="ratio")
    metric = made.kit_of([row]).selection.metric
    entry = ScorecardRow("", metric("ltv_to_cac"), Reading.of(row), months=30, history=36)
    assert not entry.is_beyond_history
    assert on_paper(["ltv_to_cac"], 30, 36, metric) == on_paper([], 43, 36, metric) == ""
    assert on_paper(["ltv_to_cac"], 43, 36, metric) == (
        "LTV:CAC is met by formula alone (43 months; 36 on record)."
    )


def test_the_front_page_says_it_where_it_says_that_all_are_met(sample):
    from dataclasses import replace

    from cs_lib.kit.kit_front import _on_paper

    selection = sample().selection
    front = selection.judgement.front(selection.segment)
    assert "ltv_to_cac" in front.met and _on_paper(selection, front) == ""
    every = replace(front, met=front.judged)
    assert _on_paper(selection, every).startswith("LTV:CAC is met by formula alone")
