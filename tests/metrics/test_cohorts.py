"""Named traps of cohorts, on every engine."""

import pytest


def test_who_never_paid_is_in_no_cohort(find):
    found = find(
        "cohort_retention",
        "paying_customers",
        as_of="2026-05-01",
        subscriptions="""
        customer_id | start_date | end_date | mrr
        ada         | 2026-01-10 |          | 0
        bob         | 2026-02-20 |          | 0
    """,
    )
    assert found.cohorts.empty
    assert found("paying_customers", "2026-04") == 0


def test_a_cohort_is_followed_from_the_month_it_first_paid(find):
    found = find(
        "cohort_retention",
        as_of="2026-05-01",
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-10 |            | 100
        bob         | 2026-01-20 | 2026-02-10 | 50
        bob         | 2026-04-10 |            | 70
        cyd         | 2026-02-01 |            | 30
    """,
    )
    ages = range(4)
    assert [found.cohort("customers", "2026-01", age) for age in ages] == [1, 0.5, 0.5, 1]
    assert [found.cohort("revenue_net", "2026-01", age) for age in ages] == [
        1,
        pytest.approx(2 / 3),
        pytest.approx(2 / 3),
        pytest.approx(17 / 15),
    ]
    assert [found.cohort("revenue_gross", "2026-01", age) for age in ages] == [
        1,
        pytest.approx(2 / 3),
        pytest.approx(2 / 3),
        pytest.approx(2 / 3),
    ]


def test_gross_revenue_never_rises_and_a_gap_ends_it(find):
    found = find(
        "cohort_retention",
        as_of="2026-06-01",
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-10 | 2026-02-10 | 100
        ada         | 2026-02-10 | 2026-03-10 | 60
        ada         | 2026-03-10 | 2026-04-10 | 90
        ada         | 2026-05-10 |            | 90
    """,
    )
    assert [found.cohort("revenue_gross", "2026-01", age) for age in range(5)] == [
        1,
        0.6,
        0.6,
        0,
        0,
    ]
    assert [found.cohort("revenue_net", "2026-01", age) for age in range(5)] == [
        1,
        0.6,
        0.9,
        0,
        0.9,
    ]


def test_who_left_in_the_month_of_joining_is_in_the_cohort(find):
    found = find(
        "cohort_retention",
        as_of="2026-03-01",
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-10 | 2026-01-20 | 100
        bob         | 2026-01-20 |            | 50
    """,
    )
    assert [found.cohort("customers", "2026-01", age) for age in (0, 1)] == [0.5, 0.5]
    assert found.cohort("revenue_net", "2026-01", 1) == 1


def test_a_cell_that_the_data_do_not_reach_is_immature_and_never_zero(find):
    found = find(
        "cohort_retention",
        as_of="2026-03-15",
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-10 |            | 100
        bob         | 2026-02-10 | 2026-02-20 | 100
    """,
    )
    for measure in ("customers", "revenue_net", "revenue_gross"):
        assert found.cohort(measure, "2026-01", 1) == 1
        assert found.cohort(measure, "2026-01", 2) == "immature"
        assert found.cohort(measure, "2026-01", 3) is None
    assert found.cohort("customers", "2026-02", 0) == 0
    assert found.cohort("customers", "2026-02", 1) == "immature"
    assert found.cohort("customers", None, 1) == 1


def test_months_before_the_history_are_not_zeros(find_quickly):
    found = find_quickly(
        "cohort_retention",
        history_starts="2026-03-01",
        as_of="2026-06-01",
        subscriptions="""
        customer_id | start_date | end_date | mrr
        ada         | 2026-01-10 |          | 100
        bob         | 2026-03-10 |          | 100
    """,
    )
    assert found.cohort("customers", "2026-03", 1) == 1
    assert found.cohort("customers", "2026-01", 0) in (None, "immature")
    assert found.cohort("customers", None, 0) == 1
    assert found.cohort("revenue_gross", "2026-01", 3) in (None, "immature", 1)


def test_the_mean_over_cohorts_is_weighted_by_their_size(find):
    """10 customers at 20 % and 100 at 0 % are 1.82 %, not 10 %."""
    rows = [f"a{n} | 2026-01-10 | {'' if n < 2 else '2026-02-10'} | 10" for n in range(10)]
    rows += [f"b{n} | 2026-02-10 | 2026-03-10 | 10" for n in range(100)]
    found = find(
        "cohort_retention",
        as_of="2026-04-01",
        subscriptions="customer_id | start_date | end_date | mrr\n" + "\n".join(rows),
    )
    assert found.cohort("customers", "2026-01", 1) == 0.2
    assert found.cohort("customers", "2026-02", 1) == 0
    assert round(found.cohort("customers", None, 1), 4) == 0.0182
    assert round(found.cohort("revenue_net", None, 1), 4) == 0.0182
    assert found.cohort("customers", None, 2) == 0.2


def test_a_cohorts_plan_is_that_of_the_first_paying_subscription(find):
    found = find(
        "cohort_retention",
        segments=("plan",),
        as_of="2026-04-01",
        subscriptions="""
        customer_id | start_date | end_date   | mrr | plan
        ada         | 2026-01-05 | 2026-01-10 | 0   | Trial
        ada         | 2026-01-10 | 2026-02-10 | 10  | Basic
        ada         | 2026-02-10 |            | 20  | Pro
    """,
    )
    assert found.cohort("revenue_net", "2026-01", 1, "plan=Basic") == 2
    assert found.cohort("customers", "2026-01", 1, "plan=Pro") is None
    assert found.cohort("customers", "2026-01", 1, "plan=Trial") is None


def test_a_small_cohort_of_a_segment_is_hidden(find_quickly):
    rows = [f"a{n} | 2026-01-10 | | 10 | A" for n in range(6)] + [
        f"b{n} | 2026-01-10 | | 10 | B" for n in range(4)
    ]
    found = find_quickly(
        "cohort_retention",
        segments=("plan",),
        min_n=5,
        as_of="2026-03-01",
        subscriptions="customer_id | start_date | end_date | mrr | plan\n" + "\n".join(rows),
    )
    assert found.cohort("customers", "2026-01", 1, "plan=B") == "suppressed"
    assert found.cohort("customers", "2026-01", 1, "plan=A") == "suppressed"
    assert found.cohort("customers", "2026-01", 1) == 1


def test_a_cohort_of_orders_is_active_where_it_ordered(find):
    found = find(
        "cohort_retention",
        as_of="2026-05-01",
        orders="""
        customer_id | ordered_at | amount
        ada         | 2026-01-10 | 100
        ada         | 2026-03-10 | 50
        ada         | 2026-04-10 | -30
        bob         | 2026-01-20 | 100
    """,
    )
    assert [found.cohort("customers", "2026-01", age) for age in range(4)] == [1, 0, 0.5, 0]
    assert [found.cohort("revenue_net", "2026-01", age) for age in range(4)] == [1, 0, 0.25, -0.15]
    assert found.cohort("revenue_gross", "2026-01", 1) is None
