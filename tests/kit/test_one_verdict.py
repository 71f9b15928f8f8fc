"""Wherever a figure is shown, the same verdict and the same signal stand beside it."""

import re

import pytest

from cs_lib.kit import kit_scorecard
from cs_lib.pack.run import figure_files as pack_figures
from cs_lib.pack.workbook.scorecard_sheet import headline
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.report.text.formatting import metric_title
from cs_lib.report.text.verdict_words import MARKS, judged_text
from cs_lib.report.text.word_forms import lower_first
from cs_lib.vocabulary import MET, MISSED, NOT_JUDGED, TOO_CLOSE, TOO_FEW

SAID = {
    MET: r"target of [^.:]*(\.\d[^.:]*)* was met",
    MISSED: r"target of [^.:]*(\.\d[^.:]*)* was missed",
    TOO_CLOSE: r"target of [^.:]*(\.\d[^.:]*)* is too close to call",
    TOO_FEW: "is not judged: too few",
    NOT_JUDGED: "is not judged: the figure has no interval",
}
REPORTS = [
    ("2026-06", "all"),
    ("2026-Q2", "all"),
    ("2026-06", "plan=Solo"),
    ("2026-03", "region=APAC"),
]


@pytest.fixture(params=REPORTS, ids="-".join)
def kit(request, sample):
    return sample(*request.param)


def standings(kit):
    """Metric → its standing, of every target that this report can be held against."""
    segment = kit.selection.segment
    found = {
        name: kit.selection.judgement.standing(name, segment.by, segment.label)
        for name in kit.selection.edition.targets
        if kit.has(name)
    }
    return {name: each for name, each in found.items() if each is not None}


def row_of(text, title):
    return next((line for line in text.splitlines() if line.startswith(f"{title}  ")), None)


#: what a row of the scorecard is called where it is not by the metric's title
SHORT = {"ltv_to_cac": "LTV:CAC by formula"}


def in_scorecard(text, metric):
    """The row of a metric in the scorecard, by its title, with what it rests on behind it."""
    title = re.escape(SHORT.get(metric.name, metric.title))
    return next((line for line in text.splitlines() if re.match(rf"{title}(  |,| \()", line)), None)


def dated(kit, name, title):
    """The title of a figure that is one of an earlier period."""
    return kit.formatter.dated(title, kit.selection.newest(name), unless=kit.selection.period)


def test_sentence_table_and_scorecard_give_one_verdict(kit):
    told, scorecard = standings(kit), kit.scorecard().text
    assert len(told) > 5
    for name, standing in told.items():
        title, mark = metric_title(kit.selection.metric(name)), MARKS[standing.verdict]
        table = kit.table(name, "mrr").text
        row = row_of(table, title) or row_of(table, dated(kit, name, title))
        assert row is None or row.rstrip().endswith(mark), row
        row = in_scorecard(scorecard, kit.selection.metric(name))
        assert f"  {mark}  " in row and sum(f"  {other}  " in row for other in MARKS.values()) == 1
        said = str(kit.say(name))
        if name == "net_new_mrr":
            continue
        assert re.search(SAID[standing.verdict], said), said
        others = [SAID[verdict] for verdict in SAID if verdict != standing.verdict]
        assert not any(re.search(other, said) for other in others), said


def test_the_front_page_gives_the_same_verdicts(kit):
    told, page = standings(kit), kit.front_page()
    front = kit.selection.judgement.front(kit.selection.segment)
    assert len(page.tiles) == 6
    for tile, shown in zip(front.tiles, page.tiles, strict=True):
        verdict = told[tile.metric].verdict if tile.metric in told else None
        assert shown.verdict == (MARKS[verdict] if verdict else "")
    named = page.targets.rstrip(".").partition("oo close to call: ")[2].replace(" and ", ", ")
    undecided = {name for name, each in told.items() if each.verdict == TOO_CLOSE}
    titles = {lower_first(kit.selection.metric(name).title) for name in undecided}
    assert {*filter(None, named.split(", "))} == titles
    missed = {name for name, each in told.items() if each.verdict == MISSED}
    own = [found for story in front.stories for found in story.of_kind("target")]
    own = {found.metric for found in own if found.segment == kit.selection.segment.label}
    assert {found for found in own if told[found].verdict != MET} <= missed
    assert (f"{len(missed)} of {len(front.judged)} targets" in page.targets) == bool(missed)


def test_index_and_workbook_give_the_same_verdicts(sample):
    kit = sample()
    selection, told = kit.selection, standings(kit)
    about = selection.edition, selection.measures, selection.period
    headlines = {each.title: each for each in pack_figures.headlines(selection)}
    workbook = WorkbookFigures(*about)
    shown = 0
    for name, standing in told.items():
        title, said = selection.metric(name).title, (selection.metric(name), selection.formatter)
        shown_there = headline(workbook, name).standing
        assert (shown_there.verdict, shown_there.figure.value) == (
            standing.verdict,
            standing.figure.value,
        )
        if title in headlines:
            shown += 1
            assert headlines[title].status == MARKS[standing.verdict]
            assert headlines[title].value == judged_text(standing.figure, *said).removesuffix(
                " points"
            )
            assert ("June 2026 alone " in headlines[title].change) is standing.pooled
    assert shown >= 3


def test_the_index_of_a_year_says_each_change_once(sample):
    found = pack_figures.headlines(sample("2025").selection)
    assert found and all(each.change.endswith(" on 2024") for each in found)
    assert not any("," in each.change for each in found)


@pytest.mark.parametrize("period", ["2026-06", "2026-Q2"])
def test_the_figure_beside_a_mark_is_the_one_that_was_judged(sample, period):
    """A reader takes a mark as said of the figure beside it: churn of June alone was within its target of 2%."""
    kit = sample(period=period)
    told, formatter = standings(kit), kit.selection.formatter
    rows = kit.scorecard().data
    columns = list(rows)
    assert columns.index("Status") - columns.index("Target") == 1
    judged = columns[columns.index("Target") - 1]
    rows.index = [title.partition("  ")[0] for title in rows["Metric"]]
    seen = 0
    for name, standing in told.items():
        metric = kit.selection.metric(name)
        if metric.title in rows.index and standing.pooled:
            seen += 1
            beside = rows.loc[metric.title, judged]
            assert beside.startswith(judged_text(standing.figure, metric, formatter).split()[0])
            assert rows.loc[metric.title, "Status"] == MARKS[standing.verdict]
    assert seen >= 3


@pytest.mark.slow
def test_chart_sentence_and_scorecard_give_one_signal(kit):
    looked = kit.selection.judgement.signals(kit.selection.segment)
    own = looked[looked["segment"] == kit.selection.segment.label].set_index("metric")
    scorecard, outside = (
        kit.scorecard().text,
        "\n".join(map(str, kit_scorecard.signals(kit.selection))),
    )
    assert len(own) > 5
    for name, row in own.iterrows():
        chart = kit.figure.control_chart(name)
        if hasattr(chart, "data"):
            assert bool(chart.data.dropna(subset="value")["signal"].iloc[-1]) == row["signal"], name
        if name != "net_new_mrr":
            assert (
                bool(re.search(r"(above|below) the trend \(", str(kit.say(name)))) == row["signal"]
            ), name
        title = metric_title(kit.selection.metric(name))
        title = dated(kit, name, title)
        line = in_scorecard(scorecard, kit.selection.metric(name))
        assert line is None or bool(re.search("[▲▼] ", line)) == row["signal"], line
        assert (row_of(outside, title) is not None) >= row["signal"], name
