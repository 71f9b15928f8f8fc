"""Actual against plan: the variance, and what of it came from how many and from how much each.

What finance expected is given by month (table `plan`). Over a quarter or a year totals are added up, levels
and figures over twelve months taken at its end, and rates averaged over its months.
"""

import math
from dataclasses import dataclass

import pandas as pd

from cs_lib.judgement.series import LEVELS, Figures, is_flow, is_total
from cs_lib.period import MONTH, QUARTER, Period, add_months
from cs_lib.vocabulary import ADDS_UP

#: money that is so many times so much each: the total and the number
PRODUCTS = (("mrr", "paying_customers"), ("revenue", "orders"))


@dataclass(frozen=True)
class Variance:
    """A metric's figure of a period, what was planned for it, and the difference."""

    metric: str
    actual: float
    planned: float

    @property
    def difference(self) -> float:
        return self.actual - self.planned


@dataclass(frozen=True)
class Split:
    """A variance of money as what came of more of them (`volume`) and of more each (`price`); exact."""

    total: str
    number: str
    volume: float
    price: float


def volume_and_price(
    number: float, price: float, planned_number: float, planned_price: float
) -> tuple[float, float]:
    """What more of them, and what more each, brought to a total, by the midpoint of the other.

    Plan 100 × 50 against 110 × 48: volume +490, price −210, together the +280 by which it differs.
    """
    volume = (number - planned_number) * (price + planned_price) / 2
    return volume, (price - planned_price) * (number + planned_number) / 2


def against_plan(figures: Figures, segment_by: str, segment: str, period: Period) -> list[Variance]:
    """Every planned metric of a segment that has a figure in the period, in the plan's order."""
    planned = planned_of(figures, segment, period)
    found = []
    for name, value in planned.items():
        actual = _actual(figures, name, segment_by, segment, period)
        if not math.isnan(actual):
            found.append(Variance(name, actual, value))
    return found


def splits(found: list[Variance]) -> list[Split]:
    """The split of each planned total of which the number was planned too."""
    by_name = {each.metric: each for each in found}
    done = []
    for total, number in PRODUCTS:
        if total in by_name and number in by_name:
            money, many = by_name[total], by_name[number]
            if many.actual and many.planned:
                each, planned_each = money.actual / many.actual, money.planned / many.planned
                parts = volume_and_price(many.actual, each, many.planned, planned_each)
                done.append(Split(total, number, *parts))
    return done


def planned_of(figures: Figures, segment: str, period: Period) -> dict[str, float]:
    """Metric → what was planned for the period; only where every month of it is planned."""
    rows = pd.DataFrame(figures.measures.data.get("plan", ()))
    if rows.empty:
        return {}
    months = {add_months(period.start, n).isoformat() for n in range(_months(period))}
    here = rows[(rows["segment"] == segment) & rows["month"].isin(months)]
    found = {}
    for name, own in here.groupby("metric", sort=False):
        if set(own["month"]) == months:
            values = own.sort_values("month")["value"]
            found[name] = float(_over(figures, name, values))
    return found


def to_date(figures: Figures, name: str, segment_by: str, segment: str, period: Period) -> float:
    """The sum of a total over the months of the year up to a month's or quarter's end.

    NaN of figures that do not add up, and where a month has none.
    """
    if name not in ADDS_UP or period.grain not in (MONTH, QUARTER):
        return math.nan
    first = Period.containing(period.start.replace(month=1), MONTH)
    last = Period.containing(period.last_day, MONTH)
    series = figures.series(name, segment_by, segment, grain=MONTH).between(first, last).known
    return float(series.value.sum()) if len(series) == last.start.month else math.nan


def _months(period: Period) -> int:
    return (period.end.year - period.start.year) * 12 + period.end.month - period.start.month


def _over(figures: Figures, name: str, values: pd.Series) -> float:
    metric = figures.metric(name)
    if name in LEVELS or not (is_flow(metric) or is_total(metric)):
        return values.iloc[-1]
    return values.sum() if is_total(metric) else values.mean()


def _actual(figures: Figures, name: str, segment_by: str, segment: str, period: Period) -> float:
    metric = figures.metric(name)
    monthly = is_flow(metric) and not is_total(metric)
    series = figures.series(name, segment_by, segment, grain=MONTH if monthly else period.grain)
    first = Period.containing(period.start, MONTH) if monthly else period
    last = Period.containing(period.last_day, MONTH) if monthly else period
    here = series.between(first, last).known
    return float(here.value.mean()) if len(here) else math.nan
