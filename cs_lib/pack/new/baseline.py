"""Targets to start with: where a company stands, measured over the months that a target is judged by."""

from pathlib import Path
from typing import NamedTuple

from cs_lib.edition import Edition
from cs_lib.edition.targets import Target
from cs_lib.errors import KitError
from cs_lib.period import ALL, MONTH, Period, last_complete
from cs_lib.vocabulary import MONEY, PERCENT, POINTS

#: the figures that a target is proposed for, where the edition has them
PROPOSED = (
    "customer_churn_rate",
    "gross_revenue_retention",
    "net_revenue_retention",
    "repeat_rate",
    "average_order_value",
    "nps",
    "csat",
    "cac",
    "active_customer_rate",
)


class Baseline(NamedTuple):
    """A figure as it stands, rounded, and the months that it is of."""

    metric: str
    title: str
    value: float
    first: Period
    last: Period


def baselines(draft: Edition, *, root: Path, data_dir: Path) -> list[Baseline]:
    """The figures of the last complete month that targets may be held against.

    A figure of 0 is no target. Nothing where the data cannot be measured: the check then says why.
    """
    from cs_lib.judgement.series import Figures
    from cs_lib.judgement.standing import standing
    from cs_lib.metrics.audit.cache import load_measures
    from cs_lib.metrics.catalogue import metric

    asked = {name: {ALL: (Target(value=0),)} for name in PROPOSED}
    try:
        measures = load_measures(draft, root=root, data_dir=data_dir)
    except KitError:
        return []
    figures = Figures(draft.model_copy(update={"targets": asked}), measures)
    period = last_complete(measures.as_of, MONTH)
    found = []
    for name in PROPOSED:
        if name in measures.left_out:
            continue
        stands = standing(figures, name, ALL, ALL, period)
        if stands and stands.figure.n and stands.figure.value:
            value, figure = stands.figure.value, stands.figure
            declared = metric(name)
            found.append(
                Baseline(
                    name, declared.title, _rounded(value, declared.unit), figure.first, figure.last
                )
            )
    return found


def _rounded(value: float, unit: str) -> float:
    """As exact as a target is named: tenths of a per cent, whole points, two digits of money."""
    if unit == PERCENT:
        return round(value, 3)
    if unit == POINTS:
        return round(value)
    if unit == MONEY and value:
        from math import floor, log10

        return round(value, 1 - floor(log10(abs(value))))
    return round(value, 1)
