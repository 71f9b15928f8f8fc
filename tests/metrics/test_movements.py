"""Named traps of snapshots and movements, on every engine."""

import itertools

import pytest
from drawn import MONEY_FLOW

COUNTS = (
    "opening_customers",
    "new_customers",
    "reactivated_customers",
    "churned_customers",
    "joined_and_left",
    "paying_customers",
)


def test_a_customer_who_returns_is_not_new(find):
    found = find(
        *MONEY_FLOW,
        *COUNTS,
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-01 | 2026-03-01 | 50
        ada         | 2026-05-01 |            | 60
    """,
    )
    assert found.moved("2026-05") == {"reactivation": 60}
    assert found("reactivated_customers", "2026-05") == 1
    assert found("new_customers", "2026-05") == 0


def test_a_customer_who_joins_and_leaves_in_one_month_moves_nothing(find):
    found = find(
        *MONEY_FLOW,
        *COUNTS,
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-05-03 | 2026-05-20 | 50
        bob         | 2026-04-01 |            | 10
    """,
    )
    assert found.moved("2026-05") == {}
    assert found("joined_and_left", "2026-05") == 1
    assert found("new_customers", "2026-05") == 1
    assert found("churned_customers", "2026-05") == 0


def test_a_customer_who_leaves_and_comes_back_in_one_month_moves_nothing(find):
    found = find(
        *MONEY_FLOW,
        *COUNTS,
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-04-01 | 2026-05-05 | 50
        ada         | 2026-05-20 |            | 50
    """,
    )
    assert found.moved("2026-05") == {}
    assert [found(name, "2026-05") for name in COUNTS] == [1, 0, 0, 0, 0, 1]


def test_an_unchanged_yearly_customer_of_1200_shows_no_movement_in_any_month(find):
    found = find(
        *MONEY_FLOW,
        as_of="2027-01-01",
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2024-01-15 | 2025-01-15 | 100
        ada         | 2025-01-15 | 2026-01-15 | 100
        ada         | 2026-01-15 |            | 100
    """,
    )
    months = [f"{year}-{month:02d}" for year in (2024, 2025, 2026) for month in range(1, 13)]
    assert found.moved("2024-01") == {"new": 100}
    assert [found.moved(month) for month in months[1:]] == [{}] * 35
    assert {found("mrr", month) for month in months} == {100}


def test_two_subscriptions_of_one_customer_are_summed(find):
    found = find(
        *MONEY_FLOW,
        *COUNTS,
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-01 |            | 40
        ada         | 2026-01-01 | 2026-04-10 | 60
    """,
    )
    assert found("mrr", "2026-03") == 100
    assert found("paying_customers", "2026-03") == 1
    assert found.moved("2026-04") == {"contraction": -60}


def test_opposite_changes_of_two_subscriptions_are_one_customers_change(find):
    found = find(
        *MONEY_FLOW,
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-01 | 2026-04-10 | 60
        ada         | 2026-04-10 |            | 90
        ada         | 2026-01-01 | 2026-04-20 | 10
    """,
    )
    assert found.moved("2026-04") == {"expansion": 20}


def test_a_subscription_that_ends_on_the_months_first_day_was_paying_at_the_closing_before(find):
    found = find(
        *MONEY_FLOW,
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-01 | 2026-04-01 | 50
        bob         | 2026-01-01 | 2026-03-31 | 30
        cyd         | 2026-04-01 |            | 7
    """,
    )
    assert found("mrr", "2026-03") == 50
    assert found.moved("2026-03") == {"churned": -30}
    assert found.moved("2026-04") == {"new": 7, "churned": -50}


def test_the_leap_day_belongs_to_february(find):
    found = find(
        *MONEY_FLOW,
        as_of="2025-01-01",
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2024-02-29 |            | 50
        bob         | 2024-01-01 | 2024-02-29 | 20
    """,
    )
    assert found.moved("2024-02") == {"new": 50, "churned": -20}


