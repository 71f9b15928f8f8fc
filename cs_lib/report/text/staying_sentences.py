"""Whether scores go with staying, in a sentence."""

from cs_lib.data.facts.nps_groups import DETRACTOR, NO_ANSWER, PASSIVE, PROMOTER
from cs_lib.data.facts.staying_facts import HORIZON
from cs_lib.judgement.finding import Finding
from cs_lib.judgement.score_link import Ratio, Staying
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import COUNT

#: what the groups are called
NAMES = {
    PROMOTER: "promoters",
    PASSIVE: "passives",
    DETRACTOR: "detractors",
    NO_ANSWER: "no answer",
}


def staying_sentence(found: Staying, formatter: Formatter) -> Sentence:
    """Whether detractors left more often than promoters, and the silent than those who answered."""
    said = [_detractors(found, formatter), _silent(found, formatter)]
    return Sentence(" ".join(filter(None, said)))


def _detractors(found: Staying, formatter: Formatter) -> str:
    """ "No link: …" where chance is not ruled out."""
    ratio = found.detractors
    if ratio is None:
        return "Too few detractors or promoters left to say whether scores go with staying."
    shares = " and ".join(
        f"{formatter.percent(row['churn'])} of {formatter.value(row['customers'], COUNT)} {NAMES[name]}"
        for name, row in found.rows.loc[[DETRACTOR, PROMOTER]].iterrows()
    )
    within = f"within {formatter.count(HORIZON, 'month')} of their answer"
    times = _times(ratio, formatter)
    if not ratio.differs:
        return (
            f"No link between scores and staying shows: {shares} left {within}, {times}, "
            "which may be chance."
        )
    goes = "Scores go with staying" if ratio.value > 1 else "Promoters left more often"
    return (
        f"{goes}: {shares} left {within}, {times}. That goes together; it does not prove a cause."
    )


def _silent(found: Staying, formatter: Formatter) -> str:
    ratio = found.silent
    if ratio is None:
        return ""
    times = _times(ratio, formatter)
    if not ratio.differs:
        return f"Those who gave no answer do not stand apart from those who did: {times}."
    more = "more" if ratio.value > 1 else "less"
    return f"Those who gave no answer left {more} often than those who did: {times}."


def _times(ratio: Ratio, formatter: Formatter) -> str:
    value, low, high = (formatter.decimal(each, 2) for each in (ratio.value, ratio.low, ratio.high))
    return f"{value} times as often ({formatter.level} interval {low} to {high})"


def answers_apart_clause(found: Finding, formatter: Formatter) -> str:
    """ "detractors left 2.4 times as often as promoters within six months of their answer (24.0% against 10.0%)"."""
    value, other = (formatter.percent(each) for each in (found.value, found.reference))
    times = formatter.decimal(found.value / found.reference, 1)
    return (
        f"detractors left {times} times as often as promoters within {formatter.count(HORIZON, 'month')} "
        f"of their answer ({value} against {other})"
    )
