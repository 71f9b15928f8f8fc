"""Survival: the share still paying by time since they began, with how many that rests on."""

import math

import pandas as pd

from cs_lib.period import ALL
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.chart import FRACTION, Chart, EndLabel, Heading
from cs_lib.report.figures.theme import DASHES, MUTED, SERIES, TEXT, Look, drawn, shortened
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import Reading, labels, number
from cs_lib.vocabulary import COUNT, PERCENT

MOST_CURVES = 5
#: a curve of fewer customers than this falls in steps that say nothing
LEAST_FOLLOWED = 10
Curves = dict[str, pd.DataFrame]


@drawn
def survival_curve(
    curves: pd.DataFrame,
    formatter: Formatter,
    *,
    unit: str = "months",
    title: str = "Customers still paying, since their first payment",
    still: str = "still pay",
) -> ReportFigure | LeftOut:
    """Kaplan–Meier steps with their band, and the number at risk under the axis.

    `curves`: rows of one curve (segment_by, segment, t, at_risk, events, value, low, high), `t` in
    `unit`; up to five segments, those with most at risk. A segment's curve is shown while as many are at
    risk as the edition asks for.
    """
    every = _segments(curves)
    if not any((part["events"] > 0).any() for part in every.values()) or curves["t"].max() <= 0:
        return LeftOut(title, "nobody has left yet, or nobody was observed for long enough")
    most = [each for each in every.items() if each[1]["t"].max() > 0][:MOST_CURVES]
    found = {n: part for n, part in most if part["at_risk"].max() >= LEAST_FOLLOWED}
    if not found:
        return LeftOut(title, f"fewer than {LEAST_FOLLOWED} customers were followed")
    foot, end = 0.17 * len(found), max(float(part["t"].max()) for part in found.values())
    left_out = len(every) - len(found)
    notes = [
        f"shaded: {formatter.level} interval; those who {still} count for as long as observed",
        f"{left_out} smallest not drawn" if left_out else "",
    ]
    size: Look = {"right": 1.6, "left": 1.0, "bottom": 0.62 + foot}
    heading = Heading.of(title, notes, says=_says(found, unit, still, formatter), unit="%")
    chart = Chart.of(2.1, heading, formatter, PERCENT, **size)
    chart.axes.set_ylim(0, 1.02)
    chart.axes.set_xlim(0, end)
    _draw_curves(chart, found, unit)
    chart.rule(0.5, "half")
    chart.grid()
    chart.units(chart.axes.yaxis)
    chart.months(end, most=9)
    _draw_at_risk(chart, found, end)
    chart.axes.set_xlabel(unit, labelpad=1)
    data = pd.concat([part.assign(name=name) for name, part in found.items()], ignore_index=True)
    data = data[["name", "t", "at_risk", "events", "value", "low", "high"]]
    data = data.rename(columns={"t": unit})
    return chart.finish(alt=_alt(title, found, unit, formatter), data=data, units={unit: COUNT})


def _segments(curves: pd.DataFrame) -> Curves:
    """Each segment's steps, starting from everybody at 0; the largest first."""
    keys = list(dict.fromkeys(zip(curves["segment_by"], curves["segment"], strict=True)))
    rows = [Reading(value=1, segment_by=by, segment=segment) for by, segment in keys]
    names = ["all"] if len(keys) == 1 and keys[0][0] == ALL else labels(rows)
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
    return {name: found[name] for name in order}


def median(part: pd.DataFrame) -> float:
    """The first time at which half or fewer remain; NaN where the curve stays above one half."""
    reached = part[part["value"] <= 0.5]
    return number(reached["t"].iloc[0]) if len(reached) else math.nan


def _says(found: Curves, unit: str, still: str, formatter: Formatter) -> str:
    """ "54% still pay after 24 months"; of segments those at both ends, at the last time at which ten of each
    were at risk."""
    end = min(
        float(part.loc[part["at_risk"] >= LEAST_FOLLOWED, "t"].max()) for part in found.values()
    )
    if not end:
        return ""
    after = f"{still} after {formatter.count(end, unit.removesuffix('s'))}"
    left = {name: part.loc[part["t"] <= end, "value"].iloc[-1] for name, part in found.items()}
    low, high = min(left, key=lambda name: left[name]), max(left, key=lambda name: left[name])
    if low == high:
        return f"{formatter.percent(left[low], 0)} {after}"
    ends = [f"{formatter.percent(left[name], 0)} ({shortened(name, 16)})" for name in (low, high)]
    return f"{ends[0]} to {ends[1]} {after}"


def _median_words(part: pd.DataFrame, unit: str, formatter: Formatter) -> str:
    middle = median(part)
    if math.isnan(middle):
        return "more than half remain"
    return f"median {formatter.count(middle, unit.removesuffix('s'))}"


def _draw_curves(chart: Chart, found: Curves, unit: str) -> None:
    """The steps of each segment in its band, named at their end with what is left and the median."""
    ends = []
    for (name, part), colour, dash in zip(found.items(), SERIES, DASHES, strict=False):
        band: Look = {"step": "post", "alpha": 0.13, "linewidth": 0}
        look: Look = {"color": colour, "gid": name}
        chart.axes.fill_between(part["t"], part["low"], part["high"], **band, **look)
        steps: Look = {"where": "post", "linewidth": 1.8, "linestyle": dash}
        chart.axes.step(part["t"], part["value"], **steps, **look)
        left = part["value"].iloc[-1]
        text = f"{shortened(name, 18)} {chart.value(left)}"
        median_words = _median_words(part, unit, chart.formatter)
        ends.append(EndLabel(left, f"{text}\n{median_words}", TEXT[colour]))
    chart.end_labels(chart.axes.get_xlim()[1], ends, points=28)


def _draw_at_risk(chart: Chart, found: Curves, end: float) -> None:
    """Under each tick, how many were still watched: few make the end of the curve unsure."""
    look: Look = {"va": "center", "color": MUTED}
    beside: Look = {"within": FRACTION, "ha": "right", **look}
    if len(found) > 1:
        chart.label("at risk", (0, 0), offset=(-14, -20), **beside)
    for row, (name, part) in enumerate(found.items()):
        down = -32 - 12 * row
        text = "at risk" if len(found) == 1 else shortened(name, 12)
        chart.label(text, (0, 0), offset=(-14, down), **beside)
        for t in chart.axes.get_xticks():
            if 0 <= t <= end:
                later = part[part["t"] >= t]
                few = f"<{chart.formatter.min_n}"
                many = chart.formatter.value(later["at_risk"].iloc[0], COUNT) if len(later) else few
                within = ("data", FRACTION)
                chart.label(many, (t, 0), offset=(0, down), within=within, ha="center", **look)


def _alt(title: str, found: Curves, unit: str, formatter: Formatter) -> str:
    told = [
        f"{name}: {formatter.percent(part['value'].iloc[-1])} after "
        f"{formatter.count(part['t'].iloc[-1], unit.removesuffix('s'))}, "
        f"{_median_words(part, unit, formatter)}, "
        f"{formatter.value(part['at_risk'].iloc[0], COUNT)} at risk at the start and "
        f"{formatter.value(part['at_risk'].iloc[-1], COUNT)} at its end"
        for name, part in found.items()
    ]
    return f"Survival curve: {title}. {'; '.join(told)}."
