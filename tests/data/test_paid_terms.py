"""The price of a quarter or a year that stands as MRR, by how long its rows last, where no plan is named."""

import pytest

from cs_lib.data.contract.paid_terms import TERM
from tests.data.test_plan_words import said
from tests.data.test_unread_columns import key, write

PRICES = (49, 99, 25)


def rows(*terms, per=12):
    """For each length in months and what its rows cost of a month's price: rows of three prices, from 2024 on."""
    found = []
    for months, times in terms:
        for n in range(per):
            start = f"202{4 + n % 2}-01-05"
            year, month = divmod(months, 12)
            end = f"202{4 + n % 2 + year}-{1 + month:02d}-05"
            found.append(f"m{months}x{n},{start},{end},{PRICES[n % 3] * times}.00")
    return found


def opened(workshop, found, head="customer_id,start_date,end_date,mrr", **source):
    write(workshop, head, *found, "z,2025-05-05,,49.00")
    return workshop.open({"subscriptions": {"path": "rows.csv", **source}}, as_of="2026-07-01")


def mrr(data):
    return data.engine.collect(data.tables["subscriptions"])["mrr"].sum() / 1e6


@pytest.mark.parametrize("terms", [[(1, 1), (3, 3)], [(1, 1), (12, 12), (3, 3)]])
def test_rows_that_cost_as_many_months_as_they_last(workshop, terms):
    data = opened(workshop, rows(*terms))
    [says] = said(data, TERM)
    assert " rows that last a " in says and ": is it what the whole " in says
    data = opened(workshop, rows(*terms), **key(says, "columns"))
    assert not said(data, TERM)
    assert mrr(data) == len(terms) * 4 * sum(PRICES) + 49


def test_the_last_day_paid_for(workshop):
    found = [each.replace("-05,", "-01,", 1) for each in rows((1, 1), (3, 3))]
    found = [each.replace("02-05", "01-31").replace("04-05", "03-31") for each in found]
    data = opened(workshop, found, end_date="inclusive")
    [says] = said(data, TERM)
    data = opened(workshop, found, end_date="inclusive", **key(says, "columns"))
    assert not said(data, TERM) and mrr(data) == 8 * sum(PRICES) + 49


@pytest.mark.parametrize(
    "found",
    [
        rows((1, 1), (3, 1)),
        rows((1, 1), (2, 3)),
        rows((1, 1), (3, 3), per=6),
        [*rows((1, 1), (3, 3)), *(f"s{n},2025-01-05,2025-04-05,49.00" for n in range(6))],
        [*rows((1, 1)), *(f"s{n},2025-01-05,2025-04-05,{n % 7 + 150}.00" for n in range(12))],
        [
            *rows((1, 1)),
            *(f"l{n},2025-01-05,2025-02-05,147.00" for n in range(3)),
            *(f"s{n},2025-01-05,2025-04-05,147.00" for n in range(12)),
        ],
    ],
)
def test_seats_few_rows_and_prices_of_a_month(workshop, found):
    assert not said(opened(workshop, found), TERM)


def test_days_that_the_kit_alone_reads(workshop):
    found = [each.replace("-", ".") for each in rows((1, 1), (3, 3))]
    data = opened(workshop, found, date_format=["%Y.%m.%d", "iso"])
    [says] = said(data, TERM)
    assert says.endswith("If so, write the price of a month in the export.")
