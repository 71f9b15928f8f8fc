"""The input contract on Spark: the same rules and the same words, with a file where DuckDB knows the line."""

import csv
from datetime import date, datetime

import pytest

SUBSCRIPTIONS = {"subscriptions": "subs.csv"}
ORDERS = {"orders": "orders.csv"}
SURVEY = {"survey_responses": "survey.csv"}
LINES = "Spark knows the file of a row and not its line; rejects.csv then holds each row's values."
TEXT = (
    "customer_id,start_date,end_date,price,subscription_id,note\n"
    'a,2026-01-01,,10,1,"two\nlines"\n'
    "b,2026-01-05,2026-01-01,60,2,x\n"
    'c,2026-02-30,,"1.200,00",3,x\n'
    "d,2026-02-03,,10\n"
    "a,2026-02-03,,5,1,y\n"
    "e,2026-01-31,,7,,z\n"
)
TABLES = {"subscriptions": {"path": "subs.csv", "columns": {"mrr": "price"}}}


def test_every_breach_is_said_with_its_file_count_and_remedy(workshop):
    workshop.write("subs.csv", TEXT)
    *breaches, way_on, lines = workshop.refused(TABLES)
    assert breaches == [
        "subs.csv: not the 6 fields that the first line names. Correct the export: a value that "
        "holds the delimiter must stand in quotes.",
        'subs.csv, column start_date: "2026-02-30" is not a date. Write it as 2026-06-30, or set '
        "date_format for this table.",
        'subs.csv, column price: "1.200,00" is not a number. Set decimal: "," for this table, or '
        "correct the export.",
        'subs.csv, column end_date: "2026-01-01" lies before its start_date 2026-01-05. Correct '
        "the export; an end_date is the first day no longer paid for.",
        'subs.csv, column subscription_id: "1" is still running in an earlier row when this one '
        "starts: it would be counted twice. End the earlier row where this one starts, or give it "
        "an id of its own.",
    ]
    assert "--allow-rejects" in way_on and lines == LINES


def test_rows_at_fault_are_left_out_counted_and_written(workshop):
    workshop.write("subs.csv", TEXT)
    target = workshop.root / "rejects.csv"
    data = workshop.open(TABLES, allow_rejects=True, rejects_to=target)
    assert data.rejects == {
        ("subscriptions", "wrong number of fields"): 1,
        ("subscriptions", "value cannot be read"): 2,
        ("subscriptions", "end before start"): 1,
        ("subscriptions", "overlapping subscription"): 1,
    }
    [given] = data.inputs
    assert (given.rows, given.rejected, data.as_of) == (6, 4, date(2026, 2, 4))
    assert sorted(data.engine.collect(data.tables["subscriptions"])["customer_id"]) == ["a", "e"]
    with target.open(encoding="utf-8", newline="") as file:
        _, first, *others = list(csv.reader(file))
    assert first == [
        "subscriptions", "subs.csv", "", "wrong number of fields", "", "", "d,2026-02-03,,10",
    ]  # fmt: skip
    assert [(row[1], row[2], row[3], row[5]) for row in others] == [
        ("subs.csv", "", "end before start", "2026-01-01"),
        ("subs.csv", "", "value cannot be read", "1.200,00"),
        ("subs.csv", "", "value cannot be read", "2026-02-30"),
        ("subs.csv", "", "overlapping subscription", "1"),
    ]
    assert '"customer_id": "b"' in others[0][6]


def test_keys_scales_and_ends(workshop):
    workshop.write("customers.csv", "customer_id,plan\na,x\nb,y\na,z\n")
    workshop.write("orders.csv", "customer_id,ordered_at,amount\nb,2027-01-01,5\n,2026-01-02,x\n")
    workshop.write(
        "survey.csv", "instrument,score,responded_at\nnps,11,2026-01-31\nnps,11,2026-01-30\n"
    )
    tables = {"customers": "customers.csv", **ORDERS, **SURVEY}
    assert workshop.refused(tables, as_of="2026-07-01")[:-2] == [
        'customers.csv, column customer_id: "a" stands already in customers.csv. Keep one row for '
        "each, or correct the export.",
        'orders.csv, column amount: "x" is not a number. Correct the export.',
        "orders.csv, column customer_id: the value is missing, and every row needs one. Correct "
        "the export.",
        'orders.csv, column ordered_at: "2027-01-01" lies at or after as_of 2026-07-01. Correct the '
        "export, or set as_of to the day after the extract's last one.",
        'survey.csv, column score: "11" is off the nps scale of 0 to 10. Leave a code for no answer '
        "blank; answers on any other scale than 0 to 10 or 1 to 10 are of the instrument csat. (2 rows)",
    ]


def test_an_unknown_customer_is_a_warning(workshop):
    workshop.write("customers.csv", "customer_id\na\n")
    workshop.write(
        "orders.csv", "customer_id,ordered_at,amount\na,2026-01-30,1\nzoe,2026-01-31,1\n"
    )
    [finding] = workshop.open({"customers": "customers.csv", **ORDERS}).findings
    assert finding.level == "warning" and "1 row of 1 customer" in finding.says
    assert "the first in orders.csv." in finding.says


def test_an_end_of_extract_cliff_is_seen(workshop):
    rows = [(n, "2026-06-01") for n in range(12)]
    rows += [(20 + n, f"2025-{n + 2:02d}-15") for n in range(8)]
    text = "".join(f"{n},c{n},2025-01-01,{end},10\n" for n, end in rows)
    workshop.write("subs.csv", "subscription_id,customer_id,start_date,end_date,mrr\n" + text)
    [cliff] = workshop.open(SUBSCRIPTIONS, as_of="2026-07-01").findings
    assert cliff.says.startswith(
        "2026-06: 12 of 12 customers paying at its opening end in it (100%; 2.6% a month"
    )


