"""Sums of every segmentation in one frame, under the segments' names: what small frames are made from."""

from collections.abc import Callable, Collection, Sequence

import narwhals as nw
import pandas as pd

from cs_lib.data.facts.context import Context
from cs_lib.metrics.compute.aggregates import Columns, groupings, labelled
from cs_lib.period import MONTH, Period

Rows = Callable[[Columns], nw.LazyFrame]


def offered(context: Context, there: Collection[str]) -> list[Columns]:
    """The segmentations whose columns are all there."""
    return [by for by in context.segmentations if {*by} <= {*there}]


def cells_by(rows: Rows, context: Context, there: Collection[str]) -> pd.DataFrame:
    """What `rows` gives for each segmentation, one question to the engine for each."""
    frames = [labelled(context.engine.collect(rows(by)), by) for by in offered(context, there)]
    return dated(pd.concat(frames, ignore_index=True))


def added_cells(
    rows: Rows,
    context: Context,
    there: Collection[str],
    *,
    keys: Sequence[str],
    sums: Sequence[str],
    varying: Columns = (),
) -> pd.DataFrame:
    """The `sums` by `keys` and segment, as fractions can be; as few questions as add up to every segmentation."""
    frames = []
    for columns, served in groupings(offered(context, there), varying, context.sizes()):
        cells = context.engine.collect(rows(columns))
        cells[[*sums]] = cells[[*sums]].astype(float)
        for by in served:
            added = cells.groupby([*keys, *by], as_index=False)[[*sums]].sum()
            frames.append(labelled(added, by))
    return dated(pd.concat(frames, ignore_index=True))


def dated(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its days as moments of one kind, whatever the engine makes of them."""
    days = {"month", "window", "joined"} & {*frame.columns}
    return frame.assign(
        **{name: pd.to_datetime(frame[name]).astype("datetime64[us]") for name in days}
    )


def of_months_over(frame: pd.DataFrame, context: Context) -> pd.DataFrame:
    """The rows of the months that are over: one that is not is not told."""
    last = Period.containing(context.as_of, MONTH).start
    return frame[frame["month"] < pd.Timestamp(last)]
