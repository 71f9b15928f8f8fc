"""Worked rates of retention, growth and value, on every engine."""

import pytest

CHURN = ("customer_churn_rate", "customer_retention_rate")
REVENUE = ("gross_revenue_retention", "net_revenue_retention")


def test_gross_retention_takes_the_minimum_customer_by_customer(find):
    """100 → 0 and 100 → 250: the minimum of the totals would say 100 %."""
    found = find(
        *REVENUE,
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-01 | 2026-04-10 | 100
        bob         | 2026-01-01 | 2026-04-10 | 100
        bob         | 2026-04-10 |            | 250
    """,
    )
    assert found("gross_revenue_retention", "2026-04", "one_period") == 0.5
    assert found("net_revenue_retention", "2026-04", "one_period") == 1.25


def test_twelve_month_retention_looks_from_the_closing_twelve_months_back(find):
    found = find(
        *REVENUE,
        as_of="2027-03-01",
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2025-06-01 | 2025-12-01 | 100
        ada         | 2026-02-01 |            | 80
        bob         | 2025-07-01 |            | 50
        cyd         | 2025-08-01 | 2026-05-31 | 50
        dot         | 2026-05-10 |            | 500
    """,
    )
    assert found.parts("gross_revenue_retention", "2026-07", "12_months") == (130, 150)
    assert found("net_revenue_retention", "2026-08", "12_months") == 0.65
    assert found("net_revenue_retention", "2026-04", "12_months") == "immature"
    assert found("net_revenue_retention", "2026-05", "12_months") == "undefined"


def test_the_twelve_months_of_a_calendar_year_are_that_year(find):
    found = find(
        *REVENUE,
        as_of="2028-01-01",
        grains=("year",),
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2025-06-01 | 2026-12-01 | 100
        ada         | 2026-12-01 |            | 80
        bob         | 2025-07-01 | 2026-03-10 | 50
        cyd         | 2026-08-01 | 2027-02-01 | 30
        dot         | 2025-07-01 | 2026-05-01 | 40
        dot         | 2026-05-01 |            | 70
    """,
    )
    for year, gross, net, opening in (("2026", 120, 150, 190), ("2027", 150, 150, 180)):
        for variant in ("one_period", "12_months"):
            assert found.parts("gross_revenue_retention", year, variant) == (gross, opening)
            assert found.parts("net_revenue_retention", year, variant) == (net, opening)


def test_who_comes_back_counts_in_one_variant_of_net_retention_only(find):
    found = find(
        "net_revenue_retention",
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-01 | 2026-02-01 | 30
        ada         | 2026-04-10 |            | 40
        bob         | 2026-01-01 |            | 100
        cyd         | 2026-04-10 |            | 7
    """,
    )
    assert found("net_revenue_retention", "2026-04", "one_period") == 1
    assert found("net_revenue_retention", "2026-04", "with_reactivation") == 1.4
    assert found("net_revenue_retention", "2026-04", "end_less_new") == 1.4


