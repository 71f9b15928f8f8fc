"""Facts of terms that end: what was due to be renewed, and what became of it.

A term ends each `interval_months` from the row's start, or from `term_ends_on` back and forth. It is due on that day
while the row lasts: a row that goes on has renewed it. One that ends is followed by what else the customer begins to
pay for within the grace days around its end. Days are whole numbers here.
"""

from datetime import date

import narwhals as nw
import pandas as pd

from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.facts.ages import Day
from cs_lib.data.facts.calendar import Calendar
from cs_lib.data.facts.context import UNIT, Context, Prepared, add_up, once, only, whole
from cs_lib.data.facts.subscription_facts import calendar_of, lasting, segments
from cs_lib.vocabulary import FOREVER

READS = ("subscriptions",)
SUMS = ("due", "renewed", "kept", "late", "early", "open")
#: months in which ends of terms are looked for, beyond the data: the next four quarters
AHEAD = 12
NEVER = FOREVER.toordinal()


def has_terms(context: Context) -> bool:
    """Whether any subscription is paid for more than a month at a time."""
    if not {"interval_months", "term_ends_on"} & {*context.columns("subscriptions")}:
        return False
    return len(context.engine.collect(_of_terms(context).select("customer_id").head(1))) > 0


def _of_terms(context: Context) -> nw.LazyFrame:
    rows = lasting(context.tables["subscriptions"])
    return rows.filter(nw.col("interval_months") > 1)


@once
def _terms(context: Context) -> nw.LazyFrame:
    """The rows that are paid for more than a month at a time, numbered; their days, and the months of these.

    `anchor` is a day on which a term ends.
    """
    own = context.own("subscriptions")
    rows = lasting(context.tables["subscriptions"])
    interval = nw.col("interval_months").cast(nw.Int64)
    end = nw.col("end_date").fill_null(nw.lit(FOREVER))
    anchor = nw.coalesce(nw.col("term_ends_on"), nw.col("start_date"))
    rows = rows.select(
        "customer_id",
        *own,
        amount="mrr",
        interval=interval,
        **Day.at(nw.col("start_date")).columns("start"),
        **Day.at(end).columns("end"),
        **Day.at(anchor).columns("anchor"),
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


def _ends(rows: nw.LazyFrame, months: nw.LazyFrame) -> nw.LazyFrame:
    """row × end of a term, as `day`, while the row lasts."""
    placed = rows.filter(nw.col("interval") > 1).join(months, how="cross")
    placed = placed.filter(
        _modulo(nw.col("month") - nw.col("anchor_month"), nw.col("interval")) == 0
    )
    day = nw.col("begins") + nw.min_horizontal("anchor_of_month", "days") - 1
    placed = placed.with_columns(day=day.cast(nw.Int64))
    return placed.filter(
        (nw.col("day") > nw.col("start_place")) & (nw.col("day") <= nw.col("end_place"))
    )


@once
def prepare_renewals(context: Context) -> Prepared:
    """customer × period in which a term of more than a month ended: MRR `due`, `kept` of it (at most what was due),
    `renewed` (with what is paid more), of which `late` and `early`, and `open`: nobody knows yet.

    What is neither kept nor open is lost.
    """
    engine, calendar = context.engine, calendar_of(context)
    rows, own = _terms(context), context.own("subscriptions")
    until = context.as_of.toordinal()
    many = (
        (context.as_of.year - calendar.first.year) * 12 + context.as_of.month - calendar.first.month
    )
    ends = _ends(rows, engine.lift(_months(calendar.first, many + 1)))
    ends = ends.filter(nw.col("day") < until)
    in_place = ends.filter(nw.col("end_place") > nw.col("day")).select(
        "customer_id",
        *own,
        "day",
        due="amount",
        renewed="amount",
        kept="amount",
        late=whole(0),
        early=whole(0),
        open=whole(0),
    )
    over = _over(context, rows, until).select("customer_id", *own, "day", *SUMS)
    base = add_up(nw.concat([in_place, over]), ("customer_id", *own, "day"), SUMS)
    placed = base.join(engine.lift(_buckets(calendar)), on="day", how="inner")
    placed = context.with_customers(add_up(placed, (*UNIT, *own), SUMS), "subscriptions")
    kept, inherited = engine.keep(placed), context.inherited("subscriptions")

    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        split = tuple(each for each in own if each in by)
        return kept if split == own else add_up(kept, (*UNIT, *inherited, *split), SUMS)

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
    """The rows that ended, due on the day of their end: with what the customer first began to pay for instead.

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
    follows = engine.keep(follows.select("row", "begins", "more", "next_term"))
    first = follows.group_by("row").agg(nw.col("begins").min())
    firsts = first.join(follows, on=["row", "begins"], how="inner").group_by("row", "begins")
    follows = firsts.agg(nw.col("more").sum(), nw.col("next_term").max())
    found = ended.join(engine.keep(follows), on="row", how="left")
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
    return found.with_columns(
        late=only(follows_it & (begins > end), "kept"),
        early=only(follows_it & ((begins < end) | (nw.col("whole_term") == 0)), "kept"),
        open=only(~follows_it & (end + grace >= until), "due"),
    )


def due_ahead(context: Context) -> pd.DataFrame:
    """quarter (0 to 3), segment columns → `due` (MRR in millionths) and `terms` that end in the next four quarters,
    of rows that go on as the data stand."""
    engine, as_of = context.engine, context.as_of
    own, first = context.own("subscriptions"), as_of.toordinal()
    months = _months(as_of, AHEAD + 1)
    stops = [_add_months(as_of, 3 * each).toordinal() for each in range(1, 5)]
    rows = _ends(_terms(context), engine.lift(months))
    rows = rows.filter((nw.col("day") >= first) & (nw.col("day") < stops[-1]))
    later = [flag(nw.col("day") >= each) for each in stops[:-1]]
    rows = rows.with_columns(quarter=later[0] + later[1] + later[2], terms=whole(1), due="amount")
    rows = context.with_customers(
        rows.select("customer_id", *own, "quarter", "terms", "due"), "subscriptions"
    )
    return engine.collect(add_up(rows, ("quarter", *segments(context)), ("due", "terms")))


def _add_months(day: date, months: int) -> date:
    return (pd.Timestamp(day) + pd.DateOffset(months=months)).date()
