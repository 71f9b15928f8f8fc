"""The sheet of movements: from opening to closing, period by period, for all and for each segment."""

from cs_lib.pack.workbook.movement_block import (
    CUSTOMERS,
    FIRST,
    MRR,
    Kind,
    MovementBlock,
    write_block,
    write_rates,
)
from cs_lib.pack.workbook.sheet import HEAD, MUTED, WorkbookSheet, number_format
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.period import segment_pairs
from cs_lib.report.text.formatting import spoken
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


def write(sheet: WorkbookSheet, figures: WorkbookFigures) -> None:
    """The blocks one under another, each with the checks that it allows."""
    backs = figures.last(PERIODS, "opening_customers")
    names = [figures.formatter.period_short(figures.period.back(back)) for back in backs]
    sheet.set_up(
        [("", 34), *((name, 11.5) for name in names)],
        note="Blue figures are typed in from the measures, black ones are formulas: "
        "each closing is the sum of its column.",
    )

    def whole(kind: Kind, title: str, row: int) -> MovementBlock:
        block = write_block(sheet, figures, kind, title, row, backs)
        block.check_closing()
        block.check_chain()
        return block

    if not figures.has("mrr"):
        active = whole(CUSTOMERS, "Active customers", HEAD + 1)
        write_rates(figures, CUSTOMER_RATES, active)
        blocks = [active]
    else:
        money = whole(MRR, "MRR, all customers", HEAD + 1)
        write_rates(figures, MRR_RATES, money)
        row = _chart(sheet, money, money.end + len(MRR_RATES) + 1)
        paying = whole(CUSTOMERS, "Paying customers", row)
        write_rates(figures, (*CUSTOMER_RATES, "arpa"), paying, money)
        parts = _segments(sheet, figures, paying.end + len(CUSTOMER_RATES) + 2, backs)
        if parts:
            what = "MRR: the segments' closings add up to that of all, every period"
            closings = [each.line(each.closing) for each in parts]
            sheet.check_same(what, money.line(money.closing), *closings, unit=MONEY)
        blocks = [money, paying, *parts]
    sheet.check_total("all typed movements", *(cells for each in blocks for cells in each.typed()))


def _segments(
    sheet: WorkbookSheet, figures: WorkbookFigures, row: int, backs: list[int]
) -> list[MovementBlock]:
    """A block for each segment of the edition's first column; none where there are very many."""
    blocks: list[MovementBlock] = []
    for by in figures.edition.segments[:1]:
        rows = figures.figures.canonical_rows(
            figures.period.grain, (by,), last=figures.period, count=PERIODS
        )
        segments = sorted(rows.loc[rows["metric"] == "mrr", "segment"].unique())
        if len(segments) > MOST_SEGMENTS:
            said = f"{spoken(by)} has {len(segments)} values: see the sheet Measures."
            sheet.text(row, 0, said, font_color=MUTED)
            return []
        for segment in segments:
            ((column, value),) = segment_pairs(by, segment)
            title = f"MRR, {spoken(column)} {value}"
            block = write_block(sheet, figures, MRR, title, row, backs, segment=segment)
            block.check_closing()
            blocks.append(block)
            row = block.end + 1
    return blocks


def _chart(sheet: WorkbookSheet, block: MovementBlock, row: int) -> int:
    """The movements as stacked bars, drawn by Excel from the cells above; gives the next free row."""
    chart = sheet.book.file.add_chart({"type": "column", "subtype": "stacked"})
    font = {"name": "Calibri", "size": 9, "color": MUTED}
    for name, colour in _BARS.items():
        if name in block.rows:
            chart.add_series(
                {
                    "name": block.kind.lines[name],
                    "categories": f"={block.line(HEAD).named}",
                    "values": f"={block.line(block.rows[name]).named}",
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
    periods = block.last - FIRST + 1
    chart.set_size({"width": 250 + 86 * periods, "height": 20 * (_CHART_ROWS - 2)})
    text = "Stacked bars of the MRR movements in the block above, one bar a period"
    sheet.page.insert_chart(row, 0, chart, {"description": text, "object_position": 2})
    return row + _CHART_ROWS
