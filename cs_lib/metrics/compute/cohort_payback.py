"""When cohorts repaid what they cost to win, and how many times over so far, as observed, beside the formula."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from cs_lib.metrics.compute.cohorts import by_joining
from cs_lib.period import MONTH, MONTHS_IN, Period
from cs_lib.vocabulary import OK

#: after how many months it is told what customers have brought
HORIZONS = (3, 6, 12, 24)
COLUMNS = ["joined", "customers", "cac", "months", "seen", "repaid", "formula"]


def cohort_payback(
    money: pd.DataFrame,
    customers: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    margin: float,
    grain: str,
) -> pd.DataFrame:
    """One row a cohort that cost anything, by period of joining.

    `money`, `customers`: cohort cells (revenue_net and customers) of one segment, by month of joining;
    `costs`: period_start, numerator (acquisition costs) and denominator (new customers) of each month; a
    period whose months are not all known has none. Gives the cohort's size, its `cac`; `months`: the first
    month, counted from 1 for that of joining, by whose end the gross margin of its MRR had repaid the CAC (NaN where it has not yet); how many
    months were `seen`, and what share was `repaid` by then. `formula`: CAC ÷ (MRR a customer in the month of
    joining × margin).
    """
    found = _cohorts(money, customers, costs, margin=margin, grain=grain)
    return pd.DataFrame([_row(each) for each in found], columns=COLUMNS)


def value_by_horizon(
    money: pd.DataFrame, customers: pd.DataFrame, costs: pd.DataFrame, *, margin: float
) -> pd.DataFrame:
    """One row a horizon of HORIZONS that any month's cohort was seen for: what its customers had brought by then.

    Takes what `cohort_payback` takes. Pools the months of joining from `first` to `last` that were seen so long:
    `customers`; `value`, gross margin a customer in the first `horizon` months; their `cac`; and `ratio`, how many
    times over they had repaid it.
    """
    cohorts = list(_cohorts(money, customers, costs, margin=margin, grain=MONTH))
    rows = []
    for horizon in HORIZONS:
        seen = [each for each in cohorts if len(each.so_far) >= horizon]
        many = sum(each.size for each in seen)
        if many:
            value = sum(each.size * float(each.so_far[horizon - 1]) for each in seen) / many
            cac = sum(each.size * each.cac for each in seen) / many
            ends = min(each.joined for each in seen), max(each.joined for each in seen)
            rows.append((horizon, *ends, many, value, cac, value / cac))
    return pd.DataFrame(
        rows, columns=["horizon", "first", "last", "customers", "value", "cac", "ratio"]
    )


class _Cohort(NamedTuple):
    """When a cohort joined, how many they are, what one cost, and the margin each brought by the end of each month."""

    joined: pd.Timestamp
    size: float
    cac: float
    so_far: np.ndarray


def _cohorts(
    money: pd.DataFrame,
    customers: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    margin: float,
    grain: str,
) -> Iterator[_Cohort]:
    """The cohorts that cost anything, as far as they were seen."""
    earned, sizes = (by_joining(each, grain) for each in (money, customers))
    sizes = sizes[sizes["age"].eq(0) & sizes["status"].eq(OK)].set_index("cohort")["denominator"]
    paid = _cost_of_one(costs, grain)
    for joined, cells in earned.groupby("cohort"):
        if joined not in sizes.index or joined not in paid.index:
            continue
        known = cells.sort_values("age")
        known = known[known["status"].eq(OK).cummin()]  # up to the first age that is not known
        if len(known):
            size = float(sizes[joined])
            brought = known["numerator"].to_numpy(dtype=float) * margin / size
            yield _Cohort(joined, size, float(paid[joined]), np.cumsum(brought))


def _cost_of_one(costs: pd.DataFrame, grain: str) -> pd.Series:
    """What a customer won in a period cost, by its first day, where all its months are known."""
    known = costs.dropna(subset=["numerator", "denominator"])
    starts = [Period.containing(day.date(), grain).start for day in known["period_start"]]
    months = known[["numerator", "denominator"]].groupby(pd.DatetimeIndex(starts))
    summed = months.sum()[months.size().eq(MONTHS_IN[grain])]
    paid = summed[summed["numerator"].gt(0) & summed["denominator"].gt(0)]
    return paid["numerator"] / paid["denominator"]


def _row(cohort: _Cohort) -> tuple:
    joined, size, cac, so_far = cohort
    there = np.flatnonzero(so_far >= cac)
    months = float(there[0] + 1) if len(there) else np.nan
    formula = cac / so_far[0] if so_far[0] > 0 else np.nan
    return joined, size, cac, months, len(so_far), so_far[-1] / cac, formula
