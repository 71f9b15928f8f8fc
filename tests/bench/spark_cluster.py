"""Orders on a standalone cluster of two workers, from Parquet and from a table of the catalogue, beside DuckDB.

    python tests/bench/spark_cluster.py --rows 10_000_000 --rounds 1

Spark says what its stages read, shuffled and sent to the driver. It would refuse to send more than BOUND.
"""

import os
import sys
import tempfile
from pathlib import Path

import orders
import pandas as pd
from paired import OURS, compare, measured

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "spark"))

from standalone_cluster import standalone, status

BOUND = "64m"
CATALOGUE = orders.EDITION.replace(
    "orders: orders.parquet", "orders: {sql: SELECT * FROM billing.orders}"
)
KEPT = "engine: spark\ncheckpoint_dir: checkpoints\n"
SETTINGS = {
    "spark.driver.maxResultSize": BOUND,
    "spark.driver.memory": "2g",
    "spark.executor.memory": "4g",
    "spark.sql.shuffle.partitions": "8",
    "spark.default.parallelism": "8",
    "spark.sql.codegen.wholeStage": "true",
    "spark.sql.codegen.factoryMode": "FALLBACK",
    "spark.sql.adaptive.enabled": "true",
    "spark.ui.retainedStages": "100000",
    "spark.ui.retainedJobs": "100000",
    "spark.sql.catalogImplementation": "in-memory",
}


def on_cluster(folder: Path, edition: str) -> dict[str, pd.DataFrame]:
    """The session is the one of the environment, which holds the table; then the kit's road."""
    from pyspark.sql import SparkSession

    with (
        tempfile.TemporaryDirectory(dir=folder) as own,
        standalone(Path(own), memory="5g") as cluster,
    ):
        os.environ.update(cluster.environment(**SETTINGS))
        session = SparkSession.builder.getOrCreate()
        assert session.sparkContext.master == cluster.address
        session.sparkContext.setLogLevel("ERROR")
        session.sql("CREATE DATABASE billing")
        place = (folder / "orders.parquet").as_uri()
        session.sql(f"CREATE TABLE billing.orders USING parquet LOCATION '{place}'")
        found = measured(edition + KEPT, folder)
        say(session.sparkContext.uiWebUrl)
        session.stop()
    return found


def say(address: str) -> None:
    [application] = status(address)
    stages = status(address, application["id"], "stages?status=complete")
    jobs = status(address, application["id"], "jobs?status=succeeded")
    sums = {
        name: sum(each[name] for each in stages) / 1e6
        for name in ("inputBytes", "shuffleWriteBytes", "resultSize")
    }
    largest = max(each["resultSize"] for each in stages) / 1e6
    print(
        f"{len(jobs):,} jobs, {len(stages):,} stages; read {sums['inputBytes']:,.0f} MB, shuffled "
        f"{sums['shuffleWriteBytes']:,.0f} MB; to the driver {sums['resultSize']:,.1f} MB, of one stage at most "
        f"{largest:,.1f} MB",
        flush=True,
    )


def from_parquet(folder: Path) -> dict[str, pd.DataFrame]:
    return on_cluster(folder, orders.EDITION)


def from_catalogue(folder: Path) -> dict[str, pd.DataFrame]:
    return on_cluster(folder, CATALOGUE)


if __name__ == "__main__":
    compare(
        __doc__,
        orders.generate,
        {OURS: orders.ours, "parquet": from_parquet, "catalogue": from_catalogue},
        rows=10_000_000,
        keys=orders.KEYS,
    )
