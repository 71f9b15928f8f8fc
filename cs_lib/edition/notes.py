"""What people wrote about a month: why a finding is so, what to do, what the board decides, who approved."""

import math
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ValidationError,
    model_validator,
)

from cs_lib.errors import EditionError, did_you_mean
from cs_lib.params import Day, Number, Part, Text, explained, read_mapping
from cs_lib.period import ALL, Period, Segment
from cs_lib.vocabulary import APART, FINDINGS, TARGET

Status = Literal["open", "done", "dropped"]
OPEN: Final = "open"
DONE: Final = "done"
DROPPED: Final = "dropped"
#: by what share of it a figure may differ from a note's, which is written in six digits
SAME = 1e-4


def _period_label(value: object) -> object:
    """A period as it is written (2026 comes as a number), in its one spelling."""
    try:
        return Period.parse(str(value)).label
    except EditionError as error:
        raise ValueError(str(error)) from None


PeriodLabel = Annotated[str, BeforeValidator(_period_label)]


def parts_of(finding: str) -> tuple[str, str, Segment]:
    """Kind, metric and segment of a finding's key; EditionError where it is none.

    >>> parts_of("segment apart: nps, region=APAC")[:2]
    ('segment apart', 'nps')
    """
    kind, colon, rest = finding.partition(": ")
    metric, _, segment = rest.partition(", ")
    if not colon or not metric:
        raise EditionError(
            f"{finding!r} is not the key of a finding. Write its kind, its metric and, of a segment, "
            f'the segment: "{TARGET}: nps" or "{APART}: nps, region=APAC"'
        )
    if kind not in FINDINGS:
        raise EditionError(f"{kind!r} is not a kind of finding. {did_you_mean(kind, FINDINGS)}")
    return kind, metric, Segment.parse(segment or ALL)


def _key_of_a_finding(value: str) -> str:
    """The key in its one spelling, by which a finding looks for its note."""
    try:
        kind, metric, segment = parts_of(value)
    except EditionError as error:
        raise ValueError(str(error)) from None
    return f"{kind}: {metric.strip()}" + (f", {segment.label}" if segment.pairs else "")


def _on_one_line(value: str) -> str:
    return " ".join(value.split())


Line = Annotated[Text, AfterValidator(_on_one_line)]


class Note(Part):
    """What is to be said of one finding, from the period in which it was written until it is closed.

    `value` is the figure that it was written about.
    """

    finding: Annotated[Text, AfterValidator(_key_of_a_finding)]
    since: PeriodLabel
    why: Line | None = None
    do: Line | None = None
    owner: Line | None = None
    due: Day | None = None
    status: Status = OPEN
    closed: PeriodLabel | None = None
    outcome: Line | None = None
    value: Number | None = None

    @model_validator(mode="after")
    def _closed_once_it_is_over(self) -> Self:
        if self.status != OPEN and self.closed is None:
            raise ValueError(f"status {self.status} needs closed, the period in which it was")
        if self.status == OPEN and self.closed is not None:
            raise ValueError(f"closed {self.closed} needs status: {DONE} or {DROPPED}")
        if self.closed and _is_over_before(self.closed, Period.parse(self.since)):
            raise ValueError(f"closed {self.closed} comes before since {self.since}")
        return self

    @property
    def is_blank(self) -> bool:
        """Whether it is a form that nobody has filled in yet."""
        return self.why is None and self.do is None

    def is_restated(self, figure: float | None) -> bool:
        """Whether the figure that it was written about is another now, or is found no more (None)."""
        if self.value is None:
            return False
        return figure is None or not math.isclose(figure, self.value, rel_tol=SAME)

    def at(self, period: Period) -> "Note | None":
        """The note as it stood at the end of a period; None before it was written and once it was closed."""
        if not _is_begun(self.since, period):
            return None
        if self.closed is None:
            return self
        if _is_over_before(self.closed, period):
            return None
        if _is_begun(self.closed, period):
            return self
        return self.model_copy(update={"status": OPEN, "closed": None, "outcome": None})


class Decision(Part):
    """What the board is asked to decide in a period."""

    period: PeriodLabel
    text: Line


class Approval(Part):
    """Who approved which figures: `digest` is of measures, definitions and notes."""

    period: PeriodLabel
    by: Text
    on: Day
    digest: Text


class Notes(Part):
    """The notes of an edition, from its file under `params/notes`."""

    prepared_by: Line | None = None
    notes: tuple[Note, ...] = ()
    decisions: tuple[Decision, ...] = ()
    approvals: tuple[Approval, ...] = ()

    @model_validator(mode="after")
    def _each_finding_once_a_period(self) -> Self:
        seen = set()
        for each in self.notes:
            if (each.finding, each.since) in seen:
                raise ValueError(f"notes: {each.finding!r} is there twice since {each.since}")
            seen.add((each.finding, each.since))
        return self

    @property
    def shown(self) -> "Notes":
        """What reports show of it: no form that is blank, and no approval, which is of a pack."""
        filled = tuple(note for note in self.notes if not note.is_blank)
        return self.model_copy(update={"notes": filled, "approvals": ()})

    def at(self, period: Period) -> "Notes":
        """What of it belongs to a period, as it stood then; approvals are of a pack, and left out."""
        standing = [note.at(period) for note in self.shown.notes]
        return Notes(
            prepared_by=self.prepared_by,
            notes=tuple(note for note in standing if note is not None),
            decisions=self.decisions_of(period),
        )

    def for_finding(self, key: str, period: Period) -> Note | None:
        """The note of a finding as it stood at a period: the last one written up to then, unless it was closed
        before."""
        of_it = [
            note
            for note in self.notes
            if note.finding == key and not note.is_blank and _is_begun(note.since, period)
        ]
        return max(of_it, key=_written).at(period) if of_it else None

    def decisions_of(self, period: Period) -> tuple[Decision, ...]:
        return tuple(each for each in self.decisions if each.period == period.label)


def _written(note: Note) -> tuple:
    period = Period.parse(note.since)
    return period.end, period.start


def _is_begun(label: str, period: Period) -> bool:
    return Period.parse(label).start < period.end


def _is_over_before(label: str, period: Period) -> bool:
    return Period.parse(label).end <= period.start


def read_notes(path: Path, shown: Path) -> Notes:
    """The notes in a file; EditionError that names the file and the key."""
    raw = read_mapping(path, shown, may_be_empty=True)
    try:
        return Notes.model_validate(raw)
    except ValidationError as error:
        raise EditionError(explained(error, shown, Notes)) from None
