"""The first sheet: the headline figures of the period against the period before and the target."""

from dataclasses import dataclass

from cs_lib.judgement import Standing, distinguishable
from cs_lib.pack.run.lineage import published_words
from cs_lib.pack.workbook.checks_sheet import WorkbookCheck, control_total, verdict_cell
from cs_lib.pack.workbook.history_sheet import Trends
from cs_lib.pack.workbook.sheet import (
    BAD,
    GOOD,
    HEAD,
    MUTED,
    UNSURE,
    WorkbookSheet,
    here,
    number_format,
)
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.report.tables.measure_tables import BEYOND
from cs_lib.report.text.formatting import MISSING, metric_title
from cs_lib.report.text.measure_row import Reading
from cs_lib.report.text.verdict_words import MARKS
from cs_lib.vocabulary import (
    COUNT,
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    MET,
    MISSED,
    MONEY,
    PERCENT,
    RATIO,
    TOO_CLOSE,
)

NAME = "Scorecard"
VALUE, LOW, HIGH, N, BEFORE, CHANGE, SURE = range(1, 8)
JUDGED, JUDGED_LOW, JUDGED_HIGH, TARGET, STATUS, TREND = range(8, 14)
WARNINGS = 6
_SIGNED = {PERCENT: '0.0" pp"', RATIO: '0.0"×"', MONEY: "#,##0"}


@dataclass(frozen=True)
class Line:
    """One headline: its reading now and before, and how it stands to its target."""

    name: str
    title: str
    unit: str
    now: Reading
    before: Reading | None
    standing: Standing | None
    sure: bool | None
    status: str


def write(
    sheet: WorkbookSheet, figures: WorkbookFigures, trends: Trends, missing: dict[str, str]
) -> WorkbookCheck:
    """The headlines by section, then notes; gives the control total of the figures shown."""
    level, earlier = figures.formatter.level, figures.formatter.period_short(figures.period.back())
    sheet.set_up(
        [37, 12, 12, 12, 8, 12, 11, 10, 12, 12, 12, 12, 19, 18],
        note="Blue figures are typed in from the measures, black ones are formulas. "
        "All figures, rules and segments are on the sheets that follow.",
    )
    heads = [
        "",
        figures.formatter.period_short(figures.period),
        f"{level} low",
        f"{level} high",
        "n",
        earlier,
        "Change",
        "Unusual change",
        "Judged on",
        f"{level} low ",
        f"{level} high ",
        "Target",
        "Status",
        "Trend",
    ]
    sheet.heads(heads)
    sheet.page.set_row(HEAD, 28)
    row = HEAD
    for section, names in figures.headlines.items():
        row += 1
        sheet.section(row, section, TREND + 1)
        for name in names:
            row += 1
            _write_line(sheet, row, line_of(figures, name))
            if name in trends.spans:
                _trend(sheet, row, trends.spans[name])
    last = max(row, HEAD + 1)
    marks = {MARKS[MET]: GOOD, MARKS[MISSED]: BAD, MARKS[TOO_CLOSE]: UNSURE}
    sheet.verdicts(f"{here(HEAD + 1, STATUS)}:{here(last, STATUS)}", marks)
    _notes(sheet, figures, row + 2, missing)
    columns = (VALUE, LOW, HIGH, N, BEFORE, JUDGED, JUDGED_LOW, JUDGED_HIGH, TARGET)
    spans = [sheet.span(HEAD + 1, column, last, column) for column in columns]
    return control_total("the scorecard", sheet, *spans)


def write_verdict(sheet: WorkbookSheet, verdict: str) -> None:
    """What the sheet of checks says, on the first page."""
    sheet.formula(1, TREND, verdict_cell(), verdict, COUNT, align="right", bold=True)
    sheet.verdicts(here(1, TREND), {"PASS": GOOD, "FAIL": BAD})


def line_of(figures: WorkbookFigures, name: str) -> Line:
    """The headline of a metric for all customers, under the rule that the reports use."""
    waiting = figures.waiting(name)
    row, earlier = figures.row(name, back=waiting), figures.row(name, back=waiting + 1)
    now, metric = Reading.of(row), figures.metric(name)
    before = None if waiting else figures.reading(name, back=1)
    return Line(
        name,
        figures.formatter.dated(
            metric_title(metric, now.variant), now.period, unless=figures.period
        ),
        metric.unit_of(now.variant),
        now,
        before,
        figures.standing(name, variant=now.variant),
        distinguishable(row, earlier, metric),
        figures.formatter.status(now, metric.rule(now.variant)),
    )


