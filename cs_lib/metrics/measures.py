"""The measures of an edition: the small frames that every report is made of."""

from dataclasses import dataclass, field
from datetime import date
from functools import partial

import numpy as np
import pandas as pd

from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.frame_columns import (
    DRIVERS,
    EXAMPLES,
    FIGURE,
    JOINERS,
    LEAVERS,
    OWNERS,
    PURCHASES,
    RESTATED,
    RISK,
    STAYING,
    STEPS,
    THEMES,
)
from cs_lib.period import ALL, Period
from cs_lib.vocabulary import IMMATURE, OK


@dataclass(frozen=True)
class Measures:
    """Everything a report is made of: small pandas frames, and the state of the data behind them.

    `restated` holds what differs from the pack published before, whose period is `restated_since`. `risk` is what
    `models.hazard` says of who may leave, by band; `accounts` are those customers, for the analyst alone: no report
    gets them. `leavers`, `joiners`, `owners`, `staying`, `purchases`, `themes`, `steps` and `examples` are not published: their cells
    hold few customers each (see `compute.leavers`, `owner_cells`, `after_answers`, `purchase_cells`, `theme_cells`).
    """

    measures: pd.DataFrame
    cohorts: pd.DataFrame
    curves: pd.DataFrame
    left_out: dict[str, str]
    as_of: date
    facts: tuple[str, ...] = ()
    data: dict = field(default_factory=dict)
    restated: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=RESTATED))
    restated_since: str = ""
    risk: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=RISK))
    accounts: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=[]))
    leavers: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=LEAVERS))
    joiners: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=JOINERS))
    owners: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=OWNERS))
    staying: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=STAYING))
    purchases: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=PURCHASES))
    themes: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=THEMES))
    steps: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=STEPS))
    examples: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=EXAMPLES))
    drivers: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=DRIVERS))

    def holds(self, segment: str) -> bool:
        """Whether the rows of a segment are here, by its label: a report may hold its own alone."""
        return True

    def holds_inside(self, segment: str) -> bool:
        """Whether the rows of every segment inside another are here, by its label."""
        return True

    def of_metric(self, name: str) -> pd.DataFrame:
        """The figures of a metric in every segment, whatever this holds."""
        return self.measures[self.measures["metric"] == name].reset_index(drop=True)

    def split(self, name: str, by: str, grain: str, first: date, last: date) -> pd.DataFrame:
        """The figures of a metric split by these columns, in the periods of a grain that begin between two days."""
        rows = self._figures(metric=name, segment_by=by, grain=grain)
        begun = rows["period_start"].between(pd.Timestamp(first), pd.Timestamp(last))
        return rows[begun].reset_index(drop=True)

    def over_time(
        self, name: str, variant: str, grain: str, by: str, segment: str
    ) -> dict[str, np.ndarray]:
        """The columns FIGURE of one figure, in order of time."""
        asked = {"variant": variant, "grain": grain, "segment_by": by, "segment": segment}
        rows = self._figures(metric=name, **asked).sort_values("period_start", kind="stable")
        return {column: rows[column].to_numpy() for column in FIGURE}

    def _figures(self, **asked: str) -> pd.DataFrame:
        rows = self.measures
        return rows[np.logical_and.reduce([rows[name] == word for name, word in asked.items()])]

    def every(self, frame: str) -> pd.DataFrame:
        """A frame with the rows of every segment, whatever this holds: `measures.every("curves")`."""
        return getattr(self, frame)

    def whole(self) -> "Measures":
        """The measures of every segment."""
        return self

    def newest(self, metric: Metric, variant: str | None, period: Period) -> Period:
        """The newest period that can be judged: one before `period` where that is not yet observable.

        For figures that wait for answers to come in. Any other, and one without such a period, has `period`.
        """
        rule = metric.rule(variant)
        if rule.matures is None:
            return period
        rows = self.measures
        rows = rows[(rows["metric"] == metric.name) & (rows["variant"] == rule.variant)]
        rows = rows[(rows["grain"] == period.grain) & (rows["segment_by"] == ALL)]
        seen = rows[(rows["status"] != IMMATURE) & (rows["period_start"] <= str(period.start))]
        if not (seen["status"] == OK).any():
            return period
        return Period.containing(seen["period_start"].max().date(), period.grain)
