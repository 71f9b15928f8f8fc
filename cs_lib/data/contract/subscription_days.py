"""Days beside those on which subscriptions start and end: a next bill that is long past, a last payment, the day on which
an end takes effect."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import narwhals as nw
import pandas as pd

from cs_lib.data.contract.data_findings import DataFinding, counted, having
from cs_lib.data.contract.edition_keys import SAY_SO
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.contract.unread_columns import unread_names
from cs_lib.data.engines.distinct_rows import distinct
from cs_lib.data.sources.date_formats import formats_of
from cs_lib.data.sources.headers import as_column, folded
from cs_lib.data.sources.month_names import in_english
from cs_lib.data.sources.staged_table import Staged
from cs_lib.edition import Edition
from cs_lib.edition.spellings import ISO
from cs_lib.period import FIRST_YEAR, LAST_YEAR

_ISO = "%Y-%m-%d"
#: of so many different days the format is looked for
MOST_DAYS = 5000
#: a format of days in which each part has its own place: two digits, or four of the year
_PLACES = re.compile(r"%[dmY][^%\w]%[dmY][^%\w]%[dmY]")
_DIGITS = {"%d": 2, "%m": 2, "%Y": 4}
_ON = r"(on|at|date|day|time)?$"


@dataclass(frozen=True)
class _Past:
    """Days that say how long a subscription without an end was paid for: after so many days it seems to be over, where such a
    share of the others is of later. It ended so many `months` after that day."""

    names: re.Pattern[str]
    days: int
    others: float
    months: int


_PAST = (
    _Past(
        re.compile(
            rf"^(next|upcoming)(billing|bill|payment|invoice|charge|renewal){_ON}"
            rf"|^current(billing)?(period|term)ends?{_ON}"
        ),
        31,
        0.5,
        0,
    ),
    _Past(
        re.compile(
            rf"^(last|latest|mostrecent)(payment|paid|invoice|invoiced|charge|charged|billed|billing){_ON}"
        ),
        62,
        0.7,
        1,
    ),
)
_EFFECTIVE = re.compile(
    rf"^(cancell?ation|cancel|termination|churn|end)?effective(end|cancell?ation|from)?{_ON}"
    rf"|^(cancell?ation|termination|churn)(takes)?effect(ive)?{_ON}"
)


def day_findings(staged: list[Staged], edition: Edition, as_of: date) -> Iterator[DataFinding]:
    """Warnings on the days of subscriptions; an adapter reads its export's own columns itself."""
    for each in staged:
        if each.table.name != "subscriptions" or each.source.recipe:
            continue
        for name in unread_names(each, edition):
            for past in (one for one in _PAST if one.names.search(folded(name))):
                yield from _over(each, name, past, as_of)
            if each.has("end_date") and _EFFECTIVE.search(folded(name)):
                yield from _takes_effect(each, name)


def _paying(staged: Staged, name: str) -> tuple[nw.LazyFrame, tuple[str, ...]]:
    """The rows that pay and have a day in a column, as `value`, and the formats in which it is written there."""
    rows = staged.rows_with(name).filter(nw.col("mrr") > 0)
    word, value = nw.col("word"), nw.lit(None, nw.String())
    for each in _formats(staged):
        value = (
            nw.when(word.str.contains(_pattern(each))).then(_as_iso(word, each)).otherwise(value)
        )
    known = rows.with_columns(value=value).filter(~nw.col("value").is_null())
    if staged.count(known.head(1)):
        return known, _formats(staged)
    words = staged.engine.collect(distinct(rows.filter(~word.is_null()), "word").head(MOST_DAYS))
    formats, days = _in_a_format(tuple(words["word"]))
    if not formats:
        return known, _formats(staged)
    named = staged.engine.lift(pd.DataFrame(days.items(), columns=["word", "value"]))
    return rows.join(named, on="word", how="inner"), formats


def _in_a_format(words: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, str]]:
    """The one format, or the two that tell nobody which is the month, that read all of these words, and the day of each as
    ISO has it: the later one of two. A name of a month must be one to the engine as it stands."""
    found = formats_of(words, (FIRST_YEAR, LAST_YEAR), months=False, iso=False) if words else []
    alone = tuple(
        form
        for form, *others in found
        if not others and "%" in form and all(in_english(each, form) == each for each in words)
    )
    if not alone:
        return (), {}
    return alone, {
        word: max(f"{datetime.strptime(word, each):{_ISO}}" for each in alone) for word in words
    }


def _formats(staged: Staged) -> tuple[str, ...]:
    """How days are written in columns that nothing reads: as the table's ends are, or as ISO has them."""
    stated = (each for each in staged.source.date_formats("end_date") if each != ISO)
    placed = (each for each in stated if _PLACES.fullmatch(each) and len(set(_parts(each))) == 3)
    return tuple(dict.fromkeys((*placed, _ISO)))


