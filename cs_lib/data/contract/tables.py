"""The input contract: which tables there are, their columns, and what a row may not say.

One declaration a table. Money, scores and weights are compared in millionths, days as datetimes.
"""

from datetime import datetime

import narwhals as nw

from cs_lib.data.contract.table_declaration import (
    DATE,
    ID,
    INTEGER,
    MONEY,
    MONTH,
    NUMBER,
    SCORE,
    TEXT,
    TIMESTAMP,
    WARNING,
    Against,
    Column,
    RowRule,
    Table,
)
from cs_lib.vocabulary import MICROS

#: the first day that Unix counts from
EPOCH = datetime(1970, 1, 1)
INSTRUMENTS = ("nps", "csat", "ces")
COSTS = ("acquisition_costs", "success_costs")
#: days of months, quarters, halves and years, which hardly are months of a term
DAYS_OF_TERMS = (30, 31, 90, 91, 92, 180, 181, 182, 183, 184, 360, 364, 365, 366, 730, 731, 1095)
#: words that figures are split by, beside the edition's segment columns
SPLITS = ("category", "channel", "end_reason", "feature", "instrument", "touchpoint")


def outside_the_extract(column: str) -> RowRule:
    return RowRule(
        name="outside the extract",
        column=column,
        breaks=lambda against: nw.col(column) >= against.end,
        says="lies at or after as_of {as_of}",
        remedy="Correct the export, or set as_of to the day after the extract's last one.",
    )


def negative(column: str, remedy: str) -> RowRule:
    return RowRule(
        name=f"negative {column}",
        column=column,
        breaks=lambda against: nw.col(column) < 0,
        says="is below zero",
        remedy=remedy,
    )


def at_the_beginning_of_time(column: str) -> RowRule:
    """The day that a system writes which has none: the first one of Unix."""
    return RowRule(
        name="day of nothing",
        column=column,
        breaks=lambda against: (nw.col(column) >= EPOCH) & (nw.col(column) < EPOCH.replace(day=2)),
        says="is the day that a system writes which knows none",
        remedy="If so, correct the export{no_date_remedy}.",
        level=WARNING,
    )


CURRENCY_WITHOUT_RATE = RowRule(
    name="currency without a rate",
    column="currency",
    breaks=lambda against: (
        ~nw.col("currency").is_in([against.edition.currency, *against.edition.rates])
    ),
    says="is not {currency}, and the edition gives no rate for it",
    remedy="{rate_remedy}.",
)


COST_TO_COME = RowRule(
    name="starts after the extract",
    column="month",
    breaks=lambda against: nw.col("month") >= against.end,
    says="lies at or after as_of {as_of}: a cost that is only planned",
    remedy="It counts once a later as_of reaches it.",
    level=WARNING,
)


def before_its_invitation() -> nw.Expr:
    """Whether an answer lies before its invitation; one known by the day alone may be of the same day."""
    answer, sent = nw.col("responded_at"), nw.col("sent_at")
    by_the_day = answer == answer.dt.truncate("1d")
    return (answer < sent.dt.truncate("1d")) | ((answer < sent) & ~by_the_day)


def before_its_answer() -> nw.Expr:
    """Whether a follow-up lies before the day of its answer."""
    return nw.col("followed_up_on") < nw.col("responded_at").dt.truncate("1d")


def _interval_below_one(unit: str, remedy: str) -> RowRule:
    column = f"interval_{unit}s"
    return RowRule(
        name=f"interval below one {unit}",
        column=column,
        breaks=lambda against: nw.col(column) < 1,
        says=f"is not a number of {unit}s",
        remedy=remedy,
    )


def _off_scale(against: Against) -> nw.Expr:
    off = nw.lit(False)
    for instrument in INSTRUMENTS:
        scale = against.scale(instrument)
        if scale:
            low, high = (end * MICROS for end in scale)
            outside = (nw.col("score") < low) | (nw.col("score") > high)
            off = off | ((nw.col("instrument") == instrument) & outside)
    return off


