"""The engine that an edition names, opened."""

from pathlib import Path

from cs_lib.data.engines.duckdb_engine import DuckDBEngine
from cs_lib.data.engines.engine import StagingEngine
from cs_lib.data.sources.fetched import Fetched
from cs_lib.data.sources.source_files import is_remote
from cs_lib.edition import Edition
from cs_lib.errors import DataError

SPARK = "spark"


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
