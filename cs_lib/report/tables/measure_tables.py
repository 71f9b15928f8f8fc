"""The tables of a report: slices of the measures in, ReportTable out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from cs_lib.judgement.plan_variance import Variance
from cs_lib.judgement.standing import Standing
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.sums import Sum
from cs_lib.period import MONTH, Period
from cs_lib.report.display import LeftOut, ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import MISSING, Formatter, heading, metric_title, spoken
from cs_lib.report.text.measure_row import (
    Reading,
    day,
    labels,
    number,
    period_of,
    readings,
    split_column,
)
from cs_lib.report.text.movement_sentences import MOVEMENT_WORDS, movement_amounts
from cs_lib.report.text.sentences import COUNTED, counted
from cs_lib.report.text.verdict_words import MARKS, grain_words, target_sign
from cs_lib.vocabulary import COUNT, CUSTOMERS, IMMATURE, LOST_MRR, MONEY, OK, SELDOM_MOVED

METRICS, SEGMENTS, PERIODS, VARIANTS = "metrics", "segments", "periods", "variants"
AGES = "Per cent remaining, by months after joining"
BEYOND = {True: "yes", False: "no"}


def metric_table(
    frame: pd.DataFrame,
    metrics: Mapping[str, Metric],
    formatter: Formatter,
    *,
    rows: str = METRICS,
    before: pd.DataFrame | None = None,
    standings: Sequence[Standing | None] | None = None,
    group: str | None = None,
    caption: str = "",
    notes: Sequence[str] = (),
) -> ReportTable:
    """Value, interval, n, change, target and status; one row a metric, segment, period or variant.

    `frame`: rows of the measures, in the order shown; a column `distinguishable` (True, False or
    None) fills "Unusual change". `metrics`: name → Metric. `before`: rows of an earlier period,
    matched by metric, variant and segment. `standings`: how each row stands to its target. `group` (one
    of the same four) heads sections.
    """
    found = list(map(_as_told, readings(frame)))
    heads = _heads(found, metrics, formatter, rows)
    sections = _heads(found, metrics, formatter, group) if group else [None] * len(found)
    earlier = {_key(each): _as_told(each) for each in readings(before)}
    sure = frame["distinguishable"].tolist() if "distinguishable" in frame else [None] * len(found)
    lines = []
    standings = standings or [None] * len(found)
    for reading, head, section, beyond, standing in zip(
        found, heads, sections, sure, standings, strict=True
    ):
        line = _line(reading, metrics[reading.metric], formatter, earlier.get(_key(reading)))
        line |= judged_cells(standing, metrics[reading.metric], formatter)
        strong = rows == SEGMENTS and head == "All"
        line |= {"head": head, "group": section, "beyond": BEYOND.get(beyond, ""), "strong": strong}
        lines.append(line)
    columns = [
        TableColumn("head", _head_title(found, rows), left=True),
        TableColumn("value", "Value"),
        TableColumn("interval", f"{formatter.level} interval", muted=True),
        TableColumn("n", "n", muted=True),
        TableColumn("change", _change_title(found, earlier, formatter)),
        TableColumn("beyond", "Unusual change", left=True),
        TableColumn("target", "Target"),
        TableColumn("status", "Status", left=True, mark=True),
    ]
    return build_table(
        lines, columns, caption=caption, notes=notes, group="group" if group else None, data=frame
    )


def _as_told(reading: Reading) -> Reading:
    """What was lost, as how much was lost."""
    if reading.metric not in LOST_MRR:
        return reading
    return replace(reading, value=0.0 - reading.value, low=-reading.high, high=-reading.low)


def _key(reading: Reading) -> tuple:
    return reading.metric, reading.variant, reading.segment_by, reading.segment


def _line(reading: Reading, metric: Metric, formatter: Formatter, earlier: Reading | None) -> dict:
    rule, unit = metric.rule(reading.variant), metric.unit_of(reading.variant)
    return {
        "value": formatter.value(reading.value, unit) if reading.ok else MISSING,
        "interval": formatter.interval(reading.low, reading.high, unit) if reading.ok else "",
        "status": formatter.status(reading, rule),
        "n": formatter.value(reading.n, COUNT) if reading.n > 0 else "",
        "change": formatter.change_short(reading.value, earlier.value, unit, full=True)
        if earlier and earlier.ok and reading.ok
        else "",
    }


def judged_cells(standing: Standing | None, metric: Metric, formatter: Formatter) -> dict:
    """The target and the verdict, as a row of a table has them."""
    if standing is None:
        return {}
    sign = target_sign(standing.target.value, metric.unit_of(), standing.direction, formatter)
    return {
        "target": f"{sign}{grain_words(standing, metric)}",
        "status": MARKS[standing.verdict],
    }


def plan_table(
    found: Sequence[Variance], metrics: Mapping[str, Metric], formatter: Formatter
) -> ReportTable:
    """Actual, plan and variance: one row a planned metric."""
    lines = []
    for each in found:
        metric = metrics[each.metric]
        unit = metric.unit_of()
        actual, planned = formatter.ends((each.actual, each.planned), unit)
        lines.append(
            {
                "head": metric_title(metric),
                "actual": actual,
                "planned": planned,
                "variance": formatter.change_short(each.actual, each.planned, unit),
            }
        )
    columns = [
        TableColumn("head", "Metric", left=True),
        TableColumn("actual", "Actual"),
        TableColumn("planned", "Plan"),
        TableColumn("variance", "Variance"),
    ]
    data = pd.DataFrame([(v.metric, v.actual, v.planned) for v in found])
    return build_table(lines, columns, caption="Actual against plan", data=data)


def _heads(
    found: list[Reading], metrics: Mapping[str, Metric], formatter: Formatter, rows: str
) -> list[str]:
    if rows == SEGMENTS:
        return labels(found)
    if rows == PERIODS:
        return [formatter.period_short(each.period) if each.period else "" for each in found]
    if rows == VARIANTS:
        return [variant_name(metrics[each.metric], each.variant) for each in found]
    latest = max((each.period for each in found if each.period), default=None)
    return [
        formatter.dated(
            metric_title(metrics[each.metric], each.variant), each.period, unless=latest
        )
        for each in found
    ]


def _head_title(found: list[Reading], rows: str) -> str:
    if rows == SEGMENTS:
        return heading(split_column(found)) if found else "Segment"
    return {METRICS: "Metric", PERIODS: "Period", VARIANTS: "Rule"}[rows]


def _change_title(found: list[Reading], earlier: dict, formatter: Formatter) -> str:
    """From which period the changes of the rows are: one of all, else that before the row's own."""
    pairs = {
        (row.period, then.period)
        for row in found
        if (then := earlier.get(_key(row))) and row.ok and then.ok and row.period and then.period
    }
    periods = {then for _, then in pairs}
    if len(periods) == 1:
        return f"Change from {formatter.period_short(periods.pop())}"
    if pairs and all(now.back() == then for now, then in pairs):
        return f"Change from the {max(periods).grain} before"
    return "Change"


