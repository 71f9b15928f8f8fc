"""The sheet of restated figures: what the pack published before said, what it is now, and why."""

import math

from cs_lib.metrics.audit.changed_inputs import Change
from cs_lib.pack.workbook.cells import Formula
from cs_lib.pack.workbook.sheet import HEAD, MUTED, WorkbookSheet, number_format
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.period import ALL, Period
from cs_lib.report.tables.restated_table import figure_title, latest_first, restated_caption
from cs_lib.report.text.changed_sentences import changed_sentences
from cs_lib.report.text.measure_row import period_of
from cs_lib.vocabulary import CHANGED, PERCENT

NAME = "Restated"
MOST = 5_000
FIGURE, SEGMENT, PERIOD, OLD, NEW, CHANGE, CAUSE, METRIC, VARIANT = range(9)


def why_not(figures: WorkbookFigures) -> str:
    """Why there is no such sheet; empty where there is."""
    known = figures.measures.restated_since
    return "" if known else "no pack of this edition was published before"


def write(sheet: WorkbookSheet, figures: WorkbookFigures) -> None:
    """One row a figure that is another one now, all segments, the latest periods first."""
    before = Period.parse(figures.measures.restated_since)
    changed = latest_first(figures.measures.restated)
    said = restated_caption(len(changed), before, figures.formatter)
    more = f" The {MOST:,} latest are shown; restated.csv has all." if len(changed) > MOST else ""
    columns = [
        ("Figure", 34),
        ("Segment", 24),
        ("Period", 12),
        (f"In the pack of {figures.formatter.period_short(before)}", 16),
        ("Now", 16),
        ("Change", 14),
        ("Cause", 44),
        ("Name", 26),
        ("Variant", 16),
    ]
    sheet.set_up(
        columns,
        note=f"{said}.{more}{_otherwise(figures)} An empty figure is not there any more, or cannot be observed now.",
        texts=(FIGURE, SEGMENT, PERIOD, CAUSE, METRIC, VARIANT),
    )
    sheet.page.set_row(HEAD, 28)
    records = changed.head(MOST).to_dict("records")
    for row, record in enumerate(records, start=HEAD + 1):
        _line(sheet, figures, row, record)
    last = HEAD + max(1, len(records))
    sheet.page.autofilter(HEAD, 0, last, VARIANT)
    sheet.page.print_area(0, 0, last, CAUSE)
    sheet.check_total("the restated figures", sheet.cells(HEAD + 1, OLD, last, NEW))
    sheet.check_total("their changes", sheet.cells(HEAD + 1, CHANGE, last))


def _otherwise(figures: WorkbookFigures) -> str:
    found = [Change(**each) for each in figures.measures.data.get(CHANGED, ())]
    said = changed_sentences(found, figures.metric, figures.formatter)
    return "".join(f" {each}" for each in said)


def _line(sheet: WorkbookSheet, figures: WorkbookFigures, row: int, record: dict) -> None:
    where = figures.formatter.segment(record["segment_by"], record["segment"])
    sheet.text(row, FIGURE, figure_title(record, figures.metric))
    sheet.text(row, SEGMENT, where if record["segment"] != ALL else "all")
    period = period_of(record)
    sheet.text(row, PERIOD, figures.formatter.period_short(period) if period else "")
    unit, old, new = record["unit"], record["old"], record["new"]
    fine = number_format(sheet.formatter, unit, cents=True, spelled=True)
    shown = "0.00%" if unit == PERCENT else fine
    sheet.typed(row, OLD, old, unit, num_format=shown)
    sheet.typed(row, NEW, new, unit, num_format=shown)
    if math.isfinite(new):
        change = f"{sheet.cells(row, NEW).here}-{sheet.cells(row, OLD).here}", new - old
        if unit == PERCENT:
            change, shown = (f"100*({change[0]})", change[1] * 100), '0.00" pp"'
        sheet.formula(row, CHANGE, Formula(*change), unit, num_format=shown)
    sheet.text(row, CAUSE, record["cause"], font_color=MUTED, indent=1)
    sheet.text(row, METRIC, record["metric"], font_color=MUTED)
    sheet.text(row, VARIANT, record["variant"], font_color=MUTED)
