"""The manifest of a pack, and the two indexes made from manifests."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from cs_lib.metrics.restate import definition_digests
from cs_lib.pack.figures import FILES, Headline
from cs_lib.pack.lineage import Lineage
from cs_lib.pack.publish import REPORTS, Place, write_atomically
from cs_lib.period import Period

MANIFEST, INDEX, DEFINITIONS = "manifest.json", "index.html", "definitions.html"


@dataclass(frozen=True)
class Entry:
    """One report of a pack, as the manifest and the index know it."""

    slug: str
    notebook: str
    title: str
    segment: str
    status: str
    key: str
    error: str = ""
    seconds: float = 0.0
    stderr_lines: int = 0

    @property
    def html(self) -> str:
        return f"{self.slug}.html"

    @property
    def executed(self) -> str:
        return f"notebooks/{self.slug}.ipynb"


@dataclass(frozen=True)
class Contents:
    """All that a pack says about itself."""

    company: str
    period: Period
    lineage: Lineage
    entries: tuple[Entry, ...]
    headlines: tuple[Headline, ...]
    left_out: dict[str, str]
    ledger: dict
    seconds: dict[str, float]


def write_manifest(contents: Contents, folder: Path) -> None:
    lineage = contents.lineage
    written = {
        "edition": lineage.edition,
        "company": contents.company,
        "period": contents.period.label,
        "grain": contents.period.grain,
        "period_start": contents.period.start.isoformat(),
        "period_end": contents.period.end.isoformat(),
        "as_of": lineage.as_of,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": contents.seconds,
        "inputs": [asdict(each) for each in lineage.inputs],
        "rejected": [
            dict(zip(("table", "reason", "rows"), each, strict=True)) for each in lineage.rejected
        ],
        "findings": list(lineage.findings),
        "versions": dict(lineage.versions),
        "definitions": lineage.definitions,
        "measures": lineage.measures,
        "left_out": contents.left_out,
        "ledger": contents.ledger,
        "metrics": definition_digests(),
        "reports": [asdict(entry) for entry in contents.entries],
    }
    text = json.dumps(written, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")


def read_manifest(folder: Path) -> dict | None:
    """The manifest of a published pack; None where there is none that can be read."""
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def earlier_entries(folder: Path) -> dict[str, Entry]:
    """The reports of a published pack by slug."""
    manifest = read_manifest(folder) or {}
    known = set(Entry.__dataclass_fields__)
    return {
        each["slug"]: Entry(**{name: value for name, value in each.items() if name in known})
        for each in manifest.get("reports", ())
    }


# ---------------------------------------------------------------- indexes


def write_index(contents: Contents, folder: Path) -> None:
    """The first page of a pack: headline figures, every report, the data's state, downloads."""
    from cs_lib.pack.render import day_words, period_words

    page = template("pack.html.j2").render(
        contents=contents,
        company=contents.company,
        period=period_words(contents.period),
        data_to=day_words(contents.lineage.last_day),
        lineage=contents.lineage,
        rows=_by_notebook(contents.entries),
        definitions=DEFINITIONS,
        downloads=[name for name in _downloads() if (folder / name).exists()],
        **shared(),
    )
    (folder / INDEX).write_text(page.rstrip() + "\n", encoding="utf-8", newline="\n")


def _by_notebook(entries: tuple[Entry, ...]) -> list[tuple[str, list[tuple[Entry, str]]]]:
    """Entries under the title of their notebook, each with its segment in words."""
    from cs_lib.pack.render import segment_words
    from cs_lib.period import Segment

    rows: dict[str, list] = {}
    for entry in entries:
        words = segment_words(Segment.parse(entry.segment))
        rows.setdefault(entry.title, []).append((entry, words))
    return list(rows.items())


def _downloads() -> list[str]:
    return ["pack.xlsx", *(f"{name}.csv" for name in FILES), "rejects.csv", MANIFEST]


def write_shelf(root: Path) -> None:
    """reports/index.html: every published pack by edition and period, the newest first."""
    from cs_lib.pack.render import period_words

    packs: dict[str, list] = {}
    home = root / REPORTS
    for path in sorted(home.rglob(MANIFEST)):
        inside = path.parent.relative_to(home)
        manifest = read_manifest(path.parent)
        if manifest is None or any(part.startswith(".") for part in inside.parts):
            continue
        period = Period.parse(manifest["period"])
        failed = sum(1 for each in manifest["reports"] if each["status"] == "failed")
        row = {
            "href": f"{inside.as_posix()}/{INDEX}",
            "period": period_words(period),
            "reports": len(manifest["reports"]) - failed,
            "failed": failed,
            "made_at": manifest["made_at"][:10],
            "order": (period.end, period.grain),
        }
        packs.setdefault(f"{manifest['company']} ({manifest['edition']})", []).append(row)
    for rows in packs.values():
        rows.sort(key=lambda row: row["order"], reverse=True)
    page = template("shelf.html.j2").render(packs=sorted(packs.items()), **shared())
    write_atomically(home / INDEX, page.rstrip() + "\n")


def shared() -> dict:
    """What every page is given."""
    from cs_lib.pack.render import WARNINGS_SHOWN, stylesheet

    return {"css": stylesheet(), "warnings_shown": WARNINGS_SHOWN}


def template(name: str):
    """A page template. Templates escape by hand, as nbconvert's do."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from cs_lib.pack.render import TEMPLATE

    loader = FileSystemLoader(TEMPLATE)
    return Environment(loader=loader, undefined=StrictUndefined).get_template(name)


def shown_path(place: Place) -> str:
    """The index of the pack, from the project's root."""
    return (place.pack / INDEX).relative_to(place.root).as_posix()
