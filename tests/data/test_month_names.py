"""Months by their names in other languages than English: columns of months, months of costs, days."""

import re
from datetime import datetime
from itertools import product

import duckdb
import pytest
from babel.dates import get_month_names

from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.sources.month_names import LANGUAGES, in_english, in_english_sql, month_words
from tests.data.test_months_and_movements import cells

SUBS, COSTS = "subscriptions", "acquisition_costs"


def date_format(says):
    """The key of that name as a message spells it."""
    [first, *_] = re.findall('date_format: "([^"]+)"', says)
    return {"date_format": first}


def names():
    """Every name of a month that babel knows in these languages, with its month."""
    ways = product(("abbreviated", "wide"), ("format", "stand-alone"), LANGUAGES)
    return {(name, month) for way in ways for month, name in get_month_names(*way).items()}


def test_no_name_means_two_months():
    words = {(name.lower().rstrip("."), month) for name, month in names()}
    assert len({word for word, _ in words}) == len(words)
    assert dict(words).items() <= month_words().items()
    assert month_words()["fevrier"] == 2 and month_words()["marz"] == 3


def test_both_ways_of_reading_agree_on_every_name():
    """Python's, which proposes formats and reads headers, and the engine's, which reads values."""
    for form in ("%d %b %Y", "%d. %B %y"):
        given = [(f"3 {name} 2026", month) for name, month in sorted(names())]
        texts = ", ".join(f"({DUCKDB.literal(text)})" for text, _ in given)
        asked = in_english_sql("text", form, DUCKDB)
        found = duckdb.sql(f"SELECT {asked} FROM (VALUES {texts}) t(text)").fetchall()
        for (text, month), (sql,) in zip(given, found, strict=True):
            assert in_english(text, form) == sql
            code = "%d %B %Y" if "%B" in form else "%d %b %Y"
            assert datetime.strptime(sql, code) == datetime(2026, month, 3), text


@pytest.mark.parametrize(
    ("head", "first", "last"),
    [
        ("Jan-26,Feb-26,Mar-26", "Jan-26 (2026-01)", "Mar-26 (2026-03)"),
        ("janv. 2026,févr. 2026,mars 2026", "janv. 2026", "mars 2026"),
        ("Jän 26,Feber 26,Mär 26", None, None),
        ("Jan 26,Feb 26,Mär 26", "Jan 26 (2026-01)", "Mär 26 (2026-03)"),
        ("ene-2026,feb-2026,mar-2026", "ene-2026", "mar-2026"),
    ],
)
def test_columns_of_months(workshop, head, first, last):
    workshop.write("grid.csv", f"customer_id,{head}\na,10,,12\n")
    table = {SUBS: {"path": "grid.csv", "months": "columns"}}
    if first is None:
        assert "Is it one of Feber 26?" in workshop.refused(table, as_of="2026-04-01")[0]
        return
    assert cells(workshop, table, "start_date", "end_date", "mrr", sort="start_date") == [
        "2026-01-01 2026-02-01 10",
        "2026-03-01 - 12",
    ]
    said = [each.says for each in workshop.opened[-1].findings]
    assert f"subscriptions: 3 columns of months, {first} to {last}." in said


def test_columns_of_months_that_no_key_speaks_of(workshop):
    """The refusal names the key, and with it the date_format, that reads them."""
    workshop.write("grid.csv", "customer_id,01.2026,02.2026\na,10,12\n")
    *_, says = workshop.refused({SUBS: "grid.csv"}, as_of="2026-03-01")
    assert says.startswith("grid.csv: 2 of its columns are named as months, such as 01.2026.")
    told = {"path": "grid.csv", "months": "columns"}
    assert "months: columns" in says and "leave these out of columns" in says
    read = {**told, **date_format(says)}
    assert cells(workshop, {SUBS: read}, "start_date", "mrr", sort="start_date", as_of="2026-03-01") == [
        "2026-01-01 10",
        "2026-02-01 12",
    ]  # fmt: skip
    [refused] = workshop.refused({SUBS: told}, as_of="2026-03-01")
    assert date_format(refused) == date_format(says)


@pytest.mark.parametrize(
    "days",
    [
        ("3 janvier 2026", "14 févr. 2026", "1 AOÛT 2026"),
        ("3. Januar 2026", "14. Februar 2026", "1. August 2026"),
        ("3 de enero de 2026", "14 de febrero de 2026", "1 de agosto de 2026"),
        ("3 Jan 2026", "14 February 2026", "1 Aug 2026"),
    ],
)
def test_days_are_read_by_the_key_that_the_refusal_offers(workshop, days):
    rows = "".join(f"{name},{day},10\n" for name, day in zip("abc", days, strict=True))
    workshop.write("subs.csv", "customer_id,start_date,mrr\n" + rows)
    says = workshop.refused({SUBS: "subs.csv"}, as_of="2026-09-01")[0]
    table = {SUBS: {"path": "subs.csv", **date_format(says)}}
    found = cells(workshop, table, "start_date", sort="start_date", as_of="2026-09-01")
    assert found == ["2026-01-03", "2026-02-14", "2026-08-01"]


def test_a_word_that_is_no_month_is_refused_and_never_another_month(workshop):
    workshop.write("costs.csv", "month,amount\nMärz 2026,5\nMärzen 2026,5\n")
    table = {
        COSTS: {"path": "costs.csv", "date_format": "%b %Y", "values": {"category": "marketing"}}
    }
    [says, *_] = workshop.refused(table, as_of="2026-09-01")
    assert says.startswith('costs.csv, line 3, column month: "Märzen 2026" is not a month')
