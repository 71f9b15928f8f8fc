"""What a source's text becomes: exact money, naive moments in the edition's zone, plain text."""

import json
from datetime import datetime
from decimal import Decimal

import pandas as pd
import pytest

ORDERS = {"orders": "orders.csv"}
HEAD = "customer_id,ordered_at,amount\n"


def moments(workshop, *texts, **keys):
    workshop.write("orders.csv", HEAD + "".join(f'a,"{text}",1\n' for text in texts))
    return [row[1] for row in workshop.rows(ORDERS, **keys)]


def amounts(workshop, *texts, **options):
    workshop.write("orders.csv", HEAD + "".join(f'a,2026-01-31,"{text}"\n' for text in texts))
    return [row[2] for row in workshop.rows({"orders": {"path": "orders.csv", **options}})]


def test_money_is_exact_millionths_rounded_half_away_from_zero(workshop):
    given = ["0.1", " 12 ", "-3.5", "1e3", "0.0000005", "-0.0000005", "0.00000049999", "1234567.89"]
    assert amounts(workshop, *given) == [
        100_000,
        12_000_000,
        -3_500_000,
        1_000_000_000,
        1,
        -1,
        0,
        1_234_567_890_000,
    ]


def test_text_never_passes_through_a_float(workshop):
    assert amounts(workshop, "9007199254.740993") == [9_007_199_254_740_993]


def test_decimal_commas(workshop):
    given = ["1.200,00", "1200,5", "-7", "1.234.567,891"]
    assert amounts(workshop, *given, decimal=",") == [
        1_200_000_000,
        1_200_500_000,
        -7_000_000,
        1_234_567_891_000,
    ]


def test_a_decimal_point_in_a_table_of_commas_is_refused(workshop):
    """1.5 would be read as fifteen."""
    workshop.write("orders.csv", HEAD + "a,2026-01-31,1.5\n")
    [line, _] = workshop.refused({"orders": {"path": "orders.csv", "decimal": ","}})
    assert line == (
        'orders.csv, line 2, column amount: "1.5" is not a number. '
        'Leave out decimal: "," for this table, or correct the export.'
    )


def test_a_moment_without_offset_is_on_the_wall_clock_of_the_edition(workshop):
    given = ["2026-01-31 23:30:00", "2026-01-31T08:00", "2026-03-29 02:30:00", "2026-01-31"]
    expected = [
        datetime(2026, 1, 31, 23, 30),
        datetime(2026, 1, 31, 8),
        datetime(2026, 3, 29, 2, 30),
        datetime(2026, 1, 31),
    ]
    assert moments(workshop, *given) == expected
    assert moments(workshop, *given, timezone="Europe/Berlin") == expected


def test_an_offset_in_the_text_is_honoured(workshop):
    given = [
        "2026-01-31T23:30:00Z",
        "2026-01-31 23:30:00+02",
        "2026-01-31T23:30:00.500-05:00",
        "2026-01-31 23:30:00 UTC",
        "2026-06-30T23:30Z",
    ]
    assert moments(workshop, *given, timezone="Europe/Berlin") == [
        datetime(2026, 2, 1, 0, 30),
        datetime(2026, 1, 31, 22, 30),
        datetime(2026, 2, 1, 5, 30, 0, 500_000),
        datetime(2026, 2, 1, 0, 30),
        datetime(2026, 7, 1, 1, 30),
    ]
    assert moments(workshop, *given)[1] == datetime(2026, 1, 31, 21, 30)


def test_a_date_format(workshop):
    workshop.write("orders.csv", HEAD + "a,31.01.2026,1\n")
    rows = workshop.rows({"orders": {"path": "orders.csv", "date_format": "%d.%m.%Y"}})
    assert rows[0][1] == datetime(2026, 1, 31)


def test_a_date_format_with_an_offset(workshop):
    workshop.write("orders.csv", HEAD + "a,31.01.2026 23:30 -0100,1\n")
    tables = {"orders": {"path": "orders.csv", "date_format": "%d.%m.%Y %H:%M %z"}}
    assert workshop.rows(tables, timezone="Europe/Berlin")[0][1] == datetime(2026, 2, 1, 1, 30)


def test_subscription_dates_are_midnights(workshop):
    workshop.write(
        "subs.csv",
        "customer_id,start_date,end_date,mrr\na,2026-01-31 13:45:00,2026-03-31T22:30:00Z,5\n",
    )
    [row] = workshop.rows({"subscriptions": "subs.csv"}, timezone="Europe/Berlin")
    assert row[1:3] == (datetime(2026, 1, 31), datetime(2026, 4, 1))


