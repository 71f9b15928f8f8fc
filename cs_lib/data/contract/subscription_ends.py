"""What subscriptions, taken together, say of their ends: which day they name, whose leaving, and whether a customer's
rows follow on each other.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.identifying import NOTHING
from cs_lib.data.contract.plan_changes import change_findings
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.sources.headers import as_column
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.vocabulary import FOREVER

ONE_DAY = "many end on one day"
#: follow-on rows, and ends on a month's last day, that tell how a file writes its ends
FOLLOWING, FOLLOWING_SHARE, MONTH_ENDS, MONTH_ENDS_SHARE, END_DAYS = 3, 0.5, 5, 0.8, 3
#: months of a term, after which nearly all rows end where their ends are no one's leaving
TERMS, TERM_ROWS, TERMS_SHARE = (3, 6, 12, 24, 36), 10, 0.95
#: so many days later, of so many and such a share of the terms that have ended, the next one starts: renewed late
LATE_DAYS, LATE, LATE_SHARE = 60, 5, 0.1
#: rows that end on any day are followed at once, and most of all that begin again are; of more rows nobody asks
SOON, MOSTLY_SOON, MOST_ROWS = 14, 0.5, 2_000_000
#: customers, and their share, of whom several rows that started on different days are open
SEVERAL_OPEN, SEVERAL_SHARE = 3, 0.05
#: a share of the customers whose subscription stands twice
TWINS_SHARE = 0.25
#: so many customers over so many months of whom none leaves are probably not all that there were
CUSTOMERS, MONTHS = 20, 6
#: a share of the customers that leaves on one day, and how many times the next such day's loss
ONE_DAY_SHARE, ONE_DAY_TIMES = 0.25, 3


def subscription_findings(
    staged: Staged, end: datetime, history_starts: date | None
) -> Iterator[DataFinding]:
    """Warnings on the subscriptions of a source that start before the end of the extract."""
    rows = staged.rows.filter(nw.col("start_date") < end)
    paying = rows.filter(nw.col("mrr") > 0)
    customers = staged.engine.keep(
        paying.group_by("customer_id").agg(
            joined=nw.col("start_date").min(),
            left=nw.col("end_date").fill_null(FOREVER).max(),
            rows=nw.len(),
        ),
        "customers",
    )
    base = _base(staged, customers, end)
    several = int(base["several"])
    followed = _followed(staged, rows, end) if several and staged.has("end_date") else None
    if staged.has("end_date") and staged.source.end_date is None:
        ends = _ends(staged, paying, end)
        found = (followed is not None and _follow_on(staged, followed)) or _month_ends(ends)
        again = paying.join(customers.filter(nw.col("rows") > 1), on="customer_id", how="semi")
        found = found or (several and _late(staged, again, ends, end)) or _terms(staged, ends)
        yield from [found] if found else []
        if several:
            yield from change_findings(staged, rows)
    if base["customers"] >= CUSTOMERS:
        found = _nobody_leaves(staged, base, end) or _one_day(staged, customers, end)
        yield from [found] if found else []
        yield from _begun_at_once(staged, customers, history_starts)
    if several and (followed is None or not followed["ends"] + followed["later"]):
        yield from _never_ended(staged, paying)
    if staged.has("subscription_id") and several >= TERM_ROWS:
        yield from _twins(staged, paying)


def _base(staged: Staged, customers: nw.LazyFrame, end: datetime) -> pd.Series:
    """How many customers there are, have several rows, and are gone; and when the first joined."""
    several, gone = flag(nw.col("rows") > 1), flag(nw.col("left") < end)
    found = staged.engine.collect(
        customers.select(
            customers=nw.len(),
            several=several.sum(),
            gone=gone.sum(),
            first=nw.col("joined").min(),
        )
    )
    return found.fillna({"several": 0, "gone": 0}).iloc[0]


def _followed(staged: Staged, rows: nw.LazyFrame, end: datetime) -> pd.Series:
    """How many rows start where an earlier one of the same customer ends, and how many a day later, with the first."""
    ended = rows.filter(nw.col("end_date") < end)
    days = [
        _days(rows, nw.col("start_date"), starts=1),
        _days(ended, nw.col("end_date"), ends=1),
        _days(ended, nw.col("end_date").dt.offset_by("1d"), day_before=1),
    ]
    flags = ("starts", "ends", "day_before")
    by_day = nw.concat(days).group_by("customer_id", "day")
    starts = by_day.agg(nw.col(*flags).max(), nw.col("row").max()).filter(nw.col("starts") == 1)
    follows = flag((nw.col("day_before") == 1) & (nw.col("ends") == 0))
    starts = starts.with_columns(later=follows, row=nw.when(follows == 1).then(nw.col("row")))
    found = staged.engine.collect(
        starts.select(nw.col("ends").sum(), nw.col("later").sum(), nw.col("row").min())
    )
    return found.fillna({"ends": 0, "later": 0}).iloc[0]


def _follow_on(staged: Staged, followed: pd.Series) -> DataFinding | None:
    """Rows that start exactly one day after an earlier one of the same customer ends."""
    later, following = int(followed["later"]), int(followed["later"] + followed["ends"])
    if later < FOLLOWING or later < FOLLOWING_SHARE * following:
        return None
    says = (
        f"subscriptions: {later:,} of {counted(following, 'row')} that follow on an earlier one of the "
        f"same customer start exactly one day after it ends, the first in "
        f"{staged.location(followed['row'])}. {_OFFER}"
    )
    return DataFinding(WARNING, "subscriptions", "inclusive end dates", says, later)


_OFFER = (
    "So end_date looks like the last day paid for, and is read as the first day no longer paid for. "
    "If it is the last day paid for, say so with end_date: inclusive under tables.subscriptions; if "
    "not, with end_date: exclusive."
)


def _days(rows: nw.LazyFrame, day: nw.Expr, **flags: int) -> nw.LazyFrame:
    """customer_id, day, and what the row says of that day; `row` is that of a start."""
    every = {"starts": 0, "ends": 0, "day_before": 0, **flags}
    row = nw.col(ROW) if "starts" in flags else nw.lit(-1)
    return rows.select(
        "customer_id",
        day=day,
        row=row.cast(nw.Int64),
        **{name: nw.lit(value).cast(nw.Int64) for name, value in every.items()},
    )


def _ends(staged: Staged, paying: nw.LazyFrame, end: datetime) -> pd.Series:
    """How many rows there are, have an end, and have ended; and of the days on which they do."""
    starts, until = nw.col("start_date"), nw.col("end_date")
    gone = nw.when(until < end)
    found = staged.engine.collect(
        paying.select(
            rows=nw.len(),
            given=until.count(),
            ends=gone.then(until).count(),
            days=gone.then(until).n_unique(),
            last=flag((until < end) & (until.dt.offset_by("1d").dt.day() == 1)).sum(),
            first=flag((until < end) & (starts.dt.day() == 1)).sum(),
            row=nw.when(~until.is_null()).then(nw.col(ROW)).min(),
            **{f"term_{n}": flag(until == starts.dt.offset_by(f"{n}mo")).sum() for n in TERMS},
        )
    )
    return found.fillna(0).iloc[0]


def _month_ends(found: pd.Series) -> DataFinding | None:
    """Ends on the last day of a month, where subscriptions start on the first."""
    ends = int(found["ends"])
    if ends < MONTH_ENDS or found["days"] < END_DAYS:
        return None
    if found["last"] < MONTH_ENDS_SHARE * ends or found["first"] < MONTH_ENDS_SHARE * ends:
        return None
    says = (
        f"subscriptions: {int(found['last']):,} of {counted(ends, 'end_date')} lie on the last day of "
        f"a month, and their subscriptions start on the first of one. {_OFFER}"
    )
    return DataFinding(WARNING, "subscriptions", "inclusive end dates", says, int(found["last"]))


def _terms(staged: Staged, found: pd.Series) -> DataFinding | None:
    """Ends that all lie just a term after their start, of customers with one row each: those of terms, likely."""
    months = max(TERMS, key=lambda n: found[f"term_{n}"])
    exact, ended = int(found[f"term_{months}"]), int(found["ends"])
    if exact < max(TERM_ROWS, TERMS_SHARE * found["rows"]) or ended < MONTH_ENDS:
        return None
    who = staged.engine.collect(staged.held.select(who=nw.col("customer_id").n_unique()))["who"]
    if who.iloc[0] < TERMS_SHARE * staged.row_count:
        return None
    own = as_column(staged.spelled.get("end_date", "end_date"))
    says = (
        f"{staged.called}: {exact:,} of {counted(int(found['rows']), 'row')} end exactly {months} months after their start, "
        f"the first in {staged.location(int(found['row']))}, and each customer has one: {ended:,} count as customers who left. "
        "If end_date is the end of a term that may have been renewed, "
        f'say columns: {{term_ends_on: "{own}", end_date: "{NOTHING}"}} for this table, and export the day on which '
        "customers left; if they did leave there, say end_date: exclusive."
    )
    return DataFinding(WARNING, "subscriptions", "ends of terms", says, exact)


def _late(
    staged: Staged, several: nw.LazyFrame, found: pd.Series, end: datetime
) -> DataFinding | None:
    """Rows, of customers with several, that are followed by another, but some days late: terms, or most of all that
    begin again."""
    terms = sum(int(found[f"term_{n}"]) for n in TERMS) >= max(LATE, LATE_SHARE * found["ends"])
    if not terms and (found["ends"] < LATE or found["rows"] > MOST_ROWS):
        return None
    starts, until, order = nw.col("start_date"), nw.col("end_date"), ["start_date", ROW]
    rows = several.select("customer_id", "start_date", "end_date", ROW)
    rows = rows.with_columns(
        _next=starts.shift(-1).over("customer_id", order_by=order),
        _until=until.fill_null(FOREVER).cum_max().over("customer_id", order_by=order),
    )
    again = rows.filter(
        until < end, nw.col("_until") == until, nw.col("_next") > until.dt.offset_by("1d")
    )
    again = staged.engine.keep(again.select("end_date", "_next", ROW))
    days = LATE_DAYS if terms else SOON
    late = again.filter(nw.col("_next") <= until.dt.offset_by(f"{days}d"))
    many, first = staged.how_many(late)
    least = LATE_SHARE * found["ends"] if terms else MOSTLY_SOON * staged.count(again)
    if many < max(LATE, least):
        return None
    says = (
        f"{staged.called}: {many:,} of {counted(int(found['ends']), 'row')} that have ended are followed by one of the same "
        f"customer up to {days} days later, the first in {staged.location(first)}. If these renewed or paid late, they count as "
        f"customers who left and came back. {_until_the_next(staged, 'Say', days)}"
    )
    return DataFinding(WARNING, "subscriptions", "renewed late", says, many)


def _never_ended(staged: Staged, paying: nw.LazyFrame) -> Iterator[DataFinding]:
    """Customers with several open rows from different days, where no row ever ends as the customer's next one starts."""
    if staged.source.recipe or staged.spread or staged.source.movements:
        return
    still = paying.filter(nw.col("end_date").is_null()).group_by("customer_id")
    start = nw.col("start_date")
    opened = still.agg(first=start.min(), last=start.max(), row=nw.col(ROW).max())
    several = flag(nw.col("first") < nw.col("last"))
    found = staged.engine.collect(
        opened.select(
            customers=nw.len(),
            several=several.sum(),
            first=nw.when(several == 1).then(nw.col("row")).min(),
        )
    ).iloc[0]
    many = int(found["several"]) if found["several"] == found["several"] else 0
    if many < max(SEVERAL_OPEN, SEVERAL_SHARE * found["customers"]):
        return
    says = (
        f"{staged.called}: {counted(many, 'customer')} of {int(found['customers']):,} have several open rows that started on "
        f"different days, the first in {staged.location(int(found['first']))}, all of them are paid for at once, and no row of "
        "the file ends where the customer's next one starts. If a later row takes the place of the one before, as after an "
        f"upgrade or a new price, end that one there: {_until_the_next(staged, 'say', None)}"
    )
    yield DataFinding(WARNING, "subscriptions", "rows that never end", says, many)


