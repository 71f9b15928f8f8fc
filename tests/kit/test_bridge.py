"""The bridge between churn rules, on the published example."""

import pandas as pd
import pytest

from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.movement_sentences import churn_bridge_sentence

FORMATTER = Formatter()
CELL = {
    "grain": "month",
    "period_start": pd.Timestamp("2026-05-01"),
    "segment_by": "all",
    "segment": "all",
}


def rows(lost, ended, opening, joined, passing):
    def rate(variant, x, y):
        numbers = {"numerator": x, "denominator": y, "n": y, "value": x / y, "low": 0, "high": 1}
        return {
            "metric": "customer_churn_rate",
            "variant": variant,
            "status": "ok",
            **numbers,
            **CELL,
        }

    passed = {
        "metric": "joined_and_left",
        "variant": "standard",
        "status": "ok",
        "value": passing,
        **CELL,
    }
    rates = [
        ("snapshot", lost, opening),
        ("events", ended, opening),
        ("stripe", ended, opening + joined),
    ]
    return pd.DataFrame([*(rate(*each) for each in rates), passed])


def test_twelve_ends_of_a_hundred_with_fifty_joiners():
    """Opening 100, 50 join, 12 ends, of them one came back and one had joined in the month: 10, 12 and 8 %."""
    said = str(churn_bridge_sentence(rows(10, 12, 100, 50, 1), formatter=FORMATTER))
    assert said == (
        "10 customers who paid at the start of May 2026 had gone by its end; every end counted, it is 12, "
        "with 1 customer who joined and left in it and 1 end after which the customer was back in time or "
        "left again. Over 100 customers at the start of May 2026 that is 10.0% by the snapshot rule and "
        "12.0% if every end counts; with the 50 joiners of the period, 8.0% by Stripe's rule."
    )


def test_rules_that_count_the_same_customers_are_not_bridged():
    said = str(churn_bridge_sentence(rows(17, 17, 963, 50, 0), formatter=FORMATTER))
    assert said == (
        "All rules count the same 17 customers lost. Over 963 customers at the start of May 2026 that is "
        "1.8% by the snapshot rule; with the 50 joiners of the period, 1.7% by Stripe's rule."
    )


@pytest.mark.parametrize("missing", ["snapshot", "events", "stripe", "standard"])
def test_nothing_is_said_where_a_rule_has_no_figure(missing):
    frame = rows(10, 12, 100, 50, 1)
    assert churn_bridge_sentence(frame[frame["variant"] != missing], formatter=FORMATTER) is None
