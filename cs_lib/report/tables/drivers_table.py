"""What goes with a score, beside how each item does, as a table."""

from cs_lib.judgement.score_drivers import Drivers
from cs_lib.metrics.models.importance import LMG
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import PERCENT, SCORE

_METHODS = {
    LMG: "what items share is parted between them alike, in whatever order they are taken (LMG)",
}
_OTHER = "what items share is parted between them (Johnson's relative weights)"


def drivers_table(found: Drivers, formatter: Formatter) -> ReportTable:
    """A row an item: its part of the differences between scores, and its mean."""
    rows: list[dict] = [
        {
            "item": row["item"],
            "part": formatter.percent(row["part"]),
            "ends": formatter.interval(row["low"], row["high"], PERCENT),
            "mean": formatter.value(row["mean"], SCORE),
            "mean ends": formatter.interval(row["mean_low"], row["mean_high"], SCORE),
        }
        for row in found.rows.to_dict("records")
    ]
    rows.append({"item": "All items", "part": formatter.percent(found.r2), "strong": True})
    level = f"{formatter.level} interval"
    columns = [
        TableColumn("item", "Item", left=True),
        TableColumn("part", "Goes with"),
        TableColumn("ends", level, muted=True),
        TableColumn("mean", "Mean"),
        TableColumn("mean ends", level, muted=True),
    ]
    note = (
        f"Goes with: the part of the differences between {found.instrument.upper()} scores that goes together with "
        f"what was answered to the item; {_METHODS.get(found.method, _OTHER)}. Intervals leave out one group of customers after another."
    )
    caption = f"What goes with the {found.instrument.upper()} score, {formatter.span(found.first, found.last)}"
    return build_table(rows, columns, caption=caption, notes=[note], data=found.rows)
