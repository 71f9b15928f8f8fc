"""A value is read whole or not at all."""

import csv
from datetime import datetime
from decimal import Decimal

import pandas as pd
import pytest

from cs_lib.data.contract.rejects import no_formula

ORDERS = {"orders": "orders.csv"}
HEAD = "customer_id,ordered_at,amount\n"
SINGAPORE = {"timezone": "Asia/Singapore"}


def moments(workshop, *texts, source=None, **keys):
    workshop.write("orders.csv", HEAD + "".join(f'a,"{text}",1\n' for text in texts))
    rows = workshop.rows({"orders": {"path": "orders.csv", **(source or {})}}, **keys)
    return [row[1] for row in rows]


def subscriptions(workshop, text, *columns, source=None, **keys):
    workshop.write("subs.csv", text)
    data = workshop.open({"subscriptions": {"path": "subs.csv", **(source or {})}}, **keys)
    return data.engine.collect(data.tables["subscriptions"])[list(columns)]


def refuses_each(workshop, column, *texts, **source):
    """Whether each of these texts is left out by its line, in one opening; gives what an error says of the first."""
    rows = [
        f'a,"{text}",1' if column == "ordered_at" else f'a,2025-01-31,"{text}"' for text in texts
    ]
    good = {"excel": "45672"}.get(source.get("date_format"), "2025-01-31")
    workshop.write("orders.csv", HEAD + "\n".join([f"a,{good},1", *rows, ""]))
    tables, to = {"orders": {"path": "orders.csv", **source}}, workshop.root / "rejects.csv"
    workshop.open(tables, allow_rejects=True, rejects_to=to)
    with to.open(encoding="utf-8", newline="") as file:
        found = [(row["line"], row["column"], row["value"]) for row in csv.DictReader(file)]
    assert found == [(f"{n}", column, no_formula(text)) for n, text in enumerate(texts, start=3)]
    begins = f'orders.csv, line 3, column {column}: "{texts[0]}" '
    said = workshop.refused(tables)[0]
    assert said.startswith(begins)
    return said.removeprefix(begins)


def mrr(workshop, text, **keys):
    found = subscriptions(workshop, "customer_id,start_date," + text, "mrr", **keys)
    return [each / 1e6 for each in found["mrr"]]


def test_what_stands_behind_a_time_is_read(workshop):
    there = {
        "2025-01-31 23:30:00 PST": datetime(2025, 2, 1, 15, 30),
        "2025-01-31 23:30:00 GMT": datetime(2025, 2, 1, 7, 30),
        "2025-01-31 23:30 UTC": datetime(2025, 2, 1, 7, 30),
        "2025-01-31 23:30:00 Asia/Tokyo": datetime(2025, 1, 31, 22, 30),
        "2025-07-31 23:30:00 America/New_York": datetime(2025, 8, 1, 11, 30),
        "2025-01-31T23:30:00-08": datetime(2025, 2, 1, 15, 30),
        "2025-01-31T23:30:00 -0800": datetime(2025, 2, 1, 15, 30),
        "2025-01-31T23:30:00.123456789+05:30": datetime(2025, 2, 1, 2, 0, 0, 123456),
        "2025-01-31 11:30 PM": datetime(2025, 1, 31, 23, 30),
        "2025-01-31 12:05:00 am": datetime(2025, 1, 31, 0, 5),
        "2025-01-31 12:05PM": datetime(2025, 1, 31, 12, 5),
        "2025-01-31 11:30 PM EST": datetime(2025, 2, 1, 12, 30),
        "2025-01-31 11:30 PM +0100": datetime(2025, 2, 1, 6, 30),
        "2025/1/5": datetime(2025, 1, 5),
    }
    assert moments(workshop, *there, **SINGAPORE) == list(there.values())


