"""Small lookup frames that carry days and months to the periods of every grain at once."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from cs_lib.period import GRAINS, MONTH, WEEK, Period, add_months, periods_covering

OPENING, CLOSING, YEAR_AGO = "opening", "closing", "year_ago"


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

    def periods(self, grain: str) -> list[Period]:
        return periods_covering(self.first, self.last, grain)

    @property
    def all_periods(self) -> list[Period]:
        grains = [grain for grain in GRAINS if grain in self.grains]
        return [period for grain in grains for period in self.periods(grain)]

    def roles(self) -> pd.DataFrame:
        """instant, grain, period_start, role: at which instants a period's states are taken."""
        rows = [
            (instant, period.grain, period.start, role)
            for period in self.all_periods
            for role, instant in (
                (OPENING, period.start),
                (CLOSING, period.end),
                (YEAR_AGO, year_before(period)),
            )
        ]
        return _frame(rows, ["instant", "grain", "period_start", "role"])

    def instants(self) -> pd.DataFrame:
        """instant: every moment at which a state is needed, once."""
        return self.roles()[["instant"]].drop_duplicates().reset_index(drop=True)

    def buckets(self, *, trailing: int = 0) -> pd.DataFrame:
        """bucket, grain, period_start: the days or months that make up each period.

        With `trailing`, the buckets of that many months up to the period's end.
        """
        rows = [
            (bucket, period.grain, period.start)
            for period in self.all_periods
            for bucket in self._between(
                back_from(period.end, trailing, period.grain) if trailing else period.start,
                period.end,
            )
        ]
        return _frame(rows, ["bucket", "grain", "period_start"])

    def windows(self, months: int) -> pd.DataFrame:
        """bucket, instant: the buckets in the `months` before each instant."""
        ends = {end for period in self.all_periods for end in _ends_of(period)}
        rows = [
            (bucket, instant)
            for instant in sorted(ends)
            for bucket in self._between(months_before(instant, months), instant)
        ]
        return _frame(rows, ["bucket", "instant"])

    def month_before(self) -> pd.DataFrame:
        """bucket, grain, period_start: the buckets of the month before each period's opening."""
        rows = [
            (bucket, period.grain, period.start)
            for period in self.all_periods
            for bucket in self._between(back_from(period.start, 1, period.grain), period.start)
        ]
        return _frame(rows, ["bucket", "grain", "period_start"])

    def lengths(self) -> pd.DataFrame:
        """grain, period_start, days: how many days each period has."""
        rows = [(each.grain, each.start, (each.end - each.start).days) for each in self.all_periods]
        return _frame(rows, ["grain", "period_start", "days"])

    def months(self) -> pd.DataFrame:
        """instant, month: the closing instant of each month."""
        rows = [(period.end, period.start) for period in self.periods(MONTH)]
        return _frame(rows, ["instant", "month"])

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


def year_before(period: Period) -> date:
    """The instant twelve months before the period's end."""
    return back_from(period.end, 12, period.grain)


def months_before(instant: date, months: int) -> date:
    """The same day that many months earlier (the month's last day, where it has no such day)."""
    first = add_months(instant, -months)
    last_day = (add_months(first, 1) - timedelta(days=1)).day
    return first.replace(day=min(instant.day, last_day))


def _ends_of(period: Period) -> tuple[date, date, date]:
    return year_before(period), period.start, period.end


def _frame(rows, columns) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    for column in columns:
        if column not in ("grain", "role", "days"):
            frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
    return frame
