"""Facts of the books of customer-success managers: each month's customers by who had them on its first day."""

from datetime import datetime, time

import narwhals as nw

from cs_lib.data.facts.context import CUSTOMERS, UNIT, Context, add_up, whole
from cs_lib.data.facts.renewal_facts import due_next, prepare_renewals
from cs_lib.data.facts.subscription_facts import prepare_movements
from cs_lib.period import segment_column
from cs_lib.vocabulary import NOT_GIVEN, OWNER, VALID_FROM

#: what is added up of an owner's customers: how many, how many of them left, and money in millionths a month
MOVED = ("at_opening", "lost", "opening", "churn", "expansion", "contraction")
DUE = ("due", "kept", "lost", "open", "terms")
COSTS = "success_costs"
#: customers are held against others alike in so many segment columns, none of more values than these
MOST_COLUMNS, MOST_VALUES = 2, 12


def has_owners(context: Context) -> bool:
    return OWNER in context.columns(CUSTOMERS) and "subscriptions" in context.tables


def alike_in(context: Context) -> tuple[str, ...]:
    """The first segment columns of the edition that say of a customer what may make it leave."""
    sizes, owner = context.sizes(), segment_column(OWNER)
    known = prepare_movements(context).segments
    fit = (each for each in context.segments if each != owner and each in known)
    return tuple(each for each in fit if sizes[each] <= MOST_VALUES)[:MOST_COLUMNS]


def had(rows: nw.LazyFrame, on: str, context: Context) -> nw.LazyFrame:
    """Rows of customers with the `owner` who had each on the day in the column `on`."""
    if VALID_FROM not in context.columns(CUSTOMERS):
        known = context.tables[CUSTOMERS].select("customer_id", OWNER)
        joined = rows.join(known, on="customer_id", how="left")
    else:
        asked = rows.group_by("customer_id", on).agg(_rows=nw.len())
        there = asked.join(context.owned, on="customer_id", how="inner").filter(
            (nw.col("since") <= nw.col(on))
            & (nw.col("until").is_null() | (nw.col("until") > nw.col(on)))
        )
        there = there.select("customer_id", on, OWNER)
        joined = rows.join(there, on=["customer_id", on], how="left")
    return joined.with_columns(nw.col(OWNER).fill_null(NOT_GIVEN))


def moved(context: Context) -> nw.LazyFrame:
    """month × owner × the columns `alike_in`: the MOVED of customers who paid at the month's opening.

    A column that a subscription carries is that of the month before, as the customer stood at the opening.
    """
    moves, alike = prepare_movements(context), alike_in(context)
    months = context.engine.lift(moves.calendar.months())
    rows = moves.at(()).filter(nw.col("at_opening") == 1).join(months, on="period", how="inner")
    rows = rows.select(*UNIT, "month", *moves.fixed, *MOVED)
    varying = tuple(each for each in alike if each in moves.varying)
    before = rows.with_columns(period=nw.col("period") - 1)
    rows = context.with_subscription(before, varying, moves.calendar)
    rows = had(context.engine.keep(rows), "month", context)
    return add_up(rows, ("month", OWNER, *alike), MOVED)


def renewed(context: Context) -> nw.LazyFrame:
    """month × owner: the DUE of terms that ended in the month; `terms` are customers who had one."""
    fact = prepare_renewals(context)
    months = context.engine.lift(fact.calendar.months())
    rows = fact.at(()).join(months, on="period", how="inner").with_columns(terms=whole(1))
    rows = rows.filter(nw.col("due") > 0).select("customer_id", "month", *DUE)
    return add_up(had(context.engine.keep(rows), "month", context), ("month", OWNER), DUE)


def due_of_owners(context: Context) -> nw.LazyFrame:
    """owner: `due` and `terms` that end in the quarter after the data, by who has the customer as it ends."""
    day = nw.lit(datetime.combine(context.as_of, time()))
    rows = had(due_next(context).with_columns(on=day), "on", context)
    return add_up(rows, (OWNER,), ("due", "terms"))


def spent(context: Context) -> nw.LazyFrame:
    """month × owner: the `cost` of customer success, in millionths; of no owner what all of them cost together."""
    rows = context.tables[COSTS].with_columns(
        nw.col(OWNER).fill_null(NOT_GIVEN), cost=nw.col("amount")
    )
    return add_up(rows, ("month", OWNER), ("cost",))
