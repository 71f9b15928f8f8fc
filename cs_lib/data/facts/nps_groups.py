"""Promoters, passives and detractors, and what each customer answered last."""

import narwhals as nw

from cs_lib.data.facts.context import Context
from cs_lib.vocabulary import MICROS

PROMOTER, PASSIVE, DETRACTOR, NO_ANSWER = "promoter", "passive", "detractor", "no answer"


def nps_group() -> nw.Expr:
    """What a score of NPS, in millionths, makes of who gave it."""
    score = nw.col("score")
    group = nw.when(score >= 7 * MICROS).then(nw.lit(PASSIVE)).otherwise(nw.lit(DETRACTOR))
    return nw.when(score >= 9 * MICROS).then(nw.lit(PROMOTER)).otherwise(group)


def last_answers(context: Context) -> nw.LazyFrame:
    """customer_id, responded_at, score (the lowest of several at once), and when the `following` answer came."""
    rows = context.tables["survey_responses"]
    rows = rows.filter(
        (nw.col("instrument") == "nps")
        & ~nw.col("score").is_null()
        & ~nw.col("customer_id").is_null()
        & ~nw.col("responded_at").is_null()
    )
    rows = rows.group_by("customer_id", "responded_at").agg(nw.col("score").min())
    following = nw.col("responded_at").shift(-1).over("customer_id", order_by="responded_at")
    return rows.with_columns(following=following)
