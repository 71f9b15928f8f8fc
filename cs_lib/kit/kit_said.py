"""What customers said, and what became of them, as a notebook shows it."""

from cs_lib.kit.selection import Selection
from cs_lib.report.display import LeftOut, ReportTable, Sentence
from cs_lib.report.tables.staying_table import staying_table
from cs_lib.report.text.staying_sentences import staying_sentence

STAYING = "scores and staying"
Shown = list[Sentence | ReportTable | LeftOut]


def scores_and_staying(selection: Selection) -> Shown:
    """Whether promoters stay longer: a sentence, and a table by answer."""
    if selection.measures.staying.empty:
        return [
            LeftOut(STAYING, "needs subscriptions, and NPS answers of a year that name a customer")
        ]
    found = selection.judgement.staying(selection.segment)
    if found is None or found.rows["hidden"].all():
        return [LeftOut(STAYING, "no answers of this segment have been followed for six months")]
    formatter = selection.formatter
    return [staying_sentence(found, formatter), staying_table(found, formatter)]
