"""Usage: adoption of 24 months, with memory bounded however many events there are.

python tests/bench/usage.py --rows 50_000_000     # ours alone
"""

from pathlib import Path

import pandas as pd
from paired import OURS, compare, measured, open_duckdb

EDITION = """
company: Cloud
as_of: 2026-07-01
tables: {usage_events: usage_events.parquet, subscriptions: subscriptions.parquet, customers: customers.parquet}
segments: [plan, region]
"""


def generate(rows: int, folder: Path) -> None:
    """500 events a customer, of three users and twelve features, on any day of two years."""
    customers, connection = max(200, rows // 500), open_duckdb(folder)
    connection.execute(
        f"""COPY (SELECT 'c' || k AS customer_id, ['Solo', 'Team', 'Network'][1 + draw(k, 1, 3)] AS plan,
                ['EMEA', 'AMER', 'APAC', 'LATAM'][1 + draw(k, 2, 4)] AS region FROM range({customers}) t(k))
            TO '{folder}/customers.parquet'"""
    )
    connection.execute(
        f"""COPY (SELECT 'c' || k AS customer_id, DATE '2024-07-01' + CAST(draw(k, 3, 600) AS INTEGER) AS start_date,
                CAST(NULL AS DATE) AS end_date, CAST(20 + draw(k, 4, 480) AS DECIMAL(10, 2)) AS mrr
            FROM range({customers}) t(k)) TO '{folder}/subscriptions.parquet'"""
    )
    connection.execute(
        f"""COPY (SELECT 'c' || k AS customer_id, 'u' || draw(i, 2, 3) AS user_id, 'feature ' || draw(i, 3, 12) AS feature,
                TIMESTAMP '2024-07-01' + to_seconds(86400 * (draw(k, 3, 600) + draw(i, 4, 730 - draw(k, 3, 600))) + draw(i, 5, 86400)) AS occurred_at
            FROM (SELECT i, draw(i, 1, {customers}) AS k FROM range({rows}) t(i))) TO '{folder}/usage_events.parquet'"""
    )


def ours(folder: Path) -> dict[str, pd.DataFrame]:
    return measured(EDITION + "memory_limit: 3GB\n", folder)


if __name__ == "__main__":
    compare(__doc__, generate, {OURS: ours}, rows=50_000_000, keys={})
