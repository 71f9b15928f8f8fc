"""Stretches: rows that hold for several periods on end, kept once.

A stretch holds from a place (a period, an age) up to, and not with, `until`. What a customer stands at
seldom changes, so there are far fewer stretches than periods, and what is summed over them is the same.
"""

import narwhals as nw

from cs_lib.data.facts.calendar import Calendar


def lengths(calendar: Calendar, engine) -> nw.LazyFrame:
    """length, step: for every length that a stretch can have, the steps from its place on."""
    return engine.lift(calendar.lengths_of_stretches())


def spread(rows: nw.LazyFrame, place: str, steps: nw.LazyFrame) -> nw.LazyFrame:
    """A row for each place in which a stretch holds."""
    rows = rows.with_columns(length=(nw.col("until") - nw.col(place)).cast(nw.Int64))
    rows = rows.join(steps, on="length", how="inner")
    rows = rows.with_columns((nw.col(place) + nw.col("step")).alias(place))
    return rows.with_columns(until=nw.col(place) + 1).drop("length", "step")


def add_up(rows: nw.LazyFrame, place: str, keys, columns, steps: nw.LazyFrame) -> nw.LazyFrame:
    """The columns summed by the keys in each place; equal stretches are added up before they are spread."""
    sums = [nw.col(each).sum() for each in columns]
    together = rows.group_by(place, "until", *keys).agg(*sums)
    return spread(together, place, steps).group_by(place, *keys).agg(*sums)
