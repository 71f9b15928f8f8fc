"""Cohorts: the triangle as a heat map, and each cohort as a line."""

import math

import numpy as np
import pandas as pd
import seaborn as sns

from cs_lib.period import MONTH, Period
from cs_lib.report.display import LeftOut, ReportFigure
from cs_lib.report.figures.theme import INK, MUTED, WIDTH, canvas, drawn, finish, unit_axis
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import day
from cs_lib.vocabulary import COUNT, CUSTOMERS, MONEY, OK, PERCENT, REVENUE_GROSS, REVENUE_NET

TITLES = {
    CUSTOMERS: "Customers retained, by cohort",
    REVENUE_NET: "Revenue retained, upgrades included, by cohort",
    REVENUE_GROSS: "Revenue retained, upgrades left out, by cohort",
}
MEAN = "weighted mean"
_CELL, _WIDEST = 0.25, 0.7


def seen_cells(cohorts: pd.DataFrame, measure: str, max_age: int) -> pd.DataFrame:
    """The cells of one measure; what cannot be read has no value."""
    cells = cohorts[(cohorts["measure"] == measure) & (cohorts["age"] <= max_age)].copy()
    cells["value"] = cells["value"].where(cells["status"] == OK)
    return cells


def too_few(observed: int) -> str:
    """Why a triangle of none or one cohort is not drawn."""
    many = "only one" if observed else "no"
    return f"{many} cohort has been observed for a whole month yet"


def cohort_name(cohort, formatter: Formatter) -> str:
    return formatter.period_short(Period.containing(day(cohort), MONTH))


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
    status); the weighted mean has no cohort date. Age 0 is the whole by definition: not drawn.
    """
    title = title or TITLES[measure]
    cells = seen_cells(cohorts, measure, max_age)
    dated = cells[cells["cohort"].notna()]
    grid = dated[dated["age"] > 0].pivot(index="cohort", columns="age", values="value").sort_index()
    observed = int(grid.notna().any(axis=1).sum())
    if observed < 2:
        return LeftOut(title, too_few(observed))
    drawn_rows = grid.iloc[-most_cohorts:]
    subtitle = _heat_subtitle(measure, len(drawn_rows), len(grid))
    grid = drawn_rows.reindex(columns=range(1, int(grid.columns.max()) + 1))
    mean = cells[cells["cohort"].isna()].set_index("age")["value"].reindex(grid.columns)
    sizes = dated[dated["age"] == 0].set_index("cohort")["denominator"].reindex(grid.index)
    figure, axes, top = places = _heat_canvas(title, subtitle, grid, mean)
    _draw_heat(places, grid, mean, formatter)
    unit = COUNT if measure == CUSTOMERS else MONEY
    _heat_labels(
        axes, top, grid, [formatter.value(s, unit, compact=True) for s in sizes], formatter
    )
    data = _heat_data(grid, mean, sizes, formatter)
    return finish(figure, alt=_heat_alt(title, grid, mean, formatter), data=data, source=source)


def _heat_subtitle(measure: str, rows: int, cohorts: int) -> str:
    share = "customers" if measure == CUSTOMERS else "first revenue"
    latest = f"; latest {rows} of {cohorts} cohorts" if rows < cohorts else ""
    return f"per cent of {share}, by months after joining; hatched: not yet observable{latest}"


def _heat_canvas(title: str, subtitle: str, grid: pd.DataFrame, mean: pd.Series):
    """A figure with axes for the triangle and, where there is a mean, a strip for it on top."""
    known = bool(mean.notna().any())
    spare = max(0.0, WIDTH - 2.35 - _WIDEST * len(grid.columns))
    figure, axes = canvas(
        1.3 + _CELL * (len(grid) + 1.4 * known),
        title,
        subtitle,
        left=1.5,
        right=0.85 + spare,
        bottom=0.4,
        top=0.82,
    )
    return figure, axes, _strip_above(figure, axes, len(grid)) if known else axes


def _draw_heat(places, grid: pd.DataFrame, mean: pd.Series, formatter: Formatter) -> None:
    figure, axes, top = places
    scale = _colour_scale(grid, mean)
    bar = _bar_beside(figure, axes) if len(grid) > 3 else None
    _draw_cells(axes, grid, scale, formatter, bar=bar)
    if bar:
        unit_axis(bar.yaxis, PERCENT, formatter, ticks=5)
    if top is not axes:
        _draw_cells(top, mean.to_frame().T, scale, formatter)
        _left_text(top, 0.08, 0.5, MEAN, INK, weight="bold")


def _strip_above(figure, axes, rows: int):
    """Axes for the mean, one cell high, above those of the triangle, which make room for it."""
    box = axes.get_position()
    cell = box.height / (rows + 1.4)
    axes.set_position((box.x0, box.y0, box.width, cell * rows))
    return figure.add_axes((box.x0, box.y1 - cell, box.width, cell))


def _bar_beside(figure, axes):
    box = axes.get_position()
    return figure.add_axes((box.x1 + 0.16 / WIDTH, box.y0, 0.11 / WIDTH, box.height))


def _colour_scale(grid: pd.DataFrame, mean: pd.Series) -> tuple[float, float]:
    """From the tenth below the smallest to the tenth above the largest: differences show."""
    values = np.concatenate([grid.to_numpy(float).ravel(), mean.to_numpy(float)])
    low, high = math.floor(np.nanmin(values) * 10) / 10, math.ceil(np.nanmax(values) * 10) / 10
    return low, high if high > low else low + 0.1


def _draw_cells(axes, grid: pd.DataFrame, scale, formatter: Formatter, *, bar=None) -> None:
    """The cells of a grid with their figures; those without one let the hatched ground through."""
    texts = grid.map(lambda value: "" if value != value else formatter.decimal(value * 100, 0))
    sns.heatmap(
        grid,
        ax=axes,
        mask=grid.isna(),
        vmin=scale[0],
        vmax=scale[1],
        cmap="cividis_r",
        annot=texts,
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
    colours = axes.collections[0].get_facecolors()[~grid.isna().to_numpy().ravel()]
    for text, colour in zip(axes.texts, colours, strict=True):
        text.set_color(INK if _luminance(colour) > 0.19 else "white")
    axes.patch.set(hatch="////", facecolor="#fafafa", edgecolor="#d4d4d4", linewidth=0)


def _luminance(colour) -> float:
    """Relative luminance as WCAG defines it: above 0.18 dark text is easier to read than white."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _heat_labels(axes, top, grid, sizes: list[str], formatter: Formatter) -> None:
    """Cohort and size at the left of each row, months after joining above the columns."""
    for place, (cohort, size) in enumerate(zip(grid.index, sizes, strict=True)):
        _left_text(axes, 0.72, place + 0.5, cohort_name(cohort, formatter), INK)
        _left_text(axes, 0.08, place + 0.5, size, MUTED)
    _left_text(top, 0.72, -0.45, "joined in", MUTED)
    _left_text(top, 0.08, -0.45, "size", MUTED)
    step = 1 if len(grid.columns) <= 24 else 3
    top.xaxis.tick_top()
    top.set_xticks(
        [age - 0.5 for age in grid.columns[::step]], [str(age) for age in grid.columns[::step]]
    )
    top.tick_params(length=0, pad=2)


