"""Spark, for data beyond one machine: the session that is running, or a local one."""

import contextlib
import shutil
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

import narwhals as nw
import pandas as pd
import pyarrow as pa
from py4j.protocol import Py4JError, Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession, is_remote
from pyspark.sql import functions as F

from cs_lib.data.contract.data_findings import RowLocation
from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.engines import spark_files
from cs_lib.data.engines.dialect import SPARK
from cs_lib.data.engines.spark_checkpoints import checkpoints_of, remedy_of
from cs_lib.data.engines.spark_lines import CsvLines, Ragged
from cs_lib.data.sources.fetched import Fetched
from cs_lib.data.sources.staged import Held, Origin
from cs_lib.data.sources.typing_sql import FILE, ROW
from cs_lib.edition import Source
from cs_lib.errors import DataError, EngineError
from cs_lib.scratch import owned, sweep

#: naive timestamps mean the same whatever clock the machines show; small answers come as Arrow
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.crossJoin.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
#: of two tables that are joined Spark would send the smaller one, rows and all, through the driver to each worker
ON_A_CLUSTER = {
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.adaptive.autoBroadcastJoinThreshold": "-1",
}
CONNECT = (
    "engine: spark: this session is one of Spark Connect, which hides what the kit sets on a session of its own. "
    "Start one in the cluster itself (spark-submit, or a notebook of a cluster that is not serverless)."
)
_TYPES = {
    "string": "VARCHAR",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "timestamp_ntz": "TIMESTAMP",
}

_WITH_GAPS = {pa.int32(): pd.Int32Dtype(), pa.int64(): pd.Int64Dtype()}


