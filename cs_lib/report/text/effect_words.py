"""What goes with leaving, in words: the features of a hazard and their labels, and the sentence on the largest."""

from collections.abc import Iterable

import pandas as pd

from cs_lib.data.facts import risk_features as known
from cs_lib.data.facts.nps_groups import NO_ANSWER
from cs_lib.judgement.goes_with import GoesWith
from cs_lib.metrics.models.risk_words import TOO_FEW
from cs_lib.period import INSIDE, segment_name
from cs_lib.report.display import Sentence
from cs_lib.report.text.formatting import Formatter, heading, spoken
from cs_lib.report.text.label_order import in_order

#: how many effects a sentence names
NAMED = 3
TITLES = {
    known.TENURE: "Joined",
    known.USE: "Days of use in the month",
    known.TREND: "Use against the two months before",
    known.BREADTH: "Features used in the month",
    known.SCORE: "Last NPS answer of a year",
    known.TERM: "Term",
}
_CLAUSES = {
    known.TENURE: "they joined {} ago",
    known.USE: "they used it on {}",
    known.BREADTH: "they used {}",
    known.SCORE: "their last answer was a {}'s",
}
_OWN = {
    (known.TREND, known.FELL): "use fell",
    (known.TREND, known.ROSE): "use rose",
    (known.TREND, known.STEADY): "use was steady",
    (known.SCORE, NO_ANSWER): "they gave no answer for a year",
    (known.TERM, known.ENDS): "a term ends",
    (known.TERM, known.RUNS_ON): "a term runs on",
    (known.TERM, known.MONTHLY): "they pay by the month",
    (known.TERM, known.NO_TERM): "no term is known",
}
#: what stands under sentence and table
CAVEAT = "These go together; that one brings the other about, this does not prove."


def title(feature: str) -> str:
    """The heading of a feature."""
    return TITLES.get(feature) or heading(segment_name(feature))


def labels_in_order(feature: str, labels: Iterable[str]) -> list[str]:
    """The labels of a feature from the shortest stay, the least use or the lowest answer on."""
    declared = known.LABELS.get(feature, ())
    return sorted(
        in_order(labels), key=lambda each: declared.index(each) if each in declared else -1
    )


def clause(feature: str, label: str) -> str:
    """ "use fell", "the plan is Solo": a label as part of a sentence on customers."""
    if feature.startswith(INSIDE):
        return f"the {spoken(segment_name(feature))} is {label}"
    if label == known.UNKNOWN:
        return f"{title(feature).lower()} is not known"
    return _OWN.get((feature, label)) or _CLAUSES[feature].format(label)


def effects_sentence(found: GoesWith, formatter: Formatter) -> Sentence:
    """ "Of 100 customers alike in all else that is known, 19.4 more leave in a month where a term ends than …"."""
    rows = found.leaving[found.leaving["differs"]]
    order = rows["effect"].abs().sort_values(ascending=False, kind="stable").index[:NAMED]
    told = [
        _effect(row, place, formatter) for place, row in enumerate(rows.loc[order].itertuples())
    ]
    if not told:
        text = "Nothing that is known of customers goes with leaving by more than normal variation, all else alike."
    else:
        text = f"Of 100 customers alike in all else that is known, {'; '.join(told)}. {CAVEAT}"
    return Sentence(f"{text} {_growing(found, formatter)}")


def _effect(row: tuple, place: int, formatter: Formatter, does: str = "leave in a month") -> str:
    effect, low, high = (100 * getattr(row, each) for each in ("effect", "low", "high"))
    more = "more" if effect > 0 else "fewer"
    ends = sorted(abs(each) for each in (low, high))
    shown, *between = (formatter.decimal(each, 1) for each in (abs(effect), *ends))
    level = f"{formatter.level} interval " if not place else ""
    return (
        f"{shown} {more} {does if not place else does.split()[0]} where {clause(row.feature, row.label)} than where "  # type: ignore[attr-defined]
        f"{clause(row.feature, row.base)} ({level}{between[0]} to {between[1]})"  # type: ignore[attr-defined]
    )


def _growing(found: GoesWith, formatter: Formatter) -> str:
    if found.growth_status == TOO_FEW:
        return "Too few customers have paid more a month later to say what goes with that."
    if found.growing.empty:
        return (
            "Who pays more a month later cannot be told from the same well enough to say what goes with it: such "
            "chances did not hold over the last twelve months."
        )
    rows = found.growing[found.growing["differs"]]
    if rows.empty:
        return "Nothing goes with paying more by more than normal variation."
    best = rows.loc[rows["effect"].abs().idxmax()]
    [row] = pd.DataFrame([best]).itertuples()
    return f"Of 100 such customers, {_effect(row, 0, formatter, 'pay more a month later')}."


def effect_mark(row: dict) -> str:
    """What stands before an effect beyond normal variation: on which side it lies."""
    if not row["differs"]:
        return ""
    return "▲ " if row["effect"] > 0 else "▼ "


def points(value: float, formatter: Formatter) -> str:
    """A difference of chances in percentage points with its sign: "+6.0"."""
    rounded = round(100 * value, 1)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{formatter.decimal(abs(rounded), 1)}"


def interval(row: dict, formatter: Formatter) -> str:
    """ "+3.9 to +8.0" """
    return f"{points(row['low'], formatter)} to {points(row['high'], formatter)}"
