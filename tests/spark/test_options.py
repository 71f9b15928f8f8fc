"""What an edition says of a table holds on Spark as on DuckDB, or is refused in words."""

import pandas as pd

ORDERS = (
    "Orders of two years\n"
    "Id,Day,Amount,State,Region\n"
    'a,45672,"($1,234.50)",Paid,AMER\n'
    "b,45673.5,$2.00,paid,Americas\n"
    "c,45674,$7.00,void,EMEA\n"
    "Total,,$9.00,,\n"
)
SAID = {
    "path": "orders.csv",
    "skip": 1,
    "footer": 1,
    "columns": {"customer_id": "Id", "ordered_at": "Day", "region": "Region"},
    "date_format": "excel",
    "thousands": ",",
    "currency_sign": "$",
    "negative": "parentheses",
    "cents": ["amount"],
    "where": {"state": ["PAID"]},
    "rename": {"region": {"AMER": "Americas"}},
    "values": {"currency": "eur", "order_id": 7},
}
SURVEY = "Score,When\nGood,1736899200\nbad,1736899201\n4,1736899202\nOffered,1736899203\n"


def shown(workshop, tables, *columns, **keys):
    [name] = tables
    data = workshop.open(tables, as_of="2026-04-01", **keys)
    frame = data.engine.collect(data.engine.held(f"stage_{name}"))
    frame = frame.sort_values(list(columns))[list(columns)].astype(object)
    return [
        ["-" if pd.isna(cell) else str(cell) for cell in row]
        for row in frame.itertuples(index=False)
    ]


def test_lines_numbers_days_and_rows(workshop):
    workshop.write("orders.csv", ORDERS)
    columns = ("customer_id", "ordered_at", "amount", "currency", "region")
    assert shown(
        workshop, {"orders": SAID}, *columns, segments=["region"], rates={"EUR": 1}, currency="USD"
    ) == [
        ["a", "2025-01-15 00:00:00", "-12345000", "EUR", "Americas"],
        ["b", "2025-01-16 12:00:00", "20000", "EUR", "Americas"],
    ]


def test_words_and_constants(workshop):
    workshop.write("survey.csv", SURVEY)
    source = {
        "path": "survey.csv",
        "columns": {"responded_at": "When"},
        "values": {"instrument": "csat"},
        "map": {"score": {"good": 5, "bad": 1, "offered": None}},
        "date_format": "epoch",
    }
    found = shown(workshop, {"survey_responses": source}, "responded_at", "instrument", "score")
    assert [row[1:] for row in found] == [
        ["csat", "5000000"], ["csat", "1000000"], ["csat", "4000000"], ["csat", "-"],
    ]  # fmt: skip


def test_columns_of_months_are_read_and_movements_refused(workshop):
    workshop.write("grid.csv", "customer_id,Jan 2026,Feb 2026\na,1,2\nb,,3\n")
    source = {"path": "grid.csv", "months": "columns"}
    columns = ("customer_id", "start_date", "end_date", "mrr")
    assert shown(workshop, {"subscriptions": source}, *columns) == [
        ["a", "2026-01-01 00:00:00", "2026-02-01 00:00:00", "1000000"],
        ["a", "2026-02-01 00:00:00", "-", "2000000"],
        ["b", "2026-02-01 00:00:00", "-", "3000000"],
    ]
    workshop.write("moves.csv", "customer_id,start_date,mrr\na,2026-01-01,5\n")
    [line] = workshop.refused({"subscriptions": {"path": "moves.csv", "movements": "after"}})
    assert line.startswith("tables.subscriptions.movements is read by engine: duckdb alone.")
    [line] = workshop.refused({"subscriptions": {"path": "moves.csv", "fill_down": "customer_id"}})
    assert line.startswith("tables.subscriptions.fill_down is read by engine: duckdb alone")
