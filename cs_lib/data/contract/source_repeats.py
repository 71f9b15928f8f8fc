"""Rows that two sources of one table both have: by the table's own key, else alike in all that it says."""

from collections.abc import Iterator

import narwhals as nw

from cs_lib.data.contract.repeats import DUPLICATE, KEYS, SAME_ROW, Identity, key_of
from cs_lib.data.contract.table_declaration import ERROR, WARNING
from cs_lib.data.contract.violations import Violation
from cs_lib.data.sources.headers import as_expression
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.vocabulary import VALID_FROM

OTHER = "_other"


def repeats_of_another_source(
    staged: Staged, everything: list[Staged]
) -> Iterator[tuple[Violation, nw.LazyFrame]]:
    """The rows of a source that one before it in the table's list has as well."""
    own = staged.source.part
    for other in everything:
        if other.table.name == staged.table.name and 0 < other.source.part < own:
            for identity in _identities(staged, other):
                yield _violation(identity, other, staged), _in_both(staged, other, identity)


def _identities(staged: Staged, other: Staged) -> list[Identity]:
    key = key_of(staged)
    own = KEYS.get(staged.table.name, staged.table.key)
    shared = key if key and all(map(other.has, key.columns)) else None
    if staged.table.name == "survey_responses" and _of_two_vendors(staged, other):
        shared = None
    columns = tuple(
        each.name
        for each in staged.table.columns
        if each.name != own and (staged.has(each.name) or other.has(each.name))
    )
    counts = "count" in (staged.source.repeats, other.source.repeats)
    whole = Identity(
        columns, WARNING if counts else ERROR, None, lacking=shared.given if shared else None
    )
    if shared is None:
        return [whole]
    return [shared] if shared.given in staged.required else [shared, whole]


def _of_two_vendors(staged: Staged, other: Staged) -> bool:
    """Whether each source has a vendor of its own, who numbers answers from 1 as another does."""
    one, two = staged.source.recipe, other.source.recipe
    return one is not None and two is not None and one.name != two.name


def _in_both(staged: Staged, other: Staged, identity: Identity) -> nw.LazyFrame:
    """The source's rows that the other one has, each with the number of the first such row there."""
    same = {f"_same{n}": _text(name) for n, name in enumerate(identity.columns)}
    theirs = _compared(other, identity).with_columns(**same)
    theirs = theirs.group_by(*same).agg(nw.col(ROW).min().alias(OTHER))
    return _compared(staged, identity).with_columns(**same).join(theirs, on=[*same], how="inner")


def _compared(staged: Staged, identity: Identity) -> nw.LazyFrame:
    rows = staged.rows
    if identity.given:
        rows = rows.filter(~nw.col(identity.given).is_null())
    if identity.lacking:
        rows = rows.filter(nw.col(identity.lacking).is_null())
    return rows


def _text(name: str) -> nw.Expr:
    """The value as text, which a join finds also where it is blank."""
    return nw.col(name).cast(nw.String()).fill_null("")


def _violation(identity: Identity, other: Staged, staged: Staged) -> Violation:
    own = identity.given or ""
    level = identity.across or ERROR

    def says(row: dict) -> str:
        place = other.location(int(row[OTHER]))
        what = f'"{row[own]}"' if own else "the same row"
        start = f"{what} stands in {place} too, another source of {staged.table.name}, and "
        return start + (_other_key(staged, own) if own else _ALIKE[level])

    rule = DUPLICATE if own else SAME_ROW
    return Violation(rule, own, level, ~nw.col(OTHER).is_null(), says)


_ALIKE = {
    ERROR: "would count twice. Take one of them away, or, where each is meant, say repeats: count for one "
    "of the two sources.",
    WARNING: "both count.",
}


def _other_key(staged: Staged, own: str) -> str:
    """What to do about a key that both sources have. A customer is one; other ids may mean other things."""
    if staged.table.name == "customers":
        with_date = f" with the same {VALID_FROM}" if staged.has(VALID_FROM) else ""
        return f"a customer has one row{with_date}. Take it out of one of the sources."
    name = own if staged.source.recipe else staged.spelled.get(own, own)
    return (
        "would count twice. Take it out of one of the sources, or, where the two only happen to be called "
        f"alike, tell them apart: columns: {{{own}: \"'b-' || {as_expression(name)}\"}} for this source."
    )
