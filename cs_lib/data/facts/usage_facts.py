"""Facts of product usage: who was active, on how many days, and with which features."""

from functools import cache

import narwhals as nw

from cs_lib.data.engines.distinct_rows import distinct, flag
from cs_lib.data.facts import subscription_facts
from cs_lib.data.facts.calendar import Calendar
from cs_lib.data.facts.context import (
    UNIT,
    Context,
    Prepared,
    add_up,
    once,
    once_a_split,
    stack,
    whole,
)

TABLE = "usage_events"
READS, WITH_SUBSCRIPTIONS = (TABLE,), (TABLE, "subscriptions")
BANDS = ("0 days", "1 to 4 days", "5 to 9 days", "over 9 days")
#: the days from which each band but the first begins
BAND_STARTS = (1, 5, 10)


def calendar_of(context: Context) -> Calendar:
    return context.history(TABLE, "occurred_at")


@once
def active_days(context: Context, bucket: str) -> nw.LazyFrame:
    """customer × bucket: on how many days the customer used anything."""
    days = context.tables[TABLE].with_columns(day=nw.col("occurred_at").dt.truncate("1d"))
    days = distinct(days, "customer_id", "day").with_columns(
        active_days=whole(1), bucket=nw.col("day").dt.truncate(bucket)
    )
    return context.engine.keep(add_up(days, ("customer_id", "bucket"), ("active_days",)))


def users(context: Context, calendar: Calendar, buckets: nw.LazyFrame) -> nw.LazyFrame:
    """customer × period: how many of its users used anything."""
    bucket = calendar.bucket(nw.col("occurred_at"))
    seen = context.tables[TABLE].filter(~nw.col("user_id").is_null())
    seen = distinct(seen.with_columns(bucket=bucket), "customer_id", "user_id", "bucket")
    placed = seen.join(buckets, on="bucket", how="inner")
    return distinct(placed, *UNIT, "user_id").with_columns(users=whole(1))


def prepare_usage(context: Context) -> Prepared:
    """customer × period: `active` in the period, `active_days`, `possible_days` of the period.

    With subscriptions also `paying` at the closing with its `amount`, and `paying_users` where the events
    name users.
    """
    calendar, engine = calendar_of(context), context.engine
    buckets = engine.lift(calendar.buckets())
    used = active_days(context, calendar.bucket_size).join(buckets, on="bucket", how="inner")
    parts, sums = [used], ["active_days"]
    if "subscriptions" in context.tables:
        parts.append(subscription_facts.at_closing(context, calendar))
        sums += ["paying", "amount"]
    if "paying" in sums and "user_id" in context.columns(TABLE):
        parts.append(users(context, calendar, buckets))
        sums.append("users")
    base = stack(parts, UNIT, sums)
    base = base.join(engine.lift(calendar.lengths()), on="period", how="inner").with_columns(
        active=flag(nw.col("active_days") > 0)
    )
    base = base.with_columns(possible_days=nw.col("active") * nw.col("days"))
    if "paying" in sums:
        base = base.with_columns(paying_active=nw.col("paying") * nw.col("active"))
    if "users" in sums:
        base = base.with_columns(paying_users=nw.col("paying") * nw.col("users"))
    return _by_segment(base, context, calendar)


def prepare_features(context: Context) -> Prepared:
    """active customer × period × feature: `active` 1, and `uses` 1 where the customer used the feature."""
    calendar, engine = calendar_of(context), context.engine
    bucket = calendar.bucket(nw.col("occurred_at"))
    events = context.tables[TABLE].filter(~nw.col("feature").is_null())
    used = distinct(events.with_columns(bucket=bucket), "customer_id", "feature", "bucket")
    placed = engine.keep(used).join(engine.lift(calendar.buckets()), on="bucket", how="inner")
    uses = engine.keep(distinct(placed, *UNIT, "feature"))
    every = distinct(uses, *UNIT).join(distinct(uses, "feature"), how="cross")
    base = stack(
        [
            every.with_columns(active=whole(1), uses=whole(0)),
            uses.with_columns(active=whole(0), uses=whole(1)),
        ],
        (*UNIT, "feature"),
        ("active", "uses"),
    )
    return _by_segment(base, context, calendar)


def prepare_engagement(context: Context) -> Prepared:
    """customer paying at the opening × period: `lost`, and the `use` of the month before the opening."""
    moves = subscription_facts.prepare_movements(context)
    calendar, engine = moves.calendar, context.engine
    before = engine.lift(calendar.month_before())
    days = active_days(context, calendar.bucket_size).join(before, on="bucket", how="inner")
    days = engine.keep(add_up(days, UNIT, ("active_days",)))

    @once_a_split(moves.varying)
    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        there = moves.at(by).filter(nw.col("at_opening") == 1)
        there = there.select(*UNIT, *dict.fromkeys((*moves.fixed, *by)), "at_opening", "lost")
        used = there.join(days, on=list(UNIT), how="left")
        used = used.with_columns(use=band(nw.col("active_days").fill_null(0)))
        return engine.as_one(used, rows=moves.rows)

    return Prepared(moves.segments, calendar, at=at, varying=moves.varying)


def band_number(days: nw.Expr) -> nw.Expr:
    """The place in BANDS of the days of use."""
    second, third, fourth = (flag(days >= each) for each in BAND_STARTS)
    return second + third + fourth


def band(days: nw.Expr) -> nw.Expr:
    """The days of use as one of four bands."""
    place, band = band_number(days), nw.lit(BANDS[0])
    for number, name in enumerate(BANDS[1:], 1):
        band = nw.when(place == number).then(nw.lit(name)).otherwise(band)
    return band


def _by_segment(base: nw.LazyFrame, context: Context, calendar: Calendar) -> Prepared:
    """The customers of each period in the segments of their customer, and in those of their subscriptions.

    Of the latter they are in each in which they pay at the closing, as everywhere. Those who pay nothing
    then are where they were last.
    """
    plans, engine = context.own("subscriptions"), context.engine
    inherited = tuple(each for each in context.inherited(TABLE) if each not in plans)
    customers = context.with_customers(base, TABLE).drop(*plans, strict=False)
    customers = engine.keep(customers)
    if not plans:
        return Prepared(inherited, calendar, at=lambda by: customers)

    @cache
    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        split = tuple(each for each in plans if each in by)
        return engine.keep(_in_plans(customers, split, context, calendar)) if split else customers

    varying = subscription_facts.prepare_movements(context).varying
    return Prepared((*inherited, *plans), calendar, at=at, varying=varying)


def _in_plans(
    customers: nw.LazyFrame, split: tuple[str, ...], context: Context, calendar: Calendar
) -> nw.LazyFrame:
    columns = customers.collect_schema().names()
    there = subscription_facts.at_closing(context, calendar, split)
    paid = [each for each in ("amount",) if each in columns]
    paying = customers.drop(*paid).join(
        there.select(*UNIT, *split, *paid), on=list(UNIT), how="inner"
    )
    others = customers.join(distinct(there, *UNIT), on=list(UNIT), how="anti")
    others = context.with_subscription(others, split, calendar)
    return nw.concat([each.select(*columns, *split) for each in (paying, others)])
