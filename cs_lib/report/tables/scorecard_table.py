"""Many figures at a glance: the scorecard, segments on a page, and what stands outside its limits."""

import html
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pandas as pd

from cs_lib.judgement.standing import Figure, Standing
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.lifetime_value import FORMULA, SURVIVAL
from cs_lib.metrics.catalogue.rules import Rule
from cs_lib.period import MONTH, PERIODS_A_YEAR, QUARTER, YEAR, Period
from cs_lib.report.display import ReportTable, Sentence
from cs_lib.report.tables.measure_tables import judged_cells
from cs_lib.report.tables.sparkline import Drawn, sparkline
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import MISSING, Formatter, heading, metric_title
from cs_lib.report.text.measure_row import Reading, readings, records
from cs_lib.report.text.sentences import QUICK_RATIO, behind, counted, gained_and_lost
from cs_lib.report.text.verdict_words import MARKS, judged_ends, judged_text
from cs_lib.vocabulary import HIGHER_IS_BETTER, MET, MISSED, NEITHER, OWNER, POINTS, UNDEFINED

#: how a page knows this table
SCORECARD = "scorecard"
ABOVE, BELOW = "▲ above", "▼ below"
APART = " ◆"
BY_CHANCE = "≈"
BY_CHANCE_NOTE = f"{BY_CHANCE} after a change: within normal variation."
TREND = "Trend: the straight line through up to 24 periods before, carried on to this one; it is not their average."
MONTHS = PERIODS_A_YEAR[MONTH]
MRR = "mrr"
#: with money of this size the scorecard is written short, else in full
IN_FULL = 1e8
#: what a lifetime's worth is called where there is little room
WORTH = {"cltv": "LTV", "ltv_to_cac": "LTV:CAC"}
#: of a target met by a lifetime longer than the history
BY_FORMULA = "by formula alone"
MARKED = tuple(MARKS[verdict][0] for verdict in (MET, MISSED))


@dataclass(frozen=True)
class ScorecardRow:
    """One headline figure with all that a scorecard says of it."""

    section: str
    metric: Metric
    now: Reading
    before: Reading | None = None
    distinguishable: bool | None = None
    usual: float = math.nan
    signal: bool = False
    standing: Standing | None = None
    year: Figure | None = None
    series: tuple[float, ...] = ()
    year_ago: Reading | None = None
    year_distinguishable: bool | None = None
    to_date: float = math.nan
    planned: float = math.nan
    months: float = math.nan
    history: float = math.nan

    @property
    def is_beyond_history(self) -> bool:
        """Whether a lifetime's worth by formula supposes that customers stay longer than the history is."""
        return self.now.variant == FORMULA and self.months > self.history

    @property
    def judged(self) -> Figure | None:
        """The figure over several periods: the one a verdict was reached on, else that of twelve months."""
        return self.standing.figure if self.standing and self.standing.pooled else self.year

    @property
    def stands_judged(self) -> bool:
        """Whether what is judged is the figure of the period as it stands, and no other stands beside it."""
        period, judged = self.now.period, self.judged
        alike = judged is not None and (judged.first, judged.last) == (period, period)
        return alike or self.is_of_a_year

    @property
    def is_of_a_year(self) -> bool:
        """Whether the figure of the period is itself one of twelve months."""
        return self.metric.name not in WORTH and _a_year(self.metric.rule(self.now.variant))


