"""Rows of customers that never end, end with their term, or are renewed late are said, with a key that mends it."""

import pytest

from tests.data.test_plan_words import said
from tests.data.test_unread_columns import key, write

HEAD = "customer_id,start_date,end_date,mrr,plan"
OPEN, LATE, TERMS = "rows that never end", "renewed late", "ends of terms"
GONE = "z,2025-01-05,2025-06-05,9,Pro"


def opened(workshop, *rows, head=HEAD, **source):
    write(workshop, head, *rows)
    return workshop.open({"subscriptions": {"path": "rows.csv", **source}}, as_of="2026-07-01")


def paying(data, day):
    """MRR and customers on a day."""
    rows = data.engine.collect(data.tables["subscriptions"])
    rows = rows[(rows["start_date"] <= day) & (rows["end_date"].isna() | (rows["end_date"] > day))]
    return rows["mrr"].sum() / 1e6, rows["customer_id"].nunique()


UPGRADES = [f"c{n},2025-02-0{1 + n},,50,Pro" for n in range(6)] + [f"c{n},2025-0{3 + n}-09,,80,Max" for n in range(3)]  # fmt: skip


def test_a_plan_that_took_the_place_of_another_and_both_are_open(workshop):
    [says] = said(opened(workshop, GONE, *UPGRADES), OPEN)
    assert "3 customers of 6 have several open rows that started on different days, the first in rows.csv, line 9," in says  # fmt: skip
    data = opened(workshop, GONE, *UPGRADES, **key(says, "columns"))
    assert not said(data, OPEN) and paying(data, "2026-01-01") == (3 * 80 + 3 * 50, 6)


def test_the_same_without_any_end(workshop):
    rows = [each.replace(",,", ",") for each in UPGRADES]
    head = HEAD.replace("end_date,", "")
    [says] = said(opened(workshop, *rows, head=head), OPEN)
    data = opened(workshop, *rows, head=head, **key(says, "columns"))
    assert not said(data, OPEN) and paying(data, "2026-01-01") == (3 * 80 + 3 * 50, 6)


def test_further_products_are_paid_for_at_once(workshop):
    """From the same day; or in a file in which changes of plan do end the row before."""
    same_day = [each.replace("2025-02-01", "2025-03-09") for each in UPGRADES[:1] * 1]
    same_day += [f"d{n},2025-02-05,,{price},Pro" for n in range(4) for price in (5, 7)]
    assert not said(opened(workshop, GONE, *same_day), OPEN)
    ended = ["y,2025-01-01,2025-04-01,5,Pro", "y,2025-04-01,,5,Max"]
    assert not said(opened(workshop, GONE, *UPGRADES, *ended), OPEN)


def test_terms_that_were_renewed_late(workshop):
    rows = [f"c{n},2024-03-0{1 + n},2025-03-0{1 + n},50,Pro" for n in range(8)]
    rows += [f"c{n},2025-04-1{n},2026-04-1{n},50,Pro" for n in range(7)]
    [says] = said(opened(workshop, *rows), LATE)
    assert "7 of 15 rows that have ended are followed by one of the same customer up to 60 days later, the first in rows.csv, line 2." in says  # fmt: skip
    assert paying(opened(workshop, *rows), "2025-04-05") == (0, 0)
    data = opened(workshop, *rows, **key(says, "columns"))
    assert not said(data, LATE) and not said(data, TERMS)
    assert paying(data, "2025-04-05") == (350, 7) and paying(data, "2026-05-05") == (0, 0)


@pytest.mark.parametrize(("again", "told"), [("04", True), ("30", False)])
def test_rows_of_any_length_that_begin_again_at_once(workshop, again, told):
    """After a payment that failed; customers who come back weeks later have left."""
    rows = [f"c{n},2025-01-{11 + n},2025-05-30,50,Pro" for n in range(6)]
    rows += [f"c{n},2025-06-{again},,50,Pro" for n in range(6)]
    found = said(opened(workshop, *rows), LATE)
    assert bool(found) == told
    if told:
        assert (
            "6 of 6 rows that have ended are followed by one of the same customer up to 14 days later"
            in found[0]
        )
        data = opened(workshop, *rows, **key(found[0], "columns"))
        assert not said(data, LATE) and paying(data, "2025-06-01") == (300, 6)


def test_ends_that_are_only_those_of_terms(workshop):
    rows = [f"c{n},2025-{1 + n:02d}-05,2026-{1 + n:02d}-05,50,Pro" for n in range(12)]
    [says] = said(opened(workshop, *rows), TERMS)
    assert "12 of 12 rows end exactly 12 months after their start, the first in rows.csv, line 2, and each customer has one: 6 count as customers who left." in says  # fmt: skip
    data = opened(workshop, *rows, **key(says, "columns"))
    assert not said(data, TERMS) and paying(data, "2026-06-30") == (600, 12)
    assert "term_ends_on" in data.given["subscriptions"]
    assert not opened(workshop, *rows, end_date="exclusive").findings


def test_terms_renewed_on_the_day_and_customers_who_leave_any_day_are_as_they_should_be(workshop):
    rows = [f"c{n},2024-0{1 + n}-05,2025-0{1 + n}-05,50,Pro" for n in range(6)]
    rows += [f"c{n},2025-0{1 + n}-05,2026-0{1 + n}-05,50,Pro" for n in range(6)]
    rows += [f"d{n},2025-0{1 + n}-05,2026-0{1 + n}-05,50,Pro" for n in range(6)]
    assert not opened(workshop, *rows).findings
    any_day = [f"c{n},2025-{1 + n:02d}-05,2026-0{1 + n % 6}-{6 + n:02d},50,Pro" for n in range(12)]
    assert not opened(workshop, *any_day).findings


def test_customers_who_were_moved_on_one_day(workshop):
    rows = [f"c{n},2025-{1 + n % 5:02d}-{1 + n:02d},,50,Pro" for n in range(12)]
    moved = [f"d{n},2025-09-01,,50,Pro" for n in range(10)]
    [says] = said(opened(workshop, GONE, *rows, *moved), "many begin on one day")
    assert "10 of 23 customers start on 2025-09-01 (on no other day more than 1)" in says
    assert "say history_starts: 2025-09-02 in the edition" in says
    write(workshop, HEAD, GONE, *rows, *moved)
    data = workshop.open(
        {"subscriptions": "rows.csv"}, as_of="2026-07-01", history_starts="2025-09-02"
    )
    assert not said(data, "many begin on one day")
    assert not said(opened(workshop, *moved, *rows[:2]), "many begin on one day")


def test_subscriptions_that_stand_under_two_ids(workshop):
    head = f"subscription_id,{HEAD}"
    rows = [f"c{n},2025-{1 + n % 12:02d}-05,,50,Pro" for n in range(12)]
    twice = [f"{system}{n},{row}" for system in "AB" for n, row in enumerate(rows)]
    [says] = said(opened(workshop, f"z,{GONE}", *twice, head=head), "subscriptions under two ids")
    assert "12 of 13 customers have two subscriptions that start on the same day" in says
    assert not said(opened(workshop, f"z,{GONE}", *twice[:16], head=head), "subscriptions under two ids")  # fmt: skip
