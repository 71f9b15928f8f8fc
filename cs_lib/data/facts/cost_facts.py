"""Facts of acquisition costs."""

import narwhals as nw

from cs_lib.data.facts.context import NOT_GIVEN, Prepared, Sources, only
from cs_lib.period import WEEK

READS = ("acquisition_costs",)
MARKETING = "marketing"


def prepare_costs(sources: Sources) -> Prepared:
    """cost line: cost in millionths. Costs are monthly, so no weeks.

    `category` is there where the edition gives it, and `marketing_cost` where any line is marketing's.
    """
    first = sources.first_day("acquisition_costs", "month") or sources.as_of
    grains = tuple(grain for grain in sources.edition.grains if grain != WEEK)
    calendar = sources.calendar(first, grains)
    rows = _by_category(sources).with_columns(bucket=nw.col("month"), cost=nw.col("amount"))
    placed = rows.join(sources.engine.lift(calendar.buckets()), on="bucket", how="inner")
    kept = sources.engine.keep(placed)
    return Prepared(sources.own("acquisition_costs"), calendar, at=lambda by: kept)


def _by_category(sources: Sources) -> nw.LazyFrame:
    rows = sources.tables["acquisition_costs"]
    if "category" not in sources.columns("acquisition_costs"):
        return rows.drop("category")
    rows = rows.with_columns(nw.col("category").fill_null(NOT_GIVEN))
    marketing = nw.col("category") == MARKETING
    if sources.engine.collect(rows.filter(marketing).select("category").head(1)).empty:
        return rows
    return rows.with_columns(marketing_cost=only(marketing, "amount"))
