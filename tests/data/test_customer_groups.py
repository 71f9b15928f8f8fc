"""Customers that are not one each are said: parents, two systems, marketplaces, add-ons alone; and strange owners."""

from offers import offers

from tests.data.test_telling_columns import AS_OF, HEADS, ORDERS, SUBS, said
from tests.data.test_unread_columns import write

HEAD = "customer_id,start_date,end_date,mrr"


def test_parents_that_cost_what_their_children_do(workshop):
    rows = [f"{who}{n},2026-01-01,,{10 + n},{who}" for who in "PQ" for n in range(3)]
    own = [f"{who},2026-01-01,,33," for who in "PQ"]
    write(workshop, f"{HEAD},parent_id", *rows, *own, "z,2026-01-01,,5,")
    rule = "a customer that adds up others"
    [says] = said(workshop.open({SUBS: "rows.csv"}, **AS_OF), rule)
    assert "2 customers named in parent_id" in says and "rows.csv, line 8" in says
    data = workshop.open({SUBS: {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    assert data.engine.collect(data.tables[SUBS])["mrr"].sum() == 71e6 and not said(data, rule)
    other = [each.replace("33", "30") for each in own]
    write(workshop, f"{HEAD},parent_id", *rows, *other)
    assert not said(workshop.open({SUBS: "rows.csv"}, **AS_OF), rule)


def test_a_parent_that_the_table_of_customers_names(workshop):
    """The parents' parents cost what the parents do."""
    of = {"P": "R", "Q": "R", "S": "T", "U": "T", **{f"{who}{n}": who for who in "PQSU" for n in range(2)}}  # fmt: skip
    paid = {**{f"{who}{n}": 10 + n for who in "PQSU" for n in range(2)}, **dict.fromkeys("PQSU", 21), "R": 42, "T": 42}  # fmt: skip
    write(workshop, "customer_id,Parent Account", *(f"{who},{of.get(who, '')}" for who in paid), name="customers.csv")  # fmt: skip
    write(workshop, HEAD, *(f"{who},2026-01-01,,{mrr}" for who, mrr in paid.items()))
    rule, tables = "a customer that adds up others", {"customers": "customers.csv"}
    [says] = said(workshop.open({SUBS: "rows.csv", **tables}, **AS_OF), rule)
    assert "6 customers named in Parent Account" in says
    data = workshop.open({SUBS: {"path": "rows.csv", **offers(says)[0]}, **tables}, **AS_OF)
    assert data.engine.collect(data.tables[SUBS])["mrr"].sum() == 84e6 and not said(data, rule)


def test_add_ons_alone(workshop):
    rows = []
    for n in range(4):
        rows += [f"c{n},2026-01-01,2026-05-01,10,Pro", f"c{n},2026-01-01,,5,Add-on: API"]
    rule = "add-ons that outlive what they are added to"
    write(workshop, f"{HEAD},plan", *rows)
    [says] = said(workshop.open({SUBS: "rows.csv"}, **AS_OF), rule)
    assert "4 customers have add-ons alone" in says and "rows.csv, line 2" in says
    write(workshop, f"{HEAD},plan", *(each.replace("2026-05-01,10", ",10") for each in rows))
    assert not said(workshop.open({SUBS: "rows.csv"}, **AS_OF), rule)
    write(workshop, f"{HEAD},plan", *rows[1::2])
    assert not said(workshop.open({SUBS: "rows.csv"}, **AS_OF), rule)


def test_customers_in_two_systems(workshop):
    one = [f"c{n},2026-01-0{1 + n},,10,A{n}" for n in range(8)]
    other = [f"c{n},2026-02-0{1 + n},,{11 + n},sub_{n}" for n in range(2, 9)]
    write(workshop, f"{HEAD},subscription_id", *one, name="one.csv")
    write(workshop, f"{HEAD},subscription_id", *other, name="other.csv")
    rule, sources = "customers in two sources", [{"path": "one.csv"}, {"path": "other.csv"}]
    [says] = said(workshop.open({SUBS: sources}, **AS_OF), rule)
    assert "6 customers without an end, the first in other.csv, line 2, go on without an end in one.csv too" in says  # fmt: skip
    told = [sources[0], {**sources[1], **offers(says)[0]}]
    assert not said(workshop.open({SUBS: told}, **AS_OF), rule)
    ended = (each.replace(",,", ",2026-03-01,") for each in one)
    write(workshop, f"{HEAD},subscription_id", *ended, name="one.csv")
    assert not said(workshop.open({SUBS: sources}, **AS_OF), rule)


def test_a_marketplace_as_a_customer(workshop):
    rows = [f"{'Amazon.com' if n % 3 else f'c{n}'},2026-06-{1 + n:02d},{5 + n}" for n in range(20)]
    write(workshop, HEADS[ORDERS], *rows)
    rule = "a marketplace as a customer"
    [says] = said(workshop.open({ORDERS: "rows.csv"}, **AS_OF), rule)
    data = workshop.open({ORDERS: {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    assert data.inputs[0].rows == 7 and not said(data, rule)
    write(workshop, HEADS[ORDERS], "Amazon.com,2026-06-01,5", *rows[::3])
    assert not said(workshop.open({ORDERS: "rows.csv"}, **AS_OF), rule)


def test_owners_of_costs_that_no_customer_has(workshop):
    write(workshop, HEAD, "a,2026-01-01,,10", "b,2026-01-01,,10", name="subs.csv")
    write(workshop, "customer_id,owner", "a,Ana", "b,Bo", name="who.csv")
    tables = {SUBS: "subs.csv", "customers": "who.csv", "success_costs": "rows.csv"}
    write(workshop, "month,amount,owner", "2026-06,5,ana@x.com", "2026-06,6,bo@x.com")
    rule = "owners without customers"
    [says] = said(workshop.open(tables, **AS_OF), rule)
    assert "none of 2 owners is the owner of a customer" in says
    mapped = {"path": "rows.csv", "map": {"owner": {"ana@x.com": "Ana", "bo@x.com": "Bo"}}}
    assert not said(workshop.open({**tables, "success_costs": mapped}, **AS_OF), rule)
