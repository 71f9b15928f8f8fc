"""Columns that nothing reads although they change what a row means: said, with a key that works and silences."""

import re

import pytest
import yaml

RULES = ("not read", "without an end")


def unread(data):
    return [each.says for each in data.findings if any(word in each.rule for word in RULES)]


def key(says, name):
    """A key of the edition as a message spells it."""
    start = says.index(f"{name}: ")
    for end in range(start + len(name) + 3, len(says) + 1):
        try:
            found = yaml.safe_load(says[start:end])
        except yaml.YAMLError:
            continue
        value = found[name] if isinstance(found, dict) else None
        if isinstance(value, dict) and says[end - 1] == "}" and None not in value.values():
            return {name: value}
    raise AssertionError(f"no key {name} in {says}")


def write(workshop, header, *rows, name="rows.csv"):
    workshop.write(name, "\n".join([header, *rows]) + "\n")


SUBSCRIPTIONS = "customer_id,start_date,end_date,mrr"
ENDED = "z,2025-01-05,2025-06-05,9"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "header", "void", "good"),
    [
        ("subscriptions", f"{SUBSCRIPTIONS},State", "a,2026-01-05,,10,in_trial", "b,2026-01-05,,10,live"),
        ("subscriptions", f"{SUBSCRIPTIONS},Deal - Stage", "a,2026-01-05,,10,Closed Lost", "b,2026-01-05,,10,Closed Won"),
        ("orders", "customer_id,ordered_at,amount,Order Status", "a,2026-01-05,10,Cancelled", "b,2026-01-05,10,Completed"),
        ("orders", "customer_id,ordered_at,amount,Type", "a,2026-01-05,10,refunded", "b,2026-01-05,10,charge"),
        ("orders", "customer_id,ordered_at,amount,_fivetran_deleted", "a,2026-01-05,10,true", "b,2026-01-05,10,false"),
        ("survey_responses", "instrument,score,responded_at,Status", "nps,9,2026-01-05,Survey Preview", "nps,9,2026-01-06,IP Address"),
        ("acquisition_costs", "month,amount,kind", "2026-01,10,planned", "2026-01,10,actual"),
    ],
)  # fmt: skip
def test_a_status_that_does_not_count_is_said_and_where_leaves_it_out(
    workshop, table, header, void, good
):
    write(workshop, header, void, good, *([ENDED + ",churned"] if table == "subscriptions" else []))
    [says] = unread(workshop.open({table: "rows.csv"}, as_of="2026-07-01"))
    assert "rows.csv, line 2" in says and says.startswith(f"{table}: 1 row that counts says")
    told = {table: {"path": "rows.csv", **key(says, "where")}}
    data = workshop.open(told, as_of="2026-07-01")
    assert unread(data) == []
    rows = data.engine.collect(data.tables[table])
    assert len(rows) == (2 if table == "subscriptions" else 1)


def test_a_status_of_rows_without_an_amount_is_none_of_its_business(workshop):
    """A trial at nothing pays nothing, and a refund below zero is taken off already."""
    write(workshop, f"{SUBSCRIPTIONS},status", "a,2026-01-05,,0,trial", "b,2026-01-05,,5,active")
    assert unread(workshop.open({"subscriptions": "rows.csv"}, as_of="2026-07-01")) == []
    write(
        workshop,
        "customer_id,ordered_at,amount,type",
        "a,2026-01-05,9,sale",
        "a,2026-01-06,-9,refund",
    )
    assert unread(workshop.open({"orders": "rows.csv"}, as_of="2026-07-01")) == []


def test_a_status_that_every_row_may_have_is_silent_once_it_is_listed(workshop):
    write(workshop, f"{SUBSCRIPTIONS},status", "a,2026-01-05,,10,trial", "b,2026-01-05,,10,paid")
    listed = {"path": "rows.csv", "where": {"status": ["trial", "paid"]}}
    assert unread(workshop.open({"subscriptions": listed}, as_of="2026-07-01")) == []
    as_segment = workshop.open(
        {"subscriptions": "rows.csv"}, as_of="2026-07-01", segments=["status"]
    )
    assert unread(as_segment) == []


