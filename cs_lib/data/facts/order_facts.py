"""Facts of businesses with orders: activity, revenue, and their cohorts."""

from dataclasses import replace

import narwhals as nw

from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.facts import cohort_facts, entities, movements
from cs_lib.data.facts.calendar import Calendar
from cs_lib.data.facts.context import (
    Context,
    Prepared,
    add_up,
    once,
    once_a_split,
    one_each,
    one_under_another,
    only,
    stack,
    whole,
)

READS = ("orders",)
SUMS = ("revenue", "orders")
AMOUNTS = (*SUMS, "revenue_12", "orders_12", "revenue_before", "orders_before")
#: what moves revenue from one period to the next, by what became of the customer
MOVES = ("new", "back", "up", "down", "lost")
CHANGES = (*SUMS, "started")


def calendar_of(context: Context) -> Calendar:
    return context.history("orders", "ordered_at")


@once
def bought(context: Context, own: tuple[str, ...], bucket: str) -> nw.LazyFrame:
    """customer × bucket: revenue in millionths, net of refunds, and the number of orders.

    Rows of one order_id are one order, dated by its first row. Positive amounts are orders, and those of
    0 where the edition counts them.
    """
    keys = ("customer_id", *own)
    rows = context.tables["orders"].with_columns(bucket=nw.col("ordered_at").dt.truncate(bucket))
    is_order = nw.col("amount") > 0
    if context.edition.definitions.zero_orders == "count":
        is_order = nw.col("amount") >= 0
    positive = rows.filter(is_order)
    if "order_id" in context.columns("orders"):
        named = positive.filter(~nw.col("order_id").is_null())
        named = named.group_by(*keys, "order_id").agg(nw.col("bucket").min())
        unnamed = positive.filter(nw.col("order_id").is_null())
        counted = nw.concat([each.select(*keys, "bucket") for each in (named, unnamed)])
        counted = add_up(counted.with_columns(orders=whole(1)), (*keys, "bucket"), ("orders",))
        # held before the rows are summed: both at once would take the memory of both
        parts = [rows.select(*keys, "bucket", revenue=nw.col("amount"))]
        parts.append(context.engine.keep(counted))
    else:
        orders = flag(is_order)
        parts = [rows.select(*keys, "bucket", revenue=nw.col("amount"), orders=orders)]
    return context.engine.keep(stack(parts, (*keys, "bucket"), SUMS))


def prepare_activity(context: Context) -> Prepared:
    """customer × period: activity at opening and closing; orders and revenue of the period (and `_12`:
    of the twelve months up to its end; `_before`: of the period before), and the MOVES between the two.

    An order whose lines differ in a column of `orders` itself is one order, and one in each of its
    segments; so it is counted anew for every set of the columns that vary.
    """
    own, engine = context.own("orders"), context.engine
    activity = _activity(context, own)

    @once_a_split(activity.varying)
    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        split = tuple(each for each in own if each in by or each not in activity.varying)
        known = _activity(context, split)
        return engine.as_one(_counted(known.at(by)), rows=known.rows)

    return replace(activity, at=at)


@once
def _activity(context: Context, own: tuple[str, ...]) -> Prepared:
    """customer × period (× own columns): states, first orders and amounts."""
    calendar = calendar_of(context)
    changed = bought(context, own, calendar.bucket_size)
    first = _first_orders(changed.filter(nw.col("orders") > 0), own)
    changes = one_under_another([changed, first], ("customer_id", *own, "bucket"), CHANGES)
    members = entities.members(context, changed, "orders")
    numbers = members.select("customer_id", "member")
    changes = changes.join(numbers, on="customer_id", how="inner").drop("customer_id")
    numbered, changes = entities.number(context, changes, members, own, "orders", changes)
    ordered = only_days(nw.col("orders") > 0, "bucket")
    changes = context.engine.keep(changes.with_columns(ordered=ordered))
    grains = [_of_grain(changes, calendar, each, context) for each in calendar.ordered_grains]
    base = context.engine.keep(nw.concat(grains))
    base = base.with_columns(year_ago=whole(0), ended=whole(0))
    return Prepared(
        segments=numbered.segments,
        calendar=calendar,
        at=lambda by: movements.movements(base, numbered, by, also=AMOUNTS),
        varying=numbered.varying,
        rows=base.select(rows=nw.len()),
    )


