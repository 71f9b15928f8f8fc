"""The way around: from each page of a pack up to all packs, to its neighbours, and to its segment's reports.

It is put into finished pages when the pack is published, not when they are rendered: a report taken
over from the pack before gets the neighbours that it has in this one, and need not be run again.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from cs_lib.pack.run.publish import write_changed

#: the pages of a pack that are no report: what leads to the others, the board book, and what words mean
INDEX, BOOK, DEFINITIONS = "index.html", "board.html", "definitions.html"
#: where a page keeps its place for the links; what stands between is replaced
START, END = "<!-- around -->", "<!-- /around -->"
#: something to follow: its words, and where it leads
Link = tuple[str, str]


@dataclass(frozen=True)
class Shelf:
    """Where the packs of an edition stand, as seen from one of them."""

    edition: str
    company: str

    @property
    def crumbs(self) -> tuple[Link, ...]:
        """The way from all packs to those of the edition."""
        home = "../" * (len(Path(self.edition).parts) + 1) + INDEX
        return ("Published reports", home), (self.company, f"{home}#{anchor_of(self.edition)}")


def anchor_of(edition: str) -> str:
    """Where an edition stands on the page of all packs."""
    return "edition-" + re.sub(r"[^\w-]+", "-", edition)


@dataclass(frozen=True)
class Page:
    """A report's page: its notebook, title and segment in words, its file, what it says of its age."""

    notebook: str
    title: str
    segment: str
    file: str
    notice: str = ""


def lead_around(pages: Sequence[Page], folder: Path, *, up: tuple[Link, ...]) -> None:
    """Give each page its links and its notice. `pages` are in the pack's order, `up` leads to its index."""
    of_notebook: dict[str, list[Page]] = {}
    of_segment: dict[str, list[Page]] = {}
    for page in pages:
        of_notebook.setdefault(page.notebook, []).append(page)
        of_segment.setdefault(page.segment, []).append(page)
    places = {page.file: place for some in of_notebook.values() for place, page in enumerate(some)}
    for page in pages:
        alike, place = of_notebook[page.notebook], places[page.file]
        links = [
            *_neighbour("prev", "Previous segment", alike[max(0, place - 1) : place]),
            *_neighbour("next", "Next segment", alike[place + 1 : place + 2]),
        ]
        others = [(each.title, each.file) for each in of_segment[page.segment] if each != page]
        way = way_around([*up, (page.title, "")], links, others, whose=page.segment)
        put_links(folder / page.file, way + _notice(page.notice))


def _neighbour(rel: str, says: str, pages: Sequence[Page]) -> list[str]:
    return [neighbour(rel, says, page.segment, page.file) for page in pages]


def neighbour(rel: str, says: str, words: str, file: str) -> str:
    """A link to the page before (`prev`) or after (`next`) this one."""
    return f'<a rel="{rel}" href="{quote(file)}"><span>{says}:</span> {escape(words)}</a>'


def way_around(
    crumbs: Iterable[Link], links: Sequence[str], others: Sequence[Link] = (), *, whose: str = ""
) -> str:
    """The head of a page: the way up to it, its neighbours, and the other reports of a segment."""
    steps = "".join(f"<li>{_step(*crumb)}</li>" for crumb in crumbs)
    whole = f'\n<nav class="crumbs" aria-label="Breadcrumb"><ol>{steps}</ol></nav>\n'
    if links:
        joined = "\n".join(links)
        whole += f'<nav class="around" aria-label="Before and after">\n{joined}\n</nav>\n'
    if others:
        joined = "\n".join(f'<a href="{quote(file)}">{escape(words)}</a>' for words, file in others)
        whole += (
            f'<nav class="around" aria-label="Other reports">\n<span>{escape(whose)}:</span>\n'
            f"{joined}\n</nav>\n"
        )
    return whole


def _step(words: str, file: str) -> str:
    if not file:
        return f'<span aria-current="page">{escape(words)}</span>'
    return f'<a href="{quote(file, safe="/#")}">{escape(words)}</a>'


def put_links(path: Path, links: str) -> None:
    """Put links into a page, in the stead of those it had."""
    write_changed(path, with_links(path.read_text(encoding="utf-8"), links))


def with_links(page: str, links: str) -> str:
    """The page with these links at its place for them, in the stead of those it had."""
    head, _, rest = page.partition(START)
    return f"{head}{START}{links}{END}{rest.partition(END)[2]}" if rest else page


def _notice(words: str) -> str:
    """That a page is not of the pack's own figures, where a screen reader looks for what stands beside a page."""
    if not words:
        return ""
    return (
        '<aside class="state attention" aria-label="Older than the pack">'
        f'<p><span class="mark" aria-hidden="true">!</span> {escape(words)}</p></aside>\n'
    )
