"""The customer base as a notebook shows it: how much hangs on how few, what moved its money, and when it joined.

Money is MRR at the period's end; of a business of orders it is the revenue of the twelve months up to it.
"""

import math
from collections.abc import Mapping

import pandas as pd

from cs_lib.kit.selection import EVERY_VARIANT, TREND, Selection
from cs_lib.period import ALL, PERIODS_A_YEAR, Period
from cs_lib.report import figures
from cs_lib.report.display import LeftOut, ReportFigure, ReportTable, Sentence
from cs_lib.report.figures.base_charts import TENTHS
from cs_lib.report.tables import base_tables
from cs_lib.report.text import base_sentences
from cs_lib.report.text.base_sentences import LARGEST_WORDS, MOVE_WORDS, TENTH, YEAR_WORDS
from cs_lib.report.text.measure_row import Reading, readings, segment_pairs
from cs_lib.report.text.word_forms import lower_first
from cs_lib.vocabulary import OK

Parts = list[Sentence | ReportFigure | ReportTable | LeftOut]
#: 100 %: what net revenue retention is held against where it has no target
WHOLE = 1.0
RETENTION = "net_revenue_retention"
CHANGED, JOINED = "What changed, in money", "Money by year of joining"


def concentration(selection: Selection) -> Parts:
    """How much the largest customers bring, now and before: a sentence, a chart, a table."""
    frame = selection.frame("concentration", variant=EVERY_VARIANT, periods=_many(selection) + 1)
    series = _by_variant(frame, selection.period)
    now = {
        name: rows[selection.period] for name, rows in series.items() if selection.period in rows
    }
    if not any(each.ok for each in now.values()):
        return [_no_spread(selection, "concentration", next(iter(now.values()), None))]
    formatter, money = selection.formatter, _money(selection)
    before = {
        name: [row.value for at, row in rows.items() if at < selection.period and row.ok]
        for name, rows in series.items()
    }
    said = base_sentences.concentration_sentence(
        now,
        before.get(TENTH, []),
        money=money,
        paying=_paying(selection),
        grain=selection.period.grain,
        formatter=formatter,
    )
    year_ago = _year_ago(selection)
    ago = {name: rows[year_ago] for name, rows in series.items() if year_ago in rows}
    table = base_tables.concentration_table(
        now,
        ago,
        before,
        money=money,
        periods=(year_ago, selection.period),
        grain=selection.period.grain,
        formatter=formatter,
    )
    said += without_largest(selection)
    return [said, _largest_chart(selection, series, money), table]


def _many(selection: Selection) -> int:
    return TREND[selection.period.grain]


def _year_ago(selection: Selection) -> Period:
    return selection.period.back(PERIODS_A_YEAR[selection.period.grain])


def _by_variant(frame: pd.DataFrame, last: Period) -> dict[str, dict[Period, Reading]]:
    """The readings of each variant by period, in order of time, up to a period."""
    found: dict[str, dict[Period, Reading]] = {}
    for row in sorted(readings(frame), key=lambda row: row.period or last):
        if row.period and row.period <= last:
            found.setdefault(str(row.variant), {})[row.period] = row
    return found


def _no_spread(selection: Selection, name: str, row: Reading | None) -> LeftOut:
    if row is None:
        return selection.left_out([name])
    return LeftOut(selection.metric(name).title, selection.formatter.status(row))


def _money(selection: Selection) -> str:
    """What money the shares are of."""
    return "MRR" if selection.has("mrr") else "twelve months' revenue"


def _paying(selection: Selection) -> float:
    """How many customers MRR is spread over; of orders those of twelve months are counted nowhere else."""
    if not selection.has("mrr"):
        return math.nan
    rows = selection.rows("paying_customers")
    return float(rows["value"].iloc[0]) if len(rows) and rows["status"].iloc[0] == OK else math.nan


