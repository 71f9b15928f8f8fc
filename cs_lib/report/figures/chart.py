"""A chart: its axes, and what every kind of chart draws on them in the same way."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from cs_lib.period import MONTH, QUARTER, Period
from cs_lib.report.display import ReportFigure
from cs_lib.report.figures.axis_names import names_below
from cs_lib.report.figures.marks import marks_of
from cs_lib.report.figures.rendering import digest, png_of
from cs_lib.report.figures.theme import (
    INK,
    MUTED,
    ORANGE,
    RULES,
    SMALL,
    TITLE,
    Look,
    drawn,
    in_lines,
    missing_letters,
)
from cs_lib.report.tables.figure_data import figure_data
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import COUNT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

#: as wide as the text of a page of A4 or Letter, so that a chart is printed at its own size
WIDTH, DPI, CSS_DPI = 6.9, 150, 96
EDGE = 0.06
TITLE_LINE, NOTE_LINE = 0.2, 0.165
#: where labels may stand: at numbers of the axes, or at shares of their width and height
DATA, FRACTION = "data", "axes fraction"
#: columns of a chart's data that count, in whatever unit the chart is
COUNTED = ("n", "answers", "at_risk", "events", "size", "t")


class EndLabel(NamedTuple):
    """A text right of the axes, at the height of what it names."""

    y: float
    text: str
    color: str = INK
    bold: bool = False


class Heading(NamedTuple):
    """What stands over a chart: the finding, or else what is shown; below it what and in which unit, and
    what the signs mean."""

    title: str
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, title: str, notes: Iterable[str], *, says: str = "", unit: str = "") -> "Heading":
        """`title` is what the chart shows, `says` what it finds."""
        measured = ", ".join(part for part in (title if says else "", unit) if part)
        told = (measured[:1].upper() + measured[1:], *notes)
        return cls(says or title, tuple(note for note in told if note))


@dataclass(frozen=True)
class Chart:
    """Axes under a heading, and the unit in which their numbers are written."""

    figure: Figure
    axes: "Axes"
    formatter: Formatter
    unit: str
    heading: Heading

    @classmethod
    def of(
        cls,
        inside: float,
        heading: Heading,
        formatter: Formatter,
        unit: str,
        *,
        left: float = 0.7,
        right: float = 0.25,
        bottom: float = 0.45,
        above: float = 0.0,
    ) -> "Chart":
        """Axes so many inches high between margins in inches, with room `above` them for names."""
        figure = headed(inside + bottom + above, heading)
        height = figure.get_size_inches()[1]
        size = (WIDTH - left - right) / WIDTH, inside / height
        axes = figure.add_axes((left / WIDTH, bottom / height, *size))
        return cls(figure, axes, formatter, unit, heading)

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

    def periods(self, periods: Sequence[Period]) -> None:
        """One place a period; names thinned to what fits, the year under its first period."""
        places = _named_places(periods)
        yearly = any(_begins_year(periods[place]) for place in places)
        names = []
        for at, place in enumerate(places):
            name, _, year = self.formatter.period_short(periods[place]).rpartition(" ")
            dated = _begins_year(periods[place]) or (at == 0 and not yearly)
            names.append(f"{name}\n{year}" if name and dated else name or year)
        self.axes.set_xlim(-0.4, len(periods) - 0.6)
        names_below(self.axes, places, names, color=MUTED)

    def months(self, longest: float, *, most: int = 13) -> None:
        """Ticks at months, by quarters and years where there are many."""
        step = _step(longest, (1, 2, 3, 6, 12, 24, 60), most)
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
            **{"size": SMALL, "color": INK, **look},
        )

    def end_label(self, x: float, y: float, text: str, **look: Any) -> None:
        """A label just right of a line's end."""
        self.label(text, (x, y), offset=(6, 0), va="center", **look)

    def end_labels(self, x: float, labels: Sequence[EndLabel], *, points: float = 12.5) -> None:
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

    def stretch(self, begin: float, end: float, at: float, meaning: str) -> None:
        """A reference line from one place to another, in the look of its meaning."""
        self.axes.plot([begin, end], [at, at], gid=meaning, **RULES[meaning])

    def named_rule(self, at: float, meaning: str, text: str, color: str = INK) -> list[EndLabel]:
        """A reference line with the label that names it; none where there is no number."""
        if math.isnan(at):
            return []
        self.rule(at, meaning)
        return [EndLabel(at, text, color)]

    def rings(self, places: Iterable[int], values: Sequence[float], *, bad: bool) -> None:
        """Rings around the points that lie outside what is usual: orange where that is bad news."""
        places = list(places)
        if not places:
            return
        self.axes.plot(
            places,
            [values[place] for place in places],
            "o",
            markersize=11,
            markerfacecolor="none",
            markeredgecolor=ORANGE if bad else INK,
            markeredgewidth=1.6,
            gid="signal",
        )

    def answers(self, many: Sequence[float], word: str) -> None:
        """How many stand behind each place, under its name: a figure of few should look like one."""
        within, down = ("data", FRACTION), (0, -36)
        for place in _spread(len(many)):
            text = self.formatter.value(many[place], "count") if many[place] > 0 else "–"
            look: Look = {"va": "center", "ha": "center", "color": MUTED}
            self.label(text, (place, 0), offset=down, within=within, **look)
        beside: Look = {"within": FRACTION, "ha": "right", "va": "center", "color": MUTED}
        self.label(word, (0, 0), offset=(-4, -36), **beside)

    # --- the end -------------------------------------------------------------------------------

    def finish(
        self, *, alt: str, data: pd.DataFrame, units: Mapping[str, str] | None = None
    ) -> ReportFigure:
        """Close the chart: its PNG without date or version, its text, its data as a table, and the digest of
        what is on it.

        A line at its foot says which letters no font has. `units`: of columns of the data that are in
        another unit than the chart.
        """
        figure = self.figure
        texts = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
        boxes = missing_letters("".join(text.get_text() for text in texts))
        if boxes:
            look: Look = {"size": SMALL, "color": MUTED, "va": "bottom"}
            figure.text(EDGE / WIDTH, 0.03 / figure.get_size_inches()[1], boxes, **look)
        png, marks = png_of(figure), marks_of(figure)
        columns = dict.fromkeys(COUNTED, COUNT) | dict(units or {})
        return ReportFigure(
            png=png,
            alt=alt,
            digest=digest(data, alt, marks),
            width=round(WIDTH * CSS_DPI),
            title=self.heading.title,
            table=figure_data(data, self.formatter, self.unit, columns, self.heading.title),
            data=data,
            marks=marks,
        )


