"""NPS: promoters against detractors, over time or side by side."""

import math
from collections.abc import Iterable

import pandas as pd

from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.axis_names import names_below
from cs_lib.report.figures.chart import FRACTION, Chart, EndLabel
from cs_lib.report.figures.lines import over_periods, over_time_alt, target_label
from cs_lib.report.figures.theme import (
    BLUE,
    INK,
    MUTED,
    ORANGE,
    TEXT,
    Look,
    drawn,
    hatched,
    shortened,
)
from cs_lib.report.text.formatting import Formatter, spoken
from cs_lib.report.text.measure_row import Reading, labels, number, readings, split_column
from cs_lib.vocabulary import HIGHER_IS_BETTER, POINTS

GROUPS = ("promoters", "passives", "detractors")
#: of more points than this only the extremes and the latest are written out
ALL_NAMED = 8


@drawn
def nps_bars(
    frame: pd.DataFrame,
    formatter: Formatter,
    *,
    target: float | None = None,
    title: str = "NPS",
    source: str = "",
) -> ReportFigure | LeftOut:
    """Promoters above the line, detractors below it, and their difference, NPS, with its interval.

    `frame`: rows `nps`, `nps_promoters`, `nps_passives` and `nps_detractors` of the measures, over
    several periods of one segment, or over several segments or touchpoints of one period.
    """
    scores = frame[frame["metric"] == "nps"]
    several = len({row.period for row in readings(scores)}) > 1
    rows = over_periods(scores) if several else readings(scores)
    known = sum(row.ok for row in rows)
    if known < 2:
        few = "only one period has a figure" if known else "there are no answers"
        return LeftOut(f"chart of {title}", few)
    by, target = spoken(split_column(readings(scores))), number(target)
    data = _data(frame, rows, several)
    notes = [
        "bars: promoters above",
        "detractors below",
        f"per cent of answers; points: NPS with {formatter.level} interval",
    ]
    chart = Chart.of(3.9, title, notes, formatter, POINTS, bottom=0.95, right=0.95)
    _draw_groups(chart, data)
    _draw_points(chart, rows)
    _draw_axes(chart, rows, data["at"], several)
    label = target_label(target, POINTS, HIGHER_IS_BETTER, formatter)
    up, down = (100 * data[name].dropna() / 2 for name in ("promoters", "detractors"))
    sides = [
        *chart.named_rule(target, "target", label),
        EndLabel(up.iloc[-1] if len(up) else 25, "promoters", BLUE),
        EndLabel(-down.iloc[-1] if len(down) else -25, "detractors", TEXT[ORANGE]),
    ]
    chart.end_labels(chart.axes.get_xlim()[1], sides)
    _draw_answers(chart, rows)
    alt = (
        _alt_over_time(title, rows, data, formatter)
        if several
        else _alt(title, data, by, chart, rows)
    )
    return chart.finish(alt=alt, data=data, source=source)


def _data(frame: pd.DataFrame, rows: list[Reading], several: bool) -> pd.DataFrame:
    """The three shares beside each score, NaN where there is none."""
    segment = rows[0].segment
    shares = {(row.metric, row.period, row.segment): row.value for row in readings(frame) if row.ok}
    groups = {
        group: [
            shares.get((f"nps_{group}", row.period, segment if several else row.segment), math.nan)
            for row in rows
        ]
        for group in GROUPS
    }
    places = [row.period.label if row.period else "" for row in rows] if several else labels(rows)
    scores = {"nps": "value", "low": "low", "high": "high", "n": "n"}
    numbers = {name: [getattr(row, part) for row in rows] for name, part in scores.items()}
    return pd.DataFrame({"at": places, **groups, **numbers})


def _draw_groups(chart: Chart, data: pd.DataFrame) -> None:
    width = 0.62 if len(data) > 2 else 0.3
    look: Look = {"color": BLUE, "alpha": 0.45, "gid": "promoters"}
    chart.axes.bar(data.index, 100 * data["promoters"], width, **look)
    look = {"alpha": 0.75, "gid": "detractors", **hatched(ORANGE)}
    chart.axes.bar(data.index, -100 * data["detractors"], width, **look)
    chart.rule(0, "zero")


