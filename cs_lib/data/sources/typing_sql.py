"""How a source's columns become typed ones: the SQL that stages a table inside the engine.

Text is read by one set of rules whatever the file: nothing is guessed, and what cannot be read is
kept beside the row in `_unparsed`, so that the check can say where it stands.
"""

import re
from dataclasses import dataclass

from cs_lib.data.contract import table_declaration as kinds
from cs_lib.data.contract.table_declaration import Column, Table
from cs_lib.data.engines.dialect import DuckDB
from cs_lib.data.sources import number_text, said_values, timestamps
from cs_lib.data.sources.money_sql import THOUSANDTHS, WHOLE_UNITS, cent, in_currency, monthly
from cs_lib.data.sources.number_text import DECIMAL
from cs_lib.edition import Edition, Source
from cs_lib.vocabulary import MICROS, NOT_GIVEN

ROW, FILE, UNPARSED, MARKS = "_row", "_file", "_unparsed", "_marks"
#: the record of an export that an adapter made a row of, whether `where` keeps the row, and by which of its words
RECORD, KEPT, ASKED = "_record", "_kept", "_asked"
#: which of the columns of months a row is made of
MONTH_COLUMN = "_month_column"
RESERVED = ("rowid", ROW, FILE, RECORD, MONTH_COLUMN, UNPARSED, MARKS, KEPT, ASKED)
BETWEEN_FIELDS, BETWEEN_COLUMNS = "\x1f", "\x1e"
INCLUSIVE = "inclusive"
#: what MARKS says of a row's money: no mark, one with three digits behind it, any other
NO_MARK, THREE_DIGITS, OTHER_DIGITS = 0, 1, 2


@dataclass(frozen=True)
class Given:
    """A canonical column that the source gives: the expression that reads it, and its SQL type.

    `raw`, `read` and `value` name what staging makes of it: the raw value without blanks, what it says,
    and the typed one.
    """

    column: Column
    expression: str
    sql_type: str
    dialect: DuckDB

    @property
    def raw(self) -> str:
        return self.dialect.quoted(f"\x1er {self.column.name}")

    def bare(self, step: int) -> str:
        """The text of a number after so many steps of `number_text`."""
        return self.dialect.quoted(f"\x1eb{step} {self.column.name}")

    @property
    def read(self) -> str:
        return self.dialect.quoted(f"\x1em {self.column.name}")

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
    chosen: dict[str, str] | None = None,
    source: Source,
    edition: Edition,
    dialect: DuckDB,
    places: tuple[str, ...] = (FILE,),
) -> str:
    """One SELECT that gives a table's canonical columns, its further ones and what was unreadable;
    `places` are columns that say where a row stands, and `chosen` the columns that say whether it counts."""
    raw = [f"{_raw(each, source)} AS {each.raw}" for each in given]
    raw += [
        f"{_further(text, source, dialect)} AS {dialect.quoted(name)}"
        for name, text in extras.items()
    ]
    counts = [f"({test}) AS {name}" for name, test in (chosen or {}).items()]
    read = [f"{_read(each, given, source, edition)} AS {each.read}" for each in given]
    typed = [f"{_typed(each, edition)} AS {each.value}" for each in given]
    final = _final_columns(table, given, source, edition, dialect)
    final += [f"{_extra(name, edition, dialect)} AS {dialect.quoted(name)}" for name in extras]
    final += chosen or {}
    final += [*places, f"{_unparsed(given, dialect)} AS {UNPARSED}", *_marks(given, source)]
    rows = f"SELECT {', '.join([*raw, *counts, *places])} FROM ({origin})"
    return f"""
        SELECT {", ".join(final)}
        FROM (SELECT *, {", ".join(typed)}
              FROM (SELECT *, {", ".join(read)}
                    FROM ({_bared(given, source, dialect, rows)})))
    """


def _raw(given: Given, source: Source) -> str:
    text = f"({given.expression}\n)"  # what is computed may end in a comment
    if given.is_text:
        words = given.column.kind in kinds.WORDS
        text = given.dialect.stripped(text) if words else given.dialect.trimmed(text)
    elif given.sql_type in ("DOUBLE", "FLOAT"):
        text = f"CASE WHEN isnan({text}) THEN NULL ELSE {text} END"
    bare = text if given.is_text else f"trim(CAST({text} AS STRING))"
    text = _without_empty(text, bare, source, given.dialect)
    nothing = said_values.words_for_nothing(source, given.column.name)
    if nothing:
        listed = ", ".join(map(given.dialect.literal, nothing))
        word = said_values.folded(text, is_bare=given.is_text)
        return f"CASE WHEN {word} IN ({listed}) THEN NULL ELSE {text} END"
    return text


