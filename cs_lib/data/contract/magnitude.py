"""Whether amounts are what they seem: totals that can be counted, and dots that may part thousands."""

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.remedies import in_thousands
from cs_lib.data.contract.table_declaration import MONEY, WARNING
from cs_lib.data.sources.money_sql import LARGEST
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import MARKS, OTHER_DIGITS, THREE_DIGITS
from cs_lib.vocabulary import MICROS

#: what is summed of each table
_SUMMED = {"subscriptions": "mrr", "orders": "amount", "acquisition_costs": "amount"}
#: a year's recurring revenue is twelve times a month's
_TIMES = {"subscriptions": 12}
LOOKS_LIKE_THOUSANDS = "dots that may part thousands"


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


def thousands_findings(staged: Staged) -> list[DataFinding]:
    """A warning where every decimal mark of a table's money has three digits behind it."""
    frame = staged.held
    if MARKS not in frame.collect_schema().names():
        return []
    mark = nw.col(MARKS)
    rows, first = staged.how_many(frame.filter(mark == THREE_DIGITS))
    if not rows or staged.count(frame.filter(mark == OTHER_DIGITS)):
        return []
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
    return [DataFinding(WARNING, staged.table.name, LOOKS_LIKE_THOUSANDS, says, rows)]


def _is_money(staged: Staged, name: str) -> bool:
    column = staged.table.column(name)
    return column is not None and column.kind == MONEY
