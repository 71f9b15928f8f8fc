"""What came of a case: the kit's answer, compared with what is known about it."""

import hashlib
import math
import re
import shutil
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import fuzz_company as company
import fuzz_oracle as oracle
import yaml
from fuzz_case import EDITION, Case
from fuzz_company import Tables

from cs_lib.data.load import open_data
from cs_lib.edition import read_edition
from cs_lib.errors import DataError, EditionError, KitError, ReconciliationError
from cs_lib.metrics.store import compute
from cs_lib.pack.checking import check_edition
from cs_lib.pack.plan import make_plan

ROOT = Path(__file__).resolve().parents[2]
SAME, OTHER, WARNED = "same number", "rightly different number", "warned"
PLACED, KEYED = "refused with file and line", "refused with file and key"
NEEDLESS = "refused although it could be read"
UNPLACED = "REFUSED WITHOUT PLACE"
WRONG, MISSING, TRACEBACK, HANG = "WRONG NUMBER", "SILENTLY MISSING ROWS", "TRACEBACK", "HANG"
LATE = "CHECK PASSES, RUN REFUSES"
GOOD = (SAME, OTHER, WARNED, PLACED, KEYED, NEEDLESS)
BAD = (UNPLACED, WRONG, MISSING, LATE, TRACEBACK, HANG)
NO_FIGURES = ("name", "path", "tables", "data", "company", "locale", "reports", "targets", "memory_limit", "spill_dir")  # fmt: skip
FIGURES = ("numerator", "denominator", "n", "value", "low", "high")


@dataclass
class Verdict:
    kind: str
    says: str = ""


@dataclass
class Answer:
    """What the kit made of files: its rows, and its measures once they are asked for."""

    signature: str
    rows: int
    findings: set[str]
    measure: Callable


@dataclass
class Judge:
    """Judges cases, and keeps what it learned of the tables it has seen."""

    seen: dict[str, object] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    count: int = 0
    quick: bool = False

    def judge(self, case: Case) -> Verdict:
        self.count += 1
        folder = Path(tempfile.mkdtemp(prefix="cs-fuzz-"))
        try:
            return self._judge(case, folder)
        except Exception:
            return Verdict(TRACEBACK, traceback.format_exc(limit=-4))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _judge(self, case: Case, folder: Path) -> Verdict:
        root = folder / "project"
        _lay_out(
            root,
            case.files,
            case.edition or yaml.safe_dump(case.settings, sort_keys=False).encode(),
        )
        try:
            answer = self._opened(root, case)
        except KitError as error:
            return _refused(case, error)
        verdict = self._compared(case, answer)
        if self._due(case, answer, verdict):
            verdict = self._measured(case, answer, root, verdict)
        return verdict

    def _due(self, case: Case, answer: Answer, verdict: Verdict) -> bool:
        """What is unlike all that is right is measured in any case; of the rest, a share."""
        if verdict.kind not in (SAME, OTHER, WARNED):
            return True
        if self.quick:
            return self.count % 50 == 0
        return case.measured or self.count % (30 if answer.signature in self.seen else 4) == 0

    def _compared(self, case: Case, answer: Answer) -> Verdict:
        base = self._answer(case.tables, case)
        for tables in case.right:
            if self._equal(case, answer, self._answer(tables, case)):
                return Verdict(SAME if tables is case.tables else OTHER)
        new = answer.findings - base.findings
        for tables in case.said:
            if self._equal(case, answer, self._answer(tables, case)):
                return Verdict(WARNED) if new else Verdict(WRONG, "and no finding says so")
        unsaid = case.kind == EDITION and not (case.right or case.said)
        if unsaid and self._equal(case, answer, base):
            return Verdict(SAME)
        expected = [self._answer(tables, case).rows for tables in case.right or case.said]
        fewest = min(expected, default=base.rows)
        if answer.rows < fewest and not new:
            return Verdict(MISSING, f"{fewest - answer.rows} of {fewest} rows")
        return Verdict(WRONG, "; ".join(sorted(new)))

    def _equal(self, case: Case, answer: Answer, other: Answer) -> bool:
        if answer.signature == other.signature:
            return True
        try:
            mine, theirs = answer.measure(), other.measure()
        except KitError:
            return False
        return same_measures(mine, theirs, case.renamed)

    def _measured(self, case: Case, answer: Answer, root: Path, verdict: Verdict) -> Verdict:
        """What `check` passes, `run` computes and plans; and the figures are those of the oracle."""
        try:
            measures = answer.measure()
            make_plan(read_edition("tiny", root=root), measures, root=root, passed_as="tiny")
        except ReconciliationError as error:
            return Verdict(WRONG, f"a proof fails: {error}")
        except KitError as error:
            try:
                check_edition("tiny", root=root)
            except KitError:
                return _refused(case, error)
            return Verdict(LATE, str(error))
        known = {SAME: case.right, OTHER: case.right, WARNED: case.said}.get(verdict.kind, [])
        for tables in known or ([case.tables] if verdict.kind == SAME else []):
            wrong = oracle.disagreements(oracle.headline(tables, case.settings), measures.measures)
            if not wrong:
                return verdict
        return Verdict(WRONG, f"by hand: {'; '.join(wrong[:3])}") if known else verdict

    def _answer(self, tables: Tables, case: Case) -> Answer:
        """The answer to clean tables, read by the edition that the fuzzer itself would write."""
        renamed = {new: old for new, old in case.renamed.items()}
        settings = company.settings_of(case.room, tables)
        for key in ("timezone", "rates"):
            if key in case.settings and case.kind != EDITION:
                settings[key] = case.settings[key]
        key = hashlib.sha256(repr((tables, settings, renamed)).encode()).hexdigest()
        if key not in self.answers:
            root = Path(tempfile.mkdtemp(prefix="cs-fuzz-clean-"))
            files = {f"{name}.csv": company.written(rows).encode() for name, rows in tables.items()}
            _lay_out(root, files, yaml.safe_dump(settings, sort_keys=False).encode())
            try:
                self.answers[key] = self._opened(root, case)
            except KitError:
                self.answers[key] = Answer(f"refused {key}", math.inf, set(), _refuse)
            finally:
                shutil.rmtree(root, ignore_errors=True)
        return self.answers[key]

    def _opened(self, root: Path, case: Case) -> Answer:
        """Read and check what lies in a folder, and say how to measure it."""
        from cs_lib.metrics.catalogue import check_target_names

        edition = read_edition("tiny", root=root)
        check_target_names(edition)
        with open_data(edition, root=root) as data:
            signature = _signature(edition, data, case)
            rows = sum(each.rows - each.rejected for each in data.inputs)
            findings = {each.says for each in data.findings}
        files = {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file() and "notebooks" not in path.parts}  # fmt: skip

        def measure():
            if signature not in self.seen:
                again = Path(tempfile.mkdtemp(prefix="cs-fuzz-again-"))
                try:
                    _lay_out(again, {str(name): content for name, content in files.items()}, None)
                    self.seen[signature] = compute(read_edition("tiny", root=again), root=again)
                except KitError as error:
                    self.seen[signature] = error
                finally:
                    shutil.rmtree(again, ignore_errors=True)
            if isinstance(self.seen[signature], KitError):
                raise self.seen[signature]
            return self.seen[signature]

        return Answer(signature, rows, findings, measure)


