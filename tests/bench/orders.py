"""Orders: every metric and cohort of 24 months, by three segment columns.

    python tests/bench/orders.py --rows 10_000_000                     # ours, DuckDB by hand, pandas, whole
    python tests/bench/orders.py --rows 100_000_000 --sides bounded --rounds 1   # ours in 3 GB

Ours opens an edition's Parquet files, checks them against the contract, and computes everything with
intervals; the whole kit concentration and money by year of joining as well. The other two sides check nothing
and give no intervals.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from cells import SEGMENTS, SPAN, metric, named, periods
from paired import BOUNDED, OURS, compare, measured, open_duckdb, write_customers

EDITION = """
company: Shop
as_of: 2026-07-01
tables: {orders: orders.parquet, customers: customers.parquet}
segments: [plan, region, channel]
min_n: 1
"""
LIMITED = EDITION + "memory_limit: 1400MB\n"
FIRST = pd.Timestamp("2024-07-01")
CELL = ["grain", "period_start", "segment"]
WINDOW = 3
KEYS = {
    "measures": ["metric", "variant", *CELL],
    "cohorts": ["measure", "cohort", "age", "segment"],
}
AMOUNTS = {
    "revenue": "revenue", "orders": "orders", "ordering_customers": "ordered", "opening_customers": "opening",
    "paying_customers": "closing", "churned_customers": "lost", "new_customers": "started",
    "reactivated_customers": "reactivated", "joined_and_left": "joined_and_left",
}  # fmt: skip
RATIOS = [
    ("customer_churn_rate", "snapshot", "lost", "opening"),
    ("average_order_value", "standard", "revenue", "orders"),
    ("arpa", "standard", "revenue", "ordered"),
    ("arpa", "new_customers", "new_revenue", "started"),
    ("average_order_value", "12_months", "revenue_12", "orders_12"),
    ("purchase_frequency", "standard", "orders_12", "ordered_12"),
    ("repeat_rate", "standard", "repeated_12", "ordered_12"),
]
FURTHER = ("customer_retention_rate", "revenue_growth_rate")
#: what needs to know who was a customer at a period's beginning, and at its end
AT_OPENING = ("opening_customers", "churned_customers", "reactivated_customers", "customer_churn_rate", "customer_retention_rate")  # fmt: skip
AT_CLOSING = ("paying_customers", "joined_and_left")
SUMS = [
    "revenue", "orders", "ordered", "revenue_12", "orders_12", "ordered_12", "repeated_12", "opening",
    "closing", "lost", "started", "reactivated", "joined_and_left", "new_revenue",
]  # fmt: skip


def generate(rows: int, folder: Path) -> None:
    """Twenty orders a customer on average, who come at any time and stay for any time; 3 % are refunds."""
    customers, connection = max(1000, rows // 20), open_duckdb(folder)
    write_customers(connection, folder, customers, channels=6)
    connection.execute(
        f"""COPY (SELECT 'o' || i AS order_id, 'c' || k AS customer_id,
                TIMESTAMP '2024-07-01' + to_seconds(CAST(86400 * (come + (729.99 - come) * stay * share(i, 1)) AS BIGINT)) AS ordered_at,
                CAST(CASE WHEN draw(i, 2, 33) = 0 THEN -1 ELSE 1 END * (5 + draw(i, 3, 19500) / 100) AS DECIMAL(10, 2)) AS amount
            FROM (SELECT i, k, 700 * share(k, 4) AS come, share(k, 5) AS stay
                  FROM (SELECT i, draw(i, 0, {customers}) AS k FROM range({rows}) t(i)))
            ) TO '{folder}/orders.parquet'"""
    )


def by_hand(folder: Path) -> dict[str, pd.DataFrame]:
    """The same figures in SQL as an analyst writes it: customer × month, then customer × period."""
    connection = open_duckdb(folder)
    connection.register("given_periods", periods(FIRST))
    connection.execute(f"""
        CREATE TABLE periods AS SELECT * FROM given_periods;
        CREATE TABLE placed AS SELECT customer_id, order_id, min(date_trunc('month', ordered_at)) AS month
            FROM '{folder}/orders.parquet' WHERE amount > 0 GROUP BY ALL;
        CREATE TABLE bought AS SELECT customer_id, month, sum(revenue) AS revenue, sum(orders) AS orders
            FROM (SELECT customer_id, date_trunc('month', ordered_at) AS month, amount AS revenue, 0 AS orders
                      FROM '{folder}/orders.parquet'
                  UNION ALL SELECT customer_id, month, 0, 1 FROM placed) GROUP BY ALL;
        CREATE TABLE joined AS SELECT customer_id, min(month) AS cohort FROM bought WHERE orders > 0 GROUP BY ALL;
        CREATE TABLE state AS
            SELECT customer_id, period, any_value(p_start) AS p_start, any_value(p_end) AS p_end,
                   coalesce(sum(revenue) FILTER (month >= p_start), 0) AS revenue,
                   coalesce(sum(orders) FILTER (month >= p_start), 0) AS orders,
                   coalesce(sum(revenue) FILTER (month >= p_end - INTERVAL 12 MONTH), 0) AS revenue_12,
                   coalesce(sum(orders) FILTER (month >= p_end - INTERVAL 12 MONTH), 0) AS orders_12,
                   coalesce(bool_or(orders > 0 AND month < p_start AND month >= p_start - INTERVAL {WINDOW} MONTH), false) AS opening,
                   coalesce(bool_or(orders > 0 AND month >= p_end - INTERVAL {WINDOW} MONTH), false) AS closing
            FROM bought JOIN periods ON month < p_end
                 AND month >= least(p_end - INTERVAL 12 MONTH, p_start - INTERVAL {WINDOW} MONTH)
            GROUP BY ALL""")
    cells = connection.sql(
        """
        SELECT period, plan, region, channel, sum(revenue) AS revenue, sum(orders) AS orders,
               count(*) FILTER (orders > 0) AS ordered, sum(revenue_12) AS revenue_12, sum(orders_12) AS orders_12,
               count(*) FILTER (orders_12 > 0) AS ordered_12, count(*) FILTER (orders_12 > 1) AS repeated_12,
               count(*) FILTER (opening) AS opening, count(*) FILTER (closing) AS closing,
               count(*) FILTER (opening AND NOT closing) AS lost,
               count(*) FILTER (cohort >= p_start AND cohort < p_end) AS started,
               count(*) FILTER (closing AND NOT opening AND NOT (cohort >= p_start AND cohort < p_end)) AS reactivated,
               count(*) FILTER (NOT closing AND cohort >= p_start AND cohort < p_end) AS joined_and_left,
               coalesce(sum(revenue) FILTER (cohort >= p_start AND cohort < p_end), 0) AS new_revenue
        FROM state LEFT JOIN joined USING (customer_id) JOIN customers USING (customer_id)
        GROUP BY GROUPING SETS ((period), (period, plan), (period, region), (period, channel))""".replace(
            "JOIN customers", f"JOIN '{folder}/customers.parquet'"
        )
    ).df()
    triangle = connection.sql(f"""
        SELECT cohort, date_diff('month', cohort, month) AS age, plan, region, channel,
               count(*) FILTER (orders > 0) AS customers, sum(revenue) AS net
        FROM bought JOIN joined USING (customer_id) JOIN '{folder}/customers.parquet' USING (customer_id)
        WHERE month >= cohort
        GROUP BY GROUPING SETS ((cohort, age), (cohort, age, plan), (cohort, age, region), (cohort, age, channel))""").df()
    cells = cells.merge(periods(FIRST), on="period")
    return _answers(named(cells), named(triangle))


def in_pandas(folder: Path) -> dict[str, pd.DataFrame]:
    """The same figures in pandas: groupings and merges over whole columns, no loop over rows."""
    orders = pd.read_parquet(folder / "orders.parquet")
    orders["amount"] = orders["amount"].astype(float)
    orders["customer_id"] = orders["customer_id"].astype("category")
    orders["month"] = orders["ordered_at"].dt.to_period("M").dt.to_timestamp()
    key = ["customer_id", "month"]
    revenue = orders.groupby(key, observed=True)["amount"].sum().rename("revenue")
    positive = orders[orders["amount"] > 0]
    placed = (
        positive.groupby(["customer_id", "order_id"], observed=True)["month"].min().reset_index()
    )
    count = placed.groupby(key, observed=True).size().rename("orders")
    bought = pd.concat([revenue, count], axis=1).fillna(0).reset_index()
    joined = (
        bought[bought["orders"] > 0]
        .groupby("customer_id", observed=True)["month"]
        .min()
        .rename("cohort")
    )
    customers = pd.read_parquet(folder / "customers.parquet").join(joined, on="customer_id")
    customers["customer_id"] = customers["customer_id"].astype(bought["customer_id"].dtype)
    cells = pd.concat([_in_period(bought, customers, each) for each in periods(FIRST).itertuples()])
    aged = bought.merge(customers, on="customer_id")
    aged["age"] = (
        (aged["month"].dt.year - aged["cohort"].dt.year) * 12
        + aged["month"].dt.month
        - aged["cohort"].dt.month
    )
    aged = aged[aged["age"] >= 0].assign(
        customers=lambda frame: frame["orders"] > 0, net=lambda frame: frame["revenue"]
    )
    triangle = pd.concat(
        _of_segment(aged.groupby(["cohort", "age", *by])[["customers", "net"]].sum(), by)
        for by in ((), *((each,) for each in SEGMENTS))
    )
    return _answers(cells, triangle)


def _in_period(bought: pd.DataFrame, customers: pd.DataFrame, period) -> pd.DataFrame:
    start, end = period.p_start, period.p_end

    def taken(since, until, column):
        inside = bought[(bought["month"] >= since) & (bought["month"] < until)]
        return inside.groupby("customer_id", observed=True)[column].sum()

    year = end - pd.DateOffset(months=12)
    columns = {
        "revenue": taken(start, end, "revenue"), "orders": taken(start, end, "orders"),
        "revenue_12": taken(year, end, "revenue"), "orders_12": taken(year, end, "orders"),
        "before": taken(start - pd.DateOffset(months=WINDOW), start, "orders"),
        "after": taken(end - pd.DateOffset(months=WINDOW), end, "orders"),
    }  # fmt: skip
    frame = customers.assign(
        **{
            name: customers["customer_id"].map(each).astype(float).fillna(0)
            for name, each in columns.items()
        }
    )
    opening, closing = frame["before"] > 0, frame["after"] > 0
    started = (frame["cohort"] >= start) & (frame["cohort"] < end)
    frame = frame.assign(
        opening=opening, closing=closing, started=started, lost=opening & ~closing,
        reactivated=closing & ~opening & ~started, joined_and_left=started & ~closing,
        ordered=frame["orders"] > 0, ordered_12=frame["orders_12"] > 0, repeated_12=frame["orders_12"] > 1,
        new_revenue=frame["revenue"].where(started, 0),
    )  # fmt: skip
    parts = [frame[SUMS].sum().to_frame().T.assign(segment="all")]
    parts += [_of_segment(frame.groupby(each)[SUMS].sum(), (each,)) for each in SEGMENTS]
    return pd.concat(parts).assign(grain=period.grain, p_start=start, p_end=end)


def _of_segment(frame: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    frame = frame.reset_index()
    return frame.assign(segment=by[0] + "=" + frame[by[0]] if by else "all")


def _answers(cells: pd.DataFrame, triangle: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {
        "measures": _figures(cells.astype(dict.fromkeys(SUMS, float))),
        "cohorts": _cohorts(triangle),
    }


def _figures(cells: pd.DataFrame) -> pd.DataFrame:
    """Every metric from the sums of its cell; a rate where its denominator is not 0."""
    year = cells["p_end"] - pd.DateOffset(months=12) >= FIRST
    found = [metric(cells, name, "standard", cells[column]) for name, column in AMOUNTS.items()]
    for name, variant, up, down in RATIOS:
        some = cells[year] if up.endswith("_12") else cells
        found.append(metric(some, name, variant, some[up], some[down]))
    found.append(
        metric(
            cells,
            "customer_retention_rate",
            "snapshot",
            cells["opening"] - cells["lost"],
            cells["opening"],
        )
    )
    for variant, back in (("standard", 1), ("year_over_year", 0)):
        months = cells["grain"].map(SPAN) if back else 12
        found.append(_growth(cells, variant, months))
    return _known(pd.concat(found, ignore_index=True))


def _known(figures: pd.DataFrame) -> pd.DataFrame:
    """Without who was a customer where the months of orders that tell it lie before the first."""
    start, steps = figures["period_start"], figures["grain"].map(SPAN)
    ends = pd.Series([day + pd.DateOffset(months=n) for day, n in zip(start, steps, strict=True)])
    least, named_as = FIRST + pd.DateOffset(months=WINDOW), figures["metric"]
    unknown = named_as.isin(AT_OPENING) & (start < least)
    return figures[~unknown & ~(named_as.isin(AT_CLOSING) & (ends < least))]


def _growth(cells: pd.DataFrame, variant: str, months) -> pd.DataFrame:
    before = cells[["grain", "segment", "p_start", "revenue"]].rename(
        columns={"p_start": "p_before", "revenue": "was"}
    )
    steps = (
        cells["grain"].map(SPAN)
        if not np.isscalar(months)
        else pd.Series(months, index=cells.index)
    )
    starts = [
        start - pd.DateOffset(months=n) for start, n in zip(cells["p_start"], steps, strict=True)
    ]
    both = cells.assign(p_before=starts).merge(before, on=["grain", "segment", "p_before"])
    return metric(both, "revenue_growth_rate", variant, both["revenue"] - both["was"], both["was"])


def _cohorts(triangle: pd.DataFrame) -> pd.DataFrame:
    """Shares of the size and of the revenue at age 0, and the means over cohorts."""
    triangle = triangle.assign(
        net=triangle["net"].astype(float), customers=triangle["customers"].astype(float)
    )
    base = triangle.loc[triangle["age"] == 0, ["cohort", "segment", "customers", "net"]]
    base = base.rename(columns={"customers": "size", "net": "base"})
    ages = pd.DataFrame({"age": range(24)})
    grid = base.merge(ages, how="cross")
    seen = (grid["cohort"].dt.year - 2024) * 12 + grid["cohort"].dt.month - 7 + grid["age"] < 24
    cells = grid[seen].merge(
        triangle[["cohort", "segment", "age", "customers", "net"]],
        on=["cohort", "segment", "age"],
        how="left",
    )
    cells = cells.fillna({"customers": 0, "net": 0})
    mean = cells.groupby(["segment", "age"], as_index=False)[
        ["customers", "net", "size", "base"]
    ].sum()
    both = pd.concat([cells, mean.assign(cohort=pd.NaT)])
    parts = [
        both.assign(
            measure=measure, numerator=both[up], denominator=both[down], value=both[up] / both[down]
        )
        for measure, up, down in (
            ("customers", "customers", "size"),
            ("revenue_net", "net", "base"),
        )
    ]
    return pd.concat(parts)[[*KEYS["cohorts"], "numerator", "denominator", "value"]]


def ours(folder: Path) -> dict[str, pd.DataFrame]:
    """Without what the other sides know nothing of: concentration and money by year of joining."""
    return _compared(measured(LIMITED, folder, facts=("activity",)))


def whole(folder: Path) -> dict[str, pd.DataFrame]:
    return _compared(measured(LIMITED, folder))


def _compared(found: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    figures = found["measures"]
    return {
        **found,
        "measures": figures[
            figures["metric"].isin([*AMOUNTS, *(each[0] for each in RATIOS), *FURTHER])
        ],
    }


def bounded(folder: Path) -> dict[str, pd.DataFrame]:
    return _compared(measured(EDITION + "memory_limit: 3GB\n", folder))


if __name__ == "__main__":
    compare(
        __doc__,
        generate,
        {OURS: ours, "duckdb": by_hand, "pandas": in_pandas, "whole": whole, BOUNDED: bounded},
        rows=10_000_000,
        keys=KEYS,
    )
