"""Which features go with leaving, and with paying more, as a table: a row a feature."""

from cs_lib.judgement.goes_with import FeaturesGoWith
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.effect_words import CAVEAT, effect_mark, interval, points
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import COUNT

NOTE = (
    "Percentage points of the chance of a month, over all customers: who used the feature in the month before against who "
    "did not, in the same quarter, with the same other features and about the same chance by all else that is known. ▲ and ▼: goes "
    "with it more than the other features do (keen customers use all of them), by more than normal variation, corrected for "
    "all features. Customer-months: with the feature."
)


def feature_effects_table(found: FeaturesGoWith, formatter: Formatter) -> ReportTable:
    """The effect of each feature with its interval; on leaving, on paying more, or both, as they can be told."""
    told = [
        (key, heading, rows)
        for key, heading, rows in (
            ("left", "Leave", found.leaving),
            ("grew", "Pay more", found.growing),
        )
        if len(rows)
    ]
    lines: dict[str, dict] = {}
    for key, _, rows in told:
        for row in rows.to_dict("records"):
            line = lines.setdefault(row["feature"], {"feature": row["feature"]})
            line["n"] = formatter.value(row["n"], COUNT)
            line[key] = f"{effect_mark(row)}{points(row['effect'], formatter)}"
            line[f"{key} ends"] = interval(row, formatter)
    columns = [
        TableColumn("feature", "Feature", left=True),
        TableColumn("n", "Customer-months"),
    ]
    for key, heading, _ in told:
        columns.append(TableColumn(key, heading, mark=True))
        columns.append(TableColumn(f"{key} ends", f"{formatter.level} interval", muted=True))
    return build_table(
        list(lines.values()),
        columns,
        caption="What goes with having used a feature, in the month that follows",
        notes=[NOTE, CAVEAT],
        data=told[0][2],
    )
