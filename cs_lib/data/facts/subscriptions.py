"""Facts of businesses with subscriptions: movements of customers and money, and their cohorts."""

from datetime import datetime

import narwhals as nw

from cs_lib.data.facts import cohorts, flows
from cs_lib.data.facts.calendar import CLOSING, Calendar
from cs_lib.data.facts.frames import CELL, NOT_GIVEN, Prepared, Sources, flag, one_each, stack

READS = ("subscriptions",)
FOREVER = datetime(9999, 12, 31)


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


def states(rows: nw.LazyFrame, instants: nw.LazyFrame, own: tuple[str, ...]) -> nw.LazyFrame:
    """customer × instant (× own columns): the money paid a month just before the instant."""
    there = rows.join(instants, how="cross").filter(
        (nw.col("start_date") < nw.col("instant")) & (nw.col("until") >= nw.col("instant"))
    )
    summed = there.group_by("customer_id", "instant", *own).agg(nw.col("amount").sum())
    return summed.with_columns(nw.col("amount").cast(nw.Int64))


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


def prepare_movements(sources: Sources) -> Prepared:
    """customer × period: opening, closing, movements, retention; money in millionths a month."""
    own, inherited = sources.own("subscriptions"), sources.inherited("subscriptions")
    calendar, engine = calendar_of(sources), sources.engine
    rows = engine.keep(paying(sources))
    moments = states(rows, engine.lift(calendar.instants()), own)
    happened = events(spells(rows, own), own, by_day=calendar.by_day)
    base = stack(
        [
            flows.to_periods(moments, engine.lift(calendar.roles())),
            happened.join(engine.lift(calendar.buckets()), on="bucket", how="inner"),
        ],
        (*flows.UNIT, *own),
        (*flows.STATES, *flows.EVENTS),
    )
    kept = engine.keep(sources.with_customers(base, "subscriptions"))
    return Prepared(
        segments=(*own, *inherited),
        calendar=calendar,
        at=lambda by: flows.movements(kept, by, changing=own),
    )


def prepare_cohorts(sources: Sources) -> Prepared:
    """customer × age since the month of the first paying start; see `cohorts.at_ages`."""
    own, inherited = sources.own("subscriptions"), sources.inherited("subscriptions")
    calendar, engine = calendar_of(sources), sources.engine
    rows = engine.keep(paying(sources))
    joined = spells(rows, own).filter((nw.col("begins") == 1) & (nw.col("spell") == 1))
    joined = joined.select("customer_id", *own, cohort=nw.col("start_date").dt.truncate("1mo"))
    joined = engine.keep(sources.with_customers(joined, "subscriptions"))
    months = engine.lift(calendar.months())
    active = states(rows, months.select("instant"), ()).join(months, on="instant", how="inner")
    active = active.with_columns(active=nw.lit(1).cast(nw.Int64))
    ages = engine.keep(cohorts.at_ages(active, joined, running_minimum=True))
    return Prepared((*own, *inherited), calendar, at=lambda by: cohorts.cells(ages, joined, by))


def at_closing(sources: Sources, calendar: Calendar) -> nw.LazyFrame:
    """customer × period with `paying` 1: the customers who pay at the period's closing."""
    roles = calendar.roles()
    closings = sources.engine.lift(roles[roles["role"] == CLOSING].drop(columns="role"))
    rows = paying(sources).select("customer_id", "start_date", "until", "amount")
    instants = sources.engine.lift(
        roles.loc[roles["role"] == CLOSING, ["instant"]].drop_duplicates()
    )
    moments = states(rows, instants, ())
    placed = moments.join(closings, on="instant", how="inner")
    return placed.with_columns(paying=nw.lit(1).cast(nw.Int64))


def has_reasons(sources: Sources) -> bool:
    return "end_reason" in sources.columns("subscriptions")


def prepare_losses(sources: Sources) -> Prepared:
    """customer lost in the period: `lost`, `churn` (money, negative), and the `end_reason` given.

    The reason is that of the customer's subscription that ended last in the period (the alphabetically
    last, where several did).
    """
    moves = prepare_movements(sources)
    engine, key = sources.engine, ["customer_id", *CELL]
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
        lost = moves.at(by).filter(nw.col("lost") == 1).select(*key, *by, "lost", "churn")
        return lost.join(reasons, on=key, how="left").with_columns(
            nw.col("end_reason").fill_null(NOT_GIVEN)
        )

    return Prepared(moves.segments, moves.calendar, at=at)
