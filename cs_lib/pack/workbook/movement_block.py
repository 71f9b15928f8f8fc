"""Opening, movements and closing of one group of customers, with the rates that follow from them."""

from collections.abc import Sequence
from dataclasses import dataclass

from cs_lib.pack.workbook.cells import Cells, Formula
from cs_lib.pack.workbook.declared_formulas import Term, declared_formula
from cs_lib.pack.workbook.sheet import MUTED, NAVY, WorkbookSheet, number_format
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.period import ALL
from cs_lib.report.text.movement_sentences import MOVEMENT_WORDS
from cs_lib.vocabulary import COUNT, MONEY, MOVEMENTS, SELDOM_MOVED

FIRST = 1
_MRR_WORDS = MOVEMENT_WORDS | {"reactivation": "returned"}
_LEFT_OUT_WHERE_ZERO = {f"{name}_mrr" for name in SELDOM_MOVED}


@dataclass(frozen=True)
class Kind:
    """What moves: its lines (metric → label), the metric of its closing, and what the closing is called."""

    lines: dict[str, str]
    closing: str
    label: str
    unit: str
    taken_away: tuple[str, ...] = ()

    def sign(self, name: str) -> int:
        """The sign with which a metric stands on the sheet: losses are counted, and taken away."""
        return -1 if name in self.taken_away else 1


MRR = Kind(
    {"opening_mrr": "Opening MRR"}
    | {f"{name}_mrr": _MRR_WORDS[name].capitalize() for name in MOVEMENTS},
    "mrr",
    "Closing MRR",
    MONEY,
)
CUSTOMERS = Kind(
    {
        "opening_customers": "Opening customers",
        "new_customers": "New",
        "reactivated_customers": "Returned",
        "churned_customers": "Lost",
        "joined_and_left": "Joined and left within the period",
    },
    "paying_customers",
    "Closing customers",
    COUNT,
    ("churned_customers", "joined_and_left"),
)


@dataclass(frozen=True)
class MovementBlock:
    """Where a block stands on its sheet: the rows of its typed lines, oldest period first, and what follows."""

    sheet: WorkbookSheet
    title: str
    kind: Kind
    rows: dict[str, int]
    closing: int
    last: int

    @property
    def opening(self) -> int:
        return min(self.rows.values())

    @property
    def ours(self) -> int:
        """The row of what the reports say of the closing; beneath it the gap to the opening."""
        return self.closing + 1

    @property
    def end(self) -> int:
        return self.closing + 3

    def line(self, row: int, *, skip: int = 0, drop: int = 0) -> Cells:
        """The cells of a row, without the first `skip` and the last `drop` periods."""
        return self.sheet.cells(row, FIRST + skip, row, self.last - drop)

    def typed(self) -> tuple[Cells, Cells]:
        """All cells that are typed in."""
        lines = self.sheet.cells(self.opening, FIRST, self.closing - 1, self.last)
        return lines, self.line(self.ours)

    def terms(self, figures: WorkbookFigures, column: int) -> dict[str, Term]:
        """The columns that the declarations count, as the cells of one period have them; 0 where left out."""
        rows = self.rows | {self.kind.closing: self.closing}
        terms = {}
        for name in (*self.kind.lines, self.kind.closing):
            cell = self.sheet.cells(rows[name], column) if name in rows else None
            term = Term(cell.here, cell.value, self.kind.sign(name)) if cell else Term("0", 0.0)
            terms[figures.column(name)] = term
        return terms

    def check_closing(self) -> None:
        """That the pack's period closes at what the reports say."""
        what = f"{self.title}: closing = opening + movements"
        ours, found = (self.sheet.cells(row, self.last) for row in (self.ours, self.closing))
        self.sheet.check(what, ours.value, found.again, self.kind.unit)

    def check_chain(self) -> None:
        """That every period closes at what the reports say and opens at the closing before."""
        what, ours, closing = self.title, self.line(self.ours), self.line(self.closing)
        unit = self.kind.unit
        self.sheet.check_same(f"{what}: every closing as the reports say", ours, closing, unit=unit)
        if self.last > FIRST:
            openings, before = self.line(self.opening, skip=1), self.line(self.closing, drop=1)
            what = f"{what}: every opening = the closing before"
            self.sheet.check_same(what, before, openings, unit=unit)


