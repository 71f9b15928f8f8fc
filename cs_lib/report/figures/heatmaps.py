"""Cohorts as a heat map: what is left by when customers joined and by age, over the whole history."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap

from cs_lib.metrics.compute.cohorts import by_joining, mean_of
from cs_lib.period import MONTH, QUARTER, YEAR, Period
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.chart import EDGE, WIDTH, Chart, Heading
from cs_lib.report.figures.marks import EVENT
from cs_lib.report.figures.theme import (
    BLUE,
    HATCH,
    INK,
    MUTED,
    ORANGE,
    RULES,
    SMALL,
    Look,
    drawn,
    readable_on,
    width_of,
)
from cs_lib.report.text.chart_titles import cohorts_title
from cs_lib.report.text.formatting import Formatter, spoken
from cs_lib.vocabulary import (
    COUNT,
    CUSTOMERS,
    IMMATURE,
    MONEY,
    OK,
    PERCENT,
    REVENUE_GROSS,
    REVENUE_NET,
    SUPPRESSED,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cs_lib.edition.events import Event

TITLES = {
    CUSTOMERS: "Customers retained",
    REVENUE_NET: "Revenue retained, upgrades included",
    REVENUE_GROSS: "Revenue retained, upgrades left out",
}
ORDERED = "Customers who ordered"
MEAN, BEFORE, SINCE = "all", "before", "since"
#: the ages that are shown, and how many rows at most
AGES = (1, 2, 3, 6, 9, 12, 18, *range(24, 121, 12))
MOST_ROWS = 14
_CELL, _WIDEST = 0.235, 0.62
#: more is darker blue; below the whole orange, above it blue, and white at the whole
KEPT = LinearSegmentedColormap.from_list("kept", ["#f3f8fc", "#a9cfe8", BLUE, "#004a75"])
AROUND = LinearSegmentedColormap.from_list(
    "around", ["#8f3600", ORANGE, "#f5cbb0", "white", "#b9d8ec", BLUE, "#004a75"]
)


def seen_cells(cohorts: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The cells of one measure; what cannot be read has no value."""
    cells = cohorts[cohorts["measure"] == measure].copy()
    cells["value"] = cells["value"].where(cells["status"] == OK)
    return cells


def too_few(observed: int) -> str:
    """Why a triangle of none or one cohort is not drawn."""
    many = "only one" if observed else "no"
    return f"{many} cohort has been observed for a whole month yet"


@dataclass(frozen=True)
class Triangle:
    """What is left of those who joined in each period (a row each) by age, with means and sizes.

    `means`: all, and before and since an event, rows of the same columns as the grid; `cells` the cells
    they are made of, by those words and age. `hidden`: whether any of it stands on too few to be shown.
    """

    grid: pd.DataFrame
    means: pd.DataFrame
    sizes: pd.Series
    names: list[str]
    periods: list[Period]
    cells: dict[str, pd.DataFrame]
    hidden: bool

    @classmethod
    def of(cls, cells: pd.DataFrame, split: date | None, formatter: Formatter) -> "Triangle":
        """Age 0 is the whole by definition: it is not there."""
        grain = _grain(cells)
        joined = by_joining(cells, grain)
        joined = joined.assign(value=joined["value"].where(joined["status"] == OK))
        grown = joined[joined["age"] > 0]
        grid = grown.pivot(index="cohort", columns="age", values="value").sort_index()
        seen = cells.loc[cells["value"].notna() & cells["age"].gt(0), "age"]
        ages = [age for age in AGES if age <= seen.max()]
        grid = grid.reindex(columns=ages)
        grid = grid[grid.notna().any(axis=1) | _too_young(joined, grid.index)]
        means = _means(cells, split, formatter, ages)
        shown = grown[grown["cohort"].isin(grid.index) & grown["age"].isin(ages)]
        statuses = [shown["status"], *(each["status"].reindex(ages) for each in means.values())]
        start = joined[joined["age"] == 0].set_index("cohort")["denominator"]
        whole = [mean["denominator"].get(0, math.nan) for mean in means.values()]
        when = formatter.period_short(Period.containing(split, MONTH)) if split else ""
        told = [name if name == MEAN else f"{name} {when}" for name in means]
        periods = [Period.containing(each.date(), grain) for each in grid.index]
        return cls(
            grid,
            pd.DataFrame([mean["value"].reindex(ages) for mean in means.values()], index=told),
            pd.Series([*whole, *start.reindex(grid.index)]),
            [*told, *map(formatter.period_short, periods)],
            periods,
            means,
            any(each.eq(SUPPRESSED).any() for each in statuses),
        )

    def line_at(self, day: date) -> float | None:
        """How many rows down a day stands; None where it does not part the rows."""
        inside = (
            place + (day - each.start).days / (each.end - each.start).days
            for place, each in enumerate(self.periods)
            if each.start <= day < each.end
        )
        at = next(inside, sum(each.end <= day for each in self.periods))
        return at if 0 < at < len(self.periods) else None

    @property
    def data(self) -> pd.DataFrame:
        rows = pd.concat([self.means, self.grid]).add_prefix("month ", axis=1)
        rows.insert(0, "size", list(self.sizes))
        rows.insert(0, "joined", self.names)
        return rows.reset_index(drop=True)


