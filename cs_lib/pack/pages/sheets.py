"""The book of each owner on one sheet: the cells that notebooks tag `sheet`, of the reports of one owner's customers.

They are bound as those of the board book are (see `book`); on paper a sheet is one page, of A4 as of Letter.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from textwrap import shorten

from cs_lib.pack.pages.book import bound, read_whole, tagged_cells
from cs_lib.pack.pages.book_pdf import page_count
from cs_lib.pack.pages.gloss import glossed
from cs_lib.pack.pages.header import day_words, period_words, segment_words
from cs_lib.pack.pages.index import shared, template, write_page
from cs_lib.pack.pages.navigation import DEFINITIONS, Page
from cs_lib.pack.pages.pdf import Press, PrintedPage, print_reports
from cs_lib.pack.run.manifest import Contents, OwnerSheet, ReportEntry
from cs_lib.period import Segment
from cs_lib.vocabulary import OLDER, OWNER

SHEET, TITLE = "sheet", "On one sheet"
#: letters of an owner at the foot of a page
LONGEST = 50
OLD = "This sheet is of older figures than the rest of the pack."


def bind_sheets(contents: Contents, folder: Path) -> tuple[OwnerSheet, ...]:
    """Write the sheet of each owner whose reports have a cell tagged for it; gives them in the pack's order."""
    reports: dict[str, list[ReportEntry]] = {}
    for entry in contents.entries:
        if Segment.parse(entry.segment).by == OWNER and entry.has_page:
            reports.setdefault(entry.segment, []).append(entry)
    made = (_bind(segment, found, contents, folder) for segment, found in reports.items())
    return tuple(filter(None, made))


def _bind(
    segment: str, entries: list[ReportEntry], contents: Contents, folder: Path
) -> OwnerSheet | None:
    fresh = [each for each in entries if not each.is_outdated]
    current = fresh or [each for each in entries if each.status == OLDER]
    read = [(each, found) for each in current if (found := read_whole(folder / each.executed))]
    cells = [cell for each, found in read for cell in tagged_cells(found, each, SHEET)]
    if not cells:
        return None
    whose = Segment.parse(segment)
    sections, left_out = bound(cells, shown=f"the sheet of {segment}")
    sheet = OwnerSheet(segment, f"{whose.slug}.html", is_older=not fresh)
    page = template("sheet.html.j2").render(
        contents=contents,
        period=period_words(contents.period),
        data_to=day_words(contents.lineage.last_day),
        whose=segment_words(whose),
        sections=sections,
        left_out=left_out,
        left_out_title="What this sheet leaves out",
        meanings=DEFINITIONS,
        notice=OLD if sheet.is_older else "",
        **shared(contents.brand),
    )
    write_page(glossed(page), folder / sheet.html)
    return sheet


def pages_of(sheets: Iterable[OwnerSheet]) -> list[Page]:
    """The sheets as pages to be led around."""
    return [
        Page(SHEET, TITLE, segment_words(Segment.parse(each.segment)), each.html) for each in sheets
    ]


def print_sheets(
    contents: Contents, folder: Path, *, press: Press, anew: bool, jobs: int
) -> tuple[tuple[OwnerSheet, ...], list[str]]:
    """The sheets with their PDFs, those printed that were not there yet, or all; what went wrong, in words."""
    wanted = [each for each in contents.sheets if anew or not each.pdf]
    missing = [_printed_page(each, contents, folder) for each in wanted]
    made, trouble = print_reports(missing, folder, press=press, jobs=jobs)
    trouble += [
        f"{name} takes {count} pages and not one. Take the tag {SHEET} from a cell."
        for name in made.values()
        if (count := page_count(folder / name)) != 1
    ]
    return tuple(replace(e, pdf=made.get(e.html, e.pdf)) for e in contents.sheets), trouble


def _printed_page(sheet: OwnerSheet, contents: Contents, folder: Path) -> PrintedPage:
    whose = shorten(segment_words(Segment.parse(sheet.segment)), LONGEST, placeholder=" …")
    foot = " · ".join((contents.company, whose, period_words(contents.period)))
    return PrintedPage(sheet.html, (folder / sheet.html).read_text(encoding="utf-8"), foot)
