"""What the inputs were: a digest of their contents, remembered for large files until one changes."""

import contextlib
import hashlib
import os
import time
from collections.abc import Iterable
from pathlib import Path

from cs_lib.errors import DataError
from cs_lib.scratch import owned, sealed, unsealed

MEMO = Path(".cache") / "fingerprints.json"
#: how the names of what is being written begin
BUILDING = ".building"
#: bytes from which on a digest is remembered: smaller files are read every time
LARGE = 64 * 2**20
#: nanoseconds after which a file's stamp tells any further change
SETTLED = 2_000_000_000


def of_files(paths: Iterable[Path], *, root: Path, folder: Path, also: str = "") -> str:
    """One digest for the names and contents of some files (and a text that belongs to them)."""
    whole = hashlib.sha256(also.encode())
    memo = _read(root / MEMO)
    known = dict(memo)
    for path in sorted(paths):
        name = path.relative_to(folder) if path.is_relative_to(folder) else path
        if not path.is_file():
            raise DataError(
                f"There is no file {name} in {folder}, which the edition reads. "
                "Correct the path in the edition, or say where the data is with --data."
            )
        whole.update(f"\n{name}\n{_of_file(path, memo)}".encode())
    if memo != known:
        _write(root / MEMO, memo)
    return whole.hexdigest()


def _of_file(path: Path, memo: dict) -> str:
    """The digest of a file's content; that of a large file is believed while nothing touched it."""
    before, now = _stamp(path), time.time_ns()
    kept = memo.get(str(path))
    if before[0] >= LARGE and kept and kept[:-1] == before:
        return kept[-1]
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    memo.pop(str(path), None)
    # within the clock's own step a file can change and keep its stamp
    settled = max(before[1:3]) < now - SETTLED
    if before[0] >= LARGE and settled and _stamp(path) == before:
        memo[str(path)] = [*before, digest]
    return digest


def _stamp(path: Path) -> list[int]:
    """Size, the moments of the last change of content and of state, and which file it is."""
    state = path.stat()
    return [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]


def _read(path: Path) -> dict:
    try:
        memo = unsealed(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return memo if isinstance(memo, dict) else {}


def _write(path: Path, memo: dict) -> None:
    """Whole or not at all; a folder that cannot be written only costs the memory."""
    memo = {name: kept for name, kept in memo.items() if Path(name).exists()}
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{owned(BUILDING)}memo")
        try:
            beside.write_text(sealed(memo), encoding="utf-8")
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
