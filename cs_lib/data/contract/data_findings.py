"""What there is to say about the data: a finding, and the words for a row that breaks a rule."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from cs_lib.data.contract import table_declaration as kinds
from cs_lib.vocabulary import MICROS

EXAMPLES = 5
#: the kinds of lines that never became a row: by DuckDB's name, and the one that Spark can tell
ENCODING, FIELDS = "INVALID ENCODING", "FIELDS"
BROKEN_QUOTES, WRONG_FIELDS = "broken quotes", "wrong number of fields"
QUOTES_TWICE = "Correct the export: inside quotes a quotation mark is written twice."


@dataclass(frozen=True)
class DataFinding:
    """Something the data's reader must know. An error stops the run, a warning travels with it; one that the edition
    calls right is known.

    `about` tells it from others of its rule: the column, the words or the day. `part` is the number of the source that it is of,
    where its table has several.
    """

    level: str
    table: str
    rule: str
    says: str
    rows: int = 0
    about: str = ""
    part: int = 0

    @property
    def name(self) -> str:
        """What the edition calls it under `known`."""
        return ", ".join(filter(None, (self.table, self.rule, self.about)))


@dataclass(frozen=True)
class RowLocation:
    """Where a row stands: a line of a file, or a row of a query's result; on Spark the file alone."""

    file: str
    line: int | None = None
    counts: str = "line"
    text: str = ""

    def __str__(self) -> str:
        if self.line is None:
            return self.file
        return f"{self.file}, {self.counts} {self.line}"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def only_first(rows: int, most: int) -> str:
    """A sentence on which rows were looked at, where it is not all of them."""
    return f" Only the first {most:,} of {rows:,} rows are looked at." if rows > most else ""


def having(number: int, noun: str) -> str:
    """ "1 row has", "3 rows have"."""
    return f"{counted(number, noun)} {'has' if number == 1 else 'have'}"


def shown_value(kind: str, value: Any) -> str | None:
    """A staged value as its source would write it; None where it is blank."""
    if value is None or value != value:
        return None
    if kind in kinds.MILLIONTHS:
        number = Decimal(int(value)) / MICROS
        return f"{number.quantize(1) if number == number.to_integral() else number.normalize():f}"
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return f"{value:%Y-%m-%d}" if midnight else value.isoformat(sep=" ")
    return str(value)


def with_others(first: str, places: list[RowLocation], rows: int) -> str:
    """The message of the first row, with how many more there are and where the next ones stand."""
    if rows == 1:
        return first
    if places[0].line is None:
        return f"{first} ({counted(rows, 'row')})"
    others = ", ".join(
        str(place.line) if place.file == places[0].file else f"{place.file} {place.line}"
        for place in places[1:]
    )
    more = f", then {places[0].counts} {others}" if others else ""
    end = ", …" if rows > len(places) else ""
    return f"{first} ({counted(rows, 'row')}{more}{end})"


def ragged_words(kind: str, message: str) -> tuple[str, str]:
    """The rule that a line breaks which never became a row, and the words for it."""
    if kind == ENCODING:
        return "not UTF-8", f"the text is not UTF-8. {message}"
    numbers = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
    if kind == FIELDS:
        says = f"not the {message} fields that the first line names"
    elif numbers:
        says = f"{numbers[2]} fields where the first line names {numbers[1]}"
    else:
        wrong = "a quotation mark is not closed, or text follows the closing one"
        return BROKEN_QUOTES, f"{wrong}. {QUOTES_TWICE}"
    return WRONG_FIELDS, (
        f"{says}. Correct the export: a value that holds the delimiter must stand in quotes."
    )
