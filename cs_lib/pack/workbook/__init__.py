"""The pack's workbook: the figures of a period with the arithmetic left live, so that it can be checked.

Typed figures are blue, formulas are black, and the last sheet recomputes what the reports say.
The same measures, edition and period give the same bytes.
"""

from pathlib import Path

from cs_lib.edition import Edition
from cs_lib.metrics.measures import Measures
from cs_lib.pack.workbook import (
    checks_sheet,
    cohorts_sheet,
    definitions_sheet,
    history_sheet,
    measures_sheet,
    movements_sheet,
    restated_sheet,
    scorecard_sheet,
    survey_sheet,
)
from cs_lib.pack.workbook.sheet import Book, WorkbookSheet
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.period import Period

SHEETS = (
    scorecard_sheet,
    movements_sheet,
    cohorts_sheet,
    survey_sheet,
    history_sheet,
    restated_sheet,
    measures_sheet,
    definitions_sheet,
    checks_sheet,
)
_WHERE_GIVEN = (movements_sheet, cohorts_sheet, survey_sheet, restated_sheet)


def write_workbook(path: Path, measures: Measures, edition: Edition, period: Period) -> None:
    """Write the workbook of an edition's pack for a period; a sheet without figures is left out."""
    figures = WorkbookFigures(edition, measures, period)
    reasons = {each.NAME: each.why_not(figures) for each in _WHERE_GIVEN}
    missing = {name: reason for name, reason in reasons.items() if reason}
    book = Book(path, figures)
    names = (each.NAME for each in SHEETS)
    sheets = {name: WorkbookSheet(book, name) for name in names if name not in missing}
    for each in (*_WHERE_GIVEN, measures_sheet, definitions_sheet):
        if each.NAME in sheets:
            each.write(sheets[each.NAME], figures)
    front = sheets[scorecard_sheet.NAME]
    rows = scorecard_sheet.write(front, figures, missing)
    history = history_sheet.write(sheets[history_sheet.NAME], figures)
    for name, row in rows.items():
        if name in history:
            scorecard_sheet.write_trend(front, row, history[name])
    scorecard_sheet.write_verdict(front, checks_sheet.write(sheets[checks_sheet.NAME]))
    book.file.close()
