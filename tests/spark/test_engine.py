"""What the Spark engine takes and gives: tables of a catalog, files of every kind, types, sessions."""

import json
from datetime import datetime

import narwhals as nw
import pandas as pd
import pytest

from cs_lib.data.fingerprints import fingerprints
from cs_lib.errors import DataError
from cs_lib.scratch import owned

ROWS = "customer_id,ordered_at,amount\na,2026-01-31,1\n"
ORDERS = {"orders": "orders.csv"}


@pytest.fixture
def catalog(spark, tmp_path):
    """A table of the catalog, with the types that a warehouse has."""
    spark.sql("CREATE DATABASE IF NOT EXISTS billing")
    spark.sql(f"""
        CREATE TABLE billing.orders USING parquet LOCATION '{tmp_path / "warehouse"}' AS
        SELECT 17850.0D AS customer, TIMESTAMP_LTZ '2026-01-31 23:30:00Z' AS at,
               CAST(19.99 AS DECIMAL(10, 2)) AS total, 'EMEA' AS region
    """)
    yield
    spark.sql("DROP DATABASE billing CASCADE")


def test_a_table_of_the_catalog(workshop, catalog):
    query = "SELECT * FROM billing.orders WHERE region = 'EMEA';"
    columns = {"customer_id": "customer", "ordered_at": "at", "amount": "total * 2"}
    tables = {"orders": {"sql": query, "columns": columns}}
    assert workshop.rows(tables, timezone="Europe/Berlin", segments=["region"]) == [
        ("17850", datetime(2026, 2, 1, 0, 30), 39_980_000, "19.99", "EMEA")
    ]
    assert fingerprints(workshop.edition(tables), root=workshop.root) is None


def test_the_session_that_is_running_keeps_its_settings(workshop, spark):
    spark.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    workshop.write("orders.csv", ROWS)
    for data in [workshop.open(ORDERS), workshop.open(ORDERS)]:
        data.close()
    active = spark.getActiveSession()
    assert active.conf.get("spark.sql.session.timeZone") == "Asia/Tokyo"
    assert not [each for each in spark.catalog.listTables() if each.isTemporary]
    spark.conf.unset("spark.sql.session.timeZone")


def test_files_of_several_layouts_in_folders_with_odd_names(workshop):
    workshop.write("in [1]/a b+c.csv", ROWS)
    workshop.write(
        "in [1]/d.csv", 'amount;ordered_at;customer_id;plan\n2,50;2026-01-30;"b;c";Pro\n'
    )
    source = {"path": "in [[]1]/*.csv", "decimal": ","}
    data = workshop.open({"orders": source})
    found = data.engine.collect(data.tables["orders"]).sort_values("amount")
    assert found["plan"].fillna("-").tolist() == ["-", "Pro"]
    assert found["customer_id"].tolist() == ["a", "b;c"]
    workshop.write("in [1]/a b+c.csv", ROWS.replace(",1\n", ",x\n"))
    assert workshop.refused({"orders": source})[0].startswith(
        "in [1]/a b+c.csv, line 2, column amount"
    )


def test_an_address_is_left_to_spark(workshop):
    path = workshop.write("in/orders.csv", ROWS)
    tables = {"orders": f"file://{path.parent}/*.csv"}
    assert workshop.rows(tables) == [("a", datetime(2026, 1, 31), 1_000_000)]
    assert fingerprints(workshop.edition(tables), root=workshop.root) is None
    [said] = workshop.refused(tables, engine="duckdb")
    assert said.endswith(
        "is an address, which engine: spark reads. Name files here, or set that engine in the edition."
    )


def test_the_same_files_have_the_same_fingerprint(workshop):
    workshop.write("orders.csv", ROWS)
    edition = workshop.edition(ORDERS)
    on_duckdb = edition.model_copy(update={"engine": "duckdb"})
    assert fingerprints(edition, root=workshop.root) == fingerprints(on_duckdb, root=workshop.root)


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_json(workshop, suffix):
    rows = [
        {"customer_id": 7, "ordered_at": "2026-01-31T10:00:00Z", "amount": 19.99},
        {"customer_id": "x", "ordered_at": "2026-01-31", "amount": "0.10", "more": {"a": 1}},
    ]
    text = json.dumps(rows) if suffix == "json" else "\n".join(map(json.dumps, rows))
    workshop.write(f"orders.{suffix}", text)
    assert [row[:3] for row in workshop.rows({"orders": f"orders.{suffix}"})] == [
        ("7", datetime(2026, 1, 31, 10), 19_990_000),
        ("x", datetime(2026, 1, 31), 100_000),
    ]


