"""Facts of businesses with orders: activity, revenue, and their cohorts."""

import narwhals as nw

from cs_lib.data.facts import cohorts, flows
from cs_lib.data.facts.calendar import Calendar
from cs_lib.data.facts.frames import Prepared, Sources, add_up, flag, one_each, stack

READS = ("orders",)
TRAILING_MONTHS = 12
SUMS = ("revenue", "orders")
AMOUNTS = (*SUMS, "revenue_12", "orders_12")


def calendar_of(sources: Sources) -> Calendar:
    first = sources.edition.history_starts or sources.first_day("orders", "ordered_at")
    return sources.calendar(first or sources.as_of)


def purchases(sources: Sources, own: tuple[str, ...], bucket: str) -> nw.LazyFrame:
    """customer × bucket: revenue in millionths, net of refunds, and the number of orders.

    Rows of one order_id are one order, dated by its first row; only positive amounts are orders.
    """
    keys = ("customer_id", *own)
    rows = sources.tables["orders"].with_columns(bucket=nw.col("ordered_at").dt.truncate(bucket))
    zero = nw.lit(0).cast(nw.Int64)
    positive = rows.filter(nw.col("amount") > 0)
    if "order_id" in sources.columns("orders"):
        named = positive.filter(~nw.col("order_id").is_null())
        named = named.group_by(*keys, "order_id").agg(nw.col("bucket").min())
        unnamed = positive.filter(nw.col("order_id").is_null())
        counted = [named.select(*keys, "bucket"), unnamed.select(*keys, "bucket")]
    else:
        counted = [positive.select(*keys, "bucket")]
    parts = [rows.select(*keys, "bucket", revenue=nw.col("amount"), orders=zero)]
    parts += [each.with_columns(revenue=zero, orders=nw.lit(1).cast(nw.Int64)) for each in counted]
    return add_up(nw.concat(parts), (*keys, "bucket"), SUMS)


def prepare_activity(sources: Sources) -> Prepared:
    """customer × period: activity at opening and closing; orders and revenue of the period (and `_12`:
    of the twelve months up to its end).

    An order whose lines differ in a column of `orders` itself is one order, and one in each of its
    segments; so it is counted anew for every set of those columns.
    """
    own, inherited = sources.own("orders"), sources.inherited("orders")
    calendar, known = calendar_of(sources), {}

    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        split = tuple(column for column in own if column in by)
        if split not in known:
            known[split] = _base(sources, calendar, split)
        return _counted(flows.movements(known[split], by, changing=split, also=AMOUNTS))

    return Prepared((*own, *inherited), calendar, at=at)


def _base(sources: Sources, calendar: Calendar, own: tuple[str, ...]) -> nw.LazyFrame:
    """customer × period (× own columns): states, first orders and amounts."""
    engine = sources.engine
    bought = engine.keep(purchases(sources, own, "1d" if calendar.by_day else "1mo"))
    ordered = bought.filter(nw.col("orders") > 0)
    in_period, in_year = (
        bought.join(engine.lift(buckets), on="bucket", how="inner")
        for buckets in (calendar.buckets(), calendar.buckets(trailing=TRAILING_MONTHS))
    )
    moments = flows.to_periods(
        _active(ordered, calendar, sources, own), engine.lift(calendar.roles())
    )
    first = _first_orders(ordered, own).join(
        engine.lift(calendar.buckets()), on="bucket", how="inner"
    )
    in_year = in_year.rename({"revenue": "revenue_12", "orders": "orders_12"})
    base = stack(
        [moments, first, in_period, in_year],
        (*flows.UNIT, *own),
        (*flows.STATES, *flows.EVENTS, *AMOUNTS),
    )
    return engine.keep(sources.with_customers(base, "orders"))


def _active(ordered, calendar: Calendar, sources: Sources, own: tuple[str, ...]) -> nw.LazyFrame:
    """customer × instant with amount 1: ordered in the active window just before the instant."""
    window = sources.engine.lift(calendar.windows(sources.edition.definitions.active_window))
    placed = ordered.join(window, on="bucket", how="inner")
    moments = placed.select("customer_id", "instant", *own).unique()
    return moments.with_columns(amount=nw.lit(1).cast(nw.Int64))


def _first_orders(ordered: nw.LazyFrame, own: tuple[str, ...]) -> nw.LazyFrame:
    """customer × bucket of the first order, with `started` 1 (and own columns of that order)."""
    first = ordered.group_by("customer_id").agg(bucket=nw.col("bucket").min())
    rows = ordered.join(first, on=["customer_id", "bucket"], how="inner")
    rows = one_each(rows, ["customer_id", "bucket"], own)
    return rows.with_columns(started=nw.lit(1))


def _counted(frame: nw.LazyFrame) -> nw.LazyFrame:
    return frame.with_columns(
        ordered=flag(nw.col("orders") > 0),
        ordered_12=flag(nw.col("orders_12") > 0),
        repeated_12=flag(nw.col("orders_12") > 1),
    )


def prepare_cohorts(sources: Sources) -> Prepared:
    """customer × age since the month of the first order; see `cohorts.at_ages`."""
    own, inherited = sources.own("orders"), sources.inherited("orders")
    calendar, engine = calendar_of(sources), sources.engine
    bought = engine.keep(purchases(sources, own, "1mo"))
    ordered = bought.filter(nw.col("orders") > 0)
    joined = (
        _first_orders(ordered, own)
        .rename({"bucket": "cohort"})
        .select("customer_id", "cohort", *own)
    )
    joined = engine.keep(sources.with_customers(joined, "orders"))
    bought = bought.with_columns(active=flag(nw.col("orders") > 0), amount=nw.col("revenue"))
    active = add_up(
        bought.rename({"bucket": "month"}), ("customer_id", "month"), ("active", "amount")
    )
    active = active.with_columns(active=flag(nw.col("active") > 0))
    ages = engine.keep(cohorts.at_ages(active, joined, running_minimum=False))
    return Prepared((*own, *inherited), calendar, at=lambda by: cohorts.cells(ages, joined, by))
