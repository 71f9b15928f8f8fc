"""The sheet on which Excel recomputes what the reports say, and says whether it comes out the same."""

from cs_lib.pack.workbook.cells import Cells, Formula
from cs_lib.pack.workbook.sheet import (
    BAD,
    GOOD,
    HEAD,
    MUTED,
    NAVY,
    RULE,
    WorkbookSheet,
    number_format,
)
from cs_lib.pack.workbook.workbook_check import CONTROL, FAIL, PASS, WorkbookCheck, overall
from cs_lib.vocabulary import COUNT

NAME = "Checks"
NUMBER, WHAT, SHEET, OURS, EXCELS, DIFFERENCE, ALLOWED, VERDICT = range(8)
_COLUMNS = [
    ("", 4),
    ("What is checked", 62),
    ("Sheet", 13),
    ("Our figure", 17),
    ("Excel's figure", 17),
    ("Difference", 13),
    ("Allowed", 12),
    ("Verdict", 10),
]
_OVERALL_ROW = 3


def write(sheet: WorkbookSheet) -> Cells:
    """One row for each check of the book, under a verdict over all of them; gives that verdict's cell."""
    found = sheet.book.checks
    sheet.set_up(
        _COLUMNS,
        note="Our figure is typed in; Excel's is computed from the cells of the sheet named. "
        "Change a blue figure on that sheet and its check says FAIL.",
        texts=(NUMBER, WHAT, SHEET),
        freeze=2,
    )
    for row, check in enumerate(found, start=HEAD + 1):
        _line(sheet, row, check)
    verdicts = sheet.cells(HEAD + 1, VERDICT, HEAD + len(found))
    whole = sheet.cells(_OVERALL_ROW, NUMBER)
    for cells in (verdicts, whole):
        sheet.verdicts(cells, {PASS: GOOD, FAIL: BAD})
    where = verdicts.here
    text = (
        f'IF(COUNTIF({where},"{PASS}")=ROWS({where}),"{PASS}: all "&ROWS({where})&" checks agree",'
        f'"{FAIL}: "&(ROWS({where})-COUNTIF({where},"{PASS}"))&" of "&ROWS({where})&" checks differ")'
    )
    look = {"bold": True, "font_size": 12, "font_color": NAVY}
    sheet.formula(_OVERALL_ROW, NUMBER, Formula(text, overall(found)), COUNT, **look)
    return whole


def _line(sheet: WorkbookSheet, row: int, check: WorkbookCheck) -> None:
    ours, excels, off, allowed = (
        sheet.cells(row, column).here for column in (OURS, EXCELS, DIFFERENCE, ALLOWED)
    )
    under = {"bottom": 1, "bottom_color": RULE}
    small = {**under, "font_color": MUTED}
    sheet.typed(row, NUMBER, row - HEAD, COUNT, **small, align="left")
    sheet.text(row, WHAT, check.what, text_wrap=True, **under)
    sheet.text(row, SHEET, check.sheet, **small)
    unit, shown = COUNT, "#,##0.00"
    if check.unit != CONTROL:
        cents = abs(check.ours) < 100 and check.ours != round(check.ours)
        unit, shown = check.unit, number_format(sheet.formatter, check.unit, cents=cents)
    sheet.typed(row, OURS, check.ours, unit, **under, num_format=shown)
    found = Formula(check.formula, check.recomputed)
    sheet.formula(row, EXCELS, found, unit, **under, num_format=shown)
    less, shown = Formula(f"{excels}-{ours}", check.difference), "[=0]0;[<0]-0.0E+0;0.0E+0"
    sheet.formula(row, DIFFERENCE, less, unit, **small, num_format=shown)
    sheet.typed(row, ALLOWED, check.allowed, unit, **small, num_format="[<0.001]0E+0;0.0##")
    verdict = f'IF(ISNUMBER({off}),IF(ABS({off})<{allowed},"{PASS}","{FAIL}"),"{FAIL}")'
    sheet.formula(row, VERDICT, Formula(verdict, check.verdict), COUNT, **under, align="center")