def _refuse():
    raise DataError("clean tables that the kit refuses")


def _lay_out(root: Path, files: dict[str, bytes], edition: bytes | None) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (root / "params").mkdir(parents=True, exist_ok=True)
    (root / "notebooks").symlink_to(ROOT / "notebooks")
    if edition is not None:
        (root / "params" / "tiny.yaml").write_bytes(edition)


def _signature(edition, data, case: Case) -> str:
    """A digest of the rows that count, in whatever order, and of what the edition says about figures."""
    digest = hashlib.sha256(edition.model_dump_json(exclude=set(NO_FIGURES)).encode())
    digest.update(repr((data.as_of, sorted(case.renamed.items()))).encode())
    wanted = {*edition.segments, *(each for names in company.COLUMNS.values() for each in names)}
    for name in sorted(data.tables):
        frame = data.engine.collect(data.tables[name])
        columns = sorted(set(frame.columns) & wanted)
        frame = frame[columns].astype(object).where(frame[columns].notna(), None)
        kept = [column for column in columns if frame[column].notna().any()]
        rows = sorted(map(repr, frame[kept].itertuples(index=False, name=None)))
        digest.update(repr((name, kept, rows)).encode())
    return digest.hexdigest()


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


def _refused(case: Case, error: KitError) -> Verdict:
    """Was it refused as a user needs it: by file and line, or by file and key?"""
    text = str(error)
    if "Out of Memory" in text and case.kind != EDITION:
        return Verdict(HANG, text)
    if "Traceback" in text or "INTERNAL" in text or "Assertion" in text:
        return Verdict(TRACEBACK, text)
    if case.neutral and not any(key in text for key in case.keys):
        return Verdict(NEEDLESS if _placed(case, text) or case.table in text else UNPLACED, text)
    if isinstance(error, EditionError) and "tiny" in text and _keyed(case, text):
        return Verdict(KEYED, text)
    if _placed(case, text):
        return Verdict(PLACED, text)
    if case.keys and _keyed(case, text):
        return Verdict(KEYED, text)
    return Verdict(UNPLACED, text)


def _keyed(case: Case, text: str) -> bool:
    return not case.keys or any(key == "?" or key in text for key in case.keys)


def _placed(case: Case, text: str) -> bool:
    """Does it name one of the files, and one of its lines where a line is at fault?"""
    for file, line in case.places:
        if line is None and file in text:
            return True
        if re.search(rf"{re.escape(file)}, (line|row) {line}\b", text):
            return True
        if line is None and f"tables.{case.table}" in text:
            return True
    return False
