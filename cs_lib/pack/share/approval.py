"""Whether a pack is approved: an approval is of figures, definitions and notes, and void once one differs."""

import hashlib
import json
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from cs_lib.edition import Edition
from cs_lib.edition.notes import Approval
from cs_lib.pack.pages.header import day_words
from cs_lib.pack.run.figure_files import to_digits
from cs_lib.pack.run.publish import write_changed
from cs_lib.period import Period

if TYPE_CHECKING:
    from cs_lib.metrics.measures import Measures

#: where a page keeps its place for these words; what stands between is replaced
START, END = "<!-- approval -->", "<!-- /approval -->"
#: what an approval is of, in the order in which its digest has them
PARTS = ("figures", "definitions", "notes")
#: what of an edition says how figures are computed and judged
DEFINED = {"currency", "rates", "confidence", "min_n", "segments", "definitions", "targets"}


@dataclass(frozen=True)
class ApprovalState:
    """How a pack stands: `digest` is of what it holds now, `last` the approval given last for its period."""

    asked: bool
    digest: str
    last: Approval | None

    @property
    def is_valid(self) -> bool:
        return self.last is not None and self.last.digest == self.digest

    def as_dict(self) -> dict[str, str]:
        return {"digest": self.digest, "words": self.words}

    @property
    def words(self) -> str:
        """What pages say of it; nothing where nobody asks for an approval and none was given."""
        if self.last is None:
            return "Draft: not approved." if self.asked else ""
        by, day = self.last.by, day_words(self.last.on.isoformat())
        if self.is_valid:
            return f"Approved by {by} on {day}."
        changed = _listed(_changed(self.digest, self.last.digest))
        return f"Approval void: {changed} changed since {by} approved on {day}."


def approval_of(edition: Edition, measures: "Measures", period: Period) -> ApprovalState:
    """How the pack of a period stands that holds these measures, and the edition's notes as they are."""
    figures = _figures(measures, period)
    return state_of(edition, period, ".".join((figures, *_written(edition, period))))


def state_of(edition: Edition, period: Period, digest: str) -> ApprovalState:
    """The same of a pack whose digest is known."""
    given = [each for each in edition.notes.approvals if each.period == period.label]
    return ApprovalState(edition.asks_approval, digest, given[-1] if given else None)


def changed_since(edition: Edition, period: Period, digest: str) -> list[str]:
    """What of an edition's definitions and notes is another now than in the pack of that digest."""
    figures, *_ = digest.split(".")
    return _changed(".".join((figures, *_written(edition, period))), digest)


def _figures(measures: "Measures", period: Period) -> str:
    """A digest of every figure, to the digits that are published, and of every plan up to the period's end; of later
    ones a pack of it shows none."""
    import numpy as np
    import pandas as pd

    rows = measures.measures
    rows = rows[rows["period_end"] <= pd.Timestamp(period.end)]
    each = np.sort(pd.util.hash_pandas_object(to_digits(rows), index=False).to_numpy())
    end = period.end.isoformat()
    plan = [row for row in measures.data.get("plan", ()) if row["month"] < end]
    expected = "\n".join(sorted(json.dumps(row, sort_keys=True) for row in plan))
    return hashlib.sha256(each.tobytes() + expected.encode()).hexdigest()[:12]


def _written(edition: Edition, period: Period) -> tuple[str, str]:
    from cs_lib.metrics.audit.restatement import definition_digests

    defined = edition.model_dump(mode="json", include=DEFINED)
    happened = [e.model_dump(mode="json") for e in edition.events if e.on < period.end]
    notes = edition.notes.at(period).model_dump(mode="json")
    return _digest(definition_digests(), defined), _digest(happened, notes)


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def _changed(now: str, then: str) -> list[str]:
    pairs = zip_longest(PARTS, now.split("."), then.split(".")[: len(PARTS)])
    return [part for part, one, other in pairs if one != other]


def _listed(parts: list[str]) -> str:
    *first, last = parts or ["something"]
    return f"{', '.join(first)} and {last}" if first else last


def put_words(folder: Path, state: ApprovalState) -> None:
    """Have every page of a pack say how it stands."""
    for path in sorted(folder.glob("*.html")):
        write_changed(path, with_words(path.read_text(encoding="utf-8"), state))


def with_words(page: str, state: ApprovalState) -> str:
    """The page with these words at its place for them, in the stead of those it had."""
    said = ""
    if state.words:
        look, sign = ("clean", "✓") if state.is_valid else ("attention", "!")
        mark = f'<span class="mark" aria-hidden="true">{sign}</span>'
        said = f'<div class="state {look}" role="note"><p>{mark} {escape(state.words)}</p></div>'
    head, _, rest = page.partition(START)
    return f"{head}{START}{said}{END}{rest.partition(END)[2]}" if rest else page
