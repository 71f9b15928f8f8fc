"""Which rows of a table count: those that `where` keeps."""

from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.engines.dialect import DuckDB
from cs_lib.data.engines.engine import StagingEngine
from cs_lib.data.sources import headers
from cs_lib.data.sources.said_values import folded
from cs_lib.data.sources.staged import Origin
from cs_lib.edition import Source
from cs_lib.errors import DataError, did_you_mean

#: so many values of a column are named where none is among those that count
MOST_NAMED = 12


def kept(table: Table, source: Source, origin: Origin, dialect: DuckDB) -> str:
    """The condition for the rows that `where` keeps."""
    tests = []
    for name, values in source.where.items():
        text = _column_of(table, name, source, origin, dialect)
        words = ", ".join(dialect.literal(each.strip().lower()) for each in values)
        tests.append(f"coalesce({folded(text)}, '') IN ({words})")
    return " AND ".join(tests)


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
        shown = [f'"{each}"' for each in found]
        more = shown[:MOST_NAMED] + (["…"] if len(shown) > MOST_NAMED else [])
        asked = " or ".join(f'"{each}"' for each in values)
        said.append(f"{name} is {', '.join(more)}, and where asks for {asked}")
    raise DataError(f"tables.{table.name}.where keeps no row of {origin.shown}: {'; '.join(said)}.")
