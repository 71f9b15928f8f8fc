"""Where a pack's figures come from: inputs, their state, definitions and software."""

import hashlib
import json
import platform
import sys
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cs_lib.edition import Edition
    from cs_lib.metrics.measures import Measures

#: packages that take part in a figure or in how it looks
PACKAGES = (
    "cs-report-kit",
    "babel",
    "duckdb",
    "matplotlib",
    "mistune",
    "narwhals",
    "nbconvert",
    "numpy",
    "pandas",
    "papermill",
    "scipy",
    "seaborn",
)
#: findings about an extract as a whole, whose words quote no row
OF_THE_EXTRACT = ("ends mid-period", "end-of-extract cliff")


@dataclass(frozen=True)
class LineageInput:
    """One input table as it was read."""

    table: str
    source: str
    rows: int
    rejected: int
    fingerprint: str
    first: str
    last: str


@dataclass(frozen=True)
class Lineage:
    """What every report of a pack says about its origin; plain values only, the same every run.

    `warnings` are for a report's header, the edition calls what is `known` right; `findings` are all. None names a customer: `check` does.
    """

    edition: str
    as_of: str
    inputs: tuple[LineageInput, ...]
    warnings: tuple[str, ...]
    findings: tuple[str, ...]
    known: tuple[str, ...]
    rejected: tuple[tuple[str, str, int], ...]
    versions: tuple[tuple[str, str], ...]
    definitions: str
    measures: str

    @property
    def rejected_rows(self) -> int:
        """Rows left out; one with two faults counts once here and under each of its reasons."""
        return sum(each.rejected for each in self.inputs)

    @property
    def last_day(self) -> str:
        """The last day the data speak of; `as_of` is the day after it."""
        return (date.fromisoformat(self.as_of) - timedelta(days=1)).isoformat()

    def as_dict(self) -> dict:
        return asdict(self)


def lineage_of(edition: "Edition", measures: "Measures", *, root: Path, figures: str) -> Lineage:
    """The lineage of measures; `figures` is the digest of the published files."""
    state = measures.data
    return Lineage(
        edition=edition.name,
        as_of=measures.as_of.isoformat(),
        inputs=tuple(_input(each, root) for each in state["inputs"]),
        warnings=tuple(published_words(f) for f in state["findings"] if f["level"] == "warning"),
        findings=tuple(published_words(f) for f in state["findings"]),
        known=tuple(published_words(f) for f in state["findings"] if f["level"] == "known"),
        rejected=tuple((each["table"], each["reason"], each["rows"]) for each in state["rejects"]),
        versions=software(),
        definitions=code_digest(),
        measures=figures,
    )


def _input(given: dict, root: Path) -> LineageInput:
    return LineageInput(
        table=given["table"],
        source=str(given["source"]).replace(f"{root}/", ""),
        rows=int(given["rows"]),
        rejected=int(given["rejected"]),
        fingerprint=str(given["fingerprint"]),
        first=given["first"] or "",
        last=given["last"] or "",
    )


def published_words(finding: dict) -> str:
    """A warning without the values it quotes: no customer identifier appears in a report."""
    if finding["rule"] in OF_THE_EXTRACT:
        return finding["says"]
    rows = f"{finding['rows']:,} {'row' if finding['rows'] == 1 else 'rows'}"
    where = f"{finding['table']}: " if finding["table"] else ""
    return f"{where}{finding['rule']}" + (f" ({rows})" if finding["rows"] else "")


@cache
def software() -> tuple[tuple[str, str], ...]:
    """Python and every package that takes part, with its version."""
    found = [("python", platform.python_version())]
    for name in PACKAGES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return tuple(found)


@cache
def code_digest() -> str:
    """A digest of the kit's own code and templates: it changes when a definition does."""
    import cs_lib

    home = Path(cs_lib.__path__[0])
    files = [p for p in home.rglob("*") if p.suffix in (".py", ".j2", ".css", ".sql", ".json")]
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(files):
        digest.update(str(path.relative_to(home)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def digest(*parts: object) -> str:
    """One digest of texts, bytes and plain values."""
    whole = hashlib.sha256()
    for part in parts:
        text = part if isinstance(part, bytes) else json.dumps(part, sort_keys=True).encode()
        whole.update(hashlib.sha256(text).digest())
    return whole.hexdigest()
