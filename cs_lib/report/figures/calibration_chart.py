"""How many customers were expected to leave, and how many did, by tenth of their chance."""

import pandas as pd

from cs_lib.report.display import ReportFigure
from cs_lib.report.figures.axis_names import names_below
from cs_lib.report.figures.chart import Chart, Heading
from cs_lib.report.figures.theme import BLUE, INK, MUTED, drawn
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import COUNT


@drawn
def calibration_chart(record: dict, formatter: Formatter) -> ReportFigure:
    """A bar of those who left in each tenth of the customer-months, its exact Poisson interval, and a mark at what
    was expected. `record`: see `metrics.models.back_test`."""
    tenths = record["tenths"]
    data = pd.DataFrame(
        {
            "tenth": range(1, len(tenths) + 1),
            "left": [each["left"] for each in tenths],
            "low": [each["low"] for each in tenths],
            "high": [each["high"] for each in tenths],
            "expected": [round(each["expected"], 1) for each in tenths],
        }
    )
    most = formatter.percent(data["left"].iloc[-1] / max(data["left"].sum(), 1), 0)
    heading = Heading.of(
        "Customers who left, by tenth of their chance",
        [f"over {record['months']} months", f"bars with {formatter.level} intervals", "◆ expected"],
        says=f"{most} of those who left were in the tenth of highest chance",
        unit="customers",
    )
    chart = Chart.of(2.1, heading, formatter, COUNT, left=0.5, bottom=0.4)
    axes, places = chart.axes, data["tenth"].to_numpy()
    axes.bar(places, data["left"], 0.62, color=BLUE, gid="left")
    axes.vlines(places, data["low"], data["high"], color=INK, linewidth=1.1, gid="interval")
    axes.plot(
        places,
        data["expected"],
        "D",
        color="white",
        markeredgecolor=INK,
        markersize=6,
        gid="expected",
    )
    axes.set_ylim(0, max(data["high"].max(), data["expected"].max()) * 1.08)
    chart.units(axes.yaxis)
    chart.grid()
    names = ["lowest", *(str(each) for each in places[1:-1]), "highest"]
    names_below(axes, places, names, color=MUTED)
    rows = "; ".join(
        f"{row.tenth}: {formatter.value(row.left, COUNT)} left, {formatter.decimal(row.expected, 1)} expected"
        for row in data.itertuples()
    )
    alt = f"Bar chart: customers who left by tenth of their chance, from the lowest. {rows}."
    return chart.finish(alt=alt, data=data, units={"tenth": COUNT})
