"""The charts a notebook can ask for: each picks its rows and hands them to the one that draws."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from cs_lib.errors import EditionError, did_you_mean
from cs_lib.kit.kit_decomposition import what_moved
from cs_lib.kit.selection import MRR_FLOW, Selection, refuse_count
from cs_lib.report import figures
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.vocabulary import CUSTOMERS

NPS = ("nps", "nps_promoters", "nps_passives", "nps_detractors")
#: how many periods a line shows
TREND = {"month": 24, "quarter": 8, "week": 26, "year": 5}
SURVEYS = {"nps_answers": "nps", "csat_answers": "csat", "ces_answers": "ces"}
Shown = ReportFigure | LeftOut


@dataclass(frozen=True)
class FigureKit:
    """The charts of a report. Where the edition has nothing to draw, a line says why.

    `name` is a metric of `kit.metrics()`, `variant` one of its rules, `by` a column to split by; `periods`
    is how many up to this report's (months: 24).
    """

    selection: Selection

    # --- over time -----------------------------------------------------------------------------------

    def trend(self, name: str, *, variant: str | None = None, periods: int | None = None) -> Shown:
        """A metric over the last periods, with its interval, target, what was usual, and signals.

        `kit.figure.trend("customer_churn_rate", periods=12)`
        """
        frame, metric = self._with_limits(name, variant, periods), self.selection.metric(name)
        if frame.empty:
            return self.selection.left_out([name])
        return figures.trend(
            frame,
            metric,
            self.selection.formatter,
            target=self.selection.target(name) if variant in (None, metric.canonical) else None,
            usual=frame["centre"].iloc[-1],
            direction=self.selection.direction(name),
            source=self.selection.source,
        )

    def control_chart(
        self, name: str, *, variant: str | None = None, periods: int | None = None
    ) -> Shown:
        """A metric against the control limits that the periods before each give.

        `kit.figure.control_chart("csat")`
        """
        frame = self._with_limits(name, variant, periods)
        if frame.empty:
            return self.selection.left_out([name])
        metric, formatter = self.selection.metric(name), self.selection.formatter
        return figures.control_chart(frame, metric, formatter, source=self.selection.source)

    def mrr_line(self, by: str | None = None) -> Shown:
        """MRR over time, stacked by segment where asked: `kit.figure.mrr_line("plan")`."""
        return self._amount("mrr", by)

    def revenue_line(self, by: str | None = None) -> Shown:
        """Revenue over time, stacked by segment where asked: `kit.figure.revenue_line("region")`."""
        return self._amount("revenue", by)

    def movement_waterfall(self) -> Shown:
        """From opening to closing MRR in this period: `kit.figure.movement_waterfall()`."""
        frame = self.selection.frame(*MRR_FLOW)
        if frame.empty:
            return self.selection.left_out(["mrr"])
        return figures.movement_waterfall(
            frame, self.selection.formatter, source=self.selection.source
        )

    # --- segments ------------------------------------------------------------------------------------

    def bars(self, name: str, by: str, *, variant: str | None = None) -> Shown:
        """A metric by segment at this period, with intervals and target.

        `kit.figure.bars("nps", "plan")`
        """
        frame = self.selection.frame(name, variant=variant, by=by)
        if frame.empty:
            return self.selection.left_out([name], by)
        whole = self.selection.frame(name, variant=variant)
        return figures.bars_with_intervals(
            frame,
            self.selection.metric(name),
            self.selection.formatter,
            target=self.selection.target(name) if variant is None else None,
            own_targets=self._own_targets(name, frame["segment"]) if variant is None else None,
            overall=whole.iloc[0] if len(whole) and by not in self.selection.own_columns else None,
            direction=self.selection.direction(name),
            source=self.selection.source,
        )

    def what_moved(self, name: str, by: str | None = None) -> Shown:
        """What segments' rates and what their mix moved, from the period before to this one.

        Without `by`, the column whose segments differ most. `kit.figure.what_moved("csat", "plan")`
        """
        moved = what_moved(self.selection, name, by)
        if isinstance(moved, LeftOut):
            return moved
        return figures.mix_and_rate(moved, self.selection.formatter, source=self.selection.source)

    # --- surveys -------------------------------------------------------------------------------------

    def touchpoints(self, name: str = "ces") -> Shown:
        """Scores by step of the journey, on the whole scale: `kit.figure.touchpoints("csat")`."""
        frame = self.selection.frame(name, by="touchpoint")
        if frame.empty:
            return self.selection.left_out([name], "touchpoint")
        ces = self.selection.edition.definitions.ces if name == "ces" else None
        return figures.touchpoint_scores(
            frame,
            self.selection.metric(name),
            self.selection.formatter,
            scale=ces.scale if ces else None,
            direction=self.selection.direction(name),
            source=self.selection.source,
        )

    def score_distribution(self, name: str = "nps_answers") -> Shown:
        """How many answers gave each score: nps_answers, csat_answers or ces_answers.

        `kit.figure.score_distribution("csat_answers")`
        """
        if name not in SURVEYS:
            raise EditionError(f"{name!r} does not count answers. " + did_you_mean(name, SURVEYS))
        frame = self.selection.frame(name, by="score")
        if frame.empty:
            return self.selection.left_out([name], "score")
        return figures.score_distribution(
            frame,
            self.selection.formatter,
            title=f"{self.selection.metric(name).title} by score",
            source=self.selection.source,
            **self._ranges(SURVEYS[name]),
        )

    def nps_bars(self, periods: int | None = None) -> Shown:
        """Promoters and detractors over time, and NPS with its interval: `kit.figure.nps_bars(12)`."""
        frame = self._over_time(*NPS, periods=periods)
        if frame.empty:
            return self.selection.left_out(["nps"])
        return figures.nps_bars(
            frame,
            self.selection.formatter,
            target=self.selection.target("nps"),
            source=self.selection.source,
        )

    # --- cohorts and lifetimes -----------------------------------------------------------------------

    def retention_heatmap(self, measure: str = CUSTOMERS) -> Shown:
        """The cohort triangle, of customers, revenue_net or revenue_gross.

        `kit.figure.retention_heatmap("revenue_net")`
        """
        cells = self.selection.cohorts(measure)
        if cells.empty:
            return LeftOut("retention heat map", self.selection.why_no_cohorts)
        return figures.retention_heatmap(
            cells, self.selection.formatter, measure=measure, source=self.selection.source
        )

    def retention_curves(self, measure: str = CUSTOMERS) -> Shown:
        """Every cohort by age, and their weighted mean with its interval.

        `measure`: customers, revenue_net or revenue_gross. `kit.figure.retention_curves()`
        """
        cells = self.selection.cohorts(measure)
        if cells.empty:
            return LeftOut("retention curves", self.selection.why_no_cohorts)
        return figures.retention_curves(
            cells, self.selection.formatter, measure=measure, source=self.selection.source
        )

    def survival(self, by: str | None = None) -> Shown:
        """How long customers go on paying, with what is not over yet; at the latest data.

        `kit.figure.survival("plan")`
        """
        title = "Customers still paying, since their first payment"
        return self._curve("survival", "months", title, by)

    def time_to_value(self, by: str | None = None) -> Shown:
        """How long customers wait for first value, of those who signed up in the last twelve months.

        `kit.figure.time_to_value("plan")`
        """
        return self._curve("time_to_value", "days", "Customers still waiting for first value", by)

    # --- unit economics ------------------------------------------------------------------------------

    def ltv_cac(self, by: str | None = None) -> Shown:
        """LTV:CAC against three to one, over time or by segment: `kit.figure.ltv_cac(by="channel")`."""
        frame = self._over_time_or_by("ltv_to_cac", by)
        if frame.empty:
            return self.selection.left_out(["ltv_to_cac"], by)
        metric, formatter = self.selection.metric("ltv_to_cac"), self.selection.formatter
        return figures.ltv_cac(frame, metric, formatter, source=self.selection.source)

    def payback(self, by: str | None = None) -> Shown:
        """CAC payback in months, over time or by segment: `kit.figure.payback(by="channel")`."""
        frame = self._over_time_or_by("cac_payback", by)
        if frame.empty:
            return self.selection.left_out(["cac_payback"], by)
        return figures.payback(
            frame,
            self.selection.metric("cac_payback"),
            self.selection.formatter,
            target=self.selection.target("cac_payback"),
            source=self.selection.source,
        )

    # --- rows ----------------------------------------------------------------------------------------

    def _curve(self, name: str, unit: str, title: str, by: str | None) -> Shown:
        points = self.selection.curve(name, by)
        if points.empty:
            return self.selection.left_out([name], by)
        return figures.survival_curve(
            points, self.selection.formatter, unit=unit, title=title, source=self.selection.source
        )

    def _amount(self, name: str, by: str | None) -> Shown:
        frame = self._over_time(name, by=by)
        if frame.empty:
            return self.selection.left_out([name], by)
        metric, formatter = self.selection.metric(name), self.selection.formatter
        return figures.mrr_line(frame, metric, formatter, source=self.selection.source)

    def _over_time(
        self,
        *names: str,
        periods: int | None = None,
        variant: str | None = None,
        by: str | None = None,
    ) -> pd.DataFrame:
        return self.selection.frame(*names, variant=variant, by=by, periods=self._count(periods))

    def _over_time_or_by(self, name: str, by: str | None) -> pd.DataFrame:
        return self.selection.frame(name, by=by) if by else self._over_time(name)

    def _count(self, periods: int | None) -> int:
        if periods is None:
            return TREND[self.selection.period.grain]
        refuse_count("periods", periods, least=1)
        return periods

    def _with_limits(self, name: str, variant: str | None, periods: int | None) -> pd.DataFrame:
        """The last periods of a metric, each with the control limits that the periods before it give."""
        frame = self._over_time(name, variant=variant, periods=periods)
        segment, judgement = self.selection.segment, self.selection.judgement
        count = self._count(periods)
        limits = judgement.limits(name, segment.by, segment.label, variant=variant, periods=count)
        return frame.merge(limits.drop(columns="value"), on="period_start", how="left")

    def _own_targets(self, name: str, segments: Iterable[str]) -> dict[str, float]:
        """The targets of those segments that have one of their own."""
        found = {segment: self.selection.judgement.goal(name, segment) for segment in segments}
        return {segment: goal[0].value for segment, goal in found.items() if goal and goal[1]}

    def _ranges(self, survey: str) -> dict:
        """The scale of a survey, and which of its scores count as good and as bad."""
        stated = self.selection.edition.definitions
        if survey == "nps":
            low, high = stated.nps.scale
            names = {"good_name": "promoters", "middle_name": "passives", "bad_name": "detractors"}
            return {"scale": (low, high), "good": (9, high), "bad": (low, 6), **names}
        if survey == "csat":
            scale, good = stated.csat.scale, stated.csat.satisfied
            return {"scale": scale, "good": good, "good_name": "satisfied"}
        if stated.ces is None:
            return {}
        return {"scale": stated.ces.scale, "good": stated.ces.easy, "good_name": "easy"}
