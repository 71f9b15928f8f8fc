"""Facts of who left: by the reason given, and by the month in which they joined.

A customer's tenure is the months of the calendar from the one in which they first paid.
"""

from datetime import date, datetime, time

import narwhals as nw

from cs_lib.data.facts import spans, subscription_facts
from cs_lib.data.facts.ages import Day, age
from cs_lib.data.facts.context import Context, Prepared, add_up, one_each, whole
from cs_lib.vocabulary import NOT_GIVEN

#: what is added up of customers who left: how many, and their opening MRR in millionths a month
LEFT = ("customers", "amount")
#: what is added up of customers who paid at an opening: how many, how many of them left, and their money
STAYED = ("customers", "lost", "opening", "closing")


def _joined(context: Context) -> nw.LazyFrame:
    """member, and `joined`: the month of the first paying start."""
    first = subscription_facts.paid(context).first
    return first.select("member", joined=nw.col("start_date").dt.truncate("1mo"))


def left_by_reason(losses: Prepared, context: Context, by: tuple[str, ...]) -> nw.LazyFrame:
    """month × segments × end_reason × joined: the LEFT of customers lost in the month (see `prepare_losses`)."""
    months = context.engine.lift(losses.calendar.months())
    rows = losses.at(by).join(months, on="period", how="inner")
    rows = rows.join(_joined(context), on="member", how="inner")
    rows = rows.with_columns(customers=nw.col("lost"), amount=-nw.col("churn"))
    return add_up(rows, ("month", *by, "end_reason", "joined"), LEFT)


def by_joining(moves: Prepared, context: Context, by: tuple[str, ...]) -> nw.LazyFrame:
    """month × segments × joined: the STAYED of customers by the month in which they joined."""
    rows = moves.in_stretches(by).join(_joined(context), on="member", how="inner")
    rows = rows.with_columns(customers=nw.col("at_opening"))
    steps = spans.lengths(moves.calendar, context.engine)
    summed = spans.add_up(rows, "period", (*by, "joined"), STAYED, steps)
    return summed.join(context.engine.lift(moves.calendar.months()), on="period", how="inner")


def first_ends(context: Context, before: date) -> nw.LazyFrame:
    """segments, end_reason, lasted: first paying spells that were over `before` an instant, in `ages.age`.

    The reason is that of the subscription which ended the spell (the alphabetically last, where several
    did). Spells that were over before the history began are not known.
    """
    known, began = subscription_facts.paid(context), context.edition.history_starts
    end = nw.lit(datetime.combine(before, time()))
    spells = subscription_facts.first_spells(context).filter(nw.col("ends") < end)
    if began:
        spells = spells.filter(nw.col("ends") >= nw.lit(datetime.combine(began, time())))
    spells = spells.join(known.members.select("member", "customer_id"), on="member", how="inner")
    given = (
        context.tables["subscriptions"]
        .filter(nw.col("mrr") > 0)
        .select(
            "customer_id", ends="end_date", end_reason=nw.col("end_reason").fill_null(NOT_GIVEN)
        )
    )
    key = ("customer_id", "ends")
    reasons = one_each(given.filter(~nw.col("ends").is_null()), key, ("end_reason",))
    rows = spells.join(reasons, on=list(key), how="inner")
    lasted = age(Day.at(nw.col("start_date")), Day.at(nw.col("ends")))
    segments = subscription_facts.segments(context)
    return rows.select(*segments, "end_reason", lasted=lasted, reached=whole(1))
