"""Orders out of a PostgreSQL server of its own: seconds to open them, and the most memory that it takes.

    python tests/bench/postgres_orders.py --rows 1_000_000,10_000_000

The rows come as Arrow, a batch at a time, and are kept as Parquet while the engine reads them: ten times the
rows may not take ten times the memory. Each number of rows is opened by a process of its own.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "data")]

NAME = "CS_KIT_BENCH_DB"
ORDERS = """
    DROP TABLE IF EXISTS orders;
    CREATE UNLOGGED TABLE orders AS
    SELECT 'o' || i AS order_id, 'c' || i * 7919 % 100003 AS customer_id,
           timestamp '2024-07-01' + (i * 104729 % 1051199) * interval '1 minute' AS ordered_at,
           (500 + i * 31 % 195000) / 100.0 AS amount
    FROM generate_series(1, {rows}::bigint) AS i;
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="1_000_000,10_000_000")
    parser.add_argument("--opened", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.opened:
        opened()
        return
    from postgres_server import programs, running

    found = programs()
    if found is None:
        sys.exit("no PostgreSQL server program here")
    with running(found) as server:
        for rows in map(int, asked.rows.split(",")):
            server.run(ORDERS.format(rows=rows))
            subprocess.run(
                [sys.executable, __file__, "--opened"],
                check=True,
                env={**os.environ, NAME: server.address},
            )


def opened() -> None:
    """Open the table that the server has, check it, and say what it took."""
    from cs_lib.data.open_data import open_data
    from cs_lib.edition import Edition

    with tempfile.TemporaryDirectory() as place:
        edition = Edition(
            name="bench",
            path=Path(place) / "bench.yaml",
            company="Shop",
            as_of="2026-07-01",
            memory_limit="1GB",
            tables={"orders": {"connection": f"env:{NAME}", "table": "orders"}},
        )
        start = time.perf_counter()
        with open_data(edition, root=Path(place)) as data:
            seconds, rows = time.perf_counter() - start, data.inputs[0].rows
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"{rows:,} rows: opened in {seconds:.1f} s, peak of {peak:.2f} GB", flush=True)


if __name__ == "__main__":
    main()
