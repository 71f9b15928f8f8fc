"""A workbook and its sheets: the head of a page, typed figures, formulas with their cached values, text.

Text is always written as text, whatever it begins with; nothing from the data becomes a formula.
"""

import math
from collections.abc import Collection, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any

import xlsxwriter
from babel.numbers import get_currency_precision
from xlsxwriter.format import Format

from cs_lib.pack.workbook.cells import Cells, Formula
from cs_lib.pack.workbook.workbook_check import CONTROL, WorkbookCheck
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import COUNT, DAYS, MONEY, MONTHS, PER_YEAR, PERCENT, POINTS, RATIO, SCORE

INK, MUTED, NAVY, TYPED, PALE, RULE = (
    "#222222",
    "#6B6B6B",
    "#16324F",
    "#0050A0",
    "#EDF1F5",
    "#B8C4D0",
)
GOOD, BAD, UNSURE = "#00664A", "#A33D00", "#6B6B6B"
HEAD, LINE = 4, 15
_FIXED = {
    PERCENT: "0.0%",
    COUNT: "#,##0",
    POINTS: "0.0",
    SCORE: "0.00",
    RATIO: '0.0"×"',
    MONTHS: "0.0",
    DAYS: "0.0",
    PER_YEAR: "0.0",
}
#: what the scorecard says behind a figure whose unit its format does not show
_SPELLED = {MONTHS: ' "months"', DAYS: ' "days"', PER_YEAR: ' "a year"'}
_LIKE_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
_LETTER_PAPER, _A4 = 1, 9


def number_format(
    formatter: Formatter,
    unit: str,
    *,
    cents: bool = False,
    dash: bool = False,
    spelled: bool = False,
) -> str:
    """The format of a unit's figures: `cents` keeps them, `dash` is for a zero, `spelled` names the unit."""
    shown = _money(formatter, cents) if unit == MONEY else _FIXED[unit]
    shown += _SPELLED.get(unit, "") if spelled else ""
    return f'{shown};-{shown};"–"' if dash else shown


def _money(formatter: Formatter, cents: bool) -> str:
    places = get_currency_precision(formatter.currency) if cents else 0
    return f'"{formatter.sign}"#,##0' + ("." + "0" * places if places else "")


class Book:
    """The workbook while it is being written, and the checks of its figures so far."""

    def __init__(self, path: Path, figures: WorkbookFigures) -> None:
        self.figures, self.formatter = figures, figures.formatter
        self.file = xlsxwriter.Workbook(str(path), {"in_memory": True})
        self.file.set_properties(
            {
                "title": f"{figures.edition.company}, {self.formatter.period(figures.period)}",
                "company": figures.edition.company,
                "created": datetime.combine(figures.measures.as_of, time()),
            }
        )
        self.checks: list[WorkbookCheck] = []
        self._formats: dict[tuple, Format] = {}

    def look(self, **properties: Any) -> Format:
        """The cell format of these properties, over the ordinary look."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            usual = {
                "font_name": "Calibri",
                "font_size": 10,
                "font_color": INK,
                "valign": "vcenter",
            }
            self._formats[key] = self.file.add_format({**usual, **properties})
        return self._formats[key]

    def head(self, *, left: bool, wraps: bool = True) -> Format:
        """The cell format of a column's head."""
        look: dict[str, Any] = {"text_wrap": True} if wraps else {}
        look |= {"bold": True, "font_color": "#FFFFFF", "bg_color": NAVY}
        return self.look(**look, align="left" if left else "right")