def _write_line(sheet: WorkbookSheet, row: int, line: Line) -> None:
    now, unit = line.now, line.unit
    sheet.text(row, 0, line.title, indent=1)
    sheet.text(row, SURE, _sure_words(line.sure), font_color=MUTED, align="right")
    if line.before:
        sheet.typed(row, BEFORE, line.before.value, unit, **_shown(sheet, line, line.before.value))
    if line.standing:
        figure = line.standing.figure
        judged = (figure.value, figure.low, figure.high, line.standing.target.value)
        for column, value in enumerate(judged, start=JUDGED):
            sheet.typed(row, column, value, unit, **_shown(sheet, line, value))
        _write_status(sheet, row, line.standing)
    if not now.ok:
        sheet.text(row, VALUE, MISSING, align="right")
        if not line.standing:
            sheet.text(row, STATUS, line.status, font_color=MUTED, align="right", italic=True)
        return
    shown = _shown(sheet, line, now.value)
    sheet.typed(row, VALUE, now.value, unit, bold=True, **shown)
    sheet.typed(row, LOW, now.low, unit, **shown)
    sheet.typed(row, HIGH, now.high, unit, **shown)
    if now.n > 0:
        sheet.typed(row, N, now.n, COUNT)
    if line.before:
        _write_change(sheet, row, line.unit, now.value, line.before.value)


def _sure_words(sure: bool | None) -> str:
    return "" if sure is None else BEYOND[sure]


def _shown(sheet: WorkbookSheet, line: Line, value: float) -> dict[str, str]:
    """The format of a headline: all of a line alike, cents for small money, units spelled out."""
    cents = abs(line.now.value if line.now.ok else value) < 100
    return {"num_format": number_format(sheet.formatter, line.unit, cents=cents, spelled=True)}


def _write_change(sheet: WorkbookSheet, row: int, unit: str, value: float, earlier: float) -> None:
    """Percentage points for a rate, per cent for money and counts, the difference for a score."""
    now, before = here(row, VALUE), here(row, BEFORE)
    formula, change, shown = f"{now}-{before}", value - earlier, _SIGNED.get(unit, "0.0")
    if unit == PERCENT:
        formula, change = f"100*({formula})", 100 * change
    elif unit in (MONEY, COUNT) and earlier > 0:
        formula, change, shown = f"{now}/{before}-1", change / earlier, "0.0%"
    sheet.formula(row, CHANGE, formula, change, unit, num_format=f"+{shown};-{shown};{shown}")


def _write_status(sheet: WorkbookSheet, row: int, standing: Standing) -> None:
    """The verdict: a formula of the figure judged and the target, where it was reached by them."""
    if standing.verdict not in (MET, MISSED, TOO_CLOSE):
        mark = MARKS[standing.verdict]
        sheet.text(row, STATUS, mark, font_color=MUTED, align="right", italic=True)
        return
    low, high, target = (here(row, column) for column in (JUDGED_LOW, JUDGED_HIGH, TARGET))
    if not standing.figure.has_interval:
        low = high = here(row, JUDGED)
    good, bad = {
        HIGHER_IS_BETTER: (f"{low}>={target}", f"{high}<{target}"),
        LOWER_IS_BETTER: (f"{high}<={target}", f"{low}>{target}"),
    }[standing.direction]
    met, missed, unsure = (f'"{MARKS[verdict]}"' for verdict in (MET, MISSED, TOO_CLOSE))
    formula = f"IF({good},{met},IF({bad},{missed},{unsure}))"
    sheet.formula(row, STATUS, formula, MARKS[standing.verdict], COUNT, align="right")


def _trend(sheet: WorkbookSheet, row: int, where: str) -> None:
    options = {"range": where, "series_color": "#0072B2", "last_point": True, "last_color": BAD}
    sheet.page.add_sparkline(row, TREND, {**options, "weight": 1.25})


def _notes(
    sheet: WorkbookSheet, figures: WorkbookFigures, row: int, missing: dict[str, str]
) -> None:
    for text in notes(figures, missing):
        sheet.text(row, 0, text, font_color=MUTED, font_size=9)
        row += 1


def notes(figures: WorkbookFigures, missing: dict[str, str]) -> list[str]:
    """What a reader of the figures has to know: targets, sheets left out, the state of the data."""
    said = [
        "Status: met or missed when the whole interval of the figure judged lies on that side of the "
        "target. Rates and scores are judged on twelve months together. Change a target and its status "
        "follows."
    ]
    said += [f"Left out: the sheet {name} ({reason})." for name, reason in missing.items()]
    state = figures.measures.data
    rejected = sum(each["rows"] for each in state.get("rejects", ()))
    if rejected:
        rows = figures.formatter.count(rejected, "row")
        said.append(f"{rows} of the data were rejected and are not in these figures.")
    warnings = [
        published_words(each) for each in state.get("findings", ()) if each["level"] == "warning"
    ]
    said += [f"Warning about the data: {says}" for says in warnings[:WARNINGS]]
    if len(warnings) > WARNINGS:
        more = figures.formatter.count(len(warnings) - WARNINGS, "more warning")
        said.append(f"And {more}: see the reports.")
    return said
