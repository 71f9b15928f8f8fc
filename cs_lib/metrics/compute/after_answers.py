"""What became of customers in the six months after an answer: a small frame by month, segment and answer."""

import narwhals as nw
import pandas as pd

from cs_lib.data.facts.context import Context
from cs_lib.data.facts.staying_facts import SQUARES, SUMS, prepare_staying
from cs_lib.metrics import frame_columns
from cs_lib.metrics.compute.segment_cells import added_cells
from cs_lib.vocabulary import MICROS

_MONEY = ["opening", "kept", "retained", "gained"]


def staying(facts: tuple[str, ...], context: Context) -> pd.DataFrame:
    """month (at whose end the six months are over) × segment × answer: customers, how many left, and their MRR at the
    beginning, what was kept of it and what they pay now, in the edition's currency. Empty without NPS answers that
    name a customer."""
    known = "customer_id" in context.columns("survey_responses")
    if not ({"nps", "movements"} <= {*facts} and known):
        return pd.DataFrame(columns=frame_columns.STAYING)
    rows, sums = prepare_staying(context), [*SUMS, *SQUARES]
    found = added_cells(
        lambda by: rows.group_by("month", "answer", *by).agg(nw.col(*sums).sum()),
        context,
        rows.collect_schema().names(),
        keys=("month", "answer"),
        sums=sums,
    )
    found[_MONEY] = found[_MONEY] / MICROS
    order = ["month", "segment_by", "segment", "answer"]
    return found.sort_values(order, ignore_index=True)[frame_columns.STAYING]
