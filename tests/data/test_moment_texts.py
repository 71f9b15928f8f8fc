"""Days that are written as midnights of another zone, and times with and without one, are said with a key that reads them."""

import json
import sqlite3
from contextlib import closing
from datetime import datetime

import duckdb
import pytest
import xlsxwriter

from tests.data.test_plan_words import said
from tests.data.test_unread_columns import key, write

DAYS, EITHER = "midnights of another zone", "times with and without a zone"
HEAD = "customer_id,start_date,end_date,mrr"


def opened(workshop, moments, zone="UTC", **source):
    write(workshop, HEAD, *(f"c{n},{each},,10" for n, each in enumerate(moments)))
    return workshop.open({"subscriptions": {"path": "rows.csv", **source}}, as_of="2026-07-01", timezone=zone)  # fmt: skip


def starts(data):
    days = data.engine.collect(data.tables["subscriptions"])["start_date"]
    return {f"{each:%Y-%m-%d}" for each in days}


@pytest.mark.parametrize(
    ("moments", "zone"),
    [
        (["2025-12-31T23:00:00Z"] * 9 + ["2026-03-31 22:00:00 UTC"] * 9, "UTC"),
        (["2025-12-31 23:00:00"] * 9 + ["2026-03-31 22:00:00"] * 9, "UTC"),
        (["2025-12-31T18:30:00Z"] * 9 + ["2026-03-31T18:30:00Z"] * 9, "Europe/London"),
        (["2026-01-01T00:00:00Z"] * 9 + ["2026-04-01T00:00:00Z"] * 9, "America/New_York"),
    ],
)
def test_days_that_are_midnights_elsewhere(workshop, moments, zone):
    [says] = said(opened(workshop, moments, zone), DAYS)
    assert says.startswith(f'rows.csv, line 2, column start_date: "{moments[0]}" and 17 more')
    data = opened(workshop, moments, zone, **key(says, "columns"))
    assert starts(data) == {"2026-01-01", "2026-04-01"} and not said(data, DAYS)


@pytest.mark.parametrize(
    ("moment", "zone"),
    [
        ("2025-12-31T23:00:00Z", "Europe/Berlin"),
        ("2026-01-01T00:00:00Z", "UTC"),
        ("2026-01-01T05:00:00Z", "UTC"),
        ("2026-01-01T12:00:00Z", "America/New_York"),
        ("2026-01-01T00:00:00Z", "Europe/Berlin"),
    ],
)
def test_moments_that_are_read_as_the_day_that_is_meant(workshop, moment, zone):
    assert not said(opened(workshop, [moment] * 20, zone), DAYS)


def test_times_with_and_without_a_zone(workshop):
    """Four o'clock in UTC is the evening before in New York, whatever the row forgets to say."""
    moments = [f"2026-03-01T04:1{n % 6}:07{'Z' if n % 2 else ''}" for n in range(20)]
    data = opened(workshop, moments, "America/New_York")
    [says] = said(data, EITHER)
    assert 'rows.csv, line 2, column start_date: "2026-03-01T04:10:07" has no zone' in says
    assert starts(data) == {"2026-02-28", "2026-03-01"}
    data = opened(workshop, moments, "America/New_York", **key(says, "columns"))
    assert starts(data) == {"2026-02-28"} and not said(data, EITHER)


def _parquet(path, said):
    with duckdb.connect() as made:
        made.execute("SET timezone = 'Asia/Tokyo'")
        text = f"SELECT 'c' || i AS customer_id, CAST(m AS {said}) AS \"Start at\", 10 AS mrr"
        rows = "unnest(?) WITH ORDINALITY t(m, i) ORDER BY i"
        made.execute(f"COPY ({text} FROM {rows}) TO '{path}' (FORMAT parquet)", [MOMENTS])
    return {"path": path.name}


def _workbook(path, *, typed):
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["customer_id", "Start at", "mrr"])
        for n, each in enumerate(MOMENTS, 1):
            moment = datetime.fromisoformat(each[:19]) if typed else each
            sheet.write_row(n, 0, [f"c{n}", moment, 10])
    return {"path": path.name}


def _sqlite(path):
    with closing(sqlite3.connect(path)) as made:
        made.execute('CREATE TABLE subs (customer_id, "Start at", mrr)')
        rows = [(f"c{n}", each, 10) for n, each in enumerate(MOMENTS)]
        made.executemany("INSERT INTO subs VALUES (?, ?, ?)", rows)
        made.commit()
    return {"path": path.name, "table": "subs"}


def _duckdb(path):
    with duckdb.connect(path) as made:
        rows = "unnest(?) WITH ORDINALITY t(m, i) ORDER BY i"
        made.execute(f"CREATE TABLE subs AS SELECT 'c' || i AS customer_id, m AS \"Start at\", 10 AS mrr FROM {rows}", [MOMENTS])  # fmt: skip
    return {"path": path.name, "table": "subs"}


