"""What a customer is worth, several ways side by side, and against its cost."""

import numpy as np
import pandas as pd

from cs_lib.edition import Edition
from cs_lib.metrics.catalogue.customer_retention import CHURN_SAYS, POOLED_CHURN
from cs_lib.metrics.catalogue.declaration import Example, Metric
from cs_lib.metrics.catalogue.rules import TWELVE_MONTHS, Derived, Input, Inputs, Parts
from cs_lib.metrics.compute import intervals
from cs_lib.metrics.compute.intervals import z_of
from cs_lib.vocabulary import COMBINED, HIGHER_IS_BETTER, MONEY, PROPAGATED, RATIO

#: two answers that stand side by side: churn for ever as it is, and what was seen up to a horizon
FORMULA, SURVIVAL = "ratio", "survival"


def _log_variance_of_rate(rate: pd.DataFrame) -> pd.Series:
    """Variance of the logarithm of a pooled proportion, from its counts."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return (1 - rate.numerator / rate.denominator) / rate.numerator


def _log_variance(measure: pd.DataFrame, confidence: float) -> pd.Series:
    """Variance of the logarithm of a measure, from its own interval."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return (np.log(measure.high / measure.low) / (2 * z_of(confidence))) ** 2


def _worth(inputs: Inputs, edition: Edition, margin: float | None) -> Parts:
    arpa, churn = inputs["arpa"], inputs["churn"]
    return {
        "numerator": arpa.value * margin,
        "denominator": churn.numerator / churn.denominator.where(churn.denominator > 0),
        "n": arpa.n,
        "log_variance": _log_variance(arpa, edition.confidence) + _log_variance_of_rate(churn),
    }


def _cltv(inputs: Inputs, edition: Edition) -> Parts:
    return _worth(inputs, edition, edition.definitions.gross_margin)


def _cltv_without_margin(inputs: Inputs, edition: Edition) -> Parts:
    return _worth(inputs, edition, 1.0)


def _cltv_of_lifetime(inputs: Inputs, edition: Edition) -> Parts:
    arpa, life = inputs["arpa"], inputs["lifetime"]
    return {
        "numerator": arpa.value * edition.definitions.gross_margin * life.value,
        "denominator": 1.0,
        "n": life.n,
        "log_variance": _log_variance(arpa, edition.confidence)
        + _log_variance(life, edition.confidence),
    }


def _cltv_of_purchases(inputs: Inputs, edition: Edition) -> Parts:
    value, frequency, churn = inputs["value"], inputs["frequency"], inputs["churn"]
    return {
        "numerator": value.value * frequency.value * edition.definitions.gross_margin / 12,
        "denominator": churn.numerator / churn.denominator.where(churn.denominator > 0),
        "n": value.n,
        "log_variance": _log_variance(value, edition.confidence)
        + _log_variance(frequency, edition.confidence)
        + _log_variance_of_rate(churn),
    }


_AT_ANY_AGE = "the cost of winning the customer; any change of churn with a customer's age"

