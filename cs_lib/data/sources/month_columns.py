"""Tables with a column for each month: every cell of a month becomes a row of its own."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from cs_lib.data.contract.data_findings import counted
from cs_lib.data.contract.table_declaration import Table
from cs_lib.data.engines.dialect import DuckDB
from cs_lib.data.engines.engine import StagingEngine
from cs_lib.data.sources.chosen_rows import MOST_NAMED
from cs_lib.data.sources.date_formats import month_format_of
from cs_lib.data.sources.headers import folded
from cs_lib.data.sources.month_names import in_english
from cs_lib.data.sources.staged import Origin
from cs_lib.data.sources.typing_sql import FILE, MONTH_COLUMN, RECORD
from cs_lib.edition import Source
from cs_lib.edition.spellings import EPOCH, EPOCH_MS, EXCEL, ISO
from cs_lib.errors import DataError

#: how a header names a month where the edition gives no date_format
_USUAL = (
    "%Y-%m", "%Y-%m-%d", "%b %Y", "%Y/%m", "%Y %b", "%b-%Y", "%b-%y", "%b %y", "%b/%y", "%b'%y", "%b/%Y",
)  # fmt: skip


@dataclass(frozen=True)
class Spread:
    """What the cells and the names of the months are in a table: columns of the contract."""

    value: str
    month: str
    end: str | None = None


SPREADS = {
    "subscriptions": Spread("mrr", "start_date", "end_date"),
    "acquisition_costs": Spread("amount", "month"),
    "plan": Spread("value", "month"),
}


def by_month(engine: StagingEngine, table: Table, source: Source, origin: Origin) -> Origin:
    """A row for each month of each record in whose cell there is anything.

    A subscription pays the cell's amount from the first of its month to the first of the next; what
    comes after the last month is not known, so that nothing ends there.
    """
    spread = SPREADS[table.name]
    months = _months(table, spread, source, origin)
    dialect, quoted = engine.dialect, engine.dialect.quoted
    records, place = origin.sql, ""
    held = origin.export
    if held:
        place = f", {RECORD}"
    elif dialect.knows_lines:
        held = f"months_{table.name}"
        engine.hold(held, origin.sql)
        records, place = f"SELECT rowid AS {RECORD}, * FROM {held}", f", {RECORD}"
    own = {folded(each) for each in (spread.value, spread.month, spread.end or spread.month)}
    others = {
        name: kind
        for name, kind in origin.types.items()
        if name not in months and folded(name) not in own
    }
    kinds = {origin.types[name] for name in months}
    kind = kinds.pop() if len(kinds) == 1 else "VARCHAR"
    cells = ", ".join(
        quoted(name) if kind != "VARCHAR" else f"CAST({quoted(name)} AS STRING) AS {quoted(name)}"
        for name in months
    )
    kept = ", ".join([*map(quoted, others), FILE]) + place
    listed = ", ".join(map(quoted, months))
    given = [f"{quoted(spread.value)}", f"{_by_name(months, dialect)} AS {quoted(spread.month)}"]
    if spread.end:
        given.append(f"{_ends(months, dialect)} AS {quoted(spread.end)}")
    sql = (
        f"SELECT {kept}, {MONTH_COLUMN}, {', '.join(given)} "
        f"FROM (SELECT {kept}, {cells} FROM ({records})) "
        f"UNPIVOT ({quoted(spread.value)} FOR {MONTH_COLUMN} IN ({listed})) "
        f"WHERE {_says_something(quoted(spread.value), source, dialect)}"
    )
    sql += f" ORDER BY {RECORD}, {quoted(spread.month)}" if place else ""
    moments = [each for each in (spread.month, spread.end) if each]
    types = {**others, spread.value: kind, **dict.fromkeys(moments, "TIMESTAMP")}
    names = list(months)
    first, last = (
        name if re.search(r"\d{4}", name) else f"{name} ({months[name]:%Y-%m})"
        for name in (names[0], names[-1])
    )
    said = f"{table.name}: {counted(len(names), 'column')} of months, {first} to {last}."
    return replace(
        origin,
        sql=sql,
        types=types,
        headers=(),
        export=held,
        spread=spread.value,
        said=(*origin.said, said),
    )


def _months(table: Table, spread: Spread, source: Source, origin: Origin) -> dict[str, date]:
    """The columns that are named as months, in the order of time."""
    place = f"tables.{table.name}.months"
    given = [each for each in (spread.value, spread.month) if each in source.columns]
    if given:
        raise DataError(
            f"{place}: {given[0]} is what the columns of months hold or name; leave it out of columns."
        )
    formats = source.date_formats(spread.month) or _USUAL
    named = set(source.columns.values())
    found = {
        name: month
        for name in origin.types
        if name not in named and (month := _month(name, formats)) is not None
    }
    if not found:
        form = month_format_of(origin.types)[0]
        how = (
            f'Set date_format: "{form}"'
            if form
            else 'Say how with date_format, as in date_format: "%m/%Y"'
        )
        raise DataError(
            f"{place}: no column of {origin.shown} is named as a month such as 2026-06 or Jun 2026. {how}."
        )
    [(month, many), *_] = Counter(found.values()).most_common(1)
    if many > 1:
        twice = [name for name, own in found.items() if own == month]
        raise DataError(f"{place}: {' and '.join(twice)} of {origin.shown} are the same month.")
    months = dict(sorted(found.items(), key=lambda each: each[1]))
    _refuse_gap(months, [name for name in origin.types if name not in named], place, origin)
    return months


def _refuse_gap(months: dict[str, date], columns: list[str], place: str, origin: Origin) -> None:
    """DataError where a month between two others has no column: its header may be spelled otherwise."""
    for (before, month), (after, later) in pairwise(months.items()):
        if _next(month) == later:
            continue
        others = [each for each in columns if each not in months and re.search(r"\d", each)]
        is_one = f" Is it one of {', '.join(others[:MOST_NAMED])}?" if others else ""
        raise DataError(
            f"{place}: {origin.shown} has {before} and {after}, and no column for {_next(month):%Y-%m} "
            f"between them.{is_one} Say how months are written with date_format, or name it "
            f"{_next(month):%Y-%m}; a month without anything is a blank column."
        )


def _month(name: str, formats: tuple[str, ...]) -> date | None:
    text = " ".join(name.split())
    for form in formats:
        if form in (EPOCH, EPOCH_MS, EXCEL):
            continue
        for own in _USUAL if form == ISO else (form,):
            try:
                return datetime.strptime(in_english(text, own), own).date().replace(day=1)
            except ValueError:
                continue
    return None


def is_usual(name: str) -> bool:
    """Whether a column's name is a month without a date_format."""
    return _month(name, _USUAL) is not None


def _ends(months: dict[str, date], dialect: DuckDB) -> str:
    """The first of the next month; null behind the last one."""
    return _by_name({name: _next(months[name]) for name in list(months)[:-1]}, dialect)


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _by_name(days: dict[str, date], dialect: DuckDB) -> str:
    cases = " ".join(
        f"WHEN {dialect.literal(name)} THEN {dialect.naive(dialect.literal(day))}"
        for name, day in days.items()
    )
    return f"CASE {MONTH_COLUMN} {cases} END" if cases else dialect.naive("CAST(NULL AS STRING)")


def _says_something(cell: str, source: Source, dialect: DuckDB) -> str:
    text = f"trim(CAST({cell} AS STRING))"
    words = ", ".join(map(dialect.literal, ("", *source.empty)))
    return f"{text} NOT IN ({words})"
