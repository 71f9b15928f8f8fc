"""Facts of surveys: answers by instrument, and invitations with whether they were answered."""

from collections.abc import Callable, Collection

import narwhals as nw

from cs_lib.data.contract.tables import before_its_invitation
from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.facts.calendar import Calendar, frame
from cs_lib.data.facts.context import CELL, Context, Prepared, add_up, once, whole
from cs_lib.data.facts.subscription_facts import at_closing
from cs_lib.period import MONTH, Period
from cs_lib.vocabulary import MICROS

READS = ("survey_responses",)
NOT_ASKED_AT = "(no touchpoint)"
WEIGHT, CUSTOMER_MRR = "weight", "customer_mrr"


def calendar_of(context: Context) -> Calendar:
    return context.calendar("survey_responses", "responded_at", "sent_at")


def has(instrument: str) -> Callable[[Context], bool]:
    """Whether there is any answer of that instrument."""

    def given(context: Context) -> bool:
        rows = context.tables["survey_responses"].filter(nw.col("instrument") == instrument)
        return len(context.engine.collect(rows.select("instrument").head(1))) > 0

    return given


def has_invitations(context: Context) -> bool:
    return "sent_at" in context.columns("survey_responses")


def has_respondents(context: Context) -> bool:
    return has_invitations(context) and "respondent_id" in context.columns("survey_responses")


def prepare_nps(context: Context) -> Prepared:
    """answer: `given` score; promoter, passive, detractor; value 1, 0, −1. Points are 100 × the mean value."""
    promoter, passive = nw.col("score") >= 9 * MICROS, nw.col("score") >= 7 * MICROS
    return _answers(
        context,
        "nps",
        promoter=flag(promoter),
        passive=flag(passive & ~promoter),
        detractor=flag(~passive),
        value=flag(promoter) - flag(~passive),
    )


def prepare_csat(context: Context) -> Prepared:
    """answer: `given` score; satisfied (within the edition's satisfied scores), top (the scale's best)."""
    rule = context.edition.definitions.csat
    return _answers(
        context,
        "csat",
        satisfied=flag(_within(rule.satisfied)),
        top=flag(nw.col("score") == rule.best * MICROS),
    )


def prepare_ces(context: Context) -> Prepared:
    """answer: `given` score; easy (within the edition's easy scores)."""
    rule = context.edition.definitions.ces
    return _answers(context, "ces", **({"easy": flag(_within(rule.easy))} if rule else {}))


def _within(span: tuple[int, int]) -> nw.Expr:
    low, high = span
    return (nw.col("score") >= low * MICROS) & (nw.col("score") <= high * MICROS)


def _answers(context: Context, instrument: str, **columns: nw.Expr) -> Prepared:
    calendar, engine = calendar_of(context), context.engine
    rows = _ready(context).filter((nw.col("instrument") == instrument) & ~nw.col("score").is_null())
    latest = _latest(_in_buckets(rows, "responded_at", calendar), context, calendar)
    latest = _weighed(_with_subscription(latest, context, calendar), context, calendar)
    segments, weights, who = segments_of(context), _weights(context), known_by(context)
    kept = latest.select(*CELL, *segments, "touchpoint", "score", *weights, *who)
    kept = engine.keep(kept, number="row" if who else None)
    answers = kept.with_columns(cluster=cluster_of(who)) if who else kept
    answers = answers.with_columns(
        answered=whole(1), given=nw.col("score"), **columns
    ).with_columns(score=_label())
    answers = engine.as_one(answers)
    return Prepared(
        segments,
        calendar,
        at=lambda by: answers,
        varying=context.own("survey_responses") if who else (),
        cluster="cluster" if who else None,
    )


def known_by(context: Context) -> tuple[str, ...]:
    """By what answers can be known to come from the same source."""
    columns = context.columns("survey_responses")
    return tuple(each for each in ("customer_id", "respondent_id") if each in columns)


