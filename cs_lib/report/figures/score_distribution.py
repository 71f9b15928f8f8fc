"""How many answers gave each score."""

import math
from itertools import pairwise

import pandas as pd

from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.axis_names import names_below
from cs_lib.report.figures.chart import Chart, Heading
from cs_lib.report.figures.theme import BLUE, MUTED, ORANGE, TEXT, drawn, hatched
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import number, readings, segment_pairs
from cs_lib.vocabulary import BAD, COUNT, GOOD, NEUTRAL, PERCENT, SUPPRESSED

#: a share of fewer answers than this looks like more than it is
LEAST_ANSWERS = 10
_LOOKS = {GOOD: {"color": BLUE}, BAD: hatched(ORANGE), NEUTRAL: {"color": "#bdbdbd"}}
_TEXT = {GOOD: BLUE, BAD: TEXT[ORANGE], NEUTRAL: MUTED}


@drawn
def score_distribution(
    frame: pd.DataFrame,
    formatter: Formatter,
    *,
    scale: tuple[int, int],
    good: tuple[float, float] | None = None,
    bad: tuple[float, float] | None = None,
    good_name: str = "",
    bad_name: str = "",
    middle_name: str = "",
    title: str = "Answers by score",
) -> ReportFigure | LeftOut:
    """How many answers gave each score; the scores that count as good and as bad stand apart.

    `frame`: rows of `nps_answers`, `csat_answers` or `ces_answers` for one period, one row a score
    (segment "score=9"). `good` and `bad` are inclusive ranges of scores.
    """
    counts = scores(frame)
    total = sum(counts.values())
    hidden = next((row for row in readings(frame) if row.status == SUPPRESSED), None)
    if not total and hidden:
        return LeftOut(title, formatter.status(hidden))
    if total < LEAST_ANSWERS:
        few = f"fewer than {LEAST_ANSWERS} answers" if total else "there are no answers"
        return LeftOut(title, few)
    places = sorted({*range(int(scale[0]), int(scale[1]) + 1), *counts})
    answers = [counts.get(score, 0) for score in places]
    data = pd.DataFrame({"score": places, "answers": answers})
    data["share"] = data["answers"] / total
    sides = data["score"].map(lambda score: _side(score, good, bad))
    period = readings(frame)[0].period
    when, many = formatter.period(period) if period else "", formatter.count(total, "answer")
    names = {GOOD: good_name, BAD: bad_name, NEUTRAL: middle_name}
    totals = data["share"].groupby(sides).sum()
    says = ", ".join(
        f"{formatter.percent(totals.get(side, 0.0), 0)} {names[side]}"
        for side in (GOOD, BAD)
        if names[side]
    )
    heading = Heading.of(title, [when, many], says=says, unit="% of answers")
    chart = Chart.of(1.9, heading, formatter, PERCENT, left=0.35, bottom=0.25)
    chart.axes.set_ylim(0, data["share"].max() * 1.45)
    _draw(chart, data, sides)
    chart.axes.set_yticks([])
    chart.grid()
    groups = {names[side]: rows for side, rows in data.groupby(sides, sort=False) if names[side]}
    for name, rows in groups.items():
        _name_group(chart, name, rows, _TEXT[sides[rows.index[0]]])
    shares = [
        f"{formatter.tick(row.score, 'score')}: {formatter.percent(row.share)}"
        for row in data.itertuples()
    ]
    alt = f"Bar chart: {title}{f' in {when}' if when else ''}, {many}. "
    alt += f"Share by score: {', '.join(shares)}."
    for name in filter(None, names.values()):
        share = groups[name]["share"].sum() if name in groups else 0
        alt += f" {name}: {formatter.percent(share)}."
    return chart.finish(alt=alt, data=data, units={"score": COUNT, "answers": COUNT})


def scores(frame: pd.DataFrame) -> dict[float, float]:
    """Answers by score, from rows whose segment names a score; rows without one are left out."""
    counts: dict[float, float] = {}
    for row in readings(frame):
        score = number(dict(segment_pairs(row.segment_by, row.segment)).get("score"))
        if row.ok and not math.isnan(score):
            counts[score] = counts.get(score, 0) + row.value
    return counts


def _side(score: float, good: tuple[float, float] | None, bad: tuple[float, float] | None) -> str:
    for side, bounds in ((GOOD, good), (BAD, bad)):
        if bounds and bounds[0] <= score <= bounds[1]:
            return side
    return NEUTRAL


def _draw(chart: Chart, data: pd.DataFrame, sides: pd.Series) -> None:
    width = 0.8 * min((b - a for a, b in pairwise(data["score"])), default=1)
    for side, look in _LOOKS.items():
        rows = data[sides == side]
        chart.axes.bar(rows["score"], rows["share"], width, gid=side, **look)
    for row in data.itertuples():
        text = chart.formatter.percent(row.share, 0 if row.share == 0 or row.share >= 0.095 else 1)
        chart.label(text, (row.score, row.share), offset=(0, 3), ha="center")
    names = [chart.formatter.tick(score, "score") for score in data["score"]]
    names_below(chart.axes, data["score"], names, color=MUTED)


def _name_group(chart: Chart, name: str, rows: pd.DataFrame, color: str) -> None:
    """A line over the scores of a group, with its name and share."""
    low, high = rows["score"].min(), rows["score"].max()
    level = chart.axes.get_ylim()[1] * 0.83
    chart.axes.plot([low - 0.4, high + 0.4], [level, level], color=color, linewidth=1.5, gid=name)
    text, at = f"{name}\n{chart.formatter.percent(rows['share'].sum())}", ((low + high) / 2, level)
    chart.label(text, at, offset=(0, 4), ha="center", color=color, weight="bold")
