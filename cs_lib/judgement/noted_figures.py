"""The figure that a note was written about, found again: of a period, without all other findings of it."""

from collections.abc import Callable, Iterator

from cs_lib.edition.notes import parts_of
from cs_lib.judgement import trends
from cs_lib.judgement.base_findings import concentrated, rooms
from cs_lib.judgement.comparisons import segments_apart
from cs_lib.judgement.finding import WORDED, Finding
from cs_lib.judgement.leaving import reason_share
from cs_lib.judgement.news import COHORT_AGE, KEPT, LOOKED, cohorts_seen, lasting_change, runs_told
from cs_lib.judgement.score_link import answers_apart
from cs_lib.judgement.series import Figures
from cs_lib.judgement.signals import has_limits
from cs_lib.judgement.standing import standing
from cs_lib.judgement.voice_findings import reasons_risen, themes_apart
from cs_lib.period import ALL, Period, Segment
from cs_lib.vocabulary import (
    ANSWER_APART,
    APART,
    CONCENTRATED,
    LASTING_CHANGE,
    REASON_APART,
    REASON_RISEN,
    ROOM,
    TAKE_UP,
    TARGET,
    THEME_APART,
)

#: what makes the findings of a kind, where one is found again by making them
MAKERS: dict[str, Callable[[Figures, Period, Segment], Iterator[Finding]]] = {
    ANSWER_APART: answers_apart,
    REASON_RISEN: reasons_risen,
    THEME_APART: themes_apart,
    CONCENTRATED: concentrated,
    ROOM: rooms,
}


def figure_of(figures: Figures, finding: str, period: Period) -> float | None:
    """The value of a finding, by its key, as the measures give it today; None where there is none."""
    kind, name, segment = parts_of(finding)
    if name in figures.measures.left_out:
        return None
    whose = segment.by, segment.label
    if kind == TARGET:
        judged = standing(figures, name, *whose, period)
        return judged.figure.value if judged else None
    if kind == APART:
        return _apart(figures, name, segment, period)
    if kind in MAKERS:
        return _made_again(figures, finding, kind, segment, period)
    if kind == REASON_APART:
        return reason_share(figures, segment, period)
    if kind == LASTING_CHANGE:
        cells = cohorts_seen(figures, segment, period) if name == KEPT else None
        step = (
            lasting_change(figures, name, *whose, period)
            if cells is None
            else trends.cohort_step(cells, COHORT_AGE)
        )
        return step.value if step else None
    return _at(figures, name, whose, period, may_run=kind != TAKE_UP)


def _made_again(
    figures: Figures, finding: str, kind: str, segment: Segment, period: Period
) -> float | None:
    """The value of the finding of this key, from whatever makes those of its kind."""
    held = segment
    if kind in WORDED:
        held = Segment(segment.pairs[:-1])
    elif kind == ROOM:  # it is found in the whole as in its own segment
        held = Segment()
    found = MAKERS[kind](figures, period, held)
    return next((each.value for each in found if each.key == finding), None)


def _apart(figures: Figures, name: str, segment: Segment, period: Period) -> float | None:
    """A segment among those of its last column, inside what holds it."""
    *held, (column, _) = segment.pairs or ((ALL, ALL),)
    found = segments_apart(figures, name, column, period, within=Segment(tuple(held)).label)
    if found is None:
        return None
    mine = found.rows[found.rows["segment"] == segment.label]
    return float(mine["value"].iloc[0]) if len(mine) else None


def _at(
    figures: Figures, name: str, whose: tuple[str, str], period: Period, *, may_run: bool
) -> float | None:
    """Of a signal the run that it ends; of anything else, and of what was since, the periods' figure."""
    metric = figures.metric(name)
    newest = figures.measures.newest(metric, None, period)
    if may_run and has_limits(metric):
        runs, _ = runs_told(figures, name, whose, newest, LOOKED)
        if runs:
            return runs[-1].value if runs[-1].last == newest else runs[-1].since
    here = figures.series(name, *whose, grain=period.grain).between(newest, newest).known
    return float(here.value[0]) if len(here) else None
