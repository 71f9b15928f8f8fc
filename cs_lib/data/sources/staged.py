"""What reading gives: the rows as a source has them, and a table typed and held in the engine."""

from dataclasses import dataclass
from pathlib import Path

import narwhals as nw

from cs_lib.data.contract import tables as contract
from cs_lib.data.contract.tables import Table
from cs_lib.data.sources.headers import Header
from cs_lib.data.sources.source_files import Files, Layout
from cs_lib.edition import Source

_types: dict[str, nw.dtypes.DType] = {
    **dict.fromkeys((contract.ID, contract.TEXT), nw.String()),
    **dict.fromkeys(contract.MOMENTS, nw.Datetime("us")),
    **dict.fromkeys((*contract.MILLIONTHS, contract.INTEGER), nw.Int64()),
}


@dataclass(frozen=True)
class Origin:
    """A source's rows as SQL, with the columns that it gives and their types.

    `headers` are the columns of each file, where every row of a file has the same ones.
    """

    sql: str
    types: dict[str, str]
    shown: str
    files: Files | None = None
    query_files: list[Path] | None = None
    layouts: tuple[Layout, ...] = ()
    headers: tuple[Header, ...] = ()
    ragged: str | None = None


@dataclass(frozen=True)
class Staged:
    """One table, typed and held in the engine with one row number a row (in file order; from 0 on
    DuckDB, with gaps on Spark).

    `columns` are those that the source has; `blank` are the optional ones of them without any value.
    """

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
    blank: frozenset[str] = frozenset()
    fingerprint: str = ""
    respelled: tuple[str, ...] = ()
    superseded: str = ""

    @property
    def given(self) -> tuple[str, ...]:
        """The columns that say anything. An optional one that is blank throughout is as good as absent."""
        return tuple(column for column in self.columns if column not in self.blank)

    def has(self, column: str) -> bool:
        return column in self.given

    @property
    def absent(self) -> dict[str, nw.Expr]:
        """Each column of the contract that the source lacks, as nulls of its type."""
        return {
            each.name: nw.lit(None, dtype=_types[each.kind])
            for each in self.table.columns
            if each.name not in self.columns
        }
