"""An edition read from its params file, with the notes that people wrote about it and the benchmarks that it names."""

from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from cs_lib.edition import adapter_files
from cs_lib.edition.benchmarks import Benchmark, read_benchmarks
from cs_lib.edition.edition_files import (
    edition_names,
    file_of,
    find_root,
    holds_no_edition,
    is_file,
    name_of,
    notes_file,
    refuse_a_namesake,
)
from cs_lib.edition.notes import Notes, read_notes
from cs_lib.edition.schema import Edition, TableName
from cs_lib.errors import EditionError, did_you_mean
from cs_lib.params import explained, read_mapping


def read_edition(which: str | Path, *, root: Path | None = None) -> Edition:
    """Read an edition by name (`sample`, `examples/online_retail`) or by the path of its file.

    Raises EditionError that names the file and the key, and suggests the nearest known one.
    """
    root = root or find_root()
    path = file_of(which, root)
    if not is_file(path) or holds_no_edition(path, root):
        raise EditionError(
            f"There is no edition {which}. " + did_you_mean(which, edition_names(root))
        )
    refuse_a_namesake(path, root)
    shown = path.relative_to(root) if path.is_relative_to(root) else path
    raw = read_mapping(path, shown)
    for key in Edition.FILLED.keys() & raw.keys():
        raise EditionError(f"{shown}: {key} is not a key. {Edition.FILLED[key]}")
    try:
        edition = Edition.model_validate({**raw, "name": name_of(path, root), "path": path})
    except ValidationError as error:
        said = explained(error, shown, Edition, tables=get_args(TableName))
        raise EditionError(said) from None
    _refuse_no_logo(edition, shown, root)
    tables = adapter_files.applied(edition.tables, shown, root)
    others = {"notes": _notes_of(edition, root), "benchmark_rows": _benchmarks_of(edition, root)}
    return edition.model_copy(update={"tables": tables, **others})


def _refuse_no_logo(edition: Edition, shown: Path, root: Path) -> None:
    logo = edition.brand.logo
    if logo and not is_file(root / logo):
        raise EditionError(f"{shown}: brand.logo: there is no file {logo}.")


def _benchmarks_of(edition: Edition, root: Path) -> tuple[Benchmark, ...]:
    """What other companies have, as the file says that the edition names, from the project's root."""
    named = edition.benchmarks
    return read_benchmarks(root / named, named) if named else ()


def _notes_of(edition: Edition, root: Path) -> Notes:
    """What people wrote about an edition."""
    path = notes_file(edition.path, root)
    shown = path.relative_to(root) if path.is_relative_to(root) else path
    if not is_file(path):
        other = path.with_suffix(".yml")
        if is_file(other):
            raise EditionError(f"Notes are read from {shown}: rename {other.name} to {path.name}.")
        return Notes()
    return read_notes(path, shown)
