"""Which segments' customers lack a feature that others use more: where there is room to sell or to teach."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from cs_lib.judgement.series import Figures
from cs_lib.judgement.significance import exact_p, holm
from cs_lib.period import ALL, Period, Segment, segment_pairs
from cs_lib.vocabulary import OK

USED, FEATURE = "feature_adoption", "feature"


class Room(NamedTuple):
    """A feature in a segment: who used it of those who used anything, there and elsewhere.

    `lack` do not use it; `more`: as many of them would, were it used as often as elsewhere.
    """

    feature: str
    segment_by: str
    segment: str
    uses: float
    active: float
    rest_uses: float
    rest_active: float

    @property
    def share(self) -> float:
        return self.uses / self.active

    @property
    def rest(self) -> float:
        return self.rest_uses / self.rest_active

    @property
    def lack(self) -> float:
        return self.active - self.uses

    @property
    def more(self) -> float:
        return self.active * self.rest - self.uses


def white_space(figures: Figures, segment: Segment, period: Period) -> list[Room] | None:
    """Where a feature is used less than by all other customers, beyond chance (Fisher's exact test, corrected for how
    many there are in all segments); the most room first, and of one segment its own alone. None where nothing can be compared.

    Below `min_n` customers, there, elsewhere or lacking it, a cell is left out.
    """
    columns = list(figures.edition.segments)
    if segment.pairs and (len(segment.pairs) > 1 or segment.by not in columns):
        return None
    least = figures.edition.min_n
    cells = [
        each
        for by in columns
        for each in _cells(figures, by, period)
        if min(each.active, each.rest_active, each.lack) >= least
    ]
    if not cells:
        return None
    counts = (np.array([each[place] for each in cells]) for place in range(3, 7))
    apart = holm(exact_p(*counts), 1 - figures.edition.confidence)
    found = [each for each, differs in zip(cells, apart, strict=True) if differs and each.more > 0]
    if segment.label != ALL:
        found = [each for each in found if each.segment == segment.label]
    return sorted(found, key=lambda each: (-each.more, each.feature, each.segment))


def _cells(figures: Figures, by: str, period: Period) -> Iterator[Room]:
    """Every feature in every segment of a column, where both it and all together have a figure."""
    split = figures.edition.split_name(FEATURE)
    for label in figures.segments(USED, f"{by},{split}", period.grain):
        *own, (_, feature) = segment_pairs(f"{by},{split}", label)
        whole = Segment(((split, feature),))
        mine = _counts(figures, f"{by},{split}", label, period)
        every = _counts(figures, whole.by, whole.label, period)
        if mine and every:
            rest = every[0] - mine[0], every[1] - mine[1]
            yield Room(feature, by, Segment(tuple(own)).label, *mine, *rest)


def _counts(figures: Figures, by: str, segment: str, period: Period) -> tuple[float, float] | None:
    """How many used a feature, and how many used anything; None where that is hidden or not there."""
    series = figures.series(USED, by, segment, grain=period.grain)
    at = (series.starts == np.datetime64(period.start)) & (series.statuses == OK)
    if not at.any():
        return None
    return float(series.numerator[at][0]), float(series.denominator[at][0])
