"""Terms that end in the four quarters after the data, and how much of them may be renewed."""

from datetime import timedelta

import narwhals as nw
import numpy as np
import pandas as pd

from cs_lib.data.facts.context import Context, add_up, whole
from cs_lib.data.facts.renewal_facts import due_ahead, prepare_renewals
from cs_lib.data.facts.subscription_facts import segments
from cs_lib.metrics.compute.aggregates import labelled
from cs_lib.metrics.compute.suppression import too_small
from cs_lib.period import MONTH, segment_name
from cs_lib.vocabulary import MICROS

RATE_MONTHS = 12
#: a plan is expected to renew at its own rate from so many of its customers on; below, at its segment's
LEAST_OF_PLAN = 20
FACT, DUE = "renewals", "renewals_due"


def renewals_ahead(context: Context, figures: pd.DataFrame, facts: tuple[str, ...]) -> list[dict]:
    """quarter (0 is the one that begins at as_of; its `first` and `last` day), segment_by, segment → MRR `due` and
    its `terms`, and what is `expected` of it: each plan (the edition's first segment) at its own renewal rate in the
    segment over the last twelve months, a plan of few customers at that of the whole segment; `plan` names it. `rate` is the share that
    is expected; both are None where these months are not twelve yet, or fewer than `min_n` of the segment's customers
    had a term that ended in them. What is due of few terms, and of those that would tell of few, is `hidden`.
    """
    if FACT not in facts:
        return []
    plan, cells = segments(context)[:1], due_ahead(context)
    months = _months_over(figures, context)
    frames = [
        _due(cells, by, _own_columns(by, plan), months, context)
        for by in context.segmentations
        if set(by) <= {*cells.columns}
    ]
    rows = pd.concat(frames, ignore_index=True)
    hidden = too_small(rows, rows["terms"], [rows["quarter"]], context.edition.min_n)
    name = segment_name(plan[0]) if plan else ""
    return [
        _row(row, context) | {"plan": name} for row in rows.assign(hidden=hidden).to_dict("records")
    ]


def _own_columns(by: tuple[str, ...], plan: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*by, *plan)))


def _due(
    cells: pd.DataFrame,
    by: tuple[str, ...],
    own: tuple[str, ...],
    months: list[pd.Timestamp],
    context: Context,
) -> pd.DataFrame:
    """quarter, segment_by, segment → what is due, how many terms, and what is expected of it; NaN where nobody knows."""
    due = cells.groupby(["quarter", *own], as_index=False)[["due", "terms"]].sum()
    of_plan = _rate(due, own, months, LEAST_OF_PLAN, context)
    of_all = _rate(due, by, months, context.edition.min_n, context)
    due["expected"] = due["due"] * of_plan.fillna(of_all).where(of_all.notna())
    columns = ["due", "terms", "expected"]
    summed = due.groupby(["quarter", *by], as_index=False)[columns].sum(min_count=1)
    return labelled(summed, by)


def _rate(
    rows: pd.DataFrame,
    by: tuple[str, ...],
    months: list[pd.Timestamp],
    least: int,
    context: Context,
) -> pd.Series:
    """For each row, which part of the MRR due in the `months` was kept by those who share its columns `by`; NaN where
    fewer than `least` customers had a term that ended then."""
    prepared, engine = prepare_renewals(context), context.engine
    if not months or not prepared.offers(by):
        return pd.Series(np.nan, index=rows.index)
    calendar = prepared.calendar.months()
    asked = engine.lift(calendar.loc[calendar["month"].isin(months), ["period"]])
    due = prepared.at(by).filter(nw.col("due") > 0).join(asked, on="period", how="inner")
    due = due.with_columns(one=whole(1))
    each = add_up(due, ("customer_id", "one", *by), ("due", "kept"))
    each = each.with_columns(customers=whole(1))
    found = engine.collect(add_up(each, ("one", *by), ("due", "kept", "customers")))
    found = found[found["customers"] >= least]
    found = found.assign(rate=found["kept"] / found["due"])[["one", *by, "rate"]]
    return rows[[*by]].assign(one=1).merge(found, on=["one", *by], how="left")["rate"]


def _months_over(figures: pd.DataFrame, context: Context) -> list[pd.Timestamp]:
    """The last twelve months whose grace days are over; none where there are not so many yet."""
    grace = pd.Timedelta(days=context.edition.definitions.renewal_grace)
    rows = figures[figures["metric"].eq(DUE) & figures["grain"].eq(MONTH)]
    rows = rows[rows["period_end"] <= pd.Timestamp(context.as_of) - grace]
    starts = sorted(rows["period_start"].unique())[-RATE_MONTHS:]
    return starts if len(starts) == RATE_MONTHS else []


def _row(row: dict, context: Context) -> dict:
    due, quarter = row["due"] / MICROS, int(row["quarter"])
    first, end = (
        (pd.Timestamp(context.as_of) + pd.DateOffset(months=3 * each)).date()
        for each in (quarter, quarter + 1)
    )
    expected = None if pd.isna(row["expected"]) else row["expected"] / MICROS
    figures = {"due": due, "terms": int(row["terms"]), "expected": expected}
    return {
        "quarter": quarter,
        "first": str(first),
        "last": str(end - timedelta(days=1)),
        "segment_by": row["segment_by"],
        "segment": row["segment"],
        "rate": None if expected is None else expected / due,
        "hidden": bool(row["hidden"]),
        **(dict.fromkeys(figures) if row["hidden"] else figures),
    }
