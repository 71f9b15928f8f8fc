"""What goes with leaving, and with paying more: the effects of the hazard, where its record is good enough to speak."""

from dataclasses import dataclass

import pandas as pd

from cs_lib.judgement.series import Figures
from cs_lib.judgement.significance import holm
from cs_lib.period import Period
from cs_lib.vocabulary import OK

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
