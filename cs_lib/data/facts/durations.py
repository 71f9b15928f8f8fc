"""Facts of how long things last: from sign-up to first value, and from the first payment to the end.

Both give counts by `days`: how many were followed that long, and for how many of them the event came
then (`reached`). For the others it had not come by the end of the data or of the period, which says
nothing of whether it ever will.
"""

from datetime import datetime, time

import narwhals as nw

from cs_lib.data.facts import stretches, subscriptions
from cs_lib.data.facts.calendar import Calendar
from cs_lib.data.facts.frames import CELL, Prepared, Sources, add_up, flag


def days_between(start: nw.Expr, end: nw.Expr) -> nw.Expr:
    """Whole days from one midnight to another."""
    return calendar_day(end) - calendar_day(start)


def calendar_day(midnight: nw.Expr) -> nw.Expr:
    """The day counted in the calendar: Spark has no length of time in seconds."""
    years = midnight.dt.year().cast(nw.Int64) - 1
    leap_days = years // 4 - years // 100 + years // 400
    return years * 365 + leap_days + midnight.dt.ordinal_day().cast(nw.Int64)


def has_first_value(sources: Sources) -> bool:
    """Whether the edition says when customers first had value from the product."""
    columns = sources.columns("customers")
    if "signed_up_on" not in columns:
        return False
    feature = sources.edition.definitions.first_value_feature
    return "first_value_on" in columns or bool(feature and "usage_events" in sources.tables)


def _first_values(sources: Sources) -> nw.LazyFrame:
    """customer_id, signed_up_on, first_value_on: as given, else the first use of the edition's feature."""
    customers = sources.tables["customers"].filter(~nw.col("signed_up_on").is_null())
    if "first_value_on" in sources.columns("customers"):
        return customers
    customers = customers.drop("first_value_on")
    feature = sources.edition.definitions.first_value_feature
    uses = sources.tables["usage_events"].filter(nw.col("feature") == feature)
    first = uses.group_by("customer_id").agg(first_value_on=nw.col("occurred_at").min())
    first = first.with_columns(nw.col("first_value_on").dt.truncate("1d"))
    return customers.join(first, on="customer_id", how="left")


def prepare_onboarding(sources: Sources) -> Prepared:
    """period of sign-up × days: customers who `signed_up`, who `reached` first value; `by_7`, `by_30`, `by_90`."""
    first = sources.first_day("customers", "signed_up_on") or sources.as_of
    calendar, engine = sources.calendar(first), sources.engine
    end = nw.lit(datetime.combine(sources.as_of, time()))
    reached = ~nw.col("first_value_on").is_null() & (nw.col("first_value_on") < end)
    rows = _first_values(sources).filter(nw.col("signed_up_on") < end)
    rows = rows.with_columns(
        reached=flag(reached),
        until=nw.when(reached).then(nw.col("first_value_on")).otherwise(end),
        bucket=nw.col("signed_up_on").dt.truncate("1d" if calendar.by_day else "1mo"),
        signed_up=nw.lit(1).cast(nw.Int64),
    )
    rows = rows.with_columns(
        days=days_between(nw.col("signed_up_on"), nw.col("until")).cast(nw.Int64)
    )
    rows = rows.with_columns(
        **{
            f"by_{limit}": flag((nw.col("reached") == 1) & (nw.col("days") <= limit))
            for limit in (7, 30, 90)
        },
        days_to_value=nw.col("days") * nw.col("reached"),
    )
    placed = rows.join(engine.lift(calendar.buckets()), on="bucket", how="inner")
    placed = sources.with_subscription(placed, "customers", calendar)
    segments = (*sources.own("customers"), *sources.taken_up("customers"))
    counts = ("signed_up", "reached", "by_7", "by_30", "by_90", "days_to_value")
    kept = engine.keep(add_up(placed, (*CELL, *segments, "days"), counts))
    return Prepared(segments, calendar, at=lambda by: kept)


def prepare_lifetimes(sources: Sources) -> Prepared:
    """period × days of the first paying spell as it stood at the period's end: customers who `started`,
    and for whom it had ended (`reached`)."""
    calendar, engine = subscriptions.calendar_of(sources), sources.engine
    segments = subscriptions.segments(sources)
    turns = engine.keep(_turns(subscriptions.first_spells(sources), segments, calendar))
    ends, steps = engine.lift(calendar.ends()), stretches.lengths(calendar, engine)
    periods = engine.lift(calendar.buckets()).join(ends, on="period", how="inner")

    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        standing = _standing(turns, periods, by)
        placed = stretches.spread(standing, "period", steps).join(ends, on="period", how="inner")
        so_far = nw.col("end_day") - nw.col("days")
        over = nw.col("over") == 1
        return placed.with_columns(
            days=nw.when(over).then(nw.col("days")).otherwise(so_far).cast(nw.Int64),
            started=nw.col("followed"),
            reached=nw.col("followed") * nw.col("over"),
        )

    return Prepared(segments, calendar, at=at)


def _turns(spells: nw.LazyFrame, segments: tuple[str, ...], calendar: Calendar) -> nw.LazyFrame:
    """When spells come and go, as changes of how many there are of each kind, by bucket.

    While it lasts, a spell is of the kind of its first day; once it is over, of its length in days.
    """
    start, end = nw.col("start_date"), nw.col("ends")
    ended = spells.filter(end < subscriptions.FOREVER)
    turns = [
        _turn(spells, segments, at=start, over=0, days=calendar_day(start), followed=1),
        _turn(ended, segments, at=end, over=0, days=calendar_day(start), followed=-1),
        _turn(ended, segments, at=end, over=1, days=days_between(start, end), followed=1),
    ]
    bucket = nw.col("at").dt.truncate("1d" if calendar.by_day else "1mo")
    earliest = nw.lit(datetime.combine(calendar.first_bucket, time()))
    rows = nw.concat(turns).with_columns(bucket=bucket).drop("at")
    early = nw.col("bucket") < earliest
    return rows.with_columns(bucket=nw.when(early).then(earliest).otherwise(nw.col("bucket")))


def _turn(spells, segments, *, at: nw.Expr, over: int, days: nw.Expr, followed: int):
    return spells.select(
        *segments,
        at=at,
        over=nw.lit(over).cast(nw.Int64),
        days=days.cast(nw.Int64),
        followed=nw.lit(followed).cast(nw.Int64),
    )


def _standing(turns: nw.LazyFrame, periods: nw.LazyFrame, by: tuple[str, ...]) -> nw.LazyFrame:
    """Stretches of periods at whose ends so many spells of one kind (`over`, `days`) were `followed`."""
    kind = (*by, "over", "days")
    counted = add_up(turns, (*kind, "bucket"), ("followed",))
    placed = counted.join(periods, on="bucket", how="inner")
    placed = add_up(placed, ("stop", *kind, "period"), ("followed",))
    along = {"order_by": "period"}
    rows = placed.with_columns(
        followed=nw.col("followed").cum_sum().over("stop", *kind, **along).cast(nw.Int64),
        until=nw.col("period").shift(-1).over("stop", *kind, **along).fill_null(nw.col("stop")),
    )
    return rows.filter(nw.col("followed") > 0)
