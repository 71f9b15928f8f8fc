"""The manifest of a pack: what it says about itself to programs."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cs_lib.pack.pages.page_brand import NO_BRAND, PageBrand
from cs_lib.pack.run.figure_files import Headline
from cs_lib.pack.run.lineage import Lineage
from cs_lib.pack.share.approval import ApprovalState
from cs_lib.period import Period
from cs_lib.vocabulary import FAILED, OLDER

MANIFEST = "manifest.json"
#: under which a manifest keeps what its edition and files were
STATED = "stated"
#: under which it keeps what its index says
IN_SHORT = "in_short"
#: what a pack holds beside its reports, in the order in which its index offers it
DOWNLOADS = {
    "board.pdf": "the board book, to print",
    "pack.pdf": "every report of the pack in one document",
    "pack.xlsx": "the figures as a workbook, whose formulas check them",
    "measures.csv": "figures with numerator, denominator, n, interval and status",
    "measures.parquet": "the same figures for programs, as Parquet",
    "cohorts.csv": "what remains of each cohort, by age",
    "curves.csv": "survival and time to value",
    "risk.csv": "customers and MRR by their chance to leave in the month that follows",
    "findings.csv": "what the figures say, ranked by what is at stake",
    "restated.csv": "what the pack before said otherwise, and why",
}
#: what a manifest says of any pack
NEEDED = {"edition", "company", "period", "period_end", "made_at", "made_of", "reports"}
#: where the executed copies of last good reports are, which stand for failed ones
LAST_GOOD = "notebooks/last_good"


@dataclass(frozen=True)
class ReportEntry:
    """One report of a pack, as the manifest and the index know it.

    `made_on` is the day its page was made, empty where there is no page; a failed report has the page
    of the last good one, if there was one.
    """

    slug: str
    notebook: str
    title: str
    segment: str
    status: str
    key: str
    error: str = ""
    seconds: float = 0.0
    stderr_lines: int = 0
    pdf: str = ""
    made_on: str = ""
    failed_on: str = ""

    @property
    def has_page(self) -> bool:
        return bool(self.made_on)

    @property
    def is_outdated(self) -> bool:
        """Whether its page is of other figures than the pack, or may be."""
        return self.has_page and self.status in (FAILED, OLDER)

    @property
    def html(self) -> str:
        return f"{self.slug}.html"

    @property
    def executed(self) -> str:
        return f"notebooks/{self.slug}.ipynb"

    @property
    def last_good(self) -> str:
        return f"{LAST_GOOD}/{self.slug}.ipynb"


@dataclass(frozen=True)
class OwnerSheet:
    """The book of one owner on one sheet: the segment, its page, and that page as PDF where it is printed."""

    segment: str
    html: str
    pdf: str = ""
    is_older: bool = False


@dataclass(frozen=True)
class InShort:
    """What a pack's index says of the whole company: its first figures, and what happened in words."""

    headlines: tuple[Headline, ...]
    lead: tuple[str, ...]


@dataclass(frozen=True)
class Contents:
    """All that a pack says about itself. `lines`: segment → its first figures in words, where there are many."""

    company: str
    period: Period
    lineage: Lineage
    key: str
    entries: tuple[ReportEntry, ...]
    in_short: InShort
    left_out: dict[str, str]
    ledger: dict
    stated: dict
    seconds: dict[str, float]
    approval: ApprovalState
    lines: Mapping[str, str] = field(default_factory=dict)
    book: str = ""
    sheets: tuple[OwnerSheet, ...] = ()
    brand: PageBrand = NO_BRAND


def write_manifest(contents: Contents, folder: Path) -> None:
    from cs_lib.metrics.audit.restatement import definition_digests

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
        "made_of": contents.key,
        "approval": contents.approval.as_dict(),
        IN_SHORT: asdict(contents.in_short),
        "left_out": contents.left_out,
        "ledger": contents.ledger,
        STATED: contents.stated,
        "metrics": definition_digests(),
        "reports": [asdict(entry) for entry in contents.entries],
        "book": contents.book,
        "sheets": [asdict(sheet) for sheet in contents.sheets],
        "downloads": downloads(contents, folder),
    }
    text = json.dumps(written, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")


def downloads(contents: Contents, folder: Path) -> dict[str, int]:
    """The files that the pack offers beside its pages, with their sizes in bytes."""
    printed = [*(e.pdf for e in contents.entries), *(e.pdf for e in contents.sheets)]
    names = [*DOWNLOADS, *filter(None, printed)]
    return {name: (folder / name).stat().st_size for name in names if (folder / name).is_file()}


def in_short_of(manifest: dict) -> InShort | None:
    """What the index of a published pack says; None where its manifest does not hold it, or not as it is written now."""
    told = manifest.get(IN_SHORT)
    try:
        return told and InShort(
            tuple(Headline(**each) for each in told["headlines"]), tuple(told["lead"])
        )
    except (LookupError, TypeError):
        return None


def read_manifest(folder: Path) -> dict | None:
    """The manifest of a published pack; None where there is none that can be read."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        entries_of(manifest)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return manifest if manifest.keys() >= NEEDED else None


def packs_on(shelf: Path) -> list[tuple[Path, dict]]:
    """Folder and manifest of each published pack of an edition, by name; not of a copy that was put beside it."""
    found = ((folder, read_manifest(folder)) for folder in sorted(shelf.glob("[!.]*")))
    return [(folder, told) for folder, told in found if told and told["period"] == folder.name]


def entries_of(manifest: dict) -> dict[str, ReportEntry]:
    """The reports of a published pack by slug, from its manifest."""
    known, day = set(ReportEntry.__dataclass_fields__), str(manifest.get("made_at", ""))[:10]
    return {
        each["slug"]: ReportEntry(
            **{"made_on": "" if each["status"] == FAILED else day}
            | {name: value for name, value in each.items() if name in known}
        )
        for each in manifest.get("reports", ())
    }
