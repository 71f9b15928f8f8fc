"""Onboarding and use: time to first value, who is active, how often, and with which features."""

from cs_lib.metrics.catalogue.customers import GONE
from cs_lib.metrics.catalogue.declaration import Example, Metric
from cs_lib.metrics.catalogue.rules import Duration, Ratio
from cs_lib.metrics.catalogue.sums import count
from cs_lib.vocabulary import (
    DAYS,
    HIGHER_IS_BETTER,
    LOG_LOG,
    LOWER_IS_BETTER,
    MEDIAN,
    PERCENT,
    PROPAGATED,
    STUDENT,
    WILSON,
)

_signed_up = count("signed_up", "customers who signed up in the period")


def _within(days: int) -> Ratio:
    return Ratio(
        variant=f"within_{days}",
        label=f"share within {days} days",
        unit=PERCENT,
        direction=HIGHER_IS_BETTER,
        fact="onboarding",
        matures=days,
        numerator=count(
            f"by_{days}",
            f"customers who signed up in the period, with first value within {days} days",
        ),
        denominator=_signed_up,
        n=_signed_up,
        interval=WILSON,
    )


time_to_value = Metric(
    name="time_to_value",
    title="Time to value",
    unit=DAYS,
    direction=LOWER_IS_BETTER,
    bounds=(0, None),
    reads=("customers",),
    leaves_out="customers without a sign-up date, or with a first value before it; not yet is not never: who has not reached it is still followed",
    source="Kaplan & Meier 1958: median days from sign-up to first value",
    rules=(
        Duration(
            fact="onboarding",
            followed="signed_up",
            reached="reached",
            statistic=MEDIAN,
            interval=LOG_LOG,
            numerator_says="days from sign-up until half of the customers who signed up in the period have first value; who has none yet counts as waiting (Kaplan–Meier median)",
            undefined_says="half of them have not reached it yet",
        ),
        _within(7),
        _within(30),
        _within(90),
        Ratio(
            variant="completers_mean",
            label="mean of those who got there (biased: leaves out the slow)",
            fact="onboarding",
            numerator=count(
                "days_to_value", "days from sign-up to first value, of those who reached it"
            ),
            denominator=count("reached", "customers who reached it"),
            n=count("reached", "customers who reached it"),
            interval=None,
        ),
    ),
)

active_customer_rate = Metric(
    name="active_customer_rate",
    title="Active customer rate",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    bounds=(0, 1),
    reads=("usage_events", "subscriptions"),
    leaves_out="use by customers who do not pay at the end of the period",
    source="Paying with at least one event ÷ paying",
    rules=(
        Ratio(
            fact="usage",
            needs_columns=("paying",),
            numerator=count(
                "paying_active", "customers paying at the end of the period with an event in it"
            ),
            denominator=count("paying", "customers paying at the end of the period"),
            interval=WILSON,
        ),
    ),
    examples=(
        Example("912 of 997 paying customers", 912, 997, 912 / 997),
        Example("nobody used it", 0, 20, 0.0),
        Example("nobody pays", 0, 0, None),
    ),
)

usage_frequency = Metric(
    name="usage_frequency",
    title="Usage frequency",
    unit=DAYS,
    direction=HIGHER_IS_BETTER,
    bounds=(0, None),
    reads=("usage_events",),
    leaves_out="customers without an event in the period",
    source="Active days per active customer",
    rules=(
        Ratio(
            fact="usage",
            numerator=count("active_days", "days with at least one event, of each customer"),
            denominator=count("active", "customers with an event in the period"),
            interval=STUDENT,
        ),
    ),
    examples=(
        Example("400 days of 50 customers", 400, 50, 8.0),
        Example("one day each", 50, 50, 1.0),
        Example("nobody active", 0, 0, None),
    ),
)

stickiness = Metric(
    name="stickiness",
    title="Stickiness",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    bounds=(0, 1),
    reads=("usage_events",),
    leaves_out="customers without an event in the period",
    source="Mean daily actives ÷ actives of the period (DAU ÷ MAU, in customers)",
    rules=(
        Ratio(
            fact="usage",
            numerator=count("active_days", "days with at least one event, of each customer"),
            denominator=count(
                "possible_days", "days of the period, for each customer active in it"
            ),
            interval=PROPAGATED,
        ),
    ),
    examples=(
        Example("10 of 30 days", 300, 900, 300 / 900),
        Example("every day", 900, 900, 1.0),
        Example("nobody active", 0, 0, None),
    ),
)

feature_adoption = Metric(
    name="feature_adoption",
    title="Feature adoption",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    bounds=(0, 1),
    reads=("usage_events",),
    leaves_out="customers without an event in the period",
    source="Customers using the feature ÷ active customers",
    rules=(
        Ratio(
            fact="features",
            also_by=("feature",),
            only_split=True,
            numerator=count("uses", "active customers who used the feature in the period"),
            denominator=count("active", "customers with an event in the period"),
            interval=WILSON,
        ),
    ),
    examples=(
        Example("330 of 1,000 active customers", 330, 1000, 0.33),
        Example("nobody used it", 0, 1000, 0.0),
        Example("nobody active", 0, 0, None),
    ),
)

churn_by_use = Metric(
    name="churn_by_use",
    title="Customer churn rate by use",
    unit=PERCENT,
    direction=LOWER_IS_BETTER,
    bounds=(0, 1),
    reads=("usage_events", "subscriptions"),
    leaves_out="use within the period itself, which leaving would cut short",
    source="Snapshot churn, by active days in the month before the period",
    rules=(
        Ratio(
            fact="engagement",
            also_by=("use",),
            only_split=True,
            numerator=count("lost", GONE),
            denominator=count(
                "at_opening",
                "customers paying at the start of the period, by their use in the month before it",
            ),
            interval=WILSON,
        ),
    ),
    examples=(
        Example("12 of 80 who used it on no day", 12, 80, 0.15),
        Example("nobody left", 0, 80, 0.0),
        Example("nobody in this band", 0, 0, None),
    ),
)

METRICS = (
    time_to_value,
    active_customer_rate,
    usage_frequency,
    stickiness,
    feature_adoption,
    churn_by_use,
)