def _too_young(joined: pd.DataFrame, cohorts: pd.Index) -> np.ndarray:
    """Which cohorts have not been observed at any age yet: their customers are among those of the means."""
    grown = joined[joined["age"] > 0].groupby("cohort")["status"]
    waits = grown.agg(lambda each: each.eq(IMMATURE).all()).reindex(cohorts, fill_value=False)
    return waits.to_numpy(dtype=bool)


def _grain(cells: pd.DataFrame) -> str:
    """The finest grain by which the history of joining fits the rows."""
    days = [each.date() for each in cells.loc[cells["cohort"].notna(), "cohort"].unique()]
    fits = (
        grain
        for grain in (MONTH, QUARTER)
        if len({Period.containing(each, grain) for each in days}) <= MOST_ROWS
    )
    return next(fits, YEAR)


def _means(
    cells: pd.DataFrame, split: date | None, formatter: Formatter, ages: list[int]
) -> dict[str, pd.DataFrame]:
    """What is left by age, of all cohorts, the hidden ones among them, and of those before and since a month
    where both can be shown."""
    whole = {MEAN: cells[cells["cohort"].isna()].set_index("age")}
    if split is None:
        return whole
    before = cells["cohort"] < pd.Timestamp(split.replace(day=1))
    parts = {}
    for name, cohorts in {BEFORE: before, SINCE: ~before}.items():
        mean = mean_of(cells, cohorts, formatter.confidence).set_index("age")
        parts[name] = mean.assign(value=mean["value"].where(mean["status"] == OK))
    told = all(mean["value"].reindex(ages).notna().any() for mean in parts.values())
    return whole | parts if told else whole


def splitting(cells: pd.DataFrame, events: "Sequence[Event]") -> "Event | None":
    """The last event with observed cohorts before and since it."""
    seen = cells.loc[
        cells["value"].notna() & cells["age"].gt(0) & cells["cohort"].notna(), "cohort"
    ]
    inside = [
        event
        for event in events
        if len(seen) and seen.min() < pd.Timestamp(event.on.replace(day=1)) <= seen.max()
    ]
    return max(inside, key=lambda event: event.on, default=None)


