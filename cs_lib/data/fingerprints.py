"""What tells whether an edition's inputs are the same as before, without loading them."""

from hashlib import sha256
from pathlib import Path

from cs_lib.data.engines.duckdb_engine import DuckDBEngine
from cs_lib.data.engines.engine import StagingEngine
from cs_lib.data.sources.fetched import Fetched
from cs_lib.data.sources.source_files import data_folder, is_remote
from cs_lib.data.sources.source_sql import digest_of_source
from cs_lib.edition import Edition, find_root
from cs_lib.errors import DataError

SPARK = "spark"


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


def open_engine(edition: Edition, root: Path, fetched: Fetched | None) -> StagingEngine:
    """The engine that an edition names, with nothing in it yet."""
    if edition.engine == SPARK:
        try:
            from cs_lib.data.engines.spark_engine import SparkEngine
        except ModuleNotFoundError:
            raise DataError(
                "engine: spark needs PySpark. Install it (pip install pyspark), or leave out engine."
            ) from None
        return SparkEngine(timezone=edition.timezone, checkpoint_dir=_checkpoint_dir(edition, root))
    spill = root / edition.spill_dir if edition.spill_dir else None
    return DuckDBEngine(
        memory_limit=edition.memory_limit,
        spill_dir=spill,
        timezone=edition.timezone,
        fetched=fetched,
    )


def _checkpoint_dir(edition: Edition, root: Path) -> str | None:
    """The folder as an address: one without a scheme is a folder that every machine reaches by this path."""
    told = edition.checkpoint_dir
    return told if not told or is_remote(told) else (root / told).absolute().as_uri()
