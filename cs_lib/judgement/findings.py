"""What there is to tell of a period, ranked by what is at stake. Values without words."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from cs_lib.judgement import signals, trends
from cs_lib.judgement.comparisons import Apart, segments_apart
from cs_lib.judgement.level_steps import LEAST_ERRORS
from cs_lib.judgement.series import Figures
from cs_lib.judgement.stakes import UNKNOWN, Stake, is_material, stake, stake_apart, yearly_revenue
from cs_lib.judgement.standing import Standing, is_share
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import ALL, Period, Segment
from cs_lib.vocabulary import (
    ADJUSTED_WALD,
    APART,
    BAD,
    GOOD,
    HIGHER_IS_BETTER,
    LASTING_CHANGE,
    MET,
    MISSED,
    NEITHER,
    NEUTRAL,
    SIGNAL,
    STUDENT,
    TARGET,
)

SURVEYS = "survey_responses"
#: over how many periods a lasting change is looked for, and how long ago it may have begun to be told
STEP_SPAN = {"month": 36, "quarter": 12, "week": 78, "year": 10}
#: metrics that are looked at segment by segment, and for lasting changes
COMPARED = (
    "customer_churn_rate",
    "gross_revenue_retention",
    "csat",
    "nps",
    "ces",
    "cac",
    "active_customer_rate",
    "repeat_rate",
)
CHANGING = (
    "customer_churn_rate",
    "expansion_mrr_rate",
    "csat",
    "nps",
    "ces",
    "response_rate",
    "time_to_value",
    "active_customer_rate",
    "usage_frequency",
    "average_order_value",
)


@dataclass(frozen=True)
class Finding:
    """One thing to tell: what, where, since when, how large, how certain, what is at stake, and for whom it is good.

    `reference` is what the figure is held against (a target, the rest, the level before, the usual).
    `certainty`: of a target its verdict, else how far out it lies in widths of its limit.
    `also`: the other figures that one event moved.
    """

    kind: str
    metric: str
    segment_by: str
    segment: str
    first: Period
    last: Period
    value: float
    reference: float
    side: str
    stake: Stake = UNKNOWN
    certainty: str | float = math.nan
    standing: Standing | None = None
    apart: Apart | None = None
    also: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What the finding is, whatever its figures: "segment apart: customer_churn_rate, region=APAC"."""
        where = "" if self.segment == ALL else f", {self.segment}"
        return f"{self.kind}: {self.metric}{where}"

    @property
    def rank(self) -> tuple:
        """Money at stake first, the most of it; then missed targets, lasting changes, segments, signals."""
        order = (TARGET, LASTING_CHANGE, APART, SIGNAL).index(self.kind)
        known = not math.isnan(self.stake.money)
        good = self.side == GOOD
        return (
            good,
            not known,
            -self.stake.money if known else order,
            order,
            self.metric,
            self.segment,
        )


COLUMNS = [
    "rank",
    "kind",
    "metric",
    "segment_by",
    "segment",
    "first",
    "last",
    "value",
    "reference",
    "side",
    "money_a_year",
    "customers_a_year",
    "certainty",
    "also",
]


