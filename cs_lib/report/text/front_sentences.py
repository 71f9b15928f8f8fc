"""What the front page says: a headline, and each story as what happened, why, and so what.

Why is a note's, or an event's of the time, which is named and never claimed.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from cs_lib.edition.notes import OPEN, Note
from cs_lib.judgement import Figure, Finding, Front, Story, TileFigure
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import ALL, MONTH, PERIODS_A_YEAR, Period
from cs_lib.report.text import front_words as words
from cs_lib.report.text.formatting import Formatter, listed, metric_title
from cs_lib.report.text.front_words import about, capital
from cs_lib.report.text.sentences import is_plural, lower_first
from cs_lib.vocabulary import (
    APART,
    BAD,
    COUNT,
    GOOD,
    HIGHER_IS_BETTER,
    LASTING_CHANGE,
    MONEY,
    RECOVERY,
    SIGNAL,
    TAKE_UP,
    TARGET,
)

#: a change on the year from which growth is called fast, and below which it is none
FAST, STEADY = 0.2, 0.03
#: of so many periods a figure may be called the best or the worst
LEAST_PERIODS = 12
#: how many times over a customer earns their cost: told with that cost, in one sentence
EARNED = "ltv_to_cac"
Metrics = Callable[[str], Metric]


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
        elif each.metric == EARNED and said:
            said[-1] += f"; {_clause(each, front, metric, formatter)}"
        else:
            said.append(_clause(each, front, metric, formatter))
        given.add((each.metric, each.value))
    return said


def _is_headline(found: Finding, front: Front) -> bool:
    return found.metric == front.missed and found.segment == front.segment.label


def _short_of_target(metric: Metric, found: Finding, formatter: Formatter) -> str:
    """ "revenue kept before upgrades is 4.6 percentage points short of its target", which the headline names."""
    side = "short of" if found.value < found.reference else "beyond"
    gap = formatter.change(found.value, found.reference, metric.unit_of()).partition(" ")[2]
    name = lower_first(words.tile_name(metric, found.last.grain))
    plural = name.startswith("customers") or (metric.name not in words.NAMES and is_plural(name))
    return f"{name} {'are' if plural else 'is'} {f'{gap} ' if gap else ''}{side} target"


def _clause(found: Finding, front: Front, metric: Metric, formatter: Formatter) -> str:
    own = found.segment == front.segment.label
    name = "" if own else words.who(found.segment_by, found.segment)
    if found.kind == TARGET and found.standing:
        said = words.whole_clause(metric, found.value, found.last.grain, formatter, _we(front))
        tile = front.tile(found.metric) if own and found.side == BAD else None
        if tile and tile.year_ago == tile.year_ago and not math.isnan(found.stake.money):
            said += f" ({words.figure(tile.year_ago, metric, formatter)} a year ago)"
        if found.metric == EARNED and not own:
            said = f"it earns that back {formatter.short(found.value, metric.unit_of())}"
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
    return words.struck_clause(found, metric, name, front.period, formatter, _we(front))


def _we(front: Front) -> str:
    """Whose figures a page gives: "we", or its segment."""
    return words.who(front.segment.by, front.segment.label) or "we"


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
            _at_stake(story, metrics, formatter),
            *(_behind(each, formatter) for each in story.told),
        )
        if each
    ]
    if not said:
        said = [_over_the_year(story, front, metrics, formatter)]
    return " ".join(f"{capital(each)}." for each in said[:1] if each)


def _at_stake(story: Story, metrics: Metrics, formatter: Formatter) -> str:
    """What the costliest of what is told comes to; of anything else with its name."""
    known = [each for each in story.findings if not math.isnan(each.stake.money)]
    if not known or story.side != BAD:
        return ""
    told = [each for each in known if each in story.told]
    most = max(told or known, key=lambda each: each.stake.money)
    money = about(most.stake.money, formatter)
    if most.metric == "cac" and most.kind == APART:
        won = formatter.value(most.n, COUNT)
        return f"{won} in twelve months: {money} beyond the others' cost"
    people = most.stake.customers if most.metric == "customer_churn_rate" else math.nan
    customers = f" and {formatter.count(round(people), 'customer')}" if people >= 0.5 else ""
    side = "beyond" if most.value > most.reference else "short of"
    than = {APART: "the others' rate", TARGET: "target"}.get(most.kind, "its level before")
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


# --- the headline ------------------------------------------------------------------------------


def headline(front: Front, metrics: Metrics, formatter: Formatter) -> tuple[str, ...]:
    """The page in a few sentences, the first a line to be remembered."""
    said = [_tag(front, metrics, formatter)]
    if front.growth:
        said.append(_grown(front.growth, front.period, metrics(front.growth.metric), formatter))
    if front.missed_tile:
        said.append(_missed(front.missed_tile, front, metrics(front.missed), formatter))
    return tuple(f"{capital(each)}." for each in said if each)


def _tag(front: Front, metrics: Metrics, formatter: Formatter) -> str:
    grown, bad = _growth_word(front), _bad_words(front, metrics)
    if bad:
        return f"{grown}, {bad}" if grown else bad
    if grown.startswith("shrinking"):
        safe = front.judged and not front.missed
        return f"{grown}, though no target is missed" if safe else grown
    if front.judged and len(front.met) == len(front.judged):
        met = "all targets met" if front.judged_all else "all targets that can be judged are met"
        return f"{grown}, {met}" if grown else met
    if not front.stories and front.looked and not front.moved and not front.missed:
        return f"{grown}, a calm {front.period.grain}" if grown else f"a calm {front.period.grain}"
    return grown


def _growth_word(front: Front) -> str:
    tile = front.growth
    if tile is None or not tile.year_ago > 0:
        return ""
    change = tile.figure.value / tile.year_ago - 1
    if abs(change) < STEADY:
        return "holding steady"
    fast = " fast" if abs(change) >= FAST else ""
    return f"{'growing' if change > 0 else 'shrinking'}{fast}"


def _bad_words(front: Front, metrics: Metrics) -> str:
    """What goes worst: a leak, and where, else what misses its target or has moved."""
    bad = [each for each in front.stories if each.side == BAD]
    if not bad:
        return ""
    losing = [each for each in bad if each.topic == "loss"]
    apart = [
        each.first
        for each in losing
        if each.of_kind(APART) and each.first.segment != front.segment.label
    ]
    where = f" {words.among(apart[0].segment_by, apart[0].segment)}" if apart else ""
    if any(each.is_missed for each in losing):
        return f"leaking{where}"
    if losing and apart:
        return f"losing most{where}"
    first = bad[0]
    found = next((each for each in first.findings if each.side == BAD), first.first)
    title = metrics(found.metric).title
    side = "below" if found.value < found.reference else "above"
    against = {TARGET: "target", APART: "the others", LASTING_CHANGE: "its level before"}
    whose = (
        ""
        if found.segment == front.segment.label
        else f" in {words.who(found.segment_by, found.segment)}"
    )
    return f"{lower_first(title)}{whose} {side} {against.get(found.kind, 'the usual')}"


def _grown(tile: TileFigure, period: Period, metric: Metric, formatter: Formatter) -> str:
    """ "MRR is $255K (ARR $3.06M), up 78% on a year ago and 4.6% on May"."""
    value, unit = tile.figure.value, metric.unit_of()
    title, when = metric_title(metric), ""
    if metric.name == "mrr":
        title = (
            f"{title} is {formatter.short(value, unit)} (ARR {formatter.short(12 * value, unit)})"
        )
    else:
        when = f" in {formatter.period(period)}"
        title = f"{title} was {formatter.short(value, unit)}{when}"
    earlier = period.back()
    then = formatter.period(earlier)
    if earlier.grain == "month":
        then = then.rpartition(" ")[0]
    moves = [(moved(value, tile.year_ago, formatter), "on a year ago")]
    if PERIODS_A_YEAR[period.grain] > 1:
        moves.append((moved(value, tile.before, formatter), f"on {then}"))
    told = [(verb, size, on) for (verb, size), on in moves if verb]
    if not told:
        return title
    if len(told) == 2 and told[0][0] == told[1][0] and told[0][1]:
        return f"{title}, {told[0][0]} {told[0][1]} {told[0][2]} and {told[1][1]} {told[1][2]}"
    return f"{title}, {listed([' '.join(filter(None, each)) for each in told])}"


def moved(now: float, then: float, formatter: Formatter) -> tuple[str, str]:
    """("up", "78%"): a share of at least a tenth without decimals."""
    share = formatter.relative(now, then)
    if not share or not then > 0:
        return "", ""
    change = now / then - 1
    if abs(change) < 0.0005:
        return "unchanged", ""
    size = (
        formatter.percent(abs(change), 0)
        if abs(change) >= 0.1
        else formatter.percent(abs(change), 1)
    )
    return ("up" if change > 0 else "down"), size


def _missed(tile: TileFigure, front: Front, metric: Metric, formatter: Formatter) -> str:
    """ "we kept 80.5% of last year's revenue before upgrades; the target is 85%; June is the best of 24 months"."""
    standing = tile.standing
    value = standing.figure.value if standing else tile.figure.value
    said = words.whole_clause(metric, value, tile.figure.last.grain, formatter, _we(front))
    if standing:
        said += f"; {words.goal_clause(metric, standing.target.value, value, formatter)}"
    if front.segment.label != ALL and not math.isnan(tile.company):
        said += f"; {words.figure(tile.company, metric, formatter)} for the company"
    place, of = tile.place
    when = _newest(tile, formatter)
    if when and of >= LEAST_PERIODS and place in (1, of):
        best = (place == 1) == (metric.direction_of() == HIGHER_IS_BETTER)
        many = formatter.count(of, tile.figure.last.grain) if tile.figure.periods == 1 else str(of)
        said += f"; {when} the {'best' if best else 'worst'} of {many}"
    return said


def _newest(tile: TileFigure, formatter: Formatter) -> str:
    """ "June is", "the twelve months to June are"; empty for any other span, which has no name."""
    figure = tile.figure
    last = formatter.period(figure.last)
    month = last.rpartition(" ")[0] if figure.last.grain == MONTH else last
    if figure.periods == 1:
        return f"{month} is"
    return f"the twelve months to {month} are" if _is_a_year(figure) else ""


def _is_a_year(figure: Figure) -> bool:
    return (
        figure.last.grain == MONTH and figure.periods == 12 and figure.first == figure.last.back(11)
    )


def _all_targets(front: Front) -> str:
    """How many targets are missed, or that none is."""
    judged, met = len(front.judged), len(front.met)
    missed = judged - met - len(front.undecided)
    if missed:
        return f"{missed} of {judged} targets {'is' if missed == 1 else 'are'} missed"
    if judged and not missed and met < judged:
        return "no target is missed"
    return ""


def calm(front: Front, formatter: Formatter) -> str:
    """What stands in place of stories, where there are none."""
    if front.stories:
        return ""
    if not front.looked:
        return "There is too little history to say what is usual."
    if front.moved:
        return (
            f"{front.moved} of {formatter.count(front.looked, 'figure')} moved more than usual in this "
            f"{front.period.grain}; none is large enough, or a headline figure, to be told here."
        )
    return f"Nothing moved more than usual in this {front.period.grain}."


def verdicts(front: Front, metrics: Metrics) -> str:
    """ "4 of 11 targets are missed; too close to call: net revenue retention, NPS"."""
    titles = [lower_first(metrics(name).title) for name in front.undecided]
    undecided = f"too close to call: {listed(titles)}" if titles else ""
    said = "; ".join(filter(None, [_all_targets(front), undecided]))
    return f"{capital(said)}." if said else ""
