"""Which features go with leaving, and with paying more, in a sentence."""

import pandas as pd

from cs_lib.judgement.goes_with import FeaturesGoWith
from cs_lib.report.display import Sentence
from cs_lib.report.text.effect_words import CAVEAT, NAMED
from cs_lib.report.text.formatting import Formatter

NONE_APART = "No feature stands apart from the others in how it goes with"


def feature_effects_sentence(found: FeaturesGoWith, formatter: Formatter) -> Sentence:
    """ "Of 100 customers alike in all else that is known, 1.2 fewer leave in a month where they used Waitlist …"."""
    if _none_apart(found.leaving) and _none_apart(found.growing):
        return Sentence(f"{NONE_APART} leaving, or with paying more.")
    leaving = _told(found.leaving, formatter, "leave in a month", "leaving", "left")
    growing = _told(
        found.growing, formatter, "pay more a month later", "paying more", "paid more a month later"
    )
    differs = found.leaving["differs"].any() or found.growing["differs"].any()
    return Sentence(f"{leaving} {growing}{f' {CAVEAT}' if differs else ''}")


def _none_apart(rows: pd.DataFrame) -> bool:
    return len(rows) > 0 and not rows["differs"].any()


def _told(rows: pd.DataFrame, formatter: Formatter, do: str, doing: str, done: str) -> str:
    if rows.empty:
        return (
            f"Too few customers {done} while use was recorded to say which features go with that."
        )
    clear = rows[rows["differs"]]
    if clear.empty:
        return f"{NONE_APART} {doing}."
    order = clear["effect"].abs().sort_values(ascending=False, kind="stable").index[:NAMED]
    told = [
        _effect(row, place, formatter, do)
        for place, row in enumerate(clear.loc[order].to_dict("records"))
    ]
    return f"Of 100 customers alike in all else that is known, {'; '.join(told)}."


def _effect(row: dict, place: int, formatter: Formatter, do: str) -> str:
    """The first in full, further ones short: "0.8 fewer where they used Reports (0.3 to 1.4)"."""
    effect, *ends = (100 * row[each] for each in ("effect", "low", "high"))
    shown, low, high = (
        formatter.decimal(each, 1) for each in (abs(effect), *sorted(map(abs, ends)))
    )
    more = f"{shown} {'more' if effect > 0 else 'fewer'}"
    if place:
        return f"{more} where they used {row['feature']} ({low} to {high})"
    return (
        f"{more} {do} where they used {row['feature']} than where they did not "
        f"({formatter.level} interval {low} to {high})"
    )
