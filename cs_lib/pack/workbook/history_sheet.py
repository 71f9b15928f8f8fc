"""The sheet of history: every figure of all customers, over the last periods."""

from dataclasses import dataclass

from cs_lib.pack.workbook.checks_sheet import WorkbookCheck, control_total
from cs_lib.pack.workbook.sheet import HEAD, MUTED, WorkbookSheet, number_format
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.report.text.formatting import metric_title, spoken
from cs_lib.vocabulary import COUNT, MONEY

NAME = "History"
PERIODS = 13
FIRST = 2
#: always nothing over all customers
_BETWEEN_SEGMENTS = ("transfer_in_mrr", "transfer_out_mrr")


@dataclass(frozen=True)
class Trends:
    """Where the periods of each metric stand, and the control total of the sheet."""

    spans: dict[str, str]
    control: WorkbookCheck


def write(sheet: WorkbookSheet, figures: WorkbookFigures) -> Trends:
    """One row a metric in its canonical rule, one column a period; what has no figure is empty."""
    names = [
        each.name
        for each in figures.metrics
        if figures.row(each.name) is not None and each.name not in _BETWEEN_SEGMENTS
    ]
    backs = list(reversed(range(PERIODS)))
    while backs[1:] and not any(figures.reading(name, back=backs[0]) for name in names):
        backs.pop(0)
    sheet.set_up(
        [40, 12, *[10.5] * len(backs)],
        note="All customers, each metric by the rule that the reports use. An empty cell cannot be "
        "observed, or has nothing to divide by.",
        freeze=FIRST,
    )
    periods = [figures.formatter.period_short(figures.period.back(back)) for back in backs]
    sheet.heads(["", "Unit", *periods], left=2)
    row, family, spans = HEAD, None, {}
    for name in names:
        metric = figures.metric(name)
        if metric.family != family:
            row, family = row + 1, metric.family
            sheet.section(row, family[:1].upper() + family[1:], FIRST + len(backs))
        row += 1
        unit = metric.unit_of(figures.canonical[name])
        sheet.text(row, 0, metric_title(metric, figures.canonical[name]))
        sheet.text(row, 1, spoken(unit), font_color=MUTED)
        values = [_value(figures, name, back) for back in backs]
        cents = any(value < 100 and value != round(value) for value in values if value == value)
        dash = unit in (MONEY, COUNT)
        look = {"num_format": number_format(sheet.formatter, unit, cents=cents, dash=dash)}
        for column, value in enumerate(values, start=FIRST):
            sheet.typed(row, column, value, unit, **look)
        spans[name] = sheet.span(row, FIRST, row, FIRST + len(backs) - 1)
    everything = sheet.span(HEAD + 1, FIRST, max(row, HEAD + 1), FIRST + len(backs) - 1)
    return Trends(spans, control_total("the history", sheet, everything))


def _value(figures: WorkbookFigures, name: str, back: int) -> float:
    reading = figures.reading(name, back=back)
    return reading.value if reading else float("nan")
