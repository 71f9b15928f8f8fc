"""Cohorts: customers grouped by the month they joined, followed by age in months."""

from collections.abc import Callable
from dataclasses import dataclass

import narwhals as nw

from cs_lib.data.engines.engine import Engine
from cs_lib.data.facts import spans
from cs_lib.data.facts.calendar import Calendar
from cs_lib.data.facts.context import only, whole
from cs_lib.vocabulary import MICROS

#: what a cohort cell adds up: active customers, money now, money never lost, and second moments
SUMS = ("active", "amount", "floor", "amount_2", "amount_base", "floor_2", "floor_base")
BASE = ("size", "base", "base_2")


@dataclass(frozen=True)
class Cohorts:
    """Cohorts after their heavy reduction: `at(by)` gives their cells and their bases (see `cells`)."""

    segments: tuple[str, ...]
    calendar: Calendar
    at: Callable[[tuple[str, ...]], tuple[nw.LazyFrame, nw.LazyFrame]]

    def offers(self, by: tuple[str, ...]) -> bool:
        return set(by) <= set(self.segments)


def month_number(column: str) -> nw.Expr:
    return nw.col(column).dt.year() * 12 + nw.col(column).dt.month()


def prepared(
    active: nw.LazyFrame,
    joined: nw.LazyFrame,
    segments: tuple[str, ...],
    calendar: Calendar,
    engine: Engine,
    *,
    running_minimum: bool,
) -> Cohorts:
    """(cohort × age sums, cohort bases) of members, from the stretches of months in which each was active.

    Takes `active` (member, month, `lasts` so many months, active, amount) and `joined` (member, cohort,
    segments).
    """
    ages = active.join(joined.select("member", "cohort"), on="member", how="inner")
    ages = ages.with_columns(
        age=(month_number("month") - month_number("cohort")).cast(nw.Int64)
    ).with_columns(until=nw.col("age") + nw.col("lasts"))
    ages = engine.keep(ages.select("member", "age", "until", "lasts", "active", "amount"))
    first = ages.filter(nw.col("age") == 0).select("member", base=nw.col("amount"))
    bases = joined.join(first, on="member", how="left").with_columns(nw.col("base").fill_null(0))
    bases = engine.keep(bases.select("member", "cohort", "base", *segments))
    aged = engine.keep(at_ages(ages, running_minimum=running_minimum))
    steps = spans.lengths(calendar, engine)
    return Cohorts(segments, calendar, at=lambda by: cells(aged, bases, by, steps))


def at_ages(ages: nw.LazyFrame, *, running_minimum: bool) -> nw.LazyFrame:
    """The stretches of each member's ages, with `floor`.

    The floor is the least amount from age 0 on; it is 0 after any month without activity.
    """
    if not running_minimum:
        return ages.with_columns(floor=whole(0))
    along = {"order_by": ["age"]}
    frame = ages.with_columns(
        months_seen=nw.col("lasts").cum_sum().over("member", **along),
        least=nw.col("amount").cum_min().over("member", **along),
    )
    unbroken = nw.col("months_seen") == nw.col("until")
    return frame.with_columns(floor=only(unbroken, "least"))


def cells(
    aged: nw.LazyFrame, bases: nw.LazyFrame, by: tuple[str, ...], steps: spans.StretchSteps
) -> tuple[nw.LazyFrame, nw.LazyFrame]:
    """(cohort × age sums, cohort bases), both split by the segment columns.

    Bases give the cohort's size and its money at age 0; second moments are in units of money.
    """
    now, base, floor = (nw.col(each) / MICROS for each in ("amount", "base", "floor"))
    rows = aged.join(bases, on="member", how="inner").with_columns(
        amount_2=now * now,
        amount_base=now * base,
        floor_2=floor * floor,
        floor_base=floor * base,
    )
    by_age = spans.add_up(rows, "age", ("cohort", *by), SUMS, steps)
    sizes = (
        bases.with_columns(size=whole(1), base_2=base**2)
        .group_by("cohort", *by)
        .agg(*(nw.col(each).sum() for each in BASE))
    )
    return by_age, sizes
