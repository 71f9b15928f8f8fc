"""Items asked beside a score (ease, price, support …): sums of squares and products, from which correlations follow."""

import narwhals as nw

from cs_lib.data.engines.distinct_rows import distinct
from cs_lib.data.facts import survey_facts
from cs_lib.data.facts.comment_facts import INSTRUMENT
from cs_lib.data.facts.context import Context
from cs_lib.period import Period
from cs_lib.vocabulary import MICROS

ITEMS, ANSWERS = "survey_items", "survey_responses"
#: what stands for the score among the items, and for 1 in every answer
SCORE, ONE = "(score)", "(one)"
#: customers are put in so many groups, which are left out one after another
GROUPS = 20
#: an item counts where so large a part of the instrument's answers with items has it
MOSTLY = 0.5


def has_items(context: Context) -> bool:
    """Whether items are given, and answers that they can belong to."""
    return (
        ITEMS in context.tables
        and ANSWERS in context.tables
        and "response_id" in context.columns(ANSWERS)
    )


def item_sums(
    context: Context, months: list[Period]
) -> tuple[nw.LazyFrame, tuple[str, ...]] | None:
    """Rows of answers in these months: month, instrument, the segments, `part` (the group of its customer), and `item` ×
    `other` with the product of their values; with the segment columns. None where no month is given.

    An answer counts where it has all items of its instrument; an item that most answers lack is none of it.
    """
    if not months:
        return None
    engine, segments = context.engine, survey_facts.segments_of(context)
    rows = survey_facts.in_months(context, months).filter(~nw.col("response_id").is_null())
    values = _values(context)
    answered = engine.keep(distinct(values, "response_id"))
    rows = rows.join(answered, on="response_id", how="inner")
    who = survey_facts.known_by(context)
    kept = dict.fromkeys(("response_id", INSTRUMENT, "bucket", "score", *segments, *who))
    rows = engine.keep(rows.select(*kept).sort("response_id"), number="row")
    rows = engine.keep(rows.with_columns(cluster=survey_facts.cluster_of(who)))
    rows = rows.join(_parts(rows, context), on="cluster", how="inner")
    whole, values = _whole(rows, values, context)
    pairs = _pairs(whole, values)
    named = whole.select("response_id", INSTRUMENT, "part", *segments, month="bucket")
    return engine.keep(named.join(pairs, on="response_id", how="inner")), segments


def _values(context: Context) -> nw.LazyFrame:
    """response_id, item, value: the mean where an answer has an item several times."""
    rows = context.tables[ITEMS].filter(~nw.col("value").is_null())
    summed = rows.group_by("response_id", "item").agg(nw.col("value").sum(), times=nw.len())
    value = nw.col("value").cast(nw.Float64) / nw.col("times") / MICROS
    return context.engine.keep(summed.select("response_id", "item", value=value))


def _parts(rows: nw.LazyFrame, context: Context) -> nw.LazyFrame:
    """cluster, part: customers by turns into the groups, in the order of their names."""
    numbered = context.engine.keep(distinct(rows, "cluster").sort("cluster"), number="place")
    return numbered.select("cluster", part=nw.col("place").cast(nw.Int64) % GROUPS)


def _whole(
    rows: nw.LazyFrame, values: nw.LazyFrame, context: Context
) -> tuple[nw.LazyFrame, nw.LazyFrame]:
    """The answers that have every item of their instrument, and these items alone."""
    engine = context.engine
    given = rows.select("response_id", INSTRUMENT).join(values, on="response_id", how="inner")
    given = engine.keep(given)
    counted = engine.collect(given.group_by(INSTRUMENT, "item").agg(answers=nw.len()))
    of = engine.collect(rows.group_by(INSTRUMENT).agg(all_answers=nw.col("response_id").n_unique()))
    counted = counted.merge(of, on=INSTRUMENT)
    items = counted.loc[counted["answers"] >= MOSTLY * counted["all_answers"], [INSTRUMENT, "item"]]
    needed = items.groupby(INSTRUMENT, as_index=False).agg(needed=("item", "size"))
    own = given.join(
        engine.lift(items.reset_index(drop=True)), on=[INSTRUMENT, "item"], how="inner"
    )
    own = engine.keep(own)
    has = own.group_by("response_id", INSTRUMENT).agg(has=nw.len())
    has = has.join(engine.lift(needed.astype({"needed": "int64"})), on=INSTRUMENT, how="inner")
    has = has.filter(nw.col("has") == nw.col("needed")).select("response_id")
    return engine.keep(rows.join(has, on="response_id", how="inner")), own


def _pairs(rows: nw.LazyFrame, values: nw.LazyFrame) -> nw.LazyFrame:
    """response_id, item, other, product: of the items, the score and 1, each pair once."""
    scores = rows.select(
        "response_id", item=nw.lit(SCORE), value=nw.col("score").cast(nw.Float64) / MICROS
    )
    ones = rows.select("response_id", item=nw.lit(ONE), value=nw.lit(1.0))
    every = nw.concat([values.select("response_id", "item", "value"), scores, ones])
    others = every.select("response_id", other="item", times="value")
    pairs = every.join(others, on="response_id", how="inner")
    pairs = pairs.filter(nw.col("item") <= nw.col("other"))
    return pairs.select("response_id", "item", "other", product=nw.col("value") * nw.col("times"))
