"""Cohorts as a heat map: the triangle of what is left by month of joining and by age."""

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import seaborn as sns

from cs_lib.period import MONTH, Period
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.chart import WIDTH, Chart
from cs_lib.report.figures.theme import HATCH, INK, MUTED, Look, drawn, readable_on
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import day
from cs_lib.vocabulary import COUNT, CUSTOMERS, MONEY, OK, PERCENT, REVENUE_GROSS, REVENUE_NET

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLES = {
    CUSTOMERS: "Customers retained, by cohort",
    REVENUE_NET: "Revenue retained, upgrades included, by cohort",
    REVENUE_GROSS: "Revenue retained, upgrades left out, by cohort",
}
MEAN = "weighted mean"
_CELL, _WIDEST, _FAR, _NEAR = 0.25, 0.7, 0.72, 0.08


def seen_cells(cohorts: pd.DataFrame, measure: str, max_age: int) -> pd.DataFrame:
    """The cells of one measure; what cannot be read has no value."""
    cells = cohorts[(cohorts["measure"] == measure) & (cohorts["age"] <= max_age)].copy()
    cells["value"] = cells["value"].where(cells["status"] == OK)
    return cells


def too_few(observed: int) -> str:
    """Why a triangle of none or one cohort is not drawn."""
    many = "only one" if observed else "no"
    return f"{many} cohort has been observed for a whole month yet"


def cohort_name(cohort: date | str | None, formatter: Formatter) -> str:
    joined = day(cohort)
    return formatter.period_short(Period.containing(joined, MONTH)) if joined else ""


@dataclass(frozen=True)
class Triangle:
    """What is left of each cohort (a row each) by age, their weighted mean and their sizes."""

    grid: pd.DataFrame
    mean: pd.Series
    sizes: pd.Series
    names: list[str]

    @classmethod
    def of(cls, cells: pd.DataFrame, most: int, formatter: Formatter) -> "Triangle":
        """The latest cohorts. Age 0 is the whole by definition: it is not there."""
        dated = cells[cells["cohort"].notna()]
        grown = dated[dated["age"] > 0]
        grid = grown.pivot(index="cohort", columns="age", values="value").sort_index().iloc[-most:]
        oldest = int(grown["age"].max()) if len(grown) else 0
        grid = grid.reindex(columns=range(1, oldest + 1))
        mean = cells[cells["cohort"].isna()].set_index("age")["value"].reindex(grid.columns)
        sizes = dated[dated["age"] == 0].set_index("cohort")["denominator"].reindex(grid.index)
        return cls(grid, mean, sizes, [cohort_name(each, formatter) for each in grid.index])

    @property
    def scale(self) -> tuple[float, float]:
        """From the tenth below the smallest to the tenth above the largest: differences show."""
        values = np.concatenate([self.grid.to_numpy(float).ravel(), self.mean.to_numpy(float)])
        low, high = math.floor(np.nanmin(values) * 10) / 10, math.ceil(np.nanmax(values) * 10) / 10
        return low, high if high > low else low + 0.1

    @property
    def data(self) -> pd.DataFrame:
        rows = pd.concat([self.mean.to_frame(MEAN).T, self.grid]).add_prefix("month ", axis=1)
        rows.insert(0, "size", [math.nan, *self.sizes])
        rows.insert(0, "cohort", [MEAN, *self.names])
        return rows.reset_index(drop=True)


@drawn
def retention_heatmap(
    cohorts: pd.DataFrame,
    formatter: Formatter,
    *,
    measure: str = CUSTOMERS,
    max_age: int = 12,
    most_cohorts: int = 18,
    title: str = "",
    source: str = "",
) -> ReportFigure | LeftOut:
    """The cohort triangle: a row a month of joining, the weighted mean on top, the unseen hatched.

    `cohorts`: cohort cells of one segment (measure, cohort, age, numerator, denominator, value,
    status); the weighted mean has no cohort date.
    """
    title = title or TITLES[measure]
    cells = seen_cells(cohorts, measure, max_age)
    grown = cells[cells["cohort"].notna() & (cells["age"] > 0)]
    observed = grown.loc[grown["value"].notna(), "cohort"].nunique()
    if observed < 2:
        return LeftOut(title, too_few(observed))
    triangle = Triangle.of(cells, most_cohorts, formatter)
    rows, columns = triangle.grid.shape
    cohort_count = grown["cohort"].nunique()
    latest = f"; latest {rows} of {cohort_count} cohorts" if rows < cohort_count else ""
    share = "customers" if measure == CUSTOMERS else "first revenue"
    known = bool(triangle.mean.notna().any())
    chart = Chart.of(
        1.3 + _CELL * (rows + 1.4 * known),
        title,
        [f"per cent of {share}", f"by months after joining; hatched: not yet observable{latest}"],
        formatter,
        PERCENT,
        left=1.5,
        right=0.85 + max(0.0, WIDTH - 2.35 - _WIDEST * columns),
        bottom=0.4,
        top=0.82,
    )
    top = _strip_above(chart.axes, rows) if known else chart.axes
    bar = _bar_beside(chart.axes) if rows > 3 else None
    _draw_cells(chart, chart.axes, triangle.grid, triangle.scale, bar)
    if bar is not None:
        chart.units(bar.yaxis, ticks=5)
    if known:
        _draw_cells(chart, top, triangle.mean.to_frame().T, triangle.scale)
        _left_text(top, _NEAR, 0.5, MEAN, INK, weight="bold")
    unit = COUNT if measure == CUSTOMERS else MONEY
    sizes = [formatter.value(size, unit, compact=True) for size in triangle.sizes]
    _name_cells(chart.axes, top, triangle, sizes)
    alt = _alt(title, triangle, formatter)
    return chart.finish(alt=alt, data=triangle.data, source=source)


