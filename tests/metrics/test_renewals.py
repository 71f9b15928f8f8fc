"""Terms that end: what is due, and what becomes of it; Kellblog's table."""

from dataclasses import replace

import pytest
from drawn import DuckDBEngine, context

from cs_lib.metrics.compute.renewals_ahead import renewals_ahead

AS_OF = "2026-07-01"
PARTS = ("due", "kept", "late", "early", "open", "lost")
METRICS = ("renewal_rate", *(f"renewals_{each}" for each in PARTS))
HEAD = "customer_id | start_date | end_date | mrr | interval_months | term_ends_on | plan"
YEAR = "2024-03-10 | 2025-03-10 | 50 | 12 | |"
#: what is known of a period once its grace days are over
KNOWN_LATER = ("kept", "late", "early", "lost")
#: case → its rows, and by period what is not 0; each case is a plan of its own
CASES = {
    "a row that goes on has renewed its term": (
        ["2024-03-10 | | 50 | 12 | |"],
        {"2025-03": {"due": 50, "kept": 50}, "2026-03": {"due": 50, "kept": 50}, "2025-04": {}},
    ),
    "a row that ends with its term is lost": ([YEAR], {"2025-03": {"due": 50, "lost": 50}}),
    "what is paid less is lost": (
        [YEAR, "2025-03-10 | | 30 | 12 | |"],
        {"2025-03": {"due": 50, "kept": 30, "lost": 20}},
    ),
    "what is paid more is not kept": (
        [YEAR, "2025-03-10 | | 70 | 12 | |"],
        {"2025-03": {"due": 50, "kept": 50}},
    ),
    "the thirtieth day is late": (
        [YEAR, "2025-04-09 | | 50 | 12 | |"],
        {"2025-03": {"due": 50, "kept": 50, "late": 50}},
    ),
    "the next day is too late": (
        [YEAR, "2025-04-10 | | 50 | 12 | |"],
        {"2025-03": {"due": 50, "lost": 50}},
    ),
    "what may still be renewed is open": (
        ["2025-06-01 | 2026-06-01 | 50 | 12 | 2026-06-01 |"],
        {"2026-06": {"due": 50, "open": 50, **dict.fromkeys(KNOWN_LATER, "immature")}},
    ),
    "what can no longer be renewed is lost": (
        ["2025-05-31 | 2026-05-31 | 50 | 12 | 2026-05-31 |"],
        {"2026-05": {"due": 50, "lost": 50}},
    ),
    "a longer term that follows early renews it": (
        ["2024-03-10 | 2025-01-20 | 50 | 12 | |", "2025-01-20 | | 60 | 12 | |"],
        {"2025-01": {"due": 50, "kept": 50, "early": 50}, "2025-03": {}},
    ),
    "a change inside a term is no renewal": (
        [
            "2024-03-10 | 2025-01-10 | 50 | 12 | 2025-03-10 |",
            "2025-01-10 | 2025-02-10 | 60 | 12 | 2025-03-10 |",
            "2025-02-10 | 2025-03-10 | 70 | 12 | 2025-03-10 |",
            "2025-03-10 | | 80 | 12 | 2026-03-10 |",
        ],
        {"2025-01": {}, "2025-02": {}, "2025-03": {"due": 70, "kept": 70}},
    ),
    "a term that is broken off is lost on that day": (
        ["2024-03-10 | 2024-08-15 | 50 | 12 | |"],
        {"2024-08": {"due": 50, "lost": 50}, "2025-03": {}},
    ),
    "who goes over to months has renewed": (
        [YEAR, "2025-03-10 | | 55 | 1 | |"],
        {"2025-03": {"due": 50, "kept": 50}},
    ),
    "months without the day end a term on their last": (
        ["2024-08-31 | 2025-02-28 | 50 | 6 | |"],
        {"2025-02": {"due": 50, "lost": 50}},
    ),
    "terms of a month or of unknown length are left out": (
        ["2024-03-10 | 2025-03-10 | 50 | 1 | |", "2024-03-10 | 2025-03-10 | 50 | | |"],
        {"2025-03": {}},
    ),
    "two rows that end together share what follows": (
        ["2024-03-10 | 2025-03-10 | 60 | 12 | |", "2024-03-10 | 2025-03-10 | 30 | 12 | |",
         "2025-03-10 | | 45 | 12 | |"],
        {"2025-03": {"due": 90, "kept": 45, "lost": 45}},
    ),
    "without an interval the term is that to its end": (
        ["2024-03-20 | 2025-03-10 | 50 | | 2025-03-10 |"],
        {"2025-03": {"due": 50, "lost": 50}},
    ),
    "what is added shortly before is not the renewal": (
        ["2024-03-10 | 2025-03-10 | 1000 | 12 | |", "2025-02-20 | | 10 | 12 | |",
         "2025-03-10 | | 1000 | 12 | |"],
        {"2025-02": {}, "2025-03": {"due": 1000, "kept": 1000}},
    ),
    "one row renews one term": (
        ["2024-03-01 | 2025-03-01 | 100 | 12 | |", "2024-03-11 | 2025-03-11 | 100 | 12 | |",
         "2025-03-11 | | 100 | 12 | |"],
        {"2025-03": {"due": 200, "kept": 100, "lost": 100}},
    ),
    "of two ends equally near the earlier is followed": (
        ["2024-03-01 | 2025-03-01 | 100 | 12 | |", "2024-03-11 | 2025-03-11 | 70 | 12 | |",
         "2025-03-06 | | 100 | 12 | |"],
        {"2025-03": {"due": 170, "kept": 100, "late": 100, "lost": 70}},
    ),
    "two rows that begin together follow together": (
        ["2024-03-10 | 2025-03-10 | 50 | 12 | |", "2025-03-12 | | 20 | 12 | |",
         "2025-03-12 | | 25 | 1 | |", "2025-03-20 | | 90 | 12 | |"],
        {"2025-03": {"due": 50, "kept": 45, "late": 45, "lost": 5}},
    ),
}  # fmt: skip
TABLE = "\n".join(
    [HEAD, *(f"{name} | {row} {name}" for name, (rows, _) in CASES.items() for row in rows)]
)


