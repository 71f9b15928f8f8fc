"""Days beside those on which subscriptions start and end: a next bill that is long past, a last payment, the day on which
an end takes effect."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted, having
from cs_lib.data.contract.edition_keys import known
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.contract.unread_columns import unread_names
from cs_lib.data.sources.headers import as_column, folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.edition import Edition

_ISO = r"^\d{4}-\d\d-\d\d"
_ON = r"(on|at|date|day|time)?$"


@dataclass(frozen=True)
class _Past:
    """Days that say how long a subscription without an end was paid for: after so many days it seems to be over, where such a
    share of the others is of later."""

    names: re.Pattern[str]
    days: int
    others: float
    ends: str


_PAST = (
    _Past(
        re.compile(
            rf"^(next|upcoming)(billing|bill|payment|invoice|charge|renewal){_ON}"
            rf"|^current(billing)?(period|term)ends?{_ON}"
        ),
        31,
        0.5,
        "{cell}",
    ),
    _Past(
        re.compile(
            rf"^(last|latest|mostrecent)(payment|paid|invoice|invoiced|charge|charged|billed|billing){_ON}"
        ),
        62,
        0.7,
        "CAST(CAST({cell} AS DATE) + INTERVAL 1 MONTH AS VARCHAR)",
    ),
)
_EFFECTIVE = re.compile(
    rf"^(cancell?ation|cancel|termination|churn|end)?effective(end|cancell?ation|from)?{_ON}"
    rf"|^(cancell?ation|termination|churn)(takes)?effect(ive)?{_ON}"
)


def day_findings(staged: list[Staged], edition: Edition, as_of: date) -> Iterator[DataFinding]:
    """Warnings on the days of subscriptions; an adapter reads its export's own columns itself."""
    for each in staged:
        if each.table.name != "subscriptions" or each.source.recipe:
            continue
        for name in unread_names(each, edition):
            for past in (one for one in _PAST if one.names.search(folded(name))):
                yield from _over(each, name, past, as_of)
            if each.has("end_date") and _EFFECTIVE.search(folded(name)):
                yield from _takes_effect(each, name)


def _paying(staged: Staged, name: str) -> nw.LazyFrame:
    """The rows that pay and have a day in a column, as `value`."""
    rows = staged.rows_with(name).filter(nw.col("mrr") > 0)
    rows = rows.with_columns(value=nw.col("word").str.slice(0, 10))
    return rows.filter(nw.col("value").str.contains(_ISO))


def _over(staged: Staged, name: str, past: _Past, as_of: date) -> Iterator[DataFinding]:
    """Rows without an end whose next bill is past, or for which nothing was paid for long."""
    before = (as_of - timedelta(days=past.days)).isoformat()
    rows = _paying(staged, name).filter(nw.col("end_date").is_null())
    many, first = staged.how_many(rows.filter(nw.col("value") < before))
    if not many or many > (1 - past.others) * staged.count(rows):
        return
    cell = as_column(name)
    ends = f"CASE WHEN {cell} < '{before}' THEN {past.ends.format(cell=cell)} END"
    if "end_date" in staged.columns:
        ends = f"coalesce({staged.cell('end_date')}, {ends})"
    says = (
        f"{staged.called}: {counted(many, 'row')} without an end {'has' if many == 1 else 'have'} a day in {name} that lies more "
        f"than {past.days} days before as_of, the first in {staged.location(first)}, nothing reads {name}, and "
        f"{'it counts' if many == 1 else 'they count'} as paid for to this day. If they are over, say columns: "
        f'{{end_date: "{ends}"}} for this table; if not, {known(name)}.'
    )
    yield DataFinding(WARNING, "subscriptions", "long not paid for", says, many, name)


def _takes_effect(staged: Staged, name: str) -> Iterator[DataFinding]:
    """Another day than the one that is read as the end, on which the end takes effect."""
    day = "%Y-%m-%d"
    other = (nw.col("value") != nw.col("end_date").dt.to_string(day)) & (
        nw.col("value") > nw.col("start_date").dt.to_string(day)
    )
    rows = _paying(staged, name).filter(~nw.col("end_date").is_null(), other)
    many, first = staged.how_many(rows)
    if many:
        end = staged.spelled.get("end_date", "end_date")
        says = (
            f"{staged.called}: {having(many, 'row')} another day in {name} than in {end}, the "
            f"first in {staged.location(first)}, and nothing reads {name}. If {name} is the first day no longer paid for, say columns: "
            f'{{end_date: "coalesce({as_column(name)}, {staged.cell("end_date")})"}} for this table; if {end} is, {known(name)}.'
        )
        yield DataFinding(WARNING, "subscriptions", "end not read", says, many, name)
