"""Customers whose rows are another's or nobody's are said, and the query that is offered puts them right."""

import pytest
from offers import offers

from tests.data.test_plan_words import said
from tests.data.test_unread_columns import write

MERGED, SEVERAL, NONE, UNTIL, PARENT = (
    "a customer who went into another",
    "one customer under several ids",
    "an account that is no customer",
    "end of ownership not read",
    "a customer of a parent",
)


def opened(workshop, head, *rows, subs=None, customers=(), **keys):
    write(workshop, "customer_id,start_date,mrr,one,id", *(f"0{n},2026-01-0{n},{n}0,x,y" for n in range(1, 6)), name="subs.csv")  # fmt: skip
    write(workshop, head, *rows, name="customers.csv")
    tables = {
        "subscriptions": subs or "subs.csv",
        "customers": {"path": "customers.csv", **dict(customers)},
    }
    if "sql" in dict(customers):
        tables["customers"] = dict(customers)
    return workshop.open(tables, as_of="2026-07-01", **keys)


def paid(data):
    found = data.engine.collect(data.tables["subscriptions"])
    return sorted((who, int(money / 1e6)) for who, money in zip(found["customer_id"], found["mrr"], strict=True))  # fmt: skip


ALL = [("01", 10), ("02", 20), ("03", 30), ("04", 40), ("05", 50)]


@pytest.mark.parametrize(
    ("column", "cells", "rule", "right"),
    [
        ("Parent Account ID", ("05", "", "04", "", "05"), PARENT, [("02", 20), ("04", 30), ("04", 40), ("05", 10), ("05", 50)]),
        ("parent_id", ("05", "01", "02", "", "05"), PARENT, [("04", 40), ("05", 10), ("05", 20), ("05", 30), ("05", 50)]),
        ("Merged into", ("02", "04", "05", "", ""), MERGED, [("04", 10), ("04", 20), ("04", 40), ("05", 30), ("05", 50)]),
        ("Merged into", ("05", "", "04", "", ""), MERGED, [("02", 20), ("04", 30), ("04", 40), ("05", 10), ("05", 50)]),
        ("E-mail", ("a@x.org", "b@x.org", "A@x.org ", "", ""), SEVERAL, [("01", 10), ("01", 30), ("02", 20), ("04", 40), ("05", 50)]),
        ("vat_id", ("DE1", "DE2", "DE3", "DE4", "DE1"), SEVERAL, [("01", 10), ("01", 50), ("02", 20), ("03", 30), ("04", 40)]),
        ("Account type", ("Customer", "Internal", "Test account", "Partner", "Customer"), NONE, [("01", 10), ("04", 40), ("05", 50)]),
        ("is_deleted", ("false", "true", "TRUE", "", "0"), NONE, [("01", 10), ("04", 40), ("05", 50)]),
        ("name", ("Testo Ltd", "Acme Internal", "Test 1", "International", "Attest"), NONE, [("01", 10), ("04", 40), ("05", 50)]),
    ],
)  # fmt: skip
def test_rows_of_others_and_of_nobody(workshop, column, cells, rule, right):
    head = f"customer_id,{column}"
    rows = [f"0{n},{cell}" for n, cell in enumerate(cells, 1)]
    data = opened(workshop, head, *rows)
    assert paid(data) == ALL
    [says] = said(data, rule)
    data = opened(workshop, head, *rows, subs=offers(says)[0])
    assert paid(data) == right and not said(data, rule)


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("Merged into", ("", "", "", "", "")),
        ("E-mail", ("a@x.org", "b@x.org", "c@x.org", "", "")),
        ("E-mail", ("a@x.org",) * 5),
        ("Account type", ("Customer", "Partner", "Enterprise", "SMB", "")),
        ("name", ("Testing Labs", "International", "Contest", "Demos & Co", "Sandbox Toys")),
    ],
)
def test_rows_of_their_own(workshop, column, cells):
    rows = [f"0{n},{cell}" for n, cell in enumerate(cells, 1)]
    data = opened(workshop, f"customer_id,{column}", *rows)
    assert not any(said(data, each) for each in (MERGED, SEVERAL, NONE))


def test_a_column_that_is_known_is_not_asked_about(workshop):
    source = {"columns": {"email": "E-mail"}}
    rows = ("01,a@x.org", "02,a@x.org")
    assert not said(opened(workshop, "customer_id,E-mail", *rows, customers=source), SEVERAL)


def test_stretches_of_owners_that_end(workshop):
    head = "customer_id,owner,region,valid_from,Valid to"
    rows = [
        "01,Ana,EU,2026-01-01,2026-02-01",  # nobody's until April
        "01,Bo,EU,2026-04-01,9999-12-31",
        "02,Ana,US,2026-01-01,2026-01-31",  # the next begins on the day after
        "02,Bo,US,2026-02-01,",
        "03,Ana,EU,2026-01-01,2026-05-01",  # nobody's since
    ]
    [says] = said(opened(workshop, head, *rows, segments=["region"]), UNTIL)
    assert "2 rows have a day in Valid to from which nobody follows" in says
    data = opened(workshop, head, *rows, customers=offers(says)[0], segments=["region"])
    found = data.engine.collect(data.tables["customers"]).sort_values(["customer_id", "valid_from"])
    seen = [(who, since.strftime("%m-%d"), owner) for who, since, owner in zip(found["customer_id"], found["valid_from"], found["owner"].fillna("-"), strict=True)]  # fmt: skip
    none = "-" if "-" in found["owner"].fillna("-").tolist() else "(not given)"
    assert seen == [
        ("01", "01-01", "Ana"), ("01", "02-01", none), ("01", "04-01", "Bo"), ("02", "01-01", "Ana"), ("02", "02-01", "Bo"),
        ("03", "01-01", "Ana"), ("03", "05-01", none),
    ]  # fmt: skip
    assert set(found["region"][found["customer_id"] == "01"]) == {"EU"} and not said(data, UNTIL)
    assert not said(opened(workshop, head, *rows[2:4]), UNTIL)


def test_one_day_of_sign_up(workshop):
    rule, head = "many signed up on one day", "customer_id,signed_up_on"
    rows = [f"k{n},{'2026-01-01' if n % 3 else f'2025-0{1 + n % 9}-03'}" for n in range(24)]
    [says] = said(opened(workshop, head, *rows), rule)
    assert "16 of 24 customers signed up on one day, 2026-01-01" in says
    data = opened(workshop, head, *rows, customers=offers(says)[0])
    days = data.engine.collect(data.tables["customers"])["signed_up_on"]
    assert days.count() == 8 and not said(data, rule)
    assert not said(opened(workshop, head, *rows[:19]), rule)
    spread = [f"k{n},2025-0{1 + n % 9}-03" for n in range(24)]
    assert not said(opened(workshop, head, *spread), rule)


def test_answers_before_the_customer_came(workshop):
    rule = "answers before the customer came"

    def asked(year):
        write(workshop, "customer_id,start_date,mrr", *(f"c{n},2026-01-05,10" for n in range(6)), name="subs.csv")  # fmt: skip
        write(workshop, "instrument,score,responded_at,customer_id", *(f"nps,{n},{year}-02-0{1 + n},c{n}" for n in range(6)))  # fmt: skip
        return workshop.open({"subscriptions": "subs.csv", "survey_responses": "rows.csv"}, as_of="2026-07-01")  # fmt: skip

    [says] = said(asked(2025), rule)
    assert "6 of 6 answers lie before the customer's first subscription" in says
    assert not said(asked(2026), rule)
