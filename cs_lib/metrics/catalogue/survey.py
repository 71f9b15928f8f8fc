"""Survey scores: NPS, CSAT, CES, how many answered, and how many of the critical were followed up."""

from functools import partial

import narwhals as nw

from cs_lib.metrics.catalogue.declaration import Example, Metric
from cs_lib.metrics.catalogue.rules import Amount, Duration, Ratio
from cs_lib.metrics.catalogue.sums import count, fixed, money
from cs_lib.vocabulary import (
    ADJUSTED_WALD,
    COUNT,
    DAYS,
    DELTA,
    HIGHER_IS_BETTER,
    LOG_LOG,
    LOWER_IS_BETTER,
    MEDIAN,
    NEITHER,
    PERCENT,
    POINTS,
    SCORE,
    STUDENT,
    WILSON,
)

READS = ("survey_responses",)
LATEST = (
    "earlier answers at the same touchpoint and period of one respondent, where respondent_id names them; "
    "invitations without an answer"
)
TOUCHPOINT = ("touchpoint",)
_answers = count("answered", "answers")
_of_answers = partial(Ratio, also_by=TOUCHPOINT, denominator=_answers)
_invited = count("sent", "people who got an invitation sent in the period")
_sent = count("sent", "invitations sent in the period")

nps = Metric(
    name="nps",
    title="NPS",
    unit=POINTS,
    direction=HIGHER_IS_BETTER,
    bounds=(-100, 100),
    reads=READS,
    leaves_out=LATEST,
    source="Reichheld 2003; interval: adjusted Wald (three answers added), Sauro & Lewis",
    rules=(
        _of_answers(
            fact="nps",
            numerator=count("value", "promoters (9 and above) less detractors (below 7)"),
            interval=ADJUSTED_WALD,
            times=100,
        ),
        Ratio(
            variant="by_weight",
            label="weighted",
            fact="nps",
            also_by=TOUCHPOINT,
            needs_columns=("weight",),
            numerator=fixed(
                nw.col("value") * nw.col("weight"),
                "weights of promoters less weights of detractors",
            ),
            denominator=fixed("weight", "weights of all answers"),
            interval=DELTA,
            times=100,
        ),
        Ratio(
            variant="by_mrr",
            label="weighted by MRR",
            fact="nps",
            also_by=TOUCHPOINT,
            needs_columns=("customer_mrr",),
            numerator=money(
                nw.col("value") * nw.col("customer_mrr"),
                "closing MRR of the customers of promoters less that of detractors, once an answer",
            ),
            denominator=money(
                "customer_mrr", "closing MRR of the customers who answered, once an answer"
            ),
            interval=DELTA,
            times=100,
        ),
    ),
    examples=(
        Example("50 promoters, 30 passives, 20 detractors", 30, 100, 30.0),
        Example("promoters only", 10, 10, 100.0),
        Example("detractors only", -10, 10, -100.0),
        Example("no answers", 0, 0, None),
    ),
)

csat = Metric(
    name="csat",
    title="CSAT",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    bounds=(0, 1),
    reads=READS,
    leaves_out=LATEST,
    source="Satisfied (4–5 of 5 unless the edition says otherwise) ÷ answered",
    rules=(
        _of_answers(
            fact="csat",
            numerator=count(
                "satisfied", "answers with a score that the edition counts as satisfied"
            ),
            interval=WILSON,
        ),
        _of_answers(
            variant="top_box",
            label="best score only",
            fact="csat",
            numerator=count("top", "answers with the best score of the scale"),
            interval=WILSON,
        ),
        _of_answers(
            variant="mean",
            label="mean score",
            unit=SCORE,
            direction=HIGHER_IS_BETTER,
            fact="csat",
            numerator=fixed("given", "sum of the scores"),
            interval=STUDENT,
        ),
    ),
    examples=(
        Example("42 + 32 of 107 satisfied", 74, 107, 74 / 107),
        Example("all satisfied", 5, 5, 1.0),
        Example("no answers", 0, 0, None),
    ),
)

ces = Metric(
    name="ces",
    title="CES",
    unit=SCORE,
    direction=HIGHER_IS_BETTER,
    reads=READS,
    leaves_out=LATEST,
    source="Mean score; the edition states the scale and which way is better",
    rules=(
        _of_answers(
            fact="ces",
            numerator=fixed("given", "sum of the scores"),
            interval=STUDENT,
        ),
        _of_answers(
            variant="share_easy",
            label="share who found it easy",
            unit=PERCENT,
            direction=HIGHER_IS_BETTER,
            fact="ces",
            numerator=count("easy", "answers with a score that the edition counts as easy"),
            interval=WILSON,
        ),
    ),
    examples=(
        Example("scores 1…7 given 80 210 140 110 160 180 120 times", 4080, 1000, 4.08),
        Example("everybody gives the lowest", 5, 5, 1.0),
        Example("no answers", 0, 0, None),
    ),
)