def test_an_end_in_the_future_has_not_come_yet(find):
    found = find(
        *MONEY_FLOW,
        as_of="2026-07-01",
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-01 | 2027-03-15 | 50
    """,
    )
    assert found("mrr", "2026-06") == 50
    assert found.moved("2026-06") == {}


def test_a_row_of_no_length_never_paid(find):
    found = find(
        *MONEY_FLOW,
        *COUNTS,
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-03-10 | 2026-03-10 | 50
        ada         | 2026-05-01 |            | 60
        bob         | 2026-01-01 |            | 10
    """,
    )
    assert found("joined_and_left", "2026-03") == 0
    assert found.moved("2026-05") == {"new": 60}


def test_going_over_to_the_free_plan_is_churn(find):
    found = find(
        *MONEY_FLOW,
        *COUNTS,
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-01 | 2026-04-10 | 50
        ada         | 2026-04-10 |            | 0
    """,
    )
    assert found.moved("2026-04") == {"churned": -50}
    assert found("paying_customers", "2026-04") == 0


def test_a_trial_is_not_paying_and_its_end_is_the_start(find):
    found = find(
        *MONEY_FLOW,
        *COUNTS,
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-03-20 | 2026-04-03 | 0
        ada         | 2026-04-03 |            | 50
        bob         | 2026-01-01 |            | 10
    """,
    )
    assert found("new_customers", "2026-03") == 0
    assert found.moved("2026-04") == {"new": 50}


@pytest.mark.parametrize(
    ("period", "moved"),
    [
        ("2026-05", {"reactivation": 60}),
        ("2026-Q1", {"new": 30, "churned": -50}),
        ("2026-Q2", {"reactivation": 60, "contraction": -10}),
        ("2026", {"new": 20, "expansion": 10}),
        ("2026-W09", {"churned": -50}),
        ("2026-W10", {}),
    ],
)
def test_every_grain_has_its_own_opening_and_closing(find_quickly, period, moved):
    found = find_quickly(
        *MONEY_FLOW,
        grains=("month", "quarter", "week", "year"),
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2025-11-01 | 2026-03-01 | 50
        ada         | 2026-05-01 |            | 60
        bob         | 2026-02-01 | 2026-06-15 | 30
        bob         | 2026-06-15 |            | 20
    """,
    )
    assert found.moved(period) == moved


def test_an_iso_week_runs_from_monday_to_sunday(find_quickly):
    found = find_quickly(
        *MONEY_FLOW,
        grains=("month", "week"),
        subscriptions="""
        customer_id | start_date | end_date | mrr
        ada         | 2026-06-14 |          | 10
        bob         | 2026-06-15 |          | 20
    """,
    )
    assert found.moved("2026-W24") == {"new": 10}
    assert found.moved("2026-W25") == {"new": 20}


def test_a_month_that_the_data_do_not_reach_the_end_of_is_immature(find_quickly):
    found = find_quickly(
        "mrr",
        "new_mrr",
        "customer_churn_rate",
        as_of="2026-06-15",
        subscriptions="""
        customer_id | start_date | end_date | mrr
        ada         | 2026-01-01 |          | 10
        bob         | 2026-06-10 |          | 20
    """,
    )
    assert found("new_mrr", "2026-05") == 0
    assert found("new_mrr", "2026-06") == "immature"
    assert found("mrr", "2026-06") == "immature"
    assert found("customer_churn_rate", "2026-06") == "immature"
    assert found.row("mrr", "2026-06")["value"] != found.row("mrr", "2026-06")["value"]


def test_what_lies_before_the_history_is_unknown(find_quickly):
    found = find_quickly(
        *MONEY_FLOW,
        "gross_revenue_retention",
        history_starts="2026-03-10",
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-01 |            | 10
        bob         | 2026-03-20 |            | 20
        cyd         | 2026-04-20 |            | 40
        dot         | 2026-01-01 | 2026-05-02 | 30
    """,
    )
    assert found("new_mrr", "2026-02") in (None, "immature")
    assert found("new_mrr", "2026-03") == "immature"
    assert found.moved("2026-04") == {"new": 40}
    assert found.moved("2026-05") == {"churned": -30}
    assert found("gross_revenue_retention", "2026-12", "12_months") == "immature"


