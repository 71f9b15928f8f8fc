"""The measures as judgements look them up: by metric, rule, grain and segment, over time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from cs_lib.edition import Edition
from cs_lib.metrics.catalogue import metric, metric_of
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import Amount, Derived, Ratio, Rule
from cs_lib.metrics.coded_words import values_at, worded
from cs_lib.metrics.frame_columns import FIGURE
from cs_lib.metrics.measures import Measures
from cs_lib.period import ALL, Period, Segment
from cs_lib.vocabulary import OK

#: figures that carry over from one period to the next: the same at any grain
LEVELS = ("opening_mrr", "mrr", "arr", "opening_customers", "paying_customers", "arpa")

#: rates that grow with the length of their period, so that they are compared in one grain alone
OF_A_PERIOD = (
    "customer_churn_rate",
    "customer_retention_rate",
    "gross_revenue_churn_rate",
    "net_revenue_churn_rate",
    "expansion_mrr_rate",
    "mrr_growth_rate",
    "revenue_growth_rate",
)


@dataclass(frozen=True)
class Series:
    """One metric, rule and segment over the periods of a grain, in order of time."""

    starts: np.ndarray
    statuses: np.ndarray
    numerator: np.ndarray
    denominator: np.ndarray
    n: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def of(cls, rows: pd.DataFrame) -> "Series":
        """A series from rows of the measures in order of time."""
        return cls(*(rows[name].to_numpy() for name in FIGURE))

    def __len__(self) -> int:
        return len(self.starts)

    def where(self, chosen: np.ndarray | slice) -> "Series":
        """The periods chosen, by a mask or by their places."""
        return Series(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    def and_also(self, other: "Series") -> "Series":
        """The periods of both, in order of time."""
        both = (
            np.concatenate([getattr(self, name), getattr(other, name)])
            for name in self.__dataclass_fields__
        )
        joined = Series(*both)
        return joined.where(np.argsort(joined.starts, kind="stable"))

    @property
    def known(self) -> "Series":
        """The periods that have a figure."""
        return self.where(self.statuses == OK)

    def between(self, first: Period, last: Period) -> "Series":
        """The periods from the first to the last."""
        inside = self.starts >= np.datetime64(first.start)
        return self.where(inside & (self.starts <= np.datetime64(last.start)))

    def period(self, place: int, grain: str) -> Period:
        """The period at a place."""
        return period_from(self.starts[place], grain)


def period_from(start: np.datetime64, grain: str) -> Period:
    """The period of a grain that begins at an instant of the measures."""
    return Period.containing(start.astype("datetime64[D]").item(), grain)


@dataclass(frozen=True)
class Figures:
    """The measures of an edition, indexed; of segments that they do not hold, those of a metric when it is asked for."""

    edition: Edition
    measures: Measures

    @property
    def _rows(self) -> pd.DataFrame:
        return self.measures.measures

    @cached_property
    def _columns(self) -> dict[str, Callable[[np.ndarray], np.ndarray]]:
        """What gives the values of a column at some places."""
        return {name: values_at(self._rows[name]) for name in (*FIGURE, "segment")}

    @cached_property
    def _places(self) -> dict[tuple[str, str, str, str], np.ndarray]:
        keys = ["metric", "variant", "grain", "segment_by"]
        return self._rows.groupby(keys, sort=False).indices

    @cached_property
    def _metrics(self) -> dict[str, Metric]:
        return {}

    def metric(self, name: str) -> Metric:
        """The declaration of a metric, as this edition has it."""
        if name not in self._metrics:
            self._metrics[name] = metric_of(self.edition, name, self.measures.facts)
        return self._metrics[name]

    @cached_property
    def _of_metric(self) -> dict[str, "Figures"]:
        return {}

    def _everywhere(self, name: str) -> "Figures":
        """The figures of a metric in every segment, whatever these hold."""
        if name not in self._of_metric:
            measures = replace(self.measures, measures=self.measures.of_metric(name))
            self._of_metric[name] = Figures(self.edition, measures)
        return self._of_metric[name]

    def segments(
        self, name: str, by: str, grain: str, variant: str | None = None, *, within: str = ALL
    ) -> list[str]:
        """The segments that a metric has figures for, split by these columns, inside another."""
        figures = self if self.measures.holds_inside(within) else self._everywhere(name)
        places = figures._at(name, variant, grain, by)
        found = set(figures._columns["segment"](places).tolist())
        return sorted(each for each in found if within == ALL or each.startswith(f"{within},"))

    def series(
        self, name: str, segment_by: str, segment: str, *, grain: str, variant: str | None = None
    ) -> Series:
        """The figures of one segment over time; the canonical rule unless another is named."""
        if not self.measures.holds(segment):
            return self._beside(
                name, variant or self.metric(name).canonical, grain, segment_by, segment
            )
        found = self._of_segments(name, variant, grain, segment_by)
        places = found.get(segment, np.empty(0, dtype=int))
        columns = (self._columns[each](places) for each in FIGURE)
        return Series(*columns)

    def _beside(self, *key: str) -> Series:
        """The figures of a segment that is not held here."""
        if key not in self._read:
            found = self.measures.over_time(*key)
            self._read[key] = Series(*(found[column] for column in FIGURE))
        return self._read[key]

    @cached_property
    def _read(self) -> dict[tuple[str, ...], Series]:
        return {}

    def canonical_rows(
        self, grain: str, splits: tuple[str, ...], *, last: Period, count: int
    ) -> pd.DataFrame:
        """Rows of the measures under canonical rules: the `count` periods up to the `last`, split so."""
        rows, starts = self._rows, self._rows["period_start"].to_numpy()
        first = np.datetime64(last.back(count - 1).start)
        chosen = (starts >= first) & (starts <= np.datetime64(last.start)) & self._canonical
        chosen &= (rows["grain"] == grain).to_numpy() & rows["segment_by"].isin(splits).to_numpy()
        return worded(rows[chosen].sort_values("period_start", kind="stable"))

    @cached_property
    def _canonical(self) -> np.ndarray:
        variants, found = self._rows["variant"], np.zeros(len(self._rows), dtype=bool)
        for name, places in self._rows.groupby("metric", sort=False).indices.items():
            found[places] = variants.iloc[places] == self.metric(name).canonical
        return found

    def _of_segments(
        self, name: str, variant: str | None, grain: str, by: str
    ) -> dict[str, np.ndarray]:
        """Where the rows of each segment stand: looked up once, for some pages ask for hundreds of them."""
        key = name, variant, grain, by
        if key not in self._segments:
            places = self._at(*key)
            codes, names = pd.factorize(self._columns["segment"](places))
            ends = np.cumsum(np.bincount(codes, minlength=1))[:-1]
            own = np.split(places[np.argsort(codes, kind="stable")], ends)
            self._segments[key] = dict(zip(names, own, strict=False))
        return self._segments[key]

    @cached_property
    def _segments(self) -> dict[tuple[str, str | None, str, str], dict[str, np.ndarray]]:
        return {}

    def _at(self, name: str, variant: str | None, grain: str, by: str) -> np.ndarray:
        """Where the rows of a metric's rule split by these columns stand, in order of time."""
        key = (name, variant or self.metric(name).canonical, grain, by)
        places = self._places.get(key, np.empty(0, dtype=int))
        return places[np.argsort(self._columns["period_start"](places), kind="stable")]


