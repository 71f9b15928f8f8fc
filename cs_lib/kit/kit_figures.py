"""The charts a notebook can ask for: each picks its rows and hands them to the one that draws."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from cs_lib.data.facts.comment_facts import STEP
from cs_lib.edition.events import Event, events_of
from cs_lib.errors import EditionError, did_you_mean
from cs_lib.judgement.series import OF_A_PERIOD
from cs_lib.judgement.standing import Figure
from cs_lib.kit import chart_findings, kit_forecast, kit_risk
from cs_lib.kit.few_segments import few_segments
from cs_lib.kit.kit_decomposition import what_moved
from cs_lib.kit.kit_sentences import COHORTS
from cs_lib.kit.selection import MRR_FLOW, TREND, Selection, refuse_count
from cs_lib.period import ALL, MONTH, Period
from cs_lib.report import figures
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.vocabulary import CUSTOMERS, LTV_TO_CAC, RATIO

SURVEYS = {"nps_answers": "nps", "csat_answers": "csat", "ces_answers": "ces"}
#: whose n stands under the line, for a score of few answers should look like one
ANSWERED = tuple(SURVEYS.values())
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
        """A metric over the last periods, with its interval, target, the figure over twelve months, and signals.

        `kit.figure.trend("customer_churn_rate", periods=12)`
        """
        frame, metric = self._with_limits(name, variant, periods), self.selection.metric(name)
        if frame.empty:
            return self.selection.left_out([name])
        return figures.trend(
            frame,
            metric,
            self.selection.formatter,
            year=self._year(name, variant),
            answers="answers" if name in ANSWERED else "",
            **self._over_time_options(name, variant, frame),
            **self._target_of(name, variant),
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
        return figures.control_chart(
            frame,
            self.selection.metric(name),
            self.selection.formatter,
            direction=self.selection.direction(name, variant),
            events=self._events(name),
            says=chart_findings.control(self.selection, name, frame),
        )

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
        says = chart_findings.growth(self.selection, frame)
        return figures.movement_waterfall(frame, self.selection.formatter, says=says)

    # --- segments ------------------------------------------------------------------------------------

    def segments(self, name: str, *by: str, variant: str | None = None) -> Shown:
        """A metric by segment, each with its interval, target and n: a panel for each column of the edition.

        `by`: other columns. `kit.figure.segments("nps")`, `kit.figure.segments("cac", "channel")`
        """
        columns = by or self.selection.own_columns or self.selection.edition.segments
        return self._segments(name, columns, variant)

    def what_moved(self, name: str, by: str | None = None) -> Shown:
        """What segments' rates and what their mix moved, from the period before to this one.

        Without `by`, the column whose segments differ most. `kit.figure.what_moved("csat", "plan")`
        """
        moved = what_moved(self.selection, name, by)
        if isinstance(moved, LeftOut):
            return moved
        return figures.mix_and_rate(moved, self.selection.formatter)

    # --- what comes next -----------------------------------------------------------------------------

    def risk_record(self) -> Shown:
        """Customers expected to leave and those who did, by tenth of their chance: `kit.figure.risk_record()`."""
        return kit_risk.record_figure(self.selection)

    def forecast(self) -> Shown:
        """MRR over the last months, and what it may be some months ahead: `kit.figure.forecast()`."""
        return kit_forecast.figure(self.selection)

    # --- surveys -------------------------------------------------------------------------------------

    def touchpoints(self, name: str = "ces") -> Shown:
        """Scores by step of the journey, on the whole scale: `kit.figure.touchpoints("csat")`."""
        ces = self.selection.edition.definitions.ces if name == "ces" else None
        return self._segments(name, (STEP,), scale=ces.scale if ces else None)

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
            **self._ranges(SURVEYS[name]),
        )

    # --- cohorts and lifetimes -----------------------------------------------------------------------

    def retention_heatmap(self, measure: str = CUSTOMERS) -> Shown:
        """What is left by when customers joined and by age, of customers, revenue_net or revenue_gross.

        `kit.figure.retention_heatmap("revenue_net")`
        """
        cells = self.selection.cohorts(measure)
        if cells.empty:
            return LeftOut("retention heat map", self.selection.why_no_cohorts)
        return figures.retention_heatmap(
            cells,
            self.selection.formatter,
            measure=measure,
            events=self._events(COHORTS, cells["cohort"].min()),
            yearly_terms=self.selection.has("mrr"),
            by_orders=not self.selection.has("mrr"),
        )

    def survival(self, by: str | None = None) -> Shown:
        """How long customers go on paying, with what is not over yet; at the latest data.

        `kit.figure.survival("plan")`
        """
        title = "Customers still paying, since their first payment"
        return self._curve("survival", "months", title, "still pay", by)

    def time_to_value(self, by: str | None = None) -> Shown:
        """How long customers wait for first value, of those who signed up in the last twelve months.

        `kit.figure.time_to_value("plan")`
        """
        title = "Customers still waiting for first value"
        return self._curve("time_to_value", "days", title, "still wait", by)

    # --- unit economics ------------------------------------------------------------------------------

    def ltv_cac(self, by: str | None = None) -> Shown:
        """LTV:CAC against its target or 3:1, over time or by segment: `kit.figure.ltv_cac(by="channel")`."""
        return self._economics("ltv_to_cac", by, customary=LTV_TO_CAC)

    def payback(self, by: str | None = None) -> Shown:
        """CAC payback in months, over time or by segment: `kit.figure.payback(by="channel")`."""
        return self._economics("cac_payback", by)

    # --- rows ----------------------------------------------------------------------------------------

    def _curve(self, name: str, unit: str, title: str, still: str, by: str | None) -> Shown:
        points = self.selection.curve(name, by)
        if points.empty:
            return self.selection.left_out([name], by)
        look = {"unit": unit, "title": title, "still": still}
        return figures.survival_curve(points, self.selection.formatter, **look)

    def _amount(self, name: str, by: str | None) -> Shown:
        frame = self._over_time(name, by=by)
        if frame.empty:
            return self.selection.left_out([name], by)
        metric, formatter = self.selection.metric(name), self.selection.formatter
        return figures.mrr_line(
            frame, metric, formatter, **self._over_time_options(name, None, frame)
        )

    def _economics(self, name: str, by: str | None, *, customary: float | None = None) -> Shown:
        """A figure over time, or by segment, against its target or else a `customary` so many to one."""
        chosen, metric = self.selection, self.selection.metric(name)
        frame = chosen.frame(name, by=by) if by else self._over_time(name)
        if frame.empty:
            return chosen.left_out([name], by)
        target = self._target_of(name, None, [by] if by else ())["target"]
        goal: dict = {"target": target}
        if customary is not None:
            target = customary if target is None else target
            goal = {"target": target, "target_says": f"{chosen.formatter.tick(target, RATIO)} : 1"}
        if frame["period_start"].nunique() > 1:
            goal |= self._over_time_options(name, None, frame)
            return figures.trend(frame, metric, chosen.formatter, **goal)
        says = chart_findings.segments(chosen, name, [by]) if by else ""
        return figures.segment_dots(frame, metric, chosen.formatter, says=says, **goal)

    def _segments(
        self,
        name: str,
        columns: Sequence[str],
        variant: str | None = None,
        scale: tuple[float, float] | None = None,
    ) -> Shown:
        frames = [self.selection.frame(name, variant=variant, by=by) for by in columns]
        few = [few_segments(each, [self.selection.segment.label]) for each in frames if len(each)]
        beyond = sum(map(len, frames)) - sum(map(len, few))
        frame = pd.concat(few or frames[:1] or [pd.DataFrame()])
        if frame.empty:
            return self.selection.left_out([name], columns[0] if columns else None)
        whole = self.selection.frame(name, variant=variant)
        beside = set(columns) & set(self.selection.own_columns)
        year = self._year(name, variant)
        shown = [by for by, each in zip(columns, frames, strict=True) if len(each)]
        return figures.segment_dots(
            frame.reset_index(drop=True),
            self.selection.metric(name),
            self.selection.formatter,
            years=self._years(name, frame) if self._over_months(name, variant) else None,
            own_targets=self._own_targets(name, frame["segment"])
            if self._canonical(name, variant)
            else None,
            overall=whole.iloc[0] if len(whole) and not beside else None,
            overall_year=year if len(whole) and not beside else None,
            scale=scale,
            beyond=beyond,
            says=chart_findings.segments(self.selection, name, shown, variant),
            **self._target_of(name, variant, columns),
        )

    def _canonical(self, name: str, variant: str | None) -> bool:
        return variant in (None, self.selection.metric(name).canonical)

    def _over_months(self, name: str, variant: str | None) -> bool:
        """Whether a figure over twelve months can stand beside this report's: it is of the same size."""
        months = name not in OF_A_PERIOD or self.selection.period.grain == MONTH
        return months and self._canonical(name, variant)

    def _year(self, name: str, variant: str | None) -> Figure | None:
        """This segment's figure over twelve months, where it can stand beside this report's."""
        if not self._over_months(name, variant):
            return None
        segment = self.selection.segment
        return self.selection.judgement.year_figure(name, segment.by, segment.label)

    def _years(self, name: str, frame: pd.DataFrame) -> dict[str, Figure]:
        """The figures over twelve months of the segments that have one."""
        judgement, keys = self.selection.judgement, frame[["segment_by", "segment"]]
        found = {
            segment: judgement.year_figure(name, by, segment)
            for by, segment in keys.itertuples(index=False)
        }
        return {segment: figure for segment, figure in found.items() if figure}

    def _over_time_options(self, name: str, variant: str | None, frame: pd.DataFrame) -> dict:
        first = Period.containing(frame["period_start"].min().date(), self.selection.period.grain)
        says = chart_findings.over_time(self.selection, name, variant, first=first)
        return {"events": self._events(name), "says": says}

    def _target_of(self, name: str, variant: str | None, columns: Sequence[str] = ()) -> dict:
        """The target to draw, and which side is better: the company's where segments stand beside this one."""
        chosen, canonical = self.selection, self._canonical(name, variant)
        beside = set(columns) & set(chosen.own_columns)
        goal = chosen.judgement.goal(name, ALL if beside else chosen.segment.label)
        target = goal[0].value if goal and canonical else None
        return {"target": target, "direction": chosen.direction(name, variant)}

    def _events(self, name: str, first: pd.Timestamp | None = None) -> tuple[Event, ...]:
        """The events of the edition that may have moved a metric of this segment, up to the period's end."""
        chosen, edition = self.selection, self.selection.edition
        begin = date.min if first is None or pd.isna(first) else first.date()
        return events_of(edition.events, name, chosen.segment, begin, chosen.period.last_day)

    def _over_time(
        self,
        *names: str,
        periods: int | None = None,
        variant: str | None = None,
        by: str | None = None,
    ) -> pd.DataFrame:
        return self.selection.frame(*names, variant=variant, by=by, periods=self._count(periods))

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
