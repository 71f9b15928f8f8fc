"""Where editions stand: their files, the names these give them, and the folder each publishes into."""

import os
import re
import unicodedata
from pathlib import Path

from cs_lib.errors import EditionError
from cs_lib.period import LONGEST_NAME, Period, with_digest

PARAMS, SUFFIXES = "params", (".yaml", ".yml")
#: the folder of params that holds what people wrote about a month, and no edition
NOTES = "notes"
#: the folder of params that holds queries for the exports of vendors
ADAPTERS = "adapters"
#: parts of a folder's name that mean the same to every file system; Windows keeps some for devices
_PLAIN = re.compile(r"\w([\w -]*[\w-])?")
_DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9¹²³]", re.IGNORECASE)


def find_root() -> Path:
    """The project's root: the nearest folder at or above the current one that holds `params`."""
    start = Path.cwd().resolve()
    for folder in (start, *start.parents, Path(__file__).resolve().parents[2]):
        if (folder / PARAMS).is_dir():
            return folder
    raise EditionError(f"No folder named params at or above {start}. Run from inside the project.")


def edition_names(root: Path) -> list[str]:
    return sorted(name_of(path, root) for path in _files(root))


def _files(root: Path) -> list[Path]:
    found = (path for suffix in SUFFIXES for path in (root / PARAMS).rglob(f"*{suffix}"))
    return [path for path in found if not holds_no_edition(path, root)]


def holds_no_edition(path: Path, root: Path) -> bool:
    """Whether a file of params holds notes or an adapter."""
    return any((root / PARAMS / folder) in path.parents for folder in (NOTES, ADAPTERS))


def notes_file(path: Path, root: Path) -> Path:
    """Where the notes of an edition stand, from its file: under params/notes by its name, or beside it."""
    home = root / PARAMS if path.is_relative_to(root / PARAMS) else path.parent
    return home / NOTES / f"{name_of(path, root)}.yaml"


def file_of(which: str | Path, root: Path) -> Path:
    """The file of an edition, by name or path, without `..`; one that is a link keeps its own name."""
    if Path(which).suffix not in SUFFIXES:
        plain, other = (
            Path(os.path.abspath(root / PARAMS / f"{which}{suffix}")) for suffix in SUFFIXES
        )
        return other if is_file(other) and not is_file(plain) else plain
    path = Path(os.path.abspath(which))
    try:
        inside = (path.parent.resolve() / path.name).relative_to((root / PARAMS).resolve())
    except (OSError, ValueError):  # elsewhere, or no name for a file
        return path
    return root / PARAMS / inside


def is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # no name for a file
        return False


def name_of(path: Path, root: Path) -> str:
    if path.is_relative_to(root / PARAMS):
        return path.relative_to(root / PARAMS).with_suffix("").as_posix()
    return path.stem


def folder_of(path: Path, root: Path) -> str:
    """The folder of `reports` that an edition publishes into, from its file; no other edition has it.

    A part that a period could be called, or that does not mean the same everywhere, ends in a digest,
    and so does the name of an edition that stands outside `params`.
    """
    if path.is_relative_to(root / PARAMS):
        parts = Path(name_of(path, root)).parts
        return "/".join(_part(part, inside=place > 0) for place, part in enumerate(parts))
    path, home = path.parent.resolve() / path.name, root.resolve()
    where = path.relative_to(home) if path.is_relative_to(home) else path
    return with_digest(path.stem, where.as_posix())


def _part(text: str, *, inside: bool) -> str:
    plain = _PLAIN.fullmatch(text) and not _DEVICE.fullmatch(text)
    short = len(text.encode("utf-8", "surrogatepass")) <= LONGEST_NAME
    return (
        text if plain and short and not (inside and _is_period(text)) else with_digest(text, text)
    )


def _is_period(text: str) -> bool:
    try:
        return bool(Period.parse(text.upper()))
    except EditionError:
        return False


def refuse_a_namesake(path: Path, root: Path) -> None:
    """EditionError where two files of `params` are one edition: acme.yaml and acme.yml or Acme.yaml."""
    name = _folded(name_of(path, root))
    if path.is_relative_to(root / PARAMS):
        for other in _files(root):
            if other != path and _folded(name_of(other, root)) == name:
                raise EditionError(
                    f"{path.relative_to(root)} and {other.relative_to(root)} would be one edition and "
                    "share their reports, on some machines at least. Give one of them another name."
                )


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
