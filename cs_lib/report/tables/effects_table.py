"""What goes with leaving, and with paying more, as a table: a row a label, under its feature."""

from collections.abc import Callable

from cs_lib.judgement.goes_with import GoesWith
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.effect_words import (
    CAVEAT,
    effect_mark,
    interval,
    labels_in_order,
    points,
    title,
)
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
    rows, leaving = [], found.leaving.to_dict("records")
    for row in sorted(leaving, key=_places(leaving)):
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


def _places(rows: list[dict]) -> Callable[[dict], tuple[int, int]]:
    """Where a row stands: the features as they come, and the labels of each in their own order."""
    order: dict[str, list[str]] = {}
    for row in rows:
        order.setdefault(row["feature"], []).append(row["label"])
    features = [*order]
    order = {each: labels_in_order(each, labels) for each, labels in order.items()}
    return lambda row: (features.index(row["feature"]), order[row["feature"]].index(row["label"]))


def _marked(row: dict, formatter: Formatter) -> str:
    return f"{effect_mark(row)}{points(row['effect'], formatter)}"
