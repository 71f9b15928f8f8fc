"""When a cohort had repaid its cost: by hand, and what is not yet known."""

import numpy as np
import pandas as pd
import pytest

from cs_lib.metrics.compute.cohort_payback import cohort_payback, value_by_horizon

JAN, FEB, MARCH = (pd.Timestamp(f"2026-0{month}-01") for month in (1, 2, 3))


def cells(rows, measure):
    """(cohort, age, numerator, denominator[, status]) each."""
    told = [(*row, "ok")[:5] for row in rows]
    frame = pd.DataFrame(told, columns=["cohort", "age", "numerator", "denominator", "status"])
    frame = frame.assign(measure=measure, segment_by="all", segment="all", low=np.nan, high=np.nan)
    return frame.assign(value=frame["numerator"] / frame["denominator"])


def costs(*rows):
    return pd.DataFrame(rows, columns=["period_start", "numerator", "denominator"])


def found(money, *, grain="month", spent=((JAN, 1000, 10),)):
    customers = cells([(day, 0, 10, 10) for day in {row[0] for row in money}], "customers")
    paid = cells(money, "revenue_net")
    return cohort_payback(paid, customers, costs(*spent), margin=0.5, grain=grain)


def test_a_cohort_has_repaid_in_the_month_whose_margin_makes_up_its_cost():
    """CAC 100; 40 a customer, then 30 a month as some leave: 20, 35, 50 … : 100 after seven months (20 + 6 × 15 = 110)."""
    money = [(JAN, 0, 400, 400), *((JAN, age, 300, 400) for age in range(1, 9))]
    row = found(money).iloc[0]
    assert (row["customers"], row["cac"], row["months"], row["seen"]) == (10, 100, 7, 9)
    assert row["repaid"] == pytest.approx((200 + 8 * 150) / 10 / 100)
    assert row["formula"] == pytest.approx(100 / (40 * 0.5))


def test_what_is_not_repaid_yet_has_no_month_and_says_how_far_it_is():
    row = found([(JAN, 0, 400, 400), (JAN, 1, 300, 400), (JAN, 2, 1, 400, "immature")]).iloc[0]
    assert np.isnan(row["months"]) and row["seen"] == 2
    assert row["repaid"] == pytest.approx(0.35)


def test_repaid_exactly_is_repaid():
    assert found([(JAN, 0, 2000, 2000)]).iloc[0]["months"] == 1


def test_a_quarter_is_the_sum_of_its_months_as_far_as_all_are_seen():
    """January's and February's 20 customers cost 50 each; age 2 of February lies in the future."""
    spent = [(JAN, 300, 10), (FEB, 500, 10), (MARCH, 200, 0)]
    money = [
        *((JAN, age, 400, 400) for age in range(3)),
        *((FEB, age, 600, 600) for age in range(2)),
        (FEB, 2, 0, 600, "immature"),
    ]
    row = found(money, grain="quarter", spent=spent).iloc[0]
    assert (row["customers"], row["seen"], row["months"]) == (20, 2, 2)  # 25 a month each
    assert found(
        money, grain="quarter", spent=spent[:2]
    ).empty  # a quarter of which a month is not known


def test_without_costs_or_customers_there_is_no_row():
    assert found([(FEB, 0, 400, 400)]).empty
    assert found([(JAN, 0, 400, 400)], spent=((JAN, 0, 10),)).empty


def test_the_value_by_a_horizon_pools_the_months_that_were_seen_so_long():
    """January's ten cost 100 each and bring 20 a month; February's thirty cost 40 and bring 10, for three months."""
    money = [
        *((JAN, age, 400, 400) for age in range(6)),
        *((FEB, age, 600, 600) for age in range(3)),
        (FEB, 3, 0, 600, "immature"),
    ]
    customers = cells([(JAN, 0, 10, 10), (FEB, 0, 30, 30)], "customers")
    spent = costs((JAN, 1000, 10), (FEB, 1200, 30))
    rows = value_by_horizon(cells(money, "revenue_net"), customers, spent, margin=0.5)
    assert rows["horizon"].tolist() == [3, 6] and rows["customers"].tolist() == [40, 10]
    three, six = rows.to_dict("records")
    assert three["value"] == pytest.approx((10 * 60 + 30 * 30) / 40)
    assert three["cac"] == pytest.approx((10 * 100 + 30 * 40) / 40)
    assert (three["first"], three["last"]) == (JAN, FEB)
    assert (six["value"], six["cac"], six["ratio"]) == pytest.approx((120, 100, 1.2))
