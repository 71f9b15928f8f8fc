"""Bring one table into the engine: match its columns to the contract, type and hold its rows."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import narwhals as nw

from cs_lib.data.contract import tables as contract
from cs_lib.data.contract.data_findings import counted
from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.engines.engine import SqlEngine, StagingEngine
from cs_lib.data.sources import chosen_rows, headers, said_values
from cs_lib.data.sources.column_matching import (
    keys_of_no_column,
    match_columns,
    missing_in_some_files,
    required_columns,
    spelling_of,
)
from cs_lib.data.sources.file_age import refuse_unknown_age
from cs_lib.data.sources.filled_down import filled_down
from cs_lib.data.sources.headers import Header
from cs_lib.data.sources.month_columns import by_month
from cs_lib.data.sources.movement_periods import as_periods
from cs_lib.data.sources.named_zones import zone_warnings
from cs_lib.data.sources.signatures import WORKBOOK
from cs_lib.data.sources.source_files import refuse_damaged
from cs_lib.data.sources.source_sql import digest_of_source
from cs_lib.data.sources.staged import Origin
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import (
    ASKED,
    FILE,
    KEPT,
    MONTH_COLUMN,
    RECORD,
    RESERVED,
    stage_sql,
)
from cs_lib.edition import Edition, Source
from cs_lib.errors import DataError, KitError


def stage(
    engine: StagingEngine, name: str, source: Source, *, edition: Edition, folder: Path, root: Path
) -> Staged:
    """Read one table into the engine, every column typed as the contract says."""
    table = contract.table(name)
    wanted = headers.wanted_names(table, source, edition)
    origin = engine.origin(table, source, folder, wanted.values())
    if source.latest and origin.files:
        refuse_unknown_age(name, origin.files.paths, origin.files.all_shown)
    if source.fill_down:
        origin = filled_down(engine, table, source, origin)
    if source.months:
        origin = by_month(engine, table, source, origin)
    own_headers = origin.headers or (Header(origin.shown, tuple(origin.types)),)
    faults = [fault for each in own_headers for fault in headers.clashes(each, wanted, source)]
    if faults:
        raise DataError("\n".join(faults))
    given, extras, faults = match_columns(engine, table, source, origin, wanted)
    faults += keys_of_no_column(table, source) + said_values.faults(table, source, edition)
    required, more = required_columns(table, origin, given)
    faults += more or missing_in_some_files(table, origin, wanted, required)
    if faults:
        raise DataError("\n".join(faults))
    held = f"stage_{source.stem(name)}"
    of_sheets = bool(origin.files and origin.files.format == WORKBOOK)
    sql = stage_sql(
        table,
        given,
        extras,
        origin.sql,
        chosen=_tests(table, source, origin, engine),
        source=source.with_iso() if of_sheets else source,
        edition=edition,
        dialect=engine.dialect,
        places=_places(origin),
    )
    try:
        engine.hold(held, sql)
    except KitError as error:
        if origin.files:
            refuse_damaged(origin.files)
        raise DataError(f"tables.{name} ({origin.shown}) cannot be read: {error}") from None
    starts = engine.file_starts(origin.export or held)
    unmet = chosen_rows.unmet(engine, held, source) if source.where else []
    left_out = _leave_out(engine, held, source)
    said = (*origin.said, *zone_warnings(engine, table, source, origin, given, edition))
    if left_out or any(of_those for *_, of_those in unmet):
        odd = chosen_rows.of_the_unmet(engine, table, source, origin, unmet)
        said = (*said, *_chosen(engine, held, table, source, left_out, [*odd]))
    if source.movements:
        held, told = _as_periods(engine, held, source)
        said = (*said, told)
    frame = engine.held(held)
    columns = [c for c in frame.collect_schema().names() if c not in RESERVED]
    rows, blank = _counted(engine, frame, _optional(table, columns, edition))
    if left_out and not rows:
        chosen_rows.refuse_nothing_kept(engine, table, source, origin)
    return Staged(
        engine=engine,
        table=table,
        source=source,
        name=held,
        columns=tuple(columns),
        spelled={each.column.name: spelling_of(each, source, origin) for each in given},
        respelled=tuple(headers.respelled(own_headers, wanted)),
        origin=origin,
        renames=edition.renames,
        header=tuple(dict.fromkeys(name for each in own_headers for name in each.names)),
        required=required,
        files=origin.files,
        layouts=origin.layouts,
        ragged=origin.ragged,
        starts=starts,
        of_records=bool(origin.export or source.movements),
        spread=origin.spread,
        said=said,
        row_count=rows,
        blank=blank,
        ragged_rows=engine.count_ragged(origin),
        fingerprint=digest_of_source(engine, name, source, folder=folder, root=root)
        or _digest_of_rows(engine, held, source),
    )


def _leave_out(engine: StagingEngine, held: str, source: Source) -> int:
    """Remove the rows that `where` does not keep; how many they are. The others keep their numbers."""
    return engine.leave_out(held, KEPT) if source.where else 0


def _tests(table: Table, source: Source, origin: Origin, engine: StagingEngine) -> dict[str, str]:
    """What says of each row whether `where` keeps it, and by which word."""
    if not source.where:
        return {}
    told = (table, source, origin, engine.dialect)
    return {KEPT: chosen_rows.kept(*told), ASKED: chosen_rows.asked(*told)}


def _chosen(
    engine: StagingEngine, held: str, table: Table, source: Source, left_out: int, odd: list[str]
) -> Iterator[str]:
    """How many rows `where` has kept, and what is odd about its words; nothing where it keeps all by words of theirs."""
    if not left_out and not odd:
        return
    rows = int(engine.collect(engine.held(held).select(rows=nw.len()))["rows"].iloc[0])
    said = "; ".join(chosen_rows.shown(name, source) for name in source.where)
    start = f"{table.name}: where keeps {rows:,} of {counted(rows + left_out, 'row')} ({said})."
    yield " ".join((start, *odd))


def _as_periods(engine: StagingEngine, held: str, source: Source) -> tuple[str, str]:
    """The held movements as periods: their name, and what is to be said of them."""
    if engine.dialect is not DUCKDB:
        raise DataError(
            "tables.subscriptions.movements is read by engine: duckdb alone. Leave out engine, or make "
            "periods of the movements in a query under sql."
        )
    columns = [c for c in engine.held(held).collect_schema().names() if c not in RESERVED]
    if "end_date" in columns:
        raise DataError(
            "tables.subscriptions.movements: the next movement ends a period. Leave end_date out of the "
            "export, or call it otherwise."
        )
    made = as_periods(cast(SqlEngine, engine), held, source, tuple(columns))
    return made.name, made.said


def _places(origin: Origin) -> tuple[str, ...]:
    """The columns beside the values that say where a row comes from."""
    record = (RECORD,) if origin.export else ()
    return (FILE, *record, *((MONTH_COLUMN,) if origin.spread else ()))


def _optional(table: Table, columns: list[str], edition: Edition) -> list[str]:
    """The columns that may be absent. A segment is among those that the edition asks for."""
    known = [each for each in map(table.column, columns) if each]
    return [
        each.name
        for each in known
        if not each.required and not each.present and each.name not in edition.segments
    ]


def _counted(
    engine: StagingEngine, frame: nw.LazyFrame, columns: list[str]
) -> tuple[int, frozenset[str]]:
    """How many rows there are, and which of the columns have no value in any, in one pass."""
    values = {f"values of {each}": nw.col(each).count() for each in columns}
    found = engine.collect(frame.select(rows=nw.len(), **values)).iloc[0]
    blank = [each for each in columns if not found[f"values of {each}"]]
    return int(found["rows"]), frozenset(blank)


def _digest_of_rows(engine: StagingEngine, held: str, source: Source) -> str:
    """A digest of the rows as staged, whatever their order, and of what gave them."""
    own = engine.digest(held)
    return hashlib.sha256(f"{source.sql or source.path}\n{own}".encode()).hexdigest()
