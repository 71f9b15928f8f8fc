"""Many figures at a glance: the scorecard, segments side by side, and what stands outside its limits."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from cs_lib.metrics.metric import HIGHER_IS_BETTER, NEITHER, POINTS
from cs_lib.present.display import ReportTable, Sentence
from cs_lib.present.markup import Column, build_table
from cs_lib.present.reading import MET, MISSED, UNDEFINED, Reading, number, target_verdict
from cs_lib.present.sentences import chance_words, target_sign
from cs_lib.present.spark import sparkline
from cs_lib.present.tables import VERDICTS
from cs_lib.present.wording import MISSING, Words, metric_title, spoken

ABOVE, BELOW = "▲ above", "▼ below"
BY_CHANCE = "≈"
MARKED = tuple(VERDICTS[verdict][0] for verdict in (MET, MISSED))


@dataclass(frozen=True)
class Entry:
    """One headline figure with all that a scorecard says of it."""

    section: str
    metric: object
    now: Reading
    before: Reading | None = None
    distinguishable: bool | None = None
    baseline: float = math.nan
    signal: bool | None = None
    target: float | None = None
    direction: str = NEITHER
    series: tuple[float, ...] = ()


def scorecard_table(entries: Sequence[Entry], words: Words, *, caption: str) -> ReportTable:
    """One row a headline metric, in sections; empty columns fall away."""
    lines = [scorecard_line(each, words) for each in entries]
    period = entries[0].now.period
    columns = [
        Column("head", "Metric", left=True),
        Column("line", _spark_title(entries), left=True),
        Column("value", words.period_short(period) if period else "Value"),
        Column("interval", f"{words.level} interval", muted=True),
        Column("change", f"From {words.period_short(period.back())}" if period else "Change"),
        Column("baseline", "Baseline", mark=True),
        Column("target", "Target"),
        Column("status", "Status", left=True, mark=True),
    ]
    return build_table(
        lines, columns, caption=caption, notes=_notes(lines, entries, words), group="section"
    )


def _spark_title(entries: Sequence[Entry]) -> str:
    longest = max((len(each.series) for each in entries), default=0)
    period = entries[0].now.period
    return f"Last {longest} {period.grain}s" if period and longest > 1 else "Trend"


def scorecard_line(entry: Entry, words: Words) -> dict:
    """The texts of one headline figure by column."""
    now, metric = entry.now, entry.metric
    rule, unit = metric.rule(now.variant), metric.unit_of(now.variant)
    title = metric_title(metric, now.variant)
    line = {"section": entry.section, "head": title, "status": words.status(now, rule)}
    if entry.target is not None and number(entry.target) == entry.target:
        verdict = target_verdict(now, entry.target, entry.direction)
        line["target"] = target_sign(entry.target, unit, entry.direction, words)
        line["status"] = VERDICTS[verdict] if verdict else line["status"]
    line["line"] = sparkline(
        entry.series,
        alt=_spark_alt(title, entry, unit, words),
        baseline=entry.baseline,
        signal=entry.signal is True,
    )
    if not now.ok:
        return {**line, "value": MISSING}
    return {
        **line,
        "value": words.value(now.value, unit, compact=True),
        "interval": words.interval(now.low, now.high, unit, compact=True),
        "change": _change(entry, unit, words),
        "baseline": _baseline(entry, unit, words),
    }


def _change(entry: Entry, unit: str, words: Words) -> str:
    if entry.before is None or not entry.before.ok:
        return ""
    text = words.change_short(entry.now.value, entry.before.value, unit)
    sure = entry.distinguishable is not False or text in ("0", "≈ 0")
    return text if sure else f"{text} {BY_CHANCE}"


def _baseline(entry: Entry, unit: str, words: Words) -> str:
    if math.isnan(number(entry.baseline)):
        return ""
    text = words.value(entry.baseline, unit, compact=True)
    if not entry.signal:
        return text
    return f"{ABOVE if entry.now.value > entry.baseline else BELOW} {text}"


def _spark_alt(title: str, entry: Entry, unit: str, words: Words) -> str:
    seen = [each for each in entry.series if math.isfinite(each)]
    if not seen:
        return ""
    low, high, last = (
        words.value(each, unit, compact=True) for each in (min(seen), max(seen), seen[-1])
    )
    grain = entry.now.period.grain if entry.now.period else "period"
    return f"{title} over {words.count(len(entry.series), grain)}: {low} to {high}, latest {last}"


def _notes(lines, entries: Sequence[Entry], words: Words) -> list[str]:
    notes = []
    if any(line.get("change", "").endswith(BY_CHANCE) for line in lines):
        notes.append(f"{BY_CHANCE} after a change: it cannot be told from chance.")
    if any(number(each.baseline) == each.baseline for each in entries):
        notes.append(
            "Baseline: the twelve periods before, pooled for shares, averaged for the rest. "
            f"{ABOVE} and {BELOW}: the figure lies outside the three-sigma limits of its baseline."
        )
    if any(line["status"] in VERDICTS.values() for line in lines):
        notes.append(
            f"Met and missed: the whole {words.level} interval lies on that side of the target."
        )
    return notes


def side_by_side_table(
    entries: Sequence[tuple[str, Entry]], words: Words, *, by: str, caption: str
) -> ReportTable:
    """Metrics in rows and segments in columns, each with its own target's mark.

    `entries`: (segment's name, entry), every metric with its segments in one order.
    """
    names = list(dict.fromkeys(name for name, _ in entries))
    lines: dict[str, dict] = {}
    for name, entry in entries:
        title = metric_title(entry.metric, entry.now.variant)
        line = lines.setdefault(title, {"head": title})
        line[f"c{names.index(name)}"] = _cell(entry, words)
    columns = [Column("head", "Metric", left=True)]
    columns += [Column(f"c{place}", name) for place, name in enumerate(names)]
    marked = any(cell.endswith(MARKED) for line in lines.values() for cell in line.values())
    notes = [
        "Against the target of the segment, or of all where it has none of its own: ✓ met, ✗ missed; "
        "without a mark it cannot be told, or there is none."
    ]
    return build_table(
        list(lines.values()),
        columns,
        caption=caption or f"By {spoken(by)}",
        notes=notes if marked else [],
    )


def _cell(entry: Entry, words: Words) -> str:
    unit = entry.metric.unit_of(entry.now.variant)
    if not entry.now.ok:
        rule = entry.metric.rule(entry.now.variant)
        return words.status(entry.now, None if entry.now.status == UNDEFINED else rule) or MISSING
    text = words.value(entry.now.value, unit, compact=True, bare=unit == POINTS)
    if entry.target is None:
        return text
    verdict = target_verdict(entry.now, entry.target, entry.direction)
    return f"{text} {VERDICTS[verdict][0]}" if verdict in (MET, MISSED) else text


def signals_table(frame: pd.DataFrame, metrics: dict, words: Words, *, caption: str) -> ReportTable:
    """The figures outside their limits, the farthest first.

    `frame`: rows of the measures with baseline, limit_low and limit_high.
    """
    rows = [Reading.of(row) for row in frame.to_dict("records")]
    lines = []
    for row, extra in zip(rows, frame.to_dict("records"), strict=True):
        metric = metrics[row.metric]
        unit, base = metric.unit_of(row.variant), extra["baseline"]
        high = row.value > base
        lines.append(
            {
                "head": metric_title(metric, row.variant),
                "where": words.segment(row.segment_by, row.segment) or "all",
                "value": words.value(row.value, unit, compact=True),
                "side": ABOVE if high else BELOW,
                "limits": words.interval(
                    *limits_shown(metric, extra["limit_low"], extra["limit_high"], row.variant),
                    unit,
                    compact=True,
                ),
                "baseline": words.value(base, unit, compact=True),
                "n": words.value(row.n, "count") if row.n > 0 else "",
                "meaning": _meaning(metric, row.variant, high),
            }
        )
    columns = [
        Column("head", "Metric", left=True),
        Column("where", "Segment", left=True),
        Column("value", "Value"),
        Column("side", "Side", left=True, mark=True),
        Column("limits", "Limits", muted=True),
        Column("baseline", "Baseline"),
        Column("n", "n", muted=True),
        Column("meaning", "Reads as", left=True),
    ]
    return build_table(lines, columns, caption=caption, data=frame)


def limits_shown(metric, low: float, high: float, variant: str | None) -> tuple[float, float]:
    """Control limits cut at what the figure can be at all."""
    if metric.unit_of(variant) != metric.unit:
        return low, high
    least, most = metric.bounds
    low = low if least is None else max(low, least)
    return low, high if most is None else min(high, most)


def _meaning(metric, variant: str | None, high: bool) -> str:
    direction = metric.direction_of(variant)
    if direction == NEITHER:
        return "a change"
    return "better" if high == (direction == HIGHER_IS_BETTER) else "worse"


def signals_sentence(
    frame: pd.DataFrame, metrics: dict, looked: int, by_chance: float, when: str, *, words: Words
) -> Sentence:
    """How many figures lie outside their limits, how many would by chance, and which lies farthest."""
    many = words.count(looked, "figure")
    expected = f"{chance_words(by_chance, words)} would by chance alone if nothing had changed"
    if frame.empty:
        none = "It does not lie" if looked == 1 else "None of them lies"
        return Sentence(
            f"In {when} {many} could be held against the twelve periods before. {none} outside "
            f"its three-sigma limits; {expected}."
        )
    verb = "lies" if len(frame) == 1 else "lie"
    first = Reading.of(frame.iloc[0])
    metric = metrics[first.metric]
    unit = metric.unit_of(first.variant)
    where = words.segment(first.segment_by, first.segment)
    base = frame["baseline"].iloc[0]
    side = "above" if first.value > base else "below"
    farthest = (
        f"{metric_title(metric, first.variant)}{f' for {where}' if where else ''}, "
        f"{words.value(first.value, unit, compact=True)} against a baseline of "
        f"{words.value(base, unit, compact=True)}"
    )
    return Sentence(
        f"In {when} {words.value(len(frame), 'count')} of {many} {verb} outside three-sigma limits, "
        f"where {expected}. Farthest out, {side} its limits, is {farthest}."
    )
