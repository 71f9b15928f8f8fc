"""The movement of MRR, what a customer costs and repays, and the bridge between churn rules."""

import math
from typing import Any

import pandas as pd

from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, listed
from cs_lib.report.text.measure_row import CENT, Reading, Row, number, records
from cs_lib.report.text.sentences import metric_sentence
from cs_lib.vocabulary import (
    COUNT,
    GAINS,
    LOSSES,
    LTV_TO_CAC,
    MONEY,
    MOVEMENTS,
    RATIO,
    SELDOM_MOVED,
    UNDEFINED,
)

NOTHING = "nothing was gained or lost"
NO_FIGURE = Reading(status=UNDEFINED)
#: each movement in words
MOVEMENT_WORDS = {name: name for name in MOVEMENTS} | {
    "transfer_in": "transfers in",
    "transfer_out": "transfers out",
    "churned": "churn",
}


def movement_amounts(frame: pd.DataFrame) -> dict[str, float]:
    """Opening, each movement and closing of one period and segment, by short name.

    `frame`: rows of the measures named `opening_mrr`, `new_mrr`, …, and `mrr` for the closing.
    """
    values = {row["metric"]: number(row["value"]) for row in records(frame)}
    found = {name: values.get(f"{name}_mrr", math.nan) for name in ("opening", *MOVEMENTS)}
    found["closing"] = values.get("mrr", math.nan)
    return found


def movement_sentence(frame: pd.DataFrame, *, formatter: Formatter) -> Sentence:
    """From opening to closing, with each movement that is not zero."""
    text = _movement(frame, formatter)
    period = Reading.of(frame.iloc[0]).period if len(frame) else None
    when = f" in {formatter.period(period)}" if period else ""
    missing = f"The movement of MRR{when} cannot be told: its opening or closing is missing."
    return Sentence(text or missing)


def _movement(frame: pd.DataFrame, formatter: Formatter) -> str | None:
    """ "MRR rose by 4.6% to $254.9K in June 2026: new $10.8K and expansion $3.9K came in; churn $3.3K went"."""
    amounts = movement_amounts(frame)
    opening, closing = amounts["opening"], amounts["closing"]
    if frame.empty or math.isnan(opening) or math.isnan(closing):
        return None
    sides = [
        {name: sign * amounts[name] for name in names if sign * amounts[name] >= CENT}
        for sign, names in ((1, GAINS), (-1, LOSSES))
    ]
    figures = [opening, closing, *sides[0].values(), *sides[1].values()]
    texts = formatter.ends(figures, MONEY, now=1, then=[0])
    told = [
        [f"{MOVEMENT_WORDS[name]} {text}" for name, text in zip(side, own, strict=True)]
        for side, own in (
            (sides[0], texts[2 : 2 + len(sides[0])]),
            (sides[1], texts[2 + len(sides[0]) :]),
        )
    ]
    known = not any(
        math.isnan(amounts[name]) for name in MOVEMENT_WORDS if name not in SELDOM_MOVED
    )
    parts = [
        f"{listed(side)} {verb}"
        for side, verb in zip(told, ("came in", "went"), strict=True)
        if side
    ]
    moved = f": {'; '.join(parts)}" if parts else f": {NOTHING}" if known else ""
    when = f"in {formatter.period(Reading.of(frame.iloc[0]).period)}"
    if abs(closing - opening) < CENT:
        return f"MRR stayed at {texts[1]} {when}{moved}."
    verb = "rose" if closing > opening else "fell"
    share = formatter.relative(closing, opening)
    by = f" by {share}" if share and any(letter in "123456789" for letter in share) else ""
    return f"MRR {verb}{by} from {texts[0]} to {texts[1]} {when}{moved}."


def ltv_to_cac_sentence(
    metric: Metric, now: Row, before: Row | None = None, *, formatter: Formatter, **options: Any
) -> Sentence:
    """LTV:CAC, against the customary three to one where the edition sets no target."""
    now = Reading.of(now)
    said = metric_sentence(metric, now, before, formatter=formatter, **options)
    if not now.ok or not now.has_interval or options.get("standing"):
        return said
    line = f"the customary {formatter.tick(LTV_TO_CAC, RATIO)} to 1"
    if now.low > LTV_TO_CAC or now.high < LTV_TO_CAC:
        side = "above" if now.low > LTV_TO_CAC else "below"
        return said + Sentence(f"It stands {side} {line}.")
    return said + Sentence(f"Against {line} it is too close to call.")


def payback_sentence(
    metric: Metric, now: Row, before: Row | None = None, *, formatter: Formatter, **options: Any
) -> Sentence:
    """How many months of gross margin repay the cost of winning a customer."""
    now = Reading.of(now)
    said = metric_sentence(metric, now, before, formatter=formatter, **options)
    if not now.ok or now.value < 0 or now.variant != metric.canonical:
        return said
    return said + Sentence(
        "A new customer has to stay that long to repay the cost of winning them."
    )


def churn_bridge_sentence(frame: pd.DataFrame, *, formatter: Formatter) -> Sentence | None:
    """From the churn of one rule to that of the next: who is counted by one and not by the other.

    `frame`: rows of one period and segment: customer_churn_rate in the variants snapshot, events and
    stripe, joined_and_left. None where one of them has no figure, and for a slice in which spells do
    not end where their customers do.
    """
    rows = {(row["metric"], row["variant"]): Reading.of(row) for row in records(frame)}
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
    opening = formatter.count(snapshot.denominator, "customer")
    when = formatter.period(snapshot.period)
    by_rule = (
        f"Over {opening} at the start of {when} that is {rates[0]} by the snapshot rule"
        f"{{}}; with the {formatter.count(joiners, 'joiner')} of the period, {rates[2]} by Stripe's rule."
    )
    if events.numerator == snapshot.numerator:
        lost = formatter.count(snapshot.numerator, "customer")
        return Sentence(f"All rules count the same {lost} lost. {by_rule.format('')}")
    paid = formatter.count(snapshot.numerator, "customer")
    others = [
        f"{formatter.count(passing.value, 'customer')} who joined and left in it",
        f"{formatter.count(back, 'end')} after which the customer was back in time or left again",
    ]
    others = [each for each in others if not each.startswith("0 ")]
    return Sentence(
        f"{paid} who paid at the start of {when} had gone by its end; every end counted, it is "
        f"{formatter.value(events.numerator, COUNT)}, with {listed(others)}. "
        + by_rule.format(f" and {rates[1]} if every end counts")
    )
