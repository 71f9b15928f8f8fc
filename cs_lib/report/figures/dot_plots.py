"""Rows side by side as dots with their intervals: segments, channels, touchpoints; a panel a column."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_lib.judgement.standing import Figure
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import ALL
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.axis_names import names_beside
from cs_lib.report.figures.chart import EDGE, WIDTH, Chart, Heading, headed
from cs_lib.report.figures.lines import target_alt, target_label
from cs_lib.report.figures.theme import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    PALE,
    Look,
    drawn,
    shortened,
    width_of,
)
from cs_lib.report.text.chart_titles import range_title, unit_words
from cs_lib.report.text.formatting import (
    Formatter,
    heading,
    listed,
    metric_title,
    split_title,
    spoken,
)
from cs_lib.report.text.label_order import have_order, in_order
from cs_lib.report.text.measure_row import Reading, labels, number, readings, split_column
from cs_lib.vocabulary import HIGHER_IS_BETTER, LOWER_IS_BETTER, MOST_SEGMENTS

MOST_BESIDE = 3
_ROW, _TITLE, _FOOT, _LEAST_AXES, _NAME, _GAP = 0.205, 0.23, 0.25, 1.1, 34, 0.14
_BESIDE = ("axes fraction", "data")
#: how far a dot reaches, in points
_RADIUS = 3.5


@dataclass(frozen=True)
class Dot:
    """One row: its name, the figure it is judged by, this period's, and the target of its own (or NaN).

    `months`: of how many together the shown figure is; 0 where it is this period's.
    """

    name: str
    shown: Reading
    now: Reading
    own_target: float = math.nan
    months: int = 0

    @property
    def moved(self) -> bool:
        """Whether this period's figure is another than the one that is shown."""
        return self.now.ok and self.months > 0


@dataclass(frozen=True)
class Panel:
    """The rows of one column from below: the largest on top, or in the order that their names have."""

    by: str
    dots: list[Dot]
    without: int
    unshown: int

    @property
    def names(self) -> list[str]:
        return [shortened(dot.name, _NAME) for dot in self.dots]


@drawn
def segment_dots(
    frame: pd.DataFrame,
    metric: Metric,
    formatter: Formatter,
    *,
    years: Mapping[str, Figure] | None = None,
    target: float | None = None,
    own_targets: Mapping[str, float] | None = None,
    overall: pd.Series | Mapping[str, Any] | None = None,
    overall_year: Figure | None = None,
    direction: str | None = None,
    scale: tuple[float, float] | None = None,
    target_says: str = "",
    beyond: int = 0,
    says: str = "",
) -> ReportFigure | LeftOut:
    """One metric by segment: a dot each with its interval, value and n; a panel a column, on one scale.

    `frame`: rows of the measures for one metric, variant and period, one row a segment of one or more
    columns. `years`: figures over twelve months by segment; where there is one it is the filled dot, and
    this period's a hollow one. `overall` and `overall_year`: of the whole, drawn as a line. `own_targets`:
    of segments that have one of their own, marked in their row. `scale`: the whole scale of a score.
    `beyond`: how many smaller segments there are beside these.
    """
    rows = readings(frame)
    title = metric_title(metric, rows[0].variant if rows else None)
    panels = _panels(rows, years or {}, own_targets or {})
    if not any(panel.dots for panel in panels):
        return LeftOut(f"{title} by segment", "no segment has a figure")
    panels = [panel for panel in panels if len(panel.dots) > 1]
    if not panels:
        by = spoken(split_column(rows))
        return LeftOut(
            f"chart of {title}", f"only one {'period' if by == ALL else by} has a figure"
        )
    unit, direction = metric.unit_of(rows[0].variant), direction or metric.direction
    target = number(target)
    whole = _shown(Reading.of({} if overall is None else overall), overall_year)
    text = _Texts(
        formatter,
        unit,
        whole,
        target,
        target_label(target, unit, direction, formatter, target_says),
    )
    notes = _notes(panels, text, direction, beyond)
    measured = unit_words(metric, rows[0].variant, rows[0].period, formatter)
    shown = [dot.shown for dot in panels[0].dots]
    says = says or range_title(metric, shown, formatter)
    head = Heading.of(title, notes, says=says, unit=measured)
    limits = scale or _range(panels, target, whole)
    charts = _placed(panels, head, text, formatter)
    rooms = text.rooms(panels)
    floors = {chart.axes.get_position().y0 for chart in charts}
    for panel, chart in zip(panels, charts, strict=True):
        last = len(floors) < len(charts) or chart is charts[-1]
        _draw(chart, panel, text, limits, direction, rooms=rooms, ticks=last)
    alt = _alt(title, panels, text) + target_alt(target, unit, direction, formatter, target_says)
    return charts[0].finish(alt=alt, data=_data(panels))


