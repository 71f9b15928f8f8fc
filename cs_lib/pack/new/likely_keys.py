"""How the values of a proposed table are written: the keys that read its dates and amounts, by its first rows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from cs_lib.data.contract import tables
from cs_lib.data.contract.column_names import currency_in, speaks_of_cents
from cs_lib.data.contract.number_keys import number_keys
from cs_lib.data.contract.table_declaration import MILLIONTHS, MOMENTS, MONTH
from cs_lib.data.contract.word_meanings import MEANINGS
from cs_lib.data.sources.date_formats import formats_of
from cs_lib.data.sources.number_text import number_pattern
from cs_lib.data.sources.source_files import distinct_names
from cs_lib.edition import Source
from cs_lib.edition.spellings import ISO
from cs_lib.pack.new.likely_columns import Likely
from cs_lib.period import FIRST_YEAR, LAST_YEAR

#: what is read without a key
_PLAIN = (ISO, "%Y-%m")
#: so many values of a column are looked at
_MOST = 60
_AMOUNTS = ("mrr", "amount")
_TO_TEN, _ABOVE_FIVE = {str(n) for n in range(11)}, {str(n) for n in range(6, 11)}


def with_keys(
    likely: Likely, path: Path, names: Sequence[str], rows: Sequence[Sequence[str]]
) -> Likely:
    """The proposal with `date_format`, the keys of numbers and what words mean, where one reading fits every value
    seen."""
    own = distinct_names(names)
    formats: dict[str, str] = {}
    numbers: dict[str, str] = {}
    words: dict[str, dict[str, str]] = {}
    cents: list[str] = []
    for column, name in likely.columns.items():
        declared = tables.table(likely.table).column(column)
        if declared is None or name not in own:
            continue
        if meant := _meant(column, rows, own.index(name)):
            words[column] = meant
        values = tuple(_values(rows, own.index(name)))
        if declared.kind in MOMENTS:
            found = formats_of(
                values, (FIRST_YEAR, LAST_YEAR), months=declared.kind == MONTH, iso=True
            )
            form = _only(found) if values else None
            if form and form not in _PLAIN:
                formats[column] = form
        if declared.kind in MILLIONTHS:
            numbers |= _marks(values, Source(path=path.name))
            cents += [column] if speaks_of_cents(name) else []
    dates = [each for each in likely.columns if _is_moment(likely.table, each)]
    keys: dict[str, object] = dict(numbers)
    if cents:
        keys["cents"] = cents
    if words:
        keys["map"] = words
    if formats:
        keys["date_format"] = (
            formats[dates[0]] if [*formats] == dates and len(dates) == 1 else formats
        )
    constants = {**likely.values, **_constants(likely, own, rows)}
    remark = "" if cents else _open_cents(likely, own, rows)
    return replace(likely, keys={**likely.keys, **keys}, values=constants, remark=remark)


def _open_cents(likely: Likely, own: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A question where every amount is whole and large enough to be cents."""
    for column in _AMOUNTS:
        name = likely.columns.get(column)
        values = [*_values(rows, own.index(name))] if name in own else []
        given = [each for each in values if each.strip("0")]
        if given and all(each.isdigit() and len(each) > 2 for each in given):
            return (
                f"Amounts are whole, such as {given[0]}: if these are cents, add cents: [{column}]"
            )
    return ""


def _constants(likely: Likely, own: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """What every row shares: a currency in an amount's name, and NPS where answers go to 10."""
    found: dict[str, str] = {}
    amount = next((likely.columns[each] for each in _AMOUNTS if each in likely.columns), "")
    code = currency_in(amount)
    if code and "currency" not in likely.columns:
        found["currency"] = code
    if likely.table == "survey_responses":
        scores = set(_values(rows, own.index(likely.columns["score"])))
        if scores & _ABOVE_FIVE and scores <= _TO_TEN:
            found["instrument"] = "nps"
    return found


def _values(rows: Sequence[Sequence[str]], place: int) -> Iterator[str]:
    """What stands in a column of the first rows: of rows that have something beside it, with a digit in it."""
    cells = (row[place].strip() for row in rows if len(row) > place and sum(map(bool, row)) > 2)
    given = [each for each in cells if any(sign.isdigit() for sign in each)]
    yield from given[:_MOST]


def _meant(column: str, rows: Sequence[Sequence[str]], place: int) -> dict[str, str]:
    """What each word of a column means; nothing unless all of them are known."""
    known = MEANINGS.get(column, {})
    seen = dict.fromkeys(row[place].strip() for row in rows if len(row) > place)
    words = [each for each in seen if each and not each.isdigit()]
    told = {each: known[each.casefold()] for each in words if each.casefold() in known}
    return told if len(told) == len(words) else {}


def _only(found: Sequence[tuple[str, ...]]) -> str | None:
    """The one format that reads all; of two that differ by long and short names of months, the first."""
    forms = [each[0] for each in found if len(each) == 1]
    apart = {each.replace("%B", "%b") for each in forms}
    return forms[0] if len(forms) == len(found) and len(apart) == 1 else None


def _is_moment(table: str, column: str) -> bool:
    declared = tables.table(table).column(column)
    return declared is not None and declared.kind in MOMENTS


def _marks(values: tuple[str, ...], source: Source) -> dict[str, str]:
    """The keys with which all of the values are numbers; none where they are so already, or nothing helps."""
    plain = number_pattern(source.decimal, source.thousands)
    odd = tuple(each for each in values if not re.fullmatch(plain, each, re.ASCII))
    marked = any("." in each for each in values if each not in odd)
    return number_keys(odd, source, marked=marked, share=False) if odd else {}
