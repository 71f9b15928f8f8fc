"""What tells whether an edition's inputs are the same as before, without loading them."""

from hashlib import sha256
from pathlib import Path

from cs_lib.data.engines.engine import StagingEngine
from cs_lib.data.engines.open_engine import SPARK, open_engine
from cs_lib.data.sources.fetched import Fetched
from cs_lib.data.sources.source_files import data_folder
from cs_lib.data.sources.source_sql import digest_of_source
from cs_lib.edition import Edition, find_root


def fingerprints(
    edition: Edition,
    *,
    root: Path | None = None,
    data_dir: Path | str | None = None,
    fetched: Fetched | None = None,
) -> dict[str, str] | None:
    """Table → digest of its inputs, without loading them; None where only loading could tell. Of a database
    it is that of the rows it gives.

    On Spark that is every query: the tables of a catalog change without a trace here.
    """
    root = root or find_root()
    folder = data_folder(edition, root, data_dir)
    if edition.engine == SPARK:
        parts = (part for source in edition.tables.values() for part in source.parts)
        if any(part.engine_sql or part.connection for part in parts):
            return None
        return _fingerprints(None, edition, root, folder)
    engine = open_engine(edition, root, fetched)
    try:
        return _fingerprints(engine, edition, root, folder)
    finally:
        engine.close()


def _fingerprints(
    engine: StagingEngine | None, edition: Edition, root: Path, folder: Path
) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for name, source in sorted(edition.tables.items()):
        digests = [
            digest_of_source(engine, name, part, folder=folder, root=root) for part in source.parts
        ]
        known = [each for each in digests if each is not None]
        if len(known) < len(digests):
            return None
        found[name] = together(known)
    return found


def together(digests: list[str]) -> str:
    """The digest of a table's sources; of one alone its own."""
    return digests[0] if len(digests) == 1 else sha256("\n".join(digests).encode()).hexdigest()
