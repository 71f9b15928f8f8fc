"""Findings in words, computed from readings: true for any data, claiming no more than it says."""

import re

from cs_lib.judgement import Standing
from cs_lib.metrics.catalogue.declaration import Amount, Ratio
from cs_lib.period import Period
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, metric_title, undefined_why, unobserved_why
from cs_lib.report.text.measure_row import Reading, number
from cs_lib.report.text.verdict_words import verdict_sentence
from cs_lib.vocabulary import COUNT, HIGHER_IS_BETTER, IMMATURE, MONEY, NEITHER, PERCENT, SUPPRESSED

COUNTED = (
    "customers",
    "answers",
    "responses",
    "invitations",
    "orders",
    "respondents",
    "users",
    "days",
    "months",
)


def metric_sentence(
    metric,
    now,
    before=None,
    *,
    formatter: Formatter,
    standing: Standing | None = None,
    distinguishable: bool | None = None,
    usual: float | None = None,
    direction: str | None = None,
) -> Sentence:
    """What the figure was, out of what, how it changed, and how it stands to its target.

    `now` and `before` are rows of the measures (before may be any earlier period); with
    `distinguishable` None nothing is claimed about the change. `usual` is what the periods before lead
    one to expect, given where the figure lies outside its control limits.
    """
    now = Reading.of(now)
    before = None if before is None else Reading.of(before)
    direction = direction or metric.direction_of(now.variant)
    rule, unit = metric.rule(now.variant), metric.unit_of(now.variant)
    if not now.ok:
        return Sentence(_absent(metric, now, formatter))
    said = (
        f"{_subject(metric, now, formatter)} {formatter.value(now.value, unit, compact=True)}"
        f"{in_period(now, formatter)}{_basis(now, rule, unit, formatter)}"
    )
    said += _changed(now, before, metric, direction, distinguishable, formatter)
    parts = [f"{said}."]
    if before is not None and not before.ok:
        parts.append(
            f"There is no figure for {formatter.period(before.period)} to compare with: "
            f"{formatter.status(before, rule)}."
        )
    parts.append(_out_of_the_usual(usual, now, unit, formatter))
    parts.append(verdict_sentence(standing, metric, now.segment, formatter))
    return Sentence(" ".join(part for part in parts if part))


def waiting_sentence(period: Period, formatter: Formatter) -> Sentence:
    """Why the figure of an earlier period is told."""
    return Sentence(f"{formatter.period(period)} is not yet observable.")


def _subject(metric, reading: Reading, formatter: Formatter) -> str:
    """ "Promoters for plan Pro were"; of a count "Orders for plan Pro numbered"."""
    title = metric_title(metric, reading.variant)
    where = formatter.segment(reading.segment_by, reading.segment)
    return f"{title}{f' for {where}' if where else ''} {verb_of(metric, reading)}"


def verb_of(metric, reading: Reading) -> str:
    """ "was", "were", "numbered"."""
    if not is_plural(metric.title):
        return "was"
    return "numbered" if reading.ok and metric.unit_of(reading.variant) == COUNT else "were"


def is_plural(title: str) -> bool:
    """Whether a title such as "Customers at the closing" names several things."""
    head = re.split(r" (?:at|of|a|in|per|by|who) | \(|:", title)[0].split()[-1]
    return head.endswith("s") and not head.endswith("ss") and not head.isupper()


def in_period(reading: Reading, formatter: Formatter) -> str:
    return f" in {formatter.period(reading.period)}" if reading.period else ""


def _absent(metric, now: Reading, formatter: Formatter) -> str:
    subject = _subject(metric, now, formatter)
    place = in_period(now, formatter)
    rule = metric.rule(now.variant)
    if now.status == IMMATURE:
        why = unobserved_why(rule)
        if why.startswith("not"):
            return f"{subject} {why}{place}."
        return f"{subject} not observable{place}: it {why}."
    if now.status == SUPPRESSED:
        return f"{subject} hidden{place}: fewer than {formatter.min_n} stand behind it."
    why = undefined_why(rule)
    return f"{subject} undefined{place}{f': {why}' if why else ''}."


