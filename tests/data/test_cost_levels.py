"""One cost at several levels, sums so far by campaign, marketing in short: said, and what is offered mends them."""

import pytest
from offers import offers

from tests.data.test_telling_columns import AS_OF, COSTS, said
from tests.data.test_unread_columns import write

LEVELS, SO_FAR, SHORT = "a cost at several levels", "sums so far", "marketing in another word"


def total(data):
    return data.engine.collect(data.tables[COSTS])["amount"].sum() / 1e6


def test_campaigns_beside_their_ads(workshop):
    rows = []
    for month in range(1, 7):
        for who, cost in (("a", 100 + month), ("b", 7 * month)):
            rows += [f"2026-0{month},{who},,{cost}", f"2026-0{month},{who},x,{cost - 3}", f"2026-0{month},{who},y,3"]  # fmt: skip
    write(workshop, "month,campaign,ad,amount", *rows)
    [says] = said(workshop.open({COSTS: "rows.csv"}, **AS_OF), LEVELS)
    assert "in each of 6 months the rows without ad cost as much as those with one, the first in rows.csv, line 2" in says  # fmt: skip
    data = workshop.open({COSTS: {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    assert total(data) == 6 * 100 + 21 + 7 * 21 and not said(data, LEVELS)
    write(workshop, "month,campaign,ad,amount", *rows, "2026-06,c,,1")
    assert not said(workshop.open({COSTS: "rows.csv"}, **AS_OF), LEVELS)


def test_what_each_campaign_cost_so_far(workshop):
    rows = [f"2026-0{m},{who},{m * cost + m % 2}" for m in range(1, 7) for who, cost in (("a", 10), ("b", 4))]  # fmt: skip
    write(workshop, "month,channel,amount", *rows)
    [says] = said(workshop.open({COSTS: "rows.csv"}, **AS_OF), SO_FAR)
    data = workshop.open({COSTS: {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    assert total(data) == 60 + 24 and not said(data, SO_FAR)


@pytest.mark.parametrize("last", ["2026-06,b,3", "2026-06,b,20"])
def test_costs_that_once_did_not_grow(workshop, last):
    rows = [f"2026-0{m},{who},{m * cost}" for m in range(1, 7) for who, cost in (("a", 10), ("b", 4))]  # fmt: skip
    write(workshop, "month,channel,amount", *rows[:-1], last)
    assert not said(workshop.open({COSTS: "rows.csv"}, **AS_OF), SO_FAR)


def test_marketing_in_short(workshop):
    write(workshop, "month,category,amount", "2026-06,Mktg,5", "2026-06,sales,7")
    [says] = said(workshop.open({COSTS: "rows.csv"}, **AS_OF), SHORT)
    data = workshop.open({COSTS: {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    assert set(data.engine.collect(data.tables[COSTS])["category"]) == {"marketing", "sales"}
    assert not said(data, SHORT)
    write(workshop, "month,category,amount", "2026-06,marketing,5", "2026-06,events,7")
    assert not said(workshop.open({COSTS: "rows.csv"}, **AS_OF), SHORT)


def test_a_cost_of_a_year(workshop):
    write(workshop, "month,Annual cost", "2026-06,120")
    source = {"path": "rows.csv", "columns": {"amount": "Annual cost"}}
    rule = "yearly amount read as monthly"
    [says] = said(workshop.open({COSTS: source}, **AS_OF), rule)
    data = workshop.open({COSTS: {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    assert total(data) == 10 and not said(data, rule)
