"""The first sheet: the headline figures of the period against the period before and the target."""

from cs_lib.judgement.comparisons import distinguishable
from cs_lib.judgement.standing import Standing
from cs_lib.pack.run.lineage import published_words
from cs_lib.pack.workbook.cells import Cells, Formula
from cs_lib.pack.workbook.sheet import BAD, GOOD, HEAD, MUTED, UNSURE, WorkbookSheet, number_format
from cs_lib.pack.workbook.workbook_check import FAIL, PASS
from cs_lib.pack.workbook.workbook_figures import WorkbookFigures
from cs_lib.report.tables.measure_tables import BEYOND
from cs_lib.report.tables.scorecard_table import ScorecardRow
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


def write(
    sheet: WorkbookSheet, figures: WorkbookFigures, missing: dict[str, str]
) -> dict[str, int]:
    """The headlines by section, then notes; gives the row of each."""
    level, short = figures.formatter.level, figures.formatter.period_short
    columns = [
        ("", 37),
        (short(figures.period), 12),
        (f"{level} low", 12),
        (f"{level} high", 12),
        ("n", 8),
        (short(figures.period.back()), 12),
        ("Change", 11),
        ("Unusual change", 10),
        ("Judged on", 12),
        (f"{level} low ", 12),
        (f"{level} high ", 12),
        ("Target", 12),
        ("Status", 19),
        ("Trend", 18),
    ]
    sheet.set_up(
        columns,
        note="Blue figures are typed in from the measures, black ones are formulas. "
        "All figures, rules and segments are on the sheets that follow.",
    )
    sheet.page.set_row(HEAD, 28)
    row, rows = HEAD, {}
    for section, names in figures.headlines.items():
        row += 1
        sheet.section(row, section, TREND + 1)
        for name in names:
            row = rows[name] = row + 1
            _write_line(sheet, figures, row, headline(figures, name))
    last = max(row, HEAD + 1)
    marks = {MARKS[MET]: GOOD, MARKS[MISSED]: BAD, MARKS[TOO_CLOSE]: UNSURE}
    sheet.verdicts(sheet.cells(HEAD + 1, STATUS, last), marks)
    for text in notes(figures, missing):
        sheet.text(row + 2, 0, text, font_color=MUTED, font_size=9)
        row += 1
    typed = (VALUE, LOW, HIGH, N, BEFORE, JUDGED, JUDGED_LOW, JUDGED_HIGH, TARGET)
    spans = (sheet.cells(HEAD + 1, column, last) for column in typed)
    sheet.check_total("the scorecard", *spans)
    return rows


def write_trend(sheet: WorkbookSheet, row: int, history: Cells) -> None:
    """A small line of the figure's history behind a headline."""
    options = {"series_color": "#0072B2", "last_point": True, "last_color": BAD, "weight": 1.25}
    sheet.page.add_sparkline(row, TREND, {"range": history.named, **options})


def write_verdict(sheet: WorkbookSheet, verdict: Cells) -> None:
    """What the sheet of checks says, on the first page."""
    sheet.formula(1, TREND, verdict.again, COUNT, align="right", bold=True)
    sheet.verdicts(sheet.cells(1, TREND), {PASS: GOOD, FAIL: BAD})


def headline(figures: WorkbookFigures, name: str) -> ScorecardRow:
    """The headline of a metric for all customers, under the rule that the reports use."""
    newest = figures.newest(name)
    waiting = next(back for back in range(1000) if figures.period.back(back) <= newest)
    row, earlier = figures.row(name, back=waiting), figures.row(name, back=waiting + 1)
    now, metric = Reading.of(row), figures.metric(name)
    return ScorecardRow(
        section="",
        metric=metric,
        now=now,
        before=None if waiting else figures.reading(name, back=1),
        distinguishable=distinguishable(row, earlier, metric),
        standing=figures.standing(name, variant=now.variant),
    )


