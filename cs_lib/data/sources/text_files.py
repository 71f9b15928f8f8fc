"""Text files as the engine reads them: UTF-8 with plain line ends. What is otherwise is written anew.

A file is known by its bytes and not by its name: offices rename what they export, and mails pack it.
"""

import bz2
import codecs
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

import pyarrow as pa

from cs_lib.data.sources.spool_files import new_file
from cs_lib.errors import DataError

CHUNK = 1 << 17
GZIP = b"\x1f\x8b"
_PACKED: dict[bytes, Callable[[Path], io.BufferedIOBase]] = {
    GZIP: gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
    b"\x28\xb5\x2f\xfd": lambda path: pa.CompressedInputStream(pa.OSFile(str(path)), "zstd"),
}
_NO_TEXT = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
    b"SQLite format 3": "a SQLite database",
}
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
CUT_SHORT = (EOFError, OSError, zlib.error, lzma.LZMAError, pa.ArrowException)
#: what to propose for bytes that are not UTF-8, in this order
_USUAL = ("cp1252", "cp932", "gb18030", "cp1250", "mac_roman")
#: browsers and offices say latin-1 where they write what Windows made of it
_MEANT = {"iso8859-1": "cp1252"}


def open_bytes(path: Path) -> io.BufferedIOBase:
    """The file, unpacked whatever its name says."""
    with path.open("rb") as file:
        start = file.read(8)
    opener = next((opener for mark, opener in _PACKED.items() if start.startswith(mark)), None)
    return opener(path) if opener else path.open("rb")


def as_read(
    path: Path, shown: str, encoding: str, *, spool: Path, marked: bool
) -> tuple[Path, bool]:
    """The file itself where the engine reads it as it stands, else a copy of it in the spool folder;
    and whether it may hold a quotation mark.

    `marked` says that the engine reads a file that starts with the mark of UTF-8.
    """
    with path.open("rb") as file:
        packed = file.read(8)
    start = _start(path, shown)
    _refuse_what_is_no_text(start, shown)
    encoding = _encoding_of(path, start, encoding)
    named_gzip, is_gzip = path.suffix == ".gz", packed.startswith(GZIP)
    plain = not any(packed.startswith(mark) for mark in _PACKED)
    marked = marked or not start.startswith(codecs.BOM_UTF8)
    if encoding == "utf-8" and marked and (plain or is_gzip) and named_gzip == is_gzip:
        looked_at = iter([start]) if is_gzip else _chunks(path, shown)
        plain_ends, quoted = _look_through(_without_zeros(looked_at, path, shown))
        if plain_ends:
            return path, quoted or is_gzip
    return _copied(path, shown, encoding, spool)


def refuse_damaged(path: Path, shown: str) -> None:
    """DataError for what the engine stumbled over beyond the start of a packed file."""
    if not _look_through(_chunks(path, shown))[0]:
        raise DataError(
            f"{shown}: its lines end in different ways. Unpack the file: unpacked, it is read."
        )


def _start(path: Path, shown: str) -> bytes:
    return next(_chunks(path, shown), b"")


def _chunks(path: Path, shown: str) -> Iterator[bytes]:
    try:
        with open_bytes(path) as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except CUT_SHORT as error:
        if isinstance(error, OSError) and error.errno:
            raise DataError(f"{shown}: the file cannot be read: {error.strerror}.") from None
        raise DataError(
            f"{shown}: the packed file is damaged or ends in the middle. Copy or export it again."
        ) from None


def _without_zeros(chunks: Iterable[bytes], path: Path, shown: str) -> Iterator[bytes]:
    """The chunks; DataError at a zero byte, which nobody sees and which makes another word of a word."""
    passed = 0
    for chunk in chunks:
        zero = chunk.find(b"\0")
        if zero >= 0:
            with open_bytes(path) as file:
                line = file.read(passed + zero).count(b"\n") + 1
            raise DataError(
                f"{shown}, line {line}: a zero byte stands in the text, as where a copy broke off. "
                "Export the file again, or take the byte out."
            )
        passed += len(chunk)
        yield chunk


