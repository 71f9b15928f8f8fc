"""Retention and churn of recurring revenue."""

from functools import partial

import narwhals as nw

from cs_lib.metrics.catalogue.declaration import Example, Metric
from cs_lib.metrics.catalogue.rules import TWELVE_MONTHS, Ratio
from cs_lib.metrics.catalogue.sums import column, count, money
from cs_lib.vocabulary import (
    HIGHER_IS_BETTER,
    KEPT_AND_GAINED,
    LOWER_IS_BETTER,
    PERCENT,
    WEIGHTED_WILSON,
)

ONE_PERIOD = "one_period"
_opening_mrr = money("opening", "MRR at the start of the period")
_year_ago_mrr = money("year_ago", "MRR twelve months before the period's end")
_was_paying = count(nw.col("opening") > 0, "customers paying at the start of the period")
_was_paying_year_ago = count(nw.col("year_ago") > 0, "customers paying twelve months before")
_in_the_period = partial(Ratio, fact="movements", denominator=_opening_mrr, n=_was_paying)
_over_a_year = partial(
    Ratio,
    variant=TWELVE_MONTHS,
    label="over twelve months",
    fact="movements",
    looks_back=12,
    denominator=_year_ago_mrr,
    n=_was_paying_year_ago,
)

gross_revenue_retention = Metric(
    name="gross_revenue_retention",
    title="Gross revenue retention",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    bounds=(0, 1),
    reads=("subscriptions",),
    leaves_out="expansion, and customers who joined after the base was taken",
    source="Per customer the lesser of base and closing MRR. Monthly values do not chain to twelve months.",
    rules=(
        _over_a_year(
            numerator=money(
                "kept_12",
                "MRR then or at the end of the period, whichever is less for each customer",
            ),
            interval=WEIGHTED_WILSON,
        ),
        _in_the_period(
            variant=ONE_PERIOD,
            label="in the period",
            numerator=money(
                "kept",
                "MRR then or at the end of the period, whichever is less for each customer",
            ),
            interval=WEIGHTED_WILSON,
        ),
    ),
    examples=(
        Example("1,105 of 1,840 kept", 1105, 1840, 1105 / 1840),
        Example(
            "100 → 0 and 100 → 250: the second customer's growth does not count", 100, 200, 0.5
        ),
        Example("nobody was there", 0, 0, None),
    ),
)

net_revenue_retention = Metric(
    name="net_revenue_retention",
    title="Net revenue retention",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    bounds=(0, None),
    reads=("subscriptions",),
    leaves_out="customers who joined after the base was taken",
    source="Closing MRR of the customers of the base ÷ their MRR then",
    rules=(
        _over_a_year(
            numerator=money(
                "retained_12",
                "MRR at the end of the period of the customers who paid twelve months before",
            ),
            gained=money(column("retained_12") - column("kept_12"), "what they pay more"),
            interval=KEPT_AND_GAINED,
        ),
        Ratio(
            variant="without_largest",
            label="over twelve months, without the largest customer",
            leaves_out="customers who joined after the base was taken, and the one who paid most then",
            fact="largest",
            looks_back=12,
            numerator=money(
                "retained_12",
                "MRR at the end of the period of the customers who paid twelve months before, but for the largest of them",
            ),
            denominator=money(
                "year_ago", "MRR twelve months before the period's end, but for that of the largest"
            ),
            n=count("customers", "customers who paid twelve months before, but for the largest"),
            interval=None,
        ),
        _in_the_period(
            variant=ONE_PERIOD,
            label="in the period",
            numerator=money(
                "retained",
                "MRR at the end of the period of the customers who paid at the start of the period",
            ),
            gained=money(column("retained") - column("kept"), "what they pay more"),
            interval=KEPT_AND_GAINED,
        ),
        _in_the_period(
            variant="with_reactivation",
            label="in the period, returns included",
            numerator=money(
                column("retained") + column("reactivation"),
                "MRR at the end of the period of the customers who paid at the start of the period, and of those who came back",
            ),
            gained=money(
                column("retained") + column("reactivation") - column("kept"),
                "what they pay more, and what came back",
            ),
            interval=KEPT_AND_GAINED,
        ),
        _in_the_period(
            variant="end_less_new",
            label="closing less new, over opening",
            numerator=money(
                column("closing") - column("new"),
                "MRR at the end of the period less that of new customers",
            ),
            gained=money(
                column("closing") - column("new") - column("kept"),
                "what they pay more, and what came back or over from other segments",
            ),
            interval=KEPT_AND_GAINED,
        ),
    ),
    examples=(
        Example("585 twelve months ago, 410 of it now", 410, 585, 410 / 585),
        Example("100 → 0 and 100 → 250", 250, 200, 1.25),
        Example("nobody was there", 0, 0, None),
    ),
)


