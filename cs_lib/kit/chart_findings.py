"""What the charts of a report find, from its judgement: the titles that stand over them."""

from collections.abc import Sequence

import pandas as pd

from cs_lib.data.facts.comment_facts import STEP
from cs_lib.judgement.comparisons import Apart
from cs_lib.judgement.control_limits import IN_A_ROW
from cs_lib.judgement.series import OF_A_PERIOD
from cs_lib.kit.selection import Selection
from cs_lib.period import MONTH, PERIODS_A_YEAR, Period
from cs_lib.report.text import chart_titles, movement_sentences
from cs_lib.report.text.measure_row import Reading


def over_time(
    selection: Selection, name: str, variant: str | None = None, *, first: Period | None = None
) -> str:
    """Of a metric over time: a target missed, a lasting change, a signal of the last year, else its level.

    `first`: the first period that the chart shows; of what began before it nothing is told.
    """
    frame = selection.frame(name, variant=variant)
    if frame.empty:
        return ""
    now = Reading.of(frame.iloc[0])
    if not now.ok:
        return ""
    judgement, whose = selection.judgement, (now.segment_by, now.segment)
    metric, a_year = selection.metric(name), PERIODS_A_YEAR[selection.period.grain]
    runs, _ = judgement.runs(name, *whose, a_year, variant)
    step = judgement.step(name, *whose, variant)
    run = runs[-1] if runs else None
    ago = selection.frame(name, variant=variant, back=a_year)
    return chart_titles.over_time_title(
        metric,
        now,
        Reading.of(ago.iloc[0]) if len(ago) else None,
        selection.formatter,
        standing=judgement.standing(name, *whose, variant=now.variant),
        step=None if step and first and step.first < first else step,
        run=None if run and first and run.first < first else run,
    )


def control(selection: Selection, name: str, frame: pd.DataFrame) -> str:
    """How many periods lay outside their limits, of those that have some."""
    judged = frame[frame["centre"].notna() & frame["value"].notna()]
    outside, grain = int(judged["signal"].sum()), selection.period.grain
    many = selection.formatter.count(len(judged), grain)
    if judged.empty:
        return ""
    title = selection.metric(name).title
    if not outside:
        return (
            f"{title}: {_unusual_together(selection, name, frame) or f'nothing unusual in {many}'}"
        )
    return f"{title}: {outside} of {many} outside normal variation"


def _unusual_together(selection: Selection, name: str, frame: pd.DataFrame) -> str:
    """Of figures none of which is unusual alone, those that are together; empty where none are."""
    row = frame.iloc[0]
    whose = row["segment_by"], row["segment"], len(frame), row["variant"]
    runs, _ = selection.judgement.runs(name, *whose)
    if not runs:
        return ""
    return f"{IN_A_ROW} {selection.period.grain}s in a row unusual together, none alone"


def growth(selection: Selection, frame: pd.DataFrame) -> str:
    """By how much recurring revenue grew or fell, and from where to where."""
    said = movement_sentences.movement_sentence(frame, formatter=selection.formatter)
    return said.text.partition(":")[0].rstrip(".")


def segments(
    selection: Selection, name: str, columns: Sequence[str], variant: str | None = None
) -> str:
    """The segment that stands apart; where none does, that; empty where neither can be said.

    Segments are compared over months: where a rate is shown of longer periods, that is of another figure.
    """
    if name in OF_A_PERIOD and selection.period.grain != MONTH:
        return ""
    apart = segments_apart(selection, name, columns, variant)
    said = chart_titles.segments_title(selection.metric(name), apart, selection.formatter)
    return said if len(said) <= chart_titles.LONGEST else ""


def segments_apart(
    selection: Selection, name: str, columns: Sequence[str], variant: str | None = None
) -> list[Apart | None]:
    """Of each segment column of the edition, and of the steps at which customers were asked, the segments against the
    others over twelve months."""
    within = selection.segment.label
    judged = {*selection.edition.segments, STEP} - set(selection.own_columns)
    return [
        selection.judgement.apart(name, by, within=within, variant=variant)
        for by in columns
        if by in judged
    ]
