"""Recurring revenue: over time, and from opening to closing."""

import math

import pandas as pd

from cs_lib.period import ALL
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.lines import LEAST_POINTS, TOO_SHORT, over_periods, plotted, trend_alt
from cs_lib.report.figures.theme import (
    BLUE,
    GREY,
    HATCH,
    INK,
    SERIES,
    SKY,
    VERMILLION,
    apart,
    canvas,
    drawn,
    end_label,
    finish,
    light_grid,
    names_below,
    period_axis,
    shortened,
    unit_axis,
)
from cs_lib.report.text.formatting import Formatter, metric_title, spoken
from cs_lib.report.text.measure_row import Reading, labels, period_of, readings, split_column
from cs_lib.report.text.movement_sentences import CENT, MOVEMENT_WORDS, movement_amounts
from cs_lib.vocabulary import MONEY, SELDOM_MOVED

MOST_SEGMENTS = 6
OTHER = "other"


@drawn
def mrr_line(
    frame: pd.DataFrame, metric, formatter: Formatter, *, title: str = "", source: str = ""
) -> ReportFigure | LeftOut:
    """An amount over periods, from zero; stacked by segment where the rows have one.

    `frame`: rows of the measures for one amount, one row a period (and segment, of one column).
    Beyond six segments the smallest are added up as "other".
    """
    title = title or metric_title(metric)
    unit = metric.unit
    parts = frame[frame["segment_by"] != ALL] if frame["segment"].nunique() > 1 else frame
    lines = _lines(parts)
    line = next(iter(lines.values()), [])
    if len(line) < LEAST_POINTS:
        return LeftOut(f"{title} over time", TOO_SHORT)
    if not any(row.ok and row.value for rows in lines.values() for row in rows):
        return LeftOut(f"{title} over time", "it was 0 throughout")
    periods = [row.period for row in line]
    totals = [
        sum(rows[i].value for rows in lines.values() if rows[i].ok) for i in range(len(periods))
    ]
    by = spoken(split_column(readings(parts)))
    subtitle = f"by {periods[0].grain}" + (f" and {by}" if len(lines) > 1 else "")
    figure, axes = canvas(3.4, title, subtitle, right=1.55 if len(lines) > 1 else 0.85)
    if len(lines) > 1:
        _stack(axes, lines, totals, unit, formatter)
    else:
        _area(axes, totals, unit, formatter)
    light_grid(axes)
    unit_axis(axes.yaxis, unit, formatter)
    period_axis(axes, periods, formatter)
    whole = [
        Reading(value=total, period=period) for total, period in zip(totals, periods, strict=True)
    ]
    alt = trend_alt(title, whole, whole, unit, formatter, "Area chart")
    if len(lines) > 1:
        last = {name: rows[-1].value for name, rows in lines.items() if rows[-1].ok}
        told = ", ".join(
            f"{name} {formatter.value(v, unit, compact=True)}" for name, v in last.items()
        )
        alt += f" By {by} in {formatter.period(periods[-1])}: {told}."
    data = pd.concat([plotted(rows).assign(segment=name) for name, rows in lines.items()])
    return finish(figure, alt=alt, data=data.reset_index(drop=True), source=source)


def _lines(frame: pd.DataFrame) -> dict[str, list[Reading]]:
    """The readings of each segment over all periods, the largest latest segment first."""
    rows = readings(frame)
    names = labels(rows)
    periods = [row.period for row in over_periods(frame)]
    if not periods:
        return {}
    table = {(name, row.period): row for name, row in zip(names, rows, strict=True)}
    lines = {
        name: [
            table.get((name, period), Reading(period=period, status="missing"))
            for period in periods
        ]
        for name in dict.fromkeys(names)
    }

    def latest(name):
        return next((row.value for row in reversed(lines[name]) if row.ok), -math.inf)

    ordered = sorted(lines, key=lambda name: (-latest(name), name))
    kept, rest = ordered[:MOST_SEGMENTS], ordered[MOST_SEGMENTS:]
    if len(rest) == 1:
        kept, rest = ordered, []
    found = {name: lines[name] for name in kept}
    if rest:
        found[OTHER] = [
            Reading(value=sum(lines[n][i].value for n in rest if lines[n][i].ok), period=period)
            for i, period in enumerate(periods)
        ]
    return found


def _area(axes, totals, unit, formatter) -> None:
    axes.fill_between(range(len(totals)), 0, totals, color=SKY, alpha=0.25, linewidth=0, gid="all")
    axes.plot(totals, color=BLUE, linewidth=1.8, marker="o", markersize=3, gid="all")
    _from_zero(axes, totals)
    text = formatter.value(totals[-1], unit, compact=True)
    end_label(axes, len(totals) - 1, totals[-1], text, BLUE, weight="bold", size=9.5)


def _stack(axes, lines, totals, unit, formatter) -> None:
    """Bands from the largest at the bottom; each named at its right end with its latest amount."""
    base, middles = [0.0] * len(totals), []
    colours = (*SERIES, GREY, "#5f5f5f")
    for (name, rows), colour in zip(lines.items(), colours, strict=False):
        top = [b + (row.value if row.ok else 0) for b, row in zip(base, rows, strict=True)]
        axes.fill_between(
            range(len(top)), base, top, color=colour, alpha=0.88, linewidth=0, gid=name
        )
        axes.plot(top, color="white", linewidth=1.2, gid=name)
        middles.append((base[-1] + top[-1]) / 2)
        base = top
    _from_zero(axes, totals)
    axes.plot(totals, color=INK, linewidth=1.2, gid="all")
    places = apart([*middles, totals[-1]], axes.get_ylim()[1] * 0.075)
    for (name, rows), place in zip(lines.items(), places, strict=False):
        text = f"{shortened(name, 16)} {formatter.value(rows[-1].value, unit, compact=True)}"
        end_label(axes, len(totals) - 1, place, text, INK)
    text = f"all {formatter.value(totals[-1], unit, compact=True)}"
    end_label(axes, len(totals) - 1, places[-1], text, INK, weight="bold")


