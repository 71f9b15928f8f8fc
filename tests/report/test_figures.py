"""Figures are tested on the numbers and marks that they draw, not on their pixels."""

import os
import subprocess
import sys

import matplotlib as mpl
import pandas as pd
import pytest
from chart_samples import NAMES, NPS_SCALE, US, drawings

from cs_lib.report import figures
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures import dot_plots, theme
from cs_lib.report.tables.figure_data import figure_data
from cs_lib.vocabulary import FIGURE_DATA_MIME

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_says_what_it_shows_and_is_the_same_every_time(made, catalogue, name):
    draw, frame = drawings(made, catalogue)[name]
    before = frame.copy(deep=True)
    first, second = draw(frame), draw(frame)
    assert isinstance(first, ReportFigure) and first.png.startswith(PNG)
    assert b"Software" not in first.png, "no version of a tool in the bytes"
    assert first.png == second.png and first.digest == second.digest and first.alt == second.alt
    assert first.alt.endswith(".") and "nan" not in first.alt.lower() and len(first.alt) > 40
    assert frame.equals(before), "the reader's frame is left as it was"


@pytest.mark.parametrize("name", NAMES)
def test_the_digest_changes_with_a_drawn_number(made, catalogue, name):
    draw, frame = drawings(made, catalogue)[name]
    place = frame.index[frame["value"].notna()][-1]
    if name.startswith("heat map"):
        place = frame.index[(frame["age"] == 1) & frame["value"].notna()][0]
    usual, changed = draw(frame).digest, frame.astype({"value": float})
    changed.loc[place, "value"] = changed.loc[place, "value"] * 1.01 + 0.001
    assert draw(changed).digest != usual
    noise = frame.astype({"value": float})
    noise["value"] *= 1 + 1e-12
    assert draw(noise).digest == usual, "noise below six digits does not matter"


@pytest.mark.parametrize("what", ["BLUE", "GREEN", "LOWER_IS_BETTER"])
def test_the_digest_changes_with_what_is_painted(made, catalogue, monkeypatch, what):
    draw, frame = drawings(made, catalogue)["segments"]
    before = draw(frame)
    monkeypatch.setattr(dot_plots, what, theme.PURPLE)
    monkeypatch.setitem(theme.TEXT, theme.PURPLE, theme.TEXT[theme.GREEN])
    after = draw(frame)
    assert after.digest != before.digest
    assert after.alt == before.alt and after.data.equals(before.data)


def test_a_trend_tells_its_latest_and_its_extremes(made, catalogue):
    figure = figures.trend(
        made.churn_by_month(), catalogue("customer_churn_rate"), US, target=0.025
    )
    assert figure.alt == (
        "Line chart: Customer churn rate, June 2025 to June 2026, 13 periods. Latest 2.7% in June 2026 "
        "(95% interval 1.8% to 3.9%); lowest 2.0% in June 2025, highest 3.3% in August 2025. "
        "The target is at most 2.5%."
    )
    assert list(figure.data.columns) == ["period", "value", "low", "high", "status"]


def test_a_period_without_a_figure_leaves_a_gap_and_is_counted(made, catalogue):
    frame = made.churn_by_month().drop(index=[4])
    figure = figures.trend(frame, catalogue("customer_churn_rate"), US)
    assert len(figure.data) == 13 and figure.data["value"].isna().sum() == 1
    assert figure.alt.endswith("1 period without a figure.")


def test_unseen_cohort_cells_are_not_zeros(made):
    figure = figures.retention_heatmap(made.cohorts(7), US)
    assert figure.data["month 6"].notna().sum() == 2, "the oldest cohort, and the mean"
    assert "13" not in figure.alt.split("Highest")[0]


def test_the_smallest_segments_become_other(made, catalogue):
    plans = [f"P{i}" for i in range(9)]
    frame = made.mrr_by_month(plans, count=3)
    figure = figures.mrr_line(frame, catalogue("mrr"), US)
    assert figure.data["segment"].nunique() == 6 and "other" in set(figure.data["segment"])
    assert figure.data["value"].sum() == pytest.approx(frame["value"].sum())


