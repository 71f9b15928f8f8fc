"""Whether amounts are what they seem: totals that can be counted, dots that may part thousands, cents among
whole amounts, and signs that are turned."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.number_remedies import as_number
from cs_lib.data.contract.rule_remedies import in_thousands
from cs_lib.data.contract.table_declaration import MONEY, WARNING
from cs_lib.data.sources.headers import as_column
from cs_lib.data.sources.money_sql import LARGEST
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import FILE, MARKS, NO_MARK, OTHER_DIGITS, ROW, THREE_DIGITS
from cs_lib.vocabulary import MICROS

#: what is summed of each table
_SUMMED = {
    "subscriptions": "mrr",
    "orders": "amount",
    "acquisition_costs": "amount",
    "success_costs": "amount",
}
#: a year's recurring revenue is twelve times a month's
_TIMES = {"subscriptions": 12}
LOOKS_LIKE_THOUSANDS = "dots that may part thousands"
#: about so many times as much, by the geometric mean of so many rows and such a share of all, are cents
_CENTS, _ROWS, _SHARE = (60, 160), 5, 0.1


def too_large(staged: Staged) -> str | None:
    """The words for amounts that add up to more than can be counted in millionths."""
    column = _SUMMED.get(staged.table.name)
    if column is None:
        return None
    total = staged.held.select(total=nw.col(column).cast(nw.Float64).abs().sum())
    found = staged.engine.collect(total)["total"].iloc[0]
    limit = LARGEST / _TIMES.get(staged.table.name, 1)
    if not found >= limit:
        return None
    given = column if column in staged.spelled else "amount"
    return (
        f"{staged.source.shown}: the amounts of {staged.table.name} add up to {found / MICROS:,.0f}, and "
        f"figures are exact up to {limit / MICROS:,.0f}. {in_thousands(given, staged.source)}"
    )


@dataclass(frozen=True)
class _Group:
    """Rows other than 0 of one file, one kind of mark and one currency: their number, the first, and what they are about."""

    file: object
    marks: int
    currency: object
    rows: int
    first: int
    total: float
    logs: float


def amounts_findings(staged: Staged) -> Iterator[DataFinding]:
    """Warnings on a table's amounts, from one look at them by file, mark and currency."""
    column = _SUMMED.get(staged.table.name)
    if column is None:
        return
    groups = _groups(staged, column)
    marks = [each.marks for each in groups]
    if THREE_DIGITS in marks and OTHER_DIGITS not in marks:
        yield _thousands(staged, [each for each in groups if each.marks == THREE_DIGITS])
    if staged.source.recipe or staged.spread:
        return
    yield from _in_cents(staged, groups)
    if column == "amount" and not staged.source.part and sum(each.total for each in groups) < 0:
        yield _turned(staged, groups)


def _groups(staged: Staged, column: str) -> list[_Group]:
    frame = staged.held.filter(nw.col(column) != 0)
    names = frame.collect_schema().names()
    keys = [each for each in (FILE, MARKS, "currency") if each in names]
    amount = nw.col(column).cast(nw.Float64)
    frame = frame.with_columns(_log=amount.abs().log(), _amount=amount)
    found = staged.engine.collect(
        frame.group_by(*keys).agg(
            rows=nw.len(),
            first=nw.col(ROW).min(),
            total=nw.col("_amount").sum(),
            logs=nw.col("_log").sum(),
        )
    )
    return [
        _Group(
            file=row.get(FILE),
            marks=int(row.get(MARKS, NO_MARK)),
            currency=row.get("currency"),
            rows=int(row["rows"]),
            first=int(row["first"]),
            total=float(row["total"]),
            logs=float(row["logs"]),
        )
        for row in found.sort_values("first").to_dict("records")
        if not pd.isna(row["total"])
    ]


