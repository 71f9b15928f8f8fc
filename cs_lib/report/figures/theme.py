"""How every chart looks: colours, line styles, letters."""

import functools
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from matplotlib import font_manager, style
from matplotlib.colors import to_rgb

if TYPE_CHECKING:
    from matplotlib.typing import ColorType

INK, MUTED, GRID, PALE = "#222222", "#666666", "#e4e4e4", "#eeeeee"
#: Okabe & Ito's palette, whose colours stay apart for colour-blind readers
BLUE, VERMILLION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
SKY, PURPLE, GREY = "#56B4E9", "#CC79A7", "#999999"
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
DASHED, DOTTED = (0, (5, 2.5)), (0, (1, 1.5))
AXIS_LINE: dict[str, Any] = {"color": "#888888", "linewidth": 0.8}
#: the lines that a figure is held against, by what they mean
RULES: dict[str, dict[str, Any]] = {
    "zero": AXIS_LINE,
    "target": {"color": INK, "linewidth": 1.1, "linestyle": DASHED},
    "usual": {"color": GREY, "linewidth": 1.2, "linestyle": DOTTED},
    "all": {"color": INK, "linewidth": 1, "linestyle": DOTTED},
    "half": {"color": GREY, "linewidth": 0.8, "linestyle": DOTTED},
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
#: how an artist looks, as keywords
Look = dict[str, Any]
Given = ParamSpec("Given")
Shown = TypeVar("Shown")


def drawn(function: Callable[Given, Shown]) -> Callable[Given, Shown]:
    """Draw under this theme alone: the reader's own settings neither change it nor are changed."""

    @functools.wraps(function)
    def themed(*args: Given.args, **options: Given.kwargs) -> Shown:
        with style.context(["default", RC, {"font.family": _families()}]):
            return function(*args, **options)

    return themed


def hatched(colour: str) -> Look:
    """The look of a bar that is told apart in grey too."""
    return {"color": colour, "hatch": HATCH, "edgecolor": "white", "linewidth": 0}


def readable_on(ground: "ColorType") -> str:
    """Dark or white ink, whichever contrasts more with the ground."""
    light = _luminance(ground) + 0.05
    return INK if light / (_luminance(INK) + 0.05) > 1.05 / light else "white"


def _luminance(colour: "ColorType") -> float:
    """Relative luminance as WCAG defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in to_rgb(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


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
def _letters() -> frozenset[int]:
    """What the fonts in use can draw."""
    fonts = (font_manager.get_font(font_manager.findfont(name)) for name in _families())
    return frozenset().union(*(font.get_charmap() for font in fonts))
