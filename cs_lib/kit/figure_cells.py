"""Rows of measures as a report looks them up: by metric and the columns that they are split by."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from cs_lib.metrics.coded_words import objects


@dataclass(frozen=True, eq=False)
class FigureCells:
    """Rows of measures, and where those of a grain stand in them.

    `canonicals`: metric → its canonical variant, where these rows are too few to tell it.
    """

    rows: pd.DataFrame
    grain: str
    canonicals: Mapping[str, str] | None = None

    @cached_property
    def starts(self) -> np.ndarray:
        return self.rows["period_start"].to_numpy()

    @cached_property
    def segments(self) -> np.ndarray:
        return objects(self.rows["segment"])

    @cached_property
    def variants(self) -> np.ndarray:
        return objects(self.rows["variant"])

    @cached_property
    def canonical(self) -> np.ndarray:
        """Whether a row is of its metric's canonical variant."""
        return self.variants == objects(self.rows["metric"].map(self.canonicals or self.first))

    @cached_property
    def first(self) -> dict[str, str]:
        """Metric → its canonical variant, among those that this edition can feed."""
        rows = self.rows.drop_duplicates("metric")
        return dict(zip(rows["metric"], rows["variant"], strict=True))

    @cached_property
    def places(self) -> dict[tuple[str, str], np.ndarray]:
        """Where the rows of a metric split by some columns stand, at this grain."""
        here = np.flatnonzero(self.rows["grain"] == self.grain)
        found = self.rows.iloc[here].groupby(["metric", "segment_by"], sort=False).indices
        return {key: here[each] for key, each in found.items()}