def scorecard_table(
    entries: Sequence[ScorecardRow], formatter: Formatter, *, caption: str, short: bool = False
) -> ReportTable:
    """One row a headline metric, in sections; empty columns fall away. `short`: one list, without lines.

    The figure that is held against a target stands beside it, before that of the period alone. What belongs to a
    text stands under it: what a figure rests on, its interval or its sum of the year so far, and the plan.
    """
    full = max((abs(each.now.value) for each in entries if each.now.ok), default=0) < IN_FULL
    lines = [scorecard_line(each, formatter, full=full) for each in entries]
    period = max((each.now.period for each in entries if each.now.period), default=None)
    for line, entry in zip(lines, entries, strict=True):
        head = line["head"]
        if entry.now.period != period:
            head, line["change"], line["year"] = (
                formatter.dated(head, entry.now.period, unless=period),
                "",
                "",
            )
        line["head"] = over(head, line["rests"], gap="  ")
        line["value"] = over(
            line["value"].removesuffix(" points"), line["to_date"] or line["interval"]
        )
        line["judged"] = over(line["judged"].removesuffix(" points"), line["judged_ends"])
        if entry.stands_judged and entry.now.ok:
            line["judged"], line["value"] = line["value"], ""
        if entry.is_beyond_history and line["status"] == MARKS[MET]:
            line["status"] = over(line["status"], BY_FORMULA, gap="  ", looks="good")
        line["target"] = over(line.get("target", ""), line["plan"])
    columns = [
        TableColumn("head", "Metric", left=True),
        TableColumn("judged", _judged_title(entries)),
        TableColumn("target", "Target"),
        TableColumn("status", "Status", left=True, mark=True),
        TableColumn("value", formatter.period_short(period) if period else "Value"),
        TableColumn(
            "change", f"On {formatter.period_short(period.back())}" if period else "Change"
        ),
        TableColumn(
            "year",
            f"On {formatter.period_short(period.year_before())}" if period else "On the year",
        ),
        TableColumn("usual", "Unusual", left=True, mark=True),
    ]
    if not short:
        columns.append(TableColumn("line", _spark_title(entries), left=True))
    return build_table(
        lines,
        columns,
        caption=caption,
        notes=_notes(lines, entries, formatter),
        group=None if short else "section",
        kind=SCORECARD,
    )


def over(text: str, under: str, gap: str = " ", looks: str = "") -> str:
    """A cell with something smaller under its text, which `looks` good or bad; beside it in plain text."""
    if not under:
        return text
    shown = html.escape(text)
    shown = f'<span class="{looks}">{shown}</span>' if looks else shown
    lines = shown + ("<br>" if text else "")
    smaller = "muted" if text else "muted alone"
    markup = f'{lines}<span class="{smaller}">{html.escape(under)}</span>'
    if not text:
        return Drawn(under, markup)
    beside = f"{gap}{under}" if gap != " " else f" ({under})"
    return Drawn(f"{text}{beside}", markup)


def _spark_title(entries: Sequence[ScorecardRow]) -> str:
    longest = max((len(each.series) for each in entries), default=0)
    period = entries[0].now.period
    return f"Last {longest} {period.grain}s" if period and longest > 1 else "Trend"


def scorecard_line(entry: ScorecardRow, formatter: Formatter, *, full: bool = False) -> dict:
    """The texts of one headline figure by column; `full` writes money out."""
    now, metric = entry.now, entry.metric
    rule, unit = metric.rule(now.variant), metric.unit_of(now.variant)
    title = row_title(entry)
    line = {
        "section": entry.section,
        "head": title,
        "status": formatter.status(now, rule),
        "rests": rests_on(entry, formatter),
        "plan": "",
        "to_date": "",
        "interval": "",
        "judged": "",
        "judged_ends": "",
    }
    line |= judged_cells(entry.standing, metric, formatter)
    if entry.judged is not None:
        line["judged"] = judged_text(entry.judged, metric, formatter)
        line["judged_ends"] = judged_ends(entry.judged, metric, formatter)
    line["line"] = sparkline(
        entry.series,
        alt=_spark_alt(title, entry, unit, formatter),
        baseline=entry.usual,
        signal=entry.signal,
    )
    if not now.ok:
        return {**line, "value": MISSING}
    value, to_date = (
        formatter.value(each, unit, compact=not full) for each in (now.value, entry.to_date)
    )
    if entry.to_date == entry.to_date and now.period:
        line["to_date"] = f"{to_date} in {now.period.start.year}"
    if entry.planned == entry.planned:
        planned = formatter.ends((now.value, entry.planned), unit)[1]
        line["plan"] = f"plan {planned}{_against_plan(now.value, entry.planned, unit, formatter)}"
    return {
        **line,
        "value": value,
        "interval": formatter.interval(now.low, now.high, unit, compact=True),
        "change": _change(now, entry.before, entry.distinguishable, unit, formatter, full),
        "year": _change(now, entry.year_ago, entry.year_distinguishable, unit, formatter, full),
        "usual": _usual(entry, unit, formatter),
    }


def _against_plan(value: float, planned: float, unit: str, formatter: Formatter) -> str:
    """ ", 6.0% above it"; nothing where the figure is as planned."""
    side, _, size = formatter.change(value, planned, unit).partition(" ")
    return f", {size} {'above' if side == 'up' else 'below'} it" if size else ""


