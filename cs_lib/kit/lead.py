"""Which three to five sentences stand at the head of a pack.

The rule: growth (MRR's movement, else revenue), retention (the first rate that has a target), what
stands outside its control limits (a headline metric of the whole before one of a segment, then the
farthest), what moved churn, sentiment (NPS, else CSAT, else CES), and
LTV:CAC against three to one, as far as the edition has them. If all six are there, one gives way: the
first of churn, signal, sentiment, retention and economics that claims nothing (a change that may be
chance, no more signals than chance brings, a target neither met nor missed), else churn. If fewer than three are there,
customers, CSAT, CES and the response rate fill up.
"""

from dataclasses import dataclass

import pandas as pd

from cs_lib.kit import history
from cs_lib.kit.figures import MOVEMENTS
from cs_lib.kit.moved import Movers
from cs_lib.kit.scorecard import Scorecard
from cs_lib.kit.selection import Selection
from cs_lib.metrics import compare
from cs_lib.metrics.judge import OK
from cs_lib.present import lead, tables
from cs_lib.present.display import LeftOut
from cs_lib.present.lead import Finding, Lead
from cs_lib.present.wording import Words

MOST, LEAST = 5, 3
RETENTION = (
    "net_revenue_retention",
    "gross_revenue_retention",
    "customer_retention_rate",
    "customer_churn_rate",
    "repeat_rate",
)
SENTIMENT = ("nps", "csat", "ces")
TOTALS = ("revenue", "mrr")
RESERVES = ("paying_customers", "ordering_customers", "csat", "ces", "response_rate")
GIVES_WAY = ("churn", "signal", "sentiment", "retention", "economics")
CHURN = "customer_churn_rate"


@dataclass(frozen=True)
class Leader:
    """Chooses and writes the lead of one report."""

    selection: Selection
    words: Words
    scorecard: Scorecard

    def lead(self) -> Lead | LeftOut:
        """Three to five sentences, fewer where the edition gives no more; LeftOut where none."""
        retention = self._standing("retention", self._retention())
        churn = self._churn()
        if retention and self._retention() == CHURN:
            retention, churn = (churn, None) if churn and churn.claims else (retention, None)
        found = [
            self._growth(),
            retention,
            self._signal(),
            churn,
            self._standing("sentiment", self._first_with_figure(SENTIMENT)),
            self._economics(),
        ]
        chosen = _shortened([each for each in found if each is not None])
        chosen = self._filled(chosen)
        if not chosen:
            return LeftOut("Lead", "this edition has no headline metric for this period")
        return Lead(tuple(chosen))

    def _growth(self) -> Finding | None:
        found = lead.movement_finding(self.selection.frame(*MOVEMENTS), self.words)
        if found:
            return found
        return self._total(self._first_with_figure(TOTALS))

    def _total(self, name: str | None) -> Finding | None:
        now = self._row(name)
        if now is None:
            return None
        before = self._row(name, back=1)
        return lead.total_finding(self.selection.metric(name), now, before, self.words)

    def _retention(self) -> str | None:
        with_target = [name for name in RETENTION if self._target(name) is not None]
        return self._first_with_figure(with_target) or self._first_with_figure(RETENTION)

    def _standing(self, topic: str, name: str | None) -> Finding | None:
        now = self._row(name)
        if now is None:
            return None
        return lead.standing_finding(
            topic,
            self.selection.metric(name),
            now,
            self.words,
            target=self._target(name),
            direction=self.selection.direction(name),
        )

    def _signal(self) -> Finding | None:
        looked, outside = self.scorecard.outside
        if looked.empty:
            return None
        metrics = self.scorecard.metrics(looked)
        if len(outside):
            outside = self.scorecard.foremost(outside)
            self.selection.frame(outside["metric"].iloc[0])
        by_chance = history.expected_by_chance(looked, metrics)
        return lead.signal_finding(outside, metrics, len(looked), by_chance, self.words)

    def _churn(self) -> Finding | None:
        if not self.selection.has(CHURN):
            return None
        moved = Movers(self.selection, self.words).split(CHURN)
        if not isinstance(moved, LeftOut):
            return lead.churn_finding(moved, self.words)
        now, before = self._row(CHURN), self._row(CHURN, back=1)
        if now is None or before is None:
            return None
        metric = self.selection.metric(CHURN)
        sure = compare.distinguishable(now, before, metric)
        return lead.rate_finding("churn", metric, now, before, sure, self.words)

    def _economics(self) -> Finding | None:
        now = self._row("ltv_to_cac")
        if now is None:
            return None
        return lead.economics_finding(self.selection.metric("ltv_to_cac"), now, self.words)

    def _filled(self, chosen: list[Finding]) -> list[Finding]:
        topics = {each.topic for each in chosen} | {self._first_with_figure(SENTIMENT)}
        for name in RESERVES:
            if len(chosen) >= LEAST or name in topics:
                continue
            is_total = name.endswith("customers")
            found = self._total(name) if is_total else self._standing(name, name)
            chosen = [*chosen, found] if found else chosen
        return chosen

    def _first_with_figure(self, names) -> str | None:
        return next((name for name in names if self._row(name) is not None), None)

    def _row(self, name: str | None, back: int = 0) -> pd.Series | None:
        """The row of a metric that has a figure."""
        if name is None or not self.selection.has(name):
            return None
        frame = self.selection.frame(name, back=back)
        return frame.iloc[0] if len(frame) and frame["status"].iloc[0] == OK else None

    def _target(self, name: str) -> float | None:
        return tables.target_for(self.selection.edition.targets, name, self.selection.segment.label)


def _shortened(found: list[Finding]) -> list[Finding]:
    if len(found) <= MOST:
        return found
    silent = [
        topic for topic in GIVES_WAY for each in found if each.topic == topic and not each.claims
    ]
    first = (silent or [GIVES_WAY[0]])[0]
    return [each for each in found if each.topic != first]
