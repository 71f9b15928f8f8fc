"""The sheet of survey scores: answers by score, and the scores computed from them."""

from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_range, xl_range_abs

from cs_lib.pack.workbook.checks_sheet import WorkbookCheck, control_total
from cs_lib.pack.workbook.sheet import HEAD, MUTED, NAVY, WorkbookSheet, here, number_format
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.report.text.measure_row import number
from cs_lib.vocabulary import COUNT, PERCENT

NAME = "Survey"
WIDTH = 4


@dataclass(frozen=True)
class Result:
    """One figure under the answers: its formula, its value now, and the metric it is (if any)."""

    label: str
    formula: str
    value: float
    metric: str = ""
    variant: str | None = None


@dataclass(frozen=True)
class Answers:
    """The answers of one instrument in the period, by score, and the part of the scale that counts."""

    instrument: str
    column: int
    counts: dict[float, float]
    band: tuple[float, float] | None

    @property
    def top(self) -> int:
        return HEAD + 1

    @property
    def bottom(self) -> int:
        return self.top + len(self.counts) - 1

    @property
    def band_rows(self) -> tuple[int, int]:
        """Beneath the results: from which score to which one counts."""
        return self.bottom + 6, self.bottom + 7

    @property
    def scores(self) -> str:
        return xl_range_abs(self.top, self.column, self.bottom, self.column)

    @property
    def numbers(self) -> str:
        return xl_range_abs(self.top, self.column + 1, self.bottom, self.column + 1)

    @property
    def total(self) -> float:
        return sum(self.counts.values())

    def within(self, low: float, high: float) -> float:
        """How many answers lie on that part of the scale, both ends included."""
        return sum(n for score, n in self.counts.items() if low <= score <= high)


def why_not(figures: WorkbookFigures) -> str:
    """Why there is no such sheet; empty where there is one."""
    if found(figures):
        return ""
    for name in ("nps_answers", "csat_answers", "ces_answers"):
        if not figures.has(name):
            return figures.measures.left_out.get(name, "no answers")
    return "nobody answered in this period"


def found(figures: WorkbookFigures) -> list[Answers]:
    """The answers of each instrument that has any in the period, side by side."""
    given = figures.edition.definitions
    ces = given.ces
    blocks: list[Answers] = []
    for instrument, scale, band in (
        ("nps", given.nps.scale, None),
        ("csat", given.csat.scale, given.csat.satisfied),
        ("ces", ces.scale if ces else None, ces.easy if ces else None),
    ):
        counts = _counts(figures, instrument, scale)
        if any(counts.values()):
            blocks.append(Answers(instrument, len(blocks) * (WIDTH + 1), counts, band))
    return blocks


def _counts(
    figures: WorkbookFigures, instrument: str, scale: tuple[int, int] | None
) -> dict[float, float]:
    """Answers by score; a whole score of the scale that nobody gave is there with 0."""
    rows = figures.rows
    rows = rows[(rows["metric"] == f"{instrument}_answers") & (rows["segment_by"] == "score")]
    counts = {float(score): 0.0 for score in range(scale[0], scale[1] + 1)} if scale else {}
    for segment, value in zip(rows["segment"], rows["value"], strict=True):
        score = number(segment.removeprefix("score="))
        if score == score and value == value:
            counts[score] = float(value)
    return dict(sorted(counts.items()))


def write(sheet: WorkbookSheet, figures: WorkbookFigures) -> list[WorkbookCheck]:
    """The instruments side by side: answers, totals and scores; gives the checks."""
    blocks = found(figures)
    sheet.set_up(
        [24, 11, 15, 13, 3] * len(blocks),
        note="The latest answer of each respondent at a touchpoint. "
        "Change a blue count and the scores beneath follow.",
        freeze=0,
    )
    checks = []
    for block in blocks:
        _write_answers(sheet, block)
        checks += _write_results(sheet, figures, block)
    spans = [sheet.span(b.top, b.column + 1, b.bottom, b.column + 1) for b in blocks]
    typed = [many for block in blocks for many in block.counts.values()]
    return [*checks, control_total("all typed answers", sheet, *spans, values=typed)]


