"""Named traps of businesses with orders, on every engine."""

import pytest

from cs_lib.metrics.audit.reconciliation import ADDED_OVER_SEGMENTS

COUNTS = (
    "opening_customers",
    "new_customers",
    "reactivated_customers",
    "churned_customers",
    "joined_and_left",
    "paying_customers",
)
BASKET = ("revenue", "orders", "ordering_customers", "average_order_value", "arpa")


def test_the_lines_of_a_split_invoice_are_one_order(find):
    found = find(
        *BASKET,
        orders="""
        customer_id | ordered_at          | amount | order_id
        ada         | 2026-04-10 10:00:00 | 30     | i1
        ada         | 2026-04-10 10:00:00 | 20     | i1
        ada         | 2026-05-02          | 10     | i1
        bob         | 2026-04-11          | 40     |
        bob         | 2026-04-11          | 10     |
    """,
    )
    assert found("orders", "2026-04") == 3
    assert found("orders", "2026-05") == 0
    assert found("revenue", "2026-05") == 10
    assert found("average_order_value", "2026-04") == pytest.approx(100 / 3)


def test_a_split_invoice_is_one_order_whatever_its_lines_are_about(find):
    found = find(
        "orders",
        "repeat_rate",
        segments=("category",),
        as_of="2026-05-01",
        orders="""
        customer_id | ordered_at | amount | order_id | category
        ada         | 2026-04-10 | 30     | i1       | pens
        ada         | 2026-04-10 | 20     | i1       | paper
        bob         | 2025-04-10 | 20     | i2       | paper
    """,
    )
    assert found("orders", "2026-04") == 1
    assert found.parts("repeat_rate", "2026-04") == (0, 1)


def test_without_order_ids_each_positive_row_is_an_order(find):
    found = find(
        *BASKET,
        orders="""
        customer_id | ordered_at | amount
        ada         | 2026-04-10 | 30
        ada         | 2026-04-10 | 20
        ada         | 2026-04-12 | -5
        ada         | 2026-04-13 | 0
    """,
    )
    assert found("orders", "2026-04") == 2
    assert found("revenue", "2026-04") == 45
    assert found("ordering_customers", "2026-04") == 1


def test_a_month_of_refunds_alone_has_negative_revenue_and_no_customers(find):
    found = find(
        *BASKET,
        *COUNTS,
        "revenue_growth_rate",
        active_window=2,
        orders="""
        customer_id | ordered_at | amount | order_id
        ada         | 2026-03-10 | 30     | i1
        ada         | 2026-04-12 | -12    | i1
        bob         | 2026-04-12 | -8     | i9
    """,
    )
    assert found("revenue", "2026-04") == -20
    assert found("orders", "2026-04") == 0
    assert found("average_order_value", "2026-04") == "undefined"
    assert found("arpa", "2026-04") == "undefined"
    assert found("new_customers", "2026-04") == 0
    assert found("paying_customers", "2026-04") == 1
    assert found("revenue_growth_rate", "2026-04") == pytest.approx(-20 / 30 - 1)


def test_the_edges_of_the_active_window(find):
    """Three months: an order of 1 March counts before 1 June, one of 28 February does not."""
    found = find(
        *COUNTS,
        "customer_churn_rate",
        as_of="2026-09-01",
        orders="""
        customer_id | ordered_at          | amount
        ada         | 2026-03-01          | 10
        bob         | 2026-02-28 23:59:59 | 10
        cyd         | 2026-05-31 23:59:59 | 10
        dot         | 2026-06-01          | 10
    """,
    )
    assert found("paying_customers", "2026-05") == 2
    assert found("opening_customers", "2026-06") == 2
    assert found.parts("customer_churn_rate", "2026-06") == (1, 2)
    assert found("churned_customers", "2026-05") == 1


def test_the_months_figures_do_not_depend_on_other_grains(find_quickly):
    """1 June 2026 is a Monday: the end of a month and of a week."""
    orders = """
        customer_id | ordered_at | amount
        ada         | 2026-03-01 | 10
        bob         | 2026-01-15 | 10
        cyd         | 2026-04-01 | 10
    """
    names = (*COUNTS, "customer_churn_rate", "repeat_rate", "purchase_frequency")
    alone = find_quickly(*names, as_of="2026-09-01", orders=orders)
    among = find_quickly(
        *names, as_of="2026-09-01", orders=orders, grains=("month", "week", "quarter", "year")
    )
    for name in names:
        for month in ("2026-03", "2026-04", "2026-05", "2026-06", "2026-07"):
            assert among(name, month) == alone(name, month), (name, month)


def test_the_window_is_the_editions(find):
    found = find(
        "paying_customers",
        active_window=1,
        as_of="2026-09-01",
        orders="""
        customer_id | ordered_at | amount
        ada         | 2026-03-01 | 10
    """,
    )
    assert [found("paying_customers", month) for month in ("2026-03", "2026-04")] == [1, 0]


