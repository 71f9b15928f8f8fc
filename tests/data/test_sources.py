"""Where the files are: globs, folders, queries, and the digests by which changed inputs are seen."""

import errno
import hashlib
import os
import time
from pathlib import Path

import pytest

from cs_lib.data.engines.duckdb_engine import DuckDBEngine
from cs_lib.data.fingerprints import fingerprints
from cs_lib.data.sources.source_files import find_files
from cs_lib.data.sources.spool_files import new_file
from cs_lib.edition import Source
from cs_lib.errors import DataError, KitError

ROWS = "customer_id,ordered_at,amount\na,2026-01-31,1\n"
ORDERS = {"orders": "orders.csv"}
QUERY = {"orders": {"sql": "SELECT * FROM read_csv('in/orders.csv', header = true) -- all\n;"}}


def test_a_missing_file_names_the_path_and_where_it_was_looked_for(workshop):
    assert workshop.refused(ORDERS) == [
        f"tables.orders: no file orders.csv in {workshop.root.resolve()}. Correct the path in the "
        "edition, or say where the data is with --data."
    ]


def test_a_missing_file_of_a_query(workshop):
    assert workshop.refused(QUERY) == [
        "tables.orders: the query reads in/orders.csv, and there is no such file in "
        f"{workshop.root.resolve()}. Correct the name, or say where the data is with --data."
    ]


def test_a_missing_folder(workshop):
    [line] = workshop.refused(ORDERS, data_dir="nowhere")
    assert line == f"--data: there is no folder {workshop.root.resolve() / 'nowhere'}."
    [line] = workshop.refused(ORDERS, data="elsewhere")
    assert line == f"acme: data: there is no folder {workshop.root.resolve() / 'elsewhere'}."


def test_the_data_folder_is_given_else_the_edition_s_else_the_root(workshop):
    for folder, customer in ((".", "root"), ("ours", "ours"), ("theirs", "theirs")):
        text = ROWS.replace("\na,", f"\n{customer},")
        workshop.write(f"{folder}/orders.csv", text)
    assert workshop.rows(ORDERS)[0][0] == "root"
    assert workshop.rows(ORDERS, data="ours")[0][0] == "ours"
    assert workshop.rows(ORDERS, data="ours", data_dir="theirs")[0][0] == "theirs"


def test_a_query_s_files_do_not_depend_on_where_one_stands(workshop, monkeypatch):
    """The engine alone would take a file of the working directory before the data folder's."""
    workshop.write("in/orders.csv", ROWS)
    workshop.write("away/in/orders.csv", ROWS.replace("\na,", "\nwrong,"))
    monkeypatch.chdir(workshop.root / "away")
    assert workshop.rows(QUERY)[0][0] == "a"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM 'in/orders.csv'",
        'FROM "in/orders.csv"',
        "WITH é AS (FROM 'in/orders.csv') SELECT 'ü' AS note, * FROM é",
        "SELECT * FROM read_csv(['in/orders.csv', 'in/orders.csv'], header = true)",
        "SELECT o.* FROM 'in/orders.csv' o JOIN (SELECT DISTINCT amount FROM 'in/*.csv') "
        "USING (amount)",
    ],
)
def test_files_are_found_wherever_a_query_names_them(workshop, query):
    workshop.write("in/orders.csv", ROWS)
    tables = {"orders": {"sql": query}}
    assert {row[0] for row in workshop.rows(tables)} == {"a"}
    edition = workshop.edition(tables)
    before = fingerprints(edition, root=workshop.root)
    workshop.write("in/orders.csv", ROWS.replace(",1\n", ",12\n"))
    assert fingerprints(edition, root=workshop.root) != before


def test_a_query_that_cannot_be_run_is_said_in_a_line(workshop):
    workshop.write("in/orders.csv", ROWS)
    query = "SELECT nonsense FROM read_csv('in/orders.csv', header = true)"
    [line] = workshop.refused({"orders": {"sql": query}})
    assert line.startswith("tables.orders: the query cannot be run: Binder Error: ")
    [line] = workshop.refused({"orders": {"sql": "SELEC 1"}})
    assert line.startswith("tables.orders: the query cannot be run: Parser Error: ")


def test_a_query_may_use_reserved_words_as_column_names(workshop):
    workshop.write("orders.csv", 'customer_id,at,amount,"order","na""me"\na,2026-01-31,1,2,x\n')
    tables = {"orders": {"path": "orders.csv", "columns": {"ordered_at": "at"}}}
    assert workshop.rows(tables)[0][3:] == ("2", "x")


