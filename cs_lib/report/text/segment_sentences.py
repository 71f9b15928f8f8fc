"""Segments side by side in words: those that stand apart from the others, the ends, and the targets."""

import pandas as pd

from cs_lib.judgement.comparisons import Apart
from cs_lib.judgement.finding import Finding
from cs_lib.judgement.standing import Standing
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import Amount
from cs_lib.period import ALL, MONTH, PERIODS_A_YEAR
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import (
    Formatter,
    listed,
    metric_title,
    multiple,
    split_title,
    spoken,
)
from cs_lib.report.text.measure_row import (
    Reading,
    farthest_apart,
    labels,
    readings,
    split_column,
)
from cs_lib.report.text.sentences import in_period
from cs_lib.report.text.word_forms import (
    capital,
    is_plural,
    lower_first,
    names_itself,
    subject,
)
from cs_lib.vocabulary import (
    COUNT,
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    MET,
    MISSED,
    OWNER,
    PERCENT,
    POINTS,
    SCORE,
    SUPPRESSED,
)

MONTHS = PERIODS_A_YEAR[MONTH]
#: how many segments are named where several stand alike
NAMED = 3
#: with more segments than this the farthest two may lie apart by chance though their intervals do not meet
FEW_SEGMENTS = 5
#: what a segment that stands apart does, where a verb says it better than "has"
DOES = {
    "customer_churn_rate": "loses {} of its customers a month",
    "gross_revenue_churn_rate": "loses {} of its MRR a month",
    "gross_revenue_retention": "keeps {} of the revenue of a year before",
    "net_revenue_retention": "brings {} of the revenue of a year before",
}
#: splits of which two are told that surely differ: the highest and the lowest, or those that lie farthest apart
ENDS = {"feature_adoption": "most used is {} ({}), least used {} ({})"}
PAIRS = {
    "churn_by_use": "of customers with {} of use in a month {} left in the next, of those with {} {}"
}


def segment_sentence(
    metric: Metric,
    frame: pd.DataFrame,
    *,
    formatter: Formatter,
    apart: Apart | None = None,
    standings: dict[str, Standing | None] | None = None,
    scale: tuple[int, int] | None = None,
) -> Sentence:
    """Which segments stand apart over a year; else the ends of what is counted; then their targets.

    `frame`: rows of the measures for one metric and one period, one row a segment. `apart`: each segment
    against the others, corrected for how many there are; `standings` by segment; `scale` of a score.
    """
    rows = [row for row in readings(frame) if row.segment_by != ALL]
    shown = [row for row in rows if row.ok]
    by = spoken(split_column(rows)) if rows else "segment"
    title = split_title(lower_first(metric_title(metric, rows[0].variant if rows else None)), by)
    if not shown:
        when = in_period(rows[0], formatter) if rows else ""
        return Sentence(f"No {by} has a figure for {title}{when}.")
    names = dict(zip((row.segment for row in rows), labels(rows), strict=True))
    parts = [
        apart_words(apart, metric, formatter, rows[0].variant)
        or _none_apart(apart, metric, title, by, formatter, rows[0].variant)
        or _ends(shown, names, metric, title, by, formatter),
        _targets_of_segments(shown, names, standings or {}),
        _without(rows, names, in_period(rows[0], formatter) if apart is not None else ""),
        _months_left_out(apart),
        _scale_words(scale, metric, formatter),
    ]
    return Sentence(" ".join(part for part in parts if part))


def apart_words(
    apart: Apart | None, metric: Metric, formatter: Formatter, variant: str | None = None
) -> str:
    """ "APAC loses 4.0% of its customers a month, twice the rate elsewhere (1.9%)", and over which months: bad news first.

    Empty where none stands apart. Of two segments one is told, for the other is its mirror image.
    """
    rows = [] if apart is None else apart.differing.to_dict("records")
    if apart is None or not rows:
        return ""
    names = dict(zip(apart.rows["segment"], labels(readings(apart.rows)), strict=True))
    over = _over(apart, metric, variant, formatter)
    if pair := _pair(apart, metric):
        words = ENDS.get(metric.name) or PAIRS[metric.name]
        values = formatter.alike([each.value for each in pair], metric.unit_of(variant))
        (high, low), (highest, lowest) = values, [names[each.segment] for each in pair]
        return capital(f"{words.format(highest, high, lowest, low)}, {over}.")
    sign = 1 if metric.direction_of(variant) == HIGHER_IS_BETTER else -1
    rows.sort(key=lambda row: sign * (row["value"] - row["rest"]) > 0)
    told = [
        f"{_named(row, names, first=not place)} {_does(row, metric, formatter, variant, again=bool(place))}"
        for place, row in enumerate(rows[: 1 if len(apart.rows) == 2 else NAMED])
    ]
    joint = ", " if len(told) == 1 else "; all "
    return capital(f"{'; '.join(told)}{joint}{over}.")