@pytest.mark.parametrize("name", CASES)
def test_a_term_that_ends(find, name):
    found = find(*METRICS, as_of=AS_OF, subscriptions=TABLE, segments=("plan",))
    for period, expected in CASES[name][1].items():
        amounts = {e: found(f"renewals_{e}", period, segment=f"plan={name}") for e in PARTS}
        assert {each: amount for each, amount in amounts.items() if amount} == expected


def test_a_term_in_weeks_is_one_of_the_nearest_months(find_quickly):
    """52 weeks are 12 months; four are one, which is not due."""
    table = """
        customer_id | start_date | end_date | mrr | interval_weeks
        ada         | 2024-03-10 |          | 50  | 52
        ben         | 2024-03-10 |          | 70  | 4
        cyd         | 2024-03-10 |          | 90  | 13
    """
    found = find_quickly("renewals_due", as_of=AS_OF, subscriptions=table)
    due = {each: found("renewals_due", each) for each in ("2025-03", "2025-04", "2025-06")}
    assert due == {"2025-03": 140, "2025-04": 0, "2025-06": 90}


#: Kellblog's four quarters: MRR at the start, new, churn, and available to renew
KELLBLOG = ((10_000, 250, 1_500), (11_250, 275, 1_750), (12_725, 325, 2_500), (14_650, 400, 4_250))
PUBLISHED = {"of ATR": (16.7, 15.7, 13.0, 9.4), "of the quarter's start": (2.5, 2.4, 2.6, 2.7)}