CUSTOMERS = Table(
    name="customers",
    columns=(
        Column("customer_id", ID, required=True),
        Column("signed_up_on", DATE),
        Column("first_value_on", DATE),
        Column("owner", TEXT),
        Column("name", TEXT),
        Column("valid_from", DATE),
    ),
    rules=(
        outside_the_extract("signed_up_on"),
        at_the_beginning_of_time("signed_up_on"),
        outside_the_extract("first_value_on"),
        outside_the_extract("valid_from"),
        RowRule(
            name="first value before sign-up",
            column="first_value_on",
            breaks=lambda against: nw.col("first_value_on") < nw.col("signed_up_on"),
            says="lies before signed_up_on {signed_up_on}",
            remedy="Correct one of them. Until then time to value leaves the customer out.{change_remedy}",
            level=WARNING,
            changed_with="signed_up_on",
        ),
    ),
    key="customer_id",
)

SUBSCRIPTIONS = Table(
    name="subscriptions",
    columns=(
        Column("customer_id", ID, required=True),
        Column("start_date", DATE, required=True),
        Column("end_date", DATE),
        Column("mrr", MONEY, required=True),
        Column("amount", MONEY),
        Column("interval_months", INTEGER),
        Column("interval_weeks", INTEGER),
        Column("quantity", INTEGER),
        Column("currency", TEXT),
        Column("end_reason", TEXT),
        Column("subscription_id", ID),
        Column("term_ends_on", DATE),
    ),
    rules=(
        RowRule(
            name="end before start",
            column="end_date",
            breaks=lambda against: nw.col("end_date") < nw.col("start_date"),
            says="lies before its start_date {start_date}",
            remedy="Correct the export; an end_date is the first day no longer paid for{no_date_remedy}.{change_remedy}",
            changed_with="start_date",
        ),
        at_the_beginning_of_time("start_date"),
        negative("mrr", "Net a discount into the subscription's own row, or leave a credit out."),
        _interval_below_one("month", "Write 1 for a monthly price and 12 for a yearly one."),
        _interval_below_one("week", "Write 1 for a weekly price and 4 for one of four weeks."),
        RowRule(
            name="two intervals",
            column="interval_weeks",
            breaks=lambda against: (
                ~nw.col("interval_weeks").is_null() & ~nw.col("interval_months").is_null()
            ),
            says="stands beside interval_months {interval_months}",
            remedy="Leave one of the two blank.",
            against=("interval_months",),
        ),
        RowRule(
            name="interval of days",
            column="interval_months",
            breaks=lambda against: nw.col("interval_months").is_in(DAYS_OF_TERMS),
            says="is read as months, and looks like the days of a term",
            remedy='If they are days, say columns: {{interval_months: "{interval_in_months}"}} for this table.',
            level=WARNING,
        ),
        negative("quantity", "Write how many units the amount is paid for."),
        RowRule(
            name="quantity of 0",
            column="quantity",
            breaks=lambda against: (nw.col("quantity") == 0) & (nw.col("amount") > 0),
            says="makes nothing of an amount of {amount}: the row pays nothing",
            remedy="If {amount} is the price of all, say values: {{quantity: 1}} for this table.",
            level=WARNING,
            against=("amount",),
        ),
        CURRENCY_WITHOUT_RATE,
        RowRule(
            name="starts after the extract",
            column="start_date",
            breaks=lambda against: nw.col("start_date") >= against.end,
            says="lies at or after as_of {as_of}: a start that is only scheduled",
            remedy="It counts once a later as_of reaches it.",
            level=WARNING,
        ),
    ),
    dated_by=("start_date",),
)

ORDERS = Table(
    name="orders",
    columns=(
        Column("customer_id", ID, required=True),
        Column("ordered_at", TIMESTAMP, required=True),
        Column("amount", MONEY, required=True),
        Column("order_id", ID),
        Column("currency", TEXT),
    ),
    rules=(
        outside_the_extract("ordered_at"),
        at_the_beginning_of_time("ordered_at"),
        CURRENCY_WITHOUT_RATE,
    ),
    dated_by=("ordered_at",),
)

