"""How far the extract reaches: a month cut short, a table fallen silent, a cliff at the end."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.distinct_rows import distinct, flag
from cs_lib.data.sources.staged_table import Staged
from cs_lib.edition import Edition
from cs_lib.period import MONTH, Period, last_complete
from cs_lib.vocabulary import FOREVER

CLIFF_SHARE, CLIFF_TIMES, CLIFF_CUSTOMERS, CLIFF_MONTHS = 0.5, 3, 10, 3
SILENCE_TIMES, SILENCE_DAYS, HOLE_DAYS = 3, 3, 27
#: after so many days with rows each, one without is no chance
EVERY_DAY = 180
LEAST_DAYS, MONTHS_BEFORE, LEAST_SPAN, MOST_DAYS = 12, 12, 180, 800
CLIFF = "end-of-extract cliff"


def extent_findings(staged: list[Staged], edition: Edition, as_of: date) -> list[DataFinding]:
    """Warnings about the end of the extract, from the rows that count."""
    found = [_cut_short(edition, as_of)]
    for each in staged:
        if each.table.name != "subscriptions" and each.dated_by:
            days = _days_of_the_year(each, as_of)
            found += [_silence(each, days, as_of)] if edition.as_of else []
            found.append(_hole(each, days))
        if each.table.name == "subscriptions" and each.has("end_date"):
            found += [_standstill(each, as_of)] if edition.as_of else []
            found += _cliffs(each, as_of)
    return [each for each in found if each]


def _cut_short(edition: Edition, as_of: date) -> DataFinding | None:
    period = Period.containing(as_of, MONTH)
    if period.start == as_of:
        return None
    says = (
        f"The extract ends on {as_of - timedelta(days=1)}, inside {period}: that month is not "
        f"complete. The last complete month is {last_complete(as_of)}."
    )
    if edition.as_of is None:
        says += f" If the extract covers {period} whole, say so with as_of: {period.end}."
    return DataFinding(WARNING, "", "ends mid-period", says, about=str(period))


def days_of(frame: nw.LazyFrame, column: str) -> nw.LazyFrame:
    """day: each day that a column of moments names, once."""
    days = frame.filter(~nw.col(column).is_null()).select(day=nw.col(column).dt.truncate("1d"))
    return distinct(days, "day")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _days_of_the_year(staged: Staged, as_of: date) -> list[date]:
    """The days of the year before as_of of which there are rows; none where they are too few to tell."""
    if staged.row_count < LEAST_DAYS:
        return []
    column = staged.dated_by or ""
    start, end = _midnight(as_of - timedelta(days=366)), _midnight(as_of)
    year = staged.rows.filter(nw.col(column) >= start, nw.col(column) < end)
    return sorted(day.date() for day in staged.engine.collect(days_of(year, column))["day"])


def _hole(staged: Staged, days: list[date]) -> DataFinding | None:
    """A month without a row, where otherwise there is never so long without one."""
    if len(days) < LEAST_DAYS:
        return None
    gaps = sorted((after - before, before, after) for before, after in pairwise(days))
    (second, *_), (longest, before, after) = gaps[-2:]
    if longest.days <= HOLE_DAYS or longest <= SILENCE_TIMES * second:
        return None
    says = (
        f"{staged.called}: no row lies between {before} and {after}, {counted(longest.days - 1, 'day')}; otherwise the "
        f"longest gap of that year is {counted(second.days - 1, 'day')}. A part of the extract may be missing: export it "
        "again, or with that month's file."
    )
    return DataFinding(
        WARNING, staged.table.name, "a month without a row", says, about=f"{before} to {after}"
    )


def _silence(
    staged: Staged, days: list[date], as_of: date, what: str = "row"
) -> DataFinding | None:
    """A table whose last row lies much further back than the gaps it usually has."""
    if len(days) < LEAST_DAYS:
        return None
    silent = (as_of - days[-1]).days - 1
    longest = max((after - before).days - 1 for before, after in pairwise(days))
    every_day = not longest and len(days) >= EVERY_DAY
    if silent < (1 if every_day else SILENCE_DAYS) or silent <= SILENCE_TIMES * longest:
        return None
    says = (
        f"{staged.called}: the last {what} is of {days[-1]}, {counted(silent, 'day')} before as_of {as_of}; in "
        f"the year before, the longest gap was {counted(longest, 'day')}. The extract may end inside "
        f"{Period.containing(days[-1], MONTH)}: then set as_of to {days[-1] + timedelta(days=1)}."
    )
    return DataFinding(WARNING, staged.table.name, "ends mid-period", says, about=str(days[-1]))


def _standstill(staged: Staged, as_of: date) -> DataFinding | None:
    """Subscriptions of which none starts and none ends any more, far longer than there was ever nothing in the year
    before; where some have ended, for it is said otherwise that none does."""
    paying, end = staged.rows.filter(nw.col("mrr") > 0), _midnight(as_of)
    moved = [
        days_of(paying.filter(nw.col(each) < end), each).with_columns(of=nw.lit(each))
        for each in ("start_date", "end_date")
    ]
    found = staged.engine.collect(nw.concat(moved).sort("day", descending=True).head(MOST_DAYS))
    if not found["of"].eq("end_date").any():
        return None
    last = found["day"].max().date()
    known = {day.date() for day in found["day"]}
    days = sorted(day for day in known if day > last - timedelta(days=366))
    if days[-1] - days[0] < timedelta(days=LEAST_SPAN):
        return None
    return _silence(staged, days, as_of, "start or end of a subscription")


def _cliffs(staged: Staged, as_of: date) -> list[DataFinding]:
    """Months at the extract's end in which an implausible share of the customers is lost."""
    last = _last_month_with_customers(staged, as_of)
    if last is None:
        return []
    found = []
    for period, (lost, opening) in _lost(
        staged, [last.back(n) for n in range(CLIFF_MONTHS)]
    ).items():
        if opening < CLIFF_CUSTOMERS or lost < CLIFF_SHARE * opening:
            continue
        year = _lost(staged, [period.back(n) for n in range(1, MONTHS_BEFORE + 1)]).values()
        before_lost, before = (sum(each) for each in zip(*year, strict=True))
        usual = before_lost / before if before else 0.0
        if lost / opening >= CLIFF_TIMES * usual:
            found.append(_cliff(period, lost, opening, usual))
    return found


