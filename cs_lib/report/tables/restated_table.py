"""The table of restated figures: what was published, what it is now, and why."""

from collections.abc import Callable, Sequence

import pandas as pd

from cs_lib.errors import EditionError
from cs_lib.period import Period
from cs_lib.report.display import ReportTable
from cs_lib.report.tables.table_html import TableColumn, build_table
from cs_lib.report.text.formatting import Formatter, heading, metric_title, spoken
from cs_lib.report.text.measure_row import period_of

MOST = 40


def restated_table(
    changed: pd.DataFrame,
    since: str,
    metric: Callable,
    formatter: Formatter,
    *,
    otherwise: Sequence[str] = (),
) -> ReportTable:
    """Each restated figure, the latest periods first; the pack's restated.csv has them all.

    `changed`: metric, variant, grain, period_start, unit, old, new, cause; `since`: the period of
    the pack published before; `metric` gives a declaration by its name. Under it stands what is `otherwise`
    in the edition and its files, in sentences.
    """
    published = Period.parse(since)
    before = formatter.period(published)
    ordered = latest_first(changed)
    lines = [_line(row, metric, formatter) for row in ordered.head(MOST).to_dict("records")]
    columns = [
        TableColumn("head", "Figure", left=True),
        TableColumn("period", "Period", left=True),
        TableColumn("old", f"In the pack of {before}"),
        TableColumn("new", "Now"),
        TableColumn("change", "Change"),
        TableColumn("cause", "Cause", left=True, muted=True),
    ]
    count = len(changed)
    said = restated_caption(count, published, formatter)
    notes = (
        [f"The {MOST} latest of {count:,} are shown; restated.csv has them all."]
        if count > MOST
        else []
    )
    notes += otherwise
    return build_table(lines, columns, caption=said, notes=notes, data=ordered)


def latest_first(changed: pd.DataFrame) -> pd.DataFrame:
    """Restated figures with the latest periods first."""
    by = ["period_start", "metric", "variant", "segment_by", "segment"]
    return changed.sort_values(by, ascending=[False, *[True] * (len(by) - 1)], kind="stable")


def restated_caption(count: int, published: Period, formatter: Formatter) -> str:
    """ "3 figures published in the pack of May 2026 are restated"."""
    pack = f"published in the pack of {formatter.period(published)}"
    if not count:
        return f"No figure {pack} has changed"
    return f"{formatter.count(count, 'figure')} {pack} {'is' if count == 1 else 'are'} restated"


def figure_title(row: dict, metric: Callable) -> str:
    """The title of a published figure; its bare name where it is not measured so any more."""
    variant = row["variant"]
    try:
        found = metric(row["metric"])
    except EditionError:
        return f"{heading(row['metric'])} ({spoken(variant)})"
    if variant in {rule.variant for rule in found.rules}:
        return metric_title(found, variant)
    return f"{found.title} ({spoken(variant)})"


def _line(row: dict, metric: Callable, formatter: Formatter) -> dict:
    unit = row["unit"]
    return {
        "head": figure_title(row, metric),
        "period": formatter.period_short(period_of(row)),
        "old": formatter.value(row["old"], unit),
        "new": formatter.value(row["new"], unit),
        "change": formatter.change_short(row["new"], row["old"], unit, full=True)
        if row["new"] == row["new"]
        else "",
        "cause": row["cause"],
    }
