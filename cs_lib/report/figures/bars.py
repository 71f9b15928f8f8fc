"""Rows side by side: segments, touchpoints and channels with their intervals."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import ALL
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.axis_names import names_beside
from cs_lib.report.figures.chart import Chart
from cs_lib.report.figures.lines import target_alt, target_label, unit_note
from cs_lib.report.figures.theme import BLUE, GREEN, MUTED, PALE, SKY, TEXT, Look, drawn, shortened
from cs_lib.report.text.formatting import Formatter, metric_title, split_title, spoken
from cs_lib.report.text.measure_row import Reading, labels, number, readings, split_column
from cs_lib.vocabulary import HIGHER_IS_BETTER, LOWER_IS_BETTER, RATIO

MOST_ROWS = 20
_ROW, _VALUE_ROOM, _NAME = 0.34, 1.35, 34
_BESIDE = ("axes fraction", "data")


@dataclass(frozen=True)
class Bar:
    """One row of the chart: a segment's reading, its name, and the target of its own (or NaN)."""

    reading: Reading
    name: str
    own_target: float = math.nan


@drawn
def bars_with_intervals(
    frame: pd.DataFrame,
    metric: Metric,
    formatter: Formatter,
    *,
    target: float | None = None,
    own_targets: Mapping[str, float] | None = None,
    overall: pd.Series | Mapping[str, Any] | None = None,
    direction: str | None = None,
    scale: tuple[float, float] | None = None,
    target_says: str = "",
    title: str = "",
    source: str = "",
) -> ReportFigure | LeftOut:
    """One metric by segment: a bar each, its interval as a whisker, the target's good side shaded.

    `frame`: rows of the measures for one metric, variant and period, one row a segment. `overall`:
    the row of the whole, drawn as a line. `own_targets`: of segments that have one of their own, drawn in
    their row. With a `scale` the rows are dots on the whole scale.
    """
    rows = readings(frame)
    title = title or metric_title(metric, rows[0].variant if rows else None)
    known = _bars(rows, own_targets or {})
    if not known:
        return LeftOut(f"{title} by segment", "no segment has a figure")
    by = spoken(split_column(rows))
    if len(known) == 1:
        one = "period" if by == ALL else by
        return LeftOut(f"chart of {title}", f"only one {one} has a figure")
    bars = _largest(known)
    unit, direction = metric.unit_of(bars[0].reading.variant), direction or metric.direction
    target, whole = number(target), Reading.of({} if overall is None else overall)

    def name(bar: Bar) -> str:
        own = target_label(bar.own_target, unit, direction, formatter)
        return shortened(f"{bar.name}{'' if math.isnan(bar.own_target) else f' ({own})'}", _NAME)

    chart = Chart.of(
        1.4 + _ROW * len(bars),
        f"{split_title(title, by)} by {by}",
        _notes(bars, known, rows, unit, formatter),
        formatter,
        unit,
        left=min(2.6, 0.35 + 0.075 * max(len(name(bar)) for bar in bars)),
        right=_VALUE_ROOM,
        bottom=0.5,
    )
    chart.axes.set_xlim(*(scale or _range(bars, target, whole)))
    _draw_target(
        chart, target, direction, target_label(target, unit, direction, formatter, target_says)
    )
    _draw_bars(chart, bars, dots=scale is not None)
    names_beside(chart.axes, range(len(bars)), map(name, bars))
    if whole.ok:
        _draw_whole(chart, whole)
    chart.grid("x")
    chart.axes.spines["left"].set_visible(scale is None)
    chart.units(chart.axes.xaxis)
    alt = _alt(f"{split_title(title, by)} by {by}", known, chart)
    alt += target_alt(target, unit, direction, formatter, target_says)
    return chart.finish(alt=alt, data=_data(bars), source=source)


def touchpoint_scores(
    frame: pd.DataFrame,
    metric: Metric,
    formatter: Formatter,
    *,
    direction: str | None = None,
    title: str = "",
    **options: Any,
) -> ReportFigure | LeftOut:
    """Scores by touchpoint (or any segment) as dots on the whole scale, and which end is better.

    Options as for `bars_with_intervals`.
    """
    direction = direction or metric.direction
    sides = {HIGHER_IS_BETTER: " (higher is better)", LOWER_IS_BETTER: " (lower is better)"}
    title = title or metric_title(metric, readings(frame)[0].variant if len(frame) else None)
    title += sides.get(direction, "")
    return bars_with_intervals(
        frame, metric, formatter, direction=direction, title=title, **options
    )


def _bars(rows: list[Reading], own_targets: Mapping[str, float]) -> list[Bar]:
    """The rows that have a figure, the smallest first."""
    found = [
        Bar(row, name, number(own_targets.get(row.segment)))
        for row, name in zip(rows, labels(rows), strict=True)
        if row.ok
    ]
    return sorted(found, key=lambda bar: (bar.reading.value, bar.name))


def _largest(known: list[Bar]) -> list[Bar]:
    """The rows that stand on most, in order of value, where there are too many to draw."""
    sizes = [0 if math.isnan(bar.reading.n) else bar.reading.n for bar in known]
    kept = sorted(range(len(known)), key=lambda place: -sizes[place])[:MOST_ROWS]
    return [known[place] for place in sorted(kept)]


