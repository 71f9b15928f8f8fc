"""The same customers counted by two metrics are the same, in every segment."""

import pandas as pd
import pytest
from drawn import drawn, typed

from cs_lib.errors import ReconciliationError
from cs_lib.metrics.audit.reconciliation import proofs, require

USED = ("paying_customers", "mrr", "arpa", "active_customer_rate", "usage_frequency")
SUBSCRIPTIONS = drawn("""
    customer_id | start_date | end_date   | mrr | plan
    ada         | 2026-01-01 |            | 60  | Pro
    ada         | 2026-02-01 | 2026-02-20 | 10  | Basic
    ada         | 2026-03-10 |            | 0   | Trial
    bob         | 2026-01-01 |            | 60  | Pro
    bob         | 2026-02-01 |            | 20  | Basic
    cyd         | 2026-01-01 | 2026-03-20 | 20  | Basic
    dan         | 2026-01-01 |            | 20  | Basic
""")
EVENTS = pd.DataFrame(
    [("ada", "2026-03-02"), ("bob", "2026-03-03"), ("bob", "2026-03-04"), ("cyd", "2026-03-05")],
    columns=["customer_id", "occurred_at"],
)


FOUND = {}


@pytest.fixture
def found(find, engine):
    """Measured once an engine: what tests look at they do not change."""
    if type(engine) not in FOUND:
        FOUND[type(engine)] = _found(find)
    return FOUND[type(engine)]


def _found(find):
    events = typed(EVENTS.assign(feature="Reports"))
    tables = {"subscriptions": SUBSCRIPTIONS, "usage_events": events}
    return find(*USED, as_of="2026-04-01", segments=("plan",), tables=tables)


@pytest.mark.parametrize(("plan", "customers"), [("Pro", 2), ("Basic", 2), ("Trial", None)])
def test_customers_of_a_plan_are_those_who_pay_for_it_at_the_closing(found, plan, customers):
    segment = f"plan={plan}"
    assert found("paying_customers", "2026-03", segment=segment) == customers
    if customers:
        assert found.parts("active_customer_rate", "2026-03", segment=segment)[1] == customers
        assert found.parts("arpa", "2026-03", segment=segment)[1] == customers


def test_who_pays_for_two_plans_is_active_in_both_and_once_in_all(found):
    """Of ada, bob and dan two were active; who pays no more counts where it was last."""
    assert found.parts("active_customer_rate", "2026-03", segment="plan=Pro") == (2, 2)
    assert found.parts("active_customer_rate", "2026-03", segment="plan=Basic") == (1, 2)
    assert found.parts("active_customer_rate", "2026-03") == (2, 3)
    assert found.parts("usage_frequency", "2026-03", segment="plan=Basic") == (3, 2)
    assert found.parts("usage_frequency", "2026-03") == (4, 3)


def test_a_column_that_customers_carry_as_well_is_that_of_their_subscriptions(find):
    customers = drawn("""
        customer_id | plan
        ada         | Old
        bob         | Old
        cyd         | Old
        dan         | Old
    """)
    tables = {
        "customers": customers,
        "subscriptions": SUBSCRIPTIONS,
        "usage_events": typed(EVENTS.assign(feature="Reports")),
    }
    found = find(*USED, as_of="2026-04-01", segments=("plan",), tables=tables)
    assert found.parts("active_customer_rate", "2026-03", segment="plan=Pro") == (2, 2)
    assert found("active_customer_rate", "2026-03", segment="plan=Old") is None


def test_two_metrics_that_count_the_same_customers_otherwise_are_not_published(found):
    figures = found.measures
    require(proofs(figures, found.cohorts))
    here = (figures["metric"] == "active_customer_rate") & (figures["segment"] == "plan=Pro")
    changed = figures.assign(denominator=figures["denominator"].mask(here, 3))
    with pytest.raises(ReconciliationError, match="customers of the active customer rate"):
        require(proofs(changed, found.cohorts))