@pytest.mark.parametrize("plans", [("",), ("P1", "P2")])
@pytest.mark.parametrize("gone", ["2025-06", "2025-12", "2026-06"])
def test_an_amount_that_is_not_known_is_no_zero(made, catalogue, plans, gone):
    frame = made.mrr_by_month(plans)
    unseen = frame["period_start"] == pd.Timestamp(f"{gone}-01")
    assert unseen.any()
    frame = frame.assign(
        value=frame["value"].mask(unseen), status=frame["status"].mask(unseen, "immature")
    )
    figure = figures.mrr_line(frame, catalogue("mrr"), US)
    assert figure.data["value"].isna().sum() == len(plans) and "$0" not in figure.alt
    assert "1 period without a figure." in figure.alt
    few = frame[unseen | frame["period_start"].isin(["2025-07-01", "2025-08-01"])]
    assert isinstance(figures.mrr_line(few, catalogue("mrr"), US), LeftOut)


def test_hidden_answers_are_not_called_none(made):
    hidden = made.answers({9: 3}).assign(status="suppressed", value=float("nan"))
    shown = figures.score_distribution(hidden, US, **NPS_SCALE)
    assert isinstance(shown, LeftOut) and shown.reason == "hidden: fewer than 5"


def test_too_little_to_draw_is_said_in_words(made, catalogue):
    churn = catalogue("customer_churn_rate")
    undefined = made.frame(*(made.row(period=p) for p in made.months(count=4)))
    plans = made.frame(made.row(by="plan", segment="plan=Pro", status="suppressed"))
    shown = [
        figures.trend(made.churn_by_month(1), churn, US),
        figures.trend(made.churn_by_month(2), churn, US),
        figures.trend(undefined, churn, US),
        figures.trend(undefined.iloc[:0], churn, US),
        figures.segment_dots(plans, churn, US),
        figures.segment_dots(plans.iloc[:0], churn, US),
        figures.segment_dots(made.churn_by_plan().iloc[:1], churn, US),
        figures.segment_dots(plans.iloc[:0], catalogue("ces"), US, scale=(1, 7)),
        figures.score_distribution(made.answers({9: 0}), US, **NPS_SCALE),
        figures.score_distribution(made.answers({9: 5, 3: 4}), US, **NPS_SCALE),
        figures.mrr_line(made.mrr_by_month(count=2), catalogue("mrr"), US),
        figures.mrr_line(made.mrr_by_month().assign(value=0.0), catalogue("mrr"), US),
        figures.movement_waterfall(made.movements(scale=0.0), US),
        figures.mrr_line(made.mrr_by_month().iloc[:0], catalogue("mrr"), US),
        figures.movement_waterfall(made.movements().iloc[1:], US),
        figures.retention_heatmap(made.cohorts(2), US),
        figures.survival_curve(made.curve().assign(at_risk=9), US),
        figures.survival_curve(made.curve().query("t == 0"), US),
        figures.survival_curve(made.curve().iloc[:0], US),
    ]
    for each in shown:
        assert isinstance(each, LeftOut) and each.reason and each.what


@pytest.mark.parametrize("count", [3, 4, 37, 120])
def test_few_and_many_periods_can_be_drawn(made, catalogue, count):
    assert figures.trend(made.churn_by_month(count), catalogue("customer_churn_rate"), US).digest