def test_odd_names_of_columns(workshop):
    workshop.write("orders.csv", "Customer Id,ordered_at,amount,,a,A\na,2026-01-31,1,x,y,z\n")
    tables = {"orders": {"path": "orders.csv", "columns": {"customer_id": "Customer Id"}}}
    assert list(workshop.open(tables).given["orders"]) == [
        "customer_id",
        "ordered_at",
        "amount",
        "column_4",
        "a",
        "A_2",
    ]


@pytest.mark.parametrize(
    "tables", [ORDERS, {"orders": "o*.csv"}, {"orders": {"sql": "FROM 'o*.csv'"}}]
)
def test_a_folder_named_like_a_pattern_is_no_pattern(workshop, tables):
    """The engine would read "it's a/orders.csv" for "it's [ab]/orders.csv"."""
    workshop.write("it's a/orders.csv", ROWS.replace("\na,", "\nwrong,"))
    workshop.write("it's [ab]/orders.csv", ROWS)
    assert workshop.rows(tables, data_dir="it's [ab]")[0][0] == "a"


def test_files_of_different_kinds_are_not_one_table(workshop):
    workshop.write("in/a.csv", ROWS)
    workshop.write("in/b.json", "[]")
    [line] = workshop.refused({"orders": "in/*"})
    assert "names files that cannot be read as one table: a.csv, b.json." in line


def test_an_empty_file(workshop):
    workshop.write("orders.csv", "")
    assert workshop.refused(ORDERS) == [
        "orders.csv: the file is empty. A CSV file starts with the names of its columns."
    ]


def test_fingerprints_follow_the_contents(workshop):
    workshop.write("orders.csv", ROWS)
    edition = workshop.edition(ORDERS)
    first = fingerprints(edition, root=workshop.root)
    assert first == fingerprints(edition, root=workshop.root)
    assert first["orders"] == workshop.open(ORDERS).inputs[0].fingerprint
    workshop.write("orders.csv", ROWS + "b,2026-01-31,1\n")
    assert fingerprints(edition, root=workshop.root) != first
    workshop.write("orders.csv", ROWS)
    assert fingerprints(edition, root=workshop.root) == first


def test_fingerprints_do_not_depend_on_the_folder(workshop):
    for folder in ("one", "two"):
        workshop.write(f"{folder}/orders.csv", ROWS)
    edition = workshop.edition(ORDERS)
    assert fingerprints(edition, root=workshop.root, data_dir="one") == fingerprints(
        edition, root=workshop.root, data_dir="two"
    )


def test_an_edit_of_the_same_size_and_time_is_seen(workshop):
    path = workshop.write("orders.csv", ROWS)
    state, edition = path.stat(), workshop.edition(ORDERS)
    before = fingerprints(edition, root=workshop.root)
    workshop.write("orders.csv", ROWS.replace("a,", "b,"))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert fingerprints(edition, root=workshop.root) != before


@pytest.fixture
def large(workshop, monkeypatch):
    """A file that counts as large, last touched an hour ago as the clock of the test goes."""
    monkeypatch.setattr("cs_lib.data.sources.fingerprint.LARGE", 1)
    workshop.write("orders.csv", ROWS)
    hour = 3_600_000_000_000
    monkeypatch.setattr("time.time_ns", lambda now=time.time_ns: now() + hour)
    return workshop


def read_files(monkeypatch) -> list:
    """The files that are digested from now on."""
    read, digest = [], hashlib.file_digest
    monkeypatch.setattr(
        "hashlib.file_digest", lambda file, how: (read.append(file.name), digest(file, how))[1]
    )
    return read


def test_the_digest_of_a_large_file_is_remembered_until_something_touches_it(large, monkeypatch):
    edition, read = large.edition(ORDERS), read_files(monkeypatch)
    first = fingerprints(edition, root=large.root)
    assert fingerprints(edition, root=large.root) == first and len(read) == 1
    path = large.root / "orders.csv"
    state = path.stat()
    large.write("orders.csv", ROWS.replace("a,", "b,"))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert fingerprints(edition, root=large.root) != first, "its state changed later"


def test_what_was_written_a_moment_ago_is_not_remembered(workshop, monkeypatch):
    monkeypatch.setattr("cs_lib.data.sources.fingerprint.LARGE", 1)
    workshop.write("orders.csv", ROWS)
    edition, read = workshop.edition(ORDERS), read_files(monkeypatch)
    for _ in range(2):
        fingerprints(edition, root=workshop.root)
    assert len(read) == 2


