"""What an edition says of a table's values: constants, and words that mean a value."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from cs_lib.data.contract import table_declaration as kinds
from cs_lib.data.contract.table_declaration import Column, Table
from cs_lib.data.engines.dialect import DuckDB
from cs_lib.edition import Edition, Source
from cs_lib.errors import did_you_mean
from cs_lib.vocabulary import MICROS


def constant(value: object, column: Column, dialect: DuckDB) -> tuple[str, str]:
    """A value that holds for every row of a column, as SQL, and its type."""
    if column.kind in kinds.WORDS:
        return dialect.literal(value), "VARCHAR"
    if isinstance(value, date):
        return dialect.naive(dialect.literal(value)), "TIMESTAMP"
    if isinstance(value, Decimal):
        return f"CAST({dialect.literal(value)} AS DECIMAL(24, 6))", "DECIMAL(24,6)"
    return dialect.literal(value), "VARCHAR"


def folded(text: str, *, is_bare: bool = False) -> str:
    """Text as SQL, without case and blanks around it; it may have none of these already."""
    return f"lower({text})" if is_bare else f"lower(trim(CAST({text} AS STRING)))"


def words_for_nothing(source: Source, column: str) -> list[str]:
    """The words of a column that mean no value."""
    return [word.lower() for word, value in source.words(column).items() if value is None]


def with_words(word: str, read: str, column: Column, source: Source, dialect: DuckDB) -> str:
    """What a column's words mean, where the folded value is one of them, and for all others what was read."""
    cases = " ".join(
        f"WHEN {dialect.literal(word.lower())} THEN {_meant(value, column, dialect)}"
        for word, value in source.words(column.name).items()
        if value is not None
    )
    return f"CASE {word} {cases} ELSE {read} END" if cases else read


def _meant(value: str, column: Column, dialect: DuckDB) -> str:
    if column.kind in kinds.MILLIONTHS:
        return f"CAST({int(Decimal(value) * MICROS)} AS BIGINT)"
    if column.kind == kinds.INTEGER:
        return f"CAST({dialect.literal(value)} AS DECIMAL(24, 6))"
    if column.kind in kinds.MOMENTS:
        return dialect.naive(dialect.literal(value))
    if column.name in ("instrument", "category"):
        value = value.lower()
    return dialect.literal(value.upper() if column.name == "currency" else value)


def faults(table: Table, source: Source, edition: Edition) -> list[str]:
    """What is wrong with the columns that `values` and `map` name, and with what their words mean."""
    known = (*(each.name for each in table.columns), *edition.segments)
    place = f"tables.{table.name}"
    found = [
        f"{place}.{key}: {name} is neither a column of {table.name} nor a segment. {did_you_mean(name, known)}"
        for key, names in (("values", source.values), ("map", source.map))
        for name in names
        if name not in known
    ]
    for name in source.map:
        column = table.column(name)
        for word, value in source.words(name).items():
            wrong = column and value is not None and _no_value_of(column.kind, value)
            if wrong:
                found.append(
                    f'{place}.map.{name}: "{value}", which {word} stands for, is not {wrong}.'
                )
    return found


def _no_value_of(kind: str, value: str) -> str | None:
    """What the value would have to be, where it is none of the kind."""
    if kind in kinds.MOMENTS:
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return "a day such as 2026-06-30"
    if kind in (*kinds.MILLIONTHS, kinds.INTEGER):
        try:
            number = Decimal(value)
        except InvalidOperation:
            return "a number"
        if not number.is_finite() or (kind == kinds.INTEGER and number % 1):
            return "a whole number" if kind == kinds.INTEGER else "a number"
    return None
