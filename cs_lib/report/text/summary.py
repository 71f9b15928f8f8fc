"""The sentences at the head of a pack: short enough to read aloud, true for any figures.

Each kind of finding has its writer where whatever else tells that kind has its own.
"""

import html
import math
from dataclasses import dataclass

from cs_lib.judgement import Finding
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.period import ALL
from cs_lib.report.text.formatting import Formatter, listed, metric_title
from cs_lib.report.text.segment_sentences import apart_finding
from cs_lib.report.text.sentences import lower_first, signal_finding, was_of
from cs_lib.report.text.trend_sentences import step_words
from cs_lib.report.text.verdict_words import judged_words
from cs_lib.vocabulary import APART, BAD, LASTING_CHANGE, MONEY, TARGET


@dataclass(frozen=True)
class Lead:
    """The lead: its sentences in order."""

    sentences: tuple[str, ...]

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        items = "\n".join(f"<li>{html.escape(text)}</li>" for text in self.sentences)
        return {"text/html": f'<ul class="lead-findings">\n{items}\n</ul>', "text/plain": str(self)}

    def __str__(self) -> str:
        return "\n".join(f"• {text}" for text in self.sentences)


def finding_sentence(found: Finding, metric: Metric, formatter: Formatter, also: list[str]) -> str:
    """A finding in one sentence; `also` are the titles of what else the same event moved."""
    said = f"{_finding(found, metric, formatter)}{_stake(found, formatter)}"
    if not also:
        return f"{said}."
    named = [*also[:2], f"{len(also) - 2} more"] if len(also) > 3 else also
    return f"{said} (with it: {listed([lower_first(title) for title in named])})."


def _finding(found: Finding, metric: Metric, formatter: Formatter) -> str:
    where = formatter.segment(found.segment_by, found.segment) if found.segment != ALL else ""
    if found.kind == TARGET and found.standing:
        title = metric_title(metric, where=where)
        said = judged_words(found.standing, metric, was_of(metric), found.last, formatter)
        return f"{title} {said}"
    if found.kind == APART:
        return apart_finding(found, metric, formatter)
    if found.kind == LASTING_CHANGE:
        return step_words(metric, found, formatter, where=where)
    return signal_finding(found, metric, where, formatter)


def _stake(found: Finding, formatter: Formatter) -> str:
    """ "; $119K of revenue a year": what is at stake, where it can be said and is bad news."""
    if math.isnan(found.stake.money) or found.side != BAD:
        return ""
    return f"; at stake: {formatter.short(found.stake.money, MONEY)} a year"


def undecided_sentence(titles: list[str]) -> str:
    """Which targets are too close to call."""
    whose = "its target" if len(titles) == 1 else "their targets"
    return f"Too close to call against {whose}: {listed(titles)}."
