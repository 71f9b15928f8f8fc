"""One thing to tell of a period, as values; and all of them as the file that a pack publishes."""

import math
from dataclasses import dataclass
from datetime import date

import pandas as pd

from cs_lib.judgement.stakes import UNKNOWN, Stake
from cs_lib.judgement.standing import Standing
from cs_lib.judgement.trends import Run
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import ALL, Period, Segment, segment_pairs
from cs_lib.vocabulary import (
    AT_RISK,
    BAD,
    DRIVER,
    FEATURE_EFFECT,
    FINDINGS,
    GOOD,
    HIGHER_IS_BETTER,
    NEITHER,
    NEUTRAL,
    NEXT_PURCHASE,
    REASON_APART,
    REASON_RISEN,
    RENEWALS_DUE,
    THEME_APART,
)


@dataclass(frozen=True)
class WordCell:
    """How many of those asked gave a reason, named a theme or bought what comes next, and how many of others did, or of
    those before."""

    word: str
    k: float
    n: float
    rest_k: float
    rest_n: float


@dataclass(frozen=True)
class Ahead:
    """What is ahead: customers or terms, the MRR that they pay, how many of them (NaN of terms) and how much MRR is
    expected to go, by the last day of it."""

    many: float
    mrr: float
    gone: float
    lost: float
    until: date


#: findings of what may be won: nothing is lost without
CHANCES = (FEATURE_EFFECT, NEXT_PURCHASE)
#: findings whose segment ends in what customers said, used or bought
WORDED = (REASON_APART, REASON_RISEN, THEME_APART, DRIVER, *CHANCES)
#: findings of which the latest months alone are kept, so that a note on one is not held against its figure later on
NOT_KEPT = (AT_RISK, RENEWALS_DUE, DRIVER, *CHANCES)


@dataclass(frozen=True)
class Finding:
    """One thing to tell: what, where, since when, how large, how certain, what is at stake, and for whom it is good.

    `reference` is what the figure is held against (a target, the rest, the level before, the usual, what it
    recovered from, the nothing before a launch). `certainty`: of a target its verdict, else how far out it lies
    in widths of its limit. `also`: the other figures that one event moved. `run`: the periods outside their
    limits that a signal ends, or a recovery followed. `numerator` and `n`: of what, and how many, it is made. `cell`: of a
    reason, a theme or a purchase, how many it was. `ahead`: of what is to come, how much.
    """

    kind: str
    metric: str
    segment_by: str
    segment: str
    first: Period
    last: Period
    value: float
    reference: float
    side: str
    stake: Stake = UNKNOWN
    certainty: str | float = math.nan
    standing: Standing | None = None
    run: Run | None = None
    numerator: float = math.nan
    n: float = math.nan
    also: tuple[str, ...] = ()
    cell: WordCell | None = None
    ahead: Ahead | None = None

    @property
    def whose(self) -> tuple[str, str]:
        """The columns and the segment whose customers it is about: without what they said, used or bought."""
        if self.kind not in WORDED:
            return self.segment_by, self.segment
        of = 2 if self.kind == NEXT_PURCHASE else 1  # what they have, and what they bought next
        held = Segment(segment_pairs(self.segment_by, self.segment)[:-of])
        return held.by, held.label

    @property
    def key(self) -> str:
        """What the finding is, whatever its figures: "segment apart: customer_churn_rate, region=APAC"."""
        where = "" if self.segment == ALL else f", {self.segment}"
        return f"{self.kind}: {self.metric}{where}"

    @property
    def rank(self) -> tuple:
        """What is lost, what may be won, good news; of each money at stake first, the most of it; then missed targets,
        lasting changes, segments, signals."""
        order = FINDINGS.index(self.kind)
        known = not math.isnan(self.stake.money)
        good = self.side == GOOD
        return (
            good,
            self.kind in CHANCES,
            not known,
            -self.stake.money if known else order,
            order,
            self.metric,
            self.segment,
        )


COLUMNS = [
    "rank",
    "kind",
    "metric",
    "segment_by",
    "segment",
    "first",
    "last",
    "value",
    "reference",
    "side",
    "money_a_year",
    "customers_a_year",
    "certainty",
    "also",
]


def frame_of(found: list[Finding]) -> pd.DataFrame:
    """The findings as `findings.csv` has them: one row a finding, ranked from 1."""
    rows = [
        (
            place,
            each.kind,
            each.metric,
            each.segment_by,
            each.segment,
            each.first.label,
            each.last.label,
            each.value,
            each.reference,
            each.side,
            each.stake.money,
            each.stake.customers,
            each.certainty if isinstance(each.certainty, str) else f"{each.certainty:.2f}",
            " ".join(each.also),
        )
        for place, each in enumerate(found, 1)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def side_of(metric: Metric, gap: float) -> str:
    """Whether a gap is good news."""
    if metric.direction == NEITHER or not gap:
        return NEUTRAL
    return GOOD if (gap > 0) == (metric.direction == HIGHER_IS_BETTER) else BAD
