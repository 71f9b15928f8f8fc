"""What happened over periods, in words: runs outside limits, lasting changes, a year by segment."""

from collections.abc import Mapping

import pandas as pd

from cs_lib.judgement import Apart, Finding, Run, Step
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import Period
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, listed, metric_title, spoken
from cs_lib.report.text.measure_row import labels, number, readings, split_column
from cs_lib.report.text.movement_sentences import COHORT_KEEPS
from cs_lib.report.text.segment_sentences import NAMED, apart_words
from cs_lib.report.text.sentences import is_plural, lower_first
from cs_lib.vocabulary import CUSTOMERS, HIGHER_IS_BETTER, NEITHER


def runs_sentence(
    metric: Metric,
    runs: list[Run],
    looked: int,
    now: Period,
    *,
    formatter: Formatter,
    where: str = "",
    variant: str | None = None,
    most: int = NAMED,
) -> Sentence:
    """Which periods lay outside their limits, what was usual then, and the level since.

    `runs` in order of time; `looked` is how many periods have limits; `now` is the last period.
    The `most` clearest runs are told.
    """
    title = metric_title(metric, variant, where=where)
    if not runs:
        when = (
            f"the {looked} {now.grain}s up to {formatter.period(now)}"
            if looked > 1
            else formatter.period(now)
        )
        return Sentence(f"{title} moved within normal variation in {when}.")
    unit = metric.unit_of(variant)
    clearest = sorted(runs, key=lambda run: -run.distance)[:most]
    shown = [run for run in runs if run in clearest]
    told = "; ".join(_run(run, unit, formatter) for run in shown)
    return Sentence(f"{title} {told}{_since(shown[-1], now, unit, formatter)}.")


def _run(run: Run, unit: str, formatter: Formatter) -> str:
    """ "fell to 56.7% in March and April 2026 (usual: 79.2%)"."""
    value, usual = (formatter.short(each, unit) for each in (run.value, run.usual))
    verb = "rose to" if run.above else "fell to"
    return f"{verb} {value} {formatter.within(run.first, run.last)} (usual: {usual})"


def _since(run: Run, now: Period, unit: str, formatter: Formatter) -> str:
    if run.last >= now or number(run.since) != run.since:
        return ""
    return f"; {formatter.short(run.since, unit)} since"


def step_sentence(
    metric: Metric,
    step: Step | None,
    last: Period,
    *,
    formatter: Formatter,
    where: str = "",
    variant: str | None = None,
) -> Sentence:
    """Since when a figure has stood at another level, and at which before."""
    if step is None:
        title = metric_title(metric, variant, where=where)
        return Sentence(f"{title} shows no lasting change of level up to {formatter.period(last)}.")
    said = step_words(metric, step, formatter, where=where, variant=variant)
    before = formatter.count(step.periods_before, step.first.grain)
    return Sentence(f"{said} in the {before} before{_side(metric, variant, step)}.")


def step_words(
    metric: Metric,
    step: Step | Finding,
    formatter: Formatter,
    *,
    where: str = "",
    variant: str | None = None,
) -> str:
    """ "Since February 2025 time to value has averaged 9.0 days, against 22.1 days"."""
    unit, before = (
        metric.unit_of(variant),
        step.before if isinstance(step, Step) else step.reference,
    )
    new, old = (formatter.short(each, unit) for each in (step.value, before))
    has = "have" if is_plural(metric.title) else "has"
    title = lower_first(metric_title(metric, variant, where=where))
    return f"Since {formatter.period(step.first)} {title} {has} averaged {new}, against {old}"


def _side(metric: Metric, variant: str | None, step: Step) -> str:
    direction = metric.direction_of(variant)
    if direction == NEITHER:
        return ""
    better = (step.value > step.before) == (direction == HIGHER_IS_BETTER)
    return ", an improvement" if better else ", for the worse"


def cohort_step_sentence(
    step: Step | None, age: int, *, formatter: Formatter, measure: str = CUSTOMERS
) -> Sentence:
    """Whether cohorts from some month on have kept more, or less, than those before."""
    after = f"{formatter.count(age, 'month')} after joining"
    if step is None:
        return Sentence(
            f"What is left of a cohort {after} shows no lasting change from one month of joining on."
        )
    side = "more" if step.value > step.before else "less"
    said = f"{formatter.percent(step.value)} {COHORT_KEEPS[measure]} {after}"
    return Sentence(
        f"{said[:1].upper()}{said[1:]} in the cohorts that joined from {formatter.period(step.first)} on, "
        f"against {formatter.percent(step.before)} in those before: newer cohorts keep {side}."
    )


def year_sentence(
    metric: Metric, apart: Apart, *, formatter: Formatter, variant: str | None = None
) -> Sentence:
    """The segments that stood apart over twelve months, against the others together."""
    title = lower_first(metric_title(metric, variant))
    by = spoken(split_column(readings(apart.rows)))
    said = apart_words(apart, metric, formatter, variant).strip()
    return Sentence(f"{title[:1].upper()}{title[1:]} by {by}: {said[:1].lower()}{said[1:]}")


def since_sentence(
    metric: Metric,
    now: pd.DataFrame,
    before: pd.DataFrame,
    sure: Mapping[str, bool | None],
    *,
    formatter: Formatter,
) -> Sentence:
    """Which segments changed against an earlier period beyond normal variation, the most first.

    `now` and `before`: rows of one metric, one row a segment; `sure`: by segment, True, False or None.
    """
    earlier = {row.segment: row for row in readings(before) if row.ok}
    rows = [row for row in readings(now) if row.ok and row.segment in earlier]
    title = lower_first(metric_title(metric, rows[0].variant if rows else None))
    if not rows:
        return Sentence(f"There is no earlier figure to compare {title} with.")
    unit, by = metric.unit_of(rows[0].variant), spoken(split_column(rows))
    names = dict(zip((row.segment for row in rows), labels(rows), strict=True))
    since = formatter.period(earlier[rows[0].segment].period)
    has = "have" if is_plural(metric.title) else "has"
    change = {row.segment: row.value - earlier[row.segment].value for row in rows}
    changed = [row for row in rows if sure.get(row.segment) and change[row.segment]]
    changed.sort(key=lambda row: -abs(change[row.segment]))
    tested = sum(sure.get(row.segment) is not None for row in rows)
    if not tested:
        return Sentence(f"Whether {title} {has} changed since {since} cannot be tested.")
    if not changed:
        all_that_can = f"{tested} of {len(rows)}, all that can be tested"
        whose = f"every {by}" if tested == len(rows) else all_that_can
        return Sentence(f"Since {since} {title} {has} stayed within normal variation for {whose}.")
    parts = []
    for verb, sign in (("risen", 1), ("fallen", -1)):
        told = [
            f"{names[row.segment]} (from {formatter.short(earlier[row.segment].value, unit)}"
            f" to {formatter.short(row.value, unit)})"
            for row in changed
            if change[row.segment] * sign > 0
        ]
        parts += [f"{verb} for {listed(told, most=NAMED)}"] if told else []
    rest = tested - len(changed)
    others = f"The other {'one' if rest == 1 else rest}"
    others = others if tested == len(rows) else f"{rest} of the others"
    ending = f" {others} moved within normal variation." if rest else ""
    return Sentence(f"Since {since} {title} {has} {' and '.join(parts)}.{ending}")