@dataclass(frozen=True)
class _Texts:
    """What is common to the panels: how numbers are written, the whole, and the target."""

    formatter: Formatter
    unit: str
    whole: Reading
    target: float
    target_label: str

    def values(self, panel: Panel) -> list[str]:
        return self.formatter.alike([dot.shown.value for dot in panel.dots], self.unit, bare=True)

    def sizes(self, panel: Panel) -> list[str]:
        many = [dot.shown.n for dot in panel.dots]
        return [self.formatter.value(n, "count") if n > 0 else "" for n in many]

    def rooms(self, panels: list[Panel]) -> tuple[float, float]:
        """The inches that values and sizes take, alike in all panels."""
        values = (width_of(each, bold=True) for panel in panels for each in self.values(panel))
        sizes = (width_of(each) for panel in panels for each in self.sizes(panel))
        return max(values) + 0.1, max(*sizes, width_of("n")) + 0.08


def _panels(
    rows: list[Reading], years: Mapping[str, Figure], own_targets: Mapping[str, float]
) -> list[Panel]:
    columns: dict[str, list[Reading]] = {}
    for row in rows:
        columns.setdefault(row.segment_by, []).append(row)
    return [_panel(some, years, own_targets) for some in columns.values()]


def _panel(
    rows: list[Reading], years: Mapping[str, Figure], own_targets: Mapping[str, float]
) -> Panel:
    """The rows that have a figure; those that stand on most, where there are too many to draw."""
    dots = []
    for row, name in zip(rows, labels(rows), strict=True):
        year, own = years.get(row.segment), number(own_targets.get(row.segment))
        shown = _shown(row, year)
        if shown.ok:
            dots.append(Dot(name, shown, row, own, year.periods if year else 0))
    largest = sorted(dots, key=lambda dot: -(dot.shown.n if dot.shown.n > 0 else 0))[:MOST_SEGMENTS]
    kept = sorted(largest, key=lambda dot: (dot.shown.value, dot.name))
    if have_order(dot.name for dot in kept):
        down = in_order(dot.name for dot in kept)
        kept.sort(key=lambda dot: -down.index(dot.name))
    by = spoken(split_column(rows))
    return Panel(by, kept, len(rows) - len(dots), len(dots) - len(kept))


def _shown(row: Reading, year: Figure | None) -> Reading:
    """The figure over twelve months where there is one, else that of the period."""
    if year is None:
        return row
    low, high = (year.low, year.high) if year.has_interval else (math.nan, math.nan)
    return Reading(
        year.value,
        low,
        high,
        year.n,
        status="ok",
        period=row.period,
        segment_by=row.segment_by,
        segment=row.segment,
        metric=row.metric,
        variant=row.variant,
    )


def _over(dots: Sequence[Dot], formatter: Formatter) -> str:
    """ "12 months", "up to 6 months": of how many together the figures are; empty where of the period's own."""
    counts = {dot.months for dot in dots if dot.months}
    if not counts:
        return ""
    return f"{'up to ' if len(counts) > 1 else ''}{formatter.count(max(counts), 'month')}"


def _notes(panels: list[Panel], text: _Texts, direction: str, beyond: int) -> list[str]:
    """What dots, lines and ticks stand for."""
    formatter, dots = text.formatter, [dot for panel in panels for dot in panel.dots]
    period = dots[0].now.period
    when = formatter.period(period) if period else ""
    level = f"{formatter.level} interval" if any(dot.shown.has_interval for dot in dots) else ""
    if over := _over(dots, formatter):
        filled = f"●\u00a0{over}{f' with {level}' if level else ''}"
        hollow = f"○\u00a0{when}" if any(dot.moved for dot in dots) else ""
    else:
        filled, hollow = when, f"line: {level}" if level else ""
    unshown = beyond + sum(panel.unshown for panel in panels)
    without = sum(panel.without for panel in panels)
    sides = {HIGHER_IS_BETTER: "higher is better", LOWER_IS_BETTER: "lower is better"}
    [value] = formatter.alike([text.whole.value], text.unit, bare=True)
    return [
        filled,
        hollow,
        f"dotted: all {value}" if text.whole.ok else "",
        f"dashed: {text.target_label}" if not math.isnan(text.target) else "",
        "green tick: own target" if any(not math.isnan(dot.own_target) for dot in dots) else "",
        sides.get(direction, ""),
        f"{formatter.value(unshown, 'count')} of smallest n not drawn" if unshown else "",
        f"{without} without a figure not drawn" if without else "",
    ]