def _further(value: str, source: Source, dialect: DuckDB) -> str:
    """The value of a further column, as it stands unless it is a word for nothing."""
    bare = dialect.trimmed(f"CAST({value} AS STRING)")
    bare = f"coalesce({bare}, '')" if "" in source.empty else bare
    return _without_empty(value, bare, source, dialect)


def _without_empty(value: str, bare: str, source: Source, dialect: DuckDB) -> str:
    """The value, null where its `bare` text, without blanks around it, is one of the source's words for
    nothing. What is bare already is not bared again, which would take longer than to read it."""
    if not source.empty:
        return value
    words = ", ".join(map(dialect.literal, source.empty))
    return f"CASE WHEN {bare} IN ({words}) THEN NULL ELSE {value} END"


def _read(given: Given, row: list[Given], source: Source, edition: Edition) -> str:
    """What a value says: by the words of its column, else by its kind."""
    read = _read_by_kind(given, row, source, edition)
    return said_values.with_words(
        said_values.folded(given.raw, is_bare=given.is_text),
        read,
        given.column,
        source,
        given.dialect,
    )


def _read_by_kind(given: Given, row: list[Given], source: Source, edition: Edition) -> str:
    kind = given.column.kind
    if kind in kinds.MOMENTS:
        return _moment(given, source, edition)
    if kind == kinds.MONEY and source.in_cents(given.column.name):
        return f"TRY_CAST({_decimal(given, source)} * {_micros_of_a_cent(row, source, edition)} AS BIGINT)"
    if kind in kinds.MILLIONTHS:
        return _millionths(given, source)
    if kind == kinds.INTEGER:
        return _decimal(given, source)
    return _text(given, edition)


def _typed(given: Given, edition: Edition) -> str:
    """What was read, where it can be meant: years of the edition, whole numbers."""
    kind, read, dialect = given.column.kind, given.read, given.dialect
    if kind in kinds.MOMENTS:
        is_end = given.column.name == "end_date"
        moment = timestamps.within_years(read, edition.years, dialect, is_end=is_end)
        unit = {kinds.DATE: "day", kinds.MONTH: "month"}.get(kind)
        return dialect.start_of(unit, moment) if unit else moment
    if kind == kinds.INTEGER:
        return f"CASE WHEN {read} = floor({read}) THEN TRY_CAST({read} AS BIGINT) END"
    return read


def _millionths(given: Given, source: Source) -> str:
    """Millionths as a whole number. A short decimal needs no wide one on the way, which takes long."""
    short = re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", given.sql_type)
    if short:
        digits, places = map(int, short.groups())
        if places <= 6 and digits - places <= 12 and digits + places < 18:
            return f"CAST({given.raw} * {10**places} AS BIGINT) * {10 ** (6 - places)}"
    return f"TRY_CAST({_decimal(given, source)} * {MICROS} AS BIGINT)"


def _micros_of_a_cent(row: list[Given], source: Source, edition: Edition) -> str:
    """Millionths of the unit that an amount in cents counts: of the row's currency, else the edition's."""
    currency = next((each for each in row if each.column.name == "currency"), None)
    if currency is None:
        return str(cent(edition.currency))
    literal, code = currency.dialect.literal, _read(currency, row, source, edition)
    wholes, thousandths = (", ".join(map(literal, each)) for each in (WHOLE_UNITS, THOUSANDTHS))
    return (
        f"CASE WHEN {code} IN ({wholes}) THEN {cent(WHOLE_UNITS[0])} "
        f"WHEN {code} IN ({thousandths}) THEN {cent(THOUSANDTHS[0])} "
        f"ELSE {cent('')} END"
    )


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
    if given.column.name in ("instrument", "category"):
        value = f"lower({value})"
    elif given.column.name == "currency":
        value = f"coalesce(upper({value}), {dialect.literal(edition.currency)})"
    return value


def _moment(given: Given, source: Source, edition: Edition) -> str:
    """A naive TIMESTAMP on the wall clock of the edition's zone."""
    value, dialect = given.raw, given.dialect
    if given.sql_type == "TIMESTAMP WITH TIME ZONE":
        return dialect.wall_clock(edition.timezone, value)
    if given.sql_type == "DATE" or given.sql_type.startswith("TIMESTAMP"):
        return dialect.naive(value)
    if not given.is_text:
        value = f"CAST({value} AS STRING)"
    return timestamps.read_text(value, given.column, source, edition, dialect)


