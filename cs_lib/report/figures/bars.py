"""Rows side by side: segments, touchpoints and channels with their intervals; answers by score."""

from collections.abc import Mapping

import pandas as pd

from cs_lib.period import ALL
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.lines import target_alt, unit_note
from cs_lib.report.figures.theme import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    SKY,
    TEXT,
    canvas,
    drawn,
    finish,
    light_grid,
    names_beside,
    shortened,
    unit_axis,
    whiskers,
)
from cs_lib.report.text.formatting import Formatter, metric_title, split_title, spoken
from cs_lib.report.text.measure_row import Reading, labels, number, readings, split_column
from cs_lib.report.text.verdict_words import target_sign
from cs_lib.vocabulary import HIGHER_IS_BETTER, LOWER_IS_BETTER, RATIO

MOST_ROWS = 20
_ROW, _VALUE_ROOM = 0.34, 1.35


@drawn
def bars_with_intervals(
    frame: pd.DataFrame,
    metric,
    formatter: Formatter,
    *,
    target: float | None = None,
    own_targets: Mapping[str, float] | None = None,
    overall=None,
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
    direction = direction or metric.direction
    rows = readings(frame)
    title = title or metric_title(metric, rows[0].variant if rows else None)
    names = dict(zip(map(id, rows), labels(rows), strict=True))
    seen = sorted((row for row in rows if row.ok), key=lambda r: (r.value, names[id(r)]))
    if not seen:
        return LeftOut(f"{title} by segment", "no segment has a figure")
    if len(seen) == 1:
        return LeftOut(f"chart of {title}", _only_one(rows))
    kept = _largest(seen)
    unit, by = metric.unit_of(seen[0].variant), spoken(split_column(rows))
    title = split_title(title, by)
    own = {id(row): own_targets[row.segment] for row in kept if row.segment in (own_targets or {})}
    named = {
        key: f"{name} (target {target_sign(own[key], unit, direction, formatter)})"
        if key in own
        else name
        for key, name in names.items()
    }
    left = min(2.6, 0.35 + 0.075 * max(len(shortened(named[id(r)], 34)) for r in kept))
    figure, axes = canvas(
        1.4 + _ROW * len(kept),
        f"{title} by {by}",
        _subtitle(kept, seen, rows, unit, formatter),
        left=left,
        right=_VALUE_ROOM,
        bottom=0.5,
    )
    whole = None if overall is None else Reading.of(overall)
    _range(axes, kept, scale, [target, *own.values()], whole)
    _target_side(
        axes,
        target,
        direction,
        target_says or f"target {target_sign(target, unit, direction, formatter)}",
    )
    _draw_rows(axes, kept, named, dots=scale is not None)
    _own_targets(axes, kept, own)
    _row_values(axes, kept, unit, formatter)
    _whole_line(axes, whole, unit, formatter)
    light_grid(axes, "x")
    axes.spines["left"].set_visible(scale is None)
    unit_axis(axes.xaxis, unit, formatter)
    alt = _rows_alt(f"{title} by {by}", seen, names, unit, formatter)
    alt += target_alt(target, unit, direction, formatter, target_says)
    data = _rows_data(kept, names)
    return finish(
        figure,
        alt=alt,
        data=data,
        source=source,
        labels=[target, whole and whole.value, *own.values()],
    )


def _only_one(rows: list[Reading]) -> str:
    by = spoken(split_column(rows))
    if by == ALL:
        return "only one period has a figure"
    return f"only one {by} has a figure"


def touchpoint_scores(frame, metric, formatter, *, scale=None, direction=None, **options):
    """Scores by touchpoint (or any segment) as dots on the whole scale, and which end is better."""
    direction = direction or metric.direction
    better = {HIGHER_IS_BETTER: "higher is better", LOWER_IS_BETTER: "lower is better"}.get(
        direction
    )
    variant = readings(frame)[0].variant if len(frame) else None
    title = options.pop("title", "") or metric_title(metric, variant)
    return bars_with_intervals(
        frame,
        metric,
        formatter,
        scale=scale,
        direction=direction,
        title=f"{title} ({better})" if better else title,
        **options,
    )


def _largest(seen: list[Reading]) -> list[Reading]:
    """The rows that stand on most, in order of value, where there are too many to draw."""
    if len(seen) <= MOST_ROWS:
        return seen
    by_size = sorted(range(len(seen)), key=lambda i: -(seen[i].n if seen[i].n == seen[i].n else 0))
    keep = set(by_size[:MOST_ROWS])
    return [row for i, row in enumerate(seen) if i in keep]


def _subtitle(kept, seen, rows, unit: str, formatter: Formatter) -> str:
    parts = [formatter.period(kept[0].period)] if kept[0].period else []
    parts += [note] if (note := unit_note(unit)) else []
    if any(row.has_interval for row in kept):
        parts.append(f"whiskers: {formatter.level} interval")
    if len(kept) < len(seen):
        parts.append(f"the {len(kept)} largest of {len(seen)}")
    if len(seen) < len(rows):
        parts.append(f"{len(rows) - len(seen)} without a figure not shown")
    return ", ".join(parts)


def _range(axes, kept, scale, targets, whole) -> None:
    if scale:
        axes.set_xlim(*scale)
        return
    numbers = [0.0, *(r.value for r in kept), *(r.low for r in kept if r.has_interval)]
    numbers += [r.high for r in kept if r.has_interval]
    numbers += [each for each in targets if number(each) == each]
    numbers += [whole.value] if whole and whole.ok else []
    low, high = min(numbers), max(numbers)
    room = (high - low or 1) * 0.04
    axes.set_xlim(low - room if low < 0 else 0, high + room if high > 0 else 0)


def _target_side(axes, target, direction, says) -> None:
    if number(target) != target:
        return
    low, high = axes.get_xlim()
    if direction == LOWER_IS_BETTER:
        axes.axvspan(low, min(target, high), color=GREEN, alpha=0.10, linewidth=0, gid="good side")
    elif direction == HIGHER_IS_BETTER:
        axes.axvspan(max(target, low), high, color=GREEN, alpha=0.10, linewidth=0, gid="good side")
    axes.axvline(target, color=GREEN, linewidth=1.3, linestyle=(0, (5, 2.5)), gid="target")
    _above(axes, target, says, TEXT[GREEN], 3)


def _own_targets(axes, kept, own: Mapping[int, float]) -> None:
    """A mark across the row of each segment that has a target of its own."""
    for place, row in enumerate(kept):
        if id(row) in own:
            axes.plot(
                [own[id(row)]] * 2,
                [place - 0.4, place + 0.4],
                color=GREEN,
                linewidth=2.2,
                gid="own target",
            )


def _whole_line(axes, whole, unit, formatter) -> None:
    if whole is None or not whole.ok:
        return
    axes.axvline(whole.value, color=INK, linewidth=1, linestyle=(0, (1, 1.5)), gid="all")
    low = axes.get_ylim()[0]
    axes.annotate(
        f"all {formatter.value(whole.value, unit, compact=True)}",
        (whole.value, low),
        xytext=(3, 4),
        textcoords="offset points",
        size=7.5,
        color=MUTED,
        va="bottom",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.8},
    )


