"""What rates of loss come to in money."""

from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.measure_row import Reading, Row
from cs_lib.vocabulary import MONEY

NOTHING = Sentence("")
CUSTOMER_CHURN, POINT = "customer_churn_rate", 0.01


def money_of_churn(
    name: str, churned: Row | None, opening: Row | None, formatter: Formatter
) -> Sentence:
    """ "Those who left paid $3.3K of MRR; each point of churn is about $2.4K."."""
    if churned is None or opening is None:
        return NOTHING
    lost, base = -Reading.of(churned).value, Reading.of(opening).value
    if not base > 0 or not lost >= 0:
        return NOTHING
    paid, point = formatter.alike((lost, POINT * base), MONEY)
    if name != CUSTOMER_CHURN:
        return Sentence(f"Each point of it is {point} of MRR.")
    paid = f"Those who left paid {paid} of MRR; each" if lost else "Each"
    return Sentence(f"{paid} point of churn is about {point}.")


def money_not_kept(now: Row, formatter: Formatter) -> Sentence:
    """ "What is gone came to $27.9K of MRR."."""
    now = Reading.of(now)
    gone = now.denominator - now.numerator
    if not now.ok or not gone > 0:
        return NOTHING
    return Sentence(f"What is gone came to {formatter.alike((gone,), MONEY)[0]} of MRR.")
