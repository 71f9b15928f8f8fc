"""What goes with leaving, and with paying more: the effects of the hazard, where its record is good enough to speak."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from cs_lib.judgement.finding import Finding
from cs_lib.judgement.series import Figures, last_judged
from cs_lib.judgement.significance import certainty_of, holm
from cs_lib.judgement.stakes import MONTHS, UNKNOWN, Stake, customers_of, yearly_revenue
from cs_lib.period import ALL, MONTH, Period, Segment
from cs_lib.vocabulary import FEATURE_EFFECT, NEUTRAL, OK

#: what a feature may go with, as metrics: leaving, and paying more
LEAVING, GROWING = "customer_churn_rate", "expansion_mrr_rate"
USED, FEATURE = "feature_adoption", "feature"

_COLUMNS = ["feature", "label", "base", "effect", "low", "high", "p", "n"]
_OF_FEATURES = ["feature", "effect", "low", "high", "p", "n"]


@dataclass(frozen=True)
class GoesWith:
    """Over all customers, for the month that begins at a period's end. `leaving` and `growing` have a row a label:
    feature, label, base, effect on the chance of a month with low and high, n customer-months, and whether it `differs`
    from none (Holm over the labels of one hazard). `growing` is empty where its hazard is refused, which
    `growth_status` says."""

    leaving: pd.DataFrame
    growing: pd.DataFrame
    growth_status: str


def goes_with(figures: Figures, period: Period) -> GoesWith | None:
    """None where the hazard of leaving says nothing of the month (see `models.hazard`)."""
    record = figures.measures.data.get("hazard", {}).get(str(period.end), {})
    if record.get("status") != OK:
        return None
    level, growth = figures.edition.confidence, record["growth"]
    leaving, growing = (
        _judged(each.get("effects", []), _COLUMNS, level) for each in (record, growth)
    )
    return GoesWith(leaving, growing, growth["status"])


@dataclass(frozen=True)
class FeaturesGoWith:
    """Over all customers, for the month that begins at a period's end. `leaving` and `growing` have a row a feature:
    feature, effect of having used it on the chance of a month with low and high, n customer-months with it, and whether
    it `differs` (from none and from the other features, see `models.feature_effects`; Holm over the features of one).
    Either is empty where it happened too seldom."""

    leaving: pd.DataFrame
    growing: pd.DataFrame


def features_go_with(figures: Figures, period: Period) -> FeaturesGoWith | None:
    """None where they were not looked at: features are told of the newest month, where there were losses enough."""
    record = figures.measures.data.get("hazard", {}).get(str(period.end), {})
    both = record, record.get("growth", {})
    if not any("features" in each for each in both):
        return None
    level = figures.edition.confidence
    return FeaturesGoWith(
        *(_judged(each.get("features", []), _OF_FEATURES, level) for each in both)
    )


def _judged(effects: list[dict], columns: list[str], level: float) -> pd.DataFrame:
    rows = pd.DataFrame(effects, columns=columns)
    p = rows["p"].to_numpy(dtype=float)
    return rows.assign(differs=holm(p, 1 - level) if len(rows) else False)


def features_apart(figures: Figures, period: Period, segment: Segment) -> Iterator[Finding]:
    """Every feature that goes with leaving, or with paying more, more than the others do (see `models.feature_effects`).

    Neither good nor bad news: it goes together and proves nothing. At stake is what the effect on a month comes to over a
    year, should it hold for those who do not use the feature; where more leave who use it, for those who do.
    """
    found = features_go_with(figures, period) if segment.label == ALL else None
    if found is None:
        return
    split = figures.edition.split_name(FEATURE)
    for metric, rows in ((LEAVING, found.leaving), (GROWING, found.growing)):
        if metric in figures.measures.left_out:
            continue
        for row in rows[rows["differs"]].to_dict("records"):
            whose = Segment(((split, row["feature"]),))
            yield Finding(
                FEATURE_EFFECT,
                metric,
                whose.by,
                whose.label,
                period,
                period,
                row["effect"],
                0.0,
                NEUTRAL,
                _at_stake(figures, metric, row["effect"], whose, period),
                certainty_of(row["p"]),
                n=row["n"],
            )


def _at_stake(
    figures: Figures, metric: str, effect: float, feature: Segment, period: Period
) -> Stake:
    """Customers in a year, and what they pay; of paying more it is not known how much more."""
    last = last_judged(period, MONTH)
    used = figures.series(USED, feature.by, feature.label, grain=MONTH).between(last, last).known
    customers = customers_of(figures, ALL, ALL, period)
    if not len(used) or not customers > 0:
        return UNKNOWN
    share = min(1.0, float(used.numerator[0]) / customers)
    harms = metric == LEAVING and effect > 0
    part = min(1.0, abs(effect) * MONTHS) * (share if harms else 1 - share)
    revenue = yearly_revenue(figures, ALL, ALL, period) if metric == LEAVING else math.nan
    return Stake(part * revenue, part * customers)
