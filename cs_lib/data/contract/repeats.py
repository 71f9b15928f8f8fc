"""Rows that say the same twice: in two files of one table, or inside one file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.shared_ids import shared_by_customers
from cs_lib.data.contract.table_declaration import ERROR, WARNING
from cs_lib.data.contract.violations import EARLIER, Violation
from cs_lib.data.sources.source_files import is_remote
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import FILE, ROW, UNPARSED
from cs_lib.vocabulary import VALID_FROM

DUPLICATE, SAME_ROW = "duplicate key", "same row twice"
#: what a later export of the same subscription may say otherwise
ENDS = ("end_date", "end_reason", "term_ends_on")
#: what names a row of the tables in which it may stand several times
KEYS = {"orders": "order_id", "subscriptions": "subscription_id"}
ORDER = ("order_id", "customer_id", "ordered_at", "amount")
AGE, COPY = "_age", "_copy"
#: a share of the older files' rows that stand again in newer ones, which is no chance
MOST_BY_CHANCE = 0.25


@dataclass(frozen=True)
class Identity:
    """Rows are the same where these columns agree: an error, a warning or nothing, by where they stand.

    Only rows with a value in `given`, and without one in `lacking`, are compared.
    """

    columns: tuple[str, ...]
    across: str | None
    within: str | None
    given: str | None = None
    lacking: str | None = None


def repeat_violations(staged: Staged) -> Iterator[tuple[Violation, nw.LazyFrame]]:
    """Rows that stand twice. The copy that counts is the first one in the newest file."""
    several = has_several_files(staged)
    found = False
    for identity in _identities(staged):
        across, within = _levels(identity, staged)
        if not (within or (across and several)):
            continue
        if identity.columns == ORDER:
            orders = staged.engine.alike(staged.name, ("order_id",), given="order_id", lacking=None)
            if orders is None:  # no id stands twice, and so no order
                continue
            shared = shared_by_customers(staged, orders, "order_id")
            yield from [shared] if shared else []
        alike = staged.engine.alike(
            staged.name, identity.columns, given=identity.given, lacking=identity.lacking
        )
        if alike is None:
            continue
        found = True
        rows = with_copies(with_age(staged, alike), identity)
        older = nw.col(AGE) < nw.col("_newest")
        if across and several:
            yield _violation(identity, across, older, _twice_in_files), rows
        if within:
            later = ~older & (nw.col(ROW) > nw.col(EARLIER))
            words = _alike_in_a_file if within == WARNING else _twice_in_a_file
            words = _same_order_line if identity.columns == ORDER else words
            yield _violation(identity, within, later, words), rows
    if not found and (but_for := repeats_but_for_a_column(staged)):
        yield but_for


def repeats_but_for_a_column(staged: Staged) -> tuple[Violation, nw.LazyFrame] | None:
    """Rows of tables without ids that stand in two files, but for columns that nothing reads, such as a counter or
    the moment of the export; None where that is chance: few of the rows of the older files do."""
    further = [each for each in staged.columns if staged.table.column(each) is None]
    told = staged.source.repeats or key_of(staged) or staged.table.name == "usage_events"
    if told or not further or not has_several_files(staged):
        return None
    core = tuple(each for each in staged.columns if staged.table.column(each))
    alike = staged.engine.alike(staged.name, core, given=None, lacking=None)
    if alike is None:
        return None
    same = Identity(core, WARNING, None)
    rows = with_copies(with_age(staged, alike), same)
    older = nw.col(AGE) < nw.col("_newest")
    ages = with_age(staged, staged.held).select(age=nw.col(AGE))
    newest = int(staged.engine.collect(ages.select(newest=nw.col("age").max()))["newest"].iloc[0])
    before = staged.count(ages.filter(nw.col("age") < newest))
    if staged.count(rows.filter(older)) < max(MOST_BY_CHANCE * before, 2):
        return None
    return _violation(same, WARNING, older, _twice_but_for(further)), rows


def _twice_but_for(further: list[str]) -> Callable[[str, object], str]:
    listed = ", ".join(further)
    return lambda what, place: _twice_in_files(f"{what} but for {listed}", place)


def has_several_files(staged: Staged) -> bool:
    if staged.files is None:
        return bool(staged.source.path and is_remote(staged.source.path))
    return len(staged.files.paths) > 1


def with_age(staged: Staged, frame: nw.LazyFrame) -> nw.LazyFrame:
    """The rows with the age of their file: the higher, the newer."""
    if staged.engine.dialect.knows_lines or staged.files is None:
        return frame.with_columns(nw.col(FILE).alias(AGE))
    shown = staged.files.all_shown
    ages = staged.engine.lift(pd.DataFrame({FILE: shown, AGE: range(len(shown))}))
    return frame.join(ages, on=FILE, how="left")


def _identities(staged: Staged) -> list[Identity]:
    whole, key = (*staged.columns, UNPARSED), key_of(staged)
    if key is None:
        keyed, lacking = [], None
    else:
        keyed, lacking = [key], key.given
    if lacking in staged.required:
        return keyed
    if staged.table.name != "subscriptions":
        return [*keyed, Identity(whole, ERROR, WARNING, lacking=lacking)]
    same = tuple(name for name in whole if name not in ENDS)
    return [
        *keyed,
        Identity(same, ERROR, None, lacking=lacking),
        Identity(whole, None, WARNING, lacking=lacking),
    ]


def key_of(staged: Staged) -> Identity | None:
    """The table's own id, where the source gives it."""
    key = KEYS.get(staged.table.name, staged.table.key)
    if key is None or not staged.has(key):
        return None
    if staged.table.name == "orders":
        return Identity(ORDER, ERROR, ERROR, given=key)
    if staged.table.name == "subscriptions":
        return Identity((key, "start_date"), ERROR, None, given=key)
    if staged.table.column(VALID_FROM) and staged.has(VALID_FROM):
        return Identity((key, VALID_FROM), ERROR, ERROR, given=key)
    return Identity((key,), ERROR, ERROR, given=key)


