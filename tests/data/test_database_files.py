"""SQLite and DuckDB files: asked for a table or a query, read alone, and whole."""

import sqlite3
from contextlib import closing
from datetime import datetime

import duckdb
import pytest

from cs_lib.data.fingerprints import fingerprints

JANUARY = datetime(2026, 1, 1)
COLUMNS = "customer_id, start_date, end_date, mrr, plan, note"
ROWS = [
    ("a", "2026-01-01", None, 49.5, "Pro", b"\xde\xad"),
    (1001, "2026-01-01 00:00:00", "2026-03-01", "120", "Büro", 1e-7),
]
TABLE = {"path": "crm.db", "table": "subs"}


def of(**keys) -> dict:
    return {"subscriptions": {**TABLE, **keys}}


def sqlite(workshop, rows=ROWS, name="crm.db", statement="") -> None:
    with closing(sqlite3.connect(workshop.root / name)) as made, made:
        made.execute(f"CREATE TABLE IF NOT EXISTS subs ({COLUMNS})")
        made.executemany("INSERT INTO subs VALUES (?, ?, ?, ?, ?, ?)", rows)
        if statement:
            made.execute(statement)


def duck(workshop, rows: str, name="crm.db") -> None:
    with duckdb.connect(workshop.root / name) as made:
        made.execute(f"CREATE SCHEMA billing; CREATE TABLE billing.subs AS {rows}")


def test_values_of_sqlite_are_read_by_what_they_are(workshop):
    """A column may hold values of several types; bytes are given as PostgreSQL writes them."""
    sqlite(workshop)
    assert workshop.rows(of()) == [
        ("a", JANUARY, None, 49_500_000, "Pro", r"\xdead"),
        ("1001", JANUARY, datetime(2026, 3, 1), 120_000_000, "Büro", "0.0000001"),
    ]


def test_numbers_do_not_depend_on_how_texts_are_written(workshop):
    sqlite(
        workshop,
        [("a", "2026-01-01", None, 1234.5, 1, 1), ("b", "2026-01-01", None, "1.234,5", 1, 1)],
    )
    found = workshop.rows(of(decimal=","))
    assert [row[2] for row in found] == [1_234_500_000] * 2


def test_a_query_runs_in_the_file(workshop):
    sqlite(workshop)
    told = {"path": "crm.db", "sql": "SELECT * FROM subs WHERE typeof(mrr) = 'real';"}
    assert [row[0] for row in workshop.rows({"subscriptions": told})] == ["a"]


def test_types_of_duckdb_are_kept(workshop):
    """A sum (HUGEINT), exact decimals, an endless end, a time in a zone; without a copy of other tables."""
    rows = """
        SELECT 'a' AS customer_id, DATE '2026-01-01' AS start_date, DATE 'infinity' AS end_date,
               CAST(sum(49) AS HUGEINT) AS mrr, 'x'::BLOB AS note
        UNION ALL SELECT 'b', DATE '2026-01-01', DATE '2026-03-01', 120, NULL"""
    duck(workshop, rows)
    found = workshop.rows(of(table="billing.subs"))
    assert found == [
        ("a", JANUARY, None, 49_000_000, r"\x78"),
        ("b", JANUARY, datetime(2026, 3, 1), 120_000_000, None),
    ]
    told = {
        "path": "crm.db",
        "sql": "SELECT customer_id, start_date, mrr / 3.0 AS mrr FROM billing.subs",
    }
    assert [row[2] for row in workshop.rows({"subscriptions": told})] == [16_333_333, 40_000_000]


def test_errors_name_file_row_and_column(workshop):
    sqlite(workshop, [*ROWS, ("b", "soon", None, 1, 1, 1)])
    assert workshop.refused(of())[0].startswith('crm.db, row 3, column start_date: "soon" ')


def test_nothing_is_written(workshop):
    sqlite(workshop)
    before = (workshop.root / "crm.db").read_bytes()
    for sql in (
        "DELETE FROM subs",
        "INSERT INTO subs (mrr) VALUES (1) RETURNING *",
        "CREATE TABLE t (a)",
    ):
        [line] = workshop.refused({"subscriptions": {"path": "crm.db", "sql": sql}})
        assert line.startswith("tables.subscriptions (crm.db): it cannot be asked: ")
        assert "readonly" in line or "read-only" in line
    assert (workshop.root / "crm.db").read_bytes() == before
    duck(workshop, "SELECT 1 AS a", name="b.db")
    [line] = workshop.refused(
        {"subscriptions": {"path": "b.db", "sql": "DELETE FROM billing.subs"}}
    )
    assert line.startswith("tables.subscriptions (b.db): it cannot be asked: ")


@pytest.mark.parametrize("made", [sqlite, lambda w: duck(w, "SELECT 1 AS a")])
def test_a_table_that_is_not_there(workshop, made):
    made(workshop)
    [line] = workshop.refused(of(table="subz"))
    assert line.startswith("tables.subscriptions (crm.db): it cannot be asked: ") and "subz" in line


def test_what_is_asked_of_a_database_must_be_said(workshop):
    sqlite(workshop)
    assert workshop.refused({"subscriptions": "crm.db"}) == [
        "crm.db: this is a database. Say what of it is subscriptions: table: name, or a query under sql."
    ]
    workshop.write("subs.csv", "customer_id,start_date,mrr\na,2026-01-01,1\n")
    for told in (of(path="subs.csv"), {"subscriptions": {"path": "subs.csv", "sql": "SELECT 1"}}):
        [line] = workshop.refused(told)
        assert line.startswith("tables.subscriptions: subs.csv is no SQLite or DuckDB file")


@pytest.mark.parametrize("cut", [200, 5000])
def test_a_damaged_file(workshop, cut):
    sqlite(workshop)
    workshop.write("crm.db", (workshop.root / "crm.db").read_bytes()[:cut])
    [line] = workshop.refused(of())
    assert line.startswith("tables.subscriptions (crm.db): it cannot be asked: ")


def test_a_column_twice(workshop):
    sqlite(workshop)
    told = {"path": "crm.db", "sql": "SELECT *, mrr FROM subs"}
    [line] = workshop.refused({"subscriptions": told})
    assert line.startswith("crm.db: the column mrr stands 2 times")


def test_the_fingerprint_sees_what_is_still_in_the_log(workshop):
    """What was written last may stand beside the file."""
    sqlite(workshop)
    before = fingerprints(workshop.edition(of()), root=workshop.root)
    assert before["subscriptions"] == workshop.open(of()).inputs[0].fingerprint
    with closing(sqlite3.connect(workshop.root / "crm.db")) as open_still:
        open_still.execute("PRAGMA journal_mode = WAL")
        file = (workshop.root / "crm.db").read_bytes()
        logged = fingerprints(workshop.edition(of()), root=workshop.root)
        open_still.execute("DELETE FROM subs WHERE customer_id = 'a'")
        open_still.commit()
        assert (workshop.root / "crm.db").read_bytes() == file
        assert fingerprints(workshop.edition(of()), root=workshop.root) not in (before, logged)
        assert len(workshop.rows(of())) == 1
