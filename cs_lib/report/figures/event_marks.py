"""Events on a chart over time: a thin rule each, named above the axes where no line runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from cs_lib.period import Period
from cs_lib.report.figures.chart import WIDTH, Chart
from cs_lib.report.figures.marks import EVENT
from cs_lib.report.figures.theme import MUTED, RULES, Look, width_of
from cs_lib.report.text.formatting import Formatter, listed

if TYPE_CHECKING:
    from cs_lib.edition.events import Event

ROW = 0.18
_GAP = 0.06


@dataclass(frozen=True)
class EventMark:
    """An event at its place among the periods, its label in a row above the axes (0: the lowest).

    One that had `begun` before them has no rule, only what lasts of it.
    """

    event: "Event"
    place: float
    until: float | None
    row: int
    leftwards: bool
    begun: bool


@dataclass(frozen=True)
class EventMarks:
    """The events of a chart, their labels in as many rows as keep them apart."""

    marks: tuple[EventMark, ...] = ()

    @classmethod
    def of(
        cls, events: "Sequence[Event]", periods: Sequence[Period], *, left: float, right: float
    ) -> "EventMarks":
        """The events that touch the periods, placed over axes between these margins in inches.

        From the last to the first, each in the lowest row where its label meets no other.
        """
        scale = (WIDTH - left - right) / (len(periods) - 0.2)
        taken: list[list[tuple[float, float]]] = []
        marks = []
        first, end = periods[0].start, periods[-1].end
        inside = [each for each in events if first <= each.last and each.on < end]
        for event in sorted(inside, key=lambda each: each.on, reverse=True):
            place, wide = place_of(event.on, periods), width_of(event.label) + _GAP
            x = (place + 0.4) * scale
            leftwards = left + x + wide > WIDTH
            span = (x - wide, x) if leftwards else (x, x + wide)
            row = next((r for r, spans in enumerate(taken) if not _meets(span, spans)), len(taken))
            if row == len(taken):
                taken.append([])
            taken[row].append(span)
            until = place_of(event.until, periods) if event.until else None
            marks.append(EventMark(event, place, until, row, leftwards, event.on < first))
        return cls(tuple(reversed(marks)))

    @property
    def room(self) -> float:
        """The inches above the axes that the labels need."""
        return ROW * (1 + max((mark.row for mark in self.marks), default=-1))

    def draw(self, chart: Chart) -> None:
        """The rules, each up to its label; a span of time as a light band."""
        axes, height = chart.axes, chart.axes.get_window_extent().height / chart.figure.dpi
        ground: Look = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
        for mark in self.marks:
            top = 1 + (ROW * mark.row + 0.13) / height
            gid = f"{EVENT}{mark.event.label}"
            look: Look = {"clip_on": False, "zorder": 1.5, "gid": gid, **RULES["event"]}
            across = axes.get_xaxis_transform()
            if not mark.begun:
                axes.plot([mark.place, mark.place], [0, top], transform=across, **look)
            if mark.until is not None:
                band: Look = {"color": MUTED, "alpha": 0.07, "linewidth": 0, "gid": "event lasts"}
                axes.axvspan(mark.place, mark.until, **band)
            side, away = ("right", -3) if mark.leftwards else ("left", 3)
            chart.label(
                mark.event.label,
                (mark.place, 1),
                offset=(away, ROW * 72 * mark.row + 3),
                within=("data", "axes fraction"),
                ha=side,
                gid="name of an event",
                bbox=ground,
                zorder=4,
            )

    def alt(self, formatter: Formatter) -> str:
        """ " Marked: Price rise (October 2025)." """
        if not self.marks:
            return ""
        told = [f"{each.event.label} ({_when(each.event, formatter)})" for each in self.marks]
        return f" Marked: {listed(told)}."


def place_of(day: date, periods: Sequence[Period]) -> float:
    """Where a day stands among periods whose places are 0, 1, …, each reaching half to both sides."""
    if day >= periods[-1].end:
        return len(periods) - 0.6
    if day < periods[0].start:
        return -0.4
    at = next(place for place, period in enumerate(periods) if day < period.end)
    period = periods[at]
    share = (day - period.start).days / (period.end - period.start).days
    return max(-0.4, min(at - 0.5 + share, len(periods) - 0.6))


def _when(event: "Event", formatter: Formatter) -> str:
    first = Period.containing(event.on, "month")
    if event.until is None:
        return formatter.period(first)
    return formatter.span(first, Period.containing(event.until, "month"))


def _meets(span: tuple[float, float], spans: list[tuple[float, float]]) -> bool:
    return any(span[0] < high and low < span[1] for low, high in spans)
