"""Comments without what tells who wrote them, or of whom.

A word is shown where customers enough wrote it in small letters. Everything else is masked: rare words, words with a
capital letter inside a sentence, whatever holds a digit, addresses, links, and the names that the tables know (customers,
owners, respondents), however they are written. The edition can't make it show more.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cs_lib.edition.theme_words import BETWEEN, plain

#: what stands in the place of what was taken out
MASK = "▒▒▒"
#: the longest name, in words; the longest comment, in signs
MOST_WORDS, MOST_SIGNS = 6, 220
#: so much of what a customer wrote is looked at: patterns take time with the square of a text without blanks
MOST_READ = 2_000
#: a word of the writer's own name, or of an owner's, is taken out from so many letters on
LEAST_LETTERS = 3
_LINK = re.compile(r"\S*(?:://|\bwww\.)\S+|\S*\w\.[a-z]{2,}(?:[/:?]\S*)?(?=[\s,;)]|$)", re.I)
_ADDRESS = re.compile(r"\S*[@＠]\S*")
_NUMBER = re.compile(r"\S*\d\S*")
_WORD = re.compile(BETWEEN.replace("[", "[^", 1))
_QUOTE = re.compile(r"(?<!\w)['’]|['’](?!\w)")
_TAG = re.compile(r"<[^<>]*>")
_KEPT_BETWEEN = re.compile(rf"[^ .,;:!?'’–{MASK[0]}-]+")
#: nobody knows what a comment of fewer words than this, or mostly masked, says
LEAST_SHOWN = 3


@dataclass(frozen=True)
class Shown:
    """What may be shown: `common` words, and `names` (plain) that never are."""

    common: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of(cls, common: Iterable[str], names: Iterable[str], owners: Iterable[str]) -> "Shown":
        """Of `owners` each word is a name."""
        parts = (word for name in owners for word in _parts(name))
        return cls(frozenset(common), frozenset((*names, *parts)))


def readable(text: str) -> str:
    """The text in plain signs: compatible forms made one, nothing that does not show, no tags, lines joined; the first
    MOST_READ signs of it, to the end of a word."""
    shown = "".join(
        " " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign
        for sign in unicodedata.normalize("NFKC", text)
        if unicodedata.category(sign) != "Cf"
    )
    plain_text = re.sub(r"\s+", " ", _TAG.sub(" ", shown)).strip()
    cut = plain_text[:MOST_READ]
    return cut if cut == plain_text else cut.rpartition(" ")[0]


def words_of(text: str) -> list[str]:
    """The words of a readable text, in small letters."""
    return [each.group().lower() for each in _WORD.finditer(text)]


def runs_of(text: str) -> Iterator[tuple[str, int, int]]:
    """Every run of up to MOST_WORDS words on end, as it is compared, and from where to where it goes."""
    words = [(each.group().lower(), *each.span()) for each in _WORD.finditer(text)]
    for place, (run, start, _) in enumerate(words):
        yield words[place]
        for word, _, end in words[place + 1 : place + MOST_WORDS]:
            run = f"{run} {word}"
            yield run, start, end


def masked(text: str, who: str, shown: Shown) -> str:
    """A readable text with everything masked that may not be shown; `who` is what its writer is known by.

    >>> shown = Shown.of(["too", "expensive", "said"], ["acme"], ["Maya Ortiz"])
    >>> masked("Too expensive, said Jim of ACME (jim@acme.example, 555 1234)", "c-17", shown)
    'Too expensive, said ▒▒▒'
    """
    hidden = [each.span() for shape in (_LINK, _ADDRESS, _NUMBER) for each in shape.finditer(text)]
    own = {*_parts(who), plain(who)}
    hidden += [
        (start, end) for run, start, end in runs_of(text) if run in shown.names or run in own
    ]
    hidden += [each.span() for each in _WORD.finditer(text) if not _is_shown(each, text, shown)]
    return _shortened(_without(text, hidden))


def can_be_read(text: str) -> bool:
    """Whether enough of a masked text is left: three words or more, and more than was taken out."""
    left = len(words_of(text.replace(MASK, " ")))
    return left >= LEAST_SHOWN and left > 2 * text.count(MASK)


def _parts(name: str) -> list[str]:
    return [each for each in plain(name).split() if len(each) >= LEAST_LETTERS]


def _is_shown(word: re.Match[str], text: str, shown: Shown) -> bool:
    before = text[: word.start()].rstrip(" \"'“„«(-–—")
    begins = not before or before[-1] in ".!?:;"
    small = word.group() == word.group().lower()
    return word.group() == "I" or ((small or begins) and word.group().lower() in shown.common)


def _without(text: str, hidden: list[tuple[int, int]]) -> str:
    """The text with what is hidden replaced, and of the signs between words only those that sentences need."""
    kept, at = [], 0
    for start, end in sorted(hidden):
        if start > at:
            kept.append(text[at:start])
        if end > at:
            kept.append(MASK)
        at = max(at, end)
    parts = re.split(rf"({MASK}|{_WORD.pattern})", "".join([*kept, text[at:]]))
    signs = "".join(
        part if place % 2 else _KEPT_BETWEEN.sub(" ", part) for place, part in enumerate(parts)
    )
    joined = re.sub(rf"{MASK}(?:[^\w{MASK[0]}]*{MASK})+", MASK, _QUOTE.sub("", signs))
    return re.sub(r" +([.,;:!?])", r"\1", re.sub(r"\s+", " ", joined)).strip()


def _shortened(text: str) -> str:
    return text if len(text) <= MOST_SIGNS else f"{text[:MOST_SIGNS].rpartition(' ')[0]} …"
