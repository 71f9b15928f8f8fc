"""What it costs to win customers, and when that is earned back."""

import numpy as np

from cs_lib.metrics import intervals
from cs_lib.metrics.metric import (
    LOWER_IS_BETTER,
    MONEY,
    MONTHS,
    NEITHER,
    POISSON,
    POISSON_RATIO,
    Amount,
    Derived,
    Example,
    Input,
    Metric,
    money,
)

FAMILY = "economics"

acquisition_cost = Metric(
    name="acquisition_cost",
    title="Acquisition costs",
    family=FAMILY,
    unit=MONEY,
    direction=NEITHER,
    reads=("acquisition_costs",),
    leaves_out="nothing: credits are netted",
    source="The acquisition_costs table",
    rules=(
        Amount(
            fact="costs",
            also_by=("category",),
            total=money("cost", "acquisition costs of the period, net of credits"),
        ),
        Amount(
            variant="marketing_only",
            label="marketing alone",
            fact="costs",
            needs_columns=("marketing_cost",),
            total=money(
                "marketing_cost", "acquisition costs of category marketing, net of credits"
            ),
        ),
    ),
    examples=(Example("a plain total", 770_000, None, 770_000),),
)


def _cac(inputs, edition):
    costs, new = inputs["costs"].value, inputs["new"].value
    few, many = intervals.poisson(new, new, confidence=edition.confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = costs / many, costs / few
    return {
        "numerator": costs,
        "denominator": new,
        "n": new,
        "low": np.minimum(*ends),
        "high": np.maximum(*ends),
    }


cac = Metric(
    name="cac",
    title="CAC",
    family=FAMILY,
    unit=MONEY,
    direction=LOWER_IS_BETTER,
    reads=("acquisition_costs",),
    leaves_out="returned customers: they were won before",
    source="Acquisition costs ÷ new customers; totals divided by totals",
    rules=(
        Derived(
            inputs={"costs": Input("acquisition_cost"), "new": Input("new_customers")},
            formula=_cac,
            interval=POISSON,
            numerator_says="acquisition costs of the period, net of credits",
            denominator_says="new customers of the period",
            undefined_says="no new customers",
        ),
        Derived(
            variant="marketing_only",
            label="marketing alone",
            inputs={
                "costs": Input("acquisition_cost", "marketing_only"),
                "new": Input("new_customers"),
            },
            formula=_cac,
            interval=POISSON,
            numerator_says="acquisition costs of category marketing",
            denominator_says="new customers of the period",
            undefined_says="no new customers",
        ),
        Derived(
            variant="lagged",
            label="costs of an earlier period",
            inputs={
                "costs": Input("acquisition_cost", back="cac_lag"),
                "new": Input("new_customers"),
            },
            formula=_cac,
            interval=POISSON,
            numerator_says="acquisition costs of the period as many before as the edition's cac_lag says",
            denominator_says="new customers of the period",
            undefined_says="no new customers",
        ),
        Derived(
            variant="12_months",
            label="over twelve months",
            inputs={
                "costs": Input("acquisition_cost", pooled=12),
                "new": Input("new_customers", pooled=12),
            },
            formula=_cac,
            interval=POISSON,
            numerator_says="acquisition costs of the twelve months up to the period's end",
            denominator_says="new customers of those twelve months",
            undefined_says="no new customers",
        ),
    ),
    examples=(
        Example("770,000 for 110 new customers", 770_000, 110, 7000.0),
        Example("credits exceed costs", -100, 10, -10.0),
        Example("no new customers", 500, 0, None),
    ),
)


def _aggregate_payback(inputs, edition):
    gained = inputs["gained"].value
    return {
        "numerator": inputs["costs"].value,
        "denominator": (gained * edition.definitions.gross_margin).where(gained > 0),
    }


def _payback(inputs, edition):
    cac, arpa, margin = inputs["cac"], inputs["arpa"], edition.definitions.gross_margin
    earned = (each * margin for each in (arpa.value, arpa.low, arpa.high))
    low, high = intervals.quotient((cac.value, cac.low, cac.high), tuple(earned))
    return {
        "numerator": cac.value,
        "denominator": arpa.value * margin,
        "n": arpa.n,
        "low": low,
        "high": high,
    }


cac_payback = Metric(
    name="cac_payback",
    title="CAC payback",
    family=FAMILY,
    unit=MONTHS,
    direction=LOWER_IS_BETTER,
    reads=("acquisition_costs",),
    leaves_out="churn before the costs are earned back",
    source="CAC ÷ (ARPA of new customers × gross margin)",
    rules=(
        Derived(
            inputs={"cac": Input("cac"), "arpa": Input("arpa", "new_customers")},
            formula=_payback,
            interval=POISSON_RATIO,
            numerator_says="CAC",
            denominator_says="ARPA of new customers × the edition's gross margin",
            needs_definitions=("gross_margin",),
            needs_tables=("subscriptions",),
            undefined_says="no new customer pays at the closing",
        ),
        Derived(
            variant="aggregate",
            label="costs of the period before over net new MRR",
            inputs={"costs": Input("acquisition_cost", back=1), "gained": Input("net_new_mrr")},
            formula=_aggregate_payback,
            numerator_says="acquisition costs of the period before",
            denominator_says="net new MRR × the edition's gross margin",
            needs_definitions=("gross_margin",),
            needs_tables=("subscriptions",),
            undefined_says="net new MRR is not positive",
        ),
    ),
    examples=(
        Example("770,000 for an MRR of 100,000 at 70 %", 770_000, 70_000, 11.0),
        Example("earned back in the first month", 70, 70, 1.0),
        Example("no new customers", None, 0, None),
    ),
)


METRICS = (
    acquisition_cost,
    cac,
    cac_payback,
)
