"""From changes to opening, closing and movements of each period.

A *state* is what a customer stood at just before an instant: money for subscriptions, 1 for an
active customer of a business with orders. The same steps serve both.
"""

from collections.abc import Callable
from datetime import datetime, time

import narwhals as nw
import pandas as pd

from cs_lib.data.engines.distinct_rows import distinct, flag
from cs_lib.data.engines.engine import Engine
from cs_lib.data.facts import spans
from cs_lib.data.facts.calendar import Calendar
from cs_lib.data.facts.context import (
    UNIT,
    Prepared,
    add_up,
    once_a_split,
    one_under_another,
    only,
    whole,
)
from cs_lib.data.facts.entities import Units
from cs_lib.period import PERIODS_A_YEAR

EVENTS = ("started", "ended")
STATES = ("opening", "closing", "year_ago")
#: customer and period by their numbers, which are shorter to compare than a customer's id
PLACE = ("member", "period")


def placed(changes: nw.LazyFrame, calendar: Calendar, grain: str, engine: Engine) -> nw.LazyFrame:
    """The changes with the period of one grain in which each came.

    What changed earlier than a year before the first period counts into the first of that year.
    """
    start = nw.lit(datetime.combine(calendar.running(grain)[0][1].start, time()))
    bucket = nw.when(nw.col("bucket") < start).then(start).otherwise(nw.col("bucket"))
    rows = changes.with_columns(bucket=bucket)
    return rows.join(engine.lift(calendar.steps(grain)), on="bucket", how="inner").drop("bucket")


def changes_of(
    changes: nw.LazyFrame,
    calendar: Calendar,
    grain: str,
    engine: Engine,
    *,
    sums: tuple[str, ...],
    latest: tuple[str, ...] = (),
) -> nw.LazyFrame:
    """unit × period of one grain, where anything changed. Columns `latest` are the greatest, not the sum."""
    by_unit = placed(changes, calendar, grain, engine).group_by("unit", "period")
    summed = by_unit.agg(
        *(nw.col(each).sum() for each in sums), *(nw.col(each).max() for each in latest)
    )
    return summed.with_columns(nw.col(*sums, *latest).cast(nw.Int64))


def states(changes: nw.LazyFrame, calendar: Calendar, grain: str, engine: Engine) -> nw.LazyFrame:
    """Stretches of units in one grain: what a unit stood at at the opening, at the closing and a year
    before that, and the EVENTS in between.

    Takes unit × bucket changes. A change begins a stretch, and so does the period a year after it. Where
    both begin at once, the change, by `turn` the last, stands for both: its running totals hold the other.
    A year before a year's closing is its opening.
    """
    changed = changes_of(changes, calendar, grain, engine, sums=("change", *EVENTS))
    changed, own, year = engine.keep(changed), calendar.numbers(grain), PERIODS_A_YEAR[grain]
    begins = [changed.with_columns(turn=nw.lit(1))]
    if year > 1:
        later = nw.col("period") + year
        begins += [changed.select("unit", period=later, year_ago="change", turn=nw.lit(0))]
    order, sums = ("period", "turn"), ("change", "year_ago", *EVENTS)
    rows = one_under_another(begins, ("unit", *order), sums).filter(nw.col("period") < own.stop)
    rows = rows.with_columns(
        until=following(order).fill_null(own.stop),
        closing=so_far("change", order),
        year_ago=so_far("year_ago", order),
    )
    rows = _own_period_apart(rows, engine)
    rows = rows.with_columns(
        period=nw.max_horizontal(nw.col("period"), nw.lit(own.start)).cast(nw.Int64),
        opening=nw.col("closing") - nw.col("change"),
    )
    if year == 1:
        rows = rows.with_columns(year_ago=nw.col("opening"))
    rows = rows.filter((nw.col("until") > nw.col("period")) & _any(*STATES, *EVENTS))
    return rows.select("unit", "period", "until", *STATES, *EVENTS)


def _own_period_apart(rows: nw.LazyFrame, engine: Engine) -> nw.LazyFrame:
    """The period of each change as a stretch of its own, and then the periods in which it only lasts."""
    rows = rows.join(engine.lift(pd.DataFrame({"lasts": [0, 1]})), how="cross")
    rows = rows.filter((nw.col("turn") == 1) | (nw.col("lasts") == 1))
    comes = nw.col("lasts") == 0
    return rows.with_columns(
        period=nw.col("period") + nw.col("turn") * nw.col("lasts"),
        until=nw.when(comes).then(nw.col("period") + 1).otherwise(nw.col("until")),
        **{each: only(comes, each) for each in ("change", *EVENTS)},
    )


def _any(*columns: str) -> nw.Expr:
    return nw.any_horizontal(*(nw.col(each) != 0 for each in columns), ignore_nulls=True)


def following(order: tuple[str, ...] = ("period",)) -> nw.Expr:
    """The period of the unit's next change, null where none comes."""
    return nw.col("period").shift(-1).over("unit", order_by=order)


