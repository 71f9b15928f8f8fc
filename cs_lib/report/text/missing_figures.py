"""Why there is no figure: not observed yet, or nothing to divide by."""

from cs_lib.metrics.catalogue.rules import Rule
from cs_lib.vocabulary import GONE, HANDED_OVER, UNDEFINED


def unobserved_why(rule: Rule | None) -> str:
    """Why a figure cannot be observed: it is too soon, or the history does not reach so far back."""
    if rule is None:
        return "not yet observable"
    back = max([rule.looks_back, *(each.pooled for each in rule.made_of)])
    if back:
        return f"needs {back} months of history"
    if any(each.back for each in rule.made_of):
        return "needs the figures of an earlier period"
    if rule.active_at:
        return "needs the whole active window before it"
    return "not observable" if rule.matures is None else "not yet observable"


#: why there is no rate of an owner's customers though there were some: see `compute.owner_rates`
_WHOSE = {GONE: "no customers today", HANDED_OVER: "others had some of them before"}


def undefined_why(rule: Rule | None, status: str = UNDEFINED) -> str:
    """Why a rule has no figure when its denominator is zero: "no customers at the start of the period"."""
    if status in _WHOSE:
        return _WHOSE[status]
    if rule is None:
        return ""
    if rule.undefined_says:
        return rule.undefined_says
    _, says = rule.says
    return f"no {says}" if says and not says.startswith("no ") else says
