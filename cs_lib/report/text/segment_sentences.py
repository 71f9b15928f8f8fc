"""Segments side by side in words: the range, those that stand apart from the others, and the targets."""

import pandas as pd

from cs_lib.judgement import Apart, Finding, Standing
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import ALL, Period
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, listed, metric_title, split_title, spoken
from cs_lib.report.text.measure_row import Reading, labels, readings, split_column
from cs_lib.report.text.sentences import in_period, lower_first, was_of
from cs_lib.vocabulary import (
    HIGHER_IS_BETTER,
    MET,
    MISSED,
    NEITHER,
    PERCENT,
    POINTS,
    SCORE,
    TOO_CLOSE,
)

#: how many segments are named where several stand alike
NAMED = 3


def segment_sentence(
    metric: Metric,
    frame: pd.DataFrame,
    *,
    formatter: Formatter,
    apart: Apart | None = None,
    standings: dict[str, Standing | None] | None = None,
) -> Sentence:
    """The highest and the lowest of the segments, which stand apart over a year, and their targets.

    `frame`: rows of the measures for one metric and one period, one row a segment. `apart`: each segment
    against the others, corrected for how many there are; `standings` by segment.
    """
    rows = [row for row in readings(frame) if row.segment_by != ALL]
    shown = [row for row in rows if row.ok]
    title = lower_first(metric_title(metric, rows[0].variant if rows else None))
    by = spoken(split_column(rows)) if rows else "segment"
    title = split_title(title, by)
    if not shown:
        return Sentence(
            f"No {by} has a figure for {title}{in_period(rows[0], formatter) if rows else ''}."
        )
    names = dict(zip(map(id, rows), labels(rows), strict=True))
    unit, when = metric.unit_of(rows[0].variant), in_period(shown[0], formatter)
    if len(shown) == 1:
        basis = [formatter.short(shown[0].value, unit), formatter.basis(shown[0], unit)]
        only = f"{names[id(shown[0])]} ({'; '.join(filter(None, basis))})"
        return Sentence(f"Only one {by} has a figure for {title}{when}: {only}.{_hidden(rows)}")
    low, high = min(shown, key=lambda r: r.value), max(shown, key=lambda r: r.value)
    if low.value == high.value:
        every = formatter.short(low.value, unit)
        said = (
            f"By {by}, {title} was {every}{when} for each of the {len(shown)} that have a figure."
        )
        return Sentence(said + _hidden(rows))
    ends = [_level(end, shown, names, unit, formatter) for end in (low, high)]
    said = f"By {by}, {title}{when} ran from {ends[0]} to {ends[1]}."
    told = apart_words(apart, metric, formatter, rows[0].variant)
    judged = _targets_of_segments(shown, names, standings or {})
    return Sentence(f"{said}{told}{judged}{_hidden(rows)}")


def apart_words(
    apart: Apart | None, metric: Metric, formatter: Formatter, variant: str | None = None
) -> str:
    """Which segments stand apart from the others over the span they were compared on."""
    if apart is None:
        return ""
    span = _over(apart.first, apart.last, formatter)
    span = span[:1].upper() + span[1:]
    rows = apart.differing.to_dict("records")
    if not rows:
        return f" {span} none stands apart from the others."
    names = dict(zip(apart.rows["segment"], labels(readings(apart.rows)), strict=True))
    unit, direction = metric.unit_of(variant), metric.direction_of(variant)
    told = [
        f"{names[row['segment']]} {_side(row, direction)} "
        f"({formatter.short(row['value'], unit)}, the others {formatter.short(row['rest'], unit)})"
        for row in rows
    ]
    return f" {span} {listed(told, most=NAMED)} beyond normal variation."


def apart_finding(found: Finding, metric: Metric, formatter: Formatter) -> str:
    """ "Region APAC: customer churn rate was 4.0% a month over …, about twice as much as elsewhere (…)"."""
    unit = metric.unit_of()
    value, rest = (formatter.short(each, unit) for each in (found.value, found.reference))
    grain = " a month" if found.first != found.last and unit == PERCENT else ""
    when = _over(found.first, found.last, formatter)
    who = formatter.segment(found.segment_by, found.segment)
    title, was = lower_first(metric_title(metric)), was_of(metric)
    times = "" if unit in (POINTS, SCORE) else _times(found.value, found.reference, formatter)
    return (
        f"{who[:1].upper()}{who[1:]}: {title} {was} {value}{grain} {when}{times} "
        f"({rest} for the others)"
    )


def _over(first: Period, last: Period, formatter: Formatter) -> str:
    if first == last:
        return f"in {formatter.period(last)}"
    return f"over {formatter.span(first, last)}"


def _times(value: float, rest: float, formatter: Formatter) -> str:
    """ ", about twice as much as elsewhere" where the figure is a multiple; a score has no ratio."""
    if not (value > 0 and rest > 0):
        return ""
    ratio = value / rest
    if 1.85 <= ratio <= 2.15:
        return ", about twice as much as elsewhere"
    if ratio > 2.15:
        return f", {formatter.decimal(ratio, 1)} times as much as elsewhere"
    if ratio < 0.1:
        return ", a fraction of that elsewhere"
    if ratio < 1 / 2.15:
        return f", {formatter.percent(ratio, 0)} of that elsewhere"
    return ""


def _side(row: dict, direction: str) -> str:
    above = row["value"] > row["rest"]
    if direction == NEITHER:
        return "stood higher" if above else "stood lower"
    return "did better" if above == (direction == HIGHER_IS_BETTER) else "did worse"


def _targets_of_segments(shown: list[Reading], names: dict, standings: dict) -> str:
    """For which segments the target was missed, met, or is too close to call."""
    verdicts: dict[str, list[str]] = {MISSED: [], MET: [], TOO_CLOSE: []}
    for row in shown:
        standing = standings.get(row.segment)
        if standing is not None and standing.verdict in verdicts:
            verdicts[standing.verdict].append(names[id(row)])
    parts = [f"was {word} for {listed(verdicts[word])}" for word in (MISSED, MET) if verdicts[word]]
    parts += (
        [f"is too close to call for {listed(verdicts[TOO_CLOSE])}"] if verdicts[TOO_CLOSE] else []
    )
    return f" The target {listed(parts)}." if parts else ""


def _level(end: Reading, shown: list[Reading], names: dict, unit: str, formatter: Formatter) -> str:
    """The segment at one end of the order, or all that stand there together."""
    who = [names[id(row)] for row in shown if row.value == end.value]
    return f"{formatter.short(end.value, unit)} ({listed(who, most=NAMED)})"


def _hidden(rows: list[Reading]) -> str:
    without = [row for row in rows if not row.ok]
    if not without:
        return ""
    verb = "has" if len(without) == 1 else "have"
    return f" {len(without)} of {len(rows)} {verb} no figure."
