"""What every engine can do: the seam between the kit and DuckDB, Spark, or whatever comes next."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import RowLocation
from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.engines.dialect import DuckDB
from cs_lib.data.sources.fetched import Fetched
from cs_lib.data.sources.staged import Held, Origin
from cs_lib.edition import Source


class Engine(Protocol):
    """What facts and measures ask of an engine: to compute frames, and to hold them."""

    def keep(
        self, frame: nw.LazyFrame, name: str = "frame", *, number: str | None = None
    ) -> nw.LazyFrame:
        """The frame, computed now and held inside the engine; with a `number` of each row, in their order."""

    def as_one(self, frame: nw.LazyFrame, *, rows: nw.LazyFrame | None = None) -> nw.LazyFrame:
        """The same frame, for many to build on: as one step, where the engine asks about each step again.

        Of `few` rows it is kept.
        """

    def few(self, rows: nw.LazyFrame | None) -> bool:
        """Whether so many rows (a frame of that one number) are read sooner than a long query for them is planned."""

    def lift(self, frame: pd.DataFrame, name: str = "lookup") -> nw.LazyFrame:
        """A small pandas frame, brought into the engine."""

    def collect(self, frame: nw.LazyFrame) -> pd.DataFrame:
        """A small answer, whole."""

    def close(self) -> None:
        """Let go of whatever the engine holds."""


class StagingEngine(Engine, Protocol):
    """What sources and contract ask besides: to read a table, to hold its rows, and to find them again."""

    @property
    def dialect(self) -> DuckDB:
        """How this engine spells what staging says."""

    @property
    def spool(self) -> Path:
        """Where text that is no plain UTF-8 is written anew for the engine."""

    @property
    def fetched(self) -> Fetched:
        """What databases gave for this engine."""

    def origin(
        self, table: Table, source: Source, folder: Path, wanted: Iterable[str] = ()
    ) -> Origin:
        """The rows as a source has them; the wanted columns have one spelling in all files."""

    def files_of(self, sql: str, folder: Path) -> list[Path] | None:
        """The files that a query reads; None where that cannot be told."""

    def types(self, sql: str) -> dict[str, str]:
        """Column → SQL type of a query, which is planned but not run; types by DuckDB's names."""

    def hold(self, name: str, sql: str) -> None:
        """The rows of a query, numbered and held under a name."""

    def held(self, name: str) -> nw.LazyFrame:
        """The held rows with their numbers."""

    def drop(self, name: str, rows: nw.LazyFrame) -> None:
        """Remove rows, given by number, from those held under a name."""

    def leave_out(self, name: str, unless: str) -> int:
        """Remove the rows held under a name of which a column is not true; how many. The others keep their
        numbers."""

    def alike(
        self, name: str, columns: Sequence[str], *, given: str | None, lacking: str | None
    ) -> nw.LazyFrame | None:
        """The held rows that another one equals in these columns; None where all differ."""

    def digest(self, name: str) -> tuple:
        """What tells the held rows from others, whatever their order."""

    def stream(self, frame: nw.LazyFrame) -> Iterator[tuple]:
        """A long answer, a few rows at a time."""

    def file_starts(self, name: str) -> tuple[tuple[int, int], ...]:
        """Each file's number, with the number of its first row; nothing where rows name their files."""

    def count_ragged(self, given: Origin) -> int:
        """How many lines never became a row."""

    def locations_of(self, staged: Held, rows: nw.LazyFrame) -> Iterator[tuple[int, RowLocation]]:
        """Number and place of rows of a staged table, in ascending order."""

    def ragged_locations(self, staged: Held) -> Iterator[tuple[RowLocation, str, str]]:
        """Each record that never became a row: its place, the kind of its fault, and the engine's words."""


class SqlEngine(StagingEngine, Protocol):
    """What reading by DuckDB's own SQL asks besides."""

    def rows(self, sql: str) -> list[tuple]:
        """A small answer, whole."""