def cluster_of(who: tuple[str, ...]) -> nw.Expr:
    """What an answer goes together with: its customer's, else its respondent's, else itself alone."""
    cluster = nw.concat_str(nw.lit("answer "), nw.col("row").cast(nw.String))
    for each in reversed(who):
        known = nw.concat_str(nw.lit(f"{each} "), nw.col(each))
        cluster = nw.when(nw.col(each).is_null()).then(cluster).otherwise(known)
    return cluster


def _weights(context: Context) -> tuple[str, ...]:
    """What answers can be weighted by: a weight of their own, and the MRR of their customers."""
    columns = context.columns("survey_responses")
    own = (WEIGHT,) if WEIGHT in columns else ()
    by_mrr = "subscriptions" in context.tables and "customer_id" in columns
    return (*own, CUSTOMER_MRR) if by_mrr else own


def _weighed(answers: nw.LazyFrame, context: Context, calendar: Calendar) -> nw.LazyFrame:
    """The answers with `customer_mrr`, the MRR of the customer at the period's closing, where it is known."""
    if CUSTOMER_MRR not in _weights(context):
        return answers
    paying = at_closing(context, calendar).select("customer_id", *CELL, **{CUSTOMER_MRR: "amount"})
    joined = answers.join(paying, on=["customer_id", *CELL], how="left")
    return joined.with_columns(nw.col(CUSTOMER_MRR).fill_null(0))


def prepare_invitations(context: Context) -> Prepared:
    """invitations that are alike in all that they are split by: how many were `sent`, and how many of them
    `answered` within the response window."""
    calendar, engine, table = calendar_of(context), context.engine, "survey_responses"
    rows = _invitations(context, calendar)
    split, sums = ("instrument", "touchpoint"), ("sent", "answered")
    segments = (*context.own(table), *context.inherited(table))
    who = ("customer_id",) if context.taken_up(table) else ()
    alike = add_up(rows, ("bucket", *split, *segments, *who), sums)
    placed = alike.join(engine.lift(calendar.buckets()), on="bucket", how="inner")
    placed = _with_subscription(placed, context, calendar)
    kept = engine.keep(placed.select(*CELL, *segments_of(context), *split, *sums))
    return Prepared(segments_of(context), calendar, at=lambda by: kept)


def prepare_invited(context: Context) -> Prepared:
    """respondent × instrument × touchpoint × period of invitation: `sent` 1, and `answered` where any of
    the invitations was. Rows without a respondent each stand for themselves. A respondent who was invited
    for customers of several segments is one of each, and one of all."""
    calendar, engine, segments = calendar_of(context), context.engine, segments_of(context)
    rows = engine.keep(_invitations(context, calendar), number="invitation")
    unknown = nw.col("respondent_id").is_null()
    rows = rows.with_columns(
        alone=nw.when(unknown).then(nw.col("invitation")).otherwise(nw.lit(-1))
    )
    placed = rows.join(engine.lift(calendar.buckets()), on="bucket", how="inner")
    placed = _with_subscription(placed, context, calendar)
    person, flags = (
        (*CELL, "respondent_id", "alone", "instrument", "touchpoint"),
        ("sent", "answered"),
    )
    placed = engine.keep(placed.select(*person, *segments, *flags))

    def at(by: tuple[str, ...]) -> nw.LazyFrame:
        return placed.group_by(*person, *by).agg(nw.col(*flags).max())

    return Prepared(segments, calendar, at=at, varying=segments)


def _invitations(context: Context, calendar: Calendar) -> nw.LazyFrame:
    """The rows with a sending date by day or month: `sent` 1, and `answered` within the response window.

    A row whose answer lies before its invitation says nothing of either.
    """
    days = context.edition.definitions.response_window
    in_time = nw.col("responded_at") < nw.col("sent_at").dt.offset_by(f"{days}d")
    rows = _ready(context).filter(~nw.col("sent_at").is_null())
    rows = rows.filter(flag(before_its_invitation()) == 0)
    return _in_buckets(rows, "sent_at", calendar).with_columns(
        sent=whole(1),
        answered=flag(~nw.col("score").is_null() & in_time),
    )


