"""How an edition's pages look: its logo, and the one colour that is its own."""

import re
from typing import Annotated

from pydantic import AfterValidator

from cs_lib.params import Part, Text

LOGOS = (".svg", ".png")
#: the contrast that text needs on its ground (WCAG 2.2, 1.4.3)
LEAST_CONTRAST = 4.5
WHITE = "#ffffff"


def _is_a_picture(value: str) -> str:
    if not value.lower().endswith(LOGOS):
        raise ValueError(f"{value!r} is not the path of a picture that ends in .svg or .png")
    return value


def _is_legible(value: str) -> str:
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        raise ValueError(f'{value!r} is not a colour such as "#1b6f6a"')
    found = contrast(value, WHITE)
    if found < LEAST_CONTRAST:
        raise ValueError(
            f"{value} on white has a contrast of {int(found * 100) / 100}, and text needs {LEAST_CONTRAST}. "
            f"Take a darker one, such as {_darkened(value)}"
        )
    return value.lower()


class Brand(Part):
    """`logo` is a path from the project's root; `accent` takes the place of the kit's own colour."""

    logo: Annotated[Text, AfterValidator(_is_a_picture)] | None = None
    accent: Annotated[str, AfterValidator(_is_legible)] | None = None


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    shares = [part / 255 for part in bytes.fromhex(colour[1:])]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return sum(weight * s for weight, s in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _darkened(colour: str) -> str:
    """The nearest shade of a colour on which white can be read."""
    whole = bytes.fromhex(colour[1:])
    for share in range(99, 0, -1):
        shade = "#" + bytes(part * share // 100 for part in whole).hex()
        if contrast(shade, WHITE) >= LEAST_CONTRAST:
            return shade
    return "#000000"
