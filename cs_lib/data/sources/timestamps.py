"""How text becomes a moment: the SQL that reads a date or a time whole, or not at all.

A moment is a naive TIMESTAMP on the wall clock of the edition's zone.
"""

from functools import cache
from zoneinfo import available_timezones

from cs_lib.data.contract import table_declaration as kinds
from cs_lib.data.contract.table_declaration import Column
from cs_lib.data.engines.dialect import DuckDB
from cs_lib.data.sources.month_names import in_english_sql, names_a_month
from cs_lib.edition import Edition, Source
from cs_lib.edition.spellings import EPOCH, EPOCH_MS, EXCEL, ISO

DAY = r"\d\d\d\d[-/]\d\d?[-/]\d\d?"
CLOCK = r"[T ]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?"
OFFSET = r"[+-](?:0\d|1[0-4])(?::?[0-5]\d)?"
WORD = r"[A-Za-z][A-Za-z0-9_+/-]*"
MONTH_ALONE, HOUR = r"\d\d\d\d-\d\d", r"[T ](\d\d?):"
ZULU = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
#: an offset as Google writes it, GMT+1 or UTC-05:30: the sign, the hours, the minutes
NAMED_OFFSET = r"(?:UTC|GMT)([+-])(\d|0\d|1[0-4])(?::?([0-5]\d))?"
#: groups: the day and the clock, A or P of AM and PM, the zone
WITH_TAIL = (
    rf"^({DAY}{CLOCK})(?: ?([AaPp])[Mm]\b)?(?: ?(Z|{OFFSET}|(?:UTC|GMT)[+-]\d[\d:]*|{WORD}))?$"
)
#: an end from this year on means that there is none
OPEN_FROM = 2100
#: unix milliseconds are larger than this: what is smaller is seconds
LEAST_MS = 100_000_000_000

#: how spreadsheets count 1970-01-01, and the end of 9999
DAYS_TO_1970, LAST_EXCEL_DAY = 25_569, 2_958_465