def _named(row: dict, names: dict[str, str], *, first: bool) -> str:
    """The first with its column, so that nobody reads "Chinese has an NPS"; the others by their names."""
    name = names[row["segment"]]
    return subject(str(row["segment_by"]), name) if first else name


def _months_left_out(apart: Apart | None) -> str:
    """ "Months of few are not in it: 3 of 12 for Events, 1 for Partner": of a figure over the others alone."""
    rows = [] if apart is None else apart.rows[apart.rows["hidden"] > 0].to_dict("records")
    if apart is None or not rows:
        return ""
    names = dict(zip(apart.rows["segment"], labels(readings(apart.rows)), strict=True))
    rows.sort(key=lambda row: (-row["hidden"], row["segment"]))
    told = [
        f"{row['hidden']}{'' if place else f' of {apart.months}'} for {names[row['segment']]}"
        for place, row in enumerate(rows)
    ]
    whose = ", or in which others had some of the customers," if _by_owner(apart) else ""
    return f"Months of few{whose} are not in it: {listed(told, most=NAMED)}."


def _by_owner(apart: Apart) -> bool:
    return apart.rows["segment_by"].str.split(",").map(lambda by: OWNER in by).any()


def _pair(apart: Apart, metric: Metric) -> tuple[Reading, Reading] | None:
    """The two that surely lie farthest apart; of ENDS, only if no other lies beyond."""
    rows = readings(apart.rows)
    pair = farthest_apart(rows) if metric.name in (*ENDS, *PAIRS) else None
    if pair is None:
        return None
    beyond = any(not pair[1].value <= row.value <= pair[0].value for row in rows)
    return None if metric.name in ENDS and beyond else pair


def _does(
    row: dict, metric: Metric, formatter: Formatter, variant: str | None, *, again: bool = False
) -> str:
    """ "loses 4.0% of its customers a month, twice the rate elsewhere (1.9%)"."""
    unit = metric.unit_of(variant)
    value, rest = formatter.alike((row["value"], row["rest"]), unit)
    canonical = variant in (None, metric.canonical)
    title = metric.title if canonical else metric_title(metric, variant)
    phrase = DOES.get(metric.name) if canonical else None
    text = value if again else (phrase or f"has {_with_article(title)} of {{}}").format(value)
    times = "" if unit in (POINTS, SCORE) else multiple(row["value"], row["rest"])
    if not times:
        return f"{text} (elsewhere {rest})"
    return f"{text}, {times} {'the rate' if unit == PERCENT else 'that'} elsewhere ({rest})"


def _with_article(title: str) -> str:
    """ "a customer churn rate", "an active customer rate"; "CAC" and "promoters" without."""
    name = lower_first(title)
    if name == title or is_plural(title):
        return name
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _none_apart(
    apart: Apart | None,
    metric: Metric,
    title: str,
    by: str,
    formatter: Formatter,
    variant: str | None,
) -> str:
    """ "No plan stands apart in NPS (37.6 to 39.2 points over the twelve months to June 2026)"."""
    if apart is None:
        return ""
    unit = metric.unit_of(variant)
    low, high = formatter.alike((apart.rows["value"].min(), apart.rows["value"].max()), unit)
    low = low.removesuffix(" points")
    return f"No {by} stands apart in {title} ({low} to {high} {_over(apart, metric, variant, formatter)})."


