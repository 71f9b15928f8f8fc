"""Abbreviations said in full where a page uses them first."""

import re
from html import escape

SAID = {
    "MRR": "monthly recurring revenue",
    "ARR": "annual recurring revenue: twelve times MRR",
    "ARPA": "average revenue per account and month",
    "CAC": "customer acquisition cost",
    "NPS": "net promoter score",
    "CSAT": "customer satisfaction: the share of satisfied answers",
    "CES": "customer effort score: how easy a step was",
    "LTV": "lifetime value of a customer",
    "GRR": "gross revenue retention",
    "NRR": "net revenue retention",
    "pp": "percentage points",
    "the trend": "the straight line through up to 24 periods before, carried on to this one; not their average",
}
#: what is not read as running text, or cannot hold an element
_PASSED = frozenset(
    ("title", "style", "pre", "code", "nav", "abbr", "dfn", "a", "h1", "h2", "h3", "summary")
)
_TAG = re.compile(r"""(<!--.*?-->|<(?:[^"'>]++|"[^"]*"|'[^']*')*+>)""", re.S)
_NAME = re.compile(r"</?\s*([a-zA-Z0-9]+)")


def glossed(page: str) -> str:
    """The page with `<abbr>` around the first use of each abbreviation in its running text."""
    left = dict(SAID)
    pieces, within = _TAG.split(page), list[str]()
    for place, piece in enumerate(pieces):
        if not left:
            break
        if place % 2:
            _follow(piece, within)
        elif not within and piece.strip():
            pieces[place] = _explained(piece, left)
    return "".join(pieces)


def _follow(tag: str, within: list[str]) -> None:
    """Note whether this tag opens or closes what is passed over."""
    named = _NAME.match(tag)
    name = named[1].lower() if named else ""
    if name in _PASSED:
        if tag.startswith("</"):
            if name in within:
                within.remove(name)
        else:
            within.append(name)


def _explained(text: str, left: dict[str, str]) -> str:
    names = re.compile(rf"(?<![\w-])(?:{'|'.join(left)})(?![\w-])")

    def first(found: re.Match) -> str:
        says = left.pop(found[0], "")
        return f'<abbr title="{escape(says)}">{found[0]}</abbr>' if says else found[0]

    return names.sub(first, text)