def _until_the_next(staged: Staged, say: str, days: int | None) -> str:
    """The key by which a row lasts until the customer's next one starts: within so many days after its end, or where
    it has none; only the export's own order of days can tell which is the next."""
    if staged.source.date_formats("start_date"):
        return "Write these ends in the export."
    who, start = (
        as_column(staged.spelled.get(each, each)) for each in ("customer_id", "start_date")
    )
    after = f"lead({start}) OVER (PARTITION BY {who} ORDER BY {start})"
    until = after
    if staged.has("end_date"):
        own = as_column(staged.spelled.get("end_date", "end_date"))
        until = f"coalesce({own}, {after})"
        if days:
            near = f"CAST({after} AS DATE) <= CAST({own} AS DATE) + INTERVAL {days} DAY"
            until = f"CASE WHEN {near} THEN {after} ELSE {own} END"
    return f'{say} columns: {{end_date: "{until}"}} for this table.'


def _nobody_leaves(staged: Staged, base: pd.Series, end: datetime) -> DataFinding | None:
    many = int(base["customers"])
    if base["gone"] > 0:
        return None
    months = (end.year - base["first"].year) * 12 + end.month - base["first"].month
    if months < MONTHS:
        return None
    ends = "no subscription ever ends" if not staged.has("end_date") else "no customer ever leaves"
    says = (
        f"subscriptions: {ends}, of {many:,} customers over {months} months. The extract probably holds "
        "only those that are active today; then churn is 0, and retention 100 %, whatever happened. "
        "Export also the subscriptions that have ended."
    )
    return DataFinding(WARNING, "subscriptions", "nobody leaves", says)


