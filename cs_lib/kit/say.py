"""What a notebook says of a metric: its figure, its segments, the movement of MRR, its cohorts."""

from dataclasses import dataclass

import pandas as pd

from cs_lib.kit.figures import MOVEMENTS
from cs_lib.kit.selection import Selection
from cs_lib.metrics import compare
from cs_lib.metrics.cohorts import CUSTOMERS
from cs_lib.metrics.judge import OK
from cs_lib.present import findings, sentences, tables
from cs_lib.present.display import LeftOut, Sentence
from cs_lib.present.wording import Words, metric_title, split_title, spoken

COHORTS = "cohort_retention"
_SENTENCES = {
    "ltv_to_cac": findings.ltv_to_cac_sentence,
    "cac_payback": findings.payback_sentence,
}


def title_of(selection: Selection, names, by: str | None, variant: str | None = None) -> str:
    """What a table or a sentence shows; several metrics are told apart by a table's rows."""
    if len(names) == 1:
        found = selection.metric(names[0])
        known = variant in {rule.variant for rule in found.rules}
        said = metric_title(found, variant) if known else found.title
    else:
        said = "Figures of the period"
    return f"{split_title(said, by)}, by {spoken(by)}" if by else said


@dataclass(frozen=True)
class Teller:
    """The findings of one report, as sentences."""

    selection: Selection
    words: Words

    def say(
        self, name: str, *, variant: str | None = None, by: str | None = None
    ) -> Sentence | LeftOut:
        """The finding in a sentence, computed: a metric, its segments, or the movement of MRR."""
        if name == COHORTS:
            return self.cohorts()
        frame = self.selection.frame(name, variant=variant, by=by)
        if frame.empty:
            return LeftOut(title_of(self.selection, [name], by), self.selection.why_not([name], by))
        told, direction = self.selection.metric(name), self.selection.direction(name, variant)
        if by:
            scale = (
                self.selection.edition.definitions.ces.scale
                if name == "ces" and not variant
                else None
            )
            return findings.touchpoint_sentence(
                told,
                frame,
                words=self.words,
                direction=direction,
                scale=scale,
                targets=None if variant else self._targets(name, frame),
            )
        if name == "net_new_mrr":
            return findings.movement_sentence(self.selection.frame(*MOVEMENTS), words=self.words)
        now, before = frame.iloc[0], self.selection.frame(name, variant=variant, back=1)
        before = before.iloc[0] if len(before) else None
        sentence = _SENTENCES.get(name, sentences.metric_sentence)
        base = self._baseline(name, now)
        return sentence(
            told,
            now,
            before,
            words=self.words,
            target=tables.target_for(
                self.selection.edition.targets, name, self.selection.segment.label
            )
            if now["variant"] == told.canonical
            else None,
            distinguishable=compare.distinguishable(now, before, told),
            direction=direction,
            baseline=base.value if base else None,
            signal=base.signals(now["value"]) if base else None,
        )

    def cohorts(self, age: int = 6, measure: str = CUSTOMERS) -> Sentence | LeftOut:
        """What is left of the cohorts some months after joining, or at the oldest age observed."""
        cells = self.selection.cohorts(measure)
        if cells.empty:
            return LeftOut("cohort retention", self.selection.why_no_cohorts)
        seen = cells.loc[(cells["status"] == OK) & cells["age"].gt(0), "age"]
        if seen.empty:
            return LeftOut("cohort retention", "no cohort has been observed for a whole month yet")
        age = min(age, int(seen.max()))
        return findings.cohort_sentence(cells, age, words=self.words, measure=measure)

    def _targets(self, name: str, frame: pd.DataFrame) -> dict[str, float | None]:
        given = self.selection.edition.targets
        return {each: tables.target_for(given, name, each) for each in frame["segment"]}

    def _baseline(self, name: str, now: pd.Series) -> compare.Baseline | None:
        before = self.selection.frame(
            name, variant=now["variant"], periods=compare.BASELINE_PERIODS, back=1
        )
        return compare.baseline(before.to_dict("records"), now, self.selection.metric(name))
