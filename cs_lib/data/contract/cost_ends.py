"""How far a table of costs reaches: it ends before the extract does, or its last month was not over when it was exported."""

from collections.abc import Iterator
from datetime import date

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.contract.tables import COSTS
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.period import MONTH, Period, last_complete, silent_since

#: so many months before the last, each of which cost so many times as much, tell that it is not all there
BEFORE, TIMES = 6, 4
MOST_SHOWN = 5
_THEN = {
    "acquisition_costs": "no figure is made of them, nor of what they are a part of",
    "success_costs": "nothing counts as spent there",
}


def cost_end_findings(staged: list[Staged], as_of: date) -> Iterator[DataFinding]:
    """Warnings on the last months of costs, by all sources of a table together."""
    for name in COSTS:
        own = [each for each in staged if each.table.name == name]
        if own:
            costs = [_by_month(each) for each in own]
            sums = pd.concat(costs).groupby("month")["total"].sum()
            by_month = {pd.Timestamp(month).date(): float(cost) for month, cost in sums.items()}
            partly = [*_of_a_table(own, by_month, as_of)]
            yield from partly
            for each, cost in zip(own, costs, strict=True):
                yield from () if partly else _cut_within(each, cost, as_of)


def _by_month(own: Staged) -> pd.DataFrame:
    """month, label (what a row is of): the total, and the first row."""
    names = filter(own.has, ("channel", "category", "owner"))
    label = next((nw.col(each) for each in names), nw.lit("")).fill_null("")
    rows = own.held.filter(~nw.col("month").is_null()).select(ROW, "month", "amount", label=label)
    groups = rows.group_by("month", "label").agg(
        total=nw.col("amount").sum(), first=nw.col(ROW).min()
    )
    return own.engine.collect(groups.sort("first"))


def _of_a_table(own: list[Staged], sums: dict[date, float], as_of: date) -> Iterator[DataFinding]:
    table, last = own[0].table.name, last_complete(as_of)
    if since := silent_since(sums, as_of):
        first = Period.containing(since, MONTH)
        months = f"{first} is" if first == last else f"{first} to {last} are"
        says = (
            f"{table}: the last row is of {first.back()}, and {months} without one before as_of {as_of}: {_THEN[table]}. Export "
            "them too; if nothing was spent, write a row of 0."
        )
        yield DataFinding(WARNING, table, "costs end early", says, about=f"since {first}")
        return
    before = [sums.get(last.back(each).start, 0.0) for each in range(1, BEFORE + 1)]
    total = sums.get(last.start, 0.0)
    if total > 0 and TIMES * total < min(before):
        says = (
            f"{table}: {last} cost less than a quarter of the cheapest of the {counted(BEFORE, 'month')} before it: it seems "
            f"not to have been over when it was exported. Export it again, or set as_of to {last.start}; if it cost no more, "
            "nothing has to be done."
        )
        yield DataFinding(WARNING, table, "a month partly there", says, about=str(last))


def _cut_within(own: Staged, costs: pd.DataFrame, as_of: date) -> Iterator[DataFinding]:
    """A last month that has the first rows of what each month before has in one order, and stops."""
    last = last_complete(as_of)
    labels = {
        pd.Timestamp(month).date(): list(each["label"])
        for month, each in costs.groupby("month", sort=False)
    }
    before = [labels.get(last.back(each).start, []) for each in range(1, BEFORE + 1)]
    there, usual = labels.get(last.start, []), before[0]
    if [*labels] != sorted(labels) or any(each != usual for each in before):
        return
    missing = usual[len(there) :]
    if not there or not missing or there != usual[: len(there)]:
        return
    shown = " and ".join(f'"{each}"' for each in missing[:MOST_SHOWN])
    says = (
        f"{own.called}: {last} has no row of {shown}, which come last in each of the {counted(BEFORE, 'month')} before it. The file "
        f"seems to be cut off there ({own.location(int(costs['first'].iloc[-1]))}). Export it again, or set as_of to {last.start}; if "
        "nothing was spent, write rows of 0."
    )
    yield DataFinding(WARNING, own.table.name, "a month partly there", says, about=str(last))
