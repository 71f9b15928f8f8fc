"""The customer base: how much hangs on how few, what moved revenue from orders, and by whom money came by year of
joining."""

from cs_lib.metrics.catalogue.declaration import Bounds, Example, Metric
from cs_lib.metrics.catalogue.rules import Amount, Ratio
from cs_lib.metrics.catalogue.sums import Sum, count, money
from cs_lib.vocabulary import COUNT, LARGEST, MONEY, NEITHER, PERCENT, RATIO

#: the fact of subscriptions and that of orders, what money is in each, and the months it looks back
_BASES = (
    ("", "MRR at the end of the period", 0),
    ("order_", "revenue of the twelve months up to the period's end", 12),
)
_LEFT_OUT = (
    "customers who bring nothing, or had more back. Customers are counted, never named; of a segment no share is told "
    "of fewer than min_n of its customers, or where a few bring most of it"
)


def _shares(variant: str, label: str | None, who: str) -> list[Ratio]:
    return [
        Ratio(
            variant=variant,
            label=label,
            fact=f"{base}spread",
            looks_back=months,
            numerator=money(variant, f"what {who} bring of the {what}"),
            denominator=money("amount", what),
            n=count(f"stands_on_{variant}", "customers that it tells of"),
            interval=None,
        )
        for base, what, months in _BASES
    ]


def _index(variant: str, label: str, over: Sum, under: Sum, unit: str) -> list[Ratio]:
    return [
        Ratio(
            variant=variant,
            label=label,
            unit=unit,
            direction=NEITHER,
            fact=f"{base}spread",
            looks_back=months,
            numerator=over,
            denominator=under,
            n=count("stands_on_all", "customers that it tells of"),
            interval=None,
        )
        for base, _, months in _BASES
    ]


_EVERY = money("amount", "what all customers bring")
_SQUARES = money("squares", "what each customer brings × the customer's share of all")

concentration = Metric(
    name="concentration",
    title="Concentration",
    unit=PERCENT,
    direction=NEITHER,
    bounds=(0, 1),
    reads=("subscriptions", "orders"),
    leaves_out=_LEFT_OUT,
    source="Share of the largest customers; Herfindahl–Hirschman index (HHI): the sum of squared shares",
    rules=(
        *_shares("top_10", None, "the ten largest customers"),
        *(
            rule
            for many in LARGEST
            if many != 10
            for rule in _shares(
                f"top_{many}",
                f"of the {many} largest" if many > 1 else "of the largest",
                f"the {many} largest customers" if many > 1 else "the largest customer",
            )
        ),
        *_shares(
            "top_tenth",
            "of the largest tenth",
            "the largest tenth of the customers (a begun one counts whole)",
        ),
        *_index("hhi", "Herfindahl–Hirschman index", _SQUARES, _EVERY, RATIO),
        *_index("equal_customers", "equal customers (1 ÷ HHI)", _EVERY, _SQUARES, COUNT),
    ),
    examples=(
        Example("the ten largest bring 50 of 1,000", 50, 1000, 0.05),
        Example("there are no more than ten", 1000, 1000, 1.0),
        Example("nobody brings anything", 0, 0, None),
    ),
)

share_by_tenth = Metric(
    name="share_by_tenth",
    title="Share by tenth of customers",
    unit=PERCENT,
    direction=NEITHER,
    bounds=(0, 1),
    reads=("subscriptions", "orders"),
    leaves_out=_LEFT_OUT,
    source="Customers in order of what they bring, cut at so many tenths of their number, rounded down",
    rules=tuple(
        Ratio(
            fact=f"{base}tenths",
            looks_back=months,
            also_by=("tenth",),
            only_split=True,
            numerator=money("share", f"what the tenth brings of the {what}"),
            denominator=money("amount", what),
            n=count("few", "customers that it tells of"),
            interval=None,
        )
        for base, what, months in _BASES
    ),
    examples=(
        Example("the tenth brings 300 of 1,000", 300, 1000, 0.3),
        Example("each brings the same", 100, 1000, 0.1),
        Example("nobody brings anything", 0, 0, None),
    ),
)


def _by_vintage(name: str, title: str, fact: str, total: Sum, reads: str, joined: str) -> Metric:
    return Metric(
        name=name,
        title=title,
        unit=MONEY,
        direction=NEITHER,
        reads=(reads,),
        leaves_out=f"nothing: the years add up exactly. {joined}",
        source="The period's total by each customer's year of joining",
        rules=(Amount(fact=fact, also_by=("joined_in",), only_split=True, total=total),),
    )


mrr_by_vintage = _by_vintage(
    "mrr_by_vintage",
    "MRR by year of joining",
    "vintages",
    money("closing", "MRR at the end of the period"),
    "subscriptions",
    "A customer joined in the year of the first paying start",
)
revenue_by_vintage = _by_vintage(
    "revenue_by_vintage",
    "Revenue by year of joining",
    "order_vintages",
    money("revenue", "amounts of the orders of the period, net of refunds"),
    "orders",
    "A customer joined in the year of the first order that the data hold",
)


def _moved(name: str, move: str, title: str, says: str, bounds: Bounds) -> Metric:
    """Revenue that one kind of customer moved since the period before, and how many did."""
    rules = (
        Amount(
            fact="activity",
            against_before=True,
            total=money(f"revenue_{move}", f"revenue less that of the period before, of {says}"),
        ),
        Amount(
            variant="customers",
            label="customers",
            unit=COUNT,
            direction=NEITHER,
            fact="activity",
            against_before=True,
            total=count(f"customers_{move}", says),
        ),
    )
    return Metric(
        name=name,
        title=title,
        unit=MONEY,
        direction=NEITHER,
        reads=("orders",),
        leaves_out="nothing: the five moves add up to the change of revenue. By a segment that an order can change, "
        "each customer counts in each segment",
        source="Each customer's revenue in the period, less that in the period before",
        rules=rules,
        bounds=bounds,
    )


new_revenue = _moved(
    "new_revenue",
    "new",
    "Revenue from new customers",
    "customers whose first order lies in the period",
    (None, None),
)
returned_revenue = _moved(
    "returned_revenue",
    "back",
    "Revenue from customers who came back",
    "customers who had ordered before, but not in the period before",
    (None, None),
)
increased_revenue = _moved(
    "increased_revenue",
    "up",
    "Revenue gained from customers who bought more",
    "customers who ordered in both periods and bought for more",
    (0, None),
)
decreased_revenue = _moved(
    "decreased_revenue",
    "down",
    "Revenue lost with customers who bought less",
    "customers who ordered in both periods and bought for less (a negative amount)",
    (None, 0),
)
lost_revenue = _moved(
    "lost_revenue",
    "lost",
    "Revenue lost with customers who did not order again",
    "customers who ordered in the period before, and not in this one (a negative amount)",
    (None, None),
)

METRICS = (
    concentration,
    share_by_tenth,
    mrr_by_vintage,
    revenue_by_vintage,
    new_revenue,
    returned_revenue,
    increased_revenue,
    decreased_revenue,
    lost_revenue,
)
