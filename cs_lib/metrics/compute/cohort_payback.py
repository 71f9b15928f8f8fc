"""When cohorts repaid what they cost to win, as observed, beside the formula."""

import numpy as np
import pandas as pd

from cs_lib.metrics.compute.cohorts import by_joining
from cs_lib.period import MONTHS_IN, Period
from cs_lib.vocabulary import OK

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
    earned, sizes = (by_joining(each, grain) for each in (money, customers))
    sizes = sizes[sizes["age"].eq(0) & sizes["status"].eq(OK)].set_index("cohort")["denominator"]
    paid = _cost_of_one(costs, grain)
    rows = [
        _row(joined, cells, float(sizes[joined]), float(paid[joined]), margin)
        for joined, cells in earned.groupby("cohort")
        if joined in sizes.index and joined in paid.index
    ]
    return pd.DataFrame([each for each in rows if each], columns=COLUMNS)


def _cost_of_one(costs: pd.DataFrame, grain: str) -> pd.Series:
    """What a customer won in a period cost, by its first day, where all its months are known."""
    known = costs.dropna(subset=["numerator", "denominator"])
    starts = [Period.containing(day.date(), grain).start for day in known["period_start"]]
    months = known[["numerator", "denominator"]].groupby(pd.DatetimeIndex(starts))
    summed = months.sum()[months.size().eq(MONTHS_IN[grain])]
    paid = summed[summed["numerator"].gt(0) & summed["denominator"].gt(0)]
    return paid["numerator"] / paid["denominator"]


def _row(
    joined: pd.Timestamp, cells: pd.DataFrame, size: float, cac: float, margin: float
) -> tuple | None:
    known = cells.sort_values("age")
    known = known[known["status"].eq(OK).cummin()]  # up to the first age that is not known
    if known.empty:
        return None
    earned = known["numerator"].to_numpy(dtype=float) * margin / size
    so_far = np.cumsum(earned)
    there = np.flatnonzero(so_far >= cac)
    months = float(there[0] + 1) if len(there) else np.nan
    formula = cac / earned[0] if earned[0] > 0 else np.nan
    return joined, size, cac, months, len(known), so_far[-1] / cac, formula
