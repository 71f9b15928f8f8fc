"""Lines over periods."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from cs_lib.judgement.standing import Figure
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.chart import Chart, EndLabel, Heading
from cs_lib.report.figures.event_marks import EventMarks
from cs_lib.report.figures.theme import BLUE, GREEN, MUTED, TEXT, Look, drawn
from cs_lib.report.text.chart_titles import unit_words
from cs_lib.report.text.formatting import Formatter, metric_title
from cs_lib.report.text.measure_row import Reading, number, readings
from cs_lib.report.text.verdict_words import target_sign, target_words
from cs_lib.vocabulary import (
    BAD,
    COUNT,
    GOOD,
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    NEUTRAL,
)

if TYPE_CHECKING:
    from cs_lib.edition.events import Event

LEFT, RIGHT = 0.7, 1.25
#: a line is drawn through at least so many points; fewer are said in words
LEAST_POINTS = 3
TOO_SHORT = "fewer than three periods have a figure"


@drawn
def trend(
    frame: pd.DataFrame,
    metric: Metric,
    formatter: Formatter,
    *,
    target: float | None = None,
    year: Figure | None = None,
    direction: str | None = None,
    target_says: str = "",
    events: "Sequence[Event]" = (),
    answers: str = "",
    says: str = "",
) -> ReportFigure | LeftOut:
    """A metric over periods: the line, its interval as a band, the target, the figure over months, and events.

    `frame`: rows of the measures for one metric, variant, grain and segment, one row a period; a
    true value in a column `signal` rings that point, against the column `centre`. Periods without a figure
    leave a gap. `year` is the figure of several periods together, drawn across those periods alone. `answers` names what n counts, to be written under the periods; `says` is the finding.
    """
    rows = over_periods(frame)
    title = metric_title(metric, rows[0].variant if rows else None)
    known = [row for row in rows if row.ok]
    if len(known) < LEAST_POINTS:
        return LeftOut(f"trend of {title}", TOO_SHORT)
    unit, direction = metric.unit_of(known[0].variant), direction or metric.direction
    target = number(target)
    sides = outside(rows, frame, direction)
    limits = honest_range(known, [target, year.value if year else math.nan])
    heading = over_time_heading(
        title,
        known,
        metric,
        formatter,
        f"shaded: {formatter.level} interval" if any(row.has_interval for row in known) else "",
        ringed(sides, "outside normal variation"),
        cut_note(limits),
        says=says,
    )
    periods = [row.period for row in rows if row.period]
    marks = EventMarks.of(events, periods, left=LEFT, right=RIGHT)
    size: Look = {"left": LEFT, "right": RIGHT, "bottom": 0.62 if answers else 0.45}
    chart = Chart.of(2.05, heading, formatter, unit, above=marks.room, **size)
    chart.axes.set_ylim(*limits)
    if limits[0] < 0 < limits[1]:
        chart.rule(0, "zero")
    chart.periods(periods)
    _draw_line(chart, rows, sides)
    marks.draw(chart)
    chart.grid()
    chart.units(chart.axes.yaxis)
    labels = [
        EndLabel(known[-1].value, chart.value(known[-1].value, bare=True), BLUE, True),
        *chart.named_rule(
            target,
            "target",
            target_label(target, unit, direction, formatter, target_says),
            TEXT[GREEN],
        ),
        *_draw_year(chart, rows, year),
    ]
    chart.end_labels(len(rows) - 0.6, labels)
    data = plotted(rows)
    if answers:
        data[answers] = [row.n for row in rows]
        chart.answers(data[answers], answers)
    alt = over_time_alt(title, rows, unit, formatter) + marks.alt(formatter)
    alt += target_alt(target, unit, direction, formatter, target_says)
    return chart.finish(alt=alt, data=data, units={answers: COUNT})


def over_periods(frame: pd.DataFrame) -> list[Reading]:
    """One reading a period from the first to the last, in order; a missing period is `missing`."""
    found = {row.period: row for row in readings(frame) if row.period is not None}
    if not found:
        return []
    period, last = min(found), max(found)
    rows = []
    while period <= last:
        rows.append(found.get(period, Reading(period=period, status="missing")))
        period = period.back(-1)
    return rows


def outside(rows: list[Reading], frame: pd.DataFrame, direction: str) -> dict[str, list[int]]:
    """The places of the points that the frame's column `signal` marks, by what they are to a reader."""
    signs = frame.get("signal", [])
    usual = frame.get("centre", [math.nan] * len(frame))
    marked = {
        row.period: number(centre)
        for row, sign, centre in zip(readings(frame), signs, usual, strict=False)
        if sign is True or sign == 1
    }
    found: dict[str, list[int]] = {GOOD: [], BAD: [], NEUTRAL: []}
    for place, row in enumerate(rows):
        if row.period in marked and row.ok:
            found[_side(row.value - marked[row.period], direction)].append(place)
    return {side: places for side, places in found.items() if places}


def _side(away: float, direction: str) -> str:
    if direction not in (HIGHER_IS_BETTER, LOWER_IS_BETTER) or math.isnan(away):
        return NEUTRAL
    return GOOD if (away > 0) == (direction == HIGHER_IS_BETTER) else BAD


