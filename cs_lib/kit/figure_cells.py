"""Rows of measures as a report looks them up: by metric and the columns that they are split by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from cs_lib.metrics.coded_words import texts_at, values_at


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
    def segments(self) -> Callable[[np.ndarray], np.ndarray]:
        """What gives the segments of some rows."""
        return values_at(self.rows["segment"])

    @cached_property
    def variants(self) -> Callable[[np.ndarray], np.ndarray]:
        """What gives the variants of some rows."""
        return values_at(self.rows["variant"])

    def taken(self, places: np.ndarray) -> pd.DataFrame:
        """The rows at some places, as frames of any other kind are."""
        return pd.DataFrame({name: at(places) for name, at in self._columns.items()}, copy=False)

    @cached_property
    def _columns(self) -> dict[str, Callable[[np.ndarray], ExtensionArray]]:
        return {name: texts_at(self.rows[name]) for name in self.rows}

    def canonical(self, name: str) -> str | None:
        """The canonical variant of a metric."""
        return (self.canonicals or self.first).get(name)

    @cached_property
    def first(self) -> dict[str, str]:
        """Metric → its canonical variant, among those that this edition can feed."""
        rows = self.rows.drop_duplicates("metric")
        return dict(zip(rows["metric"], rows["variant"], strict=True))

    @cached_property
    def places(self) -> dict[tuple[str, str], np.ndarray]:
        """Where the rows of a metric split by some columns stand, at this grain."""
        here = np.flatnonzero(self.rows["grain"] == self.grain)
        keys = self.rows[["metric", "segment_by"]].iloc[here]
        found = keys.groupby(["metric", "segment_by"], sort=False).indices
        return {key: here[each] for key, each in found.items()}
