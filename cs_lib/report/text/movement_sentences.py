"""Findings that need more than one row of one metric: cohorts, movements, unit economics."""

import math
from typing import Any

import pandas as pd

from cs_lib.judgement import Apart, Standing
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, listed
from cs_lib.report.text.measure_row import Reading, Row, number, period_of
from cs_lib.report.text.segment_sentences import segment_sentence
from cs_lib.report.text.sentences import metric_sentence
from cs_lib.vocabulary import (
    CUSTOMERS,
    GAINS,
    HIGHER_IS_BETTER,
    LOSSES,
    LOWER_IS_BETTER,
    LTV_TO_CAC,
    MONEY,
    MONTHS,
    MOVEMENTS,
    OK,
    PERCENT,
    RATIO,
    REVENUE_GROSS,
    REVENUE_NET,
    SELDOM_MOVED,
    UNDEFINED,
)

COHORT_KEEPS = {
    CUSTOMERS: "of customers were still active",
    REVENUE_NET: "of the cohorts' first revenue was coming in, upgrades included,",
    REVENUE_GROSS: "of the cohorts' first revenue was kept, upgrades left out,",
}
NOTHING = "nothing was gained or lost"
NO_FIGURE = Reading(status=UNDEFINED)
#: less than this is what adding up leaves, not a movement
CENT = 0.005
#: each movement in words
MOVEMENT_WORDS = {name: name for name in MOVEMENTS} | {
    "transfer_in": "transfers in",
    "transfer_out": "transfers out",
    "churned": "churn",
}


def movement_amounts(frame: pd.DataFrame, of: str = "mrr") -> dict[str, float]:
    """Opening, each movement and closing of one period and segment, by short name.

    `frame`: rows of the measures named `opening_mrr`, `new_mrr`, …, and `mrr` for the closing.
    """
    values = {row["metric"]: number(row["value"]) for row in frame.to_dict("records")}
    found = {name: values.get(f"{name}_{of}", math.nan) for name in ("opening", *MOVEMENTS)}
    found["closing"] = values.get(of, math.nan)
    return found


def movement_sentence(frame: pd.DataFrame, *, formatter: Formatter, title: str = "MRR") -> Sentence:
    """From opening to closing, with each movement that is not zero."""
    amounts = movement_amounts(frame)
    opening, closing = amounts["opening"], amounts["closing"]
    period = Reading.of(frame.iloc[0]).period if len(frame) else None
    when = f" in {formatter.period(period)}" if period else ""
    if math.isnan(opening) or math.isnan(closing):
        return Sentence(
            f"The movement of {title}{when} cannot be told: its opening or closing is missing."
        )
    moved = [
        f"{said} {formatter.signed(amounts[name])}"
        for name, said in MOVEMENT_WORDS.items()
        if abs(amounts[name]) >= CENT
    ]
    known = not any(
        math.isnan(amounts[name]) for name in MOVEMENT_WORDS if name not in SELDOM_MOVED
    )
    told = f": {listed(moved)}" if moved else f": {NOTHING}" if known else ""
    if abs(closing - opening) < CENT:
        cancelled = ": gains and losses cancelled out" if moved else ""
        return Sentence(
            f"{title} stayed at {formatter.short(closing, MONEY)}{when}{cancelled}{told}."
        )
    share = formatter.change(closing, opening, MONEY)
    by = formatter.short(abs(closing - opening), MONEY)
    change = f" ({share})" if opening > 0 and "unchanged" not in share else ""
    ends = _ends(opening, closing, formatter)
    return Sentence(f"{title} {_verb(opening, closing)} by {by}{change}{when}, {ends}{told}.")


