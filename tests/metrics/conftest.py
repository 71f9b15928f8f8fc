"""`engine`: pandas, DuckDB and (where it is installed) Spark in turn; `find`: what they make of tables."""

import sys
from functools import partial
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import drawn


@pytest.fixture(scope="session")
def spark_session():
    sql = pytest.importorskip("pyspark.sql", reason="Spark is an extra and is not installed")
    session = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(params=["pandas", "duckdb", "spark"])
def engine(request):
    if request.param == "spark":
        made = drawn.SparkEngine(request.getfixturevalue("spark_session"))
    else:
        made = drawn.PandasEngine() if request.param == "pandas" else drawn.DuckDBEngine()
    yield made
    made.close()


@pytest.fixture
def find(engine):
    return partial(drawn.find, engine)


@pytest.fixture
def find_quickly():
    """As `find`, on DuckDB alone: for what does not depend on the engine."""
    made = drawn.DuckDBEngine()
    yield partial(drawn.find, made)
    made.close()