def test_extreme_figures_can_be_drawn(made, catalogue):
    churn = catalogue("customer_churn_rate")
    zeros = made.frame(*(made.share(0, 50, period=p) for p in made.months(count=3)))
    everybody = made.frame(*(made.share(50, 50, by="plan", segment=f"plan={i}") for i in range(30)))
    assert figures.trend(zeros, churn, US, target=0.0).digest
    bars = figures.segment_dots(everybody, churn, US, overall=made.share(1500, 1500))
    assert len(bars.data) == 20
    for amounts in ({"opening": 0}, {"opening": 0, "new": 0}, {"churned": -1_204_300}):
        assert figures.movement_waterfall(made.movements(**amounts), US).digest
    ends = made.frame(
        *(
            made.nps_row(*counts, by="plan", segment=f"plan={plan}")[0]
            for plan, counts in (("A", (0, 0, 5)), ("B", (5, 0, 0)))
        )
    )
    assert figures.segment_dots(ends, catalogue("nps"), US).alt.endswith(
        "by plan in June 2026, highest first: B 100.0 points, A −100.0 points."
    )


def test_segment_names_are_drawn_as_they_are(made, catalogue):
    names = ("$5 to $10", "a_b^2 \\frac", "日本", "<script>", "x" * 200)
    rows = made.frame(
        *(made.share(5, 60 + i, by="plan", segment=f"plan={n}") for i, n in enumerate(names))
    )
    figure = figures.segment_dots(rows, catalogue("customer_churn_rate"), US)
    assert all(name in figure.alt for name in names)


def test_letters_that_no_font_has_are_told_in_one_sentence(made, catalogue, monkeypatch):
    monkeypatch.setattr(theme, "_families", lambda: ["DejaVu Sans"])
    churn = catalogue("customer_churn_rate")

    def foot(*plans):
        rows = [made.share(5, 60 + i, by="plan", segment=f"plan={p}") for i, p in enumerate(plans)]
        figure = figures.segment_dots(made.frame(*rows), churn, US)
        return [mark.text for mark in figure.marks if mark.text.startswith("No font")]

    theme._letters.cache_clear()
    assert foot("日本", "한국", "€ Ærø – ≥5 ₦") == [
        "No font here has these letters (CJK, HANGUL): install Noto Sans CJK."
    ]
    assert foot("Pro", "Ærø – ₦") == []
    theme._letters.cache_clear()


