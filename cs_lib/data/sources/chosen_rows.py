"""Which rows of a table count: those that `where` keeps."""

from collections.abc import Iterator
from difflib import get_close_matches

import narwhals as nw

from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.engines.dialect import DuckDB
from cs_lib.data.engines.engine import StagingEngine
from cs_lib.data.sources import headers
from cs_lib.data.sources.said_values import folded
from cs_lib.data.sources.staged import Origin
from cs_lib.data.sources.typing_sql import ASKED
from cs_lib.edition import Source
from cs_lib.edition.spellings import LeftOut
from cs_lib.errors import DataError, did_you_mean
from cs_lib.vocabulary import OWNER, WHO

#: so many values of a column are named where none is among those that count
MOST_NAMED = 12
#: so many words are looked for: a bit each; and among so many of a column the nearest to one that no row has
_BITS, _MOST_WORDS = 62, 1000
#: how near a word is to one that was meant: of those that count surely, for rows to leave out may come another month
_NEAR, _SURELY = 0.6, 0.75
#: columns whose words name somebody
_NAMES = (*WHO, OWNER)


def kept(table: Table, source: Source, origin: Origin, dialect: DuckDB) -> str:
    """The condition for the rows that `where` keeps."""
    tests = []
    for name, values in source.where.items():
        word = _word(table, name, source, origin, dialect)
        if isinstance(values, LeftOut):
            tests += [f"NOT {_is(word, each, dialect)}" for each in values.words]
        else:
            words = ", ".join(dialect.literal(each.strip().lower()) for each in values)
            tests.append(f"{word} IN ({words})")
    return " AND ".join(tests)


def asked(table: Table, source: Source, origin: Origin, dialect: DuckDB) -> str:
    """A number with a bit for each word of `where` that a row has."""
    bits = (
        f"CASE WHEN {_is(_word(table, name, source, origin, dialect), each, dialect, plain=not left_out)} "
        f"THEN {1 << number} ELSE 0 END"
        for number, (name, each, left_out) in enumerate(_words(source))
    )
    return f"CAST({' + '.join(bits) or '0'} AS BIGINT)"


def _words(source: Source) -> list[tuple[str, str, bool]]:
    """The words of `where` that are looked for: the column, the word, whether rows with it are left out."""
    found = [
        (name, each, isinstance(values, LeftOut))
        for name, values in source.where.items()
        for each in (values.words if isinstance(values, LeftOut) else values)
    ]
    return found[:_BITS]


def unmet(engine: StagingEngine, held: str, source: Source) -> list[tuple[str, str, bool]]:
    """The words of `where` that no row has; asked before rows are left out."""
    groups = engine.collect(engine.held(held).group_by(ASKED).agg(rows=nw.len()))
    there = 0
    for bits in groups[ASKED]:
        there |= int(bits)
    return [each for number, each in enumerate(_words(source)) if not there & 1 << number]


def of_the_unmet(
    engine: StagingEngine,
    table: Table,
    source: Source,
    origin: Origin,
    unmet: list[tuple[str, str, bool]],
) -> Iterator[str]:
    """What to say of words that no row has: with the nearest of those that are left out, or that count although
    others like them are not to."""
    for name in dict.fromkeys(name for name, *_ in unmet):
        if _is_of_somebody(name, source):
            continue
        own = [(word, left_out) for each, word, left_out in unmet if each == name]
        values = _values(engine, table, name, source, origin, _MOST_WORDS)
        others = (
            {each.lower(): each for each in values if each} if len(values) <= _MOST_WORDS else {}
        )
        asked = {word.strip().lower() for each, word, _ in _words(source) if each == name}
        free = [each for each in others if each not in asked]
        for word, left_out in own:
            yield from _of_one(name, word, left_out, {each: others[each] for each in free})


