"""What goes with a score, in a sentence; and why nothing may be said of it."""

from cs_lib.judgement.score_drivers import Drivers
from cs_lib.metrics.compute.driver_cells import ANSWERS_AN_ITEM, FEW_ANSWERS
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, listed
from cs_lib.vocabulary import COUNT, PERCENT, SCORE

#: how many items a sentence names
NAMED = 2


def drivers_sentence(found: Drivers, formatter: Formatter, *, where: str = "") -> Sentence:
    """ "The 5 items asked with NPS go with 61% of the differences between scores: value for money with 25% …"."""
    name = found.instrument.upper()
    many = formatter.count(found.n, "answer") + (f" for {where}" if where else "")
    told = [
        f"{row.item} with {formatter.percent(row.part)} ({'' if place else f'{formatter.level} interval '}"
        f"{formatter.interval(row.low, row.high, PERCENT)})"
        for place, row in enumerate(found.rows.head(NAMED).itertuples())
    ]
    top, means = found.rows.iloc[0], found.rows["mean"]
    low, high = (formatter.value(each, SCORE) for each in (means.min(), means.max()))
    mean = formatter.value(top["mean"], SCORE)
    lowest = top["mean"] == means.min()
    spread = (
        f"the lowest of the items, which go up to {high}"
        if lowest
        else f"the items' means go from {low} to {high}"
    )
    return Sentence(
        f"The {formatter.value(len(found.rows), COUNT)} items asked with {name} go with {formatter.percent(found.r2)} of "
        f"the differences between scores ({many}, {formatter.span(found.first, found.last)}): {listed(told)}. "
        f"The mean of {top['item']} is {mean}; {'it is ' if lowest else ''}{spread}. "
        "These go together; that an item moves the score, this does not prove."
    )


def why_no_drivers(found: Drivers, formatter: Formatter) -> str:
    """Why nothing is said."""
    if found.status == FEW_ANSWERS:
        return (
            f"fewer than {ANSWERS_AN_ITEM} answers an item, or of too few customers, have every item "
            f"({formatter.count(found.n, 'answer')} with {formatter.count(len(found.rows), 'item')})"
        )
    return "an item, or the score, was answered alike by all"