def _from_zero(axes, totals) -> None:
    low, high = min(0, *totals), max(0, *totals)
    axes.set_ylim(low * 1.1, high * 1.12 or 1)


@drawn
def movement_waterfall(
    frame: pd.DataFrame,
    formatter: Formatter,
    *,
    of: str = "mrr",
    unit: str = MONEY,
    title: str = "From opening to closing MRR",
    source: str = "",
) -> ReportFigure | LeftOut:
    """Opening, what was gained, what was lost, closing, of one period and segment.

    `frame`: rows `opening_mrr`, `new_mrr`, …, `mrr` of the measures. Where the movements are small
    beside the opening the axis is cut, which the broken bars and a note say.
    """
    amounts = movement_amounts(frame, of)
    if math.isnan(amounts["opening"]) or math.isnan(amounts["closing"]):
        return LeftOut(title, "the opening or the closing is not known")
    if not any(abs(amount) >= CENT for amount in amounts.values()):
        return LeftOut(title, "there was nothing at the opening and nothing moved")
    steps = [
        (said, amounts[name])
        for name, said in MOVEMENT_WORDS.items()
        if _shown(name, amounts[name])
    ]
    period = period_of(frame.iloc[0])
    first = Reading.of(frame.iloc[0])
    where = formatter.segment(first.segment_by, first.segment)
    place = ", ".join(each for each in (where, formatter.period(period) if period else "") if each)
    floor, ceiling = _cut(amounts["opening"], steps, amounts["closing"])
    cut = f"axis and grey bars cut at {formatter.tick(floor, unit)}" if floor > 0 else ""
    subtitle = ", ".join(each for each in (place, cut) if each)
    figure, axes = canvas(3.4, title, subtitle, left=0.75, bottom=0.6)
    axes.set_ylim(floor, ceiling)
    _draw_steps(axes, amounts, steps, floor, unit, formatter)
    light_grid(axes)
    unit_axis(axes.yaxis, unit, formatter, ticks=5)
    alt = _steps_alt(title, place, amounts, steps, unit, formatter)
    names = ["opening", *(said for said, _ in steps), "closing"]
    data = pd.DataFrame(
        {"step": names, "amount": [amounts["opening"], *(a for _, a in steps), amounts["closing"]]}
    )
    return finish(figure, alt=alt, data=data, source=source, labels=[place])


def _shown(name: str, amount: float) -> bool:
    return amount == amount and (name not in SELDOM_MOVED or amount != 0)


def _cut(opening: float, steps, closing: float) -> tuple[float, float]:
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


def _draw_steps(axes, amounts, steps, floor, unit, formatter) -> None:
    level, last = amounts["opening"], len(steps) + 1
    _total(axes, 0, amounts["opening"], floor, unit, formatter)
    room = (axes.get_ylim()[1] - floor) * 0.015
    for place, (_, amount) in enumerate(steps, start=1):
        axes.plot(
            [place - 1 + 0.34, place - 0.34],
            [level, level],
            color="#888888",
            linewidth=0.8,
            gid="level",
        )
        look = (
            {"color": BLUE, "gid": "gained"}
            if amount >= 0
            else {
                "color": VERMILLION,
                "hatch": HATCH,
                "edgecolor": "white",
                "linewidth": 0,
                "gid": "lost",
            }
        )
        axes.bar(place, amount, 0.68, bottom=level, **look)
        text = formatter.value(amount, unit, compact=True)
        high = max(level, level + amount)
        axes.text(
            place,
            high + room,
            text if amount <= 0 else f"+{text}",
            ha="center",
            va="bottom",
            size=8.5,
            color=INK,
        )
        level += amount
    axes.plot(
        [last - 1 + 0.34, last - 0.34], [level, level], color="#888888", linewidth=0.8, gid="level"
    )
    _total(axes, last, amounts["closing"], floor, unit, formatter)
    names = ["opening", *(said for said, _ in steps), "closing"]
    names = [name.replace(" ", "\n") for name in names]
    names_below(axes, range(last + 1), names, size=8.5 if last < 7 else 7.5)
    axes.set_xlim(-0.6, last + 0.6)
    axes.spines["bottom"].set_visible(floor <= 0)


def _total(axes, place, amount, floor, unit, formatter) -> None:
    """An opening or closing bar; torn at its foot where the axis is cut."""
    axes.bar(place, amount, 0.68, color="#7a7a7a", gid="level")
    span = axes.get_ylim()[1] - floor
    axes.text(
        place,
        amount + span * 0.015,
        formatter.value(amount, unit, compact=True),
        ha="center",
        va="bottom",
        size=9,
        weight="bold",
    )
    if floor > 0:
        xs = [place - 0.4 + 0.1 * i for i in range(9)]
        ys = [floor + span * (0.06 if i % 2 else 0.035) for i in range(9)]
        axes.plot(xs, ys, color="white", linewidth=3, solid_joinstyle="miter", gid="cut")


def _steps_alt(title, place, amounts, steps, unit, formatter) -> str:
    told = ", ".join(
        f"{said} {formatter.value(amount, unit, compact=True)}" for said, amount in steps
    )
    opening, closing = (
        formatter.value(amounts[n], unit, compact=True) for n in ("opening", "closing")
    )
    return (
        f"Waterfall chart: {title}{f', {place}' if place else ''}. Opening {opening}; "
        f"{told}; closing {closing}."
    )
