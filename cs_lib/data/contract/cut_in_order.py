"""Files in the order of their customers that stop before the end of it: cut between two rows, and whole by every line."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.sources.headers import folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW

ID = "customer_id"
#: the first rows tell whether a file is in order; of more customers than these no order is looked for
FIRST, MOST = 1000, 200_000
#: so many customers, and such a share of all, come after the last of a file that has such a share of those before
BEHIND, BEHIND_SHARE, BEFORE_SHARE = 10, 0.05, 0.8
#: so many names that begin with so many letters reach beyond R
NAMES, LETTERS, REACHES = 50, 6, "r"
#: of neighbours so many stand in order
IN_ORDER = 0.98
_NAMED = ("name", "customername", "companyname", "company", "accountname", "account")
Key = Callable[[str], Any]


def cut_findings(staged: list[Staged]) -> Iterator[DataFinding]:
    with_ids = [each for each in staged if each.has(ID) and each.files and not each.source.recipe]
    whole = [each for each in with_ids if each.table.name == "customers"] or with_ids
    for each in with_ids:
        key = _order(each, ID)
        if key is None:
            continue
        others = [one for one in whole if one.table.name != each.table.name]
        if not others or not (found := [*_before_the_others(each, others, key)]):
            found = [*_before_the_alphabet_ends(each, ID)]
        yield from found
    for each in (one for one in staged if one.table.name == "customers" and one.files):
        for name in each.columns:
            if name != ID and folded(name) in _NAMED and "." not in name and _order(each, name):
                yield from _before_the_alphabet_ends(each, name)


# ---------------------------------------------------------------- the order of a file


def _order(staged: Staged, name: str) -> Key | None:
    """The order in which the first rows have a column: as texts, or by the number in them; None where they have none,
    or stand in that of their days."""
    days = [each for each in (staged.dated_by,) if each]
    rows = staged.held.select(ROW, *days, own=nw.col(name).cast(nw.String))
    found = staged.engine.collect(rows.filter(nw.col(ROW) < FIRST)).sort_values(ROW)
    if any(len(own := found[each].dropna()) and own.is_monotonic_increasing for each in days):
        return None
    own = [*dict.fromkeys(found["own"].dropna())]
    if len(own) < BEHIND:
        return None
    key = max((str.casefold, _by_number), key=lambda each: _share_in_order(own, each))
    return key if _in_order(own, key) else None


def _by_number(text: str) -> tuple[str, int]:
    digits = re.search(r"\d+", text)
    return (text[: digits.start()], int(digits[0])) if digits else (text, -1)


def _in_order(own: list[str], key: Key) -> bool:
    return _share_in_order(own, key) >= IN_ORDER


def _share_in_order(own: list[str], key: Key) -> float:
    pairs = [one <= other for one, other in pairwise(map(key, own))]
    return sum(pairs) / len(pairs) if pairs else 1.0


# ---------------------------------------------------------------- what is missing behind


def _before_the_others(staged: Staged, others: list[Staged], key: Key) -> Iterator[DataFinding]:
    """Customers of other tables of whom none that comes after the last one has a row."""
    own = _ids(staged)
    if own is None or not _in_order(own, key):
        return
    theirs: set[str] = set()
    for each in others:
        ids = _ids(each)
        if ids is None:
            return
        theirs |= set(ids)
    last, known = key(own[-1]), set(own)
    behind = [each for each in theirs if key(each) > last]
    before = len(theirs) - len(behind)
    if len(behind) < max(BEHIND, BEHIND_SHARE * len(theirs)) or known & {*behind}:
        return
    if sum(_kind(each) == _kind(own[-1]) for each in behind) < BEFORE_SHARE * len(behind):
        return
    if len(known & theirs) >= BEFORE_SHARE * before:
        names = " and ".join(dict.fromkeys(each.table.name for each in others))
        says = (
            f"{staged.called}: the rows stand in the order of {staged.spelled.get(ID, ID)}, and none is of the {counted(len(behind), 'customer')} "
            f"of {names} that would come after the last row, while {len(known & theirs):,} of {before:,} before it have one. The file "
            f"seems to be cut off there ({_last(staged)}). Export it again."
        )
        yield DataFinding(WARNING, staged.table.name, "a file that stops", says, len(behind), ID)


def _kind(one: str) -> str:
    """What stands before the number in an id; nothing before a name."""
    return one[: digits.start()] if (digits := re.search(r"\d", one)) else ""


def _ids(staged: Staged) -> list[str] | None:
    """The ids in the order of their first rows; None where they are very many."""
    rows = staged.held.filter(~nw.col(ID).is_null()).group_by(ID).agg(first=nw.col(ROW).min())
    found = staged.engine.collect(rows.sort("first").head(MOST + 1))
    return None if len(found) > MOST else [str(each) for each in found[ID]]


def _before_the_alphabet_ends(staged: Staged, name: str) -> Iterator[DataFinding]:
    """Names of many letters of which none begins with one of the last."""
    own = nw.col(name).cast(nw.String)
    rows = staged.held.select(ROW, own=own).filter(~nw.col("own").is_null())
    begins = rows.select(letter=nw.col("own").str.slice(0, 1).str.to_lowercase())
    found = staged.engine.collect(begins.group_by("letter").agg(rows=nw.len()))
    letters = found[found["letter"].str.fullmatch("[a-z]")]
    if len(letters) < LETTERS or letters["letter"].max() > REACHES:
        return
    if letters["rows"].sum() < found["rows"].sum() / 2 or found["rows"].sum() > MOST:
        return
    given = staged.engine.collect(rows.sort(ROW).select("own"))["own"]
    names, last = [*dict.fromkeys(map(str, given))], letters["letter"].max().upper()
    if len(names) < NAMES or not _in_order(names, str.casefold):
        return
    says = (
        f"{staged.called}: {len(names):,} rows stand in the order of {staged.spelled.get(name, name)}, and none begins with a letter after "
        f'"{last}". The file seems to be cut off there ({_last(staged)}). Export it again.'
    )
    yield DataFinding(WARNING, staged.table.name, "a file that stops", says, len(names), name)


def _last(staged: Staged) -> str:
    last = staged.engine.collect(staged.held.select(last=nw.col(ROW).max()))["last"].iloc[0]
    return f"{staged.location(int(last))}"