def test_revenue_churn_is_not_clipped_and_may_be_negative(find):
    found = find(
        "gross_revenue_churn_rate",
        "net_revenue_churn_rate",
        "expansion_mrr_rate",
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-01 | 2026-04-10 | 50
        bob         | 2026-01-01 | 2026-04-10 | 50
        bob         | 2026-04-10 |            | 130
        cyd         | 2026-01-01 | 2026-02-10 | 10
        cyd         | 2026-04-10 |            | 10
    """,
    )
    assert found("gross_revenue_churn_rate", "2026-04") == 0.5
    assert found("expansion_mrr_rate", "2026-04") == 0.8
    assert found("net_revenue_churn_rate", "2026-04") == -0.3
    assert found("net_revenue_churn_rate", "2026-04", "net_with_reactivation") == -0.4


def test_nobody_there_at_the_opening_is_undefined_never_zero(find):
    rates = (*CHURN, *REVENUE, "gross_revenue_churn_rate", "mrr_growth_rate", "expansion_mrr_rate")
    found = find(
        *rates,
        subscriptions="""
        customer_id | start_date | end_date | mrr
        ada         | 2026-03-10 |          | 50
    """,
    )
    for rate in rates:
        variant = "one_period" if rate in REVENUE else None
        assert found(rate, "2026-03", variant) == "undefined"
    assert found("customer_churn_rate", "2026-03", "average_base") == 0
    assert found("customer_churn_rate", "2026-04") == 0


def _hundred_customers():
    """Opening 100, 50 join, 12 churn events; one came back, one had joined in the month."""
    rows = [f"s{n} | 2026-01-01 | {'2026-04-10' if n < 11 else ''} | 10" for n in range(100)]
    rows += [f"n{n} | 2026-04-02 | {'2026-04-20' if n == 0 else ''} | 10" for n in range(50)]
    rows += ["s0 | 2026-04-25 | | 10"]
    return "customer_id | start_date | end_date | mrr\n" + "\n".join(rows)


@pytest.mark.parametrize(
    ("variant", "numerator", "denominator", "value"),
    [
        ("snapshot", 10, 100, 0.10),
        ("stripe", 12, 150, 0.08),
        ("events", 12, 100, 0.12),
        ("average_base", 10, 119.5, 10 / 119.5),
        ("begin_plus_adds", 10, 150, 10 / 150),
    ],
)
def test_four_vendors_rules_for_the_same_month(
    find_quickly, variant, numerator, denominator, value
):
    """10.0 %, 8.0 %, 12.0 %."""
    found = find_quickly("customer_churn_rate", subscriptions=_hundred_customers())
    assert found.parts("customer_churn_rate", "2026-04", variant) == (numerator, denominator)
    assert found("customer_churn_rate", "2026-04", variant) == pytest.approx(value)


def test_the_vendors_rules_agree_between_engines(find):
    found = find(
        "customer_churn_rate", "customer_retention_rate", subscriptions=_hundred_customers()
    )
    got = [
        found("customer_churn_rate", "2026-04", variant)
        for variant in ("snapshot", "stripe", "events")
    ]
    assert got == [0.10, 0.08, 0.12]
    assert found("customer_retention_rate", "2026-04") == 0.9
    assert found("customer_retention_rate", "2026-04", "end_over_start") == 1.39


@pytest.mark.parametrize("order", ["as drawn", "turned round"])
def test_intervals_that_touch_or_overlap_are_one_spell(find, order):
    head, *rows = """customer_id | start_date | end_date | mrr
        ada | 2026-01-01 | 2026-04-10 | 10
        ada | 2026-04-10 | 2026-04-20 | 10
        ada | 2026-02-01 | 2026-04-15 | 5
        ada | 2026-04-18 | 2026-05-10 | 10
        bob | 2026-01-01 | 2026-04-10 | 10
        bob | 2026-04-11 |            | 10""".splitlines()
    rows = rows if order == "as drawn" else rows[::-1]
    found = find("customer_churn_rate", subscriptions="\n".join([head, *rows]))
    assert found.parts("customer_churn_rate", "2026-04", "events") == (1, 2)
    assert found.parts("customer_churn_rate", "2026-05", "events") == (1, 2)
    assert found.parts("customer_churn_rate", "2026-02", "stripe") == (0, 2)


def test_growth_is_against_the_opening_and_against_a_year_before(find):
    found = find(
        "mrr_growth_rate",
        "arr",
        "net_new_mrr",
        as_of="2027-06-01",
        subscriptions="""
        customer_id | start_date | end_date | mrr
        ada         | 2026-01-01 |          | 100
        bob         | 2026-12-31 |          | 50
        cyd         | 2027-01-05 |          | 30
    """,
    )
    assert found("mrr_growth_rate", "2027-01") == 0.2
    assert found("mrr_growth_rate", "2027-01", "year_over_year") == 0.8
    assert found("arr", "2027-01") == 2160
    assert found("net_new_mrr", "2027-01") == 30
    assert found("mrr_growth_rate", "2026-11", "year_over_year") == "immature"


def test_the_quick_ratio_of_a_month_without_losses_is_undefined(find):
    found = find(
        "quick_ratio",
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-01 | 2026-02-01 | 30
        ada         | 2026-04-10 |            | 40
        bob         | 2026-01-01 | 2026-04-10 | 100
        bob         | 2026-04-10 |            | 80
        cyd         | 2026-04-10 | 2026-05-10 | 20
    """,
    )
    assert found("quick_ratio", "2026-04") == 3
    assert found("quick_ratio", "2026-04", "without_reactivation") == 1
    assert found("quick_ratio", "2026-03") == "undefined"
    assert found("quick_ratio", "2026-05") == 0


def test_arpa_is_of_those_who_pay_and_asp_of_the_new_who_still_do(find):
    found = find(
        "arpa",
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-01 |            | 100
        bob         | 2026-04-10 |            | 30
        bob         | 2026-04-12 |            | 20
        cyd         | 2026-04-10 | 2026-04-20 | 500
        dot         | 2026-04-10 |            | 0
    """,
    )
    assert found("arpa", "2026-04") == 75
    assert found("arpa", "2026-04", "new_customers") == 50
    assert found("arpa", "2026-05", "new_customers") == "undefined"
