"""Finishing a pack: links between its reports, PDFs, definitions, manifest and index."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cs_lib.edition import Edition
from cs_lib.pack.pages.definitions_page import DEFINITIONS, write_definitions
from cs_lib.pack.pages.header import outdated_words, period_words, segment_words
from cs_lib.pack.pages.index import INDEX, index_page, write_page
from cs_lib.pack.pages.navigation import Page, lead_around
from cs_lib.pack.pages.pdf import PACK, Press, PrintedPage, print_pack, print_reports
from cs_lib.pack.run.manifest import Contents, ReportEntry, write_manifest
from cs_lib.period import Segment

if TYPE_CHECKING:
    from cs_lib.metrics.compute.measures import Measures


def assemble(
    contents: Contents,
    edition: Edition,
    measures: "Measures",
    folder: Path,
    *,
    before: tuple[Path, dict[str, ReportEntry]],
    press: Press | None,
    jobs: int,
) -> tuple[Contents, list[str]]:
    """Finish the pack in this folder; gives its contents, and what could not be printed, in words.

    `before` is the published pack and its reports: its whole PDF is taken over where all are the same.
    """
    pages = [
        Page(e.notebook, segment_words(Segment.parse(e.segment)), e.html, outdated_words(e))
        for e in contents.entries
        if e.has_page
    ]
    lead_around(pages, folder, index=INDEX)
    write_definitions(contents, edition, measures, folder)
    _take_over(contents.entries, before, folder)
    trouble: list[str] = []
    if press:
        contents, trouble = _printed(contents, folder, press, jobs)
    write_manifest(contents, folder)
    write_page(index_page(contents, folder), folder / INDEX)
    return contents, trouble


def _take_over(entries: tuple[ReportEntry, ...], before: tuple[Path, dict], folder: Path) -> None:
    """Keep the PDF of the whole pack where every report of it is the same."""
    place, earlier = before
    now, then = ({e.slug: _looks(e) for e in each} for each in (entries, earlier.values()))
    if now == then and (place / PACK).is_file():
        shutil.copy2(place / PACK, folder / PACK)


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
        cover = PrintedPage(INDEX, index_page(contents, folder), name)
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
