"""What `notes` does: the open findings of a period, written into the edition's notes as a form to fill in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cs_lib.edition import Edition, read_edition
from cs_lib.pack.run.choices import check_names, choose_period, choose_segments, first_day
from cs_lib.pack.run.plan import refuse_wrong_words
from cs_lib.pack.run.request import RunRequest
from cs_lib.pack.share.notes_file import Entry, add, notes_path
from cs_lib.period import Period

if TYPE_CHECKING:
    from cs_lib.judgement.judgement import Judgement

#: of how many stories of each segment that has reports of its own a note is asked; of the whole of all
MOST_OF_A_SEGMENT = 1


def write_notes(
    which: str,
    *,
    root: Path,
    period: str | None = None,
    data_dir: Path | None = None,
    say: Callable[[str], None],
) -> None:
    """Add to an edition's notes what the front pages tell without a note, and say which notes are stale."""
    from cs_lib.judgement.finding import Finding
    from cs_lib.judgement.judgement import Judgement
    from cs_lib.metrics.audit.cache import load_measures

    edition = read_edition(which, root=root)
    refuse_wrong_words(edition, RunRequest(period=period), root=root)
    measures = load_measures(edition, root=root, data_dir=data_dir)
    check_names(edition, measures)
    chosen = choose_period(
        edition, period, as_of=measures.as_of, first=first_day(measures.data["inputs"])
    )
    judgement = Judgement(edition, measures, chosen)
    open_now = {note.finding for note in edition.notes.notes if note.at(chosen)}
    asked: dict[str, Finding] = {}
    for segment in choose_segments(edition, measures, chosen):
        stories = judgement.front(segment).stories
        for story in stories[:MOST_OF_A_SEGMENT] if segment.pairs else stories:
            if story.note is None and story.told[0].key not in open_now:
                asked.setdefault(story.told[0].key, story.told[0])
    fresh = list(asked.values())
    shown = notes_path(edition, root)[1].as_posix()
    if fresh:
        add(edition, root, "notes", [_form(each.key, chosen, each.value) for each in fresh])
        say(f"{shown}: added {len(fresh)} of {chosen}, to be filled in:")
        for found in fresh:
            say(f"  {found.key}")
    else:
        say(f"{shown}: every finding of {chosen} has a note.")
    for words in _stale(edition, judgement, chosen):
        say(words)


def _form(key: str, period: Period, value: float) -> Entry:
    blank = dict.fromkeys(("why", "do", "owner", "due"))
    return {"finding": key, "since": period.label, "value": float(value), **blank}


def _stale(edition: Edition, judgement: "Judgement", period: Period) -> Iterator[str]:
    """The open notes whose figure is another now than when they were written."""
    for note in filter(None, (each.at(period) for each in edition.notes.notes)):
        if judgement.is_restated(note):
            yield (
                f"stale: {note.finding}, since {note.since}: the figure was {note.value:.6g} when it "
                "was written, and is another now."
            )
