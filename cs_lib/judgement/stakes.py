"""What a gap between a figure and what it should be comes to: money a year, and customers."""

import math
from dataclasses import dataclass

import numpy as np

from cs_lib.judgement.series import Figures, Series
from cs_lib.judgement.trends import Run
from cs_lib.metrics.catalogue.rules import Ratio
from cs_lib.period import ALL, MONTH, PERIODS_A_YEAR, Period, add_months
from cs_lib.vocabulary import MONEY

#: below this share of a year's revenue, and below so many customers, nothing is a finding
LEAST_SHARE, LEAST_CUSTOMERS = 0.0025, 5
MONTHS = PERIODS_A_YEAR[MONTH]
#: shares of customers or money that are lost or kept each period
LOSSES = (
    "customer_churn_rate",
    "customer_retention_rate",
    "gross_revenue_churn_rate",
    "net_revenue_churn_rate",
)
#: shares of the money of a year ago that are still there
YEARLY_RETENTION = ("gross_revenue_retention", "net_revenue_retention")
CUSTOMERS = ("paying_customers", "ordering_customers")


@dataclass(frozen=True)
class Stake:
    """What a gap costs, or brings, in a year: money (NaN where it cannot be said) and customers."""

    money: float = math.nan
    customers: float = math.nan


UNKNOWN = Stake()


def stake(
    figures: Figures,
    name: str,
    gap: float,
    segment_by: str,
    segment: str,
    period: Period,
    *,
    grain: str = MONTH,
) -> Stake:
    """What a gap in a metric comes to in a segment, over a year at today's size; never more than there is.

    `grain` is that of the gap: over a period of which a rate lies so far off.
    """
    gap = abs(gap)
    whose = (segment_by, segment, period)
    customers = customers_of(figures, *whose)
    if name in LOSSES:
        share = min(1.0, gap * PERIODS_A_YEAR[grain])
        return Stake(share * yearly_revenue(figures, *whose), share * customers)
    if name in YEARLY_RETENTION:
        before = _first(_at(figures, name, *whose).denominator)
        return Stake(gap * MONTHS * before, gap * customers)
    if name == "cac":
        return Stake(gap * _total(figures, "new_customers", *whose))
    if name == "arpa":
        return Stake(gap * MONTHS * customers)
    if name == "mrr":
        return Stake(gap * MONTHS)
    return Stake()


def stake_apart(
    figures: Figures, name: str, gap: float, segment_by: str, segment: str, period: Period
) -> Stake:
    """The same of a segment's distance from the others: said of losses alone, for a segment need not be
    like the others in anything else."""
    if name in (*LOSSES, *YEARLY_RETENTION):
        return stake(figures, name, gap, segment_by, segment, period)
    return UNKNOWN


def is_material(given: Stake, revenue: float) -> bool:
    """Whether a stake is worth a reader's time, beside a year's revenue; one that cannot be said is let pass."""
    if math.isnan(given.money) and math.isnan(given.customers):
        return True
    enough = given.money >= LEAST_SHARE * revenue if revenue == revenue else True
    return bool(enough) or given.customers >= LEAST_CUSTOMERS


def is_material_run(
    figures: Figures, name: str, segment_by: str, segment: str, run: Run, variant: str | None = None
) -> bool:
    """Whether a run moved enough to be told: 0.25 % of a month's MRR each month, or five customers in all.

    Of scores and of counts of anything else nothing is asked.
    """
    metric, gap = figures.metric(name), abs(run.value - run.usual)
    series = figures.series(name, segment_by, segment, grain=run.first.grain, variant=variant)
    inside = series.between(run.first, run.last).known
    if metric.unit_of(variant) == MONEY and name.endswith("_mrr"):
        mrr = _first(
            figures.series("mrr", ALL, ALL, grain=run.first.grain).between(run.last, run.last).value
        )
        return not gap < LEAST_SHARE * mrr
    if name in LOSSES or name in ("expansion_mrr_rate", "mrr_growth_rate"):
        rule = metric.rule(variant)
        of_money = isinstance(rule, Ratio) and rule.denominator.scale != 1
        if of_money:
            return gap >= LEAST_SHARE
        return gap * float(inside.denominator.sum()) >= LEAST_CUSTOMERS
    return True


def customers_of(figures: Figures, segment_by: str, segment: str, period: Period) -> float:
    """How many customers pay at the period's end, or ordered in it; NaN where that is not known."""
    whose = (segment_by, segment, period)
    known = (_level(figures, each, *whose) for each in CUSTOMERS)
    return next((n for n in known if n == n), math.nan)


def yearly_revenue(figures: Figures, segment_by: str, segment: str, period: Period) -> float:
    """Twelve times the MRR at the period's end, else the revenue of the twelve months before it."""
    mrr = _level(figures, "mrr", segment_by, segment, period)
    return MONTHS * mrr if mrr == mrr else _total(figures, "revenue", segment_by, segment, period)


def _level(figures: Figures, name: str, by: str, segment: str, period: Period) -> float:
    return _first(_at(figures, name, by, segment, period).value)


def _at(figures: Figures, name: str, by: str, segment: str, period: Period) -> Series:
    """The figure of one period, if there is one."""
    return figures.series(name, by, segment, grain=period.grain).between(period, period).known


def _first(values: np.ndarray) -> float:
    return float(values[0]) if len(values) else math.nan


def _total(figures: Figures, name: str, by: str, segment: str, period: Period) -> float:
    """The sum of the twelve months up to the period's end."""
    series = figures.series(name, by, segment, grain=MONTH)
    first = np.datetime64(add_months(period.end, -MONTHS))
    here = series.where((series.starts >= first) & (series.starts < np.datetime64(period.end)))
    return float(here.value.sum()) if len(here) else math.nan
