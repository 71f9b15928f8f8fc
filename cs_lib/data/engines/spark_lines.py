"""Which line of a CSV file a row on Spark came from: the file is read once more, for the rows that are named.

One task reads a file whole, so that a file's rows have numbers without a gap, in the order of its records.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path

from cs_lib.data.contract.data_findings import ENCODING, RowLocation
from cs_lib.data.engines.spark_files import NOT_UTF8
from cs_lib.data.sources import record_lines
from cs_lib.data.sources.source_files import Files
from cs_lib.data.sources.staged import Held

#: a line that never became a row: its file, the kind of its fault, how many fields it should have, and its text
Ragged = tuple[str, str, str, str | None]


@dataclass(frozen=True)
class CsvLines:
    """The lines of a table's rows. `first` are the numbers of the first row of each file."""

    staged: Held
    first: Callable[[], dict[str, int]]
    ragged: Callable[[], Iterable[Ragged]]

    def of_rows(self, numbered: Iterable[tuple[int, str]]) -> Iterator[tuple[int, RowLocation]]:
        """For ascending numbers of rows, each with its file: each with its place."""
        for file, own in groupby(numbered, key=lambda each: each[1]):
            numbers = [number for number, _ in own]
            found = self._located(file, numbers)
            for number in numbers:
                _, line, text = next(found, (number, None, ""))
                if line is None:
                    yield number, RowLocation(file, counts="row")
                else:
                    yield number, RowLocation(file, self._shown(file, line), text=text)

    def of_ragged(self) -> Iterator[tuple[RowLocation, str, str]]:
        for file, own in self._by_file.items():
            found = self._ragged_records(file)
            lines = record_lines.lines_of(found, *self._reading(file)) if found else iter(())
            for _, kind, fields, text in own:
                _, line, whole = next(lines, (None, None, text or ""))
                yield RowLocation(file, line and self._shown(file, line), text=whole), kind, fields

    @cached_property
    def _by_file(self) -> dict[str, list[Ragged]]:
        ordered = sorted(self.ragged(), key=lambda each: each[0])
        return {file: list(own) for file, own in groupby(ordered, key=lambda each: each[0])}

    def _located(self, file: str, numbers: list[int]) -> Iterator[tuple[int, int, str]]:
        """Ordinal, line and text of rows; nothing where the file does not read as Spark has read it."""
        ragged = self._ragged_records(file)
        if ragged is None:
            return iter(())
        first = self.first()[file]
        ordinals = (number - first for number in numbers)
        return record_lines.located(ordinals, *self._reading(file), width=2, ragged=ragged)

    def _ragged_records(self, file: str) -> Collection[int] | None:
        """The numbers of the records that never became a row; None where they are not those of Spark."""
        own = self._by_file.get(file, [])
        if not own:
            return ()
        texts = {_plain(text) for *_, text in own if text is not None}
        encoding = any(kind == ENCODING for _, kind, *_ in own)
        found = {
            number
            for number, (_, text) in enumerate(record_lines.records(*self._reading(file)), 2)
            if _plain(text) in texts or (encoding and NOT_UTF8 in text)
        }
        return found if len(found) == len(own) else None

    def _reading(self, file: str) -> tuple[Path, str]:
        """What is read for the file, and its delimiter."""
        number = self._files.all_shown.index(file)
        return self._files.read[number], self.staged.layouts[number].delimiter

    def _shown(self, file: str, line: int) -> int:
        return self._files.line(self._files.all_shown.index(file), line)

    @property
    def _files(self) -> Files:
        assert self.staged.files
        return self.staged.files


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip("\r\n")
