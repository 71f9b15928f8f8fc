"""The front page's tables: headline metrics in sections, segments side by side, what stands out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from cs_lib.judgement.comparisons import distinguishable
from cs_lib.kit.chart_findings import segments_apart
from cs_lib.kit.few_segments import few_segments
from cs_lib.kit.selection import Selection
from cs_lib.metrics.catalogue.lifetime_value import FORMULA, SURVIVAL
from cs_lib.period import PERIODS_A_YEAR, YEAR, Period, Segment
from cs_lib.report.display import LeftOut, ReportTable, Sentence
from cs_lib.report.tables import scorecard_table
from cs_lib.report.tables.scorecard_table import WORTH, ScorecardRow, SegmentEntry
from cs_lib.report.text.measure_row import Reading, labels, number, records, rows_in_order
from cs_lib.vocabulary import BOARD_HEADLINES, HEADLINES, SEGMENT_HEADLINES, SPARKLINE_PERIODS

#: how many figures outside their limits a table lists
MOST_SIGNALS = 40
#: how many metrics a page has room for beside the segments' names
MOST_OF_SEGMENTS = 7


def scorecard(selection: Selection, *, short: bool = False) -> ReportTable | LeftOut:
    """Every headline metric that the edition has, in sections; `short`: those of the board book, in one list."""
    rows = headline_rows(selection, {"": BOARD_HEADLINES} if short else HEADLINES)
    if not rows:
        return LeftOut("Scorecard", "this edition has no headline metric for this period")
    formatter = selection.formatter
    whose = selection.where
    caption = ", ".join(filter(None, [formatter.period(selection.period), whose]))
    return scorecard_table.scorecard_table(rows, formatter, caption=caption, short=short)


def headline_rows(selection: Selection, named: Mapping[str, Sequence[str]]) -> list[ScorecardRow]:
    """The metrics named under each section that the edition has figures of, with all that is judged of them."""
    chosen = [name for section in named.values() for name in section]
    span = max(
        SPARKLINE_PERIODS[selection.period.grain], 2 * PERIODS_A_YEAR[selection.period.grain]
    )
    frames = [selection.frame(*chosen, periods=span)]
    frames += [
        selection.frame(name, variant=SURVIVAL, periods=span) for name in WORTH if name in chosen
    ]
    history: dict[tuple, list[dict]] = {}
    for row in records(pd.concat(frames)):
        history.setdefault((row["metric"], row["variant"]), []).append(row)
    planned = {each.metric: each.planned for each in selection.judgement.plan(selection.segment)}
    return [
        _headline(selection, section, past, now, planned.get(name, math.nan))
        for section, names in named.items()
        for name in names
        for (metric, variant), past in history.items()
        if metric == name and (now := _at(past, selection.newest(name, variant))) is not None
    ]


def segments_on_a_page(selection: Selection, *names: str) -> ReportTable | LeftOut:
    """The segments of each column in rows, headline metrics in columns, and all above them.

    In a segment's report it stands beside the others of its column: where these are many, beside the largest.
    """
    chosen = list(names) or [name for name in SEGMENT_HEADLINES if selection.has(name)]
    own = selection.own_columns[:1]
    columns = list(own or selection.edition.segments)
    frames = [selection.frame(*chosen, by=by) for by in columns] if chosen else []
    split = [name for name in chosen if any((each["metric"] == name).any() for each in frames)]
    shown = split[: len(names) or MOST_OF_SEGMENTS]
    if not shown:
        return LeftOut("Segments on a page", "no metric can be split by a segment of this edition")
    formatter = selection.formatter
    whose = selection.where
    apart = _apart(selection, shown, columns)
    standing_apart = {segment for some in apart.values() for segment in some}
    every = {
        by: frame[frame["metric"].isin(shown)] for by, frame in zip(columns, frames, strict=True)
    }
    parts = {
        by: rows_in_order(few_segments(frame, [selection.segment.label], standing_apart))
        for by, frame in every.items()
    }
    counts = {
        by: (parts[by]["segment"].nunique(), frame["segment"].nunique())
        for by, frame in every.items()
    }
    if not own:
        parts = {"": selection.frame(*shown), **parts}
    elif any(few < many for few, many in counts.values()):
        company = replace(selection, segment=Segment())
        parts = {"": company.frame(*shown), **parts}
    entries = []
    for by, frame in parts.items():
        rows = records(frame.drop_duplicates("segment"))
        name = dict(
            zip((row["segment"] for row in rows), labels(list(map(Reading.of, rows))), strict=True)
        )
        entries += [
            SegmentEntry(
                by,
                name[row["segment"]] if by else "All",
                _of_year(selection, row),
                row["segment"] in apart.get(row["metric"], ()),
            )
            for row in records(frame)
        ]
    caption = ", ".join(filter(None, [formatter.period(selection.period), whose]))
    return scorecard_table.segments_table(
        entries, shown, formatter, caption=caption, counts=counts, own=bool(own)
    )


def _apart(selection: Selection, names: list[str], columns: list[str]) -> dict[str, set[str]]:
    """The segments that stand apart from the others, by metric."""
    return {
        name: {
            segment
            for found in segments_apart(selection, name, columns)
            if found is not None
            for segment in found.differing["segment"]
        }
        for name in names
    }


def signals(selection: Selection) -> list[Sentence | ReportTable | LeftOut]:
    """What lies outside its control limits at this period, in this segment or one inside it."""
    looked, formatter = selection.signals, selection.formatter
    if looked.empty:
        return [
            LeftOut("What stands out", "too few earlier periods have figures to judge by"),
        ]
    outside = looked[looked["signal"]].sort_values("distance", ascending=False, kind="stable")
    metrics = {name: selection.metric(name) for name in outside["metric"].unique()}
    said = scorecard_table.signals_sentence(
        outside, metrics, len(looked), selection.period, formatter=formatter
    )
    if outside.empty:
        return [said]
    selection.frame(*metrics)  # so that the report defines them
    caption = f"Outside the limits of normal variation in {formatter.period(selection.period)}"
    if len(outside) > MOST_SIGNALS:
        caption += f": the {MOST_SIGNALS} farthest"
    table = scorecard_table.signals_table(
        outside.head(MOST_SIGNALS), metrics, formatter, caption=caption, period=selection.period
    )
    return [said, table]


def _headline(
    selection: Selection, section: str, history: list[dict], now: dict, planned: float
) -> ScorecardRow:
    looked, newest = selection.signals, selection.newest(now["metric"], now["variant"])
    before, year_ago = (_at(history, each) for each in (newest.back(), newest.year_before()))
    if newest.grain == YEAR:  # whose change on the year is that from the period before
        year_ago = None
    mine = looked[(looked["metric"] == now["metric"]) & (looked["segment"] == now["segment"])]
    metric = selection.metric(now["metric"])
    return replace(
        _of_year(selection, now),
        section=section,
        before=None if before is None else Reading.of(before),
        distinguishable=distinguishable(now, before, metric),
        year_ago=None if year_ago is None else Reading.of(year_ago),
        year_distinguishable=distinguishable(now, year_ago, metric),
        usual=float(mine["centre"].iloc[0]) if len(mine) else math.nan,
        signal=bool(mine["signal"].iloc[0]) if len(mine) else False,
        series=_series(selection, history),
        to_date=selection.judgement.to_date(now["metric"], now["segment_by"], now["segment"]),
        planned=planned,
        months=_months(selection, now),
        history=float(selection.months_of_history),
    )


def _months(selection: Selection, now: dict) -> float:
    """The months that a lifetime value reaches over; NaN for anything else."""
    if now["metric"] not in WORTH:
        return math.nan
    if now["variant"] == SURVIVAL:
        return float(selection.edition.definitions.lifetime_horizon)
    return formula_months(selection) if now["variant"] == FORMULA else math.nan


def formula_months(selection: Selection) -> float:
    """How long the formula takes customers to stay, on average; NaN where that has no figure."""
    rows = selection.rows("expected_lifetime", variant=FORMULA)
    return float(rows["value"].iloc[0]) if len(rows) else math.nan


def _plain(selection: Selection, row: dict) -> ScorecardRow:
    standing = selection.judgement.standing(
        row["metric"], row["segment_by"], row["segment"], variant=row["variant"]
    )
    return ScorecardRow("", selection.metric(row["metric"]), Reading.of(row), standing=standing)


def _of_year(selection: Selection, row: dict) -> ScorecardRow:
    year = selection.judgement.year_figure(row["metric"], row["segment_by"], row["segment"])
    return replace(_plain(selection, row), year=year)


def _series(selection: Selection, rows: list[dict]) -> tuple[float, ...]:
    """The values by period up to this one; NaN where there is none."""
    values = {row["period_start"]: row["value"] for row in rows}
    count = SPARKLINE_PERIODS[selection.period.grain]
    starts = [pd.Timestamp(selection.period.back(i).start) for i in reversed(range(count))]
    line = [number(values.get(start)) for start in starts]
    first = next((at for at, value in enumerate(line) if value == value), len(line))
    return tuple(line[first:])


def _at(rows: list[dict], period: Period) -> dict | None:
    start = pd.Timestamp(period.start)
    return next((row for row in rows if row["period_start"] == start), None)