def row_title(entry: ScorecardRow) -> str:
    """The title in a row: what a lifetime value reaches over is named, twelve months stand beneath."""
    metric, rule = entry.metric, entry.metric.rule(entry.now.variant)
    if metric.name in WORTH and entry.months == entry.months:
        by = "over" if entry.now.variant == SURVIVAL else "by formula,"
        return f"{WORTH[metric.name]} {by} {entry.months:.0f} months"
    return metric.title if _a_year(rule) else metric_title(metric, entry.now.variant)


def _a_year(rule: Rule) -> bool:
    return rule.looks_back == MONTHS or any(each.pooled == MONTHS for each in rule.made_of)


def rests_on(entry: ScorecardRow, formatter: Formatter) -> str:
    """ "2,893 answers, 12 months", "9,553 customer-months": how many, of how long."""
    rule = entry.metric.rule(entry.now.variant)
    n, months = entry.now.n, MONTHS if entry.is_of_a_year else 0
    grain = MONTH
    if entry.judged is not None:
        n, months, grain = entry.judged.n, entry.judged.periods, entry.judged.first.grain
    if not entry.now.ok or not rule.interval:
        return ""
    noun = behind(rule)
    many = [counted(n, noun, formatter)] if noun and 0 < n < math.inf else []
    if many and noun == "customers" and entry.judged is not None and months > 1:
        return formatter.count(n, f"customer-{grain}")
    if months:
        many.append(formatter.count(months, grain))
    if entry.is_beyond_history:
        many.append(f"only {formatter.count(entry.history, 'month')} of history")
    return ", ".join(many)


def _change(
    now: Reading,
    then: Reading | None,
    sure: bool | None,
    unit: str,
    formatter: Formatter,
    full: bool,
) -> str:
    if then is None or not then.ok:
        return ""
    text = formatter.change_short(now.value, then.value, unit, full=full)
    return f"{text} {BY_CHANCE}" if sure is False and text != "0" else text


def _usual(entry: ScorecardRow, unit: str, formatter: Formatter) -> str:
    """On which side of the trend a signal lies; nothing of a figure that is no signal."""
    if not entry.signal:
        return ""
    text = formatter.short(entry.usual, unit)
    return f"{ABOVE if entry.now.value > entry.usual else BELOW} {text}"


def _judged_title(entries: Sequence[ScorecardRow]) -> str:
    """ "Over 12 months", where every figure of several periods is one of so many; else what the column is."""
    spans = {(each.judged.periods, each.judged.first.grain) for each in entries if each.judged}
    spans |= {(MONTHS, MONTH) for each in entries if each.is_of_a_year and each.now.ok}
    periods, grain = spans.pop() if len(spans) == 1 else (0, "")
    return f"Over {periods} {grain}s" if periods > 1 else "Judged on"


def _spark_alt(title: str, entry: ScorecardRow, unit: str, formatter: Formatter) -> str:
    seen = [each for each in entry.series if math.isfinite(each)]
    if not seen:
        return ""
    low, high, last = (formatter.short(each, unit) for each in (min(seen), max(seen), seen[-1]))
    grain = entry.now.period.grain if entry.now.period else "period"
    many = formatter.count(len(entry.series), grain)
    return f"{title}: {low} to {high} in the last {many}, latest {last}"


def _notes(lines: list[dict], entries: Sequence[ScorecardRow], formatter: Formatter) -> list[str]:
    notes = []
    if any(line.get(key, "").endswith(BY_CHANCE) for line in lines for key in ("change", "year")):
        notes.append(BY_CHANCE_NOTE)
    if any(each.signal for each in entries):
        notes.append(
            f"{ABOVE} and {BELOW}: outside the limits of normal variation, with the trend beside. {TREND}"
        )
    longer = {each.now.period for each in entries if each.year and each.now.ok and each.now.period}
    if longer and all(each.grain in (QUARTER, YEAR) for each in longer):
        notes.append(
            f"{_judged_title(entries)}: each month counts for itself. {formatter.period_short(max(longer))}: of the customers "
            "at its start, of each respondent the latest answer; the two differ."
        )
    if beyond := [each for each in entries if each.is_beyond_history and each.now.ok]:
        notes.append(
            f"By formula: as if customers stayed {beyond[0].months:.0f} months on average, longer than the "
            f"{formatter.count(beyond[0].history, 'month')} of history."
        )
    if any(line["status"] in MARKS.values() for line in lines):
        notes.append(
            f"Under a figure: its {formatter.level} interval. Met and missed: the whole interval of the "
            f"figure judged lies on that side of the target; rates and scores are judged {_spans(entries)}."
        )
    return notes


