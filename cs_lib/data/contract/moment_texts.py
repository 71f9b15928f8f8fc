"""How the moments of a file are written, where that moves them by a day or by hours: days that are midnights elsewhere,
times with a zone beside times without, ends in a day's last minute. A look at the first lines of each CSV file, and at its last ones; of sheets,
Parquet, JSON and what a database gave at the first rows, and at later ones.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import cast
from zoneinfo import ZoneInfo

from cs_lib.data.contract.data_findings import DataFinding
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.engines.engine import SqlEngine
from cs_lib.data.sources.headers import as_column
from cs_lib.data.sources.row_locations import places_of
from cs_lib.data.sources.source_files import JSON
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.text_files import open_bytes
from cs_lib.edition import Edition

#: so many lines of the beginning and bytes of the end are looked at, in so many files
LINES, TAIL, MOST_FILES = 60, 1 << 12, 12
#: so many moments, and such a share of a column's, at a full hour that is another zone's midnight are days
MOMENTS, SHARE = 10, 0.95
#: minutes of an hour, and of the earliest midnight of the east on the clock of UTC: noon is written for a day too
HOUR, EAST = 60, 13 * 60
#: the last minute of a day, as which a system writes the end of it
LAST_MINUTE = 24 * HOUR - 1
#: so many with a zone, and so many without
EITHER = 3
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)? ?(Z|[+-]\d\d(?::?\d\d)?|UTC|GMT)?"
)
_IN_UTC = "strftime({} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ')"
_NO_OFFSET = ("Z", "UTC", "GMT", "+00:00", "+0000", "+00")


@dataclass(frozen=True)
class _Moment:
    """A moment as a file writes it, and where it stands."""

    text: str
    place: str
    minutes: int
    full: bool
    zone: str

    @property
    def written(self) -> datetime:
        return datetime.fromisoformat(self.text[:10]) + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class _Column:
    """A column of moments: our name and the source's, its text as an expression of the edition and as SQL, where its
    type has one."""

    name: str
    own: str
    cell: str
    sql: str


def moment_findings(staged: Staged, edition: Edition) -> Iterator[DataFinding]:
    """Warnings on the columns of moments that a source gives as they stand. A query of the edition's own is not run again."""
    source = staged.source
    if source.recipe or source.engine_sql or staged.spread or source.movements:
        return
    for name in filter(staged.has, staged.table.moments):
        if name not in staged.spelled or not staged.is_own(name) or source.date_formats(name):
            continue
        column = _column(staged, name)
        moments = list(_moments(staged, column.own) if staged.of_csv else _of_rows(staged, column))
        found = _midnights(staged, column, moments, edition) or _either(staged, column, moments)
        found = found or _at_the_day_s_end(staged, column, moments, edition)
        yield from [found] if found else []


def _column(staged: Staged, name: str) -> _Column:
    own = staged.spelled[name]
    kind = staged.origin.types.get(own, "") if staged.origin else ""
    text = {"VARCHAR": "{}", "TIMESTAMP WITH TIME ZONE": _IN_UTC}.get(kind, "CAST({} AS VARCHAR)")
    known = kind == "VARCHAR" or kind.startswith("TIMESTAMP")
    quoted = DUCKDB.quoted(own)
    return _Column(name, own, text.format(as_column(own)), text.format(quoted) if known else "")


def _of_rows(staged: Staged, column: _Column) -> Iterator[_Moment]:
    """The moments of the first rows, and of some near the end; the rows of JSON are read from their beginning alone."""
    origin = staged.origin
    if origin is None or not column.sql or staged.engine.dialect is not DUCKDB:
        return
    engine, last = cast(SqlEngine, staged.engine), staged.row_count - LINES
    several = last > LINES and bool(staged.files and staged.files.format != JSON)
    for start in (0, last) if several else (0,):
        said = f"SELECT {column.sql} FROM ({origin.sql}) LIMIT {LINES} OFFSET {start}"
        rows = {start + n: str(text) for n, (text,) in enumerate(engine.rows(said)) if text}
        for number, place in places_of(engine, staged, rows):
            yield from _moment([rows[number]], 0, str(place))


def _moments(staged: Staged, own: str) -> Iterator[_Moment]:
    files = staged.files
    if files is None:
        return
    for number, (path, layout) in enumerate(zip(files.read, staged.layouts, strict=False)):
        if own not in layout.names or number >= MOST_FILES:
            continue
        column, shown = layout.names.index(own), files.shown(number)
        above = files.before[number] if files.before else 0
        with open_bytes(path) as file:
            start = (each.decode("utf-8", "replace") for each in islice(file, LINES))
            reader = csv.reader(start, delimiter=layout.delimiter)
            for row in reader:
                place = f"{shown}, line {reader.line_num + above}"
                yield from _moment(row, column, place)
        size = path.stat().st_size
        with path.open("rb") as file:
            if size > TAIL and file.read(2) != b"\x1f\x8b":
                file.seek(size - TAIL)
                lines = file.read().decode("utf-8", "replace").splitlines()[1:]
                for row in csv.reader(lines, delimiter=layout.delimiter):
                    yield from _moment(row, column, f"{shown}, near its end")


