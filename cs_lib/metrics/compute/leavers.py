"""Who left, and of how many: small frames by month, segment and month of joining."""

from collections.abc import Mapping

import pandas as pd

from cs_lib.data.facts import leaver_facts
from cs_lib.data.facts.context import Context, Prepared
from cs_lib.metrics import frame_columns
from cs_lib.metrics.compute.aggregates import Columns
from cs_lib.metrics.compute.segment_cells import Rows, added_cells, of_months_over
from cs_lib.vocabulary import MICROS

_AMOUNTS = ("amount", "opening", "closing")


def leavers(prepared: Mapping[str, Prepared], context: Context) -> pd.DataFrame:
    """Customers lost in each month and the MRR that they had paid, by reason and month of joining."""
    losses = prepared.get("losses")
    if losses is None:
        return pd.DataFrame(columns=frame_columns.LEAVERS)
    found = _cells(
        lambda by: leaver_facts.left_by_reason(losses, context, by),
        losses,
        context,
        ("end_reason", "joined"),
        leaver_facts.LEFT,
    )
    return found.rename(columns={"amount": "money"})[frame_columns.LEAVERS]


def joiners(prepared: Mapping[str, Prepared], context: Context) -> pd.DataFrame:
    """Customers and MRR of each month by the month of joining: at its opening, lost in it, at its end."""
    moves = prepared.get("movements")
    if moves is None or "losses" not in prepared:
        return pd.DataFrame(columns=frame_columns.JOINERS)
    found = _cells(
        lambda by: leaver_facts.by_joining(moves, context, by),
        moves,
        context,
        ("joined",),
        leaver_facts.STAYED,
    )
    return found[frame_columns.JOINERS]


def _cells(
    rows: Rows, fact: Prepared, context: Context, keys: Columns, sums: tuple[str, ...]
) -> pd.DataFrame:
    """The sums by month, keys and segment, of every complete month and segmentation."""
    whole = added_cells(
        rows, context, fact.segments, keys=("month", *keys), sums=sums, varying=fact.varying
    )
    money = [each for each in sums if each in _AMOUNTS]
    whole[money] = whole[money] / MICROS
    whole = of_months_over(whole, context)
    kept = whole[whole[list(sums)].ne(0).any(axis=1)]
    return kept.sort_values([*frame_columns.JOINED, *keys], kind="stable").reset_index(drop=True)
