"""How every chart looks, and how it is closed into a ReportFigure."""

import functools
import hashlib
import io
import json
import math
import warnings
from itertools import pairwise

import pandas as pd
from matplotlib import font_manager, style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator
from matplotlib.transforms import ScaledTranslation
from PIL import Image

from cs_lib.report.display import ReportFigure
from cs_lib.report.figures.marks import marks_of
from cs_lib.report.text.formatting import Formatter

INK, MUTED, GRID, PALE = "#222222", "#666666", "#e4e4e4", "#f3f3f3"
#: Okabe & Ito's palette, whose colours stay apart for colour-blind readers
BLUE, VERMILLION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
SKY, PURPLE, YELLOW, GREY = "#56B4E9", "#CC79A7", "#F0E442", "#999999"
SERIES = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION)
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (5, 1.2, 1.2, 1.2)), (0, (8, 2)), (0, (3, 3)))
#: the same colours, dark enough to be read as text on white
TEXT = {
    BLUE: BLUE,
    ORANGE: "#8a5200",
    GREEN: "#00664a",
    PURPLE: "#8d4570",
    SKY: "#17648f",
    VERMILLION: "#a33d00",
    GREY: MUTED,
}
HATCH = "////"
WIDTH, DPI, CSS_DPI = 7.2, 150, 96
#: what fewer colours make of white
NEAR_WHITE = 252
_TOP = 0.66

#: for letters that DejaVu Sans lacks, where one of these is installed
FALLBACKS = (
    "Noto Sans CJK JP",
    "Noto Sans",
    "Arial Unicode MS",
    "Microsoft YaHei",
    "Hiragino Sans",
)

RC = {
    "font.size": 9,
    "text.color": INK,
    "text.parse_math": False,
    "text.hinting": "none",  # letters are drawn large enough, and in less time
    "axes.edgecolor": "#888888",
    "axes.linewidth": 0.8,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 8.5,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "hatch.linewidth": 0.6,
    "lines.solid_capstyle": "round",
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
}


@functools.cache
def _families() -> list[str]:
    installed = set(font_manager.get_font_names())
    return ["DejaVu Sans", *(name for name in FALLBACKS if name in installed)]


def drawn(function):
    """Draw under this theme alone: the reader's own settings neither change it nor are changed."""

    @functools.wraps(function)
    def themed(*args, **kwargs):
        with style.context(["default", RC, {"font.family": _families()}]):
            return function(*args, **kwargs)

    return themed


def canvas(
    height: float, title: str, subtitle: str, *, left=0.8, right=0.25, bottom=0.62, top=_TOP
):
    """A figure with its title, and axes placed in inches; gives (figure, axes)."""
    figure = Figure(figsize=(WIDTH, height), dpi=DPI)
    box = (
        left / WIDTH,
        bottom / height,
        (WIDTH - left - right) / WIDTH,
        (height - bottom - top) / height,
    )
    axes = figure.add_axes(box)
    figure.text(0.1 / WIDTH, 1 - 0.1 / height, title, size=11.5, weight="bold", va="top")
    figure.text(0.1 / WIDTH, 1 - 0.34 / height, subtitle, size=8.5, color=MUTED, va="top")
    return figure, axes


def source_line(figure, text: str) -> None:
    """The line at the foot that says where the figures come from."""
    height = figure.get_size_inches()[1]
    figure.text(0.1 / WIDTH, 0.07 / height, shortened(text, 130), size=7, color=MUTED, va="bottom")


def light_grid(axes, axis: str = "y") -> None:
    axes.grid(True, axis=axis)
    axes.tick_params(length=0)
    for side in ("left", "bottom") if axis == "both" else ("left",) if axis == "y" else ("bottom",):
        axes.spines[side].set_visible(False)


def unit_axis(axis, unit: str, formatter: Formatter, ticks: int = 6) -> None:
    """Few round ticks, written in the edition's units."""
    axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: formatter.tick(value, unit)))


def period_axis(axes, periods, formatter: Formatter, *, color: str = MUTED) -> None:
    """One place a period; labels thinned to what fits, the year written where it changes."""
    step = next(s for s in (1, 2, 3, 4, 6, 12, 24, 10**6) if len(periods) / s <= 13)
    last = len(periods) - 1
    places = [i for i in range(len(periods)) if (last - i) % step == 0]
    texts, year = [], None
    for place in places:
        short = formatter.period_short(periods[place])
        name, _, ending = short.rpartition(" ")
        texts.append(f"{name}\n{ending}" if name and ending != year else name or short)
        year = ending
    axes.set_xlim(-0.4, last + 0.4)
    names_below(axes, places, texts, color=color)


def names_below(axes, places, names, *, size: float = 8.5, color: str = INK) -> None:
    """Names under places on the x axis: texts, since ticks, whose marks show nowhere, take six times as long."""
    axes.set_xticks([])
    shifted = axes.get_xaxis_transform() + _apart_from_axes(axes, 0, -3.5)
    for place, name in zip(places, names, strict=True):
        axes.text(place, 0, name, transform=shifted, ha="center", va="top", size=size, color=color)


def names_beside(axes, places, names, *, color: str = INK) -> list[Text]:
    """The same left of places on the y axis."""
    axes.set_yticks([])
    shifted = axes.get_yaxis_transform() + _apart_from_axes(axes, -3.5, 0)
    look = {"ha": "right", "va": "center_baseline", "size": 8.5, "color": color}
    return [
        axes.text(0, place, name, transform=shifted, **look)
        for place, name in zip(places, names, strict=True)
    ]


