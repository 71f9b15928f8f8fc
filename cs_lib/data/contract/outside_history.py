"""Plans, costs, targets and events of other years than the data: nothing is held against them, and no page shows them."""

from collections.abc import Iterator
from datetime import date

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import DataFinding
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.sources.staged_table import Staged
from cs_lib.edition import Edition
from cs_lib.period import MONTH, Period, last_complete

OUTSIDE = "outside the history"
#: tables of months, and what each of their months is to others
_OF_MONTHS = {
    "plan": "no figure is held against the plan",
    "acquisition_costs": "no customer won is set against these costs",
    "success_costs": "no figure is set against these costs",
}
#: so many months ahead of the data a plan may begin, and so many behind them it may end
AHEAD, BEHIND = 3, 12


def outside_findings(staged: list[Staged], edition: Edition, as_of: date) -> Iterator[DataFinding]:
    """A warning for each that lies wholly before or after what the data tell, or years from their end."""
    of_months = [each for each in staged if each.table.name in _OF_MONTHS]
    first = _first_day(staged, edition) if of_months else None
    for each in of_months:
        yield from _of_a_table(each, first, as_of)
    yield from _of_the_edition(edition, as_of)


def _first_day(staged: list[Staged], edition: Edition) -> date | None:
    """The day from which figures are made."""
    if edition.history_starts:
        return edition.history_starts
    found = [
        each.engine.collect(each.rows.select(first=nw.col(each.dated_by).min()))["first"].iloc[0]
        for each in staged
        if each.dated_by
    ]
    return min((each.date() for each in found if not pd.isna(each)), default=None)


def _of_a_table(staged: Staged, first: date | None, as_of: date) -> Iterator[DataFinding]:
    month = nw.col("month")
    found = staged.engine.collect(staged.held.select(first=month.min(), last=month.max())).iloc[0]
    if pd.isna(found["first"]):
        return
    begins, ends = (Period.containing(found[each].date(), MONTH) for each in ("first", "last"))
    last, where = last_complete(as_of), ""
    if staged.table.name == "plan" and begins.start > last.back(-AHEAD - 1).start:
        where = f"after the data, which end with {last}"
    elif first and ends.end <= first:
        where = f"before the data, which begin with {Period.containing(first, MONTH)}"
    elif ends.start < last.back(BEHIND).start:
        where = f"more than a year before the data end with {last}"
    if where:
        months = str(begins) if begins == ends else f"{begins} to {ends}"
        says = (
            f"{staged.called}: all its months, {months}, lie {where}: {_OF_MONTHS[staged.table.name]} there. Correct the years, "
            "or export the months of the data."
        )
        yield DataFinding(WARNING, staged.table.name, OUTSIDE, says, about=months)


def _of_the_edition(edition: Edition, as_of: date) -> Iterator[DataFinding]:
    """Targets and events that begin years after the data end."""
    far = last_complete(as_of).back(-BEHIND - 1).start
    for metric, by_segment in edition.targets.items():
        since = [each.since for history in by_segment.values() for each in history]
        begins = min((each for each in since if each), default=None)
        if begins and None not in since and begins > far:
            says = (
                f"targets.{metric}: the first is valid since {begins}, more than a year after the data end with "
                f"{last_complete(as_of)}: nothing is judged by it. Correct the year, or leave out since."
            )
            yield DataFinding(WARNING, "", OUTSIDE, says, about=f"targets.{metric}")
    for event in edition.events:
        if event.on > far:
            says = (
                f'events: "{event.label}" is of {event.on}, more than a year after the data end with {last_complete(as_of)}: no '
                "chart shows it. Correct the year."
            )
            yield DataFinding(WARNING, "", OUTSIDE, says, about=event.label)
