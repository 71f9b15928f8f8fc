"""The sheet of survey scores: answers by score, and the scores computed from them."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from cs_lib.pack.workbook.cells import Cells, Formula
from cs_lib.pack.workbook.sheet import HEAD, MUTED, NAVY, WorkbookSheet, number_format
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.report.text.measure_row import number
from cs_lib.vocabulary import COUNT, PERCENT

NAME = "Survey"
TOP = HEAD + 1
#: of instruments whose edition says which scores count: who gave them, the answers, and the share of them
_SHARES = {
    "csat": ("satisfied", "Satisfied", "CSAT", "standard"),
    "ces": ("easy", "Found it easy", "CES, share easy", "share_easy"),
}


class Result(NamedTuple):
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
    counts: dict[float, float]
    band: tuple[float, float] | None

    @property
    def title(self) -> str:
        return self.instrument.upper()

    @property
    def bottom(self) -> int:
        return TOP + len(self.counts) - 1

    @property
    def total(self) -> float:
        return sum(self.counts.values())

    def within(self, low: float, high: float) -> float:
        """How many answers lie on that part of the scale, both ends included."""
        return sum(n for score, n in self.counts.items() if low <= score <= high)

    def said_by(self, score: float) -> str:
        """What those are called who gave a score."""
        if self.instrument == "nps":
            return "promoters" if score >= 9 else "passives" if score >= 7 else "detractors"
        inside = self.band and self.band[0] <= score <= self.band[1]
        return _SHARES[self.instrument][0] if inside else ""


def why_not(figures: WorkbookFigures) -> str:
    """Why there is no such sheet; empty where there is one."""
    if answers(figures):
        return ""
    for name in ("nps_answers", "csat_answers", "ces_answers"):
        if not figures.has(name):
            return figures.measures.left_out.get(name, "no answers")
    return "nobody answered in this period"


def answers(figures: WorkbookFigures) -> list[Answers]:
    """The answers of each instrument that has any in the period."""
    given = figures.edition.definitions
    ces = given.ces
    found = (
        Answers("nps", _counts(figures, "nps", given.nps.scale), None),
        Answers("csat", _counts(figures, "csat", given.csat.scale), given.csat.satisfied),
        Answers(
            "ces", _counts(figures, "ces", ces.scale if ces else None), ces.easy if ces else None
        ),
    )
    return [each for each in found if any(each.counts.values())]


def _counts(
    figures: WorkbookFigures, instrument: str, scale: tuple[int, int] | None
) -> dict[float, float]:
    """Answers by score; a whole score of the scale that nobody gave is there with 0."""
    rows = figures.of_period
    rows = rows[(rows["metric"] == f"{instrument}_answers") & (rows["segment_by"] == "score")]
    counts = {float(score): 0.0 for score in range(scale[0], scale[1] + 1)} if scale else {}
    for segment, value in zip(rows["segment"], rows["value"], strict=True):
        score = number(segment.removeprefix("score="))
        if score == score and value == value:
            counts[score] = float(value)
    return dict(sorted(counts.items()))


def write(sheet: WorkbookSheet, figures: WorkbookFigures) -> None:
    """The instruments side by side: answers, totals and scores, with the checks that they allow."""
    columns: list[tuple[str | None, float]] = []
    places = {}
    for each in answers(figures):
        places[len(columns)] = each
        head = f"{each.title}: score"
        columns += [(head, 24), ("Answers", 11), ("Share", 15), ("Said by", 13), (None, 3)]
    sheet.set_up(
        columns,
        note="The latest answer of each respondent at a touchpoint. "
        "Change a blue count and the scores beneath follow.",
        texts=tuple(places),
        freeze=0,
    )
    numbers = [_write_answers(sheet, figures, column, each) for column, each in places.items()]
    sheet.check_total("all typed answers", *numbers)


def _write_answers(
    sheet: WorkbookSheet, figures: WorkbookFigures, column: int, answers: Answers
) -> Cells:
    """The answers of an instrument by score, and its results beneath them; gives the cells of the answers."""
    bottom = answers.bottom
    scores, numbers = (sheet.cells(TOP, column + i, bottom, column + i) for i in (0, 1))
    results = [sheet.cells(bottom + line, column + 1) for line in range(1, 8)]
    for row, (score, many) in enumerate(answers.counts.items(), start=TOP):
        sheet.typed(row, column, score, COUNT, num_format="General", align="left")
        sheet.typed(row, column + 1, many, COUNT)
        share = f"{sheet.cells(row, column + 1).here}/{results[0].here}"
        found = Formula(share, many / answers.total)
        sheet.formula(row, column + 2, found, PERCENT, font_color=MUTED)
        sheet.text(row, column + 3, answers.said_by(score), font_color=MUTED, align="right")
    bars = {"type": "data_bar", "bar_solid": True, "bar_color": "#A9CCE8", "min_type": "num"}
    where = sheet.cells(TOP, column + 2, bottom, column + 2).here
    sheet.page.conditional_format(where, {**bars, "min_value": 0})
    for cell, side, end in zip(results[5:], ("from", "to"), answers.band or (), strict=False):
        said = f"{_SHARES[answers.instrument][0].capitalize()}: {side} a score of"
        sheet.text(cell.top, column, said, font_color=MUTED)
        sheet.typed(cell.top, cell.left, end, COUNT)
    names = {"scores": scores.fixed, "numbers": numbers.fixed}
    names |= {"low": results[5].fixed, "high": results[6].fixed}
    line = {"top": 1, "top_color": NAVY}
    for blank in (2, 3):
        sheet.text(bottom + 1, column + blank, "", **line)
    for cell, result in zip(results, _results(answers), strict=False):
        text = result.formula.format("", *(each.here for each in results), **names)
        look = {**line, "bold": True} if cell is results[0] else {}
        _write_result(sheet, figures, cell, result, Formula(text, result.value), look)
    return numbers


def _write_result(
    sheet: WorkbookSheet,
    figures: WorkbookFigures,
    cell: Cells,
    result: Result,
    formula: Formula,
    look: dict[str, Any],
) -> None:
    """One figure, and its check where it is one of the measures."""
    metric = figures.metric(result.metric) if result.metric else None
    unit = metric.unit_of(result.variant) if metric else COUNT
    look = {"bold": bool(metric and result.variant == metric.canonical), **look}
    sheet.text(cell.top, cell.left - 1, result.label, **look)
    shown = number_format(sheet.formatter, unit)
    sheet.formula(cell.top, cell.left, formula, unit, **look, num_format=shown)
    ours = figures.reading(result.metric, result.variant) if metric else None
    if ours:
        sheet.check(f"{result.label}, from the answers by score", ours.value, cell.again, unit)


def _results(answers: Answers) -> list[Result]:
    """The number of answers, and what is made of them; {1} is the cell of the first result, and so on."""
    whole, name, title = answers.total, answers.instrument, answers.title
    counted = Result(f"{title} answers", "SUM({numbers})", whole, f"{name}_answers")
    if name == "nps":
        high, low = answers.within(9, math.inf), whole - answers.within(7, math.inf)
        return [
            counted,
            Result("Promoters", 'SUMIF({scores},">=9",{numbers})', high),
            Result("Passives", "{1}-{2}-{4}", whole - high - low),
            Result("Detractors", 'SUMIF({scores},"<7",{numbers})', low),
            Result("NPS", "100*({2}-{4})/{1}", 100 * (high - low) / whole, name, "standard"),
        ]
    mean = Result(
        f"{title}, mean score",
        "SUMPRODUCT({scores},{numbers})/SUM({numbers})",
        sum(score * many for score, many in answers.counts.items()) / whole,
        name,
        "mean" if name == "csat" else "standard",
    )
    if not answers.band:
        return [counted, mean]
    _, label, share, variant = _SHARES[name]
    inside = answers.within(*answers.band)
    within = 'SUMIFS({numbers},{scores},">="&{low},{scores},"<="&{high})'
    return [
        counted,
        Result(label, within, inside),
        Result(share, "{2}/{1}", inside / whole, name, variant),
        mean,
    ]