def _one_day(staged: Staged, customers: nw.LazyFrame, end: datetime) -> DataFinding | None:
    """A day on which an implausible share of all customers leaves."""
    gone = customers.filter(nw.col("left") < end).group_by("left").agg(customers=nw.len())
    days = staged.engine.collect(gone.sort("customers", descending=True).head(2))
    if days.empty:
        return None
    day, lost = days["left"].iloc[0].to_pydatetime(), int(days["customers"].iloc[0])
    usual = int(days["customers"].iloc[1]) if len(days) > 1 else 0
    there = customers.filter((nw.col("joined") < day) & (nw.col("left") >= day))
    paying = staged.count(there)
    if paying < CUSTOMERS or lost < ONE_DAY_SHARE * paying or lost < ONE_DAY_TIMES * usual:
        return None
    says = (
        f"subscriptions: {lost:,} of the {paying:,} customers paying before {day:%Y-%m-%d} end on that "
        f"one day ({lost / paying:.0%}; on no other day more than {usual:,}). An export or a change of systems may have "
        "closed them. Leave end_date empty for those that went on, or write their new subscriptions."
    )
    return DataFinding(WARNING, "subscriptions", ONE_DAY, says, lost, f"{day:%Y-%m-%d}")


def _begun_at_once(
    staged: Staged, customers: nw.LazyFrame, history_starts: date | None
) -> Iterator[DataFinding]:
    """A day on which an implausible share of all customers begins, although others came before."""
    days = customers.group_by("joined").agg(customers=nw.len())
    found = staged.engine.collect(days.sort("customers", "joined", descending=[True, False]))
    every = int(found["customers"].sum())
    day, many = found["joined"].iloc[0].to_pydatetime(), int(found["customers"].iloc[0])
    usual = int(found["customers"].iloc[1]) if len(found) > 1 else 0
    before = int(found.loc[found["joined"] < day, "customers"].sum())
    known = history_starts is not None and day.date() < history_starts
    if known or many < max(ONE_DAY_SHARE * every, ONE_DAY_TIMES * usual) or before < FOLLOWING:
        return
    says = (
        f"{staged.called}: {many:,} of {counted(every, 'customer')} start on {day:%Y-%m-%d} (on no other day more than {usual:,}). "
        "If they were moved from another system on that day, they count as new then, and stay as long as they have since. Export "
        f"the day on which they first paid, or say history_starts: {day + timedelta(days=1):%Y-%m-%d} in the edition."
    )
    yield DataFinding(
        WARNING, "subscriptions", "many begin on one day", says, many, f"{day:%Y-%m-%d}"
    )


def _twins(staged: Staged, paying: nw.LazyFrame) -> Iterator[DataFinding]:
    """Customers with the same subscription under two ids: two exports, or two systems, put together."""
    start, mrr = nw.col("start_date"), nw.col("mrr")
    sums = {"start": start.min(), "last": start.max(), "cheapest": mrr.min(), "dearest": mrr.max()}
    customers = paying.group_by("customer_id").agg(rows=nw.len(), first=nw.col(ROW).max(), **sums)
    own = customers.filter(
        nw.col("rows") == 2,
        nw.col("start") == nw.col("last"),
        nw.col("cheapest") == nw.col("dearest"),
    )
    many, first = staged.how_many(own.with_columns(**{ROW: nw.col("first")}))
    every = staged.count(customers)
    if many >= max(TERM_ROWS, TWINS_SHARE * every):
        says = (
            f"{staged.called}: {many:,} of {counted(every, 'customer')} have two subscriptions that start on the same day and cost "
            f"the same, under two ids, the first in {staged.location(first)}, and both count. If one is a copy of the other, as "
            "where two exports were put together, take one out of the export."
        )
        yield DataFinding(WARNING, "subscriptions", "subscriptions under two ids", says, many)
