"""A control chart: each figure against the limits that the periods before it give."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.chart import Chart, EndLabel
from cs_lib.report.figures.event_marks import EventMarks
from cs_lib.report.figures.lines import (
    LEFT,
    RIGHT,
    cut_note,
    honest_range,
    outside,
    over_periods,
    over_time_heading,
    plotted,
    ringed,
)
from cs_lib.report.figures.theme import BLUE, DOTTED, GREY, INK, MUTED, ORANGE, TEXT, Look, drawn
from cs_lib.report.text.formatting import Formatter, listed, metric_title
from cs_lib.report.text.measure_row import number, period_of, records
from cs_lib.vocabulary import BAD

if TYPE_CHECKING:
    from cs_lib.edition.events import Event


@drawn
def control_chart(
    frame: pd.DataFrame,
    metric: Metric,
    formatter: Formatter,
    *,
    direction: str | None = None,
    events: "Sequence[Event]" = (),
    says: str = "",
) -> ReportFigure | LeftOut:
    """Points, the trend, and control limits by period; points outside are ringed and named.

    `frame`: rows of one metric and segment with centre, limit_low, limit_high and signal. The limits
    move with the periods before, and for shares with n.
    """
    rows = over_periods(frame)
    title = metric_title(metric, rows[0].variant if rows else None)
    known = [row for row in rows if row.ok]
    data = plotted(rows).join(_limits(frame), on="period") if rows else plotted(rows)
    if len(known) < 2 or data["trend"].isna().all():
        return LeftOut(f"control chart of {title}", "too few earlier periods have a figure")
    data["signal"] = data["signal"].eq(True) & data["value"].notna()
    sides = outside(rows, frame, direction or metric.direction)
    limits = honest_range(known, [*data["limit_low"], *data["limit_high"]])
    unit = metric.unit_of(known[0].variant)
    heading = over_time_heading(
        title,
        known,
        metric,
        formatter,
        "shaded: limits of normal variation, from the periods before each",
        ringed(sides, "outside them"),
        cut_note(limits),
        says=says,
    )
    periods = [row.period for row in rows if row.period]
    marks = EventMarks.of(events, periods, left=LEFT, right=RIGHT)
    chart = Chart.of(2.05, heading, formatter, unit, above=marks.room, left=LEFT, right=RIGHT)
    chart.axes.set_ylim(*limits)
    chart.periods(periods)
    _draw(chart, data, sides)
    marks.draw(chart)
    chart.grid()
    chart.units(chart.axes.yaxis)
    labels = [EndLabel(known[-1].value, chart.value(known[-1].value, bare=True), BLUE, True)]
    named = {"trend": "trend", "limit_high": "upper limit", "limit_low": "lower limit"}
    for column, name in named.items():
        last = data[column].iloc[-1]
        if not math.isnan(last):
            labels.append(EndLabel(last, f"{name} {chart.value(last, bare=True)}", MUTED))
    chart.end_labels(len(rows) - 0.6, labels)
    ends = (formatter.period(each.period) for each in (rows[0], rows[-1]))
    alt = f"Control chart: {title}, {' to '.join(ends)}. {_outside_alt(chart, frame, data)}"
    return chart.finish(alt=alt + marks.alt(formatter), data=data)


def _limits(frame: pd.DataFrame) -> pd.DataFrame:
    """Trend, low, high and signal by the label of the period, where there are limits."""
    found = {}
    for row in records(frame):
        period = period_of(row)
        if period and not math.isnan(number(row["centre"])):
            limits = row["centre"], row["limit_low"], row["limit_high"]
            found[period.label] = (*map(number, limits), bool(row["signal"]))
    columns = ["trend", "limit_low", "limit_high", "signal"]
    return pd.DataFrame.from_dict(found, orient="index", columns=columns)


def _draw(chart: Chart, data: pd.DataFrame, sides: dict[str, list[int]]) -> None:
    axes = chart.axes
    look: Look = {"color": GREY, "linewidth": 0, "alpha": 0.16, "gid": "limits"}
    axes.fill_between(data.index, data["limit_low"], data["limit_high"], step="mid", **look)
    trend: Look = {"color": GREY, "linewidth": 1.2, "linestyle": DOTTED, "gid": "trend"}
    axes.step(data.index, data["trend"], where="mid", **trend)
    axes.plot(data["value"], color=BLUE, linewidth=1.6, marker="o", markersize=4, gid="value")
    places = sorted(place for some in sides.values() for place in some)
    crowded = {place for pair in pairwise(places) if pair[1] - pair[0] < 3 for place in pair}
    for side, some in sides.items():
        chart.rings(some, data["value"], bad=side == BAD)
        for place in some:
            if place not in crowded and place <= len(data) - 3:
                value, colour = data["value"][place], TEXT[ORANGE] if side == BAD else INK
                look = {"offset": (9, 0), "va": "center", "color": colour}
                chart.label(chart.value(value, bare=True), (place, value), **look)


def _outside_alt(chart: Chart, frame: pd.DataFrame, data: pd.DataFrame) -> str:
    judged = chart.formatter.count(
        int((data["trend"].notna() & data["value"].notna()).sum()), "period"
    )
    outside = data[data["signal"]]
    if outside.empty:
        return f"None of {judged} lies outside its limits."
    periods = {period.label: period for period in map(period_of, records(frame)) if period}
    named = [
        f"{chart.formatter.period(periods[label])} ({chart.value(value)})"
        for label, value in zip(outside["period"], outside["value"], strict=True)
    ]
    verb = "lies" if len(named) == 1 else "lie"
    return f"Of {judged}, {len(named)} {verb} outside the limits: {listed(named)}."
