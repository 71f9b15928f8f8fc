"""Every remedy that a refusal offers is applied, and then the value is read rightly."""

import re
from datetime import datetime

import pytest
import yaml
from offers import combined, offers, set_in

pytestmark = pytest.mark.slow

FIRST = datetime(2025, 1, 15)


def applied(tables, lines):
    """The tables with what the lines of a refusal offer; of several ways the first."""
    [(name, source)] = tables.items()
    source = {"path": source} if isinstance(source, str) else source
    return {name: set_in(combined([offers(line) for line in lines])[0], source, {})[0]}


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("25-01-15", FIRST),
        ("15/01/2025", FIRST),
        ("01/15/25", FIRST),
        ("15.01.25", FIRST),
        ("20250115", FIRST),
        ("15-Jan-2025", FIRST),
        ("January 15, 2025", FIRST),
        ("15/01/2025 10:30", datetime(2025, 1, 15, 10, 30)),
        ("01/15/2025 10:30 PM", datetime(2025, 1, 15, 22, 30)),
        ("01/15/2025, 10:30:05 PM", datetime(2025, 1, 15, 22, 30, 5)),
        ("20250115103000", datetime(2025, 1, 15, 10, 30)),
        ("1736899200", FIRST),
        ("1736899200000", FIRST),
        ("2025-01-15 10:30 IST", datetime(2025, 1, 15, 5)),
        ("2025-01-15 10:30 XYZ", datetime(2025, 1, 15, 9, 30)),
        ("45672", FIRST),
    ],
)
@pytest.mark.parametrize("beside", ["", "b,2025-02-01,1\n"])
def test_a_date_is_read_as_the_remedy_says(workshop, text, there, beside):
    workshop.write("orders.csv", f'customer_id,ordered_at,amount\na,"{text}",1\n{beside}')
    tables = {"orders": "orders.csv"}
    lines = workshop.refused(tables)
    if text == "45672" and beside:
        return
    rows = workshop.rows(applied(tables, lines))
    assert rows[0][1] == there
    assert [row[1] for row in rows[1:]] == ([datetime(2025, 2, 1)] if beside else [])


@pytest.mark.parametrize(
    "empty", ["NULL", r"\N", "NaT", "N/A", "-", "None", "0000-00-00", "infinity"]
)
def test_a_word_for_nothing_is_read_as_blank(workshop, empty):
    text = f"customer_id,start_date,end_date,mrr\na,2025-01-15,{empty},5\nb,2025-01-15,NA,5\n"
    text += "c,2025-01-15,2025-03-05,5\n"
    workshop.write("subs.csv", text)
    tables = {"subscriptions": "subs.csv"}
    lines = workshop.refused(tables)
    rows = workshop.rows(applied(tables, lines))
    assert [row[2] for row in rows] == [None, None, datetime(2025, 3, 5)]


def test_two_columns_of_dates_each_get_their_format(workshop):
    workshop.write(
        "subs.csv", "customer_id,start_date,end_date,mrr\na,25-01-15,,5\nb,25-01-15,1741132800,5\n"
    )
    tables = {"subscriptions": "subs.csv"}
    rows = workshop.rows(applied(tables, workshop.refused(tables)))
    assert [row[1:3] for row in rows] == [(FIRST, None), (FIRST, datetime(2025, 3, 5))]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.50", 1234.5),
        ("1.234,50", 1234.5),
        ("1 234,50", 1234.5),
        ("1'234.50", 1234.5),
        ("$1,234.50", 1234.5),
        ("-1.234,50 €", -1234.5),
        ("(12.50)", -12.5),
        ("EUR 12.50", 12.5),
    ],
)
def test_a_number_is_read_as_the_remedy_says(workshop, text, amount):
    workshop.write(
        "orders.csv", f'customer_id,ordered_at,amount\na,2025-01-15,"{text}"\nb,2025-01-15,7\n'
    )
    tables = {"orders": "orders.csv"}
    rows = workshop.rows(applied(tables, workshop.refused(tables)[:1]), rates={"EUR": 1})
    assert [row[2] / 1e6 for row in rows] == [amount, 7]


def test_a_decimal_comma_is_not_offered_where_other_rows_have_points(workshop):
    """Both are read by the mark that has one or two digits behind it, and 7.5 stays 7.5."""
    rows = 'customer_id,ordered_at,amount\na,2025-01-15,"1,5"\nb,2025-01-15,7.5\n'
    workshop.write("orders.csv", rows)
    [says, _] = workshop.refused({"orders": "orders.csv"})
    assert "decimal:" not in says and "Set columns: {amount: " in says
    found = workshop.rows(applied({"orders": "orders.csv"}, [says]))
    assert [each[2] / 1e6 for each in found] == [1.5, 7.5]


