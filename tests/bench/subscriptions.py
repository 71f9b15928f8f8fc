"""Subscriptions: movements, retention and cohorts of 48 months, by three segment columns.

    python tests/bench/subscriptions.py --rows 1_000_000      # ours, DuckDB by hand, pandas, whole

Ours opens an edition's Parquet files, checks them against the contract, and computes every metric of
movements and the cohorts, with their intervals, and proves the movements; the whole kit computes survival,
concentration, vintages and who may leave as well. The other two sides check nothing, give no intervals, and compute the metrics of
AMOUNTS and RATIOS and the cohorts alone.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from cells import AS_OF, SEGMENTS, metric, named, periods
from paired import OURS, compare, measured, open_duckdb, write_customers

EDITION = """
company: Cloud
as_of: 2026-07-01
tables: {subscriptions: subscriptions.parquet, customers: customers.parquet}
segments: [plan, region, channel]
min_n: 1
"""
LIMITED = EDITION + "memory_limit: 1400MB\n"
FIRST = pd.Timestamp("2022-07-01")
KEYS = {
    "measures": ["metric", "variant", "grain", "period_start", "segment"],
    "cohorts": ["measure", "cohort", "age", "segment"],
}
MONEY = ("opening", "closing", "new", "reactivation", "expansion", "contraction", "churn")
MONEY = (*MONEY, "kept", "retained", "year_ago", "kept_12", "retained_12")
COUNTS = ("at_opening", "at_closing", "lost", "started", "reactivated", "joined_and_left", "newly")
SUMS = [*MONEY, *COUNTS]
AMOUNTS = {
    "opening_mrr": "opening", "new_mrr": "new", "reactivation_mrr": "reactivation", "mrr": "closing",
    "expansion_mrr": "expansion", "contraction_mrr": "contraction", "churned_mrr": "churn",
    "opening_customers": "at_opening", "paying_customers": "at_closing", "churned_customers": "lost",
    "new_customers": "started", "reactivated_customers": "reactivated", "joined_and_left": "joined_and_left",
}  # fmt: skip
RATIOS = [
    ("customer_churn_rate", "snapshot", "lost", "at_opening"),
    ("gross_revenue_retention", "one_period", "kept", "opening"),
    ("net_revenue_retention", "one_period", "retained", "opening"),
    ("gross_revenue_retention", "12_months", "kept_12", "year_ago"),
    ("net_revenue_retention", "12_months", "retained_12", "year_ago"),
    ("expansion_mrr_rate", "standard", "expansion", "opening"),
    ("arpa", "standard", "closing", "at_closing"),
    ("arpa", "new_customers", "new", "newly"),
]
#: what a customer × period row adds to each sum of money, and where
ROWS = {
    "new": ("m1", "joined AND m0 = 0"),
    "reactivation": ("m1", "m0 = 0 AND NOT joined"),
    "expansion": ("m1 - m0", "m0 > 0 AND m1 > m0"),
    "contraction": ("m1 - m0", "m0 > m1 AND m1 > 0"),
    "churn": ("-m0", "m1 = 0"),
    "kept": ("least(m0, m1)", "m0 > 0"),
    "retained": ("m1", "m0 > 0"),
    "kept_12": ("least(m12, m1)", "m12 > 0"),
    "retained_12": ("m1", "m12 > 0"),
}


def generate(rows: int, folder: Path) -> None:
    """Spells of one customer follow each other at a new price, now and then after a gap; a third is open."""
    customers, connection = max(500, rows // 2), open_duckdb(folder)
    write_customers(connection, folder, customers, channels=6)
    connection.execute(
        f"""COPY (
            WITH priced AS (SELECT i, i // 2 AS k, i % 2 AS turn, CAST(20 + draw(i, 1, 48000) / 100 AS DECIMAL(10, 2)) AS mrr,
                                   30 + draw(i, 2, 500) AS lasts, draw(i // 2, 3, 1300) AS come,
                                   CASE WHEN draw(i // 2, 4, 10) = 0 THEN 20 + draw(i // 2, 5, 120) ELSE 0 END AS gap
                            FROM range({rows}) t(i)),
            placed AS (SELECT *, come + turn * (30 + draw(k * 2, 2, 500) + gap) AS start FROM priced)
            SELECT 'c' || k AS customer_id, DATE '2022-07-01' + CAST(start AS INTEGER) AS start_date, mrr,
                   CASE WHEN start + lasts < 1461 AND (turn = 0 OR draw(k, 6, 3) > 0)
                        THEN DATE '2022-07-01' + CAST(start + lasts AS INTEGER) END AS end_date
            FROM placed WHERE start < 1461 AND k < {customers}
            ) TO '{folder}/subscriptions.parquet'"""
    )


def by_hand(folder: Path) -> dict[str, pd.DataFrame]:
    """The same figures in SQL as an analyst writes it: the state at each instant, then customer × period."""
    connection = open_duckdb(folder)
    connection.register("given_periods", periods(FIRST))
    rows = ", ".join(
        f"coalesce(sum({text}) FILTER ({where}), 0) AS {name}"
        for name, (text, where) in ROWS.items()
    )
    connection.execute(f"""
        CREATE TABLE periods AS SELECT * FROM given_periods;
        CREATE TABLE paid AS SELECT customer_id, start_date, coalesce(end_date, DATE '9999-12-31') AS until, CAST(mrr * 100 AS BIGINT) AS cents
            FROM '{folder}/subscriptions.parquet' WHERE mrr > 0 AND (end_date IS NULL OR end_date > start_date);
        CREATE TABLE first_paid AS SELECT customer_id, min(start_date) AS first_start FROM paid GROUP BY ALL;
        CREATE TABLE instants AS SELECT p_start AS instant FROM periods UNION SELECT p_end FROM periods
            UNION SELECT p_end - INTERVAL 12 MONTH FROM periods;
        CREATE TABLE state AS SELECT customer_id, instant, CAST(sum(cents) AS BIGINT) AS m
            FROM paid JOIN instants ON start_date < instant AND until >= instant GROUP BY ALL;
        CREATE TABLE moved AS
            SELECT customer_id, period, p_start, p_end, coalesce(sum(m) FILTER (instant = p_start), 0) AS m0,
                   coalesce(sum(m) FILTER (instant = p_end), 0) AS m1,
                   coalesce(sum(m) FILTER (instant = p_end - INTERVAL 12 MONTH), 0) AS m12
            FROM state JOIN periods ON instant IN (p_start, p_end, p_end - INTERVAL 12 MONTH) GROUP BY ALL;
        CREATE TABLE joiners AS SELECT customer_id, period, p_start, p_end, 0 AS m0, 0 AS m1, 0 AS m12
            FROM first_paid JOIN periods ON first_start >= p_start AND first_start < p_end
            ANTI JOIN moved USING (customer_id, period)""")
    cells = connection.sql(f"""
        SELECT period, plan, region, channel, sum(m0) AS opening, sum(m1) AS closing, sum(m12) AS year_ago, {rows},
               count(*) FILTER (m0 > 0) AS at_opening, count(*) FILTER (m1 > 0) AS at_closing,
               count(*) FILTER (m0 > 0 AND m1 = 0) AS lost, count(*) FILTER (joined) AS started,
               count(*) FILTER (m0 = 0 AND m1 > 0 AND NOT joined) AS reactivated,
               count(*) FILTER (joined AND m1 = 0) AS joined_and_left, count(*) FILTER (joined AND m0 = 0 AND m1 > 0) AS newly
        FROM (SELECT *, first_start >= p_start AND first_start < p_end AS joined
              FROM (FROM moved UNION ALL FROM joiners) JOIN first_paid USING (customer_id))
             JOIN '{folder}/customers.parquet' USING (customer_id)
        GROUP BY GROUPING SETS ((period), (period, plan), (period, region), (period, channel))""").df()
    triangle = connection.sql(f"""
        SELECT cohort, age, plan, region, channel, count(*) FILTER (m > 0) AS customers, sum(m) AS net, sum(least_so_far) AS gross,
               count(*) AS size, sum(base) AS base
        FROM (SELECT *, min(m) OVER (PARTITION BY customer_id ORDER BY age) AS least_so_far,
                     first_value(m) OVER (PARTITION BY customer_id ORDER BY age) AS base
              FROM (SELECT first_paid.customer_id, date_trunc('month', first_start) AS cohort, date_diff('month', cohort, p_start) AS age,
                           coalesce(m, 0) AS m
                    FROM first_paid JOIN periods ON grain = 'month' AND p_end > first_start
                         LEFT JOIN state ON state.customer_id = first_paid.customer_id AND instant = p_end))
             JOIN '{folder}/customers.parquet' USING (customer_id)
        GROUP BY GROUPING SETS ((cohort, age), (cohort, age, plan), (cohort, age, region), (cohort, age, channel))""").df()
    numbers = periods(FIRST)
    return _answers(named(cells.merge(numbers, on="period")), named(triangle))


def in_pandas(folder: Path) -> dict[str, pd.DataFrame]:
    """The same figures in pandas: customers × months as an array of running totals, then columns of it."""
    rows = pd.read_parquet(folder / "subscriptions.parquet")
    rows["start_date"], rows["end_date"] = (
        pd.to_datetime(rows[each]) for each in ("start_date", "end_date")
    )
    rows = rows[(rows["mrr"].astype(float) > 0) & ~(rows["end_date"] <= rows["start_date"])]
    rows["cents"] = (rows["mrr"].astype(float) * 100).round().astype("int64")
    customers = pd.read_parquet(folder / "customers.parquet")
    first = rows.groupby("customer_id")["start_date"].min().rename("first_start")
    customers = customers.join(first, on="customer_id", how="inner").reset_index(drop=True)
    state = {}
    for instant in pd.date_range(FIRST - pd.DateOffset(months=12), AS_OF, freq="MS"):
        there = rows[(rows["start_date"] < instant) & ~(rows["end_date"] < instant)]
        money = there.groupby("customer_id")["cents"].sum()
        state[instant] = customers["customer_id"].map(money).astype(float).fillna(0)
    cells = pd.concat([_in_period(state, customers, each) for each in periods(FIRST).itertuples()])
    triangle = pd.concat(_ages(state, customers))
    return _answers(cells, triangle)


def _in_period(state: dict, customers: pd.DataFrame, period) -> pd.DataFrame:
    start, end = period.p_start, period.p_end
    before = state[end - pd.DateOffset(months=12)]
    none = before * 0
    m0, m1, m12 = state.get(start, none), state[end], before
    joined = (customers["first_start"] >= start) & (customers["first_start"] < end)
    there, still, fresh = m0 > 0, m1 > 0, joined & (m0 == 0)
    change = m1 - m0
    columns = {
        "opening": m0, "closing": m1, "year_ago": m12, "new": m1.where(fresh, 0), "reactivation": m1.where(~there & ~joined, 0),
        "expansion": change.clip(lower=0).where(there, 0), "contraction": change.clip(upper=0).where(there & still, 0),
        "churn": -m0.where(~still, 0), "kept": np.minimum(m0, m1), "retained": m1.where(there, 0),
        "kept_12": np.minimum(m12, m1), "retained_12": m1.where(m12 > 0, 0), "at_opening": there, "at_closing": still,
        "lost": there & ~still, "started": joined, "reactivated": ~there & still & ~joined,
        "joined_and_left": joined & ~still, "newly": fresh & still,
    }  # fmt: skip
    frame = customers[list(SEGMENTS)].assign(**columns)
    parts = [frame[SUMS].sum().to_frame().T.assign(segment="all")]
    for each in SEGMENTS:
        summed = frame.groupby(each)[SUMS].sum().reset_index()
        parts.append(summed.assign(segment=each + "=" + summed[each]))
    return pd.concat(parts).assign(grain=period.grain, p_start=start, p_end=end)


def _ages(state: dict, customers: pd.DataFrame):
    """cohort × age sums of each segmentation."""
    frame = customers.assign(cohort=customers["first_start"].dt.to_period("M").dt.to_timestamp())
    least, base = None, pd.Series(0.0, index=frame.index)
    for month in pd.date_range(FIRST, AS_OF, freq="MS", inclusive="left"):
        now = state[month + pd.DateOffset(months=1)]
        joined, here = frame["cohort"] == month, frame["cohort"] <= month
        base = base.mask(joined, now)
        least = now if least is None else np.minimum(least, now).mask(joined, now)
        own = frame[here].assign(customers=now > 0, net=now, gross=least, size=1, base=base)
        own["age"] = (
            (month.year - own["cohort"].dt.year) * 12 + month.month - own["cohort"].dt.month
        )
        sums = ["customers", "net", "gross", "size", "base"]
        for by in ((), *((each,) for each in SEGMENTS)):
            summed = own.groupby(["cohort", "age", *by])[sums].sum().reset_index()
            yield summed.assign(segment=by[0] + "=" + summed[by[0]] if by else "all")


def _answers(cells: pd.DataFrame, triangle: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The figures that have a value, from sums in cents."""
    cells = cells.astype(dict.fromkeys(SUMS, float)).assign(period_start=cells["p_start"])
    cells[list(MONEY)] /= 100
    year = cells["p_end"] - pd.DateOffset(months=12) >= FIRST
    found = [metric(cells, name, "standard", cells[column]) for name, column in AMOUNTS.items()]
    for name, variant, up, down in RATIOS:
        some = cells[year] if up.endswith("_12") else cells
        found.append(metric(some, name, variant, some[up], some[down]))
    triangle = triangle.assign(
        **{each: triangle[each].astype(float) / 100 for each in ("net", "gross", "base")}
    )
    triangle = triangle[
        [*("cohort", "age", "segment"), "customers", "net", "gross", "size", "base"]
    ]
    mean = (
        triangle.drop(columns="cohort")
        .groupby(["segment", "age"], as_index=False)
        .sum()
        .assign(cohort=pd.NaT)
    )
    both = pd.concat([triangle, mean])
    named = (
        ("customers", "customers", "size"),
        ("revenue_net", "net", "base"),
        ("revenue_gross", "gross", "base"),
    )
    cohorts = [
        both.assign(
            measure=measure, numerator=both[up].astype(float), denominator=both[down].astype(float)
        ).query("denominator != 0")
        for measure, up, down in named
    ]
    cohorts = pd.concat(cohorts).assign(
        value=lambda frame: frame["numerator"] / frame["denominator"]
    )
    return {
        "measures": pd.concat(found, ignore_index=True),
        "cohorts": cohorts[[*KEYS["cohorts"], "numerator", "denominator", "value"]],
    }


def ours(folder: Path) -> dict[str, pd.DataFrame]:
    """Without what the other sides know nothing of: survival, concentration, vintages, who may leave."""
    return _compared(measured(LIMITED, folder, facts=("movements",)))


def whole(folder: Path) -> dict[str, pd.DataFrame]:
    return _compared(measured(LIMITED, folder))


def _compared(found: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    asked = {(name, "standard") for name in AMOUNTS} | {
        (name, variant) for name, variant, *_ in RATIOS
    }
    figures = found["measures"]
    here = [key in asked for key in zip(figures["metric"], figures["variant"], strict=True)]
    return {**found, "measures": figures[here]}


if __name__ == "__main__":
    compare(
        __doc__,
        generate,
        {OURS: ours, "duckdb": by_hand, "pandas": in_pandas, "whole": whole},
        rows=1_000_000,
        keys=KEYS,
    )
