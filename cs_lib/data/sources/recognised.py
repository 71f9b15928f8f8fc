"""Which vendor's export a file is, by the names of its columns."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from cs_lib.data.sources import text_files
from cs_lib.data.sources.headers import MOST_TITLES, spelling
from cs_lib.data.sources.source_files import delimiter_of, find_files, is_remote
from cs_lib.edition import Source
from cs_lib.edition.adapter import Adapter
from cs_lib.edition.adapter_files import adapters
from cs_lib.errors import KitError

_PLAIN = Source(path="export")
#: bytes of a file's start in which the names of its columns stand
_START = 1 << 16
#: records that are looked at for what stands below the names
_MOST_RECORDS = 200


def adapter_hint(table: str, source: Source, folder: Path, root: Path) -> str:
    """What to say of a table that cannot be read as it stands and is a vendor's export; else nothing."""
    if not source.path or source.adapter or is_remote(source.path):
        return ""
    try:
        files = find_files(table, source, folder)
        adapter = recognised(files.paths[0], adapters(root))
    except (KitError, *text_files.CUT_SHORT):
        return ""
    if adapter is None:
        return ""
    place = "this table" if adapter.table == table else f"the table {adapter.table}"
    return (
        f"{files.shown(0)} looks like {adapter.title}: write adapter: {adapter.name} for {place}."
    )


def recognised(path: Path, known: Iterable[Adapter]) -> Adapter | None:
    """The adapter that reads most of the file's columns, of those whose columns are all there."""
    rows = [names for _, names in header_candidates(path)]
    fitting = [each for each in known if any(_reads(each, row) for row in rows)]
    return max(fitting, key=lambda each: len(each.needs), default=None)


def lines_above(path: Path, adapter: Adapter) -> int:
    """How many lines stand above the one that names the columns which the adapter needs."""
    found = (line for line, names in header_candidates(path) if _reads(adapter, names))
    return next(found, 0)


def _reads(adapter: Adapter, names: list[str]) -> bool:
    of_another = any(spelling(each, names) for each in adapter.without)
    return not of_another and all(spelling(need, names) for need in adapter.needs)


def header_candidates(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file that may name its columns, with the lines above: its first lines, or a record's keys."""
    with text_files.open_bytes(path) as file:
        start = file.read(_START)
    text = start.decode(text_files.marked_encoding(start), "replace").removeprefix("\ufeff")
    if text.lstrip()[:1] in ("{", "["):
        yield from ((0, keys) for keys in _keys(text))
        return
    for number, line in enumerate(text.splitlines()[:MOST_TITLES]):
        if line.strip():
            yield number, next(csv.reader(io.StringIO(line), delimiter=delimiter_of(line, _PLAIN)))


def records_below(path: Path, lines: int, delimiter: str) -> list[list[str]]:
    """The first records of a CSV file below so many lines, as far as its start holds them whole."""
    with text_files.open_bytes(path) as file:
        start = file.read(_START)
    text = start.decode(text_files.marked_encoding(start), "replace").removeprefix("\ufeff")
    below = text.splitlines(keepends=True)[lines : lines + _MOST_RECORDS]
    return [*csv.reader(io.StringIO("".join(below)), delimiter=delimiter)][: _MOST_RECORDS - 1]


def _keys(text: str) -> Iterator[list[str]]:
    """The keys of the first record of a JSON file, be it lines or one list."""
    try:
        record, _ = json.JSONDecoder().raw_decode(text.lstrip(" \n\r\t["))
    except ValueError:
        return
    if isinstance(record, dict):
        yield list(record)