def _apart_from_axes(axes, x: float, y: float) -> ScaledTranslation:
    return ScaledTranslation(x / 72, y / 72, axes.figure.dpi_scale_trans)


def whiskers(axes, spans, *, upright: bool, **look) -> None:
    """Intervals as (place, low, high), with a mark at both ends."""
    along = [end for _, low, high in spans for end in (low, high, math.nan)]
    across = [place for place, *_ in spans for _ in range(3)]
    line = (across, along) if upright else (along, across)
    axes.plot(*line, color=INK, gid="interval", **look)
    axes.plot(
        *line, "_" if upright else "|", color=INK, markersize=6, gid="ends of the interval", **look
    )


def month_axis(axes, longest: float) -> None:
    """Ticks at months, by quarters and years where there are many."""
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 10**6) if longest / s <= 13)
    axes.xaxis.set_major_locator(MultipleLocator(step))


def end_label(axes, x, y, text: str, color=INK, **options) -> None:
    """A label just right of a line's end, in the line's colour."""
    axes.annotate(
        text,
        (x, y),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        color=color,
        annotation_clip=False,
        **{"size": 8.5, **options},
    )


def end_labels(axes, x: float, labels, *, points: float = 12) -> None:
    """Labels right of one x, as (y, text, colour, bold), moved apart where they would touch."""
    low, high = axes.get_ylim()
    height = axes.get_position().height * axes.figure.get_size_inches()[1] * 72
    least = points * (high - low) / height
    for place, (_, text, colour, bold) in zip(
        apart([y for y, *_ in labels], least), labels, strict=True
    ):
        end_label(axes, x, place, text, colour, weight="bold" if bold else "normal")


def apart(places: list[float], least: float) -> list[float]:
    """The places moved as little as needed so that neighbours stand at least `least` apart."""
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = list(places)
    for below, above in pairwise(order):
        moved[above] = max(moved[above], moved[below] + least)
    shift = sum(a - b for a, b in zip(moved, places, strict=True)) / max(len(places), 1)
    return [each - shift for each in moved]


def shortened(text: str, most: int) -> str:
    text = " ".join(str(text).split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def finish(figure, *, alt: str, data: pd.DataFrame, source: str = "", labels=()) -> ReportFigure:
    """Close a figure: its PNG without date or version, its text, the digest of its numbers."""
    if source:
        source_line(figure, source)
    png = _png(figure)
    return ReportFigure(
        png=png,
        alt=" ".join(alt.split(" ")),
        digest=digest(data, [alt, *labels]),
        width=round(WIDTH * CSS_DPI),
        data=data,
        marks=marks_of(figure),
    )


def _png(figure) -> bytes:
    """The figure as a PNG of 256 colours: a third of the bytes of a full one, and in half the time."""
    canvas = FigureCanvasAgg(figure)
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if not axis.get_label_text():
                axis.set_label_coords(0, 0)  # else its place is worked out from every tick's label
                _write_ticks(axes, axis)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        canvas.draw()
    full = Image.frombuffer(
        "RGBX", canvas.get_width_height(), canvas.buffer_rgba(), "raw", "RGBX", 0, 1
    )
    few = full.convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE)
    few.putpalette(_snapped(few.getpalette()))
    buffer = io.BytesIO()
    few.save(buffer, format="png", dpi=(DPI, DPI))
    return buffer.getvalue()


def _write_ticks(axes, axis) -> None:
    """Ticks without marks as texts, and their grid as one line: the same pixels in a sixth of the time."""
    look, upright = axis.get_tick_params(), axis is axes.yaxis
    if look.get("length") != 0 or not look["labelleft" if upright else "labelbottom"]:
        return
    low, high = sorted(axis.get_view_interval())
    near = (high - low) / (axes.bbox.height if upright else axes.bbox.width) / 2
    places = axis.get_majorticklocs()
    names = axis.get_major_formatter().format_ticks(places)
    shown = {
        place: name
        for place, name in zip(places, names, strict=True)
        if low - near <= place <= high + near
    }
    if look["gridOn"]:
        ends = [[(0, p), (1, p)] if upright else [(p, 0), (p, 1)] for p in shown]
        across = axes.get_yaxis_transform() if upright else axes.get_xaxis_transform()
        grid = LineCollection(
            ends, transform=across, colors=GRID, linewidths=0.8, zorder=0.5, gid="grid"
        )
        axes.add_collection(grid, autolim=False)
    write = names_beside if upright else names_below
    write(axes, list(shown), list(shown.values()), color=look.get("labelcolor", MUTED))


def _snapped(palette: list[int]) -> list[int]:
    """The palette with white as white: on the page, a paper a shade darker than it would be seen."""
    colours = [palette[at : at + 3] for at in range(0, len(palette), 3)]
    return [part for each in colours for part in ([255] * 3 if min(each) >= NEAR_WHITE else each)]


@drawn
def rehearse() -> None:
    """Draw a chart that nobody sees, so that fonts are found and read for those to come."""
    figure, axes = canvas(3, "Rehearsal", "")
    axes.plot([0, 1], label="one")
    axes.legend()
    _png(figure)


def digest(data: pd.DataFrame, labels=()) -> str:
    """A short fingerprint of what is drawn: numbers to six significant digits, and the words."""
    rows = [[_plain(cell) for cell in row] for row in data.itertuples(index=False, name=None)]
    text = json.dumps(
        [list(map(str, data.columns)), rows, list(map(str, labels))], ensure_ascii=False
    )
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def _plain(cell) -> str:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return "" if cell != cell else f"{cell + 0.0:.6g}"
    return "" if cell is None or cell is pd.NaT else str(cell)
