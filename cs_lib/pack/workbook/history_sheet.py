"""The sheet of history: every figure of all customers, over the last periods."""

import math

from cs_lib.metrics.catalogue import CATALOGUE, FAMILIES
from cs_lib.pack.workbook.cells import Cells
from cs_lib.pack.workbook.sheet import HEAD, MUTED, WorkbookSheet, number_format
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.report.text.formatting import metric_title, spoken
from cs_lib.vocabulary import COUNT, MONEY

NAME = "History"
PERIODS = 13
FIRST = 2
#: always nothing over all customers
_BETWEEN_SEGMENTS = ("transfer_in_mrr", "transfer_out_mrr")


def write(sheet: WorkbookSheet, figures: WorkbookFigures) -> dict[str, Cells]:
    """One row a metric in its canonical rule, one column a period; gives the cells of each metric."""
    names = [
        each.name
        for each in CATALOGUE
        if figures.row(each.name) is not None and each.name not in _BETWEEN_SEGMENTS
    ]
    backs = list(reversed(range(PERIODS)))
    while backs[1:] and not any(figures.reading(name, back=backs[0]) for name in names):
        backs.pop(0)
    periods = [figures.formatter.period_short(figures.period.back(back)) for back in backs]
    sheet.set_up(
        [("", 40), ("Unit", 12), *((period, 10.5) for period in periods)],
        note="All customers, each metric by the rule that the reports use. An empty cell cannot be "
        "observed, or has nothing to divide by.",
        texts=range(FIRST),
        freeze=FIRST,
    )
    family_of = {each.name: family for family, some in FAMILIES.items() for each in some}
    row, last, family, written = HEAD, FIRST + len(backs) - 1, "", {}
    for name in names:
        metric = figures.metric(name)
        if family_of[name] != family:
            row, family = row + 1, family_of[name]
            sheet.section(row, family[:1].upper() + family[1:], last + 1)
        row += 1
        unit = metric.unit_of(figures.canonical[name])
        sheet.text(row, 0, metric_title(metric, figures.canonical[name]))
        sheet.text(row, 1, spoken(unit), font_color=MUTED)
        readings = [figures.reading(name, back=back) for back in backs]
        values = [each.value if each else math.nan for each in readings]
        cents = any(value < 100 and value != round(value) for value in values if value == value)
        dash = unit in (MONEY, COUNT)
        look = {"num_format": number_format(sheet.formatter, unit, cents=cents, dash=dash)}
        for column, value in enumerate(values, start=FIRST):
            sheet.typed(row, column, value, unit, **look)
        written[name] = sheet.cells(row, FIRST, row, last)
    sheet.check_total("the history", sheet.cells(HEAD + 1, FIRST, max(row, HEAD + 1), last))
    return written