def _write_answers(sheet: WorkbookSheet, block: Answers) -> None:
    column = block.column
    title = block.instrument.upper()
    sheet.heads([f"{title}: score", "Answers", "Share", "Said by"], at=column)
    if block.band:
        word = "Satisfied" if block.instrument == "csat" else "Easy"
        for row, side, end in zip(block.band_rows, ("from", "to"), block.band, strict=True):
            sheet.text(row, column, f"{word}: {side} a score of", font_color=MUTED)
            sheet.typed(row, column + 1, end, COUNT)
    total = here(block.bottom + 1, column + 1)
    for row, (score, many) in enumerate(block.counts.items(), start=block.top):
        sheet.typed(row, column, score, COUNT, num_format="General", align="left")
        sheet.typed(row, column + 1, many, COUNT)
        share, part = f"{here(row, column + 1)}/{total}", many / block.total
        sheet.formula(row, column + 2, share, part, PERCENT, font_color=MUTED)
        sheet.text(row, column + 3, _said_by(block, score), font_color=MUTED, align="right")
    bars = {"type": "data_bar", "bar_solid": True, "bar_color": "#A9CCE8", "min_type": "num"}
    where = xl_range(block.top, column + 2, block.bottom, column + 2)
    sheet.page.conditional_format(where, {**bars, "min_value": 0})


def _said_by(block: Answers, score: float) -> str:
    if block.instrument == "nps":
        return "promoters" if score >= 9 else "passives" if score >= 7 else "detractors"
    if block.band and block.band[0] <= score <= block.band[1]:
        return "satisfied" if block.instrument == "csat" else "easy"
    return ""


def _write_results(
    sheet: WorkbookSheet, figures: WorkbookFigures, block: Answers
) -> list[WorkbookCheck]:
    checks, column = [], block.column
    line = {"top": 1, "top_color": NAVY}
    for row, result in enumerate(_results(block), start=block.bottom + 1):
        metric = figures.metric(result.metric) if result.metric else None
        unit = metric.unit_of(result.variant) if metric else COUNT
        look: dict[str, Any] = {"bold": bool(metric and result.variant == metric.canonical)}
        if row == block.bottom + 1:
            look = {**line, "bold": True}
            for blank in (2, 3):
                sheet.text(row, column + blank, "", **line)
        sheet.text(row, column, result.label, **look)
        look["num_format"] = number_format(sheet.formatter, unit)
        sheet.formula(row, column + 1, result.formula, result.value, unit, **look)
        ours = figures.reading(result.metric, result.variant) if metric else None
        if ours:
            what, cell = f"{result.label}, from the answers by score", sheet.cell(row, column + 1)
            checks.append(WorkbookCheck(what, NAME, ours.value, cell, result.value, unit))
    return checks


# ---------------------------------------------------------------- the scores


def _results(block: Answers) -> list[Result]:
    """The number of answers, and what is made of them."""
    title = block.instrument.upper()
    answers = f"{block.instrument}_answers"
    counted = Result(f"{title} answers", f"SUM({block.numbers})", block.total, answers)
    if block.instrument == "nps":
        return [counted, *_nps(block)]
    mean = Result(
        f"{title}, mean score",
        f"SUMPRODUCT({block.scores},{block.numbers})/SUM({block.numbers})",
        sum(score * many for score, many in block.counts.items()) / block.total,
        block.instrument,
        "mean" if block.instrument == "csat" else "standard",
    )
    return [counted, *_shares(block), mean]


def _nps(block: Answers) -> list[Result]:
    scores, numbers = block.scores, block.numbers
    total, promoters, _, detractors = (
        here(block.bottom + i, block.column + 1) for i in range(1, 5)
    )
    high, low = block.within(9, 10), sum(n for score, n in block.counts.items() if score < 7)
    net, whole = high - low, block.total
    score = f"100*({promoters}-{detractors})/{total}"
    return [
        Result("Promoters", f'SUMIF({scores},">=9",{numbers})', high),
        Result("Passives", f"{total}-{promoters}-{detractors}", whole - high - low),
        Result("Detractors", f'SUMIF({scores},"<7",{numbers})', low),
        Result("NPS", score, 100 * net / whole, "nps", "standard"),
    ]


def _shares(block: Answers) -> list[Result]:
    """How many answered on the part of the scale that counts, and which share they are; none without one."""
    if not block.band:
        return []
    column = block.column + 1
    low, high = (xl_range_abs(row, column, row, column) for row in block.band_rows)
    total, counted = (here(block.bottom + i, column) for i in (1, 2))
    scores, inside = block.scores, block.within(*block.band)
    many, share, variant = {
        "csat": ("Satisfied", "CSAT", "standard"),
        "ces": ("Found it easy", "CES, share easy", "share_easy"),
    }[block.instrument]
    number = f'SUMIFS({block.numbers},{scores},">="&{low},{scores},"<="&{high})'
    divided = f"{counted}/{total}"
    return [
        Result(many, number, inside),
        Result(share, divided, inside / block.total, block.instrument, variant),
    ]
