"""One local Spark session for all tests here, and a folder of small files to open on it."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from workshop import Workshop, in_folder

from cs_lib.edition import Edition, Reports, read_edition

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Whatever needs Spark takes long."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("slow")


@pytest.fixture(scope="session")
def pyspark_sql():
    """Spark's module, where it and Java are installed."""
    sql = pytest.importorskip("pyspark.sql", reason="Spark is an extra and is not installed")
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        pytest.skip("Spark needs Java, and there is none")
    return sql


@pytest.fixture(scope="session")
def spark(pyspark_sql, tmp_path_factory):
    session = (
        pyspark_sql.SparkSession.builder.master("local[2]")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.python.sql.dataFrameDebugging.enabled", "false")
        # a short life: the machine compiles little, and cleans up in one thread
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        # small data: compiling a query takes longer than running it
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    return session


class InNoOrder(Workshop):
    """One whose rows are sorted, for Spark has them in any order."""

    def rows(self, tables: dict, name: str | None = None, **keys) -> list[tuple]:
        return sorted(super().rows(tables, name, **keys), key=repr)


@pytest.fixture
def workshop(tmp_path, spark):
    with in_folder(tmp_path, InNoOrder, engine="spark") as made:
        yield made


@pytest.fixture(scope="session")
def cut():
    """An edition by name with fewer cells: months alone, and the segments given."""

    def edition(name: str, *segments: str, **keys) -> Edition:
        fewer = {"grains": ("month",), "segments": segments, "reports": Reports(), "targets": {}}
        return read_edition(name, root=ROOT).model_copy(update={**fewer, **keys})

    return edition