def _refuse_what_is_no_text(start: bytes, shown: str) -> None:
    kind = next((kind for mark, kind in _NO_TEXT.items() if start.startswith(mark)), None)
    if re.match(rb"\s*<(!doctype html|html)", start[:200], re.IGNORECASE):
        kind = "a web page, perhaps a log-in"
    if kind:
        raise DataError(f"{shown}: this is {kind} and not a text file. Export it as CSV in UTF-8.")


def _encoding_of(path: Path, start: bytes, encoding: str) -> str:
    """What the file's own mark says; else UTF-8 where its bytes are that; else as the edition says."""
    marked = _marked(start)
    if marked:
        return marked
    head = start[:4096]
    if b"\0" in head and encoding == "utf-8":
        for name, blanks in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
            if blanks.count(0) > 0.9 * len(blanks):
                return name
    if encoding == "utf-8" or "16" in encoding or "32" in encoding:
        return encoding
    return "utf-8" if _decodes(path, "utf-8") else _MEANT.get(encoding, encoding)


def _marked(start: bytes) -> str | None:
    return next((name for mark, name in _MARKS.items() if start.startswith(mark)), None)


def marked_encoding(start: bytes) -> str:
    """The encoding that a file's own mark says; UTF-8 where it has none."""
    return _marked(start) or "utf-8"


def _look_through(chunks: Iterable[bytes]) -> tuple[bool, bool]:
    """Do all lines end alike, and none in a carriage return alone? And is there any quotation mark?"""
    returns = pairs = feeds = 0
    bare = quoted = False
    before = b""
    for chunk in chunks:
        quoted = quoted or b'"' in chunk
        if b"\r" in chunk or before == b"\r":
            returns += chunk.count(b"\r")
            feeds += chunk.count(b"\n")
            pairs += chunk.count(b"\r\n") + (before == b"\r" and chunk[:1] == b"\n")
        else:
            bare = bare or b"\n" in chunk
        before = chunk[-1:]
    cut = pairs > 0 and before == b"\r"
    return not returns or (not bare and pairs == feeds and returns == pairs + cut), quoted


def _copied(path: Path, shown: str, encoding: str, spool: Path) -> tuple[Path, bool]:
    copy = new_file(spool, ".txt")
    # bytes that are not UTF-8 go through as they are: the engine tells the line of each
    errors = "surrogateescape" if encoding == "utf-8" else "strict"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    lines = io.IncrementalNewlineDecoder(decoder, translate=True)
    number, quoted = 1, False
    with copy.open("wb") as file:
        try:
            for position, chunk in enumerate(chain(_chunks(path, shown), [b""])):
                text = lines.decode(chunk, final=not chunk)
                text = text if position else text.removeprefix("\ufeff")
                number += text.count("\n")
                quoted = quoted or '"' in text
                file.write(text.encode("utf-8", errors))
        except UnicodeDecodeError as error:
            good = error.object[: error.start].decode(encoding, "ignore")
            number += len(re.findall("\r\n|\r|\n", good))
            value = error.object[error.start : error.start + 1].hex()
            raise DataError(
                f"{shown}, line {number}: byte {value} is no text in {encoding}. {proposal(path)}"
            ) from None
    return copy, quoted


def proposal(path: Path) -> str:
    """What to do about a file whose text cannot be decoded: the encoding that fits, and how it reads."""
    fits = next((name for name in _USUAL if _decodes(path, name)), None)
    if fits is None:
        return "Export it as UTF-8."
    reads = _first_special_line(path).decode(fits).strip()
    return (
        f'Set encoding: "{fits}" for this table, with which that line reads {reads[:80]!r}, or '
        "export it as UTF-8."
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in chain(_chunks(path, path.name), [b""]):
            decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError:
        return False
    return True


def _first_special_line(path: Path) -> bytes:
    with open_bytes(path) as file:
        for line in file:
            for each in re.split(b"[\r\n]+", line):
                try:
                    each.decode("utf-8")
                except UnicodeDecodeError:
                    return each
    return b""
