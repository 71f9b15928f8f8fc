"""What is told of the customer base, on figures published elsewhere and on ones made up to be awkward."""

import re

import pytest

from cs_lib.period import Period
from cs_lib.report import figures
from cs_lib.report.display import LeftOut
from cs_lib.report.tables import base_tables
from cs_lib.report.text import base_sentences
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import Reading

UK, US = Formatter(currency="GBP", locale="en_GB"), Formatter()
QUARTERS = Period.parse("2011-Q2"), Period.parse("2011-Q3")
#: UCI Online Retail, the second quarter of 2011 and the third (METRICS §6)
MOVES = {
    "new": (357155.532, 656),
    "returned": (179205.58, 294),
    "increased": (510425.76, 700),
    "decreased": (-266389.199, 511),
    "lost": (-391132.991, 780),
}
AMOUNT = r"[$£]\d[\d.,]*\d[KM]?"
BEFORE, NOW = 1809008.611, 2198273.293


def of(*values, **options):
    return [Reading(value=each, **options) for each in values]


def shares(**values):
    return {name: Reading(value=value) for name, value in values.items()}


def test_what_orders_moved_is_told_and_drawn_and_adds_up(made):
    args = MOVES, BEFORE, NOW, QUARTERS, UK
    said = made.said_well(base_sentences.order_moves_sentence(*args))
    assert said.startswith("Revenue rose by 21.5% from £1.81M in Q2 2011 to £2.20M in Q3 2011.")
    assert "£0.36M from 656 customers who were new" in said
    assert "£0.39M with 780 customers who did not order again" in said
    table = base_tables.moves_table(*args)
    assert table.data["amount"].sum() == pytest.approx(NOW - BEFORE)
    assert "+£0.39M" in str(table) and "21.5%" in str(table)
    steps = [(base_sentences.MOVE_WORDS[name][0], amount) for name, (amount, _) in MOVES.items()]
    chart = figures.moves_waterfall("Revenue", ("Q2", "Q3"), BEFORE, steps, NOW, UK)
    bars = [m for m in chart.marks if m.kind == "box" and m.meaning in ("gained", "lost")]
    assert [m.meaning for m in bars] == ["gained"] * 3 + ["lost"] * 2
    assert bars[-1].points[1][1] == pytest.approx(NOW), "the last step ends where Q3 begins"
    drawn = {m.text.lstrip("+−") for m in chart.marks if m.kind == "text" and "£" in m.text}
    amounts = set(re.findall(AMOUNT, f"{said} {table}"))
    assert len(amounts) == 7 and amounts <= drawn, "one unit in all three"


def test_what_did_not_move_is_not_told(made):
    moves = MOVES | {"returned": (0.0, 0), "lost": (0.0, 0)}
    said = made.said_well(base_sentences.order_moves_sentence(moves, BEFORE, BEFORE, QUARTERS, UK))
    assert "came back" not in said and "did not order" not in said
    assert said.startswith("Revenue stayed at £1.81M")


def test_a_year_is_told_in_the_unit_in_which_it_is_drawn(made):
    """Beside bars of −$27,939 the sentence said $27.9K."""
    periods = Period.parse("2025-06"), Period.parse("2026-06")
    steps, ago, now = {"lost": -27_939.0, "gained": 26_894.0, "since": 112_489.0}, 143_438, 254_882
    told = base_sentences.year_moves_sentence(steps, ago, now, periods, US, inside=False)
    title = base_sentences.rose_words("MRR", ago, [*steps.values()], now, periods, US)
    chart = figures.moves_waterfall("MRR", ("a", "b"), ago, [*steps.items()], now, US, says=title)
    drawn = {m.text.lstrip("+−") for m in chart.marks if m.kind == "text"}
    amounts = re.findall(AMOUNT, made.said_well(told))
    assert len(amounts) == 5 and set(amounts) <= drawn
    assert set(re.findall(AMOUNT, title)) == {*amounts[:2]}


@pytest.mark.parametrize("scale", [1, 10.0, 83.7, 1000.0])
def test_a_part_is_that_of_the_amounts_as_they_are_printed(scale):
    """$19.3K, where there had been $20.1K, was 96.3%: a reader who divides gets 96.0%."""

    def amount(text):
        return float(text.strip("$KM").replace(",", "")) * {"K": 1e3, "M": 1e6}.get(text[-1], 1)

    rows = [
        ("2026", 6_648.9 * scale, float("nan")),
        ("2025", 1_934.6 * scale, 2_009.5 * scale),
        ("2024", 6_721.8 * scale, 6_612.1 * scale),
    ]
    whole = sum(now for _, now, _ in rows)
    periods = Period.parse("2025-06"), Period.parse("2026-06")
    table = base_tables.vintage_table(rows, whole, "MRR", periods, US)
    cells = [line.split() for line in str(table).splitlines() if line[:4].isdigit()]
    total = amount(str(table).splitlines()[-2].split()[1])
    for _, now, share, *then in cells:
        assert share == US.percent(amount(now) / total)
        if then:
            assert then[1] == US.percent(amount(now) / amount(then[0]))
    assert sum(len(cell) == 5 for cell in cells) == 2


