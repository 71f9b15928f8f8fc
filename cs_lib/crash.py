"""What is nobody's fault at the keyboard: kept in a file, and said in one sentence."""

import errno
import os
import platform
import sys
import tempfile
import time
import traceback
from pathlib import Path

from cs_lib.errors import KitError, PlaceError
from cs_lib.scratch import for_the_owner

#: the exit status of what is unexpected, as sysexits has it for software
UNEXPECTED = 70
CACHE, KEPT = ".cache", 10
FULL = (errno.ENOSPC, errno.EDQUOT)


def understood(error: BaseException) -> KitError | None:
    """A fault of the machine as a refusal with a remedy; None for what is unexpected."""
    if isinstance(error, MemoryError):
        return PlaceError("There was not memory enough. Close other programs, or use fewer --jobs.")
    if not isinstance(error, OSError) or error.errno is None:
        return None
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in FULL:
        return PlaceError(
            f"The disk is full{where}. Make room and run again; the last good pack is in place."
        )
    if isinstance(error, FileNotFoundError) or not error.filename:
        return None
    return PlaceError(
        f"{error.filename} cannot be used: {error.strerror}. See that it may be read and written, "
        "and run again."
    )


def kept(error: BaseException) -> str:
    """The sentence for an unexpected error, whose report is written to a file of its owner's alone."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" in {Path(last[0].filename).name}, line {last[0].lineno}" if last else ""
    start = f"Something unexpected went wrong ({type(error).__name__}{where})."
    path = _written(_report(error))
    if not path:
        return f"{start} The report of it could not be written to any folder."
    return f"{start} The full report is in {path}: show it to whoever looks after the kit."


def _report(error: BaseException) -> str:
    head = [time.strftime("%Y-%m-%d %H:%M:%S"), f"Python {sys.version}", platform.platform()]
    return "\n".join([*head, f"arguments: {sys.argv[1:]}", "", *traceback.format_exception(error)])


def _written(text: str) -> Path | None:
    from cs_lib.edition import find_root

    name = f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    for folder in (lambda: find_root() / CACHE, lambda: Path(tempfile.gettempdir())):
        try:
            place = folder()
            place.mkdir(exist_ok=True)
            with open(place / name, "w", encoding="utf-8", opener=for_the_owner) as file:
                file.write(text)
            for old in sorted(place.glob("crash-*.txt"))[:-KEPT]:
                old.unlink(missing_ok=True)
            return place / name
        except (OSError, KitError):
            continue
    return None
