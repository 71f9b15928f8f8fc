"""Stretches: rows that hold for several periods on end, kept once.

A stretch holds from a place (a period, an age) up to, and not with, `until`. What a customer stands at
seldom changes, so there are far fewer stretches than periods, and what is summed over them is the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from cs_lib.data.engines.engine import Engine
from cs_lib.data.facts.calendar import Calendar


@dataclass(frozen=True)
class StretchSteps:
    """The steps of a stretch from its place on, in two turns: every length as blocks whose sizes are
    powers of two, and every such size as its steps. So there are hardly more of them than lengths.

    `blocks`: length, skip, size. `within`: size, step.
    """

    blocks: nw.LazyFrame
    within: nw.LazyFrame


def lengths(calendar: Calendar, engine: Engine) -> StretchSteps:
    """The steps of every length that a stretch of periods can have."""
    return steps_up_to(calendar.longest_stretch, engine)


def steps_up_to(longest: int, engine: Engine) -> StretchSteps:
    """The steps of every length up to the longest."""
    blocks = [
        (length, length >> (power + 1) << (power + 1), 1 << power)
        for length in range(1, longest + 1)
        for power in range(length.bit_length())
        if length >> power & 1
    ]
    sizes = (1 << power for power in range(longest.bit_length()))
    within = [(size, step) for size in sizes for step in range(size)]
    return StretchSteps(
        engine.lift(pd.DataFrame(blocks, columns=["length", "skip", "size"], dtype="int64")),
        engine.lift(pd.DataFrame(within, columns=["size", "step"], dtype="int64")),
    )


def spread(rows: nw.LazyFrame, place: str, steps: StretchSteps) -> nw.LazyFrame:
    """A row for each place in which a stretch holds."""
    columns = rows.collect_schema().names()
    rows = rows.with_columns(length=(nw.col("until") - nw.col(place)).cast(nw.Int64))
    rows = rows.join(steps.blocks, on="length", how="inner")
    rows = rows.join(steps.within, on="size", how="inner")
    here = nw.col(place) + nw.col("skip") + nw.col("step")
    moved = {place: here, "until": here + 1}
    return rows.select(**{each: moved.get(each, nw.col(each)) for each in columns})


def add_up(
    rows: nw.LazyFrame, place: str, keys: Iterable[str], columns: Iterable[str], steps: StretchSteps
) -> nw.LazyFrame:
    """The columns summed by the keys in each place; equal stretches are added up before they are spread."""
    sums = [nw.col(each).sum() for each in columns]
    together = rows.group_by(place, "until", *keys).agg(*sums)
    return spread(together, place, steps).group_by(place, *keys).agg(*sums)
