"""Find where rows stand in DuckDB's sources, without holding more than one record at a time."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from cs_lib.data.contract.data_findings import RowLocation
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.engines.engine import SqlEngine
from cs_lib.data.sources import record_lines
from cs_lib.data.sources.source_files import CSV
from cs_lib.data.sources.staged import Staged

literal = DUCKDB.literal


def locations_of(
    engine: SqlEngine, staged: Staged, rows: Iterable[int]
) -> Iterator[tuple[int, RowLocation]]:
    """For ascending row numbers: each with its place. CSV files are read a second time for it."""
    for number, first, own in _by_file(staged, rows):
        if staged.files is None:
            yield from (
                (row, RowLocation(f"{staged.table.name} (SQL)", row + 1, "row")) for row in own
            )
        elif staged.files.format != CSV:
            shown = staged.files.shown(number)
            yield from ((row, RowLocation(shown, row - first + 1, "row")) for row in own)
        else:
            yield from _in_csv(engine, staged, number, first, own)


def _by_file(staged: Staged, rows: Iterable[int]):
    starts = list(staged.starts)

    def number_of(row: int) -> int:
        while len(starts) > 1 and row >= starts[1][1]:
            del starts[0]
        return starts[0][0]

    for number, own in groupby(rows, key=number_of):
        yield number, starts[0][1], own


def _in_csv(engine: SqlEngine, staged: Staged, number: int, first: int, rows: Iterable[int]):
    layout = staged.layouts[number]
    found = record_lines.located(
        (row - first for row in rows),
        staged.files.read[number],
        layout.delimiter,
        width=len(layout.names),
        ragged={record for record, *_ in _ragged_records(engine, staged, number)},
    )
    for ordinal, line, text in found:
        yield ordinal + first, RowLocation(staged.files.shown(number), line, text=text)


def ragged_locations(engine: SqlEngine, staged: Staged) -> Iterator[tuple[RowLocation, str, str]]:
    """Each record that never became a row: its place, the kind of its fault, and the engine's words."""
    if staged.ragged is None:
        return
    for number, path in enumerate(staged.files.read):
        wrong = {record: rest for record, *rest in _ragged_records(engine, staged, number)}
        if not wrong:
            continue
        delimiter = staged.layouts[number].delimiter
        for record, line, text in record_lines.lines_of(wrong, path, delimiter):
            kind, message = wrong[record]
            yield RowLocation(staged.files.shown(number), line, text=text), kind, message


def _ragged_records(engine: SqlEngine, staged: Staged, number: int) -> list[tuple[int, str, str]]:
    """Record number (the header is 1), kind and message, for records that never became a row."""
    group = list(dict.fromkeys(staged.layouts)).index(staged.layouts[number])
    errors, scans = f"{staged.ragged}_{group}", f"{staged.ragged}_scan_{group}"
    return engine.rows(
        "SELECT e.line, arg_max(CAST(e.error_type AS VARCHAR), e.column_idx), "
        f"arg_max(e.error_message, e.column_idx) FROM {errors} e JOIN {scans} s "
        f"USING (scan_id, file_id) WHERE s.file_path = {literal(staged.files.read[number])} "
        "GROUP BY 1 ORDER BY 1"
    )
