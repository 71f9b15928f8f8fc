"""What a chart has painted, read back from its axes as plain values.

An artist is given a `gid` that names its meaning: "good side", "target", "promoters", "signal".
"""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection, QuadMesh
from matplotlib.colors import to_hex, to_rgba, to_rgba_array
from matplotlib.patches import Rectangle

from cs_lib.report.display import Mark

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text
    from matplotlib.typing import ColorType
    from numpy.typing import ArrayLike

WHITE = "#ffffff"
#: how the rule of an event is called; what follows is its label
EVENT = "event: "


def marks_of(figure: "Figure") -> tuple[Mark, ...]:
    """Everything painted, axes after axes: boxes, lines, bands, points and texts."""
    words = (_text(each, WHITE) for each in figure.texts if each.get_text())
    return (*words, *(mark for axes in figure.axes for mark in _painted(axes)))


def _painted(axes: "Axes") -> Iterator[Mark]:
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    yield Mark("axes", "shown", _points([(left, bottom), (right, top)]))
    for box in axes.patches:
        if isinstance(box, Rectangle):
            (x, y), colour = box.get_xy(), _hex(box.get_facecolor())
            corners = _points([(x, y), (x + box.get_width(), y + box.get_height())])
            yield Mark("box", _meaning(box), corners, colour, hatched=bool(box.get_hatch()))
    for line in axes.lines:
        pointed = line.get_linestyle() == "None"
        colour = _hex(line.get_markeredgecolor() if pointed else line.get_color())
        points, meaning = _points(line.get_xydata()), _meaning(line)
        if meaning.startswith(EVENT):
            yield Mark("event", meaning.removeprefix(EVENT), points, colour)
        else:
            hollow = pointed and line.get_markerfacecolor() == "none"
            yield Mark("points" if pointed else "line", meaning, points, colour, hollow=hollow)
    grounds: dict[tuple[int, int], str] = {}
    for some in axes.collections:
        if isinstance(some, QuadMesh):
            grounds |= _cells(some)
        elif isinstance(some, LineCollection):
            colours = to_rgba_array(some.get_colors())
            for at, ends in enumerate(some.get_segments()):
                colour = _hex(colours[at % len(colours)])
                yield Mark("line", _meaning(some), _points(ends), colour)
        else:
            for path in some.get_paths():
                colour = _hex(to_rgba_array(some.get_facecolor())[0])
                yield Mark("band", _meaning(some), _points(path.vertices), colour)
    for text in axes.texts:
        if text.get_text():
            x, y = text.get_position()
            inside = text.get_transform() is axes.transData
            ground = grounds.get((math.floor(x), math.floor(y))) if inside else None
            yield _text(text, ground or WHITE)


def _cells(mesh: QuadMesh) -> dict[tuple[int, int], str]:
    """The colour of each cell of a heat map, by column and row."""
    shown = ~np.ma.getmaskarray(np.ma.asarray(mesh.get_array()))
    colours = np.asarray(mesh.get_facecolor()).reshape(*shown.shape, 4)
    rows, columns = np.nonzero(shown)
    return {
        (int(column), int(row)): _hex(colours[row, column])
        for row, column in zip(rows, columns, strict=True)
    }


def _text(text: "Text", ground: str) -> Mark:
    at = getattr(text, "xy", None) or text.get_position()
    return Mark(
        "text", _meaning(text), _points([at]), _hex(text.get_color()), text.get_text(), ground
    )


def _meaning(artist: "Artist") -> str:
    return artist.get_gid() or ""


def _points(points: "ArrayLike") -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in np.asarray(points))


def _hex(colour: "ColorType | np.ndarray") -> str:
    rgba = to_rgba(tuple(colour) if isinstance(colour, np.ndarray) else colour)
    return to_hex(rgba, keep_alpha=rgba[3] < 1)
