"""What growth customers brought, in a sentence."""

from cs_lib.judgement.earned_growth import EarnedGrowth
from cs_lib.period import Period
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import PERCENT


def earned_sentence(
    found: EarnedGrowth, period: Period, formatter: Formatter, *, where: str = ""
) -> Sentence:
    """The rate, what it is made of, and what part it is of all growth; that it is unknown where few have an origin."""
    percent = formatter.percent
    if not found.is_known:
        return Sentence(
            f"How much growth was earned is unknown{f' for {where}' if where else ''}: {percent(found.unknown / found.new)} "
            "of what new customers pay comes from those of whom no origin is known."
        )
    ends = formatter.interval(found.low, found.high, PERCENT)
    within = f" ({formatter.level} interval {ends})" if ends else ""
    whose = f" for {where}" if where else ""
    said = (
        f"Earned growth{whose} was {percent(found.rate)} over the twelve months to the end of "
        f"{formatter.period(period)}{within}: customers of a year before pay {percent(found.kept / found.before)} of what "
        f"they paid then, and those who have come by referral since add {percent(found.referred / found.before)}."
    )
    return Sentence(
        " ".join(filter(None, [said, _part(found, formatter), _bound(found, formatter)]))
    )


def _part(found: EarnedGrowth, formatter: Formatter) -> str:
    """ "Earned growth is 15% of all growth (78.2%); the rest came with other new customers."."""
    if found.of_growth is None:
        return ""
    part, growth = formatter.percent(found.of_growth, 0), formatter.percent(found.growth)
    rest = "; the rest came with other new customers" if found.of_growth < 1 else ""
    return f"Earned growth is {part} of all growth ({growth}){rest}."


def _bound(found: EarnedGrowth, formatter: Formatter) -> str:
    if not found.unknown > 0:
        return ""
    unknown = formatter.percent(found.unknown / found.new)
    return (
        f"New customers of whom no origin is known ({unknown} of what new ones pay) count as not referred; had all of "
        f"them been, it would be {formatter.percent(found.at_most)}."
    )
