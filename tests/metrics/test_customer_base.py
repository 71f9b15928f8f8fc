"""The customer base: concentration, tenths, what moved revenue, and money by year of joining, worked out by hand."""

import drawn
import pytest

MOVES = ("new", "returned", "increased", "decreased", "lost")


@pytest.fixture(scope="module")
def five(request):
    """Who bring 50, 30, 10 and 10 in January 2026, and one who paid most a year before and is gone."""
    made = drawn.DuckDBEngine()
    yield drawn.find(
        made,
        *("concentration", "share_by_tenth", "mrr_by_vintage", "mrr", "net_revenue_retention"),
        as_of="2026-02-01",
        segments=("plan",),
        subscriptions="""
        customer_id | plan | start_date | end_date   | mrr
        ada         | Solo | 2024-03-01 |            | 50
        bob         | Team | 2025-01-15 |            | 30
        cat         | Solo | 2025-02-01 |            | 10
        dan         | Solo | 2026-01-01 |            | 10
        eve         | Team | 2024-01-01 | 2025-12-10 | 90
    """,
    )
    made.close()


@pytest.mark.slow
def test_a_share_of_the_largest_is_of_all_that_is_paid_at_the_end(five):
    shares = {
        name: five("concentration", "2026-01", name) for name in ("top_1", "top_5", "top_tenth")
    }
    assert shares == {"top_1": 0.5, "top_5": 1, "top_tenth": 0.5}
    assert five("concentration", "2026-01", "hhi") == 0.36
    assert five("concentration", "2026-01", "equal_customers") == pytest.approx(1 / 0.36)


@pytest.mark.slow
def test_tenths_are_cut_at_so_many_tenths_rounded_down(five):
    """Of four customers two tenths and a half hold one: the third, the fifth, the eighth and the tenth do."""
    shares = {n: five("share_by_tenth", "2026-01", segment=f"tenth={n:02}") for n in range(1, 11)}
    assert {n: share for n, share in shares.items() if share} == {3: 0.5, 5: 0.3, 8: 0.1, 10: 0.1}


@pytest.mark.slow
def test_ranks_are_those_within_a_segment(five):
    assert five("concentration", "2026-01", "top_1", "plan=Team") == 1
    assert five("concentration", "2026-01", "top_1", "plan=Solo") == pytest.approx(50 / 70)


@pytest.mark.slow
def test_years_of_joining_add_up(five):
    years = {
        y: five("mrr_by_vintage", "2026-01", segment=f"joined_in={y}") for y in (2024, 2025, 2026)
    }
    assert years == {2024: 50, 2025: 40, 2026: 10}
    assert sum(years.values()) == five("mrr", "2026-01")


@pytest.mark.slow
def test_retention_without_the_largest(five):
    """A year before January: ada 50, bob 30 and eve 90, of whom eve is gone; without her all is left."""
    assert five("net_revenue_retention", "2026-01") == pytest.approx(80 / 170)
    assert five("net_revenue_retention", "2026-01", "without_largest") == 1


@pytest.fixture
def bought(find):
    return find(
        "revenue",
        "revenue_by_vintage",
        *(f"{name}_revenue" for name in MOVES),
        as_of="2026-04-01",
        orders="""
        customer_id | ordered_at | amount
        ada         | 2026-01-05 | 50
        ada         | 2026-02-05 | 80
        bob         | 2026-01-05 | 40
        bob         | 2026-02-05 | 10
        cat         | 2026-01-05 | 25
        cat         | 2026-02-09 | -5
        cat         | 2026-03-05 | 30
        dan         | 2026-02-20 | 60
    """,
    )


def test_what_customers_moved_adds_up_to_the_change_of_revenue(bought):
    """Cat's money back in February, without an order, is part of what was lost with her; in March she is back."""
    moves = [bought(f"{name}_revenue", "2026-02") for name in MOVES]
    assert moves == [60, 0, 30, -30, -30]
    assert sum(moves) == bought("revenue", "2026-02") - bought("revenue", "2026-01")
    assert bought("returned_revenue", "2026-03") == 35
    assert bought("lost_revenue", "2026-03") == -150
    assert [bought(f"{name}_revenue", "2026-02", "customers") for name in MOVES] == [1, 0, 1, 1, 1]
    # the first period has nothing that it could be held against
    assert bought("new_revenue", "2026-01") == "immature"
    assert bought("revenue_by_vintage", "2026-01", segment="joined_in=2026") == 115


@pytest.fixture(scope="module")
def plans():
    """Plans of 12 and of 30 customers alike, and one of 20 that hangs on a single customer."""
    rows = [
        (f"c{p}{n}", f"P{p}", 10 + n) for p, size in enumerate((12, 30, 20)) for n in range(size)
    ]
    lines = [f"{who} | {plan} | 2026-01-01 | {mrr}" for who, plan, mrr in rows]
    made = drawn.DuckDBEngine()
    yield drawn.find(
        made,
        *("concentration", "share_by_tenth"),
        min_n=5,
        segments=("plan",),
        as_of="2026-02-01",
        subscriptions="\n".join(
            ["customer_id | plan | start_date | mrr", *lines, "big | P2 | 2026-01-01 | 9000"]
        ),
    )
    made.close()


@pytest.mark.slow
def test_no_segment_tells_what_a_few_of_its_customers_bring(plans):
    told = {name: plans("concentration", "2026-01", name, "plan=P1") for name in ("top_1", "top_5")}
    assert told == {"top_1": "suppressed", "top_5": pytest.approx(185 / 735)}
    assert plans("concentration", "2026-01", "top_10", "plan=P0") == "suppressed"
    assert plans("concentration", "2026-01", "top_1") > 0
    assert plans("share_by_tenth", "2026-01", segment="plan=P1,tenth=01") == "suppressed"


@pytest.mark.slow
def test_a_segment_that_hangs_on_one_customer_tells_nothing_of_it(plans):
    for variant in ("top_5", "top_10", "hhi", "equal_customers"):
        assert plans("concentration", "2026-01", variant, "plan=P2") == "suppressed"
