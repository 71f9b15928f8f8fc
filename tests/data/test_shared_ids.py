"""An order, or a subscription, under the ids of several customers is said; each customer's own numbers are not."""

from tests.data.test_unread_columns import key, write

AS_OF = {"as_of": "2026-07-01"}
RULE = "one id of several customers"


def said(data, rule=RULE):
    return [each.says for each in data.findings if each.rule == rule]


def orders(workshop, *rows):
    write(workshop, "order_id,customer_id,ordered_at,amount", *rows)
    return workshop.open({"orders": "rows.csv"}, **AS_OF)


def test_an_order_of_two_customers(workshop):
    data = orders(
        workshop, "o2,a,2026-06-01,1", "o1,b,2026-06-02,2", "o1,c,2026-06-02,3", "o1,b,2026-06-02,9"
    )
    [says] = said(data)
    assert says.startswith("rows.csv, line 3, column order_id: the same order_id stands under several customers")  # fmt: skip
    assert says.endswith("(3 rows, then line 4, 5)")


def test_lines_of_an_order_are_of_one_customer(workshop):
    assert not orders(workshop, "o1,a,2026-06-01,1", "o1,a,2026-06-01,2", "o0,b,2026-06-01,2").findings  # fmt: skip


def test_numbers_that_each_customer_begins_anew(workshop):
    rows = [f"{n},{who},2026-06-{1 + n:02d},{n}" for who in "abcd" for n in range(1, 4)]
    assert not said(orders(workshop, *rows))


def test_a_subscription_that_two_customers_had(workshop):
    head = "subscription_id,customer_id,start_date,end_date,mrr"
    write(
        workshop, head, "s1,a,2026-01-01,2026-03-01,5", "s1,b,2026-03-01,,5", "s2,c,2026-01-01,,5"
    )
    [says] = said(workshop.open({"subscriptions": "rows.csv"}, **AS_OF))
    assert "it counts as lost by the one and as new with the other" in says
    write(workshop, head, "s1,a,2026-01-01,2026-03-01,5", "s1,b,2026-03-01,,5")
    assert said(workshop.open({"subscriptions": "rows.csv"}, **AS_OF))


def test_a_quantity_of_nothing_is_said_and_counted_by_the_key(workshop):
    head = "customer_id,start_date,amount,interval_months,quantity"
    write(workshop, head, "a,2026-01-01,10,1,0", "b,2026-01-01,10,1,1", "c,2026-01-01,0,1,0")
    [says] = said(workshop.open({"subscriptions": "rows.csv"}, **AS_OF), "quantity of 0")
    assert says.startswith(
        'rows.csv, line 2, column quantity: "0" makes nothing of an amount of 10'
    )
    assert says.endswith("for this table.")  # one row: what costs nothing is paid nothing for
    told = {"path": "rows.csv", **key(says, "values")}
    data = workshop.open({"subscriptions": told}, **AS_OF)
    assert sorted(data.engine.collect(data.tables["subscriptions"])["mrr"] / 1e6) == [0, 10, 10]
    assert not said(data, "quantity of 0")


def test_the_first_day_of_unix_is_no_day(workshop):
    write(workshop, "customer_id,signed_up_on", "a,1970-01-01", "b,1970-01-02", "c,2026-01-01")
    [says] = said(workshop.open({"customers": "rows.csv"}, **AS_OF), "day of nothing")
    assert says.startswith('rows.csv, line 2, column signed_up_on: "1970-01-01" is the day that a system writes')  # fmt: skip
    told = {"path": "rows.csv", "empty": ["1970-01-01"]}
    assert "set empty: ['1970-01-01'] for this table" in says
    assert not workshop.open({"customers": told}, **AS_OF).findings
