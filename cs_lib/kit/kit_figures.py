"""The figures a notebook can ask for: each picks its rows and hands them to the one that draws."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from cs_lib.errors import EditionError, did_you_mean
from cs_lib.judgement import Judgement
from cs_lib.kit.kit_decomposition import Movers
from cs_lib.kit.selection import Selection, refuse_count
from cs_lib.period import ALL
from cs_lib.report import figures
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import CUSTOMERS, MRR_MOVEMENTS

MRR_FLOW = ("opening_mrr", *MRR_MOVEMENTS, "mrr")
NPS = ("nps", "nps_promoters", "nps_passives", "nps_detractors")
#: how many periods a line shows
TREND = {"month": 24, "quarter": 8, "week": 26, "year": 5}
SURVEYS = {"nps_answers": "nps", "csat_answers": "csat", "ces_answers": "ces"}
Shown = ReportFigure | LeftOut


@dataclass(frozen=True)
class FigureKit:
    """The figures of one report; LeftOut where the edition has nothing to draw."""

    selection: Selection
    formatter: Formatter
    judgement: Judgement

    def trend(self, name: str, *, variant: str | None = None, periods: int | None = None) -> Shown:
        """A metric over the last periods, with its interval, target, what was usual, and signals."""
        frame = self._judged(name, variant, periods)
        if frame.empty:
            return self._left_out([name])
        canonical = variant in (None, self.selection.metric(name).canonical)
        return figures.trend(
            frame,
            self.selection.metric(name),
            self.formatter,
            target=self._target(name) if canonical else None,
            usual=frame["centre"].iloc[-1],
            direction=self.selection.direction(name),
            source=self._source(),
        )

    def control_chart(
        self, name: str, *, variant: str | None = None, periods: int | None = None
    ) -> Shown:
        """A metric against the control limits that the periods before each give."""
        frame = self._judged(name, variant, periods)
        if frame.empty:
            return self._left_out([name])
        return figures.control_chart(
            frame, self.selection.metric(name), self.formatter, source=self._source()
        )

    def what_moved(self, name: str, by: str | None = None) -> Shown:
        """What segments' own figures and what their mix moved, from the period before to this one."""
        moved = Movers(self.selection, self.formatter, self.judgement).split(name, by)
        if isinstance(moved, LeftOut):
            return moved
        return figures.mix_and_rate(moved, self.formatter, source=self._source())

    def bars(self, name: str, by: str, *, variant: str | None = None) -> Shown:
        """A metric by segment at this period, with intervals and target."""
        frame = self.selection.frame(name, variant=variant, by=by)
        if frame.empty:
            return self._left_out([name], by)
        whole = self.selection.frame(name, variant=variant)
        return figures.bars_with_intervals(
            frame,
            self.selection.metric(name),
            self.formatter,
            target=self._target(name) if variant is None else None,
            own_targets=self._own_targets(name, frame["segment"]) if variant is None else None,
            overall=whole.iloc[0]
            if len(whole) and by not in self.selection.segment.by.split(",")
            else None,
            direction=self.selection.direction(name),
            source=self._source(),
        )

    def touchpoints(self, name: str = "ces") -> Shown:
        """Scores by step of the journey, on the whole scale."""
        frame = self.selection.frame(name, by="touchpoint")
        if frame.empty:
            return self._left_out([name], "touchpoint")
        stated = self.selection.edition.definitions.ces
        return figures.touchpoint_scores(
            frame,
            self.selection.metric(name),
            self.formatter,
            scale=stated.scale if name == "ces" and stated else None,
            direction=self.selection.direction(name),
            source=self._source(),
        )

    def score_distribution(self, name: str = "nps_answers") -> Shown:
        """How many answers gave each score."""
        if name not in SURVEYS:
            raise EditionError(f"{name!r} does not count answers. " + did_you_mean(name, SURVEYS))
        frame = self.selection.frame(name, by="score")
        if frame.empty:
            return self._left_out([name], "score")
        title = self.selection.metric(name).title
        return figures.score_distribution(
            frame,
            self.formatter,
            title=f"{title} by score",
            source=self._source(),
            **self._ranges(name),
        )

    def nps_bars(self, periods: int | None = None) -> Shown:
        """Promoters and detractors over time, and NPS with its interval."""
        frame = self._over_time(*NPS, periods=periods)
        if frame.empty:
            return self._left_out(["nps"])
        return figures.nps_bars(
            frame, self.formatter, target=self._target("nps"), source=self._source()
        )

    def mrr_line(self, by: str | None = None) -> Shown:
        """MRR over time, stacked by segment where asked."""
        return self._amount("mrr", by)

    def revenue_line(self, by: str | None = None) -> Shown:
        """Revenue over time, stacked by segment where asked."""
        return self._amount("revenue", by)

    def movement_waterfall(self) -> Shown:
        """From opening to closing MRR in this period."""
        frame = self.selection.frame(*MRR_FLOW)
        if frame.empty:
            return self._left_out(["mrr"])
        return figures.movement_waterfall(frame, self.formatter, source=self._source())

    def retention_heatmap(self, measure: str = CUSTOMERS) -> Shown:
        """The cohort triangle."""
        cells = self.selection.cohorts(measure)
        if cells.empty:
            return LeftOut("retention heat map", self.selection.why_no_cohorts)
        return figures.retention_heatmap(
            cells, self.formatter, measure=measure, source=self._source()
        )

    def retention_curves(self, measure: str = CUSTOMERS) -> Shown:
        """Every cohort by age, and their weighted mean with its interval."""
        cells = self.selection.cohorts(measure)
        if cells.empty:
            return LeftOut("retention curves", self.selection.why_no_cohorts)
        return figures.retention_curves(
            cells, self.formatter, measure=measure, source=self._source()
        )

    def survival(self, by: str | None = None) -> Shown:
        """How long customers go on paying, with what is not over yet; at the latest data."""
        return self._curve(
            "survival", "months", "Customers still paying, since their first payment", by
        )

    def time_to_value(self, by: str | None = None) -> Shown:
        """How long customers wait for first value, of those who signed up in the last twelve months."""
        return self._curve("time_to_value", "days", "Customers still waiting for first value", by)

    def _curve(self, name: str, unit: str, title: str, by: str | None) -> Shown:
        points = self.selection.curve(name, by)
        if points.empty:
            return self._left_out([name], by)
        return figures.survival_curve(
            points, self.formatter, unit=unit, title=title, source=self._source()
        )

    def ltv_cac(self, by: str | None = None) -> Shown:
        """LTV:CAC against three to one, over time or by segment."""
        frame = self.selection.frame("ltv_to_cac", by=by) if by else self._over_time("ltv_to_cac")
        if frame.empty:
            return self._left_out(["ltv_to_cac"], by)
        return figures.ltv_cac(
            frame, self.selection.metric("ltv_to_cac"), self.formatter, source=self._source()
        )

    def payback(self, by: str | None = None) -> Shown:
        """CAC payback in months, over time or by segment."""
        frame = self.selection.frame("cac_payback", by=by) if by else self._over_time("cac_payback")
        if frame.empty:
            return self._left_out(["cac_payback"], by)
        target = self._target("cac_payback")
        return figures.payback(
            frame,
            self.selection.metric("cac_payback"),
            self.formatter,
            target=target,
            source=self._source(),
        )

    def _amount(self, name: str, by: str | None) -> Shown:
        frame = self._over_time(name, by=by)
        if frame.empty:
            return self._left_out([name], by)
        return figures.mrr_line(
            frame, self.selection.metric(name), self.formatter, source=self._source()
        )

    def _over_time(self, *names: str, periods: int | None = None, **options) -> pd.DataFrame:
        count = self._count(periods)
        return self.selection.frame(*names, periods=count, **options)

    def _count(self, periods: int | None) -> int:
        if periods is None:
            return TREND[self.selection.period.grain]
        refuse_count("periods", periods, least=1)
        return periods

    def _judged(self, name: str, variant: str | None, periods: int | None) -> pd.DataFrame:
        """The last periods of a metric, each with the control limits that the periods before it give."""
        count = self._count(periods)
        frame = self._over_time(name, variant=variant, periods=count)
        mine = self.selection.segment
        limits = self.judgement.limits(name, mine.by, mine.label, variant=variant, periods=count)
        return frame.merge(limits.drop(columns="value"), on="period_start", how="left")

    def _left_out(self, names, by: str | None = None) -> LeftOut:
        return LeftOut(self.selection.metric(names[0]).title, self.selection.why_not(names, by))

    def _target(self, name: str) -> float | None:
        found = self.judgement.goal(name, self.selection.segment.label)
        return found[0].value if found else None

    def _own_targets(self, name: str, segments) -> dict[str, float]:
        """The targets of those segments that have one of their own."""
        found = {each: self.judgement.goal(name, each) for each in segments}
        return {each: goal[0].value for each, goal in found.items() if goal and goal[1]}

    def _source(self) -> str:
        """The line under a figure: whose data, which slice, how far they reach."""
        chosen = self.selection
        whose = (
            ""
            if chosen.segment.label == ALL
            else f", {self.formatter.segment(chosen.segment.by, chosen.segment.label)}"
        )
        last_day = chosen.measures.as_of - timedelta(days=1)
        return f"{chosen.edition.company}{whose}; data to {last_day}"

    def _ranges(self, name: str) -> dict:
        """The scale of a survey, and which of its scores count as good and as bad."""
        stated = self.selection.edition.definitions
        survey = SURVEYS[name]
        if survey == "nps":
            low, high = stated.nps.scale
            names = {"good_name": "promoters", "bad_name": "detractors"}
            return {
                "scale": (low, high),
                "good": (9, high),
                "bad": (low, 6),
                "middle_name": "passives",
                **names,
            }
        if survey == "csat":
            return {
                "scale": stated.csat.scale,
                "good": stated.csat.satisfied,
                "good_name": "satisfied",
            }
        return {"scale": stated.ces.scale, "good": stated.ces.easy, "good_name": "easy"}
