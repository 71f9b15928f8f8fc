"""The way around a pack: from each report back to the index, and to its neighbouring segments.

It is put into finished pages when the pack is published, not when they are rendered: a report taken
over from the pack before gets the neighbours that it has in this one, and need not be run again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from cs_lib.pack.run.publish import write_atomically

#: the pages of a pack that are no report: what leads to the others, the board book, and what words mean
INDEX, BOOK, DEFINITIONS = "index.html", "board.html", "definitions.html"
#: where a page keeps its place for the links; what stands between is replaced
START, END = "<!-- around -->", "<!-- /around -->"


@dataclass(frozen=True)
class Page:
    """A report's page: its notebook, its segment in words, its file, and what it says of its age."""

    notebook: str
    segment: str
    file: str
    notice: str = ""


def lead_around(pages: Sequence[Page], folder: Path, *, index: str) -> None:
    """Give each page its links and its notice. `pages` are in the pack's order."""
    for place, page in enumerate(pages):
        before = [each for each in pages[:place] if each.notebook == page.notebook]
        after = [each for each in pages[place + 1 :] if each.notebook == page.notebook]
        links = _links(index, before[-1] if before else None, after[0] if after else None)
        path = folder / page.file
        text = path.read_text(encoding="utf-8")
        led = with_links(text, links + _notice(page.notice))
        if led != text:
            write_atomically(path, led)


def with_links(page: str, links: str) -> str:
    """The page with these links at its place for them, in the stead of those it had."""
    head, _, rest = page.partition(START)
    return f"{head}{START}{links}{END}{rest.partition(END)[2]}" if rest else page


def _links(index: str, before: Page | None, after: Page | None) -> str:
    links = [f'<a class="up" href="{quote(index)}">All reports</a>']
    if before:
        links.append(_link("prev", "Previous segment", before))
    if after:
        links.append(_link("next", "Next segment", after))
    return '\n<nav class="around" aria-label="Reports">\n' + "\n".join(links) + "\n</nav>\n"


def _link(rel: str, says: str, page: Page) -> str:
    return (
        f'<a rel="{rel}" href="{quote(page.file)}"><span>{says}:</span> {escape(page.segment)}</a>'
    )


def _notice(words: str) -> str:
    mark = '<p><span class="mark" aria-hidden="true">!</span>'
    return (
        f'<div class="state attention" role="note">{mark} {escape(words)}</p></div>\n'
        if words
        else ""
    )
