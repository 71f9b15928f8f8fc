"""Cohort payback as a notebook shows it: observed, beside the formula."""

import pandas as pd

from cs_lib.kit.selection import Selection
from cs_lib.metrics.compute.cohort_payback import cohort_payback
from cs_lib.period import MONTH, QUARTER
from cs_lib.report.display import LeftOut, ReportTable, Sentence
from cs_lib.report.tables.payback_table import cohort_payback_table
from cs_lib.report.text.payback_sentences import cohort_payback_sentence
from cs_lib.vocabulary import CUSTOMERS, REVENUE_NET

TITLE = "Cohort payback"
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


def _rows(selection: Selection, margin: float, grain: str) -> pd.DataFrame:
    money, customers = (selection.cohorts(each) for each in (REVENUE_NET, CUSTOMERS))
    rows = selection.measures.measures
    mine = (rows["segment_by"] == selection.segment.by) & (
        rows["segment"] == selection.segment.label
    )
    costs = rows[mine & rows["metric"].eq("cac") & rows["variant"].eq("month")]
    # months are in every report, quarters in those of a quarter alone
    costs = costs[costs["grain"].eq(MONTH) & costs["period_end"].le(str(selection.period.end))]
    if money.empty or costs.empty:
        return pd.DataFrame()
    selection.used.setdefault("cac", set()).add("month")
    found = cohort_payback(money, customers, costs, margin=margin, grain=grain)
    return found.tail(MOST_COHORTS)
