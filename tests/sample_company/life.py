"""Customers and their subscriptions, from sign-up to today, one billing day after another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import exp, log

import numpy as np

from sample_company.company import (
    AS_OF,
    CHANGED,
    CHANNELS,
    MONTHS,
    NETWORK,
    OPENED,
    PLAN,
    PLANS,
    PRACTICE,
    REASONS,
    REGIONS,
    SOLO,
    TRIAL,
    Customer,
    Plan,
    Row,
    add_months,
    pick,
    stream,
)
from sample_company.story import ONBOARDING, PRICE_RISE, RIVAL

FIRST_MONTH = 85
SECOND_MONTH, LAST_MONTH = 25, 56
SEASON = (1.10, 1.02, 1.05, 1.0, 0.98, 0.95, 0.90, 0.82, 1.12, 1.10, 1.02, 0.88)
TAKES_TRIAL, CONVERTS = 0.62, 0.87
VALUE_SPREAD, VALUE_IN_DROPPED_TRIAL = 0.7, 0.25
YEARLY_DISCOUNT = 0.10
WELCOME_OFFER, WELCOME_MONTHS, WELCOME_DISCOUNT = 0.14, (3, 6), 0.20
RETURNS, LONGEST_GAP = 0.10, 8
APAC_BASE = 0.92
REBATES = 0.006
QUIET_MONTH, QUIET_CHANNEL, INSTEAD = (2024, 8), "Events", "Referral"
UP = {SOLO.name: PRACTICE, PRACTICE.name: NETWORK}
DOWN = {NETWORK.name: PRACTICE, PRACTICE.name: SOLO}


@dataclass(frozen=True)
class Terms:
    """What a customer has agreed to pay, as long as it stays the same."""

    plan: Plan
    extras: int
    interval: int
    new_prices: bool
    discount: float = 0.0

    @property
    def mrr(self) -> int:
        list_price = (
            self.plan.price[self.new_prices] + self.extras * self.plan.extra[self.new_prices]
        )
        yearly = YEARLY_DISCOUNT if self.interval == 12 else 0.0
        return round(list_price * (1 - yearly) * (1 - self.discount))


@dataclass(frozen=True)
class Prospect:
    """Someone who signs up, and what they would buy."""

    customer_id: str
    signed_up_on: date
    region: str
    channel: str
    terms: Terms
    trial: bool
    converts: bool
    offer_months: int

    @property
    def pays_from(self) -> date:
        return self.signed_up_on + TRIAL if self.trial else self.signed_up_on


def sign_ups_in(month: int) -> float:
    """How many sign-ups Fernleaf expects in its nth month."""
    if month == 0:
        return FIRST_MONTH
    slope = (LAST_MONTH - SECOND_MONTH) / (MONTHS - 2)
    return (SECOND_MONTH + slope * (month - 1)) * SEASON[add_months(OPENED, month).month - 1]


def prospects() -> list[Prospect]:
    """Everyone who ever signed up, in order of sign-up."""
    rng = stream("sign-ups")
    days: list[date] = []
    for month in range(MONTHS):
        first = add_months(OPENED, month)
        length = (add_months(first, 1) - first).days
        expected = sign_ups_in(month)
        number = round(expected + rng.normal(0, 0.35 * expected**0.5)) if month else FIRST_MONTH
        days += [first + timedelta(int(day)) for day in rng.integers(0, length, number)]
    return [prospect(number, day) for number, day in enumerate(sorted(days), start=1)]


def prospect(number: int, day: date) -> Prospect:
    rng = stream("prospect", number)
    region = pick(rng, REGIONS)
    sold = {plan.name: plan.share for plan in PLANS if (region, plan) != (RIVAL.region, NETWORK)}
    plan = PLAN[pick(rng, sold)]
    interval = 12 if rng.random() < plan.yearly_share else 1
    extras = int(rng.integers(0, plan.extras + 1))
    offer = interval == 1 and rng.random() < WELCOME_OFFER
    someone = Prospect(
        customer_id=f"FL-{number:04d}",
        signed_up_on=day,
        region=region,
        channel=pick(rng, {channel.name: channel.share for channel in CHANNELS}),
        terms=Terms(plan, extras, interval, day >= PRICE_RISE.on, WELCOME_DISCOUNT * offer),
        trial=rng.random() < TAKES_TRIAL,
        converts=rng.random() < CONVERTS,
        offer_months=int(rng.choice(WELCOME_MONTHS)) if offer else 0,
    )
    paid = someone.pays_from
    if someone.channel == QUIET_CHANNEL and (paid.year, paid.month) == QUIET_MONTH:
        return replace(someone, channel=INSTEAD)
    return someone


def live(someone: Prospect) -> list[Row]:
    """Every subscription row of one customer."""
    rng = stream("life", int(someone.customer_id[3:]))
    rows: list[Row] = []
    if someone.trial:
        rows.append(trial_row(someone))
        if not someone.converts:
            return rows
    start, terms, before = someone.pays_from, someone.terms, 0
    while start < AS_OF:
        stay, terms, months = walk(someone, start, terms, before, rng)
        rows += with_second_site(stay, rng)
        end = stay[-1].end
        if end is None or rng.random() >= RETURNS:
            break
        gap = int(rng.integers(1, LONGEST_GAP + 1))
        start, before = add_months(end, gap) + timedelta(int(rng.integers(0, 20))), before + months
        terms = replace(terms, new_prices=start >= PRICE_RISE.on, discount=0.0)
    return rows


def trial_row(someone: Prospect) -> Row:
    end = someone.pays_from
    over = end < AS_OF
    reason = CHANGED if someone.converts and over else ""
    return Row(
        someone.customer_id,
        someone.terms.plan.name,
        someone.signed_up_on,
        end if over else None,
        0,
        1,
        reason,
    )


def walk(
    someone: Prospect, start: date, terms: Terms, before: int, rng: np.random.Generator
) -> tuple[list[Row], Terms, int]:
    """One unbroken stay: its rows, the last terms and its length in months."""
    rows: list[Row] = []
    since, month = start, 0
    while True:
        month += 1
        day = add_months(start, month)
        if day >= AS_OF:
            return [*rows, row(someone, terms, since, None, stay=start)], terms, month
        renewal = terms.interval == 1 or month % 12 == 0
        if renewal and rng.random() < churn_chance(someone, terms, day, before + month):
            reason = why_left(someone, terms, day, rng)
            return [*rows, row(someone, terms, since, day, reason, stay=start)], terms, month
        changed = next_terms(someone, terms, day, before + month, renewal, rng)
        if (changed.plan, changed.interval, changed.mrr) != (terms.plan, terms.interval, terms.mrr):
            rows.append(row(someone, terms, since, day, CHANGED, stay=start))
            since = day
        terms = changed


def row(
    someone: Prospect,
    terms: Terms,
    start: date,
    end: date | None,
    reason: str = "",
    *,
    stay: date,
) -> Row:
    """A line of the export; its term is counted from the first day of the `stay`."""
    amount, term = terms.mrr * terms.interval, term_ends_on(stay, end or AS_OF, terms.interval)
    return Row(
        someone.customer_id, terms.plan.name, start, end, amount, terms.interval, reason, term
    )


def term_ends_on(stay: date, day: date, interval: int) -> date:
    """The first end of a term that does not lie before the day."""
    months = interval
    while add_months(stay, months) < day:
        months += interval
    return add_months(stay, months)


def restless(terms: Terms, day: date) -> bool:
    """Whether the price rise is being felt: the plan it hit hardest, in the months after."""
    first, last = PRICE_RISE.unrest
    return terms.plan.name == PRICE_RISE.unhappy_plan and first <= day < last


def churn_chance(someone: Prospect, terms: Terms, day: date, tenure: int) -> float:
    """Probability of leaving on a billing day; the stories multiply the hazard, not the chance."""
    yearly = terms.interval == 12
    hazard = -log(1 - (terms.plan.yearly_churn if yearly else terms.plan.monthly_churn))
    if tenure <= ONBOARDING.early_months:
        hazard *= ONBOARDING.early_churn[someone.signed_up_on >= ONBOARDING.on]
    if someone.region == RIVAL.region:
        hazard *= APAC_BASE * (RIVAL.churn if day >= RIVAL.on else 1.0)
    if restless(terms, day):
        hazard *= PRICE_RISE.churn
    return 1 - exp(-hazard)


def why_left(someone: Prospect, terms: Terms, day: date, rng: np.random.Generator) -> str:
    weights = dict(REASONS)
    if someone.region == RIVAL.region and day >= RIVAL.on:
        weights["competitor"] = 0.75
    if restless(terms, day):
        weights["price"] = 1.2
    return pick(rng, weights)


def next_terms(
    someone: Prospect,
    terms: Terms,
    day: date,
    tenure: int,
    renewal: bool,
    rng: np.random.Generator,
) -> Terms:
    """The terms from this billing day on: usually the same."""
    if tenure == someone.offer_months:
        terms = replace(terms, discount=0.0)
    if renewal and not terms.new_prices and day >= PRICE_RISE.on:
        terms = replace(terms, new_prices=True)
    rebates = PRICE_RISE.asks_for_rebate if restless(terms, day) else REBATES
    if renewal and not terms.discount and rng.random() < rebates:
        return replace(terms, discount=PRICE_RISE.rebate)
    plan, luck = terms.plan, rng.random()
    chances = (plan.upgrades, plan.downgrades * renewal, plan.grows, plan.shrinks * renewal)
    edges = np.cumsum(chances)
    happens = int(np.searchsorted(edges, luck, side="right"))
    new_prices = day >= PRICE_RISE.on
    if happens == 0 and (someone.region, UP[plan.name]) != (RIVAL.region, NETWORK):
        return replace(terms, plan=UP[plan.name], extras=0, new_prices=new_prices)
    if happens == 1:
        return replace(terms, plan=DOWN[plan.name], extras=0, new_prices=new_prices)
    if happens == 2:
        return replace(terms, extras=terms.extras + 1 + int(rng.random() < 0.4))
    if happens == 3 and terms.extras:
        return replace(terms, extras=terms.extras - 1)
    return terms


def with_second_site(stay: list[Row], rng: np.random.Generator) -> list[Row]:
    """A second subscription beside the last row of a long stay, for some."""
    last = stay[-1]
    opens = add_months(last.start, 4) + timedelta(int(rng.integers(0, 25)))
    wanted = rng.random() < PLAN[last.plan].second_site
    if not wanted or opens >= (last.end or AS_OF):
        return stay
    price = PLAN[last.plan].price[opens >= PRICE_RISE.on]
    term = term_ends_on(opens, last.end or AS_OF, 1)
    return [*stay, replace(last, start=opens, amount=price, interval=1, term_ends_on=term)]


def first_value(someone: Prospect, rows: list[Row]) -> date | None:
    """The day a customer first ran a full week through Fernleaf, if they have."""
    rng = stream("first value", int(someone.customer_id[3:]))
    since = someone.signed_up_on >= ONBOARDING.on
    spread = rng.normal()
    days = max(1, round(ONBOARDING.days_to_value[since] * exp(VALUE_SPREAD * spread)))
    dropped = someone.trial and not someone.converts
    never = 1 - VALUE_IN_DROPPED_TRIAL if dropped else ONBOARDING.never[since]
    if rng.random() < never:
        return None
    day = someone.signed_up_on + timedelta(days)
    gone = max((r.end or AS_OF) for r in rows)
    return day if day < min(gone, AS_OF) else None


def population() -> tuple[list[Customer], list[Row]]:
    """All ordinary customers and their subscription rows."""
    customers, rows = [], []
    for someone in prospects():
        own = live(someone)
        customers.append(
            Customer(
                someone.customer_id,
                someone.signed_up_on,
                first_value(someone, own),
                someone.region,
                someone.channel,
            )
        )
        rows += own
    return customers, rows
