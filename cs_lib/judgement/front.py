"""What the front page tells of a segment at a period: its stories chosen and ranked, without words.

The story of the most important missed target comes first; the others follow by money
a year, then missed targets by how far they are missed. Of one topic the first is told before the second of
another's turn, so that five stories are of five things where there are so many. One is good news, if any is. What
was said of a score is told beside bad news of it; that, and what is to come, by itself where a place is left.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from cs_lib.edition.events import Event, events_of
from cs_lib.edition.targets import target_of
from cs_lib.judgement.finding import Finding
from cs_lib.judgement.news import COHORT_AGE, KEPT
from cs_lib.judgement.series import Figures
from cs_lib.judgement.standing import Standing
from cs_lib.judgement.stories import ASIDE, FURTHER, NEWS, Story, joined
from cs_lib.judgement.tiles import TileFigure, tile_of, tiles
from cs_lib.judgement.white_space import FEATURE
from cs_lib.period import ALL, PERIODS_A_YEAR, Period, Segment, segment_pairs
from cs_lib.vocabulary import (
    ANSWER_APART,
    APART,
    BAD,
    FINDINGS,
    GOOD,
    LASTING_CHANGE,
    MET,
    MISSED,
    REASON_APART,
    REASON_RISEN,
    RECOVERY,
    SIGNAL,
    TAKE_UP,
    TARGET,
    TOO_CLOSE,
)

MOST, MOST_BAD, MOST_TOLD, MOST_EVENTS = 5, 4, 2, 2
#: missed targets that a headline names first, whatever else was missed
NAMED_FIRST = ("gross_revenue_retention", "net_revenue_retention", "customer_churn_rate")
TOTALS = ("mrr", "revenue")
REASONS = (REASON_APART, REASON_RISEN)


@dataclass(frozen=True)
class Front:
    """What a front page tells, as values.

    `missed` is the missed target that a headline names; `judged`, `met` and `undecided` are the targets with
    that verdict, `judged_all` whether every target has one; `looked` is how many figures could be held against what was usual, `moved` how many of them
    lie outside it.
    """

    period: Period
    segment: Segment
    growth: TileFigure | None
    missed: str
    missed_tile: TileFigure | None
    judged: tuple[str, ...]
    met: tuple[str, ...]
    undecided: tuple[str, ...]
    judged_all: bool
    tiles: tuple[TileFigure, ...]
    stories: tuple[Story, ...]
    looked: int
    moved: int

    def tile(self, metric: str) -> TileFigure | None:
        """The tile of a metric, if it has one."""
        return next((each for each in self.tiles if each.metric == metric), None)


def front(
    figures: Figures,
    period: Period,
    segment: Segment,
    *,
    standings: Mapping[str, Standing | None],
    found: list[Finding],
    looked: int,
    moved: int,
) -> Front:
    """The front page of a segment, from its verdicts and findings; `looked`: how many figures have limits,
    `moved`: how many lie outside them."""
    known = {name: each for name, each in standings.items() if each is not None}
    feature = figures.edition.split_name(FEATURE)
    chosen = stories(found, segment, feature=feature)
    missed = _missed(known, chosen)
    told = [replace(each, told=_told(each, segment, missed)) for each in chosen]
    told = [_with_what_is_known(each, figures, period) for each in told]
    targets, day = figures.edition.targets, period.last_day
    held = [name for name in standings if target_of(targets, name, segment.label, day)]
    growth = (tile_of(figures, name, segment, period) for name in TOTALS)

    def of(*verdicts: str) -> tuple[str, ...]:
        return tuple(name for name, each in known.items() if each.verdict in verdicts)

    return Front(
        period,
        segment,
        growth=next(filter(None, growth), None),
        missed=missed,
        missed_tile=tile_of(figures, missed, segment, period) if missed else None,
        judged=of(MET, MISSED, TOO_CLOSE),
        met=of(MET),
        undecided=of(TOO_CLOSE),
        judged_all=len(of(MET, MISSED, TOO_CLOSE)) == len(held),
        tiles=tuple(tiles(figures, segment, period)),
        stories=tuple(told),
        looked=looked,
        moved=moved,
    )


def stories(found: Iterable[Finding], segment: Segment, *, feature: str = FEATURE) -> list[Story]:
    """Up to five stories of these findings, in the order in which they are told (`feature`: see `joined`)."""
    every = joined(found, segment, feature=feature)
    bad = sorted((each for each in every if each.side == BAD), key=_rank)
    good = sorted(
        (each for each in every if each.side == GOOD),
        key=lambda each: _rank_of_good(each, feature),
    )
    missed = [each for each in bad if each.is_missed and each.first.segment == segment.label]
    bad = _varied([*missed[:1], *(each for each in bad if each not in missed[:1])], segment)
    chosen = bad[: MOST_BAD if good else MOST]
    good = good[: MOST - len(chosen)][: 1 if chosen else 3]
    aside = [[each for each in every if each.topic == topic][:1] for topic in ASIDE]
    further = [story for found in aside for story in found]
    return [*chosen, *further[: MOST - len(chosen) - len(good)], *good]


def _rank(story: Story) -> tuple:
    """By money; without any by kind, what has moved lately first, then by how far a target is missed."""
    known = not math.isnan(story.money)
    kind = min(FINDINGS.index(each.kind) for each in story.findings)
    moved = story.first.kind in NEWS
    return (not known, -story.money if known else kind, not moved, -_gap(story), story.first.rank)


def _gap(story: Story) -> float:
    """How far a target is missed, as a share of it."""
    gaps = [
        abs(each.value - each.reference) / abs(each.reference)
        for each in story.of_kind(TARGET)
        if each.reference
    ]
    return max(gaps, default=0.0)


def _rank_of_good(story: Story, feature: str) -> tuple:
    """News of the period, then what began some whole quarters ago (a feature taken up, a lasting change), so that
    it is told anew every quarter and not each month; recoveries, targets met, segments that do well."""
    found = story.first
    whole = found.segment_by in (ALL, feature)
    if found.kind == TAKE_UP:
        return (0 if _is_quarter(found) else 5, found.rank)
    if found.kind == LASTING_CHANGE:
        return (2 if _is_quarter(found) else 5, found.rank)
    order = {SIGNAL: 0, RECOVERY: 1, TARGET: 3, APART: 4}
    return (order[found.kind] if whole or found.kind != SIGNAL else 4, found.rank)


def _is_quarter(found: Finding) -> bool:
    """Whether a finding began whole quarters before the page's period."""
    last, quarter = found.last, max(1, PERIODS_A_YEAR[found.last.grain] // 4)
    if found.metric == KEPT:  # seen so many months after they joined
        last = last.back(-COHORT_AGE)
    periods = 0
    while last.back(periods) > found.first:
        periods += 1
    return periods > 0 and periods % quarter == 0


def _varied(ranked: list[Story], segment: Segment) -> list[Story]:
    """The first of each topic, for the whole and for segments, before the second of any."""
    seen: set[tuple[str, bool]] = set()
    first: list[Story] = []
    rest: list[Story] = []
    for each in ranked:
        key = (each.topic, each.first.whose[1] == segment.label)
        (rest if key in seen else first).append(each)
        seen.add(key)
    return [*first, *rest]


def _told(story: Story, segment: Segment, missed: str) -> tuple[Finding, ...]:
    """What is told of a story, two findings at most: a missed target that the headline does not name, and
    what has moved or stands apart; then why, and what was said. Where only one survey has moved, its
    target is told beside it."""
    moved = story.of_kind(SIGNAL, RECOVERY)
    targets = [each for each in story.of_kind(TARGET) if each.side == story.side]
    targets.sort(key=lambda each: each.metric == missed and each.segment == segment.label)
    why = story.of_kind(*REASONS)[:1]
    further = story.of_kind(*FURTHER)[:1] if story.side != GOOD else []
    aside = (TARGET, *REASONS, *FURTHER)
    others = [each for each in story.findings if each not in moved and each.kind not in aside]
    if targets and targets[0].segment == segment.label and not math.isnan(story.money):
        told = [*others[:1], *(why if others else ()), *targets[:1], *moved, *why]
    elif moved:
        told = [*moved[:1], *why]
    else:
        told = [*others[:1], *why, *others[1:], *targets]
    return tuple([*told, *further][:MOST_TOLD])


def _with_what_is_known(story: Story, figures: Figures, period: Period) -> Story:
    """The story with the note on what is told of it, and with the events near that."""
    notes, events = figures.edition.notes, figures.edition.events
    metrics = {each.metric for each in story.told}
    mine = sorted(story.findings, key=lambda each: each not in story.told)
    written = (notes.for_finding(each.key, period) for each in mine if each.metric in metrics)
    feature = figures.edition.split_name(FEATURE)
    near = [
        event
        for each in story.told
        for event in _near(each, events, feature)
        if each.metric in event.metrics
    ]
    note = next(filter(None, written), None)
    return replace(story, note=note, events=tuple(dict.fromkeys(near))[:MOST_EVENTS])


def _near(found: Finding, events: tuple[Event, ...], feature: str) -> tuple[Event, ...]:
    """Events about the time at which a finding began; beside a segment apart those of that segment alone."""
    whose = Segment(segment_pairs(found.segment_by, found.segment))
    whose = Segment(tuple(pair for pair in whose.pairs if pair[0] != feature))
    first, last = found.first, found.last
    if found.kind in (TARGET, ANSWER_APART, REASON_RISEN, *FURTHER):
        return ()
    if found.kind == APART:
        named = [each for each in events if ALL not in each.segments]
        first = first if first != last else last.back(PERIODS_A_YEAR[last.grain] - 1)
        return events_of(tuple(named), found.metric, whose, first.start, last.last_day)
    if found.kind in (LASTING_CHANGE, TAKE_UP):
        last = first
    if found.run is not None:
        first, last = found.run.first, found.run.last
    return events_of(events, found.metric, whose, first.back().start, last.last_day)


def _missed(standings: dict[str, Standing], told: list[Story]) -> str:
    """The missed target that a headline names: of what is kept, else that of the first story that missed one."""
    missed = [name for name, each in standings.items() if each.verdict == MISSED]
    named = [name for name in NAMED_FIRST if name in missed]
    found = [each.metric for story in told for each in story.of_kind(TARGET) if each.side == BAD]
    return next(iter([*named, *(name for name in found if name in missed), *missed]), "")
