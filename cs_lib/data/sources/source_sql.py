"""The rows as a source has them: the SQL that reads its files or runs its query, nothing guessed."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.engines.engine import SqlEngine, StagingEngine
from cs_lib.data.sources import (
    database_files,
    databases,
    fingerprint,
    signatures,
    source_files,
    text_files,
    workbooks,
)
from cs_lib.data.sources.fetched import Result
from cs_lib.data.sources.headers import Header, alike_in_all, named_further_down
from cs_lib.data.sources.source_files import JSON, Files, Layout
from cs_lib.data.sources.staged import Origin
from cs_lib.data.sources.typing_sql import FILE
from cs_lib.edition import Source
from cs_lib.errors import DataError, KitError

literal = DUCKDB.literal


def origin_of(
    engine: SqlEngine, table: Table, source: Source, folder: Path, wanted: Iterable[str] = ()
) -> Origin:
    """The rows as DuckDB reads them; the wanted columns have one spelling in all files."""
    if source.engine_sql:
        return _query_origin(engine, table, source.engine_sql, folder)
    if source.connection:
        return _result_origin(engine, table, source, _result(engine, table.name, source), None)
    files = source_files.find_files(table.name, source, folder)
    files = source_files.unpacked(files, spool=engine.spool)
    if files.format == signatures.DATABASE:
        result = database_files.fetch(engine, table, source, files)
        return _result_origin(engine, table, source, result, files)
    if files.format == signatures.WORKBOOK:
        files, layouts = workbooks.as_read(files, table, source, wanted, spool=engine.spool)
        return _workbook_origin(source, files, layouts)
    if files.format == source_files.PARQUET:
        source_files.refuse_cuts(source, files.shown(0))
        return _parquet_origin(engine, table, source, files)
    files = source_files.as_read(files, source, spool=engine.spool)
    if files.format == JSON:
        return _json_origin(engine, table, source, files)
    return _csv_origin(table, source, files, wanted)


def _query_origin(engine: SqlEngine, table: Table, query: str, folder: Path) -> Origin:
    sql, files = absolute(engine, query, folder)
    missing = [path for path in files or [] if not path.exists()]
    if missing:
        raise DataError(
            f"tables.{table.name}: the query reads {_under(missing[0], folder)}, and there is no "
            f"such file in {folder}. Correct the name, or say where the data is with --data."
        )
    wrapped = f"SELECT *, 0 AS {FILE} FROM (\n{sql}\n)"
    try:
        types = engine.types(wrapped)
    except KitError as error:
        raise DataError(f"tables.{table.name}: the query cannot be run: {error}") from None
    types.pop(FILE)
    return Origin(wrapped, types, "SQL")


def absolute(engine: SqlEngine, sql: str, folder: Path) -> tuple[str, list[Path] | None]:
    sql = sql.strip().rstrip(";")
    tree = engine.rows(f"SELECT json_serialize_sql({literal(sql)})")[0][0]
    return source_files.with_absolute_paths(sql, tree, folder)


def _under(path: Path, folder: Path) -> Path:
    return path.relative_to(folder) if path.is_relative_to(folder) else path


def _csv_origin(table: Table, source: Source, files: Files, wanted: Iterable[str]) -> Origin:
    wanted = tuple(wanted)
    _refuse_titles(files, wanted)
    layouts = alike_in_all(source_files.csv_layouts(files, source), wanted)
    ragged = f"ragged_{source.stem(table.name)}"
    parts = [
        _read_csv(
            layout,
            [p for p, own in zip(files.read, layouts, strict=True) if own == layout],
            files,
            ragged,
            number,
        )
        for number, layout in enumerate(dict.fromkeys(layouts))
    ]
    return Origin(
        " UNION ALL BY NAME ".join(parts),
        dict.fromkeys(names_in(layouts), "VARCHAR"),
        source.shown,
        files=files,
        layouts=layouts,
        headers=headers_of(files, (each.header for each in layouts)),
        ragged=ragged,
    )


def _refuse_titles(files: Files, wanted: tuple[str, ...]) -> None:
    for number, path in enumerate(files.read):
        with text_files.open_bytes(path) as file:
            start = file.read(1 << 14).decode("utf-8", "replace").removeprefix("\ufeff")
        line = named_further_down(start, wanted)
        if line:
            above = files.line(number, line) - 1
            raise DataError(
                f"{files.shown(number)}: line {above + 1} names the columns, and what stands above it is no "
                f"part of the table. Set skip: {above} for this table, or take the lines above it out of "
                "the export."
            )


def headers_of(files: Files, names: Iterable[Iterable[str]]) -> tuple[Header, ...]:
    """The names of the columns of each file."""
    return tuple(
        Header(shown, tuple(own)) for shown, own in zip(files.all_shown, names, strict=True)
    )


def names_in(layouts: Iterable[Layout]) -> list[str]:
    """The columns of several files, each by its first spelling."""
    spellings: dict[str, str] = {}
    for name in (name for layout in layouts for name in layout.names):
        spellings.setdefault(name.lower(), name)
    return list(spellings.values())


def _read_csv(layout: Layout, paths: list[Path], files: Files, ragged: str, number: int) -> str:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in layout.names)
    return (
        f"SELECT * EXCLUDE (_path), {_file_number(files)} AS {FILE} "
        f"FROM read_csv({_exactly(paths)}, columns = {{{columns}}}, header = true, "
        f"auto_detect = false, delim = {literal(layout.delimiter)}, quote = '\"', escape = '\"', "
        f"encoding = 'utf-8', filename = '_path', store_rejects = true, "
        f"rejects_table = '{ragged}_{number}', rejects_scan = '{ragged}_scan_{number}')"
    )


def _json_origin(engine: SqlEngine, table: Table, source: Source, files: Files) -> Origin:
    read = f"read_json({_exactly(files.read)}, "
    # every value is looked at for its name: a column may first appear in a late row
    names = _types(engine, table, files, f"SELECT * FROM {read}sample_size = -1)")
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    sql = (
        f"SELECT * EXCLUDE (_path), {_file_number(files)} AS {FILE} FROM "
        f"{read}columns = {{{columns}}}, format = 'auto', filename = '_path')"
    )
    return Origin(sql, dict.fromkeys(names, "VARCHAR"), source.shown, files=files)


def _parquet_origin(engine: SqlEngine, table: Table, source: Source, files: Files) -> Origin:
    read = f"read_parquet({_exactly(files.read)}, union_by_name = true, filename = '_path')"
    types = _types(engine, table, files, f"SELECT * EXCLUDE (_path) FROM {read}")
    sql = f"SELECT * EXCLUDE (_path), {_file_number(files)} AS {FILE} FROM {read}"
    names = (engine.types(f"SELECT * FROM read_parquet({_exactly([p])})") for p in files.read)
    return Origin(sql, types, source.shown, files=files, headers=headers_of(files, names))


def _workbook_origin(source: Source, files: Files, layouts: tuple[Layout, ...]) -> Origin:
    parts = []
    for number, (path, layout) in enumerate(zip(files.read, layouts, strict=True)):
        columns = ", ".join(map(DUCKDB.quoted, layout.names))
        read = f"read_parquet({_exactly([path])}) held({columns})"
        parts.append(f"SELECT *, {number} AS {FILE} FROM {read}")
    return Origin(
        " UNION ALL BY NAME ".join(parts),
        dict.fromkeys(names_in(layouts), "VARCHAR"),
        source.shown,
        files=files,
        headers=headers_of(files, (each.header for each in layouts)),
    )


def _result(engine: StagingEngine, table: str, source: Source) -> Result:
    """The rows that the database of a connection gives, fetched once."""
    return engine.fetched.result(source, lambda copy: databases.fetch(table, source, copy))


def _result_origin(
    engine: SqlEngine, table: Table, source: Source, result: Result, files: Files | None
) -> Origin:
    """The rows of a result; exact numbers that came as text have the source's decimal mark."""
    read = f"read_parquet({_exactly([result.copy])})"
    marked = [
        f"replace({DUCKDB.quoted(name)}, '.', {literal(source.decimal)}) AS {DUCKDB.quoted(name)}"
        for name in result.numerals
        if source.decimal != "."
    ]
    columns = f"* REPLACE ({', '.join(marked)})" if marked else "*"
    sql = f"SELECT {columns}, 0 AS {FILE} FROM {read}"
    shown = files.shown(0) if files else source.shown
    types = engine.types(f"SELECT {columns} FROM {read}")
    return Origin(sql, types, shown, files=files, headers=(Header(shown, result.header),))


