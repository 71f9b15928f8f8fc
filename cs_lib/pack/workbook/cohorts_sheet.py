"""The sheet of cohorts: how many customers are left, and the share of them as live formulas."""

import pandas as pd

from cs_lib.metrics.compute.cohorts import as_seen_at
from cs_lib.pack.workbook.cells import Formula
from cs_lib.pack.workbook.sheet import HEAD, MUTED, NAVY, WorkbookSheet
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.period import ALL, MONTH, Period
from cs_lib.vocabulary import COUNT, CUSTOMERS, OK, PERCENT

NAME = "Cohorts"
AGES = 24
NAMED_AGES = (1, 3, 6, 12, 24)
SIZE, FIRST = 1, 2


def why_not(figures: WorkbookFigures) -> str:
    """Why there is no such sheet; empty where there is one."""
    if figures.measures.cohorts.empty:
        return figures.measures.left_out.get(
            "cohort_retention", "needs subscriptions or orders, which this edition does not give"
        )
    means, _ = _observed(figures)
    return "no cohort has been observed for a whole month yet" if means.empty else ""


def _observed(figures: WorkbookFigures) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What was wholly observed at the period's end, by age: the means over all cohorts, and each cohort."""
    cells = figures.measures.cohorts
    cells = cells[(cells["measure"] == CUSTOMERS) & (cells["segment"] == ALL)]
    if figures.period.end != figures.measures.as_of:
        cells = as_seen_at(cells, figures.period.end, figures.edition)
    cells = cells[(cells["status"] == OK) & (cells["age"] <= AGES)].sort_values("age")
    return cells[cells["cohort"].isna()], cells[cells["cohort"].notna()]


def write(sheet: WorkbookSheet, figures: WorkbookFigures) -> None:
    """Counts above, shares beneath with their weighted mean, and the checks that they allow."""
    means, cells = _observed(figures)
    columns = {int(age): column for column, age in enumerate(means["age"], start=FIRST)}
    last = FIRST + len(columns) - 1
    sheet.set_up(
        [("Joined in", 12), ("Customers", 10), *((age, 5.6) for age in columns)],
        note="Customers by the month they joined in and the months since. An empty cell cannot be "
        "observed yet; the mean is weighted by size and counts observed cells only.",
        freeze=FIRST,
    )
    cohorts = list(cells.groupby("cohort", sort=True))
    counts, shares = HEAD + 2, HEAD + len(cohorts) + 4
    sheet.section(counts - 1, "Customers still there, by months after joining", last + 1)
    sheet.section(shares - 1, "Share still there", last + 1)
    for i, (cohort, ages) in enumerate(cohorts):
        joined = Period.containing(pd.Timestamp(cohort).date(), MONTH)
        size = sheet.cells(counts + i, SIZE)
        for row in (counts + i, shares + i):
            sheet.text(row, 0, figures.formatter.period_short(joined))
        sheet.typed(counts + i, SIZE, float(ages["denominator"].iloc[0]), COUNT, bold=True)
        sheet.formula(shares + i, SIZE, Formula(size.here, size.value), COUNT)
        for age, left in zip(ages["age"], ages["numerator"], strict=True):
            column = columns[int(age)]
            sheet.typed(counts + i, column, left, COUNT)
            share = f"{sheet.cells(counts + i, column).here}/${size.here}"
            found = Formula(share, left / size.value)
            sheet.formula(shares + i, column, found, PERCENT, num_format="0%")
    mean = shares + len(cohorts)
    if last > FIRST:
        scale = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#8CBCE0"}
        where = sheet.cells(shares, FIRST + 1, mean - 1, last).here
        sheet.page.conditional_format(where, scale)
    ours = dict(zip(columns.values(), means["value"], strict=True))
    _means(sheet, ours, counts, counts + len(cohorts) - 1, mean)
    _checks(sheet, columns, mean)
    typed = sheet.cells(counts, SIZE, counts + len(cohorts) - 1, last)
    sheet.check_total("all typed cohort counts", typed)


def _means(sheet: WorkbookSheet, ours: dict[int, float], top: int, bottom: int, row: int) -> None:
    """The weighted mean as a formula over the counts, and beneath it what the reports say."""
    sizes = sheet.cells(top, SIZE, bottom)
    line = {"bold": True, "top": 1, "top_color": NAVY, "num_format": "0%"}
    small = {"font_size": 9, "num_format": "0%"}
    sheet.text(row, 0, "All, weighted", **line)
    sheet.text(row + 1, 0, "as the reports say", **small, font_color=MUTED)
    total = Formula(f"SUM({sizes.fixed})", sum(sizes.values))
    sheet.formula(row, SIZE, total, COUNT, **line | {"num_format": "#,##0"})
    for column, value in ours.items():
        left = sheet.cells(top, column, bottom)
        seen = [pair for pair in zip(left.values, sizes.values, strict=True) if pair[0] == pair[0]]
        mean = sum(many for many, _ in seen) / sum(size for _, size in seen)
        text = f"SUM({left.here})/SUMPRODUCT(ISNUMBER({left.here})*{sizes.fixed})"
        sheet.formula(row, column, Formula(text, mean), PERCENT, **line)
        sheet.typed(row + 1, column, value, PERCENT, **small)


def _checks(sheet: WorkbookSheet, columns: dict[int, int], mean: int) -> None:
    for age in NAMED_AGES:
        if age in columns:
            found, ours = (sheet.cells(row, columns[age]) for row in (mean, mean + 1))
            after = sheet.formatter.count(age, "month")
            what = f"Customers still there {after} after joining, mean weighted by size"
            sheet.check(what, ours.value, found.again, PERCENT)
    last = FIRST + len(columns) - 1
    found, ours = (sheet.cells(row, FIRST, row, last) for row in (mean, mean + 1))
    sheet.check_same("Weighted means at every age as the reports say", ours, found, unit=PERCENT)
