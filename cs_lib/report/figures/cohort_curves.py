"""Each cohort as a line over its age."""

import pandas as pd
from matplotlib.collections import LineCollection

from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.chart import Chart
from cs_lib.report.figures.heatmaps import MEAN, TITLES, cohort_name, seen_cells, too_few
from cs_lib.report.figures.theme import BLUE, TEXT, VERMILLION, Look, drawn
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import CUSTOMERS, PERCENT

Lines = dict[pd.Timestamp, pd.DataFrame]


@drawn
def retention_curves(
    cohorts: pd.DataFrame,
    formatter: Formatter,
    *,
    measure: str = CUSTOMERS,
    max_age: int = 24,
    title: str = "",
    source: str = "",
) -> ReportFigure | LeftOut:
    """Each cohort as a grey line over its age, and the weighted mean with its interval.

    `cohorts`: as for the heat map; `low` and `high` of the mean row make the band.
    """
    title = title or TITLES[measure].replace(", by cohort", " since joining")
    cells = seen_cells(cohorts, measure, max_age)
    cells = cells[cells["value"].notna()].sort_values("age")
    dated, mean = cells[cells["cohort"].notna()], cells[cells["cohort"].isna()]
    lines = {c: part for c, part in dated.groupby("cohort", sort=True) if len(part) > 1}
    if len(lines) < 2:
        return LeftOut(title, too_few(len(lines)))
    longest, banded = int(dated["age"].max()), mean["low"].notna().any()
    notes = [
        f"grey: each of {formatter.count(len(lines), 'cohort')}; bold: {MEAN}",
        f"shaded: its {formatter.level} interval" if banded else "",
    ]
    chart = Chart.of(3.5, title, notes, formatter, PERCENT, right=1.4)
    points = [part[["age", "value"]].to_numpy(float) for part in lines.values()]
    look: Look = {"colors": "#b5b5b5", "linewidths": 0.9, "capstyle": "round", "zorder": 2}
    chart.axes.add_collection(LineCollection(points, gid="cohort", **look))
    highest = max(1.0, dated["value"].max(), mean["high"].max() if banded else 0)
    chart.axes.set_ylim(0, highest * 1.05)
    chart.axes.set_xlim(0, longest)
    _draw_mean(chart, mean)
    _draw_newest(chart, lines)
    chart.axes.set_xlabel("months after joining")
    chart.grid()
    chart.units(chart.axes.yaxis)
    chart.months(longest)
    named = dated.assign(cohort=[cohort_name(each, formatter) for each in dated["cohort"]])
    data = pd.concat([mean.assign(cohort=MEAN), named], ignore_index=True)
    data = data[["cohort", "age", "value", "low", "high"]]
    return chart.finish(alt=_alt(title, lines, mean, formatter), data=data, source=source)


def _draw_mean(chart: Chart, mean: pd.DataFrame) -> None:
    """The weighted mean with its band, named at its end."""
    if mean.empty:
        return
    band: Look = {"color": BLUE, "alpha": 0.18, "linewidth": 0, "gid": "interval of the mean"}
    chart.axes.fill_between(mean["age"], mean["low"], mean["high"], **band)
    chart.axes.plot(mean["age"], mean["value"], color=BLUE, linewidth=2.4, gid=MEAN)
    end = mean.iloc[-1]
    text = f"{MEAN}\n{chart.value(end['value'])}"
    chart.end_label(end["age"], end["value"], text, color=BLUE, weight="bold")


def _draw_newest(chart: Chart, lines: Lines) -> None:
    """The newest cohort with three months or more, named below the lines that it runs among."""
    grown = [(cohort, part) for cohort, part in lines.items() if part["age"].max() >= 3]
    if len(grown) < 2:
        return
    cohort, part = grown[-1]
    axes = chart.axes
    look: Look = {"color": VERMILLION, "gid": "newest cohort"}
    end, longest = part.iloc[-1], axes.get_xlim()[1]
    axes.plot(part["age"], part["value"], linewidth=1.6, linestyle=(0, (4, 1.5)), **look)
    axes.plot([end["age"]], [end["value"]], "o", markersize=5, **look)
    beside = pd.concat(lines.values())
    beside = beside[beside["age"].between(end["age"], end["age"] + 0.3 * longest)]
    below = max(0.04, beside["value"].min() - 0.1 * axes.get_ylim()[1])
    arrow: Look = {"arrowstyle": "-", "color": VERMILLION, "linewidth": 0.8, "shrinkB": 4}
    axes.annotate(
        f"{cohort_name(cohort, chart.formatter)}: {chart.value(end['value'])}",
        (end["age"], end["value"]),
        xytext=(end["age"], below),
        size=8.5,
        va="center",
        color=TEXT[VERMILLION],
        arrowprops={**arrow, "relpos": (0, 0.9)},
    )


def _alt(title: str, lines: Lines, mean: pd.DataFrame, formatter: Formatter) -> str:
    first, newest = cohort_name(min(lines), formatter), cohort_name(max(lines), formatter)
    alt = f"Line chart: {title}, {formatter.count(len(lines), 'cohort')} from {first} to {newest}."
    if not mean.empty:
        end = mean.iloc[-1]
        alt += f" The mean weighted by size stands at {formatter.percent(end['value'])} "
        alt += f"{formatter.count(int(end['age']), 'month')} after joining"
        interval = formatter.interval(end["low"], end["high"], PERCENT)
        alt += f" ({formatter.level} interval {interval})." if interval else "."
    end = lines[max(lines)].iloc[-1]
    alt += f" The newest cohort, {newest}, stands at {formatter.percent(end['value'])}"
    return f"{alt} after {formatter.count(int(end['age']), 'month')}."
