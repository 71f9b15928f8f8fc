"""What a plan needs to know of an edition's measures before any is worked out."""

import pandas as pd

from cs_lib.data.engines.distinct_rows import distinct
from cs_lib.data.facts import COHORTS, FACTS
from cs_lib.data.facts.context import Context, Prepared
from cs_lib.metrics import frame_columns
from cs_lib.metrics.compute.aggregates import labelled
from cs_lib.metrics.measures import Measures


def outline(context: Context, inputs: list[dict]) -> Measures:
    """Every fact built, and every segment that measures will know, in each period; no figure."""
    available = {name: each for name, each in FACTS.items() if each.available(context)}
    facts = {name: each.prepare(context) for name, each in available.items()}
    table = next((table for table in COHORTS if table in context.tables), None)
    if table:
        COHORTS[table](context)
    empty = pd.DataFrame(columns=frame_columns.MEASURES)
    known = [
        frame
        for name, fact in facts.items()
        if available[name].within not in facts
        for frame in segments_of(fact, context)
    ]
    return Measures(
        measures=pd.concat(known, ignore_index=True).drop_duplicates() if known else empty,
        cohorts=empty,
        curves=empty,
        left_out={},
        as_of=context.as_of,
        facts=tuple(facts),
        data={"inputs": inputs},
    )


def segments_of(fact: Prepared, context: Context) -> list[pd.DataFrame]:
    """grain, period_start, segment_by and segment of a fact's groups; `value` only says that they are."""
    split = [by for by in context.segmentations if by and fact.offers(by)]
    columns = tuple(dict.fromkeys(column for by in split for column in by))
    if not columns:
        return []
    whole = context.engine.collect(distinct(fact.at(columns), *columns))
    cells = fact.calendar.cells[["grain", "period_start"]]
    groups = [labelled(whole[[*by]].drop_duplicates(), by) for by in split]
    return [cells.merge(each, how="cross").assign(value=1.0) for each in groups]
