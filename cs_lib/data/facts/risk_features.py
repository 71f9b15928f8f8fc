"""What a customer is known by when a month ends: how long they have been one, their terms, their use and its trend, how
many features they use, and what they answered last.

A feature's label is kept as its place in LABELS, and a month as its number: both are short to hold and to compare.
"""

from collections.abc import Iterator
from datetime import date

import narwhals as nw
import pandas as pd

from cs_lib.data.engines.distinct_rows import distinct, flag
from cs_lib.data.facts import spans, usage_facts
from cs_lib.data.facts.ages import is_leap
from cs_lib.data.facts.context import Context, add_up, one_under_another, whole
from cs_lib.data.facts.movements import PLACE
from cs_lib.data.facts.nps_groups import GROUPS, NO_ANSWER, group_number, last_answers
from cs_lib.data.facts.renewal_facts import given_interval, term_anchor
from cs_lib.data.facts.subscription_facts import calendar_of, lasting
from cs_lib.period import Period

TENURE, USE, TREND, BREADTH, SCORE, TERM = "tenure", "use", "trend", "breadth", "score", "term"
#: the first month, and the last of each band but the highest, with its name
TENURES = (
    (3, "up to 3 months"),
    (6, "4 to 6 months"),
    (12, "7 to 12 months"),
    (24, "1 to 2 years"),
)
LONGEST = "over 2 years"
FELL, ROSE, STEADY = "fell", "rose", "steady"
NARROW, MIDDLE, BROAD = "up to 2 features", "3 or 4 features", "5 features or more"
MONTHLY, ENDS, RUNS_ON, NO_TERM = "monthly", "term ends", "term runs on", "no term known"
UNKNOWN = "not known"
#: the labels of each feature; the last stands for the months before its record began
LABELS = {
    TENURE: (*(name for _, name in TENURES), LONGEST, UNKNOWN),
    TERM: (MONTHLY, ENDS, RUNS_ON, NO_TERM, UNKNOWN),
    USE: (*usage_facts.BANDS, UNKNOWN),
    TREND: (STEADY, FELL, ROSE, UNKNOWN),
    BREADTH: (NARROW, MIDDLE, BROAD, UNKNOWN),
    SCORE: (*GROUPS, NO_ANSWER, UNKNOWN),
}
#: what stands where a customer has no row in a month of which there are rows
ABSENT = {
    USE: usage_facts.BANDS[0],
    TREND: STEADY,
    BREADTH: NARROW,
    SCORE: NO_ANSWER,
    TERM: NO_TERM,
}
#: an answer of more days ago says nothing of today
DAYS_TO_ANSWER_FOR = 365


class Months:
    """The months that are over, by number, and the number of any other."""

    def __init__(self, months: dict[int, Period]):
        self.first, self.last = min(months, default=0), max(months, default=-1)
        start = months[self.first].start if months else date(1, 1, 1)
        #: the month with the number 0, counted from year 0
        self.zero = start.year * 12 + start.month - self.first

    def at(self, moment: nw.Expr) -> nw.Expr:
        """The number of the month in which a moment lies."""
        month = moment.dt.year().cast(nw.Int64) * 12 + moment.dt.month().cast(nw.Int64)
        return month - self.zero

    def number(self, day: date) -> int:
        return day.year * 12 + day.month - self.zero

    def inside(self) -> nw.Expr:
        return (nw.col("period") >= self.first) & (nw.col("period") <= self.last)


def tenure() -> nw.Expr:
    """Months from the one in which the customer first paid (`joined`) to the one that begins at the month's end."""
    age, band = nw.col("period") + 1 - nw.col("joined"), whole(len(TENURES))
    for place in reversed(range(len(TENURES))):
        band = nw.when(age <= TENURES[place][0]).then(whole(place)).otherwise(band)
    return band


def known_features(
    context: Context, months: Months, members: nw.LazyFrame
) -> tuple[nw.LazyFrame | None, dict[str, int]]:
    """PLACE with a column for each feature that the edition's tables give: 1 and more for the place of its label, 0 where
    there is none. With each feature the number of the last month of which nobody could know it: its record had not begun.
    """
    found = [
        (context.engine.keep(rows), since) for rows, since in _features(context, months, members)
    ]
    names = [name for _, since in found for name in since]
    if not names:
        return None, {}
    # in one row a customer and month: to join each by itself takes the memory of all of them
    rows = one_under_another([rows for rows, _ in found], PLACE, names)
    rows = rows.group_by(*PLACE).agg(nw.col(*names).max())
    rows = rows.with_columns(nw.col(*names).cast(nw.Int8))
    return context.engine.keep(rows), {
        name: last for _, since in found for name, last in since.items()
    }


def _features(
    context: Context, months: Months, members: nw.LazyFrame
) -> Iterator[tuple[nw.LazyFrame, dict[str, int]]]:
    """The features of each table by themselves."""
    if {"interval_months", "interval_weeks"} & {*context.columns("subscriptions")}:
        yield _terms(context, months, members), {TERM: months.first - 1}
    if usage_facts.TABLE in context.tables:
        events = context.tables[usage_facts.TABLE]
        since = _before(events, "occurred_at", months, context)
        yield _use(context, months, members), {USE: since, TREND: since + 2}
        if "feature" in context.columns(usage_facts.TABLE):
            named = events.filter(~nw.col("feature").is_null())
            since = _before(named, "occurred_at", months, context)
            yield _breadth(named, months, members), {BREADTH: since}
    if "customer_id" in context.columns("survey_responses"):
        since = _before(last_answers(context), "responded_at", months, context)
        yield _last_scores(context, months, members), {SCORE: since}


