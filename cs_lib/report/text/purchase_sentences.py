"""What customers buy next, in a sentence."""

from cs_lib.data.facts.purchase_facts import HORIZON
from cs_lib.judgement.next_purchases import NextPurchase, NextPurchases
from cs_lib.period import MONTH, Period
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import COUNT, PERCENT

#: what customers of a table had done with a product, had never, and did
_WORDS = {
    "subscriptions": ("paid for", "had never paid for", "took"),
    "orders": ("had bought", "had never bought", "bought"),
}


def purchases_sentence(found: NextPurchases, formatter: Formatter) -> Sentence:
    """The pair that stands out most, else the likeliest; how often it came, and how often among all who lack it."""
    first = next((each for each in found.pairs if each.above), found.pairs[0])
    had, never, did = _WORDS[found.table]
    then = Period.containing(found.start, MONTH).back()
    when = (
        f"at the end of {formatter.period(then)}"
        if found.table == "subscriptions"
        else f"before {formatter.day(found.start)}"
    )
    n, ends = (
        formatter.value(first.customers, COUNT),
        formatter.interval(first.low, first.high, PERCENT),
    )
    said = (
        f"Of {n} customers who {had} {first.product} {when} and {never} {first.next}, "
        f"{formatter.percent(first.share)} {did} it within {formatter.count(HORIZON, 'month')} "
        f"({formatter.level} interval {ends})"
    )
    every = ""
    if first.has_others:
        many = formatter.value(first.every, COUNT)
        every = (
            f"; of all {many} customers who {never} it, {formatter.percent(first.every_share)} did"
        )
    parts = [f"{said}{every}.", _apart(first), _now(first, found, formatter)]
    return Sentence(" ".join(filter(None, parts)))


def _apart(first: NextPurchase) -> str:
    if first.above:
        return "That is more often than among the others, beyond normal variation."
    if first.has_others and not first.differs:
        return "The difference to the others is within normal variation."
    return ""


def _now(first: NextPurchase, found: NextPurchases, formatter: Formatter) -> str:
    if first.now != first.now:
        return ""
    many = formatter.count(first.now, "customer")
    had, never, _ = _WORDS[found.table]
    return (
        f"At the end of {formatter.period(found.last)}, {many} {had} {first.product} and {never} {first.next}; a past "
        "rate is no promise."
    )
