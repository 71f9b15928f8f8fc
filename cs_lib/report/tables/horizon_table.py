"""How many times over customers had repaid what they cost to win, by month, as a table."""

from collections.abc import Sequence

import pandas as pd

from cs_lib.period import MONTH, Period
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import COUNT, MONEY, RATIO

_COLUMNS = (
    TableColumn("months", "After months", left=True),
    TableColumn("joined", "Joined", left=True),
    TableColumn("customers", "Customers"),
    TableColumn("value", "Margin so far"),
    TableColumn("cac", "CAC"),
    TableColumn("ratio", "LTV:CAC observed"),
    TableColumn("formula", "By the formula"),
)
_NOTE = (
    "Observed: gross margin of the MRR of all who joined in these months and were seen so long, those who left "
    "included. The formula: today's ARPA, churn and CAC, up to so many months."
)


def horizon_table(
    found: pd.DataFrame, formula: Sequence[float], for_ever: float, formatter: Formatter
) -> ReportTable:
    """A row a horizon, and one for all that is still to come. `found`: rows of `value_by_horizon`."""
    rows = [
        {
            "months": formatter.value(row.horizon, COUNT),
            "joined": _joined(row.first, row.last, formatter),
            "customers": formatter.value(row.customers, COUNT),
            "value": formatter.value(row.value, MONEY),
            "cac": formatter.value(row.cac, MONEY),
            "ratio": formatter.value(row.ratio, RATIO),
            "formula": formatter.value(known, RATIO) if known == known else "",
        }
        for row, known in zip(found.itertuples(), formula, strict=True)
    ]
    if for_ever == for_ever:
        rows.append({"months": "For ever", "formula": formatter.value(for_ever, RATIO)})
    return build_table(
        rows,
        _COLUMNS,
        caption="LTV:CAC by how long customers were seen",
        notes=[_NOTE],
        data=found.assign(formula=list(formula)),
    )


def _joined(first: pd.Timestamp, last: pd.Timestamp, formatter: Formatter) -> str:
    ends = [formatter.period_short(Period.containing(day.date(), MONTH)) for day in (first, last)]
    return " to ".join(dict.fromkeys(ends))
