"""Reports in which a name stands once above the rows that it is of: every row is given it.

A row that holds the name and nothing else is no row of the table. A total ends its group, so that what
stands below it without a name of its own is nobody's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.engines.dialect import DuckDB
from cs_lib.data.engines.engine import StagingEngine
from cs_lib.data.sources import headers
from cs_lib.data.sources.cut_lines import TOTAL
from cs_lib.data.sources.staged import Origin
from cs_lib.data.sources.typing_sql import FILE, RECORD
from cs_lib.edition import Source
from cs_lib.errors import DataError, did_you_mean

#: what ends a group: Total, Total for Ada, Ada total
_END = rf"^(?:{TOTAL})\b.*|^.* totals?:?$"


def filled_down(engine: StagingEngine, table: Table, source: Source, origin: Origin) -> Origin:
    """The rows with the names that stand above them, in the columns that `fill_down` names."""
    place = f"tables.{table.name}.fill_down"
    if not engine.dialect.knows_lines:
        raise DataError(
            f"{place} is read by engine: duckdb alone, which knows the order of lines. Leave out engine, or "
            "write the name into every row."
        )
    columns = {
        name: _spelled(place, asked, source, origin) for name, asked in source.fill_down.items()
    }
    held = f"lines_of_{source.stem(table.name)}"
    engine.hold(held, origin.sql)
    others = [each for each in origin.types if each not in columns.values()]
    bare = " AND ".join(f"{_cell(each, engine.dialect)} IS NULL" for each in others) or "false"
    quoted = engine.dialect.quoted
    given = [quoted(each) for each in origin.types if each not in columns]
    names = list(columns)
    for number, name in enumerate(names):
        above = [columns[each] for each in names[:number]]
        filled = _filled(columns[name], above, bare, engine.dialect, shared=name != columns[name])
        given.append(f"{filled} AS {quoted(name)}")
    sql = (
        f"SELECT * EXCLUDE (_bare) FROM (SELECT {', '.join(given)}, {FILE}, rowid AS {RECORD}, {bare} AS _bare "
        f"FROM {held}) WHERE NOT _bare ORDER BY {RECORD}"
    )
    types = {**origin.types, **dict.fromkeys(columns, "VARCHAR")}
    return replace(origin, sql=sql, types=types, export=held)


def _spelled(place: str, asked: str, source: Source, origin: Origin) -> str:
    """The column's name as the export has it; DataError where it has none such."""
    own = headers.spelling(source.columns.get(asked, asked), origin.types)
    if own is None:
        raise DataError(
            f"{place}: {asked} is not a column of {origin.shown}. {did_you_mean(asked, origin.types)}"
        )
    return own


def _cell(name: str, dialect: DuckDB) -> str:
    return f"nullif(trim(CAST({dialect.quoted(name)} AS VARCHAR)), '')"


def _filled(column: str, above: Sequence[str], bare: str, dialect: DuckDB, *, shared: bool) -> str:
    """A row's own cell, else the last one above it in its file; in a column that rows `shared` with the name,
    the last cell above that stood alone. A total, and a new name in a column `above`, end it."""
    cell = _cell(column, dialect)
    ends = dialect.matches(f"lower({cell})", _END)
    new = " OR ".join(f"{_cell(each, dialect)} IS NOT NULL" for each in above) or "false"
    names = f"{cell} IS NOT NULL AND {bare}" if shared else f"{cell} IS NOT NULL"
    mark = f"CASE WHEN {ends} THEN '' WHEN {names} THEN {cell} WHEN {new} THEN '' END"
    last = f"last_value({mark} IGNORE NULLS) OVER (PARTITION BY {FILE} ORDER BY rowid)"
    return f"nullif({last}, '')" if shared else f"coalesce({cell}, nullif({last}, ''))"


def grouped_in(rows: Iterable[Sequence[str]]) -> tuple[int, bool] | None:
    """The column in which names stand above their rows, by a file's first rows, and whether those rows have
    something of their own in it; None where no name stands so."""
    cells = [[number for number, cell in enumerate(row) if cell.strip()] for row in rows]
    cells = [each for each in cells if each]
    alone = [own[0] for own, after in pairwise(cells) if len(own) == 1 and len(after) > 1]
    if not alone or len(cells[0]) != 1 or len(set(alone)) != 1:
        return None
    below = [each for each in cells if len(each) > 2]
    shared = sum(alone[0] in each for each in below)
    return (alone[0], 2 * shared > len(below)) if below else None
