"""Promoters, passives and detractors, and what each customer answered last."""

import narwhals as nw

from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.facts.context import Context
from cs_lib.vocabulary import MICROS

PROMOTER, PASSIVE, DETRACTOR, NO_ANSWER = "promoter", "passive", "detractor", "no answer"
#: the groups from the lowest score on, and the scores from which the second and the third begin
GROUPS, GROUP_STARTS = (DETRACTOR, PASSIVE, PROMOTER), (7, 9)


def group_number() -> nw.Expr:
    """The place in GROUPS of who gave a score of NPS, which is in millionths."""
    second, third = (flag(nw.col("score") >= each * MICROS) for each in GROUP_STARTS)
    return second + third


def nps_group() -> nw.Expr:
    """What a score of NPS, in millionths, makes of who gave it."""
    group = nw.when(group_number() == 1).then(nw.lit(PASSIVE)).otherwise(nw.lit(DETRACTOR))
    return nw.when(group_number() == 2).then(nw.lit(PROMOTER)).otherwise(group)


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
