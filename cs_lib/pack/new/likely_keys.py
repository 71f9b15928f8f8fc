"""How the values of a proposed table are written: the keys that read its dates and amounts, by its first rows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from cs_lib.data.contract import tables
from cs_lib.data.contract.number_keys import number_keys
from cs_lib.data.contract.table_declaration import MILLIONTHS, MOMENTS, MONTH
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


def with_keys(
    likely: Likely, path: Path, names: Sequence[str], rows: Sequence[Sequence[str]]
) -> Likely:
    """The proposal with `date_format` and the keys of numbers, where one reading fits every value seen."""
    own = distinct_names(names)
    formats: dict[str, str] = {}
    numbers: dict[str, str] = {}
    for column, name in likely.columns.items():
        declared = tables.table(likely.table).column(column)
        if declared is None or name not in own:
            continue
        values = tuple(_values(rows, own.index(name)))
        if declared.kind in MOMENTS:
            found = formats_of(
                values, (FIRST_YEAR, LAST_YEAR), months=declared.kind == MONTH, iso=True
            )
            if values and len(found) == 1 == len(found[0]) and found[0][0] not in _PLAIN:
                formats[column] = found[0][0]
        if declared.kind in MILLIONTHS:
            numbers |= _marks(values, Source(path=path.name))
    dates = [each for each in likely.columns if _is_moment(likely.table, each)]
    keys: dict[str, object] = dict(numbers)
    if formats:
        keys["date_format"] = (
            formats[dates[0]] if [*formats] == dates and len(dates) == 1 else formats
        )
    return replace(likely, keys={**likely.keys, **keys})


def _values(rows: Sequence[Sequence[str]], place: int) -> Iterator[str]:
    """What stands in a column of the first rows: of rows that have something beside it, with a digit in it."""
    cells = (row[place].strip() for row in rows if len(row) > place and sum(map(bool, row)) > 2)
    given = [each for each in cells if any(sign.isdigit() for sign in each)]
    yield from given[:_MOST]


def _is_moment(table: str, column: str) -> bool:
    declared = tables.table(table).column(column)
    return declared is not None and declared.kind in MOMENTS


def _marks(values: tuple[str, ...], source: Source) -> dict[str, str]:
    """The keys with which all of the values are numbers; none where they are so already, or nothing helps."""
    plain = number_pattern(source.decimal, source.thousands)
    odd = tuple(each for each in values if not re.fullmatch(plain, each, re.ASCII))
    marked = any("." in each for each in values if each not in odd)
    return number_keys(odd, source, marked=marked, share=False) if odd else {}
