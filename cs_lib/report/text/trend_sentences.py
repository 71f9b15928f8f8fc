"""What happened over periods, in words: runs outside limits, lasting changes, a year by segment."""

import pandas as pd

from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, listed, metric_title, spoken
from cs_lib.report.text.measure_row import labels, number, readings, split_column
from cs_lib.report.text.movement_sentences import COHORT_KEEPS
from cs_lib.report.text.segment_sentences import apart_words
from cs_lib.report.text.sentences import is_plural, lower_first
from cs_lib.vocabulary import CUSTOMERS, HIGHER_IS_BETTER, NEITHER

NAMED = 3


def runs_sentence(
    metric,
    runs,
    looked: int,
    now,
    *,
    formatter: Formatter,
    where: str = "",
    variant=None,
    most: int = NAMED,
) -> Sentence:
    """Which periods lay outside their limits, what was usual then, and the level since.

    `runs` in order of time; `looked` is how many periods have limits; `now` is the last period.
    The `most` clearest runs are told.
    """
    title = metric_title(metric, variant) + (f" for {where}" if where else "")
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


def _run(run, unit: str, formatter: Formatter) -> str:
    """ "fell to 56.7% in March and April 2026 (usual: 79.2%)"."""
    value, usual = (formatter.value(each, unit, compact=True) for each in (run.value, run.usual))
    verb = "rose to" if run.above else "fell to"
    return f"{verb} {value} {formatter.within(run.first, run.last)} (usual: {usual})"


def _since(run, now, unit: str, formatter: Formatter) -> str:
    if run.last >= now or number(run.since) != run.since:
        return ""
    return f"; {formatter.value(run.since, unit, compact=True)} since"


def step_sentence(
    metric, step, last, *, formatter: Formatter, where: str = "", variant=None
) -> Sentence:
    """Since when a figure has stood at another level, and at which before."""
    title = metric_title(metric, variant) + (f" for {where}" if where else "")
    if step is None:
        return Sentence(f"{title} shows no lasting change of level up to {formatter.period(last)}.")
    place = f" for {where}" if where else ""
    said = step_words(
        metric, step.first, step.value, step.before, formatter, where=place, variant=variant
    )
    before = formatter.count(step.periods_before, step.first.grain)
    return Sentence(f"{said} in the {before} before{_side(metric, variant, step)}.")


def step_words(
    metric, first, value, before, formatter: Formatter, *, where: str = "", variant=None
) -> str:
    """ "Since February 2025 time to value has averaged 9.0 days, against 22.1 days"."""
    unit = metric.unit_of(variant)
    new, old = (formatter.value(each, unit, compact=True) for each in (value, before))
    has = "have" if is_plural(metric.title) else "has"
    title = lower_first(metric_title(metric, variant))
    return f"Since {formatter.period(first)} {title}{where} {has} averaged {new}, against {old}"


def _side(metric, variant, step) -> str:
    direction = metric.direction_of(variant)
    if direction == NEITHER:
        return ""
    better = (step.value > step.before) == (direction == HIGHER_IS_BETTER)
    return ", an improvement" if better else ", for the worse"


def cohort_step_sentence(
    step, age: int, *, formatter: Formatter, measure: str = CUSTOMERS
) -> Sentence:
    """Whether cohorts from some month on have kept more, or less, than those before."""
    after = f"{formatter.count(age, 'month')} after joining"
    if step is None:
        return Sentence(
            f"What is left of a cohort {after} shows no lasting change from one month of joining on."
        )
    side = "more" if step.value > step.before else "less"
    kept = COHORT_KEEPS[measure].rstrip(",")
    return Sentence(
        f"Of the cohorts that joined from {formatter.period(step.first)} on, {formatter.percent(step.value)} "
        f"{kept} {after}, against {formatter.percent(step.before)} of those that joined before: "
        f"newer cohorts keep {side}."
    )


def year_sentence(metric, apart, *, formatter: Formatter, variant=None) -> Sentence:
    """The segments that stood apart over twelve months, against the others together."""
    title = lower_first(metric_title(metric, variant))
    by = spoken(split_column(readings(apart.rows)))
    said = apart_words(apart, metric, formatter, variant).strip()
    return Sentence(f"{title[:1].upper()}{title[1:]} by {by}: {said[:1].lower()}{said[1:]}")


def since_sentence(
    metric, now: pd.DataFrame, before, sure, *, formatter: Formatter, direction=None
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
    changed = [
        row for row in rows if sure.get(row.segment) and row.value != earlier[row.segment].value
    ]
    changed.sort(key=lambda row: -abs(row.value - earlier[row.segment].value))
    if not changed:
        return Sentence(
            f"Since {since} {title} {has} stayed within normal variation for every {by}."
        )
    parts = []
    for verb in ("risen", "fallen"):
        mine = [r for r in changed if (r.value > earlier[r.segment].value) == (verb == "risen")]
        told = [
            f"{names[row.segment]} (from {formatter.value(earlier[row.segment].value, unit, compact=True)}"
            f" to {formatter.value(row.value, unit, compact=True)})"
            for row in mine[:NAMED]
        ]
        told += [f"{len(mine) - NAMED} more"] if len(mine) > NAMED else []
        parts += [f"{verb} for {listed(told)}"] if mine else []
    rest = len(rows) - len(changed)
    ending = (
        f" The other {'one' if rest == 1 else rest} moved within normal variation." if rest else ""
    )
    return Sentence(f"Since {since} {title} {has} {' and '.join(parts)}.{ending}")
