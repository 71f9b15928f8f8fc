"""Lines over periods."""

import math

import pandas as pd

from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.theme import (
    BLUE,
    GREY,
    INK,
    MUTED,
    VERMILLION,
    canvas,
    drawn,
    end_labels,
    finish,
    light_grid,
    period_axis,
    unit_axis,
)
from cs_lib.report.text.formatting import Formatter, metric_title
from cs_lib.report.text.measure_row import Reading, number, readings
from cs_lib.report.text.verdict_words import target_sign, target_words
from cs_lib.vocabulary import DAYS, MONTHS, POINTS

RIGHT = 1.5
#: a line is drawn through at least so many points; fewer are said in words
LEAST_POINTS = 3
TOO_SHORT = "fewer than three periods have a figure"


def over_periods(frame: pd.DataFrame) -> list[Reading]:
    """One reading a period from the first to the last, in order; a missing period is `missing`."""
    found = {row.period: row for row in readings(frame) if row.period is not None}
    if not found:
        return []
    period, last = min(found), max(found)
    line = []
    while period <= last:
        line.append(found.get(period, Reading(period=period, status="missing")))
        period = period.back(-1)
    return line


@drawn
def trend(
    frame: pd.DataFrame,
    metric,
    formatter: Formatter,
    *,
    target: float | None = None,
    usual: float | None = None,
    direction: str | None = None,
    target_says: str = "",
    title: str = "",
    source: str = "",
) -> ReportFigure | LeftOut:
    """A metric over periods: the line, its interval as a band, the target and what was usual.

    `frame`: rows of the measures for one metric, variant, grain and segment, one row a period; a
    true value in a column `signal` rings that point. Periods without a figure leave a gap.
    """
    line = over_periods(frame)
    title = title or metric_title(metric, line[0].variant if line else None)
    seen = [row for row in line if row.ok]
    if len(seen) < LEAST_POINTS:
        return LeftOut(f"trend of {title}", TOO_SHORT)
    unit, direction = metric.unit_of(seen[0].variant), direction or metric.direction
    rung = _signals(line, frame)
    limits = honest_range(seen, [each for each in (target, usual) if number(each) == each])
    figure, axes = canvas(3.3, title, _subtitle(seen, unit, rung, limits, formatter), right=RIGHT)
    axes.set_ylim(*limits)
    if limits[0] < 0 < limits[1]:
        axes.axhline(0, color="#888888", linewidth=0.8, gid="zero")
    _draw_line(axes, line, seen, rung)
    light_grid(axes)
    unit_axis(axes.yaxis, unit, formatter)
    period_axis(axes, [row.period for row in line], formatter)
    goal = target_says or target_sign(target, unit, direction, formatter)
    marks = _reference_lines(
        axes, unit, formatter, target, f"target {goal}" if not target_says else goal, usual
    )
    latest = formatter.value(seen[-1].value, unit, compact=True, bare=True)
    end_labels(axes, len(line) - 0.6, [(seen[-1].value, latest, BLUE, True), *marks])
    alt = trend_alt(title, line, seen, unit, formatter) + target_alt(
        target, unit, direction, formatter, target_says
    )
    return finish(figure, alt=alt, data=plotted(line), source=source, labels=[target, usual, *rung])


def target_alt(
    target, unit: str, direction: str, formatter: Formatter, target_says: str = ""
) -> str:
    """The end of an alternative text: what the figure is held against."""
    if number(target) != number(target):
        return ""
    return (
        f" Held against {target_says}."
        if target_says
        else (f" The target is {target_words(target, unit, direction, formatter)}.")
    )


def unit_note(unit: str) -> str:
    """The unit in words, where the figures on a chart do not carry it themselves."""
    return f"in {unit}" if unit in (MONTHS, DAYS, POINTS) else ""


def _subtitle(seen: list[Reading], unit: str, rung, limits, formatter: Formatter) -> str:
    parts = [formatter.segment(seen[0].segment_by, seen[0].segment), f"by {seen[0].period.grain}"]
    parts.append(unit_note(unit))
    parts.append(
        f"shaded: {formatter.level} interval" if any(row.has_interval for row in seen) else ""
    )
    parts.append("ringed: outside normal variation" if rung else "")
    parts.append("axis does not start at 0" if limits[0] > 0 or limits[1] < 0 else "")
    return ", ".join(part for part in parts if part)


