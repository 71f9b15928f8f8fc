"""A chart: its axes, and what every kind of chart draws on them in the same way."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from cs_lib.period import Period
from cs_lib.report.display import ReportFigure
from cs_lib.report.figures.axis_names import names_below
from cs_lib.report.figures.marks import marks_of
from cs_lib.report.figures.rendering import digest, png_of
from cs_lib.report.figures.theme import (
    INK,
    MUTED,
    RULES,
    VERMILLION,
    Look,
    drawn,
    missing_letters,
    shortened,
)
from cs_lib.report.text.formatting import Formatter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

WIDTH, DPI, CSS_DPI = 7.2, 150, 96
#: where labels may stand: at numbers of the axes, or at shares of their width and height
DATA, FRACTION = "data", "axes fraction"


class EndLabel(NamedTuple):
    """A text right of the axes, at the height of what it names."""

    y: float
    text: str
    color: str = INK
    bold: bool = False


@dataclass(frozen=True)
class Chart:
    """Axes under a title, and the unit in which their numbers are written."""

    figure: Figure
    axes: "Axes"
    formatter: Formatter
    unit: str

    @classmethod
    def of(
        cls,
        height: float,
        title: str,
        notes: Iterable[str],
        formatter: Formatter,
        unit: str,
        *,
        left: float = 0.8,
        right: float = 0.25,
        bottom: float = 0.62,
        top: float = 0.66,
    ) -> "Chart":
        """Axes placed in inches; the notes that are not empty stand under the title."""
        figure = Figure(figsize=(WIDTH, height), dpi=DPI)
        inside = (WIDTH - left - right) / WIDTH, (height - bottom - top) / height
        axes = figure.add_axes((left / WIDTH, bottom / height, *inside))
        x, below = 0.1 / WIDTH, ", ".join(note for note in notes if note)
        figure.text(x, 1 - 0.1 / height, title, size=11.5, weight="bold", va="top")
        figure.text(x, 1 - 0.34 / height, below, size=8.5, color=MUTED, va="top")
        return cls(figure, axes, formatter, unit)

    def value(self, number: float, *, bare: bool = False) -> str:
        """A number in the unit of the axes, as short as it may be."""
        return self.formatter.value(number, self.unit, compact=True, bare=bare)

    # --- axes ----------------------------------------------------------------------------------

    def grid(self, axis: Literal["x", "y"] = "y") -> None:
        """A light grid across the axis with numbers, and no line along it."""
        self.axes.grid(True, axis=axis)
        self.axes.tick_params(length=0)
        self.axes.spines["left" if axis == "y" else "bottom"].set_visible(False)

    def units(self, axis: "Axis", *, ticks: int = 6) -> None:
        """Few round ticks, written in the edition's units."""
        axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(
            FuncFormatter(lambda value, _: self.formatter.tick(value, self.unit))
        )

    def periods(self, periods: Sequence[Period], *, color: str = MUTED) -> None:
        """One place a period; names thinned to what fits, the year written where it changes."""
        step = _step(len(periods), (1, 2, 3, 4, 6, 12, 24))
        last = len(periods) - 1
        places = [i for i in range(len(periods)) if (last - i) % step == 0]
        names, year = [], ""
        for place in places:
            short = self.formatter.period_short(periods[place])
            name, _, ending = short.rpartition(" ")
            names.append(f"{name}\n{ending}" if name and ending != year else name or short)
            year = ending
        self.axes.set_xlim(-0.4, last + 0.4)
        names_below(self.axes, places, names, color=color)

    def months(self, longest: float) -> None:
        """Ticks at months, by quarters and years where there are many."""
        step = _step(longest, (1, 2, 3, 6, 12, 24, 60))
        self.axes.xaxis.set_major_locator(MultipleLocator(step))

    # --- what stands on them -------------------------------------------------------------------

    def label(
        self,
        text: str,
        at: tuple[float, float],
        *,
        offset: tuple[float, float] = (0, 0),
        within: str | tuple[str, str] = DATA,
        **look: Any,
    ) -> None:
        """A text so many points from its place."""
        self.axes.annotate(
            text,
            at,
            xycoords=within,
            xytext=offset,
            textcoords="offset points",
            annotation_clip=False,
            **{"size": 8.5, "color": INK, **look},
        )

    def end_label(self, x: float, y: float, text: str, **look: Any) -> None:
        """A label just right of a line's end."""
        self.label(text, (x, y), offset=(6, 0), va="center", **look)

    def end_labels(self, x: float, labels: Sequence[EndLabel], *, points: float = 12) -> None:
        """Labels right of one x, moved apart where they would touch."""
        low, high = self.axes.get_ylim()
        height = self.axes.get_position().height * self.figure.get_size_inches()[1] * 72
        places = apart([label.y for label in labels], points * (high - low) / height)
        for place, label in zip(places, labels, strict=True):
            weight = "bold" if label.bold else "normal"
            self.end_label(x, place, label.text, color=label.color, weight=weight)

    def rule(self, at: float, meaning: str, *, upright: bool = False, **look: Any) -> None:
        """A reference line right across, in the look of its meaning."""
        draw = self.axes.axvline if upright else self.axes.axhline
        draw(at, gid=meaning, **{**RULES[meaning], **look})

    def named_rule(self, at: float, meaning: str, text: str, color: str = INK) -> list[EndLabel]:
        """A reference line with the label that names it; none where there is no number."""
        if math.isnan(at):
            return []
        self.rule(at, meaning)
        return [EndLabel(at, text, color)]

    def whiskers(
        self, spans: Iterable[tuple[float, float, float]], *, upright: bool, **look: Any
    ) -> None:
        """Intervals as (place, low, high), with a mark at both ends."""
        spans = list(spans)
        along = [end for _, low, high in spans for end in (low, high, math.nan)]
        across = [place for place, *_ in spans for _ in range(3)]
        line = (across, along) if upright else (along, across)
        self.axes.plot(*line, color=INK, gid="interval", **look)
        ends: Look = {"color": INK, "markersize": 6, "gid": "ends of the interval", **look}
        self.axes.plot(*line, "_" if upright else "|", **ends)

    def rings(self, places: Sequence[int], values: Sequence[float]) -> None:
        """Rings around the points that lie outside what is usual."""
        self.axes.plot(
            places,
            [values[place] for place in places],
            "o",
            markersize=11,
            markerfacecolor="none",
            markeredgecolor=VERMILLION,
            markeredgewidth=1.6,
            gid="signal",
        )

    # --- the end -------------------------------------------------------------------------------

    def finish(self, *, alt: str, data: pd.DataFrame, source: str = "") -> ReportFigure:
        """Close the chart: its PNG without date or version, its text, the digest of what is on it.

        The line at its foot says where the figures come from, and which letters no font has.
        """
        figure = self.figure
        texts = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
        boxes = missing_letters("".join(text.get_text() for text in texts))
        foot = ". ".join(part for part in (shortened(source, 130), boxes) if part)
        if foot:
            look: Look = {"size": 7, "color": MUTED, "va": "bottom"}
            figure.text(0.1 / WIDTH, 0.07 / figure.get_size_inches()[1], foot, **look)
        png, marks = png_of(figure), marks_of(figure)
        return ReportFigure(
            png=png,
            alt=alt,
            digest=digest(data, alt, marks),
            width=round(WIDTH * CSS_DPI),
            data=data,
            marks=marks,
        )


def apart(places: Sequence[float], least: float) -> list[float]:
    """The places moved as little as needed so that neighbours stand at least `least` apart.

    Of two at one place the first stays below, whatever the noise of their last digits.
    """
    order = sorted(range(len(places)), key=lambda at: float(f"{places[at]:.9g}"))
    moved = list(places)
    for below, above in pairwise(order):
        moved[above] = max(moved[above], moved[below] + least)
    shift = sum(a - b for a, b in zip(moved, places, strict=True)) / max(len(places), 1)
    return [place - shift for place in moved]


def _step(many: float, steps: Sequence[int]) -> int:
    """The smallest step that leaves thirteen places or fewer."""
    return next((step for step in steps if many / step <= 13), 10**6)


@drawn
def rehearse() -> None:
    """Draw a chart that nobody sees, so that fonts are found and read for those to come."""
    chart = Chart.of(3, "Rehearsal", (), Formatter(), "count")
    chart.axes.plot([0, 1], label="one")
    chart.axes.legend()
    png_of(chart.figure)
