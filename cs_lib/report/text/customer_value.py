"""What a customer is worth, said two ways: by the formula, and from what survival shows up to a horizon."""

from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import Reading
from cs_lib.vocabulary import MONTHS

FORMULA, SURVIVAL = "ratio", "survival"
OTHER = {FORMULA: SURVIVAL, SURVIVAL: FORMULA}


def other_sentence(metric, other, *, horizon: int, formatter: Formatter) -> Sentence:
    """The same figure the other way: "From survival, over 24 months, it was $3,626 (95% interval …)."."""
    other = Reading.of(other)
    rule, unit = metric.rule(other.variant), metric.unit_of(other.variant)
    way = "By the formula"
    if other.variant == SURVIVAL:
        way = f"From survival, over {formatter.count(horizon, 'month')},"
    if not other.ok:
        return Sentence(f"{way} there is no figure: {formatter.status(other, rule)}.")
    inside = ""
    if other.has_interval:
        ends = formatter.interval(other.low, other.high, unit, compact=True)
        inside = f" ({formatter.level} interval {ends})"
    return Sentence(f"{way} it was {formatter.value(other.value, unit, compact=True)}{inside}.")


def beyond_history_sentence(lifetime, months: int, formatter: Formatter) -> Sentence | None:
    """That the formula takes customers to stay longer than anybody was watched; None where it does not."""
    lifetime = Reading.of(lifetime)
    if not lifetime.ok or lifetime.value <= months:
        return None
    stay = formatter.value(lifetime.value, MONTHS)
    return Sentence(
        f"The formula takes customers to stay {stay} on average, longer than the "
        f"{formatter.count(months, 'month')} of history."
    )
