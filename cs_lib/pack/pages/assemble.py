"""Finishing a pack: links between its reports, definitions, board book, PDFs, manifest and index."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cs_lib.edition import Edition
from cs_lib.pack.pages.book import bind
from cs_lib.pack.pages.book_pdf import BOOK_PDF, page_count, print_book
from cs_lib.pack.pages.definitions_page import write_definitions
from cs_lib.pack.pages.header import outdated_words, period_words, segment_words
from cs_lib.pack.pages.index import index_page, write_page
from cs_lib.pack.pages.navigation import (
    BOOK,
    DEFINITIONS,
    INDEX,
    Page,
    Shelf,
    lead_around,
    with_links,
)
from cs_lib.pack.pages.pdf import PACK, Press, PrintedPage, pdf_of, print_pack, print_reports
from cs_lib.pack.pages.sheets import bind_sheets, pages_of, print_sheets
from cs_lib.pack.run.manifest import Contents, ReportEntry, read_manifest, write_manifest
from cs_lib.pack.run.publish import PackPaths
from cs_lib.pack.run.request import BOOK_ALONE, EVERYTHING
from cs_lib.pack.share.approval import put_words, with_words
from cs_lib.period import Segment

if TYPE_CHECKING:
    from cs_lib.metrics.measures import Measures

NO_BOOK = (
    "There is no board book to print: no report of the whole company has a cell tagged board. "
    "--pdf all prints the reports."
)


def assemble(
    contents: Contents,
    edition: Edition,
    measures: "Measures",
    folder: Path,
    *,
    paths: PackPaths,
    earlier: dict[str, ReportEntry],
    press: Press | None,
    prints: str | None,
    anew: bool,
    jobs: int,
) -> tuple[Contents, list[str]]:
    """Finish the pack in this folder; gives its contents, and what could not be printed, in words.

    `earlier` are the reports of the pack that is published at `paths`: a PDF of it is taken over where it
    would be the same.
    `prints` says what is printed: the book alone, or everything; `anew`, also where it is there unchanged.
    """
    pages = [
        Page(
            e.notebook, e.title, segment_words(Segment.parse(e.segment)), e.html, outdated_words(e)
        )
        for e in contents.entries
        if e.has_page
    ]
    up = (*Shelf(paths.edition, contents.company).crumbs, (period_words(contents.period), INDEX))
    contents = replace(contents, sheets=bind_sheets(contents, folder))
    lead_around([*pages, *pages_of(contents.sheets)], folder, up=up)
    write_definitions(contents, edition, measures, folder, up=up)
    contents = replace(contents, book=bind(contents, edition, measures, folder))
    put_words(folder, contents.approval)
    if (read_manifest(paths.pack) or {}).get("approval") == contents.approval.as_dict():
        contents = _take_over(contents, paths.pack, earlier, folder)
    else:
        contents = _unprinted(contents, folder)
    unbound = not contents.book and not contents.sheets
    trouble = [NO_BOOK] if prints == BOOK_ALONE and unbound else []
    if press and contents.book and (anew or not (folder / BOOK_PDF).is_file()):
        foot = f"{contents.company} · Board book · {period_words(contents.period)}"
        trouble += print_book(
            (folder / BOOK).read_text(encoding="utf-8"), foot, folder, press=press
        )
    if press:
        printed, more = print_sheets(contents, folder, press=press, anew=anew, jobs=jobs)
        contents, trouble = replace(contents, sheets=printed), trouble + more
    if press and prints == EVERYTHING:
        contents, more = _printed(contents, folder, press, jobs)
        trouble += more
    write_manifest(contents, folder)
    write_page(_index(contents, folder), folder / INDEX)
    return contents, trouble


def _index(contents: Contents, folder: Path) -> str:
    return with_words(index_page(contents, folder), contents.approval)


def _unprinted(contents: Contents, folder: Path) -> Contents:
    """The contents without the PDFs that were taken over, which say otherwise how the pack stands."""
    for entry in contents.entries:
        if entry.pdf:
            (folder / entry.pdf).unlink(missing_ok=True)
    return replace(contents, entries=tuple(replace(each, pdf="") for each in contents.entries))


def _take_over(
    contents: Contents, place: Path, earlier: dict[str, ReportEntry], folder: Path
) -> Contents:
    """Keep the PDF of the book and of a sheet where its page is the same, and that of the whole pack where every
    report is."""
    now, then = ({e.slug: _looks(e) for e in each} for each in (contents.entries, earlier.values()))
    if now == then:
        _kept(PACK, place, folder)
    if contents.book and _text(folder / BOOK) == _text(place / BOOK):
        _kept(BOOK_PDF, place, folder)
    sheets = (
        replace(each, pdf=_kept(pdf_of(each.html), place, folder))
        if _text(folder / each.html) == _text(place / each.html)
        else each
        for each in contents.sheets
    )
    return replace(contents, sheets=tuple(sheets))


def _kept(name: str, place: Path, folder: Path) -> str:
    """The name of a PDF that was taken over; nothing where there is none that can be read."""
    if not page_count(place / name):
        return ""
    shutil.copy2(place / name, folder / name)
    return name


def _text(page: Path) -> str:
    """A page without the links to its neighbours."""
    return with_links(page.read_text(encoding="utf-8"), "") if page.is_file() else ""


def _looks(entry: ReportEntry) -> tuple:
    """What tells a report's page from another."""
    return entry.key, entry.has_page, outdated_words(entry), entry.error


def _printed(
    contents: Contents, folder: Path, press: Press, jobs: int
) -> tuple[Contents, list[str]]:
    """The contents with the reports' PDFs, those that were not there yet and the whole pack's."""
    whole = [entry for entry in contents.entries if entry.has_page]
    sheets = {entry.slug: _sheet(entry, contents, folder) for entry in whole}
    missing = [sheets[entry.slug] for entry in whole if not entry.pdf]
    made, trouble = print_reports(missing, folder, press=press, jobs=jobs)
    entries = [replace(each, pdf=made.get(each.html, each.pdf)) for each in contents.entries]
    contents = replace(contents, entries=tuple(entries))
    if missing or not (folder / PACK).is_file():
        name = f"{contents.company} · {period_words(contents.period)}"
        cover = PrintedPage(INDEX, _index(contents, folder), name)
        definitions = (folder / DEFINITIONS).read_text(encoding="utf-8")
        last = PrintedPage(DEFINITIONS, definitions, f"{contents.company} · Definitions")
        trouble += print_pack([cover, *sheets.values(), last], folder, press=press)
    return contents, trouble


def _sheet(entry: ReportEntry, contents: Contents, folder: Path) -> PrintedPage:
    words = (
        contents.company,
        entry.title,
        segment_words(Segment.parse(entry.segment)),
        period_words(contents.period),
    )
    page = (folder / entry.html).read_text(encoding="utf-8")
    return PrintedPage(entry.html, page, " · ".join(words))
