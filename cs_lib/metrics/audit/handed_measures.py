"""Measures handed to the reports of a run, laid out so that a report reads the rows of its own segment alone.

The report of a segment holds that segment, the segments inside it and the whole company. Others are read when they
are asked for: the rows of a metric in every segment, or a whole frame. What a report costs does not grow with the
number of segments that it does not show.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cs_lib.edition import Edition
from cs_lib.errors import EditionError
from cs_lib.metrics.audit.cache import FRAMES, read_state, state_of, write_folder
from cs_lib.metrics.coded_words import in_order
from cs_lib.metrics.frame_columns import FIGURE
from cs_lib.metrics.measures import Measures
from cs_lib.period import ALL, Segment
from cs_lib.scratch import for_the_owner

#: the frame of figures, the columns by whose labels rows are found, and what an index holds of each label
MEASURES, SEGMENT, METRIC = "measures", "segment", "metric"
LABEL, ROWS = "label", "rows"


def write_measures(folder: Path, measures: Measures, edition: Edition) -> None:
    """Put the measures of an edition into a new folder, for its reports to read."""
    write_folder(folder, measures, _put, told=_told(edition))


def read_measures(folder: Path, edition: Edition, segment: Segment | None = None) -> Measures:
    """The measures put into a folder, all or those of a segment's report; EditionError where they are not those of
    this edition."""
    try:
        given = state_of(folder)["told"]
        found = _own(folder, segment) if segment and segment.pairs else _whole(folder)
    except (OSError, ValueError, LookupError, TypeError):
        given = None
    if given is None:
        raise EditionError(
            f"CS_KIT_MEASURES: {folder} holds no measures that can be read. Unset it to have them "
            "computed."
        )
    told = _told(edition)
    if given["edition"] != told["edition"]:
        raise EditionError(
            f"The measures handed to this notebook are those of {given['edition']}; it opens "
            f"{edition.name}. Open the edition that the parameters cell names."
        )
    if given != told:
        raise EditionError(
            f"The edition {edition.name} was changed while its reports were being made. Run again."
        )
    return found


@dataclass(frozen=True)
class OwnMeasures(Measures):
    """Those of one segment, the segments inside it, and the whole company."""

    folder: Path = field(default_factory=Path)
    segment: str = ALL
    _metrics: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    def holds(self, segment: str) -> bool:
        return segment in (ALL, self.segment) or segment.startswith(f"{self.segment},")

    def holds_inside(self, segment: str) -> bool:
        return segment != ALL and self.holds(segment)

    def of_metric(self, name: str) -> pd.DataFrame:
        if name not in self._metrics:
            self._metrics[name] = _labelled(self.folder, MEASURES, METRIC, name)
        return self._metrics[name]

    def split(self, name: str, by: str, grain: str, first: date, last: date) -> pd.DataFrame:
        return self._stored.split(name, by, grain, first, last)

    def over_time(
        self, name: str, variant: str, grain: str, by: str, segment: str
    ) -> dict[str, np.ndarray]:
        return self._stored.over_time(name, variant, grain, by, segment)

    def every(self, frame: str) -> pd.DataFrame:
        return _read_table(_table(self.folder, frame))

    def whole(self) -> Measures:
        return _whole(self.folder)

    @cached_property
    def _stored(self) -> "_StoredFigures":
        return _StoredFigures(self.folder)


@dataclass(frozen=True)
class _StoredFigures:
    """The figures as they lie on the disk: rows are found by the codes of their words, and no others are read."""

    folder: Path

    @cached_property
    def table(self) -> pa.Table:
        return _table(self.folder, MEASURES)

    @cached_property
    def starts(self) -> np.ndarray:
        return self.table["period_start"].to_numpy()

    @cached_property
    def _codes(self) -> dict[str, tuple[dict[str, int], np.ndarray]]:
        return {}

    @cached_property
    def _rows(self) -> dict[tuple[str, ...], np.ndarray]:
        return {}

    def split(self, name: str, by: str, grain: str, first: date, last: date) -> pd.DataFrame:
        rows = self._of(name, grain, by)
        starts = self.starts[rows]
        rows = rows[(starts >= np.datetime64(first)) & (starts <= np.datetime64(last))]
        return _read_table(self.table.take(rows))

    def over_time(
        self, name: str, variant: str, grain: str, by: str, segment: str
    ) -> dict[str, np.ndarray]:
        rows = self._only(self._of(name, grain, by, variant), SEGMENT, segment)
        rows = rows[np.argsort(self.starts[rows], kind="stable")]
        found = {column: self.table[column].take(pa.array(rows)) for column in FIGURE}
        return {column: _plain(each).to_numpy() for column, each in found.items()}

    def _of(self, name: str, *words: str) -> np.ndarray:
        """The rows of a metric, at a grain, split by these columns, and of a variant. A metric's rows lie together:
        those of a segment are all over the file, and to look at them is to read most of it."""
        key = (name, *words)
        if key not in self._rows:
            if words:
                column = ("grain", "segment_by", "variant")[len(words) - 1]
                rows = self._only(self._of(*key[:-1]), column, words[-1])
            else:
                rows = _rows_with(self.folder, MEASURES, METRIC, name)
            self._rows[key] = rows
        return self._rows[key]

    def _only(self, rows: np.ndarray, column: str, word: str) -> np.ndarray:
        """Those of the rows that have a word in a column."""
        if column not in self._codes:
            coded = self.table[column].combine_chunks()
            words = {each: code for code, each in enumerate(coded.dictionary.to_pylist())}
            self._codes[column] = words, coded.indices.to_numpy()
        words, codes = self._codes[column]
        return rows[codes[rows] == words.get(word, -1)]


def _whole(folder: Path) -> Measures:
    frames = {name: _read_table(_table(folder, name)) for name in FRAMES}
    return Measures(**frames, **read_state(folder))


def _own(folder: Path, segment: Segment) -> Measures:
    """Those of a segment's report; all, where there is no such segment: who asked is told which there are."""
    label = segment.label
    frames = {name: _labelled(folder, name, SEGMENT, ALL, label, inside=label) for name in FRAMES}
    if not (frames[MEASURES][SEGMENT] == label).any():
        return _whole(folder)
    return OwnMeasures(**frames, **read_state(folder), folder=folder, segment=label)


