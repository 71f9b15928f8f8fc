"""Findings in words, computed from readings: true for any data, claiming no more than it says."""

import re

from cs_lib.metrics.metric import (
    COUNT,
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    MONEY,
    NEITHER,
    PERCENT,
    Amount,
    Ratio,
)
from cs_lib.period import ALL
from cs_lib.present.display import Sentence
from cs_lib.present.reading import (
    IMMATURE,
    MET,
    MISSED,
    NOT_DISTINGUISHABLE,
    SUPPRESSED,
    Reading,
    labels,
    number,
    readings,
    split_column,
    target_verdict,
)
from cs_lib.present.wording import Words, listed, metric_title, spoken, undefined_why

COUNTED = (
    "customers",
    "answers",
    "responses",
    "invitations",
    "orders",
    "respondents",
    "users",
    "months",
)


def metric_sentence(
    metric,
    now,
    before=None,
    *,
    words: Words,
    target=None,
    verdict: str | None = None,
    distinguishable: bool | None = None,
    baseline=None,
    signal: bool | None = None,
    direction: str | None = None,
) -> Sentence:
    """What the figure was, out of what, how it changed, and whether it met its target.

    `now` and `before` are rows of the measures (before may be any earlier period); with
    `distinguishable` None nothing is claimed about the change. `baseline` is the figure of the
    twelve periods before, `signal` whether `now` lies outside its control limits.
    """
    now = Reading.of(now)
    before = None if before is None else Reading.of(before)
    if direction is None or direction == metric.direction:
        direction = direction_of(metric, now.variant)
    rule, unit = metric.rule(now.variant), metric.unit_of(now.variant)
    if not now.ok:
        return Sentence(_absent(metric, now, words))
    said = (
        f"{_subject(metric, now, words)} {words.value(now.value, unit, compact=True)}"
        f"{_in(now, words)}{_basis(now, rule, unit, words)}"
    )
    said += _changed(now, before, metric, direction, distinguishable, words)
    parts = [f"{said}."]
    if before is not None and not before.ok:
        parts.append(
            f"There is no figure for {words.period(before.period)} to compare with: "
            f"{words.status(before, rule)}."
        )
    parts.append(_against_baseline(baseline, signal, unit, words))
    parts.append(target_sentence(now, target, unit, direction, words, verdict=verdict))
    return Sentence(" ".join(part for part in parts if part))


def direction_of(metric, variant: str | None = None) -> str:
    """Which way is better under a rule: one that measures another unit than a time or a cost to be
    kept low says neither by itself."""
    turned = metric.unit_of(variant) != metric.unit and metric.direction == LOWER_IS_BETTER
    return NEITHER if turned else metric.direction


def _subject(metric, reading: Reading, words: Words) -> str:
    """ "Orders for plan Pro were"."""
    title = metric_title(metric, reading.variant)
    where = words.segment(reading.segment_by, reading.segment)
    verb = "were" if is_plural(metric.title) else "was"
    return f"{title}{f' for {where}' if where else ''} {verb}"


def is_plural(title: str) -> bool:
    """Whether a title such as "Customers at the closing" names several things."""
    head = re.split(r" (?:at|of|a|in|per|by) | \(|:", title)[0].split()[-1]
    return head.endswith("s") and not head.endswith("ss") and not head.isupper()


def _in(reading: Reading, words: Words) -> str:
    return f" in {words.period(reading.period)}" if reading.period else ""


def _absent(metric, now: Reading, words: Words) -> str:
    subject = _subject(metric, now, words)
    place = _in(now, words)
    if now.status == IMMATURE:
        return f"{subject} not yet observable{place}."
    if now.status == SUPPRESSED:
        return f"{subject} hidden{place}: fewer than {words.min_n} stand behind it."
    why = undefined_why(metric.rule(now.variant))
    return f"{subject} undefined{place}{f': {why}' if why else ''}."


def _basis(now: Reading, rule, unit: str, words: Words) -> str:
    """ "(31 of 1,004 customers paying at the opening; 95% interval 2.2% to 4.3%)"."""
    parts = [_out_of(now, rule, unit, words)]
    if now.has_interval:
        interval = words.interval(now.low, now.high, unit, compact=True)
        parts.append(f"{words.level} interval {interval}")
    parts = [part for part in parts if part]
    return f" ({'; '.join(parts)})" if parts else ""


def _out_of(now: Reading, rule, unit: str, words: Words) -> str:
    plain = isinstance(rule, Ratio) and rule.times == 1 and rule.minus == 0
    given = not (
        number(now.numerator) != now.numerator or number(now.denominator) != now.denominator
    )
    if plain and given and unit == PERCENT:
        if rule.numerator.scale == rule.denominator.scale == 1:
            whole = counted(now.denominator, rule.denominator.says, words)
            return f"{words.value(now.numerator, 'count')} of {whole}"
        if rule.numerator.scale != 1 and rule.denominator.scale != 1:
            return " over ".join(
                words.money(part, compact=True) for part in (now.numerator, now.denominator)
            )
    if plain and given and unit == MONEY and rule.denominator.scale == 1:
        whole = counted(now.denominator, rule.denominator.says, words)
        return f"{words.money(now.numerator, compact=True)} over {whole}"
    return f"n = {words.value(now.n, 'count')}" if now.has_interval and now.n > 0 else ""