def _range(panels: list[Panel], target: float, whole: Reading) -> tuple[float, float]:
    """From zero to whatever is drawn; cut where zero is far, since dots claim no length."""
    dots = [dot for panel in panels for dot in panel.dots]
    numbers = [target, whole.value if whole.ok else math.nan]
    numbers += [each for dot in dots for each in (dot.shown.value, dot.own_target)]
    numbers += [dot.now.value for dot in dots if dot.moved]
    numbers += [
        end for dot in dots if dot.shown.has_interval for end in (dot.shown.low, dot.shown.high)
    ]
    known = [each for each in numbers if not math.isnan(each)]
    low, high = min(known), max(known)
    room = (high - low or abs(high) or 1) * 0.06
    low = 0 if 0 <= low < 0.6 * high else low - room
    return low, high + room if high > 0 or low >= 0 else 0


def _placed(panels: list[Panel], head: Heading, text: _Texts, formatter: Formatter) -> list[Chart]:
    """A chart a panel: beside each other where that leaves the axes room, else below each other."""
    around = [_around(panel, sum(text.rooms(panels))) for panel in panels]
    beside = len(panels) <= MOST_BESIDE and _axes_width(around) >= _LEAST_AXES
    if not beside:
        around = [(max(left for left, _ in around), max(right for _, right in around))] * len(
            panels
        )
    wide = _axes_width(around if beside else around[:1])
    highs = [_ROW * len(panel.dots) for panel in panels]
    below = (max(highs) + _TITLE if beside else sum(highs) + _TITLE * len(panels)) + _FOOT
    figure = headed(below, head)
    height = figure.get_size_inches()[1]
    charts, left, down = [], EDGE, height - below + _TITLE
    for (names, values), high in zip(around, highs, strict=True):
        box = (left + names) / WIDTH, 1 - (down + high) / height, wide / WIDTH, high / height
        charts.append(Chart(figure, figure.add_axes(box), formatter, text.unit, head))
        if beside:
            left += names + wide + values + _GAP
        else:
            down += high + _TITLE
    return charts


def _around(panel: Panel, values: float) -> tuple[float, float]:
    """The inches left of a panel's axes for names, and right of them for values and n."""
    return max(map(width_of, [*panel.names, heading(panel.by)])) + 0.1, values


def _axes_width(around: Sequence[tuple[float, float]]) -> float:
    """How wide each axes of a row can be, all alike."""
    room = WIDTH - 2 * EDGE - _GAP * (len(around) - 1) - sum(map(sum, around))
    return room / len(around)


def _draw(
    chart: Chart,
    panel: Panel,
    text: _Texts,
    limits: tuple[float, float],
    direction: str,
    *,
    rooms: tuple[float, float],
    ticks: bool,
) -> None:
    axes, dots = chart.axes, panel.dots
    places = range(len(dots))
    axes.set_xlim(*limits)
    axes.set_ylim(-0.5, len(dots) - 0.5)
    _draw_target(chart, text.target, direction)
    axes.hlines(places, *limits, color=PALE, linewidth=0.8, gid="row")
    if text.whole.ok:
        chart.rule(text.whole.value, "all", upright=True)
    rows = [(place, dot.shown) for place, dot in enumerate(dots)]
    for place, row in rows:
        if row.has_interval:
            ends: Look = {"color": BLUE, "linewidth": 2, "solid_capstyle": "butt"}
            axes.plot([row.low, row.high], [place, place], gid="interval", **ends)
    values = [row.value for _, row in rows]
    # a dot at the end of the scale is drawn whole
    whole: Look = {"marker": "o", "linestyle": "none", "clip_on": False}
    axes.plot(values, places, color=BLUE, markersize=6.5, zorder=3, gid="value", **whole)
    moved = [(dot.now.value, place) for place, dot in enumerate(dots) if dot.moved]
    if moved:
        look: Look = {"markerfacecolor": "none", "markeredgecolor": INK, "markersize": 5}
        axes.plot(*zip(*moved, strict=True), zorder=3.5, gid="this period", **whole, **look)
    for place, dot in enumerate(dots):
        if not math.isnan(dot.own_target):
            own: Look = {"color": GREEN, "linewidth": 2.4, "solid_capstyle": "butt"}
            axes.plot([dot.own_target] * 2, [place - 0.42, place + 0.42], gid="own target", **own)
    _write(chart, panel, text, rooms)
    axes.spines[["left", "bottom"]].set_visible(False)
    chart.grid("x")
    chart.units(axes.xaxis, ticks=max(2, min(6, round(axes.get_position().width * WIDTH / 0.5))))
    if not ticks:
        axes.xaxis.set_major_formatter(lambda *_: "")


