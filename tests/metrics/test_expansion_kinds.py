"""What expansion and contraction are made of: by hand, on the sample against SQL, and adding up exactly."""

import numpy as np
import pytest
from drawn import drawn, find
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.slow

KINDS = ("expansion_mrr_by_kind", "contraction_mrr_by_kind", "expansion_mrr", "contraction_mrr")


def kinds(found, period="2026-03", name="expansion"):
    rows = found.measures
    mine = rows[(rows["metric"] == f"{name}_mrr_by_kind") & (rows["segment_by"] == "kind")]
    at = mine[mine["period_start"] == f"{period}-01"].set_index("segment")["value"]
    return {segment.removeprefix("kind="): value for segment, value in at.items() if value}


def asked(engine, rows, head="customer_id | plan | start_date | end_date | mrr"):
    return find(
        engine, *KINDS, as_of="2026-05-01", subscriptions=f"{head}\n{rows}", segments=("plan",)
    )


def test_another_plan_is_an_upgrade(engine):
    found = asked(
        engine, "ada | Solo | 2026-01-01 | 2026-03-10 | 50\nada | Team | 2026-03-10 | | 80"
    )
    assert kinds(found) == {"another plan": 30}


def test_a_further_subscription_beside_the_first(engine):
    found = asked(engine, "ada | Solo | 2026-01-01 | | 50\nada | Team | 2026-03-10 | | 80")
    assert kinds(found) == {"number of subscriptions": 80}


def test_the_same_plan_at_another_price(engine):
    found = asked(
        engine, "ada | Solo | 2026-01-01 | 2026-03-10 | 50\nada | Solo | 2026-03-10 | | 55"
    )
    assert kinds(found) == {"price at the same plan": 5}


def test_more_quantity_at_the_price_of_before_and_the_rest_is_price(engine):
    """From 2 at 50 to 5 at 52: three more at 50 are 150, and 2 dearer for five are 10."""
    head = "customer_id | plan | start_date | end_date | mrr | quantity"
    rows = "ada | Solo | 2026-01-01 | 2026-03-10 | 100 | 2\nada | Solo | 2026-03-10 | | 260 | 5"
    tables = {"subscriptions": drawn(f"{head}\n{rows}")}
    tables["subscriptions"]["quantity"] = tables["subscriptions"]["quantity"].astype("Int64")
    found = find(engine, *KINDS, as_of="2026-05-01", tables=tables, segments=("plan",))
    assert kinds(found) == {"quantity": 150, "price at the same plan": 10}


def test_what_goes_against_each_other_is_netted_on_the_customers_side(engine):
    """Dearer by 30 and one subscription fewer at 20: an expansion of 10, made of +30 and −20."""
    rows = """ada | Solo | 2026-01-01 | 2026-03-10 | 50
              ada | Solo | 2026-03-10 | | 80
              ada | Team | 2026-01-01 | 2026-03-20 | 20"""
    found = asked(engine, rows)
    assert kinds(found) == {"price at the same plan": 30, "number of subscriptions": -20}
    assert found("expansion_mrr", "2026-03") == 10


def test_a_downgrade_is_a_contraction(engine):
    found = asked(
        engine, "ada | Team | 2026-01-01 | 2026-03-10 | 80\nada | Solo | 2026-03-10 | | 50"
    )
    assert kinds(found, name="contraction") == {"another plan": -30}


def test_who_joins_leaves_or_returns_is_no_expansion(engine):
    rows = "ada | Solo | 2026-03-02 | | 50\nben | Solo | 2026-01-01 | 2026-03-10 | 60"
    assert kinds(asked(engine, rows)) == {}


def test_without_plans_there_are_no_kinds(engine):
    found = find(
        engine, *KINDS, subscriptions="customer_id | start_date | mrr\nada | 2026-01-01 | 50"
    )
    assert "expansion_mrr_by_kind" in found.left_out


@pytest.mark.slow
@settings(max_examples=6, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"),
            st.sampled_from(["Solo", "Team", "Net"]),
            st.integers(1, 120),
            st.integers(1, 120),
            st.integers(1, 99999),
        ),
        min_size=2,
        max_size=14,
    )
)
def test_the_kinds_add_up_exactly(rows):
    from drawn import DuckDBEngine

    lines = "\n".join(
        f"{who} | {plan} | {np.datetime64('2026-01-01') + start} | "
        f"{np.datetime64('2026-01-01') + start + length} | {cents / 100}"
        for who, plan, start, length, cents in rows
    )
    engine = DuckDBEngine()
    found = asked(engine, lines)
    engine.close()
    for name in ("expansion", "contraction"):
        for month in ("2026-01", "2026-02", "2026-03", "2026-04"):
            assert sum(kinds(found, month, name).values()) == pytest.approx(
                found(f"{name}_mrr", month) or 0, abs=1e-6
            )
