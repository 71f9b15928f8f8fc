"""One billing history for the kit and for saas-metrics (PyPI, 0.2.1): waterfall, retention and workbook.

    python3.12 -m venv other && other/bin/pip install saas-metrics==0.2.1
    python tests/bench/billing.py --other other/bin/python --rows 600_000

The history has a line for each customer and month with what was paid for it. The kit reads a line as a
subscription of that month; both call the months' money by the same words (new, reactivation, expansion,
contraction, churn) and give retention over twelve months.

On this history the two give the same waterfall and the same retention in every month: the differences are those
of binary fractions (below 1e-8 of a currency unit, 1e-15 of a rate).
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from paired import OURS, open_duckdb, report, run

EDITION = """
company: Cloud
as_of: 2026-07-01
grains: [month]
tables:
  subscriptions:
    sql: >-
      SELECT customer_id, period AS start_date, period + INTERVAL 1 MONTH AS end_date, revenue AS mrr
      FROM 'billing.parquet'
"""
OTHER = "saas-metrics"
WATERFALL = {
    "opening_mrr": "beginning", "new_mrr": "new_logo", "reactivation_mrr": "reactivation", "expansion_mrr": "expansion",
    "contraction_mrr": "contraction", "churned_mrr": "churn", "mrr": "ending",
}  # fmt: skip
RETENTION = {"net_revenue_retention": "nrr_12m", "gross_revenue_retention": "grr_12m"}
#: saas-metrics gives what was lost without its sign
NEGATIVE = ("contraction_mrr", "churned_mrr")


def generate(rows: int, folder: Path) -> None:
    """Customers of 36 months who come in any month, change their price now and then, pause and leave."""
    connection = open_duckdb(folder)
    connection.execute(
        f"""COPY (SELECT 'c' || k AS customer_id, DATE '2023-07-01' + to_months(CAST(m AS INTEGER)) AS period,
                CAST(20 + draw(k * 100 + m // 5, 1, 48000) / 100 AS DECIMAL(10, 2)) AS revenue
            FROM (SELECT k, m FROM range({max(50, rows // 18)}) t(k), range(36) s(m))
            WHERE m >= draw(k, 2, 30) AND m < draw(k, 2, 30) + 1 + draw(k, 3, 60) AND draw(k * 100 + m, 4, 40) > 0
            ) TO '{folder}/billing.parquet'"""
    )


def ours(folder: Path) -> None:
    from cs_lib.edition import read_edition
    from cs_lib.metrics.audit.cache import compute
    from cs_lib.pack.workbook import write_workbook
    from cs_lib.period import Period

    (folder / "params").mkdir(exist_ok=True)
    (folder / "params" / "bench.yaml").write_text(EDITION, encoding="utf-8")
    edition = read_edition("bench", root=folder)
    found = compute(edition, root=folder)
    write_workbook(folder / "ours.xlsx", found, edition, Period.parse("2026-06"))
    names = {**WATERFALL, **RETENTION}
    first = found.measures[found.measures["metric"].isin(names)].drop_duplicates(
        ["metric", "period_start"]
    )
    first.pivot(index="period_start", columns="metric", values="value").to_csv(folder / "ours.csv")


def theirs(folder: Path) -> None:
    from saas_metrics.engine import analyze

    found = analyze(folder / "billing.parquet", allow_warnings=True)
    found.to_excel(folder / "theirs.xlsx")
    both = found.waterfall.merge(found.metrics, on="period_end")
    both.to_csv(folder / "theirs.csv", index=False)


def differences(folder: Path) -> None:
    """Where the figures of the two differ, by how much at most, and in how many months."""
    one = pd.read_csv(folder / "ours.csv", parse_dates=["period_start"]).set_index("period_start")
    other = pd.read_csv(folder / "theirs.csv", parse_dates=["period_end"])
    other.index = other["period_end"].dt.to_period("M").dt.to_timestamp()
    for mine, name in {**WATERFALL, **RETENTION}.items():
        here = one[mine] * (-1 if mine in NEGATIVE else 1)
        apart = (here - other[name]).abs()
        blank = here.isna() != other[name].isna()
        print(
            f"{mine:<26}{int((apart > 1e-6).sum()):>4} of {int(apart.notna().sum())} months differ, "
            f"by {np.nanmax(apart):.2g} at most; {int(blank.sum())} given by one alone"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--other", help="the interpreter of an environment with saas-metrics")
    parser.add_argument("--rows", type=int, default=600_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--side", choices=["ours", "theirs"], help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        {"ours": ours, "theirs": theirs}[asked.side](asked.into)
        os._exit(
            0
        )  # neither waits for the interpreter to be cleared away, as the kit's command does not
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(asked.rows, folder)
        runs = {OURS: [], OTHER: []}
        for _ in range(asked.rounds):
            for side, word, python in (
                (OURS, "ours", sys.executable),
                (OTHER, "theirs", asked.other),
            ):
                runs[side].append(run([sys.argv[0], "--side", word, "--into", name], python=python))
        report(runs)
        differences(folder)


if __name__ == "__main__":
    main()
