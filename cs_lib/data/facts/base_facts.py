"""Facts of the customer base: how its money is spread over its customers, and when those who bring it joined.

Money is MRR at a period's end, and for orders revenue of the twelve months up to it; in millionths. Customers who
bring the same are one row: whose it is, no figure asks.
"""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import narwhals as nw
import pandas as pd

from cs_lib.data.engines.engine import Engine
from cs_lib.data.facts import order_facts, spans, subscription_facts
from cs_lib.data.facts.calendar import Calendar
from cs_lib.data.facts.context import (
    Columns,
    Context,
    Prepared,
    add_up,
    once,
    once_a_split,
    whole,
)
from cs_lib.vocabulary import LARGEST

#: in how many parts customers are laid out
TENTHS = 10
TOPS = (*(f"top_{each}" for each in LARGEST), "top_tenth")
PARTS = tuple(f"{each:02}" for each in range(1, TENTHS + 1))
SPREAD = ("customers", "amount", "squares", *TOPS, *(f"part_{each}" for each in PARTS))
#: how many customers stand in so many tenths, and in the largest tenth
TENTH_CUTS = tuple(f"cut_{each:02}" for each in range(TENTHS + 1))
CUTS = (*TENTH_CUTS, "tenth")
#: which of several segmentations a row is of
PLACE = "place"
#: amounts are near each other where they differ by less than one in so many
NEAR = 64
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
            together = add_up(rows, ("period", "until", *keys), ("customers",))
            rows = spans.spread(together, "period", steps)
        rows = rows.select("period", *keys, "customers").join(sources, on="period", how="inner")
        return engine.keep(rows.drop("period"))

    @cache
    def cells(asked: tuple[Columns, ...]) -> nw.LazyFrame:
        """The SPREAD of several segmentations, told apart by their `place`."""
        segments = tuple(dict.fromkeys(each for by in asked for each in by))
        stacked = [
            add_up(levels(by), ("instant", *by, "amount"), ("customers",)).select(
                "instant",
                "amount",
                "customers",
                **{PLACE: whole(place)},
                **{each: nw.col(each) if each in by else nw.lit("") for each in segments},
            )
            for place, by in enumerate(asked)
        ]
        there = engine.keep(nw.concat(stacked))
        placed = _cells(there, (PLACE, "instant", *segments), engine)
        placed = placed.join(periods, on="instant", how="inner")
        return engine.keep(placed.select(PLACE, "period", *segments, *SPREAD))

    @cache
    def together() -> tuple[Columns, ...]:
        """The segmentations that are asked in one query: of few rows all, for it is a long one."""
        return tuple(filter(fact.offers, context.segmentations)) if engine.few(fact.rows) else ()

    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        asked = together() if by in together() else (by,)
        own = cells(asked).filter(nw.col(PLACE) == asked.index(by))
        return own.select("period", *by, *SPREAD)

    # ranks are those within a segment: each set of segments has rows of its own
    return Prepared(fact.segments, fact.calendar, at=at, varying=fact.segments)


def _instants(calendar: Calendar) -> tuple[pd.DataFrame, pd.DataFrame]:
    """period, instant of one period for each end that there is; instant, period of all that end then."""
    ends = calendar.ends()
    instants = pd.factorize(ends["end"])[0].astype("int64")
    every = pd.DataFrame({"instant": instants, "period": ends["period"]})
    return every.drop_duplicates("instant")[["period", "instant"]], every


def _cells(levels: nw.LazyFrame, keys: Columns, engine: Engine) -> nw.LazyFrame:
    """The SPREAD of each instant and segment, from its amounts and how many customers bring each.

    To put millions of amounts in order takes long. Those that are near each other are one row first, and only
    where a cut falls among them do they stand one by one.
    """
    sums = ("customers", "of_level", "squares")
    levels = levels.with_columns(
        of_level=nw.col("amount") * nw.col("customers"),
        near=-(nw.col("amount").log() * NEAR).floor().cast(nw.Int64),
    )
    cells = add_up(levels, keys, ("customers", "of_level"))
    cells = engine.keep(_with_cuts(cells.rename({"customers": "many", "of_level": "all"})))
    share = nw.col("amount") / nw.col("all")
    levels = levels.join(cells, on=list(keys), how="inner")
    levels = levels.with_columns(squares=(nw.col("of_level") * share).round(0).cast(nw.Int64))
    near = add_up(levels, (*keys, "near"), sums)
    near = near.with_columns(before=_before(keys, "near")).join(cells, on=list(keys), how="inner")
    near = engine.keep(near.with_columns(is_cut=_is_cut()))
    whole_rows = near.filter(~nw.col("is_cut")).with_columns(amount=whole(0))
    cut = near.filter(nw.col("is_cut")).select(*keys, "near")
    cut = levels.join(cut, on=[*keys, "near"], how="inner")
    columns = (*keys, "near", "amount", *sums, "many", *CUTS)
    rows = nw.concat([whole_rows.select(*columns), cut.select(*columns)])
    rows = rows.with_columns(smaller=-nw.col("amount"))
    rows = rows.with_columns(before=_before(keys, "near", "smaller"))
    parts = {
        f"part_{name}": _of_places(first, last)
        for name, (first, last) in zip(PARTS, pairwise(map(nw.col, TENTH_CUTS)), strict=True)
    }
    rows = rows.with_columns(
        **{f"top_{each}": _of_places(whole(0), whole(each)) for each in LARGEST},
        top_tenth=_of_places(whole(0), nw.col("tenth")),
        **parts,
    )
    return add_up(rows.with_columns(amount=nw.col("of_level")), keys, SPREAD)


def _with_cuts(cells: nw.LazyFrame) -> nw.LazyFrame:
    """With the CUTS of each cell: after so many customers another part begins."""
    many = nw.col("many")
    tenths = {name: many * place // TENTHS for place, name in enumerate(TENTH_CUTS)}
    return cells.with_columns(tenth=(many + TENTHS - 1) // TENTHS, **tenths)


def _before(keys: tuple[str, ...], *order: str) -> nw.Expr:
    """How many customers bring more than those of a row."""
    customers = nw.col("customers")
    return customers.cum_sum().over(*keys, order_by=order).cast(nw.Int64) - customers


def _is_cut() -> nw.Expr:
    """Whether a part begins among the customers of a row."""
    before, end = nw.col("before"), nw.col("before") + nw.col("customers")
    cuts = (*map(nw.col, CUTS), *map(whole, LARGEST))
    return nw.any_horizontal(*((before < c) & (c < end) for c in cuts), ignore_nulls=False)


def _of_places(first: nw.Expr, last: nw.Expr) -> nw.Expr:
    """What the customers of a row bring who stand after the first so many, and up to the last."""
    customers = nw.col("customers")
    begin, end = nw.col("before"), nw.col("before") + customers
    many = nw.min_horizontal(end, last) - nw.max_horizontal(begin, first)
    some = (nw.col("amount") * nw.max_horizontal(many, whole(0))).cast(nw.Int64)
    return nw.when(many == customers).then(nw.col("of_level")).otherwise(some)


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
