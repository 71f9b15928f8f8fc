"""Which words a column has that nothing reads, in how many rows, and what is said of them."""

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted, having
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW

MOST_WORDS = 30
#: words of a column, each with how many rows have it and the first of them
Words = list[tuple[str, int, int]]


def words(staged: Staged, name: str, rows: nw.LazyFrame) -> Words:
    """Each value of a column in these rows, as it stands: with how many rows, and the first of them."""
    text = nw.col(name).cast(nw.String)
    given = rows.select(nw.col(ROW), value=text).filter(~nw.col("value").is_null())
    groups = given.group_by("value").agg(rows=nw.len(), first=nw.col(ROW).min())
    found = staged.engine.collect(
        groups.sort("rows", "value", descending=[True, False]).head(MOST_WORDS + 1)
    )
    if len(found) > MOST_WORDS:
        return []
    return [(str(v), int(n), int(r)) for v, n, r in found.itertuples(index=False, name=None)]


def told(
    staged: Staged,
    name: str,
    words: Words,
    one: str = "says",
    more: str = "say",
) -> tuple[int, str]:
    """How many rows have these words, and "orders: 2 rows say "void" in status, the first in orders.csv, line 3"."""
    many = sum(rows for _, rows, _ in words)
    named = " and ".join(f'"{word}"' for word, *_ in words)
    first = staged.location(min(row for *_, row in words))
    verb = one if many == 1 else more
    return (
        many,
        f"{staged.called}: {counted(many, 'row')} {verb} {named} in {name}, the first in {first}",
    )


def odd(
    staged: Staged, test: nw.Expr, rule: str, what: str, then: str, about: str = ""
) -> DataFinding:
    """A warning of rows whose id is odd: how many have what, the first, and what comes of it."""
    rows, first = staged.how_many(staged.held.filter(test))
    says = (
        f"{staged.called}: {having(rows, 'row')} {what}, the first in "
        f"{staged.location(first)}{then}"
    )
    return DataFinding(WARNING, staged.table.name, rule, says, rows, about)
