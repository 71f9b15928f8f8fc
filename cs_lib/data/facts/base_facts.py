"""Facts of the customer base: how its money is spread over its customers, and when those who bring it joined.

Money is MRR at a period's end, and for orders revenue of the twelve months up to it; in millionths. Customers who
bring the same are one row: whose it is, no figure asks.
"""

from dataclasses import replace
from functools import cache

import narwhals as nw
import pandas as pd

from cs_lib.data.facts import order_facts, spans, subscription_facts
from cs_lib.data.facts.calendar import Calendar
from cs_lib.data.facts.context import Context, Prepared, add_up, once, once_a_split, whole
from cs_lib.vocabulary import LARGEST

#: in how many parts customers are laid out
TENTHS = 10
TOPS = (*(f"top_{each}" for each in LARGEST), "top_tenth")
PARTS = tuple(f"{each:02}" for each in range(1, TENTHS + 1))
SPREAD = ("customers", "amount", "squares", *TOPS, *(f"part_{each}" for each in PARTS))
#: the vintage of customers who never ordered anything, but had money back
NEVER = "none"


@once
def _spread(context: Context, table: str) -> Prepared:
    """One row a period and segment: the sums SPREAD over its customers, from the largest to the smallest.

    `top_5` is what the five largest bring, `top_tenth` the largest tenth (a begun customer counts whole);
    `part_01` … `part_10` what each tenth brings, cut at so many tenths of their number, rounded down. `squares`
    is each customer's money times its share of all.
    """
    if table == "subscriptions":
        fact, column = subscription_facts.prepare_movements(context), "closing"
    else:
        fact, column = order_facts.prepare_activity(context), "revenue_12"
    engine, (sources, periods) = context.engine, _instants(fact.calendar)
    sources, periods = engine.lift(sources), engine.lift(periods)
    steps = spans.lengths(fact.calendar, engine)

    @once_a_split(fact.varying)
    def levels(split: tuple[str, ...]) -> nw.LazyFrame:
        rows = fact.in_stretches(split).filter(nw.col(column) > 0)
        rows = rows.with_columns(amount=nw.col(column), customers=whole(1))
        keys = (*fact.fixed, *split, "amount")
        if fact.stretches:
            summed = spans.add_up(rows, "period", keys, ("customers",), steps)
        else:
            summed = add_up(rows, ("period", *keys), ("customers",))
        return engine.keep(summed.join(sources, on="period", how="inner"))

    @cache
    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        there = engine.keep(add_up(levels(by), ("instant", *by, "amount"), ("customers",)))
        placed = _cells(there, by).join(periods, on="instant", how="inner")
        return engine.keep(placed.select("period", *by, *SPREAD))

    # ranks are those within a segment: each set of segments has rows of its own
    return Prepared(fact.segments, fact.calendar, at=at, varying=fact.segments)


def _instants(calendar: Calendar) -> tuple[pd.DataFrame, pd.DataFrame]:
    """period, instant of one period for each end that there is; instant, period of all that end then."""
    ends = calendar.ends()
    instants = pd.factorize(ends["end"])[0].astype("int64")
    every = pd.DataFrame({"instant": instants, "period": ends["period"]})
    return every.drop_duplicates("instant")[["period", "instant"]], every


