"""What a notebook shows of renewals to come."""

from cs_lib.kit.selection import Selection
from cs_lib.period import Period, add_months
from cs_lib.report.display import LeftOut, ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.vocabulary import COUNT, MONEY

AHEAD = "renewals due in the next four quarters"
_COLUMNS = (
    TableColumn("from", "From", left=True),
    TableColumn("terms", "Terms that end"),
    TableColumn("due", "MRR due"),
    TableColumn("rate", "Renewal rate"),
    TableColumn("expected", "MRR expected"),
    TableColumn("status", "", left=True, muted=True),
)


def ahead(selection: Selection) -> ReportTable | LeftOut:
    """MRR whose term ends in the next four quarters, and what of it may be renewed."""
    if not selection.has("renewal_rate"):
        return selection.left_out(["renewal_rate"], title=AHEAD)
    if selection.period.end != selection.measures.as_of:
        return LeftOut(
            AHEAD, "they are told as the latest data stand, and this period is an earlier one"
        )
    rows = [
        row
        for row in selection.measures.data.get("renewals_ahead", [])
        if row["segment"] == selection.segment.label
    ]
    if not rows:
        return LeftOut(AHEAD, "no term of this segment ends then")
    selection.frame("renewal_rate")  # so that the report defines it
    return build_table(
        [_row(selection, row) for row in sorted(rows, key=lambda row: row["quarter"])],
        _COLUMNS,
        caption="Terms that end in the next four quarters, and what of them may be renewed",
        notes=["Expected at the renewal rate of the last twelve months."],
    )


def _row(selection: Selection, row: dict) -> dict:
    formatter, start = selection.formatter, add_months(selection.measures.as_of, 3 * row["quarter"])
    last = Period.containing(add_months(start, 2), "month")
    span = formatter.span(Period.containing(start, "month"), last)
    if row["terms"] < formatter.min_n:
        return {"from": span, "status": f"hidden: fewer than {formatter.min_n}"}
    known = row["rate"] is not None
    return {
        "from": span,
        "terms": formatter.value(row["terms"], COUNT),
        "due": formatter.short(row["due"], MONEY),
        "rate": formatter.percent(row["rate"]) if known else "",
        "expected": formatter.short(row["expected"], MONEY) if known else "",
    }
