"""MRR over the last months, and what it may be some months ahead."""

import numpy as np
import pandas as pd

from cs_lib.metrics.models.forecast import Forecast
from cs_lib.period import Period
from cs_lib.report.display import ReportFigure
from cs_lib.report.figures.chart import Chart, Heading
from cs_lib.report.figures.theme import BLUE, INK, drawn
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import MONEY

#: months of the past that stand beside those to come
PAST = 24


@drawn
def forecast_chart(
    closing: np.ndarray, period: Period, forecast: Forecast, formatter: Formatter
) -> ReportFigure:
    """The line of MRR up to the period, then a point a horizon, with its interval where one is given."""
    past = closing[-PAST:]
    last = len(past) - 1
    ahead = max(each.horizon for each in forecast.outlooks)
    periods = [period.back(last - at) for at in range(last + ahead + 1)]
    places = [last + each.horizon for each in forecast.outlooks]
    rows = [(periods[at], value, np.nan, np.nan, "") for at, value in enumerate(past)]
    rows += [
        (periods[at], each.value, each.low, each.high, "forecast")
        for at, each in zip(places, forecast.outlooks, strict=True)
    ]
    data = pd.DataFrame(rows, columns=["period", "mrr", "low", "high", "kind"])
    data["period"] = [formatter.period_short(each) for each in data["period"]]
    first = forecast.outlooks[0]
    given = [at for at, each in enumerate(forecast.outlooks) if each.low == each.low]
    heading = Heading.of(
        "MRR, and forecasts",
        [
            f"{formatter.period(periods[0])} on",
            "◇ forecasts",
            *([f"whiskers: {formatter.level} intervals that held so far"] if given else []),
        ],
        says=f"MRR may be {formatter.short(first.value, MONEY)} in {formatter.period(periods[places[0]])}",
    )
    chart = Chart.of(2.2, heading, formatter, MONEY, left=0.7, right=0.9, bottom=0.45)
    axes = chart.axes
    axes.plot(range(len(past)), past, color=BLUE, linewidth=2, gid="mrr")
    axes.vlines(
        [places[at] for at in given],
        [forecast.outlooks[at].low for at in given],
        [forecast.outlooks[at].high for at in given],
        color=INK,
        linewidth=1.2,
        gid="interval",
    )
    values = [each.value for each in forecast.outlooks]
    axes.plot(places, values, "D", color="white", markeredgecolor=INK, markersize=6, gid="forecast")
    tops = [each.high for each in forecast.outlooks if each.high == each.high]
    axes.set_ylim(0, max([*past, *values, *tops]) * 1.1)
    chart.units(axes.yaxis)
    chart.grid()
    chart.periods(periods)
    chart.end_label(places[-1], values[-1], formatter.short(values[-1], MONEY))
    told = "; ".join(
        f"{formatter.period(periods[at])} {formatter.short(each.value, MONEY)}"
        for at, each in zip(places, forecast.outlooks, strict=True)
    )
    alt = (
        f"Line chart: MRR from {formatter.period(periods[0])} to {formatter.period(period)}, "
        f"{formatter.short(float(past[-1]), MONEY)} at its end. Forecasts: {told}."
    )
    return chart.finish(alt=alt, data=data)
