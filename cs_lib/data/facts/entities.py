"""Customers, and their units: each customer by each set of its own segment columns. Both get a number,
which is short to compare."""

from dataclasses import dataclass

import narwhals as nw

from cs_lib.data.engines.distinct_rows import distinct, flag
from cs_lib.data.engines.engine import Engine
from cs_lib.data.facts.context import Context, whole


@dataclass(frozen=True)
class Units:
    """unit, member, customer_id, every segment column, and whether the customer `moves` between several
    units.

    `varying` are the columns in which any customer moves.
    """

    frame: nw.LazyFrame
    fixed: tuple[str, ...]
    varying: tuple[str, ...]

    @property
    def segments(self) -> tuple[str, ...]:
        return (*self.varying, *self.fixed)


def members(context: Context, rows: nw.LazyFrame, table: str) -> nw.LazyFrame:
    """`member`, the number of each customer that the rows of a table speak of, customer_id, and the
    segment columns that come from `customers`.

    They are numbered segment by segment: what is added up into one cell then lies close together.
    """
    known = context.with_customers(distinct(rows, "customer_id"), table)
    columns = context.inherited(table)
    return context.engine.keep(known.sort(*columns) if columns else known, number="member")


def number(
    context: Context,
    changes: nw.LazyFrame,
    known: nw.LazyFrame,
    own: tuple[str, ...],
    table: str,
    rows: nw.LazyFrame,
) -> tuple[Units, nw.LazyFrame]:
    """The units of a table's changes, and the changes with `unit` for the member and its own columns.

    `known` are the table's members; in the `rows` every unit occurs.
    """
    key, engine = ("member", *own), context.engine
    if own:
        numbered = engine.keep(distinct(rows, *key), number="unit")
        changes = changes.join(numbered, on=list(key), how="inner").drop(*key)
        numbered = numbered.join(known, on="member", how="inner")
    else:
        numbered = known.with_columns(unit=nw.col("member"))
        changes = changes.rename({"member": "unit"})
    varying = _varying(numbered, own, engine)
    frame = _with_moves(numbered, varying)
    fixed = tuple(column for column in own if column not in varying)
    return Units(engine.keep(frame), (*fixed, *context.inherited(table)), varying), changes


def _varying(numbered: nw.LazyFrame, own: tuple[str, ...], engine: Engine) -> tuple[str, ...]:
    if not own:
        return ()
    customers = numbered.group_by("member").agg(
        *(nw.col(each).min().alias(f"least {each}") for each in own),
        *(nw.col(each).max().alias(f"most {each}") for each in own),
    )
    changed = {each: flag(nw.col(f"least {each}") != nw.col(f"most {each}")) for each in own}
    counted = engine.collect(customers.select(**changed).select(nw.col(*own).sum())).iloc[0]
    return tuple(each for each in own if counted[each] > 0)


def _with_moves(numbered: nw.LazyFrame, varying: tuple[str, ...]) -> nw.LazyFrame:
    if not varying:
        return numbered.with_columns(moves=whole(0))
    each = numbered.group_by("member").agg(units=nw.len())
    frame = numbered.join(each, on="member", how="inner")
    return frame.with_columns(moves=flag(nw.col("units") > 1)).drop("units")
