"""Named traps of unit economics."""

import pytest
from drawn import drawn

YEAR = [f"2026-{month:02d}-01" for month in range(1, 13)]


def _costs(**amounts):
    """month | amount | category | channel rows, from category__channel=amount, the same each month."""
    rows = [
        f"{month} | {amount} | {name.partition('__')[0]} | {name.partition('__')[2]}"
        for month in YEAR
        for name, amount in amounts.items()
    ]
    return drawn("month | amount | category | channel\n" + "\n".join(rows))


def test_cac_is_totals_over_totals_and_undefined_without_new_customers(find_quickly):
    found = find_quickly(
        "acquisition_cost",
        "new_customers",
        "cac",
        subscriptions="""
        customer_id | start_date | end_date   | mrr
        ada         | 2026-01-01 |            | 50
        bob         | 2026-03-02 | 2026-03-20 | 50
        cyd         | 2026-03-05 |            | 50
        """,
        acquisition_costs=_costs(marketing=60, sales=50, refund=-10),
    )
    assert found("cac", "2026-03", "month") == 50
    assert found("cac", "2026-03", "marketing_only") == 30
    assert found("cac", "2026-02", "month") == "undefined"
    assert found("acquisition_cost", "2026-02") == 100
    assert found("acquisition_cost", "2026-02", segment="category=refund") == -10
    assert found("cac", "2026-12") == 400
    assert found("cac", "2026-11") == "immature"


def test_a_quarters_costs_are_those_of_its_months(find_quickly):
    found = find_quickly(
        "acquisition_cost",
        "new_customers",
        "cac",
        grains=("month", "quarter", "week"),
        subscriptions="""
        customer_id | start_date | end_date | mrr
        ada         | 2026-02-01 |          | 50
        """,
        acquisition_costs=_costs(marketing=60),
    )
    assert found("cac", "2026-Q1", "month") == 180
    assert found("cac", "2026-W05", "month") is None


def test_cac_by_channel_needs_both_the_costs_and_the_customers_of_it(find_quickly):
    found = find_quickly(
        "acquisition_cost",
        "new_customers",
        "cac",
        segments=("channel", "region"),
        customers="""
        customer_id | channel | region
        ada         | Ads     | EMEA
        bob         | Events  | EMEA
        """,
        subscriptions="""
        customer_id | start_date | end_date | mrr
        ada         | 2026-03-02 |          | 50
        bob         | 2026-02-02 |          | 50
        """,
        acquisition_costs=_costs(marketing__Ads=60, marketing__Events=40, sales__Ads=5),
    )
    assert found("cac", "2026-03", "month", "channel=Ads") == 65
    assert found("cac", "2026-03", "month", "channel=Events") == "undefined"
    assert found("cac", "2026-03", "month") == 105
    assert found("cac", "2026-03", "month", "region=EMEA") is None


def _steady(left_in=()):
    """Twenty customers at 100 from 2026-01; one leaves in each of the months given."""
    rows = []
    for n in range(20):
        end = f"2026-{left_in[n]:02d}-15" if n < len(left_in) else ""
        rows.append(f"c{n} | 2025-12-01 | {end} | 100")
    rows += ["new | 2026-12-03 | | 300"]
    return "customer_id | start_date | end_date | mrr\n" + "\n".join(rows)


def test_lifetime_value_is_arpa_times_margin_over_churn_pooled_over_a_year(find_quickly):
    found = find_quickly(
        "arpa", "customer_churn_rate", "cltv", subscriptions=_steady((3, 9)), gross_margin=0.8
    )
    customers_at_openings = 3 * 20 + 6 * 19 + 3 * 18
    arpa = (18 * 100 + 300) / 19
    assert found("cltv", "2026-12") == pytest.approx(arpa * 0.8 * customers_at_openings / 2)
    assert found("cltv", "2026-10") == "immature"


def test_lifetime_value_without_churn_is_undefined(find_quickly):
    found = find_quickly(
        "arpa", "customer_churn_rate", "cltv", subscriptions=_steady(), gross_margin=0.8
    )
    assert found("cltv", "2026-12") == "undefined"


def test_without_a_margin_there_is_no_lifetime_value_and_the_report_says_why(find_quickly):
    names = ("arpa", "new_customers", "acquisition_cost", "customer_churn_rate")
    found = find_quickly(
        *(*names, "cac", "cltv", "cac_payback"),
        subscriptions=_steady((3,)),
        acquisition_costs=_costs(marketing=60),
    )
    assert found("cltv", "2026-12") is None
    assert found.left_out["cac_payback"] == (
        "needs definitions.gross_margin, which this edition does not state"
    )


