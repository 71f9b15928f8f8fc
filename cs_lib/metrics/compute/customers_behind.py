"""The customers behind one figure, for the analyst alone: what each adds to its numerator and denominator."""

import narwhals as nw
import pandas as pd

from cs_lib.data.facts import FACTS
from cs_lib.data.facts.calendar import Calendar
from cs_lib.data.facts.context import Context
from cs_lib.errors import EditionError
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import Amount, Ratio, Rule
from cs_lib.metrics.catalogue.sums import Sum
from cs_lib.period import Period, Segment, segment_column, segment_name

CUSTOMER, NUMERATOR, DENOMINATOR = "customer_id", "numerator", "denominator"
PARTS = (NUMERATOR, DENOMINATOR)


def refuse_uncounted(metric: Metric, rule: Rule) -> None:
    """EditionError for a figure that is no sum over rows: it names those that it is made of."""
    if isinstance(rule, Ratio | Amount):
        return
    inputs = dict.fromkeys(each.metric for each in rule.made_of)
    instead = f" Ask for what it is made of: {', '.join(inputs)}." if inputs else ""
    raise EditionError(f"{metric.name} is not added up over customers.{instead}")


def customers_behind(
    context: Context, metric: Metric, rule: Rule, period: Period, segment: Segment
) -> pd.DataFrame:
    """One row a customer who counts: customer_id, the segments, numerator and (of a quotient) denominator.

    The columns add up to the figure's own, in its unit. Most to the numerator first. EditionError where
    the figure is not counted by customer.
    """
    refuse_uncounted(metric, rule)
    assert isinstance(rule, Ratio | Amount)
    fact = FACTS[rule.fact].prepare(context)
    by = tuple(segment_column(column) for column, _ in segment.pairs)
    rows = fact.at(by)
    if CUSTOMER not in rows.collect_schema().names():
        raise EditionError(f"{metric.name} is not counted by customer in this edition's tables.")
    for column, (_, value) in zip(by, segment.pairs, strict=True):
        rows = rows.filter(nw.col(column) == value)
    rows = rows.filter(nw.col("period") == _number(fact.calendar, period))
    shown = (CUSTOMER, *dict.fromkeys((*fact.fixed, *by)))
    parts = [(name, part) for name, part in zip(PARTS, rule.sums, strict=True) if part]
    rows = rows.with_columns(**{name: _whole(part) for name, part in parts})
    summed = rows.group_by(*shown).agg(*(nw.col(name).sum() for name, _ in parts))
    found = context.engine.collect(summed)
    found = found[(found[[name for name, _ in parts]] != 0).any(axis=1)]
    found = found.assign(**{name: found[name].astype(float) * part.scale for name, part in parts})
    order = [*(name for name, _ in parts), CUSTOMER]
    found = found.sort_values(order, ascending=[*[False] * len(parts), True], ignore_index=True)
    return found[[*shown, *(name for name, _ in parts)]].rename(columns=_named)


def _number(calendar: Calendar, period: Period) -> int:
    """The number of a period in the calendar; −1 for one that it does not have."""
    return next((n for n, each in enumerate(calendar.all_periods) if each == period), -1)


def _whole(part: Sum) -> nw.Expr:
    return part.expr.cast(nw.Int64 if part.whole else nw.Float64)


def _named(column: str) -> str:
    return column if column in (CUSTOMER, *PARTS) else segment_name(column)
