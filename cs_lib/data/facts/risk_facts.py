"""Customer × month, with what was known of the customer when the month ended: what the hazard learns from.

Nothing of a row lies at or after the end of its month, but for `left`: whether the customer left in the month
that follows. Every column is a band or a label, so that rows that are alike can be counted together.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from cs_lib.data.engines.distinct_rows import distinct, flag
from cs_lib.data.facts import usage_facts
from cs_lib.data.facts.ages import Day, days_between
from cs_lib.data.facts.calendar import frame
from cs_lib.data.facts.context import UNIT, Context, add_up, whole
from cs_lib.data.facts.nps_groups import NO_ANSWER, last_answers, nps_group
from cs_lib.data.facts.renewal_facts import given_interval, term_anchor
from cs_lib.data.facts.subscription_facts import lasting, paid, prepare_movements
from cs_lib.period import MONTH, Period

#: what a customer is known by, beside the edition's segments
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
#: a segment column of more values says little of each, and makes too many kinds of rows
MOST_VALUES, MOST_COLUMNS = 12, 2
#: of so many features, those that most customers use, each may be looked at
MOST_FEATURES = 8
DAYS_TO_ANSWER_FOR = 365


@dataclass(frozen=True)
class RiskTable:
    """`rows`: customer_id, month (the number of the month whose end is looked from), the `features`, `amount`
    (MRR at its end, in millionths), whether the customer `left` in the month that follows or `grew` (paid more at its
    end), and the segment columns. `months` are the months that are over, by number;
    of the last nobody knows yet who leaves after it."""

    rows: nw.LazyFrame
    features: tuple[str, ...]
    plan: str | None
    months: dict[int, Period]


@dataclass(frozen=True)
class FeatureUses:
    """`rows`: customer_id, period, and a column for each of the features most used, 1 where the customer used it in the
    month. `names` are the features of the `columns`; the month number `first` is the first of which any was recorded."""

    rows: nw.LazyFrame
    columns: tuple[str, ...]
    names: tuple[str, ...]
    first: int


def prepare_uses(context: Context, months: dict[int, Period]) -> FeatureUses | None:
    """Which customers used which of the MOST_FEATURES that most customers used, by month; None where no feature is named."""
    if "feature" not in context.columns(usage_facts.TABLE):
        return None
    engine = context.engine
    named = context.tables[usage_facts.TABLE].filter(~nw.col("feature").is_null())
    used = named.with_columns(bucket=nw.col("occurred_at").dt.truncate("1mo"))
    used = distinct(used, "customer_id", "feature", "bucket")
    starts = frame([(n, each.start) for n, each in months.items()], ["period", "bucket"])
    placed = engine.keep(used.join(engine.lift(starts), on="bucket", how="inner").drop("bucket"))
    many = engine.collect(placed.group_by("feature").agg(n=nw.len(), first=nw.col("period").min()))
    most = many.sort_values(["n", "feature"], ascending=[False, True]).head(MOST_FEATURES)
    names = tuple(sorted(most["feature"]))
    if not names:
        return None
    columns = tuple(f"uses_{place}" for place in range(len(names)))
    flags = {
        column: flag(nw.col("feature") == name) for column, name in zip(columns, names, strict=True)
    }
    rows = placed.with_columns(**flags).group_by(*UNIT).agg(nw.col(*columns).max())
    return FeatureUses(engine.keep(rows), columns, names, int(many["first"].min()))


def prepare_risk(context: Context) -> RiskTable:
    moves = prepare_movements(context)
    calendar, engine = moves.calendar, context.engine
    months = {
        number: each
        for number, each in enumerate(calendar.all_periods)
        if each.grain == MONTH and each.end <= context.as_of
    }
    ends = engine.lift(_ends(months))
    at = moves.at(())
    there = at.filter(nw.col("closing") > 0).join(ends, on="period", how="inner")
    there = there.select(*UNIT, "member", *moves.fixed, "place", amount="closing")
    there = engine.as_one(there)
    changed = at.filter((nw.col("lost") == 1) | (nw.col("expansion") > 0))
    grew = flag(nw.col("expansion") > 0)
    changed = changed.select("customer_id", period=nw.col("period") - 1, left="lost", grew=grew)
    changed = engine.keep(changed)
    rows = _with_tenure(engine.keep(there), context)
    rows = rows.join(changed, on=list(UNIT), how="left")
    rows = rows.with_columns(nw.col("left", "grew").fill_null(0))
    rows = context.with_subscription(engine.keep(rows), moves.varying, calendar)
    found = [TENURE]
    # all of them first: once a table is made, DuckDB asks for the columns of every step of a query anew
    known = [
        (name, engine.keep(each), since) for name, each, since in _known(context, months, ends)
    ]
    for name, column, since in known:
        rows = rows.join(column, on=list(UNIT), how="left")
        given = nw.col(name).fill_null(ABSENT[name])
        unknown = nw.col("place") <= since
        rows = rows.with_columns(
            nw.when(unknown).then(nw.lit(UNKNOWN)).otherwise(given).alias(name)
        )
        found.append(name)
    # columns of `customers` say what holds today: only what a subscription's row carries was known then
    sizes, own = context.sizes(), context.own("subscriptions")
    split = tuple(each for each in own if sizes[each] <= MOST_VALUES)[:MOST_COLUMNS]
    features = (*found, *split)
    kept = dict.fromkeys((*UNIT, *features, *moves.segments, "amount", "left", "grew"))
    plan = next(iter(split), None)
    return RiskTable(engine.keep(rows.select(*kept)), features, plan, months)


#: what stands where a customer has no row in a month of which there are rows
ABSENT = {
    USE: usage_facts.BANDS[0],
    TREND: STEADY,
    BREADTH: NARROW,
    SCORE: NO_ANSWER,
    TERM: NO_TERM,
}


def _ends(months: dict[int, Period]) -> pd.DataFrame:
    """period, end, and its `place`: the number of the month that begins there, counted from year 0."""
    rows = [
        (number, each.end, each.end.year * 12 + each.end.month) for number, each in months.items()
    ]
    return frame(rows, ["period", "end", "place"])


def _known(
    context: Context, months: dict[int, Period], ends: nw.LazyFrame
) -> Iterator[tuple[str, nw.LazyFrame, int]]:
    """Each feature that the edition's tables give, as customer × period rows, and the last `place` at whose
    month's end nobody could know it: the record had not begun."""
    if {"interval_months", "interval_weeks"} & {*context.columns("subscriptions")}:
        yield TERM, _terms(context, ends), 0
    if usage_facts.TABLE in context.tables:
        use, events = _use(context, months), context.tables[usage_facts.TABLE]
        since = _first_month(events, "occurred_at", context)
        yield USE, use.select(*UNIT, USE), since
        yield TREND, use.select(*UNIT, TREND), since + 2
        if "feature" in context.columns(usage_facts.TABLE):
            named = events.filter(~nw.col("feature").is_null())
            yield BREADTH, _breadth(context, months), _first_month(named, "occurred_at", context)
    if "customer_id" in context.columns("survey_responses"):
        since = _first_month(last_answers(context), "responded_at", context)
        yield SCORE, _last_scores(context, ends), since


