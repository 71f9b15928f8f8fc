"""Where a table's rows come from: the files a path or a query names, and how a CSV file is laid out."""

import csv
import errno
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from cs_lib.data.sources import archives, cut_lines, signatures, text_files
from cs_lib.data.sources.file_age import by_age
from cs_lib.data.sources.signatures import DATABASE, WORKBOOK
from cs_lib.edition import Edition, Source
from cs_lib.errors import DataError

CSV, PARQUET, JSON = "csv", "parquet", "json"
_FORMATS = {
    ".csv": CSV,
    ".tsv": CSV,
    ".txt": CSV,
    ".parquet": PARQUET,
    ".pq": PARQUET,
    ".json": JSON,
    ".jsonl": JSON,
    ".ndjson": JSON,
    # a workbook is known by its first bytes; what bears its name without them is text
    ".xlsx": CSV,
    ".xlsm": CSV,
    ".xls": CSV,
}
_DELIMITERS = (",", ";", "\t", "|")
_PACKED = (".gz", ".zst", ".bz2", ".xz")


@dataclass(frozen=True)
class Files:
    """The files of one table, all in one format, from the oldest to the newest by their names.

    `read` are the files that the engine reads in their place: themselves, or copies in UTF-8. Where
    they are not `quoted`, none of them holds a quotation mark. `before` are the lines that stand above
    the rows of each file and no longer above those of its copy. A path may lead into an archive; of
    workbooks, `sheets` are the sheets that count.
    """

    folder: Path
    paths: tuple[Path, ...]
    format: str
    read: tuple[Path, ...] = ()
    quoted: bool = True
    before: tuple[int, ...] = ()
    sheets: tuple[str, ...] = ()

    def shown(self, number: int) -> str:
        """The file as the edition's reader knows it: relative to the data folder, with its sheet."""
        path = self.paths[number]
        path = path.relative_to(self.folder) if path.is_relative_to(self.folder) else path
        return f"{path}, sheet {self.sheets[number]}" if self.sheets else str(path)

    @property
    def on_disk(self) -> tuple[Path, ...]:
        """The files themselves: an archive for all that it holds."""
        return tuple({inside[0] if (inside := archives.split(p)) else p: None for p in self.paths})

    def line(self, number: int, line: int) -> int:
        """The line of the file itself that is this one of what the engine reads."""
        return line + (self.before[number] if self.before else 0)

    @property
    def all_shown(self) -> tuple[str, ...]:
        return tuple(self.shown(number) for number in range(len(self.paths)))


@dataclass(frozen=True)
class Layout:
    """How a CSV file is laid out: its delimiter and the names of its columns, which all differ.

    `header` are the names as its first line has them.
    """

    delimiter: str
    names: tuple[str, ...]
    header: tuple[str, ...] = field(default=(), compare=False)


def data_folder(edition: Edition, root: Path, given: Path | str | None) -> Path:
    """The folder that relative paths start from: given, else the edition's `data`, else the root."""
    folder = (root / (given or edition.data or ".")).resolve()
    if not folder.is_dir():
        origin = "--data" if given else f"{edition.name}: data"
        raise DataError(f"{origin}: there is no folder {folder}.")
    return folder


def find_files(table: str, source: Source, folder: Path) -> Files:
    """The files that a source's path or glob names."""
    if is_remote(source.shown):
        raise DataError(
            f"tables.{table}: {source.path} is an address, which engine: spark reads. "
            "Name files here, or set that engine in the edition."
        )
    pattern = Path(source.shown).expanduser()
    try:
        paths = by_age(_matching(folder, pattern))
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise DataError(
                f"tables.{table}: {source.path} cannot be read: {error.strerror}."
            ) from None
        paths = ()
    if not paths:
        raise DataError(
            f"tables.{table}: no file {source.path} in {folder}. "
            "Correct the path in the edition, or say where the data is with --data."
        )
    kind, *others = {_kind_of(path) for path in paths}
    if kind is None or others:
        raise DataError(
            f"tables.{table}: {source.path} names files that cannot be read as one table: "
            f"{', '.join(path.name for path in paths[:5])}. "
            "Name CSV, Parquet, JSON or Excel files, one kind at a time."
        )
    if (source.table or source.sql) and kind != DATABASE:
        raise DataError(
            f"tables.{table}: {source.path} is no SQLite or DuckDB file, which table and sql speak of. "
            "Give either path or sql."
        )
    if source.sheet is not None and kind != WORKBOOK:
        raise DataError(f"tables.{table}: {source.path} is no workbook, which sheet speaks of.")
    return Files(folder, paths, kind, read=paths)


