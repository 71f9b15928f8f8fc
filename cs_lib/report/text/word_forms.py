"""Titles and names as they stand inside a sentence."""

import re

from cs_lib.period import segment_pairs
from cs_lib.report.text.formatting import spoken

#: segment columns whose values are places, so that something is in them; other values are kinds of customers
PLACES = ("region", "country", "market", "territory", "state", "city", "location", "area")
#: columns of a metric's own whose values name what is measured
OWN_SPLITS = ("touchpoint", "feature", "use", "instrument", "category", "kind", "reason")


def capital(text: str) -> str:
    """The text as a sentence begins."""
    return text[:1].upper() + text[1:]


def lower_first(title: str) -> str:
    """The title inside a sentence: "Customer churn" is lowered, "NPS" and "MRR" are not."""
    return title if title[1:2].isupper() or title[:1] == "" else title[0].lower() + title[1:]


def is_plural(title: str) -> bool:
    """Whether a title such as "Customers at month end" names several things."""
    head = re.split(r" (?:at|of|a|in|per|by|who) | \(|:", title)[0].split()[-1]
    return head.endswith("s") and not head.endswith("ss") and not head.isupper()


def who(by: str, segment: str) -> str:
    """ "APAC", "Solo, EMEA"; with its column where a value alone would not say whose it is."""
    pairs = segment_pairs(by, segment)
    return ", ".join(
        value if value[:1].isupper() and len(value) > 2 else f"{spoken(column)} {value}"
        for column, value in pairs
    )


def is_placed(by: str) -> bool:
    """Whether the values of a segment column are places."""
    return by.rpartition(",")[2].lower() in PLACES


def names_itself(by: str) -> bool:
    """Whether values of a segment column say by themselves what they are: places, and what is measured."""
    return is_placed(by) or by.rpartition(",")[2] in OWN_SPLITS


def subject(by: str, name: str) -> str:
    """A segment as the subject of a sentence: "APAC" loses customers, but "plan Solo" and "language Chinese" do."""
    column = by.rpartition(",")[2]
    if "," in name or names_itself(by) or name.casefold().startswith(column):
        return name
    return f"{spoken(column)} {name}"