def _first_month(rows: nw.LazyFrame, column: str, context: Context) -> int:
    """The month, counted from year 0, of the first of the rows (that of as_of, where there are none)."""
    first = context.engine.collect(rows.select(nw.col(column).min())).iloc[0, 0]
    day = context.as_of if pd.isna(first) else first
    return day.year * 12 + day.month


def _with_tenure(rows: nw.LazyFrame, context: Context) -> nw.LazyFrame:
    """Months since the customer first paid, in bands."""
    first = paid(context).first.group_by("member").agg(nw.col("start_date").min())
    rows = rows.join(context.engine.keep(first), on="member", how="inner")
    age = nw.col("place") - Day.at(nw.col("start_date")).month
    band = nw.lit(LONGEST)
    for limit, name in reversed(TENURES):
        band = nw.when(age <= limit).then(nw.lit(name)).otherwise(band)
    return rows.with_columns(band.alias(TENURE))


def _terms(context: Context, ends: nw.LazyFrame) -> nw.LazyFrame:
    """Whether a term of the customer ends in the month that follows; the shortest of several speaks.

    See `renewal_facts`; but an end that is given without a length is none that was known before: a row that is
    written anew with each term bears the end of its last.
    """
    rows = lasting(context.tables["subscriptions"])
    rows = rows.select(
        "customer_id",
        "start_date",
        "end_date",
        interval=given_interval(),
        since=Day.at(term_anchor()).month,
    )
    rows = rows.join(ends, how="cross").filter(
        (nw.col("start_date") < nw.col("end"))
        & (nw.col("end_date").is_null() | (nw.col("end_date") >= nw.col("end")))
    )
    interval, away = nw.col("interval"), nw.col("place") - nw.col("since")
    over = away % interval.fill_null(1) == 0
    kind = nw.when(over).then(nw.lit(1)).otherwise(nw.lit(2))
    kind = nw.when(interval <= 1).then(nw.lit(0)).otherwise(kind)
    kind = nw.when(interval.is_null()).then(nw.lit(3)).otherwise(kind)
    soonest = rows.with_columns(kind=kind).group_by(*UNIT).agg(nw.col("kind").min())
    name = nw.when(nw.col("kind") == 2).then(nw.lit(RUNS_ON)).otherwise(nw.lit(NO_TERM))
    name = nw.when(nw.col("kind") == 1).then(nw.lit(ENDS)).otherwise(name)
    name = nw.when(nw.col("kind") == 0).then(nw.lit(MONTHLY)).otherwise(name)
    return soonest.select(*UNIT, name.alias(TERM))


