"""What growth customers brought: what is left of those of a year ago, and what those add who came by referral."""

from typing import NamedTuple

import numpy as np

from cs_lib.judgement.series import Figures
from cs_lib.metrics.catalogue.rules import TWELVE_MONTHS
from cs_lib.period import Period, Segment
from cs_lib.vocabulary import OK

EARNED, KEPT, NOW = "earned_growth_rate", "net_revenue_retention", "mrr"
AT_MOST = "at_most"
#: the part of new customers' money of which an origin has to be known, so that earned growth is told
LEAST_KNOWN = 0.5


class EarnedGrowth(NamedTuple):
    """The rate with its interval, over twelve months, and its parts in money.

    `before` is the MRR of a year ago, `kept` what its customers pay now, `referred` what others pay who came by
    referral, `new` what all others pay, `unknown` what those of them pay of whom no origin is known.
    """

    rate: float
    low: float
    high: float
    at_most: float
    before: float
    kept: float
    referred: float
    new: float
    unknown: float

    @property
    def is_known(self) -> bool:
        """Whether new customers enough have an origin."""
        return self.unknown <= (1 - LEAST_KNOWN) * self.new

    @property
    def growth(self) -> float:
        """By what share MRR grew."""
        return (self.kept + self.new) / self.before - 1

    @property
    def of_growth(self) -> float | None:
        """What part of the growth was earned; None where there was none of the two."""
        return self.rate / self.growth if self.rate > 0 and self.growth > 0 else None


def earned_growth(figures: Figures, segment: Segment, period: Period) -> EarnedGrowth | None:
    """Earned growth of a segment in the twelve months to a period's end; None where a part of it has no figure."""
    asked = ((EARNED, TWELVE_MONTHS), (EARNED, AT_MOST), (KEPT, TWELVE_MONTHS), (NOW, None))
    found = []
    for name, variant in asked:
        series = figures.series(
            name, segment.by, segment.label, grain=period.grain, variant=variant
        )
        here = series.where(
            (series.starts == np.datetime64(period.start)) & (series.statuses == OK)
        )
        if not len(here):
            return None
        found.append(here)
    earned, at_most, left, now = found
    kept = float(left.numerator[0])
    return EarnedGrowth(
        rate=float(earned.value[0]),
        low=float(earned.low[0]),
        high=float(earned.high[0]),
        at_most=float(at_most.value[0]),
        before=float(earned.denominator[0]),
        kept=kept,
        referred=float(earned.numerator[0]) - kept,
        new=float(now.value[0]) - kept,
        unknown=float(at_most.numerator[0] - earned.numerator[0]),
    )
