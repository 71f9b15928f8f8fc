"""What happened over periods, in words: runs outside limits, lasting changes, a year by segment."""

import pandas as pd

from cs_lib.metrics.metric import HIGHER_IS_BETTER, NEITHER
from cs_lib.present.display import Sentence
from cs_lib.present.findings import COHORT_KEEPS, CUSTOMERS
from cs_lib.present.reading import Reading, labels, readings, split_column
from cs_lib.present.sentences import is_plural, lower_first
from cs_lib.present.wording import Words, listed, metric_title, spoken

NAMED = 3


def runs_sentence(
    metric,
    runs,
    looked: int,
    now,
    *,
    words: Words,
    where: str = "",
    variant: str | None = None,
    most: int = NAMED,
) -> Sentence:
    """Which periods lay outside their control limits, and whether the figure came back.

    `runs` in order of time; `looked` is how many periods had a baseline; `now` is the last period.
    The `most` clearest runs are told.
    """
    title = metric_title(metric, variant) + (f" for {where}" if where else "")
    when = f"of the {looked} {now.grain}s up to {words.period(now)} that can be judged"
    if not runs:
        return Sentence(
            f"{title} stayed inside its three-sigma control limits in every one {when}."
            if looked > 1
            else f"{title} stayed inside its three-sigma control limits in {words.period(now)}."
        )
    unit = metric.unit_of(variant)
    clearest = sorted(runs, key=lambda run: -run.strength)[:most]
    shown = [run for run in runs if run in clearest]
    told = "; it ".join(_run(run, unit, words) for run in shown)
    said = f"{title} {told}{_aftermath(shown[-1], now, unit, words)}."
    rest = len(runs) - len(shown)
    if rest:
        verb = "stands" if rest == 1 else "stand"
        said += f" {words.count(rest, 'less clear run')} {verb} outside them as well."
    return Sentence(said)


def _run(run, unit: str, words: Words) -> str:
    """ "fell below its control limits in March and April 2026 (56.7%; baseline 79.2%)"."""
    value, base = (words.value(each, unit, compact=True) for each in (run.value, run.baseline))
    several = run.first != run.last
    together = (" taken together" if run.pooled else " on average") if several else ""
    both = f"{value}{together}; baseline {base}"
    if run.each or not several:
        side = "rose above" if run.above else "fell below"
        return f"{side} its control limits {words.within(run.first, run.last)} ({both})"
    side = "above" if run.above else "below"
    return f"lay {side} its baseline {words.within(run.first, run.last)}, together outside its control limits ({both})"


def _aftermath(run, now, unit: str, words: Words) -> str:
    if run.returned is None:
        return ""
    after = words.value(run.after, unit, compact=True)
    if run.returned:
        return f", and was back inside {words.within(run.last.back(-1), now)} ({after})"
    side = "above" if run.above else "below"
    if run.last.back(-1) == now:
        return f", and still stood {side} those limits {words.within(now, now)} ({after})"
    return f", and has since stood {side} those limits, taken together ({after})"


def step_sentence(metric, step, last, *, words: Words, where: str = "", variant=None) -> Sentence:
    """Since when a figure has stood at another level, and at which before."""
    title = metric_title(metric, variant) + (f" for {where}" if where else "")
    if step is None:
        return Sentence(
            f"No lasting change of level can be told in {lower_first(title)} up to {words.period(last)}."
        )
    unit = metric.unit_of(variant)
    new, old = (words.value(each, unit, compact=True) for each in (step.value, step.before))
    has = "have" if is_plural(metric.title) else "has"
    how = f"{has} stood at" if step.pooled else f"{has} averaged"
    before = words.count(step.periods_before, step.first.grain)
    side = "higher" if step.value > step.before else "lower"
    return Sentence(
        f"Since {words.period(step.first)} {lower_first(title)} {how} {new}, against {old} in the "
        f"{before} before: a lasting change to a {side} level{_side(metric, variant, step)}."
    )


def _side(metric, variant, step) -> str:
    direction = metric.direction_of(variant)
    if direction == NEITHER:
        return ""
    better = (step.value > step.before) == (direction == HIGHER_IS_BETTER)
    return ", an improvement" if better else ", a deterioration"