def growth_sentence(frame: pd.DataFrame, formatter: Formatter) -> str | None:
    """The same in short, with all that was gained beside all that was lost; None where it cannot be told."""
    amounts = movement_amounts(frame)
    opening, closing = amounts["opening"], amounts["closing"]
    if frame.empty or math.isnan(closing) or math.isnan(opening):
        return None
    when = f"in {formatter.period(Reading.of(frame.iloc[0]).period)}"
    gained, lost = (
        sum(amounts[name] for name in names if not math.isnan(amounts[name]))
        for names in (GAINS, LOSSES)
    )
    sides = [
        "nothing" if abs(amount) < CENT else formatter.short(amount, MONEY)
        for amount in (gained, -lost)
    ]
    told = NOTHING if set(sides) == {"nothing"} else f"{sides[0]} was gained and {sides[1]} lost"
    if abs(closing - opening) < CENT:
        return f"MRR stayed at {formatter.short(closing, MONEY)} {when}: {told}."
    ends, share = _ends(opening, closing, formatter), formatter.relative(closing, opening)
    if not share:
        return f"MRR went {ends} {when}: {told}."
    return f"MRR {_verb(opening, closing)} by {share} {when}, {ends}: {told}."


def _verb(opening: float, closing: float) -> str:
    return "rose" if closing > opening else "fell"


def _ends(opening: float, closing: float, formatter: Formatter) -> str:
    return f"from {formatter.short(opening, MONEY)} to {formatter.short(closing, MONEY)}"


def cohort_sentence(
    cohorts: pd.DataFrame, age: int, *, formatter: Formatter, measure: str = CUSTOMERS
) -> Sentence:
    """What was left `age` months after joining: the weighted mean, the best and the worst cohort.

    `cohorts`: cohort cells of one segment; the weighted mean has no cohort date.
    """
    cells = cohorts[(cohorts["measure"] == measure) & (cohorts["age"] == age)]
    seen = cells[(cells["status"] == OK) & cells["value"].notna()]
    mean, each = seen[seen["cohort"].isna()], seen[seen["cohort"].notna()]
    after = f"{formatter.count(age, 'month')} after joining"
    if each.empty:
        return Sentence(f"No cohort has been observed {after} yet.")
    size = formatter.count(len(each), "cohort")
    if mean.empty:
        said = f"{size} can be observed {after}"
    else:
        row = Reading.of({**mean.iloc[0].to_dict(), "period_start": None})
        inside = [f"weighted by size over {size}"]
        if len(each) == 1:
            inside = [f"one cohort, that of {_month(each, formatter)}"]
        inside += filter(None, [formatter.basis(row, PERCENT)])
        said = (
            f"{formatter.percent(row.value)} {COHORT_KEEPS[measure]} {after} ({'; '.join(inside)})"
        )
        said = said[:1].upper() + said[1:]
    if len(each) == 1:
        return Sentence(f"{said}.")
    best, worst = each["value"].max(), each["value"].min()
    if best == worst:
        return Sentence(f"{said}. All cohorts stand alike, at {formatter.percent(best)}.")
    ends = [_cohorts(each[each["value"] == end], formatter) for end in (best, worst)]
    return Sentence(f"{said}. Best: {ends[0]}; worst: {ends[1]}.")


def _cohorts(rows: pd.DataFrame, formatter: Formatter) -> str:
    """ "customers who joined in March 2025 (80.0%)", "3 cohorts (100.0% each)"."""
    share = formatter.percent(rows["value"].iloc[0])
    if len(rows) > 1:
        return f"{len(rows)} cohorts ({share} each)"
    return f"customers who joined in {_month(rows, formatter)} ({share})"


def _month(rows: pd.DataFrame, formatter: Formatter) -> str:
    """The month in which the first of these cohorts joined."""
    return formatter.period(period_of({"period_start": rows["cohort"].iloc[0]}))


