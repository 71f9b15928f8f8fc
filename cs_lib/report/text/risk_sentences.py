"""Who may leave in the month that follows, and how far that was right, in words."""

from datetime import date

import pandas as pd

from cs_lib.metrics.compute.intervals import expected_counts
from cs_lib.metrics.models.risk_words import (
    AT_RISK_BANDS,
    LEAST_EVENTS,
    LEAST_JUDGED,
    NO_BETTER,
    OFF,
    RANKS_NOT,
    SEPARATED,
    TOO_FEW,
)
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, spoken
from cs_lib.vocabulary import COUNT, MONEY, OK


def why_refused(record: dict, formatter: Formatter, instead: str = "") -> str:
    """Why nothing is said of who may leave, and what says something `instead`; empty where something is said."""
    status = record.get("status", TOO_FEW)
    if status == OK:
        return ""
    if status == TOO_FEW:
        return (
            f"fewer than {LEAST_EVENTS} customers had left before, or fewer than {LEAST_JUDGED} since, to learn "
            f"and to judge by{instead}"
        )
    if status == SEPARATED:
        return (
            "what is known of customers tells some apart for certain, which so few cannot support"
        )
    months = formatter.count(record.get("months", 0), "month")
    if status == RANKS_NOT:
        return _ranks_not(record, months, formatter)
    assert status in (NO_BETTER, OFF), status
    if status == OFF:
        said, came = (
            formatter.count(round(record[each]), "customer") for each in ("expected", "left")
        )
        return f"over the last {months} {said} were expected to leave, and {came} did"
    plan = record.get("plan")
    than = f"the {spoken(plan)} alone does" if plan else "one rate for all does"
    return f"what is known of customers says no more of who leaves than {than}{instead}"


def _ranks_not(record: dict, months: str, formatter: Formatter) -> str:
    who = "who would leave could not be told from what is known of customers"
    if not record["auc_low"] > 0.5:
        return (
            f"{who}: over the last {months}, of one who left and one who stayed, the first had the higher chance "
            f"{_ranked(record, formatter)}, no better than chance"
        )
    return f"{who}: over the last {months} a higher chance did not go with more who left"


def risk_sentence(bands: pd.DataFrame, month: date, formatter: Formatter) -> Sentence:
    """ "About 25 of 997 customers are expected to leave in July 2026, with $4.6K of MRR (…)."

    `bands`: the rows of one segment and month, none of them hidden.
    """
    when = formatter.month(month)
    expected, money = bands["expected_customers"].sum(), bands["expected_mrr"].sum()
    low, high = expected_counts(expected, formatter.confidence)
    there = formatter.count(bands["customers"].sum(), "customer")
    gone = formatter.value(round(expected), COUNT)
    text = (
        f"About {gone} of {there} {'is' if gone == '1' else 'are'} expected to leave in {when}, with "
        f"{formatter.short(money, MONEY)} of MRR; {low} to {high} would be no surprise."
    )
    watched = bands[bands["band"].isin(AT_RISK_BANDS)]
    if expected > 0 and len(watched):
        share = formatter.percent(watched["expected_mrr"].sum() / money, 0) if money else "none"
        mrr = formatter.short(watched["mrr"].sum(), MONEY)
        text += (
            f" {formatter.count(watched['customers'].sum(), 'customer')} at raised or high risk, paying "
            f"{mrr}, stand for {share} of the money expected to be lost."
        )
    return Sentence(text)


def record_sentence(record: dict, formatter: Formatter) -> Sentence:
    """What the chances of the last months were worth, once it was known who left."""
    said, came = (formatter.value(round(record[each]), COUNT) for each in ("expected", "left"))
    gain = 1 - record["brier"] / record["brier_plan"]
    plan = record.get("plan")
    than = f"the {spoken(plan)}'s rate alone" if plan else "one rate for all"
    text = (
        f"Of all customers {said} were expected to leave over the last {formatter.count(record['months'], 'month')}, "
        f"and {came} did. Of one who left and one who stayed, the first had the higher chance "
        f"{_ranked(record, formatter)}. Against {than}, the chances were {formatter.percent(abs(gain))} "
        f"{'less' if gain >= 0 else 'more'} wrong (mean squared error)."
    )
    return Sentence(" ".join(filter(None, [text, _calibration(record, formatter)])))


def _ranked(record: dict, formatter: Formatter) -> str:
    """ "80% of the time (95% interval 78% to 83%; a guess is right half of the time)"."""
    area, low, high = (formatter.percent(record[f"auc{end}"], 0) for end in ("", "_low", "_high"))
    level = formatter.level
    return (
        f"{area} of the time ({level} interval {low} to {high}; a guess is right half of the time)"
    )


def _calibration(record: dict, formatter: Formatter) -> str:
    """Whether the chances are as far apart as they should be, by the interval as it is and not as it is printed."""
    ends = [record[f"slope{end}"] for end in ("", "_low", "_high")]
    if any(each != each for each in ends):
        return ""
    places = next((p for p in (2, 3) if not any(each != 1 == round(each, p) for each in ends)), 4)
    slope, under, over = (formatter.decimal(each, places) for each in ends)
    told = f"(calibration slope {slope}, {under} to {over}"
    if ends[1] <= 1 <= ends[2]:
        return f"High chances and low ones were right alike {told})."
    high, low = ("high", "low") if ends[0] < 1 else ("low", "high")
    return f"High chances were too {high} and low ones too {low} {told}; 1 would be right)."