def frame_of(found: list[Finding]) -> pd.DataFrame:
    """The findings as `findings.csv` has them: one row a finding, ranked from 1."""
    rows = [
        (
            place,
            each.kind,
            each.metric,
            each.segment_by,
            each.segment,
            each.first.label,
            each.last.label,
            each.value,
            each.reference,
            each.side,
            each.stake.money,
            each.stake.customers,
            each.certainty if isinstance(each.certainty, str) else f"{each.certainty:.2f}",
            " ".join(each.also),
        )
        for place, each in enumerate(found, 1)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def findings(
    figures: Figures,
    period: Period,
    segment: Segment,
    *,
    standings: Mapping[str, Standing | None],
    watched: pd.DataFrame,
) -> list[Finding]:
    """Everything worth telling of a segment at a period: bad news by what is at stake, then good news.

    Takes how its metrics stand to their targets, and the watched figures with their limits. Below 0.25 % of
    a year's revenue and below five customers nothing is told.
    """
    found = [
        *_targets(figures, period, segment, standings),
        *_lasting(figures, period, segment),
        *_apart(figures, period, segment),
        *_signals(figures, period, segment, watched),
    ]
    revenue = yearly_revenue(figures, ALL, ALL, period)
    kept = [each for each in found if is_material(each.stake, revenue)]
    return sorted(kept, key=lambda each: each.rank)


def _targets(
    figures: Figures, period: Period, segment: Segment, standings: Mapping[str, Standing | None]
) -> Iterator[Finding]:
    for name, found in standings.items():
        if found is None or found.verdict not in (MET, MISSED):
            continue
        figure, goal = found.figure, found.target.value
        yield Finding(
            TARGET,
            name,
            segment.by,
            segment.label,
            figure.first,
            figure.last,
            figure.value,
            goal,
            GOOD if found.verdict == MET else BAD,
            stake(figures, name, figure.value - goal, segment.by, segment.label, period),
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
            stake(figures, name, gap, segment.by, segment.label, period),
            found.errors / LEAST_ERRORS,
        )


def lasting_change(
    figures: Figures,
    name: str,
    segment_by: str,
    segment: str,
    period: Period,
    variant: str | None = None,
) -> trends.Step | None:
    """The lasting change of a figure's level up to a period, if there is one."""
    metric, span = figures.metric(name), STEP_SPAN[period.grain]
    series = figures.series(name, segment_by, segment, grain=period.grain, variant=variant)
    series = series.between(period.back(span - 1), period)
    rule, within = metric.rule(variant), 0.0
    if len(series) and rule.interval in (STUDENT, ADJUSTED_WALD):
        level = figures.edition.confidence
        within = float(signals.of_one_answer(series.low, series.high, series.n, level).mean())
    return trends.step(series, period.grain, shares=is_share(rule), within=within)


def _apart(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    """Segments that stand apart; what else sets one apart on the same side goes with its first finding."""
    first: dict[tuple[str, str], Finding] = {}
    for each in sorted(_all_apart(figures, period, segment), key=lambda each: each.rank):
        key = (each.segment, each.side)
        known = first.get(key)
        first[key] = replace(known, also=(*known.also, each.metric)) if known else each
    yield from first.values()


def _all_apart(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    own = {column for column, _ in segment.pairs}
    for name in COMPARED:
        if name in figures.measures.left_out:
            continue
        metric = figures.metric(name)
        for by in figures.edition.segments:
            if by in own or metric.direction == NEITHER:
                continue
            found = segments_apart(figures, name, by, period, within=segment.label)
            if found is not None:
                yield from _each_apart(figures, found, period)


def _each_apart(figures: Figures, found: Apart, period: Period) -> Iterator[Finding]:
    metric = found.metric
    for row in found.differing.to_dict("records"):
        gap = row["value"] - row["rest"]
        yield Finding(
            APART,
            metric.name,
            row["segment_by"],
            row["segment"],
            found.first,
            found.last,
            row["value"],
            row["rest"],
            side_of(metric, gap),
            stake_apart(figures, metric.name, gap, row["segment_by"], row["segment"], period),
            -math.log10(max(row["p"], 1e-300)),
            apart=found,
        )


def _signals(
    figures: Figures, period: Period, segment: Segment, watched: pd.DataFrame
) -> Iterator[Finding]:
    """The period's signals; those that one table's rows brought about are one event."""
    outside = watched[watched["signal"]]
    whole = outside["segment"] == segment.label
    order = outside.assign(whole=whole).sort_values(
        ["whole", "distance"], ascending=False, kind="stable"
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


def _event(metric: Metric) -> str:
    """What one event moves together: all figures of a table, of a survey those of its instrument."""
    return metric.name if metric.reads[0] == SURVEYS else metric.reads[0]


def side_of(metric: Metric, gap: float) -> str:
    """Whether a gap is good news."""
    if metric.direction == NEITHER or not gap:
        return NEUTRAL
    return GOOD if (gap > 0) == (metric.direction == HIGHER_IS_BETTER) else BAD
