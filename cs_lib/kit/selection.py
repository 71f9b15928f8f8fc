"""The part of the measures that one report reads: an edition's figures at a period, for a segment."""

from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from cs_lib.edition import Edition
from cs_lib.errors import EditionError, did_you_mean
from cs_lib.metrics.catalogue import CATALOGUE, metric
from cs_lib.metrics.cohorts import CUSTOMERS, as_seen_at
from cs_lib.metrics.measures import Measures
from cs_lib.metrics.metric import Metric
from cs_lib.period import ALL, Period, Segment, last_complete

EVERY_VARIANT = "*"


@dataclass(frozen=True)
class Selection:
    """One edition, period and segment, and which metrics have been read so far."""

    edition: Edition
    measures: Measures
    period: Period
    segment: Segment
    used: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self):
        as_of, grain = self.measures.as_of, self.period.grain
        if not self.period.complete_at(as_of):
            raise EditionError(
                f"{self.period} is not complete: the data end before {as_of}. "
                f"The last complete {grain} is {last_complete(as_of, grain)}."
            )
        rows = self.measures.measures
        if self.segment.label not in set(
            rows.loc[rows["segment_by"] == self.segment.by, "segment"]
        ):
            raise EditionError(
                f"segment {self.segment} is not in the data. "
                + did_you_mean(self.segment, rows["segment"].unique())
            )

    def metric(self, name: str) -> Metric:
        """The declaration of a metric, with the rules that this edition can feed."""
        return metric(name).over(self.measures.facts)

    def has(self, name: str) -> bool:
        """Whether this edition has figures of a metric."""
        return metric(name).name not in self.measures.left_out

    def direction(self, name: str) -> str:
        """Which way is better; for CES the edition says so."""
        stated = self.edition.definitions.ces
        return stated.direction if name == "ces" and stated else metric(name).direction

    def frame(
        self,
        *names: str,
        variant: str | None = None,
        by: str | None = None,
        periods: int = 1,
        back: int = 0,
    ) -> pd.DataFrame:
        """Rows of the measures for this segment: the metrics named, at this period or the last `periods`.

        `by` splits by a further column (plan, touchpoint, score…). `variant` is the canonical one unless
        named, or `"*"` for all. `back` takes the period that many earlier. One row a figure, with the columns of
        measures.csv.
        """
        rows = self.measures.measures
        wanted = rows["metric"].isin(
            [metric(name).name for name in names] or [each.name for each in CATALOGUE]
        )
        if variant != EVERY_VARIANT:
            wanted &= rows["variant"] == variant if variant else self._canonical
        last = self.period.back(back)
        first = last.back(periods - 1)
        starts = rows["period_start"]
        wanted &= (rows["grain"] == last.grain) & (starts >= pd.Timestamp(first.start))
        wanted &= starts <= pd.Timestamp(last.start)
        found = rows[wanted & self._slice(rows, by)]
        self._note_used(found)
        order = {name: place for place, name in enumerate(names)}
        return found.sort_values(
            "metric", key=lambda each: each.map(order) if names else each, kind="stable"
        ).reset_index(drop=True)

    def cohorts(self, measure: str = CUSTOMERS) -> pd.DataFrame:
        """Cohort cells of this segment, as they stood at the period's end (columns of cohorts.csv)."""
        cells = self.measures.cohorts
        cells = cells[(cells["segment"] == self.segment.label) & (cells["measure"] == measure)]
        if len(cells):
            self.used.setdefault("cohort_retention", set()).add(measure)
        if cells.empty or self.period.end == self.measures.as_of:
            return cells.reset_index(drop=True)
        return as_seen_at(cells, self.period.end, self.edition)

    @cached_property
    def _canonical(self) -> pd.Series:
        """Which rows of the measures are of their metric's canonical variant."""
        rows = self.measures.measures
        first = rows.drop_duplicates("metric").set_index("metric")["variant"]
        return rows["variant"] == rows["metric"].map(first)

    def curve(self, name: str, by: str | None = None) -> pd.DataFrame:
        """The points of a curve at the latest data (columns of curves.csv)."""
        points = self.measures.curves
        found = points[(points["curve"] == name) & self._slice(points, by)]
        if len(found):
            self.used.setdefault(name, set())
        return found.reset_index(drop=True)

    def _slice(self, rows: pd.DataFrame, by: str | None) -> pd.Series:
        """The rows of this segment, or those into which `by` splits it (or that stand beside it)."""
        if by is None:
            return rows["segment"] == self.segment.label
        own = [column for column, _ in self.segment.pairs]
        if by in own:
            return rows["segment_by"] == self.segment.by
        columns = ",".join([*own, by])
        inside = rows["segment"].str.startswith(f"{self.segment.label},") if own else True
        return (rows["segment_by"] == columns) & inside

    def _note_used(self, found: pd.DataFrame) -> None:
        for name, variant in found[["metric", "variant"]].drop_duplicates().itertuples(index=False):
            self.used.setdefault(name, set()).add(variant)

    def why_not(self, names, by: str | None) -> str:
        """Why there are no figures of any of these metrics."""
        for name in names:
            if name in self.measures.left_out:
                return f"{metric(name).title} {self.measures.left_out[name]}"
        if by is None:
            return f"this edition's tables do not say it for {self.segment}"
        return f"this edition's tables do not split it by {by}" + (
            "" if self.segment.label == ALL else f" within {self.segment}"
        )

    @property
    def why_no_cohorts(self) -> str:
        if self.measures.cohorts.empty:
            return (
                "Cohort retention needs subscriptions or orders, which this edition does not give"
            )
        if self.segment.label in set(self.measures.cohorts["segment"]):
            return "revenue never lost can be told for subscriptions only"
        return f"customers cannot be split by {self.segment.by}"
