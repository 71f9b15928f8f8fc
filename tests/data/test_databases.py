"""Databases by their address in the environment: a PostgreSQL server of the tests' own.

Whatever goes wrong is one sentence, and no sentence, file or log holds the secret.
"""

import threading
import time
from datetime import datetime

import pytest
from offers import offers
from postgres_server import PASSWORD, QUOTED, Server

from cs_lib.data.fingerprints import fingerprints
from cs_lib.data.open_data import open_data
from cs_lib.data.sources import databases
from cs_lib.edition import Source
from cs_lib.errors import DataError, EditionError
from cs_lib.metrics.audit import cache

NAME = "ACME_DB"
SECRETS = (PASSWORD, QUOTED, "s3cr3t", "w#rd", "w%23rd")
JANUARY = datetime(2026, 1, 1)
TABLE = {"subscriptions": {"connection": f"env:{NAME}", "table": "billing.subs"}}
SUBS = """
    DROP SCHEMA IF EXISTS billing CASCADE;
    CREATE SCHEMA billing;
    CREATE TABLE billing.subs (
        customer_id text, start_date date, end_date date, mrr numeric(12, 2), plan text,
        noted timestamptz, raw bytea, extra jsonb, own uuid
    );
    INSERT INTO billing.subs VALUES
        ('a', '2026-01-01', NULL, 49.50, 'Pro', '2026-01-01 10:00+00', '\\xDEAD', '{}', NULL),
        ('b', '2026-01-01', 'infinity', 1234.56, NULL, 'infinity', NULL, NULL,
         '81a8ff82-5c6f-40a2-aecb-a1e64a37bf83'),
        ('c', '2026-01-01', '2026-03-01', 0.1, 'Büro', NULL, '', NULL, NULL);
"""


def query(sql: str, **keys) -> dict:
    return {"subscriptions": {"connection": f"env:{NAME}", "sql": sql, **keys}}


@pytest.fixture
def subs(server, monkeypatch) -> Server:
    monkeypatch.setenv(NAME, server.address)
    server.run(SUBS)
    return server


def refused(workshop, tables: dict, **keys) -> str:
    """The one sentence with which a database is refused; it holds no secret."""
    lines = workshop.refused(tables, **keys)
    assert not any(secret in line for secret in SECRETS for line in lines)
    assert len(lines) == 1
    return lines[0]


def test_an_address_that_is_not_set(workshop, monkeypatch):
    monkeypatch.delenv(NAME, raising=False)
    assert refused(workshop, TABLE) == (
        "tables.subscriptions: ACME_DB is not set. Set it in the environment to the address of the "
        "database, such as postgresql://user:password@host:port/database."
    )


def test_an_address_that_is_none(workshop, monkeypatch):
    monkeypatch.setenv(NAME, f"host=db password={PASSWORD}")
    assert refused(workshop, TABLE).startswith(
        "tables.subscriptions: ACME_DB is not written as postgresql://user:password@host:port/database"
    )


@pytest.mark.parametrize(
    "told", [QUOTED, [QUOTED], {"url": QUOTED}, f"postgresql://kit:{QUOTED}@db/x", "env: A"]
)
def test_a_password_in_an_edition_is_refused_and_not_repeated(workshop, told):
    with pytest.raises(EditionError) as caught:
        workshop.edition({"subscriptions": {"connection": told, "table": "subs"}})
    assert "tables.subscriptions.connection: write env:NAME" in str(caught.value)
    assert not any(secret in str(caught.value) for secret in SECRETS)


def test_a_driver_that_is_not_there(workshop, monkeypatch):
    monkeypatch.setenv(NAME, f"snowflake://kit:{QUOTED}@acme/billing")
    monkeypatch.setitem(__import__("sys").modules, "adbc_driver_snowflake.dbapi", None)
    assert refused(workshop, TABLE) == (
        "tables.subscriptions: the database in ACME_DB needs a driver. Install it: pip install "
        "'cs-report-kit[snowflake]'."
    )


@pytest.mark.parametrize(
    ("sql", "reads"),
    [
        ("SELECT a FROM b;", True),
        ("SELECT ';' AS a, \"b;c\" FROM `d;e` -- all; of it\n/* no; */", True),
        ("SELECT 'it''s' || 'a\\';' AS a", True),
        ("SELECT 1; DELETE FROM subs", False),
        ("SELECT '\\'' ; DELETE FROM subs", False),
        ("DELETE FROM subs", False),
    ],
)
def test_one_statement_that_reads_is_what_other_databases_are_asked(sql, reads):
    source = Source(connection="env:ACME_DB", sql=sql)
    if reads:
        databases._only_read(None, databases.BIGQUERY, source, "the database")
    else:
        with pytest.raises(DataError, match="the kit only reads"):
            databases._only_read(None, databases.BIGQUERY, source, "the database")


