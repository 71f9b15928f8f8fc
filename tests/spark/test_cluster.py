"""A cluster of two workers, one of which is lost half-way: the figures are DuckDB's, byte for byte."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from standalone_cluster import found_in, free_port, standalone, status, until

ROOT = Path(__file__).resolve().parents[2]
#: about half of the jobs that the edition takes
HALF_WAY = 60
EDITION = """
company: Fernleaf
engine: {engine}
as_of: 2026-07-01
history_starts: 2023-07-01
grains: [month]
data: {sample}
tables: {{survey_responses: survey_responses.csv.gz}}
reports: {{notebooks: [scorecard]}}
definitions: {{ces: {{scale: [1, 7], direction: higher, easy: [5, 7]}}}}
checkpoint_dir: checkpoints
"""
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
def cluster(tmp_path_factory):
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


def lost(address: str) -> list[dict]:
    """The executors that the application has lost."""
    [application] = status(address)
    every = status(address, application["id"], "allexecutors")
    return [each for each in every if not each["isActive"]]


def jobs_done(address: str) -> int:
    """How many jobs the application has done; none before its pages are there."""
    try:
        [application] = status(address)
        return len(status(address, application["id"], "jobs?status=succeeded"))
    except (OSError, ValueError):
        return 0


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
    for engine in ("duckdb", "spark"):
        text = EDITION.format(engine=engine, sample=ROOT / "cs_lib" / "data" / "sample")
        path = tmp_path / "params" / f"{engine}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (tmp_path / "notebooks").mkdir()
    shutil.copy2(ROOT / "notebooks" / "scorecard.ipynb", tmp_path / "notebooks")

    def run(engine, **settings):
        command = [sys.executable, "-W", "ignore", "-m", "cs_lib", "run", engine, "--jobs", "1"]
        env = {**cluster.environment(**settings), "PYTHONPATH": str(ROOT)}
        keys = {"env": env, "cwd": tmp_path}
        return cluster.start(command, log=tmp_path / f"{engine}.log", **keys)

    port = free_port()
    address = f"http://127.0.0.1:{port}"
    on_spark = run("spark", **{"spark.ui.port": str(port)})
    until(
        lambda: jobs_done(address) >= HALF_WAY or on_spark.poll(), "half of the jobs", seconds=300
    )
    assert on_spark.poll() is None, (tmp_path / "spark.log").read_text()
    cluster.lose_worker()
    [gone] = until(lambda: lost(address), "an executor that was lost")
    assert gone["completedTasks"] > 0
    before = jobs_done(address)
    until(lambda: jobs_done(address) > before + 20, "jobs after the loss", seconds=300)
    assert on_spark.wait(timeout=300) == 0, (tmp_path / "spark.log").read_text()
    assert not list((tmp_path / "checkpoints").iterdir())
    on_duckdb = run("duckdb")
    assert on_duckdb.wait(timeout=120) == 0, (tmp_path / "duckdb.log").read_text()
    packs = [tmp_path / "reports" / engine / "2026-06" for engine in ("duckdb", "spark")]
    measures = [(pack / "measures.csv").read_bytes() for pack in packs]
    assert measures[0] == measures[1] and measures[0].count(b"\n") > 2_000