def counted(many: float, says: str, words: Words) -> str:
    """ "1,004 customers paying at the opening"; "1 customer paying at the opening"."""
    text = words.value(many, "count")
    if text == "1":
        first = next((word for word in says.split() if word in COUNTED), None)
        says = says.replace(first, first[:-1], 1) if first else says
    return f"{text} {says}"


def _changed(now, before, metric, direction, distinguishable, words) -> str:
    if before is None or not before.ok:
        return ""
    rule, unit = metric.rule(now.variant), metric.unit_of(now.variant)
    change = words.change(now.value, before.value, unit)
    then = f"{words.period(before.period)} ({words.value(before.value, unit, compact=True)})"
    if change == "unchanged":
        return f", the same as in {words.period(before.period)}"
    better = (now.value > before.value) == (direction == HIGHER_IS_BETTER)
    sides = ("an improvement", "a deterioration") if direction != NEITHER else ("a change",) * 2
    side = sides[0] if better else sides[1]
    claim = "" if change == "almost unchanged" else _claim(side, rule, distinguishable)
    return f", {change} from {then}{claim}"


def _claim(side: str, rule, distinguishable: bool | None) -> str:
    """What may be said of a change: better or worse when chance does not explain it, or for a total.

    A total is counted, not sampled; of anything else that was not tested nothing is claimed.
    """
    if distinguishable is False:
        return ", a change that cannot be told from chance"
    if distinguishable:
        return f", {side} beyond what chance explains"
    return f", {side}" if isinstance(rule, Amount) and side != "a change" else ""


def _against_baseline(baseline, signal, unit: str, words: Words) -> str:
    if number(baseline) != number(baseline):
        return ""
    base = words.value(baseline, unit, compact=True)
    said = f"Its baseline over the twelve periods before is {base}"
    if signal is None:
        return f"{said}."
    where = "outside" if signal else "inside"
    return f"{said}; the figure lies {where} its three-sigma control limits."


def target_words(target, unit: str, direction: str, words: Words) -> str:
    """ "at most 2.5%", "at least $1,200"."""
    side = {HIGHER_IS_BETTER: "at least ", LOWER_IS_BETTER: "at most "}.get(direction, "")
    return side + words.value(target, unit, compact=True)


def target_sign(target, unit: str, direction: str, words: Words) -> str:
    """ "≤ 2.5%", "≥ $1,200": the same where there is little room."""
    side = {HIGHER_IS_BETTER: "≥ ", LOWER_IS_BETTER: "≤ "}.get(direction, "")
    return side + words.tick(target, unit)


def target_sentence(now, target, unit, direction, words, *, verdict=None) -> str:
    """Whether the target was met, missed, or cannot be told; empty without a target."""
    if target is None or number(target) != number(target):
        return ""
    now = Reading.of(now)
    goal = f"The target of {target_words(target, unit, direction, words)}"
    verdict = verdict or target_verdict(now, target, direction)
    interval = now.has_interval
    if verdict == MET:
        return f"{goal} was met{': the whole interval is on its good side' if interval else ''}."
    if verdict == MISSED:
        return (
            f"{goal} was missed{': the whole interval is on its wrong side' if interval else ''}."
        )
    if verdict == NOT_DISTINGUISHABLE:
        return f"{goal} lies within the interval, so it can be called neither met nor missed."
    return f"{goal} can be read beside it."


def segment_sentence(
    metric, frame, *, words: Words, direction: str | None = None, targets: dict | None = None
) -> Sentence:
    """The highest and the lowest of the segments, whether their intervals overlap, and their targets.

    `frame`: rows of the measures for one metric and one period, one row a segment. `targets`: by
    segment, as the measures name it.
    """
    rows = [row for row in readings(frame) if row.segment_by != ALL]
    if rows and (direction is None or direction == metric.direction):
        direction = direction_of(metric, rows[0].variant)
    shown = [row for row in rows if row.ok]
    title = lower_first(metric_title(metric, rows[0].variant if rows else None))
    by = spoken(split_column(rows)) if rows else "segment"
    if not shown:
        return Sentence(f"No {by} has a figure for {title}{_in(rows[0], words) if rows else ''}.")
    names = dict(zip(map(id, rows), labels(rows), strict=True))
    unit, when = metric.unit_of(rows[0].variant), _in(shown[0], words)
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
        f"By {by}, {title} was {good}{when} for {_named(first, names, unit, words)} "
        f"and {bad} for {_named(last, names, unit, words)}"
    )
    judged = _targets_of_segments(shown, names, targets or {}, direction or metric.direction)
    return Sentence(f"{said}{_apart(low, high, words)}.{judged}{_hidden(rows, words)}")


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


def _apart(low: Reading, high: Reading, words: Words) -> str:
    if not (low.has_interval and high.has_interval):
        return ""
    if low.high < high.low:
        return "; these two intervals do not overlap"
    return "; these two intervals overlap, so the order may be chance"


def _hidden(rows: list[Reading], words: Words) -> str:
    without = [row for row in rows if not row.ok]
    if not without:
        return ""
    verb = "has" if len(without) == 1 else "have"
    return f" {len(without)} of {len(rows)} {verb} no figure."


def lower_first(title: str) -> str:
    """The title inside a sentence: "Customer churn" is lowered, "NPS" and "MRR" are not."""
    return title if title[1:2].isupper() or title[:1] == "" else title[0].lower() + title[1:]