def _above(axes, at, text, color, offset) -> None:
    low, high = axes.get_xlim()
    share = (at - low) / (high - low or 1)
    side = "left" if share < 0.15 else "right" if share > 0.85 else "center"
    axes.annotate(
        text,
        (at, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, offset),
        textcoords="offset points",
        size=8,
        color=color,
        ha=side,
    )


def _draw_rows(axes, kept, names, *, dots: bool) -> None:
    places = range(len(kept))
    values = [row.value for row in kept]
    if dots:
        axes.hlines(places, *axes.get_xlim(), color="#eeeeee", linewidth=0.8, gid="scale")
        axes.plot(values, places, "o", color=BLUE, markersize=7, zorder=3, gid="value")
    else:
        axes.barh(places, values, height=0.62, color=SKY, alpha=0.75, gid="value")
        axes.axvline(0, color="#888888", linewidth=0.8, gid="zero")
    spans = [(at, row.low, row.high) for at, row in enumerate(kept) if row.has_interval]
    whiskers(axes, spans, upright=False, linewidth=1.2, zorder=2.5)
    names_beside(axes, places, [shortened(names[id(row)], 34) for row in kept])
    axes.set_ylim(-0.6, len(kept) - 0.4)


def _row_values(axes, kept, unit, formatter) -> None:
    for place, row in enumerate(kept):
        many = f"n {formatter.value(row.n, 'count')}" if row.n > 0 else ""
        value = formatter.value(row.value, unit, compact=True, bare=unit != RATIO)
        _beside(axes, place, 0.05, value, weight="bold", color=INK)
        _beside(axes, place, _VALUE_ROOM - 0.07, many, color=MUTED, ha="right")


def _beside(axes, place: int, inches: float, text: str, **options) -> None:
    axes.annotate(
        text,
        (1, place),
        xycoords=("axes fraction", "data"),
        xytext=(inches * 72, 0),
        textcoords="offset points",
        va="center",
        size=8.5,
        annotation_clip=False,
        **options,
    )


def _rows_alt(title, seen, names, unit, formatter) -> str:
    when = f" in {formatter.period(seen[0].period)}" if seen[0].period else ""
    said = ", ".join(
        f"{names[id(row)]} {formatter.value(row.value, unit, compact=True)}"
        + (
            f" ({formatter.interval(row.low, row.high, unit, compact=True)})"
            if row.has_interval
            else ""
        )
        for row in reversed(seen)
    )
    interval = (
        f", with {formatter.level} intervals" if any(row.has_interval for row in seen) else ""
    )
    return f"Bar chart: {title}{when}{interval}, highest first: {said}."


def _rows_data(kept, names) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "segment": [names[id(row)] for row in kept],
            "value": [row.value for row in kept],
            "low": [row.low for row in kept],
            "high": [row.high for row in kept],
            "n": [row.n for row in kept],
        }
    )