def _notes(
    bars: list[Bar], known: list[Bar], rows: list[Reading], unit: str, formatter: Formatter
) -> tuple[str, ...]:
    period, without = bars[0].reading.period, len(rows) - len(known)
    whiskers = any(bar.reading.has_interval for bar in bars)
    return (
        formatter.period(period) if period else "",
        unit_note(unit),
        f"whiskers: {formatter.level} interval" if whiskers else "",
        f"the {len(bars)} of {len(known)} with the largest n" if len(bars) < len(known) else "",
        f"{without} without a figure not shown" if without else "",
    )


def _range(bars: list[Bar], target: float, whole: Reading) -> tuple[float, float]:
    """From zero to whatever is drawn, with a little room at the ends that are not zero."""
    drawn = [bar.reading for bar in bars]
    numbers = [0.0, target, whole.value if whole.ok else 0.0]
    numbers += [row.value for row in drawn] + [bar.own_target for bar in bars]
    numbers += [end for row in drawn if row.has_interval for end in (row.low, row.high)]
    known = [each for each in numbers if not math.isnan(each)]
    low, high = min(known), max(known)
    room = (high - low or 1) * 0.04
    return low - room if low < 0 else 0, high + room if high > 0 else 0


def _draw_target(chart: Chart, target: float, direction: str, text: str) -> None:
    """The target as a line with its name above, and its good side shaded."""
    if math.isnan(target):
        return
    low, high = chart.axes.get_xlim()
    look: Look = {"color": GREEN, "alpha": 0.10, "linewidth": 0, "gid": "good side"}
    if direction == LOWER_IS_BETTER:
        chart.axes.axvspan(low, min(target, high), **look)
    elif direction == HIGHER_IS_BETTER:
        chart.axes.axvspan(max(target, low), high, **look)
    chart.rule(target, "target", upright=True, color=GREEN, linewidth=1.3)
    share = (target - low) / (high - low or 1)
    side = "left" if share < 0.15 else "right" if share > 0.85 else "center"
    look = {"offset": (0, 3), "ha": side, "size": 8, "color": TEXT[GREEN]}
    chart.label(text, (target, 1), within=("data", "axes fraction"), **look)


def _draw_whole(chart: Chart, whole: Reading) -> None:
    chart.rule(whole.value, "all", upright=True)
    ground: Look = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.8}
    at = whole.value, chart.axes.get_ylim()[0]
    look: Look = {"offset": (3, 4), "va": "bottom", "size": 7.5, "color": MUTED, "bbox": ground}
    chart.label(f"all {chart.value(whole.value)}", at, **look)


def _draw_bars(chart: Chart, bars: list[Bar], *, dots: bool) -> None:
    axes, places = chart.axes, range(len(bars))
    values = [bar.reading.value for bar in bars]
    if dots:
        axes.hlines(places, *axes.get_xlim(), color=PALE, linewidth=0.8, gid="scale")
        axes.plot(values, places, "o", color=BLUE, markersize=7, zorder=3, gid="value")
    else:
        axes.barh(places, values, height=0.62, color=SKY, alpha=0.75, gid="value")
        chart.rule(0, "zero", upright=True)
    rows = [(place, bar.reading) for place, bar in enumerate(bars)]
    spans = [(place, row.low, row.high) for place, row in rows if row.has_interval]
    chart.whiskers(spans, upright=False, linewidth=1.2, zorder=2.5)
    axes.set_ylim(-0.6, len(bars) - 0.4)
    for place, bar in enumerate(bars):
        if not math.isnan(bar.own_target):
            ends = [bar.own_target] * 2, [place - 0.4, place + 0.4]
            axes.plot(*ends, color=GREEN, linewidth=2.2, gid="own target")
        value = chart.value(bar.reading.value, bare=chart.unit != RATIO)
        many = f"n {chart.formatter.value(bar.reading.n, 'count')}" if bar.reading.n > 0 else ""
        look: Look = {"within": _BESIDE, "va": "center"}
        chart.label(value, (1, place), offset=(3.6, 0), weight="bold", **look)
        right = (_VALUE_ROOM - 0.07) * 72, 0
        chart.label(many, (1, place), offset=right, ha="right", color=MUTED, **look)


def _alt(title: str, known: list[Bar], chart: Chart) -> str:
    formatter, period = chart.formatter, known[0].reading.period

    def figure(bar: Bar) -> str:
        row = bar.reading
        ends = formatter.interval(row.low, row.high, chart.unit, compact=True)
        return f"{bar.name} {chart.value(row.value)}{f' ({ends})' if ends else ''}"

    when = f" in {formatter.period(period)}" if period else ""
    sure = any(bar.reading.has_interval for bar in known)
    interval = f", with {formatter.level} intervals" if sure else ""
    figures = ", ".join(map(figure, reversed(known)))
    return f"Bar chart: {title}{when}{interval}, highest first: {figures}."


def _data(bars: list[Bar]) -> pd.DataFrame:
    names = ("value", "low", "high", "n")
    return pd.DataFrame(
        {"segment": bar.name, **{name: getattr(bar.reading, name) for name in names}}
        for bar in bars
    )
