"""The sheet of all measures of the period, as an Excel table, and the checks that look figures up in it."""

import math
from collections.abc import Iterator

from cs_lib.metrics.audit.reconciliation import ADDED_OVER_SEGMENTS
from cs_lib.metrics.catalogue.rules import Rule
from cs_lib.pack.workbook.cells import Formula
from cs_lib.pack.workbook.sheet import HEAD, MUTED, WorkbookSheet, number_format
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.period import ALL
from cs_lib.report.text.formatting import metric_title, spoken
from cs_lib.report.text.measure_row import Reading, records
from cs_lib.vocabulary import COUNT, OK, PERCENT

NAME = "Measures"
#: column of the table (as measures.csv has it, or made here): its head and width
COLUMNS = {
    "title": ("Metric", 34),
    "segment_by": ("Split by", 17),
    "segment": ("Segment", 30),
    "unit": ("Unit", 9),
    "status": ("Status", 11),
    "value": ("Value", 13),
    "low": ("Low", 12),
    "high": ("High", 12),
    "numerator": ("Numerator", 14),
    "denominator": ("Denominator", 14),
    "n": ("n", 9),
    "metric": ("Name", 26),
    "variant": ("Variant", 19),
    "key": ("Key", 50),
}
_PLACE = {name: place for place, name in enumerate(COLUMNS)}
_VALUES = ("value", "low", "high")
_PARTS = ("numerator", "denominator", "n")
_TEXTS = [name for name in COLUMNS if name not in (*_VALUES, *_PARTS)]
_QUIET = ("unit", "status", "metric", "variant", "key")


def write(sheet: WorkbookSheet, figures: WorkbookFigures) -> None:
    """One row a measure: all metrics, variants and segments of the period, and the checks."""
    texts = [_PLACE[name] for name in _TEXTS]
    sheet.set_up(
        list(COLUMNS.values()),
        note="Everything measured for the period, as in measures.csv. Percentages are fractions "
        "formatted as per cent; filter by the arrows in the head.",
        texts=texts,
    )
    rows = records(figures.of_period)
    for place, row in enumerate(rows, start=HEAD + 1):
        _line(sheet, figures, place, row)
    last = HEAD + max(1, len(rows))
    heads = [
        {"header": head, "header_format": sheet.book.head(left=place in texts)}
        for place, (head, _) in enumerate(COLUMNS.values())
    ]
    options = {"columns": heads, "style": "Table Style Light 1"}
    name = {"name": "Measures_of_the_period"}
    sheet.page.add_table(HEAD, 0, last, len(COLUMNS) - 1, name | options)
    sheet.page.print_area(0, 0, last, _PLACE["n"])
    table = MeasuresTable(sheet, last)
    _check_headlines(figures, table)
    _check_sums(figures, table)
    numbers = sheet.cells(HEAD + 1, _PLACE[_VALUES[0]], last, _PLACE[_PARTS[-1]])
    sheet.check_total("all measures and their parts", numbers)


def _line(sheet: WorkbookSheet, figures: WorkbookFigures, row: int, record: dict) -> None:
    metric, unit = figures.metric(record["metric"]), record["unit"]
    made = {
        "title": metric_title(metric, record["variant"]),
        "key": _key(record["metric"], record["variant"], record["segment"]),
    }
    for name in _TEXTS:
        look = {"font_color": MUTED} if name in _QUIET else {}
        sheet.text(row, _PLACE[name], str(made.get(name, record.get(name))), **look)
    shown = "0.00%" if unit == PERCENT else number_format(sheet.formatter, unit, cents=True)
    for name in _VALUES:
        sheet.typed(row, _PLACE[name], record[name], unit, num_format=shown)
    for name in _PARTS:
        value = record[name]
        whole = value != value or value == math.floor(value)
        plain = "#,##0" if whole else "#,##0.00" if abs(value) >= 1 else "0.000000"
        sheet.typed(row, _PLACE[name], value, COUNT, num_format=plain)


