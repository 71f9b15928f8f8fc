"""What is new in the periods just past: runs that have come to now, recoveries, features taken up, cohorts."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from cs_lib.judgement import signals, trends
from cs_lib.judgement.finding import Finding, side_of
from cs_lib.judgement.level_steps import LEAST_SIDE
from cs_lib.judgement.series import Figures
from cs_lib.judgement.stakes import LEAST_CUSTOMERS, is_material_run
from cs_lib.judgement.standing import is_share
from cs_lib.judgement.white_space import FEATURE
from cs_lib.metrics.compute.cohorts import as_seen_at
from cs_lib.period import ALL, PERIODS_A_YEAR, Period, Segment
from cs_lib.vocabulary import (
    ADJUSTED_WALD,
    BAD,
    CUSTOMERS,
    GOOD,
    LASTING_CHANGE,
    RECOVERY,
    SIGNAL,
    STUDENT,
    TAKE_UP,
)

#: rates and scores whose runs are looked for, in a report's whole and, losses alone, in segments inside it
RUNS = (
    "customer_churn_rate",
    "expansion_mrr_rate",
    "csat",
    "nps",
    "ces",
    "active_customer_rate",
)
RUNS_INSIDE = ("customer_churn_rate",)
#: over how many periods a lasting change is looked for, and how long ago it may have begun to be told
STEP_SPAN = {"month": 36, "quarter": 12, "week": 78, "year": 10}
#: how many periods back a run may have begun, and for how many a recovery from one is told
LOOKED, TOLD = 6, 2
#: the months after joining at which cohorts are held against each other
COHORT_AGE = 6
USE, KEPT = "feature_adoption", "cohort_retention"
#: a feature that fewer of the active use is not taken up
LEAST_USE = 0.05


def news(
    struck: list[Finding], figures: Figures, period: Period, segment: Segment
) -> Iterator[Finding]:
    """The signals of a period, each with the run that it ends, and what else is new.

    That is runs which only together are a signal, recoveries, features taken up, and a lasting change in
    what cohorts keep.
    """
    place = {(each.metric, each.segment): each for each in struck}
    moved = {name for each in struck if each.segment == segment.label for name in each.also}
    for name, whose in _looked_at(figures, segment):
        newest = figures.measures.newest(figures.metric(name), None, period)
        runs, _ = runs_told(figures, name, whose, newest, LOOKED)
        key, last = (name, whose[1]), runs[-1] if runs else None
        if last is None:
            continue
        if last.last < newest:
            if whose[1] == segment.label:
                yield from _recovery(figures, name, whose, last, newest)
        elif key in place:
            place[key] = replace(
                place[key],
                first=last.first,
                value=last.value,
                reference=last.usual,
                run=last,
                numerator=_numerator(figures, name, whose, last),
            )
        elif whose[1] != segment.label or name not in moved:
            yield _in_a_row(figures, name, whose, last)
    yield from place.values()
    yield from _taken_up(figures, period, segment)
    yield from _cohorts(figures, period, segment)


def runs_told(
    figures: Figures,
    name: str,
    whose: tuple[str, str],
    period: Period,
    periods: int,
    variant: str | None = None,
) -> tuple[list[trends.Run], int]:
    """The runs of signals that moved enough to be told (see `is_material_run`), and how many periods have limits."""
    metric, grain = figures.metric(name), period.grain
    series = figures.series(name, *whose, grain=grain, variant=variant)
    about = series, metric, variant, period, periods, figures.edition.confidence
    judged = signals.over_time(*about)
    apart = signals.over_time(*about, without=judged["signal"].to_numpy())
    shares, threes = is_share(metric.rule(variant)), signals.in_a_row(*about)
    found = trends.runs(judged, apart, threes, series, grain, shares=shares)
    told = [each for each in found if is_material_run(figures, name, *whose, each, variant)]
    return told, int(judged["centre"].notna().sum())


def _in_a_row(figures: Figures, name: str, whose: tuple[str, str], run: trends.Run) -> Finding:
    """A run up to now that no single signal tells."""
    side = side_of(figures.metric(name), run.value - run.usual)
    begins, ends, value, usual = run.first, run.last, run.value, run.usual
    found = Finding(SIGNAL, name, *whose, begins, ends, value, usual, side)
    return replace(found, certainty=run.distance, run=run)


def _looked_at(figures: Figures, segment: Segment) -> Iterator[tuple[str, tuple[str, str]]]:
    own = {column for column, _ in segment.pairs}
    inside = "" if segment.label == ALL else f"{segment.by},"
    for name in RUNS:
        if name in figures.measures.left_out:
            continue
        yield name, (segment.by, segment.label)
        for column in figures.edition.segments if name in RUNS_INSIDE else ():
            by = f"{inside}{column}"
            grain = figures.edition.grains[0]
            if column not in own:
                for label in figures.segments(name, by, grain, within=segment.label):
                    yield name, (by, label)


def _numerator(figures: Figures, name: str, whose: tuple[str, str], run: trends.Run) -> float:
    series = figures.series(name, *whose, grain=run.first.grain)
    return float(series.between(run.first, run.last).known.numerator.sum())


def _recovery(
    figures: Figures, name: str, whose: tuple[str, str], run: trends.Run, newest: Period
) -> Iterator[Finding]:
    """What had moved for the worse and has since come more than half of the way back."""
    recent = newest.back(TOLD) <= run.last
    worse = side_of(figures.metric(name), run.value - run.usual) == BAD
    if recent and worse and abs(run.since - run.usual) < abs(run.since - run.value):
        since, value, then = run.last.back(-1), run.since, run.value
        found = Finding(RECOVERY, name, *whose, since, newest, value, then, GOOD)
        yield replace(found, certainty=run.distance, run=run)


def _taken_up(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    """Features that nobody used until within the last year, and many do now; from when they were first used."""
    if USE in figures.measures.left_out:
        return
    split = figures.edition.split_name(FEATURE)
    by = split if segment.label == ALL else f"{segment.by},{split}"
    for label in figures.segments(USE, by, period.grain, within=segment.label):
        series = figures.series(USE, by, label, grain=period.grain)
        series = series.where(series.starts <= np.datetime64(period.start)).known
        used = np.flatnonzero(series.numerator > 0)
        if not len(used) or used[0] < LEAST_SIDE or series.period(-1, period.grain) != period:
            continue
        first, value = series.period(int(used[0]), period.grain), float(series.value[-1])
        within = first > period.back(PERIODS_A_YEAR[period.grain] + 1)
        if within and value >= LEAST_USE and series.numerator[-1] >= LEAST_CUSTOMERS:
            found = Finding(TAKE_UP, USE, by, label, first, period, value, 0.0, GOOD)
            yield replace(found, numerator=float(series.numerator[-1]), n=float(series.n[-1]))


def lasting_change(
    figures: Figures,
    name: str,
    segment_by: str,
    segment: str,
    period: Period,
    variant: str | None = None,
) -> trends.Step | None:
    """The lasting change of a figure's level up to a period, if there is one."""
    metric, span = figures.metric(name), STEP_SPAN[period.grain]
    series = figures.series(name, segment_by, segment, grain=period.grain, variant=variant)
    series = series.between(period.back(span - 1), period)
    rule, within = metric.rule(variant), 0.0
    if len(series) and rule.interval in (STUDENT, ADJUSTED_WALD):
        level = figures.edition.confidence
        within = float(signals.of_one_answer(series.low, series.high, series.n, level).mean())
    return trends.step(series, period.grain, shares=is_share(rule), within=within)


def cohorts_seen(figures: Figures, segment: Segment, period: Period) -> pd.DataFrame:
    """What is left of the customers of a segment's cohorts, as it stood at the period's end."""
    cells = figures.measures.cohorts
    if cells.empty:
        return cells
    cells = cells[(cells["segment"] == segment.label) & (cells["measure"] == CUSTOMERS)]
    if period.end != figures.measures.as_of and len(cells):
        return as_seen_at(cells, period.end, figures.edition)
    return cells


def _cohorts(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    cells = cohorts_seen(figures, segment, period)
    step = trends.cohort_step(cells, COHORT_AGE) if len(cells) else None
    if step is None:
        return
    yield Finding(
        LASTING_CHANGE,
        KEPT,
        segment.by,
        segment.label,
        step.first,
        step.last,
        step.value,
        step.before,
        GOOD if step.value > step.before else BAD,
        certainty=step.errors / trends.COHORT_ERRORS,
    )
