"""What a notebook shows of MRR to come, for its segment."""

import numpy as np

from cs_lib.kit.selection import MRR_FLOW, Selection
from cs_lib.metrics.models.forecast import Flow, Forecast, forecast_of
from cs_lib.period import MONTH
from cs_lib.report import figures
from cs_lib.report.display import LeftOut, ReportFigure, ReportTable, Sentence
from cs_lib.report.tables import forecast_table
from cs_lib.report.text.forecast_sentences import forecast_sentence
from cs_lib.vocabulary import OK

WHAT = "forecast of MRR"
GAINS = ("new_mrr", "reactivation_mrr", "transfer_in_mrr")
MOVED = ("expansion_mrr", "contraction_mrr", "transfer_out_mrr", "churned_mrr")


def flow_of(selection: Selection) -> Flow:
    """MRR and its movements by month, from the first month that is known to the period's."""
    rows = selection.frame(*MRR_FLOW, periods=selection.months_of_history)
    rows = rows[rows["status"] == OK]
    wide = rows.pivot_table(index="period_start", columns="metric", values="value", aggfunc="first")
    wide = wide.reindex(columns=list(MRR_FLOW)).sort_index().dropna()
    return Flow(
        opening=wide["opening_mrr"].to_numpy(),
        closing=wide["mrr"].to_numpy(),
        gains=wide[list(GAINS)].sum(axis=1).to_numpy(),
        moved=wide[list(MOVED)].sum(axis=1).to_numpy(),
    )


def _told(selection: Selection) -> tuple[Flow, Forecast] | LeftOut:
    if not selection.has("mrr"):
        return selection.left_out(["mrr"], title=WHAT)
    if selection.period.grain != MONTH:
        return LeftOut(WHAT, "it is told by month")
    flow = flow_of(selection)
    made = forecast_of(flow, selection.edition.confidence)
    if made is None:
        return LeftOut(WHAT, "it needs more than a year of months to try any way on")
    return flow, made


def table(selection: Selection) -> ReportTable | LeftOut:
    """MRR 1, 3, 6 and 12 months ahead, with the record of such forecasts."""
    told = _told(selection)
    if isinstance(told, LeftOut):
        return told
    return forecast_table.forecast_table(told[1], selection.formatter)


def trials(selection: Selection) -> ReportTable | LeftOut:
    """How far each way of forecasting was off, at every month that could be told from those before."""
    told = _told(selection)
    if isinstance(told, LeftOut):
        return told
    return forecast_table.trials_table(told[1], selection.formatter)


def say(selection: Selection) -> Sentence | LeftOut:
    """What MRR would be, and which intervals are not given."""
    told = _told(selection)
    if isinstance(told, LeftOut):
        return told
    return forecast_sentence(told[1], selection.period, selection.formatter)


def figure(selection: Selection) -> ReportFigure | LeftOut:
    """MRR over the last months and some months ahead."""
    told = _told(selection)
    if isinstance(told, LeftOut):
        return told
    flow, made = told
    return figures.forecast_chart(
        np.asarray(flow.closing), selection.period, made, selection.formatter
    )