def along(
    changed: nw.LazyFrame, calendar: Calendar, grain: str, engine: Engine, *, now: tuple[str, ...]
) -> nw.LazyFrame:
    """The rows carried on to every period up to the `following` change; `now` are 0 in between.

    Running totals are so made where something changes, and not in every period.
    """
    held = changed.rename({"period": "since"})
    every = engine.lift(calendar.steps(grain)[["period"]].drop_duplicates())
    rows = held.join(every, how="cross").filter(
        (nw.col("period") >= nw.col("since"))
        & (nw.col("following").is_null() | (nw.col("period") < nw.col("following")))
    )
    # this join keeps every row; Narwhals orders rows of pandas rightly only when none is missing
    rows = rows.join(every, on="period", how="inner")
    here = nw.col("period") == nw.col("since")
    return rows.with_columns(changed=flag(here), **{each: only(here, each) for each in now})


def so_far(column: str, order: tuple[str, ...] = ("period",)) -> nw.Expr:
    """The unit's running total up to and with the period."""
    return nw.col(column).cum_sum().over("unit", order_by=order).cast(nw.Int64)


def before(column: str, periods: int = 1) -> nw.Expr:
    """What the column was for the same unit that many periods before; 0 before its first change."""
    shifted = nw.col(column).shift(periods).over("unit", order_by="period")
    return shifted.fill_null(0).cast(nw.Int64)


def a_year_before(column: str, grain: str) -> nw.Expr:
    return before(column, PERIODS_A_YEAR[grain])


def of_calendar(
    frame: nw.LazyFrame,
    calendar: Calendar,
    grain: str,
    columns: tuple[str, ...],
    *,
    says: tuple[str, ...] = (),
) -> nw.LazyFrame:
    """The rows of the grain's own periods in which any of the columns (and `says`) is not 0."""
    own = nw.col("period") >= calendar.numbers(grain).start
    frame = frame.filter(own & _any(*columns, *says))
    return frame.select("unit", "period", *columns)


def moving(
    base: nw.LazyFrame,
    units: Units,
    calendar: Calendar,
    steps: spans.StretchSteps,
    engine: Engine,
) -> Prepared:
    """The movements of units, from their stretches (see `states`).

    An engine takes its time to understand so long a query: it is told once for all who ask.
    """

    many = base.select(rows=(nw.col("until") - nw.col("period")).sum())

    @once_a_split(units.varying)
    def lasting(by: tuple[str, ...]) -> nw.LazyFrame:
        return engine.as_one(movements(base, units, by, steps=steps), rows=many)

    @once_a_split(units.varying)
    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        return engine.as_one(spans.spread(lasting(by), "period", steps), rows=many)

    return Prepared(
        segments=units.segments,
        calendar=calendar,
        at=at,
        varying=units.varying,
        stretches=lasting,
        rows=many,
    )


def movements(
    base: nw.LazyFrame,
    units: Units,
    by: tuple[str, ...],
    *,
    steps: spans.StretchSteps | None = None,
    also: tuple[str, ...] = (),
) -> nw.LazyFrame:
    """One row a customer, period and group, with every movement in it; with `steps` one row a stretch.

    Most customers keep their segments, and then a row of theirs is the whole customer. Where a column
    of `by` changes within a customer, the customer's total is more than its row, and money can move
    between segments; where it is not asked for, the customer's rows are added up, period by period.
    `also` are further columns that are summed along.
    """
    split = tuple(column for column in by if column in units.varying)
    until = () if steps is None else ("until",)
    keys, sums = (*UNIT, "member", *until, *units.fixed, *split), (*STATES, *EVENTS, *also)
    rows = base.join(units.frame, on="unit", how="inner")
    if not units.varying:
        return _of_whole(rows.select(*keys, *sums))
    steady = rows.filter(nw.col("moves") == 0).select(*keys, *sums)
    movers = rows.filter(nw.col("moves") == 1)
    movers = movers if steps is None else spans.spread(movers, "period", steps)
    # of each unit there is one row a period: who is split by all that sets units apart has one already
    movers = (
        movers.select(*keys, *sums) if {*split} == {*units.varying} else add_up(movers, keys, sums)
    )
    movers = _of_split(movers, split) if split else _of_whole(movers)
    steady = _of_whole(steady)
    columns = steady.collect_schema().names()
    return nw.concat([steady, movers.select(*columns)])


def where_gone(base: nw.LazyFrame, units: Units) -> nw.LazyFrame:
    """The stretches of customers in the periods alone in which a unit of theirs goes: whoever leaves does so in one."""
    columns = base.collect_schema().names()
    rows = base.join(units.frame.select("unit", "member"), on="unit", how="inner")
    # where the closing is not the opening, a stretch is one period
    ends = rows.filter((nw.col("opening") > 0) & (nw.col("closing") == 0))
    ends = distinct(ends, "member", "period")
    there = rows.join(ends.rename({"period": "gone_in"}), on="member", how="inner").filter(
        (nw.col("period") <= nw.col("gone_in")) & (nw.col("until") > nw.col("gone_in"))
    )
    there = there.with_columns(period=nw.col("gone_in"), until=nw.col("gone_in") + 1)
    return there.select(*columns)


