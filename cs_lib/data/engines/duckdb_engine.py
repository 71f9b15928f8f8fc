"""DuckDB, the embedded engine: in memory up to its limit and beyond that on disk."""

import contextlib
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import duckdb
import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import RowLocation
from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.sources import row_locations
from cs_lib.data.sources.adapted_rows import adapted_origin
from cs_lib.data.sources.fetched import Fetched
from cs_lib.data.sources.source_sql import absolute, origin_of
from cs_lib.data.sources.staged import Held, Origin
from cs_lib.data.sources.typing_sql import FILE, RECORD, ROW
from cs_lib.edition import Source
from cs_lib.errors import DataError, EngineError
from cs_lib.scratch import owned, sweep

#: of the memory that DuckDB would take (80 % of what it may use), where the edition states no limit
SHARE, LEAST_MB = 1 / 3, 1400
UNITS_MB = {"KiB": 2**10 / 1e6, "MiB": 2**20 / 1e6, "GiB": 2**30 / 1e6, "TiB": 2**40 / 1e6}
#: DuckDB 2.0 adds up by join key before a join even where that spares no rows: ten times the work here
UNWANTED = "partial_aggregate_pushdown"
#: so many rows are read from a table sooner than a long query that makes them is planned
FEW = 200_000


class DuckDBEngine:
    """A connection of its own, and what it holds."""

    dialect = DUCKDB

    def __init__(
        self,
        *,
        memory_limit: str | None,
        spill_dir: Path | None,
        timezone: str = "UTC",
        fetched: Fetched | None = None,
    ):
        # only named here: the engine makes the folder when it first has to spill
        place = spill_dir or Path(tempfile.gettempdir())
        self.spill = place / f"{owned()}{uuid4().hex[:8]}"
        _make_sure(place)
        sweep(inside=place)
        #: where text that is no plain UTF-8 is written anew for the engine
        self.spool = self.spill / "text"
        self.fetched = fetched or Fetched(self.spill / "fetched")
        settings: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(self.spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            **({"memory_limit": memory_limit} if memory_limit else {}),
        }
        try:
            self._connection = duckdb.connect(":memory:", config=settings)
            self._connection.execute(f"SET GLOBAL TimeZone = '{timezone}'")
        except duckdb.Error as error:
            raise DataError(f"memory_limit or spill_dir cannot be used: {_brief(error)}") from None
        if not memory_limit:
            self.run(f"SET memory_limit = '{self._enough_memory()}'")
        # in Jupyter without ipywidgets no bar is drawn, and the setting itself is refused
        with contextlib.suppress(duckdb.Error):
            self._connection.execute("SET enable_progress_bar = false")
        if (UNWANTED,) in self.rows("SELECT name FROM duckdb_optimizers()"):
            self.run(f"SET disabled_optimizers = '{UNWANTED}'")
        self._count = 0
        self._held: dict[str, nw.LazyFrame] = {}
        #: queries read small frames for as long as somebody holds these
        self._lifted: list[duckdb.DuckDBPyRelation] = []
        self._close = weakref.finalize(self, _release, self._connection, self.spill)

    def run(self, sql: str) -> None:
        with _told():
            self._connection.execute(sql)

    def rows(self, sql: str) -> list[tuple]:
        with _told():
            return self._connection.execute(sql).fetchall()

    def types(self, sql: str) -> dict[str, str]:
        """Column → SQL type of a query, which is planned but not run."""
        with _told():
            relation = self._connection.sql(sql)
            return dict(zip(relation.columns, map(str, relation.types), strict=True))

    def frame(self, sql: str) -> nw.LazyFrame:
        with _told():
            return nw.from_native(self._connection.sql(sql))

    def stream(self, frame: nw.LazyFrame, size: int = 512) -> Iterator[tuple]:
        """A long answer, a few rows at a time, on a cursor of its own."""
        with _told():
            cursor = self._connection.cursor()
            cursor.execute(frame.to_native().sql_query())
            while batch := cursor.fetchmany(size):
                yield from batch

    def keep(
        self, frame: nw.LazyFrame, name: str = "frame", *, number: str | None = None
    ) -> nw.LazyFrame:
        kept = self._new_name("kept", name)
        with _told():
            _whole_numbers(frame.to_native()).create(kept)
        if number:
            return self.frame(f"SELECT rowid AS {self.dialect.quoted(number)}, * FROM {kept}")
        return nw.from_native(self._connection.table(kept))

    def as_one(self, frame: nw.LazyFrame, *, rows: nw.LazyFrame | None = None) -> nw.LazyFrame:
        """Once a table is made, DuckDB asks for the columns of every step of a query anew."""
        if self.few(rows):
            return self.keep(frame)
        return self.frame(frame.to_native().sql_query())

    def few(self, rows: nw.LazyFrame | None) -> bool:
        return rows is not None and bool(self.collect(rows).fillna(0).iloc[0, 0] <= FEW)

    def lift(self, frame: pd.DataFrame, name: str = "lookup") -> nw.LazyFrame:
        """Read where it stands: a table made of it would have DuckDB ask anew for the columns of every query."""
        with _told():
            self._lifted.append(self._connection.from_df(frame))
        return nw.from_native(self._lifted[-1])

    def collect(self, frame: nw.LazyFrame) -> pd.DataFrame:
        with _told():
            relation = _whole_numbers(frame.to_native())
            answer = relation.df()
        kinds = zip(relation.columns, relation.types, strict=True)
        texts = [name for name, kind in kinds if str(kind) == "VARCHAR"]
        # text that is blank throughout comes as objects
        blank = {name: "str" for name in texts if answer[name].dtype == object}
        return answer.astype(blank) if blank else answer

    def origin(
        self, table: Table, source: Source, folder: Path, wanted: Iterable[str] = ()
    ) -> Origin:
        if source.recipe:
            return adapted_origin(self, table, source, source.recipe, folder)
        return origin_of(self, table, source, folder, wanted)

    def files_of(self, sql: str, folder: Path) -> list[Path] | None:
        return absolute(self, sql, folder)[1]

    def hold(self, name: str, sql: str) -> None:
        """The rows of a query, held under a name."""
        self.run(f"CREATE TABLE {name} AS {sql}")

    def held(self, name: str) -> nw.LazyFrame:
        if name not in self._held:
            self._held[name] = self.frame(f"SELECT rowid AS {ROW}, * FROM {name}")
        return self._held[name]

    def drop(self, name: str, rows: nw.LazyFrame) -> None:
        gone = self._new_name("gone", name)
        with _told():
            rows.to_native().create(gone)
        self.run(f"DELETE FROM {name} WHERE rowid IN (SELECT {ROW} FROM {gone})")
        self.run(f"DROP TABLE {gone}")

    def leave_out(self, name: str, unless: str) -> int:
        [(many,)] = self.rows(f"DELETE FROM {name} WHERE {self.dialect.quoted(unless)} IS NOT TRUE")
        return int(many)

    def alike(
        self, name: str, columns: Sequence[str], *, given: str | None, lacking: str | None
    ) -> nw.LazyFrame | None:
        if given == columns[0] and self._rises(name, given):
            return None
        quoted = self.dialect.quoted
        own = f"hash({', '.join(map(quoted, columns))})"
        looked_at = [f"{quoted(each)} IS NOT NULL" for each in (given,) if each]
        looked_at += [f"{quoted(each)} IS NULL" for each in (lacking,) if each]
        rows = f"FROM {name} WHERE {' AND '.join(looked_at) or 'true'}"
        twice = self._new_name("twice", name)
        self.run(
            f"CREATE TABLE {twice} AS SELECT own FROM (SELECT {own} AS own {rows}) "
            "GROUP BY own HAVING count(*) > 1"
        )
        if not self.rows(f"SELECT count(*) FROM {twice}")[0][0]:
            return None
        return self.frame(f"SELECT rowid AS {ROW}, * {rows} AND {own} IN (FROM {twice})")

    def _rises(self, name: str, column: str) -> bool:
        """Is each value beyond the one before, as ids in the order of their making are? Then all differ.

        A look at neighbours takes a seventh of the time that comparing all with all would take.
        """
        column = self.dialect.quoted(column)
        beyond = "strlen({0}) > strlen({1}) OR (strlen({0}) = strlen({1}) AND {0} > {1})"
        [(rises,)] = self.rows(
            f"SELECT bool_and(coalesce({beyond.format(column, 'before')}, false)) FROM (SELECT {column}, "
            f"lag({column}, 1, '') OVER () AS before FROM {name})"
        )
        return rises is not False

    def digest(self, name: str) -> tuple:
        return self.rows(f"SELECT count(*), sum(CAST(hash(held) AS HUGEINT)) FROM {name} held")[0]

    def file_starts(self, name: str) -> tuple[tuple[int, int], ...]:
        """Each file's number, with the number of its first row."""
        return tuple(self.rows(f"SELECT {FILE}, min(rowid) FROM {name} GROUP BY 1 ORDER BY 2"))

    def count_ragged(self, given: Origin) -> int:
        groups = range(len(set(given.layouts)))
        lines = "SELECT count(*) FROM (SELECT DISTINCT file_id, line FROM {0}_{1})"
        return sum(self.rows(lines.format(given.ragged, n))[0][0] for n in groups)

    def locations_of(self, staged: Held, rows: nw.LazyFrame) -> Iterator[tuple[int, RowLocation]]:
        numbered = rows.select(ROW, of=ROW)
        if staged.of_records:
            records = self.frame(f"SELECT rowid AS {ROW}, {RECORD} AS of FROM {staged.name}")
            numbered = rows.select(ROW).join(records, on=ROW)
        return row_locations.locations_of(self, staged, self.stream(numbered.sort(ROW)))

    def ragged_locations(self, staged: Held) -> Iterator[tuple[RowLocation, str, str]]:
        return row_locations.ragged_locations(self, staged)

    def close(self) -> None:
        self._close()

    def _enough_memory(self) -> str:
        """Room enough for each thread, and never a whole machine."""
        [(own,)] = self.rows("SELECT current_setting('memory_limit')")
        number, unit = own.split()
        return f"{max(LEAST_MB, SHARE * float(number) * UNITS_MB[unit]):.0f}MB"

    def _new_name(self, kind: str, name: str) -> str:
        self._count += 1
        return self.dialect.quoted(f"{kind} {self._count} {name}")


def _make_sure(place: Path) -> None:
    """Make the folder to spill into, where it is not there."""
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"spill_dir: {place} cannot be used: {error.strerror}.") from None


def _release(connection: duckdb.DuckDBPyConnection, spill: Path) -> None:
    connection.close()
    shutil.rmtree(spill, ignore_errors=True)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise EngineError(_brief(error)) from None


def _brief(error: Exception) -> str:
    """The engine's message in a line, without its drawing of the query."""
    first, *others = str(error).strip().splitlines()
    hint = next((line for line in others if line.startswith("Candidate bindings")), "")
    if first.startswith("Out of Memory"):
        hint = "Give the engine more with memory_limit in the edition."
    return f"{first} {hint}".strip()


def _whole_numbers(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """Sums of whole numbers come as HUGEINT, which pandas would take for floats."""
    wide = [
        name
        for name, kind in zip(relation.columns, relation.types, strict=True)
        if str(kind) == "HUGEINT"
    ]
    if not wide:
        return relation
    names = map(DUCKDB.quoted, wide)
    replaced = ", ".join(f"CAST({name} AS BIGINT) AS {name}" for name in names)
    return relation.project(f"* REPLACE ({replaced})")