def _thousands(staged: Staged, groups: list[_Group]) -> DataFinding:
    """Every decimal mark of a table's money has three digits behind it."""
    rows, first = _counted(groups)
    point = staged.source.decimal
    names = [name for name in staged.spelled if _is_money(staged, name)]
    columns = " and ".join(staged.spelled[name] for name in names)
    other = {".": 'thousands: "."', ",": 'decimal: "." and thousands: ","'}[point]
    sign = {".": "dot", ",": "comma"}[point]
    says = (
        f"{staged.table.name}: each {sign} in {columns} has three digits behind it ({counted(rows, 'row')}, "
        f"the first in {staged.location(first)}), and is read as the decimal mark. If "
        f"it parts thousands, set {other} for this table."
    )
    return DataFinding(WARNING, staged.table.name, LOOKS_LIKE_THOUSANDS, says, rows)


def _is_money(staged: Staged, name: str) -> bool:
    column = staged.table.column(name)
    return column is not None and column.kind == MONEY


def _counted(groups: list[_Group]) -> tuple[int, int]:
    """How many rows these are, and the first."""
    return sum(each.rows for each in groups), min(each.first for each in groups)


def _in_cents(staged: Staged, groups: list[_Group]) -> Iterator[DataFinding]:
    """Whole numbers a hundred times as large as the others: one file's, or rows among those with a fraction."""
    if staged.source.cents:
        return
    for currency in dict.fromkeys(each.currency for each in groups):
        own = [each for each in groups if each.currency == currency]
        fractions = {each.file for each in own if each.marks != NO_MARK}
        for file in dict.fromkeys(each.file for each in own if each.file not in fractions):
            large = [each for each in own if each.file == file]
            if _a_hundredfold(large, [each for each in own if each.file != file]):
                yield _of_a_file(staged, large)
                return
        without = [each for each in own if each.marks == NO_MARK]
        if _a_hundredfold(without, [each for each in own if each.marks == OTHER_DIGITS]):
            yield _among_others(staged, without)


def _a_hundredfold(large: list[_Group], small: list[_Group]) -> bool:
    rows = [sum(each.rows for each in group) for group in (large, small)]
    if min(rows) < max(_ROWS, _SHARE * sum(rows)):
        return False
    means = [
        sum(each.logs for each in group) / many
        for group, many in zip((large, small), rows, strict=True)
    ]
    return _CENTS[0] <= exp(means[0] - means[1]) <= _CENTS[1]


def _of_a_file(staged: Staged, groups: list[_Group]) -> DataFinding:
    rows, first = _counted(groups)
    place = staged.location(first)
    says = (
        f"{staged.called}: the amounts of {place.file} ({counted(rows, 'row')}) are about a hundred times those of the other "
        f"files, and none has a fraction. If they are in cents, give it as a source of its own: {staged.table.name}: "
        f"[{{path: …}}, {{path: {place.file}, cents: true}}]."
    )
    return DataFinding(WARNING, staged.table.name, "cents among whole amounts", says, rows)


def _among_others(staged: Staged, groups: list[_Group]) -> DataFinding:
    rows, first = _counted(groups)
    column = _SUMMED[staged.table.name]
    own = staged.spelled.get(column) or staged.spelled.get("amount", column)
    name = column if column in staged.spelled else "amount"
    cell, point, number = staged.cell(name), staged.source.decimal, as_number(staged, name)
    says = (
        f"{staged.called}: {counted(rows, 'row')} without a fraction in {own}, the first in {staged.location(first)}, are about a "
        f"hundred times those with one. If they are in cents, say columns: {{{name}: \"CASE WHEN {cell} LIKE '%{point}%' THEN "
        f'{number} ELSE {number} / 100 END"}} for this table.'
    )
    return DataFinding(WARNING, staged.table.name, "cents among whole amounts", says, rows)


def _turned(staged: Staged, groups: list[_Group]) -> DataFinding:
    total = sum(each.total for each in groups) / MICROS
    rows = sum(each.rows for each in groups)
    own = staged.spelled.get("amount", "amount")
    cell = as_column(own)
    other = f"CASE WHEN {cell} LIKE '-%' THEN substr({cell}, 2) ELSE concat('-', {cell}) END"
    if staged.source.negative:
        other = f"-1 * {as_number(staged, 'amount')}"
    says = (
        f"{staged.called}: the amounts add up to {total:,.2f}, below zero, as in a ledger where income is a credit or costs are "
        f'paid out. If the signs are turned, say columns: {{amount: "{other}"}} for this table.'
    )
    return DataFinding(WARNING, staged.table.name, "signs turned", says, rows)
