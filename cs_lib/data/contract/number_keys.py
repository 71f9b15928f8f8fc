"""Which keys of the edition make numbers of values that were not read as numbers."""

import re
from decimal import Decimal, InvalidOperation

from cs_lib.data.sources import number_text
from cs_lib.edition import Source
from cs_lib.edition.spellings import PARENTHESES

#: what may be the sign of a currency: no digit of any script, no minus, and no k for thousands
_SIGN = r"(?![kK]$)[^\d\s.,+\-−–－'’()%]{1,3}"
#: the keys that may read a number, tried in this order
_MARKS: tuple[dict[str, str], ...] = (
    {},
    {"thousands": ","},
    {"decimal": ","},
    {"thousands": " "},
    {"thousands": "'"},
    {"thousands": " ", "decimal": ","},
    {"thousands": "'", "decimal": ","},
)


def number_keys(
    values: tuple[str, ...], source: Source, *, marked: bool, share: bool
) -> dict[str, str]:
    """The keys that the source needs beside its own so that all of the values are numbers."""
    shapes: dict[str, str] = {}
    if any("(" in each for each in values) and not source.negative:
        shapes["negative"] = PARENTHESES
    if share and any(each.endswith("%") for each in values) and not source.percent:
        shapes["percent"] = "true"
    signs = {found[0] for each in values for found in [re.search(_SIGN, each)] if found}
    for sign in (None, *sorted(signs)):
        for marks in _MARKS:
            keys = {**shapes, **marks, **({"currency_sign": sign} if sign else {})}
            point = keys.get("decimal", source.decimal)
            if point != source.decimal and (marked or keys.get("thousands") == "."):
                continue
            if keys and all(_fits(each, keys, source, share=share) for each in values):
                return keys
    return {}


def _fits(value: str, keys: dict[str, str], source: Source, *, share: bool) -> bool:
    point = keys.get("decimal", source.decimal)
    between = keys.get("thousands", source.thousands) or ("." if point == "," else None)
    if between == point:
        return False
    pattern = number_text.number_pattern(point, between)
    return bool(re.fullmatch(pattern, _bare(value, keys, source, share=share), re.ASCII))


def _bare(value: str, keys: dict[str, str], source: Source, *, share: bool) -> str:
    """The text without what stands around its digits."""
    negative = keys.get("negative", source.negative)
    value = _without_parentheses(value) if negative else value
    sign = keys.get("currency_sign", source.currency_sign)
    if sign:
        own = re.escape(sign)
        value = re.sub(rf"^([+-]?) *{own} *(?=[^ ])|(?<=[^ ]) *{own}$", r"\1", value, count=1)
        value = _without_parentheses(value) if negative else value
    if share and ("percent" in keys or source.percent):
        value = value.removesuffix("%").rstrip()
    return value


def number_of(value: str, source: Source) -> Decimal | None:
    """The number that a text is by the source's own keys."""
    if not _fits(value, {}, source, share=False):
        return None
    between = source.thousands or ("." if source.decimal == "," else "")
    plain = _bare(value, {}, source, share=False).replace(between, "").replace(source.decimal, ".")
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def _without_parentheses(value: str) -> str:
    return re.sub(r"^\((.+)\)$", r"-\1", value)
