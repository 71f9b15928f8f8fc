"""One table as it is held: typed rows in an engine, and where each of them comes from."""

from dataclasses import dataclass, field
from functools import cached_property

import narwhals as nw

from cs_lib.data.contract import table_declaration as kinds
from cs_lib.data.contract.data_findings import RowLocation
from cs_lib.data.engines.engine import StagingEngine
from cs_lib.data.sources.headers import as_column, as_expression, folded
from cs_lib.data.sources.staged import Held, Origin
from cs_lib.data.sources.typing_sql import MONTH_COLUMN, ROW
from cs_lib.vocabulary import NOT_GIVEN

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
    `header` are the columns of its files by their own names, `renames` what values of segments are called now.
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
    header: tuple[str, ...] = ()
    origin: Origin | None = None
    renames: dict[str, dict[str, str]] = field(default_factory=dict)

    def cell(self, column: str) -> str:
        """A column as an expression of the edition reads it, to stand inside double quotes."""
        if self.is_own(column):
            return as_column(self.spelled.get(column, column))
        return as_expression(self.source.columns[column])

    def is_own(self, column: str) -> bool:
        """Whether a column stands in the export as it is, and no expression of the edition computes it."""
        asked = self.source.columns.get(column)
        return asked is None or folded(asked) == folded(self.spelled.get(column, column))

    def as_written(self, column: str, *words: str) -> list[str]:
        """Words of a column as the export has them: before they were renamed, or given a meaning."""
        found = dict.fromkeys("" if each == NOT_GIVEN else each for each in words)
        named = (self.renames.get(column, {}), self.source.words(column))
        for known in named:
            found |= {old: None for old, new in known.items() if new in found}
        return list(found)

    @property
    def called(self) -> str:
        """The table, and which of its sources this is where there are several."""
        name = self.table.name
        return f"{name} ({self.source.shown})" if self.source.part else name

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

    @cached_property
    def rows(self) -> nw.LazyFrame:
        """The held rows with their numbers and every column of the contract: what a source lacks is
        supplied here, and nowhere else. Its further columns stay outside, whatever their names."""
        held, further = self.held, {c for c in self.columns if not self.table.column(c)}
        own = (each for each in held.collect_schema().names() if each not in further)
        return held.select(*own, **self.absent)

    def rows_with(self, column: str) -> nw.LazyFrame:
        """The rows with a further column beside those of the contract, as the text `word`."""
        held = self.held.with_columns(word=nw.col(column).cast(nw.String))
        known = [name for name in self.columns if self.table.column(name)]
        return held.select(ROW, "word", *known).with_columns(**self.absent)

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