def test_parquet(workshop):
    frame = pd.DataFrame(
        {
            "customer_id": [17850.0, 2.5],
            "ordered_at": pd.to_datetime(["2026-01-31 10:00", "2026-01-31 00:00"], utc=True),
            "amount": [19.99, 0.1],
        }
    )
    frame.to_parquet(workshop.root / "orders.parquet")
    assert workshop.rows({"orders": "orders.parquet"}, timezone="Europe/Berlin") == [
        ("17850", datetime(2026, 1, 31, 11), 19_990_000),
        ("2.5", datetime(2026, 1, 31, 1), 100_000),
    ]


def test_answers_have_the_types_that_duckdb_gives(workshop):
    workshop.write("orders.csv", ROWS + "b,2026-01-31,2\n")
    lookup = pd.DataFrame(
        {
            "bucket": pd.to_datetime(["2026-01-01"]).astype("datetime64[us]"),
            "n": [1],
            "label": ["x"],
        }
    )
    answers = []
    for engine in ("duckdb", "spark"):
        data = workshop.open(ORDERS, engine=engine)
        rows = data.tables["orders"].with_columns(bucket=nw.col("ordered_at").dt.truncate("1mo"))
        rows = rows.filter(nw.col("customer_id") == "a").with_columns(half=nw.col("amount") / 2)
        kept = data.engine.keep(rows.join(data.engine.lift(lookup), on="bucket", how="left"))
        gap = kept.with_columns(blank=nw.when(nw.col("n") > 1).then(nw.col("n")))
        answers.append(data.engine.collect(gap))
        assert kept.collect_schema()["bucket"] == nw.Datetime("us")
    pd.testing.assert_frame_equal(*answers)


def test_without_pyspark_the_edition_says_what_to_install(tmp_path, monkeypatch):
    import sys

    from cs_lib.data.open_data import open_data
    from cs_lib.edition import Edition

    (tmp_path / "orders.csv").write_text(ROWS)
    monkeypatch.setitem(sys.modules, "cs_lib.data.engines.spark_engine", None)
    edition = Edition.model_validate(
        {"name": "x", "path": "x.yaml", "company": "X", "engine": "spark", "tables": ORDERS}
    )
    with pytest.raises(DataError, match="engine: spark needs PySpark"):
        open_data(edition, root=tmp_path)


def test_what_is_kept_in_a_folder_is_removed_at_the_end(workshop, spark):
    """What another run of this machine left there goes too; the session keeps a folder of its own."""
    folder = workshop.root / "kept"
    left, others = folder / f"{owned().rsplit('-', 3)[0]}-999999999-1-x", folder / "others"
    for each in (left, others):
        each.mkdir(parents=True)
    context = spark.sparkContext
    context.setCheckpointDir(str(workshop.root / "own"))
    own = context.getCheckpointDir()
    workshop.write("orders.csv", ROWS)
    data = workshop.open(ORDERS, checkpoint_dir="kept")
    assert len([*folder.glob("cs-kit-*/rdd-*")]) >= 1 and not left.exists()
    assert data.engine.collect(data.tables["orders"])["amount"].tolist() == [1_000_000]
    data.close()
    assert [each.name for each in folder.iterdir()] == ["others"]
    assert context.getCheckpointDir() == own
    for address in ("nowhere://x", "orders.csv/x"):
        [said] = workshop.refused(ORDERS, checkpoint_dir=address)
        assert said.startswith("checkpoint_dir cannot be used: ")


def test_a_session_of_spark_connect_is_refused_in_words(workshop, monkeypatch):
    workshop.write("orders.csv", ROWS)
    monkeypatch.setattr("cs_lib.data.engines.spark_engine.is_remote", lambda: True)
    [said] = workshop.refused(ORDERS)
    assert said.startswith("engine: spark: this session is one of Spark Connect")
