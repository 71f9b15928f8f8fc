"""What a notebook shows of who may leave: the bands of its segment, and the record behind them."""

import math

import pandas as pd

from cs_lib.judgement.ahead import risk_bands
from cs_lib.judgement.goes_with import features_go_with, goes_with
from cs_lib.kit.selection import Selection
from cs_lib.metrics.models.risk_words import AT_RISK_BANDS
from cs_lib.report import figures
from cs_lib.report.display import LeftOut, ReportFigure, ReportTable, Sentence
from cs_lib.report.tables.effects_table import effects_table
from cs_lib.report.tables.feature_effects_table import feature_effects_table
from cs_lib.report.tables.risk_table import risk_table
from cs_lib.report.text.effect_words import effects_sentence
from cs_lib.report.text.feature_effect_words import feature_effects_sentence
from cs_lib.report.text.risk_sentences import record_sentence, risk_sentence, why_refused
from cs_lib.vocabulary import OK

INSTEAD = ". Churn by days of use says what there is to say"
HIDDEN = "too few customers in this segment, or in another that it would tell of"
#: bands in which nobody at risk stands with others
TOLD_APART = (*AT_RISK_BANDS, "usual", "low to usual", "low")
WHO, RECORD = "who may leave next", "how good the chances to leave were"
GOES_WITH, FEATURES = "what goes with leaving", "features that go with staying"


def record_of(selection: Selection) -> dict:
    """The record of the chances for the month that begins at the period's end."""
    return selection.measures.data.get("hazard", {}).get(str(selection.period.end), {})


def bands_of(selection: Selection) -> pd.DataFrame:
    """The rows of this segment for the month that begins at the period's end (columns of risk.csv)."""
    return selection.judgement.found(risk_bands, selection.segment)


def table(selection: Selection) -> ReportTable | LeftOut:
    """Customers, MRR and expected loss by band."""
    bands = bands_of(selection)
    if bands.empty or bands["status"].ne(OK).any():
        return LeftOut(WHO, _why(selection))
    return risk_table(bands, selection.period.end, selection.formatter)


def watched(selection: Selection) -> tuple[float, float] | None:
    """Customers at raised or high risk and their MRR; NaN where too few to tell them apart, None where nobody is told."""
    bands = bands_of(selection)
    if bands.empty:
        return None
    if bands["status"].ne(OK).any() or not bands["band"].isin(TOLD_APART).all():
        return math.nan, math.nan
    found = bands[bands["band"].isin(AT_RISK_BANDS)]
    return float(found["customers"].sum()), float(found["mrr"].sum())


def say(selection: Selection) -> Sentence | LeftOut:
    """How many customers may leave in the month that follows, with how much MRR."""
    bands = bands_of(selection)
    if bands.empty or bands["status"].ne(OK).any():
        return LeftOut(WHO, _why(selection))
    return risk_sentence(bands, selection.period.end, selection.formatter)


def say_record(selection: Selection) -> Sentence | LeftOut:
    """What such chances were worth over the last twelve months, over all customers."""
    record = record_of(selection)
    if "auc" not in record:
        return LeftOut(RECORD, _why(selection))
    return record_sentence(record, selection.formatter)


def record_figure(selection: Selection) -> ReportFigure | LeftOut:
    """Expected and observed by tenth of the chance."""
    record = record_of(selection)
    if "auc" not in record:
        return LeftOut(RECORD, _why(selection))
    return figures.calibration_chart(record, selection.formatter)


def what_goes_with_leaving(selection: Selection) -> list[Sentence | ReportTable | LeftOut]:
    """Which things known of customers go with leaving and with paying more, in a sentence and a table."""
    found = goes_with(selection.judgement.figures, selection.period)
    if found is None:
        return [LeftOut(GOES_WITH, _why(selection))]
    formatter = selection.formatter
    return [effects_sentence(found, formatter), effects_table(found, formatter)]


def features_that_go_with_staying(
    selection: Selection,
) -> list[Sentence | ReportTable | LeftOut]:
    """Which single features go with leaving and with paying more, in a sentence and a table."""
    if not selection.has("feature_adoption"):
        return [selection.left_out(["feature_adoption"], title=FEATURES)]
    found = features_go_with(selection.judgement.figures, selection.period)
    record = record_of(selection)
    if found is None:
        known = selection.measures.data.get("hazard", {})
        older = record.get("status") == OK and str(selection.period.end) < max(known)
        why = "they are told of the newest month alone" if older else _why(selection)
        return [LeftOut(FEATURES, why)]
    shown: list[Sentence | ReportTable | LeftOut] = [
        feature_effects_sentence(found, selection.formatter)
    ]
    if len(found.leaving) or len(found.growing):
        shown.append(feature_effects_table(found, selection.formatter))
    return shown


def _why(selection: Selection) -> str:
    if not selection.has("mrr"):
        return selection.why_not(["mrr"], None)
    if selection.period.end.day != 1:
        return "it is told by month, and this period does not end with one"
    known = selection.measures.data.get("hazard", {})
    if known and str(selection.period.end) < min(known):
        return "it is kept for the last thirteen months only"
    instead = INSTEAD if selection.has("churn_by_use") else ""
    why = why_refused(record_of(selection), selection.formatter, instead)
    if why:
        return why
    few = len(bands_of(selection))
    return HIDDEN if few else selection.why_not(["mrr"], None)
