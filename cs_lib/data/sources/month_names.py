"""Months by their names in the languages of Europe, as babel knows them: janv. 2026, 3. März 2026, Sept 26.

A format of dates asks for English names, short (%b) or whole (%B); a name of any of the languages is read for either.
"""

import re
import unicodedata
from functools import cache

from cs_lib.data.engines.dialect import DuckDB

#: in none of these does a name mean another month than in the others; Croatian has such names
LANGUAGES = (
    "en", "de", "de_AT", "fr", "fr_CA", "es", "it", "nl", "pt", "sv", "da", "nb", "fi", "pl", "cs",
)  # fmt: skip
_SHORT, _WHOLE = "%b", "%B"
#: a word that may be a name: `de` of 3 de enero is none
_WORD, _SQL_WORD = r"[^\W\d_]{3,}", r"\p{L}{3,}"


def names_a_month(date_format: str) -> bool:
    return _SHORT in date_format or _WHOLE in date_format


@cache
def month_words() -> dict[str, int]:
    """Each name in small letters and without the point of an abbreviation, with and without accents: its month."""
    from babel.dates import get_month_names

    found: dict[str, int] = {}
    for language in LANGUAGES:
        for width in ("abbreviated", "wide"):
            for context in ("format", "stand-alone"):
                for month, name in get_month_names(width, context, language).items():
                    word = name.lower().rstrip(".")
                    found |= {word: month, _without_accents(word): month}
    return found


def _without_accents(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word)
    return "".join(each for each in apart if not unicodedata.combining(each))


def in_english(text: str, date_format: str) -> str:
    """The text with its first word in English, where that is the name of a month and the format asks for one."""
    word = re.search(_WORD, text) if names_a_month(date_format) else None
    month = month_words().get(word[0].lower()) if word else None
    if not (word and month):
        return text
    return text.replace(f"{word[0]}.", word[0]).replace(word[0], _english(date_format)[month])


def in_english_sql(text: str, date_format: str, dialect: DuckDB) -> str:
    """The same as SQL, for a format that names a month; null where the first word is no month's name."""
    found = dialect.extract(text, _SQL_WORD, 0)
    english = _english(date_format)
    # looked up in one text: a CASE would repeat the expression of the value for each month
    names = "".join(f"|{word}={english[month]:<9}" for word, month in month_words().items())
    known = dialect.literal(names)
    place = f"nullif(instr({known}, concat('|', lower({found}), '=')), 0)"
    name = f"rtrim(substr({known}, {place} + length({found}) + 2, 9))"
    return f"replace(replace({text}, {found} || '.', {found}), {found}, {name})"


@cache
def _english(date_format: str) -> dict[int, str]:
    """The twelve names that a format reads."""
    from babel.dates import get_month_names

    names = get_month_names("wide" if _WHOLE in date_format else "abbreviated", "format", "en")
    return dict(names.items())
