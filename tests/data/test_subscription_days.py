"""Days beside a subscription's start and end are said, and plans that run on beside the next; what is offered mends them."""

from datetime import datetime

import pytest
from offers import offers

from tests.data.test_telling_columns import AS_OF, SUBS, said
from tests.data.test_unread_columns import key, write

HEAD = "customer_id,start_date,end_date,mrr"


def ends(data):
    frame = data.engine.collect(data.tables[SUBS])
    frame = frame.sort_values(["customer_id", "start_date"])
    return [(who, "" if day != day else f"{day:%Y-%m-%d}") for who, day in zip(frame["customer_id"], frame["end_date"], strict=True)]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "past", "fine", "end"),
    [
        ("next_billing_date", "2025-12-05", "2026-07-10", "2025-12-05"),
        ("Current period end", "2026-05-05", "2026-07-10", "2026-05-05"),
        ("last_payment_on", "2025-12-05", "2026-06-10", "2026-01-05"),
    ],
)
def test_a_bill_that_is_long_past(workshop, column, past, fine, end):
    lines = [f"a,2025-01-01,,10,{past}", *(f"{who},2025-01-01,,10,{fine}" for who in "bcd"), f"e,2025-01-01,2025-12-01,10,{past}"]  # fmt: skip
    write(workshop, f"{HEAD},{column}", *lines)
    [says] = said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "long not paid for")
    assert "1 row without an end has a day" in says and "rows.csv, line 2" in says
    data = workshop.open({SUBS: {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    assert ends(data) == [("a", end), ("b", ""), ("c", ""), ("d", ""), ("e", "2025-12-01")]
    assert not said(data, "long not paid for")
    write(workshop, f"{HEAD},{column}", *(f"{who},2025-01-01,,10,{past}" for who in "abc"))
    assert not said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "long not paid for")


@pytest.mark.parametrize("column", ["cancellation_effective_date", "effective date"])
def test_the_day_on_which_an_end_takes_effect(workshop, column):
    lines = ("a,2026-01-01,2026-04-10,10,2026-05-01", "b,2026-01-01,,10,2026-01-01")
    write(workshop, f"{HEAD},{column}", *lines)
    [says] = said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "end not read")
    data = workshop.open({SUBS: {"path": "rows.csv", **key(says, "columns")}}, **AS_OF)
    assert ends(data)[0] == ("a", "2026-05-01") and not said(data, "end not read")
    write(workshop, f"{HEAD},{column}", "a,2026-01-01,2026-04-10,10,2026-04-10", lines[1])
    assert not said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "end not read")


def written(day, as_format):
    return f"{datetime.fromisoformat(day):{as_format}}" if day else ""


@pytest.mark.parametrize("beside", ["", "%Y-%m-%d"])
@pytest.mark.parametrize("stated", ["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", ["%d/%m/%Y", "iso"]])
@pytest.mark.parametrize(
    ("column", "past", "fine", "end"),
    [("next_billing_date", "2025-12-05", "2026-07-10", "2025-12-05"), ("last_payment_on", "2025-12-05", "2026-06-10", "2026-01-05")],
)  # fmt: skip
def test_a_bill_that_is_long_past_by_days_of_the_table_s_own_format(
    workshop, stated, column, past, fine, end, beside
):
    """Days of a column that nothing reads may be written as the others, or as ISO has them."""
    one = stated if isinstance(stated, str) else stated[0]
    rows = [("a", "2025-01-01", "", past), *((who, "2025-01-01", "", fine) for who in "bcd"), ("e", "2025-01-01", "2025-12-01", past)]  # fmt: skip
    lines = [f"{who},{written(start, one)},{written(until, one)},10,{written(day, beside or one)}" for who, start, until, day in rows]  # fmt: skip
    write(workshop, f"{HEAD},{column}", *lines)
    source = {"path": "rows.csv", "date_format": stated}
    [says] = said(workshop.open({SUBS: source}, **AS_OF), "long not paid for")
    assert "1 row without an end has a day" in says and "rows.csv, line 2" in says
    data = workshop.open({SUBS: {**source, **offers(says)[0]}}, **AS_OF)
    assert ends(data) == [("a", end), ("b", ""), ("c", ""), ("d", ""), ("e", "2025-12-01")]
    assert not said(data, "long not paid for")


@pytest.mark.parametrize("effect", ["01/05/2026", "2026-05-01"])
def test_the_day_on_which_an_end_takes_effect_by_the_table_s_own_format(workshop, effect):
    write(workshop, f"{HEAD},effective date", f"a,01/01/2026,10/04/2026,10,{effect}", "b,01/01/2026,02/02/2026,10,02/02/2026")  # fmt: skip
    source = {"path": "rows.csv", "date_format": "%d/%m/%Y"}
    [says] = said(workshop.open({SUBS: source}, **AS_OF), "end not read")
    assert "1 row has another day" in says
    data = workshop.open({SUBS: {**source, **key(says, "columns")}}, **AS_OF)
    assert ends(data) == [("a", "2026-05-01"), ("b", "2026-02-02")] and not said(
        data, "end not read"
    )


