"""Names that are one name written in two ways: of a country, of a person, or by their spelling."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache

from babel import Locale

#: what countries are called beside their code and their name
_COUNTRIES = {
    "usa": "US", "u.s.": "US", "u.s.a.": "US", "united states of america": "US", "america": "US", "uk": "GB",
    "u.k.": "GB", "great britain": "GB", "gbr": "GB", "deu": "DE", "deutschland": "DE", "fra": "FR", "esp": "ES",
    "españa": "ES", "ita": "IT", "italia": "IT", "nld": "NL", "the netherlands": "NL", "holland": "NL", "aut": "AT",
    "österreich": "AT", "che": "CH", "schweiz": "CH", "can": "CA", "aus": "AU", "jpn": "JP", "bra": "BR", "brasil": "BR",
    "ind": "IN", "mex": "MX", "swe": "SE", "pol": "PL", "czech republic": "CZ", "turkey": "TR", "uae": "AE",
}  # fmt: skip


def one_name(values: Iterable[str], way: Callable[[str], str | None]) -> list[list[str]]:
    """The values that are one by such a way of seeing them, where there are several; None is no such name."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for value in values:
        if (name := way(value)) is not None:
            alike[name].append(value)
    return [each for each in alike.values() if len(each) > 1]


def turned_name(value: str) -> str | None:
    """A person's name with the family name last: Lopez, Ana is Ana Lopez."""
    parts = re.fullmatch(r"([^\W\d]+(?:[ -][^\W\d]+)?), ?([^\W\d]+)", value.strip())
    name = f"{parts[2]} {parts[1]}" if parts else value.strip()
    return name.casefold() if re.fullmatch(r"[^\W\d]+(?:[ -][^\W\d]+)+", name) else None


def may_be_countries(values: Iterable[str]) -> bool:
    """Whether any of them is a code of two letters, or what a country is called beside its name."""
    return any(re.fullmatch("[A-Z]{2}", each) or each.strip().casefold() in _COUNTRIES for each in values)  # fmt: skip


def country(value: str) -> str | None:
    """The code of the country that a value names."""
    name = value.strip().casefold()
    return _COUNTRIES.get(name) or _by_name().get(name)


@cache
def _by_name() -> dict[str, str]:
    """Each country by its code and by its English name."""
    names = {code: name for code, name in Locale("en").territories.items() if code.isalpha() and len(code) == 2}  # fmt: skip
    return {**{name.casefold(): code for code, name in names.items()}, **{code.casefold(): code for code in names}}  # fmt: skip
