"""Tables: exact text, light and accessible HTML, nothing from the data unescaped."""

import re

import pytest

from cs_lib.metrics.catalogue import CATALOGUE
from cs_lib.report.display import LeftOut
from cs_lib.report.tables import measure_tables
from cs_lib.report.tables.scorecard_table import signals_table
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter

US = Formatter()
METRICS = {metric.name: metric for metric in CATALOGUE}
EVIL = '<script>alert("x")</script> & <b>'


def by_plan(made):
    return made.frame(*made.churn_by_plan().to_dict("records"), made.share(36, 1004))


def test_a_table_by_segment_reads_in_plain_text(made):
    frame, churn = by_plan(made), METRICS["customer_churn_rate"]
    standings = [
        made.standing(churn, row, 0.06 if row["segment"] == "plan=Pro" else 0.025)
        for row in frame.to_dict("records")
    ]
    table = measure_tables.metric_table(
        frame,
        METRICS,
        US,
        rows=measure_tables.SEGMENTS,
        standings=standings,
        caption="Churn by plan",
    )
    assert (
        table.text
        == """\
Churn by plan

Plan        Value  95% interval      n          Target  Status
---------------------------------------------------------------------------
Starter      5.4%  3.5% to 8.1%    390  ≤ 2.5% a month  ✗ missed
Team         2.6%  1.4% to 5.0%    340  ≤ 2.5% a month  ~ too close to call
Pro          2.3%  1.0% to 5.2%    220    ≤ 6% a month  ✓ met
Enterprise   1.9%  0.3% to 9.8%     54  ≤ 2.5% a month  ~ too close to call
All          3.6%  2.6% to 4.9%  1,004  ≤ 2.5% a month  ✗ missed"""
    )


def test_changes_and_missing_figures_are_told(made):
    now = made.frame(
        made.share(31, 1004),
        made.row("mrr", "standard", value=1_243_800),
        made.row("quick_ratio", "standard"),
        made.row("arpa", "standard", status="suppressed"),
    ).assign(distinguishable=[False, None, None, None])
    before = made.frame(
        made.share(27, 998, period="2026-05"),
        made.row("mrr", "standard", "2026-05", value=1_204_300),
    )
    table = measure_tables.metric_table(now, METRICS, US, before=before, caption="Scorecard")
    assert (
        table.text
        == """\
Scorecard

Metric                    Value  95% interval      n  Change from May 2026  Unusual change  Status
-----------------------------------------------------------------------------------------------------------------
Customer churn rate        3.1%  2.2% to 4.3%  1,004               +0.4 pp  no
MRR                  $1,243,800                                      +3.3%
Quick ratio                   –                                                             undefined (no losses)
ARPA                          –                                                             hidden: fewer than 5"""
    )


def test_a_change_says_from_when_though_rows_are_of_different_months(made):
    """Renewals due are told of June and those renewed of May, and the head said "Change"."""

    def heads(*pairs):
        now, before = ([pair[at] for pair in pairs] for at in (0, 1))
        frames = (
            made.frame(*(made.row(name, "standard", when, value=9.0) for name, when in rows))
            for rows in (now, before)
        )
        now, before = frames
        table = measure_tables.metric_table(now, METRICS, US, before=before, caption="Renewals")
        return table.text.splitlines()[2]

    due, renewed = ("renewals_due", "renewals_kept")
    june, may = (((due, "2026-06"), (due, "2026-05")), ((renewed, "2026-05"), (renewed, "2026-04")))
    assert "Change from the month before" in heads(june, may)
    assert "Change from May 2026" in heads(june)
    assert "Change from May 2026" in heads(june, ((renewed, "2026-06"), (renewed, "2026-05")))
    assert heads(june, ((renewed, "2026-05"), (renewed, "2025-05"))).rstrip().endswith("Change")


def test_every_cell_label_and_note_from_the_data_is_escaped(made):
    rows = made.frame(
        made.share(3, 90, by="plan", segment=f"plan={EVIL}"),
        made.share(4, 90, by="plan", segment="plan=B"),
    )
    shown = [
        measure_tables.metric_table(
            rows, METRICS, US, rows=measure_tables.SEGMENTS, caption=EVIL, notes=[EVIL]
        ),
        measure_tables.movement_table(
            made.frame(
                *made.movements(by="plan", segment=f"plan={EVIL}").to_dict("records"),
                *made.movements(by="plan", segment="plan=B").to_dict("records"),
            ),
            US,
        ),
        build_table(
            [{"a": EVIL, "b": EVIL, "g": EVIL}],
            [TableColumn("a", EVIL), TableColumn("b", EVIL, muted=True, under=EVIL)],
            caption=EVIL,
            group="g",
        ),
    ]
    for table in shown:
        assert "<script" not in table.html and "<b>" not in table.html
        assert "&lt;script&gt;" in table.html and "&amp;lt;" not in table.html
        assert EVIL in table.text


def test_the_markup_is_light_and_accessible(made):
    table = measure_tables.metric_table(
        by_plan(made), METRICS, US, rows=measure_tables.SEGMENTS, caption="Churn"
    )
    assert "<caption>Churn</caption>" in table.html
    assert table.html.count('scope="row"') == 5 and table.html.count('scope="col"') == 4
    assert not re.search(r"<style|\sstyle=|\sid=|gt_|<script", table.html)
    assert len(table.html) < 2000
    again = measure_tables.metric_table(
        by_plan(made), METRICS, US, rows=measure_tables.SEGMENTS, caption="Churn"
    )
    assert again.html == table.html and again.text == table.text


