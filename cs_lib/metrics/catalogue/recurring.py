"""Monthly recurring revenue, its movements and its growth; revenue a customer."""

import narwhals as nw

from cs_lib.metrics.catalogue.declaration import Bounds, Example, Metric
from cs_lib.metrics.catalogue.rules import YEAR_OVER_YEAR, Amount, Ratio
from cs_lib.metrics.catalogue.sums import What, column, count, money, whether
from cs_lib.vocabulary import (
    HIGHER_IS_BETTER,
    KEPT_AND_GAINED,
    MONEY,
    NEITHER,
    PERCENT,
    POISSON_RATIO,
    PROPAGATED,
    RATIO,
)

RECURRING = "price of the term ÷ months of the term, net of recurring discounts; without tax, trials, one-off and metered charges"


#: what a movement can be at all
GAIN, LOSS = (0, None), (None, 0)


def _mrr(
    name: str, title: str, direction: str, says: str, total: What, bounds: Bounds = (None, None)
) -> Metric:
    return Metric(
        name=name,
        title=title,
        unit=MONEY,
        direction=direction,
        reads=("subscriptions",),
        leaves_out="trials and free plans, one-off and metered charges, tax",
        source="Price a month: " + RECURRING,
        rules=(Amount(fact="movements", total=money(total, says)),),
        bounds=bounds,
    )


opening_mrr = _mrr(
    "opening_mrr",
    "Opening MRR",
    NEITHER,
    "monthly recurring revenue just before the period's first moment",
    "opening",
    GAIN,
)
mrr = _mrr(
    "mrr",
    "MRR",
    HIGHER_IS_BETTER,
    "monthly recurring revenue just before the period's end",
    "closing",
    GAIN,
)
net_new_mrr = _mrr(
    "net_new_mrr",
    "Net new MRR",
    HIGHER_IS_BETTER,
    "closing MRR less opening MRR",
    column("closing") - column("opening"),
)
new_mrr = _mrr(
    "new_mrr",
    "New MRR",
    HIGHER_IS_BETTER,
    "closing MRR of customers whose first paying start lies in the period",
    "new",
    GAIN,
)
reactivation_mrr = _mrr(
    "reactivation_mrr",
    "Reactivation MRR",
    HIGHER_IS_BETTER,
    "closing MRR of customers who paid nothing at the start of the period but had paid before",
    "reactivation",
    GAIN,
)
expansion_mrr = _mrr(
    "expansion_mrr",
    "Expansion MRR",
    HIGHER_IS_BETTER,
    "what customers paying at both ends pay more at the end of the period",
    "expansion",
    GAIN,
)
contraction_mrr = _mrr(
    "contraction_mrr",
    "Contraction MRR",
    HIGHER_IS_BETTER,
    "what customers paying at both ends pay less at the end of the period (a negative amount)",
    "contraction",
    LOSS,
)
churned_mrr = _mrr(
    "churned_mrr",
    "Churned MRR",
    HIGHER_IS_BETTER,
    "opening MRR of customers who pay nothing at the end of the period (a negative amount)",
    "churn",
    LOSS,
)


def _by_kind(name: str, title: str, column: str, says: str, bounds: Bounds) -> Metric:
    return Metric(
        name=name,
        title=title,
        unit=MONEY,
        direction=NEITHER,
        reads=("subscriptions",),
        leaves_out="nothing: the kinds add up exactly; a kind can be of the other sign, where two changes of a "
        "customer go against each other. Not given by a segment that a subscription can change",
        source="Subscriptions that came and went in the period are matched plan by plan, then one for another; "
        "what is left over is a further subscription, or one fewer",
        rules=(
            Amount(
                fact="expansion_kinds",
                also_by=("kind",),
                only_split=True,
                total=money(column, says),
            ),
        ),
        bounds=bounds,
    )


expansion_mrr_by_kind = _by_kind(
    "expansion_mrr_by_kind",
    "Expansion MRR by kind",
    "expansion",
    "what customers paying at both ends pay more: for another plan, a further subscription, more quantity, or a "
    "dearer price at the same plan",
    (None, None),
)
contraction_mrr_by_kind = _by_kind(
    "contraction_mrr_by_kind",
    "Contraction MRR by kind",
    "contraction",
    "what customers paying at both ends pay less: for another plan, fewer subscriptions, less quantity, or a "
    "cheaper price at the same plan (a negative amount)",
    (None, None),
)
transfer_in_mrr = _mrr(
    "transfer_in_mrr",
    "MRR transferred in",
    NEITHER,
    "MRR that customers brought from other segments",
    "transfer_in",
    GAIN,
)
transfer_out_mrr = _mrr(
    "transfer_out_mrr",
    "MRR transferred out",
    NEITHER,
    "MRR that customers took to other segments (a negative amount)",
    "transfer_out",
    LOSS,
)

arr = Metric(
    name="arr",
    title="ARR",
    unit=MONEY,
    direction=HIGHER_IS_BETTER,
    reads=("subscriptions",),
    leaves_out="trials and free plans, one-off and metered charges, tax",
    source="12 × MRR",
    rules=(
        Amount(
            fact="movements",
            total=money(column("closing") * 12, "twelve times the MRR at the end of the period"),
        ),
    ),
)

