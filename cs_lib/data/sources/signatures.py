"""What a file is by its first bytes, whatever its name says: offices rename what they export."""

import zipfile
from pathlib import Path

WORKBOOK, DATABASE, ARCHIVE = "workbook", "database", "archive"
ZIP, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SQLITE, DUCKDB = b"SQLite format 3\0", b"DUCK"
#: where the mark of a DuckDB file stands
_DUCKDB_AT = 8
_SHEETS = "xl/"


def kind_of(path: Path) -> str | None:
    """Whether a file is a workbook, a database or an archive; None for all others."""
    start = start_of(path)
    if start.startswith(ZIP):
        return WORKBOOK if _holds_sheets(path) else ARCHIVE
    if start.startswith(COMPOUND):
        return WORKBOOK
    return DATABASE if is_sqlite(start) or is_duckdb(start) else None


def start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)


def is_sqlite(start: bytes) -> bool:
    return start.startswith(SQLITE)


def is_duckdb(start: bytes) -> bool:
    return start[_DUCKDB_AT:].startswith(DUCKDB)


def _holds_sheets(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith(_SHEETS) for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
