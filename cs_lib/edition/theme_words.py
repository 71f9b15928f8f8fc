"""The dictionary of what comments are about: themes, each with the words that name it."""

import re
from typing import Annotated

from pydantic import AfterValidator

from cs_lib.params import Text

#: what stands between words, alike to Python, DuckDB and Spark (and no-break blanks, which only Python sees)
BETWEEN = "[\\s\u00a0\u202f.,;:!?()\\[\\]{}\"'`´’‘“”„«»<>/\\\\|&%+=~^$…–—_*#@-]+"
#: begins or ends a word with any letters
STAR = "*"


def plain(text: str) -> str:
    """Text as it is compared: small letters, with one blank between words.

    >>> plain("Too  EXPENSIVE, really!")
    'too expensive really'
    """
    return re.sub(BETWEEN, " ", text.lower()).strip()


def pattern(words: tuple[str, ...]) -> str:
    """A regular expression for any of the words in plain text with a blank at either end.

    >>> pattern(("too slow", "cost*"))
    ' (?:cost[^ ]*|too slow) '
    """
    return f" (?:{'|'.join(sorted(map(_compared, words)))}) "


def _compared(word: str) -> str:
    text = word.strip()
    begins, ends = ("[^ ]*" if star else "" for star in (text[0] == STAR, text[-1] == STAR))
    return f"{begins}{plain(text)}{ends}"


def _usable(themes: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    for name, words in themes.items():
        if not name.isprintable():
            raise ValueError(f"{name!r} cannot stand in a table: give the theme a name of one line")
        if not words:
            raise ValueError(f"{name}: name at least one word, as in [price, expensive, cost*]")
        for word in words:
            if not plain(word):
                raise ValueError(
                    f"{name}: {word!r} holds no word. A star at an end of one stands for any letters, as in "
                    "expens*"
                )
    return themes


Themes = Annotated[dict[Text, tuple[Text, ...]], AfterValidator(_usable)]
