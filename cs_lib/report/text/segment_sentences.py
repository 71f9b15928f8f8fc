"""Segments side by side in words: the range, those that stand apart from the others, and the targets."""

from cs_lib.judgement import Apart, Standing
from cs_lib.period import ALL
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, listed, metric_title, split_title, spoken
from cs_lib.report.text.measure_row import Reading, labels, readings, split_column
from cs_lib.report.text.sentences import in_period, lower_first
from cs_lib.vocabulary import HIGHER_IS_BETTER, MET, MISSED, NEITHER, TOO_CLOSE

#: how many segments are named where several stand alike
NAMED = 3


def segment_sentence(
    metric,
    frame,
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
        only = _named(shown[0], names, unit, formatter)
        return Sentence(
            f"Only one {by} has a figure for {title}{when}: {only}.{_hidden(rows, formatter)}"
        )
    low, high = min(shown, key=lambda r: r.value), max(shown, key=lambda r: r.value)
    if low.value == high.value:
        every = formatter.value(low.value, unit, compact=True)
        said = (
            f"By {by}, {title} was {every}{when} for each of the {len(shown)} that have a figure."
        )
        return Sentence(said + _hidden(rows, formatter))
    ends = [_level(end, shown, names, unit, formatter) for end in (low, high)]
    said = f"By {by}, {title}{when} ran from {ends[0]} to {ends[1]}."
    told = apart_words(apart, metric, formatter, rows[0].variant)
    judged = _targets_of_segments(shown, names, standings or {})
    return Sentence(f"{said}{told}{judged}{_hidden(rows, formatter)}")


def apart_words(
    apart: Apart | None, metric, formatter: Formatter, variant: str | None = None
) -> str:
    """Which segments stand apart from the others over the span they were compared on."""
    if apart is None:
        return ""
    several = apart.first != apart.last
    span = (
        f"Over {formatter.span(apart.first, apart.last)}"
        if several
        else f"In {formatter.period(apart.last)}"
    )
    rows = apart.differing.to_dict("records")
    if not rows:
        return f" {span} none stands apart from the others."
    names = dict(zip(apart.rows["segment"], labels(readings(apart.rows)), strict=True))
    unit, direction = metric.unit_of(variant), metric.direction_of(variant)
    told = [
        f"{names[row['segment']]} {_side(row, direction)} "
        f"({formatter.value(row['value'], unit, compact=True)}, the others {formatter.value(row['rest'], unit, compact=True)})"
        for row in rows[:NAMED]
    ]
    told += [f"{len(rows) - NAMED} more"] if len(rows) > NAMED else []
    return f" {span} {listed(told)} beyond normal variation."


def _side(row: dict, direction: str) -> str:
    above = row["value"] > row["rest"]
    if direction == NEITHER:
        return "stood higher" if above else "stood lower"
    return "did better" if above == (direction == HIGHER_IS_BETTER) else "did worse"


def _targets_of_segments(shown: list[Reading], names: dict, standings: dict) -> str:
    """For which segments the target was missed, met, or is too close to call."""
    verdicts = {MISSED: [], MET: [], TOO_CLOSE: []}
    for row in shown:
        standing = standings.get(row.segment)
        if standing is not None and standing.verdict in verdicts:
            verdicts[standing.verdict].append(names[id(row)])
    parts = [f"was {word} for {listed(verdicts[word])}" for word in (MISSED, MET) if verdicts[word]]
    parts += (
        [f"is too close to call for {listed(verdicts[TOO_CLOSE])}"] if verdicts[TOO_CLOSE] else []
    )
    return f" The target {listed(parts)}." if parts else ""


def _named(row: Reading, names: dict, unit: str, formatter: Formatter) -> str:
    """ "Pro (3.1%; 95% interval 2.2% to 4.3%)"."""
    inside = [formatter.value(row.value, unit, compact=True)]
    if row.has_interval:
        inside.append(
            f"{formatter.level} interval {formatter.interval(row.low, row.high, unit, compact=True)}"
        )
    return f"{names[id(row)]} ({'; '.join(inside)})"


def _level(end: Reading, shown: list[Reading], names: dict, unit: str, formatter: Formatter) -> str:
    """The segment at one end of the order, or all that stand there together."""
    level = [row for row in shown if row.value == end.value]
    value = formatter.value(end.value, unit, compact=True)
    who = [names[id(row)] for row in level]
    who = who if len(who) <= NAMED else [*who[:NAMED], f"{len(who) - NAMED} more"]
    return f"{value} ({listed(who)})"


def _hidden(rows: list[Reading], formatter: Formatter) -> str:
    without = [row for row in rows if not row.ok]
    if not without:
        return ""
    verb = "has" if len(without) == 1 else "have"
    return f" {len(without)} of {len(rows)} {verb} no figure."
