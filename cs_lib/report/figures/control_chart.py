"""A control chart: each figure against the limits that the periods before it give."""

import math

import pandas as pd

from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.lines import RIGHT, honest_range, over_periods, plotted, unit_note
from cs_lib.report.figures.theme import (
    BLUE,
    GREY,
    MUTED,
    TEXT,
    VERMILLION,
    canvas,
    drawn,
    end_labels,
    finish,
    light_grid,
    period_axis,
    unit_axis,
)
from cs_lib.report.text.formatting import Formatter, listed, metric_title
from cs_lib.report.text.measure_row import Reading, number


@drawn
def control_chart(
    frame: pd.DataFrame, metric, formatter: Formatter, *, source: str = ""
) -> ReportFigure | LeftOut:
    """Points, what was usual, and control limits by period; points outside are ringed and named.

    `frame`: rows of one metric and segment with centre, limit_low, limit_high and signal. The limits
    move with the periods before, and for shares with n.
    """
    line = over_periods(frame)
    title = metric_title(metric, line[0].variant if line else None)
    known = _limits(frame)
    if not known or sum(row.ok for row in line) < 2:
        return LeftOut(f"control chart of {title}", "too few earlier periods have a figure")
    variant = next(row.variant for row in line if row.ok)
    unit = metric.unit_of(variant)
    seen = [row for row in line if row.ok]
    rung = [i for i, row in enumerate(line) if row.ok and known.get(row.period, (0,) * 4)[3]]
    ends = [end for low, _, high, _ in known.values() for end in (low, high)]
    limits = honest_range(seen, ends)
    figure, axes = canvas(
        3.3, f"{title}: control chart", _subtitle(seen, unit, rung, limits, formatter), right=RIGHT
    )
    axes.set_ylim(*limits)
    low, base, high = _steps(line, known)
    axes.fill_between(
        range(len(line)), low, high, step="mid", color=GREY, alpha=0.16, linewidth=0, gid="limits"
    )
    axes.step(
        range(len(line)),
        base,
        where="mid",
        color=GREY,
        linewidth=1.2,
        linestyle=(0, (1, 1.5)),
        gid="usual",
    )
    values = [row.value if row.ok else math.nan for row in line]
    axes.plot(values, color=BLUE, linewidth=1.6, marker="o", markersize=4, gid="value")
    axes.plot(
        rung,
        [line[i].value for i in rung],
        "o",
        markersize=11,
        markerfacecolor="none",
        markeredgecolor=VERMILLION,
        markeredgewidth=1.6,
        gid="signal",
    )
    _name_rung(axes, line, rung, unit, formatter)
    light_grid(axes)
    unit_axis(axes.yaxis, unit, formatter)
    period_axis(axes, [row.period for row in line], formatter)
    latest = formatter.value(seen[-1].value, unit, compact=True, bare=True)
    marks = [(seen[-1].value, latest, BLUE, True)]
    if known.get(line[-1].period):
        at = known[line[-1].period]
        marks += [
            (at[1], f"usual {formatter.value(at[1], unit, compact=True, bare=True)}", MUTED, False),
            (
                at[2],
                f"upper limit {formatter.value(at[2], unit, compact=True, bare=True)}",
                MUTED,
                False,
            ),
            (
                at[0],
                f"lower limit {formatter.value(at[0], unit, compact=True, bare=True)}",
                MUTED,
                False,
            ),
        ]
    end_labels(axes, len(line) - 0.6, marks)
    data = plotted(line).assign(
        usual=base, limit_low=low, limit_high=high, signal=[i in rung for i in range(len(line))]
    )
    return finish(
        figure, alt=_alt(title, line, rung, known, unit, formatter), data=data, source=source
    )


def _limits(frame: pd.DataFrame) -> dict:
    """Period → (low, centre, high, signal), where there are limits."""
    found = {}
    for row in frame.to_dict("records"):
        if number(row["centre"]) == row["centre"]:
            limits = row["limit_low"], row["centre"], row["limit_high"]
            found[Reading.of(row).period] = (*limits, bool(row["signal"]))
    return found


def _steps(line: list[Reading], known: dict) -> list[list[float]]:
    nothing = (math.nan,) * 4
    return [[known.get(row.period, nothing)[which] for row in line] for which in range(3)]


def _subtitle(seen, unit: str, rung, limits, formatter: Formatter) -> str:
    parts = [formatter.segment(seen[0].segment_by, seen[0].segment), f"by {seen[0].period.grain}"]
    parts += [unit_note(unit), "shaded: limits of normal variation, from the periods before each"]
    parts += ["ringed: outside them" if rung else ""]
    parts += ["axis does not start at 0" if limits[0] > 0 or limits[1] < 0 else ""]
    return ", ".join(part for part in parts if part)


def _name_rung(axes, line, rung, unit: str, formatter: Formatter) -> None:
    """The ringed figures in numbers, where they stand apart."""
    for place in rung:
        near = [other for other in rung if other != place and abs(other - place) < 3]
        if near or place > len(line) - 3:
            continue
        axes.annotate(
            formatter.value(line[place].value, unit, compact=True, bare=True),
            (place, line[place].value),
            xytext=(9, 0),
            textcoords="offset points",
            va="center",
            size=8,
            color=TEXT[VERMILLION],
        )


def _alt(title, line, rung, known, unit: str, formatter: Formatter) -> str:
    judged = sum(1 for row in line if row.ok and row.period in known)
    said = f"Control chart: {title}, {formatter.period(line[0].period)} to {formatter.period(line[-1].period)}. "
    if not rung:
        return f"{said}None of {formatter.count(judged, 'period')} lies outside its limits."
    named = listed(
        [
            f"{formatter.period(line[i].period)} ({formatter.value(line[i].value, unit, compact=True)})"
            for i in rung
        ]
    )
    verb = "lies" if len(rung) == 1 else "lie"
    return f"{said}Of {formatter.count(judged, 'period')}, {len(rung)} {verb} outside the limits: {named}."
