"""Terms that end in the four quarters after the data, and how much of them may be renewed."""

import pandas as pd

from cs_lib.data.facts.context import Context
from cs_lib.data.facts.renewal_facts import due_ahead
from cs_lib.metrics.compute.aggregates import labelled
from cs_lib.period import ALL, MONTH
from cs_lib.vocabulary import MICROS

RATE_MONTHS = 12
FACT, DUE, KEPT = "renewals", "renewals_due", "renewals_kept"


def renewals_ahead(context: Context, figures: pd.DataFrame, facts: tuple[str, ...]) -> list[dict]:
    """quarter (0 is the one that begins at as_of), segment_by, segment → MRR `due` and its `terms`, and what is
    `expected` of it at the renewal rate of the last twelve months, the segment's own where any of its terms ended.
    """
    if FACT not in facts:
        return []
    cells, rates = due_ahead(context), _rates(figures, context)
    found = []
    for by in context.segmentations:
        if not set(by) <= {*cells.columns}:
            continue
        summed = cells.groupby(["quarter", *by], as_index=False)[["due", "terms"]].sum()
        for row in labelled(summed, by).to_dict("records"):
            due, rate = row["due"] / MICROS, rates.get(row["segment"], rates.get(ALL))
            found.append(
                {
                    "quarter": int(row["quarter"]),
                    "segment_by": row["segment_by"],
                    "segment": row["segment"],
                    "due": due,
                    "terms": int(row["terms"]),
                    "rate": rate,
                    "expected": None if rate is None else due * rate,
                }
            )
    return found


def _rates(figures: pd.DataFrame, context: Context) -> dict[str, float]:
    """segment → the gross renewal rate of the last twelve months whose grace days are over."""
    over = pd.Timestamp(context.as_of) - pd.Timedelta(
        days=context.edition.definitions.renewal_grace
    )
    rows = figures[figures["metric"].isin([DUE, KEPT]) & (figures["grain"] == MONTH)]
    rows = rows[rows["period_end"] <= over]
    starts = sorted(rows["period_start"].unique())[-RATE_MONTHS:]
    rows = rows[rows["period_start"].isin(starts)]
    sums = rows.pivot_table(index="segment", columns="metric", values="value", aggfunc="sum")
    if not {DUE, KEPT} <= {*sums.columns}:
        return {}
    sums = sums[sums[DUE] > 0]
    return (sums[KEPT] / sums[DUE]).to_dict()