def write_block(
    sheet: WorkbookSheet,
    figures: WorkbookFigures,
    kind: Kind,
    title: str,
    top: int,
    backs: list[int],
    *,
    segment: str = ALL,
) -> MovementBlock:
    """The block of a segment over some periods: a line each for opening and movements, typed, and its closing.

    Lines that are zero throughout may be left out.
    """
    rows: dict[str, int] = {}
    row, opening = top, top + 1
    sheet.section(top, title, FIRST + len(backs))
    for name, label in kind.lines.items():
        amounts = [figures.value(name, segment=segment, back=back) for back in backs]
        if name in _LEFT_OUT_WHERE_ZERO and not any(amounts):
            continue
        row = rows[name] = row + 1
        first = row == opening
        sheet.text(row, 0, label, **{"bold": True} if first else {"indent": 1})
        shown = number_format(sheet.formatter, kind.unit, dash=not first)
        for column, amount in enumerate(amounts, start=FIRST):
            signed = kind.sign(name) * amount
            sheet.typed(row, column, signed, kind.unit, num_format=shown, bold=first)
    block = MovementBlock(sheet, title, kind, rows, row + 1, FIRST + len(backs) - 1)
    _write_closing(block, [figures.value(kind.closing, segment=segment, back=b) for b in backs])
    return block


def _write_closing(block: MovementBlock, ours: Sequence[float]) -> None:
    """The closing as the sum of its column; beneath it two proofs."""
    sheet, unit, closing = block.sheet, block.kind.unit, block.closing
    shown = number_format(sheet.formatter, unit)
    dash = number_format(sheet.formatter, unit, dash=True)
    line = {"bold": True, "top": 1, "top_color": NAVY}
    small = {"font_size": 9, "num_format": shown}
    quiet = {**small, "font_color": MUTED}
    sheet.text(closing, 0, block.kind.label, **line)
    sheet.text(block.ours, 0, "closing as the reports say", **quiet, indent=1)
    sheet.text(block.ours + 1, 0, "opening less the closing before", **quiet, indent=1)
    for column, amount in enumerate(ours, start=FIRST):
        lines = sheet.cells(block.opening, column, closing - 1)
        total = Formula(f"SUM({lines.here})", sum(lines.values))
        sheet.formula(closing, column, total, unit, **line, num_format=shown)
        sheet.typed(block.ours, column, amount, unit, **small)
        if column > FIRST:
            opening, before = sheet.cells(block.opening, column), sheet.cells(closing, column - 1)
            gap = round(opening.value - before.value, 6) + 0.0
            less = Formula(f"ROUND({opening.here}-{before.here},6)", gap)
            sheet.formula(block.ours + 1, column, less, unit, **quiet | {"num_format": dash})


def write_rates(
    figures: WorkbookFigures, names: Sequence[str], block: MovementBlock, *beside: MovementBlock
) -> None:
    """Figures under a block, as formulas of its cells, and a check of each in the pack's period.

    Under a block of customers, what a declaration counts may stand in the block of money `beside`.
    """
    sheet = block.sheet
    for row, name in enumerate(names, start=block.end):
        metric = figures.metric(name)
        unit = metric.unit_of()
        look = {"align": "right"}
        if unit != MONEY:
            look["num_format"] = number_format(sheet.formatter, unit)
        sheet.text(row, 0, metric.title)
        for column in range(FIRST, block.last + 1):
            terms: dict[str, Term] = {}
            for each in (block, *beside):
                terms |= each.terms(figures, column)
            sheet.formula(row, column, declared_formula(metric.rule(), terms), unit, **look)
        reading, cell = figures.reading(name), sheet.cells(row, block.last)
        if reading and cell.value == cell.value:
            what = f"{metric.title}, from the movements"
            sheet.check(what, reading.value, cell.again, unit)
