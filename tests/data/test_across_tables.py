"""What only tables together, or a table and the edition, contradict is said; and gone once it is put right."""

import pytest
from offers import offers

from tests.data.test_plan_words import said
from tests.data.test_unread_columns import key, write

STRANGERS, WORD, RATE = "customers of two kinds of id", "a word that no row has", "a rate the other way round"  # fmt: skip
SUBS = [f"c{n:02d},2025-0{1 + n % 9}-05,,{10 + n},Pro" for n in range(20)]


def opened(workshop, tables, *, subs=SUBS, **keys):
    write(workshop, "customer_id,start_date,end_date,mrr,plan", *subs, "z,2025-01-05,2025-06-05,9,Max", name="subs.csv")  # fmt: skip
    told = {"subscriptions": "subs.csv", **tables}
    return workshop.open(told, as_of="2026-01-01", **keys)


def test_use_by_ids_that_no_customer_has(workshop):
    rows = (f"{n},c{n % 20:02d},2025-12-{1 + n % 28:02d},x" for n in range(40))
    write(workshop, "user,account,occurred_at,feature", *rows)
    source = {"path": "rows.csv", "columns": {"customer_id": "user"}}
    [says] = said(opened(workshop, {"usage_events": source}), STRANGERS)
    assert "usage_events: of 40 customers none is among the 21 of subscriptions" in says
    source["columns"] = {"customer_id": "account"}
    assert not said(opened(workshop, {"usage_events": source}), STRANGERS)


def test_days_of_customers_that_lie_after_their_first_payment(workshop):
    rows = (f"c{n:02d},2025-10-01,{2020 + n % 5}-01-01,Ada,2025-11-01" for n in range(20))
    write(workshop, "customer_id,moved,born,owner,valid_from", *rows)
    source = {"path": "rows.csv", "columns": {"signed_up_on": "moved"}}
    data = opened(workshop, {"customers": source})
    [says] = said(data, "paid before sign-up")
    assert "customers: 20 of 20 customers paid before signed_up_on, the first in rows.csv, line 2" in says  # fmt: skip
    [says] = said(data, "paid before the first owner")
    columns = {"signed_up_on": "born", **key(says, "columns")["columns"]}
    data = opened(workshop, {"customers": {"path": "rows.csv", "columns": columns}})
    assert not said(data, "paid before sign-up") and not said(data, "paid before the first owner")
    assert data.engine.collect(data.tables["customers"])["valid_from"].isna().all()


@pytest.mark.parametrize(
    ("keys", "place", "nearest"),
    [
        ({"targets": {"mrr": {"plan=Pros": 3}}}, "targets.mrr", "Pro"),
        ({"definitions": {"referrals": {"plan": ["Maxx"]}}}, "definitions.referrals", "Max"),
        ({"definitions": {"first_value_feature": "reports"}}, "definitions.first_value_feature", "report"),
        ({"planned": "plan=Pro"}, "plan.csv, line 3, column segment", "Pro"),
    ],
)  # fmt: skip
def test_a_word_that_no_row_has(workshop, keys, place, nearest):
    segment = keys.get("planned", "plan=Max")
    write(workshop, "month,metric,value,segment", "2025-12,mrr,5,", f"2025-12,mrr,5,{segment}{'o' if 'planned' in keys else ''}", name="plan.csv")  # fmt: skip
    write(workshop, "customer_id,occurred_at,feature", *(f"c{n:02d},2025-12-28,report" for n in range(20)))  # fmt: skip
    tables = {"usage_events": "rows.csv", "plan": "plan.csv"}
    edition = {each: value for each, value in keys.items() if each != "planned"}
    [says] = said(opened(workshop, tables, segments=["plan"], **edition), WORD)
    assert says.startswith(f"{place}: no row has '") and says.endswith(f"Did you mean {nearest}?")


def test_words_that_rows_have(workshop):
    keys = {"targets": {"mrr": {"plan=Pro": 3}}, "definitions": {"referrals": {"plan": ["Max"]}}}
    assert not said(opened(workshop, {}, segments=["plan"], **keys), WORD)


@pytest.mark.parametrize(
    ("own", "rates", "right"),
    [
        ("USD", {"JPY": 150}, 0.00666667),
        ("EUR", {"JPY": 0.62}, 0.0062),
        ("JPY", {"USD": 0.0066}, 151.515),
    ],
)
def test_a_rate_the_other_way_round(workshop, own, rates, right):
    [code] = rates
    write(workshop, "customer_id,ordered_at,amount,currency", f"a,2025-12-31,5,{code}")
    tables = {"orders": "rows.csv"}
    keys = {"as_of": "2026-01-01", "currency": own}
    [says] = said(workshop.open(tables, rates=rates, **keys), RATE)
    assert offers(says) == [{"rates": {code: right}}]
    assert not workshop.open(tables, **offers(says)[0], **keys).findings
