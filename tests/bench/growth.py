"""Growth: how the time of ours grows with rows and with segments of orders.

    python tests/bench/growth.py                                    # 1, 3, 10 and 30 million rows
    python tests/bench/growth.py --rows 1_000_000,3_000_000

The exponent is the slope of a least-squares line through the logarithms: 1 is proportional. Seconds are those
of the processors, which other work on the machine disturbs least.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import orders
from paired import measured, open_duckdb, run

ROWS, SEGMENTS = (1_000_000, 3_000_000, 10_000_000, 30_000_000), (1, 4, 16, 64)
EDITION = "company: Shop\nas_of: 2026-07-01\ntables: {orders: orders.parquet, customers: customers.parquet}\n"


def split(folder: Path, segments: int) -> None:
    """Give the customers one column with that many values."""
    path = folder / "customers.parquet"
    connection = open_duckdb(folder)
    connection.execute(
        f"CREATE TABLE c AS SELECT customer_id, 'part ' || draw(customer_id, 9, {segments}) AS part FROM '{path}'"
    )
    connection.execute(f"COPY c TO '{path}'")


def exponent(sizes, seconds) -> float:
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def timed(folder: Path) -> float:
    found = run([sys.argv[0], "--measure", str(folder)])
    print(
        f"  {found.seconds:8.2f} s, {found.busy:8.2f} s of the processors, {found.peak_gb:.2f} GB",
        flush=True,
    )
    return found.busy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default=",".join(map(str, ROWS)))
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        measured(EDITION + "segments: [part]\n", asked.measure)
        return
    sizes = [int(each) for each in asked.rows.split(",")]
    by_rows = [_grown(rows, 4) for rows in sizes]
    by_segments = [_grown(sizes[0], segments) for segments in SEGMENTS]
    print(f"exponent of rows {exponent(sizes, by_rows):.2f}")
    print(f"exponent of segments {exponent(SEGMENTS, by_segments):.2f}")


def _grown(rows: int, segments: int) -> float:
    print(f"{rows:,} rows, {segments} segments")
    with tempfile.TemporaryDirectory() as folder:
        orders.generate(rows, Path(folder))
        split(Path(folder), segments)
        return timed(Path(folder))


if __name__ == "__main__":
    main()
