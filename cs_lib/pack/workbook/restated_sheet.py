"""The sheet of restated figures: what the pack published before said, what it is now, and why."""

import math

from cs_lib.pack.workbook.checks_sheet import WorkbookCheck, control_total
from cs_lib.pack.workbook.sheet import HEAD, MUTED, WorkbookSheet, here, number_format
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.period import ALL, Period
from cs_lib.report.tables.restated_table import figure_title, latest_first, restated_caption
from cs_lib.report.text.measure_row import period_of
from cs_lib.vocabulary import PERCENT

NAME = "Restated"
MOST = 5_000
FIGURE, SEGMENT, PERIOD, OLD, NEW, CHANGE, CAUSE, METRIC, VARIANT = range(9)
_WIDTHS = [34, 24, 12, 16, 16, 14, 44, 26, 16]


def why_not(figures: WorkbookFigures) -> str:
    """Why there is no such sheet; empty where there is."""
    known = figures.measures.restated_since
    return "" if known else "no pack of this edition was published before"


def write(sheet: WorkbookSheet, figures: WorkbookFigures) -> list[WorkbookCheck]:
    """One row a figure that is another one now, all segments, the latest periods first."""
    before = Period.parse(figures.measures.restated_since)
    changed = latest_first(figures.measures.restated)
    said = restated_caption(len(changed), before, figures.formatter)
    more = f" The {MOST:,} latest are shown; restated.csv has all." if len(changed) > MOST else ""
    sheet.set_up(
        _WIDTHS,
        note=f"{said}.{more} An empty figure is not there any more, or cannot be observed now.",
    )
    earlier = f"In the pack of {figures.formatter.period_short(before)}"
    sheet.heads(["Figure", "Segment", "Period", earlier, "Now", "Change"], left=OLD)
    sheet.heads(["Cause", "Name", "Variant"], left=3, at=CAUSE)
    sheet.page.set_row(HEAD, 28)
    records = changed.head(MOST).to_dict("records")
    for row, record in enumerate(records, start=HEAD + 1):
        _line(sheet, figures, row, record)
    last = HEAD + max(1, len(records))
    sheet.page.autofilter(HEAD, 0, last, VARIANT)
    sheet.page.print_area(0, 0, last, CAUSE)
    return _checks(sheet, records, last)


def _line(sheet: WorkbookSheet, figures: WorkbookFigures, row: int, record: dict) -> None:
    where = figures.formatter.segment(record["segment_by"], record["segment"])
    sheet.text(row, FIGURE, figure_title(record, figures.metric))
    sheet.text(row, SEGMENT, where if record["segment"] != ALL else "all")
    period = period_of(record)
    sheet.text(row, PERIOD, figures.formatter.period_short(period) if period else "")
    unit, old, new = record["unit"], record["old"], record["new"]
    fine = number_format(sheet.formatter, unit, cents=True, spelled=True)
    shown = {"num_format": "0.00%" if unit == PERCENT else fine}
    sheet.typed(row, OLD, old, unit, **shown)
    sheet.typed(row, NEW, new, unit, **shown)
    if math.isfinite(new):
        moved = f"{here(row, NEW)}-{here(row, OLD)}"
        if unit == PERCENT:
            moved, shown = f"100*({moved})", {"num_format": '0.00" pp"'}
        sheet.formula(row, CHANGE, moved, _moved(record), unit, **shown)
    sheet.text(row, CAUSE, record["cause"], font_color=MUTED, indent=1)
    sheet.text(row, METRIC, record["metric"], font_color=MUTED)
    sheet.text(row, VARIANT, record["variant"], font_color=MUTED)


def _moved(record: dict) -> float:
    """By how much a figure is another one now; percentage points for a rate."""
    return (record["new"] - record["old"]) * (100 if record["unit"] == PERCENT else 1)


def _checks(sheet: WorkbookSheet, records: list[dict], last: int) -> list[WorkbookCheck]:
    """That no typed figure was changed since, and that the changes add up to what they should."""
    figures = sheet.span(HEAD + 1, OLD, last, NEW)
    moved = [_moved(record) for record in records if math.isfinite(record["new"])]
    moved = [change for change in moved if math.isfinite(change)]
    column = sheet.span(HEAD + 1, CHANGE, last, CHANGE)
    return [
        control_total("the restated figures", sheet, figures),
        control_total("their changes", sheet, column, values=moved),
    ]
