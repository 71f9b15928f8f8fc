"""In which formats dates can be read: what to offer for those that the usual reading refuses."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import product

from cs_lib.data.sources.month_names import in_english
from cs_lib.edition.spellings import EPOCH, EPOCH_MS, EXCEL, ISO
from cs_lib.period import FIRST_YEAR, LAST_YEAR

#: the likelier first, where several fit
_DAYS = (
    "%d/%m/%Y", "%m/%d/%Y", "%y-%m-%d", "%d-%m-%y", "%m-%d-%y", "%d/%m/%y", "%m/%d/%y", "%y/%m/%d",
    "%d.%m.%Y", "%m.%d.%Y", "%d.%m.%y", "%y.%m.%d", "%Y.%m.%d", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d",
    "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %y",
    "%Y-%b-%d", "%Y %m %d", "%d/%b/%Y", "%a, %d %b %Y", "%d. %B %Y", "%d de %B de %Y",
)  # fmt: skip
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M:%S", ", %H:%M", ", %H:%M:%S",
           " %I:%M %p", " %I:%M:%S %p", " %I:%M%p", ", %I:%M %p", ", %I:%M:%S %p")  # fmt: skip
_MONTHS = (
    "%Y-%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%y", "%b-%Y", "%b %y", "%Y/%m", "%m-%Y", "%m.%Y", "%Y%m",
    "%m/%y", "%Y.%m", "%B de %Y", "%B %y", "%b/%y", "%Y %b",
)  # fmt: skip
MOST_OFFERED = 3


def formats_of(
    values: tuple[str, ...], years: tuple[int, int], *, months: bool, iso: bool
) -> list[tuple[str, ...]]:
    """The formats with which every value is a date of these years; several together where none does alone."""
    days = ["".join(each) for each in product(_DAYS, _CLOCKS)]
    known = [
        *((ISO,) if iso else ()),
        *(_MONTHS if months else ()),
        *days,
        "%Y%m%d%H%M%S",
        EPOCH,
        EPOCH_MS,
        EXCEL,
    ]
    left = [*values]
    together: list[str] = []
    while left:
        fitting = [each for each in known if _fits(left[0], each, years)]
        if not fitting:
            return []
        whole = [each for each in fitting if all(_fits(value, each, years) for value in left)]
        if months:
            whole = [each for each in whole if _on_the_first(left, each)] or whole
        if whole and not together:
            return [(each,) for each in whole[:MOST_OFFERED]]
        together.append((whole or fitting)[0])
        left = [each for each in left if not _fits(each, together[-1], years)]
    return [] if either_way(values, together, years) else [tuple(together)]


def _on_the_first(values: Iterable[str], form: str) -> bool:
    """Whether a format with days reads each value as the first of a month, as a month is often written."""
    return "%d" in form and all(
        datetime.strptime(in_english(each, form), form).day == 1 for each in values
    )


def either_way(values: Iterable[str], formats: Iterable[str], years: tuple[int, int]) -> str | None:
    """A date that two of these formats read differently, the day before the month and behind it."""
    known = [*formats]
    both = [(each, other) for each in known if (other := _swapped(each)) and other in known]
    return next(
        (
            value
            for one, other in both
            for value in values
            if _fits(value, one, years)
            and _fits(value, other, years)
            and datetime.strptime(value, one) != datetime.strptime(value, other)
        ),
        None,
    )


def _swapped(form: str) -> str | None:
    """The format with day and month in each other's place."""
    if form.find("%d") < 0 or form.find("%m") < 0:
        return None
    return form.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")


def day_before_and_behind(values: tuple[str, ...], years: tuple[int, int]) -> str | None:
    """A date of which nobody knows the month, where only formats with the day in both places read all of them."""
    for form in _DAYS:
        other = _swapped(form) or ""
        if other in _DAYS and all(
            any(_fits(each, own, years) for own in (form, other)) for each in values
        ):
            return either_way(values, (form, other), years)
    return None


def month_format_of(names: Iterable[str]) -> tuple[str, list[str]]:
    """The format in which most of these names are months, and those that are; none where it is fewer than two."""
    given, years = [*names], (FIRST_YEAR, LAST_YEAR)
    fitting = [(form, [each for each in given if _fits(each, form, years)]) for form in _MONTHS]
    form, months = max(fitting, key=lambda each: len(each[1]))
    return (form, months) if len(months) > 1 else ("", [])


def _fits(value: str, form: str, years: tuple[int, int]) -> bool:
    year = year_of(value, form)
    return year is not None and years[0] <= year <= years[1]


def year_of(value: str, form: str) -> int | None:
    """The year of a date in this format; None where it is no such date."""
    if form == ISO:
        found = re.match(r"(\d{4})[-/](\d\d?)[-/](\d\d?)(?!\d)", value)
        return _year(*map(int, found.groups())) if found else None
    if form == EXCEL:
        found = re.fullmatch(r"(\d{5})(\.\d+)?", value)
        return (date(1899, 12, 30) + timedelta(days=int(found[1]))).year if found else None
    if form in (EPOCH, EPOCH_MS):
        digits = {EPOCH: r"\d{9,10}", EPOCH_MS: r"\d{12,13}"}[form]
        found = re.fullmatch(rf"({digits})(\.\d+)?", value)
        seconds = int(found[1]) / (1000 if form == EPOCH_MS else 1) if found else None
        return (
            None
            if seconds is None
            else (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).year
        )
    try:
        return datetime.strptime(in_english(value, form), form).year
    except ValueError:
        return None


def _year(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).year
    except ValueError:
        return None
