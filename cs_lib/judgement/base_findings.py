"""What the customer base gives to tell: one customer who holds much of the money, and features that a segment lacks."""

from collections.abc import Iterator

from cs_lib.judgement.finding import Finding
from cs_lib.judgement.series import Figures
from cs_lib.judgement.stakes import (
    LEAST_CUSTOMERS,
    MONTHS,
    UNKNOWN,
    Stake,
    customers_of,
    yearly_revenue,
)
from cs_lib.judgement.standing import year_figure
from cs_lib.judgement.white_space import FEATURE, USED, white_space
from cs_lib.period import ALL, Period, Segment, segment_pairs
from cs_lib.vocabulary import BAD, CONCENTRATED, NEUTRAL, ROOM

SHARES, LARGEST, CHURN = "concentration", "top_1", "customer_churn_rate"
#: a customer of so much of the money is told of (ASC 280-10-50-42 has a tenth of revenue disclosed), where that is so
#: many times what each would bring, were all alike; who holds a quarter is bad news by itself
LEAST_HELD, TIMES_EQUAL, MUCH_HELD = 0.1, 2, 0.25


def concentrated(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    """One customer who brings a tenth of the company's money or more.

    At stake is that money, by the chance that a customer leaves within a year at the twelve months' churn rate. It is
    counted, not estimated: no interval stands behind it.
    """
    if segment.label != ALL or SHARES in figures.measures.left_out:
        return
    series = figures.series(SHARES, ALL, ALL, grain=period.grain, variant=LARGEST)
    here = series.between(period, period).known
    share = float(here.value[0]) if len(here) else 0.0
    many = customers_of(figures, ALL, ALL, period)
    if share < LEAST_HELD or share < TIMES_EQUAL / many:
        return
    money = share * yearly_revenue(figures, ALL, ALL, period)
    churn = year_figure(figures, CHURN, ALL, ALL, period) if _has(figures, CHURN) else None
    yield Finding(
        CONCENTRATED,
        SHARES,
        ALL,
        ALL,
        period,
        period,
        share,
        LEAST_HELD,
        BAD if share >= MUCH_HELD else NEUTRAL,
        Stake(money * (1 - (1 - churn.value) ** MONTHS)) if churn else UNKNOWN,
        numerator=money,
        n=many,
    )


def _has(figures: Figures, name: str) -> bool:
    return name not in figures.measures.left_out


def rooms(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    """Of each segment the feature in which it has most room (see `white_space`), where five customers more would use
    it. Nothing is lost or won yet: it is neither good nor bad news."""
    if not _has(figures, USED):
        return
    split, told = figures.edition.split_name(FEATURE), set()
    for each in white_space(figures, segment, period) or ():
        if each.more < LEAST_CUSTOMERS or each.segment in told:
            continue
        told.add(each.segment)
        pairs = segment_pairs(each.segment_by, each.segment)
        whose = Segment((*pairs, (split, each.feature)))
        yield Finding(
            ROOM,
            USED,
            whose.by,
            whose.label,
            period,
            period,
            each.share,
            each.rest,
            NEUTRAL,
            numerator=each.uses,
            n=each.active,
        )