@pytest.mark.slow
def test_values_are_read_by_their_types(workshop, subs):
    """Exact numbers, no end for infinity, bytes and what else there is as text."""
    found = workshop.rows(TABLE, timezone="Europe/Berlin")
    assert found == [
        ("a", JANUARY, None, 49_500_000, "Pro", "2026-01-01 11:00:00+01", r"\xdead", "{}", None),
        ("b", JANUARY, None, 1_234_560_000, None, "infinity", None, None,
         "81a8ff82-5c6f-40a2-aecb-a1e64a37bf83"),
        ("c", JANUARY, datetime(2026, 3, 1), 100_000, "Büro", None, r"\x", None, None),
    ]  # fmt: skip
    assert [row[3] for row in workshop.rows(query("SELECT * FROM billing.subs;", decimal=","))] == [
        49_500_000,
        1_234_560_000,
        100_000,
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("date '-infinity' AS start_date, 1 AS mrr", 'row 1, column start_date: "-infinity" '),
        ("timestamp 'infinity' AS start_date, 1 AS mrr", 'row 1, column start_date: "infinity" '),
        (
            "date '0044-03-15 BC' AS start_date, 1 AS mrr",
            'row 1, column start_date: "0044-03-15 (BC)" ',
        ),
        ("date '2026-01-01' AS start_date, 'NaN'::numeric AS mrr", 'row 1, column mrr: "nan" '),
        (
            "date '2026-01-01' AS start_date, 'NaN'::float8 AS mrr",
            "column mrr: the value is missing",
        ),
        ("date '2026-01-01' AS start_date, '1.5'::money AS mrr", "is of the type money"),
    ],
)
def test_a_value_that_is_none_is_refused(workshop, subs, value, says):
    lines = workshop.refused(query(f"SELECT 'a' AS customer_id, {value}"))
    assert says in lines[0]


@pytest.mark.slow
def test_numbers_and_dates_that_are_text(workshop, subs):
    sql = "SELECT 7 AS customer_id, '31/01/2026' AS start_date, '1.234,50' AS mrr"
    tables = query(sql, decimal=",", date_format="%d/%m/%Y")
    assert workshop.rows(tables) == [("7", datetime(2026, 1, 31), 1_234_500_000)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["timestamptz", "text"])
def test_days_that_are_midnights_of_another_zone(workshop, subs, kind):
    """Midnights of Berlin: of a company in UTC they would be the day before."""
    moment = "'2025-12-31T23:00:00Z'"
    sql = f"SELECT n AS customer_id, CAST({moment} AS {kind}) AS start_date, 9 AS mrr FROM generate_series(1, 20) n"
    tables = query(sql)
    data = workshop.open(tables, as_of="2026-07-01")
    [says] = [each.says for each in data.findings if "midnights of another" in each.says]
    assert 'row 1, column start_date: "2025-12-31T23:00:00Z" and 19 more' in says
    [way] = [each for each in offers(says) if "columns" in each]
    rows = workshop.rows({"subscriptions": {**tables["subscriptions"], **way}}, as_of="2026-07-01")
    assert {row[1] for row in rows} == {JANUARY}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "says"),
    [
        (("s3cr3t", "s3cr3u"), "refuses the user or the password. Correct them in ACME_DB."),
        (("kit:", "nobody:"), "refuses the user or the password. Correct them in ACME_DB."),
        (("/postgres", "/nowhere"), "does not exist. Correct its name in ACME_DB."),
        (
            ("127.0.0.1", "nohost.invalid"),
            "stands on a host that nobody knows. Correct it in ACME_DB.",
        ),
        (
            (":%(port)s/", ":1/"),
            "cannot be reached. Is it running, and may this machine connect to it?",
        ),
        (
            ("/postgres", "/postgres?sslmode=require"),
            "does not let this machine in as ACME_DB asks. ",
        ),
        (("%2F", "/"), "cannot be opened. Is ACME_DB written as postgresql://"),
        (("%25", "%ZZ"), "cannot be opened. Is ACME_DB written as postgresql://"),
        (("%40", "@"), "stands on a host that nobody knows. "),
    ],
)
def test_no_connection(workshop, subs, monkeypatch, address, says):
    old, new = (each % {"port": subs.port} if "(port)" in each else each for each in address)
    assert old in subs.address
    monkeypatch.setenv(NAME, subs.address.replace(old, new))
    assert refused(workshop, TABLE).startswith(
        f"tables.subscriptions: the database in ACME_DB {says}"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT * FROM nowhere", 'cannot run the query: relation "nowhere" does not exist. '),
        (
            "SELECT nothing FROM billing.subs",
            'cannot run the query: column "nothing" does not exist. ',
        ),
        ("SELEC 1", 'cannot run the query: syntax error at or near "SELEC". '),
        (
            "SELECT 1; DROP TABLE billing.subs",
            "cannot run the query: cannot insert multiple commands ",
        ),
        ("SELECT 1/0 AS mrr", "cannot run the query: division by zero. "),
        (f"SELECT '{PASSWORD}'::int", "cannot run the query: its message holds what is secret. "),
        (
            "DELETE FROM billing.subs RETURNING *",
            "would be written to by the query, and the kit only reads.",
        ),
        ("SELECT pg_sleep(9)", "stopped the query after 1 s. Ask for less, or set timeout: 4 "),
    ],
)
def test_a_query_that_cannot_be_run(workshop, subs, sql, says):
    line = refused(workshop, query(sql, timeout=1))
    assert line.startswith(f"tables.subscriptions: the database in ACME_DB {says}")
    assert len(workshop.rows(TABLE)) == 3


