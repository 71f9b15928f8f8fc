"""Who left, and of how many: small frames by month, segment and month of joining."""

from collections.abc import Callable, Mapping

import narwhals as nw
import pandas as pd

from cs_lib.data.facts import leaver_facts
from cs_lib.data.facts.context import Context, Prepared
from cs_lib.metrics import frame_columns
from cs_lib.metrics.compute.aggregates import Columns, groupings, labelled
from cs_lib.period import MONTH, Period
from cs_lib.vocabulary import MICROS

_AMOUNTS = ("amount", "opening", "closing")


def leavers(prepared: Mapping[str, Prepared], context: Context) -> pd.DataFrame:
    """Customers lost in each month and the MRR that they had paid, by reason and month of joining."""
    losses = prepared.get("losses")
    if losses is None:
        return pd.DataFrame(columns=frame_columns.LEAVERS)

    def rows(by: Columns) -> nw.LazyFrame:
        return leaver_facts.left_by_reason(losses, context, by)

    found = _cells(rows, losses, context, ("end_reason", "joined"), leaver_facts.LEFT)
    return found.rename(columns={"amount": "money"})[frame_columns.LEAVERS]


def joiners(prepared: Mapping[str, Prepared], context: Context) -> pd.DataFrame:
    """Customers and MRR of each month by the month of joining: at its opening, lost in it, at its end."""
    moves = prepared.get("movements")
    if moves is None or "losses" not in prepared:
        return pd.DataFrame(columns=frame_columns.JOINERS)

    def rows(by: Columns) -> nw.LazyFrame:
        return leaver_facts.by_joining(moves, context, by)

    return _cells(rows, moves, context, ("joined",), leaver_facts.STAYED)[frame_columns.JOINERS]


def _cells(
    rows: Callable[[Columns], nw.LazyFrame],
    fact: Prepared,
    context: Context,
    keys: Columns,
    sums: tuple[str, ...],
) -> pd.DataFrame:
    """The sums by month, keys and segment, of every complete month and segmentation."""
    offered, frames = list(filter(fact.offers, context.segmentations)), []
    for columns, served in groupings(offered, fact.varying, context.sizes()):
        cells = context.engine.collect(rows(columns))
        cells[list(sums)] = cells[list(sums)].astype(float)
        for by in served:
            own = ["month", *keys, *by]
            frames.append(labelled(cells.groupby(own, as_index=False)[list(sums)].sum(), by))
    whole = pd.concat(frames, ignore_index=True)
    for name in ("month", "joined"):
        whole[name] = pd.to_datetime(whole[name]).astype("datetime64[us]")
    money = [each for each in sums if each in _AMOUNTS]
    whole[money] = whole[money] / MICROS
    last = Period.containing(context.as_of, MONTH).start  # a month that is not over is not told
    whole = whole[whole["month"] < pd.Timestamp(last)]
    kept = whole[whole[list(sums)].ne(0).any(axis=1)]
    return kept.sort_values([*frame_columns.JOINED, *keys], kind="stable").reset_index(drop=True)