def ringed(sides: dict[str, list[int]], meaning: str) -> str:
    """What rings mean, and orange ones."""
    if not sides:
        return ""
    return f"ringed: {meaning}{' (orange: bad news)' if BAD in sides else ''}"


def _draw_line(chart: Chart, rows: list[Reading], sides: dict[str, list[int]]) -> None:
    shown = plotted(rows)
    ends = shown["low"], shown["high"]
    chart.axes.fill_between(shown.index, *ends, color=BLUE, alpha=0.15, linewidth=0, gid="interval")
    look: Look = {"color": BLUE, "marker": "o"}
    chart.axes.plot(shown["value"], linewidth=1.8, markersize=3.5, gid="value", **look)
    latest = shown["value"].last_valid_index()
    chart.axes.plot(
        latest, shown["value"][latest], linestyle="", markersize=6.5, gid="latest", **look
    )
    for side, places in sides.items():
        chart.rings(places, shown["value"], bad=side == BAD)


def _draw_year(chart: Chart, rows: list[Reading], year: Figure | None) -> list[EndLabel]:
    """A line across the periods that a figure of several stands on, and its label; none where it stands on one."""
    if year is None:
        return []
    first, last = year.first.start, year.last.end
    places = [
        place
        for place, row in enumerate(rows)
        if row.period and first <= row.period.start and row.period.end <= last
    ]
    if len(places) < 2:
        return []
    chart.stretch(places[0] - 0.5, places[-1] + 0.5, year.value, "year")
    months = chart.formatter.count(year.periods, "month")
    return [EndLabel(year.value, f"{months} {chart.value(year.value, bare=True)}", MUTED)]


def over_time_heading(
    title: str,
    known: list[Reading],
    metric: Metric,
    formatter: Formatter,
    *signs: str,
    says: str = "",
) -> Heading:
    """What is shown and in which unit, of whom, by what, and what the signs mean."""
    first = known[0]
    whose = formatter.segment(first.segment_by, first.segment)
    by = f"by {first.period.grain}" if first.period else ""
    unit = unit_words(metric, first.variant, first.period, formatter)
    return Heading.of(title, [whose, by, *signs], says=says, unit=unit)


def cut_note(limits: tuple[float, float]) -> str:
    return "axis does not start at 0" if limits[0] > 0 or limits[1] < 0 else ""


def target_label(
    target: float, unit: str, direction: str, formatter: Formatter, target_says: str = ""
) -> str:
    """What a chart calls its target: `target_says`, or "target ≤ 3%"."""
    return target_says or f"target {target_sign(target, unit, direction, formatter)}"


def target_alt(
    target: float, unit: str, direction: str, formatter: Formatter, target_says: str = ""
) -> str:
    """The end of an alternative text: what the figure is held against."""
    if math.isnan(target):
        return ""
    if target_says:
        return f" Held against {target_says}."
    return f" The target is {target_words(target, unit, direction, formatter)}."


def honest_range(known: list[Reading], held_against: Sequence[float]) -> tuple[float, float]:
    """From zero where zero is near; elsewhere a cut axis, which the chart then says."""
    numbers = [row.value for row in known]
    numbers += [end for row in known if row.has_interval for end in (row.low, row.high)]
    numbers += [each for each in held_against if not math.isnan(each)]
    low, high = min(numbers), max(numbers)
    room = (high - low) * 0.12 or abs(high) * 0.1 or 1
    if low == high == 0 or 0 <= low < 0.6 * high:
        return 0, high + room
    if high <= 0 and high > 0.6 * low:
        return low - room, 0
    return low - room, high + room


def over_time_alt(
    title: str, rows: list[Reading], unit: str, formatter: Formatter, kind: str = "Line chart"
) -> str:
    """What a line over periods shows: from, to, extremes, latest."""
    known = [row for row in rows if row.ok]
    lowest, highest = min(known, key=lambda r: r.value), max(known, key=lambda r: r.value)
    latest, without = known[-1], len(rows) - len(known)

    def dated(row: Reading) -> str:
        return f"{formatter.value(row.value, unit, compact=True)} in {formatter.period(row.period)}"

    where = formatter.segment(latest.segment_by, latest.segment)
    first, last = formatter.period(rows[0].period), formatter.period(rows[-1].period)
    alt = f"{kind}: {title}{f' for {where}' if where else ''}, {first} to {last}, "
    alt += f"{formatter.count(len(known), 'period')}. Latest {dated(latest)}"
    if latest.has_interval:
        interval = formatter.interval(latest.low, latest.high, unit, compact=True)
        alt += f" ({formatter.level} interval {interval})"
    alt += f"; lowest {dated(lowest)}, highest {dated(highest)}."
    return f"{alt} {formatter.count(without, 'period')} without a figure." if without else alt


def plotted(rows: list[Reading]) -> pd.DataFrame:
    """What a line over periods draws; NaN where a period has no figure, or no interval."""
    return pd.DataFrame(
        {
            "period": [row.period.label if row.period else "" for row in rows],
            "value": [row.value if row.ok else math.nan for row in rows],
            "low": [row.low if row.has_interval else math.nan for row in rows],
            "high": [row.high if row.has_interval else math.nan for row in rows],
            "status": [row.status for row in rows],
        }
    )