def test_who_orders_again_after_the_window_is_reactivated_not_new(find):
    found = find(
        *COUNTS,
        as_of="2027-01-01",
        grains=("month", "year"),
        orders="""
        customer_id | ordered_at | amount
        ada         | 2026-01-10 | 10
        ada         | 2026-07-10 | 10
        bob         | 2026-02-10 | 10
    """,
    )
    assert found("reactivated_customers", "2026-07") == 1
    assert found("new_customers", "2026-07") == 0
    assert found("joined_and_left", "2026") == 2
    assert found("new_customers", "2026") == 2


def test_frequency_and_repeats_are_of_the_twelve_months_to_the_periods_end(find):
    found = find(
        "purchase_frequency",
        "repeat_rate",
        "average_order_value",
        as_of="2027-01-01",
        orders="""
        customer_id | ordered_at | amount | order_id
        ada         | 2025-06-30 | 10     | a1
        ada         | 2025-07-01 | 10     | a2
        ada         | 2026-06-30 | 40     | a3
        bob         | 2025-08-01 | 10     | b1
        bob         | 2025-08-01 | 10     | b1
        cyd         | 2025-01-01 | 10     | c1
    """,
    )
    assert found.parts("purchase_frequency", "2026-06") == (3, 2)
    assert found.parts("repeat_rate", "2026-06") == (1, 2)
    assert found("average_order_value", "2026-06", "12_months") == pytest.approx(70 / 3)
    assert found("repeat_rate", "2025-11") == "immature"


def test_new_customers_revenue_is_that_of_their_first_period(find):
    found = find(
        "arpa",
        "revenue",
        "revenue_growth_rate",
        as_of="2027-03-01",
        orders="""
        customer_id | ordered_at | amount
        ada         | 2026-01-10 | 10
        ada         | 2026-02-10 | 30
        bob         | 2026-02-11 | 20
        bob         | 2026-02-12 | -5
        cyd         | 2027-02-01 | 90
    """,
    )
    assert found("arpa", "2026-02", "new_customers") == 15
    assert found("arpa", "2026-02") == 22.5
    assert found("revenue_growth_rate", "2026-02") == 3.5
    assert found("revenue_growth_rate", "2027-02", "year_over_year") == 1
    assert found("revenue_growth_rate", "2026-01") == "immature"
    assert found("revenue_growth_rate", "2026-04") == "undefined"


def test_a_window_that_the_data_do_not_cover_yet_is_immature_and_not_nothing(find):
    """The first order is of January; at the window of three months the closing of March is the first."""
    found = find(
        *COUNTS,
        "customer_churn_rate",
        as_of="2026-07-01",
        orders="""
        customer_id | ordered_at | amount
        ada         | 2026-01-10 | 30
        bob         | 2026-02-10 | 30
        ada         | 2026-05-10 | 30
    """,
    )
    months = [f"2026-{month:02d}" for month in range(1, 7)]
    asked = {name: [found(name, month) for month in months] for name in COUNTS}
    unknown = "immature"
    assert asked["paying_customers"] == [unknown, unknown, 2, 1, 1, 1]
    assert asked["opening_customers"] == [unknown, unknown, unknown, 2, 1, 1]
    assert asked["churned_customers"] == [unknown, unknown, unknown, 1, 1, 0]
    assert asked["new_customers"] == [1, 1, 0, 0, 0, 0]
    assert found("customer_churn_rate", "2026-03") == unknown
    assert found("customer_churn_rate", "2026-04") == 0.5


def test_who_orders_on_the_first_day_is_new_unless_the_history_starts_later(find_quickly):
    orders = """
        customer_id | ordered_at | amount
        ada         | 2026-01-10 | 30
        bob         | 2026-03-10 | 30
    """
    whole = find_quickly("new_customers", as_of="2026-07-01", orders=orders)
    assert [whole("new_customers", f"2026-0{month}") for month in (1, 2, 3)] == [1, 0, 1]
    later = find_quickly(
        "new_customers", as_of="2026-07-01", history_starts="2026-02-01", orders=orders
    )
    assert later("new_customers", "2026-03") == 1
    assert later("new_customers", "2026-01") is None


def test_what_the_workbook_adds_up_over_segments_adds_up_where_an_order_lies_in_two(find):
    found = find(
        *ADDED_OVER_SEGMENTS,
        "orders",
        segments=("category",),
        as_of="2026-05-01",
        orders="""
        customer_id | ordered_at | amount | order_id | category
        ada         | 2026-04-10 | 30     | i1       | A
        ada         | 2026-04-10 | 20     | i1       | B
        bob         | 2026-04-11 | 10     | i2       | B
    """,
    )
    split = ("category=A", "category=B")
    for name in {*ADDED_OVER_SEGMENTS} & {*found.measures["metric"]}:
        parts = [found(name, "2026-04", segment=each) for each in split]
        if None not in parts:
            assert sum(parts) == found(name, "2026-04"), name
    assert [found("orders", "2026-04", segment=each) for each in ("all", *split)] == [2, 1, 2]
