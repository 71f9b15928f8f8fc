"""Facts of follow-up: whether somebody came back to those whose answer was critical, and how soon."""

from datetime import datetime, time

import narwhals as nw

from cs_lib.data.contract.tables import before_its_answer
from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.facts import survey_facts
from cs_lib.data.facts.ages import days_between
from cs_lib.data.facts.calendar import Calendar
from cs_lib.data.facts.comment_facts import INSTRUMENT, STEP, UNHAPPY, score_group
from cs_lib.data.facts.context import CELL, Context, Prepared, whole

READS = survey_facts.READS
[TABLE] = READS
FOLLOWED_UP = "followed_up_on"
#: whoever has waited for longer does not wait any more
DAYS_TO_WAIT_FOR = 365


def has_follow_ups(context: Context) -> bool:
    """Whether the edition says of any answer that it was followed up."""
    return FOLLOWED_UP in context.columns(TABLE)


def prepare_follow_ups(context: Context) -> Prepared:
    """critical answer: `critical` 1, whether it was `followed` up at all, and `in_time`, within the follow-up window;
    the days it `lasted` until then, or until as_of. Answers of one customer (or respondent) are a cluster."""
    calendar, engine = survey_facts.calendar_of(context), context.engine
    segments, who = survey_facts.segments_of(context), survey_facts.known_by(context)
    rows = _waiting(context, calendar).join(
        engine.lift(calendar.buckets()), on="bucket", how="inner"
    )
    rows = context.with_subscription(rows, context.taken_up(TABLE), calendar)
    kept = rows.select(*CELL, *segments, INSTRUMENT, STEP, "followed", "lasted", *who)
    kept = engine.keep(kept, number="row" if who else None)
    window = context.edition.definitions.follow_up_window
    answers = kept.with_columns(
        critical=whole(1),
        in_time=flag((nw.col("followed") == 1) & (nw.col("lasted") <= window)),
    )
    if who:
        answers = answers.with_columns(cluster=survey_facts.cluster_of(who))
    answers = engine.as_one(answers)
    return Prepared(
        segments,
        calendar,
        at=lambda by: answers,
        varying=context.own(TABLE) if who else (),
        cluster="cluster" if who else None,
    )


def with_waiting(rows: nw.LazyFrame, context: Context) -> nw.LazyFrame:
    """Rows of customers with `waits_since`: the day of a critical answer of the last year that nobody followed up within
    the window or since, the oldest of several; null for all others."""
    if not has_follow_ups(context) or "customer_id" not in context.columns(TABLE):
        return rows.with_columns(waits_since=nw.lit(None).cast(nw.Datetime("us")))
    answers = _waiting(context, survey_facts.calendar_of(context))
    window = context.edition.definitions.follow_up_window
    waiting = answers.filter(
        (nw.col("followed") == 0)
        & (nw.col("lasted") > window)
        & (nw.col("lasted") <= DAYS_TO_WAIT_FOR)
        & ~nw.col("customer_id").is_null()
    )
    since = waiting.group_by("customer_id").agg(waits_since=nw.col("given").min())
    return rows.join(since, on="customer_id", how="left")


def _waiting(context: Context, calendar: Calendar) -> nw.LazyFrame:
    """The critical answers with `followed` and `lasted`, without those whose follow-up lies before them: one of the
    two days is wrong."""
    end = nw.lit(datetime.combine(context.as_of, time()))
    rows = survey_facts.scored(context, calendar).filter(score_group(context).is_in([*UNHAPPY]))
    rows = _recorded(rows.filter(flag(before_its_answer()) == 0), context)
    done = ~nw.col(FOLLOWED_UP).is_null() & (nw.col(FOLLOWED_UP) < end)
    until = nw.when(done).then(nw.col(FOLLOWED_UP)).otherwise(end)
    given = nw.col("responded_at").dt.truncate("1d")
    return rows.with_columns(followed=flag(done), until=until, given=given).with_columns(
        lasted=days_between(nw.col("given"), nw.col("until")).cast(nw.Int64)
    )


def _recorded(rows: nw.LazyFrame, context: Context) -> nw.LazyFrame:
    """Those given from the day on which the first follow-up of their instrument was written down: of any before, a
    blank does not say that nobody came back."""
    known = context.tables[TABLE].filter(~nw.col(FOLLOWED_UP).is_null())
    since = known.group_by(INSTRUMENT).agg(since=nw.col(FOLLOWED_UP).min())
    joined = rows.join(context.engine.keep(since), on=INSTRUMENT, how="inner")
    return joined.filter(nw.col("responded_at") >= nw.col("since"))