SURVEY_RESPONSES = Table(
    name="survey_responses",
    columns=(
        Column("instrument", TEXT, required=True),
        Column("score", SCORE, present=True),
        Column("responded_at", TIMESTAMP, present=True),
        Column("response_id", ID),
        Column("customer_id", ID),
        Column("respondent_id", ID),
        Column("touchpoint", TEXT),
        Column("sent_at", TIMESTAMP),
        Column("weight", NUMBER),
        Column("comment", TEXT),
        Column("followed_up_on", DATE),
    ),
    rules=(
        RowRule(
            name="unknown instrument",
            column="instrument",
            breaks=lambda against: ~nw.col("instrument").is_in(list(INSTRUMENTS)),
            says="is not an instrument",
            remedy="Write nps, csat or ces.",
        ),
        RowRule(
            name="score off the scale",
            column="score",
            breaks=_off_scale,
            says="is off the {instrument} scale of {scale}",
            remedy="Leave a code for no answer blank{code_remedy}{scale_remedy}.",
        ),
        RowRule(
            name="fractional score",
            column="score",
            breaks=lambda against: nw.col("score") % MICROS != 0,
            says="is not a whole number",
            remedy="It is kept as it is: a 6.5 counts as a detractor.",
            level=WARNING,
        ),
        RowRule(
            name="answer without its time",
            column="responded_at",
            breaks=lambda against: nw.col("responded_at").is_null() & ~nw.col("score").is_null(),
            says="is blank although there is a score",
            remedy="An answer belongs to the period in which it was given.",
        ),
        RowRule(
            name="invitation without its time",
            column="sent_at",
            breaks=lambda against: (
                nw.col("sent_at").is_null()
                & nw.col("responded_at").is_null()
                & nw.col("score").is_null()
            ),
            says="is blank, and so are responded_at and score",
            remedy="An invitation belongs to the period in which it was sent.",
        ),
        RowRule(
            name="answer before its invitation",
            column="responded_at",
            breaks=lambda against: before_its_invitation(),
            says="lies before sent_at {sent_at}",
            remedy="Correct one of them. Until then the response rate leaves the row out.{change_remedy}",
            level=WARNING,
            changed_with="sent_at",
        ),
        RowRule(
            name="follow-up before its answer",
            column="followed_up_on",
            breaks=lambda against: before_its_answer(),
            says="lies before responded_at {responded_at}",
            remedy="Correct one of them. Until then the follow-up rate leaves the row out.",
            level=WARNING,
        ),
        outside_the_extract("responded_at"),
        at_the_beginning_of_time("responded_at"),
        outside_the_extract("sent_at"),
        negative("weight", "A weight says how many people an answer stands for."),
    ),
    key="response_id",
    dated_by=("responded_at", "sent_at"),
)

SURVEY_ITEMS = Table(
    name="survey_items",
    columns=(
        Column("response_id", ID, required=True),
        Column("item", TEXT, required=True),
        Column("value", NUMBER, present=True),
    ),
)

ACQUISITION_COSTS = Table(
    name="acquisition_costs",
    columns=(
        Column("month", MONTH, required=True),
        Column("amount", MONEY, required=True),
        Column("category", TEXT),
        Column("channel", TEXT),
        Column("currency", TEXT),
    ),
    rules=(
        CURRENCY_WITHOUT_RATE,
        COST_TO_COME,
    ),
)

SUCCESS_COSTS = Table(
    name="success_costs",
    columns=(
        Column("month", MONTH, required=True),
        Column("amount", MONEY, required=True),
        Column("owner", TEXT),
        Column("currency", TEXT),
    ),
    rules=(CURRENCY_WITHOUT_RATE, COST_TO_COME),
)

USAGE_EVENTS = Table(
    name="usage_events",
    columns=(
        Column("customer_id", ID, required=True),
        Column("occurred_at", TIMESTAMP, required=True),
        Column("feature", TEXT, required=True),
        Column("user_id", ID),
    ),
    rules=(outside_the_extract("occurred_at"), at_the_beginning_of_time("occurred_at")),
    dated_by=("occurred_at",),
)

PLAN = Table(
    name="plan",
    columns=(
        Column("month", MONTH, required=True),
        Column("metric", TEXT, required=True),
        Column("value", NUMBER, required=True),
        Column("segment", TEXT),
    ),
)

TABLES = (
    CUSTOMERS,
    SUBSCRIPTIONS,
    ORDERS,
    SURVEY_RESPONSES,
    SURVEY_ITEMS,
    ACQUISITION_COSTS,
    SUCCESS_COSTS,
    USAGE_EVENTS,
    PLAN,
)


def table(name: str) -> Table:
    return next(each for each in TABLES if each.name == name)
