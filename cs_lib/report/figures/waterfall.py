"""A waterfall: revenue from opening to closing, or from one period to another."""

import math
from typing import Any

import pandas as pd

from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.axis_names import names_below
from cs_lib.report.figures.chart import Chart, Heading
from cs_lib.report.figures.theme import AXIS_LINE, BLUE, ORANGE, Look, drawn, hatched
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import CENT, Reading
from cs_lib.report.text.movement_sentences import MOVEMENT_WORDS, movement_amounts
from cs_lib.report.text.word_forms import capital
from cs_lib.vocabulary import MONEY, SELDOM_MOVED

TITLE = "From opening to closing MRR"
_WIDTH, _HALF = 0.68, 0.34
#: what comes from or goes to another segment is neither gained nor lost
_TRANSFERS = tuple(MOVEMENT_WORDS[each] for each in ("transfer_in", "transfer_out"))
_NEUTRAL = "#b9b9b9"
Steps = list[tuple[str, float]]


@drawn
def movement_waterfall(
    frame: pd.DataFrame,
    formatter: Formatter,
    *,
    says: str = "",
) -> ReportFigure | LeftOut:
    """Opening, what was gained, what was lost, closing, of one period and segment.

    `frame`: rows `opening_mrr`, `new_mrr`, …, `mrr` of the measures. Where the movements are small
    beside the opening the axis is cut, which the broken bars and a note say.
    """
    amounts = movement_amounts(frame)
    opening, closing = amounts["opening"], amounts["closing"]
    if math.isnan(opening) or math.isnan(closing):
        return LeftOut(TITLE, "the opening or the closing is not known")
    if not any(abs(amount) >= CENT for amount in amounts.values()):
        return LeftOut(TITLE, "there was nothing at the start and nothing moved")
    steps = [
        (name, amounts[key])
        for key, name in MOVEMENT_WORDS.items()
        if not math.isnan(amounts[key]) and (key not in SELDOM_MOVED or amounts[key])
    ]
    first = Reading.of(frame.iloc[0])
    where = formatter.segment(first.segment_by, first.segment)
    when = formatter.period(first.period) if first.period else ""
    whose = [part for part in (where, when) if part]
    return _waterfall(
        TITLE, ("opening", "closing"), opening, steps, closing, whose, formatter, says
    )


@drawn
def moves_waterfall(
    title: str,
    ends: tuple[str, str],
    opening: float,
    steps: Steps,
    closing: float,
    formatter: Formatter,
    *,
    where: str = "",
    says: str = "",
) -> ReportFigure:
    """What each kind of customer moved from one period to another; `ends` names the two."""
    whose = [where] if where else []
    return _waterfall(title, ends, opening, steps, closing, whose, formatter, says)


def _waterfall(
    title: str,
    ends: tuple[str, str],
    opening: float,
    steps: Steps,
    closing: float,
    whose: list[str],
    formatter: Formatter,
    says: str,
) -> ReportFigure:
    floor, ceiling = _range(opening, steps, closing)
    cut = f"axis and grey bars cut at {formatter.tick(floor, MONEY)}" if floor > 0 else ""
    heading = Heading.of(title, [*whose, cut], says=says, unit=formatter.currency)
    chart = Chart.of(2.1, heading, formatter, MONEY, bottom=0.42)
    chart.axes.set_ylim(floor, ceiling)
    texts = formatter.moved(opening, [amount for _, amount in steps], closing)
    _draw(chart, opening, steps, closing, ends, texts)
    chart.grid()
    chart.axes.spines["bottom"].set_visible(floor <= 0)
    chart.units(chart.axes.yaxis, ticks=5)
    moved = [f"{name} {text}" for (name, _), text in zip(steps, texts[1:-1], strict=True)]
    alt = f"Waterfall chart: {', '.join([title, *whose])}. {capital(ends[0])} {texts[0]}; "
    alt += f"{', '.join(moved)}; {ends[1]} {texts[-1]}."
    rows = [(ends[0], opening), *steps, (ends[1], closing)]
    data = pd.DataFrame(rows, columns=["step", "amount"])
    return chart.finish(alt=alt, data=data)


def _range(opening: float, steps: Steps, closing: float) -> tuple[float, float]:
    """Where the axis starts and ends: at zero unless the movements would be too small to see."""
    level, levels = opening, [opening, closing]
    for _, amount in steps:
        level += amount
        levels.append(level)
    low, high = min(levels), max(levels)
    swing = high - low
    if low <= 0 or not swing or swing > 0.2 * high:
        return min(0, low * 1.1), (high or 1) * 1.12
    size = 10 ** math.floor(math.log10(swing))
    return max(0, math.floor((low - swing) / size) * size), high + 0.2 * swing


def _draw(
    chart: Chart,
    opening: float,
    steps: Steps,
    closing: float,
    ends: tuple[str, str],
    texts: list[str],
) -> None:
    """`texts`: the amounts of all bars, written alike."""
    axes, level, last = chart.axes, opening, len(steps) + 1
    _draw_level(chart, 0, opening, texts[0])
    for place, (name, amount) in enumerate(steps, start=1):
        _connect(chart, place, level)
        look: Look = {"color": BLUE} if amount >= 0 else hatched(ORANGE)
        meaning = "gained" if amount >= 0 else "lost"
        if name in _TRANSFERS:
            look, meaning = {"color": _NEUTRAL}, "moved between segments"
        axes.bar(place, amount, _WIDTH, bottom=level, gid=meaning, **look)
        text = texts[place] if amount <= 0 else f"+{texts[place]}"
        _above(chart, place, max(level, level + amount), text)
        level += amount
    _connect(chart, last, level)
    _draw_level(chart, last, closing, texts[last])
    names = [name.replace(" ", "\n") for name in (ends[0], *(name for name, _ in steps), ends[1])]
    names_below(axes, range(last + 1), names)
    axes.set_xlim(-0.6, last + 0.6)


def _draw_level(chart: Chart, place: int, amount: float, text: str) -> None:
    """An opening or closing bar; torn at its foot where the axis is cut."""
    floor, ceiling = chart.axes.get_ylim()
    chart.axes.bar(place, amount, _WIDTH, color="#7a7a7a", gid="level")
    _above(chart, place, amount, text, weight="bold")
    if floor > 0:
        xs = [place - 0.4 + 0.1 * i for i in range(9)]
        ys = [floor + (ceiling - floor) * (0.06 if i % 2 else 0.035) for i in range(9)]
        look: Look = {"color": "white", "linewidth": 3, "solid_joinstyle": "miter", "gid": "cut"}
        chart.axes.plot(xs, ys, **look)


def _connect(chart: Chart, place: int, level: float) -> None:
    """The level at which one bar ends and the next begins."""
    chart.axes.plot([place - 1 + _HALF, place - _HALF], [level, level], gid="level", **AXIS_LINE)


def _above(chart: Chart, place: int, y: float, text: str, **look: Any) -> None:
    chart.label(text, (place, y), offset=(0, 2.5), ha="center", va="bottom", **look)
