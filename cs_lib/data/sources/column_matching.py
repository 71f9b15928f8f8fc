"""Which column of a source is which of the contract's, and what is wrong with them."""

from cs_lib.data.contract import table_declaration as kinds
from cs_lib.data.contract.table_declaration import Column, Table
from cs_lib.data.engines.engine import StagingEngine
from cs_lib.data.sources import headers, said_values
from cs_lib.data.sources.date_formats import month_format_of
from cs_lib.data.sources.money_sql import TERMS
from cs_lib.data.sources.month_columns import SPREADS, is_usual
from cs_lib.data.sources.staged import Origin
from cs_lib.data.sources.typing_sql import RESERVED, Given
from cs_lib.edition import EVERY_COLUMN, Source
from cs_lib.errors import KitError, did_you_mean


def match_columns(
    engine: StagingEngine, table: Table, source: Source, origin: Origin, wanted: dict[str, str]
) -> tuple[list[Given], dict[str, str], list[str]]:
    """The canonical columns that the source gives, the further ones, and what is wrong with them."""
    given: list[Given] = []
    faults: list[str] = []
    used: set[str] = set()
    dialect = engine.dialect
    segments = [name for name in wanted if table.column(name) is None]
    for name, value in source.values.items():
        column = table.column(name) or Column(name, kinds.TEXT)
        given.append(Given(column, *said_values.constant(value, column, dialect), dialect))
    for name in dict.fromkeys((*source.columns, *(c.name for c in table.columns), *segments)):
        if name in source.values:
            continue
        asked = source.columns.get(name, name)
        column = table.column(name) or Column(name, kinds.TEXT)
        own = headers.spelling(asked, origin.types)
        if own and (table.column(name) or name in {*source.columns, *source.map} or own != asked):
            used.add(own)
            given.append(Given(column, dialect.quoted(own), origin.types[own], dialect))
        elif name in source.columns:
            expression, sql_type, fault = _computed(engine, table, name, asked, origin)
            faults += [fault] if fault else []
            given.append(Given(column, expression, sql_type, dialect))
    taken = {each.column.name.lower() for each in given} | set(RESERVED)
    extras = {
        name: dialect.quoted(name)
        for name in origin.types
        if name not in used and name.lower() not in taken
    }
    order = {each.name: number for number, each in enumerate(table.columns)}
    given.sort(key=lambda each: order.get(each.column.name, len(order)))
    return given, extras, faults


def _computed(
    engine: StagingEngine, table: Table, name: str, asked: str, origin: Origin
) -> tuple[str, str, str | None]:
    """The expression of a computed column, its SQL type, and what is wrong with it."""
    place = f"tables.{table.name}.columns.{name}"
    if headers.is_name(asked):
        near = did_you_mean(asked, origin.types)
        return asked, "VARCHAR", f"{place}: {asked} is not a column of {origin.shown}. {near}"
    try:
        types = engine.types(f"SELECT ({asked}\n) AS computed FROM ({origin.sql})")
    except KitError as error:
        return asked, "VARCHAR", f"{place}: {asked} cannot be computed: {error}"
    fault = f"{place}: {asked} gives several rows for one. Spread them in a query under sql."
    return asked, types["computed"], fault if _spreads(engine, asked, origin) else None


def _spreads(engine: StagingEngine, asked: str, origin: Origin) -> bool:
    """Whether an expression makes several rows of one, which may stand nowhere but in what is selected."""
    try:
        engine.types(f"SELECT 1 FROM ({origin.sql}) WHERE ({asked}\n) IS NULL")
    except KitError as error:
        return "UNNEST" in str(error)
    return False


#: what can be said of all rows where no column says it
_FOR_ALL = {
    "instrument": ", or values: {instrument: nps} (csat, ces) where every row is of one.",
    "feature": ", or values: {feature: login} or the like where every row is of one.",
}


def required_columns(
    table: Table, origin: Origin, given: list[Given]
) -> tuple[tuple[str, ...], list[str]]:
    """The columns whose values every row needs, and a fault for each that is not there at all."""
    names = {each.column.name for each in given}
    needed = [each.name for each in table.columns if each.required]
    priced = table.name != "subscriptions" or "mrr" in names
    if not priced:
        needed.remove("mrr")
        priced = bool(names & {"amount", *(interval for interval, *_ in TERMS)})
        needed += _price_of(names) if priced else []
    there = [*needed, *(each.name for each in table.columns if each.present)]
    faults = [
        f"{origin.shown}: there is no column {name}, which {table.name} needs. "
        f"{did_you_mean(name, origin.types)} Name it in the edition: columns: {{{name}: …}}{_FOR_ALL.get(name, '.')}"
        for name in there
        if name not in names and not (name == "mrr" and "amount" in needed)
    ]
    if not priced:
        faults.append(
            f"{origin.shown}: there is no column mrr, nor amount and interval_months, which "
            f"subscriptions needs. {did_you_mean('mrr', origin.types)} Name it in the edition: "
            "columns: {mrr: …}."
        )
    return tuple(needed), [*faults, *(_months_instead(table, origin) if faults else ())]


def _months_instead(table: Table, origin: Origin) -> list[str]:
    """The key for a table whose columns are named as months, where those that it needs are not there."""
    form, months = month_format_of(origin.types) if table.name in SPREADS else ("", [])
    if not months:
        return []
    return [
        f"{origin.shown}: {len(months)} of its columns are named as months, such as {months[0]}. If what stands "
        f"in them is the {SPREADS[table.name].value} of the month, set months: columns"
        + ("" if is_usual(months[0]) else f' and date_format: "{form}"')
        + " for this table, and leave these out of columns."
    ]


def _price_of(names: set[str]) -> list[str]:
    """What gives the price where mrr does not: the amount and its interval. A row of a table that has
    intervals of two kinds needs one of them, and so the mrr that comes of it."""
    terms = [interval for interval, *_ in TERMS if interval in names] or ["interval_months"]
    return ["amount", *(terms if len(terms) == 1 else ["mrr"])]


def keys_of_no_column(table: Table, source: Source) -> list[str]:
    """A fault for each column that a key names and that is not of the key's kind."""
    money = [each.name for each in table.columns if each.kind == kinds.MONEY]
    cents = source.cents if isinstance(source.cents, tuple) else ()
    asked = [("date_format", each, "a date", table.moments) for each in source.date_format]
    asked += [("cents", each, "an amount of money", tuple(money)) for each in cents]
    return [
        f"tables.{table.name}.{key}: {column} is not {what} of {table.name}. "
        f"{did_you_mean(column, known)}"
        for key, column, what, known in asked
        if column not in (EVERY_COLUMN, *known)
    ]


def missing_in_some_files(
    table: Table, origin: Origin, wanted: dict[str, str], required: tuple[str, ...]
) -> list[str]:
    """A fault for each file of several that lacks a known column which the others have."""
    needed = {wanted.get(name) for name in required}
    names = {each.shown: each.names for each in origin.headers}
    return [
        f"{shown}: there is no column {asked}, which the other files of {table.name} have. "
        + did_you_mean(asked, names[shown])
        + ("" if asked in needed else " Export the files alike: its cells may be blank.")
        for shown, asked in headers.missing_in_some(origin.headers, wanted)
    ]


def spelling_of(given: Given, source: Source, origin: Origin) -> str:
    """The column's name where the analyst would look for it: the source's, if only renamed."""
    name = given.column.name
    if name in origin.names and name not in source.columns:
        return origin.names[name]
    return headers.spelling(source.columns.get(name, name), origin.types) or name