def _spans(entries: Sequence[ScorecardRow]) -> str:
    """ "on twelve months"; where figures rest on several spans, the longest: "on up to twelve months, as stated"."""
    spans = {(each.judged.periods, each.judged.first.grain) for each in entries if each.judged}
    if not spans:
        return "on the periods stated"
    told = max(spans)
    said = _many(*told)
    alike = len({grain for _, grain in spans}) == 1
    if len(spans) == 1:
        return f"on {said}"
    return f"on up to {said}, as stated" if alike else "on the periods stated"


def _many(count: int, grain: str) -> str:
    """ "twelve months", "7 months", "1 month"."""
    if (count, grain) == (MONTHS, MONTH):
        return "twelve months"
    return f"{count} {grain}{'' if count == 1 else 's'}"


@dataclass(frozen=True)
class SegmentEntry:
    """One figure of a segment: the column that it is split by ("" for all), its name, and whether it stands
    apart from the others."""

    by: str
    name: str
    row: ScorecardRow
    apart: bool = False


def segments_table(
    entries: Sequence[SegmentEntry],
    names: Sequence[str],
    formatter: Formatter,
    *,
    caption: str,
    counts: Mapping[str, tuple[int, int]],
    own: bool = False,
) -> ReportTable:
    """Segments in rows, by column, and metrics in columns, each with its own target's mark.

    `counts`: of each column how many segments are shown, and how many there are; `own`: whether one of them is the
    report's.
    """
    lines: dict[tuple[str, str], dict] = {}
    of_column: dict[str, list[float]] = {}
    for each in entries:
        of_column.setdefault(each.row.metric.name, []).append(_figure(each.row))
    titles = {each.row.metric.name: each.row.metric.title for each in entries}

    @cache
    def styled(name: str, unit: str) -> dict[float, str]:
        """The figures of a column in one style."""
        return dict(zip(of_column[name], formatter.alike(of_column[name], unit), strict=True))

    for each in entries:
        first = {
            "by": heading(each.by) if each.by else "",
            "head": each.name,
            "strong": not each.by,
        }
        line = lines.setdefault((each.by, each.name), first)
        line[each.row.metric.name] = _cell(each.row, styled, formatter) + (
            APART if each.apart else ""
        )
    months = {each.row.year.periods for each in entries if each.row.year}
    over = (
        f"over {'up to ' if len(months) > 1 else ''}{_many(max(months), MONTH)}" if months else ""
    )
    columns = [TableColumn("head", "Segment", left=True)]
    columns += [TableColumn(name, titles[name]) for name in names if name in titles]
    texts = [text for line in lines.values() for text in map(str, line.values())]
    notes = [
        f"Rates and scores of a period {over}; everything else at the period's end."
        if over
        else "",
        "✓ met, ✗ missed: the target of the segment, or of all where it has none of its own."
        if any(text.removesuffix(APART).endswith(MARKED) for text in texts)
        else "",
        f"{APART.strip()} stands apart from the others {over or 'over twelve months'}, beyond normal variation."
        if any(each.apart for each in entries)
        else "",
        _owners_words(counts) if MRR in titles else "",
        *(
            _few_words(by, *each, own, formatter)
            for by, each in counts.items()
            if each[0] < each[1]
        ),
    ]
    return build_table(
        list(lines.values()), columns, caption=caption, notes=list(filter(None, notes)), group="by"
    )


def _owners_words(columns: Collection[str]) -> str:
    """That owners differ in their customers, where they stand beside each other."""
    if OWNER not in columns:
        return ""
    return (
        "Owner: whoever has the customers today. Their customers are not alike: whose left more often than customers like "
        "theirs, the books of customer-success managers say."
    )


def _few_words(by: str, few: int, many: int, own: bool, formatter: Formatter) -> str:
    """ "Plan: this one and the 19 largest of 1,000." """
    whole = formatter.value(many, "count")
    said = f"this one and the {few - 1} largest" if own else f"the {few} largest, or apart,"
    return f"{heading(by)}: {said} of {whole}."


