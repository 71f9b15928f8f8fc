"""A line no larger than a word: drawn here pixel by pixel, so that it is the same bytes everywhere."""

import base64
import html
import math
import struct
import zlib
from collections.abc import Sequence
from typing import Self

import numpy as np

WIDTH, HEIGHT, SCALE = 96, 24, 2
_PAD = 7.0
_LINE, _DOT, _MARK = (70, 95, 115), (0, 114, 178), (213, 94, 0)
_STEPS = 5
#: the length of a dash with its gap, and of an event's tick, in pixels
_DASH, _TICK = 10, 8
#: how many pixels beside a line it can be seen
REACH = 3
#: white, then each colour from pale to full: sixteen entries, four bits a pixel
_COLOURS = (_LINE, _DOT, _MARK)
_BARS = "▁▂▃▄▅▆▇█"
#: how many of the last values are shown as characters
MOST_BARS = 12


class Drawn(str):
    """A cell that is a picture in HTML and these characters in plain text."""

    html: str

    def __new__(cls, text: str, markup: str) -> Self:
        drawn = super().__new__(cls, text)
        drawn.html = markup
        return drawn


def sparkline(
    values: Sequence[float] | np.ndarray,
    *,
    alt: str,
    baseline: float = math.nan,
    signal: bool = False,
    target: float = math.nan,
    events: Sequence[int] = (),
) -> Drawn | str:
    """The values as a line with its last point, over a pale baseline; a gap where one is NaN.

    A signal at the last point gives it another colour and a ring. The `target` is a dashed line, always inside
    the picture; `events` are the places of ticks at its foot. Empty for fewer than three values.
    """
    numbers = np.asarray(values, dtype=float)
    if np.isfinite(numbers).sum() < 3:
        return ""
    levels = _raster(numbers, baseline, signal, target, events)
    encoded = base64.b64encode(_png(levels)).decode("ascii")
    markup = (
        f'<img class="spark" src="data:image/png;base64,{encoded}" '
        f'alt="{html.escape(alt, quote=True)}" width="{WIDTH}" height="{HEIGHT}">'
    )
    return Drawn(bars(numbers), markup)


def bars(numbers: Sequence[float] | np.ndarray) -> str:
    """The last values as characters, from the lowest to the highest; a dot where there is none."""
    shown = np.asarray(numbers, dtype=float)[-MOST_BARS:]
    seen = shown[np.isfinite(shown)]
    low, span = seen.min(initial=math.inf), np.ptp(seen) if len(seen) else 0
    return "".join(
        "·" if not math.isfinite(each) else _BARS[round((each - low) / span * 7) if span else 3]
        for each in shown
    )


def _raster(
    numbers: np.ndarray, baseline: float, signal: bool, target: float, events: Sequence[int]
) -> np.ndarray:
    """Palette entries by pixel."""
    wide, high = WIDTH * SCALE, HEIGHT * SCALE
    seen = numbers[np.isfinite(numbers)]
    shown = np.append(seen, target) if math.isfinite(target) else seen
    low, top = shown.min(), shown.max()
    room = (top - low) or 1.0
    xs = np.linspace(_PAD, wide - _PAD, len(numbers))
    ys = high - _PAD - (numbers - low) / room * (high - 2 * _PAD)
    if top == low:
        ys = np.where(np.isfinite(numbers), high / 2, np.nan)
    levels = np.zeros((high, wide), dtype=np.uint8)
    if math.isfinite(baseline) and low <= baseline <= top and top > low:
        y = round(high - _PAD - (baseline - low) / room * (high - 2 * _PAD))
        levels[y, ::4] = levels[y, 1::4] = 2
    if math.isfinite(target):
        level = (target - low) / room if top > low else 0.5
        row = round(high - _PAD - level * (high - 2 * _PAD))
        for start in range(0, wide, _DASH):
            levels[row : row + 2, start : start + _DASH // 2] = 3
    for event in events:
        column = round(xs[event])
        levels[high - _TICK :, column : column + 2] = _STEPS
    grid_y, grid_x = np.mgrid[0:high, 0:wide]
    away = np.full((high, wide), np.inf)
    for place in np.flatnonzero(np.isfinite(ys)):
        # from a point to the next, or to itself where the next is not there
        end = place + 1 if np.isfinite(ys[place + 1 : place + 2]).any() else place
        near = np.s_[:, max(0, int(xs[place]) - REACH) : int(xs[end]) + REACH + 1]
        ends = xs[place], ys[place], xs[end], ys[end]
        away[near] = np.minimum(away[near], _distance(grid_x[near], grid_y[near], *ends))
    _paint(levels, 1.6 - away, 0)
    last = int(np.flatnonzero(np.isfinite(numbers))[-1])
    from_dot = np.hypot(grid_x - xs[last], grid_y - ys[last])
    _paint(levels, 4.3 - from_dot, 2 if signal else 1)
    if signal:
        _paint(levels, 1.0 - np.abs(from_dot - 6.0), 2)
    return levels


def _distance(
    x: np.ndarray, y: np.ndarray, x0: float, y0: float, x1: float, y1: float
) -> np.ndarray:
    """From each pixel to a stretch of the line, or to a point."""
    long = (x1 - x0) ** 2 + (y1 - y0) ** 2
    along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / (long or 1.0)
    along = np.clip(along, 0, 1)
    return np.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0))


def _paint(levels: np.ndarray, depth: np.ndarray, colour: int) -> None:
    """Lay a colour on, softened over the pixel at its edge."""
    strength = np.rint(np.clip(depth, 0, 1) * _STEPS).astype(np.uint8)
    levels[strength > 0] = colour * _STEPS + strength[strength > 0]


def _png(levels: np.ndarray) -> bytes:
    """A picture of sixteen colours. Stored, not compressed: compressors differ between systems."""
    packed = (levels[:, 0::2] << 4) | levels[:, 1::2]
    rows = np.zeros((len(packed), packed.shape[1] + 1), dtype=np.uint8)
    rows[:, 1:] = packed
    palette: list[tuple[int, ...]] = [(255, 255, 255)]
    for colour in _COLOURS:
        for step in range(1, _STEPS + 1):
            palette.append(tuple(round(255 + (c - 255) * step / _STEPS) for c in colour))
    high, wide = levels.shape
    head = struct.pack(">IIBBBBB", wide, high, 4, 3, 0, 0, 0)
    body = [(b"IHDR", head), (b"PLTE", bytes(sum(palette, ())))]
    body += [(b"IDAT", _stored(rows.tobytes())), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in body)


def _stored(data: bytes) -> bytes:
    """The bytes as one stored block in zlib's envelope."""
    block = b"\x01" + struct.pack("<HH", len(data), len(data) ^ 0xFFFF) + data
    return b"\x78\x01" + block + struct.pack(">I", zlib.adler32(data))


def _chunk(name: bytes, data: bytes) -> bytes:
    checked = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checked)