def _kind_of(path: Path) -> str | None:
    """By the file's first bytes, else by its name."""
    inside = archives.split(path)
    kind = archives.kind_of(*inside) if inside else signatures.kind_of(path)
    return kind or format_of(path)


def unpacked(files: Files, *, spool: Path) -> Files:
    """The files with copies of those that lie in archives."""
    pairs = zip(files.paths, files.all_shown, strict=True)
    return replace(files, read=tuple(archives.unpacked(*each, spool) for each in pairs))


def as_read(files: Files, source: Source, *, spool: Path) -> Files:
    """The files with what the engine reads in the place of those that are no plain UTF-8."""
    marked = files.format == CSV
    found = [
        text_files.as_read(path, shown, source.encoding, spool=spool, marked=marked)
        for path, shown in zip(files.read, files.all_shown, strict=True)
    ]
    read, quoted = zip(*found, strict=True)
    files = replace(files, read=read, quoted=any(quoted))
    return _cut(files, source, spool=spool) if source.cuts else files


def _cut(files: Files, source: Source, *, spool: Path) -> Files:
    """The files without the lines that are no rows."""
    if files.format != CSV:
        refuse_cuts(source, files.shown(0))
    cuts = []
    for path, shown in zip(files.read, files.all_shown, strict=True):
        first = cut_lines.first_line(path, source.skip)
        cuts.append(
            cut_lines.without_lines(path, shown, source, delimiter_of(first, source), spool=spool)
        )
    read, before = tuple(each.path for each in cuts), tuple(each.before for each in cuts)
    return replace(files, read=read, before=before)


def refuse_cuts(source: Source, shown: str) -> None:
    """DataError where lines are to be left out of what is no CSV file on this machine."""
    if source.cuts:
        raise DataError(
            f"{shown}: {' and '.join(source.cuts)} speak of the lines of a CSV file on this machine. "
            "Leave them out, or name such a file."
        )


def refuse_damaged(files: Files) -> None:
    """DataError where one of the text files is what the engine stumbled over."""
    if files.format in (CSV, JSON):
        for path, shown in zip(files.read, files.all_shown, strict=True):
            text_files.refuse_damaged(path, shown)


def _matching(folder: Path, pattern: Path) -> list[Path]:
    """The files that a pattern names; in the place of an archive all that it holds."""
    for number, part in enumerate(pattern.parts[:-1], 1):
        if part.lower().endswith(archives.SUFFIX):
            within = "/".join(pattern.parts[number:])
            zips = filter(archives.is_archive, _on_disk(folder, Path(*pattern.parts[:number])))
            return [path for each in zips for path in archives.members(each, within)]
    found = _on_disk(folder, pattern)
    return [
        path
        for each in found
        for path in (archives.members(each) if archives.is_archive(each) else [each])
    ]


def _on_disk(folder: Path, pattern: Path) -> list[Path]:
    whole = folder / pattern
    if whole.is_file():
        return [whole.resolve()]
    if whole.is_dir():
        return []
    base = Path(pattern.anchor) if pattern.is_absolute() else folder
    found = base.glob(str(pattern.relative_to(base) if pattern.is_absolute() else pattern))
    return [path.resolve() for path in found if path.is_file()]


