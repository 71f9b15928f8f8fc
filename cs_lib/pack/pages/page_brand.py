"""An edition's logo and colour as its pages hold them."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cs_lib.errors import EditionError
from cs_lib.pack.pages.sections import what_reaches_outside

if TYPE_CHECKING:
    from cs_lib.edition import Edition

#: bytes of a logo, which every page of a pack holds
LARGEST = 100_000
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class PageBrand:
    """The logo as a data address, and the colour; both are empty where the edition names none."""

    logo: str = ""
    accent: str = ""

    @property
    def css(self) -> str:
        """What the colour changes: on a dark page it is a lighter one."""
        if not self.accent:
            return ""
        light = f"color-mix(in srgb, {self.accent} 55%, white)"
        dark = (
            f"@media screen and (prefers-color-scheme: dark) {{ :root {{ --accent: {light}; }} }}"
        )
        return f":root {{ --accent: {self.accent}; }}\n{dark}\n"


NO_BRAND = PageBrand()


def page_brand(edition: "Edition", root: Path) -> PageBrand:
    """The brand of an edition. EditionError for a logo that is not what its name says, or would load more."""
    brand = edition.brand
    return PageBrand(_logo(brand.logo, root) if brand.logo else "", brand.accent or "")


def _logo(name: str, root: Path) -> str:
    data = (root / name).read_bytes()
    if len(data) > LARGEST:
        raise EditionError(
            f"brand.logo: {name} has {len(data) // 1000} kB, and every page would hold them. Make it "
            f"smaller than {LARGEST // 1000} kB."
        )
    if name.lower().endswith(".png"):
        if not data.startswith(_PNG):
            raise EditionError(f"brand.logo: {name} is not a PNG picture.")
        return _address("image/png", data)
    text = data.decode("utf-8", errors="replace")
    if "<svg" not in text:
        raise EditionError(f"brand.logo: {name} is not an SVG picture.")
    outside = what_reaches_outside(text)
    if outside:
        raise EditionError(
            f"brand.logo: {name} holds {outside}. A page runs no script and loads nothing: take it out."
        )
    return _address("image/svg+xml", data)


def _address(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
