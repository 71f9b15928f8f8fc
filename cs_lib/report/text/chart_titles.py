"""What a chart finds, as its title: short, and from the judgement that its sentence tells."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from cs_lib.judgement.comparisons import Apart
from cs_lib.judgement.series import OF_A_PERIOD
from cs_lib.judgement.standing import Standing
from cs_lib.judgement.trends import Run, Step
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.compute.intervals import differ
from cs_lib.period import MONTH, Period
from cs_lib.report.text.formatting import Formatter, listed, metric_title, split_title, spoken
from cs_lib.report.text.measure_row import (
    Reading,
    farthest_apart,
    labels,
    readings,
    split_column,
)
from cs_lib.report.text.verdict_words import grain_words, judged_text, pooled_words
from cs_lib.vocabulary import (
    CUSTOMERS,
    DAYS,
    HIGHER_IS_BETTER,
    MET,
    MISSED,
    MONEY,
    MONTHS,
    PER_YEAR,
    PERCENT,
    POINTS,
    REVENUE_NET,
    SCORE,
    TOO_CLOSE,
)

#: a title longer than this is not taken in at a glance
LONGEST = 70
_UNITS = {POINTS: "points", SCORE: "mean score", MONTHS: "months", DAYS: "days", PER_YEAR: "a year"}


def unit_words(
    metric: Metric, variant: str | None, period: Period | None, formatter: Formatter
) -> str:
    """ "% a month", "USD", "points": what the numbers of a chart count; empty for counts and ratios."""
    unit = metric.unit_of(variant)
    if unit == PERCENT:
        return f"% a {period.grain}" if period and metric.name in OF_A_PERIOD else "%"
    return formatter.currency if unit == MONEY else _UNITS.get(unit, "")


def over_time_title(
    metric: Metric,
    now: Reading,
    year_ago: Reading | None,
    formatter: Formatter,
    *,
    standing: Standing | None = None,
    step: Step | None = None,
    run: Run | None = None,
) -> str:
    """The first of: a target missed, a lasting change, a recent signal, a verdict; else level and change."""
    verdict = _verdict(metric, standing, formatter) if standing else ""
    if standing is not None and standing.verdict == MISSED:
        return verdict
    found = (
        _lasting(metric, now, step, formatter) if step else "",
        _unusual(metric, now, run, formatter) if run else "",
        verdict,
        _level(metric, now, year_ago, formatter),
    )
    return next((said for said in found if said and len(said) <= LONGEST), "")


def _verdict(metric: Metric, standing: Standing, formatter: Formatter) -> str:
    """ "NPS missed its target of 40: 31.2 over 12 months", or as much of it as a title has room for."""
    title, verdict, grain = metric.title, standing.verdict, grain_words(standing, metric)
    goal = formatter.tick(standing.target.value, metric.unit_of()) + grain
    whose = "its" if standing.own else "the company's"
    over = f" {pooled_words(standing)}" if standing.pooled else ""
    value = judged_text(standing.figure, metric, formatter)
    forms: tuple[str, ...] = ("",)
    if verdict in (MET, MISSED):
        forms = (
            f"{title} {verdict} {whose} target of {goal}: {value}{over}",
            f"{title} {verdict} {whose} target of {goal} ({value})",
            f"{title} {verdict} {whose} target ({value}{grain})",
        )
    elif verdict == TOO_CLOSE:
        forms = (
            f"{title}, target {goal}: too close to call at {value}{over}",
            f"{title}, target {goal}: too close to call at {value}",
        )
    return next((said for said in forms if len(said) <= LONGEST), forms[-1])


def _lasting(metric: Metric, now: Reading, step: Step, formatter: Formatter) -> str:
    """ "Time to value: 9.0 days since February 2025, 22.1 days before"."""
    new, old = formatter.alike([step.value, step.before], metric.unit_of(now.variant), bare=True)
    title, unit = metric_title(metric, now.variant), metric.unit_of(now.variant)
    after = f" {_UNITS[unit]}" if unit in (DAYS, MONTHS, POINTS) else ""
    return f"{title}: {new}{after} since {formatter.period(step.first)}, {old}{after} before"


def _unusual(metric: Metric, now: Reading, run: Run, formatter: Formatter) -> str:
    """ "CSAT rose to 91.0% in May 2026, (the trend: 79.2%)"."""
    value, usual = (
        formatter.short(each, metric.unit_of(now.variant)) for each in (run.value, run.usual)
    )
    verb = "rose to" if run.above else "fell to"
    when = formatter.within(run.first, run.last)
    return f"{metric_title(metric, now.variant)} {verb} {value} {when} (the trend: {usual})"


def _level(metric: Metric, now: Reading, year_ago: Reading | None, formatter: Formatter) -> str:
    """ "MRR: $255K in June 2026, up 78.2% on June 2025"."""
    unit = metric.unit_of(now.variant)
    said = f"{metric_title(metric, now.variant)}: {formatter.short(now.value, unit)}"
    said += f" in {formatter.period(now.period)}"
    if year_ago is None or not year_ago.ok:
        return said
    change = formatter.change(now.value, year_ago.value, unit)
    longer = f"{said}, {change} on {formatter.period(year_ago.period)}"
    if change == "unchanged":
        longer = f"{said}, {change} from {formatter.period(year_ago.period)}"
    return longer if len(longer) <= LONGEST else said


def segments_title(
    metric: Metric,
    apart: Sequence[Apart | None],
    formatter: Formatter,
) -> str:
    """The segment that stands apart most clearly, a bad one before a good one; where none does, that.

    Empty where that cannot be judged.

    `apart`: by column, None where it can't be judged.
    """
    judged = [each for each in apart if each is not None]
    unit, found = metric.unit_of(), clearest(metric, judged)
    if found:
        row, of = found
        name = dict(zip(of.rows["segment"], labels(readings(of.rows)), strict=True))[row["segment"]]
        by = spoken(split_column(readings(of.rows)))
        value, rest = formatter.alike([row["value"], row["rest"]], unit, bare=True)
        return f"{by[:1].upper()}{by[1:]} {name} stands apart: {value}, the others {rest}"
    if apart and len(judged) == len(apart):
        columns = [spoken(split_column(readings(each.rows))) for each in judged]
        return f"{metric.title}: no {listed(columns).replace(' and ', ' or ')} stands apart"
    return ""


def clearest(metric: Metric, apart: Sequence[Apart]) -> tuple[dict, Apart] | None:
    """The segment that stands apart most clearly and the split it is of, a bad one before a good one."""
    better = 1 if metric.direction_of() == HIGHER_IS_BETTER else -1
    found = [(row, each) for each in apart for row in each.differing.to_dict("records")]
    bad = [each for each in found if (each[0]["value"] - each[0]["rest"]) * better < 0]
    return min(bad or found, key=lambda each: each[0]["p"], default=None)


def range_title(metric: Metric, rows: Sequence[Reading], formatter: Formatter) -> str:
    """ "CAC: $851 (Referral) to $7,037 (Events)": from where to where segments of one column run.

    Where the two at the ends may differ by chance, the two that surely differ: "4.2% (Events), 2.1% (Referral)".
    """
    if len(rows) < 2:
        return ""
    names, by = labels(list(rows)), spoken(split_column(list(rows)))
    unit, title = metric.unit_of(rows[0].variant), metric_title(metric, rows[0].variant)
    order = sorted(range(len(rows)), key=lambda place: (rows[place].value, names[place]))
    low, high = order[0], order[-1]
    sure = farthest_apart(rows)
    if sure and not rows[high].low > rows[low].high:
        parts = zip(formatter.alike([each.value for each in sure], unit), sure, strict=True)
        named = [f"{value} ({names[rows.index(each)]})" for value, each in parts]
        told = f"{split_title(title, by)}: {', '.join(named)}"
        return told if len(told) <= LONGEST else ""
    ends = formatter.alike([rows[low].value, rows[high].value], unit)
    if ends[0] == ends[1]:
        return f"{split_title(title, by)}: alike at {ends[0]} by {by}"
    told = f"{split_title(title, by)}: {ends[0]} ({names[low]}) to {ends[1]} ({names[high]})"
    return told if len(told) <= LONGEST else f"{split_title(title, by)}: {ends[0]} to {ends[1]}"


def cohorts_title(
    means: dict[str, pd.Series],
    since: date | None,
    age: int,
    formatter: Formatter,
    measure: str,
    *,
    by_orders: bool = False,
) -> str:
    """What is left some months after joining; of customers who joined before and since an event, where they
    differ beyond normal variation. `by_orders`: of customers who order.

    `means`: rows of cohort cells at `age`, by "all", "before" and "since".
    """
    share = {name: formatter.percent(row["value"], 0) for name, row in means.items()}
    after = formatter.count(age, "month")
    if since is not None and measure == CUSTOMERS and {"before", "since"} <= means.keys():
        old, new = means["before"], means["since"]
        ends = [float(each[end]) for each in (new, old) for end in ("value", "low", "high")]
        if all(end == end for end in ends) and differ(*ends) and share["before"] != share["since"]:
            when = formatter.period_short(Period.containing(since, MONTH))
            return (
                f"{after} on, {share['since']} {'order' if by_orders else 'are left'} of joiners since {when}, "
                f"{share['before']} before"
            )
    if "all" not in share:
        return ""
    if measure == REVENUE_NET:
        return f"{share['all']} of first revenue comes in {after} after joining, upgrades included"
    if by_orders:
        return f"{share['all']} of customers order {after} after joining"
    what = "customers are" if measure == CUSTOMERS else "first revenue is"
    return f"{share['all']} of {what} left {after} after joining"
