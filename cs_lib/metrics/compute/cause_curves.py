"""The curves of how many have left for each reason by age, segment by segment."""

import narwhals as nw
import numpy as np
import pandas as pd

from cs_lib.data.facts.ages import MONTH_OF_AGE
from cs_lib.data.facts.context import Context
from cs_lib.data.facts.leaver_facts import first_ends
from cs_lib.metrics import frame_columns
from cs_lib.metrics.compute import survival
from cs_lib.metrics.compute.aggregates import Columns
from cs_lib.metrics.compute.competing_causes import incidence
from cs_lib.metrics.compute.durations import Counts
from cs_lib.metrics.compute.estimate import period_ends
from cs_lib.metrics.compute.segment_cells import cells_by
from cs_lib.period import ALL

LEFT_BY_REASON = "left_by_reason"


def cause_points(counts: Counts, context: Context, segments: Columns) -> pd.DataFrame:
    """The incidence of each reason at whole months up to the horizon, split by reason besides the segment.

    `counts`: of the lifetimes as they stood at the end of one month. Segments of fewer than `min_n` are left
    out, and ages at which so few are still followed, as they are of the survival curve; in every other the reasons add up to 1 − survival.
    """
    edition = context.edition
    if counts.cells.empty:
        return pd.DataFrame(columns=frame_columns.CURVES)
    before = period_ends(counts.cells).iloc[0].date()
    ends = context.engine.keep(first_ends(context, before))
    reached = nw.col("reached").sum()
    found = cells_by(
        lambda by: ends.group_by(*by, "end_reason", "lasted").agg(reached), context, segments
    )
    reasons = {key: rows for key, rows in found.groupby(["segment_by", "segment"])}
    points: list[tuple] = []
    cells = counts.cells[["segment_by", "segment"]].itertuples(index=False, name=None)
    for key, array in zip(cells, counts.arrays, strict=True):
        if key in reasons and array[:, 1].sum() >= edition.min_n:
            curve = survival.kaplan_meier(*array.T, confidence=edition.confidence)
            points += _points(curve, reasons[key], key, context)
    return pd.DataFrame(points, columns=frame_columns.CURVES)


def _points(
    curve: survival.SurvivalCurve, rows: pd.DataFrame, whose: tuple[str, str], context: Context
) -> list[tuple]:
    """The points of every reason; events are those since the month before."""
    edition = context.edition
    by, segment = (f"{each}," if each != ALL else "" for each in whose)
    split = edition.split_name("end_reason")
    least = 0 if whose[0] == ALL else edition.min_n
    steps = range(edition.definitions.lifetime_horizon + 1)
    last = curve.ages[-1] if len(curve.ages) else -1
    points = []
    for reason, own in rows.groupby("end_reason"):
        at = np.searchsorted(curve.ages, own["lasted"])
        known = at < len(curve.ages)
        events = np.bincount(at[known], own["reached"][known], minlength=len(curve.ages))
        found = incidence(curve, events, edition.confidence)
        name = f"{by}{split}", f"{segment}{split}={reason}"
        for t in steps:
            if t * MONTH_OF_AGE > last:
                break
            place, before = curve.at(t * MONTH_OF_AGE), curve.at((t - 1) * MONTH_OF_AGE)
            at_risk = float(curve.at_risk[np.searchsorted(curve.ages, t * MONTH_OF_AGE)])
            if at_risk < least:
                continue
            since = float(events[before + 1 : place + 1].sum())
            band = (found.value[place], found.low[place], found.high[place])
            ends = (0.0, 0.0, 0.0) if place < 0 else tuple(map(float, band))
            points.append((LEFT_BY_REASON, *name, t, at_risk, since, *ends))
    return points
