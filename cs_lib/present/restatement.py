"""The table of restated figures: what was published, what it is now, and why."""

from collections.abc import Callable

import pandas as pd

from cs_lib.period import Period
from cs_lib.present.display import ReportTable
from cs_lib.present.markup import Column, build_table
from cs_lib.present.reading import period_of
from cs_lib.present.wording import Words, metric_title

MOST = 40


def restated_table(
    changed: pd.DataFrame, since: str, metric: Callable, words: Words
) -> ReportTable:
    """Each restated figure, the latest periods first; the pack's restated.csv has them all.

    `changed`: metric, variant, grain, period_start, unit, old, new, cause; `since`: the period of
    the pack published before; `metric` gives a declaration by its name.
    """
    before = words.period(Period.parse(since))
    ordered = changed.sort_values(
        ["period_start", "metric"], ascending=[False, True], kind="stable"
    )
    lines = [_line(row, metric, words) for row in ordered.head(MOST).to_dict("records")]
    columns = [
        Column("head", "Figure", left=True),
        Column("period", "Period", left=True),
        Column("old", f"In the pack of {before}"),
        Column("new", "Now"),
        Column("change", "Change"),
        Column("cause", "Cause", left=True, muted=True),
    ]
    count = len(changed)
    said = f"{words.count(count, 'figure')} published in the pack of {before} {'is' if count == 1 else 'are'} restated"
    if not count:
        said = f"No figure published in the pack of {before} has changed"
    notes = (
        [f"The {MOST} latest of {count:,} are shown; restated.csv has them all."]
        if count > MOST
        else []
    )
    return build_table(lines, columns, caption=said, notes=notes, data=ordered)


def _line(row: dict, metric: Callable, words: Words) -> dict:
    found, unit = metric(row["metric"]), row["unit"]
    return {
        "head": metric_title(found, row["variant"]),
        "period": words.period_short(period_of(row)),
        "old": words.value(row["old"], unit),
        "new": words.value(row["new"], unit),
        "change": words.change_short(row["new"], row["old"], unit)
        if row["new"] == row["new"]
        else "",
        "cause": row["cause"],
    }