def is_flow(declared: Metric, variant: str | None = None) -> bool:
    """Whether a figure belongs to the length of its period, so that it is judged on periods pooled.

    Rates and scores of a period are, and totals over totals; figures over twelve months, levels, durations,
    and what is made of such figures mean the same at any grain.
    """
    rule = declared.rule(variant)
    if declared.name in LEVELS:
        return False
    if isinstance(rule, Derived):
        return adds_up(rule) and not any(each.pooled or each.back for each in rule.made_of)
    return isinstance(rule, Ratio) and not rule.looks_back


def adds_up(rule: Rule) -> bool:
    """Whether the parts of a figure can be added up over segments and periods."""
    if isinstance(rule, Derived):
        return all(isinstance(metric(i.metric).rule(i.variant), Amount) for i in rule.made_of)
    return isinstance(rule, Ratio)


def is_total(metric: Metric) -> bool:
    """Whether a figure is counted: a total of all that there is, which no sample stands behind."""
    return isinstance(metric.rule(), Amount)


def last_judged(period: Period, grain: str) -> Period:
    """The last period of a grain that ends no later than another period."""
    holding = Period.containing(period.end, grain)
    return holding.back() if holding.end > period.end else holding


def of_segment(rows: pd.DataFrame, segment: Segment) -> pd.DataFrame:
    """The rows of a segment itself."""
    return rows[(rows["segment_by"] == segment.by) & (rows["segment"] == segment.label)]


def inside(rows: pd.DataFrame, segment: Segment, column: str) -> pd.DataFrame:
    """The rows of the segments of a column inside a segment, each with its `group`."""
    by = column if segment.label == ALL else f"{segment.by},{column}"
    found = rows[rows["segment_by"] == by]
    if segment.label != ALL:
        found = found[found["segment"].str.startswith(f"{segment.label},")]
    before = 0 if segment.label == ALL else len(segment.label) + 1
    return found.assign(group=found["segment"].str.slice(before + len(column) + 1))
