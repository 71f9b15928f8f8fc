"""Terms that end: what was due, and what of it was renewed."""

import narwhals as nw

from cs_lib.metrics.catalogue.declaration import Example, Metric
from cs_lib.metrics.catalogue.rules import Amount, Ratio
from cs_lib.metrics.catalogue.sums import Sum, column, count, money
from cs_lib.vocabulary import (
    HIGHER_IS_BETTER,
    KEPT_AND_GAINED,
    LOWER_IS_BETTER,
    MONEY,
    NEITHER,
    PERCENT,
    WEIGHTED_WILSON,
    WILSON,
)

FACT, READS, GRACE = "renewals", ("subscriptions",), "renewal_grace"
LEAVES_OUT = "terms of a month or less, of weeks, and of unknown length; changes inside a term"
SOURCE = "Renewed ÷ available to renew (Kellogg, Kellblog, 2018 and 2020)"
_due = money("due", "MRR whose term ended in the period")
_had_due = count(nw.col("due") > 0, "customers with a term that ended in the period")

renewal_rate = Metric(
    name="renewal_rate",
    title="Renewal rate",
    unit=PERCENT,
    direction=HIGHER_IS_BETTER,
    bounds=(0, None),
    reads=READS,
    leaves_out=LEAVES_OUT,
    source=SOURCE,
    rules=(
        Ratio(
            variant="gross",
            fact=FACT,
            matures=GRACE,
            numerator=money("kept", "MRR renewed, at most as much as was due"),
            denominator=_due,
            n=_had_due,
            interval=WEIGHTED_WILSON,
        ),
        Ratio(
            variant="net",
            label="with what is paid more",
            fact=FACT,
            matures=GRACE,
            numerator=money("renewed", "MRR after the renewal"),
            denominator=_due,
            n=_had_due,
            gained=money(column("renewed") - column("kept"), "what they pay more"),
            interval=KEPT_AND_GAINED,
        ),
        Ratio(
            variant="by_customers",
            label="by customers",
            fact=FACT,
            matures=GRACE,
            numerator=count(nw.col("kept") > 0, "those of them who renewed any of it"),
            denominator=_had_due,
            n=_had_due,
            interval=WILSON,
        ),
    ),
    examples=(
        Example("1,250 of 1,500 renewed", 1250, 1500, 1250 / 1500),
        Example("none renewed", 0, 1500, 0.0),
        Example("no term ended", 0, 0, None),
    ),
)


def _amount(
    name: str, title: str, total: Sum, direction: str, *, matures: str | None = GRACE
) -> Metric:
    """An amount of the terms that ended in a period; most are known once its grace days are over."""
    return Metric(
        name=f"renewals_{name}",
        title=title,
        unit=MONEY,
        direction=direction,
        bounds=(0, None),
        reads=READS,
        leaves_out=LEAVES_OUT,
        source=SOURCE,
        rules=(Amount(fact=FACT, matures=matures, total=total),),
    )


METRICS = (
    renewal_rate,
    _amount("due", "Renewals due", _due, NEITHER, matures=None),
    _amount(
        "kept",
        "Renewed MRR",
        money("kept", "MRR whose term ended and was renewed, at most as much as was due"),
        HIGHER_IS_BETTER,
    ),
    _amount(
        "late",
        "Renewed late",
        money("late", "of the renewed MRR, what began again after its term's end"),
        LOWER_IS_BETTER,
    ),
    _amount(
        "early",
        "Renewed early",
        money("early", "of the renewed MRR, what was renewed before its term's end"),
        NEITHER,
    ),
    _amount(
        "open",
        "Renewals open",
        money("open", "MRR whose term ended so lately that it may still be renewed in time"),
        NEITHER,
        matures=None,
    ),
    _amount(
        "lost",
        "Renewals lost",
        money("lost", "MRR whose term ended, or was broken off, and was not renewed in time"),
        LOWER_IS_BETTER,
    ),
)