class SparkEngine:
    """A session of its own beside the running one: the same cluster and catalog, its own settings."""

    dialect = SPARK
    #: the kit's open sessions, each with the one that it stands beside
    _own: ClassVar[dict[int, SparkSession]] = {}

    def __init__(self, *, timezone: str = "UTC", checkpoint_dir: str | None = None):
        self._outer = _running()
        with _told("checkpoint_dir cannot be used: "):
            self._checkpoints = checkpoints_of(self._outer, checkpoint_dir)
        with _told():
            self._session = _beside(self._outer)
            self._activate(self._session)
        self._key = self._session._jsparkSession.hashCode()
        SparkEngine._own[self._key] = self._outer
        self._frames: dict[str, DataFrame] = {}
        self._csv_lines: dict[str, CsvLines] = {}
        self._firsts: dict[str, dict[str, int]] = {}
        self._views: list[str] = []
        #: where text that is no plain UTF-8 is written anew for the engine
        self.spool = Path(tempfile.gettempdir(), f"{owned()}{uuid.uuid4().hex[:8]}")
        self.fetched = Fetched(self.spool)
        sweep()

    def types(self, sql: str) -> dict[str, str]:
        with _told():
            kinds = self._session.sql(sql).dtypes
        return {name: _TYPES.get(kind, kind.upper()) for name, kind in kinds}

    def keep(
        self, frame: nw.LazyFrame, name: str = "frame", *, number: str | None = None
    ) -> nw.LazyFrame:
        """The frame, computed now and held by Spark; what it came from is forgotten.

        With a `number` of each row, in their order.
        """
        rows = frame.to_native()
        with _told():
            if number:
                rows = rows.withColumn(number, F.monotonically_increasing_id())
            return nw.from_native(self._computed(rows))

    def as_one(self, frame: nw.LazyFrame, *, rows: nw.LazyFrame | None = None) -> nw.LazyFrame:
        return frame

    def few(self, rows: nw.LazyFrame | None) -> bool:
        return False

    def lift(self, frame: pd.DataFrame, name: str = "lookup") -> nw.LazyFrame:
        """A small pandas frame, brought to Spark with the types it has."""
        table = pa.Table.from_pandas(frame, preserve_index=False)
        fields = [pa.field(each.name, _plain_type(each.type)) for each in table.schema]
        with _told():
            lifted = self._session.createDataFrame(table.cast(pa.schema(fields)))
        return nw.from_native(F.broadcast(lifted))

    def collect(self, frame: nw.LazyFrame) -> pd.DataFrame:
        """A small answer, with the types that DuckDB would give it."""
        with _told():
            answer = _naive(frame.to_native()).toArrow()
        gaps = [each for each in answer.schema.names if _has_gaps(answer[each])]
        return answer.to_pandas().assign(
            **{each: answer[each].to_pandas(types_mapper=_WITH_GAPS.get) for each in gaps}
        )

    def stream(self, frame: nw.LazyFrame) -> Iterator[tuple]:
        """A long answer, a partition at a time."""
        with _told():
            for row in _naive(frame.to_native()).toLocalIterator():
                yield tuple(row)

    def origin(
        self, table: Table, source: Source, folder: Path, wanted: Iterable[str] = ()
    ) -> Origin:
        with _told(f"tables.{table.name} ({source.shown}) cannot be read: "):
            found = spark_files.read(self._session, table, source, folder, wanted, spool=self.spool)
            view = self._view(table.name, found.rows)
            ragged = None
            if found.ragged is not None and found.ragged.count():
                ragged = f"ragged_{source.stem(table.name)}"
                self._frames[ragged] = self._computed(found.ragged)
        types = self.types(f"SELECT * FROM {view}")
        types.pop(FILE)
        return Origin(
            f"SELECT * FROM {view}",
            types,
            source.shown,
            files=found.files,
            layouts=found.layouts,
            headers=found.headers,
            ragged=ragged,
        )

    def files_of(self, sql: str, folder: Path) -> None:
        """Nothing: a query reads tables of a catalog, whose files are Spark's own affair."""

    def _view(self, name: str, frame: DataFrame) -> str:
        """The name under which SQL finds a frame."""
        view = f"kit_{uuid.uuid4().hex[:8]}_{name}"
        frame.createOrReplaceTempView(view)
        self._views.append(view)
        return view

    def hold(self, name: str, sql: str) -> None:
        with _told():
            rows = self._session.sql(sql).withColumn(ROW, F.monotonically_increasing_id())
            self._frames[name] = self._computed(rows)

    def held(self, name: str) -> nw.LazyFrame:
        return nw.from_native(self._frames[name])

    def drop(self, name: str, rows: nw.LazyFrame) -> None:
        with _told():
            self._first_rows(name)
            left = self._frames[name].join(rows.to_native(), on=ROW, how="left_anti")
            self._frames[name] = self._computed(left)

    def leave_out(self, name: str, unless: str) -> int:
        with _told():
            frame = self._frames[name]
            kept = F.coalesce(F.col(SPARK.quoted(unless)), F.lit(False))
            many = frame.filter(~kept).count()
            if many:
                self._first_rows(name)
                self._frames[name] = self._computed(frame.filter(kept))
        return many

    def alike(
        self, name: str, columns: Sequence[str], *, given: str | None, lacking: str | None
    ) -> nw.LazyFrame | None:
        rows = self._frames[name]
        if given:
            rows = rows.filter(F.col(SPARK.quoted(given)).isNotNull())
        if lacking:
            rows = rows.filter(F.col(SPARK.quoted(lacking)).isNull())
        # a blank is not the empty hash of its neighbour: which columns are blank goes into it too
        values = [F.col(SPARK.quoted(column)) for column in columns]
        own = F.xxhash64(*values, *(value.isNull() for value in values))
        rows = rows.withColumn("_own", own)
        twice = rows.groupBy("_own").count().filter("count > 1").select("_own")
        with _told():
            if twice.isEmpty():
                return None
            twice = self._computed(twice)
            return nw.from_native(rows.join(twice, on="_own", how="left_semi").drop("_own"))

    def digest(self, name: str) -> tuple:
        rows = self._frames[name].drop(ROW)
        each = F.xxhash64(*(F.col(SPARK.quoted(column)) for column in rows.columns))
        with _told():
            total = F.sum(each.cast("decimal(38, 0)")).cast("string")
            [counted] = rows.select(F.count(F.lit(1)), total).collect()
            return tuple(counted)

    def file_starts(self, name: str) -> tuple[tuple[int, int], ...]:
        """Nothing: on Spark a row carries the name of its file instead."""
        return ()

    def count_ragged(self, given: Origin) -> int:
        return self._frames[given.ragged].count() if given.ragged else 0

    def locations_of(self, staged: Held, rows: nw.LazyFrame) -> Iterator[tuple[int, RowLocation]]:
        """Number and place of rows of a staged table, in ascending order."""
        numbered = self.stream(rows.select(ROW, FILE).sort(ROW))
        if lines := self._lines(staged):
            yield from lines.of_rows(numbered)
        else:
            yield from ((number, RowLocation(file, counts="row")) for number, file in numbered)

    def ragged_locations(self, staged: Held) -> Iterator[tuple[RowLocation, str, str]]:
        if lines := self._lines(staged):
            yield from lines.of_ragged()
        else:
            for file, kind, fields, text in self._ragged(staged):
                yield RowLocation(file, text=text or ""), kind, fields

    def _lines(self, staged: Held) -> CsvLines | None:
        if not staged.of_csv:
            return None
        if staged.name not in self._csv_lines:
            first = partial(self._first_rows, staged.name)
            self._csv_lines[staged.name] = CsvLines(staged, first, partial(self._ragged, staged))
        return self._csv_lines[staged.name]

    def _ragged(self, staged: Held) -> Iterator[Ragged]:
        return (
            self.stream(nw.from_native(self._frames[staged.ragged])) if staged.ragged else iter(())
        )

    def _first_rows(self, name: str) -> dict[str, int]:
        """The number of each file's first row, found before any is left out."""
        if name not in self._firsts:
            first = self._frames[name].groupBy(FILE).agg(F.min(ROW))
            self._firsts[name] = dict(map(tuple, first.collect()))
        return self._firsts[name]

    def close(self) -> None:
        """Give the running session back its place; it goes on for whoever started it."""
        self._frames.clear()
        self._checkpoints.close()
        with contextlib.suppress(PySparkException, Py4JError):
            for view in self._views:
                self._session.catalog.dropTempView(view)
            active = SparkSession.getActiveSession()
            if active is None or active._jsparkSession.equals(self._session._jsparkSession):
                self._activate(self._outer)
        SparkEngine._own.pop(self._key, None)
        shutil.rmtree(self.spool, ignore_errors=True)

    def _computed(self, frame: DataFrame) -> DataFrame:
        return self._checkpoints.kept(_naive(frame))

    @staticmethod
    def _activate(session: SparkSession) -> None:
        """Literals take their type from the session that is active."""
        SparkSession._activeSession = session
        machine = session._jvm
        assert machine is not None
        machine.SparkSession.setActiveSession(session._jsparkSession)


