"""Facts of businesses with subscriptions: movements of customers and money, and their cohorts."""

from dataclasses import dataclass

import narwhals as nw

from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.facts import cohort_facts, entities, movements, spans
from cs_lib.data.facts.calendar import Calendar
from cs_lib.data.facts.context import (
    UNIT,
    Context,
    Prepared,
    add_up,
    once,
    once_a_split,
    one_each,
    one_under_another,
    whole,
)
from cs_lib.vocabulary import FOREVER, NOT_GIVEN

READS = ("subscriptions",)
CHANGES = ("change", *movements.EVENTS)


def calendar_of(context: Context) -> Calendar:
    return context.history("subscriptions", "start_date")


@dataclass(frozen=True)
class Paid:
    """What was paid for, kept in the engine: the `members` (see `entities`), and their `rows` that pay and
    last at least a day, each with the paying spell that it belongs to (see `spells`)."""

    members: nw.LazyFrame
    rows: nw.LazyFrame

    @property
    def first(self) -> nw.LazyFrame:
        """The row with which each member first paid."""
        return self.rows.filter(_first())


def _first() -> nw.Expr:
    return (nw.col("begins") == 1) & (nw.col("spell") == 1)


@once
def paid(context: Context) -> Paid:
    own, engine = context.own("subscriptions"), context.engine
    rows = lasting(context.tables["subscriptions"])
    rows = rows.with_columns(
        until=nw.col("end_date").fill_null(nw.lit(FOREVER)), amount=nw.col("mrr")
    )
    members = entities.members(context, rows, "subscriptions")
    rows = rows.join(members.select("customer_id", "member"), on="customer_id", how="inner")
    rows = rows.select("member", "start_date", "until", "amount", *own)
    return Paid(members, engine.keep(spells(rows, own)))


def lasting(rows: nw.LazyFrame) -> nw.LazyFrame:
    """The rows that pay and last at least a day."""
    return rows.filter(
        (nw.col("mrr") > 0)
        & (nw.col("end_date").is_null() | (nw.col("end_date") > nw.col("start_date")))
    )


def spells(
    rows: nw.LazyFrame, own: tuple[str, ...], key: tuple[str, ...] = ("member",)
) -> nw.LazyFrame:
    """The rows, each with whether it begins a paying spell, and which: `spell` counts those of a key from 1.

    Intervals that overlap or touch are one spell; `reached` is the furthest end so far.
    """
    order = ["start_date", "until", *own, "amount"]

    def along(expr: nw.Expr) -> nw.Expr:
        return expr.over(*key, order_by=order)

    frame = rows.with_columns(reached=along(nw.col("until").cum_max()))
    frame = frame.with_columns(before=along(nw.col("reached").shift(1)))
    frame = frame.with_columns(
        begins=flag(nw.col("before").is_null() | (nw.col("before") < nw.col("start_date")))
    )
    return frame.with_columns(spell=along(nw.col("begins").cum_sum()).cast(nw.Int64))


def segments(context: Context) -> tuple[str, ...]:
    """The segment columns of subscriptions: their own, and those of their customers."""
    return (*context.own("subscriptions"), *context.inherited("subscriptions"))


@once
def first_spells(context: Context) -> nw.LazyFrame:
    """Each member's first paying spell, from start_date to `ends`, with its segments of the first day."""
    known = paid(context)
    first = known.rows.filter(nw.col("spell") == 1).group_by("member")
    ends = first.agg(ends=nw.col("reached").max())
    spells = known.first.join(ends, on="member", how="inner")
    spells = spells.join(known.members, on="member", how="inner")
    return context.engine.keep(spells.select("member", "start_date", "ends", *segments(context)))


def changes(paid: Paid, own: tuple[str, ...], calendar: Calendar) -> nw.LazyFrame:
    """member × bucket rows: what a subscription adds where it starts and takes away where it ends; `started` 1 at the
    first paying start, `ended` 1 at a spell's end.

    It counts at an instant if it starts before it and does not end before it; so both its days belong
    to the period that they lie in. A spell's end belongs to the subscription that ends it (the alphabetically last,
    where several do).
    """
    rows, key = paid.rows, ("member", *own)
    starts = rows.select(
        *key,
        bucket=calendar.bucket(nw.col("start_date")),
        change="amount",
        started=flag(_first()),
    )
    ends = rows.filter(nw.col("until") < FOREVER).select(
        *key, bucket=calendar.bucket(nw.col("until")), change=-nw.col("amount")
    )
    spell = ["member", "spell", "until"]
    last = rows.group_by("member", "spell").agg(until=nw.col("until").max())
    last = last.filter(nw.col("until") < FOREVER)
    left = one_each(rows.join(last, on=spell, how="inner"), spell, own) if own else last
    left = left.select(*key, bucket=calendar.bucket(nw.col("until")), ended=whole(1))
    return one_under_another([starts, ends, left], (*key, "bucket"), CHANGES)


