"""The sheet of cohorts: how many customers are left, and the share of them as live formulas."""

from dataclasses import dataclass

import pandas as pd
from xlsxwriter.utility import xl_range, xl_range_abs

from cs_lib.metrics.compute.cohorts import as_seen_at
from cs_lib.pack.workbook.checks_sheet import WorkbookCheck, control_total, differences
from cs_lib.pack.workbook.sheet import HEAD, MUTED, NAVY, WorkbookSheet, here
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.period import ALL, MONTH, Period
from cs_lib.report.text.measure_row import OK
from cs_lib.vocabulary import COUNT, CUSTOMERS, PERCENT

NAME = "Cohorts"
AGES = 24
NAMED_AGES = (1, 3, 6, 12, 24)
SIZE, FIRST = 1, 2


@dataclass(frozen=True)
class CohortTriangle:
    """Customers left of each cohort by age, and the means of the reports."""

    cohorts: list[str]
    sizes: list[float]
    counts: list[dict[int, float]]
    means: dict[int, float]

    @property
    def ages(self) -> list[int]:
        return sorted(self.means)

    def sums(self, age: int) -> tuple[float, float]:
        """Customers left, and sizes, of the cohorts observed at an age."""
        seen = [i for i, counts in enumerate(self.counts) if age in counts]
        return sum(self.counts[i][age] for i in seen), sum(self.sizes[i] for i in seen)


def why_not(figures: WorkbookFigures) -> str:
    """Why there is no such sheet; empty where there is one."""
    if figures.measures.cohorts.empty:
        return figures.measures.left_out.get(
            "cohort_retention", "needs subscriptions or orders, which this edition does not give"
        )
    return "" if triangle(figures).ages else "no cohort has been observed for a whole month yet"


def triangle(figures: WorkbookFigures) -> CohortTriangle:
    """The cells of all customers that were wholly observed at the period's end."""
    cells = figures.measures.cohorts
    cells = cells[(cells["measure"] == CUSTOMERS) & (cells["segment"] == ALL)]
    if figures.period.end != figures.measures.as_of:
        cells = as_seen_at(cells, figures.period.end, figures.edition)
    cells = cells[(cells["status"] == OK) & (cells["age"] <= AGES)]
    means = cells[cells["cohort"].isna()].sort_values("age")
    groups = list(cells[cells["cohort"].notna()].sort_values("age").groupby("cohort", sort=True))
    short = figures.formatter.period_short
    return CohortTriangle(
        [short(Period.containing(pd.Timestamp(cohort).date(), MONTH)) for cohort, _ in groups],
        [float(each["denominator"].iloc[0]) for _, each in groups],
        [dict(zip(map(int, each["age"]), each["numerator"], strict=True)) for _, each in groups],
        dict(zip(map(int, means["age"]), means["value"], strict=True)),
    )


def write(sheet: WorkbookSheet, figures: WorkbookFigures) -> list[WorkbookCheck]:
    """Counts above, shares beneath with their weighted mean; gives the checks."""
    found = triangle(figures)
    sheet.set_up(
        [12, 10, *[5.6] * len(found.ages)],
        note="Customers by the month they joined in and the months since. An empty cell cannot be "
        "observed yet; the mean is weighted by size and counts observed cells only.",
        freeze=FIRST,
    )
    sheet.heads(["Joined in", "Customers", *found.ages])
    width, many = FIRST + len(found.ages), len(found.cohorts)
    sheet.section(HEAD + 1, "Customers still there, by months after joining", width)
    counts = HEAD + 2
    for i, cohort in enumerate(found.cohorts):
        sheet.text(counts + i, 0, cohort)
        sheet.typed(counts + i, SIZE, found.sizes[i], COUNT, bold=True)
        for age, value in found.counts[i].items():
            sheet.typed(counts + i, _column(found, age), value, COUNT)
    shares = counts + many + 2
    sheet.section(shares - 1, "Share still there", width)
    for i, cohort in enumerate(found.cohorts):
        sheet.text(shares + i, 0, cohort)
        sheet.formula(shares + i, SIZE, here(counts + i, SIZE), found.sizes[i], COUNT)
        for age, value in found.counts[i].items():
            column = _column(found, age)
            share = f"{here(counts + i, column)}/${here(counts + i, SIZE)}"
            look = {"num_format": "0%"}
            sheet.formula(shares + i, column, share, value / found.sizes[i], PERCENT, **look)
    if width > FIRST + 1:
        _shade(sheet, xl_range(shares, FIRST + 1, shares + many - 1, width - 1))
    _means(sheet, found, counts, shares + many)
    return _checks(sheet, found, counts, shares + many)


def _column(found: CohortTriangle, age: int) -> int:
    return FIRST + found.ages.index(age)


def _shade(sheet: WorkbookSheet, where: str) -> None:
    scale = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#8CBCE0"}
    sheet.page.conditional_format(where, scale)


def _means(sheet: WorkbookSheet, found: CohortTriangle, counts: int, row: int) -> None:
    """The weighted mean as a formula over the counts, and beneath it what the reports say."""
    bottom = counts + len(found.cohorts) - 1
    sizes = xl_range_abs(counts, SIZE, bottom, SIZE)
    line = {"bold": True, "top": 1, "top_color": NAVY, "num_format": "0%"}
    sheet.text(row, 0, "All, weighted", **line)
    total = sum(found.sizes)
    sheet.formula(row, SIZE, f"SUM({sizes})", total, COUNT, **line | {"num_format": "#,##0"})
    small = {"font_size": 9, "num_format": "0%"}
    sheet.text(row + 1, 0, "as the reports say", **small, font_color=MUTED)
    for age in found.ages:
        column = _column(found, age)
        seen = xl_range(counts, column, bottom, column)
        mean = f"SUM({seen})/SUMPRODUCT(ISNUMBER({seen})*{sizes})"
        left, of = found.sums(age)
        sheet.formula(row, column, mean, left / of, PERCENT, **line)
        sheet.typed(row + 1, column, found.means[age], PERCENT, **small)


def _checks(
    sheet: WorkbookSheet, found: CohortTriangle, counts: int, mean_row: int
) -> list[WorkbookCheck]:
    checks = []
    for age in NAMED_AGES:
        if age in found.means:
            left, of = found.sums(age)
            cell = sheet.cell(mean_row, _column(found, age))
            after = sheet.formatter.count(age, "month")
            what = f"Customers still there {after} after joining, mean weighted by size"
            checks.append(WorkbookCheck(what, NAME, found.means[age], cell, left / of, PERCENT))
    last, bottom = FIRST + len(found.ages) - 1, counts + len(found.cohorts) - 1
    rows = [sheet.span(row, FIRST, row, last) for row in (mean_row, mean_row + 1)]
    ours = [found.means[age] for age in found.ages]
    means = [left / of for left, of in map(found.sums, found.ages)]
    what = "Weighted means at every age as the reports say"
    checks.append(differences(NAME, what, (rows[0], means), (rows[1], ours), PERCENT))
    typed = [*found.sizes, *(n for counts in found.counts for n in counts.values())]
    where = sheet.span(counts, SIZE, bottom, last)
    checks.append(control_total("all typed cohort counts", sheet, where, values=typed))
    return checks
