"""What happened over periods, in words: runs outside limits, lasting changes, changes on a year before."""

from collections.abc import Mapping

import pandas as pd

from cs_lib.judgement.stakes import LEAST_CUSTOMERS
from cs_lib.judgement.trends import Run, Step
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import Ratio
from cs_lib.period import Period
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, listed, metric_title, multiple, spoken
from cs_lib.report.text.measure_row import labels, number, readings, split_column
from cs_lib.report.text.segment_sentences import NAMED
from cs_lib.report.text.word_forms import is_plural, lower_first
from cs_lib.vocabulary import HIGHER_IS_BETTER, LOST_MRR, MONEY, NEITHER

#: what a figure says of its movement, where that has a name: the beginning, and what the amounts are of
BROUGHT = {
    "expansion_mrr_rate": ("upgrades and price rises brought", " of MRR"),
    "expansion_mrr": ("upgrades and price rises brought", ""),
    "new_mrr": ("new customers brought", ""),
    "reactivation_mrr": ("returning customers brought", ""),
    "contraction_mrr": ("downgrades took", ""),
    "churned_mrr": ("customers who left took", ""),
}


#: how many runs are told
MOST_RUNS = 2


def runs_sentence(
    metric: Metric,
    runs: list[Run],
    looked: int,
    now: Period,
    *,
    formatter: Formatter,
    where: str = "",
    variant: str | None = None,
    little: bool = False,
) -> Sentence:
    """Which periods lay outside their limits, what the trend was then, and the level since.

    `runs` in order of time; `looked` is how many periods have limits; `now` is the last period.
    The clearest runs are told. `little`: where there are none, some period lay outside by too little to be told.
    """
    title = metric_title(metric, variant, where=where)
    if not runs:
        how = how_little(metric, variant, little=little)
        return Sentence(f"{title} moved {how}{_looked(looked, now, formatter)}.")
    clearest = sorted(runs, key=lambda run: -run.distance)[:MOST_RUNS]
    shown = [run for run in runs if run in clearest]
    told = "; ".join(_run(run, metric, variant, formatter) for run in shown)
    subject = BROUGHT.get(metric.name, (title, ""))[0]
    subject = f"{where}: {subject}" if where and metric.name in BROUGHT else subject
    since = _since(shown[-1], now, metric, variant, formatter)
    return Sentence(f"{subject[:1].upper()}{subject[1:]} {told}{since}.")


def how_little(metric: Metric, variant: str | None, *, little: bool) -> str:
    """ "no more than usual"; "little more than usual (by fewer than 5 customers)"."""
    if not little:
        return "no more than usual"
    rule = metric.rule(variant)
    money = metric.unit_of(variant) == MONEY or (
        isinstance(rule, Ratio) and rule.denominator.scale != 1
    )
    by = "less than 0.25% of MRR" if money else f"fewer than {LEAST_CUSTOMERS} customers"
    return f"little more than usual (by {by})"


def _looked(looked: int, now: Period, formatter: Formatter) -> str:
    """ " in the 24 months to June 2026"."""
    if looked == 1:
        return f" in {formatter.period(now)}"
    return f" in the {looked} {now.grain}s to {formatter.period(now)}"


def _run(run: Run, metric: Metric, variant: str | None, formatter: Formatter) -> str:
    """ "fell to 56.7% in March and April 2026 (the trend: 79.2%)"; "6.6% of MRR in October 2025, six times the trend of 1.1%"."""
    value, usual = _told((run.value, run.usual), metric, variant, formatter)
    when = formatter.within(run.first, run.last)
    if metric.name not in BROUGHT:
        return f"{'rose' if run.above else 'fell'} to {value} {when} (the trend: {usual})"
    each = f" a {run.first.grain}" if run.first != run.last else ""
    times = multiple(run.value, run.usual)
    beside = f", {times} the trend of {usual}" if times else f" (the trend: {usual})"
    return f"{value}{BROUGHT[metric.name][1]}{each} {when}{beside}"


def _since(run: Run, now: Period, metric: Metric, variant: str | None, formatter: Formatter) -> str:
    """ "; 1.6% a month since", "; 1.6% in June 2026"."""
    if run.last >= now or number(run.since) != run.since:
        return ""
    level = _told((run.since, run.value), metric, variant, formatter)[0]
    if run.last.back(-1) == now:
        return f"; {level} in {formatter.period(now)}"
    each = f" a {now.grain}" if metric.name in BROUGHT else ""
    return f"; {level}{each} since"


def _told(
    figures: tuple[float, ...], metric: Metric, variant: str | None, formatter: Formatter
) -> list[str]:
    """Figures in one style; what was lost as how much was lost."""
    sign = -1 if metric.name in LOST_MRR else 1
    return formatter.alike([sign * each for each in figures], metric.unit_of(variant))


def step_sentence(
    metric: Metric,
    step: Step | None,
    last: Period,
    *,
    formatter: Formatter,
    where: str = "",
    variant: str | None = None,
) -> Sentence:
    """Since when a figure has stood at another level, and at which before. That none shows is not that there was none."""
    if step is None:
        title = lower_first(metric_title(metric, variant, where=where))
        return Sentence(f"No lasting change shows in {title} up to {formatter.period(last)}.")
    unit, has = metric.unit_of(variant), "have" if is_plural(metric.title) else "has"
    new, old = formatter.alike((step.value, step.before), unit)
    title = lower_first(metric_title(metric, variant, where=where))
    before = formatter.count(step.periods_before, step.first.grain)
    return Sentence(
        f"Since {formatter.period(step.first)} {title} {has} averaged {new}, against {old} in the {before} "
        f"before{_side(metric, variant, step)}."
    )


def _side(metric: Metric, variant: str | None, step: Step) -> str:
    direction = metric.direction_of(variant)
    if direction == NEITHER:
        return ""
    better = (step.value > step.before) == (direction == HIGHER_IS_BETTER)
    return ", an improvement" if better else ", worse"


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
    tested = [row for row in rows if sure.get(row.segment) is not None]
    if not tested:
        return Sentence(f"Whether {title} {has} changed since {since} cannot be tested.")
    change = {row.segment: row.value - earlier[row.segment].value for row in rows}
    changed = [row for row in tested if sure[row.segment] and change[row.segment]]
    changed.sort(key=lambda row: -abs(change[row.segment]))
    if not changed:
        whose = (
            f"any {by}"
            if len(tested) == len(rows)
            else f"the {len(tested)} of {len(rows)} that can be tested"
        )
        return Sentence(f"Compared with {since}, {title} {has} not clearly changed for {whose}.")
    parts = []
    for verb, sign in (("risen", 1), ("fallen", -1)):
        told = [
            "{} (from {} to {})".format(
                names[row.segment], *formatter.alike((earlier[row.segment].value, row.value), unit)
            )
            for row in changed
            if change[row.segment] * sign > 0
        ]
        parts += [f"{verb} for {listed(told, most=NAMED)}"] if told else []
    return Sentence(f"Compared with {since}, {title} {has} {' and '.join(parts)}.")