def headed(below: float, heading: Heading) -> Figure:
    """A figure with its heading and so many inches below it."""
    room = WIDTH - 2 * EDGE
    title = in_lines(heading.title, room, TITLE, bold=True)
    notes = in_lines(", ".join(heading.notes), room)
    head = 0.14 + TITLE_LINE * len(title) + NOTE_LINE * len(notes) + 0.1
    height = below + head
    figure, down = Figure(figsize=(WIDTH, height), dpi=DPI), 0.08
    for line in title:
        look: Look = {"size": TITLE, "weight": "bold", "va": "top"}
        figure.text(EDGE / WIDTH, 1 - down / height, line, **look)
        down += TITLE_LINE
    down += 0.02
    for line in notes:
        figure.text(EDGE / WIDTH, 1 - down / height, line, size=SMALL, color=MUTED, va="top")
        down += NOTE_LINE
    return figure


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


def _step(many: float, steps: Sequence[int], most: int = 13) -> int:
    """The smallest step that leaves no more places than that."""
    return next((step for step in steps if many / step <= most), 10**6)


def _begins_year(period: Period) -> bool:
    return period.grain in (MONTH, QUARTER) and period.start.month == 1


def _named_places(periods: Sequence[Period]) -> list[int]:
    """The periods that are named: of months and quarters each January's and those in step with it, and the
    last where there is room."""
    many, last = len(periods), len(periods) - 1
    if periods[0].grain not in (MONTH, QUARTER):
        step = _step(many, (1, 2, 3, 4, 6, 12, 24))
        return [place for place in range(many) if (last - place) % step == 0]
    a_year = 12 if periods[0].grain == MONTH else 4
    step = _step(many, (1, 2, 3, 4, 6, 12) if a_year == 12 else (1, 2, 4))
    of_year = [(each.start.month - 1) * a_year // 12 for each in periods]
    if step >= a_year:
        years = math.ceil(many / a_year / 13)
        chosen = [p for p, each in enumerate(periods) if _begins_year(each)][::years]
        return chosen or [last]
    places = [place for place in range(many) if of_year[place] % step == 0]
    near = places and last - places[-1] < min(step, 2)
    return places if near else [*places, last]


def _spread(many: int) -> list[int]:
    """Places from the last on, as many as leave room for a number each."""
    return list(range(many))[:: -1 if many <= 13 else -2 if many <= 26 else -math.ceil(many / 13)]


@drawn
def rehearse() -> None:
    """Draw a chart that nobody sees, so that fonts are found and read for those to come."""
    chart = Chart.of(2, Heading("Rehearsal", ("of letters",)), Formatter(), "count")
    chart.axes.plot([0, 1], label="one")
    chart.axes.legend()
    png_of(chart.figure)