def _figure(entry: ScorecardRow) -> float:
    return entry.year.value if entry.year else entry.now.value


def _cell(
    entry: ScorecardRow, styled: Callable[[str, str], dict[float, str]], formatter: Formatter
) -> str:
    """The figure, in the style of its column, and its verdict's mark."""
    unit = entry.metric.unit_of(entry.now.variant)
    if entry.year is None and not entry.now.ok:
        rule = entry.metric.rule(entry.now.variant)
        return (
            formatter.status(entry.now, None if entry.now.status == UNDEFINED else rule) or MISSING
        )
    text = styled(entry.metric.name, unit).get(_figure(entry), MISSING)
    text = text.removesuffix(" points") if unit == POINTS else text
    verdict = entry.standing.verdict if entry.standing else None
    return f"{text} {MARKS[verdict][0]}" if verdict in (MET, MISSED) else text


def signals_table(
    frame: pd.DataFrame,
    metrics: dict[str, Metric],
    formatter: Formatter,
    *,
    caption: str,
    period: Period | None = None,
) -> ReportTable:
    """The figures outside their limits, the farthest first.

    `frame`: rows of the measures with centre, limit_low and limit_high; those of another period than this
    one are dated.
    """
    rows = readings(frame)
    lines = []
    for row, extra in zip(rows, records(frame), strict=True):
        metric = metrics[row.metric]
        unit, base = metric.unit_of(row.variant), extra["centre"]
        high, title = row.value > base, metric_title(metric, row.variant)
        lines.append(
            {
                "head": formatter.dated(title, row.period, unless=period),
                "where": formatter.segment(row.segment_by, row.segment) or "all",
                "value": formatter.short(row.value, unit),
                "side": ABOVE if high else BELOW,
                "limits": formatter.interval(
                    extra["limit_low"], extra["limit_high"], unit, compact=True
                ),
                "usual": formatter.short(base, unit),
                "n": formatter.value(row.n, "count") if row.n > 0 else "",
                "meaning": _meaning(metric, row.variant, high),
            }
        )
    columns = [
        TableColumn("head", "Metric", left=True),
        TableColumn("where", "Segment", left=True),
        TableColumn("value", "Value"),
        TableColumn("side", "Side", left=True, mark=True),
        TableColumn("limits", "Limits", muted=True),
        TableColumn("usual", "Trend"),
        TableColumn("n", "n", muted=True),
        TableColumn("meaning", "News", left=True),
    ]
    notes = [TREND] if lines else []
    return build_table(lines, columns, caption=caption, data=frame, notes=notes)


def _meaning(metric: Metric, variant: str | None, high: bool) -> str:
    direction = metric.direction_of(variant)
    if direction == NEITHER:
        return "a change"
    return "good" if high == (direction == HIGHER_IS_BETTER) else "bad"


def signals_sentence(
    frame: pd.DataFrame,
    metrics: dict[str, Metric],
    looked: int,
    period: Period,
    *,
    formatter: Formatter,
) -> Sentence:
    """How many figures lie outside their limits, and which lies farthest."""
    many, when = formatter.count(looked, "figure"), formatter.period(period)
    if frame.empty:
        return Sentence(f"In {when} nothing moved more than usual, of {many} that can be judged.")
    first = Reading.of(frame.iloc[0])
    metric = metrics[first.metric]
    unit = metric.unit_of(first.variant)
    where = formatter.segment(first.segment_by, first.segment)
    base = frame["centre"].iloc[0]
    title = formatter.dated(metric_title(metric, first.variant), first.period, unless=period)
    farthest = (
        f"{title}{f' for {where}' if where else ''}: "
        f"{formatter.short(first.value, unit)}, where the trend was "
        f"{formatter.short(base, unit)}"
    )
    if first.metric == QUICK_RATIO and first.has_parts:
        farthest += f" ({gained_and_lost(first, formatter)})"
    if len(frame) == 1:
        return Sentence(f"In {when}, one figure of {looked} moved more than usual. {farthest}.")
    return Sentence(
        f"In {when}, {formatter.value(len(frame), 'count')} of {many} moved more than usual. "
        f"The clearest is {farthest}."
    )