#: abbreviations that name one zone, as hours from UTC; CST, IST, BST, AST and others name several
ABBREVIATIONS = {
    **dict.fromkeys(("Z", "UTC", "GMT", "WET"), 0),
    **{"CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "WEST": 1, "MSK": 3, "SAST": 2},
    **{"EST": -5, "EDT": -4, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7},
    **{"AKST": -9, "AKDT": -8, "HST": -10},
    **{"JST": 9, "KST": 9, "SGT": 8, "HKT": 8, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13},
}


def read_text(value: str, column: Column, source: Source, edition: Edition, dialect: DuckDB) -> str:
    """The moment that a text says, in the first of its column's formats that gives one; else null."""
    formats, zone = source.date_formats(column.name) or (ISO,), edition.timezone
    readings = [_read(value, each, column.kind, source, zone, dialect) for each in formats]
    if len(readings) == 1:
        return readings[0]
    is_end = column.name == "end_date"
    meant = (within_years(each, edition.years, dialect, is_end=is_end) for each in readings)
    return f"coalesce({', '.join(meant)})"


def _read(value: str, form: str, kind: str, source: Source, zone: str, dialect: DuckDB) -> str:
    if form == ISO:
        return _iso(value, kind, source.zones, zone, dialect)
    if form in (EPOCH, EPOCH_MS):
        return _since_1970(value, form, zone, dialect)
    if form == EXCEL:
        return _excel_days(value, dialect)
    read = dialect.read_dated(value, form, zone)
    if not names_a_month(form):
        return read
    english = in_english_sql(value, form, dialect)
    return f"coalesce({read}, {dialect.read_dated(english, form, zone)})"


def _iso(value: str, kind: str, zones: dict[str, str], zone: str, dialect: DuckDB) -> str:
    """The usual shapes first; then times with something behind. The engine's own reading of a time leaves
    out what it cannot read: `10:00: 5` would be ten."""
    zulu = f"length({value}) = 20 AND {dialect.whole(value, ZULU)}"
    month = f"WHEN {dialect.whole(value, MONTH_ALONE)} THEN "
    month += dialect.read_naive(f"({value} || '-01')")
    return (
        f"CASE WHEN length({value}) = 10 THEN {dialect.read_day(value)} "
        f"WHEN {zulu} THEN {_at_utc(dialect.read_naive(f'left({value}, 19)'), zone, dialect)} "
        f"WHEN {dialect.whole(value, f'{DAY}(?:{CLOCK})?')} THEN {dialect.read_naive(value)} "
        f"WHEN {dialect.matches(value, WITH_TAIL)} THEN {_with_tail(value, zones, zone, dialect)} "
        f"{month if kind == kinds.MONTH else ''} END"
    )


def _at_utc(naive: str, zone: str, dialect: DuckDB) -> str:
    return dialect.wall_clock(zone, dialect.instant(naive, dialect.literal("UTC")))


def _with_tail(value: str, zones: dict[str, str], zone: str, dialect: DuckDB) -> str:
    """A time with AM or PM, an offset, or a zone by its abbreviation or its name."""
    head, half, tail = (dialect.extract(value, WITH_TAIL, group) for group in (1, 2, 3))
    naive = dialect.later(dialect.read_naive(head), _minutes_of_half(value, half, dialect))
    offset = _minutes_of_offset(tail)
    by_offset = _at_utc(dialect.later(naive, f"-({offset})"), zone, dialect)
    from_name = _at_utc(
        dialect.later(naive, f"-({_minutes_of_named(tail, dialect)})"), zone, dialect
    )
    stated = "".join(f" AND {tail} <> {dialect.literal(word)}" for word in zones)
    by_name = dialect.wall_clock(zone, dialect.instant(naive, _zone_named(tail, zones, dialect)))
    return (
        f"CASE WHEN {tail} = '' THEN {naive} "
        f"WHEN {dialect.whole(tail, OFFSET)} THEN {by_offset} "
        f"WHEN {dialect.whole(tail, NAMED_OFFSET)}{stated} THEN {from_name} ELSE {by_name} END"
    )


def _minutes_of_half(value: str, half: str, dialect: DuckDB) -> str:
    """What AM or PM adds to the hour, which must then be one of 1 to 12."""
    hour = f"TRY_CAST({dialect.extract(value, HOUR, 1)} AS INTEGER)"
    noon = f"CASE WHEN {hour} = 12 THEN -720 ELSE 0 END"
    afternoon = f"CASE WHEN upper({half}) = 'P' THEN 720 ELSE 0 END"
    return (
        f"CASE WHEN {half} = '' THEN 0 WHEN {hour} BETWEEN 1 AND 12 "
        f"THEN ({noon}) + ({afternoon}) END"
    )


def _minutes_of_offset(tail: str) -> str:
    digits = f"replace(substr({tail}, 2), ':', '')"
    hours, minutes = f"left({digits}, 2)", f"coalesce(nullif(substr({digits}, 3), ''), '0')"
    size = f"TRY_CAST({hours} AS INTEGER) * 60 + TRY_CAST({minutes} AS INTEGER)"
    return f"CASE WHEN left({tail}, 1) = '-' THEN -1 ELSE 1 END * ({size})"


def _minutes_of_named(tail: str, dialect: DuckDB) -> str:
    sign, hours, minutes = (
        dialect.extract(tail, f"^{NAMED_OFFSET}$", group) for group in (1, 2, 3)
    )
    size = f"TRY_CAST({hours} AS INTEGER) * 60 + coalesce(TRY_CAST(nullif({minutes}, '') AS INTEGER), 0)"
    return f"CASE WHEN {sign} = '-' THEN -1 ELSE 1 END * ({size})"


def _zone_named(tail: str, zones: dict[str, str], dialect: DuckDB) -> str:
    """The time zone that a word after a time names; null where it names none, or several."""
    literal = dialect.literal
    stated = " ".join(f"WHEN {literal(word)} THEN {literal(name)}" for word, name in zones.items())
    known = " ".join(
        f"WHEN {literal(word)} THEN {literal(_fixed(hours))}"
        for word, hours in ABBREVIATIONS.items()
        if word not in zones
    )
    named = f"contains({literal(_zone_names())}, '|' || {tail} || '|')"
    return f"CASE {tail} {stated} {known} ELSE CASE WHEN {named} THEN {tail} END END"


def _fixed(hours: int) -> str:
    """The name of a zone that many hours before UTC; such names count the other way round."""
    return f"Etc/GMT{-hours:+d}"


@cache
def _zone_names() -> str:
    return "|".join(("", *sorted(name for name in available_timezones() if "/" in name), ""))


def _since_1970(value: str, form: str, zone: str, dialect: DuckDB) -> str:
    """Unix seconds or milliseconds. Milliseconds of the first three years would be seconds mistaken."""
    number = f"TRY_CAST({value} AS DECIMAL(24, 6))"
    least, scale = (LEAST_MS, 1_000) if form == EPOCH_MS else (1, 1_000_000)
    micros = f"TRY_CAST({number} * {scale} AS BIGINT)"
    plain = dialect.whole(value, r"-?\d{1,14}(?:\.\d+)?")
    return (
        f"CASE WHEN {plain} AND abs({number}) BETWEEN {least} AND {250_000_000_000_000_000 // scale} "
        f"THEN {_at_utc(dialect.since_1970(micros), zone, dialect)} END"
    )


def _excel_days(value: str, dialect: DuckDB) -> str:
    """Days since 1899-12-30 as spreadsheets count them, on the clock of the edition's zone; a part of a
    day is read to the millisecond. The first sixty are a day off in Excel, which knows a 29th February 1900."""
    number = f"TRY_CAST({value} AS DECIMAL(24, 12))"
    micros = f"CAST(round(({number} - {DAYS_TO_1970}) * 86400000) AS BIGINT) * 1000"
    plain = dialect.whole(value, r"\d{2,6}(?:\.\d+)?")
    return (
        f"CASE WHEN {plain} AND {number} BETWEEN 61 AND {LAST_EXCEL_DAY} "
        f"THEN {dialect.since_1970(micros)} END"
    )


def within_years(
    moment: str, years: tuple[int, int], dialect: DuckDB, *, is_end: bool = False
) -> str:
    """The moment where it lies in these years, else null; an end far off is kept (see `without_open`)."""
    first, last = years
    there = f"{moment} >= {_january(first, dialect)} AND {moment} < {_january(last + 1, dialect)}"
    if is_end:
        there = f"({there}) OR {moment} >= {_january(OPEN_FROM, dialect)}"
    return f"CASE WHEN {there} THEN {moment} END"


def without_open(end: str, dialect: DuckDB) -> str:
    """The end, null where it lies so far off that it means none."""
    return f"CASE WHEN {end} < {_january(OPEN_FROM, dialect)} THEN {end} END"


def _january(year: int, dialect: DuckDB) -> str:
    return dialect.naive(dialect.literal(f"{year:04d}-01-01 00:00:00"))