def _json(path):
    rows = [{"customer_id": f"c{n}", "Start at": each, "mrr": 10} for n, each in enumerate(MOMENTS)]
    path.write_text(json.dumps(rows))
    return {"path": path.name}


MOMENTS = ["2025-12-31T23:00:00Z"] * 9 + ["2026-03-31T22:00:00Z"] * 9
FORMS = {
    "text.parquet": (lambda path: _parquet(path, "VARCHAR"), "row 1", MOMENTS[0]),
    "naive.parquet": (lambda path: _parquet(path, "TIMESTAMP"), "row 1", "2025-12-31 23:00:00"),
    "zoned.parquet": (lambda path: _parquet(path, "TIMESTAMPTZ"), "row 1", MOMENTS[0]),
    "text.xlsx": (lambda path: _workbook(path, typed=False), "sheet Sheet1, row 2", MOMENTS[0]),
    "typed.xlsx": (
        lambda path: _workbook(path, typed=True),
        "sheet Sheet1, row 2",
        "2025-12-31T23:00:00",
    ),
    "subs.sqlite": (_sqlite, "row 1", MOMENTS[0]),
    "subs.duckdb": (_duckdb, "row 1", MOMENTS[0]),
    "subs.json": (_json, "row 1", MOMENTS[0]),
}


@pytest.mark.parametrize("name", FORMS)
def test_days_that_are_midnights_elsewhere_whatever_holds_them(workshop, name):
    write_form, row, first = FORMS[name]
    source = {**write_form(workshop.root / name), "columns": {"start_date": "Start at"}}
    told = {"as_of": "2026-07-01", "timezone": "UTC"}
    data = workshop.open({"subscriptions": source}, **told)
    [says] = said(data, DAYS)
    assert says.startswith(f'{name}, {row}, column Start at: "{first}" and 17 more')
    data = workshop.open({"subscriptions": {**source, **key(says, "columns")}}, **told)
    assert starts(data) == {"2026-01-01", "2026-04-01"} and not said(data, DAYS)
    data = workshop.open({"subscriptions": source}, **{**told, "timezone": "Europe/Berlin"})
    assert bool(said(data, DAYS)) == (first[-1] != "Z")


def test_a_zone_that_only_later_rows_have(workshop):
    """Rows near the end are looked at as well, and named by where they stand."""
    with duckdb.connect() as made:
        text = "'2026-03-01T04:10:07' || CASE WHEN i < 280 THEN '' ELSE 'Z' END"
        made.execute(f"COPY (SELECT 'c' || i AS customer_id, {text} AS start_date, 10 AS mrr FROM range(300) t(i)) TO '{workshop.root / 'late.parquet'}'")  # fmt: skip
    told = {"as_of": "2026-07-01", "timezone": "America/New_York"}
    source = {"path": "late.parquet"}
    data = workshop.open({"subscriptions": source}, **told)
    [says] = said(data, EITHER)
    assert says.startswith(
        'late.parquet, row 1, column start_date: "2026-03-01T04:10:07" has no zone'
    )
    data = workshop.open({"subscriptions": {**source, **key(says, "columns")}}, **told)
    assert starts(data) == {"2026-02-28"} and not said(data, EITHER)


INCLUSIVE = "inclusive end dates"


def ends(data):
    days = data.engine.collect(data.tables["subscriptions"])["end_date"]
    return {f"{each:%Y-%m-%d}" for each in days}


def ending(workshop, end, zone="UTC", **source):
    write(workshop, HEAD, *(f"c{n},2026-01-0{n},{end.format(n)},10" for n in range(1, 9)))
    return workshop.open({"subscriptions": {"path": "rows.csv", **source}}, as_of="2026-07-01", timezone=zone)  # fmt: skip


@pytest.mark.parametrize(
    ("end", "zone"),
    [("2026-03-0{} 23:59:59", "UTC"), ("2026-03-0{}T23:59:59.999Z", "UTC"), ("2026-03-0{}T23:59", "Europe/Berlin")],
)  # fmt: skip
def test_ends_in_the_last_minute_of_a_day(workshop, end, zone):
    """Whoever is there until 23:59:59 is there on that day, which an end that is read as a day leaves out."""
    [says] = said(ending(workshop, end, zone), INCLUSIVE)
    assert says.startswith(f'rows.csv, line 2, column end_date: "{end.format(1)}" and 7 more')
    for way, days in (("inclusive", range(2, 10)), ("exclusive", range(1, 9))):
        data = ending(workshop, end, zone, end_date=way)
        assert ends(data) == {f"2026-03-0{day}" for day in days} and not said(data, INCLUSIVE)


@pytest.mark.parametrize(
    ("end", "zone"),
    [("2026-03-0{} 12:00:00", "UTC"), ("2026-03-0{}", "UTC"), ("2026-03-0{}T23:59:59Z", "Europe/Berlin"), ("2026-03-0{} 00:00:00", "UTC")],
)  # fmt: skip
def test_ends_that_are_read_as_the_day_that_is_not_paid_for(workshop, end, zone):
    assert not said(ending(workshop, end, zone), INCLUSIVE)
