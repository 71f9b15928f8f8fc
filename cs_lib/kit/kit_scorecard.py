"""The front page's tables: headline metrics in sections, segments side by side, what stands out."""

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from cs_lib.judgement import Judgement, distinguishable
from cs_lib.kit.selection import Selection
from cs_lib.metrics.catalogue import CATALOGUE
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import Period
from cs_lib.report.display import LeftOut, ReportTable, Sentence
from cs_lib.report.tables import scorecard_table
from cs_lib.report.tables.scorecard_table import ScorecardRow
from cs_lib.report.text.formatting import Formatter, spoken
from cs_lib.report.text.measure_row import Reading, labels, number, period_of, readings
from cs_lib.vocabulary import HEADLINES, SEGMENT_HEADLINES, SPARKLINE_PERIODS


@dataclass(frozen=True)
class Scorecard:
    """What the front page shows of one edition, period and segment."""

    selection: Selection
    formatter: Formatter
    judgement: Judgement

    def table(self) -> ReportTable | LeftOut:
        """Every headline metric that the edition has, in sections."""
        names = [name for section in HEADLINES.values() for name in section]
        span = SPARKLINE_PERIODS[self.selection.period.grain]
        found: dict[str, list[dict]] = {}
        for row in self.selection.frame(*names, periods=span).to_dict("records"):
            found.setdefault(row["metric"], []).append(row)
        entries = [
            self._entry(section, found[name], now)
            for section, chosen in HEADLINES.items()
            for name in chosen
            if (now := self._at(found.get(name, []), self.selection.newest(name))) is not None
        ]
        if not entries:
            return LeftOut("Scorecard", "this edition has no headline metric for this period")
        whose = self.formatter.segment(self.selection.segment.by, self.selection.segment.label)
        caption = f"{self.formatter.period(self.selection.period)}{f', {whose}' if whose else ''}"
        return scorecard_table.scorecard_table(entries, self.formatter, caption=caption)

    def side_by_side(self, *names: str, by: str) -> ReportTable | LeftOut:
        """Headline metrics in rows, the segments of one column in columns, and all beside them."""
        chosen = names or SEGMENT_HEADLINES
        frame = self.selection.frame(*chosen, by=by)
        title = f"By {spoken(by)}"
        if frame.empty:
            return LeftOut(title, self.selection.why_not(chosen, by))
        if by not in (column for column, _ in self.selection.segment.pairs):
            frame = pd.concat([frame, self.selection.frame(*chosen)], ignore_index=True)
        order = {name: place for place, name in enumerate(chosen)}
        frame = frame[frame["metric"].isin(self._split(frame))]
        frame = frame.sort_values("metric", key=lambda each: each.map(order), kind="stable")
        segments = frame.drop_duplicates("segment")
        named = dict(zip(segments["segment"], labels(readings(segments)), strict=True))
        entries = [(named[row["segment"]], self._of_year(row)) for row in frame.to_dict("records")]
        return scorecard_table.side_by_side_table(entries, self.formatter, by=by, caption=title)

    def signals(self) -> tuple[Sentence | LeftOut, ReportTable | None]:
        """What lies outside its control limits at this period, in this segment or one inside it."""
        looked = self.judged
        if looked.empty:
            return LeftOut(
                "What stands out", "too few earlier periods have figures to judge by"
            ), None
        outside = looked[looked["signal"]].sort_values("distance", ascending=False, kind="stable")
        metrics, period = self.metrics(looked), self.selection.period
        said = scorecard_table.signals_sentence(
            outside, metrics, len(looked), period, formatter=self.formatter
        )
        if outside.empty:
            return said, None
        self.selection.frame(*outside["metric"].unique())
        caption = f"Outside the limits of normal variation in {self.formatter.period(period)}"
        return said, scorecard_table.signals_table(
            outside, metrics, self.formatter, caption=caption, period=period
        )

    @cached_property
    def judged(self) -> pd.DataFrame:
        """Every figure of this report's period that has control limits, with them."""
        return self.judgement.signals(self.selection.segment)

    def _entry(self, section: str, rows: list[dict], now: dict) -> ScorecardRow:
        metric, before = (
            self.selection.metric(now["metric"]),
            self._at(rows, period_of(now).back()),
        )
        own = self.judged
        own = own[(own["metric"] == now["metric"]) & (own["segment"] == now["segment"])]
        return replace(
            self._plain(now),
            section=section,
            before=None if before is None else Reading.of(before),
            distinguishable=distinguishable(now, before, metric),
            usual=float(own["centre"].iloc[0]) if len(own) else float("nan"),
            signal=bool(own["signal"].iloc[0]) if len(own) else False,
            series=self._series(rows),
        )

    def _plain(self, row) -> ScorecardRow:
        standing = self.judgement.standing(
            row["metric"], row["segment_by"], row["segment"], variant=row["variant"]
        )
        return ScorecardRow(
            "", self.selection.metric(row["metric"]), Reading.of(row), standing=standing
        )

    def _of_year(self, row) -> ScorecardRow:
        year = self.judgement.year_figure(row["metric"], row["segment_by"], row["segment"])
        return replace(self._plain(row), year=year)

    def _series(self, rows: list[dict]) -> tuple[float, ...]:
        """The values by period up to this one; NaN where there is none."""
        values = {row["period_start"]: row["value"] for row in rows}
        count = SPARKLINE_PERIODS[self.selection.period.grain]
        starts = [pd.Timestamp(self.selection.period.back(i).start) for i in reversed(range(count))]
        line = [number(values.get(start)) for start in starts]
        seen = next((place for place, value in enumerate(line) if value == value), len(line))
        return tuple(line[seen:])

    @staticmethod
    def _at(rows: list[dict], period: Period) -> dict | None:
        start = pd.Timestamp(period.start)
        return next((row for row in rows if row["period_start"] == start), None)

    def _split(self, frame: pd.DataFrame) -> list[str]:
        """The metrics that have a segment of their own in the frame."""
        return list(frame.loc[frame["segment"] != self.selection.segment.label, "metric"].unique())

    def metrics(self, frame: pd.DataFrame) -> dict[str, Metric]:
        """The declarations of the metrics in a frame, by name."""
        names = set(frame["metric"])
        return {m.name: self.selection.metric(m.name) for m in CATALOGUE if m.name in names}