def _revenue_churn(name: str, title: str, net_of_expansion: bool) -> Metric:
    lost = -column("churn") - column("contraction")
    net = lost - column("expansion")
    says = "MRR lost to churn and contraction"
    rules = [
        _in_the_period(
            numerator=money(
                net if net_of_expansion else lost,
                f"{says}, less expansion" if net_of_expansion else says,
            ),
            gained=money(-column("expansion"), "expansion") if net_of_expansion else None,
            interval=KEPT_AND_GAINED if net_of_expansion else WEIGHTED_WILSON,
        )
    ]
    if net_of_expansion:
        rules.append(
            _in_the_period(
                variant="net_with_reactivation",
                label="returns counted as well",
                leaves_out="new customers",
                numerator=money(
                    net - column("reactivation"), f"{says}, less expansion and reactivation"
                ),
                gained=money(
                    -column("expansion") - column("reactivation"), "expansion and reactivation"
                ),
                interval=KEPT_AND_GAINED,
            )
        )
    return Metric(
        name=name,
        title=title,
        unit=PERCENT,
        direction=LOWER_IS_BETTER,
        bounds=(None if net_of_expansion else 0, 1),
        reads=("subscriptions",),
        leaves_out="new customers and reactivations",
        source=f"(churn + contraction{' − expansion' if net_of_expansion else ''}) ÷ opening MRR",
        rules=tuple(rules),
        examples=(
            Example(
                "735 of 1,840 lost" if not net_of_expansion else "735 lost, 50 gained, of 1,840",
                685 if net_of_expansion else 735,
                1840,
                (685 if net_of_expansion else 735) / 1840,
            ),
            Example("nothing lost", 0, 1840, 0.0),
            Example("no MRR at the start of the period", 0, 0, None),
        ),
    )


_referred = "MRR of those who paid nothing then and came by referral"


def _earned(variant: str, label: str, with_unknown: bool) -> Ratio:
    gained = column("referred_12") + column("unknown_12") if with_unknown else column("referred_12")
    says = f"{_referred}, those of unknown origin included" if with_unknown else _referred
    return Ratio(
        variant=variant,
        label=label,
        fact="earned",
        looks_back=12,
        needs_definitions=("referrals",),
        numerator=money(
            column("retained_12") + gained,
            f"MRR at the end of the period of the customers who paid twelve months before, plus the {says}",
        ),
        denominator=_year_ago_mrr,
        n=_was_paying_year_ago,
        gained=money(column("retained_12") - column("kept_12") + gained, "what was gained"),
        interval=KEPT_AND_GAINED,
        minus=1.0,
    )


earned_growth_rate = Metric(
    name="earned_growth_rate",
    title="Earned growth rate",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    bounds=(-1, None),
    reads=("subscriptions",),
    leaves_out="new customers who came otherwise; under the first rule those too of whom no origin is known",
    source="Reichheld, Darnell and Burns (2021): net revenue retention + earned new customers' revenue ÷ that of the "
    "year before − 1. Who came back counts as new",
    rules=(
        _earned(TWELVE_MONTHS, "over twelve months", False),
        _earned("at_most", "were all of unknown origin referred", True),
    ),
    examples=(
        Example("100 a year ago: 85 of it is left, and 25 came by referral", 110, 100, 0.1),
        Example("all is left, and nobody came by referral", 100, 100, 0.0),
        Example("nobody paid a year ago", 25, 0, None),
    ),
)

gross_revenue_churn_rate = _revenue_churn(
    "gross_revenue_churn_rate", "Gross revenue churn rate", False
)
net_revenue_churn_rate = _revenue_churn("net_revenue_churn_rate", "Net revenue churn rate", True)


METRICS = (
    gross_revenue_retention,
    net_revenue_retention,
    earned_growth_rate,
    gross_revenue_churn_rate,
    net_revenue_churn_rate,
)