def _strip_above(axes: "Axes", rows: int) -> "Axes":
    """Axes for the mean, one cell high, above those of the triangle, which make room for it."""
    box = axes.get_position()
    cell = box.height / (rows + 1.4)
    axes.set_position((box.x0, box.y0, box.width, cell * rows))
    return axes.figure.add_axes((box.x0, box.y1 - cell, box.width, cell))


def _bar_beside(axes: "Axes") -> "Axes":
    box = axes.get_position()
    return axes.figure.add_axes((box.x1 + 0.16 / WIDTH, box.y0, 0.11 / WIDTH, box.height))


def _draw_cells(
    chart: Chart,
    axes: "Axes",
    grid: pd.DataFrame,
    scale: tuple[float, float],
    bar: "Axes | None" = None,
) -> None:
    """The cells of a grid with their figures; those without one let the hatched ground through."""
    decimal = chart.formatter.decimal
    sns.heatmap(
        grid,
        ax=axes,
        mask=grid.isna(),
        vmin=scale[0],
        vmax=scale[1],
        cmap="cividis_r",
        annot=grid.map(lambda value: "" if value != value else decimal(value * 100, 0)),
        fmt="",
        annot_kws={"size": 8},
        linewidths=0.8,
        linecolor="white",
        cbar=bar is not None,
        cbar_ax=bar,
        xticklabels=False,
        yticklabels=False,
    )
    axes.set(xlabel="", ylabel="")
    grounds = np.asarray(axes.collections[0].get_facecolor())[~grid.isna().to_numpy().ravel()]
    for text, ground in zip(axes.texts, grounds, strict=True):
        text.set_color(readable_on(tuple(ground[:3])))
    axes.patch.set(hatch=HATCH, facecolor="#fafafa", edgecolor="#d4d4d4", linewidth=0)


def _name_cells(axes: "Axes", top: "Axes", triangle: Triangle, sizes: list[str]) -> None:
    """Cohort and size at the left of each row, months after joining above the columns."""
    for place, (name, size) in enumerate(zip(triangle.names, sizes, strict=True)):
        _left_text(axes, _FAR, place + 0.5, name, INK)
        _left_text(axes, _NEAR, place + 0.5, size, MUTED)
    _left_text(top, _FAR, -0.45, "joined in", MUTED)
    _left_text(top, _NEAR, -0.45, "size", MUTED)
    ages = triangle.grid.columns
    shown = ages[:: 1 if len(ages) <= 24 else 3]
    top.xaxis.tick_top()
    top.set_xticks([age - 0.5 for age in shown], [str(age) for age in shown])
    top.tick_params(length=0, pad=2)


def _left_text(
    axes: "Axes", inches: float, y: float, text: str, color: str, weight: str = "normal"
) -> None:
    """Text that ends so many inches left of the axes, at the height y of its rows."""
    x = -inches / (axes.get_position().width * WIDTH)
    look: Look = {
        "ha": "right",
        "va": "center_baseline",
        "size": 8.5,
        "color": color,
        "weight": weight,
    }
    axes.text(x, y, text, transform=axes.get_yaxis_transform(), **look)


def _alt(title: str, triangle: Triangle, formatter: Formatter) -> str:
    values = triangle.grid.stack().dropna()
    first, last = triangle.names[0], triangle.names[-1]
    oldest = formatter.count(int(triangle.grid.columns.max()), "month")

    def cell(place: tuple) -> str:
        after = formatter.count(int(place[1]), "month")
        joined = cohort_name(place[0], formatter)
        return f"{formatter.percent(values[place])} ({joined}, {after} after joining)"

    alt = f"Heat map: {title}, {formatter.count(len(triangle.grid), 'cohort')}"
    alt += f" from {first} to {last}" if first != last else f" of {first}"
    alt += f", up to {oldest} after joining. "
    alt += f"Highest {cell(values.idxmax())}, lowest {cell(values.idxmin())}."
    mean = triangle.mean.dropna()
    if len(mean):
        ages = [age for age in (1, 3, 6, 12, 24) if age in mean.index] or [mean.index[-1]]
        steps = [
            f"{formatter.percent(mean[age])} after {formatter.count(int(age), 'month')}"
            for age in ages
        ]
        alt += f" Mean weighted by size: {', '.join(steps)}."
    return alt
