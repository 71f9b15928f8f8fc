"""What reading gives: the rows as a source has them, and the rows as an engine holds them."""

from dataclasses import dataclass, field

from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.sources.headers import Header
from cs_lib.data.sources.source_files import CSV, Files, Layout
from cs_lib.edition import Source


@dataclass(frozen=True)
class Origin:
    """A source's rows as SQL, with the columns that it gives and their types.

    `headers` are the columns of each file, where every row of a file has the same ones. Where an adapter
    made the rows, `export` is the held table of the records that it made them of, `names` say which of
    their columns an error names for one of ours, and `said` is what the adapter warns of. `spread` is the
    column whose values stand in columns of months.
    """

    sql: str
    types: dict[str, str]
    shown: str
    files: Files | None = None
    layouts: tuple[Layout, ...] = ()
    headers: tuple[Header, ...] = ()
    ragged: str | None = None
    export: str | None = None
    names: dict[str, str] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    spread: str | None = None


@dataclass(frozen=True)
class Held:
    """A table's rows as an engine holds them under a name, and the files that they came from.

    `starts` are each file's number and its first row; its first record, where rows say of which
    `of_records` they were made. `spread` is the column whose values stood in columns of months.
    """

    table: Table
    source: Source
    name: str
    files: Files | None
    layouts: tuple[Layout, ...] = ()
    ragged: str | None = None
    starts: tuple[tuple[int, int], ...] = ()
    of_records: bool = False
    spread: str | None = None

    @property
    def of_csv(self) -> bool:
        """Whether each row is a record of a CSV file that this machine reads, so that it has a line."""
        return bool(self.files and self.files.format == CSV and not self.spread)

    @property
    def of_lines(self) -> bool:
        """Whether its rows stand in files in the order in which somebody wrote them."""
        return bool(self.files and not self.source.recipe and self.starts)