def test_a_missing_column_and_a_broken_query(workshop):
    workshop.write("subs.csv", "customer_no,start_date,mrr\na,2026-01-01,10\n")
    tables = {**SUBSCRIPTIONS, "orders": {"sql": "SELECT * FROM nowhere_at_all"}}
    query, column = workshop.refused(tables)
    assert query.startswith("tables.orders (SQL) cannot be read: ") and "nowhere_at_all" in query
    assert column.startswith("subs.csv: there is no column customer_id, which subscriptions needs.")


def test_bytes_that_are_not_utf8(workshop):
    text = "customer_id,ordered_at,amount\nMüller,2026-01-31,1\n".encode("latin-1")
    workshop.write("orders.csv", text)
    assert workshop.refused(ORDERS, as_of="2026-07-01")[0].startswith(
        'orders.csv: the text is not UTF-8. Set encoding: "cp1252" for this table'
    )
    tables = {"orders": {"path": "orders.csv", "encoding": "latin-1"}}
    assert workshop.rows(tables)[0][0] == "Müller"


@pytest.mark.parametrize(
    ("text", "date_format", "moment"),
    [
        ("2026-01-31T10:00:00.25Z", None, datetime(2026, 1, 31, 11, 0, 0, 250_000)),
        ("2026-07-31 10:00:00+05:30", None, datetime(2026, 7, 31, 6, 30)),
        ("2026-01-31 10:00", None, datetime(2026, 1, 31, 10)),
        ("2026/1/3", None, datetime(2026, 1, 3)),
        ("2026-01-31", None, datetime(2026, 1, 31)),
        ("31.1.2026 9:05", "%d.%m.%Y %H:%M", datetime(2026, 1, 31, 9, 5)),
        ("20260131", "%Y%m%d", datetime(2026, 1, 31)),
        ("1/31/2026 9:05:00 PM", "%m/%d/%Y %I:%M:%S %p", datetime(2026, 1, 31, 21, 5)),
        ("31-Jan-2026", "%d-%b-%Y", datetime(2026, 1, 31)),
        ("2026-01-31 23:30:00 PST", None, datetime(2026, 2, 1, 8, 30)),
        ("2026-01-31 11:30 PM Asia/Tokyo", None, datetime(2026, 1, 31, 15, 30)),
        ("2026-01-31 12:05 AM", None, datetime(2026, 1, 31, 0, 5)),
        ("2026-01-31 10:00 +0530", None, datetime(2026, 1, 31, 5, 30)),
        ("1769850000", "epoch", datetime(2026, 1, 31, 10)),
        ("1769850000250", ["iso", "epoch_ms"], datetime(2026, 1, 31, 10, 0, 0, 250_000)),
    ],
)
@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_moments_are_read_alike(workshop, engine, text, date_format, moment):
    workshop.write("orders.csv", f"customer_id,ordered_at,amount\na,{text},1\n")
    source = {"path": "orders.csv", "date_format": date_format}
    keys = {"engine": engine, "timezone": "Europe/Berlin"}
    assert workshop.rows({"orders": source}, **keys) == [("a", moment, 1_000_000)]


@pytest.mark.parametrize(
    "text",
    [
        "2026",
        "2026-01",
        "31.01.2026",
        "epoch",
        "2026-02-30",
        "soon",
        "2026-01-31 10:00 foo",
        "26-01-31",
    ],
)
def test_what_is_no_date_on_duckdb_is_none_on_spark(workshop, text):
    workshop.write("orders.csv", f"customer_id,ordered_at,amount\na,{text},1\n")
    for engine in ("duckdb", "spark"):
        [said, *_] = workshop.refused(ORDERS, engine=engine, as_of="2026-07-01")
        assert f'column ordered_at: "{text}" is not a date' in said


def test_numbers_are_read_alike(workshop):
    """Half away from zero, whatever the engine; and exactly, whatever the size."""
    texts = ["0.1", "-19.99", "+5", "1e3", "9007199254.740993", "0.0000005", "-0.0000005", " 7 "]
    rows = "".join(f"a,2026-01-31,{text},EUR\n" for text in texts)
    workshop.write("orders.csv", "customer_id,ordered_at,amount,currency\n" + rows)
    found = [workshop.rows(ORDERS, engine=e, rates={"EUR": 1.08}) for e in ("duckdb", "spark")]
    assert found[0] == found[1]
    workshop.write(
        "subs.csv",
        "customer_id,start_date,amount,interval_months\n"
        "a,2026-01-31,100,3\nb,2026-01-31,0.000001,2\nc,2026-01-31,1200,12\n",
    )
    assert [row[-1] for row in workshop.rows(SUBSCRIPTIONS, as_of="2026-07-01")] == [
        33_333_333, 1, 100_000_000,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["NaN", "1_000", "12.5 €", "abc", "5d", "0x10"])
def test_what_is_no_number_on_duckdb_is_none_on_spark(workshop, text):
    workshop.write("orders.csv", f"customer_id,ordered_at,amount\na,2026-01-31,{text}\n")
    for engine in ("duckdb", "spark"):
        [said, *_] = workshop.refused(ORDERS, engine=engine)
        assert f'column amount: "{text}" is not a number' in said
