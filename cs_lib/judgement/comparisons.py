"""Figures held against each other: two periods, segments against the rest, and what moved a rate."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from cs_lib.judgement.series import Figures, adds_up, is_flow
from cs_lib.judgement.standing import (
    MONTHS_JUDGED,
    Figure,
    is_share,
    newest_month,
    over_months,
    pooled,
)
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import Ratio, Rule
from cs_lib.metrics.compute import intervals
from cs_lib.period import ALL, MONTH, Period
from cs_lib.vocabulary import IMMATURE, OWNER

#: a row of the measures
Row: TypeAlias = "Mapping[str, Any] | pd.Series"


def distinguishable(now: Row, before: "Row | None", metric: Metric) -> bool | None:
    """Whether a change is more than normal variation; None where that cannot be tested.

    Figures over twelve months overlap from one period to the next, and derived ones are made of
    such figures. An interval without width stands on units that are all alike, which says nothing
    of how far they may vary. Nothing is claimed of any of these.
    """
    rule = metric.rule(now["variant"])
    if before is None or not isinstance(rule, Ratio) or rule.interval is None or rule.looks_back:
        return None
    ends = [each[end] for each in (now, before) for end in ("value", "low", "high")]
    if any(pd.isna(end) for end in ends) or ends[1] == ends[2] or ends[4] == ends[5]:
        return None
    return bool(intervals.differ(*ends))


def differ_among(rows: pd.DataFrame, confidence: float) -> bool:
    """Whether figures of several differ from each other by more than chance: their spread against their intervals.

    `rows`: value, low and high, one row each; those without an interval say nothing.
    """
    from scipy.special import chdtrc

    rows = rows[rows["high"] > rows["low"]]
    if len(rows) < 2:
        return False
    errors = (rows["high"] - rows["low"]) / (2 * intervals.z_of(confidence))
    weights = 1 / errors**2
    middle = (weights * rows["value"]).sum() / weights.sum()
    spread = float((weights * (rows["value"] - middle) ** 2).sum())
    return bool(chdtrc(len(rows) - 1, spread) <= 1 - confidence)


@dataclass(frozen=True)
class Apart:
    """Segments of one split, each against the others together, over the months up to a period.

    `rows`: segment_by, segment, value, low, high, n, rest (all others together), p (of the difference from
    those that are not set aside before it), differs, hidden (months that are not in its figure, for few stand
    behind them or others had some of an owner's customers); the most different first. `months`: how many of the twelve can be observed.
    """

    metric: Metric
    first: Period
    last: Period
    rows: pd.DataFrame
    months: int = 1

    @property
    def differing(self) -> pd.DataFrame:
        return self.rows[self.rows["differs"]]


COLUMNS = ["segment_by", "segment", "value", "low", "high", "n", "rest", "p", "differs", "hidden"]


def segments_apart(
    figures: Figures,
    name: str,
    by: str,
    period: Period,
    *,
    within: str = ALL,
    variant: str | None = None,
) -> Apart | None:
    """Each segment of a split against the rest over twelve months; None where fewer than two have figures.

    Rates and scores of a period are pooled over the months up to the newest that the company has a figure of;
    figures over twelve months are taken at the period's end. Totals are not compared.
    """
    metric = figures.metric(name)
    rule = metric.rule(variant)
    if not adds_up(rule) or rule.interval is None:
        return None
    flow, outer = is_flow(metric, variant), ALL if within == ALL else _columns(within)
    split = by if within == ALL else f"{outer},{by}"
    grain = MONTH if flow else period.grain
    last = newest_month(figures, name, period, variant) if flow else period
    found, hidden = {}, {}

    def figure_of(segment_by: str, segment: str) -> tuple[Figure | None, int]:
        whose = segment_by, segment
        if flow:
            return over_months(figures, metric, whose, last.back(MONTHS_JUDGED - 1), last, variant)
        series = figures.series(name, *whose, grain=grain, variant=variant).between(last, last)
        return pooled(series.known, metric, grain, figures.edition.confidence, variant), 0

    for segment in figures.segments(name, split, grain, variant, within=within):
        figure, hidden[segment] = figure_of(split, segment)
        if figure is not None:
            found[segment] = figure
    if len(found) < 2:
        return None
    apart_from_some = any(hidden.values()) or OWNER in split.split(",")
    whole = figure_of(outer, within)[0] if apart_from_some else None
    rows = _against_the_rest(found, metric, variant, figures.edition.confidence, whole)
    rows.insert(0, "segment_by", split)
    rows["hidden"] = rows["segment"].map(hidden)
    spans = list(found.values())
    first, end = min(each.first for each in spans), max(each.last for each in spans)
    if not flow:
        return Apart(metric, first, end, rows[COLUMNS])
    company = figures.series(name, outer, within, grain=MONTH, variant=variant)
    company = company.between(last.back(MONTHS_JUDGED - 1), last)
    return Apart(metric, first, end, rows[COLUMNS], int((company.statuses != IMMATURE).sum()))


def _columns(segment: str) -> str:
    return ",".join(part.split("=", 1)[0] for part in segment.split(","))


def _against_the_rest(
    found: dict[str, Figure],
    metric: Metric,
    variant: str | None,
    confidence: float,
    whole: Figure | None,
) -> pd.DataFrame:
    """The segment that differs most from all others together is set aside, and the others are looked at
    without it; so a segment does not stand apart only because another one does. Each step is corrected
    for how many segments are left (Holm)."""
    names, rule = np.array(list(found), dtype=object), metric.rule(variant)
    numbers = [(f.numerator, f.denominator, f.value, f.low, f.high, f.n) for f in found.values()]
    x, y, value, low, high, n = np.array(numbers, dtype=float).T
    errors = (high - low) / (2 * intervals.z_of(confidence))
    unseen = _unseen(x, y, errors, whole, confidence)
    rest, _ = _with_rest(x, y, value, errors, rule, unseen)
    left, told = np.arange(len(names)), []
    while len(left):
        _, p = _with_rest(x[left], y[left], value[left], errors[left], rule, unseen)
        order = np.lexsort((names[left].astype(str), p))
        first = order[0]
        apart = len(left) > 1 and p[first] <= (1 - confidence) / len(left)
        if not apart or len(names) == 2:
            both = len(names) == 2  # each is all others of the other
            told += [(left[each], p[each], apart and (both or each == first)) for each in order]
            break
        told.append((left[first], p[first], True))
        left = np.delete(left, first)
    at, ps, differs = (list(each) for each in zip(*told, strict=True))
    parts = {"value": value, "low": low, "high": high, "n": n, "rest": rest}
    columns = {name: each[at] for name, each in parts.items()}
    return pd.DataFrame({"segment": names[at], **columns, "p": ps, "differs": differs})


def _unseen(
    x: np.ndarray, y: np.ndarray, errors: np.ndarray, whole: Figure | None, confidence: float
) -> tuple[float, float, float]:
    """Numerator, denominator and squared error (of the numerator) of what is in the whole and in no segment's figure."""
    if whole is None or whole.denominator <= y.sum():
        return 0.0, 0.0, 0.0
    error = (whole.high - whole.low) / (2 * intervals.z_of(confidence))
    square = (whole.denominator * error) ** 2 - ((y * errors) ** 2).sum()
    return whole.numerator - x.sum(), whole.denominator - y.sum(), max(square, 0.0)


def _with_rest(
    x: np.ndarray,
    y: np.ndarray,
    value: np.ndarray,
    errors: np.ndarray,
    rule: Rule,
    unseen: tuple[float, float, float],
) -> tuple[np.ndarray, np.ndarray]:
    """The figure of all others together, and the p-value of the difference from it."""
    more_x, more_y, more = unseen
    rest_x, rest_y = x.sum() - x + more_x, y.sum() - y + more_y
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = rule.value(rest_x, rest_y)
        if is_share(rule):
            away = _share_distance(x, y, rest_x, rest_y)
        else:
            weighted = (y * errors) ** 2
            away = np.abs(value - rest) / np.sqrt(
                errors**2 + (weighted.sum() - weighted + more) / rest_y**2
            )
    return rest, np.array(
        [math.erfc(max(each, 0) / math.sqrt(2)) if each == each else 1.0 for each in away]
    )


def _share_distance(
    x: np.ndarray, n: np.ndarray, other_x: np.ndarray, other_n: np.ndarray
) -> np.ndarray:
    """The distance of two shares in standard errors, with Yates' correction, which makes it safe for few."""
    share = (x + other_x) / (n + other_n)
    error = np.sqrt(share * (1 - share) * (1 / n + 1 / other_n))
    return (np.abs(x / n - other_x / other_n) - (1 / n + 1 / other_n) / 2) / error


def what_moved_it(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """A rate's change between two periods, split by segment into rate and mix (Kitagawa's midpoints).

    Takes the rows of one segmentation at two periods; gives segment, rate, mix, total. The shares w
    are of the denominators: rate = Σ ½(w₀+w₁)(r₁−r₀), mix = Σ ½(r₀+r₁)(w₁−w₀); together exactly the
    change. A segment without a denominator at one end counts there with the other end's rate.
    """
    old, new = (each.set_index("segment")[["numerator", "denominator"]] for each in (before, now))
    both = old.add_suffix("_0").join(new.add_suffix("_1"), how="outer").fillna(0.0)
    share = {end: both[f"denominator_{end}"] / both[f"denominator_{end}"].sum() for end in (0, 1)}
    rate = {
        end: both[f"numerator_{end}"]
        / both[f"denominator_{end}"].where(both[f"denominator_{end}"] != 0)
        for end in (0, 1)
    }
    rate = {0: rate[0].fillna(rate[1]).fillna(0), 1: rate[1].fillna(rate[0]).fillna(0)}
    split = pd.DataFrame(
        {
            "rate": (share[0] + share[1]) / 2 * (rate[1] - rate[0]),
            "mix": (rate[0] + rate[1]) / 2 * (share[1] - share[0]),
        }
    )
    return split.assign(total=split["rate"] + split["mix"]).reset_index()
