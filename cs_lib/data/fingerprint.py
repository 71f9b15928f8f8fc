"""What the inputs were: a digest of their contents, remembered until a file changes."""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from cs_lib.errors import DataError

MEMO = Path(".cache") / "fingerprints.json"


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
    state = path.stat()
    mark = [state.st_size, state.st_mtime_ns]
    kept = memo.get(str(path))
    if kept and kept[:2] == mark:
        return kept[2]
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    memo[str(path)] = [*mark, digest]
    return digest


def _read(path: Path) -> dict:
    try:
        memo = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return memo if isinstance(memo, dict) else {}


def _write(path: Path, memo: dict) -> None:
    """Whole or not at all; a folder that cannot be written only costs the memory."""
    memo = {name: kept for name, kept in memo.items() if Path(name).exists()}
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(memo, file, indent=0, sort_keys=True)
        os.replace(beside, path)
