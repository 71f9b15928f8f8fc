"""Findings about one thing joined into one story: what customers and revenue are lost, what winning a customer
costs, one survey, each for the whole and for a segment.

A segment that does well because another does badly is left out. What was said of a score stands with bad news
of it, else by itself; what is to come always does.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cs_lib.edition.events import Event
from cs_lib.edition.notes import Note
from cs_lib.judgement.finding import CHANCES, Finding
from cs_lib.judgement.white_space import FEATURE
from cs_lib.period import ALL, Segment, segment_pairs
from cs_lib.vocabulary import (
    APART,
    AT_RISK,
    BAD,
    CONCENTRATED,
    DRIVER,
    GOOD,
    HEADLINES,
    NEUTRAL,
    RECOVERY,
    RENEWALS_DUE,
    SIGNAL,
    TAKE_UP,
    TARGET,
    THEME_APART,
)

LOSS, GROWTH, WINNING, USE, START = "loss", "growth", "winning", "use", "start"
COMING, HELD, SAID, ONWARD = "coming", "held", "said", "onward"
#: what each metric is about; any other is about itself
TOPICS = {
    **dict.fromkeys(
        (
            "gross_revenue_retention",
            "net_revenue_retention",
            "customer_churn_rate",
            "customer_retention_rate",
            "gross_revenue_churn_rate",
            "net_revenue_churn_rate",
            "churned_customers",
            "churned_customers_by_reason",
            "churned_mrr",
            "renewal_rate",
            "contraction_mrr",
        ),
        LOSS,
    ),
    **dict.fromkeys((*HEADLINES["Growth"], "new_mrr", "expansion_mrr"), GROWTH),
    "arr": "arr",  # a target of ARR is a story beside MRR's
    **dict.fromkeys(("cac", "ltv_to_cac", "cac_payback", "acquisition_cost"), WINNING),
    **dict.fromkeys(("active_customer_rate", "usage_frequency", "stickiness"), USE),
    **dict.fromkeys(("time_to_value", "cohort_retention"), START),
}
#: the kinds of findings that are of the periods just past
NEWS = (SIGNAL, RECOVERY, TAKE_UP)
#: what is to come, what was said, and what may be bought or used; and all kinds that are told after what happened
ASIDE = {
    COMING: (RENEWALS_DUE, AT_RISK),
    HELD: (CONCENTRATED,),
    SAID: (THEME_APART, DRIVER),
    ONWARD: CHANCES,
}
FURTHER = tuple(kind for kinds in ASIDE.values() for kind in kinds)
_HEADLINES = {name for section in HEADLINES.values() for name in section}


@dataclass(frozen=True)
class Story:
    """Findings about one thing, those of them that are told, and what people wrote of these."""

    topic: str
    findings: tuple[Finding, ...]
    side: str
    told: tuple[Finding, ...] = ()
    note: Note | None = None
    events: tuple[Event, ...] = ()

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def money(self) -> float:
        """What is at stake in a year: the most that one of its findings says, for they overlap."""
        known = [each.stake.money for each in self.findings if not math.isnan(each.stake.money)]
        return max(known, default=math.nan)

    def of_kind(self, *kinds: str) -> list[Finding]:
        return [each for each in self.findings if each.kind in kinds]

    @property
    def is_missed(self) -> bool:
        return any(each.side == BAD for each in self.of_kind(TARGET))


def joined(found: Iterable[Finding], segment: Segment, *, feature: str = FEATURE) -> list[Story]:
    """The stories of what a segment's page tells of, in no order; `feature`: what the edition calls that split."""
    return _by_topic(_without_mirrors(_concerning(found, segment, feature)))


def _concerning(found: Iterable[Finding], segment: Segment, feature: str) -> list[Finding]:
    """What a page tells of: in a segment's report itself alone; of signals those of headline metrics, and of
    those inside the company losses alone."""
    own = {column for column, _ in segment.pairs}
    kept = []
    for each in found:
        columns = {column for column, _ in segment_pairs(*each.whose)}
        inside = columns - own - {feature}
        if inside and segment.label != ALL:
            continue
        if inside and each.kind == SIGNAL and (each.run is None or each.side != BAD):
            continue
        if each.kind == SIGNAL and each.metric not in _HEADLINES:
            continue
        kept.append(each)
    return kept


def _without_mirrors(found: list[Finding]) -> list[Finding]:
    """Without segments that do well where another of the same split does badly."""
    bad = {
        (name, each.segment_by)
        for each in found
        if each.kind == APART and each.side == BAD
        for name in (each.metric, *each.also)
    }
    return [
        each
        for each in found
        if not (each.kind == APART and each.side == GOOD and (each.metric, each.segment_by) in bad)
    ]


def _by_topic(found: list[Finding]) -> list[Story]:
    groups: dict[tuple[str, str], list[Finding]] = {}
    for each in found:
        topic = TOPICS.get(each.metric, each.metric)
        groups.setdefault((topic, each.whose[1]), []).append(each)
    joined: list[Story] = []
    for (topic, _), own in groups.items():
        bad = [each for each in own if each.side == BAD and each.kind not in FURTHER]
        kept = (RECOVERY, *ASIDE[SAID]) if bad else ()
        joined += _aside([each for each in own if each.kind not in kept])
        own = [each for each in own if each.kind in kept or each.kind not in FURTHER]
        if bad:
            own = [each for each in own if each.side == BAD or each.kind in kept]
        if not own:
            continue
        good = any(each.side == GOOD for each in own)
        side = BAD if bad else GOOD if good else own[0].side
        joined.append(Story(topic, tuple(sorted(own, key=_told_first)), side))
    return joined


def _aside(found: list[Finding]) -> Iterator[Story]:
    """What is to come, who holds much, what was said and what may be bought or used, each by itself; bad news where that
    is."""
    for topic, kinds in ASIDE.items():
        own = sorted((each for each in found if each.kind in kinds), key=_told_first)
        if own:
            side = BAD if any(each.side == BAD for each in own) else NEUTRAL
            yield Story(topic, tuple(own), side)


def _told_first(found: Finding) -> tuple:
    """What struck just now before what holds for long, and what is to come or was said last; then as ranked."""
    new = NEWS.index(found.kind) if found.kind in NEWS else len(NEWS)
    return (new, found.kind in FURTHER, found.rank)