def test_a_base_before_the_history_is_unknown_though_its_month_has_begun(find_quickly):
    found = find_quickly(
        "gross_revenue_retention",
        "net_revenue_retention",
        as_of="2027-06-01",
        history_starts="2026-03-10",
        subscriptions="""
        customer_id | start_date | end_date | mrr
        ada         | 2026-01-01 |          | 10
        bob         | 2026-03-20 |          | 20
    """,
    )
    assert found("gross_revenue_retention", "2027-02", "12_months") == "immature"
    assert found("gross_revenue_retention", "2027-03", "12_months") == 1


def test_opening_is_the_closing_before_and_movements_lead_from_one_to_the_other(find):
    found = find(
        *MONEY_FLOW,
        segments=("plan",),
        subscriptions="""
        customer_id | start_date | end_date   | mrr    | plan
        ada         | 2026-01-01 | 2026-03-15 | 50     | Basic
        ada         | 2026-03-15 |            | 90.33  | Pro
        bob         | 2026-02-01 | 2026-05-01 | 33.333 | Pro
        bob         | 2026-07-01 |            | 10     | Basic
        cyd         | 2026-02-10 | 2026-02-20 | 77     | Basic
    """,
    )
    months = [f"2026-{month:02d}" for month in range(1, 13)]
    for segment in ("all", "plan=Basic", "plan=Pro"):
        for before, month in itertools.pairwise(months):
            assert found("opening_mrr", month, segment=segment) == found(
                "mrr", before, segment=segment
            )
            moved = sum(found.moved(month, segment).values())
            reached = found("opening_mrr", month, segment=segment) + moved
            assert reached == pytest.approx(found("mrr", month, segment=segment), abs=1e-9)
    for month in months:
        parts = [found("mrr", month, segment=f"plan={plan}") for plan in ("Basic", "Pro")]
        assert sum(parts) == pytest.approx(found("mrr", month), abs=1e-9)


def test_the_reason_is_that_of_what_the_customer_paid_for_last(find):
    """A row of no length never paid, so that its reason says nothing about the customer."""
    found = find(
        *("churned_customers_by_reason", "churned_mrr_by_reason"),
        subscriptions="""
        customer_id | start_date | end_date   | mrr | end_reason
        ada         | 2026-01-01 | 2026-04-10 | 50  | price
        ada         | 2026-04-20 | 2026-04-20 | 50  | mistake
        bob         | 2026-01-01 | 2026-04-10 | 30  |
        cyd         | 2026-01-01 | 2026-04-10 | 10  | new plan
        cyd         | 2026-04-10 |            | 20  |
    """,
    )
    reasons = ("price", "mistake", "(not given)", "new plan")
    lost = [
        found("churned_customers_by_reason", "2026-04", segment=f"end_reason={reason}")
        for reason in reasons
    ]
    assert [count or 0 for count in lost] == [1, 0, 1, 0]
    assert found("churned_mrr_by_reason", "2026-04", segment="end_reason=price") == -50
    assert found("churned_mrr_by_reason", "2026-04", segment="end_reason=(not given)") == -30


def test_who_joined_long_before_the_history_is_there_from_its_first_day(find):
    """Money taken up more than a year before the first period still counts into its opening."""
    found = find(
        "opening_mrr",
        "mrr",
        "opening_customers",
        history_starts="2026-01-01",
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2022-03-01 |            | 60
        bob         | 2023-05-01 | 2024-02-01 | 40
        cleo        | 2025-06-01 |            | 10
    """,
    )
    assert found("opening_mrr", "2026-01") == 70
    assert found("opening_customers", "2026-01") == 2
    assert found("mrr", "2026-02") == 70
