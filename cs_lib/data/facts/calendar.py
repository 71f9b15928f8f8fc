"""Small lookup frames that carry days and months to the periods of every grain at once.

A *period* is known to the heavy frames by its number: its place among `all_periods`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import narwhals as nw
import pandas as pd

from cs_lib.period import (
    GRAINS,
    MONTH,
    PERIODS_A_YEAR,
    WEEK,
    Period,
    add_months,
    periods_covering,
)

OPENING, CLOSING = "opening", "closing"


@dataclass(frozen=True)
class Calendar:
    """The periods that a table's dates span, from the first day it speaks of to `as_of`.

    The last period of a grain may be incomplete; measures mark it as immature.
    """

    first: date
    as_of: date
    grains: tuple[str, ...]

    @property
    def last(self) -> date:
        return max(self.first, self.as_of - timedelta(days=1))

    @property
    def by_day(self) -> bool:
        """Whether rows must be kept by day: weeks do not fit into months."""
        return WEEK in self.grains

    def bucket(self, moment: nw.Expr) -> nw.Expr:
        """The day or the month in which rows of a moment are kept."""
        return moment.dt.truncate(self.bucket_size)

    @property
    def bucket_size(self) -> str:
        return "1d" if self.by_day else "1mo"

    @property
    def ordered_grains(self) -> tuple[str, ...]:
        return tuple(grain for grain in GRAINS if grain in self.grains)

    def periods(self, grain: str) -> list[Period]:
        return periods_covering(self.first, self.last, grain)

    @cached_property
    def all_periods(self) -> list[Period]:
        return [period for grain in self.ordered_grains for period in self.periods(grain)]

    @cached_property
    def cells(self) -> pd.DataFrame:
        """period, grain, period_start: what the numbers stand for."""
        rows = [(number, each.grain, each.start) for number, each in enumerate(self.all_periods)]
        return frame(rows, ["period", "grain", "period_start"])

    def months(self) -> pd.DataFrame:
        """period, month: the numbers of the periods that are months, and when each begins."""
        cells = self.cells
        months = cells.loc[cells["grain"] == MONTH, ["period", "period_start"]]
        return months.rename(columns={"period_start": "month"})

    def numbers(self, grain: str) -> range:
        """The numbers of one grain's periods."""
        own = [n for n, each in enumerate(self.all_periods) if each.grain == grain]
        return range(own[0], own[-1] + 1)

    def running(self, grain: str) -> list[tuple[int, Period]]:
        """Number and period, from a year before the first period on.

        What happened still earlier counts into the first of them.
        """
        own = self.periods(grain)
        before = PERIODS_A_YEAR[grain]
        start = self.numbers(grain).start - before
        earlier = [own[0].back(back) for back in range(before, 0, -1)]
        return list(enumerate([*earlier, *own], start))

    def steps(self, grain: str) -> pd.DataFrame:
        """bucket, period: the days or months that make up each of the `running` periods."""
        rows = [
            (bucket, number)
            for number, period in self.running(grain)
            for bucket in self._between(period.start, period.end)
        ]
        return frame(rows, ["bucket", "period"])

    def windows(self, grain: str, months: int) -> pd.DataFrame:
        """period, window_from: where the `months` before the end of each running period begin."""
        rows = [
            (number, day_number(months_before(period.end, months)))
            for number, period in self.running(grain)
        ]
        return frame(rows, ["period", "window_from"])

    @property
    def longest_stretch(self) -> int:
        """The largest number of periods on end in one grain."""
        return max(len(self.periods(grain)) for grain in self.grains)

    def buckets(self) -> pd.DataFrame:
        """bucket, period: the days or months that make up each period."""
        rows = [
            (bucket, number)
            for number, period in enumerate(self.all_periods)
            for bucket in self._between(period.start, period.end)
        ]
        return frame(rows, ["bucket", "period"])

    def month_before(self) -> pd.DataFrame:
        """bucket, period: the buckets of the month before each period's opening."""
        rows = [
            (bucket, number)
            for number, period in enumerate(self.all_periods)
            for bucket in self._between(back_from(period.start, 1, period.grain), period.start)
        ]
        return frame(rows, ["bucket", "period"])

    def ends(self) -> pd.DataFrame:
        """period, end, stop: the day after the period, and the number after its grain's last."""
        stop = {grain: self.numbers(grain).stop for grain in self.grains}
        rows = [
            (number, each.end, stop[each.grain]) for number, each in enumerate(self.all_periods)
        ]
        return frame(rows, ["period", "end", "stop"])

    @property
    def first_bucket(self) -> date:
        return self.first if self.by_day else self.first.replace(day=1)

    def lengths(self) -> pd.DataFrame:
        """period, days: how many days each period has."""
        rows = [(n, (each.end - each.start).days) for n, each in enumerate(self.all_periods)]
        return frame(rows, ["period", "days"])

    def _between(self, start: date, end: date) -> list[date]:
        if self.by_day:
            return [start + timedelta(days=each) for each in range((end - start).days)]
        count = (end.year - start.year) * 12 + end.month - start.month
        return [add_months(start, each) for each in range(count)]


def back_from(instant: date, months: int, grain: str) -> date:
    """The instant that lies `months` earlier; for weeks in whole weeks (12 months are 52)."""
    if grain == WEEK:
        return instant - timedelta(weeks=round(months * 52 / 12))
    return add_months(instant, -months)


def months_before(instant: date, months: int) -> date:
    """The same day that many months earlier (the month's last day, where it has no such day)."""
    first = add_months(instant, -months)
    last_day = (add_months(first, 1) - timedelta(days=1)).day
    return first.replace(day=min(instant.day, last_day))


def day_number(day: date) -> int:
    """A day as a whole number that grows with it: 20260630."""
    return day.year * 10_000 + day.month * 100 + day.day


def frame(rows: list, columns: list[str]) -> pd.DataFrame:
    """Rows for an engine: moments under the names of moments, whole numbers under all others."""
    made = pd.DataFrame(rows, columns=columns)
    for column in columns:
        if column in ("bucket", "end", "period_start"):
            made[column] = pd.to_datetime(made[column]).astype("datetime64[us]")
        elif column != "grain":
            made[column] = made[column].astype("int64")
    return made
