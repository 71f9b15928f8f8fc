"""Segments that can change, and segments too small to show, on every engine."""

import pytest
from drawn import MONEY_FLOW

RATES = ("customer_churn_rate", "gross_revenue_retention", "net_revenue_retention")


def test_a_change_of_plan_is_a_transfer_and_what_is_paid_more_an_expansion(find):
    found = find(
        *MONEY_FLOW,
        segments=("plan",),
        subscriptions="""
        customer_id | start_date | end_date   | mrr | plan
        ada         | 2026-01-01 | 2026-04-10 | 50  | Basic
        ada         | 2026-04-10 |            | 80  | Pro
    """,
    )
    assert found.moved("2026-04") == {"expansion": 30}
    assert found.moved("2026-04", "plan=Basic") == {"transfer_out": -50}
    assert found.moved("2026-04", "plan=Pro") == {"transfer_in": 50, "expansion": 30}
    assert found("mrr", "2026-04", segment="plan=Basic") == 0


def test_a_change_to_a_cheaper_plan_contracts_where_the_money_was(find):
    found = find(
        *MONEY_FLOW,
        segments=("plan",),
        subscriptions="""
        customer_id | start_date | end_date   | mrr | plan
        ada         | 2026-01-01 | 2026-04-10 | 80  | Pro
        ada         | 2026-04-10 |            | 50  | Basic
    """,
    )
    assert found.moved("2026-04", "plan=Pro") == {"transfer_out": -50, "contraction": -30}
    assert found.moved("2026-04", "plan=Basic") == {"transfer_in": 50}


def test_a_mixed_change_over_three_plans_adds_up_exactly(find):
    """Losses 30 + 10, gains 70: 40 move (pro rata), 30 are expansion."""
    found = find(
        *MONEY_FLOW,
        segments=("plan",),
        subscriptions="""
        customer_id | start_date | end_date   | mrr       | plan
        ada         | 2026-01-01 | 2026-04-10 | 30        | A
        ada         | 2026-01-01 | 2026-04-10 | 10.000001 | B
        ada         | 2026-01-01 |            | 5         | C
        ada         | 2026-04-10 |            | 70        | C
        bob         | 2026-01-01 | 2026-04-10 | 10        | A
        bob         | 2026-04-10 |            | 3.333333  | B
        bob         | 2026-04-10 |            | 3.333333  | C
    """,
    )
    assert found.moved("2026-04", "plan=A") == {
        "transfer_out": -36.666666,
        "contraction": -3.333334,
    }
    assert found.moved("2026-04", "plan=B") == {"transfer_out": -10.000001, "transfer_in": 3.333333}
    assert found.moved("2026-04", "plan=C") == {"transfer_in": 43.333334, "expansion": 29.999999}
    for name in ("transfer_in", "transfer_out"):
        shares = [found(f"{name}_mrr", "2026-04", segment=f"plan={plan}") for plan in "ABC"]
        assert round(sum(shares), 9) == {"transfer_in": 46.666667, "transfer_out": -46.666667}[name]


def test_what_moves_is_shared_by_what_each_plan_gained(find):
    found = find(
        *MONEY_FLOW,
        segments=("plan",),
        subscriptions="""
        customer_id | start_date | end_date   | mrr | plan
        ada         | 2026-01-01 | 2026-04-10 | 60  | A
        ada         | 2026-04-10 |            | 90  | B
        ada         | 2026-04-10 |            | 30  | C
    """,
    )
    assert found.moved("2026-04", "plan=A") == {"transfer_out": -60}
    assert found.moved("2026-04", "plan=B") == {"transfer_in": 45, "expansion": 45}
    assert found.moved("2026-04", "plan=C") == {"transfer_in": 15, "expansion": 15}


def test_leaving_one_plan_and_staying_in_another_is_not_churn(find):
    found = find(
        *MONEY_FLOW,
        *RATES,
        segments=("plan",),
        subscriptions="""
        customer_id | start_date | end_date   | mrr | plan
        ada         | 2026-01-01 | 2026-04-10 | 60  | A
        ada         | 2026-01-01 |            | 40  | B
        bob         | 2026-01-01 | 2026-04-10 | 100 | A
    """,
    )
    assert found.parts("customer_churn_rate", "2026-04", segment="plan=A") == (1, 2)
    assert found("customer_churn_rate", "2026-04", segment="plan=B") == 0
    assert found.moved("2026-04", "plan=A") == {"contraction": -60, "churned": -100}


def test_money_kept_belongs_to_the_segments_it_was_in(find):
    """Ada opens with 60 in A and 40 in B and closes with 50: half of each is kept."""
    found = find(
        *RATES,
        segments=("plan",),
        subscriptions="""
        customer_id | start_date | end_date   | mrr | plan
        ada         | 2026-01-01 | 2026-04-10 | 60  | A
        ada         | 2026-01-01 | 2026-04-10 | 40  | B
        ada         | 2026-04-10 |            | 50  | C
    """,
    )
    for rate in ("gross_revenue_retention", "net_revenue_retention"):
        assert found.parts(rate, "2026-04", "one_period", "plan=A") == (30, 60)
        assert found.parts(rate, "2026-04", "one_period", "plan=B") == (20, 40)
        assert found(rate, "2026-04", "one_period", "plan=C") == "undefined"


def test_a_returning_customers_segment_is_that_of_what_is_bought_now(find):
    found = find(
        *MONEY_FLOW,
        "reactivated_customers",
        segments=("plan", "region"),
        customers="""
        customer_id | region
        ada         | EMEA
        """,
        subscriptions="""
        customer_id | start_date | end_date   | mrr | plan
        ada         | 2026-01-01 | 2026-02-10 | 60  | A
        ada         | 2026-04-10 |            | 50  | B
        bob         | 2026-01-01 |            | 5   | A
    """,
    )
    assert found.moved("2026-04", "plan=B") == {"reactivation": 50}
    assert found("reactivated_customers", "2026-04", segment="plan=A") == 0
    assert found.moved("2026-04", "region=EMEA") == {"reactivation": 50}
    assert found("mrr", "2026-04", segment="region=(not given)") == 5