def _types(engine: SqlEngine, table: Table, files: Files, sql: str) -> dict[str, str]:
    try:
        return engine.types(sql)
    except KitError as error:
        raise DataError(f"tables.{table.name} ({files.shown(0)}) cannot be read: {error}") from None


def _list(paths: Iterable[object]) -> str:
    return "[" + ", ".join(literal(path) for path in paths) + "]"


def _exactly(paths: Iterable[Path]) -> str:
    return _list(source_files.without_patterns(path) for path in paths)


def _file_number(files: Files) -> str:
    if len(files.paths) == 1:
        return "0"
    return f"CAST(list_position({_list(files.read)}, _path) - 1 AS INTEGER)"


def digest_of_source(
    engine: StagingEngine | None, name: str, source: Source, *, folder: Path, root: Path
) -> str | None:
    """The digest of a table's inputs; None where its files cannot be told or are out of reach."""
    paths: Sequence[Path] | None
    if source.connection and engine:
        result = _result(engine, name, source)
        rows = engine.digest(f"read_parquet({_exactly([result.copy])})")
        told = f"{source.query}\n{result.header}\n{rows}"
        return hashlib.sha256(told.encode()).hexdigest()
    if source.engine_sql:
        paths = engine.files_of(source.engine_sql, folder) if engine else None
    elif source_files.is_remote(source.shown):
        paths = None
    else:
        files = source_files.find_files(name, source, folder)
        paths = files.on_disk
        if files.format == signatures.DATABASE:
            paths = [each for path in paths for each in database_files.with_logs(path)]
    if paths is None:
        return None
    return fingerprint.of_files(paths, root=root, folder=folder, also=source.query)
