"""The order in which groups stand: by their size where their names tell one, else by the alphabet."""

import math
import re
from collections.abc import Iterable

from cs_lib.vocabulary import NOT_GIVEN

_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)(?:([kKmM])\b)?")
_TIMES = {"": 1, "k": 1e3, "m": 1e6}
_BELOW, _ABOVE = ("under", "up to", "below", "fewer", "less", "<", "≤"), ("over", "more", ">")


def in_order(names: Iterable[str]) -> list[str]:
    """The names by the number that each begins with ("1 to 9", "10 to 49", "over 49"), where every one holds a number; what
    is not given comes last."""
    known = sorted(set(names))
    if have_order(known):
        known.sort(key=_size)
    return known


def have_order(names: Iterable[str]) -> bool:
    """Whether each of the names that are given holds a number: bands of size or age, years, zones."""
    given = {*names} - {NOT_GIVEN}
    return bool(given) and all(map(_NUMBER.search, given))


def _size(name: str) -> tuple[float, int]:
    """The first number of a name, and whether what it names lies below it, at it or above."""
    found, words = _NUMBER.search(name), name.casefold()
    side = -1 if words.startswith(_BELOW) else 1 if words.startswith(_ABOVE) else 0
    if not found:
        return math.inf, side
    return float(found[1].replace(",", "")) * _TIMES[(found[2] or "").casefold()], side
