"""Sheets of Excel workbooks, as text that says what the cells hold, with the numbers of their rows."""

import zlib
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from cs_lib.data.contract import table_declaration as kinds
from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.sources import number_text
from cs_lib.data.sources.headers import MOST_TITLES, alike_in_all, folded, named_further_down
from cs_lib.data.sources.source_files import Files, Layout, distinct_names
from cs_lib.data.sources.spool_files import new_file
from cs_lib.data.sources.workbook_errors import Cell, failed_cells
from cs_lib.edition import Source
from cs_lib.errors import DataError, did_you_mean

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

#: a workbook keeps so many digits of a number; those behind them are lost where it was written
_EXACT = 10**15
_ROWS_A_BATCH = 50_000
ROW_NUMBERS = ".rows"
Value = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True)
class Sheet:
    """The rows of a sheet, blank ones left out: a copy as Parquet, and the names of its columns.

    `start` are its first rows; `failed` the cells that a formula failed in, or whose digits are lost: the
    number of the row, the column, and what it holds.
    """

    name: str
    copy: Path
    layout: Layout
    start: tuple[tuple[int, str], ...]
    failed: tuple[tuple[int, str, str], ...]


def as_read(
    files: Files, table: Table, source: Source, wanted: Iterable[str], *, spool: Path
) -> tuple[Files, tuple[Layout, ...]]:
    """The workbooks with copies of their sheets, which the engine reads in their place, and how each is
    laid out; the wanted columns have one spelling in all."""
    pairs = zip(files.read, files.all_shown, strict=True)
    sheets = [_read_sheet(path, shown, source, spool) for path, shown in pairs]
    files = replace(
        files, read=tuple(each.copy for each in sheets), sheets=tuple(each.name for each in sheets)
    )
    wanted = tuple(wanted)
    for sheet, shown in zip(sheets, files.all_shown, strict=True):
        _refuse_title(sheet, shown, wanted)
        _refuse_failed(sheet, shown, table, source, wanted)
    return files, alike_in_all([each.layout for each in sheets], wanted)


def all_rows(path: Path, shown: str) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Each sheet of a workbook that can be seen and holds anything, with its rows as text, blank ones among them."""
    book, plain = _opened(path.read_bytes(), shown), Source(path=shown)
    for name in _seen(book):
        sheet = book.get_sheet_by_name(name)
        if sheet.start is not None:
            yield name, ([_text(cell, plain) for cell in row] for row in sheet.iter_rows())


def row_numbers(copy: Path) -> array:
    """For each row of a copy, its number in the sheet."""
    numbers = array("q")
    numbers.frombytes(copy.with_suffix(ROW_NUMBERS).read_bytes())
    return numbers


def _refuse_title(sheet: Sheet, shown: str, wanted: tuple[str, ...]) -> None:
    found = named_further_down("\n".join(text for _, text in sheet.start), wanted)
    if found:
        row = sheet.start[found - 1][0]
        raise DataError(
            f"{shown}, row {row}: this row names the columns, and what stands above it is no part of the "
            f"table. Set skip: {row - 1} for this table, or take the rows above it out of the sheet."
        )


def _refuse_failed(
    sheet: Sheet, shown: str, table: Table, source: Source, wanted: tuple[str, ...]
) -> None:
    """DataError for a cell that is not what was meant, in a column whose text would count as it stands.
    Of dates and numbers the check says which cannot be read."""
    named = {folded(each) for each in wanted}
    spoken = " ".join(source.columns.values())
    typed = {
        folded(source.columns.get(each.name, each.name))
        for each in table.columns
        if each.kind not in kinds.WORDS
    }
    for row, column, text in sheet.failed:
        own = folded(column)
        in_use = own in named - typed or (own not in named and column in spoken)
        if in_use and text not in source.empty:
            is_number = not text.startswith("#")
            what = (
                f"{text} has more digits than a workbook keeps of a number. Write the column as text"
                if is_number
                else f'a formula failed here: {text}. Correct it, or set empty: ["{text}"] for this table'
            )
            raise DataError(f"{shown}, row {row}, column {column}: {what}.")


def _read_sheet(path: Path, shown: str, source: Source, spool: Path) -> Sheet:
    """The sheet of a workbook that the source names, or its only visible one."""
    from python_calamine import CalamineError

    content = path.read_bytes()
    book = _opened(content, shown)
    name = _name_of_sheet(book, shown, source.sheet)
    try:
        rows = book.get_sheet_by_name(name)
        failed = failed_cells(content, name)
    except (
        ValueError,
        KeyError,
        ParseError,
        BadZipFile,
        zlib.error,
        CalamineError,
    ) as error:
        raise DataError(
            f"{shown}, sheet {name}: it cannot be read: {error}. Save it again as .xlsx."
        ) from None
    return _copied(rows, failed, name, f"{shown}, sheet {name}", source, spool)


def _opened(content: bytes, shown: str) -> "CalamineWorkbook":
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        return CalamineWorkbook.from_filelike(BytesIO(content))
    except PasswordError:
        raise DataError(f"{shown}: the workbook has a password. Save it without one.") from None
    except (CalamineError, OSError) as error:
        raise DataError(
            f"{shown}: this is no Excel workbook that can be read ({error}). Save it again as .xlsx."
        ) from None


def _name_of_sheet(book: "CalamineWorkbook", shown: str, asked: str | None) -> str:
    """The sheet that is asked for by its name in any case, else the only one that can be seen."""
    from python_calamine import SheetTypeEnum

    names = [each.name for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    if asked is not None:
        found = [name for name in names if name.casefold() == asked.strip().casefold()]
        if not found:
            near = did_you_mean(asked, names)
            raise DataError(f"{shown}: the workbook has no sheet {asked}. {near}")
        return found[0]
    seen = _seen(book)
    if len(seen) != 1:
        listed = ", ".join(seen or names)
        raise DataError(
            f'{shown}: the workbook has {len(seen)} sheets: {listed}. Say which one: sheet: "{(seen or names)[0]}".'
        )
    return seen[0]


def _seen(book: "CalamineWorkbook") -> list[str]:
    """The sheets that can be seen."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    shown = (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)
    return [each.name for each in book.sheets_metadata if (each.typ, each.visible) == shown]


