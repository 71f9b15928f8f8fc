"""Usage: adoption of 24 months by two segment columns, with memory bounded however many events there are.

    python tests/bench/usage.py --rows 50_000_000     # ours in 3 GB, DuckDB by hand in 4 GB

Ours opens an edition's Parquet files, checks them against the contract, and computes with intervals every
metric of use, of money and of cohorts that the tables allow. The other side computes the metrics of ASKED
alone, checks nothing and gives no intervals.
"""

from pathlib import Path

import pandas as pd
from cells import metric, named, periods
from paired import OURS, compare, measured, open_duckdb, write_customers

EDITION = """
company: Cloud
as_of: 2026-07-01
tables: {usage_events: usage_events.parquet, subscriptions: subscriptions.parquet, customers: customers.parquet}
segments: [plan, region]
min_n: 1
"""
FIRST, SEGMENTS = pd.Timestamp("2024-07-01"), ("plan", "region")
KEYS = {"measures": ["metric", "variant", "grain", "period_start", "segment"]}
#: metric, variant, and the sums that it divides
ASKED = [
    ("active_customer_rate", "standard", "paying_active", "paying"),
    ("usage_frequency", "standard", "active_days", "active"),
    ("stickiness", "standard", "active_days", "possible_days"),
    ("arpa", "per_user", "mrr", "paying_users"),
    ("feature_adoption", "standard", "uses", "active"),
]


def generate(rows: int, folder: Path) -> None:
    """500 events a customer, of three users and twelve features, on any day of two years."""
    customers, connection = max(200, rows // 500), open_duckdb(folder)
    write_customers(connection, folder, customers)
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


def by_hand(folder: Path) -> dict[str, pd.DataFrame]:
    """The same figures in SQL as an analyst writes it: what is distinct of each customer, then customer × period."""
    connection = open_duckdb(folder)
    connection.register("given_periods", periods(FIRST))
    used = f"""(SELECT *, date_trunc(grain, occurred_at) AS p_start FROM '{folder}/usage_events.parquet'
                CROSS JOIN (VALUES ('month'), ('quarter'), ('year')) grains(grain))"""
    connection.execute(f"""
        CREATE TABLE periods AS SELECT *, date_diff('day', p_start, p_end) AS days FROM given_periods;
        CREATE TABLE active AS SELECT customer_id, period, count(DISTINCT CAST(occurred_at AS DATE)) AS active_days,
                                      count(DISTINCT user_id) AS users
            FROM {used} JOIN periods USING (grain, p_start) GROUP BY ALL;
        CREATE TABLE features AS SELECT DISTINCT customer_id, period, feature FROM {used} JOIN periods USING (grain, p_start);
        CREATE TABLE paying AS SELECT customer_id, period, sum(mrr) AS mrr FROM '{folder}/subscriptions.parquet'
            JOIN periods ON start_date < p_end AND (end_date IS NULL OR end_date >= p_end) GROUP BY ALL""")
    cells = connection.sql(f"""
        SELECT period, plan, region, count(mrr) AS paying, coalesce(sum(mrr), 0) AS mrr, count(active_days) AS active,
               count(*) FILTER (mrr IS NOT NULL AND active_days IS NOT NULL) AS paying_active,
               coalesce(sum(active_days), 0) AS active_days, coalesce(sum(days) FILTER (active_days IS NOT NULL), 0) AS possible_days,
               coalesce(sum(users) FILTER (mrr IS NOT NULL), 0) AS paying_users
        FROM active FULL JOIN paying USING (customer_id, period) JOIN periods USING (period)
             JOIN '{folder}/customers.parquet' USING (customer_id)
        GROUP BY GROUPING SETS ((period), (period, plan), (period, region))""").df()
    uses = connection.sql(f"""
        SELECT period, plan, region, feature, count(*) AS uses FROM features JOIN '{folder}/customers.parquet' USING (customer_id)
        GROUP BY GROUPING SETS ((period, feature), (period, plan, feature), (period, region, feature))""").df()
    cells, uses = (
        named(frame.merge(periods(FIRST), on="period"), SEGMENTS) for frame in (cells, uses)
    )
    every = cells.merge(uses[["feature"]].drop_duplicates(), how="cross")
    uses = every.merge(uses[["period", "segment", "feature", "uses"]], how="left").fillna(
        {"uses": 0}
    )
    uses["segment"] = (uses["segment"] + ",feature=" + uses["feature"]).str.removeprefix("all,")
    found = [
        metric(frame, name, variant, *(frame[each].astype(float) for each in (above, below)))
        for name, variant, above, below in ASKED
        for frame in [uses if above == "uses" else cells]
    ]
    return {"measures": pd.concat(found, ignore_index=True)}


def ours(folder: Path) -> dict[str, pd.DataFrame]:
    figures = measured(EDITION + "memory_limit: 3GB\n", folder)["measures"]
    asked = {(name, variant) for name, variant, *_ in ASKED}
    here = [key in asked for key in zip(figures["metric"], figures["variant"], strict=True)]
    return {"measures": figures[here]}


if __name__ == "__main__":
    compare(__doc__, generate, {OURS: ours, "duckdb": by_hand}, rows=50_000_000, keys=KEYS)
