"""The small pieces of the front page: lines in words' size, spans of periods, targets by segment."""

import base64
import re
import struct
import zlib

import pytest

from cs_lib.period import Period
from cs_lib.report.display import LeftOut
from cs_lib.report.figures import control_chart
from cs_lib.report.tables.sparkline import HEIGHT, SCALE, WIDTH, bars, sparkline
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.segment_sentences import segment_sentence
from cs_lib.vocabulary import HIGHER_IS_BETTER, LOWER_IS_BETTER

US, NAN = Formatter(), float("nan")


def png_of(cell):
    return base64.b64decode(re.search(r"base64,([^\"]+)", cell.html)[1])


def test_a_sparkline_is_a_whole_png_with_its_text():
    cell = sparkline([1, 2, NAN, 4, 3], alt='up & "down"', baseline=2.5, signal=True)
    data = png_of(cell)
    assert data.startswith(b"\x89PNG") and data.endswith(b"IEND\xaeB`\x82")
    wide, high = struct.unpack(">II", data[16:24])
    assert (wide, high) == (WIDTH * SCALE, HEIGHT * SCALE)
    start = data.index(b"IDAT") + 4
    pixels = zlib.decompress(
        data[start : start + struct.unpack(">I", data[start - 8 : start - 4])[0]]
    )
    assert len(pixels) == high * (wide // 2 + 1)
    assert 'alt="up &amp; &quot;down&quot;"' in cell.html
    assert str(cell) == "▁▃·█▆"
    assert len(cell.html) < 8_000


def test_a_sparkline_differs_with_its_figures_and_only_then():
    one, two = ([0.1, 0.2, 0.3], [0.1, 0.3, 0.2])
    assert png_of(sparkline(one, alt="")) == png_of(sparkline(list(one), alt=""))
    assert png_of(sparkline(one, alt="")) != png_of(sparkline(two, alt=""))


@pytest.mark.parametrize("values", [[], [1.0], [NAN, 1.0, 2.0], [NAN] * 5])
def test_too_few_figures_make_no_line(values):
    assert sparkline(values, alt="") == ""


def test_figures_that_never_move_are_level():
    assert bars([3.0, 3.0, 3.0]) == "▄▄▄"
    assert sparkline([3.0, 3.0, 3.0], alt="").html


def test_a_picture_stands_in_the_table_and_its_characters_in_the_text():
    line = sparkline([1, 2, 3], alt="rising")
    table = build_table(
        [{"head": "<b>", "line": line}],
        [TableColumn("head", "M"), TableColumn("line", "L")],
        caption="c",
    )
    assert (
        '<img class="spark" src="data:image/png;base64,' in table.html and "&lt;b&gt;" in table.html
    )
    assert "▁▅█" in table.text


@pytest.mark.parametrize(
    ("first", "last", "span", "within"),
    [
        ("2026-03", "2026-03", "March 2026", "in March 2026"),
        ("2026-03", "2026-04", "March and April 2026", "in March and April 2026"),
        (
            "2025-12",
            "2026-01",
            "December 2025 and January 2026",
            "in December 2025 and January 2026",
        ),
        ("2026-02", "2026-06", "February to June 2026", "from February to June 2026"),
        ("2025-Q3", "2026-Q1", "Q3 2025 to Q1 2026", "from Q3 2025 to Q1 2026"),
    ],
)
def test_a_span_of_periods(first, last, span, within):
    ends = Period.parse(first), Period.parse(last)
    assert (US.span(*ends), US.within(*ends)) == (span, within)


def test_a_rule_may_point_the_other_way_than_its_metric(catalogue):
    assert catalogue("time_to_value").direction_of() == LOWER_IS_BETTER
    assert catalogue("time_to_value").direction_of("within_30") == HIGHER_IS_BETTER
    assert catalogue("csat").direction_of("mean") == HIGHER_IS_BETTER


def test_segments_are_held_against_their_targets(made, catalogue):
    frame = made.frame(
        made.share(900, 1000, metric="csat", variant="standard", by="plan", segment="plan=A"),
        made.share(500, 1000, metric="csat", variant="standard", by="plan", segment="plan=B"),
        made.share(80, 100, metric="csat", variant="standard", by="plan", segment="plan=C"),
    )
    metric = catalogue("csat")
    standings = {
        row["segment"]: made.standing(metric, row, 0.8) for row in frame.to_dict("records")
    }
    said = segment_sentence(metric, frame, formatter=US, standings=standings).text
    assert said.endswith("The target was missed for B and was met for A.")
    assert "target" not in segment_sentence(metric, frame, formatter=US).text


def test_a_control_chart_names_what_lies_outside(made, catalogue):
    frame = made.churn_by_month(6).assign(
        centre=0.03, limit_low=0.01, limit_high=0.05, signal=False
    )
    frame["signal"] = [False, False, True, False, False, False]
    chart = control_chart(frame, catalogue("customer_churn_rate"), US)
    assert "Of 6 periods, 1 lies outside the limits: March 2026" in chart.alt
    assert chart.data["signal"].tolist() == [False, False, True, False, False, False]
    unjudged = frame.assign(centre=NAN)
    assert isinstance(control_chart(unjudged, catalogue("customer_churn_rate"), US), LeftOut)


def test_a_total_that_turns_negative_changes_by_an_amount():
    assert US.change(-585.0, 160.0, "money") == "down $745"
    assert US.change(80.0, 160.0, "money") == "down 50.0%"
