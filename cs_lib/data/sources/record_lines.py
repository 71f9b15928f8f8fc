"""Which line of which file a row came from: a second pass, made only for rows that are named."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from cs_lib.data.sources.text_files import open_bytes


def records(path: Path, delimiter: str) -> Iterator[tuple[int, str]]:
    """Each record of a CSV file after its header: the line it starts in, and its text.

    A quoted field may hold line breaks; blank lines are given too, as empty text.
    """
    mark = delimiter.encode()
    held: list[bytes] = []
    start, inside, header = 1, False, True
    with open_bytes(path) as file:
        for number, line in enumerate(file, 1):
            start = start if held else number
            inside = _inside_quotes(line, mark, inside)
            held.append(line)
            if inside:
                continue
            if not header:
                yield start, _text(held)
            held, header = [], False
    if held:
        yield start, _text(held)


def _text(lines: list[bytes]) -> str:
    return b"".join(lines).rstrip(b"\r\n").decode("utf-8", "replace")


def _inside_quotes(line: bytes, mark: bytes, inside: bool) -> bool:
    """Does the line end inside a quoted field? Only a quote that opens a field opens a quotation."""
    if b'"' not in line:
        return inside
    place = 0
    while place < len(line):
        if inside or line[place : place + 1] == b'"':
            place = _closing_quote(line, place if inside else place + 1)
            if place < 0:
                return True
            inside = False
        place = line.find(mark, place)
        if place < 0:
            return False
        place += len(mark)
    return False


def _closing_quote(line: bytes, place: int) -> int:
    while True:
        place = line.find(b'"', place)
        if place < 0 or line[place + 1 : place + 2] != b'"':
            return place
        place += 2


def located(
    ordinals: Iterable[int],
    path: Path,
    delimiter: str,
    *,
    width: int,
    ragged: Collection[int],
) -> Iterator[tuple[int, int, str]]:
    """For ascending numbers of a file's good rows (from 0): number, line and text of each.

    `ragged` holds the record numbers (header is 1) that never became a row.
    """
    wanted = iter(ordinals)
    target = next(wanted, None)
    ordinal = -1
    for record, (line, text) in enumerate(records(path, delimiter), 2):
        if target is None:
            return
        if record in ragged or (not text and width > 1):
            continue
        ordinal += 1
        while target == ordinal:
            yield ordinal, line, text
            target = next(wanted, None)


def lines_of(
    numbers: Collection[int], path: Path, delimiter: str
) -> Iterator[tuple[int, int, str]]:
    """For records that never became a row: number, the line it starts in, and its text."""
    last = max(numbers, default=0)
    for record, (line, text) in enumerate(records(path, delimiter), 2):
        if record > last:
            return
        if record in numbers:
            yield record, line, text