@pytest.mark.slow
def test_a_connection_that_is_lost_on_the_way(workshop, subs):
    """The server ends the session while it makes the rows."""
    sql = "SELECT n, pg_sleep(0.01) FROM generate_series(1, 2000) AS all_of(n)"
    ending = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%all_of%' AND "
        "state = 'active' AND clock_timestamp() - query_start > '0.5 s' AND pid <> pg_backend_pid()"
    )

    def end_once_it_runs():
        until = time.monotonic() + 30
        while not subs.run(ending).strip() and time.monotonic() < until:
            time.sleep(0.1)

    killer = threading.Thread(target=end_once_it_runs)
    killer.start()
    line = refused(workshop, query(sql))
    killer.join()
    assert line == (
        "tables.subscriptions: the database in ACME_DB was lost while its rows were on their way. Run again."
    )


@pytest.mark.slow
def test_a_query_is_run_once_and_its_rows_are_the_fingerprint(workshop, subs, monkeypatch):
    """The same rows in another order are the same; measures are kept while nothing changed there."""
    edition = workshop.edition(TABLE)
    before = fingerprints(edition, root=workshop.root)
    with open_data(edition, root=workshop.root) as data:
        assert data.inputs[0].fingerprint == before["subscriptions"]
        assert data.inputs[0].source == "billing.subs in ACME_DB"
    asked, computed = [], []
    monkeypatch.setattr(
        "cs_lib.data.sources.databases.fetch",
        _counting("cs_lib.data.sources.databases.fetch", asked),
    )
    monkeypatch.setattr(cache, "compute", _counting("cs_lib.metrics.audit.cache.compute", computed))
    cache.load_measures(edition, root=workshop.root)
    assert (len(asked), len(computed)) == (1, 1)
    subs.run("CREATE TABLE t AS SELECT * FROM billing.subs ORDER BY 1 DESC; TRUNCATE billing.subs; "
             "INSERT INTO billing.subs SELECT * FROM t; DROP TABLE t")  # fmt: skip
    found = cache.load_measures(edition, root=workshop.root)
    assert (len(asked), len(computed)) == (2, 1)
    subs.run("UPDATE billing.subs SET mrr = 50 WHERE customer_id = 'a'")
    assert fingerprints(edition, root=workshop.root) != before
    cache.load_measures(edition, root=workshop.root)
    assert len(computed) == 2
    kept = "".join(
        path.read_text(encoding="utf-8", errors="replace")
        for path in (workshop.root / ".cache").rglob("*")
        if path.is_file()
    )
    assert NAME in kept and not any(secret in kept + repr(found.data) for secret in SECRETS)


def _counting(name: str, calls: list):
    from pydoc import locate

    own = locate(name)

    def counted(*args, **keys):
        calls.append(args)
        return own(*args, **keys)

    return counted
