"""Customers that are not one each: a parent beside its children, one in two systems, a marketplace, those
with add-ons alone, and owners that no customer has."""

import re
from collections.abc import Iterator
from itertools import combinations

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.edition_keys import SAY_SO, left_out
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.contract.unread_columns import unread_names
from cs_lib.data.engines.distinct_rows import distinct, flag
from cs_lib.data.sources.headers import folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.edition import Edition
from cs_lib.vocabulary import OWNER

ID = "customer_id"
_PARENT = re.compile(r"^(parent|master|head|mother)(account|customer|company)?(id)?$")
_PLAN = re.compile(r"plan|product|tier|package|item|component|charge")
_ADD_ON = r"\badd-?ons?\b|\bzusatz|\bextra\b"
_MARKETS = (
    "amazon", "amazon.com", "amazon marketplace", "amazon.de", "amazon.co.uk", "ebay", "ebay.com", "etsy", "walmart", "zalando",
    "marketplace", "marktplatz", "shopify pos", "point of sale", "online store", "webshop",
)  # fmt: skip
#: parents that cost what their children do; customers in two systems, with their share; those with
#: add-ons alone; and the rows of a marketplace, with their share
PARENTS, PARENTS_SHARE, BOTH, BOTH_SHARE, ADD_ONS, ROWS, ROWS_SHARE = 2, 0.5, 5, 0.25, 3, 5, 0.05
MOST_SHOWN = 30


def group_findings(staged: list[Staged], edition: Edition) -> Iterator[DataFinding]:
    """Warnings on who a customer is."""
    tables: dict[str, list[Staged]] = {}
    for each in staged:
        tables.setdefault(each.table.name, []).append(each)
    subscriptions = tables.get("subscriptions", [])
    for each in (one for one in subscriptions if not one.source.recipe):
        for name in unread_names(each, edition):
            if _PARENT.search(folded(name)):
                yield from _parents(each, name, each.rows_with(name))
        for customers in tables.get("customers", ()):
            for name in (one for one in customers.columns if _PARENT.search(folded(one))):
                yield from _parents(each, name, _with_parents(each, customers, name))
        for name in each.columns:
            if _PLAN.search(folded(name)) and "." not in name and not each.table.column(name):
                yield from _add_ons_alone(each, name)
    for one, other in combinations(subscriptions, 2):
        yield from _in_both(one, other)
    for each in tables.get("orders", ()):
        yield from _markets(each)
    for each in tables.get("success_costs", ()):
        yield from _strange_owners(each, tables.get("customers", []))


def _said(staged: Staged, rule: str, many: int, says: str, about: str = "") -> DataFinding:
    return DataFinding(WARNING, staged.table.name, rule, f"{staged.called}: {says}", many, about)


def _with_parents(staged: Staged, customers: Staged, name: str) -> nw.LazyFrame:
    """The rows with the parent of their customer, from the customers' own table, as the text `word`."""
    parents = customers.held.select(ID, word=nw.col(name).cast(nw.String))
    parents = parents.group_by(ID).agg(word=nw.col("word").max())
    return staged.rows.join(parents, on=ID, how="left")


def _parents(staged: Staged, name: str, rows: nw.LazyFrame) -> Iterator[DataFinding]:
    """Customers whose price is the sum of those that name them as their parent."""
    rows = rows.filter(nw.col("mrr") > 0)
    own = rows.group_by(ID).agg(own=nw.col("mrr").sum(), first=nw.col(ROW).min())
    of_children = rows.filter(~nw.col("word").is_null(), nw.col("word") != nw.col(ID))
    children = of_children.group_by("word").agg(children=nw.col("mrr").sum(), many=nw.len())
    both = own.join(children, left_on=ID, right_on="word", how="inner").filter(nw.col("many") > 1)
    found = staged.engine.collect(both.sort("first").head(1000))
    same = found[found["own"] == found["children"]]
    if len(same) < PARENTS or len(same) < PARENTS_SHARE * len(found):
        return
    way = "take them out of the export"
    if len(same) <= MOST_SHOWN:
        who = staged.as_written(ID, *same[ID])
        way = f"say {left_out(staged.spelled.get(ID, ID), who)} for this table, or {way}"
    yield _said(
        staged,
        "a customer that adds up others",
        len(same),
        f"{counted(len(same), 'customer')} named in {name} cost just what all that name them cost together, the first in "
        f"{staged.location(int(same['first'].iloc[0]))}, and both count. If theirs is the sum of the others', {way}; if not, "
        f"{SAY_SO}.",
        name,
    )


