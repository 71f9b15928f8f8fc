"""What moved a rate: a bar a segment, what its own rate did beside what the mix did."""

import pandas as pd
from matplotlib.ticker import MaxNLocator

from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.axis_names import names_beside
from cs_lib.report.figures.chart import FRACTION, Chart, Heading
from cs_lib.report.figures.theme import BLUE, GREY, MUTED, TEXT, Look, drawn, hatched, shortened
from cs_lib.report.text.decomposition import Moved, rounded, signed, unit_words
from cs_lib.report.text.formatting import Formatter, metric_title, spoken
from cs_lib.report.text.word_forms import lower_first
from cs_lib.vocabulary import PERCENT

_ROW, _NAME = 0.44, 28


@drawn
def mix_and_rate(moved: Moved, formatter: Formatter) -> ReportFigure | LeftOut:
    """Two thin bars a segment, rate above mix, and the whole change at the foot."""
    exact = rounded(moved)
    title = f"What moved {lower_first(metric_title(moved.metric, moved.variant))}"
    if not any(exact.rate) and not any(exact.mix):
        return LeftOut(title, "nothing moved it")
    data = pd.DataFrame({"segment": moved.parts["name"], "rate": exact.rate, "mix": exact.mix})
    data.loc[len(data)] = ["All", sum(exact.rate), sum(exact.mix)]
    unit, by = unit_words(moved, formatter), spoken(moved.by)
    span = f"{formatter.period(moved.before.period)} to {formatter.period(moved.now.period)}"
    names = [shortened(name, _NAME) for name in data["segment"]]
    total = exact.now - exact.before
    change = f"{signed(total, formatter)} {unit}".strip() if total else "unchanged"
    heading = Heading.of(
        f"{title}, by {by}",
        [f"{span}; the bars add up to the change"],
        says=f"{metric_title(moved.metric, moved.variant)}: {change}",
        unit=unit,
    )
    chart = Chart.of(
        _ROW * len(names) + 0.1,
        heading,
        formatter,
        PERCENT,
        left=min(2.4, 0.4 + 0.08 * max(map(len, names))),
        right=1.0,
        bottom=0.3,
        above=0.25,
    )
    _draw(chart, data, names)
    steps = "; ".join(
        f"{row.segment}: rate {signed(row.rate, formatter)}, mix {signed(row.mix, formatter)}"
        for row in data.itertuples()
    )
    alt = f"Bar chart: {title} by {by}, {span}. {steps}."
    return chart.finish(alt=alt, data=data)


def _draw(chart: Chart, data: pd.DataFrame, names: list[str]) -> None:
    axes, last = chart.axes, len(data) - 1
    places = [last - row - (0.25 if row == last else 0) for row in range(len(data))]
    for place, row in zip(places, data.itertuples(), strict=True):
        axes.barh(place + 0.19, row.rate / 100, 0.3, color=BLUE, gid="rate")
        axes.barh(place - 0.15, row.mix / 100, 0.3, gid="mix", **hatched(GREY))
        total = signed(row.rate + row.mix, chart.formatter)
        weight = "bold" if place == places[-1] else "normal"
        look: Look = {"within": (FRACTION, "data"), "va": "center", "weight": weight}
        chart.label(total, (1, place), offset=(8, 0), **look)
    chart.rule(0, "zero", upright=True)
    axes.axhline(places[-1] + 0.62, color="#bbbbbb", linewidth=0.8, gid="above the whole")
    names_beside(axes, places, names)[-1].set_fontweight("bold")
    axes.set_ylim(places[-1] - 0.5, len(data) - 0.45)
    ends = data[["rate", "mix"]].to_numpy() / 100
    low, high = min(0, ends.min()), max(0, ends.max())
    axes.set_xlim(low - (high - low) * 0.06 * (low < 0), high + (high - low) * 0.06 * (high > 0))
    chart.grid("x")
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_formatter(lambda value, _: signed(round(value * 100), chart.formatter))
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    for x, text, colour in ((0, "■ rate", BLUE), (52, "▨ mix", GREY)):
        look = {"color": TEXT[colour], "weight": "bold"}
        chart.label(text, (0, 1), offset=(x, 6), within=FRACTION, **look)
    chart.label("together", (1, 1), offset=(8, 6), within=FRACTION, color=MUTED)
