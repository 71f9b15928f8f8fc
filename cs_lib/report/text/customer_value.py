"""What a customer is worth, said two ways: by the formula, and from what survival shows up to a horizon."""

from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.lifetime_value import FORMULA, SURVIVAL
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import Reading, Row
from cs_lib.vocabulary import MONTHS

OTHER = {FORMULA: SURVIVAL, SURVIVAL: FORMULA}


def other_sentence(metric: Metric, other: Row, *, horizon: int, formatter: Formatter) -> Sentence:
    """The same figure the other way: "From survival, over 24 months, it was $3,626 (95% interval …)."."""
    other = Reading.of(other)
    way = "By the formula"
    if other.variant == SURVIVAL:
        way = f"From survival, over {formatter.count(horizon, 'month')},"
    if not other.ok:
        why = formatter.status(other, metric.rule(other.variant))
        return Sentence(f"{way} there is no figure: {why}.")
    unit = metric.unit_of(other.variant)
    basis = formatter.basis(other, unit)
    return Sentence(f"{way} it was {formatter.short(other.value, unit)}{basis and f' ({basis})'}.")


def beyond_history_sentence(lifetime: Row, months: int, formatter: Formatter) -> Sentence | None:
    """That the formula takes customers to stay longer than anybody was watched; None where it does not."""
    lifetime = Reading.of(lifetime)
    if not lifetime.ok or lifetime.value <= months:
        return None
    return Sentence(
        f"The formula takes customers to stay {formatter.value(lifetime.value, MONTHS)} on average, longer "
        f"than the {formatter.count(months, 'month')} of history."
    )
