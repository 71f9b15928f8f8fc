"""What the tiles of a front page show: a figure, its 24 periods, its target, and its change on the year."""

import math
from dataclasses import dataclass

import numpy as np

from cs_lib.judgement.series import Figures, Series, is_flow, last_judged
from cs_lib.judgement.standing import TOO_FEW_UNITS, Figure, Standing, pooled, standing, year_figure
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import ALL, PERIODS_A_YEAR, Period, Segment, periods_covering
from cs_lib.vocabulary import FRONT_HEADLINES, SPARKLINE_PERIODS

MOST = 6
NOTHING = math.nan


@dataclass(frozen=True)
class TileFigure:
    """One headline figure: rates and scores of a period over twelve months, anything else as it stands.

    `line` is the same figure at each of the last periods, the newest last. `company` is the figure of
    all, in a segment's report. `late`: the figure is older than it need be.
    """

    metric: str
    figure: Figure
    line: tuple[float, ...]
    standing: Standing | None = None
    year_ago: float = NOTHING
    before: float = NOTHING
    company: float = NOTHING
    late: bool = False

    @property
    def is_of_few(self) -> bool:
        return self.figure.n < TOO_FEW_UNITS

    @property
    def place(self) -> tuple[int, int]:
        """At which place the newest figure stands among the known ones of its line, the highest first; of how many.

        Place 0 where it is not known, or where another is the same.
        """
        known = [each for each in self.line if each == each]
        newest = self.line[-1] if self.line else NOTHING
        alone = known.count(newest) == 1
        return sum(each > newest for each in known) + 1 if alone else 0, len(known)


def tiles(figures: Figures, segment: Segment, period: Period) -> list[TileFigure]:
    """The first six headline figures that the edition has for a segment."""
    found: list[TileFigure] = []
    for name in FRONT_HEADLINES:
        if len(found) < MOST and (tile := tile_of(figures, name, segment, period)) is not None:
            found.append(tile)
    return found


def tile_of(figures: Figures, name: str, segment: Segment, period: Period) -> TileFigure | None:
    """One figure as a tile has it; None where there is none at the period."""
    if name in figures.measures.left_out:
        return None
    metric, whose = figures.metric(name), (segment.by, segment.label)
    figure = _figure(figures, metric, whose, period)
    if figure is None:
        return None
    series = figures.series(name, *whose, grain=figure.last.grain)
    count = _span(figure)
    year, one = PERIODS_A_YEAR[figure.last.grain], 1
    ago = [_at(series, metric, figure.last.back(back), count, figures) for back in (year, one)]
    company = NOTHING
    if segment.label != ALL:
        whole = _figure(figures, metric, (ALL, ALL), period)
        company = whole.value if whole else NOTHING
    newest = last_judged(figures.measures.newest(metric, None, period), figure.last.grain)
    shown = SPARKLINE_PERIODS[figure.last.grain]
    return TileFigure(
        name,
        figure,
        _line(series, metric, figure.last, count, shown),
        standing(figures, name, *whose, period),
        ago[0].value if ago[0] else NOTHING,
        ago[1].value if ago[1] else NOTHING,
        company,
        figure.last.end < newest.end,
    )


def _figure(
    figures: Figures, metric: Metric, whose: tuple[str, str], period: Period
) -> Figure | None:
    """What a target is judged on, where there is one; else twelve months together, or the period's figure."""
    if is_flow(metric):
        judged = standing(figures, metric.name, *whose, period)
        return judged.figure if judged else year_figure(figures, metric.name, *whose, period)
    newest = figures.measures.newest(metric, None, period)
    series = figures.series(metric.name, *whose, grain=period.grain)
    return _at(series, metric, newest, 0, figures)


def _span(figure: Figure) -> int:
    """How many periods a pooled figure spans; 0 for one that is not pooled."""
    if figure.periods == 1:
        return 0
    return len(periods_covering(figure.first.start, figure.last.start, figure.last.grain))


def _at(
    series: Series, metric: Metric, period: Period, count: int, figures: Figures
) -> Figure | None:
    """The figure of a period, or of so many up to it together, all of which must be known."""
    first = period.back(count - 1) if count else period
    here = series.between(first, period).known
    if len(here) != max(count, 1):
        return None
    if count:
        return pooled(here, metric, period.grain, figures.edition.confidence)
    numbers = (here.value, here.low, here.high, here.n)
    value, low, high, n = (float(each[0]) for each in numbers)
    return Figure(value, low, high, n, period, period)


def _line(
    series: Series, metric: Metric, last: Period, count: int, shown: int
) -> tuple[float, ...]:
    """The figure at each of the last periods, NaN where it cannot be told."""
    known, reach = series.known, max(count, 1)
    starts = [last.back(back).start for back in range(shown + reach - 2, -1, -1)]
    place = np.searchsorted(np.array(starts, dtype="datetime64[us]"), known.starts)
    inside = (known.starts >= np.datetime64(starts[0])) & (
        known.starts <= np.datetime64(starts[-1])
    )
    parts = np.full((3, len(starts)), np.nan)
    for row, part in zip(parts, (known.numerator, known.denominator, known.value), strict=True):
        row[place[inside]] = part[inside]
    if not count:
        return tuple(float(each) for each in parts[2])
    summed = np.lib.stride_tricks.sliding_window_view(parts[:2], reach, axis=1).sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = metric.rule().value(summed[0], summed[1])
    return tuple(float(each) for each in values)