def _write_line(
    sheet: WorkbookSheet, figures: WorkbookFigures, row: int, line: ScorecardRow
) -> None:
    now, metric, standing = line.now, line.metric, line.standing
    unit, title = metric.unit_of(now.variant), metric_title(metric, now.variant)
    title = figures.formatter.dated(title, now.period, unless=figures.period)
    sheet.text(row, 0, title, indent=1)
    sure = "" if line.distinguishable is None else BEYOND[line.distinguishable]
    sheet.text(row, SURE, sure, font_color=MUTED, align="right")

    def typed(column: int, value: float, **look: bool) -> None:
        """A figure of the line: all alike, cents for small money, units spelled out."""
        cents = abs(now.value if now.ok else value) < 100
        shown = number_format(sheet.formatter, unit, cents=cents, spelled=True)
        sheet.typed(row, column, value, unit, **look, num_format=shown)

    if line.before:
        typed(BEFORE, line.before.value)
    if standing:
        figure = standing.figure
        judged = (figure.value, figure.low, figure.high, standing.target.value)
        for column, value in enumerate(judged, start=JUDGED):
            typed(column, value)
        _write_status(sheet, row, standing)
    if not now.ok:
        sheet.text(row, VALUE, MISSING, align="right")
        if not standing:
            status = figures.formatter.status(now, metric.rule(now.variant))
            sheet.text(row, STATUS, status, font_color=MUTED, align="right", italic=True)
        return
    typed(VALUE, now.value, bold=True)
    typed(LOW, now.low)
    typed(HIGH, now.high)
    if now.n > 0:
        sheet.typed(row, N, now.n, COUNT)
    if line.before:
        _write_change(sheet, row, unit)


def _write_change(sheet: WorkbookSheet, row: int, unit: str) -> None:
    """Percentage points for a rate, per cent for money and counts, the difference for a score."""
    now, before = sheet.cells(row, VALUE), sheet.cells(row, BEFORE)
    change, shown = now.value - before.value, _SIGNED.get(unit, "0.0")
    found = Formula(f"{now.here}-{before.here}", change)
    if unit == PERCENT:
        found = Formula(f"100*({found.text})", 100 * change)
    elif unit in (MONEY, COUNT) and before.value > 0:
        found, shown = Formula(f"{now.here}/{before.here}-1", change / before.value), "0.0%"
    sheet.formula(row, CHANGE, found, unit, num_format=f"+{shown};-{shown};{shown}")


def _write_status(sheet: WorkbookSheet, row: int, standing: Standing) -> None:
    """The verdict: a formula of the figure judged and the target, where it was reached by them."""
    if standing.verdict not in (MET, MISSED, TOO_CLOSE):
        mark = MARKS[standing.verdict]
        sheet.text(row, STATUS, mark, font_color=MUTED, align="right", italic=True)
        return
    ends = (JUDGED_LOW, JUDGED_HIGH) if standing.figure.has_interval else (JUDGED, JUDGED)
    low, high, target = (sheet.cells(row, column).here for column in (*ends, TARGET))
    good, bad = {
        HIGHER_IS_BETTER: (f"{low}>={target}", f"{high}<{target}"),
        LOWER_IS_BETTER: (f"{high}<={target}", f"{low}>{target}"),
    }[standing.direction]
    met, missed, unsure = (f'"{MARKS[verdict]}"' for verdict in (MET, MISSED, TOO_CLOSE))
    found = Formula(f"IF({good},{met},IF({bad},{missed},{unsure}))", MARKS[standing.verdict])
    sheet.formula(row, STATUS, found, COUNT, align="right")


def notes(figures: WorkbookFigures, missing: dict[str, str]) -> list[str]:
    """What a reader of the figures has to know: targets, sheets left out, the state of the data."""
    said = [
        "Status: met or missed when the whole interval of the figure judged lies on that side of the "
        "target. Rates and scores are judged on several months together: twelve, where the target says "
        "nothing else. Change a target and its status follows."
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
