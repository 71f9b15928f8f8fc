"""Bring one table into the engine: match its columns to the contract, type and hold its rows."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import narwhals as nw

from cs_lib.data.contract import table_declaration as kinds
from cs_lib.data.contract import tables as contract
from cs_lib.data.contract.data_findings import RowLocation, counted
from cs_lib.data.contract.table_declaration import Column, Table
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.engines.engine import SqlEngine, StagingEngine
from cs_lib.data.sources import chosen_rows, headers, said_values
from cs_lib.data.sources.file_age import refuse_unknown_age
from cs_lib.data.sources.headers import Header
from cs_lib.data.sources.month_columns import by_month
from cs_lib.data.sources.movement_periods import as_periods
from cs_lib.data.sources.signatures import WORKBOOK
from cs_lib.data.sources.source_files import refuse_damaged
from cs_lib.data.sources.source_sql import digest_of_source
from cs_lib.data.sources.staged import Held, Origin
from cs_lib.data.sources.typing_sql import (
    FILE,
    KEPT,
    MONTH_COLUMN,
    RECORD,
    RESERVED,
    ROW,
    TERMS,
    Given,
    stage_sql,
)
from cs_lib.edition import EVERY_COLUMN, Edition, Source
from cs_lib.errors import DataError, KitError, did_you_mean

_types: dict[str, nw.dtypes.DType] = {
    **dict.fromkeys(kinds.WORDS, nw.String()),
    **dict.fromkeys(kinds.MOMENTS, nw.Datetime("us")),
    **dict.fromkeys((*kinds.MILLIONTHS, kinds.INTEGER), nw.Int64()),
}


@dataclass(frozen=True, kw_only=True)
class Staged(Held):
    """One table, typed and held in its engine with one row number a row (in file order; from 0 on
    DuckDB, with gaps on Spark).

    `columns` are those that the source has; `blank` are the optional ones of them without any value.
    """

    engine: StagingEngine
    columns: tuple[str, ...]
    spelled: dict[str, str]
    required: tuple[str, ...]
    ragged_rows: int = 0
    row_count: int = 0
    blank: frozenset[str] = frozenset()
    fingerprint: str = ""
    respelled: tuple[str, ...] = ()
    superseded: str = ""
    said: tuple[str, ...] = ()
    spread: str | None = None

    @property
    def given(self) -> tuple[str, ...]:
        """The columns that say anything. An optional one that is blank throughout is as good as absent."""
        return tuple(column for column in self.columns if column not in self.blank)

    def has(self, column: str) -> bool:
        return column in self.given

    def spelled_in(self, row: dict, column: str) -> str:
        """The column's name where the analyst would look for it in this row: a month's, where it has one."""
        own = row.get(MONTH_COLUMN) if column == self.spread else None
        return own or self.spelled.get(column, column)

    @property
    def dated_by(self) -> str | None:
        """The column that says when, where the source gives one."""
        return next(filter(self.has, self.table.dated_by), None)

    @property
    def absent(self) -> dict[str, nw.Expr]:
        """Each column of the contract that the source lacks, as nulls of its type."""
        return {
            each.name: nw.lit(None, dtype=_types[each.kind])
            for each in self.table.columns
            if each.name not in self.columns
        }

    @property
    def held(self) -> nw.LazyFrame:
        """The rows with their numbers and the columns that the source has."""
        return self.engine.held(self.name)

    @property
    def rows(self) -> nw.LazyFrame:
        """The held rows with their numbers and every column of the contract: what a source lacks is
        supplied here, and nowhere else. Its further columns stay outside, whatever their names."""
        held = self.held.drop(*(c for c in self.columns if not self.table.column(c)))
        return held.with_columns(**self.absent) if self.absent else held

    def numbered(self, *numbers: int) -> nw.LazyFrame:
        """The rows of these numbers."""
        return self.rows.filter(nw.col(ROW).is_in(sorted(map(int, numbers))))

    def location(self, number: int) -> RowLocation:
        """Where one row stands."""
        [(_, place)] = self.engine.locations_of(self, self.numbered(number))
        return place

    def how_many(self, rows: nw.LazyFrame) -> tuple[int, int]:
        """How many rows, and the number of the first (−1 where there is none)."""
        found = self.engine.collect(rows.select(rows=nw.len(), first=nw.col(ROW).min())).iloc[0]
        many = int(found["rows"])
        return many, int(found["first"]) if many else -1

    def count(self, frame: nw.LazyFrame) -> int:
        return int(self.engine.collect(frame.select(rows=nw.len()))["rows"].iloc[0])


def stage(
    engine: StagingEngine, name: str, source: Source, *, edition: Edition, folder: Path, root: Path
) -> Staged:
    """Read one table into the engine, every column typed as the contract says."""
    table = contract.table(name)
    wanted = headers.wanted_names(table, source, edition)
    origin = engine.origin(table, source, folder, wanted.values())
    if source.latest and origin.files:
        refuse_unknown_age(name, origin.files.paths, origin.files.all_shown)
    if source.months:
        origin = by_month(engine, table, source, origin)
    own_headers = origin.headers or (Header(origin.shown, tuple(origin.types)),)
    faults = [fault for each in own_headers for fault in headers.clashes(each, wanted, source)]
    if faults:
        raise DataError("\n".join(faults))
    given, extras, faults = _match_columns(engine, table, source, origin, wanted)
    faults += _keys_of_no_column(table, source) + said_values.faults(table, source, edition)
    required, more = _required(table, origin, given)
    faults += more or _missing_in_some_files(table, origin, wanted, required)
    if faults:
        raise DataError("\n".join(faults))
    held = f"stage_{name}"
    of_sheets = bool(origin.files and origin.files.format == WORKBOOK)
    sql = stage_sql(
        table,
        given,
        extras,
        origin.sql,
        kept=chosen_rows.kept(table, source, origin, engine.dialect),
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
    left_out = _leave_out(engine, held, source)
    said = origin.said
    if left_out:
        said = (*said, _chosen(engine, held, table, source, left_out))
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
        spelled={each.column.name: _spelling(each, source, origin) for each in given},
        respelled=tuple(headers.respelled(own_headers, wanted)),
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
    if not source.where:
        return 0
    gone = engine.keep(engine.held(held).filter(~nw.col(KEPT)).select(ROW), "rows left out")
    many = int(engine.collect(gone.select(rows=nw.len()))["rows"].iloc[0])
    if many:
        engine.drop(held, gone)
    return many


def _chosen(engine: StagingEngine, held: str, table: Table, source: Source, left_out: int) -> str:
    """How many rows `where` has kept."""
    rows = int(engine.collect(engine.held(held).select(rows=nw.len()))["rows"].iloc[0])
    said = "; ".join(f"{name}: {', '.join(each)}" for name, each in source.where.items())
    return f"{table.name}: where keeps {rows:,} of {counted(rows + left_out, 'row')} ({said})."


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


def _match_columns(
    engine: StagingEngine, table: Table, source: Source, origin: Origin, wanted: dict[str, str]
) -> tuple[list[Given], dict[str, str], list[str]]:
    """The canonical columns that the source gives, the further ones, and what is wrong with them."""
    given: list[Given] = []
    faults: list[str] = []
    used: set[str] = set()
    dialect = engine.dialect
    segments = [name for name in wanted if table.column(name) is None]
    for name, value in source.values.items():
        column = table.column(name) or Column(name, kinds.TEXT)
        given.append(Given(column, *said_values.constant(value, column, dialect), dialect))
    for name in dict.fromkeys((*source.columns, *(c.name for c in table.columns), *segments)):
        if name in source.values:
            continue
        asked = source.columns.get(name, name)
        column = table.column(name) or Column(name, kinds.TEXT)
        own = headers.spelling(asked, origin.types)
        if own and (table.column(name) or name in {*source.columns, *source.map} or own != asked):
            used.add(own)
            given.append(Given(column, dialect.quoted(own), origin.types[own], dialect))
        elif name in source.columns:
            expression, sql_type, fault = _computed(engine, table, name, asked, origin)
            faults += [fault] if fault else []
            given.append(Given(column, expression, sql_type, dialect))
    taken = {each.column.name.lower() for each in given} | set(RESERVED)
    extras = {
        name: dialect.quoted(name)
        for name in origin.types
        if name not in used and name.lower() not in taken
    }
    order = {each.name: number for number, each in enumerate(table.columns)}
    given.sort(key=lambda each: order.get(each.column.name, len(order)))
    return given, extras, faults


def _computed(
    engine: StagingEngine, table: Table, name: str, asked: str, origin: Origin
) -> tuple[str, str, str | None]:
    """The expression of a computed column, its SQL type, and what is wrong with it."""
    place = f"tables.{table.name}.columns.{name}"
    if headers.is_name(asked):
        near = did_you_mean(asked, origin.types)
        return asked, "VARCHAR", f"{place}: {asked} is not a column of {origin.shown}. {near}"
    try:
        types = engine.types(f"SELECT ({asked}\n) AS computed FROM ({origin.sql})")
    except KitError as error:
        return asked, "VARCHAR", f"{place}: {asked} cannot be computed: {error}"
    fault = f"{place}: {asked} gives several rows for one. Spread them in a query under sql."
    return asked, types["computed"], fault if _spreads(engine, asked, origin) else None


def _spreads(engine: StagingEngine, asked: str, origin: Origin) -> bool:
    """Whether an expression makes several rows of one, which may stand nowhere but in what is selected."""
    try:
        engine.types(f"SELECT 1 FROM ({origin.sql}) WHERE ({asked}\n) IS NULL")
    except KitError as error:
        return "UNNEST" in str(error)
    return False


#: what can be said of all rows where no column says it
_FOR_ALL = {
    "instrument": ", or values: {instrument: nps} (csat, ces) where every row is of one.",
    "feature": ", or values: {feature: login} or the like where every row is of one.",
}


def _required(
    table: Table, origin: Origin, given: list[Given]
) -> tuple[tuple[str, ...], list[str]]:
    """The columns whose values every row needs, and a fault for each that is not there at all."""
    names = {each.column.name for each in given}
    needed = [each.name for each in table.columns if each.required]
    priced = table.name != "subscriptions" or "mrr" in names
    if not priced:
        needed.remove("mrr")
        priced = bool(names & {"amount", *(interval for interval, *_ in TERMS)})
        needed += _price_of(names) if priced else []
    there = [*needed, *(each.name for each in table.columns if each.present)]
    faults = [
        f"{origin.shown}: there is no column {name}, which {table.name} needs. "
        f"{did_you_mean(name, origin.types)} Name it in the edition: columns: {{{name}: …}}{_FOR_ALL.get(name, '.')}"
        for name in there
        if name not in names and not (name == "mrr" and "amount" in needed)
    ]
    if not priced:
        faults.append(
            f"{origin.shown}: there is no column mrr, nor amount and interval_months, which "
            f"subscriptions needs. {did_you_mean('mrr', origin.types)} Name it in the edition: "
            "columns: {mrr: …}."
        )
    return tuple(needed), faults


def _price_of(names: set[str]) -> list[str]:
    """What gives the price where mrr does not: the amount and its interval. A row of a table that has
    intervals of two kinds needs one of them, and so the mrr that comes of it."""
    terms = [interval for interval, *_ in TERMS if interval in names] or ["interval_months"]
    return ["amount", *(terms if len(terms) == 1 else ["mrr"])]


def _keys_of_no_column(table: Table, source: Source) -> list[str]:
    """A fault for each column that a key names and that is not of the key's kind."""
    money = [each.name for each in table.columns if each.kind == kinds.MONEY]
    cents = source.cents if isinstance(source.cents, tuple) else ()
    asked = [("date_format", each, "a date", table.moments) for each in source.date_format]
    asked += [("cents", each, "an amount of money", tuple(money)) for each in cents]
    return [
        f"tables.{table.name}.{key}: {column} is not {what} of {table.name}. "
        f"{did_you_mean(column, known)}"
        for key, column, what, known in asked
        if column not in (EVERY_COLUMN, *known)
    ]


def _missing_in_some_files(
    table: Table, origin: Origin, wanted: dict[str, str], required: tuple[str, ...]
) -> list[str]:
    """A fault for each file of several that lacks a known column which the others have."""
    needed = {wanted.get(name) for name in required}
    names = {each.shown: each.names for each in origin.headers}
    return [
        f"{shown}: there is no column {asked}, which the other files of {table.name} have. "
        + did_you_mean(asked, names[shown])
        + ("" if asked in needed else " Export the files alike: its cells may be blank.")
        for shown, asked in headers.missing_in_some(origin.headers, wanted)
    ]


def _spelling(given: Given, source: Source, origin: Origin) -> str:
    """The column's name where the analyst would look for it: the source's, if only renamed."""
    name = given.column.name
    if name in origin.names and name not in source.columns:
        return origin.names[name]
    return headers.spelling(source.columns.get(name, name), origin.types) or name


def _digest_of_rows(engine: StagingEngine, held: str, source: Source) -> str:
    """A digest of the rows as staged, whatever their order, and of what gave them."""
    own = engine.digest(held)
    return hashlib.sha256(f"{source.sql or source.path}\n{own}".encode()).hexdigest()
