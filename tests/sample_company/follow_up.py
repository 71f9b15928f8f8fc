"""Whom Fernleaf came back to after a critical answer, and when: in a stream of its own, so that nothing else moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from sample_company.company import AS_OF, stream
from sample_company.story import CALL_BACKS

if TYPE_CHECKING:
    from sample_company.voice import Response

#: the lowest score that is not critical
GOOD_FROM = {"nps": 7, "csat": 4, "ces": 5}
#: how often it is within 0 to 7 days, of those who are followed up in time
DAYS = (0.10, 0.24, 0.20, 0.15, 0.11, 0.09, 0.07, 0.04)
#: of the others so many are followed up later, so many days after the week in the mean
LATER, LATER_DAYS = 0.30, 9.0


def with_follow_ups(sent: list[Response]) -> list[Response]:
    """The answers, those critical ones with a day on which somebody came back to whoever gave it."""
    rng = stream("follow-up")
    return [replace(one, followed_up_on=_day(one, rng)) for one in sent]


def _day(one: Response, rng: np.random.Generator) -> date | None:
    if one.score is None or one.responded_at is None or one.score >= GOOD_FROM[one.instrument]:
        return None
    given = one.responded_at.date()
    if given < CALL_BACKS.noted_since:
        return None
    usual, fewer = CALL_BACKS.in_time.get(one.touchpoint, CALL_BACKS.elsewhere)
    luck, late, days = rng.random(), rng.random(), int(rng.choice(len(DAYS), p=DAYS))
    beyond = len(DAYS) + int(rng.exponential(LATER_DAYS))
    if luck >= (usual if given < CALL_BACKS.on else fewer):
        if late >= LATER:
            return None
        days = beyond
    day = given + timedelta(days)
    return day if day < AS_OF else None