def changes(last):
    rows = []
    for n in range(6):
        end = last if n else "2026-04-30"
        rows += [f"c{n},2025-0{n + 1}-01,{end},10", f"c{n},2026-04-{n + 10},,20"]
    return rows


def test_a_plan_that_runs_on_beside_the_next(workshop):
    write(workshop, HEAD, *changes("2026-05-01"))
    [says] = said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "a plan that runs on")
    data = workshop.open({SUBS: {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    assert ends(data)[:4] == [("c0", "2026-04-10"), ("c0", ""), ("c1", "2026-04-11"), ("c1", "")]
    assert not said(data, "a plan that runs on")
    both = {"path": "rows.csv", "end_date": "exclusive"}
    assert not said(workshop.open({SUBS: both}, **AS_OF), "a plan that runs on")


def test_add_ons_of_which_some_end_are_no_changes(workshop):
    write(workshop, HEAD, *changes("2026-06-20"))
    assert not said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "a plan that runs on")


def test_a_price_beside_seats(workshop):
    write(workshop, "customer_id,start_date,price,seats", "a,2026-01-01,10,3", "b,2026-01-01,10,1")
    source, rule = {"path": "rows.csv", "columns": {"mrr": "price"}}, "price of one read as that of all"  # fmt: skip
    [says] = said(workshop.open({SUBS: source}, **AS_OF), rule)
    data = workshop.open({SUBS: {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    assert data.engine.collect(data.tables[SUBS])["mrr"].sum() == 40e6 and not said(data, rule)
    source["columns"]["seats"] = "seats"
    assert not said(workshop.open({SUBS: source}, **AS_OF), rule)


def test_a_promotion_that_ends(workshop):
    write(workshop, f"{HEAD},promo_ends_on", "a,2026-01-01,,10,2026-04-01", "b,2026-01-01,,10,")
    [says] = said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "a price that was to change")
    assert says.endswith("if not, say so under known.")
    kept = {"path": "rows.csv", "columns": {"promo_ends_on": "promo_ends_on"}}
    assert not said(workshop.open({SUBS: kept}, **AS_OF), "a price that was to change")


def test_signs_of_currencies_beside_the_amounts(workshop):
    write(workshop, f"{HEAD},currency_symbol", "a,2026-01-01,,10,€", "b,2026-01-01,,10,$")
    keys = {**AS_OF, "rates": {"EUR": 2}}
    [says] = said(workshop.open({SUBS: "rows.csv"}, **keys), "currency not read")
    data = workshop.open({SUBS: {"path": "rows.csv", **key(says, "columns")}}, **keys)
    assert sorted(data.engine.collect(data.tables[SUBS])["mrr"]) == [10e6, 20e6]
    write(workshop, f"{HEAD},currency_symbol", "a,2026-01-01,,10,$", "b,2026-01-01,,10,$")
    assert not said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "currency not read")


@pytest.mark.parametrize(
    ("past", "fine", "end"),
    [("12/5/2025", "7/28/2026", "2025-12-05"), ("5. Dezember 2025", "7. Juli 2026", None), ("5-Dec-2025", "28-Jul-2026", "2025-12-05")],
)  # fmt: skip
def test_a_bill_that_is_long_past_in_a_format_of_its_own(workshop, past, fine, end):
    """Days of other columns are as ISO has them; those of this one tell by themselves how they are written."""
    lines = [f"a,2025-01-01,,10,{past}", *(f"{who},2025-01-01,,10,{fine}" for who in "bcd"), f"e,2025-01-01,2025-12-01,10,{past}"]  # fmt: skip
    write(workshop, f"{HEAD},next_billing_date", *lines)
    found = said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "long not paid for")
    if end is None:
        assert not found
        return
    data = workshop.open({SUBS: {"path": "rows.csv", **offers(found[0])[0]}}, **AS_OF)
    assert ends(data) == [("a", end), ("b", ""), ("c", ""), ("d", ""), ("e", "2025-12-01")]
    assert not said(data, "long not paid for")


def test_days_that_do_not_tell_which_number_is_the_month(workshop):
    lines = ["a,2025-01-01,,10,5/12/2025", *(f"{who},2025-01-01,,10,7/10/2026" for who in "bcd")]
    write(workshop, f"{HEAD},next_billing_date", *lines)
    [says] = said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "long not paid for")
    assert "(whether %d/%m/%Y or %m/%d/%Y, the days do not tell)" in says and not offers(says)
    write(workshop, f"{HEAD},next_billing_date", "a,2025-01-01,,10,6/5/2026", *lines[1:])
    assert not said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "long not paid for"), "not where one of the two is later"  # fmt: skip


def test_another_day_of_effect_in_a_format_of_its_own(workshop):
    write(workshop, f"{HEAD},effective date", "a,2026-01-01,2026-04-10,10,5/28/2026", "b,2026-01-01,,10,")  # fmt: skip
    [says] = said(workshop.open({SUBS: "rows.csv"}, **AS_OF), "end not read")
    data = workshop.open({SUBS: {"path": "rows.csv", **key(says, "columns")}}, **AS_OF)
    assert ends(data)[0] == ("a", "2026-05-28") and not said(data, "end not read")
