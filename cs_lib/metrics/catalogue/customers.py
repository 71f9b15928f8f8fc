"""How many customers there are, came, returned and left, and why."""

from cs_lib.data.facts.calendar import CLOSING, OPENING
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import Amount
from cs_lib.metrics.catalogue.sums import Sum, count, money
from cs_lib.vocabulary import COUNT, HIGHER_IS_BETTER, LOWER_IS_BETTER, MONEY, NEITHER

GONE = "customers paying at the start of the period and no longer at its end"
INACTIVE = "customers active at the start of the period and no longer at its end"


def _customers(
    name: str,
    title: str,
    direction: str,
    says: str,
    column: str,
    *,
    orders: str,
    active_at: str | None = None,
) -> Metric:
    rules = (
        Amount(fact="movements", total=count(column, says)),
        Amount(fact="activity", total=count(column, orders), active_at=active_at),
    )
    return Metric(
        name=name,
        title=title,
        unit=COUNT,
        direction=direction,
        bounds=(0, None),
        reads=("subscriptions", "orders"),
        leaves_out="trials and free plans",
        source="Counted at the instants just before a period opens and just before it ends",
        rules=rules,
    )


opening_customers = _customers(
    "opening_customers",
    "Customers at the start",
    NEITHER,
    "customers paying just before the period's first moment",
    "at_opening",
    orders="customers active just before the period's first moment",
    active_at=OPENING,
)
new_customers = _customers(
    "new_customers",
    "New customers",
    HIGHER_IS_BETTER,
    "customers whose first paying start lies in the period",
    "started",
    orders="customers whose first order lies in the period",
)
reactivated_customers = _customers(
    "reactivated_customers",
    "Returned customers",
    HIGHER_IS_BETTER,
    "customers not paying at the start of the period who had paid before and pay at its end",
    "reactivated",
    orders="customers inactive at the start of the period who had ordered before and are active at its end",
    active_at=OPENING,
)
churned_customers = _customers(
    "churned_customers",
    "Lost customers",
    LOWER_IS_BETTER,
    GONE,
    "lost",
    orders=INACTIVE,
    active_at=OPENING,
)
joined_and_left = _customers(
    "joined_and_left",
    "Customers who joined and left",
    LOWER_IS_BETTER,
    "customers whose first paying start lies in the period and who do not pay at its end",
    "joined_and_left",
    orders="customers whose first order lies in the period and who are inactive at its end",
    active_at=CLOSING,
)
paying_customers = _customers(
    "paying_customers",
    "Customers at month end",
    HIGHER_IS_BETTER,
    "customers paying just before the period's end",
    "at_closing",
    orders="customers active just before the period's end",
    active_at=CLOSING,
)


def _by_reason(name: str, title: str, unit: str, total: Sum) -> Metric:
    return Metric(
        name=name,
        title=title,
        unit=unit,
        direction=NEITHER,
        reads=("subscriptions",),
        leaves_out="nothing: a reason that is not known is a row of its own",
        source="The end_reason of the subscription that ended last in the period",
        rules=(Amount(fact="losses", also_by=("end_reason",), only_split=True, total=total),),
    )


churned_customers_by_reason = _by_reason(
    "churned_customers_by_reason",
    "Lost customers by reason",
    COUNT,
    count("lost", "customers lost, by the reason they gave"),
)
churned_mrr_by_reason = _by_reason(
    "churned_mrr_by_reason",
    "Churned MRR by reason",
    MONEY,
    money("churn", "opening MRR of customers lost, by the reason they gave (a negative amount)"),
)


METRICS = (
    opening_customers,
    new_customers,
    reactivated_customers,
    churned_customers,
    joined_and_left,
    paying_customers,
    churned_customers_by_reason,
    churned_mrr_by_reason,
)
