"""Find where rows stand in DuckDB's sources, without holding more than one record at a time."""

from collections.abc import Iterable, Iterator
from itertools import groupby, tee

from cs_lib.data.contract.data_findings import RowLocation
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.engines.engine import SqlEngine
from cs_lib.data.sources import record_lines
from cs_lib.data.sources.signatures import WORKBOOK
from cs_lib.data.sources.source_files import CSV, Files
from cs_lib.data.sources.staged import Held
from cs_lib.data.sources.workbooks import row_numbers

literal = DUCKDB.literal


def locations_of(
    engine: SqlEngine, staged: Held, rows: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, RowLocation]]:
    """For rows and the records that they are made of, both ascending: each row with its place."""
    one, other = tee(rows)
    last: tuple[int, RowLocation] | None = None
    places = places_of(engine, staged, (record for record, _ in groupby(of for _, of in one)))
    for row, record in other:
        if last is None or last[0] != record:
            last = next(places)
        yield row, last[1]


def places_of(
    engine: SqlEngine, staged: Held, rows: Iterable[int]
) -> Iterator[tuple[int, RowLocation]]:
    """For ascending numbers of records: each with its place. CSV files are read a second time for it."""
    for number, first, own in _by_file(staged, rows):
        files = staged.files
        if files is not None and files.format == CSV:
            yield from _in_csv(engine, staged, files, number, first, own)
        elif files is not None and files.format == WORKBOOK:
            rows_of_sheet = row_numbers(files.read[number])
            for row in own:
                yield row, RowLocation(files.shown(number), rows_of_sheet[row - first], "row")
        else:
            shown = files.shown(number) if files else f"{staged.table.name} (SQL)"
            yield from ((row, RowLocation(shown, row - first + 1, "row")) for row in own)


def _by_file(staged: Held, rows: Iterable[int]) -> Iterator[tuple[int, int, Iterator[int]]]:
    """The rows of one file after another, with the file's number and that of its first row."""
    starts = list(staged.starts)

    def number_of(row: int) -> int:
        while len(starts) > 1 and row >= starts[1][1]:
            del starts[0]
        return starts[0][0]

    for number, own in groupby(rows, key=number_of):
        yield number, starts[0][1], own


def _in_csv(
    engine: SqlEngine, staged: Held, files: Files, number: int, first: int, rows: Iterable[int]
) -> Iterator[tuple[int, RowLocation]]:
    layout = staged.layouts[number]
    found = record_lines.located(
        (row - first for row in rows),
        files.read[number],
        layout.delimiter,
        width=len(layout.names),
        ragged=_ragged_records(engine, staged, files, number),
    )
    for ordinal, line, text in found:
        place = RowLocation(files.shown(number), files.line(number, line), text=text)
        yield ordinal + first, place


def ragged_locations(engine: SqlEngine, staged: Held) -> Iterator[tuple[RowLocation, str, str]]:
    """Each record that never became a row: its place, the kind of its fault, and the engine's words."""
    files = staged.files
    if files is None or staged.ragged is None:
        return
    for number, path in enumerate(files.read):
        wrong = _ragged_records(engine, staged, files, number)
        delimiter = staged.layouts[number].delimiter
        for record, line, text in record_lines.lines_of(wrong, path, delimiter) if wrong else ():
            own = files.line(number, line)
            yield RowLocation(files.shown(number), own, text=text), *wrong[record]


def _ragged_records(
    engine: SqlEngine, staged: Held, files: Files, number: int
) -> dict[int, tuple[str, str]]:
    """Number (the header is 1) → kind and message, for records that never became a row."""
    group = list(dict.fromkeys(staged.layouts)).index(staged.layouts[number])
    errors, scans = f"{staged.ragged}_{group}", f"{staged.ragged}_scan_{group}"
    found = engine.rows(
        "SELECT e.line, arg_max(CAST(e.error_type AS VARCHAR), e.column_idx), "
        f"arg_max(e.error_message, e.column_idx) FROM {errors} e JOIN {scans} s "
        f"USING (scan_id, file_id) WHERE s.file_path = {literal(files.read[number])} "
        "GROUP BY 1 ORDER BY 1"
    )
    return {record: (kind, message) for record, kind, message in found}
