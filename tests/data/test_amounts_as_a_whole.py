"""What amounts say taken together: cents among units, turned signs, months of costs that add up or are missing."""

import pytest
from offers import offers

from tests.data.test_unread_columns import key, write

AS_OF = {"as_of": "2026-07-01"}
ORDERS = "customer_id,ordered_at,amount"
COSTS = "month,channel,amount"
CENTS, TOTAL = "cents among whole amounts", "a total among the rows"


def said(data, rule):
    return [each.says for each in data.findings if each.rule == rule]


def orders(workshop, *amounts, name="rows.csv", **keys):
    rows = [f"c{n},2026-06-{1 + n % 28:02d},{each}" for n, each in enumerate(amounts)]
    write(workshop, ORDERS, *rows, name=name)
    return workshop.open({"orders": {"path": "rows*.csv", **keys}}, **AS_OF)


def total(data, table="orders"):
    return data.engine.collect(data.tables[table])["amount"].sum() / 1e6


def test_cents_among_amounts_with_a_fraction(workshop):
    amounts = [*["19.99"] * 8, *["1999"] * 6]
    [says] = said(orders(workshop, *amounts), CENTS)
    assert says.startswith(
        "orders: 6 rows without a fraction in amount, the first in rows.csv, line 10,"
    )
    [way] = offers(says)
    data = workshop.open({"orders": {"path": "rows.csv", **way}}, **AS_OF)
    assert round(total(data), 2) == 279.86 and not said(data, CENTS)


@pytest.mark.parametrize(
    "amounts",
    [
        [*["19.99"] * 8, *["1999"] * 4],  # too few to tell
        [*["19.99"] * 8, *["50"] * 8],  # round prices
        [*["0.5"] * 8, *["9000"] * 8],  # far more than a hundredfold
        ["1999"] * 20,
    ],
)
def test_round_prices_are_no_cents(workshop, amounts):
    assert not said(orders(workshop, *amounts), CENTS)


def test_a_file_in_cents(workshop):
    orders(workshop, *[f"{40 + n}" for n in range(9)], name="rows_1.csv")
    data = orders(workshop, *[f"{4050 + 100 * n}" for n in range(9)], name="rows_2.csv")
    [says] = said(data, CENTS)
    assert says.startswith("orders: the amounts of rows_2.csv (9 rows) are about a hundred times")
    parts = [{"path": "rows_1.csv"}, {"path": "rows_2.csv", "cents": True}]
    data = workshop.open({"orders": parts}, **AS_OF)
    assert total(data) == 2 * sum(range(40, 49)) + 4.5 and not said(data, CENTS)


def test_signs_that_are_turned(workshop):
    [says] = said(orders(workshop, "-10", "-20", "5"), "signs turned")
    assert "add up to -25.00, below zero" in says
    data = workshop.open({"orders": {"path": "rows.csv", **offers(says)[0]}}, **AS_OF)
    assert total(data) == 25 and not said(data, "signs turned")


def test_refunds_are_no_turned_signs(workshop):
    write(workshop, ORDERS, "a,2026-06-01,10", name="rows_1.csv")
    write(workshop, ORDERS, "a,2026-06-05,-40", name="rows_2.csv")
    parts = workshop.open({"orders": ["rows_1.csv", "rows_2.csv"]}, **AS_OF)
    assert not said(parts, "signs turned")  # a source of refunds beside one of sales
    workshop.write("rows_2.csv", f"{ORDERS}\nb,2026-06-05,1\n")
    assert not said(orders(workshop, "10", "-9"), "signs turned")


def costs(workshop, *rows, **keys):
    write(workshop, COSTS, *rows)
    return workshop.open({"acquisition_costs": {"path": "rows.csv", **keys}}, **AS_OF)


@pytest.mark.parametrize("word", ["All", ""])
def test_a_total_that_nobody_calls_one(workshop, word):
    rows = [
        f"2026-0{month},{own},{cost}"
        for month in (4, 5, 6)
        for own, cost in (("ads", 10 * month), ("fairs", 5), (word, 10 * month + 5))
    ]
    [says] = said(costs(workshop, *rows), TOTAL)
    assert "in 3 months the largest row is the sum of all others, the first in rows.csv, line 4" in says  # fmt: skip
    data = costs(workshop, *rows, **offers(says)[0])
    assert total(data, "acquisition_costs") == 165 and not said(data, TOTAL)


def test_a_row_that_happens_to_be_the_sum_is_no_total(workshop):
    rows = [f"2026-0{m},{w},{n}" for m in (3, 4) for w, n in (("a", 1), ("b", 2), ("c", 3))]
    rows += [*(f"2026-0{m},{w},{n}" for m in (5, 6) for w, n in (("a", 1), ("b", 2), ("c", 4)))]  # fmt: skip
    assert not said(costs(workshop, *rows), TOTAL)


def test_a_month_of_costs_that_is_missing(workshop):
    rows = [f"2026-0{month},ads,10" for month in (1, 2, 4, 5, 6)]
    [says] = said(costs(workshop, *rows), "a month without a row")
    assert "no row is of 2026-03, between 2026-01 and 2026-06" in says
    assert not said(costs(workshop, *rows, "2026-03,ads,0"), "a month without a row")
    quarters = [f"{year}-{month},fairs,10" for year in (2024, 2025) for month in ("01", "04", "07", "10")]  # fmt: skip
    assert not said(costs(workshop, *quarters), "a month without a row")