def _running() -> SparkSession:
    try:
        session = SparkSession.getActiveSession() or _started()
        if is_remote():
            raise DataError(CONNECT)
        return SparkEngine._own.get(session._jsparkSession.hashCode(), session)
    except (PySparkException, Py4JError, OSError) as error:
        raise DataError(
            f"engine: spark could not be started: {_brief(error)} It needs Java 17 or later "
            "(JAVA_HOME), or a session that is running already."
        ) from None


def _started() -> SparkSession:
    """A session as Spark's own settings say, but one that does not write down for each expression where it was made:
    that takes half of all calls to the engine."""
    told = SparkSession.builder.appName("cs-report-kit")
    return told.config("spark.python.sql.dataFrameDebugging.enabled", "false").getOrCreate()


def _beside(outer: SparkSession) -> SparkSession:
    """A session on the same cluster, with what was set on the first one, and the kit's own settings."""
    session = outer.newSession()
    own = SETTINGS if outer.sparkContext._jsc.isLocal() else SETTINGS | ON_A_CLUSTER
    for key, value in {**outer.conf.getAll, **own}.items():
        if key.startswith("spark.sql.") and session.conf.isModifiable(key):
            session.conf.set(key, value)
    session.catalog.setCurrentCatalog(outer.catalog.currentCatalog())
    session.catalog.setCurrentDatabase(outer.catalog.currentDatabase())
    return session


def _naive(frame: DataFrame) -> DataFrame:
    """Truncated timestamps come as instants; the session keeps UTC, so they only lose their zone."""
    instants = {
        name: F.col(SPARK.quoted(name)).cast("timestamp_ntz")
        for name, kind in frame.dtypes
        if kind in ("timestamp", "date")
    }
    return frame.withColumns(instants) if instants else frame


def _has_gaps(column: pa.ChunkedArray) -> bool:
    """Whole numbers with blanks among them, which pandas would take for floats."""
    return column.type in _WITH_GAPS and column.null_count > 0


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us")
    return pa.string() if pa.types.is_large_string(kind) else kind


@contextlib.contextmanager
def _told(start: str = "") -> Iterator[None]:
    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise (DataError if start else EngineError)(start + _brief(error)) from None


def _brief(error: Exception) -> str:
    """The engine's message in a line, without its plan and its stack; what to do, where workers were lost."""
    if remedy := remedy_of(str(error)):
        return remedy
    first, *others = str(error).strip().splitlines()
    text = others[0].removeprefix(": ") if isinstance(error, Py4JJavaError) and others else first
    return text if text[-1:] in ".!?" else f"{text}."
