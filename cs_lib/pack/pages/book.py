"""The board book: the cells that notebooks tag `board`, bound into one page for ten minutes.

A cell tagged `board` is in the book, under the heading that it has in its notebook; one tagged `book-start` as well
comes before all others, one tagged `book-end` after them. Only reports of the whole company take part, and none of
older figures unless all are: then the book says so.
"""

import contextlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from cs_lib.pack.pages.executed import Node, read_executed
from cs_lib.pack.pages.gloss import glossed
from cs_lib.pack.pages.header import day_words, period_words
from cs_lib.pack.pages.index import shared, template, write_page
from cs_lib.pack.pages.markdown import plain_text
from cs_lib.pack.pages.navigation import BOOK, DEFINITIONS
from cs_lib.pack.pages.page_ids import with_ids
from cs_lib.pack.pages.sections import Section, split, without_left_out
from cs_lib.pack.run.manifest import Contents, ReportEntry
from cs_lib.period import ALL
from cs_lib.vocabulary import CHECKS_MIME, OLDER

if TYPE_CHECKING:
    from cs_lib.edition import Edition
    from cs_lib.metrics.catalogue.declaration import Metric
    from cs_lib.metrics.measures import Measures

BOARD, FIRST, LAST = "board", "book-start", "book-end"
#: words that a reader of a board takes in a minute
PACE = 250
_HEADING = re.compile(r"#{2,6}\s+(.*)")
_CLOSED = re.compile(r"<(details|style)\b.*?</\1>", re.S)
_WITHIN = re.compile(r'(\shref="#)([^"]+)"')


@dataclass(frozen=True)
class BoundCell:
    """A cell of the book, the heading that it stands under, and whether it comes before (−1) or after (1) others."""

    heading: str
    cell: Node
    place: int


def bind(contents: Contents, edition: "Edition", measures: "Measures", folder: Path) -> str:
    """Write the book of a pack. Gives its file; nothing where no cell is tagged for it."""
    whole = [entry for entry in contents.entries if entry.segment == ALL]
    fresh = [entry for entry in whole if entry.has_page and not entry.is_outdated]
    current = fresh or [entry for entry in whole if entry.status == OLDER]
    read = {each.slug: found for each in current if (found := read_whole(folder / each.executed))}
    cells = [
        cell
        for each in current
        if each.slug in read
        for cell in tagged_cells(read[each.slug], each, BOARD)
    ]
    if not cells:
        return ""
    sections, left_out = bound(cells, shown="the board book")
    page = template("book.html.j2").render(
        contents=contents,
        period=period_words(contents.period),
        data_to=day_words(contents.lineage.last_day),
        prepared_by=edition.notes.prepared_by,
        checks=len(set().union(*map(checks_of, read.values()))),
        minutes=_minutes(sections),
        sections=sections,
        definitions=_definitions(sections, contents, measures),
        is_older=not fresh,
        missing=[entry.title for entry in whole if entry.slug not in read],
        left_out=left_out,
        left_out_title="What this book leaves out",
        meanings=DEFINITIONS,
        **shared(contents.brand),
    )
    write_page(glossed(page), folder / BOOK)
    return BOOK


def read_whole(executed: Path) -> Node | None:
    """An executed notebook; None where it is lost or damaged."""
    with contextlib.suppress(OSError, ValueError, LookupError, AttributeError, TypeError):
        return read_executed(executed)
    return None


def tagged_cells(executed: Node, entry: ReportEntry, tag: str) -> list[BoundCell]:
    """The cells of one executed notebook with a tag; before any heading its title stands."""
    found, heading = [], entry.title
    for cell in executed.cells:
        tags = cell.metadata.get("tags", ())
        if cell.cell_type == "markdown":
            headings = [
                each[1] for line in cell.source.splitlines() if (each := _HEADING.match(line))
            ]
            heading = (headings or [heading])[-1]
        if tag in tags:
            found.append(BoundCell(heading, cell, (LAST in tags) - (FIRST in tags)))
    return found


def bound(
    cells: Sequence[BoundCell], *, shown: str
) -> tuple[list[Section], list[tuple[str, list[str]]]]:
    """The sections of the book in order, and why others are left out."""
    whole: list[Node] = []
    last = None
    for each in sorted(cells, key=lambda each: each.place):
        if each.heading != last and each.cell.cell_type != "markdown":
            heading = Node(cell_type="markdown", metadata=Node(), source=f"## {each.heading}")
            whole.append(heading)
        last = each.heading
        whole.append(each.cell)
    sections, left_out = without_left_out(split(Node(cells=whole), shown=shown))
    for number, output in enumerate(each for section in sections for each in section.outputs):
        if "text/html" in output.get("data", {}):
            output.data["text/html"] = with_own_ids(output.data["text/html"], f"b{number}")
    return sections, left_out


def with_own_ids(markup: str, prefix: str) -> str:
    """The markup with ids that no other piece of the page has; links within it follow."""
    own = set(re.findall(r'\sid="([^"]+)"', markup))

    def named(each: str) -> str:
        return f"{prefix}-{each}" if each in own else each

    return _WITHIN.sub(lambda at: f'{at[1]}{named(at[2])}"', with_ids(markup, named))


def checks_of(executed: Node) -> set[str]:
    """What was proved in a notebook; one whose proof fails is not published."""
    outputs = (output for cell in executed.cells for output in cell.get("outputs", ()))
    return {what for output in outputs for what in output.get("data", {}).get(CHECKS_MIME, ())}


def _minutes(sections: Iterable[Section]) -> int:
    return max(1, ceil(len(_words(sections).split()) / PACE))


def _words(sections: Iterable[Section]) -> str:
    """What is read in the sections, but for what a reader has to open."""
    return " ".join(
        plain_text(_CLOSED.sub(" ", part))
        for section in sections
        for part in (section.title, *_parts(section))
    )


def _parts(section: Section) -> list[str]:
    shown = [cell["html"] for cell in section.cells if "html" in cell]
    return shown + [
        str(output.get("html") or output.get("data", {}).get("text/html") or "")
        for output in section.outputs
    ]


def _definitions(sections: Iterable[Section], contents: Contents, measures: "Measures") -> str:
    """One line for each metric that the book names."""
    from cs_lib.metrics.catalogue import CATALOGUE
    from cs_lib.report.tables.definition_list import definition_list

    there = [each.over(measures.facts) for each in CATALOGUE if each.name not in contents.left_out]
    return definition_list(named_in(_words(sections), there), page=DEFINITIONS)


def named_in(words: str, metrics: Iterable["Metric"]) -> list["Metric"]:
    """The metrics that these words name: "Net new MRR" names that one, and not MRR as well."""
    metrics, found = list(metrics), set()
    for metric in sorted(metrics, key=lambda each: -len(each.title)):
        name = re.compile(rf"(?<!\w){re.escape(metric.title)}(?!\w)", re.I)
        words, times = name.subn(" ", words)
        found |= {metric.name} if times else set()
    return [metric for metric in metrics if metric.name in found]