def _key(metric: str, variant: str | None, segment: str = ALL) -> str:
    return f"{metric}|{variant}|{segment}"


class MeasuresTable:
    """The table as formulas name it; a figure is looked up by its key, so that sorting does no harm."""

    def __init__(self, sheet: WorkbookSheet, last: int) -> None:
        self.sheet, self.last = sheet, last

    def column(self, name: str) -> str:
        return self.sheet.cells(HEAD + 1, _PLACE[name], self.last).named

    def find(self, metric: str, variant: str | None, column: str = "value") -> str:
        """The formula that gives one figure of all customers."""
        key = _key(metric, variant)
        return f'INDEX({self.column(column)},MATCH("{key}",{self.column("key")},0))'

    def total(self, metric: str, variant: str | None, by: str) -> str:
        """The formula that adds up the segments of a column."""
        pairs = (("metric", metric), ("variant", variant or ""), ("segment_by", by))
        criteria = ",".join(
            f'{self.column(name)},"{value.replace(chr(34), chr(34) * 2)}"' for name, value in pairs
        )
        return f"SUMIFS({self.column('value')},{criteria})"


def _check_headlines(figures: WorkbookFigures, table: MeasuresTable) -> None:
    """Each figure of the scorecard from the two figures that it divides, or from its numerator and denominator."""
    for name in (name for names in figures.headlines.values() for name in names):
        reading, metric = figures.reading(name), figures.metric(name)
        if reading is None:
            continue
        rule = metric.rule(reading.variant)
        ways = (*_of_figures(figures, table, rule), *_of_parts(table, reading, rule))
        for says, text, value in ways:
            if math.isclose(value, reading.value, rel_tol=1e-9):  # a median is no quotient
                what = f"{metric_title(metric, rule.variant)} = {says}"
                unit = metric.unit_of(rule.variant)
                table.sheet.check(what, reading.value, Formula(text, value), unit)
                break


def _of_figures(
    figures: WorkbookFigures, table: MeasuresTable, rule: Rule
) -> Iterator[tuple[str, str, float]]:
    """A figure as one of the same period divided by another, where it is declared as made of two."""
    made_of = [each for each in rule.made_of if not (each.pooled or each.back)]
    found = [figures.reading(each.metric, each.variant) for each in made_of]
    parts = [each for each in found if each and each.value]
    if len(parts) == len(rule.made_of) == 2:
        titles = [metric_title(figures.metric(each.metric), each.variant) for each in parts]
        text = "/".join(table.find(each.metric, each.variant) for each in parts)
        yield " ÷ ".join(titles), text, parts[0].value / parts[1].value


def _of_parts(
    table: MeasuresTable, reading: Reading, rule: Rule
) -> Iterator[tuple[str, str, float]]:
    """A figure as its numerator over its denominator, where it has both."""
    if reading.denominator and reading.has_parts:
        over, under = (table.find(reading.metric, reading.variant, part) for part in _PARTS[:2])
        value = float(rule.value(reading.numerator, reading.denominator))
        text = f"{rule.times:g}*{over}/{under}-{rule.minus:g}"
        yield "numerator ÷ denominator", text, value


def _check_sums(figures: WorkbookFigures, table: MeasuresTable) -> None:
    """That totals by segment add up to the total of all, where every segment can be read."""
    rows = figures.of_period
    for name in ADDED_OVER_SEGMENTS:
        whole = figures.reading(name)
        if whole is None:
            continue
        metric = figures.metric(name)
        mine = rows[(rows["metric"] == name) & (rows["variant"] == whole.variant)]
        for by in figures.edition.segments:
            parts = mine[mine["segment_by"] == by]
            if len(parts) and (parts["status"] == OK).all():
                what = f"{metric.title}: the segments by {spoken(by)} add up to all"
                total = table.total(name, whole.variant, by)
                found = Formula(total, float(parts["value"].sum()))
                table.sheet.check(what, whole.value, found, metric.unit)
