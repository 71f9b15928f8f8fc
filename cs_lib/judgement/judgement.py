"""What the figures say, decided once: every sentence, table, chart and file shows this verdict and this signal."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import pandas as pd

from cs_lib.edition import Edition
from cs_lib.edition.notes import Note, parts_of
from cs_lib.edition.targets import Target, target_of
from cs_lib.judgement import findings, front, signals
from cs_lib.judgement.comparisons import Apart, segments_apart
from cs_lib.judgement.finding import NOT_KEPT, WORDED, Finding
from cs_lib.judgement.front import Front
from cs_lib.judgement.news import lasting_change, runs_told
from cs_lib.judgement.noted_figures import figure_of
from cs_lib.judgement.owner_books import Books, books
from cs_lib.judgement.plan_variance import Variance, against_plan, to_date
from cs_lib.judgement.series import OF_A_PERIOD, Figures, Series
from cs_lib.judgement.standing import Figure, Standing, standing, year_figure
from cs_lib.judgement.trends import Run, Step
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.measures import Measures
from cs_lib.period import ALL, Period, Segment
from cs_lib.vocabulary import ROOM

Found = TypeVar("Found")


@dataclass(frozen=True)
class Judgement:
    """The judgements of one edition's measures at a period. No words here: values only."""

    edition: Edition
    measures: Measures
    period: Period

    @cached_property
    def figures(self) -> Figures:
        return Figures(self.edition, self.measures)

    @cached_property
    def _standings(self) -> dict[tuple, Standing | None]:
        return {}

    def metric(self, name: str) -> Metric:
        """The declaration of a metric, as this edition has it."""
        return self.figures.metric(name)

    def standing(
        self,
        name: str,
        segment_by: str = ALL,
        segment: str = ALL,
        *,
        variant: str | None = None,
        period: Period | None = None,
    ) -> Standing | None:
        """How a metric's canonical figure stands to its target; None without target or figure."""
        if variant not in (None, self.metric(name).canonical):
            return None
        key = (name, segment_by, segment, period or self.period)
        if key not in self._standings:
            self._standings[key] = standing(self.figures, *key)
        return self._standings[key]

    def year_figure(self, name: str, segment_by: str = ALL, segment: str = ALL) -> Figure | None:
        """A rate or score of a period over twelve months; None for any other figure, and where there is none."""
        return year_figure(self.figures, name, segment_by, segment, self.period)

    def to_date(self, name: str, segment_by: str = ALL, segment: str = ALL) -> float:
        """What a total comes to from January to the period's end; NaN of any other figure, and with a month missing."""
        return to_date(self.figures, name, segment_by, segment, self.period)

    def goal(self, name: str, segment: str = ALL) -> tuple[Target, bool] | None:
        """The target to draw beside a segment's figures of the period, and whether it is its own.

        None where there is none, and for a rate whose target is meant for periods of another length.
        """
        found = target_of(self.edition.targets, name, segment, self.period.last_day)
        if found and name in OF_A_PERIOD and found[0].grain != self.period.grain:
            return None
        return found

    def newest(self, name: str, variant: str | None = None) -> Period:
        """The newest period of a figure that can be judged (see `Measures.newest`)."""
        key = name, variant
        if key not in self._newest:
            self._newest[key] = self.measures.newest(self.metric(name), variant, self.period)
        return self._newest[key]

    @cached_property
    def _newest(self) -> dict[tuple[str, str | None], Period]:
        return {}

    def limits(
        self,
        name: str,
        segment_by: str = ALL,
        segment: str = ALL,
        *,
        variant: str | None = None,
        periods: int = 1,
        last: Period | None = None,
    ) -> pd.DataFrame:
        """The last periods of one figure with their control limits (see `signals.over_time`)."""
        series = self.series(name, segment_by, segment, variant=variant)
        metric, level = self.metric(name), self.edition.confidence
        return signals.over_time(series, metric, variant, last or self.period, periods, level)

    def signals(self, segment: Segment) -> pd.DataFrame:
        """Every watched figure that has limits, of a segment and of those inside it (see `signals.at`): of the period,
        or of the newest that can be judged."""
        if segment.label not in self._signals:
            self._signals[segment.label] = self._signals_of(segment)
        return self._signals[segment.label]

    @cached_property
    def _signals(self) -> dict[str, pd.DataFrame]:
        return {}

    def _signals_of(self, segment: Segment) -> pd.DataFrame:
        own = {column for column, _ in segment.pairs}
        inside = "" if segment.label == ALL else f"{segment.by},"
        further = [f"{inside}{each}" for each in self.edition.segments if each not in own]
        looked = self._looked([segment.by, *further])
        if segment.label == ALL:
            return looked
        mine = looked["segment"].str.startswith(f"{segment.label},")
        return looked[mine | (looked["segment"] == segment.label)].reset_index(drop=True)

    def _looked(self, splits: list[str]) -> pd.DataFrame:
        looked = signals.at(self.figures, self.period, splits)
        late: dict[Period, list[str]] = {}
        for name in sorted({*signals.WATCHED} & {*self.measures.measures["metric"].unique()}):
            if (newest := self.newest(name)) != self.period:
                late.setdefault(newest, []).append(name)
        for period, names in late.items():
            own = signals.at(self.figures, period, splits, names)
            looked = looked[~looked["metric"].isin(names)]
            looked = pd.concat([looked, own], ignore_index=True)
        return looked

    def runs(
        self, name: str, segment_by: str, segment: str, periods: int, variant: str | None = None
    ) -> tuple[list[Run], int]:
        """The runs of signals among the last periods that moved enough to be told, and how many of those have limits."""
        whose = segment_by, segment
        return runs_told(self.figures, name, whose, self.period, periods, variant)

    def step(
        self, name: str, segment_by: str, segment: str, variant: str | None = None
    ) -> Step | None:
        """The lasting change of a figure's level up to the period."""
        return lasting_change(self.figures, name, segment_by, segment, self.period, variant)

    def apart(
        self, name: str, by: str, *, within: str = ALL, variant: str | None = None
    ) -> Apart | None:
        """Each segment of a split against the others over twelve months."""
        return segments_apart(self.figures, name, by, self.period, within=within, variant=variant)

    def found(self, judge: Callable[[Figures, Segment, Period], Found], segment: Segment) -> Found:
        """What a function of this room finds of a segment: `judgement.found(themes, segment)`."""
        return judge(self.figures, segment, self.period)

    def books(self) -> Books | None:
        """The books of customer-success managers over twelve months; None where no owner is known."""
        return books(self.figures, self.period)

    def plan(self, segment: Segment) -> list[Variance]:
        """Every planned metric of a segment against its figure of the period."""
        return against_plan(self.figures, segment.by, segment.label, self.period)

    def findings(self, segment: Segment) -> list[Finding]:
        """Everything worth telling of a segment, ranked."""
        if segment.label not in self._findings:
            self._findings[segment.label] = findings.findings(
                self.figures,
                self.period,
                segment,
                standings=self._targets(segment),
                watched=self.signals(segment),
            )
        return self._findings[segment.label]

    def front(self, segment: Segment) -> Front:
        """What the front page of a segment tells: headline, tiles and stories."""
        watched = self.signals(segment)
        return front.front(
            self.figures,
            self.period,
            segment,
            standings=self._targets(segment),
            found=self.findings(segment),
            looked=len(watched),
            moved=int(watched["signal"].sum()),
        )

    @cached_property
    def _findings(self) -> dict[str, list[Finding]]:
        return {}

    def note(self, finding: Finding) -> Note | None:
        """What people wrote about a finding, as it stood at the period."""
        return self.edition.notes.for_finding(finding.key, self.period)

    def is_restated(self, note: Note) -> bool:
        """Whether the figure that a note was written about is another now."""
        kind, _, segment = parts_of(note.finding)
        if kind in NOT_KEPT:
            return False
        # what customers said has no rows of its own, and room is found beside other segments
        own = self.measures.holds(segment.label) and kind not in (*WORDED, ROOM)
        figures = self.figures if own else self._everywhere
        return note.is_restated(figure_of(figures, note.finding, Period.parse(note.since)))

    @cached_property
    def _everywhere(self) -> Figures:
        return Figures(self.edition, self.measures.whole())

    def _targets(self, segment: Segment) -> dict[str, Standing | None]:
        return {
            name: self.standing(name, segment.by, segment.label)
            for name in self.edition.targets
            if name not in self.measures.left_out
        }

    def series(
        self, name: str, segment_by: str = ALL, segment: str = ALL, *, variant: str | None = None
    ) -> Series:
        """A figure over time at the grain of the period."""
        return self.figures.series(
            name, segment_by, segment, grain=self.period.grain, variant=variant
        )