def test_crossed_segments_re_add(find):
    found = find(
        "mrr",
        segments=("plan", "region"),
        reports={"segments": ("plan=*,region=*",)},
        customers="""
        customer_id | region
        ada         | EMEA
        bob         | APAC
        """,
        subscriptions="""
        customer_id | start_date | end_date   | mrr | plan
        ada         | 2026-01-01 |            | 60  | A
        ada         | 2026-01-01 |            | 7   | B
        bob         | 2026-01-01 |            | 5   | A
    """,
    )
    assert found("mrr", "2026-04", segment="plan=A,region=EMEA") == 60
    assert found("mrr", "2026-04", segment="plan=A,region=APAC") == 5
    assert found("mrr", "2026-04", segment="plan=A") == 65


def test_the_event_of_leaving_belongs_to_the_plan_that_was_left_last(find):
    found = find(
        "customer_churn_rate",
        segments=("plan",),
        subscriptions="""
        customer_id | start_date | end_date   | mrr | plan
        ada         | 2026-01-01 | 2026-06-10 | 60  | Pro
        ada         | 2026-02-01 | 2026-03-10 | 40  | Basic
        bob         | 2026-01-01 |            | 10  | Pro
    """,
    )
    assert found.parts("customer_churn_rate", "2026-06", "events", "plan=Pro") == (1, 2)
    assert found("customer_churn_rate", "2026-06", "events", "plan=Basic") == "undefined"


def _company(sizes):
    """Customers of each plan, all paying 10 from January."""
    rows = [
        f"{plan}{n} | 2026-01-01 | | 10 | {plan}"
        for plan, size in sizes.items()
        for n in range(size)
    ]
    return "customer_id | start_date | end_date | mrr | plan\n" + "\n".join(rows)


@pytest.mark.parametrize(
    ("sizes", "statuses"),
    [
        ({"A": 9, "B": 8, "C": 4}, {"A": "ok", "B": "suppressed", "C": "suppressed"}),
        ({"A": 5, "B": 5, "C": 5}, {"A": "ok", "B": "ok", "C": "ok"}),
        ({"A": 9, "B": 3, "C": 4}, {"A": "ok", "B": "suppressed", "C": "suppressed"}),
    ],
)
def test_a_small_segment_is_hidden_and_what_would_give_it_away_too(find_quickly, sizes, statuses):
    found = find_quickly(
        "customer_churn_rate", "arpa", min_n=5, segments=("plan",), subscriptions=_company(sizes)
    )
    shown = {
        plan: found.row("customer_churn_rate", "2026-04", segment=f"plan={plan}")["status"]
        for plan in sizes
    }
    assert shown == statuses
    assert found("customer_churn_rate", "2026-04") == 0
    hidden = found.row("customer_churn_rate", "2026-04", segment="plan=C")
    if hidden["status"] == "suppressed":
        assert hidden[["numerator", "denominator", "n", "value", "low", "high"]].isna().all()


def test_answers_by_score_do_not_tell_the_score_that_is_hidden(find_quickly):
    sizes = {"A": 9, "B": 8, "C": 2}
    people = [(f"{plan}{n}", plan) for plan, size in sizes.items() for n in range(size)]
    found = find_quickly(
        "nps_answers",
        min_n=5,
        segments=("plan",),
        customers="customer_id | plan\n" + "\n".join(f"{who} | {plan}" for who, plan in people),
        survey_responses="instrument | score | responded_at | respondent_id | customer_id\n"
        + "\n".join(f"nps | 9 | 2026-01-05 | {who} | {who}" for who, _ in people),
    )
    shown = {
        plan: found.row("nps_answers", "2026-01", segment=f"plan={plan},score=9")["status"]
        for plan in sizes
    }
    assert shown == {"A": "ok", "B": "suppressed", "C": "suppressed"}
    assert found("nps_answers", "2026-01", segment="score=9") == 19


def test_a_hidden_cell_of_a_cross_cannot_be_had_along_either_side(find_quickly):
    """plan A × region X has 3 customers: neither its row nor its column may have it as the only gap."""
    sizes = {
        ("A", "X"): 3,
        ("A", "Y"): 20,
        ("A", "Z"): 30,
        ("B", "X"): 20,
        ("B", "Y"): 20,
        ("B", "Z"): 20,
    }
    people = [
        (f"{plan}{region}{n}", plan, region)
        for (plan, region), size in sizes.items()
        for n in range(size)
    ]
    found = find_quickly(
        "customer_churn_rate",
        min_n=5,
        segments=("plan", "region"),
        reports={"segments": ("plan=*,region=*",)},
        customers="customer_id | region\n"
        + "\n".join(f"{who} | {region}" for who, _, region in people),
        subscriptions="customer_id | start_date | end_date | mrr | plan\n"
        + "\n".join(f"{who} | 2026-01-01 | | 10 | {plan}" for who, plan, _ in people),
    )
    status = {
        (plan, region): found.row(
            "customer_churn_rate", "2026-04", segment=f"plan={plan},region={region}"
        )["status"]
        for plan, region in sizes
    }
    for side in (0, 1):
        for word in {cell[side] for cell in sizes}:
            hidden = [cell for cell in sizes if cell[side] == word and status[cell] == "suppressed"]
            assert len(hidden) != 1, f"{hidden} can be had by subtraction along {word}"