def _levels(identity: Identity, staged: Staged) -> tuple[str | None, str | None]:
    """Where the edition counts repeats, only those in two files are still worth a word."""
    key = staged.table.key
    if staged.source.repeats is None or (key and identity.given == key):
        return identity.across, identity.within
    return identity.across and WARNING, None


def with_copies(rows: nw.LazyFrame, identity: Identity) -> nw.LazyFrame:
    rows = rows.with_columns(_newest=nw.col(AGE).max().over(*identity.columns))
    newest = nw.when(nw.col(AGE) == nw.col("_newest")).then(nw.col(ROW))
    rows = rows.with_columns(newest.alias(COPY))
    return rows.with_columns(nw.col(COPY).min().over(*identity.columns).alias(EARLIER))


def _violation(
    identity: Identity, level: str, breaks: nw.Expr, words: Callable[[str, object], str]
) -> Violation:
    own = identity.columns[0] if identity.given else ""
    return Violation(
        DUPLICATE if identity.given == own else SAME_ROW,
        own,
        level,
        breaks,
        lambda row: words(f'"{row[own]}"' if own else "the same row", row["earlier"]),
    )


def _twice_in_files(what: str, place: object) -> str:
    return (
        f"{what} stands again in {place}, and would count twice. If the files are exports of the "
        "same rows, say latest: file for this table: the newest file counts. If both rows are meant, "
        "say repeats: count. Or take one of the files away."
    )


def _twice_in_a_file(what: str, place: object) -> str:
    return f"{what} stands already in {place}. Keep one row for each, or correct the export."


def _same_order_line(what: str, place: object) -> str:
    return (
        f"{what} stands already in {place} with the same customer, moment and amount. Keep one row for "
        "each order, or, where rows are lines of an order and two may be alike, say repeats: count for "
        "this table."
    )


def _alike_in_a_file(what: str, place: object) -> str:
    return (
        f"{what} stands already in {place}, and both count. Take one out of the export if it is one, "
        "or say repeats: count for this table."
    )
