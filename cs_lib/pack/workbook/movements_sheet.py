"""The sheet of movements: from opening to closing, period by period, for all and for each segment."""

from collections.abc import Sequence

from cs_lib.pack.workbook.checks_sheet import WorkbookCheck, differences
from cs_lib.pack.workbook.movement_blocks import (
    CUSTOMERS,
    FIRST,
    MRR,
    MovementBlock,
    block_of,
    chain_checks,
    closing_check,
    control,
    write_block,
    write_rates,
)
from cs_lib.pack.workbook.sheet import HEAD, MUTED, WorkbookSheet, number_format
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.report.text.formatting import spoken
from cs_lib.report.text.measure_row import segment_pairs
from cs_lib.vocabulary import MONEY

NAME = "Movements"
PERIODS = 12
#: what follows from the lines of a block, each by its declaration
MRR_RATES = ("net_new_mrr", "mrr_growth_rate", "gross_revenue_churn_rate", "quick_ratio", "arr")
CUSTOMER_RATES = ("customer_churn_rate", "customer_retention_rate")
#: with more than these, formulas over all of them grow beyond what Excel takes
MOST_SEGMENTS = 40
_CHART_ROWS = 17
#: gains in blues and green, losses in reds: colours that stay apart for colour-blind readers
_BARS = {
    "new_mrr": "#0072B2",
    "reactivation_mrr": "#56B4E9",
    "expansion_mrr": "#009E73",
    "contraction_mrr": "#E69F00",
    "churned_mrr": "#D55E00",
}


def why_not(figures: WorkbookFigures) -> str:
    """Why there is no such sheet; empty where there is one."""
    if figures.last(PERIODS, "opening_customers"):
        return ""
    return figures.measures.left_out.get("opening_customers", "no period can be observed yet")


def write(sheet: WorkbookSheet, figures: WorkbookFigures) -> list[WorkbookCheck]:
    """The blocks one under another; gives the checks that they allow."""
    backs = figures.last(PERIODS, "opening_customers")
    sheet.set_up(
        [34, *[11.5] * len(backs)],
        note="Blue figures are typed in from the measures, black ones are formulas: "
        "each closing is the sum of its column.",
    )
    names = [figures.formatter.period_short(figures.period.back(back)) for back in backs]
    sheet.heads(["", *names])
    if not figures.has("mrr"):
        active = block_of(figures, CUSTOMERS, "Active customers", HEAD + 1, backs)
        found = _whole(sheet, figures, active, CUSTOMER_RATES)
        return [*found, control(sheet, [active])]
    money = block_of(figures, MRR, "MRR, all customers", HEAD + 1, backs)
    found = _whole(sheet, figures, money, MRR_RATES)
    row = money.end + len(MRR_RATES) + 1
    row = _chart(sheet, money, row)
    paying = block_of(figures, CUSTOMERS, "Paying customers", row, backs)
    found += _whole(sheet, figures, paying, (*CUSTOMER_RATES, "arpa"), beside=money)
    parts = _segments(sheet, figures, paying.end + len(CUSTOMER_RATES) + 2, backs)
    found += _segment_checks(sheet, money, parts)
    return [*found, control(sheet, [money, paying, *parts])]


def _whole(
    sheet: WorkbookSheet,
    figures: WorkbookFigures,
    block: MovementBlock,
    rates: Sequence[str],
    *,
    beside: MovementBlock | None = None,
) -> list[WorkbookCheck]:
    """A block over all customers with its rates, and all its checks."""
    write_block(sheet, block)
    followed = write_rates(sheet, figures, block, rates, beside=beside)
    return [closing_check(sheet, block), *chain_checks(sheet, block), *followed]


def _segments(
    sheet: WorkbookSheet, figures: WorkbookFigures, row: int, backs: list[int]
) -> list[MovementBlock]:
    """A block for each segment of the edition's first column; none where there are very many."""
    blocks = []
    for by in figures.edition.segments[:1]:
        segments = figures.segments(by, "mrr", backs)
        if len(segments) > MOST_SEGMENTS:
            said = f"{spoken(by)} has {len(segments)} values: see the sheet Measures."
            sheet.text(row, 0, said, font_color=MUTED)
            return []
        for segment in segments:
            ((column, value),) = segment_pairs(by, segment)
            title = f"MRR, {spoken(column)} {value}"
            blocks.append(block_of(figures, MRR, title, row, backs, segment=segment))
            write_block(sheet, blocks[-1])
            row = blocks[-1].end + 1
    return blocks


def _segment_checks(
    sheet: WorkbookSheet, whole: MovementBlock, parts: list[MovementBlock]
) -> list[WorkbookCheck]:
    """That each segment closes at what the reports say, and that together they are the whole."""
    if not parts:
        return []
    together = "+".join(each.span(sheet, "closing") for each in parts)
    sums = [sum(amounts) for amounts in zip(*(each.closing for each in parts), strict=True)]
    add_up = differences(
        sheet.name,
        "MRR: the segments' closings add up to that of all, every period",
        (together, sums),
        (whole.span(sheet, "closing"), whole.closing),
        MONEY,
    )
    return [*(closing_check(sheet, each) for each in parts), add_up]


def _chart(sheet: WorkbookSheet, block: MovementBlock, row: int) -> int:
    """The movements as stacked bars, drawn by Excel from the cells above; gives the next free row."""
    chart = sheet.book.file.add_chart({"type": "column", "subtype": "stacked"})
    font = {"name": "Calibri", "size": 9, "color": MUTED}
    for name, colour in _BARS.items():
        if name in block.typed:
            chart.add_series(
                {
                    "name": block.kind.lines[name],
                    "categories": f"={sheet.span(HEAD, FIRST, HEAD, block.last)}",
                    "values": f"={block.span(sheet, name)}",
                    "fill": {"color": colour},
                    "gap": 60,
                }
            )
    chart.set_title({"name": "What moved MRR", "name_font": {**font, "size": 11, "bold": True}})
    chart.set_legend({"position": "right", "font": font})
    chart.set_x_axis({"num_font": font, "label_position": "low"})
    money = number_format(sheet.formatter, MONEY)
    grid = {"visible": True, "line": {"color": "#E4E4E4"}}
    chart.set_y_axis(
        {"num_font": font, "num_format": money, "major_gridlines": grid, "line": {"none": True}}
    )
    chart.set_size({"width": 250 + 86 * len(block.ours), "height": 20 * (_CHART_ROWS - 2)})
    text = "Stacked bars of the MRR movements in the block above, one bar a period"
    sheet.page.insert_chart(row, 0, chart, {"description": text, "object_position": 2})
    return row + _CHART_ROWS
