"""Findings in words, computed from readings: true for any data, claiming no more than it says."""

import math

from cs_lib.judgement.standing import Standing
from cs_lib.metrics.catalogue import metric as declared
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import Amount, Duration, Ratio, Rule
from cs_lib.period import MONTH, Period
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, metric_title
from cs_lib.report.text.measure_row import Number, Reading, Row, number
from cs_lib.report.text.missing_figures import (
    undefined_why,
    unobserved_why,
)
from cs_lib.report.text.verdict_words import verdict_sentence
from cs_lib.report.text.word_forms import is_plural
from cs_lib.vocabulary import (
    COUNT,
    HIGHER_IS_BETTER,
    IMMATURE,
    MONEY,
    NEITHER,
    PERCENT,
    RATIO,
    SUPPRESSED,
)

QUICK_RATIO = "quick_ratio"
#: what can stand behind a figure
UNITS = ("customers", "answers", "invitations", "orders", "people")
COUNTED = (
    "customers",
    "answers",
    "responses",
    "invitations",
    "orders",
    "respondents",
    "users",
    "days",
    "months",
)


def metric_sentence(
    metric: Metric,
    now: Row,
    before: Row | None = None,
    *,
    formatter: Formatter,
    year_ago: Row | None = None,
    standing: Standing | None = None,
    distinguishable: bool | None = None,
    usual: float | None = None,
    direction: str | None = None,
) -> Sentence:
    """What the figure was, out of what, how it changed, and how it stands to its target.

    `now`, `before` and `year_ago` are rows of the measures (before may be any earlier period). A change is
    claimed unless `distinguishable` is False: then both figures are told and no more; with None it was not
    tested. `usual` is what the periods before lead one to expect, given where the figure lies outside its
    control limits.
    """
    now = Reading.of(now)
    before, year_ago = (None if row is None else Reading.of(row) for row in (before, year_ago))
    direction = direction or metric.direction_of(now.variant)
    rule, unit = metric.rule(now.variant), metric.unit_of(now.variant)
    if not now.ok:
        return Sentence(_absent(metric, now, formatter))
    values = [now.value, *(row.value for row in (before, year_ago) if row is not None and row.ok)]
    shown = dict(zip(values, formatter.ends(values, unit), strict=True))
    text = (
        f"{_subject(metric, now, formatter)} {shown[now.value]}"
        f"{in_period(now, formatter)}{_basis(now, rule, unit, formatter)}"
    )
    text += _changed(now, before, metric, direction, distinguishable, formatter, shown)
    text += _on_the_year(now, year_ago, rule, unit, formatter, shown)
    parts = [f"{text}."]
    if before is not None and not before.ok:
        parts.append(
            f"There is no figure for {formatter.period(before.period)} to compare with: "
            f"{formatter.status(before, rule)}."
        )
    parts.append(_out_of_the_usual(usual, now, unit, formatter))
    parts.append(verdict_sentence(standing, metric, now.segment, formatter, told=now.period))
    return Sentence(" ".join(part for part in parts if part))


def waiting_sentence(period: Period, formatter: Formatter) -> Sentence:
    """Why the figure of an earlier period is told."""
    return Sentence(f"For {formatter.period(period)} it is too early to say.")


def _subject(metric: Metric, reading: Reading, formatter: Formatter) -> str:
    """ "Promoters for plan Pro were"; of a count "Orders for plan Pro numbered"."""
    where = formatter.segment(reading.segment_by, reading.segment)
    return f"{metric_title(metric, reading.variant, where=where)} {verb_of(metric, reading)}"


def verb_of(metric: Metric, reading: Reading) -> str:
    """ "was", "were", "numbered"."""
    if not is_plural(metric.title):
        return "was"
    return "numbered" if reading.ok and metric.unit_of(reading.variant) == COUNT else "were"


def in_period(reading: Reading, formatter: Formatter) -> str:
    return f" in {formatter.period(reading.period)}" if reading.period else ""


def _absent(metric: Metric, now: Reading, formatter: Formatter) -> str:
    subject = _subject(metric, now, formatter)
    place = in_period(now, formatter)
    rule = metric.rule(now.variant)
    if now.status == IMMATURE:
        why = unobserved_why(rule)
        if why.startswith("not"):
            return f"{subject} {why}{place}."
        return f"{subject} not observable{place}: it {why}."
    if now.status == SUPPRESSED:
        return f"{subject} hidden{place}: fewer than {formatter.min_n} stand behind it."
    why = undefined_why(rule, now.status)
    return f"{subject} undefined{place}{f': {why}' if why else ''}."


def _basis(now: Reading, rule: Rule, unit: str, formatter: Formatter) -> str:
    """ "(31 of 1,004 customers paying at the start of June; 95% interval 2.2% to 4.3%)"."""
    parts = filter(None, [_out_of(now, rule, unit, formatter), formatter.basis(now, unit)])
    text = "; ".join(parts)
    return f" ({text})" if text else ""


