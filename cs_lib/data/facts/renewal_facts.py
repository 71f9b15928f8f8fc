"""Facts of terms that end: what was due to be renewed, and what became of it.

A term ends each `interval_months` (or as many weeks) from the row's start, or from `term_ends_on` back and forth; where
no interval is given, the term is that from the row's start to `term_ends_on`. It is due on that day
while the row lasts: a row that goes on has renewed it. One that ends is followed by what else the customer begins to
pay for within the grace days around its end. Days are whole numbers here.
"""

from datetime import date
from functools import cache

import narwhals as nw
import pandas as pd

from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.engines.engine import Engine
from cs_lib.data.facts import spans
from cs_lib.data.facts.ages import Day
from cs_lib.data.facts.calendar import Calendar, months_before
from cs_lib.data.facts.context import UNIT, Context, Prepared, add_up, once, only, whole
from cs_lib.data.facts.subscription_facts import calendar_of, lasting, segments
from cs_lib.vocabulary import FOREVER

READS = ("subscriptions",)
TERM_COLUMNS = {"interval_months", "interval_weeks", "term_ends_on"}
SUMS = ("due", "renewed", "kept", "lost", "late", "early", "open")
#: months in which ends of terms are looked for, beyond the data: the next four quarters
AHEAD = 12
NEVER = FOREVER.toordinal()


def has_terms(context: Context) -> bool:
    """Whether any subscription is paid for more than a month at a time."""
    if not TERM_COLUMNS & {*context.columns("subscriptions")}:
        return False
    rows = _terms(context).filter(nw.col("interval") > 1)
    return len(context.engine.collect(rows.select("row").head(1))) > 0


