"""Revenue of businesses with orders."""

from cs_lib.edition import Edition
from cs_lib.metrics.catalogue.declaration import Example, Metric
from cs_lib.metrics.catalogue.rules import (
    STANDARD,
    TWELVE_MONTHS,
    YEAR_OVER_YEAR,
    Amount,
    Derived,
    Input,
    Inputs,
    Parts,
    Ratio,
)
from cs_lib.metrics.catalogue.sums import Sum, count, money
from cs_lib.period import YEAR
from cs_lib.vocabulary import COUNT, HIGHER_IS_BETTER, MONEY, PER_YEAR, PERCENT, PROPAGATED, WILSON


def _orders(name: str, title: str, unit: str, total: Sum) -> Metric:
    return Metric(
        name=name,
        title=title,
        unit=unit,
        direction=HIGHER_IS_BETTER,
        reads=("orders",),
        leaves_out="rows that the edition filters out",
        source="Refunds are kept and netted; amounts above 0 are orders, and those of 0 where the edition counts them",
        rules=(Amount(fact="activity", total=total),),
    )


revenue = _orders(
    "revenue",
    "Revenue",
    MONEY,
    money("revenue", "amounts of the orders of the period, net of refunds"),
)
orders = _orders(
    "orders",
    "Orders",
    COUNT,
    count("orders", "orders of the period (distinct order_id where given)"),
)
ordering_customers = _orders(
    "ordering_customers",
    "Customers who ordered",
    COUNT,
    count("ordered", "customers with at least one order in the period"),
)


def _growth(inputs: Inputs, edition: Edition) -> Parts:
    now, before = inputs["now"], inputs["before"]
    return {"numerator": now.value - before.value, "denominator": before.value}


revenue_growth_rate = Metric(
    name="revenue_growth_rate",
    title="Revenue growth rate",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    reads=("orders",),
    leaves_out="nothing",
    source="Revenue ÷ revenue of the previous period − 1",
    rules=tuple(
        Derived(
            variant=variant,
            label=label,
            inputs={"now": Input("revenue"), "before": Input("revenue", back=back)},
            formula=_growth,
            numerator_says=f"revenue less revenue of {what}",
            denominator_says=f"revenue of {what}",
        )
        for variant, label, back, what in (
            (STANDARD, None, 1, "the period before"),
            (
                YEAR_OVER_YEAR,
                "on the same period a year before",
                YEAR,
                "the same period a year before",
            ),
        )
    ),
    examples=(
        Example("from 100 to 104", 4, 100, 0.04),
        Example("unchanged", 0, 100, 0.0),
        Example("from nothing", 10, 0, None),
    ),
)

average_order_value = Metric(
    name="average_order_value",
    title="Average order value",
    unit=MONEY,
    direction=HIGHER_IS_BETTER,
    reads=("orders",),
    leaves_out="nothing: refunds lower it",
    source="Revenue ÷ orders",
    rules=(
        Ratio(
            fact="activity",
            numerator=money("revenue", "revenue of the period, net of refunds"),
            denominator=count("orders", "orders of the period"),
            interval=PROPAGATED,
        ),
        Ratio(
            variant=TWELVE_MONTHS,
            label="over twelve months",
            fact="activity",
            looks_back=12,
            numerator=money(
                "revenue_12", "revenue of the twelve months up to the period's end, net of refunds"
            ),
            denominator=count("orders_12", "orders of those twelve months"),
            interval=PROPAGATED,
        ),
    ),
    examples=(
        Example("8,000 from 40 orders", 8000, 40, 200.0),
        Example("one order", 15, 1, 15.0),
        Example("no orders", 0, 0, None),
    ),
)

purchase_frequency = Metric(
    name="purchase_frequency",
    title="Orders a customer and year",
    unit=PER_YEAR,
    direction=HIGHER_IS_BETTER,
    bounds=(1, None),
    reads=("orders",),
    leaves_out="customers without an order in those twelve months",
    source="Orders ÷ customers, a year (the twelve months up to the period's end)",
    rules=(
        Ratio(
            fact="activity",
            looks_back=12,
            numerator=count("orders_12", "orders of the twelve months up to the period's end"),
            denominator=count("ordered_12", "customers who ordered in those twelve months"),
            interval=PROPAGATED,
        ),
    ),
    examples=(
        Example("120 orders of 40 customers", 120, 40, 3.0),
        Example("each customer ordered once", 40, 40, 1.0),
        Example("no orders", 0, 0, None),
    ),
)

repeat_rate = Metric(
    name="repeat_rate",
    title="Repeat rate",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    bounds=(0, 1),
    reads=("orders",),
    leaves_out="customers without an order in those twelve months",
    source="Customers with two orders or more ÷ customers",
    rules=(
        Ratio(
            fact="activity",
            looks_back=12,
            numerator=count(
                "repeated_12",
                "customers with two orders or more in the twelve months up to the period's end",
            ),
            denominator=count("ordered_12", "customers who ordered in those twelve months"),
            interval=WILSON,
        ),
    ),
    examples=(
        Example("26 of 40 customers ordered again", 26, 40, 0.65),
        Example("none ordered again", 0, 40, 0.0),
        Example("no orders", 0, 0, None),
    ),
)


METRICS = (
    revenue,
    orders,
    ordering_customers,
    revenue_growth_rate,
    average_order_value,
    purchase_frequency,
    repeat_rate,
)
