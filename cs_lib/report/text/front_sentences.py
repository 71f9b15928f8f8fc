"""What the front page says of all its figures: a headline, how the targets stand, and that nothing has moved."""

import math
from collections.abc import Sequence

from cs_lib.judgement.front import Front
from cs_lib.judgement.standing import Figure
from cs_lib.judgement.tiles import TileFigure
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import ALL, MONTH, PERIODS_A_YEAR, Period
from cs_lib.report.text import front_words as words
from cs_lib.report.text.formatting import Formatter, listed, metric_title
from cs_lib.report.text.front_words import Metrics
from cs_lib.report.text.further_words import further_tag
from cs_lib.report.text.word_forms import capital, lower_first, who
from cs_lib.vocabulary import (
    ANSWER_APART,
    APART,
    BAD,
    HIGHER_IS_BETTER,
    LASTING_CHANGE,
    NEUTRAL,
    TARGET,
)

#: a change on the year from which growth is called fast, and below which it is none
FAST, STEADY = 0.2, 0.03
#: of so many periods a figure may be called the best or the worst
LEAST_PERIODS = 12


def headline(front: Front, metrics: Metrics, formatter: Formatter) -> tuple[str, ...]:
    """The page in a few sentences, the first a line to be remembered."""
    said = [_tag(front, metrics)]
    if front.growth:
        said.append(_grown(front.growth, front.period, metrics(front.growth.metric), formatter))
    if front.missed_tile:
        said.append(_missed(front.missed_tile, front, metrics(front.missed), formatter))
    return tuple(f"{capital(each)}." for each in said if each)


def _tag(front: Front, metrics: Metrics) -> str:
    grown, bad = _growth_word(front), _bad_words(front, metrics)
    if bad:
        return f"{grown}, {bad}" if grown else bad
    if grown.startswith("shrinking"):
        safe = front.judged and not front.missed
        return f"{grown}, though no target is missed" if safe else grown
    if front.judged and len(front.met) == len(front.judged):
        met = "all targets met" if front.judged_all else "all targets that can be judged are met"
        return f"{grown}, {met}" if grown else met
    if not _moved(front) and front.looked and not front.moved and not front.missed:
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
    if found.kind == ANSWER_APART:
        return "losing detractors more than promoters"
    if tag := further_tag(found):
        return tag
    against = {TARGET: "target", APART: "the others", LASTING_CHANGE: "its level before"}
    whose = (
        ""
        if found.segment == front.segment.label
        else f" in {who(found.segment_by, found.segment)}"
    )
    return f"{lower_first(title)}{whose} {side} {against.get(found.kind, 'the trend')}"


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
    said = words.whole_clause(metric, value, tile.figure.last.grain, formatter, words.we(front))
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
    if _moved(front):
        return ""
    if not front.looked:
        return "There is too little history to say what is usual."
    if front.moved:
        return (
            f"{front.moved} of {formatter.count(front.looked, 'figure')} moved more than usual in this "
            f"{front.period.grain}; none is large enough, or a headline figure, to be told here."
        )
    return f"Nothing moved more than usual in this {front.period.grain}."


def _moved(front: Front) -> bool:
    """Whether a page tells of anything that is good or bad news."""
    return any(each.side != NEUTRAL for each in front.stories)


def verdicts(front: Front, metrics: Metrics) -> str:
    """ "4 of 11 targets are missed; too close to call: net revenue retention, NPS"."""
    titles = [lower_first(metrics(name).title) for name in front.undecided]
    undecided = f"too close to call: {listed(titles)}" if titles else ""
    said = "; ".join(filter(None, [_all_targets(front), undecided]))
    return f"{capital(said)}." if said else ""


def on_paper(met: Sequence[str], lifetime: float, history: int, metrics: Metrics) -> str:
    """ "LTV:CAC is met by formula alone (43 months; 36 on record)"; empty where the history reaches so far."""
    if not (met and lifetime > history):
        return ""
    titles = listed([metrics(name).title for name in met])
    verb = "is" if len(met) == 1 else "are"
    return f"{titles} {verb} met by formula alone ({lifetime:.0f} months; {history} on record)."
