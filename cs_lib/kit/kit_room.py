"""Which segments' customers lack a feature that others use more, as a notebook shows it."""

from cs_lib.judgement.white_space import white_space
from cs_lib.kit.selection import Selection
from cs_lib.report.display import LeftOut, ReportTable, Sentence
from cs_lib.report.tables.room_table import room_table
from cs_lib.report.text.room_sentences import room_sentence

TITLE = "Features that some segments lack"


def shown(selection: Selection) -> list[Sentence | ReportTable | LeftOut]:
    """Where there is most room, in a sentence, and the others in a table."""
    if not selection.has("feature_adoption"):
        return [selection.left_out(["feature_adoption"], title=TITLE)]
    found = selection.judgement.found(white_space, selection.segment)
    if found is None:
        return [LeftOut(TITLE, "there are no two groups of customers large enough to compare")]
    selection.frame("feature_adoption", by="feature")  # so that the report defines it
    said = room_sentence(found, selection.formatter, where=selection.where)
    return [said, room_table(found, selection.formatter)] if found else [said]
