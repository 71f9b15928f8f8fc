"""What MRR may be some months ahead, and how far such forecasts held, in words."""

from cs_lib.metrics.models.forecast import (
    DRIFT,
    LEAST_JUDGED,
    NAIVE,
    ROLL_FORWARD,
    Forecast,
    Outlook,
)
from cs_lib.period import Period
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, listed
from cs_lib.vocabulary import MONEY

_BY = {
    ROLL_FORWARD: "if customers go on to come, grow and leave as over the last twelve months",
    DRIFT: "if it goes on to change as over the last twelve months",
    NAIVE: "if it stays as it is",
}


def forecast_sentence(forecast: Forecast, period: Period, formatter: Formatter) -> Sentence:
    """The nearest and the furthest horizon, and which intervals are not given and why."""
    told = [forecast.outlooks[0], forecast.outlooks[-1]][: len(forecast.outlooks)]
    parts = [_told(each, period, formatter) for each in dict.fromkeys(told)]
    text = f"MRR would be {listed(parts)}, {_BY[forecast.way]}."
    failed = [each for each in forecast.outlooks if each.failed]
    if failed:
        held = listed(
            [
                f"{each.covered} of {each.judged} at {formatter.count(each.horizon, 'month')}"
                for each in failed
            ]
        )
        text += f" Intervals held too seldom ({held}) and are not given there."
    untried = [
        formatter.count(each.horizon, "month")
        for each in forecast.outlooks
        if each.judged < LEAST_JUDGED
    ]
    if untried:
        text += f" At {listed(untried)} the history is too short to try any interval."
    return Sentence(text)


def _told(outlook: Outlook, period: Period, formatter: Formatter) -> str:
    when = formatter.period(period.back(-outlook.horizon))
    span = formatter.interval(outlook.low, outlook.high, MONEY, compact=True)
    return f"{formatter.short(outlook.value, MONEY)}{f' ({span})' if span else ''} in {when}"