def _out_of(now: Reading, rule: Rule, unit: str, formatter: Formatter) -> str:
    plain = isinstance(rule, Ratio) and rule.times == 1 and rule.minus == 0 and now.has_parts
    if isinstance(rule, Ratio) and plain and rule.denominator.whole:
        over, under = rule.numerator, rule.denominator
        whole = counted(now.denominator, dated(under.says, now.period, formatter), formatter)
        if unit == PERCENT and over.scale == under.scale == 1:
            return f"{formatter.value(now.numerator, COUNT)} of {whole}"
        if unit == PERCENT and over.scale != 1 and under.scale != 1:
            return " of ".join(formatter.parts((now.numerator, now.denominator), [(0, 1)]))
        if unit == RATIO and now.metric == QUICK_RATIO:
            return gained_and_lost(now, formatter)
        if unit == MONEY and under.scale == 1:
            [money] = formatter.parts(
                [now.numerator],
                [(0, 0)],
                lambda one, _: formatter.short(one / now.denominator, unit),
            )
            return f"{money} from {whole}"
    if now.has_interval and 0 < now.n < math.inf and (noun := behind(rule)):
        return counted(now.n, noun, formatter)
    return ""


def gained_and_lost(now: Reading, formatter: Formatter) -> str:
    """ "$14.7K gained, $3.6K lost": what a ratio of money rests on, for a small loss makes it large."""
    gained, lost = formatter.parts(
        (abs(now.numerator), abs(now.denominator)),
        [(0, 1)],
        lambda one, other: formatter.short(one / other, RATIO) if other else "",
    )
    return f"{gained} gained, {lost} lost"


def behind(rule: Rule) -> str:
    """What stands behind a figure, in the plural: "answers", "new customers"; empty where that has no name."""
    if isinstance(rule, Ratio):
        words = (rule.n or rule.denominator).says.split()
        return next((word for word in words[:2] if word in UNITS), "")
    if isinstance(rule, Duration):
        return "customers"
    names = [(each.metric, each.variant) for each in rule.made_of]
    if any("new_customers" in pair for pair in names):
        return "new customers"
    return behind(declared(names[0][0]).rule(names[0][1])) if names else ""


def dated(says: str, period: Period | None, formatter: Formatter) -> str:
    """What a declaration says of the period, said of June: "customers paying at the start of June"."""
    if period is None:
        return says
    when = formatter.period(period)
    when = when.split()[0] if period.grain == MONTH else when
    return says.replace("of the period", f"of {when}").replace("in the period", f"in {when}")


def counted(many: float, says: str, formatter: Formatter) -> str:
    """ "1,004 customers paying at the start"; "1 customer paying at the start"."""
    text = formatter.value(many, COUNT)
    if text == "1":
        first = next((word for word in says.split() if word in COUNTED), None)
        says = says.replace(first, first[:-1], 1) if first else says
    return f"{text} {says}"


def _changed(
    now: Reading,
    before: Reading | None,
    metric: Metric,
    direction: str,
    distinguishable: bool | None,
    formatter: Formatter,
    shown: dict[float, str],
) -> str:
    """ ", up 0.4 percentage points from May 2026 (2.7%)"; ", after 2.7% in May 2026" where chance may be all."""
    if before is None or not before.ok:
        return ""
    rule, unit = metric.rule(now.variant), metric.unit_of(now.variant)
    change, when = formatter.change(now.value, before.value, unit), formatter.period(before.period)
    if change == "unchanged":
        return f", unchanged from {when}"
    if distinguishable is False or (isinstance(rule, Duration) and not now.has_interval):
        return f", after {shown[before.value]} in {when}"
    better = (now.value > before.value) == (direction == HIGHER_IS_BETTER)
    claim = ""
    if direction != NEITHER and distinguishable:
        claim = ", an improvement" if better else ", worse"
    elif direction != NEITHER and not better:
        claim = ", worse" if isinstance(rule, Amount) else f": {direction} is better"
    return f", {change} from {when} ({shown[before.value]}){claim}"


def _on_the_year(
    now: Reading,
    then: Reading | None,
    rule: Rule,
    unit: str,
    formatter: Formatter,
    shown: dict[float, str],
) -> str:
    """ "; up 78.0% on June 2025 ($143K)": what is counted, beside a year before."""
    if then is None or not then.ok or not isinstance(rule, Amount):
        return ""
    change = formatter.change(now.value, then.value, unit)
    return f"; {change} on {formatter.period(then.period)} ({shown[then.value]})"


def _out_of_the_usual(usual: Number, now: Reading, unit: str, formatter: Formatter) -> str:
    """That a figure lies outside its control limits; nothing of one that lies inside."""
    level = number(usual)
    if math.isnan(level) or now.period is None:
        return ""
    side = "above" if now.value > level else "below"
    return f"That is {side} the trend ({formatter.alike((level, now.value), unit)[0]})."
