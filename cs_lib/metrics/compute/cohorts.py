"""Cohort cells: what is left of the customers who joined in a month, by age in months."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from cs_lib.data.facts.cohort_facts import BASE, SUMS, Cohorts
from cs_lib.data.facts.context import Context
from cs_lib.edition import Edition
from cs_lib.metrics import frame_columns
from cs_lib.metrics.coded_words import coded, together
from cs_lib.metrics.compute import intervals
from cs_lib.metrics.compute.aggregates import groupings, labelled
from cs_lib.metrics.compute.suppression import too_small
from cs_lib.period import MONTH, Period, periods_covering
from cs_lib.vocabulary import (
    COHORT_MEASURES,
    CUSTOMERS,
    IMMATURE,
    MICROS,
    OK,
    REVENUE_GROSS,
    REVENUE_NET,
    SUPPRESSED,
    UNDEFINED,
)

#: a millionth, as what a sum of millionths is multiplied by
ONE = 1 / MICROS


@dataclass(frozen=True)
class _Money:
    """Which sums of a fact a cohort measure of revenue is made of."""

    amount: str
    square: str
    product: str


_MONEY = {
    REVENUE_NET: _Money("amount", "amount_2", "amount_base"),
    REVENUE_GROSS: _Money("floor", "floor_2", "floor_base"),
}


def cohort_cells(prepared: Cohorts, context: Context, *, gross: bool) -> pd.DataFrame:
    """Every cohort × age cell of every segmentation, and the size-weighted means over cohorts (cohort NaT)."""
    measures = COHORT_MEASURES if gross else (CUSTOMERS, REVENUE_NET)
    edition, engine = context.edition, context.engine
    offered = list(filter(prepared.offers, context.segmentations))
    frames = []
    for columns, served in groupings(offered, (), context.sizes()):
        by_age, bases = (engine.collect(frame) for frame in prepared.at(columns))
        for by in served:
            both = _both(
                _added(by_age, ["cohort", "age", *by]), _added(bases, ["cohort", *by]), by, prepared
            )
            frames += [coded(_figures(both, measure, edition)) for measure in measures]
    keys = ["measure", "segment_by", "segment", "cohort", "age"]
    ordered = together(frames).sort_values(keys, kind="stable", na_position="first")
    return ordered.reset_index(drop=True)


def _added(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    sums = [each for each in frame.columns if each in (*SUMS, *BASE)]
    return frame.groupby(keys, as_index=False)[sums].sum()


def _both(by_age: pd.DataFrame, bases: pd.DataFrame, by: tuple, prepared: Cohorts) -> pd.DataFrame:
    """The cells of one segmentation, and over all cohorts."""
    grid = _grid(bases, prepared.calendar.first, prepared.calendar.as_of)
    cells = grid.merge(by_age, on=["cohort", "age", *by], how="left")
    cells[list(SUMS)] = cells[list(SUMS)].fillna(0).astype(float)
    cells = labelled(cells, by)
    return pd.concat([cells, _over_cohorts(cells)], ignore_index=True)


def _grid(bases: pd.DataFrame, first: date, as_of: date) -> pd.DataFrame:
    """Each cohort at every age up to the month that holds the last day before `as_of`.

    A cohort of before the data's history is immature throughout: who had left by then is not in it.
    """
    bases = bases.assign(cohort=pd.to_datetime(bases["cohort"]).astype("datetime64[us]"))
    if bases.empty:
        return bases.assign(age=pd.Series(dtype="int64"), immature=pd.Series(dtype=bool))
    months = periods_covering(
        bases["cohort"].min().date(), (pd.Timestamp(as_of) - pd.Timedelta(days=1)).date(), "month"
    )
    ends = pd.DataFrame(
        {
            "month": [pd.Timestamp(each.start) for each in months],
            "month_end": [pd.Timestamp(each.end) for each in months],
        }
    )
    grid = bases.merge(ends, how="cross")
    grid["age"] = (
        (grid["month"].dt.year - grid["cohort"].dt.year) * 12
        + grid["month"].dt.month
        - grid["cohort"].dt.month
    )
    before_history = grid["cohort"] < pd.Timestamp(first.replace(day=1))
    grid["immature"] = (grid["month_end"] > pd.Timestamp(as_of)) | before_history
    return grid[grid["age"] >= 0].drop(columns=["month", "month_end"])


def _over_cohorts(cells: pd.DataFrame) -> pd.DataFrame:
    """All cohorts observed at an age, added up: the mean weighted by cohort size, zeros included."""
    observed = cells[~cells["immature"]]
    summed = (
        observed.drop(columns=["cohort", "immature"])
        .groupby(["age", "segment_by", "segment"], as_index=False)
        .sum()
    )
    return summed.assign(cohort=pd.NaT, immature=False)


def _figures(cells: pd.DataFrame, measure: str, edition: Edition) -> pd.DataFrame:
    frame = cells[["cohort", "age", "segment_by", "segment"]].assign(measure=measure)
    size = cells["size"].to_numpy(dtype=float)
    if measure == CUSTOMERS:
        x, y = cells["active"].to_numpy(dtype=float), size
        low, high = intervals.wilson(x, y, edition.confidence)
    else:
        money = _MONEY[measure]
        x, y = cells[money.amount].to_numpy() * ONE, cells["base"].to_numpy(dtype=float) * ONE
        low, high = intervals.ratio_of_sums(
            x,
            y,
            cells[money.square],
            cells[money.product],
            cells["base_2"],
            size,
            edition.confidence,
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(y != 0, x / y, np.nan)
    frame = frame.assign(numerator=x, denominator=y, value=value, low=low, high=high)
    frame["status"] = np.where(np.isnan(value), UNDEFINED, OK)
    sizes = pd.Series(size, index=frame.index)
    small = too_small(frame, sizes, [frame["cohort"].astype(object), frame["age"]], edition.min_n)
    frame.loc[small, "status"] = SUPPRESSED
    frame.loc[cells["immature"].to_numpy(dtype=bool), "status"] = IMMATURE
    hidden = frame["status"].isin([IMMATURE, SUPPRESSED])
    frame.loc[hidden, ["numerator", "denominator", "value", "low", "high"]] = np.nan
    return frame[frame_columns.COHORTS]


def as_seen_at(cohorts: pd.DataFrame, instant: date, edition: Edition) -> pd.DataFrame:
    """The cells that were wholly observed at an earlier instant, and the mean over just those.

    The mean of customers carries its Wilson interval; that of revenue none, because its second
    moments are kept for the whole extract alone.
    """
    cells = cohorts[cohorts["cohort"].notna()]
    last = cells["cohort"].dt.to_period("M") + cells["age"]
    seen = cells[last.dt.end_time < pd.Timestamp(instant)]
    known = seen[~seen["status"].isin([IMMATURE, SUPPRESSED])]
    keys = ["measure", "age", "segment_by", "segment"]
    means = known.groupby(keys, as_index=False)[["numerator", "denominator"]].sum()
    means["value"] = means["numerator"] / means["denominator"].where(means["denominator"] != 0)
    low, high = intervals.wilson(means["numerator"], means["denominator"], edition.confidence)
    customers = means["measure"] == CUSTOMERS
    means["low"], means["high"] = (
        np.where(customers, low, np.nan),
        np.where(customers, high, np.nan),
    )
    means["status"] = np.where(means["value"].isna(), UNDEFINED, OK)
    means["cohort"] = pd.Series(pd.NaT, index=means.index, dtype=cohorts["cohort"].dtype)
    return pd.concat([means[frame_columns.COHORTS], seen], ignore_index=True)


def by_joining(cells: pd.DataFrame, grain: str) -> pd.DataFrame:
    """Cells of those who joined in a month, quarter or year: sums of its months' cells.

    `cells`: of one measure and segment, by month of joining. An age counts where every month of the period
    that anyone joined in has been observed: what is immature in one is immature in all.
    """
    dated = cells[cells["cohort"].notna()]
    if grain == MONTH or dated.empty:
        return dated
    starts = {day: Period.containing(day.date(), grain).start for day in dated["cohort"].unique()}
    status = dated["status"]
    dated = dated.assign(
        joined=pd.to_datetime(dated["cohort"].map(starts)),
        immature=status.eq(IMMATURE),
        hidden=status.eq(SUPPRESSED),
    )
    months = dated.groupby("joined")["cohort"].nunique()
    found = dated.groupby(["joined", "age"], as_index=False).agg(
        numerator=("numerator", "sum"),
        denominator=("denominator", "sum"),
        seen=("cohort", "nunique"),
        immature=("immature", "any"),
        hidden=("hidden", "any"),
    )
    immature = found["immature"] | (found["seen"] < found["joined"].map(months))
    status = np.select([immature, found["hidden"]], [IMMATURE, SUPPRESSED], OK)
    return _summed(found.rename(columns={"joined": "cohort"}), cells, status)


def mean_of(cells: pd.DataFrame, cohorts: pd.Series, confidence: float) -> pd.DataFrame:
    """What is left of several cohorts together, by age, of those observed at it: weighted by size.

    An age at which one of them is hidden is hidden. Customers carry their Wilson interval.
    """
    known = cells[cells["cohort"].notna() & cohorts & cells["status"].ne(IMMATURE)]
    known = known.assign(hidden=known["status"].eq(SUPPRESSED))
    found = known.groupby("age", as_index=False).agg(
        numerator=("numerator", "sum"), denominator=("denominator", "sum"), hidden=("hidden", "any")
    )
    status = np.where(found["hidden"], SUPPRESSED, OK)
    mean = _summed(found.assign(cohort=pd.NaT), cells, status)
    if len(mean) and mean["measure"].iloc[0] == CUSTOMERS:
        x, y = mean["numerator"], mean["denominator"]
        mean["low"], mean["high"] = intervals.wilson(x, y, confidence)
    return mean


def _summed(found: pd.DataFrame, cells: pd.DataFrame, status: np.ndarray) -> pd.DataFrame:
    whose = {name: cells[name].iloc[0] for name in ("measure", "segment_by", "segment")}
    size = found["denominator"].where(found["denominator"] != 0)
    found = found.assign(**whose, value=found["numerator"] / size, low=np.nan, high=np.nan)
    found["status"] = np.where((status == OK) & found["value"].isna(), UNDEFINED, status)
    hidden = found["status"].isin([IMMATURE, SUPPRESSED])
    found.loc[hidden, ["numerator", "denominator", "value"]] = np.nan
    return found[frame_columns.COHORTS]
