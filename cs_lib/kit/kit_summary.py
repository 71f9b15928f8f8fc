"""Which sentences stand at the head of a pack.

Growth first. Then what the judgement found, in its order (see `judgement.findings`): bad news, but for
room that is kept for the period's clearest event of the whole and for a piece of good news. What is too
close to call is named only once no missed target and no lasting change is left untold. Where little was
found, headline figures fill up.
"""

from dataclasses import dataclass

import pandas as pd

from cs_lib.judgement import Finding, Judgement
from cs_lib.kit.kit_figures import MRR_FLOW
from cs_lib.kit.selection import Selection
from cs_lib.report.display import LeftOut
from cs_lib.report.text import summary as lead
from cs_lib.report.text.formatting import Formatter, metric_title
from cs_lib.report.text.summary import Lead
from cs_lib.vocabulary import (
    BAD,
    GOOD,
    LASTING_CHANGE,
    MISSED,
    OK,
    SIGNAL,
    SUMMARY_HEADLINES,
    TARGET,
    TOO_CLOSE,
)

MOST, LEAST = 5, 3
TOTALS = ("revenue", "mrr")


@dataclass(frozen=True)
class Leader:
    """Chooses the lead of one report; every sentence has its writer in `report.text.summary`."""

    selection: Selection
    formatter: Formatter
    judgement: Judgement

    def lead(self) -> Lead | LeftOut:
        """Three to five sentences, fewer where the edition gives no more; LeftOut where none."""
        found = self.judgement.findings(self.selection.segment)
        chosen = self._chosen(found, room=MOST - 1)
        said = [self._growth(), *(self._sentence(each) for each in chosen)]
        said = [each for each in said if each]
        if len(said) < MOST and not _untold(found, chosen):
            said += self._undecided()
        said = self._filled(said, {each.metric for each in chosen})
        if not said:
            return LeftOut("Lead", "this edition has no headline metric for this period")
        return Lead(tuple(said))

    def _chosen(self, found: list[Finding], room: int) -> list[Finding]:
        bad = [each for each in found if each.side == BAD and each.kind != SIGNAL]
        own = [each for each in found if each.segment == self.selection.segment.label]
        events = [each for each in own if each.kind == SIGNAL]
        good = [each for each in found if each.side == GOOD and each.kind != SIGNAL]
        rest = [*events[:1], *good[:1]]
        chosen = [*bad[: room - len(rest)], *rest]
        return [*chosen, *good[1:]][:room]

    def _sentence(self, found: Finding) -> str:
        self.selection.frame(found.metric)
        metric = self.selection.metric(found.metric)
        also = [metric_title(self.selection.metric(name)) for name in found.also]
        return lead.finding_sentence(found, metric, self.formatter, also)

    def _growth(self) -> str | None:
        said = lead.growth_sentence(self.selection.frame(*MRR_FLOW), self.formatter)
        if said:
            return said
        name = next((each for each in TOTALS if self._row(each) is not None), None)
        if name is None:
            return None
        now, before = self._row(name), self._row(name, back=1)
        return lead.total_sentence(self.selection.metric(name), now, before, self.formatter)

    def _undecided(self) -> list[str]:
        titles = []
        for name in self.selection.edition.targets:
            if not self.selection.has(name):
                continue
            found = self.judgement.standing(
                name, self.selection.segment.by, self.selection.segment.label
            )
            if found is not None and found.verdict == TOO_CLOSE:
                titles.append(metric_title(self.selection.metric(name)))
        return [lead.undecided_sentence(titles)] if titles else []

    def _filled(self, said: list[str], told: set[str]) -> list[str]:
        for name in SUMMARY_HEADLINES:
            if len(said) >= LEAST:
                break
            now = self._row(name) if name not in told else None
            if now is not None:
                said = [
                    *said,
                    lead.figure_sentence(self.selection.metric(name), now, self.formatter),
                ]
        return said

    def _row(self, name: str, back: int = 0) -> pd.Series | None:
        """The row of a metric that has a figure."""
        if not self.selection.has(name):
            return None
        frame = self.selection.frame(name, back=back)
        return frame.iloc[0] if len(frame) and frame["status"].iloc[0] == OK else None


def _untold(found: list[Finding], chosen: list[Finding]) -> bool:
    """Whether a missed target or a lasting change is left out."""
    return any(
        each not in chosen
        and (each.kind == LASTING_CHANGE or (each.kind == TARGET and each.certainty == MISSED))
        for each in found
    )