def _moment(row: list[str], column: int, place: str) -> Iterator[_Moment]:
    found = _MOMENT.fullmatch(row[column].strip()) if column < len(row) else None
    if found:
        full = found[3] in ("00", "30") and (found[4] or "00") == "00"
        yield _Moment(found[0], place, 60 * int(found[2]) + int(found[3]), full, found[5] or "")


def _midnights(
    staged: Staged, column: _Column, moments: list[_Moment], edition: Edition
) -> DataFinding | None:
    """Days that are written as a midnight of UTC, or of a zone further east, and are read as the day before."""
    plain = [each for each in moments if each.zone in ("", *_NO_OFFSET) and each.full]
    if len(plain) < MOMENTS or len(plain) < SHARE * len(moments):
        return None
    clocks = {each.minutes for each in plain}
    if max(clocks) - min(clocks) > HOUR or 0 < min(clocks) < EAST:
        return None
    later = timedelta(minutes=(24 * HOUR - min(clocks)) % (24 * HOUR))
    zone = ZoneInfo(edition.timezone)
    moved = [each for each in plain if _read(each, zone).date() != (each.written + later).date()]
    if len(moved) < SHARE * len(plain):
        return None
    first, cell = moved[0], column.cell
    day = f"left({cell}, 10)"
    if later:
        minutes = int(later.total_seconds() // HOUR)
        day = f"CAST(CAST(left({cell}, 19) AS TIMESTAMP) + INTERVAL {minutes} MINUTE AS DATE)"
    says = (
        f'{first.place}, column {column.own}: "{first.text}" and {len(moved) - 1:,} more of the moments looked at are midnights of another '
        f"zone than {edition.timezone}, and are read as the day before, here {_read(first, zone):%Y-%m-%d}. If they are days, say "
        f'columns: {{{column.name}: "{day}"}} for this table, or the timezone of the company in the edition.'
    )
    return DataFinding(
        WARNING, staged.table.name, "midnights of another zone", says, len(moved), column.own
    )


def _read(moment: _Moment, zone: ZoneInfo) -> datetime:
    """The moment on the wall clock of the edition's zone; one without a zone is of it already."""
    if not moment.zone:
        return moment.written
    return moment.written.replace(tzinfo=UTC).astimezone(zone)


def _either(staged: Staged, column: _Column, moments: list[_Moment]) -> DataFinding | None:
    """Times with a zone beside times without."""
    bare = [each for each in moments if not each.zone]
    if min(len(bare), len(moments) - len(bare)) < EITHER:
        return None
    first, zoned = bare[0], next(each for each in moments if each.zone)
    cell = column.cell
    says = (
        f'{first.place}, column {column.own}: "{first.text}" has no zone, others such as "{zoned.text}" have one: it is read on the '
        "wall clock of the edition's timezone, they are not. If those without are in UTC too, say columns: "
        f"{{{column.name}: \"CASE WHEN length({cell}) <= 19 THEN concat({cell}, 'Z') ELSE {cell} END\"}} for this table."
    )
    return DataFinding(
        WARNING, staged.table.name, "times with and without a zone", says, len(bare), column.own
    )


def _at_the_day_s_end(
    staged: Staged, column: _Column, moments: list[_Moment], edition: Edition
) -> DataFinding | None:
    """Ends in the last minute of a day, which is paid for and is read as the first day that is not."""
    if column.name != "end_date" or staged.source.end_date:
        return None
    zone = ZoneInfo(edition.timezone)
    plain = [each for each in moments if each.zone in ("", *_NO_OFFSET)]
    last = [each for each in plain if each.minutes == LAST_MINUTE]
    last = [each for each in last if _read(each, zone).date() == each.written.date()]
    if len(last) < EITHER or len(last) < SHARE * len(moments):
        return None
    first = last[0]
    says = (
        f'{first.place}, column {column.own}: "{first.text}" and {len(last) - 1:,} more of the moments looked at are the last of a day, '
        f"and {first.written:%Y-%m-%d} is read as the first day no longer paid for. If that day is paid for, say end_date: inclusive "
        "for this table; if not, end_date: exclusive."
    )
    return DataFinding(
        WARNING, staged.table.name, "inclusive end dates", says, len(last), column.own
    )
