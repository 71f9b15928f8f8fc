"""The pack's workbook: the figures of a period with the arithmetic left live, so that it can be checked.

Typed figures are blue, formulas are black, and the last sheet recomputes what the reports say.
The same measures, edition and period give the same bytes.
"""

from pathlib import Path

from cs_lib.edition import Edition
from cs_lib.metrics.measures import Measures
from cs_lib.pack.workbook import (
    checks,
    cohorts,
    definitions,
    history,
    measures_table,
    movements,
    restated,
    scorecard,
    survey,
)
from cs_lib.pack.workbook.figures import Figures
from cs_lib.pack.workbook.sheet import Book
from cs_lib.period import Period


def write_workbook(path: Path, measures: Measures, edition: Edition, period: Period) -> None:
    """Write the workbook of an edition's pack for a period; a sheet without figures is left out."""
    figures = Figures(edition, measures, period)
    parts = {
        scorecard.NAME: None,
        movements.NAME: movements,
        cohorts.NAME: cohorts,
        survey.NAME: survey,
        history.NAME: None,
        restated.NAME: restated,
        measures_table.NAME: None,
        definitions.NAME: None,
        checks.NAME: None,
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
        trends = history.write(sheets[history.NAME], figures)
        found += measures_table.write(sheets[measures_table.NAME], figures)
        definitions.write(sheets[definitions.NAME], figures)
        found += [
            scorecard.write(sheets[scorecard.NAME], figures, trends, missing),
            trends.control,
        ]
        checks.write(sheets[checks.NAME], found)
        scorecard.write_verdict(sheets[scorecard.NAME], checks.overall(found))
