"""Rows that belong to an order and count as one: its lines, its copies in another file, and what was given back of it."""

import re
from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted, having, only_first
from cs_lib.data.contract.edition_keys import SAY_SO
from cs_lib.data.contract.repeats import AGE, has_several_files, with_age
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.distinct_rows import distinct, flag
from cs_lib.data.sources.headers import as_column, folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW

#: so many rows are looked at; of them so many, and such a share, stand with another of the same order
LOOKED_AT, LINES, LINES_SHARE = 50_000, 10, 0.2
MOST_ORDERS = 5_000_000
#: so many orders stand in two files, and such a share of those on days that both have
TWICE, TWICE_SHARE = 5, 0.5
_NUMBER = re.compile(
    r"^(order|invoice|receipt|document|doc|basket|cart|checkout|ticket|transaction|sale|rechnung|rechnungs|beleg|bestell|bestellung"
    r"|bon|facture|commande|factura|pedido|fattura|ordine)(id|no|number|nr|num|nummer|ref|reference|numéro)?$"
)
#: a column with the order that a row is of, and at most such a share of all rows that takes off
_OF_ANOTHER = re.compile(
    r"^(original|parent|refunded|reversed|returned|corrected|corrects|refund(of|for|s)?|credit(of|for)|return(of|for)|related|linked|applie[ds]to"
    r"|reference|ref|source|initial)(order|transaction|txn|trx|invoice|sale|payment|charge|receipt|document)?(id|no|number|nr|ref)?$"
)
_MOST_REFERRING = 0.5


def line_findings(staged: Staged, unread: list[str]) -> Iterator[DataFinding]:
    """A warning where rows share the number of an order, or its customer and its very moment."""
    if staged.table.name != "orders" or staged.has("order_id") or staged.source.repeats:
        return
    if staged.row_count < LINES:
        return
    rows = staged.held.filter(nw.col("amount") != 0).head(LOOKED_AT)
    for name in (each for each in unread if _NUMBER.search(folded(each))):
        if found := _several(staged, rows.filter(~nw.col(name).is_null()), name, "customer_id"):
            many, first = found
            says = (
                f"{staged.called}: {counted(many, 'row')} share {'its' if many == 1 else 'their'} {name} with another of the same "
                f"customer, the first in {staged.location(first)}, nothing reads {name}, and each counts as an order. If {name} is the "
                f'order\'s number, say columns: {{order_id: "{as_column(name)}"}} for this table; if each row is an order, repeats: count.'
                f"{only_first(staged.row_count, LOOKED_AT)}"
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
            f"{only_first(staged.row_count, LOOKED_AT)}"
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


def referring_findings(staged: Staged, name: str) -> Iterator[DataFinding]:
    """A warning where rows above 0 name another order of the file: they are what was given back of it."""
    if staged.table.name != "orders" or not staged.has("order_id"):
        return
    if not _OF_ANOTHER.search(folded(name)) or staged.count(staged.held) > MOST_ORDERS:
        return
    paid = staged.held.filter(nw.col("amount") > 0)
    text, own = nw.col(name).cast(nw.String), nw.col("order_id").cast(nw.String)
    named = paid.select(nw.col(ROW), order=own, value=text).filter(
        ~nw.col("value").is_null(), nw.col("value") != nw.col("order")
    )
    orders = distinct(staged.held.select(value=own).filter(~nw.col("value").is_null()), "value")
    many, first = staged.how_many(named.join(orders, on="value", how="inner"))
    if not many or staged.count(named) > _MOST_REFERRING * staged.count(paid):
        return
    cell, number, price = (staged.cell(each) for each in (name, "order_id", "amount"))
    says = (
        f"{staged.called}: {having(many, 'row')} an amount above 0 and the number of another order in {name}, the first in "
        f"{staged.location(first)}, nothing reads {name}, and each adds to what was sold. If that was given back, say columns: "
        f"{{amount: \"CASE WHEN {cell} <> {number} THEN concat('-', {price}) ELSE {price} END\"}} for this table; if not, {SAY_SO}."
    )
    yield DataFinding(WARNING, "orders", "refund that adds", says, many, name)


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
