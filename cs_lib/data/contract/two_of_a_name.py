"""A segment that customers and their subscriptions both have, and that is not the same in both."""

from collections.abc import Iterator
from itertools import product

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, only_first
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.distinct_rows import distinct, flag
from cs_lib.data.sources.headers import as_column, folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.edition import Edition
from cs_lib.vocabulary import NOT_GIVEN, VALID_FROM

ID = "customer_id"
#: so many customers, and such a share of them, with another value in each
LEAST, SHARE = 5, 0.2
#: so many customers tell
LOOKED_AT = 10_000


def two_of_a_name(staged: list[Staged], edition: Edition) -> Iterator[DataFinding]:
    """A warning for each segment of which customers say another value than their last subscription."""
    tables = {name: [each for each in staged if each.table.name == name] for name in ("customers", "subscriptions")}  # fmt: skip
    for customers, paid in product(*tables.values()):
        if not customers.has(VALID_FROM):
            for name in edition.segments:
                if customers.has(name) and paid.has(name):
                    yield from _of_a_segment(customers, paid, name)


def _of_a_segment(customers: Staged, paid: Staged, name: str) -> Iterator[DataFinding]:
    own = customers.held.select(ROW, ID, own=nw.col(name).cast(nw.String)).head(LOOKED_AT)
    own = customers.engine.keep(own, "customers looked at")
    start = nw.col("start_date")
    theirs = distinct(own.select(ID), ID)
    rows = paid.held.filter(nw.col("mrr") > 0).join(theirs, on=ID, how="inner").select(ID, "start_date", last=nw.col(name).cast(nw.String))  # fmt: skip
    latest = rows.group_by(ID).agg(latest=start.max())
    rows = rows.join(latest, on=ID, how="inner").filter(start == nw.col("latest"))
    both = own.join(rows, on=ID, how="inner").filter(_is_given("own"), _is_given("last"))
    same = flag(nw.col("own") == nw.col("last")).max()
    each = both.group_by(ID).agg(same=same, row=nw.col(ROW).min()).with_columns(**{ROW: nw.col("row")})  # fmt: skip
    each = customers.engine.keep(each, "segments of customers")
    many, first = customers.how_many(each.filter(nw.col("same") == 0))
    every = customers.count(each)
    if many < max(LEAST, SHARE * every):
        return
    says = (
        f"{customers.called}: {many:,} of {every:,} customers have another {name} than their last subscription, the first in "
        f"{customers.location(first)}: what is paid is split by the subscription's {name}, and answers, use and time to value by this "
        f'one. If one {name} is meant for all, say columns: {{customers_{folded(name)}: "{as_column(customers.spelled.get(name, name))}"}} '
        f"for this table: then the subscription's is.{only_first(customers.row_count, LOOKED_AT)}"
    )
    yield DataFinding(WARNING, "customers", "a segment of two tables", says, many, name)


def _is_given(name: str) -> nw.Expr:
    return ~nw.col(name).is_null() & (nw.col(name) != NOT_GIVEN)
