"""What became of customers in the six months after an instant, by what they had answered in the six before it.

Customers are those who pay just before the end of a month. Each counts in the group of its latest NPS answer of the
six months before (the lowest, of several at once), or as one who gave none.
"""

import narwhals as nw
import pandas as pd

from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.facts.calendar import frame
from cs_lib.data.facts.context import UNIT, Context, only, whole
from cs_lib.data.facts.nps_groups import NO_ANSWER, last_answers, nps_group
from cs_lib.data.facts.subscription_facts import prepare_movements
from cs_lib.vocabulary import MICROS

READS = ("subscriptions", "survey_responses")
#: months that customers are followed for, and in which an answer counts
HORIZON = 6
SUMS = ("customers", "left", "opening", "kept", "retained", "gained", "gainers")
SQUARES = ("opening_squared", "gained_squared")


def prepare_staying(context: Context) -> nw.LazyFrame:
    """customer × month: `answer`, the segments of the instant six months before the month's end, and what became of
    the `opening` MRR then: `left` by the month's end, `kept` of it at most as much, `retained` with what is paid more.

    Months are those that are over, from the first whose answers were asked for throughout the six months before.
    """
    moves, engine = prepare_movements(context), context.engine
    months = moves.calendar.months().sort_values("period")
    at = moves.at(()).filter(nw.col("closing") > 0)
    there = at.join(engine.lift(months), on="period", how="inner")
    there = engine.keep(there.select(*UNIT, *moves.fixed, opening="closing"))
    rows = context.with_subscription(there, moves.varying, moves.calendar)
    rows = rows.join(engine.keep(_answers(context, months)), on=list(UNIT), how="left")
    rows = rows.with_columns(
        answer=nw.col("answer").fill_null(NO_ANSWER), period=nw.col("period") + HORIZON
    )
    later = there.select(*UNIT, closing="opening")
    rows = rows.join(later, on=list(UNIT), how="left")
    rows = rows.with_columns(closing=nw.col("closing").fill_null(0))
    ends = months["month"] + pd.DateOffset(months=1)
    over = months[
        months["month"].ge(_first_month(context, months)) & ends.le(pd.Timestamp(context.as_of))
    ]
    rows = rows.join(engine.lift(over), on="period", how="inner")
    gained = nw.col("closing") > nw.col("opening")
    rows = rows.with_columns(
        customers=whole(1),
        left=flag(nw.col("closing") == 0),
        kept=nw.min_horizontal("opening", "closing").cast(nw.Int64),
        retained=nw.col("closing"),
        gained=only(gained, nw.col("closing") - nw.col("opening")),
        gainers=flag(gained),
    )
    squared = {f"{each}_squared": (nw.col(each) / MICROS) ** 2 for each in ("opening", "gained")}
    kept = ("month", "answer", *moves.segments, *SUMS, *SQUARES)
    return engine.keep(rows.with_columns(**squared).select(*kept))


def _first_month(context: Context, months: pd.DataFrame) -> pd.Timestamp:
    """The first month at whose end answers of six months were followed for six."""
    found = context.engine.collect(last_answers(context).select(nw.col("responded_at").min()))
    answered = found.iloc[0, 0]
    asked = months["month"].min() if pd.isna(answered) else max(months["month"].min(), answered)
    return pd.Timestamp(asked).to_period("M").to_timestamp() + pd.DateOffset(months=2 * HORIZON - 1)


def _answers(context: Context, months: pd.DataFrame) -> nw.LazyFrame:
    """customer × period: the group of the latest answer of the six months to the period's end."""
    counts = [
        (row.month, row.period + later) for row in months.itertuples() for later in range(HORIZON)
    ]
    placed = last_answers(context).with_columns(bucket=nw.col("responded_at").dt.truncate("1mo"))
    placed = placed.join(
        context.engine.lift(frame(counts, ["bucket", "period"])), on="bucket", how="inner"
    )
    placed = context.engine.keep(placed.select(*UNIT, "responded_at", "score"))
    latest = placed.group_by(*UNIT).agg(nw.col("responded_at").max())
    last = placed.join(latest, on=[*UNIT, "responded_at"], how="inner")
    return last.select(*UNIT, answer=nps_group())
