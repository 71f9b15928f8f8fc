"""How every chart looks: colours, line styles, letters."""

import functools
import unicodedata
import warnings
from bisect import bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from matplotlib import font_manager, style
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import LoadFlags

if TYPE_CHECKING:
    from matplotlib.typing import ColorType

INK, MUTED, GRID, PALE = "#222222", "#666666", "#e4e4e4", "#eeeeee"
#: Okabe & Ito's palette, whose colours stay apart for colour-blind readers. Orange is bad news, and
#: nothing else is orange; green is a target
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
SKY, PURPLE, GREY = "#56B4E9", "#CC79A7", "#999999"
SERIES = (BLUE, SKY, PURPLE, "#5f5f5f", "#8fbcd9", "#b9b9b9")
#: no text on a chart is smaller, in points as printed
SMALL, TITLE = 9, 11
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (5, 1.2, 1.2, 1.2)), (0, (8, 2)), (0, (3, 3)))
#: the same colours, dark enough to be read as text on white
TEXT = {
    BLUE: BLUE,
    ORANGE: "#a33d00",
    GREEN: "#00664a",
    PURPLE: "#8d4570",
    SKY: "#17648f",
    GREY: MUTED,
    "#5f5f5f": "#5f5f5f",
    "#8fbcd9": "#17648f",
    "#b9b9b9": MUTED,
}
HATCH = "////"
DASHED, DOTTED = (0, (5, 2.5)), (0, (1, 1.5))
AXIS_LINE: dict[str, Any] = {"color": "#888888", "linewidth": 0.8}
#: the lines that a figure is held against, by what they mean
RULES: dict[str, dict[str, Any]] = {
    "zero": AXIS_LINE,
    "target": {"color": GREEN, "linewidth": 1.3, "linestyle": DASHED},
    "year": {"color": GREY, "linewidth": 1.2, "linestyle": DOTTED},
    "all": {"color": INK, "linewidth": 1, "linestyle": DOTTED},
    "half": {"color": GREY, "linewidth": 0.8, "linestyle": DOTTED},
    "event": {"color": "#555555", "linewidth": 0.9},
    "renewal": {"color": INK, "linewidth": 1.1},
}

#: for letters that DejaVu Sans lacks, where one of these is installed
FALLBACKS = (
    "Noto Sans CJK JP",
    "Noto Sans",
    "Arial Unicode MS",
    "Microsoft YaHei",
    "Hiragino Sans",
)

RC = {
    "font.size": SMALL,
    "text.color": INK,
    "text.parse_math": False,
    "text.hinting": "none",  # letters are drawn large enough, and in less time
    "axes.edgecolor": "#888888",
    "axes.linewidth": 0.8,
    "axes.labelcolor": MUTED,
    "axes.labelsize": SMALL,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
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
#: how an artist looks, as keywords
Look = dict[str, Any]
Given = ParamSpec("Given")
Shown = TypeVar("Shown")


def drawn(function: Callable[Given, Shown]) -> Callable[Given, Shown]:
    """Draw under this theme alone: the reader's own settings neither change it nor are changed."""

    @functools.wraps(function)
    def themed(*args: Given.args, **options: Given.kwargs) -> Shown:
        with (
            style.context(["default", RC, {"font.family": _families()}]),
            warnings.catch_warnings(),
        ):
            warnings.filterwarnings("ignore", message="Glyph .* missing from")  # the figure says so
            return function(*args, **options)

    return themed


def hatched(colour: str) -> Look:
    """The look of a bar that is told apart in grey too."""
    return {"color": colour, "hatch": HATCH, "edgecolor": "white", "linewidth": 0}


def readable_on(ground: "ColorType") -> str:
    """Black or white, whichever contrasts more with the ground: 4.58 to 1 and better on any."""
    light = _luminance(ground) + 0.05
    return "black" if light / 0.05 > 1.05 / light else "white"


def _luminance(colour: "ColorType") -> float:
    """Relative luminance as WCAG defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in to_rgb(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@functools.lru_cache(maxsize=4096)
def width_of(text: str, size: float = SMALL, *, bold: bool = False) -> float:
    """How wide a text is drawn, in inches."""
    # of matplotlib's own cache, which is emptied after a fork: kernels that share a file's place misread it
    font = font_manager.get_font(list(_font_files(bold)))
    font.set_size(size, 72)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return font.get_width_height()[0] / 64 / 72


def in_lines(text: str, inches: float, size: float = SMALL, *, bold: bool = False) -> list[str]:
    """A text broken between words into lines no wider than so many inches."""
    lines, words = [], text.split()

    def width(many: int) -> float:
        return width_of(" ".join(words[:many]), size, bold=bold)

    while words:
        many = len(words)  # most texts are one line, and a letter measured is as dear as one drawn
        if many > 1 and width(many) > inches:
            many = 1 + bisect_right(range(2, many), inches, key=width)
        lines.append(" ".join(words[:many]))
        words = words[many:]
    return lines


def shortened(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def missing_letters(text: str) -> str:
    """One sentence where no installed font has the letters of a text, which are then boxes."""
    missing = [letter for letter in text if ord(letter) not in _letters() and letter.isprintable()]
    scripts = dict.fromkeys(unicodedata.name(each, "unnamed").split()[0] for each in missing)
    if not scripts:
        return ""
    return f"No font here has these letters ({', '.join(scripts)}): install Noto Sans CJK."


@functools.cache
def _families() -> list[str]:
    installed = set(font_manager.get_font_names())
    return ["DejaVu Sans", *(name for name in FALLBACKS if name in installed)]


@functools.cache
def _font_files(bold: bool) -> tuple[str, ...]:
    weight = "bold" if bold else "normal"
    found = (
        font_manager.findfont(FontProperties(family=each, weight=weight)) for each in _families()
    )
    return tuple(map(str, found))


@functools.cache
def _letters() -> frozenset[int]:
    """What the fonts in use can draw."""
    fonts = (font_manager.get_font(font_manager.findfont(name)) for name in _families())
    return frozenset().union(*(font.get_charmap() for font in fonts))
