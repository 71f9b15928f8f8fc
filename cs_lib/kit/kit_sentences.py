"""What a notebook says of a metric: its figure, its segments, the movement of MRR, its cohorts."""

from collections.abc import Sequence

import pandas as pd

from cs_lib.judgement import trends
from cs_lib.judgement.comparisons import differ_among, distinguishable
from cs_lib.judgement.standing import Standing
from cs_lib.kit.selection import MRR_FLOW, Selection
from cs_lib.period import PERIODS_A_YEAR, YEAR
from cs_lib.report.display import LeftOut, Sentence
from cs_lib.report.text import customer_value, movement_sentences, sentences
from cs_lib.report.text.churn_in_money import money_not_kept, money_of_churn
from cs_lib.report.text.cohort_sentences import cohort_sentence, renewal_sentence
from cs_lib.report.text.formatting import metric_title, split_title, spoken
from cs_lib.report.text.measure_row import period_of, records
from cs_lib.report.text.segment_sentences import segment_sentence
from cs_lib.report.text.verdict_words import LOSS_RATES, adds_up_over_a_year, pace_words
from cs_lib.vocabulary import CUSTOMERS, OK

COHORTS = "cohort_retention"
WORTH = ("cltv", "ltv_to_cac")
Said = Sentence | LeftOut
_SENTENCES = {
    "ltv_to_cac": movement_sentences.ltv_to_cac_sentence,
    "cac_payback": movement_sentences.payback_sentence,
}


def title_of(
    selection: Selection, names: Sequence[str], by: str | None, variant: str | None = None
) -> str:
    """What a table or a sentence shows; several metrics are told apart by a table's rows."""
    title = "Figures of the period"
    if len(names) == 1:
        metric = selection.metric(names[0])
        known = variant in {rule.variant for rule in metric.rules}
        title = metric_title(metric, variant) if known else metric.title
    return f"{split_title(title, by)}, by {spoken(by)}" if by else title


def say(
    selection: Selection, name: str, *, variant: str | None = None, by: str | None = None
) -> Said:
    """The finding in a sentence, computed: a metric, its segments, or the movement of MRR."""
    if name == COHORTS:
        return say_cohorts(selection)
    frame = selection.frame(name, variant=variant, by=by)
    if frame.empty:
        return selection.left_out([name], by, title=title_of(selection, [name], by))
    if by:
        return _by_segment(selection, name, frame, variant, by)
    if name == "net_new_mrr":
        return movement_sentences.movement_sentence(
            selection.frame(*MRR_FLOW), formatter=selection.formatter
        )
    said = _figure(selection, name, frame.iloc[0], variant)
    return said + _other_way(selection, name, frame.iloc[0]) if name in WORTH else said


def _by_segment(
    selection: Selection, name: str, frame: pd.DataFrame, variant: str | None, by: str
) -> Sentence:
    ces = selection.edition.definitions.ces if name == "ces" and not variant else None
    return segment_sentence(
        selection.metric(name),
        frame,
        formatter=selection.formatter,
        scale=ces.scale if ces else None,
        apart=selection.judgement.apart(name, by, within=selection.segment.label, variant=variant),
        standings=dict(zip(frame["segment"], standings(selection, frame), strict=True)),
    )


def _figure(selection: Selection, name: str, now: pd.Series, variant: str | None) -> Sentence:
    metric, at, judgement = selection.metric(name), period_of(now), selection.judgement
    before = _row(selection, name, variant, back=1)
    whose = now["segment_by"], now["segment"]
    limits = judgement.limits(name, *whose, variant=variant, last=at)
    standing = judgement.standing(name, *whose, variant=now["variant"])
    said = _SENTENCES.get(name, sentences.metric_sentence)(
        metric,
        now,
        before,
        formatter=selection.formatter,
        year_ago=_row(selection, name, variant, back=PERIODS_A_YEAR[selection.period.grain]),
        standing=standing,
        distinguishable=distinguishable(now, before, metric),
        direction=selection.direction(name, variant),
        usual=limits["centre"].iloc[-1] if limits["signal"].iloc[-1] else None,
    )
    if variant in (None, metric.canonical):
        said += _at_stake(selection, name, now, standing)
    if at != selection.period:
        said += sentences.waiting_sentence(selection.period, selection.formatter)
    return said