def test_movements_reconcile_on_the_page(made):
    table = measure_tables.movement_table(
        made.frame(
            *made.movements("2026-05", reactivation=0).to_dict("records"),
            *made.movements("2026-06", reactivation=0).to_dict("records"),
        ),
        US,
    )
    assert (
        table.text
        == """\
From opening to closing

Movement       May 2026    Jun 2026
-----------------------------------
Opening      $1,204,300  $1,204,300
New             $52,400     $52,400
Expansion       $21,700     $21,700
Contraction     −$9,800     −$9,800
Churn          −$27,900    −$27,900
Closing      $1,240,700  $1,240,700"""
    )


def test_the_cohort_triangle_leaves_the_unseen_empty(made):
    table = measure_tables.cohort_table(made.cohorts(4), US, max_age=12)
    assert (
        table.text
        == """\
Retention by cohort

                                  Per cent remaining, by months after joining
Joined in              Customers     1     2     3
--------------------------------------------------
Mar 2026                     154  90.3  82.5  77.9
Apr 2026                     122  94.3  85.2
May 2026                     109  90.8
Jun 2026                     142
All, weighted by size             91.7  83.7  77.9
An empty cell is not yet observable."""
    )
    assert isinstance(measure_tables.cohort_table(made.cohorts(1), US), LeftOut)


def test_the_rules_of_a_metric_stand_side_by_side(made):
    rows = made.frame(
        made.share(26, 980),
        made.row(variant="stripe", value=0.04, numerator=40, denominator=1.0, low=0.03, high=0.05),
    )
    lines = measure_tables.variants_table(
        rows, METRICS["customer_churn_rate"], US
    ).text.splitlines()
    assert lines[4].startswith(
        "snapshot (used in the reports)   2.7%  1.8% to 3.9%  26 customers paying"
    )
    assert " ÷ 1 customer paying at the start of the period, plus" in lines[5]


def test_sections_keep_together_whatever_the_order():
    table = build_table(
        [{"a": "x", "g": "one"}, {"a": "y", "g": "two"}, {"a": "z", "g": "one"}],
        [TableColumn("a", "A", left=True)],
        caption="",
        group="g",
    )
    assert table.text.splitlines() == ["A", "-", "[one]", "x", "z", "[two]", "y"]


def test_words_where_a_figure_would_stand_wrap_or_they_make_the_whole_table_wide():
    rows = [{"rule": "sBG", "value": "undefined (nobody paying at the end of the period)"}]
    rows.append({"rule": "formula", "value": "hidden: fewer than 5"})
    columns = (TableColumn("rule", "Rule"), TableColumn("value", "Value"))
    plain = build_table(rows, columns, caption="").html
    assert re.findall(r"<td( class=.*?)>", plain) == [' class="right words"', ' class="right"']
    kind = build_table(rows, columns, caption="", kind="scorecard").html
    assert '<td class="right words of-value" data-heading="Value">' in kind


def test_wide_letters_and_control_characters_keep_the_columns_aligned():
    table = build_table(
        [{"a": "日本", "b": "1"}, {"a": "a\nb\x00c", "b": "2"}],
        [TableColumn("a", "A", left=True), TableColumn("b", "B")],
        caption="",
    )
    assert table.text.splitlines()[2:] == ["日本   1", "a b c  2"]


@pytest.mark.parametrize(
    "rows",
    [
        measure_tables.METRICS,
        measure_tables.SEGMENTS,
        measure_tables.PERIODS,
        measure_tables.VARIANTS,
    ],
)
def test_an_empty_slice_gives_an_empty_table(made, rows):
    table = measure_tables.metric_table(
        made.churn_by_plan().iloc[:0], METRICS, US, rows=rows, caption="Nothing"
    )
    assert table.text.startswith("Nothing")


@pytest.mark.parametrize(
    ("name", "value", "news"),
    [
        ("customer_churn_rate", 0.06, "bad"),
        ("customer_churn_rate", 0.01, "good"),
        ("csat", 0.90, "good"),
        ("csat", 0.50, "bad"),
        ("response_rate", 0.90, "good"),
        ("acquisition_cost", 0.50, "a change"),
    ],
)
def test_what_moved_is_good_or_bad_news_by_its_direction(made, name, value, news):
    limits = {"centre": 0.7, "limit_low": 0.65, "limit_high": 0.75}
    if name == "customer_churn_rate":
        limits = {"centre": 0.03, "limit_low": 0.02, "limit_high": 0.04}
    row = made.row(name, METRICS[name].canonical, value=value, n=500) | limits
    table = signals_table(made.frame(row), METRICS, US, caption="Signals")
    *_, told, note = table.text.splitlines()
    assert told.endswith(f" {news}"), table.text
    assert "not their average" in note


def test_a_table_tells_losses_as_how_much_was_lost(made, catalogue):
    rows = [
        made.row("churned_mrr", "standard", period, value=value)
        for period, value in (("2026-06", -613.0), ("2026-05", 0.0))
    ]
    text = measure_tables.metric_table(
        made.frame(rows[0]),
        {"churned_mrr": catalogue("churned_mrr")},
        Formatter(),
        before=made.frame(rows[1]),
    ).text
    assert "$613" in text and "−" not in text and "+$613" in text