def _ends(
    shown: list[Reading],
    names: dict[str, str],
    metric: Metric,
    title: str,
    by: str,
    formatter: Formatter,
) -> str:
    """ "New customers by plan in June 2026: most for Practice (20), fewest for Network (9)".

    Who stands at the ends is named of what is counted, and where their intervals do not meet.
    """
    unit, ordered = metric.unit_of(shown[0].variant), sorted(shown, key=lambda row: -row.value)
    when = in_period(shown[0], formatter)
    subject = f"{capital(title)}{when}"
    texts = formatter.alike([row.value for row in ordered], unit)
    if len(shown) == 1:
        return f"{subject}: {texts[0]} for {names[shown[0].segment]}, the only {by} with a figure."
    if texts[0] == texts[-1]:
        return f"{subject}: {texts[0]} for every {by} that has a figure."
    counted = isinstance(metric.rule(shown[0].variant), Amount)
    highest, lowest = (
        [row for row, text in zip(ordered, texts, strict=True) if text == end]
        for end in (texts[0], texts[-1])
    )
    certain = len(ordered) <= FEW_SEGMENTS and _lie_apart(highest, lowest)
    if not (counted or certain):
        low = formatter.value(ordered[-1].value, unit, bare=True) if unit == POINTS else texts[-1]
        return f"{subject} by {by}: {low} to {texts[0]}."
    if not names_itself(shown[0].segment_by):
        subject = f"{capital(title)} by {by}{when}"
    words = ("most", "fewest" if unit == COUNT else "least") if counted else ("highest", "lowest")
    ends = [
        f"{word} for {listed([names[row.segment] for row in rows], most=NAMED)} ({text})"
        for word, rows, text in zip(words, (highest, lowest), (texts[0], texts[-1]), strict=True)
    ]
    return f"{subject}: {', '.join(ends)}."


def _lie_apart(highest: list[Reading], lowest: list[Reading]) -> bool:
    """Whether each of the highest lies above each of the lowest beyond chance: all of them are named."""
    known = all(row.has_interval for row in (*highest, *lowest))
    return known and min(row.low for row in highest) > max(row.high for row in lowest)


def apart_finding(found: Finding, metric: Metric, formatter: Formatter) -> str:
    """ "APAC loses 4.0% of its customers a month, twice that elsewhere (1.9%)"."""
    row = {"value": found.value, "rest": found.reference}
    who = labels([Reading(segment_by=found.segment_by, segment=found.segment)])[0]
    return capital(f"{subject(found.segment_by, who)} {_does(row, metric, formatter, None)}")


def _over(apart: Apart, metric: Metric, variant: str | None, formatter: Formatter) -> str:
    """ "over the twelve months to June 2026": of figures over so many, however they were come by."""
    first, last, rule = apart.first, apart.last, metric.rule(variant)
    a_year = rule.looks_back == MONTHS or any(each.pooled == MONTHS for each in rule.made_of)
    if a_year or (first.grain == MONTH and first == last.back(MONTHS - 1)):
        return f"over the twelve months to {formatter.period(last)}"
    return formatter.within(first, last)


def _targets_of_segments(shown: list[Reading], names: dict, standings: dict) -> str:
    """For which segments the target was missed, and for which met."""
    verdicts: dict[str, list[str]] = {MISSED: [], MET: []}
    for row in shown:
        standing = standings.get(row.segment)
        if standing is not None and standing.verdict in verdicts:
            verdicts[standing.verdict].append(names[row.segment])
    parts = [f"was {word} for {listed(who)}" for word, who in verdicts.items() if who]
    return f"The target {listed(parts)}." if parts else ""


def _without(rows: list[Reading], names: dict[str, str], when: str) -> str:
    """Who has no figure, and `when` if the figures told are those of other months: "Partner: too few to say"."""
    without = [row for row in rows if not row.ok]
    if not without or len(without) == len(rows):
        return ""
    who = listed([names[row.segment] for row in without], most=NAMED)
    if all(row.status == SUPPRESSED for row in without):
        return capital(f"{who}{when}: too few to say.")
    return capital(f"{who}{when}: no figure.")


def _scale_words(scale: tuple[int, int] | None, metric: Metric, formatter: Formatter) -> str:
    if scale is None:
        return ""
    sides = {HIGHER_IS_BETTER: "; higher is better", LOWER_IS_BETTER: "; lower is better"}
    ends = " to ".join(formatter.tick(end, SCORE) for end in scale)
    return f"The scale runs from {ends}{sides.get(metric.direction, '')}."
