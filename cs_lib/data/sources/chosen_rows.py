"""Which rows of a table count: those that `where` keeps."""

from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.engines.dialect import DuckDB
from cs_lib.data.engines.engine import StagingEngine
from cs_lib.data.sources import headers
from cs_lib.data.sources.said_values import folded
from cs_lib.data.sources.staged import Origin
from cs_lib.edition import Source
from cs_lib.edition.spellings import LeftOut
from cs_lib.errors import DataError, did_you_mean
from cs_lib.vocabulary import OWNER, WHO

#: so many values of a column are named where none is among those that count
MOST_NAMED = 12
#: columns whose words name somebody
_NAMES = (*WHO, OWNER)


def kept(table: Table, source: Source, origin: Origin, dialect: DuckDB) -> str:
    """The condition for the rows that `where` keeps."""
    tests = []
    for name, values in source.where.items():
        text = _column_of(table, name, source, origin, dialect)
        word = f"coalesce({folded(text)}, '')"
        if isinstance(values, LeftOut):
            tests += [f"NOT {_is(word, each.strip().lower(), dialect)}" for each in values.words]
        else:
            words = ", ".join(dialect.literal(each.strip().lower()) for each in values)
            tests.append(f"{word} IN ({words})")
    return " AND ".join(tests)


def _is(word: str, asked: str, dialect: DuckDB) -> str:
    """Whether a word is what is asked for; or begins so, where that ends in *, or ends so."""
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
    whose = {headers.folded(source.columns.get(each, each)) for each in _NAMES}
    if {headers.folded(name), headers.folded(source.columns.get(name, name))} & {*whose, *_NAMES}:
        words = (f"{len(words)} of its words",)
    return f"{name}: {'not ' if isinstance(values, LeftOut) else ''}{', '.join(words)}"


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
    for number, (name, values) in enumerate(source.where.items()):
        text = _column_of(table, name, source, origin, engine.dialect)
        place = f"values_{number}_of_{table.name}"
        sql = f"SELECT DISTINCT coalesce(trim(CAST({text} AS STRING)), '') AS value FROM ({origin.sql})"
        engine.hold(place, f"{sql} ORDER BY 1 LIMIT {MOST_NAMED + 1}")
        found = engine.collect(engine.held(place))["value"]
        there = [f'"{each}"' for each in found]
        more = there[:MOST_NAMED] + (["…"] if len(there) > MOST_NAMED else [])
        does = "leaves out" if isinstance(values, LeftOut) else "asks for"
        words = values.words if isinstance(values, LeftOut) else values
        asked = " or ".join(f'"{each}"' for each in words)
        said.append(f"{name} is {', '.join(more)}, and where {does} {asked}")
    raise DataError(f"tables.{table.name}.where keeps no row of {origin.shown}: {'; '.join(said)}.")