def only_days(condition: nw.Expr, moment: str) -> nw.Expr:
    """The day as a whole number that grows with it (see `calendar.day_number`), or 0."""
    day = nw.col(moment).dt
    number = day.year().cast(nw.Int64) * 10_000 + day.month() * 100 + day.day()
    return only(condition, number)


def _of_grain(
    changes: nw.LazyFrame, calendar: Calendar, grain: str, context: Context
) -> nw.LazyFrame:
    """unit × period of one grain: active where the last order lies in the window before the instant."""
    engine, months = context.engine, context.edition.definitions.active_window
    rows = movements.changes_of(changes, calendar, grain, engine, sums=CHANGES, latest=("ordered",))
    rows = rows.with_columns(
        following=movements.following(),
        ordered=nw.col("ordered").cum_max().over("unit", order_by="period"),
        **{f"{each}_so_far": movements.so_far(each) for each in SUMS},
    )
    rows = movements.along(rows, calendar, grain, engine, now=CHANGES)
    windows = engine.lift(calendar.windows(grain, months))
    rows = rows.join(windows, on="period", how="inner")
    rows = rows.with_columns(closing=flag(nw.col("ordered") >= nw.col("window_from")))
    rows = rows.with_columns(
        opening=movements.before("closing"),
        **{
            f"{each}_12": nw.col(f"{each}_so_far")
            - movements.a_year_before(f"{each}_so_far", grain)
            for each in SUMS
        },
        **{f"{each}_before": movements.before(each) for each in SUMS},
    )
    columns = ("opening", "closing", "started", *AMOUNTS)
    return movements.of_calendar(rows, calendar, grain, columns, says=("changed",))


def _first_orders(ordered: nw.LazyFrame, own: tuple[str, ...]) -> nw.LazyFrame:
    """customer × bucket of the first order, with `started` 1 (and own columns of that order)."""
    first = ordered.group_by("customer_id").agg(bucket=nw.col("bucket").min())
    if own:
        rows = ordered.join(first, on=["customer_id", "bucket"], how="inner")
        first = one_each(rows, ["customer_id", "bucket"], own)
    return first.with_columns(started=nw.lit(1))


def _counted(frame: nw.LazyFrame) -> nw.LazyFrame:
    frame = frame.with_columns(
        ordered=flag(nw.col("orders") > 0),
        ordered_12=flag(nw.col("orders_12") > 0),
        repeated_12=flag(nw.col("orders_12") > 1),
        change=nw.col("revenue") - nw.col("revenue_before"),
    )
    return _moved(frame)


def _moved(frame: nw.LazyFrame) -> nw.LazyFrame:
    """The change of revenue on the period before under the one of MOVES that the customer made, and a flag of it.

    Who ordered in both periods, or had money back without an order, is `up` or `down`.
    """
    now, then = nw.col("orders") > 0, nw.col("orders_before") > 0
    first, change = nw.col("started") > 0, nw.col("change")
    alike = (now & then) | (~now & ~then)
    moves = dict(
        zip(
            MOVES,
            (
                now & ~then & first,
                now & ~then & ~first,
                alike & (change > 0),
                alike & (change < 0),
                then & ~now,
            ),
            strict=True,
        )
    )
    return frame.with_columns(
        **{f"revenue_{name}": only(moved, "change") for name, moved in moves.items()},
        **{f"customers_{name}": flag(moved) for name, moved in moves.items()},
    )


def prepare_cohorts(context: Context) -> cohort_facts.Cohorts:
    """customer × age since the month of the first order; see `cohort_facts.at_ages`."""
    own, inherited = context.own("orders"), context.inherited("orders")
    calendar, engine = calendar_of(context), context.engine
    months = bought(context, own, "1mo")
    joined = _first_orders(months.filter(nw.col("orders") > 0), own)
    joined = joined.rename({"bucket": "cohort"}).select("customer_id", "cohort", *own)
    joined = engine.keep(context.with_customers(joined, "orders"), number="member")
    active = months.join(joined.select("member", "customer_id"), on="customer_id", how="inner")
    active = active.select(
        "member", month="bucket", amount="revenue", active=flag(nw.col("orders") > 0)
    )
    if own:
        active = add_up(active, ("member", "month"), ("active", "amount"))
        active = active.with_columns(active=flag(nw.col("active") > 0))
    active = active.with_columns(lasts=whole(1))
    return cohort_facts.prepared(
        active, joined, (*own, *inherited), calendar, engine, running_minimum=False
    )
