"""What the months of costs say, taken together: a month that is missing, rows that add up the others, a sum so far."""

import re
from collections.abc import Iterator
from itertools import pairwise

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.cost_levels import level_findings
from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.edition_keys import left_out
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.sources.headers import folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW

#: so many months at least, and of those with three rows or more such a share whose largest is the sum of the others
MONTHS, TOTALS, TOTALS_SHARE, LEAST_ROWS = 4, 2, 0.8, 3
#: years of which each begins anew, with so many months that each cost more than the one before
YEARS, RISING = 2, 5
MOST_ROWS = 100_000
#: columns that say how far a row is broken down, folded
_LEVEL = re.compile(r"level|scope|granularity|breakdown|entity|rowtype|recordtype|ebene|niveau")


def cost_findings(staged: Staged) -> Iterator[DataFinding]:
    """Warnings on a table of costs."""
    months = nw.col("month")
    given = staged.held.filter(~months.is_null(), ~nw.col("amount").is_null())
    sums = staged.engine.collect(
        given.group_by("month")
        .agg(rows=nw.len(), total=nw.col("amount").sum(), largest=nw.col("amount").max())
        .sort("month")
    )
    yield from level_findings(staged, given)
    if len(sums) < 2:
        return
    yield from _gaps(staged, sums)
    yield from _totals(staged, given, sums)
    yield from _so_far(staged, sums)
    yield from _levels(staged, given)


def _gaps(staged: Staged, sums: pd.DataFrame) -> Iterator[DataFinding]:
    """Months between the first and the last that have no row."""
    days = list(sums["month"])
    missing = [
        month.strftime("%Y-%m")
        for before, after in pairwise(days)
        for month in pd.date_range(before, after, freq="MS", inclusive="neither")
    ]
    if len(days) >= MONTHS and missing and len(missing) < len(days) / 2:
        shown = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        says = (
            f"{staged.called}: no row is of {shown}, between {days[0]:%Y-%m} and {days[-1]:%Y-%m}, and nothing counts as "
            "spent there. If the export lacks it, export again; if nothing was spent, write a row of 0."
        )
        yield DataFinding(
            WARNING,
            staged.table.name,
            "a month without a row",
            says,
            len(missing),
            ", ".join(missing),
        )


def _totals(staged: Staged, given: nw.LazyFrame, sums: pd.DataFrame) -> Iterator[DataFinding]:
    """Months in which the largest row is the sum of all others: a total that nobody calls one."""
    several = sums[(sums["rows"] >= LEAST_ROWS) & (sums["largest"] > 0)]
    totals = several[several["total"] == 2 * several["largest"]]
    if len(totals) < TOTALS or len(totals) < TOTALS_SHARE * len(several):
        return
    largest = dict(zip(totals["month"], totals["largest"], strict=True))
    rows = staged.engine.collect(
        given.filter(nw.col("month").is_in([*largest])).sort(ROW).head(MOST_ROWS)
    )
    is_total = rows["amount"] == rows["month"].map(largest)
    first = int(rows.loc[is_total, ROW].iloc[0])
    says = (
        f"{staged.called}: in {counted(len(totals), 'month')} the largest row is the sum of all others, the first in "
        f"{staged.location(first)}: it seems to be a total, and counts beside the rows that it adds up. "
        f"{_without(staged, rows, is_total)}"
    )
    yield DataFinding(WARNING, staged.table.name, "a total among the rows", says, len(totals))


def _levels(staged: Staged, given: nw.LazyFrame) -> Iterator[DataFinding]:
    """The same costs by two levels, as campaigns and their groups: both add up to the same in every month."""
    for name in staged.columns:
        if not _LEVEL.search(folded(name)) or "." in name or staged.table.column(name):
            continue
        groups = given.group_by("month", name).agg(total=nw.col("amount").sum()).head(MOST_ROWS)
        found = staged.engine.collect(groups).pivot(index="month", columns=name, values="total")
        first, *others = found.columns
        same = [
            each for each in others if len(found) >= MONTHS and found[each].equals(found[first])
        ]
        if same and found[first].sum() > 0:
            own = staged.spelled.get(name, name)
            says = (
                f"{staged.called}: the rows of {' and '.join(map(str, [first, *same]))} in {own} add up to the same in each of "
                f"{len(found)} months: they seem to be one cost at several levels, and each counts. Say {left_out(own, staged.as_written(name, *map(str, same)))} "
                "for this table, or export one level."
            )
            yield DataFinding(
                WARNING, staged.table.name, "a cost at several levels", says, len(found), own
            )


def _without(staged: Staged, rows: pd.DataFrame, is_total: pd.Series) -> str:
    """The key that leaves the totals out: the word, or the blank, that they alone have in a column."""
    own = (each for each in staged.columns if each not in ("month", "amount", "currency"))
    for column in own:
        words = rows[column].astype(object).where(rows[column].notna(), "").astype(str)
        of_totals = set(words[is_total])
        if len(of_totals) == 1 and not of_totals & set(words[~is_total]):
            key = left_out(
                staged.spelled.get(column, column), staged.as_written(column, *of_totals)
            )
            return f"Say {key} for this table, or take them out of the export."
    return "Take them out of the export."


def _so_far(staged: Staged, sums: pd.DataFrame) -> Iterator[DataFinding]:
    """Sums of the year so far: each month more than the one before, and every year begins anew."""
    years = [
        list(own["total"]) for _, own in sums.groupby(sums["month"].dt.year) if len(own) > RISING
    ]
    rising = all(all(b > a for a, b in pairwise(own)) for own in years)
    anew = all(2 * after[0] < before[-1] for before, after in pairwise(years))
    if len(years) >= YEARS and rising and anew:
        says = (
            f"{staged.called}: in each of {len(years)} years every month cost more than the one before, and each year begins "
            "anew: these seem to be sums of the year so far. Export what was spent in each month."
        )
        yield DataFinding(WARNING, staged.table.name, "sums so far", says, len(sums))