def variant_name(metric: Metric, variant: str | None) -> str:
    """A rule's own name: its label, else its variant in words; the canonical one says so."""
    rule = metric.rule(variant)
    name = rule.label or spoken(rule.variant)
    return f"{name} (used in the reports)" if rule.variant == metric.canonical else name


def variants_table(frame: pd.DataFrame, metric: Metric, formatter: Formatter) -> ReportTable:
    """One metric under each of its rules, with what each divides by what.

    `frame`: rows of the measures for one metric, period and segment, one row a variant.
    """
    lines = []
    for reading in readings(frame):
        rule, unit = metric.rule(reading.variant), metric.unit_of(reading.variant)
        over, under = (
            _part(says, part, amount, formatter)
            for says, part, amount in zip(
                rule.says, rule.sums, (reading.numerator, reading.denominator), strict=True
            )
        )
        lines.append(
            {
                "head": variant_name(metric, reading.variant),
                "value": formatter.figure(reading, unit, rule=rule),
                "interval": formatter.interval(reading.low, reading.high, unit)
                if reading.ok
                else "",
                "made_of": " ÷ ".join(filter(None, (over, under))),
            }
        )
    columns = [
        TableColumn("head", "Rule", left=True),
        TableColumn("value", "Value"),
        TableColumn("interval", f"{formatter.level} interval", muted=True),
        TableColumn("made_of", "Numerator ÷ denominator", left=True),
    ]
    title = f"{metric.title} under each rule in use"
    return build_table(lines, columns, caption=title, data=frame)


