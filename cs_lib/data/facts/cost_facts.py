"""Facts of acquisition costs."""

from datetime import date

import narwhals as nw

from cs_lib.data.engines.distinct_rows import distinct
from cs_lib.data.facts.context import Context, Prepared, only
from cs_lib.period import WEEK, silent_since
from cs_lib.vocabulary import NOT_GIVEN

READS = ("acquisition_costs",)
MARKETING = "marketing"


def prepare_costs(context: Context) -> Prepared:
    """cost line: cost in millionths. Costs are monthly, so no weeks.

    Months after the last of the table are not told, where otherwise none is without a row. `category` is there where the edition gives it, and `marketing_cost` where any line is marketing's.
    """
    grains = tuple(grain for grain in context.edition.grains if grain != WEEK)
    calendar = context.calendar("acquisition_costs", "month", grains=grains)
    rows = _by_category(context).with_columns(bucket=nw.col("month"), cost=nw.col("amount"))
    placed = rows.join(context.engine.lift(calendar.buckets()), on="bucket", how="inner")
    kept = context.engine.keep(placed)
    segments = context.own("acquisition_costs")
    return Prepared(segments, calendar, at=lambda by: kept, until=_until(context))


def _until(context: Context) -> date | None:
    """The first month of whose costs nothing is known, where they end before the extract."""
    rows = distinct(context.tables["acquisition_costs"].select("month"), "month")
    months = context.engine.collect(rows)["month"].dropna()
    return silent_since((each.date() for each in months), context.as_of)


def _by_category(context: Context) -> nw.LazyFrame:
    rows = context.tables["acquisition_costs"]
    if "category" not in context.columns("acquisition_costs"):
        return rows.drop("category")
    rows = rows.with_columns(nw.col("category").fill_null(NOT_GIVEN))
    marketing = nw.col("category") == MARKETING
    if context.engine.collect(rows.filter(marketing).select("category").head(1)).empty:
        return rows
    return rows.with_columns(marketing_cost=only(marketing, "amount"))
