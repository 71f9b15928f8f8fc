"""The sheet of all measures of the period, as an Excel table, and the checks that look figures up in it."""

import math

from cs_lib.metrics.catalogue.declaration import Rule
from cs_lib.pack.workbook.cells import Formula
from cs_lib.pack.workbook.sheet import HEAD, MUTED, WorkbookSheet, number_format
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.period import ALL
from cs_lib.report.text.formatting import metric_title, spoken
from cs_lib.report.text.measure_row import Reading
from cs_lib.vocabulary import COUNT, MONEY, OK, PERCENT

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
#: totals of which every segmentation adds up to all; not orders, whose lines can lie in several segments
SUMMED = ("mrr", "new_mrr", "revenue", "new_customers", "acquisition_cost", "nps_answers")
#: quotients of other figures: metric → what is divided by what, each as (metric, variant)
MADE_OF = {
    "ltv_to_cac": (("cltv", None), ("cac", "12_months")),
    "average_order_value": (("revenue", None), ("orders", None)),
}


def write(sheet: WorkbookSheet, figures: WorkbookFigures) -> None:
    """One row a measure: all metrics, variants and segments of the period, and the checks."""
    texts = [_PLACE[name] for name in _TEXTS]
    sheet.set_up(
        list(COLUMNS.values()),
        note="Everything measured for the period, as in measures.csv. Percentages are fractions "
        "formatted as per cent; filter by the arrows in the head.",
        texts=texts,
    )
    records = figures.of_period.to_dict("records")
    for row, record in enumerate(records, start=HEAD + 1):
        _line(sheet, figures, row, record)
    last = HEAD + max(1, len(records))
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
    """Each figure of the scorecard from its numerator and denominator, or from the figures it is made of."""
    for name in (name for names in figures.headlines.values() for name in names):
        reading = figures.reading(name)
        if reading is None:
            continue
        metric, variant = figures.metric(name), reading.variant
        found = _of_figures(figures, table, name) or _of_parts(table, reading, metric.rule(variant))
        if found:
            says, formula = found
            what = f"{metric_title(metric, variant)} = {says}"
            table.sheet.check(what, reading.value, formula, metric.unit_of(variant))


def _of_figures(
    figures: WorkbookFigures, table: MeasuresTable, name: str
) -> tuple[str, Formula] | None:
    """A figure as the quotient of two others, where it is one and the edition has both."""
    parts = [figures.reading(part, variant) for part, variant in MADE_OF.get(name, ())]
    over, under = parts or (None, None)
    if over is None or under is None or not under.value:
        return None
    titles = [metric_title(figures.metric(part.metric), part.variant) for part in (over, under)]
    text = "/".join(table.find(part.metric, part.variant) for part in (over, under))
    return " ÷ ".join(titles), Formula(text, over.value / under.value)


def _of_parts(table: MeasuresTable, reading: Reading, rule: Rule) -> tuple[str, Formula] | None:
    """A figure as its numerator over its denominator, where it is that (a median is not)."""
    if not reading.denominator or reading.denominator != reading.denominator:
        return None
    value = float(rule.value(reading.numerator, reading.denominator))
    if not math.isclose(value, reading.value, rel_tol=1e-9):
        return None
    over, under = (table.find(reading.metric, reading.variant, part) for part in _PARTS[:2])
    text = f"{rule.times:g}*{over}/{under}-{rule.minus:g}"
    return "numerator ÷ denominator", Formula(text, value)


def _check_sums(figures: WorkbookFigures, table: MeasuresTable) -> None:
    """That totals by segment add up to the total of all, where every segment can be read."""
    rows = figures.of_period
    for name in SUMMED:
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
                unit = MONEY if metric.unit == MONEY else COUNT
                table.sheet.check(what, whole.value, found, unit)
