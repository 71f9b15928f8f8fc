"""What came of a case: the kit's answer, compared with what is known about it."""

import re
import traceback
from dataclasses import dataclass, field
from pathlib import Path

import fuzz_oracle as oracle
import yaml
from fuzz_answers import Answer, Kit, folder_of, same_measures
from fuzz_case import EDITION, Case

from cs_lib.edition import read_edition
from cs_lib.errors import EditionError, KitError, ReconciliationError
from cs_lib.pack.run.check_command import check_edition
from cs_lib.pack.run.plan import make_plan
from cs_lib.pack.run.request import RunRequest

SAME, OTHER, WARNED = "same number", "rightly different number", "warned"
PLACED, KEYED = "refused with file and line", "refused with file and key"
NEEDLESS = "refused although it could be read"
UNPLACED = "REFUSED WITHOUT PLACE"
WRONG, MISSING, TRACEBACK, HANG = "WRONG NUMBER", "SILENTLY MISSING ROWS", "TRACEBACK", "HANG"
LATE = "CHECK PASSES, RUN REFUSES"
GOOD = (SAME, OTHER, WARNED, PLACED, KEYED, NEEDLESS)


@dataclass(frozen=True)
class Verdict:
    kind: str
    says: str = ""


@dataclass
class Judge:
    """Judges cases; `quick` measures none whose rows are right."""

    quick: bool = False
    kit: Kit = field(default_factory=Kit)
    count: int = 0

    def judge(self, case: Case) -> Verdict:
        self.count += 1
        edition = case.edition or yaml.safe_dump(case.settings, sort_keys=False).encode()
        try:
            with folder_of(case.files, edition) as root:
                return self._judge(case, root)
        except Exception:
            return Verdict(TRACEBACK, traceback.format_exc(limit=-4))

    def _judge(self, case: Case, root: Path) -> Verdict:
        try:
            answer = self.kit.opened(root, case)
        except KitError as error:
            verdict = _refused(case, error)
            alone = verdict.kind == PLACED and case.alone is not None
            return self._without_the_row(case, root) if alone else verdict
        verdict = self._compared(case, answer)
        if self._due(case, answer, verdict):
            verdict = self._measured(case, answer, root, verdict)
        return verdict

    def _due(self, case: Case, answer: Answer, verdict: Verdict) -> bool:
        """What is unlike all that is right is measured in any case; of the rest, a share."""
        if verdict.kind not in (SAME, OTHER, WARNED):
            return True
        if self.quick:
            return False
        known = answer.whole in self.kit.measured
        return case.measured or self.count % (30 if known else 4) == 0

    def _compared(self, case: Case, answer: Answer) -> Verdict:
        base = self.kit.clean(case.tables, case)
        new = answer.findings - base.findings
        unsaid = case.kind == EDITION and not (case.right or case.said)
        known = [(tables, True) for tables in case.right or ([case.tables] if unsaid else [])]
        known += [(tables, False) for tables in case.said]
        for alike in (_same_rows, _same_figures):
            for tables, silently in known:
                if not alike(case, answer, self.kit.clean(tables, case)):
                    continue
                if silently:
                    return Verdict(SAME if tables is case.tables else OTHER)
                return Verdict(WARNED) if new else Verdict(WRONG, "and no finding says so")
        fewest = min((self.kit.clean(tables, case).rows for tables, _ in known), default=base.rows)
        if answer.rows < fewest and not new:
            return Verdict(MISSING, f"{fewest - answer.rows} of {fewest} rows")
        return Verdict(WRONG, "; ".join(sorted(new)))

    def _without_the_row(self, case: Case, root: Path) -> Verdict:
        """With --allow-rejects the row at fault is left out, said so, and no other with it."""
        if self.count % (9 if self.quick else 3):
            return Verdict(PLACED)
        rest = case.model()
        del rest[case.table][case.alone]
        try:
            answer = self.kit.opened(root, case, allow_rejects=True)
        except KitError as error:
            return Verdict(UNPLACED, f"with --allow-rejects: {error}")
        clean = self.kit.clean(rest, case)
        if answer.alike == clean.alike and answer.findings - clean.findings:
            return Verdict(PLACED)
        gone = clean.rows - answer.rows
        kind = MISSING if gone > 0 else WRONG
        return Verdict(kind, f"with --allow-rejects, {gone} rows more are left out")

    def _measured(self, case: Case, answer: Answer, root: Path, verdict: Verdict) -> Verdict:
        """What `check` passes, `run` computes and plans; and the figures are those of the oracle."""
        try:
            measures = answer.measure()
            edition = read_edition("tiny", root=root)
            make_plan(edition, measures, RunRequest(), root=root, passed_as="tiny")
        except ReconciliationError as error:
            return Verdict(WRONG, f"a proof fails: {error}")
        except KitError as error:
            try:
                check_edition("tiny", root=root, say=lambda _: None)
            except KitError:
                return _refused(case, error)
            return Verdict(LATE, str(error))
        known = {SAME: case.right, OTHER: case.right, WARNED: case.said}.get(verdict.kind, [])
        wrong: list[str] = []
        for tables in known:
            wrong = oracle.disagreements(oracle.headline(tables, case.settings), measures.measures)
            if not wrong:
                return verdict
        return Verdict(WRONG, f"by hand: {'; '.join(wrong[:3])}") if wrong else verdict


def _same_rows(case: Case, answer: Answer, other: Answer) -> bool:
    return answer.alike == other.alike


def _same_figures(case: Case, answer: Answer, other: Answer) -> bool:
    try:
        return same_measures(answer.measure(), other.measure(), case.renamed)
    except KitError:
        return False


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
    return not case.keys or any(key == "?" or key[:60] in text for key in case.keys)


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
