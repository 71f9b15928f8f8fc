"""Who has which product from when to when, and when each was first bought: as months, for rates of the next purchase.

A month stands for its first instant, as a whole number that grows with it. A customer has a product at the months
after `since` and up to `until`. What cannot be told (a row that names no product) is none.
"""

from typing import NamedTuple

import narwhals as nw

from cs_lib.data.facts.context import Context
from cs_lib.data.facts.subscription_facts import lasting, spells
from cs_lib.period import segment_column
from cs_lib.vocabulary import FOREVER, NOT_GIVEN

#: the months after a start in which a purchase counts
HORIZON = 12
#: so many products are told apart, those that most customers bought
MOST_PRODUCTS = 8
#: the month in which nothing ends that has no end
NEVER = 1_000_000
#: what stands for any product, whichever it is
ANY = ""
#: segments that say what was bought, where the edition names no other
PRODUCTS = ("product", "plan")
BOUGHT_AT = {"subscriptions": "start_date", "orders": "ordered_at"}


class Purchases(NamedTuple):
    """`held`: customer_id, product (or ANY), since, until, segments of customers. `firsts`: customer_id, next, first."""

    held: nw.LazyFrame
    firsts: nw.LazyFrame


def product_of(context: Context, table: str) -> str | None:
    """The segment column that says what a row of a table is of; None where it has none."""
    edition, own = context.edition, context.own(table)
    named = edition.definitions.product
    asked = (named,) if named else PRODUCTS
    columns = [segment_column(each) for each in asked if each in edition.segments]
    return next((each for each in columns if each in own), None)


def prepare_purchases(context: Context, table: str) -> Purchases:
    """What customers have, and when they first bought it; of orders whoever bought something has it from then on."""
    column, engine = product_of(context, table), context.engine
    rows = context.tables[table].with_columns(product=nw.col(column or ""))
    rows = lasting(rows) if table == "subscriptions" else rows.filter(nw.col("amount") > 0)
    rows = engine.keep(_dated(rows, table))
    named = rows.filter(nw.col("product") != NOT_GIVEN)
    sizes = engine.collect(
        named.group_by("product").agg(nw.col("customer_id").n_unique().alias("many"))
    )
    sizes = sizes.sort_values(["many", "product"], ascending=[False, True])
    told = sizes["product"].astype(str).tolist()[:MOST_PRODUCTS]
    named = named.filter(nw.col("product").is_in(told))
    whatever = rows.with_columns(product=nw.lit(ANY))
    held = nw.concat([_stretches(each) for each in (whatever, named)])
    firsts = named.group_by("customer_id", "product").agg(start_date=nw.col("start_date").min())
    firsts = firsts.select("customer_id", next="product", first=_month("start_date"))
    return Purchases(engine.keep(context.with_customers(held, table)), engine.keep(firsts))


def _dated(rows: nw.LazyFrame, table: str) -> nw.LazyFrame:
    until = (
        nw.col("end_date").fill_null(nw.lit(FOREVER))
        if table == "subscriptions"
        else nw.lit(FOREVER)
    )
    money = "mrr" if table == "subscriptions" else "amount"
    return rows.select(
        "customer_id", "product", start_date=BOUGHT_AT[table], until=until, amount=money
    )


def _stretches(rows: nw.LazyFrame) -> nw.LazyFrame:
    """One row for all intervals of a customer and product that overlap or touch."""
    key = ("customer_id", "product")
    placed = spells(rows, (), key=key)
    summed = placed.group_by(*key, "spell").agg(
        nw.col("start_date").min(), until=nw.col("reached").max()
    )
    ends = nw.when(nw.col("until") >= FOREVER).then(nw.lit(NEVER)).otherwise(_month("until"))
    return summed.select(*key, since=_month("start_date"), until=ends.cast(nw.Int64))


def _month(moment: str) -> nw.Expr:
    day = nw.col(moment).dt
    return day.year().cast(nw.Int64) * 12 + day.month().cast(nw.Int64) - 1
