"""What a notebook shows of renewals to come."""

from cs_lib.kit.selection import Selection
from cs_lib.period import last_complete
from cs_lib.report.display import LeftOut, ReportTable
from cs_lib.report.tables.renewals_table import renewals_table

AHEAD = "renewals due in the next four quarters"


def ahead(selection: Selection) -> ReportTable | LeftOut:
    """MRR whose term ends in the next four quarters, and what of it may be renewed."""
    if not selection.has("renewal_rate"):
        return selection.left_out(["renewal_rate"], title=AHEAD)
    if selection.period != last_complete(selection.measures.as_of, selection.period.grain):
        return LeftOut(
            AHEAD, "they are told as the latest data stand, and this period is an earlier one"
        )
    rows = [
        row
        for row in selection.measures.data.get("renewals_ahead", [])
        if row["segment"] == selection.segment.label
    ]
    if not rows:
        return LeftOut(AHEAD, "no term of this segment ends then")
    selection.frame("renewal_rate")  # so that the report defines it
    return renewals_table(rows, selection.formatter)