response_rate = Metric(
    name="response_rate",
    title="Response rate",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    bounds=(0, 1),
    reads=READS,
    leaves_out=(
        "answers without a sending date; answers that came after the response window, or are dated before "
        "their invitation"
    ),
    source="Answered within the response window ÷ sent in the period",
    rules=(
        Ratio(
            fact="invitations",
            also_by=("instrument", "touchpoint"),
            matures="response_window",
            numerator=count("answered", "invitations answered within the response window"),
            denominator=_sent,
            n=_sent,
            interval=WILSON,
        ),
        Ratio(
            variant="by_respondent",
            label="by people",
            fact="invited",
            also_by=("instrument", "touchpoint"),
            matures="response_window",
            numerator=count(
                "answered", "people who answered any of them within the response window"
            ),
            denominator=_invited,
            n=_invited,
            interval=WILSON,
        ),
    ),
    examples=(
        Example("420 of 1,200 answered", 420, 1200, 0.35),
        Example("none answered", 0, 20, 0.0),
        Example("none sent", 0, 0, None),
    ),
)


_critical = count("critical", "critical answers")
NOT_FOLLOWED = (
    "answers from before the first follow-up that is known of their instrument; answers whose follow-up is dated "
    "before them"
)

follow_up_rate = Metric(
    name="follow_up_rate",
    title="Follow-up rate",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    bounds=(0, 1),
    reads=READS,
    leaves_out=NOT_FOLLOWED,
    source=(
        "Followed up within the follow-up window ÷ critical answers of the period: detractors, not satisfied, did not "
        "find it easy"
    ),
    rules=(
        Ratio(
            fact="follow_ups",
            also_by=("instrument", "touchpoint"),
            matures="follow_up_window",
            numerator=count("in_time", "critical answers followed up within the follow-up window"),
            denominator=_critical,
            interval=WILSON,
        ),
    ),
    examples=(
        Example("61 of 98 within a week", 61, 98, 61 / 98),
        Example("nobody came back", 0, 20, 0.0),
        Example("no critical answers", 0, 0, None),
    ),
)


time_to_follow_up = Metric(
    name="time_to_follow_up",
    title="Time to follow-up",
    unit=DAYS,
    direction=LOWER_IS_BETTER,
    bounds=(0, None),
    reads=READS,
    leaves_out=f"{NOT_FOLLOWED}; who was not followed up yet still waits",
    source="Kaplan & Meier 1958: median days from a critical answer to its follow-up",
    rules=(
        Duration(
            fact="follow_ups",
            followed="critical",
            reached="followed",
            statistic=MEDIAN,
            interval=LOG_LOG,
            numerator_says="days until half of the critical answers of the period were followed up; who was not yet counts as waiting (Kaplan–Meier median)",
            undefined_says="half of them still wait",
        ),
    ),
)


def _answers_by_score(instrument: str) -> Metric:
    return Metric(
        name=f"{instrument}_answers",
        title=f"{instrument.upper()} answers",
        unit=COUNT,
        direction=NEITHER,
        bounds=(0, None),
        reads=READS,
        leaves_out=LATEST,
        source="Counted from the answers of the period",
        rules=(Amount(fact=instrument, also_by=("score",), total=_answers),),
    )


def _group(column: str, title: str, says: str, direction: str) -> Metric:
    return Metric(
        name=f"nps_{column}s",
        title=title,
        unit=PERCENT,
        direction=direction,
        bounds=(0, 1),
        reads=READS,
        leaves_out=LATEST,
        source="Reichheld 2003",
        rules=(
            _of_answers(
                fact="nps",
                numerator=count(column, says),
                interval=WILSON,
            ),
        ),
        examples=(
            Example("50 of 100 answers", 50, 100, 0.5),
            Example("none", 0, 100, 0.0),
            Example("no answers", 0, 0, None),
        ),
    )


METRICS = (
    nps,
    _group("promoter", "Promoters", "answers of 9 and above", HIGHER_IS_BETTER),
    _group("passive", "Passives", "answers from 7 to below 9", NEITHER),
    _group("detractor", "Detractors", "answers below 7", LOWER_IS_BETTER),
    csat,
    ces,
    response_rate,
    follow_up_rate,
    time_to_follow_up,
    _answers_by_score("nps"),
    _answers_by_score("csat"),
    _answers_by_score("ces"),
)
