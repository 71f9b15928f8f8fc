"""What customers buy next, as a notebook shows it."""

from cs_lib.judgement.next_purchases import next_purchases
from cs_lib.kit.selection import Selection
from cs_lib.report.display import LeftOut, ReportTable, Sentence
from cs_lib.report.tables.purchase_table import purchases_table
from cs_lib.report.text.purchase_sentences import purchases_sentence

TITLE = "what customers buy next"


def shown(selection: Selection) -> list[Sentence | ReportTable | LeftOut]:
    """The pair that stands out in a sentence, and all of them in a table."""
    known, formatter = selection.measures.purchases, selection.formatter
    if known.empty:
        why = "needs subscriptions or orders of two products, by a segment called product or plan (or definitions.product)"
        return [LeftOut(TITLE, why)]
    found = selection.judgement.found(next_purchases, selection.segment)
    if found:
        return [
            part
            for each in found
            for part in (purchases_sentence(each, formatter), purchases_table(each, formatter))
        ]
    if selection.segment.label not in {*known["segment"]}:
        return [LeftOut(TITLE, f"it is not told within {selection.where}")]
    return [
        LeftOut(
            TITLE, "needs twelve months of history, of the last two years, and customers enough"
        )
    ]
