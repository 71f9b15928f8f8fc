"""Which single features of the product go with leaving, or with paying more, among customers who are otherwise alike.

Customers are alike where the hazard gives them about the same chance, how many features they use left aside, in the same
quarter (Hansen 2008, stratified on the prognostic score). Within such groups one logistic fit over all features at once
says by how much the chance differs between who used a feature in the month before and who did not (see
`marginal_effects`), so that a feature is not told for another that the same customers use.

Customers who are keen use every feature more and stay longer, so that every one of them goes with staying. What sets a
feature apart is that it does so more than the others: its `p` is the greater of two, that its effect is none and that it
is no more than the mean of the others' (an intersection-union test, Berger 1982).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from cs_lib.data.engines.engine import Engine
from cs_lib.data.facts.calendar import frame
from cs_lib.data.facts.context import add_up, whole
from cs_lib.data.facts.movements import PLACE
from cs_lib.data.facts.risk_facts import FeatureUses
from cs_lib.data.facts.risk_features import BREADTH
from cs_lib.metrics.models.logistic import Hazard, Kinds, SeparationError
from cs_lib.metrics.models.marginal_effects import Effect, effects, told
from cs_lib.metrics.models.risk_words import LEAST_EVENTS
from cs_lib.period import Period

#: into so many groups of about as many customer-months are the chances cut
GROUPS = 10
CHANCE, QUARTER = "chance", "quarter"
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Seen:
    """Customer-months before `until` by `kind`, and the months by number that they are of."""

    rows: nw.LazyFrame
    uses: FeatureUses
    months: dict[int, Period]
    until: int


def feature_effects(
    seen: Seen, hazard: Hazard, n: np.ndarray, happened: str, engine: Engine, confidence: float
) -> list[dict]:
    """A row a feature: feature, effect of having used it on the chance of a month with low and high, p, and `n`, the
    customer-months with it. `happened` is the column of `seen` that counts: left or grew.

    Nothing where it happened too seldom, or where a feature tells for certain to whom.
    """
    counted = _counted(seen, _groups(hazard, n), happened, engine)
    if counted["happened"].sum() < LEAST_EVENTS:
        return []
    columns = [*seen.uses.columns, CHANCE, QUARTER]
    many, events = (counted[each].to_numpy(dtype=float) for each in ("n", "happened"))
    try:
        fitted = Hazard.fitted(Kinds(counted[columns], tuple(columns)), events, many)
    except SeparationError:
        return []
    names = dict(zip(seen.uses.columns, seen.uses.names, strict=True))
    own = [each for each in effects(fitted, many) if each.feature in names]
    return [
        {"feature": names[each.feature], **row, "n": many[counted[each.feature] == YES].sum()}
        for each, row in zip(own, _judged(own, fitted.covariance, confidence), strict=True)
    ]


def _judged(own: list[Effect], covariance: np.ndarray, confidence: float) -> Iterator[dict]:
    """effect, low, high and p of having used each feature."""
    signs = np.array([1.0 if each.label == YES else -1.0 for each in own])
    values = signs * [each.value for each in own]
    gradients = [sign * each.gradient for sign, each in zip(signs, own, strict=True)]
    for at, value in enumerate(values):
        row = told(float(value), gradients[at], covariance, confidence)
        rest = [place for place in range(len(own)) if place != at]
        if rest:
            more = float(value - values[rest].mean())
            slope = gradients[at] - np.mean([gradients[each] for each in rest], axis=0)
            beside = told(more, slope, covariance, confidence)["p"] if more * value > 0 else 1.0
            row["p"] = max(row["p"], beside)
        yield row


def _groups(hazard: Hazard, n: np.ndarray) -> pd.DataFrame:
    """kind (as the engine numbers it), CHANCE: the group of the chance that it would have whatever its breadth of use."""
    kinds = hazard.kinds
    other = np.array([name != BREADTH for name, _ in kinds.columns])
    logit = kinds.on @ np.where(other, hazard.moves, 0.0)
    order = np.argsort(logit, kind="stable")
    below = np.cumsum(n[order]) - n[order] / 2
    place = np.minimum(GROUPS * below / max(n.sum(), 1), GROUPS - 1).astype("int64")
    group = np.empty(len(order), dtype="int64")
    # kinds of one chance stay together, wherever the cut falls
    _, first = np.unique(logit[order], return_index=True)
    group[order] = np.repeat(place[first], np.diff([*first, len(order)]))
    return pd.DataFrame({"kind": kinds.frame["kind"].astype("int64"), CHANCE: group})


def _counted(seen: Seen, groups: pd.DataFrame, happened: str, engine: Engine) -> pd.DataFrame:
    """Customer-months `n` and how often it `happened`, by group, quarter and the features used."""
    quarters = [
        (number, each.start.year * 4 + (each.start.month - 1) // 3)
        for number, each in seen.months.items()
        if seen.uses.first < number < seen.until
    ]
    columns, keys = seen.uses.columns, (CHANCE, QUARTER, *seen.uses.columns)
    rows = seen.rows.select(*PLACE, "kind", happened=happened)
    rows = rows.join(engine.lift(frame(quarters, ["period", QUARTER])), on="period", how="inner")
    rows = rows.join(engine.lift(groups), on="kind", how="inner")
    rows = rows.join(seen.uses.rows, on=list(PLACE), how="left")
    rows = rows.with_columns(nw.col(*columns).fill_null(0), n=whole(1))
    found = engine.collect(add_up(rows, keys, ("n", "happened")))
    found = found.sort_values(list(keys), ignore_index=True)
    labels = {each: found[each].astype(str) for each in (CHANCE, QUARTER)}
    used = {each: np.where(found[each] > 0, YES, NO) for each in columns}
    return found.assign(**labels, **used)
