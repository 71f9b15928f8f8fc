"""Times without a zone below a name that has one: `Created (UTC)`."""

import re

from cs_lib.data.contract import table_declaration as kinds
from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.engines.engine import StagingEngine
from cs_lib.data.sources.column_matching import spelling_of
from cs_lib.data.sources.headers import as_column
from cs_lib.data.sources.staged import Origin
from cs_lib.data.sources.typing_sql import Given
from cs_lib.edition import Edition, Source
from cs_lib.edition.spellings import ISO

_UTC = re.compile(r"(?i)(?<![a-z])(utc|gmt)(?![a-z])")
_BARE_TIME = r".*\d:\d\d(:\d\d(\.\d+)?)?( ?[AaPp][Mm])?"


def zone_warnings(
    engine: StagingEngine,
    table: Table,
    source: Source,
    origin: Origin,
    given: list[Given],
    edition: Edition,
) -> tuple[str, ...]:
    """What to say of each such column: its times are read on the clock of the edition's zone."""
    if source.recipe or edition.timezone == "UTC":
        return ()
    return tuple(
        _says(table, each.column.name, spelling_of(each, source, origin), source, edition)
        for each in given
        if each.column.kind in (kinds.DATE, kinds.TIMESTAMP)
        and _UTC.search(spelling_of(each, source, origin))
        and _has_bare_times(engine, table, source, origin, spelling_of(each, source, origin))
    )


def _has_bare_times(
    engine: StagingEngine, table: Table, source: Source, origin: Origin, own: str
) -> bool:
    if own not in origin.types or _is_computed(own, source):
        return False
    text = f"CAST({engine.dialect.quoted(own)} AS STRING)"
    place = f"times_of_{source.stem(table.name)}_{re.sub(r'[^A-Za-z0-9]', '_', own)}"
    bare = engine.dialect.whole(text, _BARE_TIME)
    engine.hold(place, f"SELECT 1 AS found FROM ({origin.sql}) WHERE {bare} LIMIT 1")
    return len(engine.collect(engine.held(place))) > 0


def _is_computed(own: str, source: Source) -> bool:
    return any("||" in each and own in each for each in source.columns.values())


def _says(table: Table, name: str, own: str, source: Source, edition: Edition) -> str:
    said = f"{table.name}: {own} says UTC, and its times are read on the clock of {edition.timezone}, the edition's."
    if source.date_formats(name) not in ((), (ISO,)):
        return f"{said} Export them with their zone, or in ISO form, or set timezone: UTC."
    return f"{said} Say columns: {{{name}: \"{as_column(own)} || ' UTC'\"}} for this table."