def test_payback_and_the_ratio_of_worth_to_cost(find_quickly):
    """Costs of 60 a month; in April a customer at 100 joins and in December one at 300."""
    names = ("arpa", "customer_churn_rate", "new_customers", "acquisition_cost", "cac")
    found = find_quickly(
        *(*names, "expected_lifetime", "cltv", "ltv_to_cac", "cac_payback"),
        subscriptions=_steady((3, 9)) + "\nmore | 2026-04-03 | | 100",
        gross_margin=0.8,
        lifetime_horizon=6,
        acquisition_costs=_costs(marketing=60),
    )
    assert found("cac", "2026-12") == 360
    assert found("cac", "2026-12", "month") == 60
    assert found("cac_payback", "2026-12") == pytest.approx(360 / (200 * 0.8))
    assert found("cac_payback", "2026-12", "month") == 60 / (300 * 0.8)
    assert found("cac_payback", "2026-11", "month") == "undefined"
    assert found("cac_payback", "2026-11") == "immature"
    for variant in ("ratio", "survival"):
        worth = found("cltv", "2026-12", variant)
        assert found("ltv_to_cac", "2026-12", variant) == pytest.approx(worth / 360)
    lifetime = found("expected_lifetime", "2026-12")
    worth = found("arpa", "2026-12") * 0.8
    assert found("cltv", "2026-12", "survival") == pytest.approx(worth * lifetime)
    by_formula = found("expected_lifetime", "2026-12", "ratio")
    assert found("cltv", "2026-12") == pytest.approx(worth * by_formula)


def test_lifetime_value_from_purchases(find_quickly):
    """Order value 20, 24 orders of 2 customers a year, churn 1 of 11 openings, margin ½."""
    rows = [f"ada | {month} | 20" for month in ("2025-12-01", *YEAR)]
    rows += [f"bob | {month} | 20" for month in ("2025-12-01", *YEAR[:9])]
    found = find_quickly(
        "average_order_value",
        "purchase_frequency",
        "customer_churn_rate",
        "cltv",
        orders="customer_id | ordered_at | amount\n" + "\n".join(rows),
        gross_margin=0.5,
        active_window=1,
    )
    openings = 12 + 10
    assert found("cltv", "2026-12", "purchases") == pytest.approx(20 * 10.5 / 12 * 0.5 * openings)
    assert found("cltv", "2026-11", "purchases") == "immature"


def test_marketing_alone_is_not_known_where_no_cost_is_of_marketing(find_quickly):
    found = find_quickly(
        "acquisition_cost",
        "new_customers",
        "cac",
        subscriptions="""
        customer_id | start_date | end_date | mrr
        ada         | 2026-02-01 |          | 50
        """,
        acquisition_costs=_costs(sales=60),
    )
    assert found("cac", "2026-02", "month") == 60
    assert found("cac", "2026-02", "marketing_only") is None
    assert found("acquisition_cost", "2026-02", "marketing_only") is None


@pytest.mark.parametrize(
    ("more", "may", "quarter"),
    [
        ("", "immature", "immature"),
        ("2026-06-01 | 0 | sales |", 0, 120),
        ("2025-10-01 | 5 | sales |", 0, 120),
    ],
)
def test_months_after_the_last_costs_are_not_known_to_be_free(find_quickly, more, may, quarter):
    """A row of 0 says that nothing was spent; so does a table that left out as many months before."""
    months = [f"2026-0{month}-01 | 60 | sales |" for month in (1, 2, 3, 4)]
    april = 120 if quarter == 120 else 60
    months[3] = f"2026-04-01 | {april} | sales |"
    found = find_quickly(
        "acquisition_cost",
        "new_customers",
        "cac",
        as_of="2026-07-01",
        grains=("month", "quarter"),
        subscriptions="""
        customer_id | start_date | end_date | mrr
        ada         | 2025-10-02 |          | 50
        bob         | 2026-05-02 |          | 50
        """,
        acquisition_costs=drawn("\n".join(["month | amount | category | channel", *months, more])),
    )
    assert found("acquisition_cost", "2026-04") == april
    assert found("acquisition_cost", "2026-05") == may and found("cac", "2026-05", "month") == may
    assert found("acquisition_cost", "2026-Q2") == quarter
