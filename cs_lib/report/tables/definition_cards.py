"""The appendix: what each metric of a report means, printed from its declaration."""

import html
from collections.abc import Iterable, Mapping

from cs_lib.edition import Definitions, Edition
from cs_lib.edition.targets import Target
from cs_lib.judgement.series import OF_A_PERIOD
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import Rule
from cs_lib.period import ALL
from cs_lib.report.display import DefinitionCards
from cs_lib.report.tables.definition_list import ANCHOR
from cs_lib.report.tables.measure_tables import variant_name
from cs_lib.report.text import definition_text
from cs_lib.report.text.formatting import Formatter, listed
from cs_lib.report.text.verdict_words import target_words
from cs_lib.vocabulary import (
    COUNT,
    DAYS,
    HIGHER_IS_BETTER,
    LOST_MRR,
    LOWER_IS_BETTER,
    MONEY,
    MONTHS,
    PER_YEAR,
    PERCENT,
    POINTS,
    RATIO,
    SCORE,
)

_UNITS = {
    PERCENT: "per cent",
    MONEY: "money",
    COUNT: "a count",
    POINTS: "points from −100 to +100",
    SCORE: "a score on the survey's scale",
    RATIO: "a ratio",
    MONTHS: "months",
    DAYS: "days",
    PER_YEAR: "times a year",
}
_DIRECTIONS = {HIGHER_IS_BETTER: "higher is better", LOWER_IS_BETTER: "lower is better"}


LOSS = "a loss, below zero: nearer to zero is better"


def _better(side: str) -> str:
    return _DIRECTIONS.get(side, "neither side is better")


def definitions(
    metrics: Iterable[Metric],
    formatter: Formatter,
    edition: Edition | None = None,
    *,
    used: Mapping[str, Iterable[str]] | None = None,
) -> DefinitionCards:
    """A card for each metric, in the order given. `used` may limit a metric to some variants.

    With an edition the cards also say its targets and the choices that it makes itself.
    """
    cards = [_card(metric, formatter, edition, (used or {}).get(metric.name)) for metric in metrics]
    markup = "\n".join(_as_html(name, title, lines) for name, title, lines in cards)
    text = "\n\n".join(_as_text(title, lines) for _, title, lines in cards)
    return DefinitionCards(
        f'<div class="definitions">\n{markup}\n</div>',
        text or "No metric was used.",
        {ANCHOR.format(name): title for name, title, _ in cards},
    )


def _card(
    metric: Metric,
    formatter: Formatter,
    edition: Edition | None,
    variants: Iterable[str] | None,
) -> tuple[str, str, list[tuple[str, str]]]:
    wanted = [r for r in metric.rules if variants is None or r.variant in set(variants)]
    better = LOSS if metric.name in LOST_MRR else _better(metric.direction)
    lines = [("Reads as", f"{_unit(metric.unit, formatter)}; {better}")]
    for rule in wanted or metric.rules:
        lines.append((_rule_name(metric, rule), _rule_text(metric, rule, formatter)))
    lines.append(("Leaves out", metric.leaves_out))
    lines += _of_edition(metric, formatter, edition)
    lines.append(("Source", metric.source))
    return metric.name, metric.title, lines


def _unit(unit: str, formatter: Formatter) -> str:
    return f"{_UNITS[unit]} in {formatter.currency}" if unit == MONEY else _UNITS[unit]


def _rule_name(metric: Metric, rule: Rule) -> str:
    return "Rule" if len(metric.rules) == 1 else f"Rule: {variant_name(metric, rule.variant)}"


def _rule_text(metric: Metric, rule: Rule, formatter: Formatter) -> str:
    """ "A ÷ B. Wilson interval at 95%. Leaves out …"."""
    _, under = rule.says
    parts = [definition_text.formula(rule)]
    if rule.unit and rule.unit != metric.unit:
        better = _better(metric.direction_of(rule.variant))
        parts.append(f"Reads as {_unit(rule.unit, formatter)}; {better}")
    parts.append(
        f"Interval: {rule.interval}, at {formatter.level}"
        if rule.interval
        else "No interval: counted, not sampled"
        if not under
        else "No interval is given"
    )
    if rule.undefined_says:
        parts.append(f"Where it is undefined: {rule.undefined_says}")
    if rule.leaves_out:
        parts.append(f"Leaves out {rule.leaves_out}")
    return ". ".join(part[:1].upper() + part[1:] for part in parts) + "."


def _of_edition(
    metric: Metric, formatter: Formatter, edition: Edition | None
) -> list[tuple[str, str]]:
    if edition is None:
        return []
    lines = []
    needs = {need for rule in metric.rules for need in rule.needs_definitions}
    given = edition.definitions
    if "gross_margin" in needs and given.gross_margin is not None:
        lines.append(f"gross margin {formatter.tick(given.gross_margin, PERCENT)}")
    lines += _survey_choices(metric.name, given)
    lines += definition_text.settings(metric, edition)
    targets = edition.targets.get(metric.name, {})
    for segment, history in sorted(targets.items(), key=lambda each: (each[0] != ALL, each[0])):
        where = "" if segment == ALL else f" for {segment}"
        dated = [_target(each, metric, _direction(metric, given), formatter) for each in history]
        lines.append(f"target{where} {listed(dated)}")
    rule = definition_text.segment_rule(metric) if edition.segments else ""
    said = [("In this edition", "; ".join(lines)), ("Segments", rule[:1].upper() + rule[1:])]
    return [(head, text) for head, text in said if text]


def _direction(metric: Metric, given: Definitions) -> str:
    return given.ces.direction if metric.name == "ces" and given.ces else metric.direction


def _survey_choices(name: str, given: Definitions) -> list[str]:
    if name.startswith("nps"):
        return ["scale {} to {}".format(*given.nps.scale)]
    if name.startswith("csat"):
        scale, satisfied = given.csat.scale, given.csat.satisfied
        return ["scale {} to {}".format(*scale), "satisfied means {} to {}".format(*satisfied)]
    if name.startswith("ces") and given.ces:
        return [
            "scale {} to {}".format(*given.ces.scale),
            f"{given.ces.direction} is better",
            "easy means {} to {}".format(*given.ces.easy),
        ]
    return []


def _as_html(name: str, title: str, lines: list[tuple[str, str]]) -> str:
    items = "\n".join(f"<dt>{html.escape(k)}</dt><dd>{html.escape(v)}</dd>" for k, v in lines)
    anchor = html.escape(ANCHOR.format(name), quote=True)
    head = f'<section class="definition" id="{anchor}">\n<h3>{html.escape(title)}</h3>'
    return f"{head}\n<dl>\n{items}\n</dl>\n</section>"


def _as_text(title: str, lines: list[tuple[str, str]]) -> str:
    return "\n".join([title, *(f"  {key}: {value}" for key, value in lines)])


def _target(target: Target, metric: Metric, direction: str, formatter: Formatter) -> str:
    """ "at most 2% a month since January 2026"."""
    grain = f" a {target.grain}" if metric.name in OF_A_PERIOD else ""
    since = f" since {target.since}" if target.since else ""
    return f"{target_words(target.value, metric.unit, direction, formatter)}{grain}{since}"
