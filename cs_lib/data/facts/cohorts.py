"""Cohorts: customers grouped by the month they joined, followed by age in months."""

import narwhals as nw

from cs_lib.data.facts.calendar import Calendar
from cs_lib.data.facts.frames import Prepared, flag

#: what a cohort cell adds up: active customers, money now, money never lost, and second moments
SUMS = ("active", "amount", "floor", "amount_2", "amount_base", "floor_2", "floor_base")
BASE = ("size", "base", "base_2")


def month_number(column: str) -> nw.Expr:
    return nw.col(column).dt.year() * 12 + nw.col(column).dt.month()


def prepared(
    active: nw.LazyFrame,
    joined: nw.LazyFrame,
    segments: tuple[str, ...],
    calendar: Calendar,
    engine,
    *,
    running_minimum: bool,
) -> Prepared:
    """(cohort × age sums, cohort bases) of members, from the months in which each was active.

    Takes `active` (customer_id, month, active, amount) and `joined` (member, customer_id, cohort, segments).
    """
    ages = active.join(joined, on="customer_id", how="inner").drop("customer_id")
    ages = ages.with_columns(
        age=(month_number("month") - month_number("cohort")).cast(nw.Int64)
    ).drop("month")
    ages = engine.keep(ages)
    first = ages.filter(nw.col("age") == 0).select("member", base=nw.col("amount"))
    bases = joined.join(first, on="member", how="left").with_columns(nw.col("base").fill_null(0))
    bases = engine.keep(bases)
    aged = engine.keep(at_ages(ages, bases, running_minimum=running_minimum))
    return Prepared(segments, calendar, at=lambda by: cells(aged, bases, by))


def at_ages(ages: nw.LazyFrame, bases: nw.LazyFrame, *, running_minimum: bool) -> nw.LazyFrame:
    """member × age with `base`, the money at age 0, and `floor`.

    The floor is the least amount from age 0 on; it is 0 after any month without activity.
    """
    frame = ages.join(bases.select("member", "base"), on="member", how="inner")
    if not running_minimum:
        return frame.with_columns(floor=nw.lit(0).cast(nw.Int64))
    along = {"order_by": ["age"]}
    frame = frame.with_columns(
        months_seen=flag(nw.col("age") >= 0).cum_sum().over("member", **along),
        least=nw.col("amount").cum_min().over("member", **along),
    )
    unbroken = nw.col("months_seen") == nw.col("age") + 1
    return frame.with_columns(
        floor=nw.when(unbroken).then(nw.col("least")).otherwise(nw.lit(0)).cast(nw.Int64)
    )


def cells(aged: nw.LazyFrame, bases: nw.LazyFrame, by: tuple[str, ...]) -> tuple:
    """(cohort × age sums, cohort bases), both split by the segment columns.

    Bases give the cohort's size and its money at age 0; second moments are in units of money.
    """
    now, base, floor = (nw.col(each) / 1e6 for each in ("amount", "base", "floor"))
    by_age = (
        aged.with_columns(
            amount_2=now * now,
            amount_base=now * base,
            floor_2=floor * floor,
            floor_base=floor * base,
        )
        .group_by("cohort", "age", *by)
        .agg(*(nw.col(each).sum() for each in SUMS))
    )
    sizes = (
        bases.with_columns(size=nw.lit(1).cast(nw.Int64), base_2=base**2)
        .group_by("cohort", *by)
        .agg(*(nw.col(each).sum() for each in BASE))
    )
    return by_age, sizes