def _use(context: Context, months: dict[int, Period]) -> nw.LazyFrame:
    """The days of use in the month, in bands, and how they stand to the mean of the two months before."""
    days = usage_facts.active_days(context, "1mo")
    parts = []
    for back in range(3):
        at = [(number + back, each.start) for number, each in months.items()]
        placed = days.join(
            context.engine.lift(frame(at, ["period", "bucket"])), on="bucket", how="inner"
        )
        now = nw.col("active_days") if back == 0 else whole(0)
        before = whole(0) if back == 0 else nw.col("active_days")
        parts.append(placed.select(*UNIT, now=now.cast(nw.Int64), before=before.cast(nw.Int64)))
    rows = add_up(nw.concat(parts), UNIT, ("now", "before"))
    # two months of `before` stand against one of `now`; few days go up and down by chance
    fell = (nw.col("now") * 10 < nw.col("before") * 3) & (nw.col("before") >= 6)
    rose = (nw.col("now") * 10 > nw.col("before") * 8) & (nw.col("now") >= 5)
    trend = nw.when(rose).then(nw.lit(ROSE)).otherwise(nw.lit(STEADY))
    trend = nw.when(fell).then(nw.lit(FELL)).otherwise(trend)
    return context.engine.keep(
        rows.with_columns(usage_facts.band(nw.col("now")).alias(USE), trend.alias(TREND))
    )


def _breadth(context: Context, months: dict[int, Period]) -> nw.LazyFrame:
    """How many features the customer used in the month, in bands."""
    events = context.tables[usage_facts.TABLE].filter(~nw.col("feature").is_null())
    used = events.with_columns(bucket=nw.col("occurred_at").dt.truncate("1mo"))
    used = distinct(used, "customer_id", "feature", "bucket").with_columns(many=whole(1))
    counted = add_up(used, ("customer_id", "bucket"), ("many",))
    starts = frame([(n, each.start) for n, each in months.items()], ["period", "bucket"])
    placed = counted.join(context.engine.lift(starts), on="bucket", how="inner")
    band = nw.when(nw.col("many") <= 4).then(nw.lit(MIDDLE)).otherwise(nw.lit(BROAD))
    band = nw.when(nw.col("many") <= 2).then(nw.lit(NARROW)).otherwise(band)
    return placed.select(*UNIT, band.alias(BREADTH))


def _last_scores(context: Context, ends: nw.LazyFrame) -> nw.LazyFrame:
    """What the customer last answered within a year: promoter, passive or detractor."""
    rows = (
        last_answers(context)
        .join(ends, how="cross")
        .filter(
            (nw.col("responded_at") < nw.col("end"))
            & (nw.col("following").is_null() | (nw.col("following") >= nw.col("end")))
        )
    )
    ago = days_between(nw.col("responded_at").dt.truncate("1d"), nw.col("end"))
    return rows.filter(ago <= DAYS_TO_ANSWER_FOR).select(*UNIT, nps_group().alias(SCORE))
