"""How long it is from one day to another: in days, and in months of the calendar."""

from dataclasses import dataclass, fields

import narwhals as nw

from cs_lib.data.engines.distinct_rows import flag

#: an age is counted in small steps, of which a month of the calendar has so many
MONTH_OF_AGE = 487
#: and a day, where the months between two anniversaries are taken as equal: 365.25 × 16 = 12 × 487
DAY_OF_AGE = 16


def days_between(start: nw.Expr, end: nw.Expr) -> nw.Expr:
    """Whole days from one midnight to another."""
    return calendar_day(end) - calendar_day(start)


def calendar_day(midnight: nw.Expr) -> nw.Expr:
    """The day counted in the calendar: Spark has no length of time in seconds."""
    years = midnight.dt.year().cast(nw.Int64) - 1
    leap_days = years // 4 - years // 100 + years // 400
    return years * 365 + leap_days + midnight.dt.ordinal_day().cast(nw.Int64)


def is_leap(year: nw.Expr) -> nw.Expr:
    return (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))


@dataclass(frozen=True)
class Day:
    """A day in whole numbers: its place in the calendar, that of its month, its day of the month, and how many
    days the month has."""

    place: nw.Expr
    month: nw.Expr
    of_month: nw.Expr
    of: nw.Expr

    @classmethod
    def at(cls, midnight: nw.Expr) -> "Day":
        year, month = (each.cast(nw.Int64) for each in (midnight.dt.year(), midnight.dt.month()))
        february = (month == 2).cast(nw.Int64) * (
            nw.when(is_leap(year)).then(nw.lit(1)).otherwise(nw.lit(2))
        )
        return cls(
            place=calendar_day(midnight),
            month=year * 12 + month,
            of_month=midnight.dt.day().cast(nw.Int64),
            of=30 + (month + month // 8) % 2 - february,
        )

    @classmethod
    def named(cls, name: str) -> "Day":
        """The day in the columns that `columns` gives."""
        return cls(*(nw.col(f"{name}_{part.name}") for part in fields(cls)))

    def columns(self, name: str) -> dict[str, nw.Expr]:
        return {f"{name}_{part}": value for part, value in vars(self).items()}


def age(start: Day, end: Day) -> nw.Expr:
    """Months from one day to another, in steps of which each month has MONTH_OF_AGE.

    Whole months end on the day of the month on which they began (on the month's last, where it has no such
    day): from 31 January to 28 February is one month. A day between two such anniversaries is placed by
    its number of days, and stays between them.
    """
    anniversary = nw.min_horizontal(start.of_month, end.of)
    months = end.month - start.month - flag(end.of_month < anniversary)
    whole = months * MONTH_OF_AGE
    between = nw.min_horizontal((end.place - start.place) * DAY_OF_AGE, whole + MONTH_OF_AGE - 1)
    between = nw.max_horizontal(between, whole + 1)
    return nw.when(end.of_month == anniversary).then(whole).otherwise(between).cast(nw.Int64)
