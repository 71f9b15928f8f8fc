"""How many answers gave each score."""

import math
from itertools import pairwise

import pandas as pd

from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.theme import (
    BLUE,
    HATCH,
    MUTED,
    ORANGE,
    TEXT,
    canvas,
    drawn,
    finish,
    light_grid,
    names_below,
)
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import number, readings, segment_pairs

#: a share of fewer answers than this looks like more than it is
LEAST_ANSWERS = 10


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
    source: str = "",
) -> ReportFigure | LeftOut:
    """How many answers gave each score; the scores that count as good and as bad stand apart.

    `frame`: rows of `nps_answers`, `csat_answers` or `ces_answers` for one period, one row a score
    (segment "score=9"). `good` and `bad` are inclusive ranges of scores.
    """
    counts = scores(frame)
    total = sum(counts.values())
    if total < LEAST_ANSWERS:
        few = f"fewer than {LEAST_ANSWERS} answers" if total else "there are no answers"
        return LeftOut(title, few)
    places = sorted({*range(int(scale[0]), int(scale[1]) + 1), *counts})
    found = readings(frame)[0]
    subtitle = ", ".join([formatter.period(found.period)] if found.period else [])
    figure, axes = canvas(
        3.1,
        title,
        f"{subtitle}{', ' if subtitle else ''}{formatter.count(total, 'answer')}, share of all",
        left=0.35,
    )
    shares = [counts.get(score, 0) / total for score in places]
    width = 0.8 * min((b - a for a, b in pairwise(places)), default=1)
    looks = [_LOOKS[_group(score, good, bad)] for score in places]
    for look in _LOOKS.values():
        same = [at for at, each in enumerate(looks) if each is look]
        if same:
            axes.bar([places[at] for at in same], [shares[at] for at in same], width, **look)
    for score, share in zip(places, shares, strict=True):
        axes.annotate(
            formatter.percent(share, 0 if share == 0 or share >= 0.095 else 1),
            (score, share),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            size=8.5,
        )
    names_below(axes, places, [formatter.tick(score, "score") for score in places], color=MUTED)
    axes.set_yticks([])
    axes.set_ylim(0, max(shares) * 1.45)
    light_grid(axes)
    groups = _group_shares(counts, good, bad, {"good": good_name, "bad": bad_name, "": middle_name})
    _name_groups(axes, groups, places, good, bad, formatter)
    said = ", ".join(
        f"{formatter.tick(s, 'score')}: {formatter.percent(v)}"
        for s, v in zip(places, shares, strict=True)
    )
    alt = f"Bar chart: {title}{f' in {formatter.period(found.period)}' if found.period else ''}, "
    alt += f"{formatter.count(total, 'answer')}. Share by score: {said}."
    alt += "".join(f" {name}: {formatter.percent(share)}." for name, share, _ in groups if name)
    data = pd.DataFrame(
        {"score": places, "answers": [counts.get(s, 0) for s in places], "share": shares}
    )
    return finish(figure, alt=alt, data=data, source=source)


_LOOKS = {
    "good": {"color": BLUE, "gid": "good"},
    "bad": {"color": ORANGE, "hatch": HATCH, "edgecolor": "white", "linewidth": 0, "gid": "bad"},
    "": {"color": "#bdbdbd", "gid": "between"},
}


def scores(frame: pd.DataFrame) -> dict[float, float]:
    """Answers by score, from rows whose segment names a score; rows without one are left out."""
    counts: dict[float, float] = {}
    for row in readings(frame):
        score = number(dict(segment_pairs(row.segment_by, row.segment)).get("score"))
        if row.ok and not math.isnan(score):
            counts[score] = counts.get(score, 0) + row.value
    return counts


def _group(score, good, bad) -> str:
    for name, bounds in (("good", good), ("bad", bad)):
        if bounds and bounds[0] <= score <= bounds[1]:
            return name
    return ""


def _group_shares(counts, good, bad, names: dict[str, str]) -> list[tuple[str, float, str]]:
    """Name, share of all answers, and group; the groups without a name are not told."""
    total = sum(counts.values())
    return [
        (name, sum(v for s, v in counts.items() if _group(s, good, bad) == group) / total, group)
        for group, name in names.items()
        if name
    ]


def _name_groups(axes, groups, places, good, bad, formatter) -> None:
    """A line over the scores of each group, with its name and share."""
    top = axes.get_ylim()[1]
    for name, share, group in groups:
        mine = [score for score in places if _group(score, good, bad) == group]
        if not mine:
            continue
        low, high = min(mine), max(mine)
        color = {"good": BLUE, "bad": TEXT[ORANGE], "": MUTED}[group]
        axes.plot([low - 0.4, high + 0.4], [top * 0.83] * 2, color=color, linewidth=1.5, gid=name)
        axes.annotate(
            f"{name}\n{formatter.percent(share)}",
            ((low + high) / 2, top * 0.83),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            size=8.5,
            color=color,
            weight="bold",
        )
