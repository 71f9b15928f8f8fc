"""What the files of a folder are: exports that an adapter reads, tables of the kit's own, or neither."""

import re
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.contract.tables import TABLES
from cs_lib.data.engines.duckdb_engine import DuckDBEngine
from cs_lib.data.sources import text_files
from cs_lib.data.sources.cut_lines import first_line, lines_below
from cs_lib.data.sources.headers import spelling
from cs_lib.data.sources.recognised import header_candidates, recognised, records_below
from cs_lib.data.sources.source_files import delimiter_of
from cs_lib.edition import Source
from cs_lib.edition.adapter import Adapter
from cs_lib.pack.new.file_parts import Part, parts_of
from cs_lib.pack.new.likely_columns import Likely, likely_report, likely_table
from cs_lib.pack.new.likely_keys import with_keys

#: files of a folder that are looked at
MOST_FILES = 500


@dataclass(frozen=True)
class FoundFile:
    """A file, or several whose names differ by their digits, with what reads it; `path` is from the folder.

    `table` without an adapter is one of the kit's, whose needed columns are all there. A file that is
    neither has its columns alone, and one that cannot be looked into has none. `more` are exports of other
    vendors that are read into the same table, and `likely` is what a file that is neither may be; `keys` name
    a sheet or a database's table, and `why` says what keeps one from being looked into.
    """

    path: str
    paths: tuple[Path, ...]
    names: tuple[str, ...]
    size: int = 0
    keys: dict[str, str] = field(default_factory=dict)
    table: str | None = None
    adapter: Adapter | None = None
    more: tuple["FoundFile", ...] = ()
    likely: Likely | None = None
    why: str = ""

    @property
    def shown(self) -> str:
        """The file, with the sheet or table of it."""
        return ", ".join((self.path, *(" ".join(each) for each in self.keys.items())))


def files_in(folder: Path, known: list[Adapter]) -> list[FoundFile]:
    """The files of a folder and of those inside it, those with numbered names together."""
    with closing(DuckDBEngine(memory_limit=None, spill_dir=None, timezone="UTC")) as engine:
        found = [
            _look(part, known)
            for path in _paths(folder)[:MOST_FILES]
            for part in parts_of(path, folder, engine)
        ]
    groups: dict[tuple, list[FoundFile]] = {}
    for each in found:
        name = each.adapter.name if each.adapter else each.table
        group = _without_digits(each.path), each.names, name, *each.keys.items()
        groups.setdefault(group, []).append(each)
    return [_together(group, found) for group in groups.values()]


def unseen_in(folder: Path) -> int:
    """How many files of a folder are not looked at."""
    return max(len(_paths(folder)) - MOST_FILES, 0)


def _paths(folder: Path) -> list[Path]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path for path in paths if not _is_hidden(path.relative_to(folder)))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "~", "_")) for part in path.parts)


def _without_digits(path: str) -> str:
    return re.sub(r"\d+", "*", path)


def _together(group: list[FoundFile], everything: list[FoundFile]) -> FoundFile:
    """Several files of one kind as one, where a pattern names them and no other file."""
    first = group[0]
    pattern = _without_digits(first.path)
    paths = {each.path for each in group}
    named = {each.path for each in everything if Path(each.path).match(pattern)}
    if len(group) == 1 or named != paths:
        return first
    every = tuple(path for each in group for path in each.paths)
    return replace(first, path=pattern, paths=every, size=sum(each.size for each in group))


def _look(part: Part, known: list[Adapter]) -> FoundFile:
    plain = FoundFile(part.path, (part.at,), (), part.size, part.keys, why=part.why)
    path = part.text
    if path is None:
        return plain
    try:
        rows = list(header_candidates(path))
        adapter = None if "table" in part.keys else recognised(path, known)
    except (*text_files.CUT_SHORT, ValueError):
        return plain
    plain = replace(plain, names=tuple(rows[0][1]) if rows else ())
    if adapter:
        return replace(plain, table=adapter.table, adapter=adapter)
    own = _own_table(part.at, plain.names)
    likely = _likely(part, path, rows) if own in (None, "customers") else None
    if likely and own and likely.table == own:
        likely = None
    if likely and not part.is_json:
        delimiter = delimiter_of(first_line(path, likely.skip), Source(path=part.path))
        header = next((own for line, own in rows if line == likely.skip), [])
        below = records_below(path, likely.skip + 1, delimiter)
        likely = with_keys(likely, path, header, below)
        likely = replace(likely, footer=lines_below(path, delimiter, len(likely.header)))
    if likely and own and _has_only_a_customer(plain.names):
        own = None
    return replace(plain, table=own, likely=likely)


def _likely(part: Part, path: Path, rows: list[tuple[int, list[str]]]) -> Likely | None:
    reported = None if part.is_json else _grouped(path, rows)
    return reported or likely_table(rows, part.at.stem)


def _grouped(path: Path, rows: list[tuple[int, list[str]]]) -> Likely | None:
    """What a report may be in which names stand above their rows, by its first lines."""
    for line, names in rows:
        delimiter = delimiter_of(first_line(path, line), Source(path=path.name))
        below = records_below(path, line + 1, delimiter)
        if len(names) > 1 and (found := likely_report(line, names, below)):
            return found
    return None


def _own_table(path: Path, names: Iterable[str]) -> str | None:
    """The table of the kit that has most of these columns, of those whose needed columns are all there."""
    names = list(names)
    fitting = [each for each in TABLES if _is_whole(each, names)]
    if len(fitting) > 1:
        fitting = [each for each in fitting if each.name in path.name] or fitting
    most = max(fitting, key=lambda each: _columns_of(each, names), default=None)
    return most.name if most else None


def _has_only_a_customer(names: Iterable[str]) -> bool:
    """Whether a file is customers for nothing but its customer_id, which other tables have as well."""
    customers = next(each for each in TABLES if each.name == "customers")
    return _columns_of(customers, list(names)) == 1


def _is_whole(table: Table, names: list[str]) -> bool:
    needed = {each.name for each in table.columns if each.required or each.present}
    if table.name == "subscriptions" and spelling("amount", names):
        needed.discard("mrr")
        intervals = ("interval_months", "interval_weeks")
        if not any(spelling(each, names) for each in intervals):
            return False
    return all(spelling(each, names) for each in needed)


def _columns_of(table: Table, names: list[str]) -> int:
    return sum(spelling(each.name, names) is not None for each in table.columns)
