"""The pages that lead to the reports: the index of a pack, and the shelf of all packs."""

from pathlib import Path
from typing import TYPE_CHECKING

from cs_lib.pack.pages.header import (
    TEMPLATE,
    WARNINGS_SHOWN,
    day_words,
    period_words,
    stylesheet,
)
from cs_lib.pack.pages.navigation import BOOK, DEFINITIONS, INDEX
from cs_lib.pack.run.manifest import (
    DOWNLOADS,
    MANIFEST,
    Contents,
    ReportEntry,
    downloads,
    read_manifest,
)
from cs_lib.pack.run.publish import REPORTS, PackPaths, write_atomically
from cs_lib.period import Period, Segment
from cs_lib.vocabulary import FAILED, OLDER

if TYPE_CHECKING:
    from jinja2 import Template

KILO = 1000


def index_page(contents: Contents, folder: Path) -> str:
    """The first page of a pack: headline figures, every report, the data's state, downloads."""
    sizes = {name: size_words(size) for name, size in downloads(contents.entries, folder).items()}
    columns, rows = by_notebook(contents.entries)
    return template("pack.html.j2").render(
        contents=contents,
        company=contents.company,
        period=period_words(contents.period),
        data_to=day_words(contents.lineage.last_day),
        lineage=contents.lineage,
        columns=columns,
        rows=rows,
        failed=[each for each in contents.entries if each.status == FAILED],
        older=[each for each in contents.entries if each.status == OLDER],
        day=day_words,
        definitions=DEFINITIONS,
        manifest=MANIFEST,
        downloads=[(name, DOWNLOADS[name], sizes[name]) for name in DOWNLOADS if name in sizes],
        sizes=sizes,
        **shared(),
    )


def write_page(page: str, to: Path) -> None:
    """Store a page; the same page is the same bytes."""
    to.write_text(page.rstrip() + "\n", encoding="utf-8", newline="\n")


def by_notebook(entries: tuple[ReportEntry, ...]) -> tuple[list[str], list[tuple[str, list]]]:
    """The reports as a table: how they are split in columns, the notebooks in rows.

    A cell holds (entry, the segment's name in its column) for each of its segments.
    """
    columns: dict[str, None] = {}
    rows: dict[str, dict[str, list]] = {}
    for entry in entries:
        segment = Segment.parse(entry.segment)
        column = _split_words(segment)
        columns[column] = None
        name = ", ".join(value for _, value in segment.pairs) or "All customers"
        rows.setdefault(entry.title, {}).setdefault(column, []).append((entry, name))
    return list(columns), [
        (title, [cells.get(column, []) for column in columns]) for title, cells in rows.items()
    ]


def _split_words(segment: Segment) -> str:
    """How a segment splits the customers: Whole company, By plan, By plan and region."""
    columns = [column.replace("_", " ") for column, _ in segment.pairs]
    return f"By {' and '.join(columns)}" if columns else "Whole company"


def size_words(size: int) -> str:
    """A file's size as people say it: 85 kB, 1.2 MB."""
    if round(size / KILO) < KILO:
        return f"{max(1, round(size / KILO))} kB"
    return f"{size / KILO**2:.1f} MB"


def write_shelf(root: Path) -> None:
    """reports/index.html: every published pack by edition and period, the newest first."""
    packs: dict[str, list] = {}
    home = root / REPORTS
    for path in sorted(home.rglob(MANIFEST)):
        inside = path.parent.relative_to(home)
        manifest = read_manifest(path.parent)
        if manifest is None or any(part.startswith(".") for part in inside.parts):
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
        packs.setdefault(f"{manifest['company']} ({shelf})", []).append(row)
    for rows in packs.values():
        rows.sort(key=lambda row: row["order"], reverse=True)
    page = template("shelf.html.j2").render(packs=sorted(packs.items()), **shared())
    write_atomically(home / INDEX, page.rstrip() + "\n")


def shared() -> dict:
    """What every page is given."""
    return {"css": stylesheet(), "warnings_shown": WARNINGS_SHOWN}


def template(name: str) -> "Template":
    """A page template. Templates escape by hand, as nbconvert's do."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(TEMPLATE)
    return Environment(loader=loader, undefined=StrictUndefined).get_template(name)


def shown_path(paths: PackPaths) -> str:
    """The index of the pack, from the project's root."""
    return (paths.pack / INDEX).relative_to(paths.root).as_posix()