# ---------------------------------------------------------------- on the disk


def _put(folder: Path, measures: Measures) -> dict[str, str]:
    """Write each frame so that rows can be read alone, with an index of the rows that have a label."""
    for name in FRAMES:
        frame = getattr(measures, name)
        table = pa.Table.from_pandas(frame, preserve_index=False)
        _put_table(folder, name, _coded(table) if name == MEASURES else table)
        for column in (SEGMENT, METRIC) if name == MEASURES else (SEGMENT,):
            if column in frame:
                _put_table(folder, f"{name}.{column}", _index(frame[column]))
    return {}


def _index(labels: pd.Series) -> pa.Table:
    """A row a label: where the rows stand that have it."""
    places = labels.groupby(labels).indices
    rows = pa.array(list(places.values()), pa.list_(pa.int64()))
    return pa.table({LABEL: pa.array(list(places), pa.string()), ROWS: rows})


def _coded(table: pa.Table) -> pa.Table:
    """The table with each word once, and its number in every row."""
    texts = [
        field.name
        for field in table.schema
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
    ]
    for name in texts:
        place = table.column_names.index(name)
        coded = table[name].combine_chunks().dictionary_encode()
        table = table.set_column(place, name, coded)
    return table


def _read_table(table: pa.Table) -> pd.DataFrame:
    """A table with its words as codes, as measures hold them; nothing of it points into the file, which lets go of it."""
    columns = {name: table[name].to_pandas().array.copy() for name in table.column_names}
    return in_order(pd.DataFrame(columns, copy=False))


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    coded = pa.types.is_dictionary(column.type)
    return column.cast(column.type.value_type) if coded else column


def _put_table(folder: Path, name: str, table: pa.Table) -> None:
    with (
        open(folder / f"{name}.arrow", "wb", opener=for_the_owner) as file,
        pa.ipc.new_file(file, table.schema) as written,
    ):
        written.write_table(table.combine_chunks())


def _table(folder: Path, name: str) -> pa.Table:
    """A table as it lies on the disk: what is not looked at is not read."""
    return pa.ipc.open_file(pa.memory_map(str(folder / f"{name}.arrow"))).read_all()


def _labelled(
    folder: Path, name: str, column: str, *labels: str, inside: str | None = None
) -> pd.DataFrame:
    """The rows of a frame that have one of the labels, or that of a segment inside another; all, of a frame without."""
    table = _table(folder, name)
    if column not in table.column_names:
        return _read_table(table)
    return _read_table(table.take(_rows_with(folder, name, column, *labels, inside=inside)))


def _rows_with(
    folder: Path, name: str, column: str, *labels: str, inside: str | None = None
) -> np.ndarray:
    """Where the rows stand that have one of the labels, or that of a segment inside another."""
    index = _table(folder, f"{name}.{column}")
    chosen = pc.is_in(index[LABEL], value_set=pa.array(labels, pa.string()))
    if inside:
        chosen = pc.or_(chosen, pc.starts_with(index[LABEL], f"{inside},"))
    rows = index[ROWS].filter(chosen).combine_chunks().flatten()
    return np.sort(rows.to_numpy(zero_copy_only=False))


def _told(edition: Edition) -> dict[str, str]:
    """An edition by its name, and by a digest of all that reports may show of it."""
    whole = hashlib.sha256(edition.as_shown().encode())
    return {"edition": edition.name, "digest": whole.hexdigest()}
