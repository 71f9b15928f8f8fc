"""Bring one table into the engine: match its columns to the contract, type and hold its rows."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import narwhals as nw

from cs_lib.data import tables as contract
from cs_lib.data.origin import Origin, digest_of_source
from cs_lib.data.sources import Files, Layout
from cs_lib.data.staging import FILE, RESERVED, ROW, Given, quoted, stage_sql
from cs_lib.data.tables import Table
from cs_lib.edition import Edition, Source
from cs_lib.errors import DataError, KitError, did_you_mean


@dataclass(frozen=True)
class Staged:
    """One table, typed and held in the engine with one row number a row (from 0, in file order)."""

    table: Table
    source: Source
    name: str
    columns: tuple[str, ...]
    spelled: dict[str, str]
    required: tuple[str, ...]
    files: Files | None
    query_files: list[Path] | None = None
    layouts: tuple[Layout, ...] = ()
    ragged: str | None = None
    ragged_rows: int = 0
    starts: tuple[tuple[int, int], ...] = ()
    rows: int = 0
    fingerprint: str = ""

    @property
    def origin(self) -> str:
        return self.source.path or "SQL"

    def has(self, column: str) -> bool:
        return column in self.columns


def stage(
    engine, name: str, source: Source, *, edition: Edition, folder: Path, root: Path
) -> Staged:
    """Read one table into the engine, every column typed as the contract says."""
    table = contract.table(name)
    origin = Origin.of(engine, table, source, folder)
    given, extras, faults = _match_columns(engine, table, source, origin)
    required, more = _required(table, source, origin, given)
    faults += more or _missing_in_some_files(table, origin, given, required)
    if faults:
        raise DataError("\n".join(faults))
    held = f"stage_{name}"
    sql = stage_sql(table, given, extras, origin.sql, source=source, edition=edition)
    try:
        engine.run(f"CREATE TABLE {held} AS {sql}")
    except KitError as error:
        raise DataError(f"tables.{name} ({origin.shown}) cannot be read: {error}") from None
    starts = engine.rows(f"SELECT {FILE}, min(rowid) FROM {held} GROUP BY 1 ORDER BY 2")
    columns = [c for c in engine.types(f"FROM {held}") if c not in RESERVED]
    return Staged(
        table=table,
        source=source,
        name=held,
        columns=tuple(columns),
        spelled={each.column.name: _spelling(each, source) for each in given},
        required=required,
        files=origin.files,
        query_files=origin.query_files,
        layouts=origin.layouts,
        ragged=origin.ragged,
        starts=tuple(starts),
        rows=engine.rows(f"SELECT count(*) FROM {held}")[0][0],
        ragged_rows=_count_ragged(engine, origin),
        fingerprint=digest_of_source(engine, name, source, folder=folder, root=root)
        or _digest_of_rows(engine, held, source),
    )


def _count_ragged(engine, origin: Origin) -> int:
    groups = range(len(set(origin.layouts)))
    return sum(
        engine.rows(
            f"SELECT count(*) FROM (SELECT DISTINCT file_id, line FROM {origin.ragged}_{n})"
        )[0][0]
        for n in groups
    )


def frame_of(engine, staged: Staged) -> nw.LazyFrame:
    """The staged rows with their numbers."""
    return engine.frame(f"SELECT rowid AS {ROW}, * FROM {staged.name}")


def _match_columns(engine, table: Table, source: Source, origin: Origin):
    """The canonical columns that the source gives, the further ones, and what is wrong with them."""
    given, faults, used = [], [], set()
    for name in (*source.columns, *(c.name for c in table.columns if c.name not in source.columns)):
        asked = source.columns.get(name, name)
        column = table.column(name) or contract.Column(name, contract.TEXT)
        if asked in origin.types:
            used.add(asked)
            given.append(Given(column, quoted(asked), origin.types[asked]))
        elif name in source.columns:
            expression, sql_type, fault = _computed(engine, table, name, asked, origin)
            faults += [fault] if fault else []
            given.append(Given(column, expression, sql_type))
    taken = {each.column.name.lower() for each in given} | set(RESERVED)
    extras = {
        name: quoted(name)
        for name in origin.types
        if name not in used and name.lower() not in taken
    }
    order = {each.name: number for number, each in enumerate(table.columns)}
    given.sort(key=lambda each: order.get(each.column.name, len(order)))
    return given, extras, faults


def _computed(engine, table: Table, name: str, asked: str, origin: Origin):
    place = f"tables.{table.name}.columns.{name}"
    if re.fullmatch(r"[A-Za-z_][\w ]*", asked):
        near = did_you_mean(asked, origin.types)
        return asked, "VARCHAR", f"{place}: {asked} is not a column of {origin.shown}. {near}"
    try:
        types = engine.types(f"SELECT ({asked}) AS computed FROM ({origin.sql})")
    except KitError as error:
        return asked, "VARCHAR", f"{place}: {asked} cannot be computed: {error}"
    return asked, types["computed"], None


def _required(table: Table, source: Source, origin: Origin, given: list[Given]):
    """The columns whose values every row needs, and a fault for each that is not there at all."""
    names = {each.column.name for each in given}
    needed = [each.name for each in table.columns if each.required]
    if table.name == "subscriptions" and "mrr" not in names:
        needed.remove("mrr")
        needed += ["amount", "interval_months"]
        if not names & {"amount", "interval_months"}:
            near = did_you_mean("mrr", origin.types)
            return (), [
                f"{origin.shown}: there is no column mrr, nor amount and interval_months, which "
                f"subscriptions needs. {near} Name it in the edition: columns: {{mrr: …}}."
            ]
    there = [*needed, *(each.name for each in table.columns if each.present)]
    faults = [
        f"{origin.shown}: there is no column {name}, which {table.name} needs. "
        f"{did_you_mean(name, origin.types)} Name it in the edition: columns: {{{name}: …}}."
        for name in there
        if name not in names
    ]
    return tuple(needed), faults


def _missing_in_some_files(
    table: Table, origin: Origin, given: list[Given], required: tuple[str, ...]
) -> list[str]:
    """A fault for each file of several that lacks a required column which the others have."""
    faults = []
    for number, layout in enumerate(origin.layouts):
        names = {quoted(name).lower() for name in layout.names}
        faults += [
            f"{origin.files.shown(number)}: there is no column {each.expression[1:-1]}, which the "
            f"other files of {table.name} have. {did_you_mean(each.expression[1:-1], layout.names)}"
            for each in given
            if each.column.name in required
            and each.expression.startswith('"')
            and each.expression.lower() not in names
        ]
    return faults


def _spelling(given: Given, source: Source) -> str:
    """The column's name where the analyst would look for it: the source's, if only renamed."""
    asked = source.columns.get(given.column.name, given.column.name)
    return asked if given.expression == quoted(asked) else given.column.name


def _digest_of_rows(engine, held: str, source: Source) -> str:
    """A digest of the rows as staged, whatever their order, and of the query that gave them."""
    own = engine.rows(f"SELECT count(*), sum(CAST(hash(held) AS HUGEINT)) FROM {held} held")[0]
    return hashlib.sha256(f"{source.sql}\n{own}".encode()).hexdigest()