def test_costs_of_the_year_so_far(workshop):
    rows = [f"{year}-{month:02d},ads,{month * 10 + month % 3}" for year in (2024, 2025) for month in range(1, 13)]  # fmt: skip
    assert said(costs(workshop, *rows), "sums so far")
    growing = [f"{year}-{month:02d},ads,{(year - 2024) * 120 + month * 10}" for year in (2024, 2025) for month in range(1, 13)]  # fmt: skip
    assert not said(costs(workshop, *growing), "sums so far")
    write(workshop, "month,Spend YTD", "2026-05,10", "2026-06,20")
    told = {"path": "rows.csv", "columns": {"amount": "Spend YTD"}}
    assert said(workshop.open({"acquisition_costs": told}, **AS_OF), "sums so far")


def test_a_month_of_orders_that_is_missing(workshop):
    days = [f"{month:02d}-{day:02d}" for month in (1, 2, 4, 5, 6) for day in range(1, 28, 3)]
    write(workshop, ORDERS, *(f"c{n},2026-{day},5" for n, day in enumerate(days)))
    for keys in (AS_OF, {}):
        [says] = said(workshop.open({"orders": "rows.csv"}, **keys), "a month without a row")
        assert "no row lies between 2026-02-25 and 2026-04-01, 34 days" in says
    write(workshop, ORDERS, *(f"c{n},2026-{day},5" for n, day in enumerate(days)), *(f"d,2026-03-{d:02d},5" for d in (1, 20)))  # fmt: skip
    assert not said(workshop.open({"orders": "rows.csv"}, **AS_OF), "a month without a row")
    rare = [f"2026-{month:02d}-{day:02d}" for month in (1, 3, 4, 5, 6) for day in (1, 14, 28)]
    write(workshop, ORDERS, *(f"c{n},{day},5" for n, day in enumerate(rare)))
    assert not said(workshop.open({"orders": "rows.csv"}, **AS_OF), "a month without a row")


@pytest.mark.parametrize(("rows", "is_said"), [(1000, True), (999, False)])
def test_as_many_rows_as_an_export_stops_at(workshop, rows, is_said):
    data = orders(workshop, *(str(n) for n in range(1, rows + 1)))
    assert bool(said(data, "as many rows as a limit")) == is_said


def test_the_same_rows_in_two_files_but_for_a_counter(workshop):
    head = f"{ORDERS},row"
    write(
        workshop,
        head,
        "a,2026-01-05,1,1",
        "b,2026-01-06,2,2",
        "c,2026-02-01,3,3",
        name="rows_1.csv",
    )
    write(
        workshop,
        head,
        "b,2026-01-06,2,1",
        "c,2026-02-01,3,2",
        "d,2026-02-02,4,3",
        name="rows_2.csv",
    )
    data = workshop.open({"orders": "rows_*.csv"}, **AS_OF)
    [says] = said(data, "same row twice")
    assert says.startswith(
        "rows_1.csv, line 3: the same row but for row stands again in rows_2.csv, line 2"
    )
    told = {"path": "rows_*.csv", "repeats": "count"}
    assert not said(workshop.open({"orders": told}, **AS_OF), "same row twice")


def test_a_few_like_rows_in_two_files_are_chance(workshop):
    head = f"{ORDERS},row"
    for number in (1, 2):
        rows = [f"c{n},2026-0{number}-{n + 1:02d},{n},{n}" for n in range(12)]
        write(workshop, head, *rows, f"x,2026-03-01,5,{number}", name=f"rows_{number}.csv")
    assert not said(workshop.open({"orders": "rows_*.csv"}, **AS_OF), "same row twice")


def test_one_cost_at_two_levels(workshop):
    """Campaigns and their groups; two channels that once cost the same are two costs."""
    levels = (("campaign", 100), ("ad group", 60), ("ad group", 40))
    rows = [f"2026-0{month},{amount + month * (level == 'campaign' or amount == 40)},{level}" for month in range(1, 6) for level, amount in levels]  # fmt: skip
    write(workshop, "month,amount,Level", *rows)
    tables = {"acquisition_costs": {"path": "rows.csv"}}
    found = workshop.open(tables, as_of="2026-07-01").findings
    [says] = [each.says for each in found if each.rule == "a cost at several levels"]
    assert (
        "the rows of ad group and campaign in Level add up to the same in each of 5 months" in says
    )
    tables["acquisition_costs"] |= key(says, "where")
    data = workshop.open(tables, as_of="2026-07-01")
    assert data.engine.collect(data.tables["acquisition_costs"])["amount"].sum() == 515e6
    assert all(each.rule != "a cost at several levels" for each in data.findings)
    write(workshop, "month,amount,Level", *rows, "2026-05,1,campaign")
    found = workshop.open({"acquisition_costs": "rows.csv"}, as_of="2026-07-01").findings
    assert all(each.rule != "a cost at several levels" for each in found)
