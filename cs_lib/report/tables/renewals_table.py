"""Terms that end in the next four quarters, as a table."""

from datetime import date

from cs_lib.period import MONTH, Period
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter, spoken
from cs_lib.vocabulary import COUNT, MONEY

_COLUMNS = (
    TableColumn("quarter", "Quarter", left=True),
    TableColumn("terms", "Terms that end"),
    TableColumn("due", "MRR due"),
    TableColumn("rate", "Share expected"),
    TableColumn("expected", "MRR expected"),
    TableColumn("status", "Status", left=True, muted=True),
)


def renewals_table(rows: list[dict], formatter: Formatter) -> ReportTable:
    """A row a quarter. `rows`: those of `renewals_ahead`, of one segment."""
    plan = rows[0]["plan"]
    own = f", by {spoken(plan)} where twenty customers had a term that ended" if plan else ""
    return build_table(
        [_row(row, formatter) for row in sorted(rows, key=lambda row: row["quarter"])],
        _COLUMNS,
        caption="Terms that end in the next four quarters, and what of them may be renewed",
        notes=[f"Expected at the renewal rate of the last twelve months{own}."],
    )


def _row(row: dict, formatter: Formatter) -> dict:
    quarter = _days(date.fromisoformat(row["first"]), date.fromisoformat(row["last"]), formatter)
    if row["hidden"]:
        return {"quarter": quarter, "status": "hidden: too few here or in another segment"}
    known = row["rate"] is not None
    return {
        "quarter": quarter,
        "terms": formatter.value(row["terms"], COUNT),
        "due": formatter.short(row["due"], MONEY),
        "rate": formatter.percent(row["rate"]) if known else "",
        "expected": formatter.short(row["expected"], MONEY) if known else "",
        "status": "" if known else "too few terms ended in the last twelve months",
    }


def _days(first: date, last: date, formatter: Formatter) -> str:
    """ "July to September 2026"; the days where it does not begin with a month."""
    if first.day != 1:
        return f"{formatter.day(first)} to {formatter.day(last)}"
    return formatter.span(Period.containing(first, MONTH), Period.containing(last, MONTH))
