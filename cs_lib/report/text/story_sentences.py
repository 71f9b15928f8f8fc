"""A story of the front page: what happened, why, and so what.

Why is a note's, or an event's of the time, which is named and never claimed.
"""

import math
from dataclasses import dataclass

from cs_lib.edition.notes import OPEN, Note
from cs_lib.judgement.finding import Finding
from cs_lib.judgement.front import Front
from cs_lib.judgement.stories import Story
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import Period
from cs_lib.report.text import front_words as words
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.front_words import Metrics, about
from cs_lib.report.text.further_words import further_clause, further_stake
from cs_lib.report.text.staying_sentences import answers_apart_clause
from cs_lib.report.text.word_forms import capital, is_plural, lower_first, who
from cs_lib.vocabulary import (
    ANSWER_APART,
    APART,
    BAD,
    COUNT,
    GOOD,
    LASTING_CHANGE,
    MONEY,
    REASON_APART,
    RECOVERY,
    SIGNAL,
    TAKE_UP,
    TARGET,
)

#: how many times over a customer earns their cost: told with that cost, in one sentence
EARNED = "ltv_to_cac"
#: what a figure is held against
THAN = {
    APART: "the others' rate",
    TARGET: "target",
    REASON_APART: "the share elsewhere",
    ANSWER_APART: "the promoters' rate",
}
#: what is told in customers as well as in money
COUNTED = ("customer_churn_rate", "churned_customers_by_reason")


@dataclass(frozen=True)
class StoryText:
    """A story in words; empty where nothing is known. `clause` is the first sentence of what happened."""

    what: str
    why: str
    so_what: str
    do: str = ""
    owner: str = ""
    due: str = ""
    good: bool = False
    key: str = ""
    clause: str = ""


def story_text(story: Story, front: Front, metrics: Metrics, formatter: Formatter) -> StoryText:
    """A story as the front page tells it."""
    asked = story.note if story.note and story.note.status == OPEN else None
    what = [f"{capital(each)}." for each in _what(story, front, metrics, formatter)]
    return StoryText(
        what=" ".join(what),
        why=_why(story, formatter),
        so_what=_so_what(story, front, metrics, formatter),
        do=(asked.do or "") if asked else "",
        owner=(asked.owner or "") if asked else "",
        due=_due(asked, front.period, formatter) if asked and asked.do else "",
        good=story.side == GOOD,
        key=story.first.key,
        clause=what[0],
    )


def _due(note: Note, now: Period, formatter: Formatter) -> str:
    """ "15 July", "30 May, overdue"."""
    if note.due is None:
        return ""
    said = formatter.day(note.due).removesuffix(f" {now.start.year}")
    return f"{said}, overdue" if note.due <= now.last_day else said


# --- what happened -----------------------------------------------------------------------------


def _what(story: Story, front: Front, metrics: Metrics, formatter: Formatter) -> list[str]:
    """One clause for each finding that is told; a target of a figure just given is named alone."""
    said: list[str] = []
    given: set[tuple[str, float]] = set()
    for each in story.told:
        metric = metrics(each.metric)
        if each.kind == TARGET and (each.metric, each.value) in given:
            said.append(words.goal_clause(metric, each.reference, each.value, formatter))
        elif each.kind == TARGET and _is_headline(each, front):
            said.append(_short_of_target(metric, each, formatter))
        elif each.kind == ANSWER_APART:
            said.append(answers_apart_clause(each, formatter))
        elif clause := further_clause(each, metrics, front.period, formatter, named=bool(said)):
            said.append(clause)
        elif each.metric == EARNED and said:
            said[-1] += f"; {_clause(each, front, metric, formatter)}"
        else:
            said.append(_clause(each, front, metric, formatter))
        given.add((each.metric, each.value))
    return said


def _is_headline(found: Finding, front: Front) -> bool:
    return found.metric == front.missed and found.segment == front.segment.label


def _short_of_target(metric: Metric, found: Finding, formatter: Formatter) -> str:
    """ "revenue kept before upgrades is 4.6 points short of its target", which the headline names."""
    side = "short of" if found.value < found.reference else "beyond"
    gap = formatter.change(found.value, found.reference, metric.unit_of()).partition(" ")[2]
    gap = gap.replace("percentage points", "points")
    name = lower_first(words.tile_name(metric, found.last.grain))
    plural = name.startswith("customers") or (metric.name not in words.NAMES and is_plural(name))
    return f"{name} {'are' if plural else 'is'} {f'{gap} ' if gap else ''}{side} target"