def _draw_points(chart: Chart, rows: list[Reading]) -> None:
    """NPS with its interval; where there are many, the extremes and the latest are written out."""
    known = [(place, row) for place, row in enumerate(rows) if row.ok]
    spans = [(place, row.low, row.high) for place, row in known if row.has_interval]
    chart.whiskers(spans, upright=True, linewidth=1.3)
    places, values = [place for place, _ in known], [row.value for _, row in known]
    look: Look = {"color": INK, "markersize": 5.5, "markeredgecolor": "white", "gid": "nps"}
    chart.axes.plot(places, values, "o", **look)
    ordered = sorted(known, key=lambda placed: placed[1].value)
    named = known if len(known) <= ALL_NAMED else [ordered[0], ordered[-1], known[-1]]
    ground: Look = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.6}
    for place, row in dict(named).items():
        above = place, row.high if row.has_interval else row.value
        text = chart.formatter.decimal(row.value, 0)
        chart.label(text, above, offset=(0, 3), ha="center", weight="bold", bbox=ground)


def _draw_axes(chart: Chart, rows: list[Reading], names: pd.Series, several: bool) -> None:
    axes = chart.axes
    axes.set_ylim(*_range(axes.dataLim.intervaly, rows))
    chart.grid()
    chart.units(axes.yaxis, ticks=5)
    if several:
        chart.periods([row.period for row in rows if row.period], color=INK)
    else:
        room = max(8, 84 // len(rows))
        names_below(axes, range(len(rows)), [shortened(name, room) for name in names])
        axes.set_xlim(-0.6, len(rows) - 0.4)
    axes.set_xlim(axes.get_xlim()[0] - 0.1, axes.get_xlim()[1] + 0.1)


def _range(drawn: Iterable[float], rows: list[Reading]) -> tuple[float, float]:
    """Zero and whatever is drawn, to the next quarter of the scale."""
    ends = [end for row in rows if row.has_interval for end in (row.low, row.high)]
    low, high = min(0, *drawn, *ends), max(0, *drawn, *ends)
    return max(-100, 25 * math.floor((low - 4) / 25)), min(100, 25 * math.ceil((high + 10) / 25))


def _draw_answers(chart: Chart, rows: list[Reading]) -> None:
    """How many answered, under each place: a score of few answers should look like one."""
    look: Look = {"va": "center", "size": 7.5, "color": MUTED}
    for place in range(len(rows))[:: -1 if len(rows) <= 16 else -2]:
        many = chart.formatter.value(rows[place].n, "count") if rows[place].n > 0 else "–"
        within = ("data", FRACTION)
        chart.label(many, (place, 0), offset=(0, -36), within=within, ha="center", **look)
    chart.label("answers", (0, 0), offset=(-8, -36), within=FRACTION, ha="right", **look)


def _alt(title: str, data: pd.DataFrame, by: str, chart: Chart, rows: list[Reading]) -> str:
    period = next(row.period for row in rows if row.ok)
    when = f" in {chart.formatter.period(period)}" if period else ""
    named = [
        f"{name} {chart.value(row.value, bare=True)}"
        for name, row in zip(data["at"], rows, strict=True)
        if row.ok
    ]
    return f"Diverging bar chart: {title}{when} by {by}: {', '.join(named)}."


def _alt_over_time(
    title: str, rows: list[Reading], data: pd.DataFrame, formatter: Formatter
) -> str:
    alt = over_time_alt(title, rows, POINTS, formatter, "Diverging bar chart")
    last = data[data["nps"].notna()].iloc[-1]
    if math.isnan(last["promoters"]) or math.isnan(last["detractors"]):
        return alt
    up, down = formatter.percent(last["promoters"]), formatter.percent(last["detractors"])
    answers = formatter.count(last["n"], "answer")
    return f"{alt} Of the latest {answers}, {up} were promoters and {down} detractors."
