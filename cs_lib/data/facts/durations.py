"""Facts of how long things last: from sign-up to first value, and from the first payment to the end.

Both give counts by `days`: how many were followed that long, and for how many of them the event came
then (`reached`). For the others it had not come by the end of the data or of the period, which says
nothing of whether it ever will.
"""

from datetime import datetime, time

import narwhals as nw

from cs_lib.data.facts import subscriptions
from cs_lib.data.facts.frames import CELL, Prepared, Sources, add_up, flag


def days_between(start: nw.Expr, end: nw.Expr) -> nw.Expr:
    """Whole days from one midnight to another."""
    return _day_number(end) - _day_number(start)


def _day_number(midnight: nw.Expr) -> nw.Expr:
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
    own, inherited = sources.own("subscriptions"), sources.inherited("subscriptions")
    calendar, engine = subscriptions.calendar_of(sources), sources.engine
    known = subscriptions.paid(sources)
    starts = known.first.select("member", "start_date", *own)
    first = known.rows.filter(nw.col("spell") == 1)
    ends = first.group_by("member").agg(ends=nw.col("reached").max())
    spell = starts.join(ends, on="member", how="inner")
    spell = engine.keep(spell.join(known.members, on="member", how="inner"))
    instants = engine.lift(calendar.closings())
    seen = spell.join(instants, how="cross").filter(nw.col("start_date") < nw.col("instant"))
    over = nw.col("ends") < nw.col("instant")
    seen = seen.with_columns(
        reached=flag(over), until=nw.when(over).then(nw.col("ends")).otherwise(nw.col("instant"))
    )
    seen = seen.with_columns(
        days=days_between(nw.col("start_date"), nw.col("until")).cast(nw.Int64)
    )
    seen = sources.with_customers(seen.with_columns(started=nw.lit(1)), "subscriptions")
    segments = (*own, *inherited)
    kept = engine.keep(add_up(seen, (*CELL, *segments, "days"), ("started", "reached")))
    return Prepared(segments, calendar, at=lambda by: kept)
