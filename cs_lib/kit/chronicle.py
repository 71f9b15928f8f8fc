"""What happened to a figure over the periods before this one, each finding as a sentence."""

from dataclasses import dataclass

import pandas as pd

from cs_lib.kit import history
from cs_lib.kit.selection import Selection
from cs_lib.metrics import compare
from cs_lib.metrics.cohorts import CUSTOMERS
from cs_lib.metrics.judge import OK
from cs_lib.metrics.metric import WILSON
from cs_lib.period import MONTH
from cs_lib.present import chronicle
from cs_lib.present.display import LeftOut, Sentence
from cs_lib.present.reading import labels, readings
from cs_lib.present.wording import Words, listed, metric_title

#: how far back runs and lasting changes are looked for
SPAN = {"month": 24, "quarter": 8, "week": 52, "year": 5}
STEP_SPAN = {"month": 36, "quarter": 12, "week": 78, "year": 10}
IN_A_YEAR = {"month": 12, "quarter": 4, "week": 52, "year": 1}
COHORTS = "cohort_retention"
Said = Sentence | LeftOut


@dataclass(frozen=True)
class Chronicle:
    """Runs outside control limits, lasting changes, a year by segment, and the change since then."""

    selection: Selection
    words: Words

    def spikes(self, name: str, *, variant: str | None = None, by: str | None = None) -> Said:
        """The periods in which a figure, alone or in a run, lay outside its control limits."""
        periods = SPAN[self.selection.period.grain]
        series = self._series(name, variant, by, periods + compare.BASELINE_PERIODS)
        found = {}
        for where, rows in series.items():
            found[where] = history.runs(rows, self.selection.metric(name), periods)
        judged = {where: each for where, each in found.items() if each[1]}
        if not judged:
            return self._too_short(name, by)
        loud = {where: each for where, each in judged.items() if each[0]} if by else judged
        said = [
            chronicle.runs_sentence(
                self.selection.metric(name),
                runs,
                looked,
                self.selection.period,
                words=self.words,
                where=where,
                variant=variant,
                most=2 if by else chronicle.NAMED,
            )
            for where, (runs, looked) in loud.items()
        ]
        return _joined(said, self._quiet(name, variant, [w for w in judged if w not in loud], loud))

    def step(self, name: str, *, variant: str | None = None, by: str | None = None) -> Said:
        """Since when a figure has stood at another level, where that is clear and has lasted."""
        if name == COHORTS:
            return self.cohort_step()
        series = self._series(name, variant, by, STEP_SPAN[self.selection.period.grain])
        metric = self.selection.metric(name)
        series = {
            where: rows
            for where, rows in series.items()
            if (rows["status"] == OK).sum() >= 2 * history.LEAST_SIDE
        }
        if not series:
            return self._too_short(name, by)
        found = {where: history.step(rows, metric) for where, rows in series.items()}
        told = {where: each for where, each in found.items() if each} if by else found
        said = [
            chronicle.step_sentence(
                metric, each, self.selection.period, words=self.words, where=where, variant=variant
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
        if len(cells) < 2 * history.LEAST_SIDE:
            return LeftOut("change between cohorts", f"needs {2 * history.LEAST_SIDE} cohorts")
        rows = cells.assign(period_start=cells["cohort"], grain=MONTH).sort_values("cohort")
        found = history.split(history.Series.of(rows, shares=measure == CUSTOMERS))
        return chronicle.cohort_step_sentence(found, age, words=self.words, measure=measure)

    def year(self, name: str, by: str, *, variant: str | None = None) -> Said:
        """The segments that stood apart over a year's periods together; shares only."""
        metric, period = self.selection.metric(name), self.selection.period
        count = IN_A_YEAR[period.grain]
        frame = self.selection.frame(name, variant=variant, by=by, periods=count)
        frame = frame[frame["status"] == OK]
        if frame.empty:
            return self._left_out(name, by)
        if getattr(metric.rule(frame["variant"].iloc[0]), "interval", None) != WILSON:
            return LeftOut(
                f"{metric.title} over a year", "only shares can be added up over periods"
            )
        keys = ["segment_by", "segment", "metric", "variant"]
        sums = frame.groupby(keys, sort=False)[["numerator", "denominator"]].sum().reset_index()
        if len(sums) < 2:
            return self._left_out(name, by)
        table = history.against_the_rest(sums, self.selection.edition.confidence)
        first = period.back(count - 1)
        return chronicle.year_sentence(
            metric, table, first, period, words=self.words, variant=variant
        )

    def since(self, name: str, by: str, *, variant: str | None = None) -> Said:
        """Which segments changed against the same period of a year before, beyond chance."""
        metric, period = self.selection.metric(name), self.selection.period
        count = IN_A_YEAR[period.grain]
        now = self.selection.frame(name, variant=variant, by=by)
        before = self.selection.frame(name, variant=variant, by=by, back=count)
        if now.empty or before.empty:
            return self._left_out(name, by)
        earlier = {row["segment"]: row for _, row in before.iterrows()}
        sure = {
            row["segment"]: compare.distinguishable(row, earlier.get(row["segment"]), metric)
            for _, row in now.iterrows()
        }
        return chronicle.since_sentence(metric, now, before, sure, words=self.words)

    def _series(self, name, variant, by, periods: int) -> dict[str, pd.DataFrame]:
        """The rows of each segment over time, by the segment's name in words ('' for this report's)."""
        frame = self.selection.frame(name, variant=variant, by=by, periods=periods)
        if by is None:
            return {"": frame} if len(frame) else {}
        parts = {segment: rows for segment, rows in frame.groupby("segment", sort=False)}
        names = labels(readings(pd.concat([p.tail(1) for p in parts.values()]))) if parts else []
        return dict(zip(names, parts.values(), strict=True))

    def _quiet(self, name, variant, quiet: list[str], loud) -> str:
        if not quiet:
            return ""
        title = metric_title(self.selection.metric(name), variant)
        if not loud:
            return f"{title} stayed inside its control limits for each of {listed(quiet)}."
        who = listed(quiet) if len(quiet) <= 4 else f"The other {len(quiet)}"
        return f"{who} stayed inside."

    def _too_short(self, name: str, by: str | None) -> LeftOut:
        title = f"{self.selection.metric(name).title} over time"
        if self.selection.frame(name, by=by, periods=SPAN[self.selection.period.grain]).empty:
            return LeftOut(title, self.selection.why_not([name], by))
        return LeftOut(
            title, "needs at least twelve earlier periods of the same kind with a figure"
        )

    def _left_out(self, name: str, by: str | None) -> LeftOut:
        return LeftOut(self.selection.metric(name).title, self.selection.why_not([name], by))


def _joined(said: list[Sentence], ending: str = "") -> Sentence:
    return Sentence("\n".join([*(each.text for each in said), *([ending] if ending else [])]))