@pytest.mark.parametrize("damage", ["", "broken {", "[]", "cut", "other digest"])
def test_a_damaged_memory_of_digests_is_not_believed(large, damage):
    edition, memo = large.edition(ORDERS), large.root / ".cache" / "fingerprints.json"
    first = fingerprints(edition, root=large.root)
    text = memo.read_text()
    digest = text.rpartition('"')[0].rpartition('"')[2]
    damaged = {"cut": text[:-9], "other digest": text.replace(digest, digest[::-1])}
    memo.write_text(damaged.get(damage, damage))
    assert fingerprints(edition, root=large.root) == first


def test_a_query_over_something_else_is_told_by_its_rows(workshop):
    query = "SELECT 'a' AS customer_id, DATE '2026-01-31' AS ordered_at, i AS amount FROM range({}) t(i)"
    few, same, many = (
        workshop.open({"orders": {"sql": query.format(n)}}).inputs[0] for n in (3, 3, 4)
    )
    assert few.fingerprint == same.fingerprint != many.fingerprint


def test_the_engine_keeps_to_its_memory_and_cleans_up(tmp_path):
    engine = DuckDBEngine(memory_limit="60MB", spill_dir=None)
    engine.run(
        "CREATE TABLE big AS SELECT i, hash(i) AS a, hash(i + 1) AS b FROM range(4000000) r(i)"
    )
    spill = engine.spill
    assert not DuckDBEngine(memory_limit=None, spill_dir=None).spill.exists()
    assert sum(each.stat().st_size for each in spill.rglob("*") if each.is_file()) > 0
    assert engine.rows("SELECT count(*) FROM big WHERE a <> b") == [(4_000_000,)]
    engine.close()
    assert not spill.exists()


def test_without_a_limit_the_engine_leaves_most_of_the_machine_to_others(tmp_path):
    def limit(engine: DuckDBEngine) -> float:
        [(told,)] = engine.rows("SELECT current_setting('memory_limit')")
        return float(told.split()[0]) * {"MiB": 1, "GiB": 1024}[told.split()[1]]

    own = limit(DuckDBEngine(memory_limit="80%", spill_dir=tmp_path))
    assert limit(DuckDBEngine(memory_limit=None, spill_dir=tmp_path)) == pytest.approx(
        max(own / 3, 1400e6 / 2**20), rel=0.02
    )


def test_an_engine_without_memory_says_what_to_do():
    engine = DuckDBEngine(memory_limit="10MB", spill_dir=None)
    with pytest.raises(KitError, match="Give the engine more with memory_limit in the edition"):
        engine.run("CREATE TABLE big AS SELECT list(i) AS l FROM range(30000000) r(i)")
    engine.close()


def test_settings_that_the_engine_refuses(workshop):
    workshop.write("orders.csv", ROWS)
    [line] = workshop.refused(ORDERS, memory_limit="much")
    assert line.startswith("memory_limit or spill_dir cannot be used: ")


def test_the_engine_s_errors_are_told_without_a_traceback(tmp_path):
    engine = DuckDBEngine(memory_limit=None, spill_dir=tmp_path)
    with pytest.raises(KitError, match="Catalog Error: Table with name nothing does not exist!"):
        engine.rows("FROM nothing")
    engine.close()


def test_a_path_longer_than_any_file_s_name_is_refused(workshop):
    [line] = workshop.refused({"orders": "a" * 5000})
    assert line.startswith("tables.orders: no file aaa")


def test_a_computed_column_gives_one_value_a_row(workshop):
    workshop.write("orders.csv", "customer_id,ordered_at,amount\na,2026-01-30,1\n")
    columns = {"customer_id": "unnest(['a', 'b'])"}
    [line] = workshop.refused({"orders": {"path": "orders.csv", "columns": columns}})
    assert line.startswith(
        "tables.orders.columns.customer_id: unnest(['a', 'b']) gives several rows"
    )


def test_a_folder_that_may_not_be_read_is_not_taken_for_an_empty_one(workshop, monkeypatch):
    def locked(path: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", locked)
    with pytest.raises(DataError, match=r"orders\.csv cannot be read: Permission denied"):
        find_files("orders", Source(path="orders.csv"), workshop.root)
    monkeypatch.undo()
    with pytest.raises(DataError, match="no file xxxx"):
        find_files("orders", Source(path="x" * 5_000), workshop.root)


def test_copies_are_for_their_owner_alone(workshop):
    folder = workshop.root / "spool"
    new_file(folder, ".csv")
    assert folder.stat().st_mode & 0o077 == 0
