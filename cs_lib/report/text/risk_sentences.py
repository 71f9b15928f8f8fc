"""Who may leave in the month that follows, and how far that was right, in words."""

from datetime import date

import pandas as pd

from cs_lib.metrics.compute.intervals import expected_counts
from cs_lib.metrics.models.risk_columns import NO_BETTER, OFF, RANKS_NOT, SEPARATED, TOO_FEW
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import COUNT, MONEY, OK

#: the bands that a board should know of
WATCHED = ("raised", "high")
INSTEAD = "Churn by days of use says what there is to say"


def why_refused(record: dict, formatter: Formatter) -> str:
    """Why nothing is said of who may leave; empty where something is."""
    status = record.get("status", TOO_FEW)
    if status == OK:
        return ""
    if status == TOO_FEW:
        return f"fewer than 100 customers had left before, or too few since, to learn and to judge by. {INSTEAD}"
    if status == SEPARATED:
        return (
            "what is known of customers tells some apart for certain, which so few cannot support"
        )
    if status == RANKS_NOT:
        area = formatter.decimal(record["auc"], 2)
        span = f"{formatter.decimal(record['auc_low'], 2)} to {formatter.decimal(record['auc_high'], 2)}"
        return (
            "who would leave could not be told from what is known of customers: over the last "
            f"{record['months']} months the guesses were no better than chance (AUC {area}, {span}; "
            "chance gives 0.50)"
        )
    assert status in (NO_BETTER, OFF), status
    if status == OFF:
        said, came = (
            formatter.count(round(record[each]), "customer") for each in ("expected", "left")
        )
        return (
            f"over the last {record['months']} months {said} were expected to leave, and {came} did"
        )
    return (
        f"what is known of customers says no more of who leaves than the plan alone does. {INSTEAD}"
    )


def risk_sentence(bands: pd.DataFrame, month: date, formatter: Formatter) -> Sentence:
    """ "About 25 of 997 customers may leave in July 2026, with $4.6K of MRR (…)."

    `bands`: the rows of one segment and month; hidden ones have no numbers.
    """
    shown, when = bands[bands["status"] == OK], formatter.month(month)
    if shown.empty:
        return Sentence(f"Each band of risk in {when} has fewer than {formatter.min_n} customers.")
    expected, money = shown["expected_customers"].sum(), shown["expected_mrr"].sum()
    low, high = expected_counts(expected, formatter.confidence)
    there = formatter.count(shown["customers"].sum(), "customer")
    hidden = f" in bands of {formatter.min_n} or more" if len(shown) < len(bands) else ""
    text = (
        f"About {formatter.value(round(expected), COUNT)} of {there}{hidden} may leave in {when}, with "
        f"{formatter.short(money, MONEY)} of MRR; {low} to {high} would be no surprise."
    )
    watched = shown[shown["band"].isin(WATCHED)]
    if expected > 0 and len(watched):
        share = formatter.percent(watched["expected_mrr"].sum() / money, 0) if money else ""
        mrr = formatter.short(watched["mrr"].sum(), MONEY)
        text += (
            f" {formatter.count(watched['customers'].sum(), 'customer')} at raised or high risk, paying "
            f"{mrr}, stand for {share} of the money that may be lost."
        )
    return Sentence(text)


def record_sentence(record: dict, formatter: Formatter) -> Sentence:
    """What the chances of the last months were worth, once it was known who left."""
    said, came = (formatter.value(round(record[each]), COUNT) for each in ("expected", "left"))
    area, low, high = (formatter.decimal(record[f"auc{end}"], 2) for end in ("", "_low", "_high"))
    slope, under, over = (
        formatter.decimal(record[f"slope{end}"], 2) for end in ("", "_low", "_high")
    )
    gain = 1 - record["brier"] / record["brier_plan"]
    text = (
        f"Over the last {record['months']} months {said} customers were expected to leave and {came} did. "
        f"Of one who left and one who stayed, the first had the higher chance {formatter.percent(record['auc'], 0)} "
        f"of the time (AUC {area}, {low} to {high}; chance gives 0.50). "
        f"The mean squared error is {formatter.percent(gain)} below that of the plan's rate alone."
    )
    calibrated = round(record["slope_low"], 2) <= 1 <= round(record["slope_high"], 2)
    if calibrated:
        return Sentence(
            f"{text} The chances are as far apart as they should be (slope {slope}, {under} to {over})."
        )
    apart = "too far apart" if record["slope"] < 1 else "too close together"
    return Sentence(
        f"{text} The chances lie {apart}: the high ones {'overstate' if record['slope'] < 1 else 'understate'} "
        f"the risk (slope {slope}, {under} to {over}; 1 would be right)."
    )
