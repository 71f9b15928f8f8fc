"""Known columns are found under other spellings, and never ignored in silence."""

import pandas as pd
import pytest

SUBSCRIPTIONS = {"subscriptions": "subs.csv"}


def warnings_of(data):
    return [each.says for each in data.findings if each.rule == "column spelled otherwise"]


@pytest.mark.parametrize(
    "header",
    [
        "Customer ID,Start Date,End Date,MRR",
        "CUSTOMER_ID,start-date,End_Date,mrr",
        "customerId,StartDate,endDate,Mrr",
    ],
)
def test_another_spelling_is_taken_and_said(workshop, header):
    workshop.write("subs.csv", header + "\na,2026-01-01,2026-01-20,10\n")
    data = workshop.open(SUBSCRIPTIONS, as_of="2026-02-01")
    rows = data.engine.collect(data.tables["subscriptions"])
    assert rows["end_date"].notna().tolist() == [True]
    [says] = warnings_of(data)
    assert says.startswith("subs.csv: ") and "is taken for end_date" in says


def test_a_currency_in_another_case_is_converted(workshop):
    workshop.write("orders.csv", "customer_id,ordered_at,amount,Currency\na,2026-01-01,10,EUR\n")
    tables = {"orders": "orders.csv"}
    assert "column Currency" in workshop.refused(tables)[0]
    assert 20_000_000 in workshop.rows(tables, rates={"EUR": 2})[0]


def test_names_of_the_edition_are_matched_likewise(workshop):
    workshop.write("subs.csv", "Kunde Nr,Start,Preis,Plan Name\na,2026-01-01,10,Pro\n")
    mapped = {"customer_id": "kunde_nr", "start_date": "start", "mrr": "Preis"}
    data = workshop.open(
        {"subscriptions": {"path": "subs.csv", "columns": mapped}}, segments=["plan_name"]
    )
    assert data.engine.collect(data.tables["subscriptions"])["plan_name"].tolist() == ["Pro"]
    assert "Preis" not in warnings_of(data)[0]


def test_a_query_s_columns_are_matched_likewise(workshop):
    query = "SELECT 'a' AS \"Customer ID\", DATE '2026-01-01' AS ordered_at, 5 AS Amount"
    assert len(workshop.rows({"orders": {"sql": query}})) == 1


def test_two_columns_that_would_fit_are_refused_and_the_edition_decides(workshop):
    text = "customer_id,Customer ID,start_date,mrr\na,b,2026-01-01,10\n"
    workshop.write("subs.csv", text)
    [line] = workshop.refused(SUBSCRIPTIONS)
    assert line == (
        "subs.csv: 2 columns would fit customer_id: customer_id, Customer ID. Say in the edition which "
        'one counts: columns: {customer_id: "customer_id"}.'
    )
    for own, customer in (("customer_id", "a"), ("Customer ID", "b")):
        source = {"path": "subs.csv", "columns": {"customer_id": own}}
        assert workshop.rows({"subscriptions": source})[0][0] == customer


@pytest.mark.parametrize("again", ["customer_id", "CUSTOMER_ID"])
def test_a_known_name_twice_is_refused(workshop, again):
    workshop.write("subs.csv", f"customer_id,start_date,mrr,{again}\na,2026-01-01,10,b\n")
    [line] = workshop.refused(SUBSCRIPTIONS)
    assert line.startswith("subs.csv: the column customer_id stands 2 times in the first line.")
    workshop.write("subs.csv", "customer_id,start_date,mrr,other\na,2026-01-01,10,b\n")
    assert len(workshop.rows(SUBSCRIPTIONS)) == 1


def test_an_unknown_name_twice_is_nobody_s_matter(workshop):
    workshop.write("subs.csv", "customer_id,start_date,mrr,x,x\na,2026-01-01,10,b,c\n")
    assert len(workshop.rows(SUBSCRIPTIONS)) == 1


def test_several_missing_columns_are_named_at_once(workshop):
    workshop.write("subs.csv", "a,b\n1,2\n")
    lines = workshop.refused(SUBSCRIPTIONS)
    assert [line.split(" there is no column ")[1].split(",")[0] for line in lines] == [
        "customer_id",
        "start_date",
        "mrr",
    ]


ONE = "customer_id,start_date,end_date,mrr\na,2026-01-01,2026-01-20,10\n"


def test_a_known_column_that_only_some_files_have_is_refused(workshop):
    workshop.write("in/1.csv", ONE)
    workshop.write("in/2.csv", "customer_id,start_date,mrr\nb,2026-01-02,10\n")
    tables = {"subscriptions": "in/*.csv"}
    [line] = workshop.refused(tables)
    assert line.startswith(
        "in/2.csv: there is no column end_date, which the other files of subscriptions have."
    )
    assert line.endswith("its cells may be blank.")
    workshop.write("in/2.csv", "customer_id,start_date,end_date,mrr\nb,2026-01-02,,10\n")
    assert len(workshop.rows(tables)) == 2


def test_a_segment_that_only_some_files_have_is_refused(workshop):
    workshop.write("in/1.csv", "customer_id,start_date,mrr,plan\na,2026-01-01,10,Pro\n")
    workshop.write("in/2.csv", "customer_id,start_date,mrr\nb,2026-01-02,10\n")
    assert "no column plan" in workshop.refused({"subscriptions": "in/*.csv"}, segments=["plan"])[0]


def test_files_may_spell_a_column_each_in_its_way(workshop):
    workshop.write("in/1.csv", ONE)
    workshop.write("in/2.csv", "MRR,End Date,customerid,Start_Date\n20,2026-01-25,b,2026-01-02\n")
    data = workshop.open({"subscriptions": "in/*.csv"}, as_of="2026-02-01")
    rows = data.engine.collect(data.tables["subscriptions"]).sort_values("customer_id")
    assert rows["mrr"].tolist() == [10_000_000, 20_000_000]
    assert rows["end_date"].dt.day.tolist() == [20, 25]
    assert [says.split(":")[0] for says in warnings_of(data)] == ["in/2.csv"]


def test_parquet_files_must_agree_likewise(workshop):
    (workshop.root / "in").mkdir()
    whole = pd.DataFrame(
        {"Customer ID": ["a"], "start_date": ["2026-01-01"], "mrr": [1], "end_date": [None]}
    )
    whole["end_date"] = whole["end_date"].astype("str")
    whole.to_parquet(workshop.root / "in/1.parquet")
    whole.drop(columns="end_date").to_parquet(workshop.root / "in/2.parquet")
    [line] = workshop.refused({"subscriptions": "in/*.parquet"})
    assert line.startswith("in/2.parquet: there is no column end_date")


def test_lines_above_the_names_of_the_columns_are_told(workshop):
    table, tables = "customer_id,start_date,mrr\na,2026-01-01,10\n", {"subscriptions": "s.csv"}
    workshop.write("s.csv", f"Report of 2026-02-01\n\n{table}")
    assert workshop.refused(tables) == [
        "s.csv: line 3 names the columns, and what stands above it is no part of the table. "
        "Set skip: 2 for this table, or take the lines above it out of the export."
    ]
    assert len(workshop.rows({"subscriptions": {"path": "s.csv", "skip": 2}})) == 1
    workshop.write("s.csv", table)
    assert len(workshop.rows(tables)) == 1
    workshop.write("s.csv", "customer,mrr\ncustomer_id,mrr\n")
    assert "there is no column customer_id" in workshop.refused(tables)[0]
