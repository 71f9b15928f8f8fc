"""How long a term is that a column speaks of: by a word, a letter, a number of months, or as ISO 8601 writes it."""

import re
from collections.abc import Iterable

from cs_lib.data.sources.headers import folded

#: months of what stands for a term, folded; a week is less than one
_WORDS = {
    "week": 0, "weekly": 0, "weeks": 0, "month": 1, "monthly": 1, "months": 1, "quarter": 3, "quarterly": 3,
    "year": 12, "yearly": 12, "years": 12, "annual": 12, "annually": 12, "permonth": 1, "peryear": 12, "1month": 1,
    "3months": 3, "6months": 6, "12months": 12, "24months": 24, "1year": 12, "2years": 24, "semiannual": 6,
    "halfyearly": 6, "biennial": 24, "monatlich": 1, "vierteljährlich": 3, "jährlich": 12, "mensuel": 1, "annuel": 12,
    "mensual": 1, "anual": 12, "mensile": 1, "annuale": 12, "maandelijks": 1, "jaarlijks": 12,
    "everymonth": 1, "everyyear": 12, "every3months": 3, "every6months": 6, "every12months": 12, "onemonth": 1,
    "oneyear": 12, "trimestriel": 3, "trimestral": 3, "trimestrale": 3, "semestriel": 6, "semestral": 6,
}  # fmt: skip
#: the same in short, which other columns use for other things: so long as each of a column's words is one
_SHORT = {"w": 0, "wk": 0, "m": 1, "mo": 1, "mon": 1, "mth": 1, "q": 3, "qtr": 3, "h": 6, "y": 12, "yr": 12, "a": 12, "ann": 12}  # fmt: skip
_NUMBERS = (1, 3, 6, 12, 24, 36, 48, 60)
_ISO = re.compile(r"p(\d{1,2})(w|m|y)")
_IN_MONTHS = {"w": 0, "m": 1, "y": 12}


def months_of_terms(words: Iterable[str]) -> dict[str, int]:
    """Each word of a column that names a term, with its months; letters and numbers where every word is one."""
    given = list(words)
    found = {each: months for each in given if (months := _by_word(folded(each))) is not None}
    if found:
        return found
    for way in (_by_letter, _by_number):
        short = {each: months for each in given if (months := way(each)) is not None}
        if len(short) == len(given) and len(set(short.values())) > 1:
            return short
    return {}


def _by_word(plain: str) -> int | None:
    if iso := _ISO.fullmatch(plain):
        return int(iso[1]) * _IN_MONTHS[iso[2]]
    return _WORDS.get(plain)


def _by_letter(word: str) -> int | None:
    return _SHORT.get(folded(word))


def _by_number(word: str) -> int | None:
    months = re.fullmatch(r"(\d{1,2})(?:\.0+)?", word.strip())
    return int(months[1]) if months and int(months[1]) in _NUMBERS else None
