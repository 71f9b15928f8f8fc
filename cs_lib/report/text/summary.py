"""The sentences at the head of a pack: short enough to read aloud, true for any figures.

One writer a kind of finding; whatever else tells a finding uses the same.
"""

import html
import math
from dataclasses import dataclass

import pandas as pd

from cs_lib.judgement import Finding
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import ALL, Period
from cs_lib.report.text.formatting import Formatter, listed, metric_title
from cs_lib.report.text.measure_row import Reading
from cs_lib.report.text.movement_sentences import CENT, movement_amounts
from cs_lib.report.text.sentences import lower_first, verb_of
from cs_lib.report.text.trend_sentences import step_words
from cs_lib.report.text.verdict_words import grain_words, judged_figure, target_words
from cs_lib.vocabulary import APART, BAD, COUNT, GAINS, LASTING_CHANGE, LOSSES, MET, TARGET


@dataclass(frozen=True)
class Lead:
    """The lead: its sentences in order."""

    sentences: tuple[str, ...]

    def _repr_mimebundle_(self, include=None, exclude=None):
        items = "\n".join(f"<li>{html.escape(text)}</li>" for text in self.sentences)
        return {"text/html": f'<ul class="lead-findings">\n{items}\n</ul>', "text/plain": str(self)}

    def __str__(self) -> str:
        return "\n".join(f"• {text}" for text in self.sentences)


def growth_sentence(frame: pd.DataFrame, formatter: Formatter) -> str | None:
    """MRR from opening to closing, with all that was gained beside all that was lost."""
    amounts = movement_amounts(frame)
    opening, closing = amounts["opening"], amounts["closing"]
    if frame.empty or math.isnan(closing) or math.isnan(opening):
        return None
    period = formatter.period(Reading.of(frame.iloc[0]).period)
    gained, lost = (_sum(amounts, names) for names in (GAINS, LOSSES))
    ends = [formatter.money(each, compact=True) for each in (opening, closing)]
    sides = _sides(gained, -lost, formatter)
    stayed = abs(closing - opening) < CENT
    share = formatter.relative(closing, opening)
    if stayed or not share:
        verb = f"stayed at {ends[1]}" if stayed else f"went from {ends[0]} to {ends[1]}"
        return f"MRR {verb} in {period}: {sides}."
    verb = "rose" if closing > opening else "fell"
    return f"MRR {verb} by {share} in {period}, from {ends[0]} to {ends[1]}: {sides}."


def _sides(gained: float, lost: float, formatter: Formatter) -> str:
    """ "$1,200 was gained and $300 lost"; what is nothing is called so."""
    amounts = [
        "" if abs(each) < CENT else formatter.money(each, compact=True) for each in (gained, lost)
    ]
    if not any(amounts):
        return "nothing was gained or lost"
    return f"{amounts[0] or 'nothing'} was gained and {amounts[1] or 'nothing'} lost"


def _sum(amounts: dict[str, float], names) -> float:
    return sum(amounts[name] for name in names if not math.isnan(amounts[name]))


def total_sentence(metric: Metric, now, before, formatter: Formatter) -> str | None:
    """A total, and by how much it rose or fell from the period before."""
    now = Reading.of(now)
    if not now.ok:
        return None
    unit, period = metric.unit_of(now.variant), formatter.period(now.period)
    value = formatter.value(now.value, unit, compact=True)
    before = None if before is None else Reading.of(before)
    title = metric_title(metric, now.variant)
    if before is None or not before.ok:
        return f"{title} {verb_of(metric, now)} {value} in {period}."
    then = (
        f"{formatter.period(before.period)} ({formatter.value(before.value, unit, compact=True)})"
    )
    share = formatter.relative(now.value, before.value)
    if now.value == before.value or not share:
        return f"{title} {verb_of(metric, now)} {value} in {period}, after {then}."
    verb = "rose" if now.value > before.value else "fell"
    return f"{title} {verb} by {share} to {value} in {period}, from {then}."


def figure_sentence(metric: Metric, now, formatter: Formatter) -> str | None:
    """A figure with its interval: what is said where nothing is found."""
    now = Reading.of(now)
    if not now.ok:
        return None
    unit = metric.unit_of(now.variant)
    inside = ""
    if now.has_interval:
        interval = formatter.interval(now.low, now.high, unit, compact=True)
        inside = f" ({formatter.level} interval {interval})"
    value = formatter.value(now.value, unit, compact=True)
    title = metric_title(metric, now.variant)
    return f"{title} {verb_of(metric, now)} {value}{inside} in {formatter.period(now.period)}."


