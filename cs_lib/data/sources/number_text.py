"""How the text of a number becomes one: the SQL that takes away its signs and reads its digits, or nothing;
and how a number is written as text."""

import re
from collections.abc import Callable
from decimal import Decimal

from cs_lib.data.contract import table_declaration as kinds
from cs_lib.data.engines.dialect import DuckDB
from cs_lib.edition import Source

DECIMAL = "DECIMAL(24, 6)"
#: kinds of column in which a number may be a share of a hundred: money and counts are none
SHARES = (kinds.SCORE, kinds.NUMBER)
#: the mark between thousands, in its spellings
_SPELLED_THOUSANDS = {",": ",", ".": ".", " ": " \u00a0\u202f", "'": "'\u2019"}
Step = Callable[[str], str]


def steps(source: Source, dialect: DuckDB) -> list[Step]:
    """What is taken from the text of a number before its digits are read, in this order: parentheses
    that mean a minus, the currency's sign, and parentheses that stood behind it."""

    def without_parentheses(value: str) -> str:
        inner = dialect.replaced(value, r"^\( *([^ ]|[^ ].*[^ ]) *\)$", "-", 1)
        return f"CASE WHEN {value} LIKE '(%' THEN {inner} ELSE {value} END"

    def without_sign(value: str) -> str:
        return _without_sign(value, source.currency_sign or "", dialect)

    around: list[Step] = [without_parentheses] if source.negative else []
    return [*around, without_sign, *around] if source.currency_sign else around


def _without_sign(value: str, sign: str, dialect: DuckDB) -> str:
    """The text without a currency sign before or behind it, once. Most have it before: that is quickly seen."""
    own = re.escape(sign)
    around = rf"^([+-]?) *{own} *([^ ].*)$|^(.*[^ ]) *{own}$"
    bare = f"trim({dialect.replaced(value, around, '', 1, 2, 3)})"
    literal, behind = dialect.literal, len(sign) + 1
    quick = ""
    if not re.search(r"[%_\\]", sign):
        blank, rest = f"{value} LIKE {literal(sign + ' %')}", f"substr({value}, {behind})"
        quick = (
            f"WHEN {value} LIKE {literal(sign + '%')} THEN CASE WHEN {blank} THEN ltrim({rest}) ELSE {rest} END "
            f"WHEN {value} LIKE {literal('-' + sign + '%')} THEN '-' || ltrim(substr({value}, {behind + 1})) "
        )
    return f"CASE {quick}WHEN contains({value}, {literal(sign)}) THEN {bare} ELSE trim({value}) END"


def decimal(value: str, source: Source, dialect: DuckDB, *, share: bool) -> str:
    """An exact decimal of text; of one that may be a `share`, a percentage is its hundredth."""
    if not share:
        return _plain_decimal(value, source, dialect)
    is_share = f"right({value}, 1) = '%'"
    number = f"CASE WHEN {is_share} THEN trim(left({value}, length({value}) - 1)) ELSE {value} END"
    read = _plain_decimal(number, source, dialect)
    return f"{read} * CASE WHEN {is_share} THEN 0.01 ELSE 1 END"


def _plain_decimal(value: str, source: Source, dialect: DuckDB) -> str:
    """An exact decimal of text that holds digits and their marks alone."""
    grouped = source.thousands or ("." if source.decimal == "," else None)
    if grouped is None:
        value = f"CASE WHEN NOT contains({value}, '_') THEN {value} END"
    else:
        fits = dialect.whole(value, number_pattern(source.decimal, grouped))
        plain = value
        for mark in _SPELLED_THOUSANDS[grouped]:
            plain = f"replace({plain}, {dialect.literal(mark)}, '')"
        if source.decimal != ".":
            plain = f"replace({plain}, {dialect.literal(source.decimal)}, '.')"
        value = f"CASE WHEN {fits} THEN {plain} END"
    return f"TRY_CAST({value} AS {DECIMAL})"


def number_pattern(decimal: str, thousands: str | None) -> str:
    """What a number looks like as text, with these marks."""
    parted = rf"\d{{1,3}}([{_SPELLED_THOUSANDS[thousands]}]\d{{3}})+|" if thousands else ""
    return rf"[+-]?({parted}\d+)([{decimal}]\d+)?"


def written(number: float, source: Source) -> str:
    """A number with the source's decimal mark and no exponent: 5.0 is 5."""
    whole = (
        int(number) if number == number and abs(number) < 2**63 and number == int(number) else None
    )
    text = str(whole) if whole is not None else f"{Decimal(repr(number)):f}"
    return text.replace(".", source.decimal)