def test_a_word_in_two_spellings_is_named_once(workshop):
    """`where` looks at no case: each word stands once in the key, however often the export writes it otherwise."""
    rows = (f"c{n},2026-01-05,,10,{each}" for n, each in enumerate(("trial", "Trial", "Paid", "PAID", "paid")))  # fmt: skip
    write(workshop, f"{SUBSCRIPTIONS},status", *rows, f"{ENDED},paid")
    [says] = unread(workshop.open({"subscriptions": "rows.csv"}, as_of="2026-07-01"))
    found = key(says, "where")
    assert [each.lower() for each in found["where"]["status"]] == ["paid"]
    data = workshop.open({"subscriptions": {"path": "rows.csv", **found}}, as_of="2026-07-01")
    assert not unread(data) and len(data.engine.collect(data.tables["subscriptions"])) == 4


def test_the_state_of_a_country_and_free_words_are_no_status(workshop):
    rows = [f"c{n},2026-01-05,,10,{state},note {n}" for n, state in enumerate(("NY", "CA", "TX"))]
    write(workshop, f"{SUBSCRIPTIONS},State,Type of note", *rows)
    assert unread(workshop.open({"subscriptions": "rows.csv"}, as_of="2026-07-01")) == []


def test_subscriptions_that_are_over_and_have_no_end_are_said(workshop):
    write(
        workshop,
        "customer_id,start_date,mrr,status",
        "a,2026-01-05,10,Cancelled",
        "b,2026-01-05,10,Active",
    )
    [says] = unread(workshop.open({"subscriptions": "rows.csv"}, as_of="2026-07-01"))
    assert says.startswith('subscriptions: 1 row without end_date says "Cancelled" in status')
    write(workshop, f"{SUBSCRIPTIONS},status", "a,2026-01-05,2026-03-01,10,Cancelled")
    assert unread(workshop.open({"subscriptions": "rows.csv"}, as_of="2026-07-01")) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Currency Code", "order_currency", "Deal - Currency of Value"])
