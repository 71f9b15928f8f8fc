"""Known columns under another spelling: taken where one column fits, refused where two would."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.sources.source_files import Layout
from cs_lib.edition import Edition, Source

#: how far down a title may push the names of the columns
MOST_TITLES = 30


@dataclass(frozen=True)
class Header:
    """The names of the columns of one file, or of a query's result, as they stand there."""

    shown: str
    names: tuple[str, ...]


def as_expression(asked: str) -> str:
    """A column's name, or the expression that computes it, to stand inside double quotes of YAML."""
    if re.fullmatch(r"[A-Za-z_]\w*", asked):
        return asked
    text = f'"{asked}"' if re.fullmatch(r"[\w .:/-]+", asked) else f"({asked})"
    return inside_quotes(text)


def as_column(own: str) -> str:
    """A column's own name, whatever its signs, as an expression of the edition to stand inside double quotes."""
    if re.fullmatch(r"[A-Za-z_]\w*", own):
        return own
    return inside_quotes('"' + own.replace('"', '""') + '"')


def inside_quotes(text: str) -> str:
    """A text as it is written inside double quotes of YAML."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def folded(name: str) -> str:
    """A name without case, blanks, underscores and the like."""
    return re.sub(r"[\W_]+", "", name).casefold()


def words_of(name: str) -> str:
    """The words of a column's name in small letters, with a blank between them: `InvoiceDate` is invoice date, and
    `Order #` keeps its sign."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[^\w#]+|_", " ", apart).lower().split())


def is_name(asked: str) -> bool:
    """Does the edition name a column, or compute one?"""
    return re.fullmatch(r"[^\W\d][\w ]*", asked) is not None


def wanted_names(table: Table, source: Source, edition: Edition) -> dict[str, str]:
    """Canonical column or segment → the name that the source should have for it, or what computes it."""
    known = [*(each.name for each in table.columns), *edition.segments, *source.columns]
    return {
        name: source.columns.get(name, name)
        for name in dict.fromkeys(known)
        if name not in source.values
    }


def spelling(wanted: str, names: Iterable[str]) -> str | None:
    """The one of these names that is meant: the very name, else the only one that is spelled alike.

    What may compute a column is a name only where a column is so called: `Amount (EUR)`, `NPS: why?`.
    """
    names = list(names)
    if wanted in names:
        return wanted
    alike = _alike(wanted, names)
    return alike[0] if len(alike) == 1 else None


def _alike(wanted: str, names: Iterable[str]) -> list[str]:
    plain = folded if is_name(wanted) else _without_case
    asked = plain(wanted)
    return [name for name in names if plain(name) == asked]


def _without_case(name: str) -> str:
    return " ".join(name.split()).casefold()


def clashes(header: Header, wanted: dict[str, str], source: Source) -> list[str]:
    """A fault for each known column that stands twice, or for which two columns would fit."""
    faults = []
    for name, asked in wanted.items():
        same = [each for each in header.names if each.lower() == asked.lower()]
        alike = _alike(asked, header.names)
        if len(same) > 1:
            faults.append(
                f"{header.shown}: the column {asked} stands {len(same)} times in the first line. "
                "Take the others out of the export, or give them other names."
            )
        elif len(alike) > 1 and not (name in source.columns and same):
            faults.append(
                f"{header.shown}: {len(alike)} columns would fit {name}: {', '.join(alike)}. Say in "
                f'the edition which one counts: columns: {{{name}: "{as_expression(alike[0])}"}}.'
            )
    return faults


def named_further_down(text: str, wanted: Iterable[str]) -> int | None:
    """The line that names the columns, where the first line names none of those wanted: a title stands above."""
    lines = text.splitlines()[:MOST_TITLES]
    cells = [[each.strip(" \"'") for each in re.split(r"[,;\t|]", line)] for line in lines]
    named = [sum(spelling(asked, names) is not None for asked in wanted) for names in cells]
    if not named or named[0] or max(named) < 2:
        return None
    return named.index(max(named)) + 1


def alike_in_all(layouts: Sequence[Layout], wanted: Iterable[str]) -> tuple[Layout, ...]:
    """The layouts with one spelling of each wanted column: its own, else that of the first file."""
    result = list(layouts)
    for asked in wanted:
        found = [spelling(asked, layout.names) for layout in result]
        given = [each for each in found if each]
        common = asked if asked in given else given[0] if given else asked
        for number, own in enumerate(found):
            if own and own != common and common not in result[number].names:
                names = tuple(common if n == own else n for n in result[number].names)
                result[number] = replace(result[number], names=names)
    return tuple(result)


def respelled(headers: Iterable[Header], wanted: dict[str, str]) -> list[str]:
    """What to say of each file in which a known column is spelled otherwise."""
    said = []
    for header in headers:
        taken = {
            asked: own
            for asked in wanted.values()
            if (own := spelling(asked, header.names)) and own != asked
        }
        if taken:
            pairs = ", ".join(f'"{own}" is taken for {asked}' for asked, own in taken.items())
            said.append(f"{header.shown}: {pairs}.")
    return said


def missing_in_some(headers: Sequence[Header], wanted: dict[str, str]) -> list[tuple[str, str]]:
    """File and column, for each known column that only some of the files have."""
    return [
        (header.shown, asked)
        for asked in dict.fromkeys(wanted.values())
        for header in headers
        if not spelling(asked, header.names)
        and any(spelling(asked, other.names) for other in headers)
    ]