def given_interval() -> nw.Expr:
    """The months of a row's term as they are given; weeks in whole months, at least one."""
    in_weeks = nw.max_horizontal((nw.col("interval_weeks") * 12 + 26) // 52, nw.lit(1))
    weeks = nw.when(~nw.col("interval_weeks").is_null()).then(in_weeks)
    return nw.coalesce(nw.col("interval_months"), weeks).cast(nw.Int64)


def term_anchor() -> nw.Expr:
    """A day on which a row's term ends, or begins."""
    return nw.coalesce(nw.col("term_ends_on"), nw.col("start_date"))


def _months_of_term() -> nw.Expr:
    """The months of a row's term: as given, else those from its start to `term_ends_on`, begun ones as whole."""
    start, end = Day.at(nw.col("start_date")), Day.at(term_anchor())
    between = end.month - start.month + flag(end.of_month > start.of_month)
    later = nw.col("term_ends_on") > nw.col("start_date")
    known = nw.when(later).then(nw.max_horizontal(between, whole(1)))
    return nw.coalesce(given_interval(), known)


@once
def _terms(context: Context) -> nw.LazyFrame:
    """The rows that are paid for more than a month at a time, numbered; their days, and the months of these.

    `anchor` is a day on which a term ends.
    """
    own = context.own("subscriptions")
    rows = lasting(context.tables["subscriptions"])
    end, anchor = nw.col("end_date").fill_null(nw.lit(FOREVER)), Day.at(term_anchor())
    rows = rows.select(
        "customer_id",
        *own,
        amount="mrr",
        interval=_months_of_term(),
        **Day.at(nw.col("start_date")).columns("start"),
        **Day.at(end).columns("end"),
        anchor_month=anchor.month,
        anchor_of_month=anchor.of_month,
    )
    ahead = _modulo(nw.col("anchor_month") - nw.col("start_month"), nw.col("interval"))
    later = nw.min_horizontal("anchor_of_month", "start_of") > nw.col("start_of_month")
    first = nw.when((ahead > 0) | later).then(ahead).otherwise(nw.col("interval"))
    return context.engine.keep(
        rows.with_columns(first_term=nw.col("start_month") + first), number="row"
    )


def _modulo(number: nw.Expr, by: nw.Expr) -> nw.Expr:
    """The rest of a division that is never below 0."""
    return ((number % by) + by) % by


def _months(first: date, many: int) -> pd.DataFrame:
    """month (counted from year 0), its first day as a number, and its days."""
    starts = pd.date_range(first.replace(day=1), periods=many, freq="MS")
    return pd.DataFrame(
        {
            "month": (starts.year * 12 + starts.month).astype("int64"),
            "begins": [each.toordinal() for each in starts],
            "days": starts.days_in_month.astype("int64"),
        }
    )


def _ends(rows: nw.LazyFrame, months: pd.DataFrame, engine: Engine) -> nw.LazyFrame:
    """row × end of a term in these months, as `day`, while the row lasts."""
    first, last = int(months["month"].min()), int(months["month"].max())
    interval = nw.col("interval")
    start = nw.max_horizontal(nw.col("start_month"), whole(first))
    stop = nw.min_horizontal(nw.col("end_month"), whole(last))
    rows = rows.filter(interval > 1).with_columns(start=start, stop=stop)
    begin = nw.col("start") + _modulo(nw.col("anchor_month") - nw.col("start"), interval)
    rows = rows.with_columns(begin=begin, turn=whole(0)).filter(nw.col("begin") <= nw.col("stop"))
    # a term ends in the month `begin`, and in every `interval`th after it
    rows = rows.with_columns(until=(nw.col("stop") - nw.col("begin")) // interval + 1)
    placed = spans.spread(rows, "turn", spans.steps_up_to(len(months), engine))
    placed = placed.with_columns(month=nw.col("begin") + nw.col("turn") * interval)
    placed = placed.join(engine.lift(months), on="month", how="inner")
    day = nw.col("begins") + nw.min_horizontal("anchor_of_month", "days") - 1
    placed = placed.with_columns(day=day.cast(nw.Int64))
    return placed.filter(
        (nw.col("day") > nw.col("start_place")) & (nw.col("day") <= nw.col("end_place"))
    )


@once
def prepare_renewals(context: Context) -> Prepared:
    """customer × period in which a term of more than a month ended: MRR `due`, `kept` of it (at most what was due),
    `renewed` (with what is paid more), of which `late` and `early`, `lost`: what is paid less, or what nothing
    followed in time, and `open`: nobody knows yet.
    """
    engine, calendar = context.engine, calendar_of(context)
    rows, own = _terms(context), context.own("subscriptions")
    until = context.as_of.toordinal()
    many = (
        (context.as_of.year - calendar.first.year) * 12 + context.as_of.month - calendar.first.month
    )
    ends = _ends(rows, _months(calendar.first, many + 1), engine)
    ends = ends.filter(nw.col("day") < until)
    in_place = ends.filter(nw.col("end_place") > nw.col("day")).select(
        "customer_id",
        *own,
        "day",
        due="amount",
        renewed="amount",
        kept="amount",
        lost=whole(0),
        late=whole(0),
        early=whole(0),
        open=whole(0),
    )
    over = _over(context, rows, until).select("customer_id", *own, "day", *SUMS)
    both = nw.concat([in_place, over])
    placed = both.join(engine.lift(_buckets(calendar)), on="day", how="inner")
    placed = context.with_customers(add_up(placed, (*UNIT, *own), SUMS), "subscriptions")
    kept, inherited = engine.keep(placed), context.inherited("subscriptions")

    @cache
    def split_by(split: tuple[str, ...]) -> nw.LazyFrame:
        return engine.keep(add_up(kept, (*UNIT, *inherited, *split), SUMS))

    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        split = tuple(each for each in own if each in by)
        return kept if split == own else split_by(split)

    return Prepared(segments(context), calendar, at=at, varying=own)


def _buckets(calendar: Calendar) -> pd.DataFrame:
    """day, period: every day of the calendar, as a number."""
    rows = [
        (day, number)
        for number, each in enumerate(calendar.all_periods)
        for day in range(each.start.toordinal(), each.end.toordinal())
    ]
    return pd.DataFrame(rows, columns=["day", "period"]).astype("int64")


def _over(context: Context, rows: nw.LazyFrame, until: int) -> nw.LazyFrame:
    """The rows that ended, due on the day of their end: with what the customer began to pay for instead.

    A row that ends inside its term is no renewal where what follows runs to the same term's end; where it runs longer,
    the term was renewed early; where nothing follows, it was broken off and lost.
    """
    engine, grace = context.engine, context.edition.definitions.renewal_grace
    ended = rows.filter((nw.col("interval") > 1) & (nw.col("end_place") < until))
    ahead = _modulo(nw.col("anchor_month") - nw.col("end_month"), nw.col("interval"))
    on_time = nw.min_horizontal("anchor_of_month", "end_of")
    whole_term = (ahead == 0) & (nw.col("end_of_month") == on_time)
    passed = (ahead == 0) & (nw.col("end_of_month") > on_time)
    ended = ended.with_columns(
        whole_term=flag(whole_term),
        term=nw.col("end_month") + ahead + only(passed, nw.col("interval")),
    )
    ended = engine.keep(ended)
    after = rows.select(
        "customer_id",
        next_row="row",
        begins="start_place",
        lasts="end_place",
        more="amount",
        next_term="first_term",
    )
    follows = ended.join(after, on="customer_id", how="inner").filter(
        (nw.col("next_row") != nw.col("row"))
        & (nw.col("begins") > nw.col("start_place"))
        & (nw.col("begins") >= nw.col("end_place") - grace)
        & (nw.col("begins") <= nw.col("end_place") + grace)
        & (nw.col("lasts") > nw.col("end_place"))
    )
    follows = engine.keep(_nearest(follows, engine))
    found = ended.join(follows, on="row", how="left")
    # several rows that end together share what follows them, by what they paid
    together = ended.group_by("customer_id", "end_place").agg(whole_due=nw.col("amount").sum())
    found = found.join(engine.keep(together), on=["customer_id", "end_place"], how="inner")
    follows_it = ~nw.col("begins").is_null()
    inside = (nw.col("whole_term") == 0) & follows_it
    longer = nw.col("next_term").fill_null(-1) > nw.col("term")
    found = found.filter(flag(inside & ~longer) == 0)
    share = (nw.col("more").fill_null(0) * (nw.col("amount") / nw.col("whole_due"))).round(0)
    found = found.with_columns(
        day=nw.col("end_place"), due=nw.col("amount"), renewed=share.cast(nw.Int64)
    )
    found = found.with_columns(kept=nw.min_horizontal("due", "renewed").cast(nw.Int64))
    begins, end = nw.col("begins"), nw.col("end_place")
    may_follow = end + grace >= until
    return found.with_columns(
        lost=nw.when(follows_it)
        .then(nw.max_horizontal(nw.col("due") - nw.col("renewed"), nw.lit(0)))
        .otherwise(only(~may_follow, "due"))
        .cast(nw.Int64),
        late=only(follows_it & (begins > end), "kept"),
        early=only(follows_it & ((begins < end) | (nw.col("whole_term") == 0)), "kept"),
        open=only(~follows_it & may_follow, "due"),
    )


def _nearest(follows: nw.LazyFrame, engine: Engine) -> nw.LazyFrame:
    """row → `begins`, `more` and `next_term` of what follows it, of pairs of an ended row and one that may follow.

    What begins follows the end that lies nearest (the earlier of two), and an end is followed by what begins
    nearest to it: so that no row renews two terms, and no small addition stands for the renewal.
    """
    apart = nw.max_horizontal(
        nw.col("begins") - nw.col("end_place"), nw.col("end_place") - nw.col("begins")
    )
    rank = (apart * 2 + flag(nw.col("begins") < nw.col("end_place"))).cast(nw.Int64)
    pairs = engine.keep(
        follows.select("row", "next_row", "begins", "more", "next_term", apart=apart, rank=rank)
    )
    for key, least in (("next_row", "rank"), ("row", "apart")):
        nearest = pairs.group_by(key).agg(nw.col(least).min())
        pairs = engine.keep(pairs.join(nearest, on=[key, least], how="inner"))
    summed = pairs.group_by("row").agg(
        nw.col("begins").min(), nw.col("more").sum(), nw.col("next_term").max()
    )
    return summed.with_columns(nw.col("more").cast(nw.Int64))


def due_ahead(context: Context) -> pd.DataFrame:
    """quarter (0 to 3), segment columns → `due` (MRR in millionths) and `terms` that end in the next four quarters,
    of rows that go on as the data stand."""
    rows = context.with_customers(_due_rows(context), "subscriptions")
    summed = add_up(rows, ("quarter", *segments(context)), ("due", "terms"))
    return context.engine.collect(summed)


def due_next(context: Context) -> nw.LazyFrame:
    """customer_id, due, terms: those that end in the first of the next four quarters."""
    return _due_rows(context).filter(nw.col("quarter") == 0).select("customer_id", "due", "terms")


def _due_rows(context: Context) -> nw.LazyFrame:
    """row × end of a term in the next four quarters: quarter, terms (1), due."""
    engine, as_of = context.engine, context.as_of
    own, first = context.own("subscriptions"), as_of.toordinal()
    stops = [months_before(as_of, -3 * each).toordinal() for each in range(1, 5)]
    rows = _ends(_terms(context), _months(as_of, AHEAD + 1), engine)
    rows = rows.filter((nw.col("day") >= first) & (nw.col("day") < stops[-1]))
    later = [flag(nw.col("day") >= each) for each in stops[:-1]]
    rows = rows.with_columns(quarter=later[0] + later[1] + later[2], terms=whole(1), due="amount")
    return rows.select("customer_id", *own, "quarter", "terms", "due")
