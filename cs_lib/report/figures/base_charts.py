"""How money is spread over customers: the shares of the largest over time, and what each tenth brings."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from cs_lib.period import Period
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.axis_names import names_below
from cs_lib.report.figures.chart import Chart, EndLabel, Heading
from cs_lib.report.figures.lines import LEAST_POINTS, TOO_SHORT
from cs_lib.report.figures.theme import BLUE, DASHES, MUTED, SERIES, TEXT, drawn
from cs_lib.report.text.base_sentences import LARGEST_WORDS
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import Reading
from cs_lib.vocabulary import COUNT, PERCENT

TITLE = "Shares of the largest customers"
TENTHS = "Share by tenth of customers"


@drawn
def largest_shares(
    shares: Mapping[str, Sequence[float]],
    periods: Sequence[Period],
    formatter: Formatter,
    *,
    money: str,
    where: str = "",
    says: str = "",
) -> ReportFigure | LeftOut:
    """A line for each of the largest groups, from zero. `shares`: by variant of `concentration`, one a period,
    NaN where there is no figure."""
    lines = {
        name: list(shares[name])
        for name in LARGEST_WORDS
        if name in shares and sum(each == each for each in shares[name]) >= LEAST_POINTS
    }
    if not lines:
        return LeftOut(f"{TITLE} over time", TOO_SHORT)
    heading = Heading.of(TITLE, [where, f"by {periods[0].grain}"], says=says, unit=f"% of {money}")
    chart = Chart.of(2.3, heading, formatter, PERCENT, right=1.6)
    most = max(each for line in lines.values() for each in line if each == each)
    chart.axes.set_ylim(0, most * 1.1)
    chart.periods(periods)
    ends, told = [], []
    for (name, line), colour, dash in zip(reversed(lines.items()), SERIES, DASHES, strict=False):
        chart.axes.plot(line, color=colour, linewidth=1.8, linestyle=dash, gid=name)
        last = next(each for each in reversed(line) if each == each)
        word = LARGEST_WORDS[name][0].removeprefix("the ")
        ends.append(EndLabel(last, f"{word} {chart.value(last)}", TEXT[colour]))
        told.append(f"{word} {chart.value(last)}")
    chart.grid()
    chart.units(chart.axes.yaxis)
    chart.end_labels(len(periods) - 0.6, ends)
    names = [period.label for period in periods]
    data = pd.DataFrame(
        [
            (LARGEST_WORDS[name][0], at, share)
            for name, line in lines.items()
            for at, share in zip(names, line, strict=True)
        ],
        columns=["who", "period", "share"],
    )
    span = f"{formatter.period(periods[0])} to {formatter.period(periods[-1])}"
    alt = f"Line chart: what the largest customers bring of {money}{f' for {where}' if where else ''}, {span}. "
    alt += f"Latest: {', '.join(told)}."
    return chart.finish(alt=alt, data=data)


@drawn
def tenths_chart(
    shares: Sequence[Reading],
    formatter: Formatter,
    *,
    money: str,
    where: str = "",
    says: str = "",
) -> ReportFigure:
    """A bar a tenth of the customers, from those who bring most; a hidden one is a gap that says so.

    `shares`: readings of `share_by_tenth`, the largest tenth first.
    """
    values = [each.value if each.ok else math.nan for each in shares]
    hidden = any(math.isnan(each) for each in values)
    notes = [where, f"– hidden: fewer than {formatter.min_n}" if hidden else ""]
    heading = Heading.of(TENTHS, notes, says=says, unit=f"% of {money}")
    chart = Chart.of(1.9, heading, formatter, PERCENT, left=0.35, bottom=0.4)
    places = list(range(1, len(values) + 1))
    chart.axes.bar(
        places, [0 if math.isnan(v) else v for v in values], 0.72, color=BLUE, gid="share"
    )
    chart.axes.set_ylim(0, max(each for each in values if each == each) * 1.15)
    chart.axes.set_yticks([])
    chart.grid()
    for place, value in zip(places, values, strict=True):
        known = value == value
        text = formatter.percent(value) if known else "–"
        chart.label(text, (place, value if known else 0), offset=(0, 3), ha="center")
    names = ["bring\nmost", *(f"{each}th" for each in places[1:-1]), "bring\nleast"]
    names[1:3] = ["2nd", "3rd"]
    names_below(chart.axes, places, names, color=MUTED)
    told = ", ".join(
        f"{place}: {formatter.percent(value) if value == value else 'hidden'}"
        for place, value in zip(places, values, strict=True)
    )
    alt = f"Bar chart: what each tenth of the customers{f' of {where}' if where else ''} brings of {money}, "
    alt += f"from those who bring most. {told}."
    data = pd.DataFrame({"tenth": places, "share": values})
    return chart.finish(alt=alt, data=data, units={"tenth": COUNT})
