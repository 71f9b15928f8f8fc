"""Facts of how long things last: from sign-up to first value, and from the first payment to the end.

Both give counts by how long it `lasted`: how many were followed that long, and for how many of them the
event came then (`reached`). For the others it had not come by the end of the data or of the period, which
says nothing of whether it ever will.
"""

from datetime import date, datetime, time

import narwhals as nw

from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.facts import spans, subscription_facts
from cs_lib.data.facts.ages import Day, age, days_between
from cs_lib.data.facts.calendar import Calendar
from cs_lib.data.facts.context import CELL, Context, Prepared, add_up, only, whole
from cs_lib.vocabulary import FOREVER

#: a spell that goes on, one that is over, and one that had begun before the history
GOING_ON, OVER, ENTERED = range(3)
NO_DAY = datetime(1970, 1, 1)


def has_first_value(context: Context) -> bool:
    """Whether the edition says when customers first had value from the product."""
    columns = context.columns("customers")
    if "signed_up_on" not in columns:
        return False
    feature = context.edition.definitions.first_value_feature
    return "first_value_on" in columns or bool(feature and "usage_events" in context.tables)


def _first_values(context: Context) -> nw.LazyFrame:
    """customer_id, signed_up_on, first_value_on: as given, else the first use of the edition's feature."""
    customers = context.tables["customers"].filter(~nw.col("signed_up_on").is_null())
    return _in_order(_valued(customers, context))


def _in_order(customers: nw.LazyFrame) -> nw.LazyFrame:
    """Without those whose first value lies before their sign-up: one of the two days is wrong."""
    return customers.filter(flag(nw.col("first_value_on") < nw.col("signed_up_on")) == 0)


def _valued(customers: nw.LazyFrame, context: Context) -> nw.LazyFrame:
    if "first_value_on" in context.columns("customers"):
        return customers
    customers = customers.drop("first_value_on")
    feature = context.edition.definitions.first_value_feature
    uses = context.tables["usage_events"].filter(nw.col("feature") == feature)
    first = uses.group_by("customer_id").agg(first_value_on=nw.col("occurred_at").min())
    first = first.with_columns(nw.col("first_value_on").dt.truncate("1d"))
    return customers.join(first, on="customer_id", how="left")


def prepare_onboarding(context: Context) -> Prepared:
    """period of sign-up × days it `lasted`: customers who `signed_up`, who `reached` first value; `by_7`, `by_30`, `by_90`."""
    calendar, engine = context.calendar("customers", "signed_up_on"), context.engine
    end = nw.lit(datetime.combine(context.as_of, time()))
    reached = ~nw.col("first_value_on").is_null() & (nw.col("first_value_on") < end)
    rows = _first_values(context).filter(nw.col("signed_up_on") < end)
    rows = rows.with_columns(
        reached=flag(reached),
        until=nw.when(reached).then(nw.col("first_value_on")).otherwise(end),
        bucket=calendar.bucket(nw.col("signed_up_on")),
        signed_up=whole(1),
    )
    rows = rows.with_columns(
        lasted=days_between(nw.col("signed_up_on"), nw.col("until")).cast(nw.Int64)
    )
    rows = rows.with_columns(
        **{
            f"by_{limit}": flag((nw.col("reached") == 1) & (nw.col("lasted") <= limit))
            for limit in (7, 30, 90)
        },
        days_to_value=nw.col("lasted") * nw.col("reached"),
    )
    placed = rows.join(engine.lift(calendar.buckets()), on="bucket", how="inner")
    placed = context.with_subscription(placed, context.taken_up("customers"), calendar)
    segments = (*context.own("customers"), *context.taken_up("customers"))
    counts = ("signed_up", "reached", "by_7", "by_30", "by_90", "days_to_value")
    kept = engine.keep(add_up(placed, (*CELL, *segments, "lasted"), counts))
    return Prepared(segments, calendar, at=lambda by: kept)


