"""`engine`: pandas, DuckDB and (where it is installed) Spark in turn; `find`: what they make of tables."""

import os
import sys
import warnings
from functools import partial
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import drawn


@pytest.fixture(scope="session")
def spark_session():
    if not os.environ.get("CS_KIT_SPARK"):
        pytest.skip("Spark takes minutes over these; CS_KIT_SPARK=1 runs them on it as well")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas 3, which pyspark does not know yet
        sql = pytest.importorskip("pyspark.sql", reason="Spark is an extra and is not installed")
        session = (
            sql.SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()


@pytest.fixture(scope="session")
def duckdb_engine():
    """One for all drawn tables: each is read where it stands, and what is kept of it has a name of its own."""
    made = drawn.DuckDBEngine()
    yield made
    made.close()


@pytest.fixture(params=[pytest.param("pandas", marks=pytest.mark.slow), "duckdb", "spark"])
def engine(request):
    if request.param == "spark":
        return drawn.SparkEngine(request.getfixturevalue("spark_session"))
    return (
        drawn.PandasEngine()
        if request.param == "pandas"
        else request.getfixturevalue("duckdb_engine")
    )


@pytest.fixture
def find(engine):
    return partial(drawn.find, engine)


@pytest.fixture
def find_quickly(duckdb_engine):
    """As `find`, on DuckDB alone: for what does not depend on the engine."""
    return partial(drawn.find, duckdb_engine)
