"""Opening, movements and closing of one group of customers, with the rates that follow from them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cs_lib.pack.workbook.checks_sheet import WorkbookCheck, control_total
from cs_lib.pack.workbook.sheet import MUTED, NAVY, WorkbookSheet, here, number_format
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.period import ALL
from cs_lib.vocabulary import COUNT, MONEY, PERCENT, RATIO

FIRST = 1
NOTHING = "–"
#: what is shown, the metric it is, and the sign with which it moves
MRR_LINES = (
    ("Opening MRR", "opening_mrr", 1),
    ("New", "new_mrr", 1),
    ("Returned", "reactivation_mrr", 1),
    ("Expansion", "expansion_mrr", 1),
    ("Transfers in", "transfer_in_mrr", 1),
    ("Transfers out", "transfer_out_mrr", 1),
    ("Contraction", "contraction_mrr", 1),
    ("Churn", "churned_mrr", 1),
)
CUSTOMER_LINES = (
    ("Opening customers", "opening_customers", 1),
    ("New", "new_customers", 1),
    ("Returned", "reactivated_customers", 1),
    ("Lost", "churned_customers", -1),
    ("Joined and left within the period", "joined_and_left", -1),
)
_LEFT_OUT_WHERE_ZERO = ("reactivation_mrr", "transfer_in_mrr", "transfer_out_mrr")


@dataclass(frozen=True)
class Kind:
    """What moves: its lines, the metric of its closing, and what the closing is called."""

    lines: tuple[tuple[str, str, int], ...]
    closing: str
    label: str
    unit: str


MRR = Kind(MRR_LINES, "mrr", "Closing MRR", MONEY)
CUSTOMERS = Kind(CUSTOMER_LINES, "paying_customers", "Closing customers", COUNT)


@dataclass(frozen=True)
class MovementBlock:
    """Where the rows of a block stand on the sheet, and the figures in them, oldest period first."""

    title: str
    kind: Kind
    top: int
    typed: dict[str, list[float]]
    ours: list[float]

    @property
    def rows(self) -> dict[str, int]:
        """The row of each line, then of the closing, what the reports say, and the gap."""
        names = [*self.typed, "closing", "ours", "gap"]
        return {name: self.top + 1 + place for place, name in enumerate(names)}

    @property
    def opening(self) -> list[float]:
        return next(iter(self.typed.values()))

    @property
    def closing(self) -> list[float]:
        """The opening and all movements, added up as the sheet's formula does."""
        return [sum(line[i] for line in self.typed.values()) for i in range(len(self.ours))]

    @property
    def last(self) -> int:
        return FIRST + len(self.ours) - 1

    @property
    def end(self) -> int:
        return self.top + len(self.typed) + 4

    def span(self, sheet: WorkbookSheet, line: str, *, skip: int = 0, drop: int = 0) -> str:
        """The cells of a line, without the first `skip` and the last `drop` periods."""
        row = self.rows[line]
        return sheet.span(row, FIRST + skip, row, self.last - drop)


def block_of(
    figures: WorkbookFigures,
    kind: Kind,
    title: str,
    top: int,
    backs: list[int],
    *,
    segment: str = ALL,
) -> MovementBlock:
    """The block of a segment over some periods; lines that are zero throughout may be left out."""
    typed = {
        name: [sign * figures.value(name, segment=segment, back=back) for back in backs]
        for _, name, sign in kind.lines
    }
    shown = {
        name: values
        for name, values in typed.items()
        if any(values) or name not in _LEFT_OUT_WHERE_ZERO
    }
    ours = [figures.value(kind.closing, segment=segment, back=back) for back in backs]
    return MovementBlock(title, kind, top, shown, ours)


