"""A metric by the segments of each column: the sentence of those that stand apart, and the chart."""

from cs_lib.kit import kit_tables
from cs_lib.kit.chart_findings import segments_apart
from cs_lib.kit.kit_figures import FigureKit
from cs_lib.kit.selection import Selection
from cs_lib.report.display import LeftOut, ReportFigure, Sentence
from cs_lib.report.text.chart_titles import clearest
from cs_lib.report.text.segment_sentences import apart_words


def by_segment(
    selection: Selection, name: str, variant: str | None = None
) -> list[Sentence | ReportFigure | LeftOut]:
    """The sentence tells of the column whose segments stand apart most clearly; none where none do, for then
    the order may be chance."""
    columns = selection.own_columns or selection.edition.segments
    if not any(len(selection.frame(name, variant=variant, by=by)) for by in columns):
        return [kit_tables.no_segments(selection, name)]
    figure = FigureKit(selection).segments(name, variant=variant)
    metric, judged = selection.metric(name), segments_apart(selection, name, columns, variant)
    found = clearest(metric, [each for each in judged if each is not None])
    if found is None:
        return [figure]
    return [Sentence(apart_words(found[1], metric, selection.formatter, variant)), figure]
