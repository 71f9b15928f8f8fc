"""What the workbook reads: the figures of one grain, row by row up to the pack's period.

Not the kit's selection: with the kit come its figures, and drawing takes long to import.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from cs_lib.judgement.judgement import Judgement
from cs_lib.period import ALL, Period
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import Reading, records
from cs_lib.vocabulary import HEADLINES


@dataclass(frozen=True)
class WorkbookFigures(Judgement):
    """The figures of one edition in the grain of one period, and what is judged of them."""

    @cached_property
    def formatter(self) -> Formatter:
        return Formatter.of(self.edition)

    @cached_property
    def of_period(self) -> pd.DataFrame:
        """Every measure of the pack's period, in the order of measures.csv."""
        return self._at(self.period)

    def _at(self, period: Period) -> pd.DataFrame:
        frame = self.measures.measures
        frame = frame[frame["period_start"] == pd.Timestamp(period.start)]
        return frame[frame["grain"] == period.grain]

    @cached_property
    def canonical(self) -> dict[str, str]:
        """The first variant that each metric has in this edition."""
        first = self.measures.measures.drop_duplicates("metric")
        return dict(zip(first["metric"], first["variant"], strict=True))

    def has(self, name: str) -> bool:
        return name in self.canonical

    @cached_property
    def _known(self) -> dict[tuple[str, str | None, str, Period], dict | None]:
        return {}

    def row(
        self, name: str, variant: str | None = None, segment: str = ALL, back: int = 0
    ) -> dict | None:
        """One figure as a row of measures.csv, `back` periods before the pack's."""
        key = name, variant or self.canonical.get(name), segment, self.period.back(back)
        if key not in self._known:
            self._known[key] = self._found(*key)
        return self._known[key]

    def _found(self, name: str, variant: str | None, segment: str, period: Period) -> dict | None:
        rows = self.measures.measures.iloc[self._places.get((name, variant, period.grain), [])]
        own = (rows["period_start"] == pd.Timestamp(period.start)) & (rows["segment"] == segment)
        return next(iter(records(rows[own])), None)

    @cached_property
    def _places(self) -> dict[tuple[str, str | None, str], np.ndarray]:
        """Where the rows of a metric's variant stand, at a grain."""
        keys = ["metric", "variant", "grain"]
        return self.measures.measures.groupby(keys, sort=False).indices

    def reading(
        self, name: str, variant: str | None = None, segment: str = ALL, back: int = 0
    ) -> Reading | None:
        """The same, where there is such a figure that can be read; None otherwise."""
        row = self.row(name, variant, segment, back)
        found = Reading.of(row) if row else None
        return found if found is not None and found.ok else None

    def value(self, name: str, segment: str = ALL, back: int = 0) -> float:
        """A figure's value; 0 where the edition has none in that period and segment."""
        found = self.reading(name, None, segment, back)
        return found.value if found else 0.0

    def column(self, name: str) -> str:
        """The column of a fact that a metric is the total of."""
        total, _ = self.metric(name).rule().sums
        (column,) = (total and total.times) or {}
        return column

    @property
    def headlines(self) -> dict[str, list[str]]:
        """The metrics of the scorecard by section, those that this edition has figures of as a whole."""
        found = {
            section: [name for name in names if self.row(name) is not None]
            for section, names in HEADLINES.items()
        }
        return {section: names for section, names in found.items() if names}

    def last(self, count: int, name: str) -> list[int]:
        """How many periods back the last `count` periods lie, oldest first, in which a metric can be read."""
        return [back for back in reversed(range(count)) if self.reading(name, back=back)]