def write_block(sheet: WorkbookSheet, block: MovementBlock) -> None:
    """A line each for opening and movements, typed; the closing as their sum; beneath it two proofs."""
    kind, rows = block.kind, block.rows
    sheet.section(block.top, block.title, FIRST + len(block.ours))
    labels = {name: label for label, name, _ in kind.lines}
    for name, values in block.typed.items():
        first = name == kind.lines[0][1]
        sheet.text(rows[name], 0, labels[name], **{"bold": True} if first else {"indent": 1})
        look = {
            "num_format": number_format(sheet.formatter, kind.unit, dash=not first),
            "bold": first,
        }
        for column, value in enumerate(values, start=FIRST):
            sheet.typed(rows[name], column, value, kind.unit, **look)
    _write_closing(sheet, block)


def _write_closing(sheet: WorkbookSheet, block: MovementBlock) -> None:
    rows, unit = block.rows, block.kind.unit
    opening, total = block.top + 1, rows["closing"]
    line = {"bold": True, "top": 1, "top_color": NAVY}
    small = {"font_size": 9, "num_format": number_format(sheet.formatter, unit)}
    quiet = {**small, "font_color": MUTED}
    dash = number_format(sheet.formatter, unit, dash=True)
    sheet.text(total, 0, block.kind.label, **line)
    sheet.text(rows["ours"], 0, "closing as the reports say", **quiet, indent=1)
    sheet.text(rows["gap"], 0, "opening less the closing before", **quiet, indent=1)
    for i, value in enumerate(block.closing):
        column = FIRST + i
        total_of = f"SUM({here(opening, column)}:{here(total - 1, column)})"
        sheet.formula(total, column, total_of, value, unit, **line, num_format=small["num_format"])
        sheet.typed(rows["ours"], column, block.ours[i], unit, **small)
        if i:
            gap = round(block.opening[i] - block.closing[i - 1], 6) + 0.0
            less = f"ROUND({here(opening, column)}-{here(total, column - 1)},6)"
            sheet.formula(rows["gap"], column, less, gap, unit, **{**quiet, "num_format": dash})


# ---------------------------------------------------------------- checks


def closing_check(sheet: WorkbookSheet, block: MovementBlock) -> WorkbookCheck:
    """That the pack's period closes at what the reports say."""
    what = f"{block.title}: closing = opening + movements"
    cell = sheet.cell(block.rows["closing"], block.last)
    return WorkbookCheck(what, sheet.name, block.ours[-1], cell, block.closing[-1], block.kind.unit)


def chain_checks(sheet: WorkbookSheet, block: MovementBlock) -> Iterator[WorkbookCheck]:
    """That every period closes at what the reports say and opens at the closing before."""
    closings, unit = block.span(sheet, "closing"), block.kind.unit
    yield WorkbookCheck(
        f"{block.title}: every closing as the reports say (sum of differences)",
        sheet.name,
        0.0,
        f"SUMPRODUCT(ABS({closings}-{block.span(sheet, 'ours')}))",
        sum(abs(a - b) for a, b in zip(block.closing, block.ours, strict=True)),
        unit,
    )
    if len(block.ours) > 1:
        openings = block.span(sheet, next(iter(block.typed)), skip=1)
        yield WorkbookCheck(
            f"{block.title}: every opening = the closing before (sum of differences)",
            sheet.name,
            0.0,
            f"SUMPRODUCT(ABS({openings}-{block.span(sheet, 'closing', drop=1)}))",
            sum(abs(a - b) for a, b in zip(block.opening[1:], block.closing[:-1], strict=True)),
            unit,
        )


def control(sheet: WorkbookSheet, blocks: list[MovementBlock]) -> WorkbookCheck:
    """The sum of all that is typed in on this sheet."""
    spans, values = [], []
    for block in blocks:
        bottom = block.rows["closing"] - 1
        spans += [
            sheet.span(block.top + 1, FIRST, bottom, block.last),
            block.span(sheet, "ours"),
        ]
        values += [value for line in (*block.typed.values(), block.ours) for value in line]
    return control_total("all typed movements", sheet.name, values, f"SUM({','.join(spans)})")


# ---------------------------------------------------------------- rates


