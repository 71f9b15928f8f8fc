"""An amount over periods, from zero; stacked by segment."""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import ALL, Period
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.chart import Chart, apart
from cs_lib.report.figures.event_marks import EventMarks
from cs_lib.report.figures.lines import (
    LEAST_POINTS,
    LEFT,
    TOO_SHORT,
    over_periods,
    over_time_alt,
    over_time_heading,
    plotted,
)
from cs_lib.report.figures.theme import BLUE, GREY, INK, SERIES, SKY, SMALL, Look, drawn, shortened
from cs_lib.report.text.formatting import Formatter, metric_title, spoken
from cs_lib.report.text.measure_row import Reading, labels, readings, split_column

if TYPE_CHECKING:
    from cs_lib.edition.events import Event

MOST_SEGMENTS = 5
OTHER = "other"
Lines = dict[str, list[Reading]]


@drawn
def mrr_line(
    frame: pd.DataFrame,
    metric: Metric,
    formatter: Formatter,
    *,
    events: "Sequence[Event]" = (),
    says: str = "",
    by_name: bool = False,
) -> ReportFigure | LeftOut:
    """An amount over periods, from zero; stacked by segment where the rows have one.

    `frame`: rows of the measures for one amount, one row a period (and segment, of one column).
    Beyond six segments the smallest are added up as "other"; with `by_name` segments stand in the order of
    their names, and the first are added up.
    """
    title = metric_title(metric)
    parts = frame[frame["segment_by"] != ALL] if frame["segment"].nunique() > 1 else frame
    periods = [row.period for row in over_periods(parts) if row.period]
    lines = _lines(parts, periods, by_name=by_name)
    whole, by = _sum(lines.values(), periods), spoken(split_column(readings(parts)))
    known = [row.value for row in whole if row.ok]
    if len(known) < LEAST_POINTS:
        return LeftOut(f"{title} over time", TOO_SHORT)
    if not any(row.ok and row.value for rows in lines.values() for row in rows):
        return LeftOut(f"{title} over time", "it was 0 throughout")
    stacked = len(lines) > 1
    heading = over_time_heading(
        title, whole, metric, formatter, f"by {by}" if stacked and not by_name else "", says=says
    )
    size: Look = {"left": LEFT, "right": 1.5 if stacked else 0.8}
    marks = EventMarks.of(events, periods, **size)
    chart = Chart.of(2.1, heading, formatter, metric.unit, above=marks.room, **size)
    totals = [row.value if row.ok else math.nan for row in whole]
    low, high = min(0, *known), max(0, *known)
    chart.axes.set_ylim(low * 1.1, high * 1.12 or 1)
    chart.periods(periods)
    (_stack if stacked else _area)(chart, lines, totals)
    marks.draw(chart)
    chart.grid()
    chart.units(chart.axes.yaxis)
    alt = over_time_alt(title, whole, metric.unit, formatter, "Area chart")
    alt += marks.alt(formatter)
    if stacked:
        latest = [
            f"{name} {chart.value(rows[-1].value)}" for name, rows in lines.items() if rows[-1].ok
        ]
        if latest:
            by = "year of joining" if by_name else by
            alt += f" By {by} in {formatter.period(periods[-1])}: {', '.join(latest)}."
    data = pd.concat([plotted(rows).assign(segment=name) for name, rows in lines.items()])
    data = data.drop(columns=["low", "high"])
    return chart.finish(alt=alt, data=data.reset_index(drop=True))


def _lines(frame: pd.DataFrame, periods: list[Period], *, by_name: bool) -> Lines:
    """The readings of each segment over all periods: the largest latest segment first, or in order of names."""
    rows = readings(frame)
    found = {(name, row.period): row for name, row in zip(labels(rows), rows, strict=True)}
    lines = {
        name: [found.get((name, at), Reading(period=at, status="missing")) for at in periods]
        for name in dict.fromkeys(name for name, _ in found)
    }

    def latest(name: str) -> float:
        return next((row.value for row in reversed(lines[name]) if row.ok), -math.inf)

    if by_name:
        return _in_order({name: lines[name] for name in sorted(lines)}, periods)
    ordered = sorted(lines, key=lambda name: (-latest(name), name))
    most = MOST_SEGMENTS if len(ordered) > MOST_SEGMENTS + 1 else len(ordered)
    shown = {name: lines[name] for name in ordered[:most]}
    rest = [lines[name] for name in ordered[most:]]
    return {**shown, OTHER: _sum(rest, periods)} if rest else shown


def _in_order(lines: Lines, periods: list[Period]) -> Lines:
    """The lines as they stand, the first ones beyond six as one: "2019 and before"."""
    names = list(lines)
    first = names[: max(0, len(names) - MOST_SEGMENTS)] if len(names) > MOST_SEGMENTS + 1 else []
    told = {name: lines[name] for name in names[len(first) :]}
    before = [lines[name] for name in first]
    return {f"{first[-1]} and before": _sum(before, periods), **told} if first else told


def _sum(lines: Iterable[list[Reading]], periods: list[Period]) -> list[Reading]:
    """The amounts of several segments together, a period each; missing where none has one."""
    found = []
    for period, rows in zip(periods, zip(*lines, strict=True), strict=True):
        known = [row.value for row in rows if row.ok]
        value = {"value": sum(known)} if known else {"status": "missing"}
        found.append(Reading(**value, period=period))
    return found


def _area(chart: Chart, _: Lines, totals: list[float]) -> None:
    look: Look = {"color": SKY, "alpha": 0.25, "linewidth": 0, "gid": "all"}
    chart.axes.fill_between(range(len(totals)), 0, totals, **look)
    chart.axes.plot(totals, color=BLUE, linewidth=1.8, marker="o", markersize=3, gid="all")
    last = _last_known(totals)
    text = chart.value(totals[last])
    chart.end_label(last, totals[last], text, color=BLUE, weight="bold", size=SMALL)


def _last_known(totals: list[float]) -> int:
    return max(place for place, total in enumerate(totals) if not math.isnan(total))


def _stack(chart: Chart, lines: Lines, totals: list[float]) -> None:
    """Bands from the largest at the bottom; each named at its right end with its latest amount."""
    axes, middles, last = chart.axes, [], _last_known(totals)
    base = [math.nan if math.isnan(total) else 0.0 for total in totals]
    for (name, rows), colour in zip(lines.items(), (*SERIES, GREY), strict=False):
        top = [b + (row.value if row.ok else 0) for b, row in zip(base, rows, strict=True)]
        look: Look = {"color": colour, "alpha": 0.88, "linewidth": 0, "gid": name}
        axes.fill_between(range(len(top)), base, top, **look)
        axes.plot(top, color="white", linewidth=1.2, gid=name)
        middles.append((base[last] + top[last]) / 2)
        base = top
    axes.plot(totals, color=INK, linewidth=1.2, gid="all")
    least = axes.get_ylim()[1] * 0.075
    *places, top_place = apart([*middles, totals[last]], least)
    for (name, rows), place in zip(lines.items(), places, strict=True):
        chart.end_label(last, place, f"{shortened(name, 16)} {chart.value(rows[last].value)}")
    chart.end_label(last, top_place, f"all {chart.value(totals[last])}", weight="bold")
