"""Rows that are lines of an order, where no column says of which: each counts as an order."""

import re
from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.repeats import AGE, has_several_files, with_age
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.distinct_rows import distinct, flag
from cs_lib.data.sources.headers import as_column, folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW

#: so many rows are looked at; of them so many, and such a share, stand with another of the same order
LOOKED_AT, LINES, LINES_SHARE = 50_000, 10, 0.2
#: so many orders stand in two files, and such a share of those on days that both have
TWICE, TWICE_SHARE = 5, 0.5
_NUMBER = re.compile(
    r"^(order|invoice|receipt|document|doc|basket|cart|checkout|ticket|transaction|sale|rechnung|rechnungs|beleg|bestell|bestellung"
    r"|bon|facture|commande|factura|pedido|fattura|ordine)(id|no|number|nr|num|nummer|ref|reference|numéro)?$"
)


def line_findings(staged: Staged, unread: list[str]) -> Iterator[DataFinding]:
    """A warning where rows share the number of an order, or its customer and its very moment."""
    if staged.table.name != "orders" or staged.has("order_id") or staged.source.repeats:
        return
    rows = staged.held.filter(nw.col("amount") != 0).head(LOOKED_AT)
    for name in (each for each in unread if _NUMBER.search(folded(each))):
        if found := _several(staged, rows.filter(~nw.col(name).is_null()), name, "customer_id"):
            many, first = found
            says = (
                f"{staged.called}: {counted(many, 'row')} share {'its' if many == 1 else 'their'} {name} with another of the same "
                f"customer, the first in {staged.location(first)}, nothing reads {name}, and each counts as an order. If {name} is the "
                f'order\'s number, say columns: {{order_id: "{as_column(name)}"}} for this table; if each row is an order, repeats: count.'
            )
            yield DataFinding(WARNING, "orders", "lines counted as orders", says, many, name)
            return
    moment = nw.col("ordered_at")
    timed = rows.filter(moment != moment.dt.truncate("1d"))
    if found := _several(staged, timed, "customer_id", "ordered_at"):
        many, first = found
        order = f"concat({staged.cell('customer_id')}, ' ', {staged.cell('ordered_at')})"
        says = (
            f"{staged.called}: {counted(many, 'row')} are of the same customer and moment as another, the first in "
            f"{staged.location(first)}, and each counts as an order. If they are lines of one, name the column with its number, or say "
            f'columns: {{order_id: "{order}"}} for this table; if each row is an order, repeats: count.'
        )
        yield DataFinding(WARNING, "orders", "lines counted as orders", says, many)


def overlap_findings(staged: Staged) -> Iterator[DataFinding]:
    """A warning where files of days that both tell have a customer's orders of the same amount, written otherwise."""
    lacking = staged.table.name == "orders" and not staged.has("order_id")
    if (
        not lacking
        or staged.source.latest
        or staged.source.repeats
        or not has_several_files(staged)
    ):
        return
    rows = with_age(staged, staged.held.filter(nw.col("amount") != 0))
    rows = rows.with_columns(day=nw.col("ordered_at").dt.truncate("1d"))
    days = rows.group_by("day").agg(of=nw.col(AGE).n_unique()).filter(nw.col("of") > 1)
    orders = rows.join(distinct(days, "day"), on="day", how="inner")
    keys = orders.group_by("customer_id", "day", "amount").agg(
        files=nw.col(AGE).n_unique(), first=nw.col(ROW).min()
    )
    twice = nw.col("files") > 1
    found = staged.engine.collect(
        keys.select(
            orders=nw.len(),
            twice=flag(twice).sum(),
            first=nw.when(twice).then(nw.col("first")).min(),
        )
    ).iloc[0]
    if found["twice"] < TWICE or found["twice"] < TWICE_SHARE * found["orders"]:
        return
    says = (
        f"{staged.called}: {counted(int(found['twice']), 'order')} stand in two files by customer, day and amount, of "
        f"{int(found['orders']):,} on days that both have, the first in {staged.location(int(found['first']))}, and count twice. If "
        "the files overlap, say latest: file for this table: the newest file counts; if not, repeats: count."
    )
    yield DataFinding(WARNING, "orders", "orders in two files", says, int(found["twice"]))


def _several(staged: Staged, rows: nw.LazyFrame, *key: str) -> tuple[int, int] | None:
    """How many rows share these columns with another, and the first; None where they are few."""
    groups = rows.group_by(*key).agg(lines=nw.len(), first=nw.col(ROW).min())
    several = nw.col("lines") > 1
    found = staged.engine.collect(
        groups.select(
            rows=nw.col("lines").sum(),
            several=(nw.col("lines") * flag(several)).sum(),
            first=nw.when(several).then(nw.col("first")).min(),
        )
    ).fillna(0)
    all_rows, many = int(found["rows"].iloc[0]), int(found["several"].iloc[0])
    if many < LINES or many < LINES_SHARE * all_rows:
        return None
    return many, int(found["first"].iloc[0])
