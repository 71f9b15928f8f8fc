"""What explains a score among the items asked beside it: a small frame by window, segment, instrument and item."""

from collections.abc import Iterator

import narwhals as nw
import numpy as np
import pandas as pd

from cs_lib.data.facts.comment_facts import INSTRUMENT, WINDOW
from cs_lib.data.facts.context import Context
from cs_lib.data.facts.item_facts import ONE, SCORE, has_items, item_sums
from cs_lib.data.facts.survey_facts import months_over
from cs_lib.metrics import frame_columns
from cs_lib.metrics.compute import intervals
from cs_lib.metrics.compute.segment_cells import cells_by
from cs_lib.metrics.models.importance import Moments, importance
from cs_lib.vocabulary import OK

#: windows of twelve months that end with the last so many are told
WINDOWS = 13
#: so many answers an item are needed, and so many customers' groups
ANSWERS_AN_ITEM, LEAST_GROUPS = 10, 10
FEW_ANSWERS, NOTHING_VARIES = "too few answers", "nothing varies"
_CELL = [*frame_columns.WINDOW, INSTRUMENT]


def drivers(context: Context) -> pd.DataFrame:
    """Each item's mean and the part of R² that goes with it, both with intervals over groups of customers.

    Empty without items. `status` says why a cell has no part: fewer than ten answers an item, or an item (or the
    score) that all answered alike.
    """
    empty = pd.DataFrame(columns=frame_columns.DRIVERS)
    if not has_items(context):
        return empty
    months = months_over(context)[-(WINDOWS + WINDOW - 1) :]
    found = item_sums(context, months)
    if found is None:
        return empty
    rows, segments = found
    keys = ("month", INSTRUMENT, "part", "item", "other")
    sums = cells_by(
        lambda by: rows.group_by(*keys, *by).agg(nw.col("product").sum()), context, segments
    )
    sums = sums.astype(
        dict.fromkeys(("segment_by", "segment", INSTRUMENT, "item", "other"), "category")
    )
    level = context.edition.confidence
    told = [
        row
        for window in [pd.Timestamp(each.start) for each in months[-WINDOWS:]]
        for row in _window(sums, window, level)
    ]
    return pd.DataFrame(told, columns=frame_columns.DRIVERS) if told else empty


def _window(sums: pd.DataFrame, window: pd.Timestamp, level: float) -> Iterator[dict]:
    begun = window - pd.DateOffset(months=WINDOW - 1)
    here = sums[sums["month"].between(begun, window)]
    for cell, own in here.groupby(_CELL[1:], sort=True, observed=True):
        named = dict(zip(_CELL, (window, *cell), strict=True))
        yield from ({**named, **row} for row in _items(own, level))


def _items(own: pd.DataFrame, level: float) -> list[dict]:
    """A row an item of one cell."""
    items = sorted({*own["item"].unique()} - {SCORE, ONE})
    moments = _moments(own, items)
    n, groups = moments.n.sum(), len(moments.n)
    means = moments.sums.sum(axis=0) / n
    low, high = _mean_ends(moments, level)
    rows = [
        {"item": item, "n": n, "mean": means[at], "mean_low": low[at], "mean_high": high[at]}
        for at, item in enumerate(items)
    ]
    status = _status(moments, n, groups, len(items))
    if status != OK:
        return [{**row, "status": status} for row in rows]
    found = importance(moments, level)
    return [
        {
            **row,
            "part": found.part[at],
            "low": found.low[at],
            "high": found.high[at],
            "r2": found.r2,
            "method": found.method,
            "status": OK,
        }
        for at, row in enumerate(rows)
    ]


def _status(moments: Moments, n: float, groups: int, items: int) -> str:
    if n < ANSWERS_AN_ITEM * items or groups < LEAST_GROUPS:
        return FEW_ANSWERS
    each_left_out = moments.left_out_correlations()
    return OK if np.isfinite(each_left_out).all() else NOTHING_VARIES


def _moments(own: pd.DataFrame, items: list[str]) -> Moments:
    """The sums of a cell by group of customers: of the items, then the score."""
    names = pd.Index([*items, SCORE, ONE])
    parts, part = np.unique(own["part"].to_numpy(), return_inverse=True)
    one, other = (
        names.get_indexer(own[each].cat.categories)[own[each].cat.codes]
        for each in ("item", "other")
    )
    full = np.zeros((len(parts), len(names), len(names)))
    np.add.at(full, (part, one, other), own["product"].to_numpy(dtype=float))
    apart = one != other
    np.add.at(
        full, (part[apart], other[apart], one[apart]), own["product"].to_numpy(dtype=float)[apart]
    )
    return Moments(full[:, -1, -1], full[:, -1, :-1], full[:, :-1, :-1])


def _mean_ends(moments: Moments, level: float) -> tuple[np.ndarray, np.ndarray]:
    """The interval of each mean, groups of customers being independent."""
    n, sums = moments.n, moments.sums[:, :-1]
    return intervals.ratio_of_sums(
        sums.sum(axis=0),
        np.full(sums.shape[1], n.sum()),
        (sums**2).sum(axis=0),
        (sums * n[:, None]).sum(axis=0),
        np.full(sums.shape[1], (n**2).sum()),
        np.full(sums.shape[1], float(len(n))),
        level,
    )
