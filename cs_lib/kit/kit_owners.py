"""The books of customer-success managers, as a notebook shows them: all of them, or that of one owner."""

from cs_lib.kit.selection import Selection
from cs_lib.period import ALL
from cs_lib.report.display import LeftOut, ReportTable, Sentence
from cs_lib.report.tables.owner_tables import losses_table, money_table
from cs_lib.report.text.owner_sentences import book_sentence, books_sentence, unknown_sentence
from cs_lib.vocabulary import OWNER

TITLE = "Books of customer-success managers"


def shown(selection: Selection) -> list[Sentence | ReportTable | LeftOut]:
    """Who lost more than expected, in a sentence, two tables, and what they don't know."""
    found, segment = selection.judgement.books(), selection.segment
    if not selection.has("mrr"):
        return [selection.left_out(["mrr"], title=TITLE)]
    if segment.label != ALL and selection.own_columns != (OWNER,):
        return [LeftOut(TITLE, "they are told of all customers, or of one owner's")]
    if found is None:
        return [LeftOut(TITLE, "the table customers names no owner")]
    rows, formatter = found.rows, selection.formatter
    said = books_sentence(found, formatter)
    if segment.label != ALL:
        rows = rows[rows[OWNER].eq(segment.pairs[0][1])]
        if rows.empty or rows["hidden"].any():
            return [
                LeftOut(TITLE, "too few customers in this book, or in one that it would tell of")
            ]
        said = book_sentence(found, rows.iloc[0].to_dict(), formatter)
    return [
        said,
        losses_table(found, rows, formatter),
        money_table(found, rows, formatter),
        unknown_sentence(found, formatter),
    ]