def _decimal(given: Given, source: Source) -> str:
    """An exact decimal; text goes straight to it and never through a float."""
    if not given.is_text:
        return f"TRY_CAST({given.raw} AS {DECIMAL})"
    steps = len(number_text.steps(source, given.dialect))
    bare = given.bare(steps) if steps else given.raw
    share = bool(source.percent) and given.column.kind in number_text.SHARES
    return number_text.decimal(bare, source, given.dialect, share=share)


def _bared(given: list[Given], source: Source, dialect: DuckDB, inner: str) -> str:
    """The rows with the text of each number bared of its signs, a step at a time: none is taken twice."""
    numbers = [
        each
        for each in given
        if each.is_text and each.column.kind in (*kinds.MILLIONTHS, kinds.INTEGER)
    ]
    for number, step in enumerate(number_text.steps(source, dialect) if numbers else (), 1):
        texts = [
            f"{step(each.bare(number - 1) if number > 1 else each.raw)} AS {each.bare(number)}"
            for each in numbers
        ]
        inner = f"SELECT *, {', '.join(texts)} FROM ({inner})"
    return inner


def _final_columns(
    table: Table, given: list[Given], source: Source, edition: Edition, dialect: DuckDB
) -> list[str]:
    names = {each.column.name: each.value for each in given}
    if table.name == "subscriptions":
        names["mrr"] = monthly(names, dialect)
        if "end_date" in names:
            names["end_date"] = timestamps.without_open(names["end_date"], dialect)
            if source.end_date == INCLUSIVE:
                names["end_date"] = _day_after(names["end_date"])
    name = "mrr" if table.name == "subscriptions" else "amount"
    if name in names and "currency" in names and edition.rates:
        names[name] = in_currency(names[name], names["currency"], edition.rates, dialect)
    segments = [name for name in names if name in edition.segments and not table.column(name)]
    names |= {name: _renamed(names[name], name, edition, dialect) for name in names}
    names |= {name: _or_not_given(names[name], dialect) for name in segments}
    return [f"{text} AS {dialect.quoted(name)}" for name, text in names.items()]


def _day_after(last_day: str) -> str:
    """The first day no longer paid for."""
    return f"{last_day} + INTERVAL 1 DAY"


def _renamed(text: str, name: str, edition: Edition, dialect: DuckDB) -> str:
    """What a segment is called now."""
    cases = " ".join(
        f"WHEN {dialect.literal(old)} THEN {dialect.literal(new)}"
        for old, new in edition.renames.get(name, {}).items()
    )
    return f"CASE {text} {cases} ELSE {text} END" if cases else text


def _or_not_given(text: str, dialect: DuckDB) -> str:
    return f"coalesce({text}, {dialect.literal(NOT_GIVEN)})"


def _extra(name: str, edition: Edition, dialect: DuckDB) -> str:
    text = f"CAST({dialect.quoted(name)} AS STRING)"
    if name in edition.segments:
        return _or_not_given(_renamed(dialect.stripped(text), name, edition, dialect), dialect)
    return text


def _unparsed(given: list[Given], dialect: DuckDB) -> str:
    """What could not be read, as text `\\x1fcolumn\\x1fvalue\\x1e…`; empty for nearly every row."""
    checked = [each for each in given if each.column.kind not in kinds.WORDS]
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


def _marks(given: list[Given], source: Source) -> list[str]:
    """One column: how many digits stand behind the decimal mark of the row's money, where it is text."""
    money = [each for each in given if each.column.kind == kinds.MONEY and each.is_text]
    if not money:
        return []
    mark = source.decimal
    each = [
        f"CASE WHEN NOT contains({one.raw}, '{mark}') THEN {NO_MARK} "
        f"WHEN {one.raw} LIKE '%{mark}___' AND {one.raw} NOT LIKE '0%' AND {one.raw} NOT LIKE '-0%' THEN {THREE_DIGITS} "
        f"ELSE {OTHER_DIGITS} END"
        for one in money
    ]
    most = each[0] if len(each) == 1 else f"greatest({', '.join(each)})"
    return [f"CAST({most} AS SMALLINT) AS {MARKS}"]
