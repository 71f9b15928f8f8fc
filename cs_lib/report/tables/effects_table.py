"""What goes with leaving, and with paying more, as a table: a row a label, under its feature."""

from cs_lib.judgement.goes_with import GoesWith
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.effect_words import CAVEAT, effect_mark, interval, points, title
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.word_forms import capital
from cs_lib.vocabulary import COUNT

NOTE = (
    "Percentage points of the chance of a month, over all customers, against the label that most have, alike in all else "
    "that is known. ▲ and ▼: differs by more than normal variation, corrected for all labels."
)


def effects_table(found: GoesWith, formatter: Formatter) -> ReportTable:
    """The effect of each label with its interval."""
    grows = {(row["feature"], row["label"]): row for row in found.growing.to_dict("records")}
    rows = []
    for row in found.leaving.to_dict("records"):
        line = {
            "section": title(row["feature"]),
            "label": capital(row["label"]),
            "base": row["base"],
            "n": formatter.value(row["n"], COUNT),
            "left": _marked(row, formatter),
            "left ends": interval(row, formatter),
        }
        other = grows.get((row["feature"], row["label"]))
        if other and other["base"] == row["base"]:
            line |= {"grew": _marked(other, formatter), "grew ends": interval(other, formatter)}
        rows.append(line)
    level = f"{formatter.level} interval"
    columns = [
        TableColumn("label", "Customers", left=True),
        TableColumn("base", "Against", left=True, muted=True),
        TableColumn("n", "Customer-months"),
        TableColumn("left", "Leave", mark=True),
        TableColumn("left ends", level, muted=True),
        TableColumn("grew", "Pay more", mark=True),
        TableColumn("grew ends", level, muted=True),
    ]
    return build_table(
        rows,
        columns,
        caption="What goes with leaving in the month that follows",
        notes=[NOTE, CAVEAT],
        group="section",
        data=found.leaving,
    )


def _marked(row: dict, formatter: Formatter) -> str:
    return f"{effect_mark(row)}{points(row['effect'], formatter)}"
