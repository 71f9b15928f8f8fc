"""What databases gave: each query is run once, and its rows are kept as Parquet while they are of use."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cs_lib.edition import Source
from cs_lib.scratch import new_folder, sweep


@dataclass(frozen=True)
class Result:
    """The rows of a query, and the names of their columns as the database gave them.

    `numerals` are the columns of exact numbers that came as text, with a point as their decimal mark.
    """

    copy: Path
    header: tuple[str, ...]
    numerals: tuple[str, ...] = ()


class Fetched:
    """The results of queries, by who was asked and for what; in a folder that only its owner may read."""

    def __init__(self, inside: Path | None = None):
        self._inside = inside
        self._folder: Path | None = None
        self._results: dict[tuple[str, str], Result] = {}

    def result(self, source: Source, fetch: Callable[[Path], Result]) -> Result:
        """The rows of a source's query: as they were fetched before, else as they are fetched now."""
        key = source.variable, source.statement
        if key not in self._results:
            self._results[key] = fetch(self._new_copy())
        return self._results[key]

    def _new_copy(self) -> Path:
        if self._folder is None:
            if self._inside:
                self._inside.mkdir(parents=True, exist_ok=True)
            sweep(inside=self._inside)
            self._folder = new_folder(inside=self._inside)
        return self._folder / f"{len(self._results)}.parquet"

    def close(self) -> None:
        """Remove the rows."""
        self._results.clear()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def __enter__(self) -> "Fetched":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