def _basis(now: Reading, rule, unit: str, formatter: Formatter) -> str:
    """ "(31 of 1,004 customers paying at the opening; 95% interval 2.2% to 4.3%)"."""
    parts = [_out_of(now, rule, unit, formatter)]
    if now.has_interval:
        interval = formatter.interval(now.low, now.high, unit, compact=True)
        parts.append(f"{formatter.level} interval {interval}")
    parts = [part for part in parts if part]
    return f" ({'; '.join(parts)})" if parts else ""


def _out_of(now: Reading, rule, unit: str, formatter: Formatter) -> str:
    plain = isinstance(rule, Ratio) and rule.times == 1 and rule.minus == 0
    plain = plain and rule.denominator.whole
    given = not (
        number(now.numerator) != now.numerator or number(now.denominator) != now.denominator
    )
    if plain and given and unit == PERCENT:
        if rule.numerator.scale == rule.denominator.scale == 1:
            whole = counted(now.denominator, rule.denominator.says, formatter)
            return f"{formatter.value(now.numerator, 'count')} of {whole}"
        if rule.numerator.scale != 1 and rule.denominator.scale != 1:
            return " over ".join(
                formatter.money(part, compact=True) for part in (now.numerator, now.denominator)
            )
    if plain and given and unit == MONEY and rule.denominator.scale == 1:
        whole = counted(now.denominator, rule.denominator.says, formatter)
        return f"{formatter.money(now.numerator, compact=True)} over {whole}"
    return f"n = {formatter.value(now.n, 'count')}" if now.has_interval and now.n > 0 else ""


def counted(many: float, says: str, formatter: Formatter) -> str:
    """ "1,004 customers paying at the opening"; "1 customer paying at the opening"."""
    text = formatter.value(many, "count")
    if text == "1":
        first = next((word for word in says.split() if word in COUNTED), None)
        says = says.replace(first, first[:-1], 1) if first else says
    return f"{text} {says}"


def _changed(now, before, metric, direction, distinguishable, formatter) -> str:
    if before is None or not before.ok:
        return ""
    rule, unit = metric.rule(now.variant), metric.unit_of(now.variant)
    change = formatter.change(now.value, before.value, unit)
    then = (
        f"{formatter.period(before.period)} ({formatter.value(before.value, unit, compact=True)})"
    )
    if change == "unchanged":
        return f", the same as in {formatter.period(before.period)}"
    better = (now.value > before.value) == (direction == HIGHER_IS_BETTER)
    sides = ("an improvement", "worse") if direction != NEITHER else ("a change",) * 2
    side = sides[0] if better else sides[1]
    claim = "" if change == "almost unchanged" else _claim(side, rule, distinguishable)
    return f", {change} from {then}{claim}"


def _claim(side: str, rule, distinguishable: bool | None) -> str:
    """What may be said of a change: better or worse when chance does not explain it, or for a total.

    A total is counted, not sampled; of anything else that was not tested nothing is claimed.
    """
    if distinguishable is False:
        return ", within normal variation"
    if distinguishable:
        return f", {side}"
    return f", {side}" if isinstance(rule, Amount) and side != "a change" else ""


def _out_of_the_usual(usual, now: Reading, unit: str, formatter: Formatter) -> str:
    """That a figure lies outside its control limits; nothing of one that lies inside."""
    if number(usual) != number(usual):
        return ""
    side = "more" if now.value > usual else "less"
    expected = formatter.value(usual, unit, compact=True)
    return f"That is {side} than normal variation: {expected} was to be expected from the {now.period.grain}s before."


def lower_first(title: str) -> str:
    """The title inside a sentence: "Customer churn" is lowered, "NPS" and "MRR" are not."""
    return title if title[1:2].isupper() or title[:1] == "" else title[0].lower() + title[1:]
