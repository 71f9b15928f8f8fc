"""Items asked beside the NPS question, from 1 to 5: what the product and the company are like."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sample_company.company import Row, stream
from sample_company.story import PRICE_RISE

if TYPE_CHECKING:
    from sample_company.voice import Response

#: asked from this day on; so many who answer NPS answer the items too, and of these so many leave one out
SINCE, ANSWERS, LEAVES_OUT = date(2025, 1, 1), 0.6, 0.06
#: mean, and by how much an item goes up with each point of the score
ITEMS = {
    "Value for money": (3.5, 0.30),
    "Support": (3.8, 0.22),
    "Ease of use": (4.0, 0.12),
    "Features": (3.6, 0.10),
    "Reliability": (4.1, 0.04),
}
SPREAD, MIDDLE = 0.95, 7.5
#: what those whose price rose most think of it since
DEARER = -0.5


def items(sent: list[Response], rows: list[Row]) -> Iterator[tuple[str, str, int]]:
    """response_id, item and value of every answer that has items."""
    rng = stream("items")
    upset = {row.customer_id for row in rows if row.plan == PRICE_RISE.unhappy_plan}
    for number, one in enumerate(sent, start=1):
        if one.instrument != "nps" or one.responded_at is None or one.score is None:
            continue
        if one.responded_at.date() < SINCE or rng.random() >= ANSWERS:
            continue
        dearer = one.customer_id in upset and one.responded_at.date() >= PRICE_RISE.on
        left_out = int(rng.integers(len(ITEMS))) if rng.random() < LEAVES_OUT else -1
        for place, (item, (mean, slope)) in enumerate(ITEMS.items()):
            lower = DEARER if dearer and item == "Value for money" else 0.0
            drawn = mean + lower + slope * (one.score - MIDDLE) + SPREAD * rng.normal()
            if place != left_out:
                yield f"R-{number:06d}", item, int(np.clip(round(drawn), 1, 5))
