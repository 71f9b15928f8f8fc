"""Which sentences stand at the head of a pack.

Growth first. Then what the judgement found, in its order (see `judgement.findings`): bad news, but for
room that is kept for the period's clearest event of the whole and for a piece of good news. What is too
close to call is named only once no missed target and no lasting change is left untold. Where little was
found, headline figures fill up.
"""

from cs_lib.judgement import Finding
from cs_lib.kit.selection import MRR_FLOW, Selection
from cs_lib.report.display import LeftOut
from cs_lib.report.text import summary
from cs_lib.report.text.formatting import metric_title
from cs_lib.report.text.measure_row import Reading
from cs_lib.report.text.movement_sentences import growth_sentence
from cs_lib.report.text.sentences import figure_sentence, total_sentence
from cs_lib.report.text.summary import Lead
from cs_lib.vocabulary import (
    BAD,
    GOOD,
    LASTING_CHANGE,
    MISSED,
    SIGNAL,
    SUMMARY_HEADLINES,
    TARGET,
    TOO_CLOSE,
)

MOST, LEAST = 5, 3
TOTALS = ("revenue", "mrr")


def lead(selection: Selection) -> Lead | LeftOut:
    """Three to five sentences, fewer where the edition gives no more; LeftOut where none."""
    found = selection.judgement.findings(selection.segment)
    chosen = _chosen(selection, found, room=MOST - 1)
    growth = _growth(selection)
    said = [growth] if growth else []
    said += [_sentence(selection, each) for each in chosen]
    if len(said) < MOST and not _untold(found, chosen):
        said += _undecided(selection)
    said += _filling(selection, LEAST - len(said), {each.metric for each in chosen})
    if not said:
        return LeftOut("Lead", "this edition has no headline metric for this period")
    return Lead(tuple(said))


def _chosen(selection: Selection, found: list[Finding], room: int) -> list[Finding]:
    bad = [each for each in found if each.side == BAD and each.kind != SIGNAL]
    whole = [each for each in found if each.segment == selection.segment.label]
    events = [each for each in whole if each.kind == SIGNAL]
    good = [each for each in found if each.side == GOOD and each.kind != SIGNAL]
    rest = [*events[:1], *good[:1]]
    chosen = [*bad[: room - len(rest)], *rest]
    return [*chosen, *good[1:]][:room]


def _untold(found: list[Finding], chosen: list[Finding]) -> bool:
    """Whether a missed target or a lasting change is left out."""
    return any(
        each not in chosen
        and (each.kind == LASTING_CHANGE or (each.kind == TARGET and each.certainty == MISSED))
        for each in found
    )


def _sentence(selection: Selection, found: Finding) -> str:
    selection.frame(found.metric)  # so that the report defines it
    also = [metric_title(selection.metric(name)) for name in found.also]
    metric = selection.metric(found.metric)
    return summary.finding_sentence(found, metric, selection.formatter, also)


def _growth(selection: Selection) -> str | None:
    said = growth_sentence(selection.frame(*MRR_FLOW), selection.formatter)
    if said:
        return said
    for name in TOTALS:
        if (now := _figure(selection, name)) is not None:
            before = _figure(selection, name, back=1)
            return total_sentence(selection.metric(name), now, before, selection.formatter)
    return None


def _undecided(selection: Selection) -> list[str]:
    by, label = selection.segment.by, selection.segment.label
    titles = [
        metric_title(selection.metric(name))
        for name in selection.edition.targets
        if selection.has(name)
        and (found := selection.judgement.standing(name, by, label)) is not None
        and found.verdict == TOO_CLOSE
    ]
    return [summary.undecided_sentence(titles)] if titles else []


def _filling(selection: Selection, room: int, told: set[str]) -> list[str]:
    """Headline figures of which nothing was found."""
    said: list[str] = []
    for name in SUMMARY_HEADLINES:
        if len(said) >= room:
            break
        now = _figure(selection, name) if name not in told else None
        if now is not None:
            metric = selection.metric(name)
            said.append(figure_sentence(metric, now, selection.formatter))
    return said


def _figure(selection: Selection, name: str, back: int = 0) -> Reading | None:
    """The figure of a metric, where it has one."""
    if not selection.has(name):
        return None
    frame = selection.frame(name, back=back)
    found = Reading.of(frame.iloc[0]) if len(frame) else None
    return found if found and found.ok else None
