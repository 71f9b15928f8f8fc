"""A row that a newer file has again at another price is said, with keys that take one of the two."""

import pytest

from cs_lib.data.contract.changed_amounts import CHANGED
from tests.data.test_plan_words import said
from tests.data.test_unread_columns import write

SUBS = "customer_id,start_date,mrr,plan,seats"


def opened(workshop, table, head, files, **source):
    for name, rows in files.items():
        write(workshop, head, *rows, name=f"in/{name}")
    return workshop.open({table: {"path": "in/*.csv", **source}}, as_of="2026-07-01")


def subs(price, who=range(4), plan="Pro", more=""):
    return [f"c{n},2026-01-05,{price + n},{plan},{more or n}" for n in who]


JANUARY, FEBRUARY = "subs-2026-01.csv", "subs-2026-02.csv"
NEW = ["d,2026-02-05,9,Max,1"]
OLD = ["d,2026-01-05,9,Max,1"]


def test_a_subscription_with_another_price_in_a_newer_file(workshop):
    files = {JANUARY: [*OLD, *subs(10)], FEBRUARY: [*NEW, *subs(12, more="x")]}
    [says] = said(opened(workshop, "subscriptions", SUBS, files), CHANGED)
    assert says.startswith(
        "in/subs-2026-01.csv, line 3, column mrr: in/subs-2026-02.csv, line 3 has the same customer_id and start_date and plan "
        "with another amount, and both count."
    )
    assert "4 rows" in says
    data = opened(workshop, "subscriptions", SUBS, files, latest="file")
    assert not said(data, CHANGED) and data.inputs[0].rows == 6 - 1
    assert not said(opened(workshop, "subscriptions", SUBS, files, repeats="count"), CHANGED)


def listed(workshop, table, head, files, **source):
    for name, rows in files.items():
        write(workshop, head, *rows, name=f"in/{name}")
    tables = {table: [{"path": f"in/{name}", **source} for name in files]}
    return workshop.open(tables, as_of="2026-07-01")


def test_a_list_of_files_with_another_price_in_a_newer_one(workshop):
    """The files of a list are sources of their own: what one of them says again at another price is told as well."""
    files = {JANUARY: [*OLD, *subs(10)], FEBRUARY: [*NEW, *subs(12, more="x")]}
    [says] = said(listed(workshop, "subscriptions", SUBS, files), CHANGED)
    assert says.startswith(
        "in/subs-2026-02.csv, line 3, column mrr: in/subs-2026-01.csv, line 3 has the same customer_id and start_date and plan "
        "with another amount, and both count."
    )
    assert "4 rows" in says
    assert not said(opened(workshop, "subscriptions", SUBS, files, latest="file"), CHANGED)
    assert not said(listed(workshop, "subscriptions", SUBS, files, repeats="count"), CHANGED)


@pytest.mark.parametrize(
    "files",
    [
        {JANUARY: subs(10), FEBRUARY: subs(12, plan="Max")},
        {JANUARY: subs(10, range(2)), FEBRUARY: subs(12, range(2))},
        {"subs-emea.csv": subs(10), "subs-apac.csv": subs(12)},
        {JANUARY: subs(10), FEBRUARY: [*subs(12, range(4, 9)), *NEW]},
    ],
)
def test_a_list_of_other_plans_few_rows_and_other_things(workshop, files):
    assert not said(listed(workshop, "subscriptions", SUBS, files), CHANGED)


def test_a_list_of_costs_that_were_corrected(workshop):
    rows = [f"2026-0{n},ads,{{}},{n}" for n in range(1, 5)]
    older, newer = ([each.format(amount) for each in rows] for amount in (10, 12))
    files = {"costs-2026-04.csv": older, "costs-2026-05.csv": [*newer, "2026-05,ads,3,1"]}
    [says] = said(listed(workshop, "acquisition_costs", "month,channel,amount,clicks", files), CHANGED)  # fmt: skip
    assert "in/costs-2026-04.csv, line 2 has the same month and channel" in says


@pytest.mark.parametrize(
    "files",
    [
        {JANUARY: subs(10), FEBRUARY: subs(12, plan="Max")},
        {JANUARY: subs(10, range(2)), FEBRUARY: subs(12, range(2))},
        {"subs-emea.csv": subs(10), "subs-apac.csv": subs(12)},
        {JANUARY: [*subs(10), *(each.replace("c", "e") for each in subs(12))], FEBRUARY: NEW},
    ],
)
def test_other_plans_few_rows_and_files_of_other_things(workshop, files):
    assert not said(opened(workshop, "subscriptions", SUBS, files), CHANGED)


def test_costs_that_were_corrected(workshop):
    head, rows = "month,channel,amount,clicks", [f"2026-0{n},ads,{{}},{n}" for n in range(1, 5)]
    older, newer = ([each.format(amount) for each in rows] for amount in (10, 12))
    files = {"costs-2026-04.csv": older, "costs-2026-05.csv": [*newer, "2026-05,ads,3,1"]}
    [says] = said(opened(workshop, "acquisition_costs", head, files), CHANGED)
    assert says.startswith("in/costs-2026-04.csv, line 2, column amount: in/costs-2026-05.csv, line 2 has the same month and channel")  # fmt: skip


def test_orders_that_were_corrected_and_lines_parted_by_the_end_of_a_file(workshop):
    head = "order_id,customer_id,ordered_at,amount"
    older, newer = ([f"o{n},c{n},2026-01-05,{n + more}" for n in range(4)] for more in (1, 9))
    files = {"orders-1.csv": older, "orders-2.csv": newer}
    [says] = said(opened(workshop, "orders", head, files), CHANGED)
    assert "has the same order_id and customer_id and ordered_at with another amount" in says
    lines = [f"o0,c0,2026-01-05,{n}" for n in range(1, 9)]
    files = {"orders-1.csv": lines[:4], "orders-2.csv": lines[4:]}
    assert not said(opened(workshop, "orders", head, files), CHANGED)