def test_kellblogs_renewal_table(find):
    """In each quarter a term ends for what was available to renew, of which the churn is not renewed; others have
    no term that ends in the year."""
    days = ("02-10", "05-10", "08-10", "11-10")
    rows, there = [HEAD], 0
    new = (0, 1_500, 1_750, 2_250)
    for at, (_, churn, due) in enumerate(KELLBLOG):
        rows.append(f"lost{at} | 2024-{days[at]} | 2025-{days[at]} | {churn} | 12 | | Pro")
        rows.append(f"kept{at} | 2024-{days[at]} | | {due - churn} | 12 | | Pro")
        there += due
    rows.append(f"rest | 2024-01-01 | | {10_000 - there} | 1 | | Pro")
    rows += [
        f"new{at} | 2025-{(at - 1) * 3 + 1:02d}-20 | | {new[at]} | 1 | | Pro" for at in (1, 2, 3)
    ]
    found = find(
        "renewal_rate",
        "opening_mrr",
        "gross_revenue_churn_rate",
        as_of=AS_OF,
        subscriptions="\n".join(rows),
        grains=("month", "quarter"),
    )
    for at, (start, churn, due) in enumerate(KELLBLOG):
        quarter = f"2025-Q{at + 1}"
        assert found("opening_mrr", quarter) == start
        assert found.parts("renewal_rate", quarter) == (due - churn, due)
        lost = 100 * (1 - found("renewal_rate", quarter))
        assert round(lost, 1) == PUBLISHED["of ATR"][at]
        rate = 100 * found("gross_revenue_churn_rate", quarter)
        assert round(rate, 1) == PUBLISHED["of the quarter's start"][at]


def test_the_rate_waits_for_the_grace_days_and_counts_customers_too(find):
    rows = (
        "ada | 2024-03-10 | 2025-03-10 | 50 | 12 | | Pro",
        "ada | 2025-03-10 | | 70 | 12 | | Pro",
        "ben | 2024-03-20 | 2025-03-20 | 30 | 12 | | Pro",
    )
    table = "\n".join([HEAD, *rows])
    found = find(*METRICS, as_of="2025-05-01", subscriptions=table)
    assert found.parts("renewal_rate", "2025-03") == (50, 80)
    assert found.parts("renewal_rate", "2025-03", "net") == (70, 80)
    assert found("renewal_rate", "2025-03", "by_customers") == 0.5
    early = find(*METRICS, as_of="2025-04-15", subscriptions=table)
    assert early("renewal_rate", "2025-03") == "immature"
    assert early("renewals_open", "2025-03") == 30


def due_next(find_quickly, rows, as_of="2025-05-01", **keys):
    """What is told of the next four quarters."""
    table = "\n".join([HEAD, *rows])
    found = find_quickly(*METRICS, as_of=as_of, subscriptions=table, **keys)
    engine = DuckDBEngine()
    ready = context(engine, as_of, {"subscriptions": table}, **keys)
    ahead = renewals_ahead(ready, found.measures, ("renewals",))
    engine.close()
    return ahead


DUE = (
    "ada | 2024-03-10 | 2025-03-10 | 50 | 12 | | Pro",
    "ada | 2025-03-10 | | 70 | 12 | | Pro",
    "ben | 2024-03-20 | 2025-03-20 | 30 | 12 | | Pro",
    "cyd | 2025-02-01 | | 40 | 6 | | Pro",
    "dan | 2025-02-01 | 2025-09-01 | 90 | 3 | | Pro",
    "eve | 2025-02-01 | | 10 | 1 | | Pro",
)


def test_what_is_due_in_the_next_four_quarters(find_quickly):
    """By the last twelve months' rate: 50 of 80 were renewed."""
    ahead = due_next(find_quickly, DUE)
    told = {each["quarter"]: (each["due"], each["terms"]) for each in ahead}
    # dan pays a term that ends on 1 May, and has given notice for the first of September
    assert told == {0: (90, 1), 1: (130, 2), 3: (110, 2)}
    assert {round(each["expected"] / each["due"], 9) for each in ahead} == {50 / 80}


