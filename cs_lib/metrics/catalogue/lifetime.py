"""How long customers stay: cohorts, survival, expected lifetime."""

from cs_lib.edition import Edition
from cs_lib.metrics.catalogue.customer_retention import CHURN_SAYS, POOLED_CHURN
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import STANDARD, Curve, Derived, Duration, Inputs, Parts
from cs_lib.vocabulary import (
    CUSTOMERS,
    DELTA,
    GREENWOOD,
    HIGHER_IS_BETTER,
    LOG_LOG,
    LOWER_IS_BETTER,
    MONTHS,
    PERCENT,
    RESTRICTED_MEAN,
    REVENUE_GROSS,
    REVENUE_NET,
    SBG,
    WILSON,
)

cohort_retention = Metric(
    name="cohort_retention",
    title="Cohort retention",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    bounds=(0, None),
    reads=("subscriptions", "orders"),
    leaves_out="months that are not over yet: they are immature, never 0",
    source="By age in months since joining; the mean over cohorts is weighted by size",
    rules=(
        Curve(
            variant=CUSTOMERS,
            table="cohorts",
            numerator_says="customers of the cohort paying at the end of that month (or who ordered in it)",
            denominator_says="customers who joined in the cohort's month: first paying start, or first order",
            interval=WILSON,
        ),
        Curve(
            variant=REVENUE_NET,
            label="revenue, upgrades included",
            table="cohorts",
            numerator_says="MRR of the cohort at the end of that month (or its revenue in it)",
            denominator_says="the same in the month of joining",
            interval=DELTA,
        ),
        Curve(
            variant=REVENUE_GROSS,
            label="revenue never lost",
            table="cohorts",
            numerator_says="for each customer the least MRR at any month's end so far; 0 after any month without",
            denominator_says="MRR of the cohort in the month of joining",
            interval=DELTA,
        ),
    ),
)

survival = Metric(
    name="survival",
    title="Survival",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    bounds=(0, 1),
    reads=("subscriptions",),
    leaves_out="spells after a return, which cohort retention counts: at one month both say the same, later cohort retention says more; "
    "the ages that customers from before the history had already reached; not customers who still pay: they count for as long as they were followed",
    source="Kaplan & Meier 1958, by calendar months since the start day; delayed entry; band: log-log (Kalbfleisch & Prentice)",
    rules=(
        Curve(
            table="curves",
            numerator_says="share of customers who still pay so long after their first payment; those who still pay count for as long as they were followed (product over the ages, Kaplan–Meier)",
            denominator_says="1",
            interval=LOG_LOG,
        ),
    ),
)

left_by_reason = Metric(
    name="left_by_reason",
    title="Left by reason",
    unit=PERCENT,
    direction=LOWER_IS_BETTER,
    bounds=(0, 1),
    reads=("subscriptions",),
    leaves_out="spells after a return, as survival does; a reason that is not known is a row of its own",
    source="Aalen & Johansen 1978: cumulative incidence of competing causes; all reasons together are 1 − survival; variance: "
    "Marubini & Valsecchi 1995",
    rules=(
        Curve(
            table="curves",
            needs_fact="losses",
            numerator_says="sum over the ages of survival until then × the share, of those still followed, who left for the reason",
            denominator_says="1",
            interval=LOG_LOG,
        ),
    ),
)


def _lifetime(
    variant: str, label: str, statistic: str, interval: str | None, says: str, undefined: str
) -> Duration:
    return Duration(
        variant=variant,
        label=label,
        fact="lifetimes",
        followed="started",
        reached="reached",
        entered="entered",
        statistic=statistic,
        interval=interval,
        numerator_says=f"{says} of the calendar months from the first paying day to the end of the first paying spell, up to the edition's horizon",
        undefined_says=undefined,
    )


def _by_formula(inputs: Inputs, edition: Edition) -> Parts:
    churn = inputs["churn"]
    return {
        "numerator": churn.denominator,
        "denominator": churn.numerator,
        "n": churn.denominator,
    }


expected_lifetime = Metric(
    name="expected_lifetime",
    title="Expected lifetime",
    unit=MONTHS,
    direction=HIGHER_IS_BETTER,
    bounds=(0, None),
    reads=("subscriptions",),
    leaves_out="what comes after the horizon that the edition states; spells after a return; the ages that customers from before the history had already reached",
    source="Kaplan & Meier 1958, restricted mean; Fader & Hardie 2007 for the shifted-beta-geometric",
    rules=(
        _lifetime(
            STANDARD,
            "up to the horizon",
            RESTRICTED_MEAN,
            GREENWOOD,
            "Kaplan–Meier restricted mean",
            "at some age before the horizon nobody was followed",
        ),
        _lifetime(
            "sbg",
            "projected by sBG",
            SBG,
            None,
            "mean under a fitted shifted-beta-geometric",
            "a month without anybody among the first twelve of age, no churn to fit, or churn that does not fall with age",
        ),
        Derived(
            variant="ratio",
            label="by the formula",
            inputs={"churn": POOLED_CHURN},
            formula=_by_formula,
            numerator_says="1",
            denominator_says=CHURN_SAYS,
            needs_tables=("subscriptions",),
            leaves_out="any change of churn with a customer's age",
            undefined_says="no churn observed",
        ),
    ),
)


METRICS = (
    cohort_retention,
    survival,
    left_by_reason,
    expected_lifetime,
)