def cohort_step_sentence(step, age: int, *, words: Words, measure: str = CUSTOMERS) -> Sentence:
    """Whether cohorts from some month on have kept more, or less, than those before."""
    after = f"{words.count(age, 'month')} after joining"
    if step is None:
        return Sentence(
            f"What is left of a cohort {after} shows no lasting change from one month of joining on."
        )
    side = "more" if step.value > step.before else "less"
    kept = COHORT_KEEPS[measure].rstrip(",")
    return Sentence(
        f"Of the cohorts that joined from {words.period(step.first)} on, {words.percent(step.value)} "
        f"{kept} {after}, against {words.percent(step.before)} of those that joined before: "
        f"newer cohorts keep {side}, beyond what chance explains."
    )


def year_sentence(
    metric, table: pd.DataFrame, first, last, *, words: Words, variant=None
) -> Sentence:
    """The segment that stood apart over several periods together, against all others together.

    `table`: segment_by, segment, numerator, denominator, value, low, high, rest, differs.
    """
    rows = readings(table)
    names, unit = labels(rows), metric.unit_of(variant)
    by = spoken(split_column(rows))
    span = f"From {words.period(first)} to {words.period(last)}"
    title = lower_first(metric_title(metric, variant))
    apart = [place for place, sure in enumerate(table["differs"]) if sure]
    if not apart:
        return Sentence(f"{span}, {title} of no {by} can be told apart from the others together.")
    apart.sort(key=lambda i: -abs(table["value"].iloc[i] - table["rest"].iloc[i]))
    told = [
        f"{_share(names[i], rows[i], unit, words)}, against {words.value(table['rest'].iloc[i], unit)} "
        f"for all others together{_times(rows[i].value, table['rest'].iloc[i], words)}"
        for i in apart[:NAMED]
    ]
    told += [f"{len(apart) - NAMED} more"] if len(apart) > NAMED else []
    others = [name for place, name in enumerate(names) if place not in apart]
    who = f"The other {len(others)}" if len(others) > NAMED else listed(others)
    ending = f" {who} cannot be told from the rest." if others else ""
    return Sentence(
        f"{span}, {title} by {by} stood apart, beyond what chance explains, for "
        f"{'; and for '.join(told)}.{ending}"
    )


def _share(name: str, row: Reading, unit: str, words: Words) -> str:
    span = words.interval(row.low, row.high, unit)
    return f"{name} ({words.value(row.value, unit)}; {words.level} interval {span})"


def _times(value: float, rest: float, words: Words) -> str:
    if not rest or rest != rest or value / rest < 1.15:
        return ""
    return f" ({words.decimal(value / rest, 1)} times as much)"


def since_sentence(
    metric, now: pd.DataFrame, before, sure, *, words: Words, direction=None
) -> Sentence:
    """Which segments changed against an earlier period beyond what chance explains, the most first.

    `now` and `before`: rows of one metric, one row a segment; `sure`: by segment, True, False or None.
    """
    earlier = {row.segment: row for row in readings(before) if row.ok}
    rows = [row for row in readings(now) if row.ok and row.segment in earlier]
    title = lower_first(metric_title(metric, rows[0].variant if rows else None))
    if not rows:
        return Sentence(f"There is no earlier figure to compare {title} with.")
    unit, by = metric.unit_of(rows[0].variant), spoken(split_column(rows))
    names = dict(zip((row.segment for row in rows), labels(rows), strict=True))
    since = words.period(earlier[rows[0].segment].period)
    has = "have" if is_plural(metric.title) else "has"
    changed = [
        row for row in rows if sure.get(row.segment) and row.value != earlier[row.segment].value
    ]
    changed.sort(key=lambda row: -abs(row.value - earlier[row.segment].value))
    if not changed:
        return Sentence(
            f"Since {since} {title} {has} changed for no {by} beyond what chance explains."
        )
    parts = []
    for verb in ("risen", "fallen"):
        mine = [r for r in changed if (r.value > earlier[r.segment].value) == (verb == "risen")]
        told = [
            f"{names[row.segment]} (from {words.value(earlier[row.segment].value, unit, compact=True)}"
            f" to {words.value(row.value, unit, compact=True)})"
            for row in mine[:NAMED]
        ]
        told += [f"{len(mine) - NAMED} more"] if len(mine) > NAMED else []
        parts += [f"{verb} for {listed(told)}"] if mine else []
    rest = len(rows) - len(changed)
    other = "one" if rest == 1 else str(rest)
    ending = f" For the other {other} no change can be told from chance." if rest else ""
    return Sentence(
        f"Since {since} {title} {has} {' and '.join(parts)}, beyond what chance explains.{ending}"
    )
