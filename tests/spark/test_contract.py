"""The input contract on Spark: the same rules, the same words, and the same lines of CSV files."""

import csv
from datetime import datetime

import pandas as pd
import pytest
from click.testing import CliRunner
from small_company import edition, write_company

from cs_lib.__main__ import cli

SUBSCRIPTIONS = {"subscriptions": "subs.csv"}
ORDERS = {"orders": "orders.csv"}
SURVEY = {"survey_responses": "survey.csv"}
LINES = "Spark knows the line of a row in CSV files alone; of the others rejects.csv holds each row's values."
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


def test_every_breach_is_said_with_its_line_count_and_remedy(workshop):
    workshop.write("subs.csv", TEXT)
    first, *breaches = workshop.refused(TABLES)
    assert first == (
        "subs.csv, line 6: not the 6 fields that the first line names. Correct the export: a value that "
        "holds the delimiter must stand in quotes."
    )
    assert breaches[0].startswith(
        'subs.csv, line 5, column start_date: "2026-02-30" is not a date.'
    )
    assert len(breaches) == 5 and "--allow-rejects" in breaches[-1]
    assert workshop.refused(TABLES, engine="duckdb")[1:] == breaches


def test_rows_at_fault_are_left_out_counted_and_written(workshop):
    """In two files, one of which has other line ends and its columns in another order."""
    workshop.write("subs.csv", TEXT)
    names, *others = TEXT.replace("\n", "\r\n").replace(",1,", ",9,").splitlines(keepends=True)
    workshop.write("subs_2.csv", "".join([names.replace("note", "remark"), "\r\n", *others]))
    tables = {"subscriptions": {"path": "subs*.csv", "columns": {"mrr": "price"}}}
    written = {}
    for engine in ("duckdb", "spark"):
        target = workshop.root / f"{engine}.rejects"
        data = workshop.open(tables, engine=engine, allow_rejects=True, rejects_to=target)
        [given] = data.inputs
        written[engine] = target.read_text(), data.rejects, (given.rows, given.rejected), data.as_of
    assert written["spark"] == written["duckdb"]
    text, rejects, rows, _ = written["spark"]
    assert rejects["subscriptions", "wrong number of fields"] == 2 and rows[0] == 12
    assert {tuple(line[1:4]) for line in csv.reader(text.splitlines())} >= {
        ("subs.csv", "6", "wrong number of fields"),
        ("subs_2.csv", "6", "value cannot be read"),
        ("subs_2.csv", "7", "wrong number of fields"),
    }


def test_rows_of_other_files_are_named_by_their_file(workshop):
    rows = {"customer_id": ["a", "b"], "ordered_at": ["2026-01-31", "soon"], "amount": [1, 2]}
    pd.DataFrame(rows).to_parquet(workshop.root / "orders.parquet")
    said, *_, lines = workshop.refused({"orders": "orders.parquet"}, as_of="2026-07-01")
    assert said.startswith('orders.parquet, column ordered_at: "soon" is not a date')
    assert lines == LINES


def test_two_sources_of_one_table(workshop):
    header = "order_id,customer_id,ordered_at,amount\n"
    workshop.write("a.csv", f"{header}1,a,2026-01-05,10\n2,b,2026-01-06,20\n")
    workshop.write("b.csv", f"{header}3,c,2026-01-07,5\n2,b,2026-01-06,20\n")
    tables = {"orders": ["a.csv", "b.csv"]}
    said = workshop.refused(tables)
    assert said[0].startswith('b.csv, line 3, column order_id: "2" stands in a.csv, line 3 too')
    assert said == workshop.refused(tables, engine="duckdb")
    data = workshop.open(tables, allow_rejects=True)
    assert sorted(data.engine.collect(data.tables["orders"])["order_id"]) == ["1", "2", "3"]


def test_keys_scales_and_ends(workshop):
    workshop.write("customers.csv", "customer_id,plan\na,x\nb,y\na,z\n")
    workshop.write("orders.csv", "customer_id,ordered_at,amount\nb,2027-01-01,5\n,2026-01-02,x\n")
    workshop.write(
        "survey.csv", "instrument,score,responded_at\nnps,11,2026-01-31\nnps,11,2026-01-30\n"
    )
    tables = {"customers": "customers.csv", **ORDERS, **SURVEY}
    assert workshop.refused(tables, as_of="2026-07-01")[:-1] == [
        'customers.csv, line 4, column customer_id: "a" stands already in customers.csv, line 2. Keep one row '
        "for each, or correct the export.",
        'orders.csv, line 3, column amount: "x" is not a number. Correct the export.',
        "orders.csv, line 3, column customer_id: the value is missing, and every row needs one. If the file's last line "
        "is a total, set footer: 1 for this table, or correct the export.",
        'orders.csv, line 2, column ordered_at: "2027-01-01" lies at or after as_of 2026-07-01. Correct the '
        "export, or set as_of to the day after the extract's last one.",
        'survey.csv, line 2, column score: "11" is off the nps scale of 0 to 10. Leave a code for no answer '
        "blank; answers on any other scale than 0 to 10 or 1 to 10 are of the instrument csat. (2 rows, then line 3)",
    ]


