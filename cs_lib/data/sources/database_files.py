"""Databases that are a file, SQLite's and DuckDB's: opened to be read alone, and asked one query."""

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa

from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.engines.engine import SqlEngine
from cs_lib.data.sources import number_text, signatures
from cs_lib.data.sources.fetched import Result
from cs_lib.data.sources.source_files import Files
from cs_lib.data.sources.spool_files import new_file
from cs_lib.edition import Source
from cs_lib.errors import DataError, KitError

_ROWS_A_BATCH = 50_000
_ATTACHED = "kit_source"
#: files beside a database that hold what was written last
_LOGS = ("-wal", ".wal")


def fetch(engine: SqlEngine, table: Table, source: Source, files: Files) -> Result:
    """The rows that a database file gives for a source's query, kept as Parquet."""
    if len(files.paths) > 1:
        raise DataError(
            f"tables.{table.name}: {source.path} names {len(files.paths)} databases. Name one."
        )
    if not (source.table or source.sql):
        raise DataError(
            f"{files.shown(0)}: this is a database. Say what of it is {table.name}: table: name, or a query "
            "under sql."
        )
    path, copy = files.read[0], new_file(engine.spool, ".parquet")
    try:
        if signatures.is_sqlite(signatures.start_of(path)):
            return _of_sqlite(path, source, copy)
        return _of_duckdb(engine, path, source, copy)
    except (sqlite3.Error, KitError, OSError) as error:
        says = str(error).rstrip(".")
        raise DataError(
            f"tables.{table.name} ({files.shown(0)}): it cannot be asked: {says}."
        ) from None


def first_rows(engine: SqlEngine, path: Path, most: int) -> Iterator[tuple[str, list[tuple]]]:
    """Each table of a database file with the names of its columns and its first rows below."""
    if signatures.is_sqlite(signatures.start_of(path)):
        with closing(_to_be_read(path)) as connection:
            listed = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
            for (name,) in connection.execute(listed).fetchall():
                cursor = connection.execute(_start_of(name, most))
                yield name, [tuple(each[0] for each in cursor.description), *cursor.fetchall()]
        return
    with _attached(engine, path):
        listed = "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()"
        for (name,) in engine.rows(f"{listed} ORDER BY table_name"):
            start = _start_of(name, most)
            yield name, [tuple(engine.types(start)), *engine.rows(start)]


def _start_of(table: str, most: int) -> str:
    return f"SELECT * FROM {DUCKDB.quoted(table)} LIMIT {most}"


def with_logs(path: Path) -> list[Path]:
    """A database file with what stands beside it, and is part of it until it is written in."""
    beside = [path.with_name(path.name + each) for each in _LOGS]
    return [path, *(each for each in beside if each.is_file() and each.stat().st_size)]


def _of_sqlite(path: Path, source: Source, copy: Path) -> Result:
    """Rows as text: a column of SQLite may hold values of any type."""
    from cs_lib.data.sources import arrow_columns

    with closing(_to_be_read(path)) as connection:
        cursor = connection.execute(source.statement)
        if cursor.description is None:
            raise sqlite3.OperationalError("the query gives no rows. Give a SELECT")
        schema = pa.schema([(each[0], pa.string()) for each in cursor.description])
        return arrow_columns.written(_batches(cursor, schema, source), schema, copy)


def _to_be_read(path: Path) -> sqlite3.Connection:
    """A connection to a whole SQLite file that writes nothing."""
    _refuse_cut_short(path)
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _refuse_cut_short(path: Path) -> None:
    """An error where the file is shorter than it says: SQLite would take what is gone for no rows."""
    with path.open("rb") as file:
        start = file.read(100)
    if len(start) < 100:
        raise sqlite3.DatabaseError("the file ends in the middle")
    page, (counter, pages), valid_for = (
        struct.unpack_from(">H", start, 16)[0],
        struct.unpack_from(">II", start, 24),
        struct.unpack_from(">I", start, 92)[0],
    )
    size = pages * (65_536 if page == 1 else page)
    if counter == valid_for and path.stat().st_size < size:
        raise sqlite3.DatabaseError("the file ends in the middle")


def _batches(cursor: sqlite3.Cursor, schema: pa.Schema, source: Source) -> Iterator[pa.RecordBatch]:
    while rows := cursor.fetchmany(_ROWS_A_BATCH):
        columns = [
            pa.array([_text(value, source) for value in column], pa.string())
            for column in zip(*rows, strict=True)
        ]
        yield pa.record_batch(columns, schema=schema)


def _text(value: str | int | float | bytes | None, source: Source) -> str | None:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, (int, float)):
        return number_text.written(value, source)
    return value


def _of_duckdb(engine: SqlEngine, path: Path, source: Source, copy: Path) -> Result:
    with _attached(engine, path):
        types = engine.types(source.statement)
        columns = ", ".join(_kept(name, kind) for name, kind in types.items())
        query = f"SELECT {columns} FROM (\n{source.statement}\n)"
        engine.rows(f"COPY ({query}) TO {DUCKDB.literal(copy)} (FORMAT parquet)")
    return Result(copy, tuple(types))


@contextmanager
def _attached(engine: SqlEngine, path: Path) -> Iterator[None]:
    """The database as the one that is asked, to be read alone."""
    engine.rows(f"ATTACH {DUCKDB.literal(path)} AS {_ATTACHED} (READ_ONLY)")
    try:
        engine.rows(f"USE {_ATTACHED}")
        yield
    finally:
        engine.rows("USE memory.main")
        engine.rows(f"DETACH {_ATTACHED}")


def _kept(name: str, kind: str) -> str:
    """A column so that Parquet holds it whole."""
    name = DUCKDB.quoted(name)
    if kind in ("HUGEINT", "UHUGEINT"):
        return f"CAST({name} AS DECIMAL(38, 0)) AS {name}"
    if kind == "BLOB":
        return f"'\\x' || lower(hex({name})) AS {name}"
    return name
