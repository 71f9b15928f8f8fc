"""What customers wrote beside a score: more comments than `voice` draws, on the themes of the edition's dictionary."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sample_company.company import Row, stream
from sample_company.story import PRICE_RISE, SUPPORT_TROUBLE

if TYPE_CHECKING:
    from sample_company.voice import Response

#: of answers without a comment, so many get one
WRITES = 0.10
#: a detractor on the plan that the price rise upset names the price so often
UPSET = 0.85
#: the lowest score with which someone is pleased
PLEASED_FROM = {"nps": 8, "csat": 4, "ces": 5}

ABOUT = {
    "price": {
        True: ("the price is fair for what we get", "cheaper than what we had before"),
        False: (
            "too expensive for a small clinic",
            "the price went up and we get nothing more for it",
            "the cost is hard to explain to my partner",
        ),
    },
    "support": {
        True: (
            "support was friendly and quick",
            "support found the answer in a minute",
            "I called and they were patient and the help was good",
        ),
        False: (
            "support took days to answer",
            "I had to explain it three times before anyone could help",
            "nobody from support called back",
        ),
    },
    "set-up": {
        True: ("it was easy to set up", "the import of our old calendar just worked"),
        False: ("it was hard to set up", "we could not import our old calendar"),
    },
    "missing features": {
        True: ("I would like a proper report, but it does what we need",),
        False: (
            "a proper report is missing",
            "we would like to send invoices in our own colours",
            "I wish it could take a deposit",
        ),
    },
    "reliability": {
        True: ("it has never crashed on us",),
        False: ("the app logs me out twice a day", "the app crashed in the middle of the day"),
    },
    "scheduling": {
        True: (
            "the rota finally works",
            "our patients love the reminders",
            "online booking saves us an hour a day",
        ),
        False: ("the rota is hard to read", "reminders went to patients twice"),
    },
}
#: how often each theme is named, by instrument
WEIGHTS = {
    "nps": (0.8, 2.0, 1.2, 2.0, 1.4, 3.2),
    "csat": (0.4, 5.0, 0.8, 1.0, 1.2, 0.8),
    "ces": (0.3, 1.0, 5.0, 1.4, 0.8, 1.6),
}
AFTER = (".", ".", ".", ", thank you.", ", and that is all.", ", and I am happy to talk about it.")
#: what must not reach a report, and so must be found and masked
PRIVATE = (
    " Call me on +1 555 0{number}.",
    " Write to desk{number}@clinic.example.",
    " See https://clinic.example/{number}.",
    " Our number is {customer}.",
    " {owner} knows about it.",
)
PRIVATELY = 0.08
OWNERS = ("Maya Ortiz", "Oliver Grant", "Kofi Mensah", "Lena Fischer")


def with_comments(sent: list[Response], rows: list[Row]) -> list[Response]:
    """The answers, some of those without a comment with one; in streams of their own, so that nothing else moves."""
    rng, own = stream("comments"), _solo(rows)
    return [
        replace(one, comment=_written(one, own, rng))
        if one.score is not None and not one.comment and rng.random() < WRITES
        else one
        for one in sent
    ]


def _solo(rows: list[Row]) -> set[str]:
    """Customers who ever held the plan that the price rise upset."""
    return {row.customer_id for row in rows if row.plan == PRICE_RISE.unhappy_plan}


def _written(one: Response, upset: set[str], rng: np.random.Generator) -> str:
    assert one.score is not None and one.responded_at is not None
    pleased = one.score >= PLEASED_FROM[one.instrument]
    text = str(rng.choice(ABOUT[_theme(one, pleased, upset, rng)][pleased]))
    text = f"{text[0].upper()}{text[1:]}{rng.choice(AFTER)}"
    if rng.random() < PRIVATELY:
        told = {"number": int(rng.integers(100, 999)), "customer": one.customer_id}
        text += str(rng.choice(PRIVATE)).format(**told, owner=rng.choice(OWNERS))
    return text


def _theme(one: Response, pleased: bool, upset: set[str], rng: np.random.Generator) -> str:
    """The theme of a comment: the price after it rose, support while it was short of people, else by weight."""
    day = one.responded_at.date()  # type: ignore[union-attr]
    luck = rng.random()
    paid_more = one.customer_id in upset and day >= PRICE_RISE.on
    if not pleased and one.instrument == "nps" and paid_more and luck < UPSET:
        return "price"
    first, after = SUPPORT_TROUBLE.seen
    if not pleased and one.instrument == "csat" and first <= day < after:
        return "support"
    weights = np.array(WEIGHTS[one.instrument])
    return str(rng.choice(list(ABOUT), p=weights / weights.sum()))
