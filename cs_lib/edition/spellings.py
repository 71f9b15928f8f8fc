"""How an edition spells what its values mean: formats of dates, time zones, exchange rates."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, cast

from pydantic import AfterValidator, BeforeValidator, Field

from cs_lib.params import Text, Whole, low_to_high, not_a_switch

#: date formats that are words, and the codes that a format may hold besides (DuckDB's)
ISO, EPOCH, EPOCH_MS, EXCEL = "iso", "epoch", "epoch_ms", "excel"
#: how a number below zero may be written instead of with a minus
PARENTHESES = "parentheses"
_CODES = re.compile(r"%(-?[dmyHIMSj]|[aAbBYpfgnzZ%])")


def _date_format(text: str) -> str:
    if text in (ISO, EPOCH, EPOCH_MS, EXCEL):
        return text
    unknown = re.search(r"%-?.?", _CODES.sub("", text))
    if unknown:
        raise ValueError(
            f"{unknown[0]} in {text!r} is not a code for a part of a date. Write a format such as "
            f'"%d/%m/%Y", or {EPOCH} for unix seconds, {EPOCH_MS} for milliseconds, or {EXCEL} for days'
        )
    if not (re.search("%-?[yY]", text) and re.search("%(-?[mj]|[bB])", text)):
        raise ValueError(
            f'{text!r} names no year and month. Write a format such as "%d/%m/%Y", or {ISO}, '
            f"{EPOCH}, {EPOCH_MS} or {EXCEL}"
        )
    return text


def _known_zone(value: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(value)
    except (ValueError, KeyError, OSError):
        raise ValueError(f"{value!r} is not a time zone such as Europe/Berlin") from None
    return value


DateFormats = tuple[Annotated[str, AfterValidator(_date_format)], ...]
Zone = Annotated[str, AfterValidator(_known_zone)]


def _exact_rate(value: Decimal) -> Decimal:
    """A rate that whole numbers of 128 bits can hold."""
    digits, exponent = value.normalize().as_tuple()[1:]
    if not isinstance(exponent, int) or len(digits) > 18 or not -18 <= exponent + len(digits) <= 12:
        raise ValueError(f"{value} is not a rate that can be used: write up to 18 digits of it")
    return value


Rate = Annotated[Decimal, BeforeValidator(not_a_switch), Field(gt=0), AfterValidator(_exact_rate)]
Year = Annotated[Whole, Field(ge=1, le=9998)]
Years = Annotated[tuple[Year, Year], AfterValidator(low_to_high)]


def _as_text(value: object) -> object:
    """A value of YAML as a file would have it: true for True, blank for null."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value if isinstance(value, str | dict) else str(value)


@dataclass(frozen=True)
class LeftOut:
    """Words of a column whose rows do not count; one that ends in * stands for all that begin so, one that begins with *
    for all that end so."""

    words: tuple[str, ...]


def _chosen(value: object) -> tuple[str, ...] | LeftOut:
    """The words whose rows count, or those of `{not: …}`, whose rows do not."""
    if isinstance(value, LeftOut):
        return value
    if isinstance(value, dict):
        if set(value) != {"not"}:
            raise ValueError(
                "write the words of rows that count, or {not: [words of those that do not]}"
            )
        return LeftOut(_texts(value["not"]))
    return _texts(value)


def _texts(value: object) -> tuple[str, ...]:
    words = value if isinstance(value, list | tuple) else [value]
    if not words or any(isinstance(each, list | dict) for each in words):
        raise ValueError("write one word or a list of them")
    texts = tuple(map(_as_text, words))
    return cast("tuple[str, ...]", texts)


def _words(value: object) -> object:
    """Words by column, each with its value as text; null stays, for no value."""
    if not isinstance(value, dict):
        return value
    return {
        name: {
            _as_text(word): own if own is None else _as_text(not_a_switch(own))
            for word, own in words.items()
        }
        if isinstance(words, dict)
        else words
        for name, words in value.items()
    }


def _each_once(words: dict[str, str | None]) -> dict[str, str | None]:
    alike = [each for each in words if [one.lower() for one in words].count(each.lower()) > 1]
    if alike:
        raise ValueError(f"{' and '.join(alike)} differ only by case, which does not count")
    return words


#: a value for every row of a table; what a column's words mean; values of a column that count
Constant = Annotated[Decimal | datetime | date | Text, BeforeValidator(not_a_switch)]
Words = Annotated[
    dict[str, Annotated[dict[str, str | None], AfterValidator(_each_once)]], BeforeValidator(_words)
]
Chosen = Annotated[tuple[str, ...] | LeftOut, BeforeValidator(_chosen)]
