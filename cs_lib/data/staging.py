"""How a source's columns become typed ones: the SQL that stages a table inside the engine.

Text is read by one set of rules whatever the file: nothing is guessed, and what cannot be read is
kept beside the row in `_unparsed`, so that the check can say where it stands.
"""

import re
from dataclasses import dataclass

from cs_lib.data import tables as contract
from cs_lib.data.dialect import DuckDB
from cs_lib.data.tables import NOT_GIVEN, Column, Table
from cs_lib.edition import Edition, Source

ROW, FILE, UNPARSED = "_row", "_file", "_unparsed"
RESERVED = ("rowid", ROW, FILE, UNPARSED)
BETWEEN_FIELDS, BETWEEN_COLUMNS = "\x1f", "\x1e"
DECIMAL = "DECIMAL(24, 6)"
INCLUSIVE = "inclusive"


@dataclass(frozen=True)
class Given:
    """A canonical column that the source gives: the expression that reads it, and its SQL type.

    `raw` and `value` name what staging makes of it: the raw value without blanks, and the typed one.
    """

    column: Column
    expression: str
    sql_type: str
    dialect: DuckDB

    @property
    def raw(self) -> str:
        return self.dialect.quoted(f"\x1er {self.column.name}")

    @property
    def value(self) -> str:
        return self.dialect.quoted(f"\x1ev {self.column.name}")

    @property
    def is_text(self) -> bool:
        return self.sql_type == "VARCHAR"


def stage_sql(
    table: Table,
    given: list[Given],
    extras: dict[str, str],
    origin: str,
    *,
    source: Source,
    edition: Edition,
    dialect: DuckDB,
) -> str:
    """One SELECT that gives a table's canonical columns, its further ones and what was unreadable."""
    raw = [f"{_raw(each)} AS {each.raw}" for each in given]
    raw += [f"{text} AS {dialect.quoted(name)}" for name, text in extras.items()]
    typed = [f"{_typed(each, source, edition)} AS {each.value}" for each in given]
    final = _final_columns(table, given, source, edition, dialect)
    final += [f"{_extra(name, edition, dialect)} AS {dialect.quoted(name)}" for name in extras]
    return f"""
        SELECT {", ".join(final)}, {FILE}, {_unparsed(given, dialect)} AS {UNPARSED}
        FROM (SELECT *, {", ".join(typed)}
              FROM (SELECT {", ".join(raw)}, {FILE} FROM ({origin})))
    """


def _raw(given: Given) -> str:
    text = f"({given.expression})"
    if given.is_text:
        return f"nullif(trim({text}), '')"
    if given.sql_type in ("DOUBLE", "FLOAT"):
        return f"CASE WHEN isnan({text}) THEN NULL ELSE {text} END"
    return text


def _typed(given: Given, source: Source, edition: Edition) -> str:
    kind = given.column.kind
    if kind in contract.MOMENTS:
        moment = _moment(given, source, edition.timezone)
        unit = {contract.DATE: "day", contract.MONTH: "month"}.get(kind)
        return given.dialect.start_of(unit, moment) if unit else moment
    if kind in contract.MILLIONTHS:
        return _millionths(given, source.decimal)
    if kind == contract.INTEGER:
        number = _decimal(given, source.decimal)
        return f"CASE WHEN {number} = floor({number}) THEN TRY_CAST({number} AS BIGINT) END"
    return _text(given, edition)


def _millionths(given: Given, mark: str) -> str:
    """Millionths as a whole number. A short decimal needs no wide one on the way, which takes long."""
    short = re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", given.sql_type)
    if short:
        digits, places = map(int, short.groups())
        if places <= 6 and digits - places <= 12 and digits + places < 18:
            return f"CAST({given.raw} * {10**places} AS BIGINT) * {10 ** (6 - places)}"
    return f"TRY_CAST({_decimal(given, mark)} * {contract.MICROS} AS BIGINT)"


def _text(given: Given, edition: Edition) -> str:
    value, dialect = given.raw, given.dialect
    if given.sql_type in ("DOUBLE", "FLOAT"):
        whole = f"{value} = floor({value}) AND abs({value}) < 1e15"
        value = (
            f"CASE WHEN {whole} THEN CAST(CAST({value} AS BIGINT) AS STRING)"
            f" ELSE CAST({value} AS STRING) END"
        )
    elif not given.is_text:
        value = f"CAST({value} AS STRING)"
    if given.column.name == "instrument":
        value = f"lower({value})"
    elif given.column.name == "currency":
        value = f"coalesce(upper({value}), {dialect.literal(edition.currency)})"
    return value


