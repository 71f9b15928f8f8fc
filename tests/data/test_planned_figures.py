"""A plan that is no month's figure in the metric's unit is said, and the key that is offered makes it one."""

import pytest
from offers import offers, set_in

from tests.data.test_plan_words import said
from tests.data.test_unread_columns import write

ADDS_UP, QUARTERS, UNIT, YEAR = (
    "a plan that adds up",
    "a plan by quarters",
    "a plan in another unit",
    "a target of a year",
)
#: 24 customers of 100 a month; each month of 2025-07 to 2026-06 one of them leaves, and another comes
SUBS = [
    *(f"c{n},2025-01-05,{f'2026-{n - 5:02d}-05' if n > 5 else f'2025-{n + 7:02d}-05'},100" for n in range(12)),
    *(f"k{n},2025-01-05,,100" for n in range(12)),
    *(f"n{n},{f'2026-{n - 5:02d}-05' if n > 5 else f'2025-{n + 7:02d}-05'},,100" for n in range(12)),
]  # fmt: skip


def opened(workshop, rows=(), head="month,metric,value", source=(), **keys):
    write(workshop, "customer_id,start_date,end_date,mrr", *SUBS, name="subs.csv")
    tables = {"subscriptions": "subs.csv"}
    if rows:
        write(workshop, head, *rows)
        tables["plan"] = {"path": "rows.csv", **dict(source)}
        if "sql" in dict(source):
            tables["plan"] = dict(source)
    return workshop.open(tables, as_of="2026-07-01", **keys)


def planned(data):
    found = data.engine.collect(data.tables["plan"]).sort_values(["metric", "month"])
    return {
        name: [round(each / 1e6, 6) for each in own["value"]]
        for name, own in found.groupby("metric")
    }


def test_sums_since_the_year_began(workshop):
    rows = [f"{year}-{m:02d},{name},{100 * m + (year - 2025) * m}" for name in ("new_mrr", "new_customers") for year in (2025, 2026) for m in range(1, 13)]  # fmt: skip
    rows += [f"2026-{m:02d},mrr,{2400 + m}" for m in range(1, 13)]
    [says] = said(opened(workshop, rows), ADDS_UP)
    assert "new_customers and new_mrr grow through the year" in says
    data = opened(workshop, rows, source=offers(says)[0])
    each = [100.0] * 12 + [101.0] * 12
    assert planned(data)["new_mrr"] == each and planned(data)["new_customers"] == each
    assert planned(data)["mrr"] == [2401.0 + n for n in range(12)] and not said(data, ADDS_UP)


@pytest.mark.parametrize("grows", [1.0, 1.02, 1.1])
def test_a_plan_that_grows_is_none_that_adds_up(workshop, grows):
    rows = [f"2026-{m:02d},new_mrr,{100 * grows**m:.2f}" for m in range(1, 13)]
    assert not opened(workshop, rows).findings


@pytest.mark.parametrize(("first", "months"), [(1, (1, 4, 7, 10)), (1, (3, 6, 9, 12))])
def test_quarters_in_one_month_each(workshop, first, months):
    rows = [*(f"2026-{m:02d},new_mrr,300" for m in months), "2026-06,mrr,2400"]
    [says] = said(opened(workshop, rows), QUARTERS)
    data = opened(workshop, source=offers(says)[0], rows=rows)
    assert planned(data) == {"mrr": [2400.0], "new_mrr": [100.0] * 12}
    found = data.engine.collect(data.tables["plan"])
    own = found[found["metric"] == "new_mrr"]["month"]
    assert sorted(own.dt.month) == [*range(1, 13)] and not said(data, QUARTERS)


def test_a_level_may_be_planned_for_the_end_of_quarters(workshop):
    assert not opened(workshop, [f"2026-{m:02d},mrr,2500" for m in (3, 6, 9, 12)]).findings


@pytest.mark.parametrize(
    ("metric", "times", "what"),
    [("mrr", 12, "a year's"), ("mrr", 0.001, "in thousands"), ("mrr", 100, "in hundredths"), ("arr", 0.001, "in thousands")],
)  # fmt: skip
def test_a_plan_in_another_unit(workshop, metric, times, what):
    right = [(2500 + m) * (12 if metric == "arr" else 1) for m in range(1, 13)]
    rows = [f"2026-{m:02d},{metric},{right[m - 1] * times:.6f}" for m in range(1, 13)]
    rows += ["2026-06,paying_customers,25"]
    [says] = said(opened(workshop, rows), UNIT)
    assert what in says and f"{metric} of 2026-06" in says
    data = opened(workshop, rows, source=offers(says)[0])
    assert planned(data)[metric] == pytest.approx(right) and planned(data)["paying_customers"] == [25.0]  # fmt: skip
    assert not said(data, UNIT)


@pytest.mark.parametrize("value", [1500, 2400, 5000, 9000])
def test_a_plan_that_is_far_off_is_a_plan(workshop, value):
    assert not opened(workshop, [f"2026-{m:02d},mrr,{value}" for m in range(1, 13)]).findings


@pytest.mark.parametrize(
    ("metric", "value"), [("customer_churn_rate", 0.35), ("customer_retention_rate", 0.65)]
)
def test_a_target_of_a_year(workshop, metric, value):
    [says] = said(opened(workshop, targets={metric: value}), YEAR)
    year, month = (set_in(way, {}, {})[1]["targets"] for way in offers(says))
    assert year == {metric: {"all": {"value": value, "grain": "year"}}}
    for told in (year, month):
        assert not said(opened(workshop, targets=told), YEAR)


@pytest.mark.parametrize(
    "targets",
    [{"customer_churn_rate": 0.05}, {"customer_retention_rate": 0.97}, {"customer_churn_rate": 0.1}],
)  # fmt: skip
def test_a_target_of_a_month(workshop, targets):
    assert not said(opened(workshop, targets=targets), YEAR)
