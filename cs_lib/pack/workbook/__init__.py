"""The pack's workbook: the figures of a period with the arithmetic left live, so that it can be checked.

Typed figures are blue, formulas are black, and the last sheet recomputes what the reports say.
The same measures, edition and period give the same bytes.
"""

from pathlib import Path

from cs_lib.edition import Edition
from cs_lib.metrics.compute.measures import Measures
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
from cs_lib.pack.workbook.sheet import Book
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.period import Period


def write_workbook(path: Path, measures: Measures, edition: Edition, period: Period) -> None:
    """Write the workbook of an edition's pack for a period; a sheet without figures is left out."""
    figures = WorkbookFigures(edition, measures, period)
    parts = {
        scorecard_sheet.NAME: None,
        movements_sheet.NAME: movements_sheet,
        cohorts_sheet.NAME: cohorts_sheet,
        survey_sheet.NAME: survey_sheet,
        history_sheet.NAME: None,
        restated_sheet.NAME: restated_sheet,
        measures_sheet.NAME: None,
        definitions_sheet.NAME: None,
        checks_sheet.NAME: None,
    }
    missing = {
        name: reason
        for name, part in parts.items()
        if part is not None and (reason := part.why_not(figures))
    }
    with Book(path, figures) as book:
        sheets = {name: book.add(name) for name in parts if name not in missing}
        found = []
        for name, part in parts.items():
            if part is not None and name in sheets:
                found += part.write(sheets[name], figures)
        trends = history_sheet.write(sheets[history_sheet.NAME], figures)
        found += measures_sheet.write(sheets[measures_sheet.NAME], figures)
        definitions_sheet.write(sheets[definitions_sheet.NAME], figures)
        found += [
            scorecard_sheet.write(sheets[scorecard_sheet.NAME], figures, trends, missing),
            trends.control,
        ]
        checks_sheet.write(sheets[checks_sheet.NAME], found)
        scorecard_sheet.write_verdict(sheets[scorecard_sheet.NAME], checks_sheet.overall(found))