def _draw_line(axes, line: list[Reading], seen: list[Reading], rung: list[int]) -> None:
    values = [row.value if row.ok else math.nan for row in line]
    low = [row.low if row.has_interval else math.nan for row in line]
    high = [row.high if row.has_interval else math.nan for row in line]
    axes.fill_between(
        range(len(line)), low, high, color=BLUE, alpha=0.15, linewidth=0, gid="interval"
    )
    axes.plot(values, color=BLUE, linewidth=1.8, marker="o", markersize=3.5, gid="value")
    axes.plot(
        [line.index(seen[-1])], [seen[-1].value], "o", color=BLUE, markersize=6.5, gid="latest"
    )
    axes.plot(
        rung,
        [line[i].value for i in rung],
        "o",
        markersize=11,
        markerfacecolor="none",
        markeredgecolor=VERMILLION,
        markeredgewidth=1.5,
        gid="signal",
    )


def _signals(line: list[Reading], frame: pd.DataFrame) -> list[int]:
    """The places of the points that the frame's column `signal` marks."""
    marks = frame.get("signal", [])
    rung = {row.period for row, sign in zip(readings(frame), marks, strict=False) if sign}
    return [i for i, row in enumerate(line) if row.period in rung and row.ok]


def _reference_lines(axes, unit, formatter, target, goal: str, usual) -> list[tuple]:
    """The target and what was usual as lines; gives the labels that name them."""
    marks = []
    if number(target) == target:
        axes.axhline(target, color=INK, linewidth=1.1, linestyle=(0, (5, 2.5)), gid="target")
        marks.append((target, goal, INK, False))
    if number(usual) == usual:
        axes.axhline(usual, color=GREY, linewidth=1.2, linestyle=(0, (1, 1.5)), gid="usual")
        marks.append((usual, f"usual {formatter.value(usual, unit, compact=True)}", MUTED, False))
    return marks


def honest_range(seen: list[Reading], marks: list[float]) -> tuple[float, float]:
    """From zero where zero is near; elsewhere a cut axis, which the chart then says."""
    numbers = [*marks, *(row.value for row in seen)]
    numbers += [end for row in seen if row.has_interval for end in (row.low, row.high)]
    low, high = min(numbers), max(numbers)
    room = (high - low) * 0.12 or abs(high) * 0.1 or 1
    if low == high == 0 or 0 <= low < 0.6 * high:
        return 0, high + room
    if high <= 0 and high > 0.6 * low:
        return low - room, 0
    return low - room, high + room


def trend_alt(
    title: str, line, seen, unit: str, formatter: Formatter, kind: str = "Line chart"
) -> str:
    """What a line over periods shows: from, to, extremes, latest."""
    low, high = min(seen, key=lambda r: r.value), max(seen, key=lambda r: r.value)
    last = seen[-1]

    def said(row):
        return f"{formatter.value(row.value, unit, compact=True)} in {formatter.period(row.period)}"

    where = formatter.segment(last.segment_by, last.segment)
    alt = (
        f"{kind}: {title}{f' for {where}' if where else ''}, {formatter.period(line[0].period)} to "
        f"{formatter.period(line[-1].period)}, {formatter.count(len(seen), 'period')}. Latest {said(last)}"
    )
    if last.has_interval:
        alt += f" ({formatter.level} interval {formatter.interval(last.low, last.high, unit, compact=True)})"
    alt += f"; lowest {said(low)}, highest {said(high)}."
    without = len(line) - len(seen)
    if without:
        alt += f" {formatter.count(without, 'period')} without a figure."
    return alt


def plotted(line: list[Reading]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "period": [row.period.label for row in line],
            "value": [row.value if row.ok else math.nan for row in line],
            "low": [row.low if row.has_interval else math.nan for row in line],
            "high": [row.high if row.has_interval else math.nan for row in line],
            "status": [row.status for row in line],
        }
    )
