"""Which segments' customers lack a feature that others use more, as a table."""

from collections.abc import Sequence

import pandas as pd

from cs_lib.judgement.white_space import Room
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.word_forms import capital
from cs_lib.vocabulary import COUNT

#: so many rows are shown, those with the most room
MOST_ROWS = 10
_COLUMNS = (
    TableColumn("feature", "Feature", left=True),
    TableColumn("segment", "Customers", left=True),
    TableColumn("active", "Active"),
    TableColumn("lack", "Lack it"),
    TableColumn("share", "Use it"),
    TableColumn("rest", "Elsewhere"),
    TableColumn("more", "More, if as elsewhere"),
)


def room_table(found: Sequence[Room], formatter: Formatter) -> ReportTable:
    """A row a feature and segment, the most room first."""
    rows = [
        {
            "feature": each.feature,
            "segment": capital(formatter.segment(each.segment_by, each.segment)),
            "active": formatter.value(each.active, COUNT),
            "lack": formatter.value(each.lack, COUNT),
            "share": formatter.percent(each.share),
            "rest": formatter.percent(each.rest),
            "more": formatter.value(round(each.more), COUNT),
        }
        for each in found[:MOST_ROWS]
    ]
    notes = [
        "Of customers who used anything in the period. Features that others use clearly more (exact test)."
    ]
    if len(found) > MOST_ROWS:
        notes.append(f"{len(found) - MOST_ROWS} more with less room are left out.")
    data = pd.DataFrame([each._asdict() | {"lack": each.lack, "more": each.more} for each in found])
    return build_table(rows, _COLUMNS, caption="Who lacks what others use", notes=notes, data=data)