@dataclass(frozen=True)
class Moving:
    """What movements are made of: the stretches of units in the engine, the units, and the steps of stretches."""

    base: nw.LazyFrame
    units: entities.Units
    calendar: Calendar
    steps: spans.StretchSteps


@once
def _moving(context: Context) -> Moving:
    own, engine = context.own("subscriptions"), context.engine
    calendar, known = calendar_of(context), paid(context)
    units, changed = entities.number(
        context, changes(known, own, calendar), known.members, own, "subscriptions", known.rows
    )
    changed = engine.keep(add_up(changed, ("unit", "bucket"), CHANGES))
    grains = [movements.states(changed, calendar, each, engine) for each in calendar.ordered_grains]
    steps = spans.lengths(calendar, engine)
    return Moving(engine.keep(nw.concat(grains)), units, calendar, steps)


@once
def prepare_movements(context: Context) -> Prepared:
    """customer × period: opening, closing, movements, retention; money in millionths a month."""
    known = _moving(context)
    return movements.moving(known.base, known.units, known.calendar, known.steps, context.engine)


def prepare_cohorts(context: Context) -> cohort_facts.Cohorts:
    """customer × age since the month of the first paying start; see `cohort_facts.at_ages`."""
    engine, moves = context.engine, prepare_movements(context)
    joined = first_spells(context).with_columns(cohort=nw.col("start_date").dt.truncate("1mo"))
    months = engine.lift(moves.calendar.months())
    there = moves.in_stretches(()).filter(nw.col("closing") > 0)
    active = there.join(months, on="period", how="inner").select(
        "member",
        "month",
        lasts=nw.col("until") - nw.col("period"),
        amount="closing",
        active=whole(1),
    )
    return cohort_facts.prepared(
        active, joined, segments(context), moves.calendar, engine, running_minimum=True
    )


@once
def at_closing(context: Context, calendar: Calendar, by: tuple[str, ...] = ()) -> nw.LazyFrame:
    """customer × period of another calendar with `paying` 1 and the `amount`: those who pay at the period's
    closing, in each segment of the columns `by` in which they do."""
    moves, cell = prepare_movements(context), ["grain", "period_start"]
    numbers = moves.calendar.cells.merge(calendar.cells, on=cell, suffixes=("", "_there"))
    there = moves.at(by).filter(nw.col("closing") > 0)
    placed = there.join(context.engine.lift(numbers.drop(columns=cell)), on="period", how="inner")
    placed = placed.select(
        "customer_id",
        *by,
        amount="closing",
        period="period_there",
        paying=whole(1),
    )
    return context.engine.as_one(placed, rows=moves.rows)


def has_reasons(context: Context) -> bool:
    return "end_reason" in context.columns("subscriptions")


def prepare_losses(context: Context) -> Prepared:
    """customer lost in the period: `lost`, `churn` (money, negative), and the `end_reason` given.

    The reason is that of the customer's subscription that ended last in the period (the alphabetically
    last, where several did).
    """
    moves, known = prepare_movements(context), _moving(context)
    engine, key = context.engine, list(UNIT)
    gone = engine.keep(movements.where_gone(known.base, known.units))
    ended = lasting(context.tables["subscriptions"]).filter(~nw.col("end_date").is_null())
    ended = ended.with_columns(
        bucket=moves.calendar.bucket(nw.col("end_date")),
        end_reason=nw.col("end_reason").fill_null(NOT_GIVEN),
    ).select("customer_id", "end_date", "end_reason", "bucket")
    placed = ended.join(engine.lift(moves.calendar.buckets()), on="bucket", how="inner")
    last = placed.group_by(*key).agg(end_date=nw.col("end_date").max())
    last = placed.join(last, on=[*key, "end_date"], how="inner")
    reasons = engine.keep(one_each(last, key, ("end_reason",)))

    @once_a_split(moves.varying)
    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        columns = dict.fromkeys((*moves.fixed, *by))
        rows = movements.movements(gone, known.units, by)
        lost = rows.filter(nw.col("lost") == 1).select(*key, "member", *columns, "lost", "churn")
        given = lost.join(reasons, on=key, how="left")
        given = given.with_columns(nw.col("end_reason").fill_null(NOT_GIVEN))
        return engine.as_one(given, rows=moves.rows)

    return Prepared(moves.segments, moves.calendar, at=at, varying=moves.varying)
