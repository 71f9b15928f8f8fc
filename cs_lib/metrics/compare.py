"""Reading a figure: against the period before, against its baseline, and what moved it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
import pandas as pd

from cs_lib.metrics import intervals
from cs_lib.metrics.judge import OK
from cs_lib.metrics.metric import WILSON, Amount, Metric, Ratio

BASELINE_PERIODS = 12
SIGMAS = 3
#: mean moving range of two → three sigma (Wheeler & Chambers, XmR chart)
XMR = 2.66
#: figures that carry over from one period to the next: they drift, so limits around a mean say nothing
LEVELS = ("opening_mrr", "mrr", "arr", "opening_customers", "paying_customers", "arpa")


@dataclass(frozen=True)
class Baseline:
    """The pooled figure of the periods before, and the control limits at this period's n."""

    value: float
    low: float
    high: float
    periods: int

    def signals(self, value: float) -> bool:
        """Whether a figure lies outside the limits."""
        return value < self.low or value > self.high


def baseline(before: Iterable[Mapping], now: Mapping, metric: Metric) -> Baseline | None:
    """The baseline of a figure, from its rows of the periods before (at most twelve are used).

    Rates that are shares of customers or answers: the pooled share, with the limits of a p-chart.
    Everything else: the mean, with the limits of an XmR chart. None for fewer than twelve periods, for
    figures over twelve months, whose periods overlap, and for levels, which carry over.
    """
    if pd.isna(now["value"]):
        return None
    seen = sorted((row for row in before if row["status"] == OK), key=itemgetter("period_start"))
    names, seen = ("value", "numerator", "denominator"), seen[-BASELINE_PERIODS:]
    figures = (np.array([row[name] for row in seen]) for name in names)
    return from_twelve(*figures, n=now["denominator"], metric=metric, variant=now["variant"])


def from_twelve(
    values, numerators, denominators, *, n: float, metric: Metric, variant: str
) -> Baseline | None:
    """The same, from the figures of the periods before as arrays in order of time."""
    if len(values) < BASELINE_PERIODS or not has_baseline(metric, variant):
        return None
    shares = metric.rule(variant).interval == WILSON
    return limits(values, numerators, denominators, n=n, shares=shares)


def has_baseline(metric: Metric, variant: str) -> bool:
    """Whether figures under this rule can be held against those of the periods before."""
    rule = metric.rule(variant)
    return isinstance(rule, Ratio | Amount) and not rule.looks_back and metric.name not in LEVELS


def limits(values, numerators, denominators, *, n: float, shares: bool) -> Baseline:
    """The baseline and control limits that figures in order of time give to one that stands on `n`."""
    if shares:
        share = numerators.sum() / denominators.sum()
        return Baseline(share, *p_limits(share, n), len(values))
    middle, spread = values.mean(), XMR * np.abs(np.diff(values)).mean()
    return Baseline(middle, middle - spread, middle + spread, len(values))


def p_limits(share: float, n: float) -> tuple[float, float]:
    """The three-sigma limits of a share that stands on `n`."""
    spread = SIGMAS * np.sqrt(share * (1 - share) / n)
    return max(0.0, share - spread), min(1.0, share + spread)


def distinguishable(now: pd.Series, before: pd.Series | None, metric: Metric) -> bool | None:
    """Whether a change can be told from chance; None where that cannot be tested.

    Figures over twelve months overlap from one period to the next, and derived ones are made of
    such figures. An interval without width stands on units that are all alike, which says nothing
    of how far they may vary. Nothing is claimed of any of these.
    """
    rule = metric.rule(now["variant"])
    if before is None or not isinstance(rule, Ratio) or rule.interval is None or rule.looks_back:
        return None
    ends = [now["value"], now["low"], now["high"], before["value"], before["low"], before["high"]]
    if (
        any(pd.isna(end) for end in ends)
        or now["low"] == now["high"]
        or before["low"] == before["high"]
    ):
        return None
    return bool(intervals.differ(*ends))


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
