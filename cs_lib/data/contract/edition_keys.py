"""Keys of the edition as a remedy writes them, in YAML: words that count, that do not, that mean a value or none."""

import re
from collections.abc import Iterable

from cs_lib.edition import Source

#: what to do where a finding is right as it is: its name stands in the list that `check` ends with
SAY_SO = "say so under known"


def empty_words(words: Iterable[str]) -> str:
    """The key `empty` with these words, as YAML."""
    return f"empty: [{', '.join(map(quoted, words))}]"


def mapped(column: str, words: dict[str, str | None], source: Source) -> str:
    """The key `map` with what these words of a column mean, beside what it says of the column already."""
    said = {**source.words(column), **words}
    pairs = (f"{quoted(word)}: {value or 'null'}" for word, value in said.items())
    return f"map: {{{column}: {{{', '.join(pairs)}}}}}"


def left_out(column: str, words: Iterable[str]) -> str:
    """The key `where` with the words of rows that do not count, as YAML."""
    return f"where: {{{_key(column)}: {{not: [{', '.join(map(quoted, _each_once(words)))}]}}}}"


def quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


def kept(column: str, words: Iterable[str]) -> str:
    """The key `where` with the words that count, as YAML."""
    return f"where: {{{_key(column)}: [{', '.join(map(quoted, _each_once(words)))}]}}"


def _each_once(words: Iterable[str]) -> Iterable[str]:
    """The words without those that differ from another by case alone, which `where` does not look at."""
    alike: dict[str, str] = {}
    for each in words:
        alike.setdefault(each.strip().lower(), each)
    return alike.values()


def _key(column: str) -> str:
    return column if re.fullmatch(r"[A-Za-z_][\w ]*", column) else quoted(column)