@pytest.mark.parametrize(("gone", "rate"), [(20, 0.0), (19, 200 / 390)])
def test_each_plan_of_twenty_customers_is_expected_to_renew_as_it_did(find_quickly, gone, rate):
    """Pro renewed all of 20 terms and Solo none of its own: what is due of Solo alone is lost, of 19 as all were."""
    rows = [f"p{at} | 2024-03-10 | | 10 | 12 | | Pro" for at in range(20)]
    rows += [f"s{at} | 2024-04-10 | 2025-04-10 | 10 | 12 | | Solo" for at in range(gone)]
    rows += [f"t{at} | 2024-08-20 | | 10 | 12 | | Solo" for at in range(5)]
    ahead = due_next(find_quickly, rows, as_of="2025-07-01", segments=("plan",))
    told = {(each["segment"], each["quarter"]): each for each in ahead}
    assert told["all", 0]["expected"] == pytest.approx(50 * rate)
    assert told["all", 0]["rate"] == pytest.approx(rate)
    assert told["all", 2]["expected"] == told["all", 2]["due"] == 200
    assert told["plan=Solo", 0]["expected"] == 0, "a segment's own rate, of however few"


def test_a_rate_of_few_customers_or_of_few_months_is_none(find_quickly):
    """On Solo one customer was due, who had two terms of six months; with all there were three customers."""
    solo = ("fay | 2024-03-20 | | 30 | 6 | | Solo",)
    keys = {"segments": ("plan",), "min_n": 2}
    told = due_next(find_quickly, (*DUE, *solo), **keys)
    rates = {each["segment"]: each["rate"] for each in told}
    assert rates == {"all": 110 / 140, "plan=Pro": 50 / 80, "plan=Solo": None}
    assert {each["expected"] for each in told if each["segment"] == "plan=Solo"} == {None}
    young = due_next(find_quickly, DUE, as_of="2025-03-01")
    assert young and {each["rate"] for each in young} == {None}


def test_what_is_due_ahead_has_its_segments_own_rate_and_tells_of_no_few(find_quickly):
    """Pro: one of its two terms was renewed. Solo has three terms ahead, with two more of Team; none ended."""
    from drawn import DuckDBEngine, context

    from cs_lib.metrics.compute.renewals_ahead import renewals_ahead

    ahead_rows = [(f"p{at}", "Pro") for at in range(9)]
    ahead_rows += [(f"t{at}", "Team") for at in range(6)] + [(f"s{at}", "Solo") for at in range(3)]
    rows = [f"{name} | 2025-05-20 | | 10 | 12 | | {plan}" for name, plan in ahead_rows]
    rows += [
        "ada | 2024-01-10 | | 50 | 12 | | Pro",
        "ben | 2024-01-20 | 2025-01-20 | 50 | 12 | | Pro",
    ]
    table = "\n".join([HEAD, *rows])
    tables = {"subscriptions": table}
    found = find_quickly(*METRICS, as_of="2026-05-15", segments=("plan",), **tables)
    engine = DuckDBEngine()
    ready = context(engine, "2026-05-15", tables, segments=("plan",))
    ready = replace(ready, edition=ready.edition.model_copy(update={"min_n": 5}))
    ahead = renewals_ahead(ready, found.measures, ("renewals",))
    engine.close()
    first = {each["segment"]: each for each in ahead if each["quarter"] == 0}
    assert (first["all"]["first"], first["all"]["last"]) == ("2026-05-15", "2026-08-14")
    assert first["plan=Pro"]["due"] == 90 and not first["plan=Pro"]["hidden"]
    assert first["plan=Solo"]["hidden"] and first["plan=Team"]["hidden"], "one gives the other away"
    assert first["plan=Team"]["due"] is None and first["plan=Solo"]["terms"] is None
    assert first["all"]["terms"] == 18
