"""Facts of businesses with subscriptions: movements of customers and money, and their cohorts."""

from datetime import datetime

import narwhals as nw

from cs_lib.data.facts import cohorts, flows, units
from cs_lib.data.facts.calendar import Calendar
from cs_lib.data.facts.frames import (
    NOT_GIVEN,
    UNIT,
    Prepared,
    Sources,
    flag,
    one_each,
    one_under_another,
)
from cs_lib.period import MONTH

READS = ("subscriptions",)
FOREVER = datetime(9999, 12, 31)
CHANGES = ("closing", *flows.EVENTS)


def calendar_of(sources: Sources) -> Calendar:
    first = sources.edition.history_starts or sources.first_day("subscriptions", "start_date")
    return sources.calendar(first or sources.as_of)


def paying(sources: Sources) -> nw.LazyFrame:
    """The subscription rows that pay and last at least a day, with the columns facts read."""
    own = sources.own("subscriptions")
    rows = _lasting(sources.tables["subscriptions"])
    rows = rows.with_columns(
        until=nw.col("end_date").fill_null(nw.lit(FOREVER)), amount=nw.col("mrr")
    )
    return rows.select("customer_id", "start_date", "until", "amount", *own)


def _lasting(rows: nw.LazyFrame) -> nw.LazyFrame:
    return rows.filter(
        (nw.col("mrr") > 0)
        & (nw.col("end_date").is_null() | (nw.col("end_date") > nw.col("start_date")))
    )


def spells(rows: nw.LazyFrame, own: tuple[str, ...]) -> nw.LazyFrame:
    """The rows, each with whether it begins a paying spell, and which: `spell` counts a customer's from 1.

    Intervals that overlap or touch are one spell; `reached` is the furthest end so far.
    """
    order = ["start_date", "until", *own, "amount"]

    def along(expr: nw.Expr) -> nw.Expr:
        return expr.over("customer_id", order_by=order)

    frame = rows.with_columns(reached=along(nw.col("until").cum_max()))
    frame = frame.with_columns(before=along(nw.col("reached").shift(1)))
    frame = frame.with_columns(
        begins=flag(nw.col("before").is_null() | (nw.col("before") < nw.col("start_date")))
    )
    return frame.with_columns(spell=along(nw.col("begins").cum_sum()).cast(nw.Int64))


def events(spelled: nw.LazyFrame, own: tuple[str, ...], *, by_day: bool) -> nw.LazyFrame:
    """customer × bucket rows: `started` 1 at the first paying start, `ended` 1 at a spell's end.

    An end belongs to the subscription that ends the spell (the alphabetically last, where several do).
    """
    bucket = "1d" if by_day else "1mo"
    starts = spelled.filter((nw.col("begins") == 1) & (nw.col("spell") == 1)).select(
        "customer_id",
        *own,
        bucket=nw.col("start_date").dt.truncate(bucket),
        started=nw.lit(1),
        ended=nw.lit(0),
    )
    key = ["customer_id", "spell", "until"]
    last = spelled.group_by("customer_id", "spell").agg(until=nw.col("until").max())
    last = last.filter(nw.col("until") < FOREVER)
    left = one_each(spelled.join(last, on=key, how="inner"), key, own)
    ends = left.select(
        "customer_id",
        *own,
        bucket=nw.col("until").dt.truncate(bucket),
        started=nw.lit(0),
        ended=nw.lit(1),
    )
    return nw.concat([starts, ends])


def money(rows: nw.LazyFrame, own: tuple[str, ...], *, by_day: bool) -> list[nw.LazyFrame]:
    """customer × bucket rows: what a subscription adds where it starts and takes away where it ends.

    It counts at an instant if it starts before it and does not end before it; so both its days belong
    to the period that they lie in.
    """
    bucket, key = "1d" if by_day else "1mo", ("customer_id", *own)
    ended = rows.filter(nw.col("until") < FOREVER)
    return [
        rows.select(*key, bucket=nw.col("start_date").dt.truncate(bucket), closing="amount"),
        ended.select(*key, bucket=nw.col("until").dt.truncate(bucket), closing=-nw.col("amount")),
    ]


def prepare_movements(sources: Sources) -> Prepared:
    """customer × period: opening, closing, movements, retention; money in millionths a month."""
    return sources.once("movements", lambda: _movements(sources))