def _before(rows: nw.LazyFrame, column: str, months: Months, context: Context) -> int:
    """The number of the month before the first of the rows (before that of as_of, where there are none)."""
    first = context.engine.collect(rows.select(nw.col(column).min())).iloc[0, 0]
    return months.number(context.as_of if pd.isna(first) else first) - 1


def _coded(name: str, code: nw.Expr) -> nw.Expr:
    """A place among labels, counted from 1 and held in a byte."""
    return (code + 1).cast(nw.Int8).alias(name)


def _terms(context: Context, months: Months, members: nw.LazyFrame) -> nw.LazyFrame:
    """Whether a term of the customer ends in the month that follows; the shortest of several speaks.

    See `renewal_facts`; but an end that is given without a length is none that was known before: a row that is
    written anew with each term bears the end of its last.
    """
    after = months.last + 1
    until = nw.min_horizontal(months.at(nw.col("end_date")).fill_null(after), whole(after))
    rows = lasting(context.tables["subscriptions"]).select(
        "customer_id",
        period=nw.max_horizontal(months.at(nw.col("start_date")), whole(months.first)),
        until=until,
        interval=given_interval(),
        anchor=months.at(term_anchor()),
    )
    rows = rows.filter(nw.col("period") < nw.col("until"))
    rows = rows.join(members, on="customer_id", how="inner").drop("customer_id")
    rows = spans.spread(rows, "period", spans.lengths(calendar_of(context), context.engine))
    interval, away = nw.col("interval"), nw.col("period") + 1 - nw.col("anchor")
    over = away % interval.fill_null(1) == 0
    kind = nw.when(over).then(whole(1)).otherwise(whole(2))
    kind = nw.when(interval <= 1).then(whole(0)).otherwise(kind)
    kind = nw.when(interval.is_null()).then(whole(3)).otherwise(kind)
    soonest = rows.with_columns(kind=kind).group_by(*PLACE).agg(nw.col("kind").min())
    return soonest.select(*PLACE, _coded(TERM, nw.col("kind")))


def _use(context: Context, months: Months, members: nw.LazyFrame) -> nw.LazyFrame:
    """The days of use in the month, in bands, and how they stand to the mean of the two months before."""
    days = usage_facts.active_days(context, "1mo").join(members, on="customer_id", how="inner")
    days = days.select("member", "active_days", month=months.at(nw.col("bucket")))
    parts = [
        days.select(
            "member",
            period=nw.col("month") + back,
            now=nw.col("active_days") * int(back == 0),
            before=nw.col("active_days") * int(back > 0),
        )
        for back in range(3)
    ]
    rows = add_up(nw.concat(parts).filter(months.inside()), PLACE, ("now", "before"))
    # two months of `before` stand against one of `now`; few days go up and down by chance
    fell = (nw.col("now") * 10 < nw.col("before") * 3) & (nw.col("before") >= 6)
    rose = (nw.col("now") * 10 > nw.col("before") * 8) & (nw.col("now") >= 5)
    trend = nw.when(rose).then(whole(2)).otherwise(whole(0))
    trend = nw.when(fell).then(whole(1)).otherwise(trend)
    use = usage_facts.band_number(nw.col("now"))
    return rows.select(*PLACE, _coded(USE, use), _coded(TREND, trend))


def _breadth(named: nw.LazyFrame, months: Months, members: nw.LazyFrame) -> nw.LazyFrame:
    """How many features the customer used in the month, in bands."""
    used = named.with_columns(period=months.at(nw.col("occurred_at"))).filter(months.inside())
    used = distinct(used, "customer_id", "feature", "period").with_columns(many=whole(1))
    counted = add_up(used, ("customer_id", "period"), ("many",))
    band = nw.when(nw.col("many") <= 4).then(whole(1)).otherwise(whole(2))
    band = nw.when(nw.col("many") <= 2).then(whole(0)).otherwise(band)
    placed = counted.join(members, on="customer_id", how="inner")
    return placed.select(*PLACE, _coded(BREADTH, band))


def _last_scores(context: Context, months: Months, members: nw.LazyFrame) -> nw.LazyFrame:
    """What the customer last answered within a year: promoter, passive or detractor."""
    after, given = months.last + 1, nw.col("responded_at")
    following = months.at(nw.col("following")).fill_null(after)
    rows = last_answers(context).select(
        "customer_id",
        score=group_number(),
        period=nw.max_horizontal(months.at(given), whole(months.first)),
        until=nw.min_horizontal(following, months.at(given) + _months_known(given), whole(after)),
    )
    rows = rows.filter(nw.col("period") < nw.col("until"))
    rows = rows.join(members, on="customer_id", how="inner").drop("customer_id")
    rows = spans.spread(rows, "period", spans.lengths(calendar_of(context), context.engine))
    return rows.select(*PLACE, _coded(SCORE, nw.col("score")))


def _months_known(given: nw.Expr) -> nw.Expr:
    """At how many months' ends no more than DAYS_TO_ANSWER_FOR days have gone by: one less from the first of a month
    over a 29 February."""
    leap = is_leap(given.dt.year().cast(nw.Int64) + flag(given.dt.month() > 2))
    return whole(12) - flag((given.dt.day() == 1) & leap)