@drawn
def retention_heatmap(
    cohorts: pd.DataFrame,
    formatter: Formatter,
    *,
    measure: str = CUSTOMERS,
    events: "Sequence[Event]" = (),
    yearly_terms: bool = False,
    by_orders: bool = False,
) -> ReportFigure | LeftOut:
    """The cohort triangle: a row a period of joining, the weighted means on top, the unseen hatched.

    `cohorts`: cohort cells of one segment by month of joining (measure, cohort, age, numerator,
    denominator, value, status). An event splits the mean and rules the rows at its date; `yearly_terms`
    rules the ages at which a term of a year ends. `by_orders`: of customers who order.
    """
    title = ORDERED if by_orders and measure == CUSTOMERS else TITLES[measure]
    cells = seen_cells(cohorts, measure)
    grown = cells[cells["cohort"].notna() & (cells["age"] > 0)]
    observed = grown.loc[grown["value"].notna(), "cohort"].nunique()
    if observed < 2:
        return LeftOut(f"{title}, by cohort", too_few(observed))
    event = splitting(cells, events)
    triangle = Triangle.of(cells, event.on if event else None, formatter)
    if triangle.grid.notna().any(axis=1).sum() < 2:
        return LeftOut(f"{title}, by cohort", "too few cohorts can be shown")
    event = event if BEFORE in triangle.cells else None
    line = triangle.line_at(event.on) if event else None
    unit = COUNT if measure == CUSTOMERS else MONEY
    sizes = formatter.alike(triangle.sizes.tolist(), unit, bare=True)
    wide = (
        max(map(width_of, (*sizes, "size"))) + 0.1,
        max(width_of(each, bold=True) for each in triangle.names) + 0.12,
    )
    rows, columns = triangle.grid.shape
    extra = len(triangle.means) + 0.35
    left = EDGE + sum(wide)
    chart = Chart.of(
        _CELL * (rows + extra),
        _heading(title, triangle, cells, event, formatter, measure, yearly_terms),
        formatter,
        PERCENT,
        left=left,
        right=max(EDGE, WIDTH - left - _WIDEST * columns),
        bottom=0.08,
        above=0.24,
    )
    top = _strip_above(chart.axes, rows, len(triangle.means), extra)
    look = _colours(triangle, measure)
    _draw_cells(chart, chart.axes, triangle.grid, look)
    _draw_cells(chart, top, triangle.means, look)
    _name_cells(chart.axes, top, triangle, sizes, wide)
    if event and line:
        rule: Look = {**RULES["event"], "linewidth": 1.8}
        chart.axes.axhline(line, gid=f"{EVENT}{event.label}", **rule)
    if yearly_terms:
        for axes in (chart.axes, top):
            for place, age in enumerate(triangle.grid.columns):
                if age % 12 == 0:
                    axes.axvline(place, gid="a yearly term ends", **RULES["renewal"])
    return chart.finish(
        alt=_alt(title, triangle, event if line else None, formatter),
        data=triangle.data,
        units={"size": unit},
    )


def _heading(
    title: str,
    triangle: Triangle,
    cells: pd.DataFrame,
    event: "Event | None",
    formatter: Formatter,
    measure: str,
    yearly_terms: bool,
) -> Heading:
    observed = cells[cells["value"].notna() & cells["cohort"].notna()].groupby("age").size()
    split = event is not None and measure == CUSTOMERS
    often = [age for age in (6, 3, 1) if split and observed.get(age, 0) >= 6]
    often += [age for age in (12, 6, 3, 1) if observed.get(age, 0) >= 3]
    age = often[0] if often else int(triangle.grid.columns[0])
    at = {
        name: mean.loc[age]
        for name, mean in triangle.cells.items()
        if age in mean.index and mean["value"].notna()[age]
    }
    since, by_orders = event.on if event else None, title == ORDERED
    says = cohorts_title(at, since, age, formatter, measure, by_orders=by_orders)
    hatched = triangle.grid.isna().to_numpy().any() or triangle.means.isna().to_numpy().any()
    few = f", or fewer than {formatter.min_n}" if triangle.hidden else ""
    share = "customers" if measure == CUSTOMERS else "first revenue"
    notes = [
        f"by {triangle.periods[0].grain} of joining and months since",
        "white: 100%" if measure == REVENUE_NET else "",
        f"hatched: not yet observed{few}" if hatched else "",
        f"line across: {event.label}, {formatter.period(Period.containing(event.on, MONTH))}"
        if event and triangle.line_at(event.on)
        else "",
        "upright lines: a yearly term ends"
        if yearly_terms and max(triangle.grid.columns) >= 12
        else "",
    ]
    return Heading.of(title, notes, says=says, unit=f"% of {share}")


def _strip_above(axes: "Axes", rows: int, means: int, extra: float) -> "Axes":
    """Axes for the means above those of the triangle, which make room for them."""
    box = axes.get_position()
    cell = box.height / (rows + extra)
    axes.set_position((box.x0, box.y0, box.width, cell * rows))
    return axes.figure.add_axes((box.x0, box.y1 - cell * means, box.width, cell * means))


def _colours(triangle: Triangle, measure: str) -> Look:
    """The scale: around the whole to as far as nineteen of twenty cells reach, or from the smallest to the
    whole."""
    means = triangle.means.to_numpy(float).ravel()
    values = np.append(triangle.grid.to_numpy(float).ravel(), means)
    values = values[~np.isnan(values)]
    if measure == REVENUE_NET:
        far = max(0.1, math.ceil(float(np.quantile(abs(values - 1), 0.95)) * 20) / 20)
        return {"cmap": AROUND, "vmin": 1 - far, "vmax": 1 + far}
    low = min(float(np.quantile(values, 0.02)), float(np.nanmin(means, initial=1)))
    low = math.floor(low * 10) / 10
    return {"cmap": KEPT, "vmin": min(low, 0.9), "vmax": max(1.0, float(np.quantile(values, 0.98)))}


