"""What lies years before or after the data is said: a plan of another year is held against nothing."""

import pytest

from cs_lib.data.contract.outside_history import OUTSIDE
from tests.data.test_plan_words import said
from tests.data.test_unread_columns import write

SUBS = [f"c{n:02d},2024-0{1 + n % 9}-05,,{10 + n}" for n in range(9)]


def opened(workshop, table, months, as_of="2026-01-01", **keys):
    write(workshop, "customer_id,start_date,end_date,mrr", *SUBS, "z,2025-11-05,2025-12-05,9", name="subs.csv")  # fmt: skip
    tables = {"subscriptions": "subs.csv"}
    if table:
        plan = table == "plan"
        write(workshop, "month,metric,value" if plan else "month,amount", *(f"{each},{'mrr,5' if plan else 5}" for each in months))  # fmt: skip
        tables[table] = "rows.csv"
    return workshop.open(tables, as_of=as_of, **keys)


@pytest.mark.parametrize(
    ("table", "months", "where"),
    [
        ("plan", ["2027-01", "2027-02"], "plan: all its months, 2027-01 to 2027-02, lie after the data, which end with 2025-12: no figure"),
        ("plan", ["2023-12"], "plan: all its months, 2023-12, lie before the data, which begin with 2024-01: no figure"),
        ("plan", ["2024-06", "2024-11"], "plan: all its months, 2024-06 to 2024-11, lie more than a year before the data end with 2025-12"),
        ("success_costs", ["2023-01"], "success_costs: all its months, 2023-01, lie before the data"),
        ("acquisition_costs", ["2024-03"], "acquisition_costs: all its months, 2024-03, lie more than a year before"),
    ],
)  # fmt: skip
def test_months_of_other_years(workshop, table, months, where):
    [says] = said(opened(workshop, table, months), OUTSIDE)
    assert says.startswith(where)


@pytest.mark.parametrize(
    ("table", "months"),
    [
        ("plan", ["2025-01", "2025-12"]),
        ("plan", ["2026-01", "2026-12"]),
        ("plan", ["2026-04", "2026-12"]),
        ("plan", ["2024-12"]),
        ("plan", ["2023-01", "2027-12"]),
        ("success_costs", ["2025-06"]),
    ],
)
def test_months_of_the_data_and_of_the_year_to_come(workshop, table, months):
    assert not said(opened(workshop, table, months), OUTSIDE)


def test_the_history_may_be_said_by_the_edition(workshop):
    assert said(opened(workshop, "plan", ["2025-03"], history_starts="2025-04-01"), OUTSIDE)
    assert not said(opened(workshop, "plan", ["2025-03"], history_starts="2025-03-01"), OUTSIDE)


def test_targets_and_events_of_years_to_come(workshop):
    far = {
        "targets": {"mrr": [{"value": 5, "since": "2028-01"}]},
        "events": [{"on": "2062-03", "label": "Price rise"}],
    }
    target, event = said(opened(workshop, "", [], **far), OUTSIDE)
    assert target.startswith("targets.mrr: the first is valid since 2028-01-01, more than a year after the data end with 2025-12")  # fmt: skip
    assert event.startswith('events: "Price rise" is of 2062-03-01, more than a year')
    near = {
        "targets": {"mrr": [{"value": 5, "since": "2026-06"}], "csat": [{"value": 0.8}, {"value": 0.9, "since": "2029-01"}]},
        "events": [{"on": "2019-03", "label": "Founded"}, {"on": "2026-09", "label": "Price rise"}],
    }  # fmt: skip
    assert not said(opened(workshop, "", [], **near), OUTSIDE)
