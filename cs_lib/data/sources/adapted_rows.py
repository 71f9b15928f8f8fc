"""Rows by an adapter: the records of a vendor's export, held as text, and the query that makes rows of them.

The records keep their numbers, so that whatever the contract finds wrong is told by file and line.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from cs_lib.data.contract.data_findings import counted, with_others
from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.engines.engine import SqlEngine
from cs_lib.data.sources import archives, headers, text_files
from cs_lib.data.sources.headers import Header, folded, spelling
from cs_lib.data.sources.recognised import lines_above
from cs_lib.data.sources.row_locations import places_of
from cs_lib.data.sources.signatures import DATABASE
from cs_lib.data.sources.source_files import CSV, find_files, is_remote
from cs_lib.data.sources.source_sql import origin_of
from cs_lib.data.sources.staged import Held, Origin
from cs_lib.data.sources.typing_sql import FILE, RECORD
from cs_lib.edition import Source
from cs_lib.edition.adapter import Adapter, Notice
from cs_lib.errors import DataError, KitError, did_you_mean

quoted, literal = DUCKDB.quoted, DUCKDB.literal
#: places of rows that a refusal names
_EXAMPLES = 5


def adapted_origin(
    engine: SqlEngine, table: Table, source: Source, adapter: Adapter, folder: Path
) -> Origin:
    """The rows that the adapter's query makes of the export, in the order of its records.

    The export's further columns come along, for segments. One that is called like a column of the table
    is given as "NAME (export)". DataError where the export is not the one that the adapter reads.
    """
    plain = _below_titles(engine, table, source, folder)
    origin = origin_of(engine, table, plain, folder, adapter.columns)
    faults = _wrong_columns(origin, adapter)
    if faults:
        raise DataError("\n".join(faults))
    export = Held(
        table,
        source,
        f"export_{source.stem(table.name)}",
        origin.files,
        origin.layouts,
        origin.ragged,
    )
    picked = _picked(origin, source, adapter)
    engine.hold(export.name, _as_named(origin, adapter, picked))
    export = replace(export, starts=engine.file_starts(export.name))
    faults = [
        _said(engine, export, adapter, each)
        for each in (*_unknown_words(adapter), *adapter.refuses)
    ]
    if any(faults):
        raise DataError("\n".join(each for each in faults if each))
    sql, types = _with_further_columns(engine, table, adapter, export)
    warned = [_said(engine, export, adapter, each) for each in adapter.warns]
    return replace(
        origin,
        sql=sql,
        types=types,
        headers=(),
        export=export.name,
        names={**adapter.names, **_names_of_picks(adapter, picked)},
        said=tuple(each for each in (*warned, *_of_picks(origin, source, adapter, picked)) if each),
    )


def _wrong_columns(origin: Origin, adapter: Adapter) -> list[str]:
    """A fault for each column that the query needs and some file lacks, or for which two would fit."""
    found = origin.headers or (Header(origin.shown, tuple(origin.types)),)
    asked = {each: each for each in adapter.columns}
    plain = Source(path="export")
    faults = [fault for header in found for fault in headers.clashes(header, asked, plain)]
    if faults:
        return faults
    faults = [
        f"{header.shown}: there is no column {name}, which {adapter.name} reads ({adapter.title}). "
        + did_you_mean(name, header.names)
        for header in found
        for name in adapter.needs
        if not spelling(name, header.names)
    ]
    faults += [
        f"{shown}: there is no column {name}, which the other files of {origin.shown} have. "
        "Export the files alike: its cells may be blank."
        for shown, name in headers.missing_in_some(found, asked)
        if name in adapter.may
    ]
    return list(dict.fromkeys(faults))


def _below_titles(engine: SqlEngine, table: Table, source: Source, folder: Path) -> Source:
    """The source without its adapter, read from the line that names the columns; of a database what is asked."""
    plain = source.model_copy(update={"recipe": None})
    if source.recipe is None or source.connection or is_remote(source.shown):
        return plain
    files = find_files(table.name, source, folder)
    if files.format == DATABASE:
        return plain.model_copy(update={"sql": _asked(source, source.recipe)})
    if "skip" in source.model_fields_set:
        return plain
    if files.format != CSV:
        return plain
    first = archives.unpacked(files.paths[0], files.shown(0), engine.spool)
    try:
        skip = lines_above(first, source.recipe)
    except text_files.CUT_SHORT:  # reading the rows says why
        return plain
    return plain.model_copy(update={"skip": skip}) if skip else plain


def _asked(source: Source, adapter: Adapter) -> str:
    """What a database file is asked for; DataError where the adapter asks none."""
    asked = adapter.statement(source.tables_in)
    if asked is None:
        raise DataError(
            f"tables.{adapter.table}: {source.path} is a database, and {adapter.name} reads an export. Name "
            "the export, or leave out adapter and say which table or sql."
        )
    return asked


def _picked(origin: Origin, source: Source, adapter: Adapter) -> dict[str, str]:
    """Our name → the export's column, for what bears another name in every export.

    DataError where the edition names a column that is not there, where a pattern fits several, or where
    none at all is found.
    """
    picked: dict[str, str] = {}
    for name, patterns in adapter.picks.items():
        asked = source.picks.get(name)
        own = spelling(asked, origin.types) if asked else _fitting(name, patterns, origin)
        if asked and not own:
            raise DataError(
                f"tables.{adapter.table}.picks.{name}: {asked} is not a column of {origin.shown}. "
                + did_you_mean(asked, origin.types)
            )
        if own:
            picked[name] = own
    if adapter.picks and not picked:
        first = next(iter(adapter.picks))
        raise DataError(
            f"{origin.shown}: no column looks like {' or '.join(adapter.picks)}. Say which one is, as in "
            f'picks: {{{first}: "…"}}. Known: {", ".join(origin.types)}.'
        )
    return picked


def _names_of_picks(adapter: Adapter, picked: dict[str, str]) -> dict[str, str]:
    """Our column → the picked one of the export, where an error names one that was picked."""
    return {ours: picked[name] for ours, name in adapter.names.items() if name in picked}


def _of_picks(
    origin: Origin, source: Source, adapter: Adapter, picked: dict[str, str]
) -> Iterator[str]:
    """What to say of the columns that were taken by their names, and of those that were not found."""
    found = [f'"{own}" for {name}' for name, own in picked.items() if name not in source.picks]
    if found:
        yield f"{origin.shown}: by its name is taken {', '.join(found)}."
    lacking = [name for name in adapter.picks if name not in picked]
    if lacking:
        yield (
            f"{origin.shown}: no column looks like {' or '.join(lacking)}. If one is, name it: "
            f'picks: {{{lacking[0]}: "…"}}.'
        )


def _fitting(pick: str, patterns: Iterable[str], origin: Origin) -> str | None:
    """The one column that the first fitting pattern names; DataError where it names several."""
    for pattern in patterns:
        fits = (
            (name, re.fullmatch(pattern, name, re.IGNORECASE | re.DOTALL)) for name in origin.types
        )
        named = [found[1] if found.groups() else name for name, found in fits if found]
        own = [name for name in dict.fromkeys(named) if name in origin.types]
        if len(own) > 1:
            raise DataError(
                f"{origin.shown}: {len(own)} columns look like {pick}: {', '.join(own)}. Say which one is: "
                f'picks: {{{pick}: "{own[0]}"}}.'
            )
        if own:
            return own[0]
    return None


def _as_named(origin: Origin, adapter: Adapter, picked: dict[str, str]) -> str:
    """The export as text, each column that the query reads under the name that it reads.

    What is called like a pick, and is not read by that name, is left out.
    """
    taken: dict[str, str] = {}
    for name in adapter.columns:
        own = spelling(name, origin.types)
        if own:
            taken[own] = name
    columns = [
        f"nullif(trim(CAST({quoted(own)} AS VARCHAR)), '') AS {quoted(taken.get(own, own))}"
        for own in origin.types
        if own in taken or folded(own) not in _of_all_picks(adapter)
    ]
    columns += [
        f"CAST(NULL AS VARCHAR) AS {quoted(name)}"
        for name in adapter.columns
        if name not in taken.values()
    ]
    for name in adapter.picks:
        own = picked.get(name)
        text = (
            f"nullif(trim(CAST({quoted(own)} AS VARCHAR)), '')" if own else "CAST(NULL AS VARCHAR)"
        )
        columns += [
            f"{text} AS {quoted(name)}",
            f"{literal(own or '')} AS {quoted(f'{name}_name')}",
        ]
    return f"SELECT {', '.join(columns)}, {FILE} FROM ({origin.sql})"


def _of_all_picks(adapter: Adapter) -> set[str]:
    """The columns by which the query reads what was picked, folded."""
    return {folded(each) for name in adapter.picks for each in (name, f"{name}_name")}


def _over(export: Held, adapter: Adapter, query: str) -> str:
    """A query over `export`: the held records with their numbers, in the columns that the adapter names.

    Of the further ones none can be called like what the query makes, and stand for it.
    """
    of_picks = (each for name in adapter.picks for each in (name, f"{name}_name"))
    columns = ", ".join(map(quoted, dict.fromkeys((*adapter.columns, *of_picks))))
    records = f"SELECT rowid AS {RECORD}, {columns} FROM {export.name}"
    return f"WITH export AS ({records}) SELECT * FROM (\n{query}\n)"


def _with_further_columns(
    engine: SqlEngine, table: Table, adapter: Adapter, export: Held
) -> tuple[str, dict[str, str]]:
    """The adapter's rows beside the export's other columns, and the types of both."""
    try:
        types = engine.types(_over(export, adapter, adapter.sql))
    except KitError as error:
        raise DataError(f"adapter {adapter.name}: its query cannot be run: {error}") from None
    if RECORD not in types:
        raise DataError(
            f"adapter {adapter.name}: its query gives no {RECORD}. Select {RECORD} from export, by which "
            "errors name file and line."
        )
    del types[RECORD]
    known = {folded(name) for name in (*types, *(each.name for each in table.columns))}
    hidden = {folded(name) for name in adapter.hides}
    hidden |= _of_all_picks(adapter)
    further = {
        f"{name} (export)" if folded(name) in known else name: name
        for name in engine.types(f"SELECT * EXCLUDE ({FILE}) FROM {export.name}")
        if folded(name) not in hidden
    }
    columns = [f"adapted.{quoted(name)}" for name in types]
    columns += [f"of_export.{quoted(own)} AS {quoted(name)}" for name, own in further.items()]
    sql = (
        f"SELECT {', '.join(columns)}, of_export.{FILE}, adapted.{RECORD} "
        f"FROM ({_over(export, adapter, adapter.sql)}) adapted "
        f"JOIN {export.name} of_export ON of_export.rowid = adapted.{RECORD} ORDER BY adapted.{RECORD}"
    )
    return sql, {**types, **dict.fromkeys(further, "VARCHAR")}


def _unknown_words(adapter: Adapter) -> Iterator[Notice]:
    for column, words in adapter.words.items():
        known = ", ".join(literal(word.casefold()) for word in words)
        listed = ", ".join(word or "blank" for word in words)
        yield Notice(
            column=column,
            where=f"coalesce(lower({quoted(column)}), '') NOT IN ({known})",
            says=f"is none of the words that {adapter.name} knows ({listed}). Correct the "
            f"export, or copy the adapter to params/adapters and say there what the word means.",
        )


def _said(engine: SqlEngine, export: Held, adapter: Adapter, notice: Notice) -> str:
    """What a notice says of the export's rows, with how many there are and the first one's place.

    Nothing where there is none. One that is of every row names no place.
    """
    if notice.unless in export.source.columns:
        return ""
    value = quoted(notice.column) if notice.column else "NULL"
    try:
        rows = engine.rows(
            _over(
                export,
                adapter,
                f"SELECT {RECORD}, {value}, count(*) OVER () FROM export "
                f"WHERE {notice.where} ORDER BY 1 LIMIT {_EXAMPLES}",
            )
        )
    except KitError as error:
        raise DataError(f"adapter {adapter.name}: {notice.where}: {error}") from None
    if not rows:
        return ""
    if notice.where.strip().lower() == "true":
        return f"{export.source.shown}: {notice.says}"
    places = [place for _, place in places_of(engine, export, (row[0] for row in rows))]
    shown = "blank" if rows[0][1] is None else f'"{rows[0][1]}"'
    many = int(rows[0][2])
    if not notice.column:
        return (
            f"{export.source.shown}: {counted(many, 'row')} {notice.says} The first: {places[0]}."
        )
    return with_others(f"{places[0]}, column {notice.column}: {shown} {notice.says}", places, many)