def _part(says: str, part: Sum | None, amount: float, formatter: Formatter) -> str:
    """ "31 customers paying at the start of the period", "$842K of MRR …"; the sentence alone when unknown."""
    if part is None:
        return "" if says == "1" else says
    if number(amount) != amount:
        return says
    if part.scale == 1:
        several = says.split()[0] in COUNTED
        return (
            counted(amount, says, formatter)
            if several
            else f"{formatter.value(amount, COUNT)}: {says}"
        )
    return f"{formatter.value(amount, part.unit, bare=True)}: {says}"


def movement_table(
    frame: pd.DataFrame,
    formatter: Formatter,
    *,
    caption: str = "",
) -> ReportTable:
    """Opening, every movement and closing, in columns by period, or by segment where those differ.

    `frame`: rows `opening_mrr`, `new_mrr`, …, `mrr` of the measures. A movement that is zero
    throughout is left out, other than new, expansion, contraction and churn.
    """
    several = frame["segment"].nunique() > 1
    keys = ["segment"] if several else ["period_start"]
    groups = [(key, part) for (key,), part in frame.groupby(keys, sort=not several)]
    names = labels([Reading.of(part.iloc[0]) for _, part in groups]) if several else None
    columns, found = [TableColumn("head", "Movement", left=True)], {}
    for position, (_, part) in enumerate(groups):
        period = period_of(part.iloc[0])
        title = names[position] if names else formatter.period_short(period) if period else "Amount"
        columns.append(TableColumn(f"c{position}", title))
        found[f"c{position}"] = movement_amounts(part)
    lines = []
    for name, said in {"opening": "Opening", **MOVEMENT_WORDS, "closing": "Closing"}.items():
        amounts = {key: values[name] for key, values in found.items()}
        if name in SELDOM_MOVED and not any(map(_moved, amounts.values())):
            continue
        texts = {key: formatter.value(amount, MONEY) for key, amount in amounts.items()}
        total = name in ("opening", "closing")
        lines.append({"head": said[:1].upper() + said[1:], "strong": total, **texts})
    return build_table(lines, columns, caption=caption or "From opening to closing", data=frame)


def _moved(amount: float) -> bool:
    return amount == amount and amount != 0


def cohort_table(
    cohorts: pd.DataFrame,
    formatter: Formatter,
    *,
    measure: str = CUSTOMERS,
    max_age: int = 12,
) -> ReportTable | LeftOut:
    """The cohort triangle: one row a month of joining, one column an age of a month or more.

    `cohorts`: cohort cells of one segment; the weighted mean (no cohort date) stands at the end.
    """
    cells = cohorts[(cohorts["measure"] == measure) & (cohorts["age"] <= max_age)]
    if cells.empty:
        return LeftOut("cohort table", "no cohort has joined yet")
    ages = sorted(int(age) for age in cells["age"].unique() if age > 0)
    if not ages:
        return LeftOut("cohort table", "no cohort has been observed for a whole month yet")
    dated = cells[cells["cohort"].notna()]
    lines = [
        _cohort_line(cohort, part, formatter) for cohort, part in dated.groupby("cohort", sort=True)
    ]
    mean = cells[cells["cohort"].isna()]
    if not mean.empty:
        lines.append({**_cohort_line(None, mean, formatter), "size": "", "strong": True})
    first = "First revenue" if measure != CUSTOMERS else "Customers"
    columns = [TableColumn("head", "Joined in", left=True), TableColumn("size", first, muted=True)]
    columns += [TableColumn(f"age{age}", str(age), under=AGES) for age in ages]
    notes = []
    if (cells["status"] == IMMATURE).any():
        notes.append("An empty cell is not yet observable.")
    return build_table(lines, columns, caption="Retention by cohort", notes=notes, data=cohorts)


def _cohort_line(cohort: pd.Timestamp | None, part: pd.DataFrame, formatter: Formatter) -> dict:
    when = day(cohort) if cohort is not None else None
    head = (
        formatter.period_short(Period.containing(when, MONTH)) if when else "All, weighted by size"
    )
    start = part[part["age"] == 0]
    size = number(start["denominator"].iloc[0]) if len(start) else number(None)
    money = part["measure"].iloc[0] != CUSTOMERS
    line = {"head": head, "size": formatter.value(size, MONEY if money else COUNT, compact=True)}
    for row in part.to_dict("records"):
        shown = row["status"] == OK and number(row["value"]) == row["value"]
        immature = row["status"] == IMMATURE
        text = formatter.decimal(row["value"] * 100, 1) if shown else "" if immature else MISSING
        line[f"age{int(row['age'])}"] = text
    return line