def test_months_of_costs(workshop):
    workshop.write("costs.csv", "month,amount\n2026-05,10\n2026-06-01,10\n2026-06-17,-1\n")
    rows = workshop.rows({"acquisition_costs": "costs.csv"}, as_of="2026-07-01")
    assert rows == [
        (datetime(2026, 5, 1), 10_000_000),
        (datetime(2026, 6, 1), 10_000_000),
        (datetime(2026, 6, 1), -1_000_000),
    ]


def test_mrr_is_the_price_of_the_term_over_its_months(workshop):
    workshop.write(
        "subs.csv",
        "customer_id,start_date,amount,interval_months\n"
        "a,2026-01-31,1200,12\nb,2026-01-31,100,3\nc,2026-01-31,0.000001,2\nd,2026-01-31,0,1\n",
    )
    data = workshop.open({"subscriptions": "subs.csv"})
    mrr = data.engine.collect(data.tables["subscriptions"])["mrr"]
    assert mrr.tolist() == [100_000_000, 33_333_333, 1, 0]
    assert mrr.dtype == "int64"


def test_mrr_given_goes_before_amount(workshop):
    workshop.write(
        "subs.csv",
        "customer_id,start_date,mrr,amount,interval_months\n"
        "a,2026-01-31,90,1200,12\nb,2026-01-31,,1200,12\n",
    )
    data = workshop.open({"subscriptions": "subs.csv"})
    assert data.engine.collect(data.tables["subscriptions"])["mrr"].tolist() == [
        90_000_000,
        100_000_000,
    ]


@pytest.mark.parametrize("rate", [1.08, 0.0065, 1])
def test_other_currencies_are_converted_exactly(workshop, rate):
    workshop.write(
        "orders.csv",
        "customer_id,ordered_at,amount,currency\n"
        "a,2026-01-31,19.99,EUR\na,2026-01-31,-19.99,eur\na,2026-01-31,19.99,USD\na,2026-01-31,19.99,\n",
    )
    rows = workshop.rows(ORDERS, rates={"EUR": rate})
    converted = int(Decimal("19990000") * Decimal(str(rate)) + Decimal("0.5"))
    assert [row[2] for row in rows] == [converted, -converted, 19_990_000, 19_990_000]
    assert [row[3] for row in rows] == ["EUR", "EUR", "USD", "USD"]


def test_subscriptions_are_converted_too(workshop):
    workshop.write(
        "subs.csv",
        "customer_id,start_date,amount,interval_months,currency\na,2026-01-31,1200,12,EUR\n",
    )
    data = workshop.open({"subscriptions": "subs.csv"}, rates={"EUR": 1.1})
    assert data.engine.collect(data.tables["subscriptions"])["mrr"].tolist() == [110_000_000]


def test_a_blank_segment_is_not_given_and_other_columns_pass_through(workshop):
    workshop.write(
        "orders.csv",
        "customer_id,ordered_at,amount,plan,at\na,2026-01-31,1, Pro ,007\nb,2026-01-31,1, ,\n",
    )
    rows = workshop.rows(ORDERS, segments=["plan"])
    assert [row[3:] for row in rows] == [("Pro", "007"), ("(not given)", None)]


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0", "\u200b", "\ufeff", "\u202f\u3000 "])
def test_what_stands_around_a_word_unseen_is_no_part_of_it(workshop, blank):
    row = f"{blank}ada{blank},2026-01-31,1.5,{blank}a Pro{blank}"
    workshop.write("orders.csv", f"{HEAD[:-1]},plan\n{row}\nben,2026-01-31,2,{blank}\n")
    rows = workshop.rows(ORDERS, segments=["plan"])
    assert [(row[0], row[-1]) for row in rows] == [("ada", "a Pro"), ("ben", "(not given)")]


@pytest.mark.parametrize("blank", ["\t", "\u00a0", "\ufeff\t"])
def test_what_cannot_be_seen_is_no_value(workshop, blank):
    workshop.write("orders.csv", f"{HEAD}{blank},2026-01-31,1\n")
    [line, *_] = workshop.refused(ORDERS)
    assert line.startswith("orders.csv, line 2, column customer_id: the value is missing")


def test_columns_that_the_source_lacks_are_supplied_as_nulls_of_their_type(workshop):
    workshop.write("subs.csv", "customer_id,start_date,mrr\na,2026-01-31,1\n")
    data = workshop.open({"subscriptions": "subs.csv"})
    [row] = data.engine.collect(data.tables["subscriptions"]).to_dict("records")
    given = {"customer_id", "start_date", "mrr"}
    assert data.given == {"subscriptions": ("customer_id", "start_date", "mrr")}
    assert {name for name, value in row.items() if not pd.isna(value)} == given
    kinds = data.tables["subscriptions"].collect_schema()
    assert {name: str(kinds[name]) for name in ("end_date", "interval_months", "end_reason")} == {
        "end_date": "Datetime(time_unit='us', time_zone=None)",
        "interval_months": "Int64",
        "end_reason": "String",
    }


