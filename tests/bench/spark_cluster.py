"""Orders on a standalone cluster of two workers, from Parquet and from a table of the catalogue, beside DuckDB.

    python tests/bench/spark_cluster.py --rows 10_000_000 --rounds 1

Half-way an executor is killed. Spark says what its stages read, shuffled and sent to the driver; it would refuse to
send more than BOUND.
"""

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import orders
import pandas as pd
import psutil
from paired import OURS, compare, measured

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "spark"))

from standalone_cluster import Cluster, jobs_done, lost, standalone, status

BOUND = "64m"
CATALOGUE = orders.EDITION.replace(
    "orders: orders.parquet", "orders: {sql: SELECT * FROM billing.orders}"
)
#: about half of the jobs that the edition takes
HALF_WAY = 80
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
    # millions of rows: what runs over them is compiled for good
    "spark.executor.extraJavaOptions": "-XX:+UseSerialGC",
    # reads of several ranges at once happen in threads whose bytes Spark does not count
    "spark.hadoop.parquet.hadoop.vectored.io.enabled": "false",
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
        address = session.sparkContext.uiWebUrl
        with watched(cluster, address) as seen:
            found = measured(edition + KEPT, folder)
        say(address, seen)
        session.stop()
    return found


@dataclass
class Seen:
    """The most memory that driver, master, workers and executors held together, and when an executor was killed."""

    peak_gb: float = 0
    killed_after: int = 0


@contextmanager
def watched(cluster: Cluster, address: str) -> Iterator[Seen]:
    """Half-way an executor dies; the run may not end before that."""
    seen, over = Seen(), threading.Event()

    def watch() -> None:
        while not over.wait(1):
            seen.peak_gb = max(seen.peak_gb, held_by(psutil.Process()) / 1024**3)
            if not seen.killed_after and (done := jobs_done(address)) >= HALF_WAY:
                cluster.kill_executor()
                seen.killed_after = done

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()
    assert seen.killed_after and lost(address), "no executor was lost"


def held_by(process: psutil.Process) -> int:
    """The bytes of memory that a process and all that it has started hold."""
    held = 0
    for each in [process, *process.children(recursive=True)]:
        with suppress(psutil.Error):
            held += each.memory_info().rss
    return held


def say(address: str, seen: Seen) -> None:
    [application] = status(address)
    stages = status(address, application["id"], "stages?status=complete")
    jobs = status(address, application["id"], "jobs?status=succeeded")
    names = ("inputBytes", "inputRecords", "shuffleWriteBytes", "resultSize", "executorCpuTime")
    sums = {name: sum(each[name] for each in stages) / 1e6 for name in names}
    largest = max(each["resultSize"] for each in stages) / 1e6
    print(
        f"{len(jobs):,} jobs, {len(stages):,} stages; read {sums['inputBytes']:,.0f} MB and "
        f"{sums['inputRecords']:,.1f} M rows, shuffled {sums['shuffleWriteBytes']:,.0f} MB; to the driver "
        f"{sums['resultSize']:,.1f} MB, of one stage at most {largest:,.1f} MB; executors' processors "
        f"{sums['executorCpuTime'] / 1e3:,.0f} s; an executor killed after {seen.killed_after} jobs; "
        f"{seen.peak_gb:.1f} GB held at most by all processes",
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
