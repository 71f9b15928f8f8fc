"""The price of a whole contract or order on each of its lines is said, and the key that is offered gives each its part."""

from offers import offers

from tests.data.test_plan_words import said
from tests.data.test_unread_columns import write

RULE = "a total on each line"
ITEMS = ("Base", "Seats", "Support")


def subscriptions(workshop, lines, source=()):
    """lines(n): item and price of each line of a contract."""
    rows = [f"c{n},2025-01-0{1 + n % 9},{price},K{n},Pro,{item}" for n in range(12) for item, price in lines(n)]  # fmt: skip
    write(workshop, "customer_id,start_date,mrr,contract_id,plan,product", *rows)
    return workshop.open({"subscriptions": {"path": "rows.csv", **dict(source)}}, as_of="2026-07-01")  # fmt: skip


def total(data, table, column):
    return round(sum(data.engine.collect(data.tables[table])[column]) / 1e6, 4)


def test_a_contracts_price_on_each_line(workshop):
    def lines(n):
        return [(each, 20 + 10 * (n % 4)) for each in ITEMS]

    [says] = said(subscriptions(workshop, lines), RULE)
    assert "12 numbers in contract_id have several rows (36) with one mrr on each, the first in rows.csv, line 2" in says  # fmt: skip
    right = subscriptions(workshop, lines, offers(says)[0])
    assert not said(right, RULE)
    assert total(right, "subscriptions", "mrr") == sum(20 + 10 * (n % 4) for n in range(12))


def test_lines_with_a_price_of_their_own(workshop):
    assert not said(subscriptions(workshop, lambda n: [(each, 20 + n + 5 * k) for k, each in enumerate(ITEMS)]), RULE)  # fmt: skip
    alike = subscriptions(workshop, lambda n: [("Seat", 20 + n)] * 3)
    assert not said(alike, RULE), "three seats of one kind at one price"
    assert not said(subscriptions(workshop, lambda n: [(each, 30) for each in ITEMS]), RULE), "one price for all"  # fmt: skip
    assert not said(subscriptions(workshop, lambda n: [("Base", 20 + n)]), RULE)


def test_an_orders_total_on_each_line(workshop):
    rows = [f"c{n},2026-0{1 + n % 6}-05,{20 + n},{n},{sku}" for n in range(12) for sku in "xyz"[: 1 + n % 3]]  # fmt: skip
    rows += [f"d{n},2026-0{1 + n % 6}-05,{20 + n},{50 + n},{sku}" for n in range(12) for sku in "xy"]  # fmt: skip
    write(workshop, "customer_id,ordered_at,amount,order_id,sku", *rows)
    [says, *_] = workshop.refused({"orders": "rows.csv"}, as_of="2026-07-01")
    [count] = offers(says)
    source = {"path": "rows.csv", **count}
    [says] = said(workshop.open({"orders": source}, as_of="2026-07-01"), RULE)
    right = workshop.open({"orders": {**source, **offers(says)[0]}}, as_of="2026-07-01")
    assert not said(right, RULE)
    assert total(right, "orders", "amount") == 2 * sum(20 + n for n in range(12))
