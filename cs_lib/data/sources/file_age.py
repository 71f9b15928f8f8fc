"""Which of several exports is the newest, by the dates and numbers in their names."""

import re
from collections.abc import Iterable
from os.path import commonpath
from pathlib import Path

from cs_lib.errors import DataError
from cs_lib.period import FIRST_YEAR, LAST_YEAR

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]


class _Month(int):
    """A number that was written as the name of a month."""


Token = int | str


def by_age(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Files from the oldest to the newest; where the names do not tell, in the order of their numbers."""
    names = {path: _tokens(name) for path, name in _names(list(paths)).items()}
    days_first = _days_first(names.values())
    return tuple(
        sorted(names, key=lambda path: (_sortable(names[path], bool(days_first)), str(path)))
    )


def refuse_unknown_age(table: str, paths: tuple[Path, ...], shown: tuple[str, ...]) -> None:
    """DataError where the names do not tell which file is the newest."""
    if not tell_their_age(paths):
        raise DataError(
            f"tables.{table}: latest: file takes the newest file by its name, and these names do not "
            f"tell which is newer: {', '.join(shown[:5])}. Name them by their dates, such as "
            "export_2026-01.csv and export_2026-02.csv."
        )


def tell_their_age(paths: tuple[Path, ...]) -> bool:
    """Whether names differ by dates or numbers alone, and say which file is newer."""
    named = _names(list(paths))
    tokens = [_tokens(named[path]) for path in paths]
    days_first = _days_first(tokens)
    words = {tuple(each for each in one if isinstance(each, str)) for one in tokens}
    ages = {tuple(_sortable(one, bool(days_first))) for one in tokens}
    return len(words) == 1 and len(ages) == len(paths) and days_first is not None


def name_years(paths: Iterable[Path]) -> bool:
    """Do the names that hold a month say of which year it is?"""
    names = [_tokens(name) for name in _names(list(paths)).values()]
    return all(
        any(map(_is_year, tokens)) for tokens in names if any(isinstance(t, _Month) for t in tokens)
    )


def _names(paths: list[Path]) -> dict[Path, str]:
    """Each file's name from where the files lie together, without what follows the first dot."""
    if len(paths) < 2:
        return {path: path.name for path in paths}
    base = commonpath([path.parent for path in paths])
    return {
        path: str(path.relative_to(base)).removesuffix("".join(path.suffixes)) for path in paths
    }


def _tokens(name: str) -> list[Token]:
    """The words and numbers of a name: months as numbers, a day written in one number taken apart."""
    found: list[Token] = []
    for word in re.findall(r"\d+|[^\W\d_]+", name.casefold()):
        day = re.fullmatch(r"((?:19|20)\d\d)(\d\d)(\d\d)?", word)
        month = _month(word)
        if day:
            found += [int(part) for part in day.groups() if part]
        elif month:
            found.append(month)
        else:
            found.append(int(word) if word.isdigit() else word)
    return found


def _month(word: str) -> _Month | None:
    return next(
        (_Month(n) for n, month in enumerate(_MONTHS, 1) if word in (month, month[:3])), None
    )


def _is_year(token: Token) -> bool:
    return isinstance(token, int) and FIRST_YEAR <= token <= LAST_YEAR


def _before_the_year(tokens: list[Token]) -> list[int]:
    """The numbers that stand directly before a year: its month, or its day and month."""
    place = next((place for place, token in enumerate(tokens) if _is_year(token)), 0)
    own: list[int] = []
    while place > 0 and len(own) < 2 and isinstance(before := tokens[place - 1], int):
        own.insert(0, before)
        place -= 1
    return own


def _days_first(names: Iterable[list[Token]]) -> bool | None:
    """Is 01-02-2026 the first of February? None where the names leave it open."""
    pairs = [own for tokens in names if len(own := _before_the_year(tokens)) == 2]
    if any(first > 12 or isinstance(second, _Month) for first, second in pairs):
        return True
    if not pairs or any(second > 12 or isinstance(first, _Month) for first, second in pairs):
        return False
    return None


def _sortable(tokens: list[Token], days_first: bool) -> list[int]:
    """The numbers of a name, with a year before its month and that before its day."""
    own = _before_the_year(tokens)
    numbers = [token for token in tokens if isinstance(token, int)]
    if not own:
        return numbers
    year = next(place for place, token in enumerate(numbers) if _is_year(token))
    start = year - len(own)
    parts = own[::-1] if days_first else own
    return [*numbers[:start], numbers[year], *parts, *numbers[year + 1 :]]
