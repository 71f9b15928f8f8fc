"""The part of the measures that one report reads: an edition's figures at a period, for a segment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from cs_lib.edition import Edition
from cs_lib.errors import EditionError, did_you_mean
from cs_lib.judgement.judgement import Judgement
from cs_lib.kit.figure_cells import FigureCells
from cs_lib.metrics.catalogue import CATALOGUE, metric
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.coded_words import worded
from cs_lib.metrics.compute.cohorts import as_seen_at
from cs_lib.metrics.measures import Measures
from cs_lib.period import ALL, Period, Segment
from cs_lib.report.display import LeftOut
from cs_lib.report.text.formatting import Formatter, spoken
from cs_lib.vocabulary import COHORT_MEASURES, CUSTOMERS, MRR_MOVEMENTS

EVERY_VARIANT = "*"
#: how many periods a line shows
TREND = {"month": 24, "quarter": 8, "week": 26, "year": 5}
#: MRR from opening to closing
MRR_FLOW = ("opening_mrr", *MRR_MOVEMENTS, "mrr")
#: columns that a metric splits by beside the edition's segments
FURTHER = tuple(
    dict.fromkeys(column for each in CATALOGUE for rule in each.rules for column in rule.also_by)
)

#: segments that the shipped notebooks ask for, where an edition names them
USUAL = ("plan", "region", "channel")


@dataclass(frozen=True)
class Selection:
    """One edition, period and segment, what is judged of them, and which metrics have been read so far."""

    edition: Edition
    measures: Measures
    period: Period
    segment: Segment
    used: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.edition.refuse_unmeasured(self.period)
        self.period.refuse_incomplete(self.measures.as_of)
        rows = self.measures.measures
        own = (rows["segment_by"] == self.segment.by) & (rows["segment"] == self.segment.label)
        if self.segment.pairs and not own.any():
            raise EditionError(
                f"segment {self.segment} is not in the data. "
                + did_you_mean(self.segment, rows["segment"].unique())
            )

    @cached_property
    def judgement(self) -> Judgement:
        return Judgement(self.edition, self.measures, self.period)

    @cached_property
    def formatter(self) -> Formatter:
        return Formatter.of(self.edition)

    @cached_property
    def signals(self) -> pd.DataFrame:
        """Every figure of this report's period that has control limits, with them."""
        return self.judgement.signals(self.segment)

    @property
    def own_columns(self) -> tuple[str, ...]:
        """The columns that this report's segment has one value in."""
        return tuple(column for column, _ in self.segment.pairs)

    def column(self, name: str) -> str:
        """The first segment column of the edition that a metric can be split by here."""
        inside = [each for each in self.edition.segments if each not in self.own_columns]
        split = [each for each in inside if self.splits_by(name, each)]
        return next(iter([*split, *inside, *self.own_columns, *USUAL]))

    def metric(self, name: str) -> Metric:
        """The declaration of a metric, as this edition has it."""
        return self.judgement.metric(name)

    @property
    def where(self) -> str:
        """The segment as a sentence says it, "plan Pro, region EMEA"; empty for all customers."""
        return self.formatter.segment(self.segment.by, self.segment.label)

    def has(self, name: str) -> bool:
        """Whether this edition has figures of a metric."""
        return metric(name).name not in self.measures.left_out

    def direction(self, name: str, variant: str | None = None) -> str:
        """Which way is better, under a rule."""
        return self.metric(name).direction_of(variant)

    def frame(
        self,
        *names: str,
        variant: str | None = None,
        by: str | None = None,
        periods: int = 1,
        back: int = 0,
    ) -> pd.DataFrame:
        """The same as `rows`, of metrics that the report then defines in its appendix."""
        found = self.rows(*names, variant=variant, by=by, periods=periods, back=back)
        self._note_used(found)
        return found

    def rows(
        self,
        *names: str,
        variant: str | None = None,
        by: str | None = None,
        periods: int = 1,
        back: int = 0,
    ) -> pd.DataFrame:
        """Rows of the measures for this segment: the metrics named, at this period or the last `periods`.

        `by` splits by a further column (plan, touchpoint, score…). `variant` is the canonical one unless
        named, or `"*"` for all. `back` takes the period that many earlier. A figure that waits for answers is
        that of the newest period that can be judged. One row a figure, with the columns of measures.csv.
        """
        chosen = names or sorted(each.name for each in CATALOGUE)
        self._refuse_unknown(chosen, variant=variant, by=by, periods=periods, back=back)
        by = self._written(names, by)
        asked = dict.fromkeys(metric(name).name for name in chosen)
        spans = {name: self._span(name, variant, periods, back) for name in asked}
        found = {name: self._cells(name, by, *spans[name]) for name in asked}
        parts = []
        for cells in dict.fromkeys(found.values()):
            mine = [each for each in asked if found[each] is cells]
            at = np.concatenate(
                [self._places(cells, each, variant, by, *spans[each]) for each in mine]
            )
            parts.append(cells.taken(at[self._inside(cells.segments(at), by)]))
        return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)

    def splits_by(self, name: str, by: str) -> bool:
        """Whether there are figures of a metric by a column, in this segment and at this grain."""
        columns = self._columns(self._written((name,), by))
        # segments beside this one have figures where it has some itself, for it is one of them
        return (name, columns) in self._own.places

    def _cells(self, name: str, by: str | None, first: Period, last: Period) -> FigureCells:
        """The rows that a metric is looked up in: those of this report, or of every segment in those periods where it
        is asked for the segments beside its own."""
        beside = by is not None and self._columns(by) == self.segment.by
        if not beside or self.measures.holds_inside(ALL):
            return self._own
        key = name, first, last
        if key not in self._beside:
            columns, grain = self.segment.by, self.period.grain
            rows = self.measures.split(name, columns, grain, first.start, last.start)
            self._beside[key] = FigureCells(rows, grain, self._own.first)
        return self._beside[key]

    @cached_property
    def _own(self) -> FigureCells:
        return FigureCells(self.measures.measures, self.period.grain)

    @cached_property
    def _beside(self) -> dict[tuple[str, Period, Period], FigureCells]:
        return {}

    def _span(
        self, name: str, variant: str | None, periods: int, back: int
    ) -> tuple[Period, Period]:
        """The first and the last of the periods asked for."""
        last = self.period
        if periods == 1 and variant != EVERY_VARIANT:
            last = self.newest(name, variant)
        last = last.back(back)
        return last.back(periods - 1), last

    def _places(
        self,
        cells: FigureCells,
        name: str,
        variant: str | None,
        by: str | None,
        first: Period,
        last: Period,
    ) -> np.ndarray:
        """Where the rows of a metric stand, of the periods and the variant asked for."""
        key = name, self._columns(by)
        if key not in cells.places:
            return np.empty(0, dtype=int)
        at = cells.places[key]
        starts = cells.starts[at]
        at = at[(starts >= np.datetime64(first.start)) & (starts <= np.datetime64(last.start))]
        if variant == EVERY_VARIANT:
            return at
        return at[cells.variants(at) == (variant or cells.canonical(name))]

    def newest(self, name: str, variant: str | None = None) -> Period:
        """The newest period of a figure that can be judged (see `Measures.newest`)."""
        known = variant in {rule.variant for rule in self.metric(name).rules}
        return self.judgement.newest(name, variant if known else None)

    def _refuse_unknown(
        self,
        names: Sequence[str],
        *,
        variant: str | None,
        by: str | None,
        periods: int,
        back: int,
    ) -> None:
        """EditionError for a word that no edition could answer: it would look like missing data."""
        declared = [metric(name) for name in names]
        variants = {rule.variant for each in declared for rule in each.rules}
        if variant not in (None, EVERY_VARIANT, *variants):
            whose = f"of {', '.join(names)}" if len(names) <= 3 else "of any metric"
            raise EditionError(
                f"variant {variant!r} is no variant {whose}. " + did_you_mean(variant, variants)
            )
        self._refuse_unknown_column(by)
        refuse_count("periods", periods, least=1)
        refuse_count("back", back, least=0)

    def _refuse_unknown_column(self, by: str | None) -> None:
        known = dict.fromkeys((*self.edition.segments, *FURTHER, *USUAL))
        if by is not None and by not in known:
            raise EditionError(
                f"by {by!r} is neither a segment column of {self.edition.name} nor a further split "
                "of any metric. " + did_you_mean(by, known)
            )

    def cohorts(self, measure: str = CUSTOMERS) -> pd.DataFrame:
        """Cohort cells of this segment, as they stood at the period's end (columns of cohorts.csv)."""
        if measure not in COHORT_MEASURES:
            raise EditionError(
                f"{measure!r} is not a measure of cohorts. "
                + did_you_mean(measure, COHORT_MEASURES)
            )
        cells = self.measures.cohorts
        own = (cells["segment"] == self.segment.label) & (cells["measure"] == measure)
        cells = worded(cells[own])
        if len(cells):
            self.used.setdefault("cohort_retention", set()).add(measure)
        if cells.empty or self.period.end == self.measures.as_of:
            return cells.reset_index(drop=True)
        return as_seen_at(cells, self.period.end, self.edition)

    @property
    def months_of_history(self) -> int:
        """The months from the beginning of the history that is known to the period's end."""
        first = self.edition.history_starts or self.measures.measures["period_start"].min().date()
        end = self.period.end
        return (end.year - first.year) * 12 + end.month - first.month

    def curve(self, name: str, by: str | None = None) -> pd.DataFrame:
        """The points of a curve at the latest data (columns of curves.csv)."""
        self._refuse_unknown_column(by)
        beside = by is not None and self._columns(by) == self.segment.by
        points = self.measures.every("curves") if beside else self.measures.curves
        split = (points["curve"] == name) & (points["segment_by"] == self._columns(by))
        found = points[split & self._inside(points["segment"].to_numpy(dtype=object), by)]
        if len(found):
            self.used.setdefault(name, set())
        return found.reset_index(drop=True)

    def _written(self, names: tuple[str, ...], by: str | None) -> str | None:
        """What the measures call the column that these metrics are split by, if that is their own split."""
        if by is not None and any(by in self.metric(name).splits for name in names):
            return self.edition.split_name(by)
        return by

    def _columns(self, by: str | None) -> str:
        """What rows are split by: this segment's own columns, or those and a further one."""
        own = self.own_columns
        return self.segment.by if by is None or by in own else ",".join([*own, by])

    def _inside(self, segments: np.ndarray, by: str | None) -> np.ndarray:
        """Of rows split by those columns, the ones of this segment or inside it (or beside it)."""
        if by is None:
            return segments == self.segment.label
        if not self.segment.pairs or self._columns(by) == self.segment.by:
            return np.ones(len(segments), dtype=bool)
        inside = f"{self.segment.label},"
        return np.array([each.startswith(inside) for each in segments], dtype=bool)

    def _note_used(self, found: pd.DataFrame) -> None:
        for name, variant in dict.fromkeys(zip(found["metric"], found["variant"], strict=True)):
            self.used.setdefault(name, set()).add(variant)

    def left_out(self, names: Sequence[str], by: str | None = None, *, title: str = "") -> LeftOut:
        """What stands where there are no figures of these metrics."""
        return LeftOut(title or self.metric(names[0]).title, self.why_not(names, by))

    def why_not(self, names: Sequence[str], by: str | None) -> str:
        """Why there are no figures of any of these metrics."""
        for name in names:
            if name in self.measures.left_out:
                return f"{metric(name).title} {self.measures.left_out[name]}"
        if by is None:
            return f"this edition's tables do not say it for {self._whose or 'all customers'}"
        return f"this edition's tables do not split it by {by}" + (
            f" within {self._whose}" if self._whose else ""
        )

    @property
    def _whose(self) -> str:
        """This segment in words: "plan Pro"; empty for all customers."""
        return ", ".join(f"{spoken(column)} {value}" for column, value in self.segment.pairs)

    @property
    def why_no_cohorts(self) -> str:
        if self.measures.cohorts.empty:
            return (
                "Cohort retention needs subscriptions or orders, which this edition does not give"
            )
        if self.segment.label in set(self.measures.cohorts["segment"]):
            return "revenue never lost can be told for subscriptions only"
        return f"customers cannot be split by {self.segment.by}"


def refuse_count(word: str, count: int, *, least: int) -> None:
    if not isinstance(count, int) or isinstance(count, bool) or count < least:
        raise EditionError(f"{word} {count!r} is not a whole number from {least} on.")
