"""How an edition spells what its values mean: formats of dates, time zones, exchange rates."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from cs_lib.edition.scales import low_to_high
from cs_lib.params import Whole, not_a_switch

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