def ltv_to_cac_sentence(
    metric: Metric,
    now: Row,
    before: Row | None = None,
    *,
    formatter: Formatter,
    **options: Any,
) -> Sentence:
    """LTV:CAC against the customary three to one, with what the interval allows."""
    now = Reading.of(now)
    said = metric_sentence(metric, now, before, formatter=formatter, **options)
    if not now.ok:
        return said
    line = f"{formatter.tick(LTV_TO_CAC, RATIO)} : 1"
    if not now.has_interval:
        side = "above" if now.value > LTV_TO_CAC else "below" if now.value < LTV_TO_CAC else "at"
        return said + Sentence(f"It stands {side} the customary {line}; it carries no interval.")
    if now.low > LTV_TO_CAC:
        return said + Sentence(f"It stands above the customary {line}.")
    if now.high < LTV_TO_CAC:
        return said + Sentence(f"It stands below the customary {line}.")
    return said + Sentence(f"Against the customary {line} it is too close to call.")


def payback_sentence(
    metric: Metric, now: Row, before: Row | None = None, *, formatter: Formatter, **options: Any
) -> Sentence:
    """How many months of gross margin repay the cost of winning a customer."""
    now = Reading.of(now)
    said = metric_sentence(metric, now, before, formatter=formatter, **options)
    if not now.ok or now.value < 0:
        return said
    months = formatter.value(now.value, MONTHS)
    return said + Sentence(
        f"A new customer's gross margin repays the cost of winning them after {months}, "
        "provided they stay that long."
    )


def touchpoint_sentence(
    metric: Metric,
    frame: pd.DataFrame,
    *,
    formatter: Formatter,
    scale: tuple[int, int] | None = None,
    apart: Apart | None = None,
    standings: dict[str, Standing | None] | None = None,
) -> Sentence:
    """The touchpoints at which the score is high and low; for CES the edition says which is better."""
    said = segment_sentence(metric, frame, formatter=formatter, apart=apart, standings=standings)
    if scale is None:
        return said
    sides = {HIGHER_IS_BETTER: "; higher is better", LOWER_IS_BETTER: "; lower is better"}
    ends = " to ".join(formatter.tick(end, "score") for end in scale)
    return said + Sentence(f"The scale runs from {ends}{sides.get(metric.direction, '')}.")


def churn_bridge_sentence(frame: pd.DataFrame, *, formatter: Formatter) -> Sentence | None:
    """From the churn of one rule to that of the next: who is counted by one and not by the other.

    `frame`: rows of one period and segment: customer_churn_rate in the variants snapshot, events and
    stripe, joined_and_left. None where one of them has no figure, and for a slice in which spells do
    not end where their customers do.
    """
    rows = {(row["metric"], row["variant"]): Reading.of(row) for row in frame.to_dict("records")}
    snapshot, events, stripe = (
        rows.get(("customer_churn_rate", each), NO_FIGURE)
        for each in ("snapshot", "events", "stripe")
    )
    passing = next((row for (name, _), row in rows.items() if name == "joined_and_left"), NO_FIGURE)
    if not all(each.ok for each in (snapshot, events, stripe, passing)):
        return None
    back = events.numerator - snapshot.numerator - passing.value
    joiners = stripe.denominator - events.denominator
    if back < 0 or joiners < 0:
        return None
    rates = [formatter.percent(each.value) for each in (snapshot, events, stripe)]
    gone, passed, returned = (
        formatter.value(many, "count") for many in (snapshot.numerator, passing.value, back)
    )
    verb = "belongs" if gone == "1" else "belong"
    return Sentence(
        f"{formatter.count(events.numerator, 'paying spell')} ended in {formatter.period(events.period)}. "
        f"Of them, {gone} {verb} to customers of the opening who had gone by the closing, "
        f"{passed} to customers who had joined in the period, and {returned} to customers who "
        "were back by the closing or left more than once. "
        f"Over {formatter.count(snapshot.denominator, 'customer')} at the opening, that is {rates[0]} by the snapshot "
        f"rule and {rates[1]} if every end counts; over them and {formatter.count(joiners, 'joiner')}, "
        f"{rates[2]} by Stripe's rule."
    )