def test_what_is_not_read_whole_is_refused_with_its_line(workshop):
    texts = (
        "2025-01-31 23:30:00 foo",
        "2025-01-31 23:30:00 PST foo",
        "2025-01-31 23:30:5Z9",
        "2025-01-31 23:30:5Z",  # nineteen characters that end in a zone are not nineteen of a time
        "2025-01-31 23:30: 5",
        "2025-01-31T23: 0:05",
        "2025-01-31T23:30: 5Z",
        "2025-01-31 23:30:00 +25:00",
        "2025-01-31 13:30 PM",
        "2025-01-31 00:30 AM",
        "2025-01-31 23:30:00 IST",
        "2025-01-31 23:30:00 Mars/Olympus",
        "2025-01-31 foo",
        "2025-01-31 23",
        "06/01/26",
        "25-01-15",
        "0025-01-15",
        "20225-02-15",
        "1969-12-31",
        "2101-01-01",
    )
    said = refuses_each(workshop, "ordered_at", *texts)
    assert said.startswith("is not a date: what follows its time is not a zone.")


def test_the_years_of_an_edition_may_be_wider(workshop):
    assert moments(workshop, "1955-03-01", years=[1950, 2100]) == [datetime(1955, 3, 1)]


def test_an_end_far_off_is_no_end(workshop):
    far = ("9999-12-31", "2262-04-11 23:47:16.854775807", "2100-01-01", "")
    rows = [f"a{n},2025-01-31,{end},5" for n, end in enumerate((*far, "2099-12-31"))]
    text = "\n".join(["customer_id,start_date,end_date,mrr", *rows, ""])
    *none, last = subscriptions(workshop, text, "end_date")["end_date"]
    assert len(none) == len(far) and all(map(pd.isna, none)) and last == datetime(2099, 12, 31)


def test_years_of_typed_columns_are_looked_at_too(workshop):
    frame = pd.DataFrame({"customer_id": ["a"], "amount": [1.0]})
    frame["ordered_at"] = pd.Series([datetime(1, 1, 1)], dtype="datetime64[us]")
    frame.to_parquet(workshop.root / "orders.parquet")
    line = workshop.refused({"orders": "orders.parquet"})[0]
    assert "lies outside the years 1970 to 2100" in line


def test_a_start_in_five_digits_is_refused_and_none_is_shown_wrongly(workshop):
    workshop.write("subs.csv", "customer_id,start_date,mrr\na,2025-01-31,5\nb,20225-02-15,5\n")
    assert (
        'line 3, column start_date: "20225-02-15" is not'
        in workshop.refused({"subscriptions": "subs.csv"})[0]
    )


def test_unix_time(workshop):
    seconds = {"source": {"date_format": "epoch"}}
    assert moments(workshop, "1736899200", **seconds, **SINGAPORE) == [datetime(2025, 1, 15, 8)]
    milliseconds = {"source": {"date_format": "epoch_ms"}}
    assert moments(workshop, "1736899200500", **milliseconds) == [
        datetime(2025, 1, 15, 0, 0, 0, 500_000)
    ]


@pytest.mark.parametrize(("form", "text"), [("epoch", "1736899200000"), ("epoch_ms", "1736899200")])
def test_seconds_are_not_milliseconds(workshop, form, text):
    workshop.write("orders.csv", HEAD + f"a,{text},1\n")
    tables = {"orders": {"path": "orders.csv", "date_format": form}}
    assert f'"{text}"' in workshop.refused(tables)[0]


def test_several_formats_and_formats_by_column(workshop):
    given = {"date_format": ["iso", "%d/%m/%Y", "%d/%m/%y"]}
    assert (
        moments(workshop, "2025-01-31", "31/01/2025", "31/01/25", source=given)
        == [datetime(2025, 1, 31)] * 3
    )
    text = "customer_id,start_date,end_date,mrr\na,15.01.2025,1741132800,5\n"
    given = {"date_format": {"start_date": "%d.%m.%Y", "end_date": "epoch"}}
    row = subscriptions(workshop, text, "start_date", "end_date", source=given).iloc[0]
    assert tuple(row) == (datetime(2025, 1, 15), datetime(2025, 3, 5))


