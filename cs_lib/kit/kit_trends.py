"""What happened to a figure over the periods before this one, each finding as a sentence."""

from dataclasses import dataclass

from cs_lib.judgement import Judgement, Series, distinguishable, trends
from cs_lib.kit.selection import Selection
from cs_lib.period import MONTH, PERIODS_A_YEAR
from cs_lib.report.display import LeftOut, Sentence
from cs_lib.report.text import trend_sentences
from cs_lib.report.text.formatting import Formatter, listed, metric_title
from cs_lib.report.text.measure_row import labels, readings
from cs_lib.vocabulary import CUSTOMERS, OK

#: how far back runs of signals are looked for
SPAN = {"month": 24, "quarter": 8, "week": 52, "year": 5}
COHORTS = "cohort_retention"
#: each cohort is of other customers, so that nothing carries over from one to the next
COHORT_ERRORS = 4.0
Said = Sentence | LeftOut


@dataclass(frozen=True)
class Chronicle:
    """Runs outside control limits, lasting changes, a year by segment, and the change since then."""

    selection: Selection
    formatter: Formatter
    judgement: Judgement

    def spikes(self, name: str, *, variant: str | None = None, by: str | None = None) -> Said:
        """The periods in which a figure lay outside its control limits."""
        periods, metric = SPAN[self.selection.period.grain], self.selection.metric(name)
        judged = {}
        for where, (columns, segment) in self._segments(name, variant, by, periods).items():
            runs, looked = self.judgement.runs(name, columns, segment, periods, variant)
            if looked:
                judged[where] = runs, looked
        if not judged:
            return self._too_short(name, by)
        loud = {where: each for where, each in judged.items() if each[0]} if by else judged
        said = [
            trend_sentences.runs_sentence(
                metric,
                runs,
                looked,
                self.selection.period,
                formatter=self.formatter,
                where=where,
                variant=variant,
                most=2 if by else trend_sentences.NAMED,
            )
            for where, (runs, looked) in loud.items()
        ]
        return _joined(said, self._quiet(name, variant, [w for w in judged if w not in loud], loud))

    def step(self, name: str, *, variant: str | None = None, by: str | None = None) -> Said:
        """Since when a figure has stood at another level, where that is clear and has lasted."""
        if name == COHORTS:
            return self.cohort_step()
        metric, least = self.selection.metric(name), 2 * trends.LEAST_SIDE
        found = {}
        for where, (columns, segment) in self._segments(name, variant, by, 1).items():
            series = self.judgement.series(name, columns, segment, variant=variant)
            if (series.statuses == OK).sum() >= least:
                found[where] = self.judgement.step(name, columns, segment, variant)
        if not found:
            return self._too_short(name, by)
        told = {where: each for where, each in found.items() if each} if by else found
        said = [
            trend_sentences.step_sentence(
                metric,
                each,
                self.selection.period,
                formatter=self.formatter,
                where=where,
                variant=variant,
            )
            for where, each in told.items()
        ]
        if by and not told:
            title = metric_title(metric, variant)
            return Sentence(f"{title} shows no lasting change of level for any {by}.")
        return _joined(said)

    def cohort_step(self, age: int = 6, measure: str = CUSTOMERS) -> Said:
        """Whether cohorts from some month on have kept more, or less, than those before."""
        cells = self.selection.cohorts(measure)
        cells = cells[(cells["age"] == age) & cells["cohort"].notna() & (cells["status"] == OK)]
        if len(cells) < 2 * trends.LEAST_SIDE:
            return LeftOut("change between cohorts", f"needs {2 * trends.LEAST_SIDE} cohorts")
        rows = cells.assign(period_start=cells["cohort"], n=cells["denominator"])
        series = Series.of(rows.sort_values("cohort"))
        found = trends.step(series, MONTH, shares=measure == CUSTOMERS, least=COHORT_ERRORS)
        return trend_sentences.cohort_step_sentence(
            found, age, formatter=self.formatter, measure=measure
        )

    def year(self, name: str, by: str, *, variant: str | None = None) -> Said:
        """The segments that stood apart from the others over twelve months."""
        self.selection.frame(name, variant=variant, by=by)
        apart = self.judgement.apart(name, by, within=self.selection.segment.label, variant=variant)
        if apart is None:
            return self._left_out(name, by)
        metric = self.selection.metric(name)
        return trend_sentences.year_sentence(
            metric, apart, formatter=self.formatter, variant=variant
        )

    def since(self, name: str, by: str, *, variant: str | None = None) -> Said:
        """Which segments changed against the same period of a year before, beyond normal variation."""
        metric, period = self.selection.metric(name), self.selection.period
        count = PERIODS_A_YEAR[period.grain]
        now = self.selection.frame(name, variant=variant, by=by)
        before = self.selection.frame(name, variant=variant, by=by, back=count)
        if now.empty or before.empty:
            return self._left_out(name, by)
        earlier = {row["segment"]: row for _, row in before.iterrows()}
        sure = {
            row["segment"]: distinguishable(row, earlier.get(row["segment"]), metric)
            for _, row in now.iterrows()
        }
        return trend_sentences.since_sentence(metric, now, before, sure, formatter=self.formatter)

    def _segments(self, name, variant, by, periods: int) -> dict[str, tuple[str, str]]:
        """Columns and segment of each series, by its name in words ('' for this report's)."""
        frame = self.selection.frame(name, variant=variant, by=by, periods=periods)
        rows = frame.drop_duplicates("segment", keep="last")
        keys = list(zip(rows["segment_by"], rows["segment"], strict=True))
        if by is None:
            return {"": keys[0]} if keys else {}
        return dict(zip(labels(readings(rows)), keys, strict=True))

    def _quiet(self, name, variant, quiet: list[str], loud) -> str:
        if not quiet:
            return ""
        title = metric_title(self.selection.metric(name), variant)
        if not loud:
            return f"{title} moved within normal variation for each of {listed(quiet)}."
        who = listed(quiet) if len(quiet) <= 4 else f"The other {len(quiet)}"
        return f"{who} moved within normal variation."

    def _too_short(self, name: str, by: str | None) -> LeftOut:
        title = f"{self.selection.metric(name).title} over time"
        if self.selection.frame(name, by=by, periods=SPAN[self.selection.period.grain]).empty:
            return LeftOut(title, self.selection.why_not([name], by))
        return LeftOut(title, "too few earlier periods of the same kind have a figure")

    def _left_out(self, name: str, by: str | None) -> LeftOut:
        return LeftOut(self.selection.metric(name).title, self.selection.why_not([name], by))


def _joined(said: list[Sentence], ending: str = "") -> Sentence:
    return Sentence("\n".join([*(each.text for each in said), *([ending] if ending else [])]))