@pytest.mark.parametrize(
    ("line", "has_target", "says"),
    [
        (1.0, False, "That one customer decides on which side of 100% it stands."),
        (0.95, True, "That one customer decides on which side of its target of 95% it stands."),
        (1.1, True, "would be 93.0% instead of 104.0%."),
    ],
)
def test_one_customer_who_decides_is_said(made, line, has_target, says):
    pair = of(1.04, 0.93)
    said = base_sentences.without_largest_sentence(*pair, line, has_target, US)
    assert made.said_well(said).endswith(says)


def test_shares_that_are_hidden_or_of_all_are_not_told(made):
    now = shares(top_10=1.0, top_tenth=0.4, equal_customers=6.2)
    now["top_1"] = Reading(status="suppressed")
    options = {"money": "MRR", "paying": float("nan"), "grain": "month", "formatter": US}
    said = made.said_well(base_sentences.concentration_sentence(now, [], **options))
    assert said.startswith("The largest tenth brings 40.0% of MRR. The customers spread the risk")
    now = shares(top_1=0.4, top_10=0.9, top_tenth=0.5)
    said = base_sentences.concentration_sentence(now, [0.55, 0.6, 0.7], **options)
    assert "lower than in any of the 3 months before (55.0% to 70.0%)" in made.said_well(said)


def test_a_hidden_tenth_is_a_gap_that_says_so(made):
    tenths = [Reading(status="suppressed"), *of(*[0.07] * 9)]
    said = base_sentences.tenths_sentence(tenths, "MRR", "pay", US)
    assert made.said_well(said).startswith("The tenth who pay least bring 7.0% of MRR and the half")
    chart = figures.tenths_chart(tenths, US, money="MRR")
    assert "1: hidden" in chart.alt
    assert any("hidden: fewer than 5" in m.text for m in chart.marks if m.kind == "text")


def test_the_shares_of_two_periods_are_no_line():
    periods = [Period.parse("2026-05"), Period.parse("2026-06")]
    drawn = figures.largest_shares({"top_1": [0.1, 0.2]}, periods, US, money="MRR")
    assert isinstance(drawn, LeftOut)


def test_older_years_beyond_six_are_one_band(made, catalogue):
    rows = [
        made.row("mrr_by_vintage", "standard", month, "joined_in", f"joined_in={year}", value=10.0)
        for month in ("2026-04", "2026-05", "2026-06")
        for year in range(2017, 2027)
    ]
    metric = catalogue("mrr_by_vintage")
    chart = figures.mrr_line(made.frame(*rows), metric, US, by_name=True)
    assert "2021 and before $50, 2022 $10" in chart.alt


def test_years_of_joining_are_told_from_the_newest(made):
    rows = [("2026", 20.0, float("nan")), ("2025", 30.0, float("nan")), ("2024", 50.0, 40.0)]
    periods = Period.parse("2025-06"), Period.parse("2026-06")
    said = made.said_well(base_sentences.vintage_sentence(rows, 100.0, "MRR", periods, US))
    assert "20.0% comes from customers who joined in 2026, 30.0% from those of 2025" in said
    assert "by the end of 2024 bring 125.0% of what they did in June 2025" in said
    table = base_tables.vintage_table(rows, 100.0, "MRR", periods, US)
    assert str(table).count("125.0%") == 1


def test_a_year_without_losses_or_gains_says_so(made):
    periods = Period.parse("2018-08"), Period.parse("2019-08")
    steps = {"lost": 0.0, "gained": 0.0, "since": 980.0}
    said = base_sentences.year_moves_sentence(steps, 260, 1240, periods, US, inside=False)
    assert made.said_well(said).endswith(
        "The customers of August 2018 pay what they paid then. Customers who did not pay then bring $980."
    )
    steps = {"lost": -20.0, "gained": 0.0, "since": -40.0}
    said = base_sentences.year_moves_sentence(steps, 260, 200, periods, US, inside=True)
    assert made.said_well(said).endswith(
        "those who left or pay less took $20. Moves to and from other segments took $40 on balance."
    )
