"""Rows of an older file that a newer one has again with another amount: a price that changed, and both count."""

from collections.abc import Callable, Iterator

import narwhals as nw

from cs_lib.data.contract.repeats import (
    AGE,
    Identity,
    has_several_files,
    key_of,
    with_age,
    with_copies,
)
from cs_lib.data.contract.table_declaration import TEXT, WARNING
from cs_lib.data.contract.tables import COSTS
from cs_lib.data.contract.violations import Violation
from cs_lib.data.engines.distinct_rows import distinct
from cs_lib.data.sources.file_age import tell_their_age
from cs_lib.data.sources.headers import folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW

CHANGED = "another amount in a newer file"
#: further columns that say what was sold, or where money was spent, beside the words of the contract
_WHAT = (
    "plan",
    "product",
    "tier",
    "package",
    "sku",
    "item",
    "campaign",
    "adgroup",
    "adset",
    "vendor",
    "subscription",
)
#: the amount of each table, and by what its rows are the same
_OF = {
    "subscriptions": ("customer_id", "start_date"),
    "orders": ("order_id", "customer_id", "ordered_at"),
    **dict.fromkeys(COSTS, ("month",)),
}
#: so many that changed are no chance; of orders more than files, at whose ends the lines of one may be parted
LEAST = 3
_AMOUNT = "_amount"


def changed_amounts(staged: Staged) -> Iterator[tuple[Violation, nw.LazyFrame]]:
    """The rows of older files that stand again in a newer one but for what they cost; only where the files' names differ
    by dates alone: others may be of other products. Of subscriptions with ids another row refuses to run beside the first."""
    name = staged.table.name
    if name not in _OF or staged.source.repeats or not has_several_files(staged):
        return
    by_id = name == "orders"
    if by_id != (key_of(staged) is not None):
        return
    if staged.files is None or not tell_their_age(staged.files.paths):
        return
    same = Identity((*_OF[name], *(() if by_id else _words(staged))), WARNING, None)
    asked = same.columns[: 1 if by_id else None]
    given = "order_id" if by_id else None
    alike = staged.engine.alike(staged.name, asked, given=given, lacking=None)
    amount = next((each for each in ("mrr", "amount") if staged.has(each)), None)
    if alike is None or amount is None:
        return
    rows = with_copies(with_age(staged, alike), same)
    newest = nw.when(nw.col(AGE) == nw.col("_newest")).then(nw.col(amount))
    rows = rows.with_columns(newest.alias(_AMOUNT))
    rows = rows.with_columns(
        _low=nw.col(_AMOUNT).min().over(*same.columns),
        _high=nw.col(_AMOUNT).max().over(*same.columns),
    )
    value = nw.col(amount)
    other = (
        (nw.col(AGE) < nw.col("_newest")) & (value != nw.col("_low")) & (value != nw.col("_high"))
    )
    changed = distinct(rows.filter(other).select(*same.columns), *same.columns)
    if staged.count(changed) >= (max(LEAST, len(staged.files.paths)) if by_id else LEAST):
        yield (
            Violation(CHANGED, amount, WARNING, other, lambda row: _says(same, row["earlier"])),
            rows,
        )


def changed_in_another_source(
    staged: Staged, everything: list[Staged]
) -> Iterator[tuple[Violation, nw.LazyFrame]]:
    """The rows that a source before this one in the table's list has but for what they cost, where the two files' names
    differ by dates alone."""
    name, amount = staged.table.name, "mrr" if staged.table.name == "subscriptions" else "amount"
    for other in everything:
        if other.table.name != name or not 0 < other.source.part < staged.source.part:
            continue
        if name not in _OF or not _of_one_export(staged, other):
            continue
        by_id = name == "orders"
        if by_id != (key_of(staged) is not None) or by_id != (key_of(other) is not None):
            continue
        words = () if by_id else tuple(each for each in _words(staged) if other.has(each))
        same = (*_OF[name], *words)
        rows = _with_amounts_of(other, staged, same, amount)
        value = nw.col(amount)
        breaks = (value != nw.col("_low")) & (value != nw.col("_high"))
        if staged.count(distinct(rows.filter(breaks).select(*same), *same)) >= LEAST:
            yield Violation(CHANGED, amount, WARNING, breaks, _says_of(other, same)), rows


def _of_one_export(staged: Staged, other: Staged) -> bool:
    """Whether two sources are files whose names say which is newer, and both of whose rows are not meant."""
    if staged.source.repeats or other.source.repeats or not (staged.files and other.files):
        return False
    return tell_their_age((*other.files.paths, *staged.files.paths))


def _with_amounts_of(
    other: Staged, staged: Staged, same: tuple[str, ...], amount: str
) -> nw.LazyFrame:
    """The rows that the other source has too, with the least and the most that they cost there and the first of them."""
    keys = {f"_same{n}": nw.col(name).cast(nw.String()).fill_null("") for n, name in enumerate(same)}  # fmt: skip
    cost = nw.col(amount)
    groups = other.held.with_columns(**keys).group_by(*keys)
    theirs = groups.agg(_low=cost.min(), _high=cost.max(), _there=nw.col(ROW).min())
    return staged.held.with_columns(**keys).join(theirs, on=[*keys], how="inner")


def _says_of(other: Staged, same: tuple[str, ...]) -> Callable[[dict], str]:
    def says(row: dict) -> str:
        return (
            f"{other.location(int(row['_there']))} has the same {' and '.join(same)} with another amount, and both count. If the newer "
            "file corrects or replaces the older one, name both by one path, such as exports/*.csv, with latest: file; if both are "
            "meant, say repeats: count for one of the two sources."
        )

    return says


def _words(staged: Staged) -> list[str]:
    """The columns of words by which rows differ, beside money and days."""
    known = [
        each.name
        for each in staged.table.columns
        if each.kind == TEXT and each.name not in ("currency", "end_reason")
    ]
    further = [
        each
        for each in staged.columns
        if not staged.table.column(each) and any(map(folded(each).__contains__, _WHAT))
    ]
    return [*filter(staged.has, known), *further]


def _says(same: Identity, place: object) -> str:
    return (
        f"{place} has the same {' and '.join(same.columns)} with another amount, and both count. If the newer file corrects or "
        "replaces the older one, say latest: file for this table; if both are meant, say repeats: count."
    )
