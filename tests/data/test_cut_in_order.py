"""A file in the order of its customers that stops before the others' customers, or before the alphabet ends, is said."""

import pytest

RULE = "a file that stops"
WORDS = [f"{a}{b}{c}" for a in "abcdefghijklmnopqrstuvwxyz" for b in "aou" for c in ("lder", "rch")]


def said(workshop, customers, ordered, names=lambda each: ""):
    workshop.write("c.csv", "".join(["customer_id,name\n", *(f"{each},{names(each)}\n" for each in customers)]))  # fmt: skip
    workshop.write("o.csv", "".join(["customer_id,ordered_at,amount\n", *(f"{each},2026-0{1 + n % 6}-{1 + n * 7 % 28:02d},5\n" for n, each in enumerate(ordered))]))  # fmt: skip
    data = workshop.open({"customers": "c.csv", "orders": "o.csv"}, as_of="2026-07-01")
    return [(each.table, each.says) for each in data.findings if each.rule == RULE]


def twice(ids):
    return [each for each in ids for _ in range(2)]


@pytest.mark.parametrize(
    "ids", [[f"c{n:04d}" for n in range(200)], [f"c{n}" for n in range(200)], [str(n + 7) for n in range(200)]],
)  # fmt: skip
def test_orders_that_stop_before_the_last_customers(workshop, ids):
    [(table, says)] = said(workshop, ids, twice(ids[:150]))
    assert table == "orders"
    assert "none is of the 50 customers of customers that would come after the last row, while 150 of 150 before it have one" in says  # fmt: skip
    assert "(o.csv, line 301). Export it again." in says


def test_orders_that_have_a_customer_here_and_there(workshop):
    ids = [f"c{n:04d}" for n in range(200)]
    assert not said(workshop, ids, twice(ids[:195]))
    assert not said(workshop, ids, twice(ids[:150:2])), "hardly half of those before have one"
    assert not said(workshop, ids, [*twice(ids[:150]), ids[-1]])
    assert not said(workshop, ids, [*twice(ids[75:150]), *twice(ids[:75])]), "in no order"
    others = [*ids[:150], *(f"m{n:04d}" for n in range(50))]
    assert not said(workshop, others, twice(ids[:150])), "ids of another kind"


def test_customers_whose_names_stop_within_the_alphabet(workshop):
    def name(each):
        return WORDS[int(each)].title()

    numbers = [f"{n:03d}" for n in range(len(WORDS))]
    mixed = sorted(numbers, key=lambda each: int(each) * 37 % 101)
    [(table, says)] = said(workshop, numbers[:70], mixed[:40], name)
    assert table == "customers"
    assert '70 rows stand in the order of name, and none begins with a letter after "L"' in says
    assert not said(workshop, numbers, mixed, name)
    assert not said(workshop, sorted(numbers[:70], key=lambda each: int(each) * 37 % 71), mixed[:40], name)  # fmt: skip
    assert not said(workshop, numbers[:45], mixed[:40], name)
