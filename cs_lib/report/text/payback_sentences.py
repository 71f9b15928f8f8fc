"""When cohorts repaid what they cost to win, in a sentence."""

import numpy as np
import pandas as pd

from cs_lib.period import Period
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import COUNT


def by_formula(found: pd.DataFrame) -> pd.Series:
    """The month by whose end the formula has the cost repaid: whole, as what is observed."""
    return pd.Series(np.ceil(found["formula"].round(9)), index=found.index)


def cohort_payback_sentence(found: pd.DataFrame, grain: str, formatter: Formatter) -> Sentence:
    """How long cohorts took, which have not repaid yet, and how often the formula was too hopeful."""

    def named(row: pd.Series) -> str:
        return formatter.period(Period.containing(row["joined"].date(), grain))

    repaid, open_ = found[found["months"].notna()], found[found["months"].isna()]
    said = []
    if len(repaid):
        least, most = (formatter.value(each, COUNT) for each in _ends(repaid["months"]))
        months = (
            f"{least} to {most} months"
            if least != most
            else formatter.count(repaid["months"].iloc[0], "month")
        )
        first, last = named(repaid.iloc[0]), named(repaid.iloc[-1])
        between = found.loc[repaid.index[0] : repaid.index[-1]]
        who = (
            f"Those who joined from {first} to {last}"
            if first != last
            else f"Those who joined in {first}"
        )
        if len(between) > len(repaid):
            who = f"{len(repaid)} of the {len(between)} cohorts from {first} to {last}"
        late = int((repaid["months"] > by_formula(repaid)).sum())
        said.append(f"{who} repaid their cost after {months}")
        said[-1] += (
            f", in {late} of {len(repaid)} cohorts later than the formula has it."
            if late
            else ", no later than the formula has it."
        )
    if len(open_):
        oldest = open_.iloc[0]
        said.append(
            f"Those of {named(oldest)} have not yet, after {formatter.count(oldest['seen'], 'month')}: "
            f"{formatter.percent(oldest['repaid'], 0)} of what they cost is repaid (the formula: "
            f"{formatter.count(by_formula(open_).iloc[0], 'month')})."
        )
    return Sentence(" ".join(said))


def _ends(values: pd.Series) -> tuple[float, float]:
    return float(values.min()), float(values.max())