def _of_whole(rows: nw.LazyFrame) -> nw.LazyFrame:
    """The movements of rows that are each a whole customer."""
    rows = rows.with_columns(**{f"all_{each}": nw.col(each) for each in (*STATES, *EVENTS)})
    return _with_retention(_without_transfers(_classify(rows)), _left)


def _of_split(rows: nw.LazyFrame, split: tuple[str, ...]) -> nw.LazyFrame:
    """The movements of customers whose money is split among several rows."""
    return _with_retention(_with_transfers(_classify(_with_totals(rows)), split), _share_left)


def _with_totals(rows: nw.LazyFrame) -> nw.LazyFrame:
    columns = (*STATES, *EVENTS)
    totals = add_up(rows, PLACE, columns).rename({each: f"all_{each}" for each in columns})
    return rows.join(totals, on=list(PLACE), how="inner")


def _classify(frame: nw.LazyFrame) -> nw.LazyFrame:
    there, still = nw.col("all_opening") > 0, nw.col("all_closing") > 0
    first = nw.col("all_started") > 0
    return frame.with_columns(
        at_opening=flag(nw.col("opening") > 0),
        at_closing=flag(nw.col("closing") > 0),
        lost=flag((nw.col("opening") > 0) & ~still),
        new=only(~there & still & first, "closing"),
        reactivation=only(~there & still & ~first, "closing"),
        reactivated=flag(~there & still & ~first & (nw.col("closing") > 0)),
        churn=only(there & ~still, -nw.col("opening")),
        joined_and_left=only(~still, "started"),
        change=only(there & still, nw.col("closing") - nw.col("opening")),
        gain=only(
            there & still & (nw.col("closing") > nw.col("opening")),
            nw.col("closing") - nw.col("opening"),
        ),
        loss=only(
            there & still & (nw.col("closing") < nw.col("opening")),
            nw.col("opening") - nw.col("closing"),
        ),
    )


def _without_transfers(frame: nw.LazyFrame) -> nw.LazyFrame:
    return frame.with_columns(
        expansion=nw.col("gain"),
        contraction=-nw.col("loss"),
        transfer_in=whole(0),
        transfer_out=whole(0),
    )


def _with_transfers(frame: nw.LazyFrame, by: tuple[str, ...]) -> nw.LazyFrame:
    """Split mixed changes of a customer into what moved across and what was gained or lost.

    The part that moved is shared among several gaining (losing) segments by running totals, so
    that the shares are whole numbers and add up exactly.
    """
    running = {
        f"{side}_so_far": nw.col(side).cum_sum().over(*PLACE, order_by=list(by)).cast(nw.Int64)
        for side in ("gain", "loss")
    }
    totals = add_up(frame, PLACE, ("gain", "loss")).rename({"gain": "gains", "loss": "losses"})
    frame = frame.join(totals, on=list(PLACE), how="inner").with_columns(**running)
    frame = frame.with_columns(
        moved=nw.min_horizontal("gains", "losses").cast(nw.Int64),
    ).with_columns(
        transfer_in=_share("gain", "gains"),
        transfer_out=-_share("loss", "losses"),
    )
    return frame.with_columns(
        expansion=nw.col("gain") - nw.col("transfer_in"),
        contraction=-(nw.col("loss") + nw.col("transfer_out")),
    )


def _share(side: str, total: str) -> nw.Expr:
    """This row's whole-number share of `moved`: up to and with it, less up to it."""

    def up_to(amount: nw.Expr) -> nw.Expr:
        share = nw.col("moved") * (amount / nw.col(total))
        return nw.when(nw.col(total) > 0).then(share.round(0)).otherwise(nw.lit(0.0)).cast(nw.Int64)

    so_far = nw.col(f"{side}_so_far")
    return up_to(so_far) - up_to(so_far - nw.col(side))


def _with_retention(frame: nw.LazyFrame, left: Callable[[str, nw.Expr], nw.Expr]) -> nw.LazyFrame:
    """What is left of the opening, and of the state twelve months before the closing."""
    return frame.with_columns(
        retained=left("opening", nw.col("all_closing")),
        kept=left("opening", nw.min_horizontal("all_opening", "all_closing")),
        retained_12=left("year_ago", nw.col("all_closing")),
        kept_12=left("year_ago", nw.min_horizontal("all_year_ago", "all_closing")),
    )


def _left(base: str, amount: nw.Expr) -> nw.Expr:
    return only(nw.col(base) > 0, amount)


def _share_left(base: str, amount: nw.Expr) -> nw.Expr:
    """What is left of a customer, shared to the segments that its base was in, by their part of it."""
    share = (amount * (nw.col(base) / nw.col(f"all_{base}"))).round(0)
    return nw.when(nw.col(base) > 0).then(share).otherwise(nw.lit(0.0)).cast(nw.Int64)