def _add_ons_alone(staged: Staged, name: str) -> Iterator[DataFinding]:
    """Customers whose subscriptions have all ended but for add-ons."""
    if not staged.has("end_date"):
        return
    rows = staged.rows_with(name).filter(nw.col("mrr") > 0)
    added = nw.col("word").str.to_lowercase().str.contains(_ADD_ON).fill_null(False)
    if not staged.count(rows.filter(added).head(1)):
        return
    still = nw.col("end_date").is_null()
    each = rows.select(
        ID, ROW, base=flag(~added), base_open=flag(~added & still), more_open=flag(added & still)
    )
    each = each.group_by(ID).agg(nw.col("base", "base_open", "more_open").max(), nw.col(ROW).min())
    alone = (nw.col("base") == 1) & (nw.col("base_open") == 0) & (nw.col("more_open") == 1)
    many, first = staged.how_many(each.filter(alone))
    if many >= ADD_ONS:
        yield _said(
            staged,
            "add-ons that outlive what they are added to",
            many,
            f"{counted(many, 'customer')} have add-ons alone that go on, as {name} says, and everything else of theirs has ended, the "
            f"first in {staged.location(first)}: they count as customers. If an add-on ends with what it is added to, end its row "
            "in the export; if it is paid for by itself, nothing has to be done.",
            name,
        )


def _open(staged: Staged) -> nw.LazyFrame:
    rows = staged.rows.filter(nw.col("mrr") > 0, nw.col("end_date").is_null())
    return rows.group_by(ID).agg(nw.col(ROW).min())


def _in_both(one: Staged, other: Staged) -> Iterator[DataFinding]:
    """Customers who pay to this day by two sources."""
    if one.source.repeats or other.source.repeats:
        return
    first, second = _open(one), _open(other)
    both = second.join(distinct(first, ID), on=ID, how="inner")
    many, row = other.how_many(both)
    fewest = min(one.count(first), other.count(second))
    if many >= BOTH and many >= BOTH_SHARE * fewest:
        yield _said(
            other,
            "customers in two sources",
            many,
            f"{counted(many, 'customer')} without an end, the first in {other.location(row)}, go on without an end in "
            f"{one.source.shown} too, and both are paid for. If they were moved from one system to the other, end their rows where "
            "they left, or take them out of that export; if both are paid for, say repeats: count for one of the two sources.",
        )


def _markets(staged: Staged) -> Iterator[DataFinding]:
    """Shops through which many buy, as one customer."""
    if staged.row_count < ROWS:
        return
    rows = staged.held.filter(nw.col(ID).str.to_lowercase().is_in(_MARKETS))
    groups = rows.group_by(ID).agg(rows=nw.len(), first=nw.col(ROW).min())
    found = staged.engine.collect(groups.sort("first"))
    found = found[found["rows"] >= max(ROWS, ROWS_SHARE * staged.row_count)]
    if not found.empty:
        many, own = int(found["rows"].sum()), staged.spelled.get(ID, ID)
        who = staged.as_written(ID, *found[ID])
        yield _said(
            staged,
            "a marketplace as a customer",
            many,
            f"{counted(many, 'row')} are of {' and '.join(who)} in {own}, the first in {staged.location(int(found['first'].min()))}: "
            "whoever buys there is one customer together. Name the column with the buyer, or say "
            f"{left_out(own, who)} for this table; if it buys by itself, nothing has to be done.",
            ", ".join(who),
        )


def _strange_owners(costs: Staged, customers: list[Staged]) -> Iterator[DataFinding]:
    """Owners whose costs are told, of whom none has a customer."""
    theirs = [each for each in customers if each.has(OWNER)]
    if not costs.has(OWNER) or not theirs:
        return
    own = distinct(costs.held.filter(~nw.col(OWNER).is_null()).select(OWNER), OWNER)
    owners = distinct(nw.concat([each.held.select(OWNER) for each in theirs]), OWNER)
    many = costs.count(own)
    if many and not costs.count(own.join(owners, on=OWNER, how="inner")):
        yield _said(
            costs,
            "owners without customers",
            many,
            f"none of {counted(many, 'owner')} is the owner of a customer: nothing is set against their costs. Spell them as "
            f"customers do, in the export or with map: {{{OWNER}: …}} for this table.",
        )
