"""Cohort payback and LTV:CAC by horizon as a notebook shows them: observed, beside the formula."""

import math

import pandas as pd

from cs_lib.kit.selection import Selection
from cs_lib.metrics.compute.cohort_payback import cohort_payback, value_by_horizon
from cs_lib.period import MONTH, QUARTER
from cs_lib.report.display import LeftOut, ReportTable, Sentence
from cs_lib.report.tables.horizon_table import horizon_table
from cs_lib.report.tables.payback_table import cohort_payback_table
from cs_lib.report.text.customer_value import FORMULA
from cs_lib.report.text.horizon_sentences import horizon_sentence
from cs_lib.report.text.measure_row import readings
from cs_lib.report.text.payback_sentences import cohort_payback_sentence
from cs_lib.vocabulary import CUSTOMERS, REVENUE_NET

TITLE, BY_HORIZON = "Cohort payback", "LTV:CAC by horizon"
#: so many cohorts are shown, the newest
MOST_COHORTS = 12


def shown(selection: Selection) -> list[Sentence | ReportTable | LeftOut]:
    """When each cohort had repaid what it cost to win: a sentence and a table."""
    margin = selection.edition.definitions.gross_margin
    if not selection.has("cac") or margin is None:
        return [selection.left_out(["cac_payback"], title=TITLE)]
    grain = QUARTER if QUARTER in selection.edition.grains else MONTH
    found = _rows(selection, float(margin), grain)
    if found.empty or not selection.has("mrr"):
        whose = "no cohort of this segment has both costs and recurring revenue"
        return [LeftOut(TITLE, whose)]
    formatter = selection.formatter
    return [
        cohort_payback_sentence(found, grain, formatter),
        cohort_payback_table(found, grain, formatter),
    ]


def by_horizon(selection: Selection) -> list[Sentence | ReportTable | LeftOut]:
    """How many times over customers had repaid their cost after some months: a sentence and a table."""
    margin = selection.edition.definitions.gross_margin
    if not selection.has("cac") or margin is None:
        return [selection.left_out(["ltv_to_cac"], title=BY_HORIZON)]
    cells = _cells(selection)
    if cells is None or not selection.has("mrr"):
        return [
            LeftOut(BY_HORIZON, "no cohort of this segment has both costs and recurring revenue")
        ]
    found = value_by_horizon(*cells, margin=float(margin))
    found = found[found["customers"] >= selection.edition.min_n]
    if found.empty:
        return [LeftOut(BY_HORIZON, "no cohort with costs has been seen for three months yet")]
    for_ever, lifetime = _formula(selection)
    formula = [for_ever * (1 - (1 - 1 / lifetime) ** months) for months in found["horizon"]]
    formatter = selection.formatter
    return [
        horizon_sentence(found, formula, for_ever, formatter),
        horizon_table(found, formula, for_ever, formatter),
    ]


def _formula(selection: Selection) -> tuple[float, float]:
    """LTV:CAC by the formula, and the months that it takes customers to stay; NaN where there is none."""
    found = (
        selection.frame("ltv_to_cac", variant=FORMULA),
        selection.rows("expected_lifetime", variant=FORMULA),
    )
    ratio, months = (
        next((row.value for row in readings(each) if row.ok), math.nan) for each in found
    )
    return (ratio, months) if months >= 1 else (math.nan, math.nan)


def _rows(selection: Selection, margin: float, grain: str) -> pd.DataFrame:
    cells = _cells(selection)
    if cells is None:
        return pd.DataFrame()
    found = cohort_payback(*cells, margin=margin, grain=grain)
    return found.tail(MOST_COHORTS)


def _cells(selection: Selection) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame] | None:
    """Cohort cells of revenue and of customers, and each month's costs, of this segment; None without any."""
    money, customers = (selection.cohorts(each) for each in (REVENUE_NET, CUSTOMERS))
    rows = selection.measures.measures
    mine = (rows["segment_by"] == selection.segment.by) & (
        rows["segment"] == selection.segment.label
    )
    costs = rows[mine & rows["metric"].eq("cac") & rows["variant"].eq("month")]
    # months are in every report, quarters in those of a quarter alone
    costs = costs[costs["grain"].eq(MONTH) & costs["period_end"].le(str(selection.period.end))]
    if money.empty or costs.empty:
        return None
    selection.used.setdefault("cac", set()).add("month")
    return money, customers, costs
