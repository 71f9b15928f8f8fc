"""What is said of who may leave, and of how good that was."""

import re
from datetime import date

import pandas as pd

from cs_lib.judgement.goes_with import GoesWith
from cs_lib.metrics.models.risk_words import NO_BETTER, RANKS_NOT, TOO_FEW
from cs_lib.report.tables.effects_table import effects_table
from cs_lib.report.tables.risk_table import MEANINGS, risk_table
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.risk_sentences import record_sentence, risk_sentence, why_refused

US, JULY = Formatter(), date(2026, 7, 1)
RECORD = {
    "months": 12,
    "expected": 251.0,
    "left": 240,
    "auc": 0.81,
    "auc_low": 0.78,
    "auc_high": 0.84,
    "brier": 0.02,
    "brier_plan": 0.021,
    "slope": 0.8727,
    "slope_low": 0.75,
    "slope_high": 0.9954,
    "plan": "plan",
}


def said(**changes):
    return str(record_sentence(RECORD | changes, US))


def test_an_interval_that_leaves_one_out_is_not_rounded_to_hold_it():
    text = said()
    high = "High chances were too high and low ones too low"
    assert f"{high} (calibration slope 0.873, 0.750 to 0.995; 1 would be right)" in text
    alike = "High chances and low ones were right alike (calibration slope 0.87, 0.75 to 1.02)"
    assert alike in said(slope_high=1.02)
    assert "High chances were too low and low ones too high (calibration slope 1.10" in said(
        slope=1.1, slope_low=1.05, slope_high=1.2
    )


def test_how_well_they_rank_is_said_in_words():
    assert (
        "the first had the higher chance 81% of the time (95% interval 78% to 84%; a guess"
        in said()
    )
    assert "AUC" not in said()


def test_a_slope_that_is_not_known_is_not_spoken_of():
    nothing = float("nan")
    assert "slope" not in said(slope=nothing, slope_low=nothing, slope_high=nothing)


def test_an_error_above_is_said_to_be_above_and_a_plan_is_named_where_there_is_one():
    assert "Against the plan's rate alone, the chances were 4.8% less wrong" in said()
    assert "Against one rate for all, the chances were 2.0% more wrong" in said(
        brier=0.02142, plan=""
    )


def test_why_nothing_is_said_fits_the_edition():
    assert "100 customers" in why_refused({"status": TOO_FEW}, US)
    assert why_refused({"status": NO_BETTER, "plan": ""}, US).endswith("than one rate for all does")
    ranked = RECORD | {"status": RANKS_NOT, "slope_low": -0.1}
    assert "no better than chance" not in why_refused(ranked, US)
    chance = why_refused(ranked | {"auc": 0.51, "auc_low": 0.45, "auc_high": 0.57}, US)
    assert "51% of the time (95% interval 45% to 57%;" in chance
    assert chance.endswith("no better than chance")


def effects(**labels):
    rows = [
        {"feature": feature, "label": label, "base": names[0], "effect": 0.01, "low": 0.0}
        | {"high": 0.02, "p": 0.5, "n": 10.0, "differs": False}
        for feature, names in labels.items()
        for label in sorted(names[1:])
    ]
    return GoesWith(pd.DataFrame(rows), pd.DataFrame(), TOO_FEW)


def test_groups_stand_in_the_order_of_their_sizes():
    """ "1 to 2 years" stood first, before those who had just joined."""
    found = effects(
        tenure=[
            "7 to 12 months",
            "up to 3 months",
            "4 to 6 months",
            "1 to 2 years",
            "over 2 years",
        ],
        trend=["steady", "rose", "fell"],
        **{
            "in:size": ["2 to 9", "under 2", "10 to 49", "50 to 1,000", "over 1,000"],
            "in:plan": ["Practice", "Solo", "Network"],
        },
    )
    lines = [re.split("  +", line)[0] for line in str(effects_table(found, US)).splitlines()]
    labels = [each for each in lines if each and each[0] not in "[-"]
    assert labels[2:13] == [
        *("Up to 3 months", "4 to 6 months", "1 to 2 years", "Over 2 years"),
        *("Fell", "Rose", "Under 2", "10 to 49", "50 to 1,000", "Over 1,000", "Network"),
    ]


def bands(**counts):
    rows = [
        {
            "month": pd.Timestamp(JULY),
            "segment_by": "plan",
            "segment": "plan=Practice",
            "band": band,
            "customers": many,
            "mrr": 100.0 * many,
            "expected_customers": many / 10,
            "expected_mrr": 10.0 * many,
            "status": "ok",
        }
        for band, many in counts.items()
    ]
    return pd.DataFrame(rows)


def test_bands_told_together_are_watched_and_counted():
    found = bands(**{"low": 200.0, "usual": 40.0, "raised to high": 60.0})
    text = str(risk_sentence(found, JULY, US))
    assert text.startswith("About 30 of 300 customers are expected to leave in July 2026")
    assert "60 customers at raised or high risk, paying $6,000, stand for 20%" in text
    table = str(risk_table(found, JULY, US))
    assert MEANINGS["raised to high"] in table and "stands in the newest alone" in table
    assert "300" in table
