"""NPS: promoters against detractors, over time or side by side."""

import math

import pandas as pd

from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.lines import over_periods, trend_alt
from cs_lib.report.figures.theme import (
    BLUE,
    HATCH,
    INK,
    MUTED,
    ORANGE,
    TEXT,
    canvas,
    drawn,
    end_labels,
    finish,
    light_grid,
    names_below,
    period_axis,
    shortened,
    unit_axis,
    whiskers,
)
from cs_lib.report.text.formatting import Formatter, spoken
from cs_lib.report.text.measure_row import labels, number, readings, split_column
from cs_lib.report.text.verdict_words import target_sign
from cs_lib.vocabulary import HIGHER_IS_BETTER, POINTS

GROUPS = ("nps_promoters", "nps_passives", "nps_detractors")


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
    found = readings(scores)
    several = len({row.period for row in found}) > 1
    rows = over_periods(scores) if several else found
    seen = sum(row.ok for row in rows)
    if seen < 2:
        few = "only one period has a figure" if seen else "there are no answers"
        return LeftOut(f"chart of {title}", few)
    names = labels(rows)
    shares = {
        (row.metric, row.period, row.segment): row.value
        for row in readings(frame[frame["metric"].isin(GROUPS)])
        if row.ok
    }
    segment = found[0].segment
    promoters, passives, detractors = (
        [shares.get((g, r.period, segment if several else r.segment), float("nan")) for r in rows]
        for g in GROUPS
    )
    subtitle = "bars: promoters above, detractors below, per cent of answers; "
    subtitle += f"points: NPS with {formatter.level} interval"
    figure, axes = canvas(3.9, title, subtitle, bottom=0.95, right=0.95)
    _draw_groups(axes, promoters, detractors)
    _draw_points(axes, rows)
    _axes(axes, rows, names, several, formatter)
    marks = []
    if number(target) == target:
        axes.axhline(target, color=INK, linewidth=1.1, linestyle=(0, (5, 2.5)), gid="target")
        marks.append(
            (
                target,
                f"target {target_sign(target, POINTS, HIGHER_IS_BETTER, formatter)}",
                INK,
                False,
            )
        )
    _name_sides(axes, promoters, detractors, marks)
    _answers_row(axes, rows, formatter)
    data = pd.DataFrame(
        {
            "at": [
                r.period.label if several else name for r, name in zip(rows, names, strict=True)
            ],
            "promoters": promoters,
            "passives": passives,
            "detractors": detractors,
            "nps": [r.value for r in rows],
            "low": [r.low for r in rows],
            "high": [r.high for r in rows],
            "n": [r.n for r in rows],
        }
    )
    alt = _alt(title, rows, names, data, several, formatter, spoken(split_column(found)))
    return finish(figure, alt=alt, data=data, source=source, labels=[target])


def _draw_groups(axes, promoters, detractors) -> None:
    places = range(len(promoters))
    width = 0.62 if len(promoters) > 2 else 0.3
    axes.bar(places, [100 * p for p in promoters], width, color=BLUE, alpha=0.45, gid="promoters")
    axes.bar(
        places,
        [-100 * d for d in detractors],
        width,
        color=ORANGE,
        alpha=0.75,
        hatch=HATCH,
        edgecolor="white",
        linewidth=0,
        gid="detractors",
    )
    axes.axhline(0, color="#888888", linewidth=0.8, gid="zero")


def _draw_points(axes, rows) -> None:
    """NPS with its interval; where there are many, the extremes and the latest are written out."""
    seen = [place for place, row in enumerate(rows) if row.ok]
    ordered = sorted(seen, key=lambda place: rows[place].value)
    told = set(seen) if len(seen) <= 8 else {ordered[0], ordered[-1], seen[-1]}
    spans = [(at, rows[at].low, rows[at].high) for at in seen if rows[at].has_interval]
    whiskers(axes, spans, upright=True, linewidth=1.3)
    values = [rows[place].value for place in seen]
    look = {"color": INK, "markersize": 5.5, "markeredgecolor": "white", "gid": "nps"}
    axes.plot(seen, values, "o", **look)
    for place in sorted(told):
        row = rows[place]
        axes.annotate(
            f"{row.value:.0f}".replace("-", "\u2212"),
            (place, row.high if row.has_interval else row.value),
            xytext=(0, 3),
            size=8.5,
            textcoords="offset points",
            ha="center",
            weight="bold",
            bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.6},
        )


def _axes(axes, rows, names, several, formatter) -> None:
    axes.set_ylim(*_range(axes, rows))
    light_grid(axes)
    unit_axis(axes.yaxis, POINTS, formatter, ticks=5)
    if several:
        period_axis(axes, [row.period for row in rows], formatter, color=INK)
    else:
        room = max(8, 84 // len(rows))
        names_below(axes, range(len(rows)), [shortened(name, room) for name in names])
        axes.set_xlim(-0.6, len(rows) - 0.4)
    axes.set_xlim(axes.get_xlim()[0] - 0.1, axes.get_xlim()[1] + 0.1)


def _range(axes, rows) -> tuple[float, float]:
    """Zero and whatever is drawn, to the next quarter of the scale."""
    drawn = [
        *axes.dataLim.intervaly,
        *(end for row in rows if row.has_interval for end in (row.low, row.high)),
    ]
    low, high = min(0, *drawn), max(0, *drawn)
    return max(-100, 25 * math.floor((low - 4) / 25)), min(100, 25 * math.ceil((high + 10) / 25))


def _name_sides(axes, promoters, detractors, marks) -> None:
    """Which bars are whose, written beside the last of each."""
    up = [100 * share / 2 for share in promoters if share == share] or [25]
    down = [-100 * share / 2 for share in detractors if share == share] or [-25]
    marks += [(up[-1], "promoters", BLUE, False), (down[-1], "detractors", TEXT[ORANGE], False)]
    end_labels(axes, axes.get_xlim()[1], marks)


def _answers_row(axes, rows, formatter) -> None:
    """How many answered, under each place: a score of few answers should look like one."""
    step = 1 if len(rows) <= 16 else 2
    last = len(rows) - 1
    for place, row in enumerate(rows):
        if (last - place) % step:
            continue
        axes.annotate(
            formatter.value(row.n, "count") if row.n > 0 else "–",
            (place, 0),
            xycoords=("data", "axes fraction"),
            xytext=(0, -36),
            textcoords="offset points",
            ha="center",
            va="center",
            size=7.5,
            color=MUTED,
        )
    axes.annotate(
        "answers",
        (0, 0),
        xycoords="axes fraction",
        xytext=(-8, -36),
        textcoords="offset points",
        ha="right",
        va="center",
        size=7.5,
        color=MUTED,
    )


def _alt(title, rows, names, data, several, formatter, by) -> str:
    seen = [row for row in rows if row.ok]
    if several:
        alt = trend_alt(title, rows, seen, POINTS, formatter, "Diverging bar chart")
        last = data[data["nps"].notna()].iloc[-1]
        if last["promoters"] == last["promoters"] and last["detractors"] == last["detractors"]:
            up, down = formatter.percent(last["promoters"]), formatter.percent(last["detractors"])
            alt += f" Of the latest {formatter.count(last['n'], 'answer')}, {up} were promoters "
            alt += f"and {down} detractors."
        return alt
    told = ", ".join(
        f"{name} {formatter.value(row.value, POINTS, bare=True)}"
        for name, row in zip(names, rows, strict=True)
        if row.ok
    )
    when = f" in {formatter.period(seen[0].period)}" if seen[0].period else ""
    return f"Diverging bar chart: {title}{when} by {by}: {told}."
