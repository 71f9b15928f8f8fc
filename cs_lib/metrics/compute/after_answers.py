"""What became of customers in the six months after an answer: a small frame by month, segment and answer."""

import narwhals as nw
import pandas as pd

from cs_lib.data.facts.context import Context
from cs_lib.data.facts.staying_facts import SQUARES, SUMS, prepare_staying
from cs_lib.metrics import frame_columns
from cs_lib.metrics.compute.aggregates import groupings, labelled
from cs_lib.vocabulary import MICROS

_MONEY = ["opening", "kept", "retained", "gained"]


def staying(facts: tuple[str, ...], context: Context) -> pd.DataFrame:
    """month (at whose end the six months are over) × segment × answer: customers, how many left, and their MRR at the
    beginning, what was kept of it and what they pay now, in the edition's currency. Empty without NPS answers that
    name a customer."""
    known = "customer_id" in context.columns("survey_responses")
    if not ({"nps", "movements"} <= {*facts} and known):
        return pd.DataFrame(columns=frame_columns.STAYING)
    rows, frames = prepare_staying(context), []
    there = {*rows.collect_schema().names()}
    offered = [by for by in context.segmentations if set(by) <= there]
    sums = [*SUMS, *SQUARES]
    for columns, served in groupings(offered, (), context.sizes()):
        cells = context.engine.collect(
            rows.group_by("month", "answer", *columns).agg(nw.col(*sums).sum())
        )
        cells[sums] = cells[sums].astype(float)
        for by in served:
            own = ["month", "answer", *by]
            frames.append(labelled(cells.groupby(own, as_index=False)[sums].sum(), by))
    found = pd.concat(frames, ignore_index=True)
    found[_MONEY] = found[_MONEY] / MICROS
    found["month"] = pd.to_datetime(found["month"]).astype("datetime64[us]")
    order = ["month", "segment_by", "segment", "answer"]
    return found.sort_values(order, ignore_index=True)[frame_columns.STAYING]