class WorkbookSheet:
    """One sheet, and the numbers that stand on it. Rows and columns are counted from 0, as xlsxwriter does."""

    def __init__(self, book: Book, name: str) -> None:
        self.book, self.name, self.formatter = book, name, book.formatter
        self.page = book.file.add_worksheet(name)
        self.numbers: dict[tuple[int, int], float | str] = {}

    # --- page ------------------------------------------------------------------------------------

    def set_up(
        self,
        columns: Sequence[tuple[str | int | None, float]],
        *,
        note: str,
        texts: Collection[int] = (0,),
        freeze: int = 1,
    ) -> None:
        """The page's head and foot; title and width of each column, those of `texts` aligned to the left.

        A column whose title is None has no head. All heads and `freeze` columns stay in view.
        """
        figures, page = self.book.figures, self.page
        company, when = figures.edition.company, self.formatter.period(figures.period)
        page.set_default_row(LINE)
        page.set_row(0, 26)
        page.set_row(1, 17)
        page.set_row(HEAD, 18)
        self.text(0, 0, company, bold=True, font_size=18, font_color=NAVY)
        self.text(1, 0, f"{self.name}, {when}", font_size=12, font_color=NAVY)
        self.text(2, 0, note, font_color=MUTED, italic=True)
        for column, (title, width) in enumerate(columns):
            page.set_column(column, column, width, self.book.look())
            if title is not None:
                write = page.write_string if isinstance(title, str) else page.write_number
                wraps = isinstance(title, str)
                write(HEAD, column, title, self.book.head(left=column in texts, wraps=wraps))
        page.hide_gridlines(2)
        page.freeze_panes(HEAD + 1, freeze)
        page.repeat_rows(HEAD)
        page.set_landscape()
        page.set_paper(_LETTER_PAPER if self.formatter.prints_on_letter else _A4)
        page.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        page.fit_to_pages(1, 0)
        page.set_footer(f"&L&8{_plain(company)[:120]}, {when}&C&8{self.name}&R&8&P / &N")

    def section(self, row: int, title: str, width: int) -> None:
        """A line across the table that names what follows."""
        for column in range(width):
            text = title if column == 0 else ""
            self.text(row, column, text, bold=True, font_color=NAVY, bg_color=PALE)

    # --- cells -----------------------------------------------------------------------------------

    def text(self, row: int, column: int, text: str, **look: Any) -> None:
        """Text as text: never a formula, a link or a number, and it stays so when the cell is edited."""
        if text.startswith(_LIKE_FORMULAS):
            look["quote_prefix"] = True
        self.page.write_string(row, column, text, self.book.look(**look))

    def typed(self, row: int, column: int, value: float, unit: str, **look: Any) -> None:
        """A figure taken from the measures: blue. What is not a number is left empty."""
        if math.isfinite(value):
            self.numbers[row, column] = float(value)
            properties = {"font_color": TYPED, "num_format": self._format(unit, value), **look}
            self.page.write_number(row, column, value, self.book.look(**properties))

    def formula(self, row: int, column: int, formula: Formula, unit: str, **look: Any) -> None:
        """A live formula with the value it has now."""
        text, value = formula
        self.numbers[row, column] = value
        properties = {"num_format": self._format(unit, value), **look}
        self.page.write_formula(row, column, f"={text}", self.book.look(**properties), value)

    def height(self, row: int, texts: Sequence[str], widths: Sequence[float]) -> None:
        """Make a row as high as its longest wrapped text needs."""
        lines = max(math.ceil(len(t) / (1.1 * w)) for t, w in zip(texts, widths, strict=True))
        self.page.set_row(row, 4 + 13 * max(1, lines))

    def _format(self, unit: str, value: float | str) -> str:
        if isinstance(value, str) or unit != MONEY:
            return number_format(self.formatter, unit)
        cents = abs(value) < 100 and value != round(value)
        return number_format(self.formatter, unit, cents=cents)

    def verdicts(self, cells: Cells, marks: dict[str, str]) -> None:
        """Colour for cells that begin with a mark; the mark says the same without colour."""
        for begins, colour in marks.items():
            look = self.book.file.add_format({"font_color": colour, "bold": True})
            self.page.conditional_format(
                cells.here,
                {"type": "text", "criteria": "begins with", "value": begins, "format": look},
            )

    def cells(
        self, top: int, left: int, bottom: int | None = None, right: int | None = None
    ) -> Cells:
        """A range of this sheet; one cell where no other end is given."""
        bottom, right = top if bottom is None else bottom, left if right is None else right
        return Cells(self.name, self.numbers, top, left, bottom, right)

    # --- checks ----------------------------------------------------------------------------------

    def check(
        self, what: str, ours: float, found: Formula, unit: str, allowed: float | None = None
    ) -> None:
        """That Excel finds one figure of ours again from the cells of this sheet."""
        text, value = found
        check = WorkbookCheck(what, self.name, ours, text, float(value), unit, allowed)
        self.book.checks.append(check)

    def check_same(self, what: str, whole: Cells, *parts: Cells, unit: str) -> None:
        """That ranges, added up cell by cell, are another one."""
        sums = [sum(each) for each in zip(*(part.values for part in parts), strict=True)]
        off = sum(abs(a - b) for a, b in zip(sums, whole.values, strict=True))
        added = "+".join(part.named for part in parts)
        formula = Formula(f"SUMPRODUCT(ABS({added}-{whole.named}))", off)
        self.check(f"{what} (sum of differences)", 0.0, formula, unit)

    def check_total(self, what: str, *spans: Cells) -> None:
        """The sum of all figures of some ranges: any of them changed, and it differs."""
        values = [value for span in spans for value in span.values if value == value]
        total, allowed = math.fsum(values), max(1e-6, 1e-12 * math.fsum(map(abs, values)))
        formula = Formula(f"SUM({','.join(span.named for span in spans)})", total)
        self.check(f"Control total of {what}", total, formula, CONTROL, allowed)


def _plain(text: str) -> str:
    """Text for a page's foot, where an ampersand begins a code."""
    return " ".join(text.split()).replace("&", "&&")
