"""When cohorts repaid what they cost to win, as a table."""

import pandas as pd

from cs_lib.period import Period
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.payback_sentences import by_formula
from cs_lib.vocabulary import COUNT, MONEY

_COLUMNS = (
    TableColumn("joined", "Joined in", left=True),
    TableColumn("customers", "Customers"),
    TableColumn("cac", "CAC"),
    TableColumn("months", "Repaid after months"),
    TableColumn("formula", "By the formula"),
    TableColumn("seen", "Months seen", muted=True),
    TableColumn("repaid", "Repaid so far"),
)
_NOTE = (
    "Repaid: gross margin of the cohort's MRR, returns and upgrades included, added up from the month of joining. "
    "The formula supposes that nobody leaves and nobody pays more; both in whole months."
)


def cohort_payback_table(found: pd.DataFrame, grain: str, formatter: Formatter) -> ReportTable:
    """A row a cohort. `found`: the rows of `cohort_payback`."""
    rows = [
        {
            "joined": formatter.period_short(Period.containing(row["joined"].date(), grain)),
            "customers": formatter.value(row["customers"], COUNT),
            "cac": formatter.value(row["cac"], MONEY),
            "months": formatter.value(row["months"], COUNT)
            if row["months"] == row["months"]
            else "not yet",
            "formula": formatter.value(row["by_formula"], COUNT),
            "seen": formatter.value(row["seen"], COUNT),
            "repaid": formatter.percent(row["repaid"], 0),
        }
        for row in found.assign(by_formula=by_formula(found)).to_dict("records")
    ]
    return build_table(
        rows, _COLUMNS, caption="When cohorts repaid their cost", notes=[_NOTE], data=found
    )
