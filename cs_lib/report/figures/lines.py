"""Lines over periods."""

import math
from collections.abc import Iterable, Sequence

import pandas as pd

from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.chart import Chart, EndLabel
from cs_lib.report.figures.theme import BLUE, MUTED, Look, drawn
from cs_lib.report.text.formatting import Formatter, metric_title
from cs_lib.report.text.measure_row import Reading, number, readings
from cs_lib.report.text.verdict_words import target_sign, target_words
from cs_lib.vocabulary import DAYS, MONTHS, POINTS

RIGHT = 1.5
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
    rows = over_periods(frame)
    title = title or metric_title(metric, rows[0].variant if rows else None)
    known = [row for row in rows if row.ok]
    if len(known) < LEAST_POINTS:
        return LeftOut(f"trend of {title}", TOO_SHORT)
    unit, direction = metric.unit_of(known[0].variant), direction or metric.direction
    target, usual = number(target), number(usual)
    outside = _outside(rows, frame)
    limits = honest_range(known, [target, usual])
    shaded = any(row.has_interval for row in known)
    notes = over_time_notes(
        known,
        unit,
        limits,
        formatter,
        f"shaded: {formatter.level} interval" if shaded else "",
        "ringed: outside normal variation" if outside else "",
    )
    chart = Chart.of(3.3, title, notes, formatter, unit, right=RIGHT)
    chart.axes.set_ylim(*limits)
    if limits[0] < 0 < limits[1]:
        chart.rule(0, "zero")
    _draw_line(chart, rows, outside)
    chart.grid()
    chart.units(chart.axes.yaxis)
    chart.periods([row.period for row in rows if row.period])
    labels = [
        EndLabel(known[-1].value, chart.value(known[-1].value, bare=True), BLUE, True),
        *chart.named_rule(
            target, "target", target_label(target, unit, direction, formatter, target_says)
        ),
        *chart.named_rule(usual, "usual", f"usual {chart.value(usual)}", MUTED),
    ]
    chart.end_labels(len(rows) - 0.6, labels)
    alt = over_time_alt(title, rows, unit, formatter)
    alt += target_alt(target, unit, direction, formatter, target_says)
    return chart.finish(alt=alt, data=plotted(rows), source=source)


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


def _outside(rows: list[Reading], frame: pd.DataFrame) -> list[int]:
    """The places of the points that the frame's column `signal` marks."""
    signs = frame.get("signal", [])
    marked = {row.period for row, sign in zip(readings(frame), signs, strict=False) if sign}
    return [place for place, row in enumerate(rows) if row.period in marked and row.ok]


def _draw_line(chart: Chart, rows: list[Reading], outside: list[int]) -> None:
    shown = plotted(rows)
    ends = shown["low"], shown["high"]
    chart.axes.fill_between(shown.index, *ends, color=BLUE, alpha=0.15, linewidth=0, gid="interval")
    look: Look = {"color": BLUE, "marker": "o"}
    chart.axes.plot(shown["value"], linewidth=1.8, markersize=3.5, gid="value", **look)
    latest = shown["value"].last_valid_index()
    chart.axes.plot(
        latest, shown["value"][latest], linestyle="", markersize=6.5, gid="latest", **look
    )
    chart.rings(outside, shown["value"])


def over_time_notes(
    known: list[Reading],
    unit: str,
    limits: tuple[float, float],
    formatter: Formatter,
    *signs: str,
) -> Iterable[str]:
    """Of whom, by what, in which unit, what the signs mean, and whether the axis is cut."""
    first = known[0]
    cut = limits[0] > 0 or limits[1] < 0
    return (
        formatter.segment(first.segment_by, first.segment),
        f"by {first.period.grain}" if first.period else "",
        unit_note(unit),
        *signs,
        "axis does not start at 0" if cut else "",
    )


def unit_note(unit: str) -> str:
    """The unit in words, where the figures on a chart do not carry it themselves."""
    return f"in {unit}" if unit in (MONTHS, DAYS, POINTS) else ""


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
