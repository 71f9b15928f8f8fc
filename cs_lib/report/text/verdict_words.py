"""A verdict in words: its mark, and the sentence that gives the figure it was reached on."""

from cs_lib.judgement.series import OF_A_PERIOD
from cs_lib.judgement.standing import Figure, Standing
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import ALL, MONTH, PERIODS_A_YEAR, YEAR, Period
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import (
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    MET,
    MISSED,
    NOT_JUDGED,
    PERCENT,
    TOO_CLOSE,
    TOO_FEW,
)

#: rates of which so many a month are so many a year
LOSS_RATES = ("customer_churn_rate", "gross_revenue_churn_rate")
#: the fact of customers who order, or do not
ACTIVITY = "activity"
#: rates below it are judged to the hundredth
SMALL = 0.1
MARKS = {
    MET: "✓ met",
    MISSED: "✗ missed",
    TOO_CLOSE: "~ too close to call",
    TOO_FEW: "too few to judge",
    NOT_JUDGED: "not judged",
}


def target_words(target: float, unit: str, direction: str, formatter: Formatter) -> str:
    """ "at most 2.5%", "at least $1,200"."""
    side = {HIGHER_IS_BETTER: "at least ", LOWER_IS_BETTER: "at most "}.get(direction, "")
    return side + formatter.tick(target, unit)


def target_sign(target: float, unit: str, direction: str, formatter: Formatter) -> str:
    """ "≤ 2.5%", "≥ $1,200": the same where there is little room."""
    side = {HIGHER_IS_BETTER: "≥ ", LOWER_IS_BETTER: "≤ "}.get(direction, "")
    return side + formatter.tick(target, unit)


def grain_words(standing: Standing, metric: Metric) -> str:
    """ " a month" after a rate that belongs to the length of its period."""
    return f" a {standing.target.grain}" if metric.name in OF_A_PERIOD else ""


def pooled_words(standing: Standing) -> str:
    """ "over 12 months": the periods that a pooled figure was reached on."""
    count, grain = standing.figure.periods, standing.target.grain
    return f"over {count} {grain}{'' if count == 1 else 's'}"


def judged_text(figure: Figure, metric: Metric, formatter: Formatter) -> str:
    """ "2.32%": a figure over several periods, small rates to the hundredth, for they lie close to their targets."""
    unit = metric.unit_of()
    if unit == PERCENT and abs(figure.value) < SMALL:
        return formatter.percent(figure.value, 2)
    return formatter.value(figure.value, unit)


def judged_figure(
    standing: Standing, metric: Metric, formatter: Formatter, *, again: bool = False
) -> str:
    """ "2.32% a month over 12 months (2.04% to 2.65%)"; `again`: of the same twelve months as a figure told before it."""
    said = f"{judged_text(standing.figure, metric, formatter)}{grain_words(standing, metric)}"
    if standing.pooled:
        count = formatter.count(standing.figure.periods, standing.target.grain)
        said += f" where its {count} are added up" if again else f" {pooled_words(standing)}"
    ends = judged_ends(standing.figure, metric, formatter)
    return f"{said} ({ends})" if ends else said


def judged_ends(figure: Figure, metric: Metric, formatter: Formatter) -> str:
    """ "2.04% to 2.65%": the interval of such a figure, written as it is; empty where it has none."""
    unit = metric.unit_of()
    if not figure.has_interval:
        return ""
    if unit == PERCENT and abs(figure.value) < SMALL:
        return " to ".join(formatter.percent(end, 2) for end in (figure.low, figure.high))
    return formatter.interval(figure.low, figure.high, unit)


def pace_words(figure: Figure, formatter: Formatter) -> str:
    """ "Over 12 months it was 2.3% a month, about 25% a year at this rate."."""
    value, grain = formatter.percent(figure.value), figure.first.grain
    over = formatter.count(figure.periods, grain)
    return f"Over {over} it was {value} a {grain}{a_year_words(figure, formatter)}."


def adds_up_over_a_year(metric: Metric) -> bool:
    """Whether a rate of loss, month after month, comes to one of a year: not of customers who may order again."""
    return metric.name in LOSS_RATES and metric.rule().fact != ACTIVITY


def a_year_words(figure: Figure, formatter: Formatter) -> str:
    """ ", about 25% a year at this rate"; empty where the figure is one of years, or nothing."""
    periods = PERIODS_A_YEAR[figure.first.grain]
    if periods == 1 or not 0 < figure.value < 1:
        return ""
    return f", about {formatter.percent(1 - (1 - figure.value) ** periods, 0)} a year at this rate"


def is_its_own_year(figure: Figure, told: Period | None) -> bool:
    """Whether a figure made of months is of the very year that a figure is told of: this follows the customers of its
    start, or counts each one's latest answer, and differs."""
    if told is None or told.grain != YEAR or figure.first.grain == YEAR:
        return False
    return (figure.first.start, figure.last.end) == (told.start, told.end)


def _goal(standing: Standing, metric: Metric, formatter: Formatter) -> str:
    """ "target of at most 2.5% a month"."""
    said = target_words(standing.target.value, metric.unit_of(), standing.direction, formatter)
    return f"target of {said}{grain_words(standing, metric)}"


def _on(standing: Standing, metric: Metric, formatter: Formatter, told: Period | None) -> str:
    """ ": 2.32% a month over 12 months (2.04% to 2.65%), about 25% a year at this rate"."""
    figure, said = standing.figure, ""
    if is_its_own_year(figure, told):
        return f": {judged_figure(standing, metric, formatter, again=True)}"
    if (figure.first, figure.last) != (told, told):
        said = judged_figure(standing, metric, formatter)
    elif metric.unit_of() == PERCENT and abs(figure.value) < SMALL:
        said = judged_text(figure, metric, formatter)  # told before with a digit less
    if adds_up_over_a_year(metric):
        said += a_year_words(figure, formatter)
    return f": {said.removeprefix(', ')}" if said else ""


def verdict_sentence(
    standing: Standing | None,
    metric: Metric,
    segment: str,
    formatter: Formatter,
    *,
    told: Period | None = None,
) -> str:
    """How the figure stands to its target; empty where there is none. `told`: of which period the figure has been
    told, so that it is not told again where it is the one judged."""
    if standing is None:
        return ""
    whose = "Its own" if standing.own else "The company's"
    whose = "The" if segment == ALL else whose
    on = _on(standing, metric, formatter, told) if standing.pooled else ""
    ending = {
        MET: f"was met{on}",
        MISSED: f"was missed{on}",
        TOO_CLOSE: f"is too close to call{on}",
        TOO_FEW: "is not judged: too few stand behind the figure",
        NOT_JUDGED: "is not judged: the figure has no interval",
    }[standing.verdict]
    said = f"{whose} {_goal(standing, metric, formatter)} {ending}."
    if standing.before is None or standing.target.since is None:
        return said
    was = target_words(standing.before.value, metric.unit_of(), standing.direction, formatter)
    since = formatter.period(Period.containing(standing.target.since, MONTH))
    return f"{said} Before {since} it was {was}."
