"""Orders that are invoices for a year or a half: whoever pays them counts as active for some months, and as lost for the rest."""

from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.column_words import told, words
from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.edition_keys import SAY_SO
from cs_lib.data.contract.plan_words import MONTHLY, NAMES, YEARLY
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.sources.headers import folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.edition import Edition

#: so many rows tell whether all are looked at
FIRST = 50_000
#: so many customers who order seldom, and such a share of them, always on one day of the month, are no chance; if there are so
#: many such days: else all orders are told by their month
CUSTOMERS, SHARE, DAYS = 5, 0.5, 4
YEAR, MOST_MONTHS, MOST_SHOWN = 12, 24, 3


def recurring_findings(
    staged: Staged, unread: list[str], edition: Edition
) -> Iterator[DataFinding]:
    """A warning where customers come back further apart than they count as active, on one day of the month, or pay for what
    is a year's by its name, beside what is a month's."""
    window = edition.definitions.active_window
    if staged.table.name == "orders":
        found = [*_on_one_day(staged, window)]
        for name in (each for each in unread if NAMES.search(folded(each))):
            found = found or [*_called_a_years(staged, name, window)]
        yield from found


def _called_a_years(staged: Staged, name: str, window: int) -> Iterator[DataFinding]:
    if window >= YEAR:
        return
    found = words(staged, name, staged.held.filter(nw.col("amount") > 0))
    of_a_year = [each for each in found if YEARLY.search(each[0])]
    if not of_a_year or not any(MONTHLY.search(word) for word, *_ in found):
        return
    many, start = told(staged, name, of_a_year[:MOST_SHOWN])
    says = f"{start}, nothing reads {name}, and {_for_a_while(window)} If each pays for a year, {_way(YEAR)}; if not, {SAY_SO}."
    yield DataFinding(WARNING, "orders", "invoices for a year", says, many, name)


def _for_a_while(window: int) -> str:
    return f"a customer counts as active for {window} months after an order, and as lost then."


def _way(months: int) -> str:
    return f"set active_window: {months} under definitions, or give the file as subscriptions with the months that each row is for"


def _on_one_day(staged: Staged, window: int) -> Iterator[DataFinding]:
    paid = staged.held.filter(nw.col("amount") > 0)
    found = _seldom(staged, paid.head(FIRST), window)
    if found and staged.row_count > FIRST:
        found = _seldom(staged, paid, window)
    if found is None:
        return
    many, first, months = found
    says = (
        f"{staged.called}: {counted(many, 'customer')} order on one and the same day of the month, up to {months} months apart, the first "
        f"in {staged.location(first)}, as invoices for a year come, and {_for_a_while(window)} If each pays for the time until the next, "
        f"{_way(months)}; if not, {SAY_SO}."
    )
    yield DataFinding(WARNING, "orders", "invoices for a year", says, many)


def _seldom(staged: Staged, paid: nw.LazyFrame, window: int) -> tuple[int, int, int] | None:
    """How many come at one day of the month further apart than the window, the first row, and how many months apart."""
    when = nw.col("ordered_at")
    rows = paid.select(ROW, "customer_id", "ordered_at", day=when.dt.day())
    groups = rows.group_by("customer_id").agg(
        orders=nw.len(),
        first=when.min(),
        last=when.max(),
        days=nw.col("day").n_unique(),
        day=nw.col("day").min(),
        row=nw.col(ROW).min(),
    )
    several = groups.filter(nw.col("orders") > 1)
    first, last = (
        nw.col(each).dt.year() * YEAR + nw.col(each).dt.month() for each in ("first", "last")
    )
    apart = (last - first) / (nw.col("orders") - 1)
    seldom = several.with_columns(apart=apart).filter(nw.col("apart") > window + 0.5)
    same = nw.col("days") == 1
    found = staged.engine.collect(
        seldom.select(
            all=nw.len(),
            many=nw.when(same).then(nw.col("customer_id")).count(),
            days=nw.when(same).then(nw.col("day")).n_unique(),
            first=nw.when(same).then(nw.col("row")).min(),
            apart=nw.when(same).then(nw.col("apart")).max(),
        )
    ).fillna(0).iloc[0]  # fmt: skip
    enough = found["many"] >= max(CUSTOMERS, SHARE * found["all"]) and found["days"] > DAYS
    months = min(round(found["apart"]), MOST_MONTHS)
    return (int(found["many"]), int(found["first"]), months) if enough else None
