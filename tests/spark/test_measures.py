"""One expression, two engines: Spark's measures are DuckDB's, and only grouped parts leave it."""

import pandas as pd
import pytest

from cs_lib.data.facts.context import Context
from cs_lib.data.open_data import open_data
from cs_lib.metrics.compute.compute_measures import measure
from cs_lib.metrics.measures import Measures

FRAMES = ("measures", "cohorts", "curves")


def measured(edition, data_dir=None) -> tuple[Measures, tuple]:
    with open_data(edition, data_dir=data_dir) as data:
        found = measure(Context.of(data, edition))
        return found, (
            data.as_of,
            data.findings,
            data.rejects,
            [_told(each) for each in data.inputs],
        )


def _told(given):
    return given.table, given.rows, given.rejected, given.first, given.last


@pytest.fixture
def answers(spark, monkeypatch):
    """The number of rows of every answer that leaves Spark, whole or row by row."""
    from cs_lib.data.engines.spark_engine import SparkEngine

    sizes, collect, stream = [], SparkEngine.collect, SparkEngine.stream

    def counted(self, frame):
        answer = collect(self, frame)
        sizes.append(len(answer))
        return answer

    def counted_one_by_one(self, frame):
        rows = list(stream(self, frame))
        sizes.append(len(rows))
        return iter(rows)

    monkeypatch.setattr(SparkEngine, "collect", counted)
    monkeypatch.setattr(SparkEngine, "stream", counted_one_by_one)
    return sizes


def agree(edition, data_dir=None) -> None:
    """The edition's measures are the same on both engines."""
    on_duckdb, said = measured(edition, data_dir)
    on_spark, said_by_spark = measured(edition.model_copy(update={"engine": "spark"}), data_dir)
    assert len(on_duckdb.measures) > 0
    for name in FRAMES:
        one, other = getattr(on_duckdb, name), getattr(on_spark, name)
        pd.testing.assert_frame_equal(one, other, rtol=1e-9, atol=1e-9)
    assert on_duckdb.left_out == on_spark.left_out
    assert said_by_spark == said


def test_the_mrr_playbook(spark, cut, real_data):
    agree(cut("examples/mrr_playbook"), real_data)


def test_online_retail(spark, cut, real_data, answers, tmp_path):
    """The edition's query is in DuckDB's SQL, so both engines read its cleaned lines."""
    edition = cut("examples/online_retail", "market")
    with open_data(edition, data_dir=real_data) as data:
        for name in ("orders", "customers"):
            frame = data.engine.collect(data.tables[name])
            if name == "orders":
                frame["amount"] = frame["amount"] / 1_000_000
            frame.to_parquet(tmp_path / f"{name}.parquet")
    files = {
        "orders": {"path": "orders.parquet", "repeats": "count"},
        "customers": {"path": "customers.parquet"},
    }
    edition = type(edition).model_validate({**edition.model_dump(), "tables": files})
    agree(edition, tmp_path)
    assert max(answers) < 2_000


def orders_of(lines: int) -> str:
    """Orders of the same customers in the same months, each cut into that many lines."""
    rows = [
        f"c{customer},2026-{month:02d}-1{line},{customer + month}"
        for customer in range(12)
        for month in range(1 + customer % 3, 7)
        for line in range(lines)
    ]
    return "\n".join(["customer_id,ordered_at,amount", *rows, ""])


def test_what_leaves_spark_is_of_the_size_of_the_cells_and_not_of_the_rows(
    workshop, spark, answers
):
    """Raw rows stay where they are: 360 of them give no answer that has more rows than cells have tenths."""
    lines, months, tenths = 6, 6, 10
    workshop.write("orders.csv", orders_of(lines))
    keys = {"as_of": "2026-07-01", "grains": ["month"]}
    data = workshop.open({"orders": "orders.csv"}, **keys)
    answers.clear()
    edition = workshop.edition({"orders": "orders.csv"}, **keys)
    found = measure(Context.of(data, edition))
    assert found.measures.query("metric == 'orders'")["value"].sum() == 60 * lines
    assert len(answers) > 5 and max(answers) <= months * tenths
