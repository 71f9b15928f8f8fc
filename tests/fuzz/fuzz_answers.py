"""What the kit makes of a folder of files: its rows, what it finds, and its measures."""

import hashlib
import math
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import fuzz_company as company
import yaml
from fuzz_case import EDITION, Case
from fuzz_company import Tables

from cs_lib.data.open_data import open_data
from cs_lib.edition import read_edition
from cs_lib.errors import DataError, KitError
from cs_lib.metrics.audit.cache import compute
from cs_lib.metrics.catalogue import check_metric_names

ROOT = Path(__file__).resolve().parents[2]
#: what an edition may say that changes no figure
NO_FIGURES = {
    "name", "path", "tables", "data", "company", "locale", "reports", "targets", "memory_limit",
    "spill_dir", "checkpoint_dir",
}  # fmt: skip
#: columns that say nothing once the figures are worked out of them
IN_FIGURES = {"currency"}
#: measures held at a time
KEPT = 60
FIGURES = ("numerator", "denominator", "n", "value", "low", "high")


@dataclass
class Answer:
    """What the kit made of files: its rows, and its measures once they are asked for."""

    alike: str
    whole: str
    rows: int
    findings: set[str]
    measure: Callable


@dataclass
class Kit:
    """The kit, and what it said before of the same rows."""

    measured: dict[str, object] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)

    def opened(self, root: Path, case: Case, *, allow_rejects: bool = False) -> Answer:
        """Read and check what lies in a folder, and say how to measure it."""
        edition = read_edition("tiny", root=root)
        check_metric_names(edition)
        with open_data(edition, root=root, allow_rejects=allow_rejects) as data:
            alike, whole = signatures_of(edition, data, case)
            rows = sum(each.rows - each.rejected for each in data.inputs)
            findings = {each.says for each in data.findings}
        files = _files_in(root)
        return Answer(alike, whole, rows, findings, lambda: self._measure(whole, files))

    def _measure(self, whole: str, files: dict[str, bytes]):
        if whole not in self.measured:
            if len(self.measured) >= KEPT:
                del self.measured[next(iter(self.measured))]
            with folder_of(files) as root:
                try:
                    self.measured[whole] = compute(read_edition("tiny", root=root), root=root)
                except KitError as error:
                    self.measured[whole] = error
        if isinstance(self.measured[whole], KitError):
            raise self.measured[whole]
        return self.measured[whole]

    def clean(self, tables: Tables, case: Case) -> Answer:
        """The answer to clean tables, read by the edition that the fuzzer itself would write."""
        settings = company.settings_of(case.room, tables)
        for key in ("timezone", "rates"):
            if key in case.settings and case.kind != EDITION:
                settings[key] = case.settings[key]
        key = hashlib.sha256(repr((tables, settings, case.renamed)).encode()).hexdigest()
        if key not in self.answers:
            files = {f"{name}.csv": company.written(rows).encode() for name, rows in tables.items()}
            with folder_of(files, yaml.safe_dump(settings, sort_keys=False).encode()) as root:
                try:
                    self.answers[key] = self.opened(root, case)
                except KitError:
                    self.answers[key] = Answer(f"refused {key}", key, math.inf, set(), _refuse)
        return self.answers[key]


def _refuse():
    raise DataError("clean tables that the kit refuses")


@contextmanager
def folder_of(files: dict[str, bytes], edition: bytes | None = None) -> Iterator[Path]:
    """A project that holds these files, for as long as it is looked at."""
    outer = Path(tempfile.mkdtemp(prefix="cs-fuzz-"))
    root = outer / "project"
    try:
        for name, content in {
            **files,
            **({"params/tiny.yaml": edition} if edition else {}),
        }.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (root / "params").mkdir(parents=True, exist_ok=True)
        (root / "notebooks").symlink_to(ROOT / "notebooks")
        yield root
    finally:
        shutil.rmtree(outer, ignore_errors=True)


def _files_in(root: Path) -> dict[str, bytes]:
    paths = [path for path in root.rglob("*") if path.is_file()]
    inside = [path for path in paths if path.relative_to(root).parts[0] != "notebooks"]
    return {str(path.relative_to(root)): path.read_bytes() for path in inside}


def signatures_of(edition, data, case: Case) -> tuple[str, str]:
    """Digests of the rows that count, in whatever order, and of what the edition says about figures: one
    that is the same where the figures must be, and one for all that they are worked out from."""
    spoken = edition.model_dump(mode="json", exclude=NO_FIGURES)
    segments = [case.renamed.get(each, each) for each in edition.segments]
    rows, columns = [], []
    for name in sorted(data.tables):
        frame = data.engine.collect(data.tables[name]).rename(columns=case.renamed)
        wanted = sorted({*segments, *company.COLUMNS[name]} & set(frame.columns) - IN_FIGURES)
        columns.append(list(frame.columns))
        frame = frame[wanted].astype(object).where(frame[wanted].notna(), None)
        kept = [column for column in wanted if frame[column].notna().any()]
        lines = sorted(map(repr, frame[kept].itertuples(index=False, name=None)))
        rows.append((name, kept, lines))
    said = {**spoken, "segments": segments, "as_of": str(data.as_of)}
    alike = hashlib.sha256(repr((rows, said)).encode()).hexdigest()
    whole = hashlib.sha256(repr((rows, columns, spoken)).encode()).hexdigest()
    return alike, whole


def same_measures(mine, theirs, renamed: dict[str, str]) -> bool:
    """The same figures in the same cells, but for the names of segment columns."""
    for name in ("measures", "cohorts", "curves"):
        one, other = getattr(mine, name), getattr(theirs, name)
        if len(one) != len(other):
            return False
        rows = zip(_cells(one, renamed), _cells(other, {}), strict=True)
        if not all(_alike(a, b) for a, b in rows):
            return False
    return True


def _cells(frame, renamed: dict[str, str]) -> list[tuple]:
    words = [column for column in frame.columns if column not in FIGURES]
    numbers = [column for column in frame.columns if column in FIGURES]
    texts = frame[words].astype(object).fillna("").astype(str)
    for new, old in renamed.items():
        for column in ("segment_by", "segment"):
            start = texts[column].str.startswith(new)
            texts[column] = texts[column].mask(start, old + texts[column].str.slice(len(new)))
    rows = zip(texts.itertuples(index=False, name=None), frame[numbers].itertuples(index=False, name=None), strict=True)  # fmt: skip
    return sorted(rows, key=lambda row: row[0])


def _alike(one: tuple, other: tuple) -> bool:
    return one[0] == other[0] and all(
        (a != a and b != b) or a == b or abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))
        for a, b in zip(one[1], other[1], strict=True)
    )
