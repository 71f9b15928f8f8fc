"""What a definition card says of an edition's settings, those left at their default too, and of segments."""

from cs_lib.edition import Edition
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import Curve, Derived, Duration, Rule

_PAYING = (
    "of columns that change, money and customers at the start follow the segment of the start, those at "
    "the end that of the end; a customer counts in each segment in which it pays"
)
_KEPT = (
    "of columns that change, money follows the segment of the start; what is left of a customer's is shared "
    "to the segments in which it was, by their part"
)
_FIRST = "of columns that change, a customer stays in the segment in which it first paid"
_USING = (
    "of columns that change, a customer counts in each segment in which it pays at the end; who pays "
    "nothing then, in that of the subscription that started last"
)
_ANSWERING = (
    "of columns that change, an answer counts in the segment of the customer's subscription that started "
    "last before the period's end"
)
_ORDERING = "of columns of orders, a customer counts in each segment in which it ordered"
_SEGMENTS = {
    "movements": _PAYING,
    "losses": _PAYING,
    "engagement": _PAYING,
    "lifetimes": _FIRST,
    "usage": _USING,
    "features": _USING,
    "onboarding": _ANSWERING.replace("an answer", "a customer").replace("the customer's", "its"),
    "activity": _ORDERING,
    **dict.fromkeys(("nps", "csat", "ces", "invitations", "follow_ups"), _ANSWERING),
}
_LEFT_OF_THE_OPENING = ("gross_revenue_retention", "net_revenue_retention")
_CURVES = ("survival", "cohort_retention")
_ALONG_LIFE = ("survival", "expected_lifetime", "sbg")


def segment_rule(metric: Metric) -> str:
    """Which segment a figure counts a customer in; nothing where it is made of other figures alone."""
    if metric.name in _LEFT_OF_THE_OPENING:
        return _KEPT
    if metric.name in _CURVES:
        return _FIRST
    facts = [rule.fact for rule in metric.rules if rule.fact]
    return _SEGMENTS.get(facts[0], "") if facts else ""


def formula(rule: Rule) -> str:
    """ "100 × (promoters less detractors) ÷ answers": what is divided by what, so that it reads one way only."""
    over, under = rule.says
    said = f"{_grouped(over)} ÷ {_grouped(under)}" if under and under != "1" else over
    said = f"{rule.times:g} × {said}" if rule.times != 1 else said
    return f"{said} − {rule.minus:g}" if rule.minus else said


def _grouped(says: str) -> str:
    """A part of several terms in parentheses."""
    several = ("×", "÷", " less ", ", plus ")
    return f"({says})" if any(sign in says for sign in several) else says


def settings(metric: Metric, edition: Edition) -> list[str]:
    """Each setting that the metric's rules read, with its value: "active window 3 months (the default)"."""
    given, rules = edition.definitions, metric.rules
    asked = {}
    if any(rule.active_at for rule in rules):
        asked["active_window"] = f"active window {_many(given.active_window, 'month')}"
    if any(rule.matures == "response_window" for rule in rules):
        asked["response_window"] = f"response window {_many(given.response_window, 'day')}"
    if given.referrals and any(rule.fact == "earned" for rule in rules):
        asked["referrals"] = " or ".join(
            f"came by referral: {column} {', '.join(values)}"
            for column, values in given.referrals.items()
        )
    if any(rule.matures == "follow_up_window" for rule in rules):
        asked["follow_up_window"] = f"followed up within {_many(given.follow_up_window, 'day')}"
    if any(rule.fact == "renewals" for rule in rules):
        asked["renewal_grace"] = f"renewed within {_many(given.renewal_grace, 'day')}"
    if any(map(_looks_along_life, rules)):
        asked["lifetime_horizon"] = f"horizon {_many(given.lifetime_horizon, 'month')}"
    if any(each.back == "cac_lag" for rule in rules for each in rule.made_of):
        asked["cac_lag"] = f"costs of {_many(given.cac_lag, 'period')} before in the lagged rule"
    if metric.name == "time_to_value" and given.first_value_feature:
        asked["first_value_feature"] = (
            f"first value is the first use of {given.first_value_feature}"
        )
    stated = given.model_fields_set
    return [said if name in stated else f"{said} (the default)" for name, said in asked.items()]


def _looks_along_life(rule: Rule) -> bool:
    if isinstance(rule, Duration):
        return rule.fact == "lifetimes"
    if isinstance(rule, Curve):
        return rule.table == "curves"
    return isinstance(rule, Derived) and rule.variant in _ALONG_LIFE


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
