"""The files that a preview watches, by when they were last written and how long they are."""

import contextlib
from collections.abc import Iterable
from pathlib import Path

from cs_lib.edition.edition_files import file_of, notes_file
from cs_lib.errors import KitError

#: file → when it was last written, in nanoseconds, and its bytes; None where it is not there
Stamps = dict[Path, tuple[int, int] | None]
#: how the names of files end that the package is made of
CODE = (".py", ".j2", ".css", ".sql", ".yaml", ".json")


def stamps_of_edition(which: str, root: Path) -> Stamps:
    """Those of an edition and its notes."""
    path = file_of(which, root)
    return stamps_of((path, notes_file(path, root)))


def files_of_data(which: str, root: Path, data_dir: str) -> tuple[Path, ...]:
    """The files that an edition's tables and benchmarks are read from, and the tables' folders, in which others may
    appear.

    Of an edition that cannot be read, or a source without files, there are none; a query's files are not told.
    """
    from cs_lib.data.sources.source_files import data_folder, find_files
    from cs_lib.edition import read_edition

    found: list[Path] = []
    named = _benchmarks_of(file_of(which, root), root)
    with contextlib.suppress(KitError, OSError):
        edition = read_edition(which, root=root)
        folder = data_folder(edition, root, data_dir)
        for name, source in edition.tables.items():
            for part in source.parts:
                with contextlib.suppress(KitError, OSError):
                    found += find_files(name, part, folder).on_disk if part.path else ()
    return tuple(dict.fromkeys([*found, *(file.parent for file in found), *named]))


def _benchmarks_of(path: Path, root: Path) -> tuple[Path, ...]:
    """The file of benchmarks that an edition names, even where that cannot be read."""
    from cs_lib.params import read_mapping

    with contextlib.suppress(KitError):
        named = read_mapping(path, path).get("benchmarks")
        return (root / named,) if isinstance(named, str) else ()
    return ()


def stamps_of(files: Iterable[Path]) -> Stamps:
    return {each: _stamp(each) for each in files}


def stamps_of_code() -> Stamps:
    """Those of the package."""
    import cs_lib

    files = Path(cs_lib.__path__[0]).rglob("*")
    return stamps_of(each for each in files if each.suffix in CODE)


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except (OSError, ValueError):  # not there, or no name for a file
        return None
    return status.st_mtime_ns, status.st_size
