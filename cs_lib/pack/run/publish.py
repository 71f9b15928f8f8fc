"""Publishing a pack whole or not at all: built beside its place, then renamed into it.

A run that is killed leaves the last good pack as it was. Where the kill falls between the two
renames of the swap, the next run puts the old pack back.
"""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from cs_lib.edition import Edition
from cs_lib.edition.edition_files import folder_of
from cs_lib.errors import EditionError
from cs_lib.period import Period
from cs_lib.scratch import for_the_owner, owned, sweep

REPORTS = "reports"


@dataclass(frozen=True)
class PackPaths:
    """Where the pack of one edition and period stands, and the hidden names beside it."""

    root: Path
    edition: str
    period: str

    @classmethod
    def of(cls, edition: Edition, period: Period, root: Path) -> "PackPaths":
        return cls(root, folder_of(edition.path, root), period.label)

    @property
    def shelf(self) -> Path:
        return self.root / REPORTS / self.edition

    @property
    def pack(self) -> Path:
        return self.shelf / self.period

    @property
    def building(self) -> Path:
        return self.shelf / f".{self.period}.building-{os.getpid()}"

    @property
    def aside(self) -> Path:
        return self.shelf / f".{self.period}.old-{os.getpid()}"

    @property
    def rejects(self) -> Path:
        """Rows left out of the figures: beside the pack, for its owner alone."""
        return self.shelf / f"{self.period}.rejects.csv"

    @property
    def accounts(self) -> Path:
        """The accounts at risk: beside the pack, for its owner alone."""
        return self.shelf / f"{self.period}.accounts.csv"

    @property
    def private(self) -> tuple[Path, ...]:
        return self.rejects, self.accounts

    @property
    def lock(self) -> Path:
        return self.shelf / f".{self.period}.lock"


@contextlib.contextmanager
def building(paths: PackPaths) -> Iterator[Path]:
    """An empty folder to build the pack in, under a lock; what is left of it at the end is removed.

    Raises EditionError when another run is making the same pack.
    """
    paths.shelf.mkdir(parents=True, exist_ok=True)
    with locked(paths):
        recover(paths)
        _recover_others(paths)
        _refuse_packs_inside(paths)
        paths.building.mkdir()
        try:
            yield paths.building
        finally:
            shutil.rmtree(paths.building, ignore_errors=True)


def _refuse_packs_inside(paths: PackPaths) -> None:
    """What stands where the pack goes may be a folder of packs, as an earlier release laid them."""
    from cs_lib.pack.run.manifest import MANIFEST

    inside = sorted(paths.pack.glob(f"*/{MANIFEST}"))
    if inside:
        shown = paths.pack.relative_to(paths.root)
        raise EditionError(
            f"{shown} holds packs of another edition, among them {inside[0].parent.name}. Move it "
            f"away: the pack of {paths.edition} for {paths.period} goes there."
        )


def put_in_place(paths: PackPaths) -> None:
    """Swap the built pack for the published one; on any failure the published one comes back."""
    if paths.pack.exists():
        paths.pack.rename(paths.aside)
    try:
        paths.building.rename(paths.pack)
    except BaseException:
        if paths.aside.exists():
            paths.aside.rename(paths.pack)
        raise
    shutil.rmtree(paths.aside, ignore_errors=True)


def put_private(place: Path, made: Path) -> None:
    """Put what is for the analyst alone beside the pack, readable by its owner only; with none, nothing."""
    if not made.is_file():
        place.unlink(missing_ok=True)
        return
    beside = _beside(place)
    try:
        with open(beside, "wb", opener=for_the_owner) as to, made.open("rb") as rows:
            shutil.copyfileobj(rows, to)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


def recover(paths: PackPaths) -> None:
    """Tidy up after a run that was killed: put back a pack set aside, remove half-built ones."""
    for aside in sorted(paths.shelf.glob(f".{paths.period}.old-*")):
        if paths.pack.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.rename(paths.pack)
    for half in paths.shelf.glob(f".{paths.period}.building-*"):
        shutil.rmtree(half, ignore_errors=True)
    for private in paths.private:
        sweep(f".{private.name}", inside=paths.shelf)


def _recover_others(paths: PackPaths) -> None:
    """The same for the edition's other periods, but for one that another run is making."""
    for lock in paths.shelf.glob(".*.lock"):
        other = replace(paths, period=lock.name[1 : -len(".lock")])
        if other != paths:
            with contextlib.suppress(EditionError, OSError), locked(other):
                recover(other)


def _beside(path: Path) -> Path:
    """Where a file is written before it is renamed into its place."""
    return path.with_name(f"{owned(f'.{path.name}')}new")


@contextlib.contextmanager
def locked(paths: PackPaths) -> Iterator[None]:
    """The right to make this pack. The lock ends with the process, however that ends."""
    with paths.lock.open("a+") as handle:
        try:
            _take(handle)
        except OSError:
            raise EditionError(
                f"Another run is making {paths.edition} {paths.period}. Wait for it to end."
            ) from None
        yield


def _take(handle: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old text or the new, never half of one."""
    sweep(f".{path.name}", inside=path.parent)
    beside = _beside(path)
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.replace(path)


def write_changed(path: Path, text: str) -> None:
    """Write a file where it says something else, or is not there."""
    if not path.is_file() or path.read_bytes() != text.encode():
        write_atomically(path, text)