def prepare_lifetimes(context: Context) -> Prepared:
    """period × age (see `ages.age`) to which the first paying spell `lasted` by the period's end: customers who
    `started`, for whom it had ended (`reached`), and who had that age when the history began (`entered`).

    The end of a period is an instant just before the next day: a spell that reaches an anniversary then
    is not seen to end on it.
    """
    calendar, engine = subscription_facts.calendar_of(context), context.engine
    segments = subscription_facts.segments(context)
    spells, began = subscription_facts.first_spells(context), context.edition.history_starts
    turns = engine.keep(_turns(spells, segments, calendar, began))
    ends = engine.lift(calendar.ends())
    ends = engine.keep(ends.with_columns(**Day.at(nw.col("end")).columns("end")))
    steps = spans.lengths(calendar, engine)
    periods = engine.lift(calendar.buckets()).join(ends, on="period", how="inner")

    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        standing = _standing(turns, periods, by)
        standing = standing.with_columns(**Day.at(nw.col("start")).columns("start"))
        placed = spans.spread(standing, "period", steps).join(ends, on="period", how="inner")
        so_far = age(Day.named("start"), Day.named("end")) - 1
        kind = nw.col("kind")
        return placed.with_columns(
            lasted=nw.when(kind == GOING_ON).then(so_far).otherwise(nw.col("lasted")),
            started=only(kind != ENTERED, "followed"),
            reached=only(kind == OVER, "followed"),
            entered=only(kind == ENTERED, "followed"),
        )

    return Prepared(segments, calendar, at=at)


def _turns(
    spells: nw.LazyFrame, segments: tuple[str, ...], calendar: Calendar, began: date | None
) -> nw.LazyFrame:
    """When spells come and go, as changes of how many there are of each kind, by bucket.

    While it lasts, a spell is of the kind of its first day; once it is over, of the age to which it lasted.
    Those from before the history `began` are known only from the age that they had then; those that had
    ended by then are not known at all.
    """
    start, end, never = nw.col("start_date"), nw.col("ends"), nw.lit(NO_DAY)
    entered = []
    if began:
        first = nw.lit(datetime.combine(began, time()))
        spells = spells.filter(end >= first)
        before = spells.filter(start < first)
        known_from = age(Day.at(start), Day.at(first)) - 1
        entered = [_turn(before, segments, ENTERED, at=first, start=never, lasted=known_from)]
    ended = spells.filter(end < FOREVER)
    none, months = nw.lit(0), age(Day.at(start), Day.at(end))
    turns = [
        _turn(spells, segments, GOING_ON, at=start, start=start, lasted=none),
        _turn(ended, segments, GOING_ON, at=end, start=start, lasted=none, followed=-1),
        _turn(ended, segments, OVER, at=end, start=never, lasted=months),
        *entered,
    ]
    bucket = calendar.bucket(nw.col("at"))
    earliest = nw.lit(datetime.combine(calendar.first_bucket, time()))
    rows = nw.concat(turns).with_columns(bucket=bucket).drop("at")
    early = nw.col("bucket") < earliest
    return rows.with_columns(bucket=nw.when(early).then(earliest).otherwise(nw.col("bucket")))


def _turn(
    spells: nw.LazyFrame,
    segments: tuple[str, ...],
    kind: int,
    *,
    at: nw.Expr,
    start: nw.Expr,
    lasted: nw.Expr,
    followed: int = 1,
) -> nw.LazyFrame:
    return spells.select(
        *segments,
        at=at,
        start=start,
        kind=whole(kind),
        lasted=lasted.cast(nw.Int64),
        followed=whole(followed),
    )


def _standing(turns: nw.LazyFrame, periods: nw.LazyFrame, by: tuple[str, ...]) -> nw.LazyFrame:
    """Stretches of periods at whose ends so many spells of one kind (`start`, `lasted`) were `followed`."""
    kind = (*by, "kind", "start", "lasted")
    counted = add_up(turns, (*kind, "bucket"), ("followed",))
    placed = counted.join(periods, on="bucket", how="inner")
    placed = add_up(placed, ("stop", *kind, "period"), ("followed",))
    along = {"order_by": "period"}
    rows = placed.with_columns(
        followed=nw.col("followed").cum_sum().over("stop", *kind, **along).cast(nw.Int64),
        until=nw.col("period").shift(-1).over("stop", *kind, **along).fill_null(nw.col("stop")),
    )
    return rows.filter(nw.col("followed") > 0)