def _clause(found: Finding, front: Front, metric: Metric, formatter: Formatter) -> str:
    own = found.segment == front.segment.label
    name = "" if own else who(found.segment_by, found.segment)
    if found.kind == TARGET and found.standing:
        said = words.whole_clause(metric, found.value, found.last.grain, formatter, words.we(front))
        tile = front.tile(found.metric) if own and found.side == BAD else None
        if tile and tile.year_ago == tile.year_ago and not math.isnan(found.stake.money):
            said += f" ({words.figure(tile.year_ago, metric, formatter)} a year ago)"
        if found.metric == EARNED and not own:
            said = f"it is worth {formatter.short(found.value, metric.unit_of())} that"
            return f"{said} (target {formatter.tick(found.reference, metric.unit_of())})"
        goal = words.goal_clause(metric, found.reference, found.value, formatter)
        met = f"; the target of {formatter.tick(found.reference, metric.unit_of())} is met"
        return said + (met if found.side == GOOD else f"; {goal}")
    if found.kind == APART:
        return words.apart_clause(found, metric, formatter)
    if found.kind == LASTING_CHANGE:
        return words.changed_clause(found, metric, formatter)
    if found.kind == RECOVERY:
        return words.recovered_clause(found, metric, front.period, formatter)
    if found.kind == TAKE_UP:
        feature = found.segment.rpartition("=")[2]
        return words.taken_up_clause(found, feature, _periods(found), formatter)
    return words.struck_clause(found, metric, name, front.period, formatter, words.we(front))


def _periods(found: Finding) -> int:
    count = 0
    while found.last.back(count) > found.first:
        count += 1
    return count


# --- why, and so what --------------------------------------------------------------------------


def _why(story: Story, formatter: Formatter) -> str:
    """What a note says; else what happened then, as its edition tells it."""
    if story.note and story.note.why:
        return story.note.why
    return " ".join(
        f"{formatter.month(event.on)}: {event.text or capital(event.label) + '.'}"
        for event in story.events
    )


def _so_what(story: Story, front: Front, metrics: Metrics, formatter: Formatter) -> str:
    """What it comes to: money and customers a year, who it is about, or the figure over a year."""
    said = [
        each
        for each in (
            _at_stake(story, front, metrics, formatter),
            *(_behind(each, formatter) for each in story.told),
        )
        if each
    ]
    if not said:
        said = [_over_the_year(story, front, metrics, formatter)]
    return " ".join(f"{capital(each)}." for each in said[:1] if each)


def _at_stake(story: Story, front: Front, metrics: Metrics, formatter: Formatter) -> str:
    """What the costliest of what is told comes to; of anything else with its name."""
    known = [each for each in story.findings if not math.isnan(each.stake.money)]
    if not known or story.side == GOOD:
        return ""
    told = [each for each in known if each in story.told]
    most = max(told or known, key=lambda each: each.stake.money)
    if further := further_stake(most, formatter):
        return further
    money = about(most.stake.money, formatter)
    if most.metric == "cac" and most.kind == APART:
        won = formatter.value(most.n, COUNT)
        return f"{won} in twelve months: {money} beyond the others' cost"
    people = most.stake.customers if most.metric in COUNTED else math.nan
    customers = f" and {formatter.count(round(people), 'customer')}" if people >= 0.5 else ""
    side = "beyond" if most.value > most.reference else "short of"
    if told and most.kind == TARGET and _is_headline(most, front):  # how far, is said already
        return f"about {money}{customers} a year"
    than = THAN.get(most.kind, "its level before")
    name = "" if told else f"{words.tile_name(metrics(most.metric), most.last.grain)} "
    return f"{name}{side} {than}: about {money}{customers} a year"


def _behind(found: Finding, formatter: Formatter) -> str:
    """Who or what stands behind a take-up or a jump of upgrades."""
    if found.kind == TAKE_UP:
        used, active = (formatter.value(each, COUNT) for each in (found.numerator, found.n))
        used_in = words.when(found.last, found.last, found.last, formatter)
        return f"{used} of {active} used it {used_in}"
    amount = found.numerator
    if found.kind == SIGNAL and found.metric == "expansion_mrr_rate" and amount == amount:
        month, year = formatter.alike((amount, 12 * amount), MONEY)
        return f"{month} of MRR, {year} a year"
    return ""


def _over_the_year(story: Story, front: Front, metrics: Metrics, formatter: Formatter) -> str:
    """A figure over twelve months against its target and a year ago, where the story does not tell it yet."""
    told = {each.metric for each in story.told}
    target = next((each for each in story.of_kind(TARGET) if each.metric in told), None)
    tile = front.tile(target.metric) if target else None
    if target is None or target.segment != front.segment.label:
        return ""
    metric = metrics(target.metric)
    unit = metric.unit_of()
    if story.told[0].kind in (SIGNAL, RECOVERY):
        goal = words.goal_clause(metric, target.reference, target.value, formatter)
        span = span_words(target.first, target.last, formatter)
        return f"{formatter.short(target.value, unit)} {span}; {goal}"
    if tile is None or math.isnan(tile.year_ago):
        return ""
    now, ago = formatter.alike((tile.figure.value, tile.year_ago), unit)
    return f"{ago} a year ago" if now != ago else "unchanged on a year ago"


def span_words(first: Period, last: Period, formatter: Formatter) -> str:
    """ "over twelve months", "over 5 months", "in June 2026"."""
    if first == last:
        return f"in {formatter.period(last)}"
    count = 1
    while last.back(count) >= first:
        count += 1
    return (
        "over twelve months"
        if (count, last.grain) == (12, "month")
        else f"over {formatter.count(count, last.grain)}"
    )
