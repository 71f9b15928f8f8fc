"""Findings in words, computed from readings: true for any data, claiming no more than it says."""

import math
import re

from cs_lib.judgement import Finding, Standing
from cs_lib.metrics.catalogue.declaration import Amount, Metric, Ratio, Rule
from cs_lib.period import Period
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, metric_title
from cs_lib.report.text.measure_row import Number, Reading, Row, number
from cs_lib.report.text.missing_figures import undefined_why, unobserved_why
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
    metric: Metric,
    now: Row,
    before: Row | None = None,
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
        f"{_subject(metric, now, formatter)} {formatter.short(now.value, unit)}"
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


def total_sentence(
    metric: Metric, now: Reading, before: Reading | None, formatter: Formatter
) -> str:
    """A total, and by how much it rose or fell from the period before."""
    unit, period = metric.unit_of(now.variant), formatter.period(now.period)
    value, title = formatter.short(now.value, unit), metric_title(metric, now.variant)
    if before is None or not before.ok:
        return f"{title} {verb_of(metric, now)} {value} in {period}."
    then = f"{formatter.period(before.period)} ({formatter.short(before.value, unit)})"
    share = formatter.relative(now.value, before.value)
    if now.value == before.value or not share:
        return f"{title} {verb_of(metric, now)} {value} in {period}, after {then}."
    verb = "rose" if now.value > before.value else "fell"
    return f"{title} {verb} by {share} to {value} in {period}, from {then}."


def figure_sentence(metric: Metric, now: Reading, formatter: Formatter) -> str:
    """A figure with its interval: what is said where nothing is found."""
    unit, title = metric.unit_of(now.variant), metric_title(metric, now.variant)
    basis = formatter.basis(now, unit)
    value = f"{formatter.short(now.value, unit)}{basis and f' ({basis})'}"
    return f"{title} {verb_of(metric, now)} {value}{in_period(now, formatter)}."


def signal_finding(found: Finding, metric: Metric, where: str, formatter: Formatter) -> str:
    """ "CSAT was 57.0% in March 2026, where 78.3% was usual"."""
    value, usual = (
        formatter.short(each, metric.unit_of()) for each in (found.value, found.reference)
    )
    title, when = metric_title(metric, where=where), formatter.period(found.last)
    return f"{title} {was_of(metric)} {value} in {when}, where {usual} was usual"


def _subject(metric: Metric, reading: Reading, formatter: Formatter) -> str:
    """ "Promoters for plan Pro were"; of a count "Orders for plan Pro numbered"."""
    where = formatter.segment(reading.segment_by, reading.segment)
    return f"{metric_title(metric, reading.variant, where=where)} {verb_of(metric, reading)}"


def was_of(metric: Metric) -> str:
    """ "was", "were"."""
    return "were" if is_plural(metric.title) and metric.unit != COUNT else "was"


def verb_of(metric: Metric, reading: Reading) -> str:
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


def _absent(metric: Metric, now: Reading, formatter: Formatter) -> str:
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


def _basis(now: Reading, rule: Rule, unit: str, formatter: Formatter) -> str:
    """ "(31 of 1,004 customers paying at the opening; 95% interval 2.2% to 4.3%)"."""
    parts = filter(None, [_out_of(now, rule, unit, formatter), formatter.basis(now, unit)])
    said = "; ".join(parts)
    return f" ({said})" if said else ""


def _out_of(now: Reading, rule: Rule, unit: str, formatter: Formatter) -> str:
    plain = isinstance(rule, Ratio) and rule.times == 1 and rule.minus == 0 and now.has_parts
    if isinstance(rule, Ratio) and plain and rule.denominator.whole:
        over, under = rule.numerator, rule.denominator
        whole = counted(now.denominator, under.says, formatter)
        if unit == PERCENT and over.scale == under.scale == 1:
            return f"{formatter.value(now.numerator, 'count')} of {whole}"
        if unit == PERCENT and over.scale != 1 and under.scale != 1:
            return " over ".join(
                formatter.short(part, MONEY) for part in (now.numerator, now.denominator)
            )
        if unit == MONEY and under.scale == 1:
            return f"{formatter.short(now.numerator, MONEY)} over {whole}"
    return f"n = {formatter.value(now.n, 'count')}" if now.has_interval and now.n > 0 else ""


def counted(many: float, says: str, formatter: Formatter) -> str:
    """ "1,004 customers paying at the opening"; "1 customer paying at the opening"."""
    text = formatter.value(many, "count")
    if text == "1":
        first = next((word for word in says.split() if word in COUNTED), None)
        says = says.replace(first, first[:-1], 1) if first else says
    return f"{text} {says}"


def _changed(
    now: Reading,
    before: Reading | None,
    metric: Metric,
    direction: str,
    distinguishable: bool | None,
    formatter: Formatter,
) -> str:
    if before is None or not before.ok:
        return ""
    rule, unit = metric.rule(now.variant), metric.unit_of(now.variant)
    change = formatter.change(now.value, before.value, unit)
    then = f"{formatter.period(before.period)} ({formatter.short(before.value, unit)})"
    if change == "unchanged":
        return f", the same as in {formatter.period(before.period)}"
    better = (now.value > before.value) == (direction == HIGHER_IS_BETTER)
    sides = ("an improvement", "worse") if direction != NEITHER else ("a change",) * 2
    side = sides[0] if better else sides[1]
    claim = "" if change == "almost unchanged" else _claim(side, rule, distinguishable)
    return f", {change} from {then}{claim}"


def _claim(side: str, rule: Rule, distinguishable: bool | None) -> str:
    """What may be said of a change: better or worse when chance does not explain it, or for a total.

    A total is counted, not sampled; of anything else that was not tested nothing is claimed.
    """
    if distinguishable is False:
        return ", within normal variation"
    if distinguishable:
        return f", {side}"
    return f", {side}" if isinstance(rule, Amount) and side != "a change" else ""


def _out_of_the_usual(usual: Number, now: Reading, unit: str, formatter: Formatter) -> str:
    """That a figure lies outside its control limits; nothing of one that lies inside."""
    level = number(usual)
    if math.isnan(level) or now.period is None:
        return ""
    side = "above" if now.value > level else "below"
    return (
        f"That is {side} the limits of normal variation: {formatter.short(level, unit)} was to be expected from "
        f"the {now.period.grain}s before."
    )


def lower_first(title: str) -> str:
    """The title inside a sentence: "Customer churn" is lowered, "NPS" and "MRR" are not."""
    return title if title[1:2].isupper() or title[:1] == "" else title[0].lower() + title[1:]