def test_a_format_of_no_column_is_refused(workshop):
    workshop.write("orders.csv", HEAD + "a,2025-01-31,1\n")
    tables = {"orders": {"path": "orders.csv", "date_format": {"orderd_at": "epoch"}}}
    assert workshop.refused(tables) == [
        "tables.orders.date_format: orderd_at is not a date of orders. Did you mean ordered_at?"
    ]


def test_words_for_nothing(workshop):
    text = (
        "customer_id,start_date,end_date,mrr,plan\na,2025-01-31,NULL,5,N/A\nb,2025-01-31,,5,Pro\n"
    )
    found = subscriptions(
        workshop, text, "end_date", "plan", source={"empty": ["NULL", "N/A"]}, segments=["plan"]
    )
    assert found["end_date"].isna().all()
    assert found["plan"].tolist() == ["(not given)", "Pro"]


def test_a_number_is_read_whole(workshop):
    texts = ("0x10", "Infinity", "nan", "１２", "5%", "1,234.50", "(5)", "5-", "1_0", "1.5.6", "$5")
    assert refuses_each(workshop, "amount", *texts).startswith("is not a number. ")


def test_marks_between_thousands_and_signs(workshop):
    def amounts(*texts, **source):
        workshop.write("orders.csv", HEAD + "".join(f'a,2025-01-31,"{each}"\n' for each in texts))
        rows = workshop.rows({"orders": {"path": "orders.csv", **source}})
        return [row[2] / 1e6 for row in rows]

    assert amounts("1,234.50", "-12", "1,234,567", thousands=",") == [1234.5, -12, 1_234_567]
    assert amounts("1\u00a0234,50", "1 234", thousands=" ", decimal=",") == [1234.5, 1234]
    assert amounts("1'234.50", "1’234", thousands="'") == [1234.5, 1234]
    assert amounts("1.234", "12.345.678", thousands=".") == [1234, 12_345_678]
    assert amounts("$ 12.50", "-$12.50", "12", currency_sign="$") == [12.5, -12.5, 12]
    assert amounts("1.234,50 €", decimal=",", currency_sign="€") == [1234.5]


def test_marks_in_other_places_are_refused(workshop):
    texts = ("12,34.50", "1,2345", "1.234,50", "$5$", "5$6")
    said = refuses_each(workshop, "amount", *texts, thousands=",", currency_sign="$")
    assert said.startswith("is not a number")


def test_dots_that_may_part_thousands_are_said(workshop):
    def said(*texts, **source):
        workshop.write("orders.csv", HEAD + "".join(f'a,2025-01-31,"{each}"\n' for each in texts))
        data = workshop.open({"orders": {"path": "orders.csv", **source}}, as_of="2025-02-01")
        return [each.says for each in data.findings]

    assert said("1.234", "12.500", "999") == [
        "orders: each dot in amount has three digits behind it (2 rows, the first in orders.csv, line 2), "
        'and is read as the decimal mark. If it parts thousands, set thousands: "." for this table.'
    ]
    assert said("1,234", decimal=",")[0].startswith("orders: each comma in amount has three digits")
    assert said("1.234", "12.50") == said("0.125", "7") == said("7", "8") == []
    assert said("1.234", "12.500", thousands=".") == []


def test_rates_are_exact(workshop):
    workshop.write(
        "orders.csv",
        "customer_id,ordered_at,amount,currency\na,2025-03-10,100000000,VND\n"
        "b,2025-03-10,1000000000000,IRR\n",
    )
    rates = {"VND": 0.0000394213, "IRR": "0.00000000000012345678"}
    rows = workshop.rows(ORDERS, rates=rates)
    assert [Decimal(row[2]) / 10**6 for row in rows] == [Decimal("3942.13"), Decimal("0.123457")]


