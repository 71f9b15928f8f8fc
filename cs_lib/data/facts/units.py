"""Units: each customer, by each set of its own segment columns, under a number that is short to compare."""

from dataclasses import dataclass

import narwhals as nw

from cs_lib.data.facts.frames import Sources, flag


@dataclass(frozen=True)
class Units:
    """unit, customer_id, every segment column, and whether the customer `moves` between several units.

    `varying` are the columns in which any customer moves.
    """

    frame: nw.LazyFrame
    fixed: tuple[str, ...]
    varying: tuple[str, ...]

    @property
    def segments(self) -> tuple[str, ...]:
        return (*self.varying, *self.fixed)


def number(
    sources: Sources, changes: nw.LazyFrame, own: tuple[str, ...], table: str
) -> tuple[Units, nw.LazyFrame]:
    """The units of a table's changes, and the changes with `unit` for the customer and its columns."""
    key, engine = ("customer_id", *own), sources.engine
    numbered = engine.keep(changes.select(*key).unique(), number="unit")
    changes = changes.join(numbered, on=list(key), how="inner")
    varying = _varying(numbered, own, engine)
    frame = sources.with_customers(_with_moves(numbered, varying), table)
    fixed = tuple(column for column in own if column not in varying)
    units = Units(engine.keep(frame), (*fixed, *sources.inherited(table)), varying)
    return units, changes.drop(*key)


def _varying(numbered: nw.LazyFrame, own: tuple[str, ...], engine) -> tuple[str, ...]:
    if not own:
        return ()
    customers = numbered.group_by("customer_id").agg(
        *(nw.col(each).min().alias(f"least {each}") for each in own),
        *(nw.col(each).max().alias(f"most {each}") for each in own),
    )
    changed = {each: flag(nw.col(f"least {each}") != nw.col(f"most {each}")) for each in own}
    counted = engine.collect(customers.select(**changed).select(nw.col(*own).sum())).iloc[0]
    return tuple(each for each in own if counted[each] > 0)


def _with_moves(numbered: nw.LazyFrame, varying: tuple[str, ...]) -> nw.LazyFrame:
    if not varying:
        return numbered.with_columns(moves=nw.lit(0).cast(nw.Int64))
    each = numbered.group_by("customer_id").agg(units=nw.len())
    frame = numbered.join(each, on="customer_id", how="inner")
    return frame.with_columns(moves=flag(nw.col("units") > 1)).drop("units")
