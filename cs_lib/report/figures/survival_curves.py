"""Survival: the share still paying by time since they began, with how many that rests on."""

import math

import pandas as pd

from cs_lib.period import ALL
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.theme import (
    DASHES,
    GREY,
    MUTED,
    SERIES,
    TEXT,
    canvas,
    drawn,
    end_labels,
    finish,
    light_grid,
    month_axis,
    shortened,
    unit_axis,
)
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import Reading, labels, number
from cs_lib.vocabulary import PERCENT

MOST_CURVES = 5
#: a curve of fewer customers than this falls in steps that say nothing
LEAST_FOLLOWED = 10


@drawn
def survival_curve(
    curves: pd.DataFrame,
    formatter: Formatter,
    *,
    unit: str = "months",
    title: str = "Customers still paying, since their first payment",
    source: str = "",
) -> ReportFigure | LeftOut:
    """Kaplan–Meier steps with their band, and the number at risk under the axis.

    `curves`: rows of one curve (segment_by, segment, t, at_risk, events, value, low, high), `t` in
    `unit`; up to five segments, those with most at risk.
    """
    found = _segments(curves)
    if not any((part["events"] > 0).any() for part in found.values()) or curves["t"].max() <= 0:
        return LeftOut(title, "nobody has left yet, or nobody was observed for long enough")
    found = {n: part for n, part in found.items() if part["at_risk"].max() >= LEAST_FOLLOWED}
    if not found:
        return LeftOut(title, f"fewer than {LEAST_FOLLOWED} customers were followed")
    rows = len(found)
    subtitle = (
        f"shaded: {formatter.level} interval; who has not left counts for as long as observed"
    )
    figure, axes = canvas(
        3.3 + 0.17 * rows, title, subtitle, right=1.6, bottom=0.82 + 0.17 * rows, left=1.0
    )
    end = float(curves["t"].max())
    for (name, part), colour, dash in zip(found.items(), SERIES, DASHES, strict=False):
        axes.fill_between(
            part["t"],
            part["low"],
            part["high"],
            step="post",
            color=colour,
            alpha=0.13,
            linewidth=0,
            gid=name,
        )
        axes.step(
            part["t"],
            part["value"],
            where="post",
            color=colour,
            linewidth=1.8,
            linestyle=dash,
            gid=name,
        )
    axes.axhline(0.5, color=GREY, linewidth=0.8, linestyle=(0, (1, 2)), gid="half")
    axes.set_ylim(0, 1.02)
    axes.set_xlim(0, end)
    named = [
        (
            part["value"].iloc[-1],
            f"{shortened(name, 18)} {formatter.percent(part['value'].iloc[-1])}\n"
            f"{_median_words(part, unit, formatter)}",
            TEXT[colour],
            False,
        )
        for (name, part), colour in zip(found.items(), SERIES, strict=False)
    ]
    end_labels(axes, end, named, points=27)
    light_grid(axes)
    unit_axis(axes.yaxis, PERCENT, formatter)
    month_axis(axes, end)
    _at_risk(axes, found, end, formatter)
    axes.set_xlabel(unit, labelpad=1)
    data = pd.concat([part.assign(name=name) for name, part in found.items()], ignore_index=True)
    data = data[["name", "t", "at_risk", "events", "value", "low", "high"]]
    return finish(figure, alt=_alt(title, found, unit, formatter), data=data, source=source)


def _segments(curves: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Each segment's steps, starting from everybody at 0; the largest first."""
    keys = list(dict.fromkeys(zip(curves["segment_by"], curves["segment"], strict=True)))
    rows = [Reading(value=1, segment_by=by, segment=segment) for by, segment in keys]
    names = (
        labels(rows)
        if len(keys) > 1
        else ["all" if keys and keys[0][0] == ALL else each for each in labels(rows)]
    )
    found = {}
    for name, (by, segment) in zip(names, keys, strict=True):
        mine = curves[(curves["segment_by"] == by) & (curves["segment"] == segment)]
        part = mine[mine["value"].notna()].sort_values("t")
        if part.empty:
            continue
        if part["t"].iloc[0] > 0:
            first = part.iloc[[0]].assign(t=0, events=0, value=1.0, low=1.0, high=1.0)
            part = pd.concat([first, part], ignore_index=True)
        found[name] = part
    order = sorted(found, key=lambda name: -found[name]["at_risk"].max())
    return {name: found[name] for name in order[:MOST_CURVES]}


def median(part: pd.DataFrame) -> float:
    """The first time at which half or fewer remain; NaN where the curve stays above one half."""
    reached = part[part["value"] <= 0.5]
    return number(reached["t"].iloc[0]) if len(reached) else math.nan


def _median_words(part: pd.DataFrame, unit: str, formatter: Formatter) -> str:
    middle = median(part)
    return (
        "no median: above ½"
        if math.isnan(middle)
        else f"median {formatter.value(middle, 'count')} {unit}"
    )


def _at_risk(axes, found, end: float, formatter: Formatter) -> None:
    """Under each tick, how many were still watched: few make the end of the curve unsure."""
    ticks = [t for t in axes.get_xticks() if 0 <= t <= end]
    if len(found) > 1:
        _left_of_axis(axes, -20, "at risk")
    for row, (name, part) in enumerate(found.items()):
        down = -32 - 12 * row
        _left_of_axis(axes, down, "at risk" if len(found) == 1 else shortened(name, 12))
        for t in ticks:
            later = part[part["t"] >= t]
            many = later["at_risk"].iloc[0] if len(later) else 0
            axes.annotate(
                formatter.value(many, "count"),
                (t, 0),
                xycoords=("data", "axes fraction"),
                xytext=(0, down),
                textcoords="offset points",
                ha="center",
                va="center",
                size=7.5,
                color=MUTED,
            )


def _left_of_axis(axes, down: float, text: str) -> None:
    axes.annotate(
        text,
        (0, 0),
        xycoords="axes fraction",
        xytext=(-14, down),
        textcoords="offset points",
        ha="right",
        va="center",
        size=7.5,
        color=MUTED,
    )


def _alt(title: str, found, unit: str, formatter: Formatter) -> str:
    told = [
        f"{name}: {formatter.percent(part['value'].iloc[-1])} after "
        f"{formatter.value(part['t'].iloc[-1], 'count')} {unit}, {_median_words(part, unit, formatter)}, "
        f"{formatter.value(part['at_risk'].iloc[0], 'count')} at risk at the start"
        for name, part in found.items()
    ]
    return f"Survival curve: {title}. {'; '.join(told)}."
