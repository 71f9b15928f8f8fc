"""Lines of a contract or an order of which each tells the price of the whole."""

import re
from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.edition_keys import SAY_SO
from cs_lib.data.contract.number_remedies import as_number
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.sources.headers import as_column, folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW

#: of so many with several lines nearly all have one price on each, and so many prices are among them
SEVERAL, ALIKE, PRICES = 10, 0.95, 3
#: so many rows tell whether a number has several
FIRST = 20_000
_OF_A_WHOLE = re.compile(
    r"^(contract|agreement|order|invoice|quote|deal|opportunity|subscription|vertrag|vertrags|contrat|contrato|contratto)"
    r"(id|no|number|nr|num|nummer|ref|reference)?$"
)
_LINE = re.compile(r"^(plan|product|item|component|charge|module|service|sku|line(item)?)(id|name|code|title|no|number|nr)?$")  # fmt: skip


def total_findings(staged: Staged, unread: list[str]) -> Iterator[DataFinding]:
    """A warning where the lines of subscriptions, or of orders that may repeat, have the price of the whole each."""
    price = "amount" if staged.table.name == "orders" else "mrr"
    if price not in staged.spelled or not staged.is_own(price) or staged.spread:
        return
    if staged.table.name == "orders" and staged.has("order_id") and staged.source.repeats:
        yield from _of(staged, "order_id", None, price)
    if staged.table.name != "subscriptions":
        return
    lines = [
        each
        for each in staged.columns
        if not staged.table.column(each) and _LINE.search(folded(each))
    ]
    for whole in (each for each in unread if _OF_A_WHOLE.search(folded(each))):
        for line in (each for each in lines if each != whole):
            if found := [*_of(staged, whole, line, price)]:
                yield from found
                return


def _with_several(rows: nw.LazyFrame, whole: str) -> nw.LazyFrame:
    """The numbers that several of the rows have."""
    return rows.group_by(whole).agg(lines=nw.len()).filter(nw.col("lines") > 1)


def _of(staged: Staged, whole: str, line: str | None, price: str) -> Iterator[DataFinding]:
    rows = staged.held.filter(nw.col(price) > 0, ~nw.col(whole).is_null())
    if not staged.count(_with_several(rows.head(FIRST), whole).head(1)):
        return
    items = nw.len() if line is None else nw.col(line).n_unique()
    groups = rows.group_by(whole).agg(
        lines=nw.len(),
        items=items,
        prices=nw.col(price).n_unique(),
        price=nw.col(price).min(),
        first=nw.col(ROW).min(),
    )
    several = groups.filter(nw.col("lines") > 1)
    alike = (nw.col("prices") == 1) & (nw.col("items") == nw.col("lines"))
    found = staged.engine.collect(
        several.select(
            several=nw.len(),
            alike=flag(alike).sum(),
            lines=nw.when(alike).then(nw.col("lines")).sum(),
            prices=nw.when(alike).then(nw.col("price")).n_unique(),
            first=nw.when(alike).then(nw.col("first")).min(),
        )
    ).fillna(0).astype(int).iloc[0]  # fmt: skip
    if found["alike"] < max(SEVERAL, ALIKE * found["several"]) or found["prices"] < PRICES:
        return
    own, name = staged.spelled.get(price, price), staged.spelled.get(whole, whole)
    each = f"{as_number(staged, price)} / count(*) OVER (PARTITION BY {as_column(name)})"
    way = f'say columns: {{{price}: "{each}"}} for this table'
    if staged.engine.dialect is not DUCKDB:
        way = "leave it on one of them in the export"
    says = (
        f"{staged.called}: {counted(int(found['alike']), 'number')} in {name} {'has' if found['alike'] == 1 else 'have'} several rows "
        f"({int(found['lines']):,}) with one {own} on each, the first in {staged.location(int(found['first']))}, and each counts. If "
        f"{own} is the total of all, {way}: each has its part then; if each is paid for, {SAY_SO}."
    )
    about = name
    yield DataFinding(
        WARNING, staged.table.name, "a total on each line", says, int(found["lines"]), about
    )