def test_costs_are_converted_and_their_category_is_folded(workshop):
    workshop.write(
        "costs.csv",
        "month,amount,category,currency\n2025-03,600,Marketing ,USD\n2025-03,100000,SALES,jpy\n",
    )
    rows = workshop.rows(
        {"acquisition_costs": "costs.csv"}, rates={"JPY": 0.0067}, as_of="2025-04-01"
    )
    assert [(row[1], row[2]) for row in rows] == [
        (600_000_000, "marketing"),
        (670_000_000, "sales"),
    ]
    [line, _] = workshop.refused({"acquisition_costs": "costs.csv"}, as_of="2025-04-01")
    assert '"JPY" is not USD, and the edition gives no rate for it' in line


def test_weekly_terms_and_quantities(workshop):
    text = "amount,interval_months,interval_weeks,quantity\n"
    text += (
        "a,2025-01-05,10,,1,\nb,2025-01-05,120,12,,3\nc,2025-01-05,60,,4,2\nd,2025-01-05,9,1,,0\n"
    )
    assert mrr(workshop, text) == [43.333333, 30, 130, 0]
    assert mrr(workshop, "amount,interval_weeks\na,2025-01-05,10,2\n") == [21.666667]


def test_a_price_of_two_intervals_or_none_is_refused(workshop):
    text = "customer_id,start_date,amount,interval_months,interval_weeks\n"
    workshop.write("subs.csv", text + "a,2025-01-05,10,1,4\nb,2025-01-05,10,,\n")
    lines = workshop.refused({"subscriptions": "subs.csv"})
    assert any(
        'line 2, column interval_weeks: "4" stands beside interval_months 1' in each
        for each in lines
    )
    assert any("line 3, column mrr: the value is missing" in each for each in lines)


def test_an_mrr_that_is_given_is_not_multiplied(workshop):
    assert mrr(workshop, "mrr,quantity\na,2025-01-05,10,3\n") == [10]


@pytest.mark.parametrize(("amount", "rates"), [("9000000000000", {}), ("4e12", {"USD": 3})])
def test_totals_beyond_what_can_be_counted_are_refused(workshop, amount, rates):
    workshop.write(
        "orders.csv",
        f"customer_id,ordered_at,amount,currency\na,2025-01-05,{amount},USD\nb,2025-01-05,-{amount},USD\n",
    )
    currency = "VND" if rates else "USD"
    [line] = workshop.refused(ORDERS, currency=currency, rates=rates)
    assert line.startswith("orders.csv: the amounts of orders add up to ")


def test_blanks_around_a_value_are_no_part_of_it(workshop):
    """Line breaks among them: behind an id or a segment, one would make another customer or segment."""
    blanks = (" ", "\t", "\n", "\r\n", "\f", "\u00a0", "\u3000", "\ufeff")
    rows = [f'"{blank}ada{blank}","2026-01-31 ","{blank}Pro{blank}"," 2 "\n' for blank in blanks]
    head = "customer_id,ordered_at,plan,amount\n"
    workshop.write("orders.csv", head + "".join(rows))
    data = workshop.open(ORDERS, segments=["plan"])
    found = data.engine.collect(data.tables["orders"])
    assert set(found["customer_id"]) == {"ada"}
    assert set(found["plan"]) == {"Pro"}
    assert set(found["ordered_at"]) == {datetime(2026, 1, 31)}
    assert set(found["amount"]) == {2_000_000}
    assert len(found) == len(blanks)


def amounts(workshop, *texts, source=None, **keys):
    """Millionths of the amounts of orders whose amounts are written so."""
    workshop.write("orders.csv", HEAD + "".join(f'a,2025-01-15,"{text}"\n' for text in texts))
    rows = workshop.rows({"orders": {"path": "orders.csv", **(source or {})}}, **keys)
    return [row[2] for row in rows]


def test_a_number_in_parentheses_lies_below_zero(workshop):
    texts = ("($1,234.50)", "$(1,234.50)", "(1,234.50) $", "( 1,234.50 $ )", "-$1,234.50")
    source = {"negative": "parentheses", "currency_sign": "$", "thousands": ","}
    found = amounts(workshop, *texts, "12", source=source)
    assert found == [-1_234_500_000] * len(texts) + [12_000_000]


