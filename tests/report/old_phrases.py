"""What the kit no longer says, as it would be read on a page."""

import re
from html import unescape

OLD = (
    r"cannot be told from chance",
    r"beyond what chance explains",
    r"neither met nor missed",
    r"not distinguishable",
    r"control limits in",
    r"outside control limits",
    r"lie outside (its|their|control)",
    r"figures looked at",
    r"stood apart",
    r"taken together",
    r"clear run",
    r"Most was left of the cohort",
    r"so the order may be chance",
    r"No cause is named",
    r"within normal variation,? of",
    r"\bFrom \d{4} to \d{4},",
    r"no median: above",
    r"\(canonical\)",
    r"stored as a fraction",
    r"customers? at the (closing|opening)",
    r"paying at the (closing|opening)",
    r"[Rr]eads as better",
    r"[Oo]wn figure",
    r"is left out:",
    r"[Tt]he board asks",
    r"\bn = \{?",
    r"may be left undone",
    r"\d %(?!\})",
    r"for the worse",
    r"not yet observable in",
    r"figures? look at",
    r"for everybody",
    r"almost unchanged",
)


def seen(markup: str) -> str:
    """What a reader sees of a page."""
    return " ".join(
        unescape(re.sub(r"<(style|title)\b.*?</\1>|<[^>]+>", " ", markup, flags=re.S)).split()
    )


def found_in(text: str) -> list[str]:
    """The old phrases of a text, each with what stands around it."""
    places = [place for phrase in OLD for place in re.finditer(phrase, text)]
    return [text[max(0, place.start() - 60) : place.end() + 40] for place in places]