def test_a_column_that_is_blank_throughout_is_as_good_as_absent(workshop):
    workshop.write("orders.csv", "customer_id,ordered_at,amount,order_id,note\na,2026-01-31,1,,\n")
    assert workshop.open(ORDERS).given == {
        "orders": ("customer_id", "ordered_at", "amount", "note")
    }


def test_columns_renamed_and_computed(workshop):
    workshop.write("stripe.csv", "Customer ID,created,amount,Country\n7,2026-01-31,1999,DE\n")
    columns = {
        "customer_id": "Customer ID",
        "ordered_at": "created",
        "amount": "CAST(amount AS DECIMAL(18, 2)) / 100",
        "region": "CASE \"Country\" WHEN 'DE' THEN 'EMEA' END",
    }
    tables = {"orders": {"path": "stripe.csv", "columns": columns}}
    assert workshop.rows(tables, segments=["region"]) == [
        ("7", datetime(2026, 1, 31), 19_990_000, "EMEA", "DE")
    ]


def test_other_delimiters_are_seen_in_the_first_line(workshop):
    for delimiter in ";\t|":
        text = (
            (HEAD + 'a,2026-01-31,"1,5"\n').replace(",", delimiter).replace(f"1{delimiter}5", "1,5")
        )
        workshop.write("orders.csv", text)
        rows = workshop.rows({"orders": {"path": "orders.csv", "decimal": ","}})
        assert rows == [("a", datetime(2026, 1, 31), 1_500_000)]


def test_a_delimiter_may_be_stated(workshop):
    workshop.write("orders.csv", (HEAD + "a,2026-01-31,1\n").replace(",", "~"))
    assert len(workshop.rows({"orders": {"path": "orders.csv", "delimiter": "~"}})) == 1


def test_parquet(workshop):
    frame = pd.DataFrame(
        {
            "customer_id": [17850.0, 2.5, None],
            "ordered_at": pd.to_datetime(
                ["2026-01-31 10:00", "2026-01-31 00:00", "2026-01-30 00:00"], utc=True
            ),
            "amount": [19.99, 0.1, 5.0],
        }
    )
    frame[:2].to_parquet(workshop.root / "orders.parquet")
    tables = {"orders": "orders.parquet"}
    assert workshop.rows(tables, timezone="Europe/Berlin") == [
        ("17850", datetime(2026, 1, 31, 11), 19_990_000),
        ("2.5", datetime(2026, 1, 31, 1), 100_000),
    ]
    frame.to_parquet(workshop.root / "orders.parquet")
    assert workshop.refused(tables)[0].startswith(
        "orders.parquet, row 3, column customer_id: the value is missing"
    )


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_json(workshop, suffix):
    rows = [
        {"customer_id": 7, "ordered_at": "2026-01-31T10:00:00Z", "amount": 19.99},
        {"customer_id": "x", "ordered_at": "2026-01-31", "amount": "0.10", "more": {"a": 1}},
    ]
    text = json.dumps(rows) if suffix == "json" else "\n".join(map(json.dumps, rows))
    workshop.write(f"orders.{suffix}", text)
    assert [row[:3] for row in workshop.rows({"orders": f"orders.{suffix}"})] == [
        ("7", datetime(2026, 1, 31, 10), 19_990_000),
        ("x", datetime(2026, 1, 31), 100_000),
    ]


def test_sums_in_the_engine_stay_whole_numbers(workshop):
    import narwhals as nw

    workshop.write("orders.csv", HEAD + "a,2026-01-31,9007199254.740993\n" * 3)
    data = workshop.open(ORDERS)
    total = data.tables["orders"].select(nw.col("amount").sum())
    assert data.engine.collect(total)["amount"].tolist() == [3 * 9_007_199_254_740_993]
    assert data.engine.collect(data.engine.keep(total, "total"))["amount"].dtype == "int64"


def test_a_small_frame_is_lifted_into_the_engine(workshop):
    workshop.write("orders.csv", HEAD + "a,2026-01-31,1\n")
    data = workshop.open(ORDERS)
    months = pd.DataFrame({"month": pd.to_datetime(["2026-01-01"]), "label": ["2026-01"], "n": [1]})
    lifted = data.engine.lift(months, "months")
    assert data.engine.collect(lifted).to_dict("records") == months.to_dict("records")
    assert len(data.engine.collect(lifted.join(data.tables["orders"], how="cross"))) == 1
