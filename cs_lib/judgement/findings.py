"""What there is to tell of a period, ranked by what is at stake. Values without words."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from cs_lib.judgement.ahead import ahead
from cs_lib.judgement.base_findings import concentrated, rooms
from cs_lib.judgement.columns_compared import COMPARED, StandsApart, apart_in, apart_of, is_compared
from cs_lib.judgement.finding import Finding, side_of
from cs_lib.judgement.goes_with import features_apart
from cs_lib.judgement.leaving import reasons_apart
from cs_lib.judgement.level_steps import LEAST_ERRORS
from cs_lib.judgement.news import lasting_change, news
from cs_lib.judgement.next_purchases import purchases_apart
from cs_lib.judgement.score_link import answers_apart
from cs_lib.judgement.series import Figures
from cs_lib.judgement.significance import certainty_of
from cs_lib.judgement.stakes import (
    LEAST_CUSTOMERS,
    LEAST_SHARE,
    is_material,
    stake,
    stake_apart,
    yearly_revenue,
)
from cs_lib.judgement.standing import Standing, standing
from cs_lib.judgement.voice_findings import voices
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import ALL, PERIODS_A_YEAR, Period, Segment
from cs_lib.vocabulary import (
    APART,
    BAD,
    COUNT,
    GOOD,
    HEADLINES,
    LASTING_CHANGE,
    MET,
    MISSED,
    MONEY,
    SIGNAL,
    TARGET,
)

SURVEYS = "survey_responses"
_HEADLINES = {name for section in HEADLINES.values() for name in section}
#: what a customer costs to win, and how many times over they earn it
COST, EARNED = "cac", "ltv_to_cac"
#: metrics that are looked at for lasting changes
CHANGING = (
    "customer_churn_rate",
    "expansion_mrr_rate",
    "csat",
    "nps",
    "ces",
    "response_rate",
    "follow_up_rate",
    "time_to_value",
    "active_customer_rate",
    "usage_frequency",
    "average_order_value",
)


def findings(
    figures: Figures,
    period: Period,
    segment: Segment,
    *,
    standings: Mapping[str, Standing | None],
    watched: pd.DataFrame,
) -> list[Finding]:
    """Everything worth telling of a segment at a period: bad news by what is at stake, then what may be won, then good
    news.

    Takes how its metrics stand to their targets, and the watched figures with their limits. Below 0.25 % of
    a year's revenue and below five customers nothing is told.
    """
    revenue = yearly_revenue(figures, ALL, ALL, period)
    struck = _signals(figures, period, segment, watched, revenue)
    found = [
        *_targets(segment, standings, figures, period),
        *_lasting(figures, period, segment),
        *_apart(figures, period, segment),
        *reasons_apart(figures, period, segment),
        *answers_apart(figures, period, segment),
        *voices(figures, period, segment),
        *ahead(figures, period, segment),
        *concentrated(figures, period, segment),
        *rooms(figures, period, segment),
        *features_apart(figures, period, segment),
        *purchases_apart(figures, period, segment),
        *news(list(struck), figures, period, segment),
    ]
    kept = [each for each in found if is_material(each.stake, revenue)]
    once: dict[tuple, Finding] = {}
    for each in sorted(kept, key=lambda each: each.rank):
        once.setdefault((each.key, each.last), each)
    return list(once.values())


def _targets(
    segment: Segment, standings: Mapping[str, Standing | None], figures: Figures, period: Period
) -> Iterator[Finding]:
    for name, found in standings.items():
        if found is not None and found.verdict in (MET, MISSED):
            yield _target(name, found, (segment.by, segment.label), figures, period)


def _target(
    name: str, found: Standing, whose: tuple[str, str], figures: Figures, period: Period
) -> Finding:
    figure, goal = found.figure, found.target.value
    return Finding(
        TARGET,
        name,
        *whose,
        figure.first,
        figure.last,
        figure.value,
        goal,
        GOOD if found.verdict == MET else BAD,
        stake(figures, name, figure.value - goal, *whose, period, grain=found.target.grain),
        found.verdict,
        found,
    )


def _lasting(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    for name in CHANGING:
        if name in figures.measures.left_out:
            continue
        metric = figures.metric(name)
        found = lasting_change(figures, name, segment.by, segment.label, period)
        if found is None:
            continue
        gap = found.value - found.before
        yield Finding(
            LASTING_CHANGE,
            name,
            segment.by,
            segment.label,
            found.first,
            found.last,
            found.value,
            found.before,
            side_of(metric, gap),
            stake(figures, name, gap, segment.by, segment.label, period, grain=found.last.grain),
            found.errors / LEAST_ERRORS,
        )


def _apart(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    """Segments that stand apart; what else sets one apart on the same side goes with its first finding."""
    first: dict[tuple[str, str, str], Finding] = {}
    for each in sorted(_all_apart(figures, period, segment), key=lambda each: each.rank):
        key = (each.kind, each.segment, each.side)
        known = first.get(key)
        first[key] = replace(known, also=(*known.also, each.metric)) if known else each
    yield from first.values()


def _all_apart(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    own = {column for column, _ in segment.pairs}
    beside = apart_of(figures, segment, period) if len(own) == 1 else {}
    for name in COMPARED:
        if not is_compared(figures, name):
            continue
        for by in figures.edition.segments:
            if by not in own:
                for each in apart_in(figures, name, by, period, within=segment.label):
                    yield from _one_apart(figures, each, period)
        if name in beside:  # how the segment itself stands to the others
            yield from _one_apart(figures, beside[name], period)


def _one_apart(figures: Figures, found: StandsApart, period: Period) -> Iterator[Finding]:
    metric = figures.metric(found.metric)
    gap, whose = found.value - found.rest, (found.segment_by, found.segment)
    given = stake_apart(figures, metric.name, gap, *whose, period)
    if metric.name == COST and side_of(metric, gap) == BAD:
        earned = standing(figures, EARNED, *whose, period)
        if earned is not None and earned.verdict == MISSED:  # dear, and not earned back
            yield _target(EARNED, earned, whose, figures, period)
            given = stake(figures, metric.name, gap, *whose, period)
    yield Finding(
        APART,
        metric.name,
        *whose,
        Period.parse(found.first),
        Period.parse(found.last),
        found.value,
        found.rest,
        side_of(metric, gap),
        given,
        certainty_of(found.p),
        n=found.n,
    )


def _signals(
    figures: Figures, period: Period, segment: Segment, watched: pd.DataFrame, revenue: float
) -> Iterator[Finding]:
    """The period's signals that are large enough; those that one table's rows brought about are one event,
    named after a headline metric where it moved one."""
    outside = watched[watched["signal"] & _large_enough(watched, figures, revenue, period.grain)]
    whole = outside["segment"] == segment.label
    order = outside.assign(whole=whole, headline=outside["metric"].isin(_HEADLINES)).sort_values(
        ["whole", "headline", "distance"], ascending=False, kind="stable"
    )
    events: dict[str, list[dict]] = {}
    for row in order.to_dict("records"):
        metric = figures.metric(row["metric"])
        events.setdefault(_event(metric), []).append(row)
    for rows in events.values():
        first = rows[0]
        metric = figures.metric(first["metric"])
        seen = Period.containing(first["period_start"].date(), period.grain)
        gap = first["value"] - first["centre"]
        yield Finding(
            SIGNAL,
            metric.name,
            first["segment_by"],
            first["segment"],
            seen,
            seen,
            first["value"],
            first["centre"],
            side_of(metric, gap),
            certainty=first["distance"],
            also=tuple(
                dict.fromkeys(row["metric"] for row in rows if row["metric"] != metric.name)
            ),
        )


def _large_enough(watched: pd.DataFrame, figures: Figures, revenue: float, grain: str) -> pd.Series:
    """Which figures lie so far from what was usual that it is worth a reader's time, as `is_material` has it."""
    units = watched["metric"].map(lambda name: figures.metric(name).unit)
    gap = (watched["value"] - watched["centre"]).abs()
    least = LEAST_SHARE * revenue / PERIODS_A_YEAR[grain]
    small = (units == MONEY) & (gap < least)
    return ~(small | ((units == COUNT) & (gap < LEAST_CUSTOMERS)))


def _event(metric: Metric) -> str:
    """What one event moves together: all figures of a table, of a survey those of its instrument."""
    return metric.name if metric.reads[0] == SURVEYS else metric.reads[0]