def _movements(sources: Sources) -> Prepared:
    own, engine = sources.own("subscriptions"), sources.engine
    calendar = calendar_of(sources)
    rows = engine.keep(paying(sources))
    changes = one_under_another(
        [
            *money(rows, own, by_day=calendar.by_day),
            events(spells(rows, own), own, by_day=calendar.by_day),
        ],
        ("customer_id", *own, "bucket"),
        CHANGES,
    )
    numbered, changes = units.number(sources, changes, own, "subscriptions")
    changes = engine.keep(changes)
    grains = [_of_grain(changes, calendar, grain, engine) for grain in calendar.ordered_grains]
    return flows.moving(engine.keep(nw.concat(grains)), numbered, calendar)


def _of_grain(changes: nw.LazyFrame, calendar: Calendar, grain: str, engine) -> nw.LazyFrame:
    """unit × period of one grain: the money a month at its opening, its closing and a year before that."""
    rows = flows.changes_of(changes, calendar, grain, engine, sums=CHANGES)
    rows = rows.with_columns(closing=flows.so_far("closing"), following=flows.following())
    rows = flows.along(rows, calendar, grain, engine, now=flows.EVENTS)
    rows = rows.with_columns(
        opening=flows.before("closing"), year_ago=flows.a_year_before("closing", grain)
    )
    return flows.of_calendar(rows, calendar, grain, (*flows.STATES, *flows.EVENTS))


def at_closings(sources: Sources) -> tuple[nw.LazyFrame, Calendar]:
    """customer × period with the `amount` paid at the period's closing, where any is."""
    moves = prepare_movements(sources)
    there = moves.at(()).filter(nw.col("closing") > 0)
    return there.select(*UNIT, amount="closing"), moves.calendar


def prepare_cohorts(sources: Sources) -> Prepared:
    """customer × age since the month of the first paying start; see `cohorts.at_ages`."""
    own, inherited = sources.own("subscriptions"), sources.inherited("subscriptions")
    engine = sources.engine
    joined = spells(paying(sources), own).filter((nw.col("begins") == 1) & (nw.col("spell") == 1))
    joined = joined.select("customer_id", *own, cohort=nw.col("start_date").dt.truncate("1mo"))
    joined = engine.keep(sources.with_customers(joined, "subscriptions"), number="member")
    there, calendar = at_closings(sources)
    cells = calendar.cells()
    months = cells.loc[cells["grain"] == MONTH, ["period", "period_start"]]
    months = engine.lift(months.rename(columns={"period_start": "month"}))
    active = there.join(months, on="period", how="inner").select(
        "customer_id", "month", "amount", active=nw.lit(1).cast(nw.Int64)
    )
    return cohorts.prepared(
        active, joined, (*own, *inherited), calendar, engine, running_minimum=True
    )


def at_closing(sources: Sources, calendar: Calendar) -> nw.LazyFrame:
    """customer × period of another calendar with `paying` 1: those who pay at the period's closing."""
    there, own = at_closings(sources)
    cell = ["grain", "period_start"]
    numbers = (
        own.cells().merge(calendar.cells(), on=cell, suffixes=("", "_there")).drop(columns=cell)
    )
    placed = there.join(sources.engine.lift(numbers), on="period", how="inner")
    return placed.select(
        "customer_id", "amount", period="period_there", paying=nw.lit(1).cast(nw.Int64)
    )


def has_reasons(sources: Sources) -> bool:
    return "end_reason" in sources.columns("subscriptions")


def prepare_losses(sources: Sources) -> Prepared:
    """customer lost in the period: `lost`, `churn` (money, negative), and the `end_reason` given.

    The reason is that of the customer's subscription that ended last in the period (the alphabetically
    last, where several did).
    """
    moves = prepare_movements(sources)
    engine, key = sources.engine, list(UNIT)
    ended = _lasting(sources.tables["subscriptions"]).filter(~nw.col("end_date").is_null())
    ended = ended.with_columns(
        bucket=nw.col("end_date").dt.truncate("1d" if moves.calendar.by_day else "1mo"),
        end_reason=nw.col("end_reason").fill_null(NOT_GIVEN),
    ).select("customer_id", "end_date", "end_reason", "bucket")
    placed = ended.join(engine.lift(moves.calendar.buckets()), on="bucket", how="inner")
    last = placed.group_by(*key).agg(end_date=nw.col("end_date").max())
    reasons = placed.join(last, on=[*key, "end_date"], how="inner").group_by(*key)
    reasons = engine.keep(reasons.agg(nw.col("end_reason").max()))

    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        columns = dict.fromkeys((*moves.fixed, *by))
        lost = moves.at(by).filter(nw.col("lost") == 1).select(*key, *columns, "lost", "churn")
        return lost.join(reasons, on=key, how="left").with_columns(
            nw.col("end_reason").fill_null(NOT_GIVEN)
        )

    return Prepared(moves.segments, moves.calendar, at=at, varying=moves.varying)
