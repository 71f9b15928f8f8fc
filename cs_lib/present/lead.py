"""The sentences at the head of a pack: short enough to read aloud, true for any figures."""

import html
import math
from dataclasses import dataclass

import pandas as pd

from cs_lib.metrics.metric import HIGHER_IS_BETTER, LOWER_IS_BETTER, RATIO
from cs_lib.period import ALL
from cs_lib.present.display import Sentence
from cs_lib.present.findings import CENT, movement_amounts
from cs_lib.present.moved import Moved, moved_sentence
from cs_lib.present.reading import MET, MISSED, Reading, target_verdict
from cs_lib.present.sentences import chance_words, verb_of
from cs_lib.present.wording import Words, metric_title

GAINS = ("new", "reactivation", "expansion", "transfer_in")
LOSSES = ("contraction", "churned", "transfer_out")


@dataclass(frozen=True)
class Finding:
    """A sentence of the lead, what it is about, and whether it claims more than a bare figure."""

    topic: str
    sentence: Sentence
    claims: bool


@dataclass(frozen=True)
class Lead:
    """The lead: its findings in order."""

    findings: tuple[Finding, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(each.sentence.text for each in self.findings)

    def _repr_mimebundle_(self, include=None, exclude=None):
        items = "\n".join(f"<li>{html.escape(text)}</li>" for text in self.sentences)
        return {"text/html": f'<ul class="lead-findings">\n{items}\n</ul>', "text/plain": str(self)}

    def __str__(self) -> str:
        return "\n".join(f"• {text}" for text in self.sentences)


def movement_finding(frame: pd.DataFrame, words: Words) -> Finding | None:
    """MRR from opening to closing, with all that was gained beside all that was lost."""
    amounts = movement_amounts(frame)
    opening, closing = amounts["opening"], amounts["closing"]
    if frame.empty or math.isnan(closing) or math.isnan(opening):
        return None
    period = words.period(Reading.of(frame.iloc[0]).period)
    gained, lost = (_sum(amounts, names) for names in (GAINS, LOSSES))
    ends = [words.money(each, compact=True) for each in (opening, closing)]
    sides = _sides(gained, -lost, words)
    stayed = abs(closing - opening) < CENT
    share = words.relative(closing, opening)
    if stayed or not share:
        verb = f"stayed at {ends[1]}" if stayed else f"went from {ends[0]} to {ends[1]}"
        return Finding("growth", Sentence(f"MRR {verb} in {period}: {sides}."), not stayed)
    verb = "rose" if closing > opening else "fell"
    said = f"MRR {verb} by {share} in {period}, from {ends[0]} to {ends[1]}: {sides}."
    return Finding("growth", Sentence(said), True)


def _sides(gained: float, lost: float, words: Words) -> str:
    """ "$1,200 was gained and $300 lost"; what is nothing is called so."""
    amounts = [
        "" if abs(each) < CENT else words.money(each, compact=True) for each in (gained, lost)
    ]
    if not any(amounts):
        return "nothing was gained or lost"
    return f"{amounts[0] or 'nothing'} was gained and {amounts[1] or 'nothing'} lost"


def _sum(amounts: dict[str, float], names) -> float:
    return sum(amounts[name] for name in names if not math.isnan(amounts[name]))


def total_finding(metric, now, before, words: Words) -> Finding | None:
    """A total, and by how much it rose or fell from the period before."""
    now = Reading.of(now)
    if not now.ok:
        return None
    unit, period = metric.unit_of(now.variant), words.period(now.period)
    value = words.value(now.value, unit, compact=True)
    before = None if before is None else Reading.of(before)
    title = metric_title(metric, now.variant)
    was = verb_of(metric, now)
    if before is None or not before.ok:
        return Finding("growth", Sentence(f"{title} {was} {value} in {period}."), False)
    then = f"{words.value(before.value, unit, compact=True)} in {words.period(before.period)}"
    if now.value == before.value:
        said = f"{title} {was} {value} in {period}, the same as in {words.period(before.period)}."
        return Finding("growth", Sentence(said), False)
    share = words.relative(now.value, before.value)
    if not share:
        return Finding(
            "growth", Sentence(f"{title} {was} {value} in {period}, after {then}."), False
        )
    if share == words.percent(0):
        said = f"{title} {was} {value} in {period}, almost the same as in {words.period(before.period)}."
        return Finding("growth", Sentence(said), False)
    verb = "rose" if now.value > before.value else "fell"
    said = f"{title} {verb} by {share} to {value} in {period}, from {then}."
    return Finding("growth", Sentence(said), True)


def standing_finding(
    topic: str, metric, now, words: Words, *, target=None, direction: str = ""
) -> Finding | None:
    """A figure with its interval, and how it stands to its target."""
    now = Reading.of(now)
    if not now.ok:
        return None
    said, unit = _figure(metric, now, words), metric.unit_of(now.variant)
    verdict = None if target is None else target_verdict(now, target, direction)
    goal = f"the target of {_goal(target, unit, direction, words)}"
    if verdict is None:
        return Finding(topic, Sentence(f"{said}."), False)
    if verdict in (MET, MISSED):
        return Finding(topic, Sentence(f"{said}: {goal} was {verdict}."), True)
    text = f"{said}: {goal} lies within the interval, so it is neither met nor missed for certain."
    return Finding(topic, Sentence(text), False)


def _goal(target, unit: str, direction: str, words: Words) -> str:
    """ "at least 40", "at most 2%": without the zeros that a figure carries."""
    side = {HIGHER_IS_BETTER: "at least ", LOWER_IS_BETTER: "at most "}.get(direction, "")
    return side + words.tick(target, unit)


def economics_finding(metric, now, words: Words, *, benchmark: float = 3.0) -> Finding | None:
    """LTV:CAC against the customary three to one, with what the interval allows."""
    now = Reading.of(now)
    if not now.ok:
        return None
    said, line = _figure(metric, now, words), f"{words.tick(benchmark, RATIO)}\u00a0:\u00a01"
    low, high = (now.low, now.high) if now.has_interval else (now.value, now.value)
    if low > benchmark:
        return Finding("economics", Sentence(f"{said}, above the customary {line}."), True)
    if high < benchmark:
        return Finding("economics", Sentence(f"{said}, below the customary {line}."), True)
    if not now.has_interval:
        return Finding("economics", Sentence(f"{said}, at the customary {line}."), True)
    text = f"{said}: the interval includes the customary {line}, so neither side can be claimed."
    return Finding("economics", Sentence(text), False)


def _figure(metric, now: Reading, words: Words) -> str:
    """ "CSAT was 82.7% (95% interval 76.3% to 87.7%) in June 2026"."""
    unit = metric.unit_of(now.variant)
    inside = ""
    if now.has_interval:
        inside = (
            f" ({words.level} interval {words.interval(now.low, now.high, unit, compact=True)})"
        )
    value = words.value(now.value, unit, compact=True)
    when = f" in {words.period(now.period)}" if now.period else ""
    return f"{metric_title(metric, now.variant)} {verb_of(metric, now)} {value}{inside}{when}"


def churn_finding(moved: Moved, words: Words) -> Finding:
    """What moved the churn rate; where its change cannot be told from chance, only that."""
    if moved.distinguishable:
        return Finding("churn", moved_sentence(moved, words), True)
    return rate_finding(
        "churn", moved.metric, moved.now, moved.before, moved.distinguishable, words
    )


def rate_finding(topic: str, metric, now, before, sure: bool | None, words: Words) -> Finding:
    """A rate after that of the period before, and whether the two can be told apart."""
    now, before = Reading.of(now), Reading.of(before)
    unit, last = metric.unit_of(now.variant), words.period(before.period)
    then, value = (words.value(each.value, unit) for each in (before, now))
    said = f"{metric_title(metric, now.variant)} {verb_of(metric, now)} {value} in {words.period(now.period)}"
    if value == then:
        same = "the same" if now.value == before.value else "almost the same"
        return Finding(topic, Sentence(f"{said}, {same} as in {last}."), False)
    if sure:
        side = "up" if now.value > before.value else "down"
        text = f"{said}, {side} from {then} in {last}, beyond what chance explains."
        return Finding(topic, Sentence(text), True)
    claim = ", a difference that cannot be told from chance" if sure is False else ""
    return Finding(topic, Sentence(f"{said} after {then} in {last}{claim}."), False)


def signal_finding(
    outside: pd.DataFrame, metrics: dict, looked: int, by_chance: float, words: Words
) -> Finding:
    """The figure farthest outside its control limits, and how many more there are."""
    if outside.empty:
        each = "The one figure" if looked == 1 else f"Each of the {looked} figures"
        text = f"{each} that can be judged by the twelve periods before lies inside its control limits."
        return Finding("signal", Sentence(text), False)
    row, many = Reading.of(outside.iloc[0]), len(outside)
    verb = "lies" if many == 1 else "lie"
    of = f"{many} of {looked} figures looked at"
    if many <= by_chance:
        text = f"{of} {verb} outside control limits, no more than the {words.decimal(by_chance, 1)} that chance would bring."
        return Finding("signal", Sentence(text), False)
    metric, base = metrics[row.metric], outside["baseline"].iloc[0]
    unit = metric.unit_of(row.variant)
    where = words.segment(row.segment_by, row.segment) if row.segment_by != ALL else ""
    side = "above" if row.value > base else "below"
    value, usual = (words.value(each, unit, compact=True) for each in (row.value, base))
    whose = "its own" if many == 1 else "theirs"
    text = (
        f"{metric_title(metric, row.variant)}{f' for {where}' if where else ''} {verb_of(metric, row)} {value}, "
        f"{side} the control limits of its baseline ({usual}). {of} {verb} outside {whose}, where "
        f"chance alone would bring {chance_words(by_chance, words)}."
    )
    return Finding("signal", Sentence(text), True)