cltv = Metric(
    name="cltv",
    title="Customer lifetime value",
    unit=MONEY,
    direction=HIGHER_IS_BETTER,
    bounds=(0, None),
    reads=("subscriptions", "orders"),
    leaves_out="the cost of winning the customer",
    source="ARPA × gross margin ÷ customer churn",
    rules=(
        Derived(
            variant=FORMULA,
            label="by the formula",
            inputs={"arpa": Input("arpa"), "churn": POOLED_CHURN},
            formula=_cltv,
            numerator_says="ARPA × the edition's gross margin",
            denominator_says=CHURN_SAYS,
            leaves_out=_AT_ANY_AGE,
            interval=PROPAGATED,
            needs_definitions=("gross_margin",),
            needs_tables=("subscriptions",),
            undefined_says="no churn observed",
        ),
        Derived(
            variant="purchases",
            label="from purchases",
            inputs={
                "value": Input("average_order_value", TWELVE_MONTHS),
                "frequency": Input("purchase_frequency"),
                "churn": POOLED_CHURN,
            },
            formula=_cltv_of_purchases,
            numerator_says="order value × orders a customer and year × gross margin ÷ 12",
            denominator_says=CHURN_SAYS,
            leaves_out=_AT_ANY_AGE,
            interval=PROPAGATED,
            needs_definitions=("gross_margin",),
            undefined_says="no churn observed",
        ),
        *(
            Derived(
                variant=variant,
                label=label,
                inputs={"arpa": Input("arpa"), "lifetime": Input("expected_lifetime", lifetime)},
                formula=_cltv_of_lifetime,
                numerator_says=f"ARPA × the edition's gross margin × expected months {how}, up to the horizon that the edition states",
                denominator_says="1",
                interval=interval,
                needs_definitions=("gross_margin",),
                needs_tables=("subscriptions",),
                leaves_out="the cost of winning the customer; what a customer is worth after the horizon",
                undefined_says="no expected lifetime, or nobody paying at the end of the period",
            )
            for variant, label, lifetime, how, interval in (
                (SURVIVAL, "from survival", "standard", "by Kaplan–Meier", PROPAGATED),
                ("sbg", "projected by sBG", "sbg", "by a shifted-beta-geometric fit", None),
            )
        ),
        Derived(
            variant="revenue",
            label="revenue, without margin",
            inputs={"arpa": Input("arpa"), "churn": POOLED_CHURN},
            formula=_cltv_without_margin,
            numerator_says="ARPA",
            denominator_says=CHURN_SAYS,
            leaves_out=_AT_ANY_AGE,
            interval=PROPAGATED,
            needs_definitions=("gross_margin",),
            needs_tables=("subscriptions",),
            undefined_says="no churn observed",
        ),
    ),
    examples=(
        Example("ARPA 200 at 78% margin, 2.6% churn", 156, 0.026, 6000.0),
        Example("everybody leaves each month", 156, 1.0, 156.0),
        Example("no churn", 156, 0, None),
    ),
)


def _ltv_to_cac(inputs: Inputs, edition: Edition) -> Parts:
    value, cost = inputs["cltv"], inputs["cac"]
    low, high = intervals.quotient(*((each.value, each.low, each.high) for each in (value, cost)))
    return {
        "numerator": value.value,
        "denominator": cost.value,
        "n": value.n,
        "low": low,
        "high": high,
    }


ltv_to_cac = Metric(
    name="ltv_to_cac",
    title="LTV:CAC",
    unit=RATIO,
    direction=HIGHER_IS_BETTER,
    reads=("acquisition_costs",),
    leaves_out="as in CLTV and CAC",
    source="CLTV ÷ CAC over twelve months",
    rules=tuple(
        Derived(
            variant=variant,
            label=label,
            inputs={"cltv": Input("cltv", worth), "cac": Input("cac", TWELVE_MONTHS)},
            formula=_ltv_to_cac,
            numerator_says=f"customer lifetime value {how}",
            denominator_says="CAC over the twelve months up to the period's end",
            interval=COMBINED,
            needs_definitions=("gross_margin",),
            undefined_says=undefined,
        )
        for variant, worth, label, how, undefined in (
            (
                FORMULA,
                None,
                "by the formula",
                "by the formula",
                "no churn observed, or no new customers",
            ),
            (
                SURVIVAL,
                SURVIVAL,
                "from survival",
                "from survival, up to the horizon that the edition states",
                "no expected lifetime, or no new customers",
            ),
        )
    ),
    examples=(
        Example("6,000 over 2,000", 6000, 2000, 3.0),
        Example("worth what it cost", 2000, 2000, 1.0),
        Example("no new customers", 6000, None, None),
    ),
)


METRICS = (
    cltv,
    ltv_to_cac,
)
