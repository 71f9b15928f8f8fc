"""What a file of a folder holds that may be a table: itself, the files of an archive, sheets, tables of a database."""

import csv
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.engines.engine import SqlEngine
from cs_lib.data.sources import archives, database_files, signatures, text_files, workbooks
from cs_lib.data.sources.source_files import CSV, JSON, PARQUET, format_of
from cs_lib.data.sources.spool_files import new_file
from cs_lib.errors import DataError, KitError

#: rows of a database's table or of a Parquet file that are looked at
_FIRST = 200
_PACKED_TWICE = "an archive within an archive: unpack it"


@dataclass(frozen=True)
class Part:
    """What an edition's `path` and `keys` name, and a text file with its rows: of what is no text a copy.

    `at` stands for the part alone. No `text` where it cannot be looked into, and `why` where that is known.
    """

    path: str
    at: Path
    size: int
    text: Path | None
    keys: dict[str, str] = field(default_factory=dict)
    is_json: bool = False
    why: str = ""


def parts_of(path: Path, folder: Path, engine: SqlEngine) -> list[Part]:
    """The parts of a file, whatever kind it is of by its first bytes."""
    shown = path.relative_to(folder).as_posix()
    return _looked_into(path, Part(shown, path, path.stat().st_size, None), engine)


def _looked_into(path: Path, whole: Part, engine: SqlEngine) -> list[Part]:
    """The parts of a file, or of a copy of one in an archive; itself where it has none that can be read."""
    try:
        return [*_parts(path, whole, engine)] or [whole]
    except DataError as error:
        return [replace(whole, why=str(error))]
    except (KitError, OSError, ValueError, sqlite3.Error, *text_files.CUT_SHORT):
        return [whole]


def _parts(path: Path, whole: Part, engine: SqlEngine) -> Iterator[Part]:
    kind, spool = signatures.kind_of(path), engine.spool
    if kind == signatures.ARCHIVE:
        for member in archives.members(path):
            inside = member.relative_to(path).as_posix()
            own = Part(f"{whole.path}/{inside}", member, 0, None)
            try:
                copy = archives.unpacked(member, inside, spool)
            except DataError as error:
                yield replace(own, why=str(error))
                continue
            own = replace(own, size=copy.stat().st_size)
            if signatures.kind_of(copy) == kind:
                yield replace(own, why=_PACKED_TWICE)
            else:
                yield from _looked_into(copy, own, engine)
    elif kind == signatures.WORKBOOK:
        yield from _copies(workbooks.all_rows(path, whole.path), "sheet", whole, spool)
    elif kind == signatures.DATABASE:
        yield from _copies(database_files.first_rows(engine, path, _FIRST), "table", whole, spool)
    elif format_of(whole.at) == PARQUET:
        start = f"SELECT * FROM read_parquet({DUCKDB.literal(path)}) LIMIT {_FIRST}"
        text = _written([tuple(engine.types(start)), *engine.rows(start)], spool)
        yield Part(whole.path, whole.at, whole.size, text)
    elif format_of(whole.at) in (CSV, JSON):
        yield Part(whole.path, whole.at, whole.size, path, is_json=format_of(whole.at) == JSON)


def _copies(
    named: Iterable[tuple[str, Iterable[Iterable[object]]]], key: str, whole: Part, spool: Path
) -> Iterator[Part]:
    """A part of each sheet or table; the key is left out where there is only one sheet."""
    found = [(name, _written(rows, spool)) for name, rows in named]
    for name, text in found:
        keys = {} if key == "sheet" and len(found) == 1 else {key: name}
        yield Part(whole.path, whole.at / name, text.stat().st_size, text, keys)


def _written(rows: Iterable[Iterable[object]], spool: Path) -> Path:
    copy = new_file(spool, ".csv")
    with copy.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return copy
