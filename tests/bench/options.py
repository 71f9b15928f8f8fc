"""Loading orders whose export differs, by the keys of the edition, against the same rows written plainly.

    python tests/bench/options.py --rows 3_000_000                 # plain, and all that differs at once
    python tests/bench/options.py --rows 3_000_000 --sides plain,dates,amounts,lines,rows

Each side opens and checks a CSV file of as many lines, a tenth of which are voided orders. `where` leaves these
out as it opens; the other sides load them, and their sums leave them out. Opening is what is timed: the process,
the check and the sums are alike.
"""

import time
from pathlib import Path

import pandas as pd
from paired import compare, open_duckdb

DATES = {"date_format": "%m/%d/%Y %H:%M"}
AMOUNTS = {"thousands": ",", "currency_sign": "$", "negative": "parentheses", "empty": ["NULL"]}
LINES = {"skip": 2, "footer": 1}
ROWS = {
    "where": {"state": ["Paid", "refunded"]},
    "map": {"status": {"Yes": "first", "No": "again"}},
    "values": {"currency": "USD"},
}
SIDES = {
    "plain": {},
    "dates": DATES,
    "amounts": AMOUNTS,
    "lines": LINES,
    "rows": ROWS,
    "all": {**DATES, **AMOUNTS, **LINES, **ROWS},
}
_AMOUNT = "(5 + draw(i, 3, 195000) / 100)"
_MONEY = f"CASE WHEN draw(i, 2, 33) = 0 THEN -1 ELSE 1 END * CAST({_AMOUNT} AS DECIMAL(10, 2))"
_SIGNED = "format('${:,.2f}', CAST(abs(amount) AS DOUBLE))"
WRITTEN = {
    "dates": {"ordered_at": "strftime(ordered_at, '%m/%d/%Y %H:%M')"},
    "amounts": {"amount": f"CASE WHEN amount < 0 THEN '(' || {_SIGNED} || ')' ELSE {_SIGNED} END"},
}
WRITTEN["all"] = {**WRITTEN["dates"], **WRITTEN["amounts"]}


def generate(rows: int, folder: Path) -> None:
    """Orders of two years; every file holds the same."""
    connection = open_duckdb(folder)
    connection.execute(
        f"""CREATE TABLE orders AS SELECT 'o' || i AS order_id, 'c' || draw(i, 0, 100000) AS customer_id,
                TIMESTAMP '2024-07-01' + to_minutes(draw(i, 1, 1051199)) AS ordered_at, {_MONEY} AS amount,
                ['Yes', 'No'][1 + draw(i, 4, 2)] AS status,
                CASE WHEN draw(i, 6, 10) = 0 THEN 'Voided' ELSE ['Paid', 'Refunded'][1 + draw(i, 5, 2)] END AS state
            FROM range({rows}) t(i)"""
    )
    for side in SIDES:
        new = WRITTEN.get(side, {})
        columns = ", ".join(
            f"{new.get(name, name)} AS {name}"
            for name in ("order_id", "customer_id", "ordered_at", "amount", "status", "state")
        )
        path = folder / f"{side}.csv"
        connection.execute(
            f"COPY (SELECT COLUMNS(*)::VARCHAR FROM (SELECT {columns} FROM orders)) TO '{path}' (HEADER)"
        )
        if side in ("lines", "all"):
            text = path.read_bytes()
            path.write_bytes(b"Orders\nof two years\n" + text + b"Total,,,,,\n")


def opened(side: str):
    def sums(folder: Path) -> dict[str, pd.DataFrame]:
        from cs_lib.data.open_data import open_data
        from cs_lib.edition import Edition

        source = {"path": f"{side}.csv", **SIDES[side]}
        edition = Edition(
            name="bench",
            path=folder / "bench.yaml",
            company="Shop",
            as_of="2026-07-01",
            tables={"orders": source},
            segments=("status",),
        )
        start, busy = time.perf_counter(), time.process_time()
        with open_data(edition, root=folder) as data:
            seconds, busy = time.perf_counter() - start, time.process_time() - busy
            print(f"{side}: opened in {seconds:.2f} s ({busy:.2f} of processors)", flush=True)
            orders = data.tables["orders"].select("ordered_at", "amount", "state")
            orders = data.engine.collect(orders)
        orders = orders[orders["state"] != "Voided"]
        months = orders.groupby(orders["ordered_at"].dt.to_period("M").astype(str))["amount"]
        return {"sums": months.agg(["sum", "size"]).reset_index(names="month")}

    return sums


if __name__ == "__main__":
    compare(
        __doc__,
        generate,
        {side: opened(side) for side in SIDES},
        rows=3_000_000,
        keys={"sums": ["month"]},
    )
