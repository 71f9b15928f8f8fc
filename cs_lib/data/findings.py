"""What there is to say about the data: a finding, and the words for a row that breaks a rule."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cs_lib.data import tables as contract
from cs_lib.data.tables import MICROS, Column

EXAMPLES = 5
#: the kinds of lines that never became a row: by DuckDB's name, and the one that Spark can tell
ENCODING, FIELDS = "INVALID ENCODING", "FIELDS"
BROKEN_QUOTES = "broken quotes"


@dataclass(frozen=True)
class Finding:
    """Something the data's reader must know. An error stops the run, a warning travels with it."""

    level: str
    table: str
    rule: str
    says: str
    rows: int = 0


@dataclass(frozen=True)
class Place:
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


def shown_value(kind: str, value) -> str | None:
    """A staged value as its source would write it; None where it is blank."""
    if value is None or value != value:
        return None
    if kind in contract.MILLIONTHS:
        number = Decimal(int(value)) / MICROS
        return f"{number.quantize(1) if number == number.to_integral() else number.normalize():f}"
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return f"{value:%Y-%m-%d}" if midnight else value.isoformat(sep=" ")
    return str(value)


def with_others(first: str, places: list[Place], rows: int) -> str:
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


def unreadable(column: Column, value: str, source) -> tuple[str, str]:
    """Why a value could not be read, and the remedy that fits its shape."""
    if column.kind in contract.MOMENTS:
        what = "a month such as 2026-06" if column.kind == contract.MONTH else "a date"
        return f"is not {what}", _date_remedy(value, source.date_format)
    if column.kind == contract.INTEGER:
        return "is not a whole number", "Correct the export."
    return "is not a number", _number_remedy(value, source.decimal)


def _number_remedy(value: str, decimal: str) -> str:
    if decimal == "." and re.fullmatch(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+", value):
        return 'Set decimal: "," for this table, or correct the export.'
    if decimal == "," and re.fullmatch(r"[+-]?\d[\d,]*\.\d+", value):
        return 'Leave out decimal: "," for this table, or correct the export.'
    if re.fullmatch(r"[+-]?\d{1,3}([,' \u00a0\u202f]\d{3})+(\.\d+)?", value):
        return "Export it without thousands separators."
    if re.fullmatch(r"[+-]?[\d.,]+\s?[^\d\s.,]{1,3}|[^\d\s.,+-]{1,3}\s?[+-]?[\d.,]+", value):
        return "Export it without the currency or unit sign."
    return "Correct the export."


_DATE_SHAPES = (
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y or %m/%d/%Y"),
    (r"\d{1,2}-\d{1,2}-\d{4}", "%d-%m-%Y or %m-%d-%Y"),
    (r"\d{8}", "%Y%m%d"),
)


def _date_remedy(value: str, date_format: str | None) -> str:
    if date_format:
        return f'It does not fit this table\'s date_format: "{date_format}". Correct one of them.'
    for shape, example in _DATE_SHAPES:
        if re.fullmatch(shape, value):
            return f'Set date_format: "{example}" for this table, or correct the export.'
    if re.match(r"\d", value):
        return "Write it as 2026-06-30, or set date_format for this table."
    return "Correct the export."


def ragged_words(kind: str, message: str) -> tuple[str, str]:
    """The rule that a line breaks which never became a row, and the words for it."""
    if kind == ENCODING:
        return "not UTF-8", f"the text is not UTF-8. {message}"
    if kind == FIELDS:
        return "wrong number of fields", (
            f"not the {message} fields that the first line names. Correct the export: a value "
            "that holds the delimiter must stand in quotes."
        )
    counted = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
    if counted:
        expected, found = counted.groups()
        return "wrong number of fields", (
            f"{found} fields where the first line names {expected}. Correct the export: a value "
            "that holds the delimiter must stand in quotes."
        )
    return BROKEN_QUOTES, (
        "a quotation mark is not closed, or text follows the closing one. Correct the export: "
        "inside quotes a quotation mark is written twice."
    )