def _copied(
    rows: "CalamineSheet",
    errors: dict[Cell, str],
    name: str,
    shown: str,
    source: Source,
    spool: Path,
) -> Sheet:
    import pyarrow as pa
    import pyarrow.parquet as pq

    filled = _without_footer(_filled(rows, errors, source.skip), source.footer)
    tops = list(islice(filled, source.header_rows))
    if not tops:
        raise DataError(f"{shown}: there are no rows, of which the first names the columns.")
    top = tops[-1][0]
    header = tuple(_name(cells, source) for cells in zip(*(own for _, own in tops), strict=True))
    names = distinct_names(header)
    left = rows.start[1] if rows.start else 0
    failed: list[tuple[int, str, str]] = []
    numbers, start = array("q"), [(top + 1, _line(header))]
    copy = new_file(spool, ".parquet")
    schema = pa.schema([(name, pa.string()) for name in names])
    with pq.ParquetWriter(copy, schema) as writer:
        while batch := list(islice(filled, _ROWS_A_BATCH)):
            numbers.extend(row + 1 for row, _ in batch)
            failed += [(row + 1, *lost) for row, cells in batch for lost in _lost(cells, names)]
            texts = [
                [_text(cell, source) or None for cell in column]
                for column in zip(*(cells for _, cells in batch), strict=True)
            ]
            if len(start) == 1:
                top_rows = zip(*(column[:MOST_TITLES] for column in texts), strict=True)
                start += [
                    (row + 1, _line(own)) for (row, _), own in zip(batch, top_rows, strict=False)
                ]
            writer.write_table(
                pa.table([pa.array(own, pa.string()) for own in texts], schema=schema)
            )
    last = numbers[-1] if numbers else 0
    failed += [
        (row + 1, names[column - left], text)
        for (row, column), text in errors.items()
        if top < row < last
    ]
    with copy.with_suffix(ROW_NUMBERS).open("wb") as file:
        numbers.tofile(file)
    return Sheet(name, copy, Layout("", names, header), tuple(start), tuple(sorted(failed)))


def _name(cells: Iterable[Value], source: Source) -> str:
    """The name of a column: the first that stands in its rows of names."""
    return next((name for cell in cells if (name := " ".join(_text(cell, source).split()))), "")


Row = tuple[int, list[Value]]


def _without_footer(rows: Iterator[Row], footer: int) -> Iterator[Row]:
    held: deque[Row] = deque()
    for row in rows:
        held.append(row)
        if len(held) > footer:
            yield held.popleft()


def _filled(rows: "CalamineSheet", errors: dict[Cell, str], skip: int) -> Iterator[Row]:
    """Number (from 0) and cells of each row behind those skipped that holds anything, errors as their words."""
    by_row: dict[int, list[tuple[int, str]]] = {}
    left = rows.start[1] if rows.start else 0
    for (row, column), text in errors.items():
        by_row.setdefault(row, []).append((column - left, text))
    for number, cells in islice(enumerate(rows.iter_rows()), skip, None):
        for column, text in by_row.get(number, ()):
            cells[column] = text
        if any(not isinstance(cell, str) or cell.strip() for cell in cells):
            yield number, cells


def _line(cells: Iterable[str | None]) -> str:
    """A row as a line of text, parted by tabs."""
    return "\t".join(" ".join((cell or "").split()) for cell in cells)


def _lost(cells: Sequence[Value], names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The numbers that are too long for a workbook: columns, and what is left of them."""
    for name, cell in zip(names, cells, strict=True):
        if isinstance(cell, (int, float)) and abs(cell) >= _EXACT:
            yield name, f"{cell:.15g}"


def _text(cell: Value, source: Source) -> str:
    """What a cell holds, as its source would write it in a text file."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, (int, float)):
        return number_text.written(cell, source)
    if isinstance(cell, datetime):
        return cell.isoformat()
    if isinstance(cell, date):
        # a format of the source's texts must not fit it
        return f"{cell.isoformat()}T00:00:00" if source.date_format else cell.isoformat()
    return str(cell)
