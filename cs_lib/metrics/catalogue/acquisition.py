"""What it costs to win customers, and when that is earned back."""

import numpy as np

from cs_lib.edition import Edition
from cs_lib.metrics.catalogue.declaration import Example, Metric
from cs_lib.metrics.catalogue.rules import TWELVE_MONTHS, Amount, Derived, Input, Inputs, Parts
from cs_lib.metrics.catalogue.sums import money
from cs_lib.metrics.compute import intervals
from cs_lib.vocabulary import LOWER_IS_BETTER, MONEY, MONTHS, NEITHER, POISSON, POISSON_RATIO

PERIOD_ALONE = "month"

acquisition_cost = Metric(
    name="acquisition_cost",
    title="Acquisition costs",
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
)


def _cac(inputs: Inputs, edition: Edition) -> Parts:
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


def _cost_of_winning(
    variant: str, label: str | None, costs: Input, new: Input, spent: str, joined: str
) -> Derived:
    return Derived(
        variant=variant,
        label=label,
        inputs={"costs": costs, "new": new},
        formula=_cac,
        interval=POISSON,
        numerator_says=spent,
        denominator_says=joined,
        undefined_says="no new customers",
    )


cac = Metric(
    name="cac",
    title="CAC",
    unit=MONEY,
    direction=LOWER_IS_BETTER,
    reads=("acquisition_costs",),
    leaves_out="returned customers: they were won before",
    source="Acquisition costs ÷ new customers; totals divided by totals",
    rules=(
        _cost_of_winning(
            TWELVE_MONTHS,
            "over twelve months",
            Input("acquisition_cost", pooled=12),
            Input("new_customers", pooled=12),
            "acquisition costs of the twelve months up to the period's end, net of credits",
            "new customers of those twelve months",
        ),
        _cost_of_winning(
            PERIOD_ALONE,
            "of the period alone",
            Input("acquisition_cost"),
            Input("new_customers"),
            "acquisition costs of the period, net of credits",
            "new customers of the period",
        ),
        _cost_of_winning(
            "marketing_only",
            "marketing alone, of the period",
            Input("acquisition_cost", "marketing_only"),
            Input("new_customers"),
            "acquisition costs of category marketing",
            "new customers of the period",
        ),
        _cost_of_winning(
            "lagged",
            "costs of an earlier period",
            Input("acquisition_cost", back="cac_lag"),
            Input("new_customers"),
            "acquisition costs of the period as many before as the edition's cac_lag says",
            "new customers of the period",
        ),
    ),
    examples=(
        Example("770,000 for 110 new customers", 770_000, 110, 7000.0),
        Example("credits exceed costs", -100, 10, -10.0),
        Example("no new customers", 500, 0, None),
    ),
)


def _aggregate_payback(inputs: Inputs, edition: Edition) -> Parts:
    gained = inputs["gained"].value
    return {
        "numerator": inputs["costs"].value,
        "denominator": (gained * edition.definitions.gross_margin).where(gained > 0),
    }


def _payback(inputs: Inputs, edition: Edition) -> Parts:
    cac, new, margin = inputs["cac"], inputs["new"], edition.definitions.gross_margin
    arpa = new.numerator / new.denominator.where(new.denominator > 0)
    earned = (each * margin for each in (arpa, new.low, new.high))
    low, high = intervals.quotient((cac.value, cac.low, cac.high), tuple(earned))
    return {
        "numerator": cac.value,
        "denominator": arpa * margin,
        "n": new.denominator,
        "low": low,
        "high": high,
    }


def _earned_back(variant: str, label: str, new: Input, cost: str, worth: str) -> Derived:
    return Derived(
        variant=variant,
        label=label,
        inputs={"cac": Input("cac", variant), "new": new},
        formula=_payback,
        interval=POISSON_RATIO,
        numerator_says=cost,
        denominator_says=f"{worth} × the edition's gross margin",
        needs_definitions=("gross_margin",),
        needs_tables=("subscriptions",),
        undefined_says="no new customer pays at the end of a month",
    )


cac_payback = Metric(
    name="cac_payback",
    title="CAC payback",
    unit=MONTHS,
    direction=LOWER_IS_BETTER,
    reads=("acquisition_costs",),
    leaves_out="churn before the costs are earned back",
    source="CAC ÷ (ARPA of new customers × gross margin)",
    rules=(
        _earned_back(
            TWELVE_MONTHS,
            "over twelve months",
            Input("arpa", "new_customers", pooled=12),
            "CAC over the twelve months up to the period's end",
            "ARPA of the customers who joined in those twelve months, at the end of their month",
        ),
        _earned_back(
            PERIOD_ALONE,
            "of the period alone",
            Input("arpa", "new_customers"),
            "CAC of the period",
            "ARPA of the period's new customers",
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
        Example("770,000 for an MRR of 100,000 at 70%", 770_000, 70_000, 11.0),
        Example("earned back in the first month", 70, 70, 1.0),
        Example("no new customers", None, 0, None),
    ),
)


METRICS = (
    acquisition_cost,
    cac,
    cac_payback,
)
