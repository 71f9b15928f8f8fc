"""How often customers who have one product buy another within a year: base rates of the next purchase."""

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from cs_lib.data.facts.purchase_facts import ANY, HORIZON
from cs_lib.judgement.series import Figures, last_judged, of_segment
from cs_lib.judgement.significance import exact_p, holm
from cs_lib.metrics.compute import intervals
from cs_lib.period import MONTH, Period, Segment


class NextPurchase(NamedTuple):
    """Of `customers` who had a product at the start and never the next one, `bought` did within HORIZON months; and of
    `every` customer who never had it, `every_bought`. `now`: who have the one and never had the other at the end.

    `differs`: from those without the first product, beyond chance.
    """

    product: str
    next: str
    customers: float
    bought: float
    low: float
    high: float
    every: float
    every_bought: float
    differs: bool
    now: float

    @property
    def share(self) -> float:
        return self.bought / self.customers

    @property
    def every_share(self) -> float:
        return self.every_bought / self.every

    @property
    def has_others(self) -> bool:
        """Whether customers enough had neither."""
        return self.every == self.every

    @property
    def above(self) -> bool:
        """Whether it is bought more often than by others, beyond chance."""
        return self.differs and self.share > self.every_share


class NextPurchases(NamedTuple):
    """The pairs of products of a table, the likeliest first, from the day `start` on to the end of `last`."""

    table: str
    start: date
    last: Period
    pairs: list[NextPurchase]


def next_purchases(figures: Figures, segment: Segment, period: Period) -> list[NextPurchases]:
    """What customers bought next in the twelve months up to a period's end, of each table that names products.

    Only where at least `min_n` had the first product and not the second. Where fewer than that had neither, `every` is
    NaN: theirs could be got by subtraction.
    """
    cells = of_segment(figures.measures.purchases, segment)
    last = last_judged(period, MONTH)
    start = last.back(HORIZON - 1).start
    begun = cells[(cells["month"] == pd.Timestamp(start)) & cells["bought"].notna()]
    now = cells[cells["month"] == pd.Timestamp(last.end)]
    found = []
    for table in begun["table"].unique():
        pairs = _pairs(figures, begun[begun["table"] == table], now[now["table"] == table])
        if pairs:
            found.append(NextPurchases(table, start, last, pairs))
    return found


def _pairs(figures: Figures, begun: pd.DataFrame, now: pd.DataFrame) -> list[NextPurchase]:
    least, level = figures.edition.min_n, figures.edition.confidence
    every = begun[begun["product"] == ANY].set_index("next")
    rows = begun[(begun["product"] != ANY) & (begun["customers"] >= least)]
    if rows.empty:
        return []
    n, bought = rows["customers"].to_numpy(), rows["bought"].to_numpy()
    all_n, all_bought = (
        every.loc[rows["next"], each].to_numpy() for each in ("customers", "bought")
    )
    low, high = intervals.wilson(bought, n, level)
    judged = all_n - n >= least
    differs = np.zeros(len(rows), dtype=bool)
    told = [each[judged] for each in (bought, n, all_bought - bought, all_n - n)]
    differs[judged] = holm(exact_p(*told), 1 - level) if judged.any() else differs[judged]
    there = now.set_index(["product", "next"])["customers"]
    every_n, every_bought = (np.where(judged, each, np.nan) for each in (all_n, all_bought))
    found = [
        NextPurchase(
            product=str(row.product),
            next=str(row.next),
            customers=float(row.customers),
            bought=float(row.bought),
            low=float(low[place]),
            high=float(high[place]),
            every=float(every_n[place]),
            every_bought=float(every_bought[place]),
            differs=bool(differs[place]),
            now=float(there.get((row.product, row.next), np.nan)),
        )
        for place, row in enumerate(rows.itertuples())
    ]
    return sorted(found, key=lambda each: (-each.share, -each.customers, each.product, each.next))