def _parts(day: str) -> list[str]:
    return re.findall("%.", day)


def _pattern(day: str) -> str:
    """A text that begins with a day of this format."""
    written = re.sub("%.", lambda part: rf"\d{{{_DIGITS[part[0]]}}}", re.escape(day))
    return f"^{written}"


def _as_iso(word: nw.Expr, day: str) -> nw.Expr:
    """The day that a text of this format names, as ISO has it."""
    found, start = {}, 0
    for part in _parts(day):
        found[part] = word.str.slice(start, _DIGITS[part])
        start += _DIGITS[part] + 1
    return nw.concat_str(found["%Y"], found["%m"], found["%d"], separator="-")


def _day_sql(staged: Staged, cell: str, formats: tuple[str, ...]) -> str:
    """The day of a cell as an expression of the edition: its text where that is in the order of time."""
    if formats == (_ISO,):
        return cell
    if formats != _formats(staged):
        return f"try_strptime({cell}, '{formats[0]}')"
    listed = ", ".join(f"'{each}'" for each in formats)
    return f"try_strptime(left({cell}, 10), [{listed}])"


def _text_sql(staged: Staged, cell: str, formats: tuple[str, ...], months: int = 0) -> str:
    """A cell's day, or the day so many months after it, as the table writes its ends."""
    first, later = _formats(staged)[0], f" + INTERVAL {months} MONTH" if months else ""
    if first != _ISO or formats != _formats(staged):
        return f"strftime({_day_sql(staged, cell, formats)}{later}, '{first}')"
    return f"CAST(CAST({cell} AS DATE){later} AS VARCHAR)" if months else cell


def _either_way(formats: tuple[str, ...]) -> bool:
    """Whether nobody knows which number is the month."""
    return len(formats) > 1 and _ISO not in formats


def _over(staged: Staged, name: str, past: _Past, as_of: date) -> Iterator[DataFinding]:
    """Rows without an end whose next bill is past, or for which nothing was paid for long."""
    before = (as_of - timedelta(days=past.days)).isoformat()
    paying, formats = _paying(staged, name)
    rows = paying.filter(nw.col("end_date").is_null())
    many, first = staged.how_many(rows.filter(nw.col("value") < before))
    if not many or many > (1 - past.others) * staged.count(rows):
        return
    cell = as_column(name)
    day, end = (
        _day_sql(staged, cell, formats),
        _text_sql(staged, cell, formats, past.months),
    )
    ends = f"CASE WHEN {day} < '{before}' THEN {end} END"
    if "end_date" in staged.columns:
        ends = f"coalesce({staged.cell('end_date')}, {ends})"
    way = f'say columns: {{end_date: "{ends}"}} for this table'
    if _either_way(formats):
        way = f"write the days on which they ended into the export (whether {formats[0]} or {formats[1]}, the days do not tell)"
    says = (
        f"{staged.called}: {counted(many, 'row')} without an end {'has' if many == 1 else 'have'} a day in {name} that lies more "
        f"than {past.days} days before as_of, the first in {staged.location(first)}, nothing reads {name}, and "
        f"{'it counts' if many == 1 else 'they count'} as paid for to this day. If they are over, {way}; if not, {SAY_SO}."
    )
    yield DataFinding(WARNING, "subscriptions", "long not paid for", says, many, name)


def _takes_effect(staged: Staged, name: str) -> Iterator[DataFinding]:
    """Another day than the one that is read as the end, on which the end takes effect."""
    day = "%Y-%m-%d"
    other = (nw.col("value") != nw.col("end_date").dt.to_string(day)) & (
        nw.col("value") > nw.col("start_date").dt.to_string(day)
    )
    paying, formats = _paying(staged, name)
    rows = paying.filter(~nw.col("end_date").is_null(), other)
    many, first = staged.how_many(rows)
    if many:
        end = staged.spelled.get("end_date", "end_date")
        cell = _text_sql(staged, as_column(name), formats)
        way = f'say columns: {{end_date: "coalesce({cell}, {staged.cell("end_date")})"}} for this table'
        if _either_way(formats):
            way = f"write it as {_formats(staged)[0]} in the export (whether it is {formats[0]} or {formats[1]}, the days do not tell)"
        says = (
            f"{staged.called}: {having(many, 'row')} another day in {name} than in {end}, the "
            f"first in {staged.location(first)}, and nothing reads {name}. If {name} is the first day no longer paid for, {way}; "
            f"if {end} is, {SAY_SO}."
        )
        yield DataFinding(WARNING, "subscriptions", "end not read", says, many, name)
