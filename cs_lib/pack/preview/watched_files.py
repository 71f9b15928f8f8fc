"""The files that a preview watches, by when they were last written and how long they are."""

from pathlib import Path

from cs_lib.edition.edition_files import file_of, notes_file

#: file → when it was last written, in nanoseconds, and its bytes; None where it is not there
Stamps = dict[Path, tuple[int, int] | None]
#: how the names of files end that the package is made of
CODE = (".py", ".j2", ".css", ".sql", ".yaml", ".json")


def stamps_of_edition(which: str, root: Path) -> Stamps:
    """Those of an edition and its notes."""
    path = file_of(which, root)
    return _stamps(path, notes_file(path, root))


def stamps_of_report(which: str, notebook: Path, root: Path) -> Stamps:
    """Those of an edition, its notes and a notebook."""
    return stamps_of_edition(which, root) | _stamps(notebook)


def stamps_of_code() -> Stamps:
    """Those of the package."""
    import cs_lib

    files = Path(cs_lib.__path__[0]).rglob("*")
    return _stamps(*(each for each in files if each.suffix in CODE))


def _stamps(*files: Path) -> Stamps:
    return {each: _stamp(each) for each in files}


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except (OSError, ValueError):  # not there, or no name for a file
        return None
    return status.st_mtime_ns, status.st_size
