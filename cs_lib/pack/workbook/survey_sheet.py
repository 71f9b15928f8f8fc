"""The sheet of survey scores: answers by score, and the scores computed from them."""

from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_range, xl_range_abs

from cs_lib.pack.workbook.checks_sheet import WorkbookCheck, control_total
from cs_lib.pack.workbook.sheet import HEAD, MUTED, NAVY, WorkbookSheet, here, number_format
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.report.text.measure_row import number
from cs_lib.vocabulary import COUNT, PERCENT, POINTS, SCORE

NAME = "Survey"
WIDTH = 4


@dataclass(frozen=True)
class Result:
    """One figure under the answers: the metric it is (if any), its formula, and its value now."""

    label: str
    metric: str
    variant: str | None
    unit: str
    formula: str
    value: float
    strong: bool = False


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
    for row, result in enumerate(_RESULTS[block.instrument](block), start=block.bottom + 1):
        look: dict[str, Any] = {"bold": result.strong}
        if row == block.bottom + 1:
            look = {**line, "bold": True}
            for blank in (2, 3):
                sheet.text(row, column + blank, "", **line)
        sheet.text(row, column, result.label, **look)
        shown, unit = number_format(sheet.formatter, result.unit), result.unit
        sheet.formula(row, column + 1, result.formula, result.value, unit, **look, num_format=shown)
        ours = figures.reading(result.metric, result.variant) if result.metric else None
        if ours:
            what, cell = f"{result.label}, from the answers by score", sheet.cell(row, column + 1)
            checks.append(WorkbookCheck(what, NAME, ours.value, cell, result.value, unit))
    return checks


# ---------------------------------------------------------------- the scores


def _answered(block: Answers) -> Result:
    label, name = f"{block.instrument.upper()} answers", f"{block.instrument}_answers"
    return Result(label, name, None, COUNT, f"SUM({block.numbers})", block.total)


def _nps(block: Answers) -> list[Result]:
    scores, numbers, row, column = block.scores, block.numbers, block.bottom + 1, block.column + 1
    total, promoters, _, detractors = (here(row + i, column) for i in range(4))
    high, low = block.within(9, 10), sum(n for score, n in block.counts.items() if score < 7)
    net, whole = high - low, block.total
    return [
        _answered(block),
        Result("Promoters", "", None, COUNT, f'SUMIF({scores},">=9",{numbers})', high),
        Result(
            "Passives", "", None, COUNT, f"{total}-{promoters}-{detractors}", whole - high - low
        ),
        Result("Detractors", "", None, COUNT, f'SUMIF({scores},"<7",{numbers})', low),
        Result(
            "NPS",
            "nps",
            "standard",
            POINTS,
            f"100*({promoters}-{detractors})/{total}",
            100 * net / whole,
            strong=True,
        ),
    ]


def _csat(block: Answers) -> list[Result]:
    return [
        *_band_results(block, "Satisfied", "CSAT", "csat", "standard", strong=True),
        _mean(block, "CSAT, mean score", "csat", "mean", strong=False),
    ]


def _ces(block: Answers) -> list[Result]:
    if not block.band:
        return [_answered(block), _mean(block, "CES, mean score", "ces", "standard", strong=True)]
    return [
        *_band_results(block, "Found it easy", "CES, share easy", "ces", "share_easy"),
        _mean(block, "CES, mean score", "ces", "standard", strong=True),
    ]


def _band_results(
    block: Answers, label: str, share: str, metric: str, variant: str, *, strong: bool = False
) -> list[Result]:
    row, column = block.bottom + 1, block.column + 1
    low, high = (xl_range_abs(r, column, r, column) for r in block.band_rows)
    scores, inside = block.scores, block.within(*(block.band or (0, 0)))
    counted = f'SUMIFS({block.numbers},{scores},">="&{low},{scores},"<="&{high})'
    divided = f"{here(row + 1, column)}/{here(row, column)}"
    return [
        _answered(block),
        Result(label, "", None, COUNT, counted, inside),
        Result(share, metric, variant, PERCENT, divided, inside / block.total, strong=strong),
    ]


def _mean(block: Answers, label: str, metric: str, variant: str, *, strong: bool) -> Result:
    mean = sum(score * n for score, n in block.counts.items()) / block.total
    formula = f"SUMPRODUCT({block.scores},{block.numbers})/SUM({block.numbers})"
    return Result(label, metric, variant, SCORE, formula, mean, strong)


_RESULTS = {"nps": _nps, "csat": _csat, "ces": _ces}
