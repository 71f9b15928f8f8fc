"""A cluster of two workers, one of which is lost half-way: the figures are DuckDB's, byte for byte."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import psutil
import pytest
from small_company import edition, write_company
from standalone_cluster import broadcast, found_in, free_port, jobs_done, lost, standalone, until

from cs_lib.edition import read_edition
from cs_lib.metrics.audit.cache import load_measures

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = ("measures.csv", "cohorts.csv", "curves.csv", "risk.csv", "restated.csv")
#: about half of the jobs that the edition takes
HALF_WAY = 200
#: keeps a frame, waits until it is told that a worker has lost its executor, and asks for the frame
KEEPS = """
import narwhals as nw
from pyspark.sql import SparkSession
from cs_lib.data.engines.spark_engine import SparkEngine

engine = SparkEngine()
rows = SparkSession.builder.getOrCreate().range(1000).repartition(4)
kept = engine.keep(nw.from_native(rows), number="number")
first = engine.collect(kept).sort_values("id")
print("kept", flush=True)
input()
again = engine.collect(kept).sort_values("id")
assert len(again) == 1000 and (again.to_numpy() == first.to_numpy()).all()
print("found again", flush=True)
"""


@pytest.fixture(scope="module")
def cluster(pyspark_sql, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cluster")
    with standalone(folder) as made:
        yield made
    groups = {process.pid for process in made.processes}
    assert not [each for each in psutil.process_iter() if _group(each) in groups]
    shutil.rmtree(folder)


def _group(process: psutil.Process) -> int | None:
    try:
        return None if process.status() == psutil.STATUS_ZOMBIE else os.getpgid(process.pid)
    except (psutil.Error, ProcessLookupError):
        return None


def test_what_the_workers_hold_outlives_one_of_them(cluster, tmp_path):
    """Without a folder for checkpoints each block is held by two workers."""
    log = tmp_path / "keeps.log"
    command = [sys.executable, "-W", "ignore", "-c", KEEPS]
    env = {**cluster.environment(), "PYTHONPATH": str(ROOT)}
    process = cluster.start(command, log=log, env=env, stdin=subprocess.PIPE)
    found_in(log, "(?m)^(kept)", seconds=120)
    cluster.kill_executor()
    process.communicate(b"\n", timeout=120)
    assert process.returncode == 0 and found_in(log, "(found again)"), log.read_text()


def test_a_run_that_loses_a_worker_publishes_duckdbs_figures(cluster, tmp_path):
    """The whole road: an edition with each kind of table is measured, run in a notebook and published."""
    write_company(tmp_path)
    for engine in ("duckdb", "spark"):
        (tmp_path / "params" / f"{engine}.yaml").write_text(edition(engine))

    def run(engine: str, **settings) -> subprocess.Popen:
        command = [sys.executable, "-W", "ignore", "-m", "cs_lib", "run", engine, "--jobs", "1"]
        env = {**cluster.environment(**settings), "PYTHONPATH": str(ROOT)}
        return cluster.start(command, log=tmp_path / f"{engine}.log", env=env, cwd=tmp_path)

    def done(process: subprocess.Popen, engine: str) -> str:
        """What a run that ended well has said."""
        status, said = process.wait(timeout=400), (tmp_path / f"{engine}.log").read_text()
        assert status == 0, said
        return said

    port = free_port()
    address = f"http://127.0.0.1:{port}"
    on_spark = run("spark", **{"spark.ui.port": str(port)})
    until(lambda: jobs_done(address) >= HALF_WAY or on_spark.poll(), "half of the jobs", 400)
    assert on_spark.poll() is None, (tmp_path / "spark.log").read_text()
    cluster.lose_worker()
    [gone] = until(lambda: lost(address), "an executor that was lost")
    assert gone["completedTasks"] > 0
    before = jobs_done(address)
    until(lambda: jobs_done(address) > before + 20, "jobs after the loss", 300)
    sent: set[str] = set()
    while on_spark.poll() is None:
        sent |= broadcast(address)
        time.sleep(3)
    assert sent == {"LocalTableScan"}, "rows of tables went through the driver"
    assert "(1 made)" in done(on_spark, "spark") and "(1 made)" in done(run("duckdb"), "duckdb")
    assert not list((tmp_path / "checkpoints").iterdir())
    packs = [tmp_path / "reports" / engine / "2026-06" for engine in ("duckdb", "spark")]
    for name in PUBLISHED:
        one, other = ((pack / name).read_bytes() for pack in packs)
        assert one == other, name
    assert (packs[0] / "measures.csv").read_text().count("\n") > 100
    manifests = [json.loads((pack / "manifest.json").read_text()) for pack in packs]
    assert manifests[0]["ledger"] == manifests[1]["ledger"]
    assert manifests[0]["inputs"] == manifests[1]["inputs"]
    kept = [
        load_measures(read_edition(each, root=tmp_path), root=tmp_path)
        for each in ("duckdb", "spark")
    ]
    assert len(kept[0].leavers) > 4
    for name in ("leavers", "joiners"):
        pd.testing.assert_frame_equal(*(getattr(each, name) for each in kept))
    assert "(1 unchanged)" in done(run("spark"), "spark")