def without_largest(selection: Selection) -> Sentence:
    """What net revenue retention would be without the customer who paid most a year ago; empty where not known."""
    pair = [
        next(iter(readings(selection.frame(RETENTION, variant=variant))), None)
        for variant in (None, "without_largest")
    ]
    every, without = pair
    if every is None or without is None or not (every.ok and without.ok):
        return Sentence("")
    goal = selection.judgement.goal(RETENTION, selection.segment.label)
    line = goal[0].value if goal else WHOLE
    return base_sentences.without_largest_sentence(
        every, without, line, bool(goal), selection.formatter
    )


def _largest_chart(
    selection: Selection, series: Mapping[str, dict[Period, Reading]], money: str
) -> ReportFigure | LeftOut:
    first = min(
        (at for rows in series.values() for at, row in rows.items() if row.ok),
        default=selection.period,
    )
    periods = [each for each in _last(selection) if each >= first]
    shares = {
        name: [_value(rows.get(at)) for at in periods]
        for name, rows in series.items()
        if name in LARGEST_WORDS
    }
    latest = series.get(TENTH, {}).get(selection.period)
    return figures.largest_shares(
        shares,
        periods,
        selection.formatter,
        money=money,
        where=selection.where,
        says=base_sentences.largest_title(latest, money, selection.formatter),
    )


def _last(selection: Selection) -> list[Period]:
    many = _many(selection)
    return [selection.period.back(many - 1 - at) for at in range(many)]


def _value(row: Reading | None) -> float:
    return row.value if row is not None and row.ok else math.nan


def tenths(selection: Selection) -> Parts:
    """What each tenth of the customers brings: a sentence and a chart."""
    rows = sorted(readings(selection.frame("share_by_tenth", by="tenth")), key=lambda r: r.segment)
    if not rows or not any(row.ok for row in rows):
        return [_no_spread(selection, "share_by_tenth", rows[0] if rows else None)]
    if any(row.ok and not row.value for row in rows):
        return [LeftOut(TENTHS, "there are fewer than ten customers")]
    formatter, money = selection.formatter, _money(selection)
    verb = "pay" if selection.has("mrr") else "buy"
    return [
        base_sentences.tenths_sentence(rows, money, verb, formatter),
        figures.tenths_chart(
            rows,
            formatter,
            money=money,
            where=selection.where,
            says=base_sentences.tenths_title(rows, money, verb, formatter),
        ),
    ]


def changed(selection: Selection) -> Parts:
    """What changed between two periods, in money: of MRR since a year ago, of orders since the period before."""
    found: Parts = []
    if selection.has("mrr"):
        found += _year_of_mrr(selection)
    if selection.has("revenue"):
        found += _moves_of_orders(selection)
    return found or [selection.left_out(["mrr"], title=CHANGED)]


def _year_of_mrr(selection: Selection) -> Parts:
    """Opening a year ago, what was lost of it and gained with it, and what others bring, to the MRR now."""
    net, gross, mrr = (
        next(iter(readings(selection.frame(name))), None)
        for name in (RETENTION, "gross_revenue_retention", "mrr")
    )
    if net is None or gross is None or mrr is None or not (net.ok and gross.ok and mrr.ok):
        return [LeftOut("What changed MRR in a year", "a year before is not known, or is hidden")]
    ago, now = net.denominator, mrr.value
    steps = {
        "lost": gross.numerator - ago,
        "gained": net.numerator - gross.numerator,
        "since": now - net.numerator,
    }
    inside = selection.segment.label != ALL
    periods, formatter = (_year_ago(selection), selection.period), selection.formatter
    said = base_sentences.year_moves_sentence(steps, ago, now, periods, formatter, inside=inside)
    chart = figures.moves_waterfall(
        f"MRR, {formatter.period(periods[0])} to {formatter.period(periods[1])}",
        (formatter.period_short(periods[0]), formatter.period_short(periods[1])),
        ago,
        [(YEAR_WORDS[name], amount) for name, amount in steps.items()],
        now,
        formatter,
        where=selection.where,
        says=base_sentences.rose_words("MRR", ago, [*steps.values()], now, periods, formatter),
    )
    return [said, chart]


