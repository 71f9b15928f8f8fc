"""The order in which groups stand: by their size where their names tell one, else by the alphabet."""

import re
from collections.abc import Iterable

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_BELOW, _ABOVE = ("under", "up to", "below", "fewer", "less", "<", "≤"), ("over", "more", ">")


def in_order(names: Iterable[str]) -> list[str]:
    """The names by the number that each begins with ("1 to 9", "10 to 49", "over 49"), where every one holds a number."""
    known = sorted(set(names))
    if all(map(_NUMBER.search, known)):
        known.sort(key=_size)
    return known


def _size(name: str) -> tuple[float, int]:
    """The first number of a name, and whether what it names lies below it, at it or above."""
    found, words = _NUMBER.search(name), name.casefold()
    side = -1 if words.startswith(_BELOW) else 1 if words.startswith(_ABOVE) else 0
    return float(found[0].replace(",", "")) if found else 0.0, side