def finding_sentence(found: Finding, metric: Metric, formatter: Formatter, also: list[str]) -> str:
    """A finding in one sentence; `also` are the titles of what else the same event moved."""
    writer = {TARGET: _target, APART: _apart, LASTING_CHANGE: _lasting}.get(found.kind, _signal)
    return f"{writer(found, metric, formatter)}{_stake(found, formatter)}{_also(found, also)}."


def _where(found: Finding, formatter: Formatter) -> str:
    where = formatter.segment(found.segment_by, found.segment) if found.segment != ALL else ""
    return f" for {where}" if where else ""


def _target(found: Finding, metric: Metric, formatter: Formatter) -> str:
    standing = found.standing
    goal = target_words(standing.target.value, metric.unit_of(), standing.direction, formatter)
    verb = "was met" if found.certainty == MET else "was missed"
    when = "" if standing.pooled else f" in {formatter.period(found.last)}"
    subject = f"{metric_title(metric)}{_where(found, formatter)}"
    return (
        f"{subject} {_was(metric)} {judged_figure(standing, metric, formatter)}{when}: the target of {goal}"
        f"{grain_words(standing, metric)} {verb}"
    )


def _was(metric: Metric) -> str:
    return verb_of(metric, Reading()) if metric.unit != COUNT else "was"


def _apart(found: Finding, metric: Metric, formatter: Formatter) -> str:
    unit = metric.unit_of()
    value, rest = (
        formatter.value(each, unit, compact=True) for each in (found.value, found.reference)
    )
    grain = " a month" if found.first != found.last and metric.unit == "percent" else ""
    when = _over(found.first, found.last, formatter)
    who = formatter.segment(found.segment_by, found.segment)
    times = _times(found.value, found.reference, formatter)
    return f"{who[:1].upper()}{who[1:]}: {lower_first(metric_title(metric))} {_was(metric)} {value}{grain} {when}, {times}({rest} for the others)"


def _over(first: Period, last: Period, formatter: Formatter) -> str:
    return (
        f"in {formatter.period(last)}" if first == last else f"over {formatter.span(first, last)}"
    )


def _times(value: float, rest: float, formatter: Formatter) -> str:
    """ "twice the rate elsewhere " where the figure is a multiple."""
    if not (value > 0 and rest > 0):
        return ""
    ratio = value / rest
    if 1.85 <= ratio <= 2.15:
        return "about twice as much as elsewhere "
    if ratio > 2.15:
        return f"{formatter.decimal(ratio, 1)} times as much as elsewhere "
    if ratio < 1 / 2.15:
        return (
            "a fraction of that elsewhere "
            if ratio < 0.1
            else f"{formatter.percent(ratio, 0)} of that elsewhere "
        )
    return "against elsewhere " if ratio == 1 else ""


def _lasting(found: Finding, metric: Metric, formatter: Formatter) -> str:
    return step_words(
        metric, found.first, found.value, found.reference, formatter, where=_where(found, formatter)
    )


def _signal(found: Finding, metric: Metric, formatter: Formatter) -> str:
    unit = metric.unit_of()
    value, usual = (
        formatter.value(each, unit, compact=True) for each in (found.value, found.reference)
    )
    subject = f"{metric_title(metric)}{_where(found, formatter)}"
    return f"{subject} {_was(metric)} {value} in {formatter.period(found.last)}, where {usual} was usual"


def _stake(found: Finding, formatter: Formatter) -> str:
    """ "; $119K of revenue a year": what is at stake, where it can be said and is bad news."""
    if math.isnan(found.stake.money) or found.side != BAD:
        return ""
    return f"; at stake: {formatter.money(found.stake.money, compact=True)} a year"


def _also(found: Finding, also: list[str]) -> str:
    if not also:
        return ""
    more = f"{len(also) - 2} more" if len(also) > 3 else ""
    named = [*also[:2], more] if more else also
    return f" (with it: {listed([lower_first(each) for each in named])})"


def undecided_sentence(titles: list[str]) -> str:
    """Which targets are too close to call."""
    return (
        f"Too close to call against its target: {listed(titles)}."
        if len(titles) == 1
        else (f"Too close to call against their targets: {listed(titles)}.")
    )
