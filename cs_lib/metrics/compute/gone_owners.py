"""Owners who have no customers any more: what is left of theirs are those who left, and a rate of these says nothing.

In every month a customer counts with the owner of today, or with the last one before they left. Whoever handed over all who
stayed keeps those alone who left.
"""

import pandas as pd

from cs_lib.metrics.catalogue import metric
from cs_lib.metrics.catalogue.rules import Amount
from cs_lib.period import MONTH, segment_pairs
from cs_lib.vocabulary import OK, OWNER, UNDEFINED

HELD = "paying_customers"


def gone_owners(figures: pd.DataFrame) -> frozenset[str]:
    """Owners of customers once, with none at the end of the data; none where that is not counted."""
    rows = figures[
        (figures["metric"] == HELD) & (figures["grain"] == MONTH) & (figures["segment_by"] == OWNER)
    ]
    held = rows.sort_values("period_start", kind="stable").groupby("segment")["numerator"].last()
    return frozenset(dict(segment_pairs(OWNER, each))[OWNER] for each in held.index[held.eq(0)])


def without_rates(figures: pd.DataFrame, gone: frozenset[str]) -> pd.DataFrame:
    """The figures, with no rate, score or mean of the customers of an owner who has none any more; totals stay."""
    if not gone:
        return figures
    rules = figures[["metric", "variant"]].drop_duplicates()
    totals = rules[[_is_total(*each) for each in rules.itertuples(index=False)]]
    keys = pd.MultiIndex.from_frame(figures[["metric", "variant"]])
    silent = _theirs(figures, gone) & figures["status"].eq(OK)
    silent &= ~keys.isin(pd.MultiIndex.from_frame(totals))
    hidden = {name: figures[name].mask(silent) for name in ("value", "low", "high")}
    return figures.assign(status=figures["status"].mask(silent, UNDEFINED), **hidden)


def without_segments(rows: pd.DataFrame, gone: frozenset[str]) -> pd.DataFrame:
    """The rows of cohorts or curves without those of such owners."""
    return rows[~_theirs(rows, gone)].reset_index(drop=True) if gone else rows


def _theirs(rows: pd.DataFrame, gone: frozenset[str]) -> pd.Series:
    """Which rows are of the customers of such owners."""
    segments = rows[["segment_by", "segment"]].drop_duplicates()
    theirs = segments[
        [dict(segment_pairs(*each)).get(OWNER) in gone for each in segments.itertuples(index=False)]
    ]
    return rows["segment"].isin(theirs["segment"])


def _is_total(name: str, variant: str) -> bool:
    return isinstance(metric(name).rule(variant), Amount)