def scored(context: Context, calendar: Calendar) -> nw.LazyFrame:
    """Every answer with a score, with the day or month in which it was given as `bucket`."""
    return _in_buckets(_ready(context).filter(~nw.col("score").is_null()), "responded_at", calendar)


def months_over(context: Context) -> list[Period]:
    """The months from the first answer on that are over."""
    return [each for each in _monthly(context).all_periods if each.end <= context.as_of]


def in_months(context: Context, months: Collection[Period]) -> nw.LazyFrame:
    """The answers of these months that have a score: `bucket` is a month's first day, `period` its number; with the
    segments of the customer, or of what it held at the month's end."""
    calendar = _monthly(context)
    places = [(n, each.start) for n, each in enumerate(calendar.all_periods) if each in months]
    numbers = context.engine.lift(frame(places, ["period", "bucket"]))
    rows = _ready(context).filter(~nw.col("score").is_null())
    rows = _in_buckets(rows, "responded_at", calendar).join(numbers, on="bucket", how="inner")
    return _with_subscription(rows, context, calendar)


def _monthly(context: Context) -> Calendar:
    return context.calendar("survey_responses", "responded_at", grains=(MONTH,))


def segments_of(context: Context) -> tuple[str, ...]:
    """The segment columns that an answer can be told by."""
    table = "survey_responses"
    return (*context.own(table), *context.inherited(table), *context.taken_up(table))


@once
def _ready(context: Context) -> nw.LazyFrame:
    """The survey rows with segments of their customers and a touchpoint in every row."""
    rows = context.with_customers(context.tables["survey_responses"], "survey_responses")
    return context.engine.as_one(rows.with_columns(nw.col("touchpoint").fill_null(NOT_ASKED_AT)))


def _in_buckets(rows: nw.LazyFrame, moment: str, calendar: Calendar) -> nw.LazyFrame:
    """The rows with the day or month of their moment."""
    return rows.with_columns(bucket=calendar.bucket(nw.col(moment)))


def _with_subscription(placed: nw.LazyFrame, context: Context, calendar: Calendar) -> nw.LazyFrame:
    """The rows with the plan (…) held in their period."""
    return context.with_subscription(placed, context.taken_up("survey_responses"), calendar)


def _latest(rows: nw.LazyFrame, context: Context, calendar: Calendar) -> nw.LazyFrame:
    """The answers in every period of their moment in which they count.

    Of the answers of one respondent at one touchpoint in one period that is the latest. Where two came
    at the same moment: the one with the highest response_id (or score). Rows without a respondent each
    stand for themselves.
    """
    engine = context.engine
    buckets, columns = engine.lift(calendar.buckets()), context.columns("survey_responses")
    if "respondent_id" not in columns:
        return rows.join(buckets, on="bucket", how="inner")
    tie = nw.col("response_id").fill_null("") if "response_id" in columns else nw.col("score")
    rows = engine.keep(rows.with_columns(tie=tie).sort("responded_at", "tie"), number="answer")
    unknown = nw.col("respondent_id").is_null()
    placed = rows.with_columns(alone=nw.when(unknown).then(nw.col("answer")).otherwise(nw.lit(-1)))
    placed = placed.select("respondent_id", "alone", "touchpoint", "answer", "bucket").join(
        buckets, on="bucket", how="inner"
    )
    last = placed.group_by("respondent_id", "alone", "touchpoint", *CELL).agg(
        nw.col("answer").max()
    )
    last = last.select("answer", *CELL)
    return rows.join(last, on="answer", how="inner")


def _label() -> nw.Expr:
    """The score as a label: 7 as `7`, 6.5 as `6.5`."""
    points = nw.col("given") / MICROS
    return (
        nw.when(nw.col("given") % MICROS == 0)
        .then(points.round(0).cast(nw.Int64).cast(nw.String))
        .otherwise(points.cast(nw.String))
    )