def _moves_of_orders(selection: Selection) -> Parts:
    moves = {}
    for name in MOVE_WORDS:
        rows = _by_variant(
            selection.frame(f"{name}_revenue", variant=EVERY_VARIANT), selection.period
        )
        amount, many = (
            rows.get(each, {}).get(selection.period) for each in ("standard", "customers")
        )
        if amount is None or many is None or not (amount.ok and many.ok):
            return [LeftOut("What moved revenue", "the period before is not known, or is hidden")]
        moves[name] = (amount.value, many.value)
    now, before = (_value_of(selection, "revenue", back) for back in (0, 1))
    periods, formatter = (selection.period.back(1), selection.period), selection.formatter
    said = base_sentences.order_moves_sentence(moves, before, now, periods, formatter)
    steps = [(MOVE_WORDS[name][0], moves[name][0]) for name in moves]
    chart = figures.moves_waterfall(
        f"Revenue, {formatter.period(periods[0])} to {formatter.period(periods[1])}",
        (formatter.period_short(periods[0]), formatter.period_short(periods[1])),
        before,
        steps,
        now,
        formatter,
        where=selection.where,
        says=base_sentences.rose_words(
            "Revenue", before, [amount for _, amount in steps], now, periods, formatter
        ),
    )
    return [said, chart, base_tables.moves_table(moves, before, now, periods, formatter)]


def _value_of(selection: Selection, name: str, back: int = 0) -> float:
    return _value(next(iter(readings(selection.frame(name, back=back))), None))


def vintages(selection: Selection) -> Parts:
    """Money by the year in which customers joined: a sentence, a chart and a table, of MRR and of orders."""
    found: Parts = []
    for name, whole in (("mrr_by_vintage", "mrr"), ("revenue_by_vintage", "revenue")):
        if selection.has(name):
            found += _vintages_of(selection, name, whole)
    return found or [selection.left_out(["mrr_by_vintage"], title=JOINED)]


def _vintages_of(selection: Selection, name: str, whole: str) -> Parts:
    now, then = (
        _years(selection, name, back) for back in (0, PERIODS_A_YEAR[selection.period.grain])
    )
    total = _value_of(selection, whole)
    title, formatter = lower_first(selection.metric(whole).title), selection.formatter
    if not any(now.values()) or not total > 0:
        return [LeftOut(f"{title} by year of joining", "there is none in this period")]
    year_ago = _year_ago(selection)
    years = sorted({*now, *then}, key=lambda year: (year.isdigit(), year), reverse=True)
    over = {year for year in years if year.isdigit() and int(year) < year_ago.end.year}
    rows = [
        (year, now.get(year, 0.0), then.get(year, math.nan) if year in over else math.nan)
        for year in years
        if now.get(year) or (year in over and then.get(year))
    ]
    frame = selection.frame(name, by="joined_in", periods=_many(selection))
    moved = frame["value"].abs().groupby(frame["segment"]).transform("max") > 0
    periods = (year_ago, selection.period)
    return [
        base_sentences.vintage_sentence(rows, total, title, periods, formatter),
        figures.mrr_line(
            frame[moved],
            selection.metric(name),
            formatter,
            by_name=True,
            says=base_sentences.vintage_title(rows, total, title, formatter),
        ),
        base_tables.vintage_table(rows, total, title, periods, formatter),
    ]


def _years(selection: Selection, name: str, back: int) -> dict[str, float]:
    """Amounts by year of joining, of so many periods before."""
    found = readings(selection.frame(name, by="joined_in", back=back))
    return {segment_pairs(row.segment_by, row.segment)[-1][1]: row.value for row in found if row.ok}
