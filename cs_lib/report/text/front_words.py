"""How the front page names figures: each metric in a clause that a board would say, any other by its title."""

import math
from collections.abc import Callable

from cs_lib.judgement.finding import Finding
from cs_lib.judgement.front import Front
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import Period
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.segment_sentences import apart_finding
from cs_lib.report.text.word_forms import is_placed, is_plural, lower_first, who
from cs_lib.vocabulary import MONEY, PERCENT, POINTS

#: the declaration of a metric, by its name
Metrics = Callable[[str], Metric]
#: the name of a tile
NAMES = {
    "gross_revenue_retention": "Revenue kept before upgrades",
    "net_revenue_retention": "Revenue kept with upgrades",
}
#: what a figure says of all customers, and what it said for a while
WHOLE = {
    "customer_churn_rate": "{value} of customers leave a {grain}",
    "gross_revenue_retention": "{we} kept {value} of last year's revenue before upgrades",
    "net_revenue_retention": "{we} kept {value} of last year's revenue, upgrades included",
    "cac": "a new customer costs {value} to win",
    "cac_payback": "a new customer's cost is repaid after {value}",
}
STRUCK = {
    "customer_churn_rate": "{whose} lost {value} of {their} customers {a_month}{when}; the trend: {usual}",
    "expansion_mrr_rate": "upgrades and price rises brought {value} of MRR{when}; the trend: {usual}",
}
CHANGED = {
    "time_to_value": "customers now reach first value in {value}; before {since} it took {before}",
    "cohort_retention": "{value} of those who joined since {since} are still here after six months; "
    "{before} of those before",
}


def tile_name(metric: Metric, grain: str = "") -> str:
    """The name of a figure for a board: "Revenue kept before upgrades", "Customers lost a month"."""
    if metric.name == "customer_churn_rate" and grain:
        return f"Customers lost a {grain}"
    return NAMES.get(metric.name, metric.title)


def among(by: str, segment: str) -> str:
    """ "in APAC", "among Solo customers"."""
    name = who(by, segment)
    return f"in {name}" if is_placed(by) else f"among {name} customers"


def we(front: Front) -> str:
    """Whose figures a page gives: "we", or its segment."""
    return who(front.segment.by, front.segment.label) or "we"


def figure(value: float, metric: Metric, formatter: Formatter) -> str:
    """A figure as a clause has it, points without their unit."""
    unit = metric.unit_of()
    return formatter.value(value, unit, compact=True, bare=unit == POINTS)


def whole_clause(
    metric: Metric, value: float, grain: str, formatter: Formatter, we: str = "we"
) -> str:
    """ "2.3% of customers leave a month", "NPS is 38.3"; `we`: whose figure it is."""
    text = figure(value, metric, formatter)
    if metric.name in WHOLE:
        return WHOLE[metric.name].format(value=text, grain=grain, we=we)
    return f"{metric.title} {'are' if is_plural(metric.title) else 'is'} {text}"


def goal_clause(metric: Metric, goal: float, value: float, formatter: Formatter) -> str:
    """ "the target is 85%"; where figure and target would be printed alike, on which side it lies."""
    unit, text = metric.unit_of(), formatter.tick(goal, metric.unit_of())
    if formatter.short(value, unit) != formatter.short(goal, unit):
        return f"the target is {text}"
    side = "below" if value < goal else "above"
    exact = formatter.percent(value, 2) if unit == PERCENT else "that"
    return f"{exact} is {'just ' if unit != PERCENT else ''}{side} the target of {text}"


def apart_clause(found: Finding, metric: Metric, formatter: Formatter) -> str:
    """ "APAC loses 4.0% of its customers a month, twice the rate elsewhere (1.9%)"."""
    if metric.name == "cac":
        value, rest = formatter.alike((found.value, found.reference), metric.unit_of())
        name = who(found.segment_by, found.segment)
        return f"a new {name} customer costs {value} to win; others cost {rest}"
    return apart_finding(found, metric, formatter)


def reason_clause(found: Finding, *, named: bool = False) -> str:
    """ "38 of the 79 who left APAC named “competitor”; 16 of 143 elsewhere"; "38 of 79 who left named …" where
    the sentence before is of the same segment (`named`)."""
    cell = found.cell
    if cell is None:
        return ""
    of = f"{cell.n:.0f} who left" if named else f"the {cell.n:.0f} who left {who(*found.whose)}"
    return f"{cell.k:.0f} of {of} named “{cell.word}”; {cell.rest_k:.0f} of {cell.rest_n:.0f} elsewhere"


def when(first: Period, last: Period, now: Period, formatter: Formatter) -> str:
    """ "in March and April": the year where it is not the page's."""
    said = formatter.within(first, last)
    if last.start.year == now.start.year and first.grain == "month":
        return said.replace(f" {now.start.year}", "")
    return said


def struck_clause(
    found: Finding, metric: Metric, name: str, now: Period, formatter: Formatter, we: str = "we"
) -> str:
    """ "CSAT fell to 56.7% in March and April 2026; the trend: 78.3%"; `name` of a segment, else nothing;
    `we`: whose page it is."""
    value, usual = formatter.alike((found.value, found.reference), metric.unit_of())
    then = f" {when(found.first, found.last, now, formatter)}"
    if metric.name in STRUCK and (metric.name != "expansion_mrr_rate" or not name):
        words = {
            "whose": name or we,
            "their": "our" if (name or we) == "we" else "its",
            "a_month": f"a {found.first.grain}" if found.first != found.last else "",
        }
        said = STRUCK[metric.name].format(value=value, usual=usual, when=then, **words)
        return said.replace("  ", " ")
    verb = "rose to" if found.value > found.reference else "fell to"
    whose = f"{name}: " if name else ""
    title = metric.title
    return (
        f"{whose}{lower_first(title) if name else title} {verb} {value}{then}; the trend: {usual}"
    )


def recovered_clause(found: Finding, metric: Metric, now: Period, formatter: Formatter) -> str:
    """ "CSAT is back at 80.0% in May and June, after 56.7% in March and April"."""
    value, then = formatter.alike((found.value, found.reference), metric.unit_of())
    since = when(found.first, found.last, now, formatter)
    before = when(found.run.first, found.run.last, now, formatter) if found.run else "before"
    return f"{metric.title} is back at {value} {since}, after {then} {before}"


def changed_clause(found: Finding, metric: Metric, formatter: Formatter) -> str:
    """ "customers now reach first value in 9 days; before February 2025 it took 22 days"."""
    value, before = formatter.alike((found.value, found.reference), metric.unit_of())
    since = formatter.period(found.first)
    if metric.name in CHANGED:
        return CHANGED[metric.name].format(value=value, before=before, since=since)
    has = "have" if is_plural(metric.title) else "has"
    title = lower_first(metric.title)
    return f"since {since} {title} {has} averaged {value}; before it was {before}"


def taken_up_clause(found: Finding, name: str, periods: int, formatter: Formatter) -> str:
    """ "Waitlist is used by 35% of active customers, nine months after its first use"."""
    since = formatter.count(periods, found.last.grain)
    return f"{name} is used by {formatter.percent(found.value, 0)} of active customers, {since} after its first use"


def about(amount: float, formatter: Formatter) -> str:
    """ "$119K": an estimate, to three digits at most."""
    return "" if math.isnan(amount) else formatter.short(float(f"{amount:.3g}"), MONEY)
