"""The rows as a source has them, read by Spark: every column as text where the file is text."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from cs_lib.data.contract.data_findings import ENCODING, FIELDS
from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.engines.dialect import SPARK
from cs_lib.data.sources import source_files, workbooks
from cs_lib.data.sources.headers import Header, alike_in_all
from cs_lib.data.sources.signatures import DATABASE, WORKBOOK
from cs_lib.data.sources.source_files import CSV, JSON, PARQUET, Files, Layout
from cs_lib.data.sources.source_sql import headers_of, names_in
from cs_lib.data.sources.typing_sql import FILE
from cs_lib.edition import Source
from cs_lib.errors import DataError

_RAGGED, _FIELDS = "_ragged", "_fields"
#: Java's names of what Python calls otherwise
_CHARSETS = {"utf-8": "UTF-8", "cp1252": "windows-1252", "iso8859-1": "windows-1252"}
#: what Spark puts in the place of bytes that are not UTF-8
NOT_UTF8 = "\ufffd"


@dataclass(frozen=True)
class SparkRows:
    """A source's rows with their files, the lines that never became one, and what the files say of them."""

    rows: DataFrame
    ragged: DataFrame | None = None
    files: Files | None = None
    layouts: tuple[Layout, ...] = ()
    headers: tuple[Header, ...] = ()


def read(
    session: SparkSession,
    table: Table,
    source: Source,
    folder: Path,
    wanted: Iterable[str],
    *,
    spool: Path,
) -> SparkRows:
    """The source's rows; the wanted columns have one spelling in all files."""
    if source.connection or source.table:
        raise DataError(
            f"tables.{table.name}: databases are read without Spark. Leave out engine: spark, or give a "
            "query in Spark's SQL over its own catalog."
        )
    if source.engine_sql:
        rows = session.sql(source.engine_sql.strip().rstrip(";"))
        return SparkRows(rows.withColumn(FILE, F.lit(f"{table.name} (SQL)")))
    files = None
    if source_files.is_remote(source.shown):
        source_files.refuse_cuts(source, source.shown)
        paths = [source.shown]
        kind = source_files.format_of(Path(source.shown.rstrip("/*")))
        if kind is None:
            raise DataError(
                f"tables.{table.name}: {source.path} does not say what it holds. "
                "End it in .csv, .parquet or .json, or give a query under sql."
            )
    else:
        files = source_files.find_files(table.name, source, folder)
        files = source_files.unpacked(files, spool=spool)
        if files.format == DATABASE:
            raise DataError(f"{files.shown(0)}: a database is read without engine: spark.")
        if files.format == WORKBOOK:
            files, layouts = workbooks.as_read(files, table, source, wanted, spool=spool)
            return _read_workbooks(session, files, layouts)
        if files.format == PARQUET:
            source_files.refuse_cuts(source, files.shown(0))
        else:
            files = source_files.as_read(files, source, spool=spool)
        paths, kind = [_address(path) for path in files.read], files.format
    if kind == CSV:
        return _read_csv_files(session, source, files, paths, wanted)
    rows = _json(session, paths) if kind == JSON else _parquet(session, paths)
    headers: tuple[Header, ...] = ()
    if kind == PARQUET and files:
        headers = headers_of(files, (session.read.parquet(path).columns for path in paths))
    return SparkRows(_with_file(rows, files), files=files, headers=headers)


def _address(path: Path) -> str:
    """A file of this machine (or one that all machines share) as Spark names it."""
    return "file://" + "".join(f"\\{c}" if c in r"\{}[]*?" else c for c in str(path))


def _with_file(rows: DataFrame, files: Files | None) -> DataFrame:
    """Each row with its file, as the edition's reader knows it."""
    path = F.url_decode(F.replace(F.col("_metadata.file_path"), F.lit("+"), F.lit("%2B")))
    if files:
        path = F.regexp_replace(path, "^file:/+", "/")
        start = f"{files.folder}/"
        within = F.substr(path, F.lit(len(start) + 1))
        shown = F.when(path.startswith(start), within).otherwise(path)
        for number, own in enumerate(files.read):
            if own != files.paths[number]:
                shown = F.when(path == str(own), files.shown(number)).otherwise(shown)
        path = shown
    return rows.withColumn(FILE, path)


