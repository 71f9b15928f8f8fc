"""Segments side by side in words: the ends of the order, whether it may be chance, and the targets."""

from cs_lib.metrics.metric import COUNT, LOWER_IS_BETTER, MONEY, NEITHER
from cs_lib.period import ALL
from cs_lib.present.display import Sentence
from cs_lib.present.reading import (
    MET,
    MISSED,
    NOT_DISTINGUISHABLE,
    Reading,
    labels,
    number,
    readings,
    split_column,
    target_verdict,
)
from cs_lib.present.sentences import in_period, lower_first
from cs_lib.present.wording import Words, listed, metric_title, split_title, spoken

#: how many segments are named where several stand alike
NAMED = 3


def segment_sentence(
    metric, frame, *, words: Words, direction: str | None = None, targets: dict | None = None
) -> Sentence:
    """The highest and the lowest of the segments, whether their intervals overlap, and their targets.

    `frame`: rows of the measures for one metric and one period, one row a segment. `targets`: by
    segment, as the measures name it.
    """
    rows = [row for row in readings(frame) if row.segment_by != ALL]
    if rows:
        direction = direction or metric.direction_of(rows[0].variant)
    shown = [row for row in rows if row.ok]
    title = lower_first(metric_title(metric, rows[0].variant if rows else None))
    by = spoken(split_column(rows)) if rows else "segment"
    title = split_title(title, by)
    if not shown:
        return Sentence(
            f"No {by} has a figure for {title}{in_period(rows[0], words) if rows else ''}."
        )
    names = dict(zip(map(id, rows), labels(rows), strict=True))
    unit, when = metric.unit_of(rows[0].variant), in_period(shown[0], words)
    if len(shown) == 1:
        only = _named(shown[0], names, unit, words)
        return Sentence(
            f"Only one {by} has a figure for {title}{when}: {only}.{_hidden(rows, words)}"
        )
    low, high = min(shown, key=lambda r: r.value), max(shown, key=lambda r: r.value)
    if low.value == high.value:
        every = words.value(low.value, unit, compact=True)
        said = (
            f"By {by}, {title} was {every}{when} for each of the {len(shown)} that have a figure."
        )
        return Sentence(said + _hidden(rows, words))
    first, last, good, bad = high, low, "best", "worst"
    if direction == LOWER_IS_BETTER:
        first, last = low, high
    if direction == NEITHER or unit in (MONEY, COUNT):
        first, last, good, bad = high, low, "highest", "lowest"
    said = (
        f"By {by}, {title} was {good}{when} for {_level(first, shown, names, unit, words)} "
        f"and {bad} for {_level(last, shown, names, unit, words)}"
    )
    judged = _targets_of_segments(shown, names, targets or {}, direction or metric.direction)
    return Sentence(f"{said}{_apart(low, high, shown)}.{judged}{_hidden(rows, words)}")


def _targets_of_segments(shown: list[Reading], names: dict, targets: dict, direction: str) -> str:
    """For which segments the target was missed, met, or cannot be told."""
    verdicts = {MISSED: [], MET: [], NOT_DISTINGUISHABLE: []}
    for row in shown:
        verdict = target_verdict(row, number(targets.get(row.segment)), direction)
        if verdict:
            verdicts[verdict].append(names[id(row)])
    parts = [f"was {word} for {listed(verdicts[word])}" for word in (MISSED, MET) if verdicts[word]]
    open_for = verdicts[NOT_DISTINGUISHABLE]
    parts += [f"cannot be called met or missed for {listed(open_for)}"] if open_for else []
    return f" The target {listed(parts)}." if parts else ""


def _named(row: Reading, names: dict, unit: str, words: Words) -> str:
    """ "Pro (3.1%; 95% interval 2.2% to 4.3%)"."""
    inside = [words.value(row.value, unit, compact=True)]
    if row.has_interval:
        inside.append(
            f"{words.level} interval {words.interval(row.low, row.high, unit, compact=True)}"
        )
    return f"{names[id(row)]} ({'; '.join(inside)})"


def _level(end: Reading, shown: list[Reading], names: dict, unit: str, words: Words) -> str:
    """The segment at one end of the order, or all that stand there together."""
    level = [row for row in shown if row.value == end.value]
    if len(level) == 1:
        return _named(end, names, unit, words)
    who = [names[id(row)] for row in level]
    who = who if len(who) <= NAMED else [*who[:NAMED], f"{len(who) - NAMED} more"]
    return f"{listed(who)} ({words.value(end.value, unit, compact=True)} each)"


def _apart(low: Reading, high: Reading, shown: list[Reading]) -> str:
    """Whether the intervals at the two ends stand apart; of several that stand alike, all of them."""
    lows, highs = ([row for row in shown if row.value == end.value] for end in (low, high))
    if not all(row.has_interval for row in (*lows, *highs)):
        return ""
    whose = "these two" if len(lows) == len(highs) == 1 else "their"
    if max(row.high for row in lows) < min(row.low for row in highs):
        return f"; {whose} intervals do not overlap"
    return f"; {whose} intervals overlap, so the order may be chance"


def _hidden(rows: list[Reading], words: Words) -> str:
    without = [row for row in rows if not row.ok]
    if not without:
        return ""
    verb = "has" if len(without) == 1 else "have"
    return f" {len(without)} of {len(rows)} {verb} no figure."
