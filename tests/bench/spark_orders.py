"""Spark on one machine and DuckDB on the same orders: the time of each, and how far their figures are apart.

python tests/bench/spark_orders.py --rows 10_000_000 --rounds 1
"""

from pathlib import Path

import orders
import pandas as pd
from paired import OURS, compare, measured

ENGINE = "engine: spark\n"


def on_spark(folder: Path) -> dict[str, pd.DataFrame]:
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "6g")
        .config("spark.local.dir", str(folder / "spill"))
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "8")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    return measured(orders.EDITION + ENGINE, folder)


if __name__ == "__main__":
    compare(
        __doc__,
        orders.generate,
        {OURS: orders.ours, "spark": on_spark},
        rows=10_000_000,
        keys=orders.KEYS,
    )
