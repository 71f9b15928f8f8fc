"""The sheet on which Excel recomputes what the reports say, and says whether it comes out the same."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cs_lib.pack.workbook.sheet import (
    BAD,
    GOOD,
    HEAD,
    MUTED,
    NAVY,
    RULE,
    WorkbookSheet,
    here,
    number_format,
)
from cs_lib.vocabulary import COUNT, MONEY

NAME = "Checks"
PASS, FAIL = "PASS", "FAIL"
CONTROL = "control total"
#: half a cent; a count must be the same; anything else to nine decimals
TOLERANCE = {MONEY: 0.005, COUNT: 1e-6}
_FINE = 1e-9
_VERDICT_ROW = 3


@dataclass(frozen=True)
class WorkbookCheck:
    """One figure of ours, and the formula with which Excel finds it again from the cells of a sheet."""

    what: str
    sheet: str
    ours: float
    formula: str
    recomputed: float
    unit: str
    tolerance: float | None = None

    @property
    def allowed(self) -> float:
        return self.tolerance or TOLERANCE.get(self.unit, _FINE)

    @property
    def difference(self) -> float:
        return self.recomputed - self.ours

    @property
    def verdict(self) -> str:
        return PASS if abs(self.difference) < self.allowed else FAIL


def control_total(
    what: str, sheet: WorkbookSheet, *spans: str, values: Sequence[float] | None = None
) -> WorkbookCheck:
    """The sum of all typed figures of some ranges: any of them changed, and it differs.

    They are all that was typed on the sheet, where `values` does not name them.
    """
    values = sheet.values if values is None else values
    total, formula = math.fsum(values), f"SUM({','.join(spans)})"
    allowed = max(1e-6, 1e-12 * math.fsum(map(abs, values)))
    what = f"Control total of {what}"
    return WorkbookCheck(what, sheet.name, total, formula, total, CONTROL, allowed)


def differences(
    sheet: str,
    what: str,
    ones: tuple[str, Iterable[float]],
    others: tuple[str, Iterable[float]],
    unit: str,
) -> WorkbookCheck:
    """That two ranges of cells, given with their values, are the same cell by cell."""
    return WorkbookCheck(
        f"{what} (sum of differences)",
        sheet,
        0.0,
        f"SUMPRODUCT(ABS({ones[0]}-{others[0]}))",
        sum(abs(a - b) for a, b in zip(ones[1], others[1], strict=True)),
        unit,
    )


def write(sheet: WorkbookSheet, found: list[WorkbookCheck]) -> None:
    """One row a check, under a verdict over all of them."""
    sheet.set_up(
        [4, 62, 13, 17, 17, 13, 12, 10],
        note="Our figure is typed in; Excel's is computed from the cells of the sheet named. "
        "Change a blue figure on that sheet and its check says FAIL.",
        freeze=2,
    )
    titles = ["", "What is checked", "Sheet", "Our figure", "Excel's figure"]
    sheet.heads([*titles, "Difference", "Allowed", "Verdict"], left=3)
    for number, each in enumerate(found, start=1):
        _line(sheet, HEAD + number, number, each)
    first, last = HEAD + 1, HEAD + len(found)
    where = f"{here(first, 7)}:{here(last, 7)}"
    sheet.verdicts(where, {PASS: GOOD, FAIL: BAD})
    sheet.verdicts(here(_VERDICT_ROW, 0), {PASS: GOOD, FAIL: BAD})
    sheet.formula(
        _VERDICT_ROW,
        0,
        f'IF(COUNTIF({where},"{PASS}")=ROWS({where}),"{PASS}: all "&ROWS({where})&" checks agree",'
        f'"{FAIL}: "&(ROWS({where})-COUNTIF({where},"{PASS}"))&" of "&ROWS({where})&" checks differ")',
        overall(found),
        COUNT,
        bold=True,
        font_size=12,
        font_color=NAVY,
    )


def overall(found: list[WorkbookCheck]) -> str:
    """The verdict over all checks, as its formula gives it."""
    failed = sum(each.verdict != PASS for each in found)
    if failed:
        return f"{FAIL}: {failed} of {len(found)} checks differ"
    return f"{PASS}: all {len(found)} checks agree"


def verdict_cell(sheet_name: str = NAME) -> str:
    """Where the overall verdict stands."""
    return f"{sheet_name}!$A${_VERDICT_ROW + 1}"


def _line(sheet: WorkbookSheet, row: int, number: int, check: WorkbookCheck) -> None:
    ours, excels, off = here(row, 3), here(row, 4), here(row, 5)
    under = {"bottom": 1, "bottom_color": RULE}
    sheet.typed(row, 0, number, COUNT, font_color=MUTED, align="left", **under)
    sheet.text(row, 1, check.what, text_wrap=True, **under)
    sheet.text(row, 2, check.sheet, font_color=MUTED, **under)
    unit = COUNT if check.unit == CONTROL else check.unit
    cents = abs(check.ours) < 100 and check.ours != round(check.ours)
    shown = (
        "#,##0.00" if check.unit == CONTROL else number_format(sheet.formatter, unit, cents=cents)
    )
    sheet.typed(row, 3, check.ours, unit, **under, num_format=shown)
    sheet.formula(row, 4, check.formula, check.recomputed, unit, **under, num_format=shown)
    small = {**under, "font_color": MUTED}
    off_shown = "[=0]0;[<0]-0.0E+0;0.0E+0"
    sheet.formula(row, 5, f"{excels}-{ours}", check.difference, unit, **small, num_format=off_shown)
    sheet.typed(row, 6, check.allowed, unit, **small, num_format="[<0.001]0E+0;0.0##")
    sheet.formula(
        row,
        7,
        f'IF(ISNUMBER({off}),IF(ABS({off})<{here(row, 6)},"{PASS}","{FAIL}"),"{FAIL}")',
        check.verdict,
        COUNT,
        **{**under, "align": "center"},
    )
