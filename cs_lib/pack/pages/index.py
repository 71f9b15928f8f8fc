"""The pages that lead to the reports: the index of a pack, and the shelf of all packs."""

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from cs_lib.pack.pages.book_pdf import BOOK_PDF, page_count
from cs_lib.pack.pages.gloss import glossed
from cs_lib.pack.pages.header import (
    TEMPLATE,
    WARNINGS_SHOWN,
    day_words,
    period_words,
    stylesheet,
)
from cs_lib.pack.pages.navigation import DEFINITIONS, INDEX, anchor_of
from cs_lib.pack.pages.page_brand import NO_BRAND, PageBrand
from cs_lib.pack.run.figure_files import MANY_SEGMENTS
from cs_lib.pack.run.manifest import DOWNLOADS, MANIFEST, Contents, ReportEntry, downloads, packs_on
from cs_lib.pack.run.publish import REPORTS, PackPaths, write_changed
from cs_lib.period import Period, Segment
from cs_lib.vocabulary import FAILED, OLDER

if TYPE_CHECKING:
    from jinja2 import Template

KILO = 1000
#: how many segments a range of the index has, where they are many
A_RANGE = 50
#: a segment by its name, and its reports
Named: TypeAlias = "tuple[str, list[ReportEntry]]"


def index_page(contents: Contents, folder: Path) -> str:
    """The first page of a pack: headline figures, every report, the data's state, downloads."""
    from cs_lib.report.tables.scorecard_table import BY_CHANCE, BY_CHANCE_NOTE

    sizes = {name: size_words(size) for name, size in downloads(contents, folder).items()}
    printed = folder / BOOK_PDF
    page = template("pack.html.j2").render(
        contents=contents,
        company=contents.company,
        period=period_words(contents.period),
        data_to=day_words(contents.lineage.last_day),
        lineage=contents.lineage,
        groups=by_segment(contents.entries),
        ranges=in_ranges,
        lines=contents.lines,
        notes=[BY_CHANCE_NOTE]
        if any(BY_CHANCE in each.change for each in contents.in_short.headlines)
        else [],
        sheets={each.segment: each for each in contents.sheets},
        book_pdf=BOOK_PDF,
        book_pages=page_count(printed) if printed.is_file() else 0,
        failed=[each for each in contents.entries if each.status == FAILED],
        older=[each for each in contents.entries if each.status == OLDER],
        day=day_words,
        definitions=DEFINITIONS,
        manifest=MANIFEST,
        downloads=[(name, DOWNLOADS[name], sizes[name]) for name in DOWNLOADS if name in sizes],
        sizes=sizes,
        **shared(contents.brand),
    )
    return glossed(page)


def write_page(page: str, to: Path) -> None:
    """Store a page; the same page is the same bytes."""
    to.write_text(page.rstrip() + "\n", encoding="utf-8", newline="\n")


def by_segment(entries: tuple[ReportEntry, ...]) -> list[tuple[str, list[Named]]]:
    """The reports by how they split the customers, then by segment: the first of a segment is its page."""
    groups: dict[str, dict[str, list[ReportEntry]]] = {"": {}}
    for entry in entries:
        segment = Segment.parse(entry.segment)
        name = ", ".join(value for _, value in segment.pairs)
        groups.setdefault(_split_words(segment), {}).setdefault(name, []).append(entry)
    return [(heading, list(segments.items())) for heading, segments in groups.items()]


def in_ranges(segments: list[Named]) -> list[tuple[str, list[Named]]]:
    """The segments of a column in ranges that one can look through, each with its first and last name; all in
    one without a name, where they are few."""
    if len(segments) <= MANY_SEGMENTS:
        return [("", segments)]
    parts = [segments[at : at + A_RANGE] for at in range(0, len(segments), A_RANGE)]
    return [(f"{part[0][0]} – {part[-1][0]}", part) for part in parts]


def _split_words(segment: Segment) -> str:
    """How a segment splits the customers: By plan, By plan and region; nothing for the whole company."""
    columns = [column.replace("_", " ") for column, _ in segment.pairs]
    return f"By {' and '.join(columns)}" if columns else ""


def size_words(size: int) -> str:
    """A file's size as people say it: 85 kB, 1.2 MB."""
    if round(size / KILO) < KILO:
        return f"{max(1, round(size / KILO))} kB"
    return f"{size / KILO**2:.1f} MB"


def write_shelf(root: Path) -> None:
    """reports/index.html: every published pack by edition and period, the newest first."""
    packs: dict[tuple[str, str], list] = {}
    home = root / REPORTS
    shelves = sorted({path.parent.parent for path in home.rglob(MANIFEST)})
    for folder, manifest in (each for shelf in shelves for each in packs_on(shelf)):
        inside = folder.relative_to(home)
        if any(part.startswith(".") for part in inside.parts):
            continue
        period = Period.parse(manifest["period"])
        statuses = [each["status"] for each in manifest["reports"]]
        failed, older = statuses.count(FAILED), statuses.count(OLDER)
        row = {
            "href": f"{inside.as_posix()}/{INDEX}",
            "period": period_words(period),
            "reports": len(statuses) - failed - older,
            "failed": failed,
            "older": older,
            "made_at": manifest["made_at"][:10],
            "order": (period.end, period.grain),
        }
        shelf = inside.parent.as_posix()
        titled = f"{manifest['company']} ({shelf})", anchor_of(shelf)
        packs.setdefault(titled, []).append(row)
    for rows in packs.values():
        rows.sort(key=lambda row: row["order"], reverse=True)
    listed = [(*titled, rows) for titled, rows in sorted(packs.items())]
    page = template("shelf.html.j2").render(packs=listed, **shared())
    write_changed(home / INDEX, page.rstrip() + "\n")


def shared(brand: PageBrand = NO_BRAND) -> dict:
    """What every page is given."""
    return {"css": stylesheet(brand), "brand": brand, "warnings_shown": WARNINGS_SHOWN}


def template(name: str) -> "Template":
    """A page template. Templates escape by hand, as nbconvert's do, whose filter for pictures they share."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(loader=FileSystemLoader(TEMPLATE), undefined=StrictUndefined)
    made.filters["text_base64"] = lambda text: b64encode(text.encode()).decode()
    return made.get_template(name)


def shown_path(paths: PackPaths) -> str:
    """The index of the pack, from the project's root."""
    return (paths.pack / INDEX).relative_to(paths.root).as_posix()