@dataclass(frozen=True)
class Rate:
    """A figure that follows from a block: the metric it is, its formula, and the same in Python."""

    metric: str
    unit: str
    formula: str
    value: Callable[[dict], float]


MRR_RATES = (
    Rate(
        "net_new_mrr",
        MONEY,
        "{closing}-{opening_mrr}",
        lambda v: v["closing"] - v["opening_mrr"],
    ),
    Rate(
        "mrr_growth_rate",
        PERCENT,
        "{closing}/{opening_mrr}-1",
        lambda v: v["closing"] / v["opening_mrr"] - 1,
    ),
    Rate(
        "gross_revenue_churn_rate",
        PERCENT,
        "-({contraction_mrr}+{churned_mrr})/{opening_mrr}",
        lambda v: -(v["contraction_mrr"] + v["churned_mrr"]) / v["opening_mrr"],
    ),
    Rate(
        "quick_ratio",
        RATIO,
        "-({new_mrr}+{reactivation_mrr}+{expansion_mrr})/({contraction_mrr}+{churned_mrr})",
        lambda v: (
            -(v["new_mrr"] + v["reactivation_mrr"] + v["expansion_mrr"])
            / (v["contraction_mrr"] + v["churned_mrr"])
        ),
    ),
    Rate("arr", MONEY, "12*{closing}", lambda v: 12 * v["closing"]),
)
CUSTOMER_RATES = (
    Rate(
        "customer_churn_rate",
        PERCENT,
        "-{churned_customers}/{opening_customers}",
        lambda v: -v["churned_customers"] / v["opening_customers"],
    ),
    Rate(
        "customer_retention_rate",
        PERCENT,
        "1+{churned_customers}/{opening_customers}",
        lambda v: 1 + v["churned_customers"] / v["opening_customers"],
    ),
)
ARPA = Rate("arpa", MONEY, "{mrr}/{closing}", lambda v: v["mrr"] / v["closing"])


def write_rates(
    sheet: WorkbookSheet, figures: WorkbookFigures, block: MovementBlock, rates, *, mrr=None
) -> list[WorkbookCheck]:
    """Figures under a block, as formulas of its cells; gives a check of each in the pack's period.

    `mrr` is the block of money beside one of customers.
    """
    found = []
    for row, rate in enumerate(rates, start=block.end):
        title = figures.metric(rate.metric).title
        sheet.text(row, 0, title)
        look = {"align": "right"}
        if rate.unit != MONEY:
            look["num_format"] = number_format(sheet.formatter, rate.unit)
        for i in range(len(block.ours)):
            cells, values = _cells(block, i), _values(block, i)
            if mrr:
                cells["mrr"] = here(mrr.rows["closing"], FIRST + i)
                values["mrr"] = mrr.closing[i]
            value = _or_nothing(rate, values)
            formula = f'IFERROR({rate.formula.format_map(cells)},"{NOTHING}")'
            sheet.formula(row, FIRST + i, formula, value, rate.unit, **look)
        reading = figures.reading(rate.metric)
        if reading and value != NOTHING:
            what, cell = f"{title}, from the movements", sheet.cell(row, block.last)
            found.append(WorkbookCheck(what, sheet.name, reading.value, cell, value, rate.unit))
    return found


def _or_nothing(rate: Rate, values: dict) -> float | str:
    try:
        return rate.value(values)
    except ZeroDivisionError:
        return NOTHING


def _cells(block: MovementBlock, i: int) -> dict[str, str]:
    """The cells of one period by name; a line that is left out is 0."""
    absent = {name: "0" for _, name, _ in block.kind.lines}
    return absent | {name: here(row, FIRST + i) for name, row in block.rows.items()}


def _values(block: MovementBlock, i: int) -> dict[str, float]:
    absent = {name: 0.0 for _, name, _ in block.kind.lines}
    there = {name: values[i] for name, values in block.typed.items()}
    return absent | there | {"closing": block.closing[i]}
