"""Opening, movements and closing of one group of customers, with the rates that follow from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cs_lib.pack.workbook.checks_sheet import WorkbookCheck, control_total, differences
from cs_lib.pack.workbook.declared_formulas import NOTHING, Term, declared_formula
from cs_lib.pack.workbook.sheet import MUTED, NAVY, WorkbookSheet, here, number_format
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
        return {name: self.top + row for row, name in enumerate(names, start=1)}

    @property
    def opening(self) -> list[float]:
        return next(iter(self.typed.values()))

    @property
    def closing(self) -> list[float]:
        """The opening and all movements, added up as the sheet's formula does."""
        return [sum(amounts) for amounts in zip(*self.typed.values(), strict=True)]

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

    def terms(self, figures: WorkbookFigures, i: int) -> dict[str, Term]:
        """The columns that the declarations count, as the cells of one period have them; 0 where left out."""
        terms = {}
        for name in self.kind.lines:
            cell, value = "0", 0.0
            if name in self.typed:
                cell, value = here(self.rows[name], FIRST + i), self.typed[name][i]
            terms[figures.column(name)] = Term(cell, value, self.kind.sign(name))
        closing = Term(here(self.rows["closing"], FIRST + i), self.closing[i])
        return terms | {figures.column(self.kind.closing): closing}


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
        name: [kind.sign(name) * figures.value(name, segment=segment, back=back) for back in backs]
        for name in kind.lines
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
    for number, (name, values) in enumerate(block.typed.items()):
        first = number == 0
        sheet.text(rows[name], 0, kind.lines[name], **{"bold": True} if first else {"indent": 1})
        shown = number_format(sheet.formatter, kind.unit, dash=not first)
        for column, value in enumerate(values, start=FIRST):
            sheet.typed(rows[name], column, value, kind.unit, num_format=shown, bold=first)
    _write_closing(sheet, block)


def _write_closing(sheet: WorkbookSheet, block: MovementBlock) -> None:
    rows, unit = block.rows, block.kind.unit
    opening, total = block.top + 1, rows["closing"]
    shown = number_format(sheet.formatter, unit)
    dash = number_format(sheet.formatter, unit, dash=True)
    line = {"bold": True, "top": 1, "top_color": NAVY}
    small = {"font_size": 9, "num_format": shown}
    quiet = {**small, "font_color": MUTED}
    sheet.text(total, 0, block.kind.label, **line)
    sheet.text(rows["ours"], 0, "closing as the reports say", **quiet, indent=1)
    sheet.text(rows["gap"], 0, "opening less the closing before", **quiet, indent=1)
    for i, value in enumerate(block.closing):
        column = FIRST + i
        total_of = f"SUM({here(opening, column)}:{here(total - 1, column)})"
        sheet.formula(total, column, total_of, value, unit, **line, num_format=shown)
        sheet.typed(rows["ours"], column, block.ours[i], unit, **small)
        if i:
            gap = round(block.opening[i] - block.closing[i - 1], 6) + 0.0
            less = f"ROUND({here(opening, column)}-{here(total, column - 1)},6)"
            sheet.formula(rows["gap"], column, less, gap, unit, **{**quiet, "num_format": dash})


def write_rates(
    sheet: WorkbookSheet,
    figures: WorkbookFigures,
    block: MovementBlock,
    names: Sequence[str],
    *,
    beside: MovementBlock | None = None,
) -> list[WorkbookCheck]:
    """Figures under a block, as formulas of its cells; gives a check of each in the pack's period.

    `beside` is the block of money, where this is one of customers: what its declaration counts may be there.
    """
    checks = []
    for row, name in enumerate(names, start=block.end):
        metric = figures.metric(name)
        unit = metric.unit_of()
        sheet.text(row, 0, metric.title)
        look = {"align": "right"}
        if unit != MONEY:
            look["num_format"] = number_format(sheet.formatter, unit)
        value: float | str = NOTHING
        for i in range(len(block.ours)):
            terms = block.terms(figures, i) | (beside.terms(figures, i) if beside else {})
            formula, value = declared_formula(metric.rule(), terms)
            sheet.formula(row, FIRST + i, formula, value, unit, **look)
        reading = figures.reading(name)
        if reading and not isinstance(value, str):
            what, cell = f"{metric.title}, from the movements", sheet.cell(row, block.last)
            checks.append(WorkbookCheck(what, sheet.name, reading.value, cell, value, unit))
    return checks


# ---------------------------------------------------------------- checks


def closing_check(sheet: WorkbookSheet, block: MovementBlock) -> WorkbookCheck:
    """That the pack's period closes at what the reports say."""
    what = f"{block.title}: closing = opening + movements"
    cell = sheet.cell(block.rows["closing"], block.last)
    return WorkbookCheck(what, sheet.name, block.ours[-1], cell, block.closing[-1], block.kind.unit)


def chain_checks(sheet: WorkbookSheet, block: MovementBlock) -> Iterator[WorkbookCheck]:
    """That every period closes at what the reports say and opens at the closing before."""
    closings, unit = block.span(sheet, "closing"), block.kind.unit
    yield differences(
        sheet.name,
        f"{block.title}: every closing as the reports say",
        (closings, block.closing),
        (block.span(sheet, "ours"), block.ours),
        unit,
    )
    if len(block.ours) > 1:
        yield differences(
            sheet.name,
            f"{block.title}: every opening = the closing before",
            (block.span(sheet, next(iter(block.typed)), skip=1), block.opening[1:]),
            (block.span(sheet, "closing", drop=1), block.closing[:-1]),
            unit,
        )


def control(sheet: WorkbookSheet, blocks: list[MovementBlock]) -> WorkbookCheck:
    """The sum of all that is typed in on this sheet."""
    spans = []
    for block in blocks:
        bottom = block.rows["closing"] - 1
        spans += [sheet.span(block.top + 1, FIRST, bottom, block.last), block.span(sheet, "ours")]
    return control_total("all typed movements", sheet, *spans)
