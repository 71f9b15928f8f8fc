"""Earned growth: the published example, who counts as referred, and what is said where too few have an origin."""

import pytest
from drawn import drawn

from cs_lib.edition import Definitions

#: a year ago 100; of these 85 are left; 45 came since, of whom 25 by referral
PUBLISHED = """
customer_id | start_date | end_date   | mrr
ada         | 2025-01-01 |            | 85
bob         | 2025-01-01 | 2026-02-10 | 15
cyd         | 2026-03-05 |            | 25
dot         | 2026-04-05 |            | 20
"""
ORIGINS = """
customer_id | channel
ada         | Ads
bob         | Friend
cyd         | Friend
dot         | Ads
"""
KEYS = {"segments": ("channel", "region"), "referrals": {"channel": ["Friend"]}}


def earned(find_quickly, subscriptions=PUBLISHED, customers=ORIGINS, **keys):
    names = "earned_growth_rate", "net_revenue_retention", "mrr"
    return find_quickly(*names, subscriptions=subscriptions, customers=customers, **KEYS | keys)


def test_the_example_of_those_who_made_it(find_quickly):
    """METRICS §6, after Reichheld, Darnell and Burns, "Net Promoter 3.0", Harvard Business Review, November 2021:
    revenue 100 → 130, NRR 85 %, new 45 of which 25 earned: a rate of 10 % (and 33 % of all growth)."""
    found = earned(find_quickly)
    assert found("mrr", "2026-12") == 130
    assert found("net_revenue_retention", "2026-12") == 0.85
    assert found("earned_growth_rate", "2026-12") == 0.1
    assert found.parts("earned_growth_rate", "2026-12") == (110, 100)
    assert found.row("earned_growth_rate", "2026-12")["n"] == 2


def test_without_a_referral_it_is_what_is_left_less_one(find_quickly):
    found = earned(
        find_quickly, referrals={"channel": ["Ads"]}, customers=ORIGINS.replace("Ads", "Web")
    )
    assert found("earned_growth_rate", "2026-12") == -0.15


def test_who_has_no_origin_counts_as_not_referred_and_at_most_as_referred(find_quickly):
    found = earned(
        find_quickly, customers=ORIGINS.replace("dot         | Ads", "eve         | Ads")
    )
    assert found("earned_growth_rate", "2026-12") == 0.1
    assert found("earned_growth_rate", "2026-12", "at_most") == 0.3


def test_who_came_back_is_new_and_who_left_again_brings_nothing(find_quickly):
    back = """
    bob         | 2026-05-01 |            | 10
    fay         | 2026-05-01 | 2026-06-01 | 99
    """
    found = earned(find_quickly, PUBLISHED.rstrip() + back.rstrip(), ORIGINS + "fay | Friend\n")
    # on the last day of 2025 bob still paid: what he pays again is his own, kept
    assert found("earned_growth_rate", "2026-12") == 0.2
    # a year before March 2027 he paid nothing: he came back, by referral once
    assert found("net_revenue_retention", "2026-12") == 0.95


def test_the_parts_of_regions_add_up_to_all_and_no_plan_splits_it(find_quickly):
    placed = "customer_id | channel | region\nada | Ads | N\nbob | Friend | S\ncyd | Friend | S\ndot | Ads | N\n"
    plans = (
        PUBLISHED.replace("mrr\n", "mrr | plan\n")
        .replace("85\n", "85 | A\n")
        .replace("15\n", "15 | A\n")
    )
    plans = plans.replace("25\n", "25 | B\n").replace("20\n", "20 | B\n")
    found = earned(
        find_quickly, drawn(plans), drawn(placed), segments=("channel", "region", "plan")
    )
    parts = [
        found.parts("earned_growth_rate", "2026-12", segment=f"region={each}") for each in "NS"
    ]
    assert parts == [(85, 85), (25, 15)]
    rows = found.measures[found.measures["metric"] == "earned_growth_rate"]
    assert {*rows["segment_by"]} == {"all", "region"}


@pytest.mark.parametrize("without", ["referrals", "customers"])
def test_it_is_left_out_where_no_origin_is_known(find_quickly, without):
    keys = {"referrals": None} if without == "referrals" else {}
    customers = drawn("customer_id | region\nada | N\n") if without == "customers" else ORIGINS
    found = earned(find_quickly, customers=customers, **keys)
    assert found("earned_growth_rate", "2026-12") is None
    said = found.left_out["earned_growth_rate"]
    assert ("definitions.referrals" in said) == (without == "referrals")


def test_its_interval_holds_what_may_come_of_few_referrals(find_quickly):
    row = earned(find_quickly).row("earned_growth_rate", "2026-12")
    assert row["low"] < 0.1 < row["high"] and row["low"] >= -1


def test_the_values_are_of_one_column(find_quickly):
    with pytest.raises(ValueError, match="at most 1"):
        Definitions(referrals={"channel": ["A"], "region": ["B"]})
