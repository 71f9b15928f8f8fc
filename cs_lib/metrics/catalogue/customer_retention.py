"""Retention and churn of customers, under every rule in common use."""

from cs_lib.data.facts.calendar import OPENING
from cs_lib.metrics.catalogue.customers import GONE, INACTIVE
from cs_lib.metrics.catalogue.declaration import Example, Metric
from cs_lib.metrics.catalogue.rules import Input, Ratio
from cs_lib.metrics.catalogue.sums import column, count, whether
from cs_lib.vocabulary import (
    HIGHER_IS_BETTER,
    KEPT_AND_GAINED,
    LOWER_IS_BETTER,
    PERCENT,
    POISSON,
    WILSON,
)

#: churn as lifetimes are worked out from it, and how it is told
POOLED_CHURN = Input("customer_churn_rate", "snapshot", pooled=12)
CHURN_SAYS = "monthly customer churn, pooled over the twelve months up to the period's end"
_paying_at_opening = whether("at_opening", "customers paying at the start of the period")
_gone = whether("lost", GONE)
_active_at_opening = whether("at_opening", "customers active at the start of the period")
_inactive = whether("lost", INACTIVE)
_with_joiners = count(
    column("at_opening") + column("started"),
    "customers paying at the start of the period, plus those whose first paying start lies in the period",
)

customer_churn_rate = Metric(
    name="customer_churn_rate",
    title="Customer churn rate",
    unit=PERCENT,
    direction=LOWER_IS_BETTER,
    bounds=(0, None),
    reads=("subscriptions", "orders"),
    leaves_out="customers who joined and left inside the period; customers who left and were back by its end",
    source="Snapshot rule. Variants as vendors publish them (Stripe: churned ÷ (opening + new)).",
    rules=(
        Ratio(
            variant="snapshot",
            fact="movements",
            numerator=_gone,
            denominator=_paying_at_opening,
            interval=WILSON,
        ),
        Ratio(
            variant="snapshot",
            fact="activity",
            active_at=OPENING,
            numerator=_inactive,
            denominator=_active_at_opening,
            interval=WILSON,
        ),
        Ratio(
            variant="stripe",
            label="Stripe's rule",
            fact="movements",
            numerator=count("ended", "ends of paying spells in the period, whoever came back"),
            denominator=_with_joiners,
            interval=POISSON,
            leaves_out="nothing: joined-and-left and returned customers count as churn",
        ),
        Ratio(
            variant="events",
            label="all churn events over the customers at the start",
            fact="movements",
            numerator=count("ended", "ends of paying spells in the period, whoever came back"),
            denominator=_paying_at_opening,
            interval=POISSON,
            leaves_out="nothing: joined-and-left and returned customers count as churn",
        ),
        Ratio(
            variant="average_base",
            label="over the mean of opening and closing",
            fact="movements",
            numerator=_gone,
            denominator=count(
                (column("at_opening") + column("at_closing")) / 2,
                "mean of customers paying at the start of the period and at its end",
                whole=False,
            ),
            interval=POISSON,
        ),
        Ratio(
            variant="begin_plus_adds",
            label="over opening and joiners",
            fact="movements",
            numerator=_gone,
            denominator=_with_joiners,
            interval=WILSON,
        ),
    ),
    examples=(
        Example("31 of 1,004 customers leave", 31, 1004, 31 / 1004),
        Example("nobody leaves", 0, 20, 0.0),
        Example("everybody leaves", 20, 20, 1.0),
        Example("nobody was there", 0, 0, None),
    ),
)

customer_retention_rate = Metric(
    name="customer_retention_rate",
    title="Customer retention rate",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    bounds=(0, None),
    reads=("subscriptions", "orders"),
    leaves_out="customers who joined in the period",
    source="1 − customer churn rate; snapshot rule",
    rules=(
        Ratio(
            variant="snapshot",
            fact="movements",
            numerator=count(
                column("at_opening") - column("lost"),
                "customers paying at the start of the period and still at its end",
            ),
            denominator=_paying_at_opening,
            interval=WILSON,
        ),
        Ratio(
            variant="snapshot",
            fact="activity",
            active_at=OPENING,
            numerator=count(
                column("at_opening") - column("lost"),
                "customers active at the start of the period and still at its end",
            ),
            denominator=_active_at_opening,
            interval=WILSON,
        ),
        Ratio(
            variant="end_over_start",
            label="closing over opening, joiners included",
            fact="movements",
            numerator=whether(
                "at_closing", "customers paying at the end of the period, whenever they joined"
            ),
            denominator=_paying_at_opening,
            gained=count(
                column("at_closing") - column("at_opening") + column("lost"),
                "customers paying at the end of the period and not at its start",
            ),
            interval=KEPT_AND_GAINED,
            leaves_out="nothing: it can exceed 100%, because customers who joined count as retained",
        ),
    ),
    examples=(
        Example("973 of 1,004 customers stay", 973, 1004, 973 / 1004),
        Example("everybody stays", 20, 20, 1.0),
        Example("nobody was there", 0, 0, None),
    ),
)


METRICS = (
    customer_churn_rate,
    customer_retention_rate,
)
