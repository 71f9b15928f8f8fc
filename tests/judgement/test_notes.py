"""A note is of a finding and of its figure: where that was restated since, the judgement knows."""

from dataclasses import replace

import pytest

from cs_lib.edition.notes import Note, Notes
from cs_lib.period import Period, Segment

CHURN, ALL = "customer_churn_rate", Segment()
MAY = Period.parse("2026-05")


@pytest.fixture
def judged(drawn):
    """A company that misses its target, month by month a little more."""
    parts = [(40 + place, 1000) for place in range(24)]
    rows = [
        *drawn.shares(CHURN, parts),
        *drawn.total("mrr", [100_000.0] * 24),
        *drawn.total("paying_customers", [1000.0] * 24),
    ]
    return drawn.judgement(rows, targets={CHURN: 0.02})


def noted(judged, note: Note):
    edition = judged.edition.model_copy(update={"notes": Notes(notes=(note,))})
    return replace(judged, edition=edition)


def test_a_note_is_that_of_the_finding(judged):
    note = Note(finding=f"target: {CHURN}", since="2026-05", why="A rival.")
    (found,) = judged.findings(ALL)
    assert noted(judged, note).note(found) == note
    other = note.model_copy(update={"finding": f"target: {CHURN}, plan=Pro"})
    assert noted(judged, other).note(found) is None


def test_a_note_is_held_against_the_figure_of_its_own_period(judged):
    then, now = (each.findings(ALL)[0].value for each in (replace(judged, period=MAY), judged))
    assert then != pytest.approx(now, rel=1e-3)
    written = Note(finding=f"target: {CHURN}", since="2026-05", why="A rival.", value=then)
    assert not judged.is_restated(written)
    assert judged.is_restated(written.model_copy(update={"value": now}))
    assert judged.is_restated(written.model_copy(update={"finding": "target: nps"}))
    of_june = written.model_copy(update={"since": "2026-06", "value": now})
    assert not judged.is_restated(of_june)
