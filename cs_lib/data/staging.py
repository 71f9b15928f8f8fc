"""How a source's columns become typed ones: the SQL that stages a table inside the engine.

Text is read by one set of rules whatever the file: nothing is guessed, and what cannot be read is
kept beside the row in `_unparsed`, so that the check can say where it stands.
"""

from dataclasses import dataclass

from cs_lib.data import tables as contract
from cs_lib.data.tables import NOT_GIVEN, Column, Table
from cs_lib.edition import Edition, Source

ROW, FILE, UNPARSED = "_row", "_file", "_unparsed"
RESERVED = ("rowid", ROW, FILE, UNPARSED)
BETWEEN_FIELDS, BETWEEN_COLUMNS = "\x1f", "\x1e"
DECIMAL = "DECIMAL(24, 6)"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text) -> str:
    return "'" + str(text).replace("'", "''") + "'"


@dataclass(frozen=True)
class Given:
    """A canonical column that the source gives: the expression that reads it, and its SQL type."""

    column: Column
    expression: str
    sql_type: str

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
) -> str:
    """One SELECT that gives a table's canonical columns, its further ones and what was unreadable."""
    raw = [f"{_raw(each)} AS {_r(each)}" for each in given]
    raw += [f"{text} AS {quoted(name)}" for name, text in extras.items()]
    typed = [f"{_typed(each, source, edition)} AS {_v(each)}" for each in given]
    final = _final_columns(table, given, edition)
    final += [f"{_extra(name, edition)} AS {quoted(name)}" for name in extras]
    return f"""
        SELECT {", ".join(final)}, {FILE}, {_unparsed(given)} AS {UNPARSED}
        FROM (SELECT *, {", ".join(typed)}
              FROM (SELECT {", ".join(raw)}, {FILE} FROM ({origin})))
    """


def _r(given: Given) -> str:
    return quoted(f"\x1er {given.column.name}")


def _v(given: Given) -> str:
    return quoted(f"\x1ev {given.column.name}")


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
        return f"date_trunc('{unit}', {moment})" if unit else moment
    if kind in contract.MILLIONTHS:
        return f"TRY_CAST({_decimal(given, source.decimal)} * {contract.MICROS} AS BIGINT)"
    if kind == contract.INTEGER:
        number = _decimal(given, source.decimal)
        return f"CASE WHEN {number} = trunc({number}) THEN TRY_CAST({number} AS BIGINT) END"
    return _text(given, edition)


def _text(given: Given, edition: Edition) -> str:
    value = _r(given)
    if given.sql_type in ("DOUBLE", "FLOAT"):
        whole = f"{value} = trunc({value}) AND abs({value}) < 1e15"
        value = (
            f"CASE WHEN {whole} THEN CAST(CAST({value} AS BIGINT) AS VARCHAR)"
            f" ELSE CAST({value} AS VARCHAR) END"
        )
    elif not given.is_text:
        value = f"CAST({value} AS VARCHAR)"
    if given.column.name == "instrument":
        value = f"lower({value})"
    elif given.column.name == "currency":
        value = f"coalesce(upper({value}), {literal(edition.currency)})"
    return value


def _moment(given: Given, source: Source, zone: str) -> str:
    """A naive TIMESTAMP on the wall clock of the edition's zone."""
    value = _r(given)
    if given.sql_type == "TIMESTAMP WITH TIME ZONE":
        return f"timezone({literal(zone)}, {value})"
    if given.sql_type == "DATE" or given.sql_type.startswith("TIMESTAMP"):
        return f"CAST({value} AS TIMESTAMP)"
    if not given.is_text:
        value = f"CAST({value} AS VARCHAR)"
    if source.date_format:
        moment = f"try_strptime({value}, {literal(source.date_format)})"
        return (
            f"timezone({literal(zone)}, {moment})" if "%z" in source.date_format.lower() else moment
        )
    if given.column.kind == contract.MONTH:
        value = f"CASE WHEN length({value}) = 7 THEN {value} || '-01' ELSE {value} END"
    offset = rf"length({value}) > 15 AND regexp_matches({value}, '(Z|UTC|[+-]\d\d(:?\d\d)?)$')"
    return (
        f"CASE WHEN substr({value}, 1, 1) NOT BETWEEN '0' AND '9' THEN NULL "
        f"WHEN {offset} THEN timezone({literal(zone)}, TRY_CAST({value} AS TIMESTAMPTZ)) "
        f"ELSE TRY_CAST({value} AS TIMESTAMP) END"
    )


