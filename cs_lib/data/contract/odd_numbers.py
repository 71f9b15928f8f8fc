"""Numbers that no key reads, and the expression that makes plain ones of them: digits and a minus of other
scripts, a minus behind, thousands as a letter, two decimal marks in one column.

It is offered where it reads every value that was not read, and leaves those that were as they are.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

#: signs that stand for a minus, and that part digits in full width
_SIGNS = {"−": "-", "–": "-", "－": "-", "＋": "+", "．": ".", "，": ","}
_MIXED = re.compile(r"[+-]?([0-9]+|[0-9]{1,3}([,.][0-9]{3})*)([.,][0-9]{1,2})?")


@dataclass(frozen=True)
class Rewriting:
    """What is done to the values of a column: to one of them here, and as SQL to all."""

    value: Callable[[str], str]
    sql: Callable[[str], str]


def plain_numbers(
    values: tuple[str, ...], decimal: str, *, ambiguous: bool
) -> list[tuple[Rewriting, ...]]:
    """What may make numbers of all of the values, the least first; `ambiguous` says that some that were read
    have three digits behind their mark, of which nobody knows whether it parts thousands."""
    first = tuple(each for each in (_in_ascii(values), _minus_behind(values)) if each)
    after = tuple(applied(first, each) for each in values)
    ways = [first] if first else []
    if decimal == "." and any(re.search(r"[0-9] ?[kK]$", each) for each in after):
        ways.append((*first, _THOUSANDS))
    if not ambiguous and all(_MIXED.fullmatch(each) and not _unclear(each) for each in after):
        ways.append((*first, _last_mark(decimal)))
    return ways


def applied(ways: tuple[Rewriting, ...], value: str) -> str:
    for each in ways:
        value = each.value(value)
    return value


def as_sql(ways: tuple[Rewriting, ...], name: str) -> str:
    for each in ways:
        name = each.sql(name)
    return name


def _in_ascii(values: tuple[str, ...]) -> Rewriting | None:
    """Digits of another script, full width, and a minus that is none of ASCII's."""
    odd = {sign: plain for each in values for sign in each if (plain := _plain(sign)) is not None}
    if not odd:
        return None
    before, after = "".join(odd), "".join(odd.values())
    table = str.maketrans(before, after)
    return Rewriting(
        lambda value: value.translate(table),
        lambda name: f"translate({name}, '{before}', '{after}')",
    )


def _plain(sign: str) -> str | None:
    if sign.isascii():
        return None
    digit = unicodedata.digit(sign, None)
    return _SIGNS.get(sign) if digit is None or not sign.isdecimal() else str(digit)


def _minus_behind(values: tuple[str, ...]) -> Rewriting | None:
    if not any(re.search(r"[0-9]\s*-$", each) for each in values):
        return None
    return Rewriting(
        lambda value: re.sub(r"^(.*?)\s*-$", r"-\1", value),
        lambda name: (
            f"CASE WHEN {name} LIKE '%-' THEN '-' || trim(replace({name}, '-', '')) ELSE {name} END"
        ),
    )


def _in_units(value: str) -> str:
    return re.sub(r"\s*[kK]$", "", value)


#: 1.2k is 1,200
_THOUSANDS = Rewriting(
    _in_units,
    lambda name: (
        f"CAST(replace(lower({name}), 'k', '') AS DECIMAL(24, 6)) * CASE WHEN lower({name}) LIKE '%k' THEN 1000 ELSE 1 END"
    ),
)


def _unclear(value: str) -> bool:
    """Whether the only mark of a number has three digits behind it."""
    return re.fullmatch(r"[+-]?[0-9]{1,3}[.,][0-9]{3}", value) is not None


def _last_mark(decimal: str) -> Rewriting:
    """The mark with one or two digits behind it is the decimal one, whichever it is."""
    other = {".": ",", ",": "."}[decimal]

    def value(text: str) -> str:
        if re.search(rf"{re.escape(other)}[0-9]{{1,2}}$", text):
            return text.replace(decimal, "").replace(other, decimal)
        return text.replace(other, "")

    return Rewriting(
        value,
        lambda name: (
            f"CASE WHEN {name} LIKE '%{other}__' OR {name} LIKE '%{other}_' THEN "
            f"replace(replace({name}, '{decimal}', ''), '{other}', '{decimal}') ELSE replace({name}, '{other}', '') END"
        ),
    )
