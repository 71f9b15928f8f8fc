"""Why customers leave, as a notebook shows it: each picks what was judged and hands it to those that say it."""

from cs_lib.judgement import churn_spike as spikes
from cs_lib.judgement.leaving import Reasons, reason_cells, reasons
from cs_lib.kit.selection import Selection
from cs_lib.report.display import LeftOut, ReportTable, Sentence
from cs_lib.report.tables import leaving_tables as tables
from cs_lib.report.text import leaving_sentences as sentences

LEFT, BY_AGE, REASON = "churned_customers_by_reason", "left_by_reason", "end_reason"
Shown = list[Sentence | ReportTable | LeftOut]


def why_they_leave(selection: Selection) -> Shown:
    """The reasons of twelve months in a sentence and a table."""
    found = _reasons(selection)
    if isinstance(found, LeftOut):
        return [found]
    formatter = selection.formatter
    return [sentences.reasons_sentence(found, formatter), tables.reasons_table(found, formatter)]


def who_gave_which_reason(selection: Selection) -> Shown:
    """Where a reason stands apart, and the share of each reason by segment and tenure."""
    found = _reasons(selection, "Reasons by segment")
    if isinstance(found, LeftOut):
        return [found]
    cells = selection.judgement.found(reason_cells, selection.segment)
    if cells.empty:
        few = f"no segment lost {selection.edition.min_n} customers in twelve months"
        return [LeftOut("Reasons by segment", few)]
    formatter = selection.formatter
    caption = f"Reasons by segment and length of stay, {formatter.span(found.first, found.last)}"
    return [
        sentences.cells_sentence(cells, formatter, where=selection.where),
        tables.cells_table(cells, caption, formatter),
    ]


def reasons_by_age(selection: Selection) -> Shown:
    """What share of those who join has left for each reason by some ages."""
    points = selection.curve(BY_AGE, REASON)
    if points.empty:
        return [selection.left_out([BY_AGE], REASON)]
    if points["t"].max() < min(tables.AGES):
        short = f"nobody has been followed for {selection.formatter.count(min(tables.AGES), 'month')} yet"
        return [LeftOut(selection.metric(BY_AGE).title, short)]
    ages = [each for each in tables.AGES if each in set(points["t"])]
    points = points[points["t"].isin(ages)]
    formatter = selection.formatter
    return [
        sentences.incidence_sentence(points, formatter),
        tables.incidence_table(points, formatter),
    ]


def churn_spike(selection: Selection) -> Shown:
    """Who left in the last spike of churn, each group against its own baseline."""
    found = _reasons(selection, "Spike of churn")
    if isinstance(found, LeftOut):
        return [found]
    spike = selection.judgement.found(spikes.churn_spike, selection.segment)
    if spike is None:
        why = "in no month of the last twelve did more customers leave than usual"
        return [LeftOut("Spike of churn", why)]
    formatter = selection.formatter
    return [sentences.spike_sentence(spike, formatter), tables.spike_table(spike, formatter)]


def _reasons(selection: Selection, title: str = "Why customers leave") -> Reasons | LeftOut:
    if not selection.has(LEFT):
        return selection.left_out([LEFT], title=title)
    selection.frame(LEFT, "churned_mrr_by_reason", by=REASON)  # so that the report defines them
    found = selection.judgement.found(reasons, selection.segment)
    least = selection.edition.min_n
    if found is None or found.customers < least:
        return LeftOut(title, f"fewer than {least} customers left in twelve months")
    return found
