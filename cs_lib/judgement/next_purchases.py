"""How often customers who have one product buy another within a year: base rates of the next purchase."""

import math
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from cs_lib.data.facts.purchase_facts import ANY, HORIZON, PRODUCTS
from cs_lib.judgement.finding import Finding, WordCell
from cs_lib.judgement.series import Figures, last_judged, of_segment
from cs_lib.judgement.significance import certainty_of, exact_p, holm
from cs_lib.judgement.stakes import LEAST_CUSTOMERS, MONTHS, UNKNOWN, Stake
from cs_lib.metrics.compute import intervals
from cs_lib.period import MONTH, Period, Segment
from cs_lib.vocabulary import NEUTRAL, NEXT_PURCHASE

#: the metric that purchases of a table move
MOVED = {"subscriptions": "expansion_mrr", "orders": "purchase_frequency"}
PRODUCT, NEXT, EACH_PAYS = "product", "next", "arpa"


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
    p: float

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
    differs, p = np.zeros(len(rows), dtype=bool), np.ones(len(rows))
    told = [each[judged] for each in (bought, n, all_bought - bought, all_n - n)]
    if judged.any():
        p[judged] = exact_p(*told)
        differs[judged] = holm(p[judged], 1 - level)
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
            p=float(p[place]),
        )
        for place, row in enumerate(rows.itertuples())
    ]
    return sorted(found, key=lambda each: (-each.share, -each.customers, each.product, each.next))


def purchases_apart(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    """Of each product the one that its customers bought next most often, where that is more often than those without it
    did, beyond chance (corrected for all pairs of a table), and five of them did.

    Nothing is won yet: it is neither good nor bad news. At stake is what the customers who have the one and never had
    the other would pay more, should as many of them buy it.
    """
    for found in next_purchases(figures, segment, period):
        metric, told = MOVED[found.table], set()
        for each in found.pairs:
            if metric in figures.measures.left_out or each.product in told:
                continue
            if each.above and each.bought >= LEAST_CUSTOMERS:
                told.add(each.product)
                yield _finding(figures, each, found, segment, period)


def _finding(
    figures: Figures, pair: NextPurchase, found: NextPurchases, segment: Segment, period: Period
) -> Finding:
    product, following = (figures.edition.split_name(each) for each in (PRODUCT, NEXT))
    whose = Segment((*segment.pairs, (product, pair.product), (following, pair.next)))
    rest = pair.every_bought - pair.bought, pair.every - pair.customers
    return Finding(
        NEXT_PURCHASE,
        MOVED[found.table],
        whose.by,
        whose.label,
        Period.containing(found.start, MONTH),
        found.last,
        pair.share,
        rest[0] / rest[1],
        NEUTRAL,
        _at_stake(figures, pair, period),
        certainty_of(pair.p),
        numerator=pair.now,
        n=pair.customers,
        cell=WordCell(pair.next, pair.bought, pair.customers, *rest),
    )


def _at_stake(figures: Figures, pair: NextPurchase, period: Period) -> Stake:
    """The customers who would buy it in a year, and by how much customers of the one pay more than those of the other."""
    if math.isnan(pair.now):
        return UNKNOWN
    many, edition = pair.share * pair.now, figures.edition
    named = edition.definitions.product
    for column in (named,) if named else PRODUCTS:
        pays = [_paid(figures, column, each, period) for each in (pair.next, pair.product)]
        if column in edition.segments and pays[0] > pays[1]:
            return Stake(many * (pays[0] - pays[1]) * MONTHS, many)
    return Stake(math.nan, many)


def _paid(figures: Figures, column: str, product: str, period: Period) -> float:
    series = figures.series(EACH_PAYS, column, f"{column}={product}", grain=period.grain)
    here = series.between(period, period).known
    return float(here.value[0]) if len(here) else math.nan