def is_remote(path: str) -> bool:
    """Whether the path is an address, such as s3a://bucket/orders, that the engine itself looks up."""
    return "://" in path


def without_patterns(path: Path) -> str:
    """The path for a reader of the engine, which would take its brackets and stars for patterns."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def format_of(path: Path) -> str | None:
    suffixes = [each.lower() for each in path.suffixes]
    kinds = [each for each in suffixes if each not in _PACKED]
    return _FORMATS.get(kinds[-1]) if kinds else None


def csv_layouts(files: Files, source: Source) -> tuple[Layout, ...]:
    """How each file is laid out, by its first line."""
    found = []
    for number, path in enumerate(files.read):
        with text_files.open_bytes(path) as file:
            found.append(layout_of(file.read(1 << 16), files.shown(number), source))
    return tuple(found)


def layout_of(start: bytes, shown: str, source: Source) -> Layout:
    """The layout of the CSV file that starts with these bytes."""
    text = start.decode("utf-8", "replace").removeprefix("\ufeff")
    if not text.strip():
        raise DataError(
            f"{shown}: the file is empty. A CSV file starts with the names of its columns."
        )
    first = text.splitlines()[0]
    delimiter = delimiter_of(first, source)
    names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    header = tuple(name.strip() for name in names)
    return Layout(delimiter, distinct_names(header), header)


def delimiter_of(line: str, source: Source) -> str:
    """What parts the names of the columns: as the edition says, else the likeliest."""
    return source.delimiter or max(_DELIMITERS, key=_outside_quotes(line).count)


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def distinct_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names that differ even without case: a blank one is numbered, a repeated one gets a suffix."""
    taken: set[str] = set()
    result: list[str] = []
    for position, name in enumerate(names, 1):
        name = base = name or f"column_{position}"
        count = 1
        while name.lower() in taken:
            count += 1
            name = f"{base}_{count}"
        taken.add(name.lower())
        result.append(name)
    return tuple(result)


def files_in_query(tree: dict) -> list[tuple[int, str]]:
    """Each file that a parsed query reads: the byte at which it is named, and its name."""
    found = []
    for node in _nodes(tree):
        if node.get("type") == "TABLE_FUNCTION":
            function = node["function"]
            if function["function_name"].startswith("read_") and function["arguments"]:
                found += _texts(function["arguments"][0]["expression"])
        elif node.get("type") == "BASE_TABLE" and re.search(r"[./]", node["table_name"]):
            found.append((node["query_location"], node["table_name"]))
    return sorted(set(found))


def _texts(expression: dict) -> list[tuple[int, str]]:
    return [
        (node["query_location"], node["literal"]["text"])
        for node in _nodes(expression)
        if node.get("type") == "VALUE_CONSTANT" and node["literal"].get("kind") == "STRING"
    ]


def _nodes(tree: object) -> Iterator[dict]:
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for each in tree:
            yield from _nodes(each)


def with_absolute_paths(sql: str, tree_text: str, folder: Path) -> tuple[str, list[Path] | None]:
    """The query with its relative file names made absolute, and the files it reads.

    The files are None when the query cannot be looked into.
    """
    tree = json.loads(tree_text)
    if tree.get("error"):
        return sql, None
    text, shift = sql.encode(), 0
    files: list[Path] = []
    for place, name in files_in_query(tree):
        if "://" in name:
            return sql, None
        asked = Path(name).expanduser()
        files += _matching(folder, asked) or [folder / asked]
        in_folder = str(asked) if asked.is_absolute() else f"{without_patterns(folder)}/{asked}"
        start = place + shift
        quote = text[start : start + 1]
        if quote not in (b"'", b'"'):
            continue
        escaped = quote + name.encode().replace(quote, quote * 2) + quote
        if text[start : start + len(escaped)] == escaped:
            absolute = quote + in_folder.encode().replace(quote, quote * 2) + quote
            text = text[:start] + absolute + text[start + len(escaped) :]
            shift += len(absolute) - len(escaped)
    return text.decode(), sorted(set(files))
