"""Zip archives as folders: `exports.zip` names all the files in it, `exports.zip/billing*.csv` some."""

import lzma
import shutil
import zipfile
import zlib
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from cs_lib.data.sources import signatures
from cs_lib.data.sources.spool_files import new_file
from cs_lib.errors import DataError

SUFFIX = ".zip"
#: what Python raises for bytes that are no archive
_DAMAGED = (zipfile.BadZipFile, EOFError, OSError, ValueError, zlib.error, lzma.LZMAError)
_ENCRYPTED = 0x1


def is_archive(path: Path) -> bool:
    return signatures.kind_of(path) == signatures.ARCHIVE


def members(archive: Path, pattern: str = "*") -> list[Path]:
    """The files in an archive, named as if it were a folder; those that systems add are left out."""
    try:
        with zipfile.ZipFile(archive) as opened:
            names = [PurePosixPath(e.filename) for e in opened.infolist() if not e.is_dir()]
    except _DAMAGED:
        raise _damaged(archive) from None
    except NotImplementedError:
        raise _strange(archive.name) from None
    meant = dict.fromkeys(name for name in names if _is_meant(name) and _fits(name, pattern))
    return [archive / name for name in meant]


def _is_meant(name: PurePosixPath) -> bool:
    return not any(part.startswith((".", "/", "__MACOSX")) for part in name.parts)


def _fits(name: PurePosixPath, pattern: str) -> bool:
    return fnmatchcase(str(name), pattern) or (
        "/" not in pattern and fnmatchcase(name.name, pattern)
    )


def _member(opened: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """The file of this path, however the archive writes it: ./a.csv is a.csv. Of two, the later one."""
    asked = PurePosixPath(name)
    found = [each for each in opened.infolist() if PurePosixPath(each.filename) == asked]
    if not found:
        raise zipfile.BadZipFile(name)
    return found[-1]


def kind_of(archive: Path, name: str) -> str | None:
    """Whether a file of an archive is a workbook; None for text."""
    try:
        with zipfile.ZipFile(archive) as opened, opened.open(_member(opened, name)) as file:
            start = file.read(8)
    except (*_DAMAGED, RuntimeError):  # unpacking says why
        return None
    return signatures.WORKBOOK if start.startswith((signatures.ZIP, signatures.COMPOUND)) else None


def split(path: Path) -> tuple[Path, str] | None:
    """The archive that a path leads into, and the name of the file in it; None for any other path."""
    if path.exists():
        return None
    archive = next((each for each in path.parents if each.is_file()), None)
    return (archive, path.relative_to(archive).as_posix()) if archive else None


def unpacked(path: Path, shown: str, spool: Path) -> Path:
    """The file itself, or a copy of what an archive holds under this path."""
    inside = split(path)
    if inside is None:
        return path
    archive, name = inside
    copy = new_file(spool, path.suffix)
    try:
        with zipfile.ZipFile(archive) as opened:
            member = _member(opened, name)
            if member.flag_bits & _ENCRYPTED:
                raise DataError(f"{shown}: the archive has a password. Unpack it.")
            with opened.open(member) as packed, copy.open("wb") as file:
                shutil.copyfileobj(packed, file, 1 << 20)
    except OSError as error:
        if error.errno:
            raise DataError(f"{shown}: it cannot be unpacked: {error.strerror}.") from None
        raise _damaged(archive) from None
    except NotImplementedError:
        raise _strange(shown) from None
    except _DAMAGED:
        raise _damaged(archive) from None
    return copy


def _strange(shown: str) -> DataError:
    return DataError(f"{shown}: it is packed in a way that cannot be read here. Unpack it.")


def _damaged(archive: Path) -> DataError:
    return DataError(
        f"{archive.name}: the archive is damaged or ends in the middle. Copy or export it again."
    )
