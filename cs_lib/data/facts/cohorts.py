"""Cohorts: customers grouped by the month they joined, followed by age in months."""

import narwhals as nw

from cs_lib.data.facts.frames import flag

#: what a cohort cell adds up: active customers, money now, money never lost, and second moments
SUMS = ("active", "amount", "floor", "amount_2", "amount_base", "floor_2", "floor_base")
BASE = ("size", "base", "base_2")


def month_number(column: str) -> nw.Expr:
    return nw.col(column).dt.year() * 12 + nw.col(column).dt.month()


def at_ages(active: nw.LazyFrame, joined: nw.LazyFrame, *, running_minimum: bool) -> nw.LazyFrame:
    """customer × age, from the months in which each customer was active.

    Takes `active` (customer_id, month, active, amount) and `joined` (customer_id, cohort, segments). The
    floor is the least amount from age 0 on; it is 0 after any month without activity.
    """
    frame = active.join(joined, on="customer_id", how="inner").with_columns(
        age=(month_number("month") - month_number("cohort")).cast(nw.Int64)
    )
    base = frame.filter(nw.col("age") == 0).select("customer_id", base=nw.col("amount"))
    frame = frame.join(base, on="customer_id", how="left").with_columns(nw.col("base").fill_null(0))
    if not running_minimum:
        return frame.with_columns(floor=nw.lit(0).cast(nw.Int64))
    along = {"order_by": ["age"]}
    frame = frame.with_columns(
        months_seen=flag(nw.col("age") >= 0).cum_sum().over("customer_id", **along),
        least=nw.col("amount").cum_min().over("customer_id", **along),
    )
    unbroken = nw.col("months_seen") == nw.col("age") + 1
    return frame.with_columns(
        floor=nw.when(unbroken).then(nw.col("least")).otherwise(nw.lit(0)).cast(nw.Int64)
    )


def cells(ages: nw.LazyFrame, joined: nw.LazyFrame, by: tuple[str, ...]) -> tuple:
    """(cohort × age sums, cohort bases), both split by the segment columns.

    Bases give the cohort's size and its money at age 0; second moments are in units of money.
    """
    now, base, floor = (nw.col(each) / 1e6 for each in ("amount", "base", "floor"))
    by_age = (
        ages.with_columns(
            amount_2=now * now,
            amount_base=now * base,
            floor_2=floor * floor,
            floor_base=floor * base,
        )
        .group_by("cohort", "age", *by)
        .agg(*(nw.col(each).sum() for each in SUMS))
    )
    first = ages.filter(nw.col("age") == 0).select("customer_id", "base")
    bases = (
        joined.join(first, on="customer_id", how="left")
        .with_columns(nw.col("base").fill_null(0))
        .with_columns(size=nw.lit(1).cast(nw.Int64), base_2=(nw.col("base") / 1e6) ** 2)
        .group_by("cohort", *by)
        .agg(*(nw.col(each).sum() for each in BASE))
    )
    return by_age, bases