def _moment(given: Given, source: Source, zone: str) -> str:
    """A naive TIMESTAMP on the wall clock of the edition's zone."""
    value, dialect = given.raw, given.dialect
    if given.sql_type == "TIMESTAMP WITH TIME ZONE":
        return dialect.wall_clock(zone, value)
    if given.sql_type == "DATE" or given.sql_type.startswith("TIMESTAMP"):
        return dialect.naive(value)
    if not given.is_text:
        value = f"CAST({value} AS STRING)"
    if source.date_format:
        return dialect.read_dated(value, source.date_format, zone)
    if given.column.kind == contract.MONTH:
        value = f"CASE WHEN length({value}) = 7 THEN {value} || '-01' ELSE {value} END"
    ends_in_zone = dialect.matches(value, r"(Z|UTC|[+-]\d\d(:?\d\d)?)$")
    return (
        f"CASE WHEN substr({value}, 1, 1) NOT BETWEEN '0' AND '9' THEN NULL "
        f"WHEN length({value}) > 15 AND {ends_in_zone} "
        f"THEN {dialect.wall_clock(zone, dialect.read_instant(value))} "
        f"ELSE {dialect.read_naive(value)} END"
    )


def _decimal(given: Given, mark: str) -> str:
    """An exact decimal; text goes straight to it and never through a float."""
    value = given.raw
    if given.is_text and mark == ",":
        fits = given.dialect.matches(value, r"^[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?$")
        plain = f"replace(replace({value}, '.', ''), ',', '.')"
        value = f"CASE WHEN {fits} THEN {plain} END"
    elif given.is_text:
        value = f"CASE WHEN NOT contains({value}, '_') THEN {value} END"
    return f"TRY_CAST({value} AS {DECIMAL})"


def _final_columns(
    table: Table, given: list[Given], source: Source, edition: Edition, dialect: DuckDB
) -> list[str]:
    names = {each.column.name: each.value for each in given}
    if table.name == "subscriptions":
        names["mrr"] = _monthly(names, dialect)
        if source.end_date == INCLUSIVE and "end_date" in names:
            names["end_date"] = _day_after(names["end_date"])
    converted = {"subscriptions": ("mrr",), "orders": ("amount",)}.get(table.name, ())
    for name in converted:
        if "currency" in names and edition.rates:
            names[name] = _in_currency(names[name], names["currency"], edition.rates, dialect)
    segments = [name for name in names if name in edition.segments and not table.column(name)]
    names |= {name: _or_not_given(names[name], dialect) for name in segments}
    return [f"{text} AS {dialect.quoted(name)}" for name, text in names.items()]


def _day_after(last_day: str) -> str:
    """The first day no longer paid for; 9999-12-31 stays what it stands for, never."""
    return f"CASE WHEN year({last_day}) < 9999 THEN {last_day} + INTERVAL 1 DAY ELSE {last_day} END"


def _or_not_given(text: str, dialect: DuckDB) -> str:
    return f"coalesce({text}, {dialect.literal(NOT_GIVEN)})"


def _monthly(names: dict[str, str], dialect: DuckDB) -> str:
    """The price of a month: as given, else the term's price over its months, half away from zero."""
    if not {"amount", "interval_months"} <= names.keys():
        return names["mrr"]
    amount, months = names["amount"], names["interval_months"]
    share = dialect.quotient(f"2 * abs({amount}) + {months}", f"2 * {months}")
    sign = f"CASE WHEN {amount} < 0 THEN -1 ELSE 1 END"
    spread = f"CASE WHEN {months} > 0 THEN CAST(({share}) * {sign} AS BIGINT) END"
    return f"coalesce({names['mrr']}, {spread})" if "mrr" in names else spread


def _in_currency(amount: str, currency: str, rates: dict[str, float], dialect: DuckDB) -> str:
    """The amount at the edition's rate, exact and half away from zero."""
    cases = " ".join(
        f"WHEN {dialect.literal(code)} THEN CAST(round(CAST({amount} AS DECIMAL(19, 0)) * "
        f"CAST({dialect.literal(repr(rate))} AS DECIMAL(18, 9)), 0) AS BIGINT)"
        for code, rate in sorted(rates.items())
    )
    return f"CASE {currency} {cases} ELSE {amount} END"


def _extra(name: str, edition: Edition, dialect: DuckDB) -> str:
    text = f"CAST({dialect.quoted(name)} AS STRING)"
    if name in edition.segments:
        return _or_not_given(f"nullif(trim({text}), '')", dialect)
    return text


def _unparsed(given: list[Given], dialect: DuckDB) -> str:
    """What could not be read, as text `\\x1fcolumn\\x1fvalue\\x1e…`; empty for nearly every row."""
    checked = [each for each in given if each.column.kind not in (contract.ID, contract.TEXT)]
    if not checked:
        return "CAST(NULL AS STRING)"
    literal = dialect.literal
    lost = [f"({each.raw} IS NOT NULL AND {each.value} IS NULL)" for each in checked]
    parts = ", ".join(
        f"CASE WHEN {bad} THEN {literal(BETWEEN_FIELDS + each.column.name + BETWEEN_FIELDS)}"
        f" || CAST({each.raw} AS STRING) END"
        for bad, each in zip(lost, checked, strict=True)
    )
    return f"CASE WHEN {' OR '.join(lost)} THEN concat_ws({literal(BETWEEN_COLUMNS)}, {parts}) END"


def unparsed_values(text: str) -> dict[str, str]:
    """Column → the value that could not be read, from the text that staging keeps."""
    pairs = (part.split(BETWEEN_FIELDS, 2)[1:] for part in text.split(BETWEEN_COLUMNS) if part)
    return {column: value for column, value in pairs}