def _cells(levels: nw.LazyFrame, by: tuple[str, ...]) -> nw.LazyFrame:
    """The SPREAD of each instant and segment, from its amounts and how many customers bring each."""
    keys = ("instant", *by)
    levels = levels.with_columns(
        of_level=nw.col("amount") * nw.col("customers"), smaller=-nw.col("amount")
    )
    up_to = nw.col("customers").cum_sum().over(*keys, order_by="smaller").cast(nw.Int64)
    totals = add_up(levels, keys, ("customers", "of_level"))
    totals = totals.rename({"customers": "many", "of_level": "all"})
    rows = levels.with_columns(before=up_to - nw.col("customers"))
    rows = rows.join(totals, on=list(keys), how="inner")
    share = nw.col("amount") / nw.col("all")
    parts = {
        f"part_{name}": _of_places(_cut(place - 1), _cut(place))
        for place, name in enumerate(PARTS, start=1)
    }
    rows = rows.with_columns(
        squares=(nw.col("of_level") * share).round(0).cast(nw.Int64),
        **{f"top_{each}": _of_places(whole(0), whole(each)) for each in LARGEST},
        top_tenth=_of_places(whole(0), (nw.col("many") + TENTHS - 1) // TENTHS),
        **parts,
    )
    rows = rows.with_columns(amount=nw.col("of_level"))
    return add_up(rows, keys, SPREAD)


def _cut(place: int) -> nw.Expr:
    """How many customers stand in that many tenths."""
    return (nw.col("many") * place) // TENTHS


def _of_places(first: nw.Expr, last: nw.Expr) -> nw.Expr:
    """What the customers of a level bring who stand after the first so many, and up to the last."""
    after, end = nw.col("before"), nw.col("before") + nw.col("customers")
    begin = nw.max_horizontal(after, first)
    many = nw.max_horizontal(nw.min_horizontal(end, last) - begin, nw.lit(0))
    return (nw.col("amount") * many).cast(nw.Int64)


def _stands_on(told: nw.Expr) -> nw.Expr:
    """How many customers a share of the first so many tells of: those, the others, or as many equal ones as would
    stand for all, whichever are fewer. So no segment shows what a few of its customers bring."""
    many = nw.col("customers")
    told = nw.min_horizontal(told, nw.max_horizontal(many - told, nw.lit(0)))
    told = nw.when(told > 0).then(told).otherwise(many)
    equal = (nw.col("amount") / nw.col("squares")).round(0).cast(nw.Int64)
    return nw.min_horizontal(told, equal).cast(nw.Int64)


def prepare_spread(table: str, context: Context) -> Prepared:
    """One row a period and segment: `customers`, `amount`, TOPS and `squares`; `stands_on_…`: of how many customers
    each share tells."""
    spread = _spread(context, table)
    tenth = (nw.col("customers") + TENTHS - 1) // TENTHS
    told = {**{f"top_{each}": whole(each) for each in LARGEST}, "top_tenth": tenth}
    shares = {f"stands_on_{name}": _stands_on(many) for name, many in told.items()}
    columns = {**shares, "stands_on_all": _stands_on(nw.col("customers"))}
    return replace(spread, at=lambda by: spread.at(by).with_columns(**columns))


def prepare_tenths(table: str, context: Context) -> Prepared:
    """One row a period, segment and `tenth` (01 the largest): what it brings, what all bring, and of how many
    customers it tells."""
    spread = _spread(context, table)
    few = _stands_on(nw.col("customers") // TENTHS)

    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        rows = spread.at(by).with_columns(few=few)
        return nw.concat(
            [
                rows.select(
                    "period",
                    *by,
                    tenth=nw.lit(name),
                    share=nw.col(f"part_{name}"),
                    amount=nw.col("amount"),
                    few=nw.col("few"),
                )
                for name in PARTS
            ]
        )

    return replace(spread, at=at)


def prepare_largest(context: Context) -> Prepared:
    """One row a period: MRR of a year ago, and what is left of it, of all customers but the one who paid most then.

    Of several who paid the same, it is the one of whom most is left.
    """
    moves, engine = subscription_facts.prepare_movements(context), context.engine
    sums = ("year_ago", "retained_12", "customers")

    @cache
    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        rows = moves.at(()).filter(nw.col("year_ago") > 0).with_columns(customers=whole(1))
        every = add_up(rows, ("period",), sums)
        most = rows.group_by("period").agg(nw.col("year_ago").max())
        first = rows.join(most, on=["period", "year_ago"], how="inner")
        first = first.group_by("period").agg(
            most=nw.col("year_ago").max(), left=nw.col("retained_12").max()
        )
        both = every.join(first, on="period", how="inner")
        return engine.keep(
            both.select(
                "period",
                year_ago=nw.col("year_ago") - nw.col("most"),
                retained_12=nw.col("retained_12") - nw.col("left"),
                customers=nw.col("customers") - 1,
            )
        )

    return Prepared((), moves.calendar, at=at)


def prepare_vintages(context: Context) -> Prepared:
    """customer × period: MRR at the `closing`, and the year in which the customer first paid, `joined_in`."""
    moves, known = subscription_facts.prepare_movements(context), subscription_facts.paid(context)
    years = known.first.select("member", joined_in=_year("start_date"))
    years = context.engine.keep(years)

    def with_year(rows: nw.LazyFrame) -> nw.LazyFrame:
        return rows.filter(nw.col("closing") > 0).join(years, on="member", how="inner")

    return replace(
        moves,
        at=lambda by: with_year(moves.at(by)),
        stretches=lambda by: with_year(moves.in_stretches(by)),
    )


def prepare_order_vintages(context: Context) -> Prepared:
    """customer × period: `revenue`, and the year of the customer's first order, `joined_in`."""
    activity = order_facts.prepare_activity(context)
    bought = order_facts.bought(context, context.own("orders"), activity.calendar.bucket_size)
    ordered = bought.filter(nw.col("orders") > 0).group_by("customer_id")
    first = ordered.agg(bucket=nw.col("bucket").min())
    years = context.engine.keep(first.select("customer_id", joined_in=_year("bucket")))

    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        rows = activity.at(by).filter(nw.col("revenue") != 0)
        rows = rows.join(years, on="customer_id", how="left")
        return rows.with_columns(nw.col("joined_in").fill_null(NEVER))

    return replace(activity, at=at)


def _year(column: str) -> nw.Expr:
    return nw.col(column).dt.year().cast(nw.String)