def test_an_unknown_customer_is_a_warning(workshop):
    workshop.write("customers.csv", "customer_id\na\n")
    workshop.write(
        "orders.csv", "customer_id,ordered_at,amount\na,2026-01-30,1\nzoe,2026-01-31,1\n"
    )
    [finding] = workshop.open({"customers": "customers.csv", **ORDERS}).findings
    assert finding.level == "warning" and "1 row of 1 customer" in finding.says
    assert "the first in orders.csv, line 3." in finding.says


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
        'orders.csv, line 2: the text is not UTF-8. Set encoding: "cp1252" for this table'
    )
    tables = {"orders": {"path": "orders.csv", "encoding": "latin-1"}}
    assert workshop.rows(tables)[0][0] == "Müller"


MOMENTS = {
    None: {
        "2026-01-31T10:00:00.25Z": datetime(2026, 1, 31, 11, 0, 0, 250_000),
        "2026-07-31 10:00:00+05:30": datetime(2026, 7, 31, 6, 30),
        "2026-01-31 10:00": datetime(2026, 1, 31, 10),
        "2026/1/3": datetime(2026, 1, 3),
        "2026-01-31": datetime(2026, 1, 31),
        "2026-01-31 23:30:00 PST": datetime(2026, 2, 1, 8, 30),
        "2026-01-31 11:30 PM Asia/Tokyo": datetime(2026, 1, 31, 15, 30),
        "2026-01-31 12:05 AM": datetime(2026, 1, 31, 0, 5),
        "2026-01-31 10:00 +0530": datetime(2026, 1, 31, 5, 30),
    },
    "%d.%m.%Y %H:%M": {"31.1.2026 9:05": datetime(2026, 1, 31, 9, 5)},
    "%Y%m%d": {"20260131": datetime(2026, 1, 31)},
    "%m/%d/%Y %I:%M:%S %p": {"1/31/2026 9:05:00 PM": datetime(2026, 1, 31, 21, 5)},
    "%d-%b-%Y": {"31-Jan-2026": datetime(2026, 1, 31)},
    "epoch": {"1769850000": datetime(2026, 1, 31, 10)},
    ("iso", "epoch_ms"): {"1769850000250": datetime(2026, 1, 31, 10, 0, 0, 250_000)},
}


@pytest.mark.parametrize("date_format", MOMENTS)
@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_moments_are_read_alike(workshop, engine, date_format):
    moments = MOMENTS[date_format]
    lines = [f"{number},{text},1\n" for number, text in enumerate(moments)]
    workshop.write("orders.csv", "".join(["customer_id,ordered_at,amount\n", *lines]))
    formats = list(date_format) if isinstance(date_format, tuple) else date_format
    source = {"path": "orders.csv", "date_format": formats}
    keys = {"engine": engine, "timezone": "Europe/Berlin"}
    assert workshop.rows({"orders": source}, **keys) == [
        (str(number), moment, 1_000_000) for number, moment in enumerate(moments.values())
    ]


def unread(workshop, engine: str, column: str, texts: list[str]) -> list[str]:
    """Those of the texts that cannot be read as a value of the column, each in a row of its own."""
    row = {"ordered_at": "2026-01-31", "amount": "1"}
    rows = [{**row, column: text} for text in [*row[column].split(), *texts]]
    lines = [f"{n},{each['ordered_at']},{each['amount']}\n" for n, each in enumerate(rows)]
    workshop.write("orders.csv", "".join(["customer_id,ordered_at,amount\n", *lines]))
    target = workshop.root / f"{engine}.csv"
    keys = {"engine": engine, "as_of": "2026-07-01", "allow_rejects": True, "rejects_to": target}
    data = workshop.open(ORDERS, **keys)
    assert len(data.engine.collect(data.tables["orders"])) == 1
    with target.open(encoding="utf-8", newline="") as file:
        rejected = list(csv.DictReader(file))
    assert {(each["reason"], each["column"]) for each in rejected} == {
        ("value cannot be read", column)
    }
    return sorted(each["value"] for each in rejected)


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_what_is_no_date_on_duckdb_is_none_on_spark(workshop, engine):
    texts = [
        "2026", "2026-01", "31.01.2026", "epoch", "2026-02-30", "soon", "2026-01-31 10:00 foo", "26-01-31",
    ]  # fmt: skip
    assert unread(workshop, engine, "ordered_at", texts) == sorted(texts)


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


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_what_is_no_number_on_duckdb_is_none_on_spark(workshop, engine):
    texts = ["NaN", "1_000", "12.5 €", "abc", "5d", "0x10"]
    assert unread(workshop, engine, "amount", texts) == sorted(texts)


def test_an_edition_is_checked_as_on_duckdb(spark, tmp_path, monkeypatch):
    write_company(tmp_path)
    monkeypatch.chdir(tmp_path)
    said = []
    for engine in ("duckdb", "spark"):
        path = tmp_path / "params" / f"costs_{engine}.yaml"
        text = edition(engine, "customers", "acquisition_costs")
        path.write_text(text.replace("[plan, region]", "[region]"))
        done = CliRunner().invoke(cli, ["check", path.stem], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        said.append(done.stdout.replace(f"costs_{engine}", "costs").replace(f"({engine})", "(…)"))
    assert said[0] == said[1] and "acquisition_costs" in said[0]