def _draw_target(chart: Chart, target: float, direction: str) -> None:
    """The target as a line, its good side shaded."""
    if math.isnan(target):
        return
    low, high = chart.axes.get_xlim()
    look: Look = {"color": GREEN, "alpha": 0.10, "linewidth": 0, "gid": "good side"}
    if direction == LOWER_IS_BETTER:
        chart.axes.axvspan(low, min(target, high), **look)
    elif direction == HIGHER_IS_BETTER:
        chart.axes.axvspan(max(target, low), high, **look)
    chart.rule(target, "target", upright=True)


def _write(chart: Chart, panel: Panel, text: _Texts, rooms: tuple[float, float]) -> None:
    """Names at the left, values and n at the right, what they are above them."""
    names_beside(chart.axes, range(len(panel.dots)), panel.names, more=_over_the_edge(chart, panel))
    values, sizes = text.values(panel), text.sizes(panel)
    wide, far = rooms[0] * 72, sum(rooms) * 72
    look: Look = {"within": _BESIDE, "va": "center", "ha": "right"}
    for place, (value, size) in enumerate(zip(values, sizes, strict=True)):
        chart.label(value, (1, place), offset=(wide, 0), weight="bold", **look)
        chart.label(size, (1, place), offset=(far, 0), color=MUTED, **look)
    above: Look = {"within": "axes fraction", "va": "bottom", "color": MUTED}
    chart.label(
        heading(panel.by),
        (0, 1),
        offset=(-4, 3),
        ha="right",
        **{**above, "color": INK, "weight": "bold"},
    )
    if any(sizes):
        over = _over(panel.dots, text.formatter)
        chart.label(f"n over {over}" if over else "n", (1, 1), offset=(far, 3), ha="right", **above)


def _over_the_edge(chart: Chart, panel: Panel) -> float:
    """How many points the dots of a panel reach over its left end, where the names stand."""
    low, high = chart.axes.get_xlim()
    shown = [dot.shown.value for dot in panel.dots] + [d.now.value for d in panel.dots if d.moved]
    inside = (min(shown) - low) / (high - low) * chart.axes.get_position().width * WIDTH * 72
    return max(0.0, _RADIUS - inside)


def _alt(title: str, panels: list[Panel], text: _Texts) -> str:
    formatter = text.formatter

    def figure(dot: Dot) -> str:
        row = dot.shown
        ends = formatter.interval(row.low, row.high, text.unit, compact=True)
        return f"{dot.name} {formatter.short(row.value, text.unit)}{f' ({ends})' if ends else ''}"

    first = panels[0].dots[0]
    when = f" in {formatter.period(first.now.period)}" if first.now.period else ""
    over = _over([dot for panel in panels for dot in panel.dots], formatter)
    if over and first.now.period:
        when = f" over {over} to {formatter.period(first.now.period)}"
    sure = any(dot.shown.has_interval for panel in panels for dot in panel.dots)
    interval = f", with {formatter.level} intervals" if sure else ""
    by = listed([panel.by for panel in panels])
    title = split_title(title, by)
    told = "; ".join(", ".join(map(figure, reversed(panel.dots))) for panel in panels)
    whole = f" All: {formatter.short(text.whole.value, text.unit)}." if text.whole.ok else ""
    ordered = any(have_order(dot.name for dot in panel.dots) for panel in panels)
    order = "" if ordered else ", highest first"
    return f"Dot plot: {title} by {by}{when}{interval}{order}: {told}.{whole}"


def _data(panels: list[Panel]) -> pd.DataFrame:
    several = len(panels) > 1
    return pd.DataFrame(
        {
            **({"column": panel.by} if several else {}),
            "segment": dot.name,
            "value": dot.shown.value,
            "low": dot.shown.low,
            "high": dot.shown.high,
            "n": dot.shown.n,
            "this_period": dot.now.value if dot.moved else math.nan,
            "own_target": dot.own_target,
        }
        for panel in panels
        for dot in panel.dots
    ).dropna(axis="columns", how="all")
