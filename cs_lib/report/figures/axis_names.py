"""Names along the axes, written as texts: ticks, whose marks show nowhere, take six times as long."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from matplotlib.collections import LineCollection
from matplotlib.transforms import ScaledTranslation

from cs_lib.report.figures.theme import GRID, INK, MUTED, SMALL, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.text import Text

_APART = 3.5


def names_below(
    axes: "Axes",
    places: Iterable[float],
    names: Iterable[str],
    *,
    color: str = INK,
) -> None:
    """Names under places on the x axis."""
    axes.set_xticks([])
    shifted = axes.get_xaxis_transform() + _shift(axes, 0, -_APART)
    for place, name in zip(places, names, strict=True):
        axes.text(place, 0, name, transform=shifted, ha="center", va="top", size=SMALL, color=color)


def names_beside(
    axes: "Axes",
    places: Iterable[float],
    names: Iterable[str],
    *,
    color: str = INK,
    more: float = 0,
) -> "list[Text]":
    """The same left of places on the y axis, and `more` points farther."""
    axes.set_yticks([])
    shifted = axes.get_yaxis_transform() + _shift(axes, -_APART - more, 0)
    look: Look = {"ha": "right", "va": "center_baseline", "size": SMALL, "color": color}
    return [
        axes.text(0, place, name, transform=shifted, **look)
        for place, name in zip(places, names, strict=True)
    ]


def _shift(axes: "Axes", x: float, y: float) -> ScaledTranslation:
    return ScaledTranslation(x / 72, y / 72, axes.figure.dpi_scale_trans)


def write_ticks(axes: "Axes", axis: "Axis") -> None:
    """Ticks without marks as texts, and their grid as one line: the same pixels in a sixth of the time."""
    look, upright = axis.get_tick_params(), axis is axes.yaxis
    if look.get("length") != 0 or not look["labelleft" if upright else "labelbottom"]:
        return
    low, high = sorted(axis.get_view_interval())
    near = (high - low) / (axes.bbox.height if upright else axes.bbox.width) / 2
    places = list(axis.get_majorticklocs())
    names = axis.get_major_formatter().format_ticks(places)
    shown = {
        place: name
        for place, name in zip(places, names, strict=True)
        if low - near <= place <= high + near
    }
    if look["gridOn"]:
        ends = [[(0, p), (1, p)] if upright else [(p, 0), (p, 1)] for p in shown]
        across = axes.get_yaxis_transform() if upright else axes.get_xaxis_transform()
        drawn: Look = {"colors": GRID, "linewidths": 0.8, "zorder": 0.5, "gid": "grid"}
        axes.add_collection(LineCollection(ends, transform=across, **drawn), autolim=False)
    write = names_beside if upright else names_below
    write(axes, list(shown), list(shown.values()), color=look.get("labelcolor", MUTED))
