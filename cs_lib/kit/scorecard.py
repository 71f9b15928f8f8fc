"""The front page's tables: headline metrics in sections, segments side by side, what stands out."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from cs_lib.kit import history
from cs_lib.kit.selection import Selection
from cs_lib.metrics import compare
from cs_lib.metrics.catalogue import CATALOGUE
from cs_lib.metrics.judge import OK
from cs_lib.metrics.metric import Amount, Derived, Metric
from cs_lib.period import Period
from cs_lib.present import scoreboard, tables
from cs_lib.present.display import LeftOut, ReportTable, Sentence
from cs_lib.present.reading import Reading, labels, number, readings
from cs_lib.present.scoreboard import Entry
from cs_lib.present.wording import Words, spoken

#: what a board asks for first; what an edition cannot give is left out
HEADLINES = {
    "Growth": (
        "mrr",
        "net_new_mrr",
        "mrr_growth_rate",
        "expansion_mrr_rate",
        "quick_ratio",
        "revenue",
        "revenue_growth_rate",
        "orders",
        "new_customers",
        "paying_customers",
        "ordering_customers",
    ),
    "Retention": (
        "customer_churn_rate",
        "gross_revenue_churn_rate",
        "net_revenue_retention",
        "gross_revenue_retention",
        "repeat_rate",
        "purchase_frequency",
    ),
    "Sentiment": ("nps", "csat", "ces", "response_rate"),
    "Economics": ("arpa", "average_order_value", "cac", "cltv", "ltv_to_cac", "cac_payback"),
    "Adoption": ("time_to_value", "active_customer_rate", "usage_frequency", "stickiness"),
}
SIDE_BY_SIDE = (
    "mrr",
    "revenue",
    "paying_customers",
    "customer_churn_rate",
    "net_revenue_retention",
    "nps",
    "csat",
    "ces",
    "arpa",
    "ltv_to_cac",
    "active_customer_rate",
)
#: how many periods the small lines show
LINE = {"month": 24, "quarter": 12, "week": 26, "year": 6}
#: parts of a figure, or the same seen from the other side: not looked at twice
MIRRORED = (
    "customer_retention_rate",
    "nps_promoters",
    "nps_passives",
    "nps_detractors",
    "nps_answers",
    "csat_answers",
    "ces_answers",
)


@dataclass(frozen=True)
class Scorecard:
    """What the front page shows of one edition, period and segment."""

    selection: Selection
    words: Words

    def table(self) -> ReportTable | LeftOut:
        """Every headline metric that the edition has, in sections."""
        names = [name for section in HEADLINES.values() for name in section]
        span = max(LINE[self.selection.period.grain], compare.BASELINE_PERIODS + 1)
        found: dict[str, list[dict]] = {}
        for row in self.selection.frame(*names, periods=span).to_dict("records"):
            found.setdefault(row["metric"], []).append(row)
        entries = [
            self._entry(section, found[name], now)
            for section, chosen in HEADLINES.items()
            for name in chosen
            if (now := self._at(found.get(name, []), self.selection.period)) is not None
        ]
        if not entries:
            return LeftOut("Scorecard", "this edition has no headline metric for this period")
        whose = self.words.segment(self.selection.segment.by, self.selection.segment.label)
        caption = f"{self.words.period(self.selection.period)}{f', {whose}' if whose else ''}"
        return scoreboard.scorecard_table(entries, self.words, caption=caption)

    def side_by_side(self, *names: str, by: str) -> ReportTable | LeftOut:
        """Headline metrics in rows, the segments of one column in columns, and all beside them."""
        chosen = names or SIDE_BY_SIDE
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
        entries = [(named[row["segment"]], self._plain(row)) for row in frame.to_dict("records")]
        return scoreboard.side_by_side_table(entries, self.words, by=by, caption=title)

    def signals(self) -> tuple[Sentence | LeftOut, ReportTable | None]:
        """What lies outside its control limits at this period, in this segment or one beside it."""
        looked, outside = self.outside
        if looked.empty:
            return LeftOut(
                "What stands out", "needs twelve earlier periods with figures to judge this one by"
            ), None
        metrics = self.metrics(looked)
        by_chance = history.expected_by_chance(looked, metrics)
        when = self.words.period(self.selection.period)
        said = scoreboard.signals_sentence(
            outside, metrics, len(looked), by_chance, when, words=self.words
        )
        if outside.empty:
            return said, None
        self.selection.frame(*outside["metric"].unique())
        caption = f"Outside three-sigma control limits in {when}"
        return said, scoreboard.signals_table(outside, metrics, self.words, caption=caption)

    @cached_property
    def outside(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """(every figure that could be judged, those outside their limits, the farthest first)."""
        span = compare.BASELINE_PERIODS + 1
        own = [column for column, _ in self.selection.segment.pairs]
        columns = [None, *(c for c in self.selection.edition.segments if c not in own)]
        frame = pd.concat([self.selection.rows(by=by, periods=span) for by in columns])
        looked = self._judged(frame[~frame["metric"].isin(MIRRORED)].reset_index(drop=True))
        outside = looked[looked["signal"]].sort_values("distance", ascending=False, kind="stable")
        return looked, outside.reset_index(drop=True)

    def foremost(self, outside: pd.DataFrame) -> pd.DataFrame:
        """The same rows with this report's own headline metrics first, then its others, then segments."""
        headline = {name for section in HEADLINES.values() for name in section}
        own = outside["segment"] == self.selection.segment.label
        rank = own.astype(int) * 2 + outside["metric"].isin(headline).astype(int)
        order = outside.assign(rank=rank).sort_values("rank", ascending=False, kind="stable")
        return order.drop(columns="rank").reset_index(drop=True)

    def _judged(self, rows: pd.DataFrame) -> pd.DataFrame:
        """This period's rows with their baselines and how far outside their limits they lie."""
        bases = self._baselines(rows)
        judged = rows.loc[bases.index].join(bases)
        away = judged["value"] - judged["baseline"]
        ends = np.where(away > 0, judged["limit_high"], judged["limit_low"])
        reach = ends - judged["baseline"]
        with np.errstate(divide="ignore", invalid="ignore"):
            distance = np.where(away == 0, 0.0, np.where(reach == 0, np.inf, away / reach))
        signal = (judged["value"] < judged["limit_low"]) | (judged["value"] > judged["limit_high"])
        return judged.assign(signal=signal, distance=distance).reset_index(drop=True)

    def _baselines(self, rows: pd.DataFrame) -> pd.DataFrame:
        """baseline, limit_low, limit_high, base_n, by the index of those of this period that have one.

        What was 0 in most periods before has none: limits around rare events say nothing.
        """
        starts, ok = rows["period_start"].to_numpy(), rows["status"].eq(OK).to_numpy()
        here = np.datetime64(self.selection.period.start)
        now, before = rows[(starts == here) & ok], rows[(starts < here) & ok]
        before = before.sort_values("period_start", kind="stable")
        series = before.groupby(["metric", "segment"]).indices
        figures = [before[name].to_numpy() for name in ("value", "numerator", "denominator")]
        found = {}
        for row in now[["metric", "variant", "segment", "denominator"]].itertuples():
            at = series.get((row.metric, row.segment), [])
            values, numerators, denominators = (each[at] for each in figures)
            metric = self.selection.metric(row.metric)
            told = {"n": row.denominator, "metric": metric, "variant": row.variant}
            base = compare.from_twelve(values, numerators, denominators, **told)
            if base and (values == 0).sum() <= compare.BASELINE_PERIODS / 2:
                found[row.Index] = base.value, base.low, base.high, denominators.sum()
        columns = ["baseline", "limit_low", "limit_high", "base_n"]
        return pd.DataFrame.from_dict(found, orient="index", columns=columns, dtype=float)

    def _entry(self, section: str, rows: list[dict], now: dict) -> Entry:
        metric, period = self.selection.metric(now["metric"]), self.selection.period
        before = self._at(rows, period.back())
        earlier = [row for row in rows if row["period_start"] < now["period_start"]]
        base = compare.baseline(earlier, now, metric)
        return replace(
            self._plain(now),
            section=section,
            before=None if before is None else Reading.of(before),
            distinguishable=compare.distinguishable(now, before, metric),
            baseline=base.value if base else self._pooled(earlier, now, metric),
            signal=base.signals(now["value"]) if base else None,
            series=self._series(rows),
        )

    def _plain(self, row) -> Entry:
        metric = self.selection.metric(row["metric"])
        canonical = row["variant"] == metric.canonical
        target = tables.target_for(self.selection.edition.targets, metric.name, row["segment"])
        return Entry(
            "",
            metric,
            Reading.of(row),
            target=target if canonical else None,
            direction=self.selection.direction(metric.name),
        )

    def _pooled(self, earlier: list[dict], now: dict, metric: Metric) -> float:
        """The baseline, without limits, of a total divided by a total (CAC)."""
        rule = metric.rule(now["variant"])
        if not isinstance(rule, Derived) or not all(
            isinstance(self.selection.metric(each.metric).rule(each.variant), Amount)
            and not (each.pooled or each.back)
            for each in rule.inputs.values()
        ):
            return float("nan")
        first = pd.Timestamp(self.selection.period.back(compare.BASELINE_PERIODS).start)
        seen = [row for row in earlier if row["period_start"] >= first and row["status"] == OK]
        if len(seen) < compare.BASELINE_PERIODS:
            return float("nan")
        totals = (sum(row[name] for row in seen) for name in ("numerator", "denominator"))
        return next(totals) / next(totals) - rule.minus

    def _series(self, rows: list[dict]) -> tuple[float, ...]:
        """The values by period up to this one; NaN where there is none."""
        values = {row["period_start"]: row["value"] for row in rows}
        count = LINE[self.selection.period.grain]
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
