"""Lines of a CSV file that are no rows: titles above the header, several rows of names, totals at the end.

What is left is written anew, with one line of names, so that every engine reads it alike.
"""

import csv
import io
import re
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from cs_lib.data.sources.spool_files import new_file
from cs_lib.data.sources.text_files import marked_encoding, open_bytes
from cs_lib.edition import Source
from cs_lib.errors import DataError

#: how much of a file's end is looked at for the lines to be left out
TAIL = 1 << 20
#: what a total is called, of all rows or of a group
TOTAL = (
    r"(?:(?:grand|overall|report|account|sub|sous|column|row)[ -]?)?totals?|total g[eé]n[eé]ral"
    r"|(?:gesamt|zwischen)?summe|(?:ins)?gesamt"
)
#: how a total or a remark below the rows begins, and how many lines of them there may be
BELOW = (
    rf"(?:{TOTAL})\b|gesamt|©|\(c\) |copyright\b|(?:accrual|cash) basis\b|(?:report )?generated\b|exported\b"
    r"|page \d|filters?:|[-=_]{3,}$"
)
MOST_BELOW = 20


@dataclass(frozen=True)
class Cut:
    """A file without those lines, and how many more lines stood above its rows than stand there now."""

    path: Path
    before: int = 0


def without_lines(path: Path, shown: str, source: Source, delimiter: str, *, spool: Path) -> Cut:
    """The file without the lines that `skip`, `header_rows` and `footer` name; itself where they name none."""
    if not source.cuts:
        return Cut(path)
    copy = new_file(spool, ".txt")
    with open_bytes(path) as file, copy.open("wb") as target:
        for number in range(source.skip):
            if not file.readline():
                raise DataError(
                    f"{shown}: skip: {source.skip} leaves nothing, for the file has {number} lines."
                )
        before = source.skip
        if source.header_rows > 1:
            names, lines = _names(file, source.header_rows, delimiter)
            target.write(names)
            before += lines - 1
        shutil.copyfileobj(file, target, 1 << 20)
    if source.footer:
        _cut_end(copy, source.footer, shown)
    return Cut(copy, before)


def first_line(path: Path, skip: int) -> str:
    """The first line of those that count."""
    with open_bytes(path) as file:
        for _ in range(skip):
            file.readline()
        return file.readline(1 << 16).decode("utf-8", "replace").removeprefix("\ufeff")


def _names(file: io.BufferedIOBase, rows: int, delimiter: str) -> tuple[bytes, int]:
    """One line of names from several rows of them, and how many lines those take. A column is named
    by the first of the rows that names it."""
    ends: list[str] = []
    reader = csv.reader(_lines(file, ends), delimiter=delimiter)
    records = list(islice(reader, rows))
    width = max(map(len, records), default=0)
    filled = [[*record, *[""] * (width - len(record))] for record in records]
    named = [
        next((name for each in column if (name := " ".join(each.split()))), "")
        for column in zip(*filled, strict=True)
    ]
    line = io.StringIO()
    end = "\r\n" if ends and all(each.endswith("\r\n") for each in ends) else "\n"
    csv.writer(line, delimiter=delimiter, lineterminator=end).writerow(named)
    return line.getvalue().encode(), reader.line_num


def _lines(file: io.BufferedIOBase, ends: list[str]) -> Iterator[str]:
    """The lines of the file; how each ends is noted."""
    for number, line in enumerate(iter(file.readline, b"")):
        text = line.decode("utf-8", "replace")
        ends.append(text[-2:])
        yield text if number else text.removeprefix("\ufeff")


def _cut_end(path: Path, lines: int, shown: str) -> None:
    """Leave out the last lines that hold anything."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        start = max(0, size - TAIL)
        file.seek(start)
        end = _start_of_last(file.read(), lines)
        if end is None:
            raise DataError(
                f"{shown}: footer: {lines} leaves nothing, for the file has fewer lines."
            )
        file.truncate(start + end)


def _start_of_last(tail: bytes, lines: int) -> int | None:
    end = len(tail)
    for _ in range(lines):
        end = len(tail[:end].rstrip(b"\r\n\t ,;|"))
        end = tail.rfind(b"\n", 0, end) + 1
        if end == 0:
            return None
    return end


def lines_below(path: Path, delimiter: str, width: int) -> int:
    """How many of the file's last lines are totals or remarks: called so, or of another width than its header;
    none where those are more than a few, for they are rows."""
    for count, line in enumerate(reversed(_last_lines(path))):
        row = next(csv.reader([line], delimiter=delimiter), [])
        first = next((each.strip() for each in row if each.strip()), "")
        if len(row) == width and not re.match(BELOW, first, re.IGNORECASE):
            return count if count <= MOST_BELOW else 0
    return 0


def lines_at_the_end(path: Path, texts: Collection[str]) -> int:
    """How many of the file's last lines are among these."""
    lines, known = _last_lines(path), set(texts)
    return next((n for n, line in enumerate(reversed(lines)) if line not in known), len(lines))


def _last_lines(path: Path) -> list[str]:
    """The lines of the file's end that hold anything."""
    with open_bytes(path) as file:
        start = tail = file.read(TAIL)
        while more := file.read(TAIL):
            tail = (tail + more)[-TAIL:]
    text = tail.decode(marked_encoding(start), "replace")
    return [line for line in text.splitlines() if line.strip(" \t,;|")]