def _left_text(axes, inches: float, y: float, text: str, color: str, **options) -> None:
    """Text that ends so many inches left of the axes, at the height y of its rows."""
    x = -inches / (axes.get_position().width * WIDTH)
    axes.text(
        x,
        y,
        text,
        transform=axes.get_yaxis_transform(),
        ha="right",
        va="center_baseline",
        size=8.5,
        color=color,
        **options,
    )


def _heat_alt(title: str, grid, mean, formatter: Formatter) -> str:
    values = grid.stack().dropna() if hasattr(grid, "stack") else grid
    first, last = cohort_name(grid.index[0], formatter), cohort_name(grid.index[-1], formatter)
    best, worst = values.idxmax(), values.idxmin()

    def said(place):
        return (
            f"{formatter.percent(values[place])} ({cohort_name(place[0], formatter)}, "
            f"{formatter.count(int(place[1]), 'month')} after joining)"
        )

    alt = f"Heat map: {title}, {formatter.count(len(grid), 'cohort')}"
    alt += f" from {first} to {last}" if first != last else f" of {first}"
    alt += f", up to {formatter.count(int(grid.columns.max()), 'month')} after joining. "
    alt += f"Highest {said(best)}, lowest {said(worst)}."
    known = mean.dropna()
    if len(known):
        steps = [age for age in (1, 3, 6, 12, 24) if age in known.index] or [known.index[-1]]
        told = ", ".join(
            f"{formatter.percent(known[age])} after {formatter.count(int(age), 'month')}"
            for age in steps
        )
        alt += f" Mean weighted by size: {told}."
    return alt


def _heat_data(grid, mean, sizes, formatter: Formatter) -> pd.DataFrame:
    data = grid.copy()
    data.columns = [f"month {age}" for age in grid.columns]
    data.insert(0, "size", sizes.to_numpy(float))
    data.insert(0, "cohort", [cohort_name(cohort, formatter) for cohort in grid.index])
    top = [MEAN, math.nan, *mean.to_numpy(float)]
    return pd.concat([pd.DataFrame([top], columns=data.columns), data], ignore_index=True)
