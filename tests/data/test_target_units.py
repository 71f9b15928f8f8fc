"""A target in another unit than its metric's is said, and the key that is offered puts it right."""

import pytest
from offers import offers

from tests.data.test_plan_words import said
from tests.data.test_unread_columns import write

UNIT = "a target in another unit"


def opened(workshop, targets):
    write(workshop, "customer_id,start_date,end_date,mrr", "a,2026-01-05,,10", "b,2026-01-05,2026-03-01,10")  # fmt: skip
    return workshop.open({"subscriptions": "rows.csv"}, as_of="2026-07-01", segments=["plan"] if "=" in str(targets) else [], targets=targets)  # fmt: skip


@pytest.mark.parametrize(
    ("targets", "right"),
    [
        ({"nps": 0.4}, {"nps": {"all": [{"value": 40}]}}),
        ({"nps": [{"value": -0.1}, {"value": 45, "since": "2026-01"}]}, {"nps": {"all": [{"value": -10}, {"value": 45, "since": "2026-01-01"}]}}),
        ({"customer_retention_rate": {"all": 0.02}}, {"customer_retention_rate": {"all": [{"value": 0.98}]}}),
        ({"net_revenue_retention": {"value": 0.1, "grain": "year"}}, {"net_revenue_retention": {"all": [{"value": 0.9, "grain": "year"}]}}),
        ({"customer_churn_rate": 0.97}, {"customer_churn_rate": {"all": [{"value": 0.03}]}}),
    ],
)  # fmt: skip
def test_a_target_of_another_unit(workshop, targets, right):
    [says] = said(opened(workshop, targets), UNIT)
    [way] = offers(says)
    assert way == {"targets": right}
    assert not said(opened(workshop, way["targets"]), UNIT)


@pytest.mark.parametrize(
    "targets",
    [{"nps": 40}, {"nps": 0}, {"nps": -5}, {"customer_retention_rate": 0.9}, {"net_revenue_retention": 1.1}, {"customer_churn_rate": 0.2}, {"csat": 0.4}],
)  # fmt: skip
def test_targets_that_may_be_meant(workshop, targets):
    assert not said(opened(workshop, targets), UNIT)
