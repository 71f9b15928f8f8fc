"""How many times over customers had repaid what they cost to win, by month, in a sentence."""

from collections.abc import Sequence

import pandas as pd

from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, listed
from cs_lib.vocabulary import RATIO


def horizon_sentence(
    found: pd.DataFrame, formula: Sequence[float], for_ever: float, formatter: Formatter
) -> Sentence:
    """What was observed at each horizon, and what the formula has by the last one and for ever.

    `found`: rows of `value_by_horizon`; `formula`: LTV:CAC by the formula up to each horizon, NaN where unknown.
    """

    def times(ratio: float) -> str:
        return f"{formatter.value(ratio, RATIO, bare=True)} times"

    told = [
        f"{times(row.ratio)} after {formatter.count(row.horizon, 'month')}"
        for row in found.itertuples()
    ]
    told[0] = told[0].replace(" after", " what they cost to win after")
    said = f"Customers had brought {listed(told)}."
    last = formula[-1]
    if last == last and for_ever == for_ever:
        months = formatter.count(found["horizon"].iloc[-1], "month")
        said += f" The formula has {times(last)} after {months}, and {times(for_ever)} with all that is still to come."
    return Sentence(said)
