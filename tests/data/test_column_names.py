"""A column whose own name speaks against the way in which it is read is said, with a key that reads what is meant."""

import pytest

from tests.data.test_unread_columns import key, write

SUBS, COSTS, ORDERS = "subscriptions", "acquisition_costs", "orders"
NAMES = {
    "of one seat": (SUBS, "mrr", "customer_id,start_date,Price per seat,Seats", "a,2026-01-05,10.5,3", 31.5),
    "of one, with the number under a sign": (SUBS, "mrr", "customer_id,start_date,pricePerSeat,# of Seats", "a,2026-01-05,10.5,3", 31.5),
    "unit price": (SUBS, "mrr", "customer_id,start_date,unit_price,quantity", "a,2026-01-05,10,3", 30),
    "with tax": (COSTS, "amount", "month,Spend incl. VAT,Spend net", "2026-01,119,100", 100),
    "gross beside net": (SUBS, "mrr", "customer_id,start_date,MRR gross,MRR net", "a,2026-01-05,12,10", 10),
    "a budget": (COSTS, "amount", "month,Budget,Actual", "2026-01,500,70", 70),
    "millionths": (COSTS, "amount", "month,cost_micros", "2026-01,70000000", 70),
    "what is left to pay": (SUBS, "mrr", "customer_id,start_date,Amount due,Total", "a,2026-01-05,7,10", 10),
    "what a customer earns": (SUBS, "mrr", "customer_id,start_date,Account turnover,MRR (USD)", "a,2026-01-05,7000000,10", 10),
    "a count": (COSTS, "amount", "month,Impressions,Spend", "2026-01,90000,70", 70),
    "a contract": (SUBS, "mrr", "customer_id,start_date,Total contract value,Contract length in months", "a,2026-01-05,240,24", 10),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_an_amount_of_another_kind(workshop, name):
    table, column, head, row, right = NAMES[name]
    write(workshop, head, row)
    source = {"path": "rows.csv", "columns": {column: head.split(",")[1 if table == COSTS else 2]}}
    data = workshop.open({table: source}, as_of="2026-07-01")
    [says] = [each.says for each in data.findings]
    columns = key(says, "columns")["columns"]
    kept = {} if "instead of mrr" in says else source["columns"]
    data = workshop.open({table: {**source, "columns": {**kept, **columns}}}, as_of="2026-07-01")
    assert not data.findings
    assert data.engine.collect(data.tables[table])[column].sum() == right * 1e6


@pytest.mark.parametrize(
    ("own", "whose"), [("Order ID", "Client"), ("id", "Client"), ("Order #", "Client #")]
)
def test_a_row_s_own_id_is_no_customer(workshop, own, whose):
    write(workshop, f"{own},{whose},ordered_at,amount", "1,a,2026-06-05,5", "2,a,2026-06-06,5")
    source = {"path": "rows.csv", "columns": {"customer_id": own}}
    [says] = [e.says for e in workshop.open({ORDERS: source}, as_of="2026-07-01").findings if "customer of its own" in e.says]  # fmt: skip
    data = workshop.open({ORDERS: {**source, **key(says, "columns")}}, as_of="2026-07-01")
    assert data.engine.collect(data.tables[ORDERS])["customer_id"].nunique() == 1


def test_days_are_no_months(workshop):
    write(workshop, "customer_id,start_date,amount,interval_months", "a,2026-01-05,10,30", "b,2026-01-05,120,365", "c,2026-01-05,30,90")  # fmt: skip
    [says] = [each.says for each in workshop.open({SUBS: "rows.csv"}, as_of="2026-07-01").findings]
    assert "(3 rows" in says
    source = {"path": "rows.csv", **key(says, "columns")}
    data = workshop.open({SUBS: source}, as_of="2026-07-01")
    assert not data.findings and data.engine.collect(data.tables[SUBS])["mrr"].sum() == 30e6


@pytest.mark.parametrize(
    ("table", "head", "row"),
    [
        (SUBS, "customer_id,start_date,gross_mrr", "a,2026-01-05,12"),
        (SUBS, "customer_id,start_date,plan price,Seats", "a,2026-01-05,12,3"),
        (COSTS, "month,Marketing Cost,Cost plan", "2026-01,12,x"),
        (ORDERS, "Account Id,ordered_at,amount,Company", "a,2026-06-30,5,Acme"),
    ],
)
def test_other_names_are_taken_at_their_word(workshop, table, head, row):
    write(workshop, head, row)
    names = head.split(",")
    column = {SUBS: ("mrr", 2), COSTS: ("amount", 1), ORDERS: ("customer_id", 0)}[table]
    source = {"path": "rows.csv", "columns": {column[0]: names[column[1]]}}
    assert not workshop.open({table: source}, as_of="2026-07-01").findings