def test_parentheses_that_are_no_minus_are_refused(workshop):
    texts = ("(12", "12)", "(-12)", "((12))", "()", "(12) (13)")
    said = refuses_each(workshop, "amount", *texts, negative="parentheses")
    assert said.startswith("is not a number.")


def test_a_share_of_a_hundred(workshop):
    workshop.write(
        "plan.csv", 'month,metric,value\n2025-01,customer_churn_rate,"2,5 %"\n2025-01,mrr,1000\n'
    )
    source = {"path": "plan.csv", "percent": True, "decimal": ","}
    rows = workshop.rows({"plan": source}, as_of="2026-01-01")
    assert [row[2] for row in rows] == [25_000, 1_000_000_000]


def test_a_share_is_no_amount_of_money(workshop):
    workshop.write("orders.csv", HEAD + "a,2025-01-15,12%\n")
    line = workshop.refused({"orders": {"path": "orders.csv", "percent": True}})[0]
    assert line.endswith('"12%" is not a number. Export it without the percent sign.')


def test_cents_are_the_smallest_unit_of_each_currency(workshop):
    text = "customer_id,ordered_at,amount,currency\n"
    text += "a,2025-01-15,123456,eur\na,2025-01-15,123456,JPY\na,2025-01-15,123456,KWD\na,2025-01-15,0.5,\n"
    workshop.write("orders.csv", text)
    rates = {"EUR": 1, "JPY": 1, "KWD": 1}
    rows = workshop.rows({"orders": {"path": "orders.csv", "cents": True}}, rates=rates)
    assert [row[2] / 1e6 for row in rows] == [1234.56, 123456, 123.456, 0.005]
    assert amounts(workshop, "100", source={"cents": True}, currency="JPY") == [100_000_000]
    assert amounts(workshop, "100", source={"cents": ["amount"]}) == [1_000_000]


def test_cents_name_columns_of_money(workshop):
    workshop.write("orders.csv", HEAD + "a,2025-01-15,12\n")
    [line] = workshop.refused({"orders": {"path": "orders.csv", "cents": ["amuont"]}})
    assert line == (
        "tables.orders.cents: amuont is not an amount of money of orders. Did you mean amount?"
    )


def test_days_as_spreadsheets_count_them(workshop):
    there = {
        "45672": datetime(2025, 1, 15),
        "45672.5416666667": datetime(2025, 1, 15, 13),
        "45672.999988425924": datetime(2025, 1, 15, 23, 59, 59),
        "45716": datetime(2025, 2, 28),
        "45717": datetime(2025, 3, 1),
    }
    found = moments(workshop, *there, source={"date_format": "excel"}, **SINGAPORE)
    assert found == list(there.values())


def test_numbers_that_are_no_days_of_a_spreadsheet(workshop):
    texts = ("4567", "1736899200", "-45672", "45672.5.5", "45e3")
    refuses_each(workshop, "ordered_at", *texts, date_format="excel")


def test_words_for_nothing_stand_for_it_in_every_column_with_blanks_or_without(workshop):
    """In what is text, a date, a number and a further column; a blank field in quotation marks as well."""
    workshop.write(
        "subs.csv",
        "customer_id,start_date,end_date,mrr,end_reason,note\n"
        'a,2026-01-15, NULL ,10, NULL , NULL \nb,2026-01-16,-,20,"",""\nc,2026-01-17,2026-02-01,5,moved, x \n',
    )
    told = {"subscriptions": {"path": "subs.csv", "empty": ["NULL", "-", ""]}}
    found = [row[2:] for row in workshop.rows(told)]
    assert found == [
        (None, 10_000_000, None, None),
        (None, 20_000_000, None, None),
        (datetime(2026, 2, 1), 5_000_000, "moved", " x "),
    ]