@pytest.mark.slow
def test_drawing_and_importing_leave_the_readers_settings_alone(made, catalogue):
    with mpl.rc_context({"font.size": 30.0, "axes.facecolor": "black"}):
        before = dict(mpl.rcParams)
        loud = figures.trend(made.churn_by_month(), catalogue("customer_churn_rate"), US)
        assert dict(mpl.rcParams) == before
    quiet = figures.trend(made.churn_by_month(), catalogue("customer_churn_rate"), US)
    assert loud.png == quiet.png
    code = (
        "import matplotlib; before = dict(matplotlib.rcParams.copy()); import cs_lib.report.figures;"
        "assert dict(matplotlib.rcParams.copy()) == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_survival_curve_says_where_half_have_left_or_that_more_remain(made):
    curve = made.curve()
    assert "more than half remain" in figures.survival_curve(curve[curve["value"] > 0.5], US).alt


def test_a_survival_title_rests_on_ten_customers(made):
    curve = made.curve()
    curve["at_risk"] = curve["at_risk"].where(curve["t"] <= 20, 12).where(curve["t"] <= 30, 3)
    whole = figures.survival_curve(curve, US)
    left = curve.set_index("t")["value"][30]
    assert whole.title == f"{100 * left:.0f}% still pay after 30 months"
    waiting = figures.survival_curve(curve, US, still="still wait")
    says = " ".join(mark.text for mark in waiting.marks if mark.kind == "text")
    assert "those who still wait count" in says and "left" not in says
    assert "and 3 at its end" in whole.alt and whole.data["months"].max() == 36
    assert ">Months<" in whole.table


def test_a_survival_chart_counts_the_curves_that_it_leaves_out(made):
    small = made.curve(["tiny"]).assign(at_risk=8)
    curves = pd.concat([made.curve(["Pro", "Team"]), small])
    texts = [mark.text for mark in figures.survival_curve(curves, US).marks if mark.kind == "text"]
    assert "1 smallest not drawn" in " ".join(texts)
    plain = figures.survival_curve(made.curve(["Pro", "Team"]), US)
    assert "not drawn" not in " ".join(mark.text for mark in plain.marks if mark.kind == "text")


def test_a_table_says_which_figures_lie_outside_their_limits(made, catalogue):
    draw, frame = drawings(made, catalogue)["control"]
    table = draw(frame).table
    assert table.count(">outside<") == 1 and "True" not in table and "False" not in table


def test_a_table_says_in_words_why_there_is_no_figure():
    data = pd.DataFrame({"period": ["a", "b", "c"], "mrr": [1.0, None, None]})
    data = data.assign(status=["ok", "immature", "suppressed"])
    table = figure_data(data, US, "money", {}, "MRR")
    assert ">MRR</th>" in table and ">not yet observable<" in table and ">hidden: too few<" in table
    assert ">ok<" not in table and "immature" not in table


def test_each_chart_opens_its_numbers_as_a_table(made, catalogue):
    trend = figures.trend(made.churn_by_month(), catalogue("customer_churn_rate"), US)
    table = trend.table
    assert table.startswith('<details class="figure-data"><summary>') and table.count("<tr>") == 14
    assert trend.data["value"].iloc[-1] == pytest.approx(0.027, abs=5e-4) and ">2.7%<" in table
    assert "status" not in table.lower(), "all of them are ok"
    bundle, about = trend._repr_mimebundle_()
    assert bundle[FIGURE_DATA_MIME] == table and about["image/png"]["title"] == trend.title
    hot = figures.retention_heatmap(made.cohorts(7), US)
    size, first = hot.data["size"].iloc[1], hot.data["month 1"].iloc[1]
    assert f">{size:,.0f}<" in hot.table and f">{100 * first:.1f}%<" in hot.table
    assert hot.table.count("<tr>") == len(hot.data) + 1
    odd = made.frame(*(made.share(5, 60 + i, by="plan", segment=f"plan=<b>{i}") for i in range(3)))
    assert "<b>" not in figures.segment_dots(odd, catalogue("customer_churn_rate"), US).table


def test_lines_are_filled_word_by_word():
    told = "Upgrades and price rises brought 6.6% of MRR in October 2025, six times the usual since"
    words = told.split()
    for many in range(len(words) + 1):
        text = "  ".join(words[:many])
        for inches in (0.1, 0.9, 2, 6):
            for bold in (False, True):
                filled: list[str] = []
                for word in words[:many]:
                    longer = f"{filled[-1]} {word}" if filled else ""
                    if filled and theme.width_of(longer, 11, bold=bold) <= inches:
                        filled[-1] = longer
                    else:
                        filled.append(word)
                assert theme.in_lines(text, inches, 11, bold=bold) == filled


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kernels are forked where the platform can")
def test_kernels_forked_side_by_side_each_read_the_fonts_for_themselves():
    """A font file that they share loses its place: "Could not load glyph"."""
    code = (
        "import os, sys\n"
        "from cs_lib.report.figures.theme import width_of\n"
        "width_of('before')\n"
        "def measure():\n"
        "    try:\n"
        "        [width_of(chr(at) * 3) for at in range(33, 1200)]\n"
        "    except RuntimeError:\n"
        "        os._exit(1)\n"
        "    os._exit(0)\n"
        "children = [os.fork() or measure() for _ in range(4)]\n"
        "sys.exit(any([os.waitpid(child, 0)[1] for child in children]))\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(("lost", "room"), [(0, 3.5), (4, 0.0)])
def test_names_make_room_for_a_dot_at_the_left_end(made, catalogue, monkeypatch, lost, room):
    """A dot at 0% stood on the last letter of its name."""
    rows = made.frame(
        *(
            made.share(each, 80, by="plan", segment=f"plan={name}")
            for name, each in {"A": lost, "B": 5}.items()
        )
    )
    asked, write = [], dot_plots.names_beside

    def names(*given, more):
        asked.append(more)
        return write(*given, more=more)

    monkeypatch.setattr(dot_plots, "names_beside", names)
    figures.segment_dots(rows, catalogue("customer_churn_rate"), US)
    assert asked == [room]
