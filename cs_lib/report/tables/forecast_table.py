"""MRR some months ahead, and how far each way was off so far, as tables."""

from cs_lib.metrics.models.forecast import DRIFT, NAIVE, ROLL_FORWARD, WAYS, Forecast
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter, spoken
from cs_lib.vocabulary import COUNT, MONEY

WORDS = {
    ROLL_FORWARD: "Roll-forward",
    DRIFT: "Drift",
    NAIVE: "As it stands",
}
MEANINGS = (
    "Roll-forward: customers come, grow and leave as over the last twelve months. Drift: MRR changes by the mean of "
    "the last twelve months. As it stands: MRR stays."
)
_OUTLOOK = (
    TableColumn("ahead", "Months ahead", left=True),
    TableColumn("value", "MRR"),
    TableColumn("interval", "Interval"),
    TableColumn("held", "Such intervals held"),
    TableColumn("mape", "Mean error"),
    TableColumn("bias", "Bias"),
)


def forecast_table(forecast: Forecast, formatter: Formatter) -> ReportTable:
    """A row a horizon: the forecast, its interval where such held, how often they did, mean error and bias."""
    own = {each.horizon: each for each in forecast.trials if each.way == forecast.way}
    rows = [
        {
            "ahead": formatter.value(each.horizon, COUNT),
            "value": formatter.short(each.value, MONEY),
            "interval": formatter.interval(each.low, each.high, MONEY, compact=True) or "not given",
            "held": f"{each.covered} of {each.judged}" if each.judged else "not tried yet",
            "mape": formatter.percent(own[each.horizon].mape),
            "bias": formatter.percent(own[each.horizon].bias),
        }
        for each in forecast.outlooks
    ]
    return build_table(
        rows,
        _OUTLOOK,
        caption=f"MRR ahead by {WORDS[forecast.way].lower()}",
        notes=[
            "Bias: how much higher than what came the forecasts were on average; below 0, lower."
        ],
    )


def trials_table(forecast: Forecast, formatter: Formatter) -> ReportTable:
    """A row a way: its mean error at each horizon, from every month that could be told from the ones before."""
    horizons = sorted({each.horizon for each in forecast.trials})
    error = {(each.way, each.horizon): each for each in forecast.trials}
    many = {each: error[forecast.way, each].forecasts for each in horizons}
    columns = [TableColumn("way", "Way", left=True)]
    columns += [
        TableColumn(str(each), f"{formatter.count(each, 'month')} ahead ({many[each]} tried)")
        for each in horizons
    ]
    rows = []
    for way in WAYS:
        found = {each: error.get((way, each)) for each in horizons}
        texts = {str(h): formatter.percent(t.mape) if t else "" for h, t in found.items()}
        rows.append({"way": spoken(WORDS[way]), **texts, "strong": way == forecast.way})
    return build_table(
        rows, columns, caption="How far each way was off so far: mean error", notes=[MEANINGS]
    )
