"""What is left of cohorts some months after joining, in words."""

import math

import pandas as pd

from cs_lib.judgement.trends import Step
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import Reading, period_of
from cs_lib.vocabulary import CUSTOMERS, OK, PERCENT, REVENUE_GROSS, REVENUE_NET

KEEPS = {
    CUSTOMERS: "of customers are still here",
    REVENUE_NET: "of the first month's revenue is coming in, upgrades included",
    REVENUE_GROSS: "of the first month's revenue was never lost, upgrades left out",
}
#: the same of customers who order, who are not lost by not ordering in a month
ORDERS = {
    CUSTOMERS: "of customers order in that month",
    REVENUE_NET: "of the first month's revenue is coming in, further orders included",
}


def cohort_sentence(
    cohorts: pd.DataFrame,
    age: int,
    *,
    formatter: Formatter,
    measure: str = CUSTOMERS,
    step: Step | None = None,
    ordered: bool = False,
    by_orders: bool = False,
) -> Sentence:
    """What was left `age` months after joining: the weighted mean, a lasting change, the best and the worst.

    `cohorts`: cohort cells of one segment; the weighted mean has no cohort date. The ends are named where
    the cohorts are `ordered` by more than chance. `by_orders`: of customers who order.
    """
    cells = cohorts[(cohorts["measure"] == measure) & (cohorts["age"] == age)]
    seen = cells[(cells["status"] == OK) & cells["value"].notna()]
    mean, each = seen[seen["cohort"].isna()], seen[seen["cohort"].notna()]
    months = formatter.count(age, "month")
    if each.empty:
        return Sentence(f"No cohort has been followed for {months} yet.")
    size = formatter.count(len(each), "cohort")
    if mean.empty:
        return Sentence(f"{size} {'has' if len(each) == 1 else 'have'} been followed for {months}.")
    row = Reading.of({**mean.iloc[0].to_dict(), "period_start": None})
    if len(each) == 1:
        joined = period_of({"period_start": each["cohort"].iloc[0]})
        size = f"those who joined in {formatter.period(joined)} alone"
    basis = "; ".join(filter(None, [size, formatter.basis(row, PERCENT)]))
    keeps = ORDERS.get(measure, KEEPS[measure]) if by_orders else KEEPS[measure]
    text = f"After {months} {formatter.percent(row.value)} {keeps} ({basis})"
    if step is not None:
        new, old = formatter.alike((step.value, step.before), PERCENT)
        side = "more" if step.value > step.before else "less"
        text += (
            f": {new} of those who joined from {formatter.period(step.first)} on, {old} of those before; "
            f"newer cohorts keep {side}"
        )
    best, worst = each["value"].max(), each["value"].min()
    if not ordered or best == worst:
        return Sentence(f"{text}.")
    ends = [
        _cohorts(each[each["value"] == end], measure, formatter, by_orders=by_orders)
        for end in (best, worst)
    ]
    return Sentence(f"{text}. Best: {ends[0]}; worst: {ends[1]}.")


def _cohorts(rows: pd.DataFrame, measure: str, formatter: Formatter, *, by_orders: bool) -> str:
    """ "customers who joined in March 2025 (80.0%)", "3 cohorts (100.0% each)"."""
    share = formatter.percent(rows["value"].iloc[0])
    if len(rows) > 1:
        return f"{len(rows)} cohorts ({share} each)"
    if measure == CUSTOMERS and rows["value"].iloc[0] == 1 and rows["denominator"].iloc[0] > 1:
        here = "" if by_orders else " still here"
        share = f"all {formatter.value(rows['denominator'].iloc[0], 'count')}{here}"
    month = period_of({"period_start": rows["cohort"].iloc[0]})
    return f"customers who joined in {formatter.period(month)} ({share})"


#: a term of a year in months; of so many before it ends the usual loss is taken
_YEAR, _BEFORE_RENEWAL = 12, 5
#: how much more than that must leave as it ends, and by how many standard errors, to be told
_TIMES, _ERRORS = 1.5, 3


def renewal_sentence(cohorts: pd.DataFrame, *, formatter: Formatter) -> Sentence:
    """How many leave in the month in which a yearly term ends, where that is more than before; else nothing.

    `cohorts`: monthly cells of customers. Of the same cohorts: those there the month before the year is up and
    gone in it, against the five months before.
    """
    cells = cohorts[(cohorts["measure"] == CUSTOMERS) & cohorts["cohort"].notna()]
    ages = [_YEAR - 1 - _BEFORE_RENEWAL, _YEAR - 1, _YEAR]
    left = cells[cells["status"] == OK].pivot(index="cohort", columns="age", values="numerator")
    if not set(ages) <= set(left.columns):
        return Sentence("")
    start, before, after = (float(each) for each in left[ages].dropna().sum())
    if not 0 < after < before <= start:
        return Sentence("")
    monthly = 1 - (before / start) ** (1 / _BEFORE_RENEWAL)
    gone = 1 - after / before
    expected, spread = before * monthly, math.sqrt(before * max(monthly, 1 / before))
    if gone < _TIMES * monthly or (before - after - expected) / spread < _ERRORS:
        return Sentence("")
    return Sentence(
        f"{formatter.percent(gone)} of those still there after {_YEAR - 1} months were gone a month later, "
        f"when a yearly term ends, against {formatter.percent(monthly)} a month in the "
        f"{_BEFORE_RENEWAL} months before."
    )
