"""Facts of acquisition costs."""

import narwhals as nw

from cs_lib.data.facts.frames import Prepared, Sources, only
from cs_lib.period import WEEK

READS = ("acquisition_costs",)
MARKETING = "marketing"


def prepare_costs(sources: Sources) -> Prepared:
    """cost line: cost, marketing_cost in millionths. Costs are monthly, so no weeks."""
    first = sources.first_day("acquisition_costs", "month") or sources.as_of
    grains = tuple(grain for grain in sources.edition.grains if grain != WEEK)
    calendar = sources.calendar(first, grains)
    is_marketing = (
        nw.col("category") == MARKETING
        if "category" in sources.columns("acquisition_costs")
        else nw.lit(False)
    )
    rows = sources.tables["acquisition_costs"].with_columns(
        bucket=nw.col("month"),
        cost=nw.col("amount"),
        marketing_cost=only(is_marketing, "amount"),
    )
    placed = rows.join(sources.engine.lift(calendar.buckets()), on="bucket", how="inner")
    kept = sources.engine.keep(placed)
    return Prepared(sources.own("acquisition_costs"), calendar, at=lambda by: kept)
