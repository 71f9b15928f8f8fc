"""What became of customers by what they had answered, as a table."""

import pandas as pd

from cs_lib.judgement.score_link import Staying
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.staying_sentences import NAMES
from cs_lib.report.text.word_forms import capital
from cs_lib.vocabulary import COUNT, PERCENT

_KEPT = {"churn": "Left", "grr": "MRR kept", "nrr": "with upgrades"}
#: those whose interval has room on a page; the others' stand in the frame
_WITH_ENDS = ("churn", "grr")


def staying_table(found: Staying, formatter: Formatter) -> ReportTable:
    """A row an answer: customers, and the share that left, of MRR kept, and kept with upgrades after six months."""
    columns = [
        TableColumn("answer", "Answered", left=True),
        TableColumn("customers", "Customers"),
    ]
    for name, title in _KEPT.items():
        columns.append(TableColumn(name, title))
        if name in _WITH_ENDS:
            columns.append(TableColumn(f"{name} ends", f"{formatter.level} interval", muted=True))
    columns.append(TableColumn("status", "Status", left=True, muted=True))
    rows = [_row(str(name), row, formatter) for name, row in found.rows.iterrows()]
    halves = formatter.count(found.windows, "half-year")
    return build_table(
        rows,
        columns,
        caption=f"After six months, by the answer before, {formatter.span(found.first, found.last)}",
        notes=[
            f"Customers are counted in {halves} on end, by their latest answer of the six months before each."
        ],
        data=found.rows.mask(found.rows["hidden"]).reset_index(),
    )


def _row(answer: str, row: pd.Series, formatter: Formatter) -> dict:
    told = {"answer": capital(NAMES[answer])}
    if row["hidden"]:
        return {**told, "status": "too few customers"}
    told["customers"] = formatter.value(row["customers"], COUNT)
    for name in _KEPT:
        told[name] = formatter.percent(row[name])
    for name in _WITH_ENDS:
        told[f"{name} ends"] = formatter.interval(row[f"{name}_low"], row[f"{name}_high"], PERCENT)
    return told
