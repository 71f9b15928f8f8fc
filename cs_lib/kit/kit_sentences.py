"""What a notebook says of a metric: its figure, its segments, the movement of MRR, its cohorts."""

from dataclasses import dataclass

import pandas as pd

from cs_lib.judgement import Judgement, distinguishable
from cs_lib.kit.kit_figures import MRR_FLOW
from cs_lib.kit.selection import Selection
from cs_lib.report.display import LeftOut, Sentence
from cs_lib.report.text import customer_value, movement_sentences, sentences
from cs_lib.report.text.formatting import Formatter, metric_title, split_title, spoken
from cs_lib.report.text.measure_row import period_of
from cs_lib.vocabulary import CUSTOMERS, OK

COHORTS = "cohort_retention"
WORTH = ("cltv", "ltv_to_cac")
_SENTENCES = {
    "ltv_to_cac": movement_sentences.ltv_to_cac_sentence,
    "cac_payback": movement_sentences.payback_sentence,
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
    formatter: Formatter
    judgement: Judgement

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
            return movement_sentences.touchpoint_sentence(
                told,
                frame,
                formatter=self.formatter,
                scale=scale,
                apart=self.judgement.apart(
                    name, by, within=self.selection.segment.label, variant=variant
                ),
                standings=self._standings(frame),
            )
        if name == "net_new_mrr":
            return movement_sentences.movement_sentence(
                self.selection.frame(*MRR_FLOW), formatter=self.formatter
            )
        now, before = frame.iloc[0], self.selection.frame(name, variant=variant, back=1)
        before = before.iloc[0] if len(before) else None
        sentence = _SENTENCES.get(name, sentences.metric_sentence)
        at = period_of(now)
        limits = self.judgement.limits(
            name, now["segment_by"], now["segment"], variant=variant, last=at
        )
        said = sentence(
            told,
            now,
            before,
            formatter=self.formatter,
            standing=self.judgement.standing(
                name, now["segment_by"], now["segment"], variant=now["variant"]
            ),
            distinguishable=distinguishable(now, before, told),
            direction=direction,
            usual=limits["centre"].iloc[-1] if limits["signal"].iloc[-1] else None,
        )
        if at != self.selection.period:
            said += sentences.waiting_sentence(self.selection.period, self.formatter)
        return said + self._other_way(name, now) if name in WORTH else said

    def _other_way(self, name: str, now: pd.Series) -> Sentence:
        """What a customer is worth the other way, and whether the formula reaches beyond the history."""
        given, said = self.selection.edition, Sentence("")
        way = customer_value.OTHER.get(now["variant"])
        other = self.selection.frame(name, variant=way) if way else ()
        if len(other):
            told, horizon = self.selection.metric(name), given.definitions.lifetime_horizon
            said += customer_value.other_sentence(
                told, other.iloc[0], horizon=horizon, formatter=self.formatter
            )
        lifetime = self.selection.rows("expected_lifetime", variant=customer_value.FORMULA)
        if len(lifetime):
            beyond = customer_value.beyond_history_sentence(
                lifetime.iloc[0], self.selection.months_of_history, self.formatter
            )
            said = said + beyond if beyond else said
        return said

    def cohorts(self, age: int = 6, measure: str = CUSTOMERS) -> Sentence | LeftOut:
        """What is left of the cohorts some months after joining, or at the oldest age observed."""
        cells = self.selection.cohorts(measure)
        if cells.empty:
            return LeftOut("cohort retention", self.selection.why_no_cohorts)
        seen = cells.loc[(cells["status"] == OK) & cells["age"].gt(0), "age"]
        if seen.empty:
            return LeftOut("cohort retention", "no cohort has been observed for a whole month yet")
        age = min(age, int(seen.max()))
        return movement_sentences.cohort_sentence(
            cells, age, formatter=self.formatter, measure=measure
        )

    def _standings(self, frame: pd.DataFrame) -> dict:
        """How each segment's figure stands to its target, by segment."""
        rows = frame[["metric", "segment_by", "segment", "variant"]].itertuples(index=False)
        return {
            row.segment: self.judgement.standing(
                row.metric, row.segment_by, row.segment, variant=row.variant
            )
            for row in rows
        }