def test_a_currency_that_is_not_read_is_said_and_read_by_the_key(workshop, name):
    write(
        workshop,
        f"customer_id,ordered_at,amount,{name}",
        "a,2026-01-05,10,EUR",
        "b,2026-01-05,10,usd",
    )
    keys = {"as_of": "2026-07-01", "rates": {"EUR": 2}}
    [says] = unread(workshop.open({"orders": "rows.csv"}, **keys))
    assert 'have "EUR"' in says or 'has "EUR"' in says
    told = {"orders": {"path": "rows.csv", **key(says, "columns")}}
    data = workshop.open(told, **keys)
    assert unread(data) == []
    rows = data.engine.collect(data.tables["orders"])
    assert sorted(rows["amount"] // 1_000_000) == [10, 20]


def test_a_currency_that_is_the_edition_s_own_needs_no_word(workshop):
    write(workshop, "customer_id,ordered_at,amount,Currency Code", "a,2026-01-05,10,USD")
    assert unread(workshop.open({"orders": "rows.csv"}, as_of="2026-07-01")) == []
    write(workshop, "customer_id,ordered_at,amount,Currency Code", "a,2026-01-05,10,EUR")
    said = {"path": "rows.csv", "values": {"currency": "USD"}}
    assert unread(workshop.open({"orders": said}, as_of="2026-07-01")) == []


def test_a_price_of_a_year_that_is_read_as_a_month_s_is_said(workshop):
    """120 a year and 10 a month: 10 each, once the term is read."""
    write(
        workshop,
        "customer_id,start_date,Price,Billing interval",
        "a,2026-01-05,120,yearly",
        "b,2026-01-05,10,monthly",
    )
    source = {"path": "rows.csv", "columns": {"mrr": "Price"}}
    [says] = unread(workshop.open({"subscriptions": source}, as_of="2026-07-01"))
    told = {"path": "rows.csv", **key(says, "columns"), **key(says, "map")}
    data = workshop.open({"subscriptions": told}, as_of="2026-07-01")
    assert unread(data) == []
    assert list(data.engine.collect(data.tables["subscriptions"])["mrr"]) == [10_000_000] * 2
    silent = {**source, **key(says, "where")}
    assert unread(workshop.open({"subscriptions": silent}, as_of="2026-07-01")) == []


def test_what_is_called_mrr_is_taken_at_its_word_unless_a_year_costs_twelve_times(workshop):
    header = "customer_id,start_date,mrr,interval"
    write(workshop, header, "a,2026-01-05,30,year", "b,2026-01-05,10,month")
    assert unread(workshop.open({"subscriptions": "rows.csv"}, as_of="2026-07-01")) == []
    write(workshop, header, "a,2026-01-05,120,year", "b,2026-01-05,10,month")
    [says] = unread(workshop.open({"subscriptions": "rows.csv"}, as_of="2026-07-01"))
    assert '"year" in interval' in says


@pytest.mark.slow
@pytest.mark.parametrize(
    ("amount", "other", "left"), [("Total", "Tax", 100), ("amount", "Refunded Amount", 100)]
)
def test_what_was_given_back_or_is_tax_is_said_and_taken_off_by_the_key(
    workshop, amount, other, left
):
    write(
        workshop,
        f"customer_id,ordered_at,{amount},{other}",
        "a,2026-01-05,110.00,10.00",
        "b,2026-01-05,100.00,",
    )
    source = {"path": "rows.csv", "columns": {"amount": amount}}
    [says] = unread(workshop.open({"orders": source}, as_of="2026-07-01"))
    assert re.match(rf"orders: 1 row has an amount in {other}, the first in rows.csv, line 2", says)
    told = {"path": "rows.csv", **key(says, "columns")}
    data = workshop.open({"orders": told}, as_of="2026-07-01")
    assert unread(data) == []
    assert list(data.engine.collect(data.tables["orders"])["amount"]) == [left * 1_000_000] * 2
    assert says.endswith("if not, say so under known.")
    [name] = [each.name for each in workshop.open({"orders": source}, as_of="2026-07-01").findings]
    data = workshop.open({"orders": source}, as_of="2026-07-01", known=[name])
    assert [each.level for each in data.findings] == ["known"]
    assert sorted(data.engine.collect(data.tables["orders"])["amount"] / 1e6) == [100, 110]


def test_a_subtotal_beside_its_tax_and_a_refund_of_nothing_need_no_word(workshop):
    write(workshop, "customer_id,ordered_at,Subtotal,Tax,Refunded", "a,2026-01-05,100,10,0.00")
    source = {"path": "rows.csv", "columns": {"amount": "Subtotal"}}
    assert unread(workshop.open({"orders": source}, as_of="2026-07-01")) == []


def test_a_unit_of_years_beside_a_number_of_months_is_said(workshop):
    """1 year, 2 weeks, 3 months at 120, 12 and 30: 10 a month, 12 × 26 ÷ 12 = 26, and 10."""
    write(
        workshop,
        "customer_id,start_date,amount,Interval,Interval Unit",
        "a,2026-01-05,120,1,years",
        "b,2026-01-05,12,2,weeks",
        "c,2026-01-05,30,3,months",
    )
    source = {"path": "rows.csv", "columns": {"interval_months": "Interval"}}
    [says] = unread(workshop.open({"subscriptions": source}, as_of="2026-07-01"))
    assert '2 rows say "weeks" and "years" in Interval Unit' in says
    told = {"path": "rows.csv", **key(says, "columns")}
    data = workshop.open({"subscriptions": told}, as_of="2026-07-01")
    found = data.engine.collect(data.tables["subscriptions"]).sort_values("customer_id")
    assert list(found["mrr"] / 1e6) == [10, 26, 10] and unread(data) == []


def test_a_trial_that_nobody_reads_is_said_and_paying_begins_behind_it_by_the_key(workshop):
    write(
        workshop,
        f"{SUBSCRIPTIONS},Trial Ends At",
        "a,2026-01-05,,10,2026-02-05",
        "b,2026-01-05,,10,",
    )
    [says] = unread(workshop.open({"subscriptions": "rows.csv"}, as_of="2026-07-01"))
    assert says.startswith(
        "subscriptions: 1 row has a day in Trial Ends At, the first in rows.csv, line 2"
    )
    told = {"path": "rows.csv", **key(says, "columns")}
    data = workshop.open({"subscriptions": told}, as_of="2026-07-01")
    starts = data.engine.collect(data.tables["subscriptions"])["start_date"]
    assert sorted(f"{each:%Y-%m-%d}" for each in starts) == ["2026-01-05", "2026-02-05"]
    assert unread(data) == []
    assert says.endswith("if not, say so under known.")
    known = ["subscriptions, trial not read, Trial Ends At"]
    data = workshop.open({"subscriptions": "rows.csv"}, as_of="2026-07-01", known=known)
    assert [each.level for each in data.findings if each.rule == "trial not read"] == ["known"]