def _row(selection: Selection, name: str, variant: str | None, *, back: int) -> pd.Series | None:
    frame = selection.frame(name, variant=variant, back=back)
    return frame.iloc[0] if len(frame) else None


def _at_stake(
    selection: Selection, name: str, now: pd.Series, standing: Standing | None
) -> Sentence:
    """What a rate of loss comes to: in a year at this pace, and in money."""
    said, formatter = Sentence(""), selection.formatter
    no_year = standing is None and selection.period.grain != YEAR
    if no_year and adds_up_over_a_year(selection.metric(name)):
        year = selection.judgement.year_figure(name, now["segment_by"], now["segment"])
        said += Sentence(pace_words(year, formatter)) if year else said
    if name in LOSS_RATES:
        lost, opening = (
            _row(selection, each, None, back=0) for each in ("churned_mrr", "opening_mrr")
        )
        said += money_of_churn(name, lost, opening, formatter)
    elif name == "gross_revenue_retention":
        said += money_not_kept(now, formatter)
    return said


def _other_way(selection: Selection, name: str, now: pd.Series) -> Sentence:
    """What a customer is worth the other way, and whether the formula reaches beyond the history."""
    said, formatter = Sentence(""), selection.formatter
    way = customer_value.OTHER.get(now["variant"])
    other = selection.frame(name, variant=way) if way else pd.DataFrame()
    if len(other):
        horizon = selection.edition.definitions.lifetime_horizon
        said += customer_value.other_sentence(
            selection.metric(name), other.iloc[0], horizon=horizon, formatter=formatter
        )
    lifetime = selection.rows("expected_lifetime", variant=customer_value.FORMULA)
    if len(lifetime) and now["variant"] == customer_value.FORMULA:
        beyond = customer_value.beyond_history_sentence(
            lifetime.iloc[0], selection.months_of_history, formatter
        )
        said = said + beyond if beyond else said
    return said


def say_cohorts(selection: Selection, age: int = 6, measure: str = CUSTOMERS) -> Said:
    """What is left of the cohorts some months after joining, or at the oldest age observed; and whether newer
    cohorts keep more, or less."""
    cells = selection.cohorts(measure)
    if cells.empty:
        return LeftOut("cohort retention", selection.why_no_cohorts)
    seen = cells[(cells["status"] == OK) & cells["age"].gt(0)]
    if seen.empty:
        return LeftOut("cohort retention", "no cohort has been observed for a whole month yet")
    age = min(age, int(seen["age"].max()))
    each = seen[(seen["age"] == age) & seen["cohort"].notna()].sort_values("cohort")
    said = cohort_sentence(
        cells,
        age,
        formatter=selection.formatter,
        measure=measure,
        step=trends.cohort_step(cells, age, shares=measure == CUSTOMERS),
        ordered=differ_among(each, selection.edition.confidence),
        by_orders=not selection.has("mrr"),
    )
    if measure == CUSTOMERS and selection.has("mrr"):
        return said + renewal_sentence(cells, formatter=selection.formatter)
    return said


def churn_bridge(selection: Selection) -> Said:
    """From the snapshot rule to counting every end, and to Stripe's rule, in this period's numbers."""
    names = ("customer_churn_rate", "joined_and_left")
    frame = selection.frame(*names, variant="*")
    said = movement_sentences.churn_bridge_sentence(frame, formatter=selection.formatter)
    if said:
        return said
    when = selection.formatter.period(selection.period)
    return LeftOut(
        "bridge between churn rules",
        f"the rules have no figures in {when} that could be held against each other"
        if selection.has("mrr")
        else selection.why_not(["mrr"], None),
    )


def standings(selection: Selection, frame: pd.DataFrame) -> list[Standing | None]:
    """How the figure of each row stands to its target, at the row's own period."""
    return [
        selection.judgement.standing(
            row["metric"],
            row["segment_by"],
            row["segment"],
            variant=row["variant"],
            period=period_of(row),
        )
        for row in records(frame)
    ]