def _draw_cells(chart: Chart, axes: "Axes", grid: pd.DataFrame, look: Look) -> None:
    """The cells of a grid with their figures; those without one let the hatched ground through."""
    import seaborn as sns  # half of what the kit would take to import

    decimal = chart.formatter.decimal
    sns.heatmap(
        grid,
        ax=axes,
        mask=grid.isna(),
        annot=grid.map(lambda value: "" if value != value else decimal(value * 100, 0)),
        fmt="",
        annot_kws={"size": SMALL},
        linewidths=0.8,
        linecolor="white",
        cbar=False,
        xticklabels=False,
        yticklabels=False,
        **look,
    )
    axes.set(xlabel="", ylabel="")
    grounds = np.asarray(axes.collections[0].get_facecolor())[~grid.isna().to_numpy().ravel()]
    for text, ground in zip(axes.texts, grounds, strict=True):
        text.set_color(readable_on(tuple(ground[:3])))
    axes.patch.set(hatch=HATCH, facecolor="#fafafa", edgecolor="#d4d4d4", linewidth=0)


def _name_cells(
    axes: "Axes", top: "Axes", triangle: Triangle, sizes: list[str], wide: tuple[float, float]
) -> None:
    """When they joined and how many at the left of each row, months after joining above the columns."""
    means, far = len(triangle.means), wide[0] + 0.06
    for place, (name, size) in enumerate(zip(triangle.names, sizes, strict=True)):
        where, y = (top, place) if place < means else (axes, place - means)
        _left_text(where, far, y + 0.5, name, INK, "bold" if place < means else "normal")
        _left_text(where, 0.06, y + 0.5, size, MUTED)
    _left_text(top, far, -0.5, "joined", MUTED)
    _left_text(top, 0.06, -0.5, "size", MUTED)
    ages = triangle.grid.columns
    top.xaxis.tick_top()
    top.set_xticks([place + 0.5 for place in range(len(ages))], [str(age) for age in ages])
    top.tick_params(length=0, pad=2)


def _left_text(
    axes: "Axes", inches: float, y: float, text: str, color: str, weight: str = "normal"
) -> None:
    """Text that ends so many inches left of the axes, at the height y of its rows."""
    x = -inches / (axes.get_position().width * WIDTH)
    look: Look = {"ha": "right", "va": "center_baseline", "size": SMALL}
    axes.text(x, y, text, transform=axes.get_yaxis_transform(), color=color, weight=weight, **look)


def _alt(title: str, triangle: Triangle, event: "Event | None", formatter: Formatter) -> str:
    values = triangle.grid.stack().dropna()
    names = dict(zip(triangle.grid.index, triangle.names[len(triangle.means) :], strict=True))
    first, last = formatter.period(triangle.periods[0]), formatter.period(triangle.periods[-1])
    oldest = formatter.count(int(triangle.grid.columns.max()), "month")
    grain = spoken(triangle.periods[0].grain)

    def cell(place: tuple) -> str:
        after = formatter.count(int(place[1]), "month")
        return f"{formatter.percent(values[place])} ({names[place[0]]}, {after} after joining)"

    alt = (
        f"Heat map: {title} by {grain} of joining, {first} to {last}, up to {oldest} after joining."
    )
    if len(values):
        alt += f" Highest {cell(values.idxmax())}, lowest {cell(values.idxmin())}."
    for name, mean in triangle.means.iterrows():
        steps = [
            f"{formatter.percent(mean[age])} after {formatter.count(int(age), 'month')}"
            for age in (1, 3, 6, 12, 24)
            if age in mean.index and not math.isnan(mean[age])
        ]
        alt += f" Joined {name}: {', '.join(steps)}." if name != MEAN and steps else ""
        alt += f" Mean weighted by size: {', '.join(steps)}." if name == MEAN and steps else ""
    if event:
        alt += f" Marked: {event.label} ({formatter.period(Period.containing(event.on, MONTH))})."
    return alt