def _read_workbooks(session: SparkSession, files: Files, layouts: tuple[Layout, ...]) -> SparkRows:
    parts = [
        _with_file(session.read.parquet(_address(path)), files).toDF(*layout.names, FILE)
        for path, layout in zip(files.read, layouts, strict=True)
    ]
    rows = reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), parts)
    return SparkRows(
        rows, files=files, headers=headers_of(files, (each.header for each in layouts))
    )


def _parquet(session: SparkSession, paths: list[str]) -> DataFrame:
    return session.read.option("mergeSchema", True).parquet(*paths)


def _json(session: SparkSession, paths: list[str]) -> DataFrame:
    """Whole files of one array, or a value a line; values as text, as they stand."""
    start = _first_line(session, paths[0]).lstrip()
    reader = session.read.option("primitivesAsString", True).option("mode", "FAILFAST")
    rows = reader.option("multiLine", start.startswith("[")).json(paths)
    nested = [name for name, kind in rows.dtypes if kind != "string"]
    return rows.withColumns({name: F.to_json(F.col(SPARK.quoted(name))) for name in nested})


def _first_line(session: SparkSession, path: str, *, encoding: str = "UTF-8") -> str:
    first = session.read.option("encoding", encoding).text(path).first()
    return first[0] if first else ""


def _read_csv_files(
    session: SparkSession,
    source: Source,
    files: Files | None,
    paths: list[str],
    wanted: Iterable[str],
) -> SparkRows:
    charset = "UTF-8" if files else _CHARSETS.get(source.encoding, source.encoding)
    if files:
        layouts = source_files.csv_layouts(files, source)
    else:
        start = _first_line(session, paths[0], encoding=charset).encode()
        layouts = (source_files.layout_of(start, source.shown, source),)
    layouts = alike_in_all(layouts, wanted)
    grouped: dict[Layout, list[str]] = defaultdict(list)
    for layout, path in zip(layouts, paths, strict=True):
        grouped[layout].append(path)
    parts = [
        _with_file(_read_csv(session, layout, own, charset, one_header=bool(files)), files)
        for layout, own in grouped.items()
    ]
    read = reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), parts)
    kind = _fault(names_in(layouts), charset)
    return SparkRows(
        read.filter(kind.isNull()).drop(_RAGGED, _FIELDS),
        read.filter(kind.isNotNull()).select(FILE, kind.alias("kind"), _FIELDS, _RAGGED),
        files,
        layouts if files else (),
        headers_of(files, (each.header for each in layouts)) if files else (),
    )


def _fault(names: list[str], charset: str) -> Column:
    """The kind of fault of a line that does not count as a row; null for the others."""
    text = F.concat_ws("", *(F.col(SPARK.quoted(name)) for name in names))
    # Spark refuses a question about the broken lines alone, so the others are looked at as well
    fault = F.when(F.col(_RAGGED).isNotNull() & (F.length(text) >= 0), FIELDS)
    if charset == "UTF-8":
        fault = F.when(text.contains(NOT_UTF8), ENCODING).otherwise(fault)
    return fault


def _read_csv(
    session: SparkSession, layout: Layout, paths: list[str], charset: str, *, one_header: bool
) -> DataFrame:
    """The rows as text. Quoted fields may hold line breaks, so one task reads a file whole."""
    columns = ", ".join(f"{SPARK.quoted(name)} string" for name in (*layout.names, _RAGGED))
    rows = (
        session.read.schema(columns)
        .option("columnPruning", False)
        .csv(
            paths,
            header=True,
            sep=layout.delimiter,
            quote='"',
            escape='"',
            encoding=charset,
            multiLine=True,
            mode="PERMISSIVE",
            columnNameOfCorruptRecord=_RAGGED,
            enforceSchema=one_header,
            ignoreLeadingWhiteSpace=False,
            ignoreTrailingWhiteSpace=False,
            maxCharsPerColumn=-1,
        )
    )
    return rows.withColumn(_FIELDS, F.lit(str(len(layout.names))))