def _of_one(name: str, word: str, left_out: bool, others: dict[str, str]) -> Iterator[str]:
    cutoff = _SURELY if left_out else _NEAR
    near = get_close_matches(word.strip().lower(), others, n=1, cutoff=cutoff)
    if left_out:
        if near and near[0][0] == word.strip().lower()[0]:
            yield f'No row has "{word}" in {name}, and rows with "{others[near[0]]}" count.'
    elif near:
        yield f'No row has "{word}" in {name}. Did you mean "{others[near[0]]}"?'
    else:
        yield f'No row has "{word}" in {name}.'


def _word(table: Table, name: str, source: Source, origin: Origin, dialect: DuckDB) -> str:
    """What a row says in a column, folded; blank is a word as well."""
    return f"coalesce({folded(_column_of(table, name, source, origin, dialect))}, '')"


def _is(word: str, asked: str, dialect: DuckDB, *, plain: bool = False) -> str:
    """Whether a word is what is asked for; or begins so, where that ends in *, or ends so, unless it is `plain`."""
    asked = asked.strip().lower()
    if plain:
        return f"({word} = {dialect.literal(asked)})"
    if asked.startswith("*"):
        end = asked.removeprefix("*")
        return f"(right({word}, {len(end)}) = {dialect.literal(end)})"
    if asked.endswith("*"):
        start = asked.removesuffix("*")
        return f"(left({word}, {len(start)}) = {dialect.literal(start)})"
    return f"({word} = {dialect.literal(asked)})"


def shown(name: str, source: Source) -> str:
    """What `where` says of a column, in words; of customers only how many, for every report says it."""
    values = source.where[name]
    words = values.words if isinstance(values, LeftOut) else values
    if _is_of_somebody(name, source):
        words = (f"{len(words)} of its words",)
    return f"{name}: {'not ' if isinstance(values, LeftOut) else ''}{', '.join(words)}"


def _is_of_somebody(name: str, source: Source) -> bool:
    whose = {headers.folded(source.columns.get(each, each)) for each in _NAMES}
    own = {headers.folded(name), headers.folded(source.columns.get(name, name))}
    return bool(own & {*whose, *_NAMES})


def _column_of(table: Table, name: str, source: Source, origin: Origin, dialect: DuckDB) -> str:
    asked = source.columns.get(name, name)
    own = headers.spelling(asked, origin.types)
    if own:
        return dialect.quoted(own)
    if name in source.columns and not headers.is_name(asked):
        return f"({asked}\n)"
    raise DataError(
        f"tables.{table.name}.where: {name} is not a column of {origin.shown}. "
        f"{did_you_mean(name, origin.types)}"
    )


def refuse_nothing_kept(
    engine: StagingEngine, table: Table, source: Source, origin: Origin
) -> None:
    """DataError with what the columns say, where `where` keeps no row."""
    said = []
    for name, values in source.where.items():
        found = _values(engine, table, name, source, origin, MOST_NAMED)
        there = [f'"{each}"' for each in found]
        more = there[:MOST_NAMED] + (["…"] if len(there) > MOST_NAMED else [])
        does = "leaves out" if isinstance(values, LeftOut) else "asks for"
        words = values.words if isinstance(values, LeftOut) else values
        asked = " or ".join(f'"{each}"' for each in words)
        said.append(f"{name} is {', '.join(more)}, and where {does} {asked}")
    raise DataError(f"tables.{table.name}.where keeps no row of {origin.shown}: {'; '.join(said)}.")


def _values(
    engine: StagingEngine, table: Table, name: str, source: Source, origin: Origin, most: int
) -> list[str]:
    """What a column of `where` says in the export, in order; one more than `most` where there are more."""
    text = _column_of(table, name, source, origin, engine.dialect)
    place = f"values_of_{source.stem(table.name)}_{[*source.where].index(name)}_{most}"
    sql = f"SELECT DISTINCT coalesce(trim(CAST({text} AS STRING)), '') AS value FROM ({origin.sql})"
    engine.hold(place, f"{sql} ORDER BY 1 LIMIT {most + 1}")
    return [str(each) for each in engine.collect(engine.held(place))["value"]]
