"""Costs that end before the extract, or whose last month was not over when it was exported, are said."""

import pytest

from tests.data.test_plan_words import said
from tests.data.test_unread_columns import write

EARLY, PARTLY = "costs end early", "a month partly there"
MONTHS = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)][:18]


def opened(workshop, months, table="acquisition_costs", as_of="2026-07-01", cost=40):
    write(workshop, "month,amount", *(f"{each},{cost + n % 5}" for n, each in enumerate(months)))
    return workshop.open({table: "rows.csv"}, as_of=as_of)


@pytest.mark.parametrize("table", ["acquisition_costs", "success_costs"])
def test_costs_that_end_before_the_extract(workshop, table):
    [says] = said(opened(workshop, MONTHS[:-2], table), EARLY)
    assert says.startswith(f"{table}: the last row is of 2026-04, and 2026-05 to 2026-06 are without one before as_of 2026-07-01")  # fmt: skip
    assert not said(opened(workshop, MONTHS, table), EARLY)


@pytest.mark.parametrize(
    ("months", "as_of"),
    [(MONTHS[:-1], "2026-06-20"), (MONTHS[0:17:3], "2026-07-01"), (MONTHS[:1], "2026-07-01")],
)
def test_a_month_that_is_not_over_and_costs_of_quarters(workshop, months, as_of):
    assert not said(opened(workshop, months, as_of=as_of), EARLY)


def test_a_row_of_nothing_says_that_nothing_was_spent(workshop):
    write(workshop, "month,amount", *(f"{each},40" for each in MONTHS[:-1]), "2026-06,0")
    data = workshop.open({"acquisition_costs": "rows.csv"}, as_of="2026-07-01")
    assert not said(data, EARLY) and not said(data, PARTLY)


def test_a_last_month_that_was_not_over(workshop):
    rows = [f"{each},{40 + n % 5}" for n, each in enumerate(MONTHS)]
    for last, told in (("2026-06,9", True), ("2026-06,12", False)):
        write(workshop, "month,amount", *rows[:-1], last)
        data = workshop.open({"acquisition_costs": "rows.csv"}, as_of="2026-07-01")
        assert bool(said(data, PARTLY)) == told
    assert not said(workshop.open({"acquisition_costs": "rows.csv"}, as_of="2026-06-01"), PARTLY)


def of_channels(months, last, order=("mail", "search", "social")):
    return [f"{each},40,{channel}" for each in months for channel in order] + [f"2026-06,40,{channel}" for channel in last]  # fmt: skip


def costs(workshop, rows):
    write(workshop, "month,amount,channel", *rows)
    return workshop.open({"acquisition_costs": "rows.csv"}, as_of="2026-07-01")


def test_a_file_cut_between_the_rows_of_its_last_month(workshop):
    [says] = said(costs(workshop, of_channels(MONTHS[:-1], ["mail"])), PARTLY)
    assert '2026-06 has no row of "search" and "social", which come last in each of the 6 months before it' in says  # fmt: skip
    assert "(rows.csv, line 53)" in says
    mended = [*of_channels(MONTHS[:-1], ["mail"]), "2026-06,0,search", "2026-06,0,social"]
    assert not said(costs(workshop, mended), PARTLY)


def test_a_channel_that_was_given_up(workshop):
    """Not the last ones are missing, or there was no one order before."""
    assert not said(costs(workshop, of_channels(MONTHS[:-1], ["search", "social"])), PARTLY)
    mixed = of_channels(MONTHS[:-2], []) + [f"2026-05,40,{c}" for c in ("social", "mail", "search")] + ["2026-06,40,mail"]  # fmt: skip
    assert not said(costs(workshop, mixed), PARTLY)
