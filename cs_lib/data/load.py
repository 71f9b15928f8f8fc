"""Open an edition's data: every table typed and staged in the engine, checked, and lazy from there."""

import contextlib
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import uuid4

import duckdb
import narwhals as nw
import pandas as pd

from cs_lib.data.check import Finding, check
from cs_lib.data.origin import digest_of_source
from cs_lib.data.sources import data_folder
from cs_lib.data.stage import Staged, stage
from cs_lib.edition import Edition, find_root
from cs_lib.errors import DataError, KitError


class EngineError(KitError):
    """The engine could not run what it was asked; the caller says what that means."""


class Engine:
    """DuckDB, in memory up to its limit and beyond that on disk; the only thing that opens anything."""

    def __init__(self, *, memory_limit: str | None, spill_dir: Path | None, timezone: str = "UTC"):
        own = spill_dir is None
        # only named here: the engine makes the folder when it first has to spill
        self.spill = Path(tempfile.gettempdir(), f"cs_kit_{uuid4().hex}") if own else spill_dir
        settings = {
            "temp_directory": str(self.spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if memory_limit:
            settings["memory_limit"] = memory_limit
        try:
            self._connection = duckdb.connect(":memory:", config=settings)
            self._connection.execute(f"SET GLOBAL TimeZone = '{timezone}'")
        except duckdb.Error as error:
            raise DataError(f"memory_limit or spill_dir cannot be used: {_brief(error)}") from None
        # in Jupyter without ipywidgets no bar is drawn, and the setting itself is refused
        with contextlib.suppress(duckdb.Error):
            self._connection.execute("SET enable_progress_bar = false")
        self._count = 0
        self._close = weakref.finalize(
            self, _release, self._connection, self.spill if own else None
        )

    def run(self, sql: str) -> None:
        with _told():
            self._connection.execute(sql)

    def rows(self, sql: str) -> list[tuple]:
        """A small answer, whole."""
        with _told():
            return self._connection.execute(sql).fetchall()

    def stream(self, sql: str, size: int = 512) -> Iterator[tuple]:
        """A long answer, a few rows at a time, on a cursor of its own."""
        with _told():
            cursor = self._connection.cursor()
            cursor.execute(sql)
            while batch := cursor.fetchmany(size):
                yield from batch

    def types(self, sql: str) -> dict[str, str]:
        """Column → SQL type of a query, which is planned but not run."""
        with _told():
            relation = self._connection.sql(sql)
            return dict(zip(relation.columns, map(str, relation.types), strict=True))

    def frame(self, sql: str) -> nw.LazyFrame:
        with _told():
            return nw.from_native(self._connection.sql(sql))

    def append(self, name: str, frame: nw.LazyFrame) -> None:
        """Add a frame's rows to a table of the engine."""
        with _told():
            frame.to_native().insert_into(name)

    def keep(self, frame: nw.LazyFrame, name: str = "frame") -> nw.LazyFrame:
        """The frame, computed now and held inside the engine."""
        self._count += 1
        kept = f'"kept {self._count} {name}"'
        with _told():
            _whole_numbers(frame.to_native()).create(kept)
        return self.frame(f"SELECT * FROM {kept}")

    def lift(self, frame: pd.DataFrame, name: str = "lookup") -> nw.LazyFrame:
        """A small pandas frame, brought into the engine."""
        with _told():
            return self.keep(nw.from_native(self._connection.from_df(frame)), name)

    def collect(self, frame: nw.LazyFrame) -> pd.DataFrame:
        with _told():
            return _whole_numbers(frame.to_native()).df()

    def close(self) -> None:
        self._close()


def _release(connection, spill: Path | None) -> None:
    connection.close()
    if spill:
        shutil.rmtree(spill, ignore_errors=True)


@contextlib.contextmanager
def _told():
    try:
        yield
    except duckdb.Error as error:
        raise EngineError(_brief(error)) from None


def _brief(error: Exception) -> str:
    """The engine's message in a line, without its drawing of the query."""
    first, *others = str(error).strip().splitlines()
    hint = next((line for line in others if line.startswith("Candidate bindings")), "")
    return f"{first} {hint}".strip()


def _whole_numbers(relation):
    """Sums of whole numbers come as HUGEINT, which pandas would take for floats."""
    wide = [
        name
        for name, kind in zip(relation.columns, relation.types, strict=True)
        if str(kind) == "HUGEINT"
    ]
    if not wide:
        return relation
    names = (f'"{name.replace(chr(34), chr(34) * 2)}"' for name in wide)
    replaced = ", ".join(f"CAST({name} AS BIGINT) AS {name}" for name in names)
    return relation.project(f"* REPLACE ({replaced})")


@dataclass(frozen=True)
class InputTable:
    """What one table was read from, how much of it counts, and what days it speaks of."""

    table: str
    source: str
    rows: int
    rejected: int
    fingerprint: str
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Data:
    """An edition's tables as valid, typed, lazy frames, and what there is to say about them."""

    tables: dict[str, nw.LazyFrame]
    engine: Engine
    findings: tuple[Finding, ...]
    inputs: tuple[InputTable, ...]
    as_of: date
    rejects: dict[tuple[str, str], int]

    def close(self) -> None:
        self.engine.close()

    def __enter__(self) -> "Data":
        return self

    def __exit__(self, *_) -> None:
        self.close()


def open_data(
    edition: Edition,
    *,
    root: Path | None = None,
    data_dir: Path | str | None = None,
    allow_rejects: bool = False,
    rejects_to: Path | None = None,
) -> Data:
    """Open, type and check every table of an edition.

    Raises DataError with every breach of the contract, unless `allow_rejects`: then the rows at
    fault are left out, counted by reason and written to `rejects_to`.
    """
    root = root or find_root()
    folder = data_folder(edition, root, data_dir)
    engine = _engine(edition, root)
    try:
        staged = _stage_all(engine, edition, root, folder)
        checked = check(engine, staged, edition, allow_rejects=allow_rejects, rejects_to=rejects_to)
        return Data(
            tables={each.table.name: _valid(engine, each) for each in staged},
            engine=engine,
            findings=checked.findings,
            inputs=tuple(_input(engine, each, checked.rejected) for each in staged),
            as_of=checked.as_of,
            rejects=checked.rejects,
        )
    except BaseException:
        engine.close()
        raise


def fingerprints(
    edition: Edition, *, root: Path | None = None, data_dir: Path | str | None = None
) -> dict[str, str] | None:
    """Table → digest of its inputs, without loading them; None where only loading could tell."""
    root = root or find_root()
    folder = data_folder(edition, root, data_dir)
    engine = _engine(edition, root)
    try:
        found = {
            name: digest_of_source(engine, name, source, folder=folder, root=root)
            for name, source in sorted(edition.tables.items())
        }
    finally:
        engine.close()
    return None if None in found.values() else found


def _stage_all(engine: Engine, edition: Edition, root: Path, folder: Path) -> list[Staged]:
    """Every table of the edition in the engine; DataError with what is wrong with any of them."""
    staged, faults = [], []
    for name, source in sorted(edition.tables.items()):
        try:
            staged.append(stage(engine, name, source, edition=edition, folder=folder, root=root))
        except DataError as error:
            faults.append(str(error))
    if faults:
        raise DataError("\n".join(faults))
    return staged


def _valid(engine: Engine, staged: Staged) -> nw.LazyFrame:
    names = ", ".join(f'"{name.replace(chr(34), chr(34) * 2)}"' for name in staged.columns)
    return engine.frame(f"SELECT {names} FROM {staged.name}")


def _input(engine: Engine, staged: Staged, rejected: dict[str, int]) -> InputTable:
    name = staged.table.name
    dates = [each for each in staged.table.dated_by or staged.table.moments if staged.has(each)]
    spans = ", ".join(f'min("{each}"), max("{each}")' for each in dates) or "NULL"
    days = sorted(each for each in engine.rows(f"SELECT {spans} FROM {staged.name}")[0] if each)
    return InputTable(
        table=name,
        source=staged.origin,
        rows=staged.rows + staged.ragged_rows,
        rejected=rejected[name],
        fingerprint=staged.fingerprint,
        first=days[0].date() if days else None,
        last=days[-1].date() if days else None,
    )


def _engine(edition: Edition, root: Path) -> Engine:
    spill = root / edition.spill_dir if edition.spill_dir else None
    return Engine(memory_limit=edition.memory_limit, spill_dir=spill, timezone=edition.timezone)
