"""What customers say when asked: NPS every quarter, CSAT after support, CES after a step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from math import exp

import numpy as np

from sample_company.awkward import AWKWARD_COMMENTS
from sample_company.comments import with_comments
from sample_company.company import (
    AS_OF,
    MONTHS,
    OPENED,
    PLAN,
    Customer,
    Row,
    add_months,
    stream,
)
from sample_company.follow_up import with_follow_ups
from sample_company.story import ONBOARDING, SUPPORT_TROUBLE

ANSWERS = {"nps": 0.36, "csat": 0.46, "ces": 0.48}
DELAY_DAYS, DELAY_SPREAD = 3.0, 1.1
NPS_PROMOTERS, NPS_DETRACTORS = (0.44, 0.54), (0.24, 0.16)
PROMOTER_SCORES, PASSIVE_SCORES = (9, 9, 9, 10, 10), (7, 8, 8)
DETRACTOR_SCORES = (0, 2, 3, 4, 5, 5, 6, 6, 6)
ASKED_AGAIN = 0.05
CSAT_CHANCES = (0.05, 0.05, 0.10, 0.30, 0.50)
CSAT_IN_TROUBLE = (0.15, 0.14, 0.17, 0.29, 0.25)
TICKETS_A_MONTH = 0.40
EASE = {"activation": 5.1, "adding a module": 5.5, "adding an integration": 4.7}
EASE_SPREAD = 1.2
SECOND_OPINION = 0.6
MODULES_A_MONTH, INTEGRATIONS_A_MONTH = 0.045, 0.035
COMMENTS = 0.07
PLEASED = (
    "Saves us an hour a day",
    "Easy to set up",
    "Patients love the reminders",
    "Friendly and quick",
    "Does what it says",
    "The rota finally works",
)
DISPLEASED = (
    "Too slow to answer",
    "Expensive for what it does",
    "Could not import our old calendar",
    "Had to explain it three times",
    "The app logs me out",
    "Missing a proper report",
)


@dataclass(frozen=True)
class Response:
    """One invitation, answered or not."""

    instrument: str
    score: int | None
    sent_at: datetime
    responded_at: datetime | None
    customer_id: str
    respondent_id: str
    touchpoint: str
    comment: str = ""
    followed_up_on: date | None = None


def responses(customers: list[Customer], rows: list[Row]) -> list[Response]:
    """All invitations in order of sending."""
    own: dict[str, list[Row]] = {customer.customer_id: [] for customer in customers}
    for row in rows:
        if row.amount and row.end != row.start:
            own[row.customer_id].append(row)
    sent = [
        invitation
        for customer in customers
        if own[customer.customer_id]
        for invitation in asked(customer, own[customer.customer_id])
    ]
    sent.sort(key=lambda one: (one.sent_at, one.respondent_id, one.instrument, one.touchpoint))
    return with_follow_ups(with_awkward_comments(with_comments(sent, rows)))


def asked(customer: Customer, rows: list[Row]) -> Iterator[Response]:
    """Everything one customer was asked."""
    rng = stream("voice", int(customer.customer_id[3:]))
    for instrument, touchpoint, day, people in occasions(customer, rows, rng):
        for person in people:
            sent = at_work(day, rng)
            first = answer(instrument, touchpoint, sent, customer, person, rng)
            yield first
            if instrument == "nps" and first.responded_at and rng.random() < ASKED_AGAIN:
                again = first.responded_at + timedelta(days=int(rng.integers(2, 15)))
                if again.date() < AS_OF and plan_on(rows, again.date()):
                    yield answer(instrument, touchpoint, again, customer, person, rng)


def occasions(
    customer: Customer, rows: list[Row], rng: np.random.Generator
) -> Iterator[tuple[str, str, date, list[int]]]:
    """Instrument, touchpoint, day and people (by number) of each time this customer is asked."""
    turn = int(rng.integers(0, 89))
    for month in range(MONTHS):
        first = add_months(OPENED, month)
        length = (add_months(first, 1) - first).days
        if month % 3 == 0:
            yield from nps_turn(rows, first + timedelta(turn))
        events = (
            ("csat", "support", TICKETS_A_MONTH),
            ("ces", "adding a module", MODULES_A_MONTH),
            ("ces", "adding an integration", INTEGRATIONS_A_MONTH),
        )
        for instrument, touchpoint, rate in events:
            for offset in rng.integers(0, length, rng.poisson(rate)):
                day = first + timedelta(int(offset))
                if plan := plan_on(rows, day):
                    person = 1 + int(rng.integers(0, PLAN[plan].respondents))
                    yield instrument, touchpoint, day, [person]
    yield from first_steps(customer, rows, rng)


def nps_turn(rows: list[Row], day: date) -> Iterator[tuple[str, str, date, list[int]]]:
    if plan := plan_on(rows, day):
        yield "nps", "relationship", day, list(range(1, PLAN[plan].respondents + 1))


def first_steps(
    customer: Customer, rows: list[Row], rng: np.random.Generator
) -> Iterator[tuple[str, str, date, list[int]]]:
    """How easy onboarding was, three weeks in, and activation, the day after first value."""
    steps = [("onboarding", min(row.start for row in rows) + timedelta(21))]
    if customer.first_value_on:
        steps.append(("activation", customer.first_value_on + timedelta(1)))
    for touchpoint, day in steps:
        plan = plan_on(rows, day)
        if plan and day < AS_OF:
            more = PLAN[plan].respondents > 1 and rng.random() < SECOND_OPINION
            yield "ces", touchpoint, day, [1, 2] if more else [1]


def plan_on(rows: list[Row], day: date) -> str | None:
    """The plan paid for on a day, if any."""
    for row in rows:
        if row.start <= day < (row.end or AS_OF):
            return row.plan
    return None


def at_work(day: date, rng: np.random.Generator) -> datetime:
    return datetime.combine(day, time(8)) + timedelta(minutes=int(rng.integers(0, 600)))


def answer(
    instrument: str,
    touchpoint: str,
    sent: datetime,
    customer: Customer,
    person: int,
    rng: np.random.Generator,
) -> Response:
    """The invitation with its answer, or without one when it was ignored or is too recent."""
    days = DELAY_DAYS * exp(DELAY_SPREAD * rng.normal())
    responded = sent + timedelta(minutes=round(days * 24 * 60))
    respondent = f"{customer.customer_id}-{person}"
    asked = Response(instrument, None, sent, None, customer.customer_id, respondent, touchpoint)
    score = score_of(instrument, touchpoint, sent, customer, rng)
    if rng.random() >= ANSWERS[instrument] or responded.date() >= AS_OF:
        return asked
    comment = comment_on(instrument, score, rng)
    return replace(asked, score=score, responded_at=responded, comment=comment)


def score_of(
    instrument: str, touchpoint: str, sent: datetime, customer: Customer, rng: np.random.Generator
) -> int:
    if instrument == "nps":
        return nps_score(sent, rng)
    if instrument == "csat":
        first, after = SUPPORT_TROUBLE.seen
        chances = CSAT_IN_TROUBLE if first <= sent.date() < after else CSAT_CHANCES
        return 1 + int(np.searchsorted(np.cumsum(chances), rng.random() * sum(chances)))
    ease = EASE.get(touchpoint) or ONBOARDING.ease[customer.signed_up_on >= ONBOARDING.on]
    return int(np.clip(round(rng.normal(ease, EASE_SPREAD)), 1, 7))


def nps_score(sent: datetime, rng: np.random.Generator) -> int:
    """Scores drift up slowly over the three years."""
    along = (sent.date() - OPENED).days / (AS_OF - OPENED).days
    promoters, detractors = (np.interp(along, (0, 1), e) for e in (NPS_PROMOTERS, NPS_DETRACTORS))
    luck = rng.random()
    if luck < promoters:
        return int(rng.choice(PROMOTER_SCORES))
    return int(rng.choice(DETRACTOR_SCORES if luck > 1 - detractors else PASSIVE_SCORES))


def comment_on(instrument: str, score: int, rng: np.random.Generator) -> str:
    if rng.random() >= COMMENTS:
        return ""
    pleased = score >= {"nps": 8, "csat": 4, "ces": 5}[instrument]
    return str(rng.choice(PLEASED if pleased else DISPLEASED))


def with_awkward_comments(sent: list[Response]) -> list[Response]:
    """Put each awkward comment on an answer, spread over the last months."""
    answered = [place for place, one in enumerate(sent) if one.responded_at]
    for number, comment in enumerate(AWKWARD_COMMENTS):
        place = answered[-20 - 60 * number]
        sent[place] = replace(sent[place], comment=comment)
    return sent