def _decimal(given: Given, mark: str) -> str:
    """An exact decimal; text goes straight to it and never through a float."""
    value = _r(given)
    if given.is_text and mark == ",":
        shape = r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?"
        plain = f"replace(replace({value}, '.', ''), ',', '.')"
        value = f"CASE WHEN regexp_full_match({value}, '{shape}') THEN {plain} END"
    elif given.is_text:
        value = f"CASE WHEN NOT contains({value}, '_') THEN {value} END"
    return f"TRY_CAST({value} AS {DECIMAL})"


def _final_columns(table: Table, given: list[Given], edition: Edition) -> list[str]:
    names = {each.column.name: _v(each) for each in given}
    if table.name == "subscriptions":
        names["mrr"] = _monthly(names)
    converted = {"subscriptions": ("mrr",), "orders": ("amount",)}.get(table.name, ())
    for name in converted:
        if "currency" in names and edition.rates:
            names[name] = _in_currency(names[name], names["currency"], edition.rates)
    segments = [name for name in names if name in edition.segments]
    names |= {name: f"coalesce({names[name]}, {literal(NOT_GIVEN)})" for name in segments}
    return [f"{text} AS {quoted(name)}" for name, text in names.items()]


def _monthly(names: dict[str, str]) -> str:
    """The price of a month: as given, else the term's price over its months, half away from zero."""
    if not {"amount", "interval_months"} <= names.keys():
        return names["mrr"]
    amount, months = names["amount"], names["interval_months"]
    share = f"sign({amount}) * ((2 * abs({amount}) + {months}) // (2 * {months}))"
    spread = f"CASE WHEN {months} > 0 THEN CAST({share} AS BIGINT) END"
    return f"coalesce({names['mrr']}, {spread})" if "mrr" in names else spread


def _in_currency(amount: str, currency: str, rates: dict[str, float]) -> str:
    """The amount at the edition's rate, exact and half away from zero."""
    cases = " ".join(
        f"WHEN {literal(code)} THEN CAST(CAST({amount} AS DECIMAL(19, 0)) * "
        f"CAST({literal(repr(rate))} AS DECIMAL(18, 9)) AS BIGINT)"
        for code, rate in sorted(rates.items())
    )
    return f"CASE {currency} {cases} ELSE {amount} END"


def _extra(name: str, edition: Edition) -> str:
    if name in edition.segments:
        return f"coalesce(nullif(trim(CAST({quoted(name)} AS VARCHAR)), ''), {literal(NOT_GIVEN)})"
    return f"CAST({quoted(name)} AS VARCHAR)"


def _unparsed(given: list[Given]) -> str:
    """What could not be read, as text `\\x1fcolumn\\x1fvalue\\x1e…`; empty for nearly every row."""
    checked = [each for each in given if each.column.kind not in (contract.ID, contract.TEXT)]
    if not checked:
        return "CAST(NULL AS VARCHAR)"
    lost = [f"({_r(each)} IS NOT NULL AND {_v(each)} IS NULL)" for each in checked]
    parts = ", ".join(
        f"CASE WHEN {bad} THEN {literal(BETWEEN_FIELDS + each.column.name + BETWEEN_FIELDS)}"
        f" || CAST({_r(each)} AS VARCHAR) END"
        for bad, each in zip(lost, checked, strict=True)
    )
    return f"CASE WHEN {' OR '.join(lost)} THEN concat_ws({literal(BETWEEN_COLUMNS)}, {parts}) END"


def unparsed_values(text: str) -> dict[str, str]:
    """Column → the value that could not be read, from the text that staging keeps."""
    pairs = (part.split(BETWEEN_FIELDS, 2)[1:] for part in text.split(BETWEEN_COLUMNS))
    return {column: value for column, value in pairs}