def test_three_digits_behind_one_mark_may_be_thousands(workshop):
    """Nobody knows what 1.234 is where others write 7,5 and 7.5: no expression is offered."""
    rows = 'customer_id,ordered_at,amount\na,2025-01-15,"1,5"\nb,2025-01-15,1.234\n'
    workshop.write("orders.csv", rows)
    assert workshop.refused({"orders": "orders.csv"})[0].endswith("Correct the export.")
    workshop.write("orders.csv", rows.replace("1.234", '"1,234"'))
    assert "columns:" not in workshop.refused({"orders": "orders.csv"})[0]


def test_amounts_too_large_are_read_in_thousands(workshop):
    workshop.write("orders.csv", "customer_id,ordered_at,amount\na,2025-01-15,12000000000000\n")
    tables = {"orders": "orders.csv"}
    for amount in ("12000000000000", "6000000000000\nb,2025-01-15,6000000000000"):
        workshop.write("orders.csv", f"customer_id,ordered_at,amount\na,2025-01-15,{amount}\n")
        rows = workshop.rows(applied(tables, workshop.refused(tables)[:1]))
        assert sum(row[2] for row in rows) == 12_000_000_000 * 10**6


def test_quarters_of_a_month_are_weeks(workshop):
    workshop.write(
        "subs.csv",
        "customer_id,start_date,amount,interval_months\na,2025-01-05,10,0.25\nb,2025-01-05,120,12\n",
    )
    tables = {"subscriptions": "subs.csv"}
    data = workshop.open(applied(tables, workshop.refused(tables)[:1]))
    rows = data.engine.collect(data.tables["subscriptions"])
    assert (rows["mrr"] / 1e6).tolist() == [43.333333, 10]


def test_years_outside_are_read_once_the_edition_says_so(workshop):
    workshop.write("orders.csv", "customer_id,ordered_at,amount\na,1955-01-15,1\n")
    tables = {"orders": "orders.csv"}
    line = workshop.refused(tables)[0]
    years = yaml.safe_load(re.search(r"years: (\[.*\])", line)[1])
    assert workshop.rows(tables, years=years)[0][1] == datetime(1955, 1, 15)


def test_a_scale_is_stated_as_the_remedy_says(workshop):
    workshop.write("survey.csv", "instrument,score,responded_at\ncsat,10,2025-01-15\n")
    tables = {"survey_responses": "survey.csv"}
    line = workshop.refused(tables)[0]
    offered = yaml.safe_load("{" + re.search(r"csat: \{.*\}", line)[0] + "}")
    assert len(workshop.rows(tables, definitions=offered)) == 1


def test_words_for_a_score_that_nobody_knows_are_asked_for_one_by_one(workshop):
    workshop.write(
        "rows.csv",
        "instrument,score,responded_at\ncsat,Splendid,2026-01-15\ncsat,Good,2026-01-16\ncsat,Meh,2026-01-17\ncsat,5,2026-01-18\n",
    )
    [line, *_] = workshop.refused({"survey_responses": "rows.csv"}, as_of="2026-07-01")
    assert "Say what each word means, in place of … in map: {score: {" in line
    assert "'Splendid': …" in line and "'Good': 5" in line and "'Meh': …" in line


def test_an_offset_that_names_utc_or_gmt_is_read_as_one(workshop):
    """Google Forms: 10:12 in the morning of GMT+1 is 9:12 of UTC, and half past twelve at night of GMT+5:30 is 19:00."""
    workshop.write(
        "rows.csv",
        "instrument,score,responded_at\nnps,9,2026/01/15 10:12:03 AM GMT+1\nnps,8,2026/01/15 12:30:00 AM GMT+5:30\n"
        "nps,7,2026-01-15 22:00:00 UTC-05:00\nnps,6,2026-01-15 22:00:00 GMT\n",
    )
    rows = workshop.rows({"survey_responses": "rows.csv"}, as_of="2026-07-01")
    assert [f"{each[2]:%m-%d %H:%M:%S}" for each in rows] == [
        "01-15 09:12:03",
        "01-14 19:00:00",
        "01-16 03:00:00",
        "01-15 22:00:00",
    ]
