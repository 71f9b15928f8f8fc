"""The sheet of definitions: what each metric of the workbook means, from its declaration."""

from cs_lib.metrics.catalogue import CATALOGUE
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import Curve, Rule
from cs_lib.pack.workbook.sheet import HEAD, MUTED, RULE, WorkbookSheet
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.report.text.formatting import spoken

NAME = "Definitions"
_HEADS = {
    "Metric": 21,
    "Rule": 17,
    "Unit": 8,
    "Better": 8,
    "Numerator": 36,
    "Denominator": 31,
    "Leaves out": 31,
    "Interval": 13,
    "Source": 34,
    "In measures.csv": 27,
}
#: said once for all rules of a metric, unless a rule differs
_ONCE = [place for place, name in enumerate(_HEADS) if name in ("Metric", "Leaves out", "Source")]
_PRINTED = 9


def write(sheet: WorkbookSheet, figures: WorkbookFigures) -> None:
    """One row a rule of a metric that this edition has; then what is left out, and why."""
    sheet.set_up(
        list(_HEADS.items()),
        note="The first rule of each metric is the one the reports use. "
        f"Intervals are at {figures.formatter.level}.",
        texts=range(len(_HEADS)),
    )
    row = HEAD
    for metric in (figures.metric(each.name) for each in CATALOGUE):
        if metric.name not in figures.measures.left_out:
            cells = [_cells(metric, rule) for rule in _rules(metric, figures)]
            for place, line in enumerate(cells):
                row += 1
                _line(sheet, row, _said_once(line, cells[0]) if place else line, first=not place)
    row = _left_out(sheet, figures, row + 2)
    sheet.page.print_area(0, 0, row, _PRINTED - 1)


def _said_once(cells: list[str], first: list[str]) -> list[str]:
    """A further rule without what it has in common with the first."""
    return [
        "" if place in _ONCE and cell == first[place] else cell for place, cell in enumerate(cells)
    ]


def _left_out(sheet: WorkbookSheet, figures: WorkbookFigures, row: int) -> int:
    """The metrics that this edition has no figures of; gives the last row written."""
    if not figures.measures.left_out:
        return row
    sheet.section(row, "Not in this pack", _PRINTED)
    for name, reason in figures.measures.left_out.items():
        row += 1
        sheet.text(row, 0, figures.metric(name).title)
        sheet.text(row, 1, reason, font_color=MUTED)
    return row


def _rules(metric: Metric, figures: WorkbookFigures) -> list[Rule]:
    """The rules of a metric that this edition has figures by."""
    rows = figures.measures.measures
    variants = set(rows.loc[rows["metric"] == metric.name, "variant"])
    return [rule for rule in metric.rules if rule.variant in variants or isinstance(rule, Curve)]


def _line(sheet: WorkbookSheet, row: int, cells: list[str], *, first: bool) -> None:
    line = {"top": 1, "top_color": RULE} if first else {}
    for column, text in enumerate(cells):
        look = {"bold": True} if column == 0 else {"font_color": MUTED} if column > 6 else {}
        sheet.text(row, column, text, text_wrap=True, valign="top", **look, **line)
    sheet.height(row, cells, list(_HEADS.values()))


def _cells(metric: Metric, rule: Rule) -> list[str]:
    over, under = rule.says
    return [
        metric.title,
        rule.label or spoken(rule.variant),
        spoken(metric.unit_of(rule.variant)),
        metric.direction_of(rule.variant),
        f"{rule.times:g} × ({over})" if rule.times != 1 else over,
        f"{under}; less {rule.minus:g}" if rule.minus else under,
        rule.leaves_out or metric.leaves_out,
        rule.interval or "none",
        metric.source,
        f"{metric.name}, {rule.variant}",
    ]
