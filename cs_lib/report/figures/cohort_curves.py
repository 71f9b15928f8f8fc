"""Each cohort as a line over its age."""

import pandas as pd
from matplotlib.collections import LineCollection

from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.heatmaps import MEAN, TITLES, cohort_name, seen_cells, too_few
from cs_lib.report.figures.theme import (
    BLUE,
    TEXT,
    VERMILLION,
    canvas,
    drawn,
    end_label,
    finish,
    light_grid,
    month_axis,
    unit_axis,
)
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import number
from cs_lib.vocabulary import CUSTOMERS, PERCENT


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
    dated = cells[cells["cohort"].notna()]
    lines = {c: part for c, part in dated.groupby("cohort", sort=True) if len(part) > 1}
    if len(lines) < 2:
        return LeftOut(title, too_few(len(lines)))
    mean = cells[cells["cohort"].isna()]
    longest = int(dated["age"].max())
    subtitle = f"grey: each of {formatter.count(len(lines), 'cohort')}; bold: {MEAN}"
    banded = mean["low"].notna().any()
    figure, axes = canvas(
        3.5,
        title,
        subtitle + (f", shaded: its {formatter.level} interval" if banded else ""),
        right=1.4,
    )
    each = [part[["age", "value"]].to_numpy(float) for part in lines.values()]
    look = {
        "colors": "#b5b5b5",
        "linewidths": 0.9,
        "capstyle": "round",
        "zorder": 2,
        "gid": "cohort",
    }
    axes.add_collection(LineCollection(each, **look))
    top = max(1.0, float(dated["value"].max()), number(mean["high"].max()) if banded else 0)
    axes.set_ylim(0, top * 1.05)
    axes.set_xlim(0, longest)
    _name_mean(axes, mean, formatter)
    _name_newest(axes, lines, formatter)
    axes.set_xlabel("months after joining")
    light_grid(axes)
    unit_axis(axes.yaxis, PERCENT, formatter)
    month_axis(axes, longest)
    data = dated.assign(cohort=[cohort_name(c, formatter) for c in dated["cohort"]])
    data = pd.concat([mean.assign(cohort=MEAN), data])[["cohort", "age", "value", "low", "high"]]
    alt = _curves_alt(title, lines, mean, formatter)
    return finish(figure, alt=alt, data=data.reset_index(drop=True), source=source)


def _name_mean(axes, mean, formatter: Formatter) -> None:
    """The weighted mean with its band, named at its end."""
    if not mean.empty:
        axes.fill_between(
            mean["age"],
            mean["low"],
            mean["high"],
            color=BLUE,
            alpha=0.18,
            linewidth=0,
            gid="interval of the mean",
        )
        axes.plot(mean["age"], mean["value"], color=BLUE, linewidth=2.4, gid=MEAN)
        end = mean.iloc[-1]
        end_label(
            axes,
            end["age"],
            end["value"],
            f"{MEAN}\n{formatter.percent(end['value'])}",
            BLUE,
            weight="bold",
        )


def _name_newest(axes, lines, formatter: Formatter) -> None:
    """The newest cohort with three months or more, named below the lines that it runs among."""
    grown = [(cohort, part) for cohort, part in lines.items() if part["age"].max() >= 3]
    if len(grown) < 2:
        return
    cohort, part = grown[-1]
    end, longest = part.iloc[-1], axes.get_xlim()[1]
    axes.plot(
        part["age"],
        part["value"],
        color=VERMILLION,
        linewidth=1.6,
        linestyle=(0, (4, 1.5)),
        gid="newest cohort",
    )
    axes.plot(
        [end["age"]], [end["value"]], "o", color=VERMILLION, markersize=5, gid="newest cohort"
    )
    beside = pd.concat(lines.values())
    beside = beside[beside["age"].between(end["age"], end["age"] + 0.3 * longest)]
    below = max(0.04, beside["value"].min() - 0.1 * axes.get_ylim()[1])
    axes.annotate(
        f"{cohort_name(cohort, formatter)}: {formatter.percent(end['value'])}",
        (end["age"], end["value"]),
        xytext=(end["age"], below),
        size=8.5,
        va="center",
        color=TEXT[VERMILLION],
        arrowprops={
            "arrowstyle": "-",
            "color": VERMILLION,
            "linewidth": 0.8,
            "shrinkB": 4,
            "relpos": (0, 0.9),
        },
    )


def _curves_alt(title: str, lines, mean, formatter: Formatter) -> str:
    first, newest = cohort_name(min(lines), formatter), cohort_name(max(lines), formatter)
    span = f"from {first} to {newest}" if len(lines) > 1 else f"of {first}"
    alt = f"Line chart: {title}, {formatter.count(len(lines), 'cohort')} {span}."
    if not mean.empty:
        end = mean.iloc[-1]
        after = formatter.count(int(end["age"]), "month")
        mean_says = f"{formatter.percent(end['value'])} {after} after joining"
        alt += f" The mean weighted by size stands at {mean_says}"
        interval = formatter.interval(end["low"], end["high"], PERCENT)
        alt += f" ({formatter.level} interval {interval})." if interval else "."
    end = lines[max(lines)].iloc[-1]
    alt += f" The newest cohort, {newest}, stands at {formatter.percent(end['value'])}"
    return f"{alt} after {formatter.count(int(end['age']), 'month')}."
