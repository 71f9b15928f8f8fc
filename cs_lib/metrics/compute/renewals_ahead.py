"""Terms that end in the four quarters after the data, and how much of them may be renewed."""

from datetime import timedelta

import narwhals as nw
import pandas as pd

from cs_lib.data.engines.distinct_rows import distinct
from cs_lib.data.facts.context import Context, whole
from cs_lib.data.facts.renewal_facts import due_ahead, prepare_renewals
from cs_lib.metrics.compute.aggregates import labelled
from cs_lib.metrics.compute.suppression import too_small
from cs_lib.period import MONTH
from cs_lib.vocabulary import MICROS

RATE_MONTHS = 12
FACT, DUE, KEPT = "renewals", "renewals_due", "renewals_kept"


def renewals_ahead(context: Context, figures: pd.DataFrame, facts: tuple[str, ...]) -> list[dict]:
    """quarter (0 is the one that begins at as_of; its `first` and `last` day), segment_by, segment → MRR `due` and
    its `terms`, and what is `expected` of it at the segment's own renewal `rate` of the last twelve months; None
    where these are not twelve yet, or fewer than `min_n` of its customers had a term that ended in them. What is
    due of few terms, and of those that would tell of few, is `hidden`.
    """
    if FACT not in facts:
        return []
    cells, rates = due_ahead(context), _rates(figures, context)
    frames = [
        labelled(cells.groupby(["quarter", *by], as_index=False)[["due", "terms"]].sum(), by)
        for by in context.segmentations
        if set(by) <= {*cells.columns}
    ]
    rows = pd.concat(frames, ignore_index=True)
    hidden = too_small(rows, rows["terms"], [rows["quarter"]], context.edition.min_n)
    return [
        _row(row, rates.get(row["segment"]), context)
        for row in rows.assign(hidden=hidden).to_dict("records")
    ]


def _row(row: dict, rate: float | None, context: Context) -> dict:
    due, quarter = row["due"] / MICROS, int(row["quarter"])
    first, end = (
        (pd.Timestamp(context.as_of) + pd.DateOffset(months=3 * each)).date()
        for each in (quarter, quarter + 1)
    )
    figures = {
        "due": due,
        "terms": int(row["terms"]),
        "expected": None if rate is None else due * rate,
    }
    return {
        "quarter": quarter,
        "first": str(first),
        "last": str(end - timedelta(days=1)),
        "segment_by": row["segment_by"],
        "segment": row["segment"],
        "rate": rate,
        "hidden": bool(row["hidden"]),
        **(dict.fromkeys(figures) if row["hidden"] else figures),
    }


def _rates(figures: pd.DataFrame, context: Context) -> dict[str, float]:
    """segment → the gross renewal rate of the last twelve months whose grace days are over."""
    over = pd.Timestamp(context.as_of) - pd.Timedelta(
        days=context.edition.definitions.renewal_grace
    )
    rows = figures[figures["metric"].isin([DUE, KEPT]) & (figures["grain"] == MONTH)]
    rows = rows[rows["period_end"] <= over]
    starts = sorted(rows["period_start"].unique())[-RATE_MONTHS:]
    if len(starts) < RATE_MONTHS:
        return {}
    rows = rows[rows["period_start"].isin(starts)]
    sums = rows.pivot_table(index="segment", columns="metric", values="value", aggfunc="sum")
    if not {DUE, KEPT} <= {*sums.columns}:
        return {}
    many = sums.index.map(_customers_due(context, starts)).fillna(0)
    sums = sums[(sums[DUE] > 0) & (many >= context.edition.min_n)]
    return (sums[KEPT] / sums[DUE]).to_dict()


def _customers_due(context: Context, starts: list[pd.Timestamp]) -> dict[str, int]:
    """segment → how many customers had a term that ended in the months that begin then."""
    due, engine = prepare_renewals(context), context.engine
    months = due.calendar.months()
    asked = engine.lift(months.loc[months["month"].isin(starts), ["period"]])
    found: dict[str, int] = {}
    for by in filter(due.offers, context.segmentations):
        rows = due.at(by).filter(nw.col("due") > 0).join(asked, on="period", how="inner")
        rows = distinct(rows, "customer_id", *by).with_columns(customers=whole(1), one=whole(1))
        counted = engine.collect(rows.group_by("one", *by).agg(nw.col("customers").sum()))
        found |= labelled(counted, by).set_index("segment")["customers"].to_dict()
    return found