def _cliff(period: Period, lost: int, opening: int, usual: float) -> DataFinding:
    says = (
        f"{period}: {lost} of {opening} customers paying at its opening end in it "
        f"({lost / opening:.0%}; {usual:.1%} a month in the year before). This looks like the end "
        "of the extract written as an end of the subscriptions. Leave end_date empty for those that "
        f"go on, or set as_of to {period.start}."
    )
    return DataFinding(WARNING, "subscriptions", CLIFF, says, lost, str(period))


def _last_month_with_customers(staged: Staged, as_of: date) -> Period | None:
    """The last month, closed by as_of, that opens with paying customers."""
    end = _midnight(as_of)
    paying = staged.rows.filter(nw.col("mrr") > 0, nw.col("start_date") < end)
    last = staged.engine.collect(paying.select(last=nw.col("end_date").fill_null(end).max()))[
        "last"
    ][0]
    if pd.isna(last):
        return None
    moment = min(last, pd.Timestamp(as_of))
    period = Period.containing(moment.date(), MONTH)
    return period if period.complete_at(as_of) else period.back()


def _lost(staged: Staged, periods: list[Period]) -> dict[Period, tuple[int, int]]:
    """Of each period, customers paying at its opening and no longer at its closing, and paying at its opening."""
    bounds = pd.DataFrame({"first": [p.start for p in periods], "past": [p.end for p in periods]})
    bounds = staged.engine.lift(bounds.astype("datetime64[us]"))
    rows = staged.rows.filter(nw.col("mrr") > 0).join(bounds, how="cross")
    there, still = nw.col("there"), nw.col("still")
    rows = rows.with_columns(there=_paying_before("first"), still=_paying_before("past"))
    each = rows.filter(there | still).group_by("customer_id", "first").agg(there.max(), still.max())
    each = each.select("first", lost=flag(there & ~still), there=flag(there))
    found = staged.engine.collect(each.group_by("first").agg(nw.col("lost", "there").sum()))
    known = {
        first.date(): (int(lost), int(many)) for first, lost, many in found.itertuples(index=False)
    }
    return {period: known.get(period.start, (0, 0)) for period in periods}


def _paying_before(instant: str) -> nw.Expr:
    ended = nw.col("end_date").fill_null(FOREVER) < nw.col(instant)
    return (nw.col("start_date") < nw.col(instant)) & ~ended
