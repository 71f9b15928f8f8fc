"""What a notebook shows of renewals to come."""

import math

from cs_lib.kit.selection import Selection
from cs_lib.period import last_complete
from cs_lib.report.display import LeftOut, ReportTable
from cs_lib.report.tables.renewals_table import renewals_table

AHEAD = "renewals due in the next four quarters"


def ahead(selection: Selection) -> ReportTable | LeftOut:
    """MRR whose term ends in the next four quarters, and what of it may be renewed."""
    if not selection.has("renewal_rate"):
        return selection.left_out(["renewal_rate"], title=AHEAD)
    if not _is_latest(selection):
        return LeftOut(
            AHEAD, "they are told as the latest data stand, and this period is an earlier one"
        )
    rows = _rows(selection)
    if not rows:
        return LeftOut(AHEAD, "no term of this segment ends then")
    selection.frame("renewal_rate")  # so that the report defines it
    return renewals_table(rows, selection.formatter)


def next_quarter(selection: Selection) -> tuple[float, float] | None:
    """How many terms end in the next quarter, and their MRR; NaN where that is hidden, None where it is not told."""
    if not selection.has("renewal_rate") or not _is_latest(selection):
        return None
    row = next((each for each in _rows(selection) if each["quarter"] == 0), None)
    if row is None:
        return 0.0, 0.0
    return (math.nan, math.nan) if row["hidden"] else (float(row["terms"]), float(row["due"]))


def _is_latest(selection: Selection) -> bool:
    return selection.period == last_complete(selection.measures.as_of, selection.period.grain)


def _rows(selection: Selection) -> list[dict]:
    rows = selection.measures.data.get("renewals_ahead", [])
    return [row for row in rows if row["segment"] == selection.segment.label]