mrr_growth_rate = Metric(
    name="mrr_growth_rate",
    title="MRR growth rate",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    bounds=(-1, None),
    reads=("subscriptions",),
    leaves_out="nothing",
    source="Closing ÷ opening − 1",
    rules=(
        Ratio(
            fact="movements",
            numerator=money(column("closing") - column("opening"), "closing MRR less opening MRR"),
            denominator=money("opening", "MRR at the start of the period"),
            gained=money(column("closing") - column("kept"), "new, reactivated and expanded MRR"),
            interval=KEPT_AND_GAINED,
        ),
        Ratio(
            variant=YEAR_OVER_YEAR,
            label="on twelve months before",
            fact="movements",
            looks_back=12,
            numerator=money(
                column("closing") - column("year_ago"), "closing MRR less MRR twelve months before"
            ),
            denominator=money("year_ago", "MRR twelve months before the period's end"),
            gained=money(
                column("closing") - column("kept_12"), "new, reactivated and expanded MRR"
            ),
            interval=KEPT_AND_GAINED,
        ),
    ),
    examples=(
        Example("from 1,350 to 1,240", -110, 1350, -110 / 1350),
        Example("unchanged", 0, 1350, 0.0),
        Example("from nothing", 100, 0, None),
    ),
)

_expansion = money(
    "expansion", "what customers paying at both ends pay more at the end of the period"
)
expansion_mrr_rate = Metric(
    name="expansion_mrr_rate",
    title="Expansion MRR rate",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    bounds=(0, None),
    reads=("subscriptions",),
    leaves_out="new customers and reactivations",
    source="Expansion ÷ opening MRR",
    rules=(
        Ratio(
            fact="movements",
            numerator=_expansion,
            denominator=money("opening", "MRR at the start of the period"),
            gained=_expansion,
            interval=KEPT_AND_GAINED,
        ),
    ),
    examples=(
        Example("50 on 1,840", 50, 1840, 50 / 1840),
        Example("no expansion", 0, 1840, 0.0),
        Example("no MRR at the start of the period", 0, 0, None),
    ),
)

_losses = -column("contraction") - column("churn")
_at_either_end = count(
    (nw.col("opening") > 0) | (nw.col("closing") > 0), "customers paying at either end"
)
quick_ratio = Metric(
    name="quick_ratio",
    title="Quick ratio",
    unit=RATIO,
    direction=HIGHER_IS_BETTER,
    bounds=(0, None),
    reads=("subscriptions",),
    leaves_out="transfers between segments",
    source="(new + reactivation + expansion) ÷ (contraction + churn)",
    rules=(
        Ratio(
            fact="movements",
            numerator=money(
                column("new") + column("reactivation") + column("expansion"),
                "MRR gained: new, reactivation and expansion",
            ),
            denominator=money(_losses, "MRR lost: contraction and churn"),
            n=_at_either_end,
            interval=POISSON_RATIO,
            undefined_says="no losses",
        ),
        Ratio(
            variant="without_reactivation",
            label="without reactivation",
            fact="movements",
            numerator=money(column("new") + column("expansion"), "MRR gained: new and expansion"),
            denominator=money(_losses, "MRR lost: contraction and churn"),
            n=_at_either_end,
            interval=POISSON_RATIO,
            undefined_says="no losses",
        ),
    ),
    examples=(
        Example("150 gained, 735 lost", 150, 735, 150 / 735),
        Example("as much gained as lost", 100, 100, 1.0),
        Example("no losses", 100, 0, None),
    ),
)

arpa = Metric(
    name="arpa",
    title="ARPA",
    unit=MONEY,
    direction=HIGHER_IS_BETTER,
    bounds=(0, None),
    reads=("subscriptions", "orders"),
    leaves_out="trials and free plans",
    source="MRR ÷ paying customers; for orders revenue ÷ customers who ordered",
    rules=(
        Ratio(
            fact="movements",
            numerator=money("closing", "MRR at the end of the period"),
            denominator=whether("at_closing", "customers paying at the end of the period"),
            interval=PROPAGATED,
        ),
        Ratio(
            fact="activity",
            numerator=money("revenue", "revenue of the period, net of refunds"),
            denominator=count("ordered", "customers who ordered in the period"),
            interval=PROPAGATED,
        ),
        Ratio(
            variant="new_customers",
            label="of new customers",
            fact="movements",
            numerator=money(
                "new", "closing MRR of customers whose first paying start lies in the period"
            ),
            denominator=whether(nw.col("new") > 0, "new customers paying at the end of the period"),
            interval=PROPAGATED,
        ),
        Ratio(
            variant="new_customers",
            label="of new customers",
            fact="activity",
            numerator=money(
                nw.col("revenue") * nw.col("started"),
                "revenue of the period from customers whose first order lies in it",
            ),
            denominator=count("started", "customers whose first order lies in the period"),
            interval=PROPAGATED,
        ),
        Ratio(
            variant="per_user",
            label="per active user",
            fact="usage",
            needs_columns=("paying_users",),
            numerator=money("amount", "MRR at the end of the period"),
            denominator=count(
                "paying_users",
                "users active in the period, of customers paying at the end of the period",
            ),
            n=count("paying", "customers paying at the end of the period"),
            interval=PROPAGATED,
        ),
    ),
    examples=(
        Example("1,240 from 26 customers", 1240, 26, 1240 / 26),
        Example("one customer", 50, 1, 50.0),
        Example("no customers", 0, 0, None),
    ),
)


METRICS = (
    opening_mrr,
    new_mrr,
    reactivation_mrr,
    expansion_mrr,
    expansion_mrr_by_kind,
    contraction_mrr,
    contraction_mrr_by_kind,
    churned_mrr,
    transfer_in_mrr,
    transfer_out_mrr,
    mrr,
    arr,
    net_new_mrr,
    mrr_growth_rate,
    expansion_mrr_rate,
    quick_ratio,
    arpa,
)
