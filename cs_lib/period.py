"""Periods, grains and segments: the words a report is asked for in."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, Literal

from cs_lib.errors import EditionError

Grain = Literal["month", "quarter", "week", "year"]
MONTH: Final = "month"
QUARTER: Final = "quarter"
WEEK: Final = "week"
YEAR: Final = "year"
GRAINS: tuple[Grain, ...] = (MONTH, QUARTER, WEEK, YEAR)
MONTHS_IN = {MONTH: 1, QUARTER: 3, YEAR: 12}
PERIODS_A_YEAR = {MONTH: 12, QUARTER: 4, WEEK: 52, YEAR: 1}
ALL = "all"
#: the years that the kit speaks of
FIRST_YEAR, LAST_YEAR = 1970, 2100

_SHAPES = (
    (MONTH, re.compile(r"(\d{4})-(0[1-9]|1[0-2])")),
    (QUARTER, re.compile(r"(\d{4})-Q([1-4])")),
    (WEEK, re.compile(r"(\d{4})-W(0[1-9]|[1-4]\d|5[0-3])")),
    (YEAR, re.compile(r"(\d{4})")),
)


def add_months(day: date, months: int) -> date:
    """The first of the month that lies `months` after the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True, order=True)
class Period:
    """A half-open stretch of days: `start` is included, `end` is not."""

    start: date
    end: date
    grain: str

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read `2026-06`, `2026-Q2`, `2026-W24` or `2026`; EditionError on anything else."""
        for grain, shape in _SHAPES:
            found = shape.fullmatch(str(text).strip())
            if found:
                numbers = [int(part) for part in found.groups()]
                if not FIRST_YEAR <= numbers[0] <= LAST_YEAR:
                    raise EditionError(
                        f"period {text} lies outside the years {FIRST_YEAR} to {LAST_YEAR}."
                    )
                return cls._from_numbers(grain, *numbers)
        raise EditionError(
            f"period {text!r} is not a period. Write a month as 2026-06, a quarter as 2026-Q2, "
            "an ISO week as 2026-W24 or a year as 2026."
        )

    @classmethod
    def _from_numbers(cls, grain: str, year: int, part: int = 1) -> "Period":
        if grain == WEEK:
            try:
                return cls.containing(date.fromisocalendar(year, part, 1), WEEK)
            except ValueError:
                raise EditionError(f"period {year}-W{part:02d}: {year} has 52 ISO weeks.") from None
        return cls.containing(date(year, (part - 1) * MONTHS_IN[grain] + 1, 1), grain)

    @classmethod
    def containing(cls, day: date, grain: str) -> "Period":
        """The period of this grain that the day lies in."""
        if grain == WEEK:
            start = day - timedelta(days=day.weekday())
            return cls(start, start + timedelta(days=7), WEEK)
        months = MONTHS_IN[grain]
        start = date(day.year, (day.month - 1) // months * months + 1, 1)
        return cls(start, add_months(start, months), grain)

    @property
    def label(self) -> str:
        """The text that `parse` reads back."""
        if self.grain == WEEK:
            year, week, _ = self.start.isocalendar()
            return f"{year}-W{week:02d}"
        if self.grain == YEAR:
            return str(self.start.year)
        if self.grain == QUARTER:
            return f"{self.start.year}-Q{self.start.month // 3 + 1}"
        return f"{self.start.year}-{self.start.month:02d}"

    def back(self, count: int = 1) -> "Period":
        """The period `count` before this one (after it, when negative)."""
        if self.grain == WEEK:
            return Period.containing(self.start - timedelta(days=7 * count), WEEK)
        return Period.containing(add_months(self.start, -count * MONTHS_IN[self.grain]), self.grain)

    def year_before(self) -> "Period":
        """The same period one year earlier (for a week: 52 weeks earlier)."""
        return self.back(PERIODS_A_YEAR[self.grain])

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    def complete_at(self, as_of: date) -> bool:
        return self.end <= as_of

    def refuse_incomplete(self, as_of: date) -> None:
        """EditionError where the data, whose last day is the one before `as_of`, do not reach its end."""
        if not self.complete_at(as_of):
            raise EditionError(
                f"{self} is not complete: the data end on {as_of - timedelta(days=1)}. "
                f"The last complete {self.grain} is {last_complete(as_of, self.grain)}."
            )

    def __str__(self) -> str:
        return self.label


def periods_covering(first: date, last: date, grain: str) -> list[Period]:
    """Every period of the grain from the one that holds `first` to the one that holds `last`."""
    periods = [Period.containing(first, grain)]
    while periods[-1].end <= last:
        periods.append(periods[-1].back(-1))
    return periods


def last_complete(as_of: date, grain: str = MONTH) -> Period:
    """The last period of the grain that ends at or before `as_of`."""
    holding = Period.containing(as_of, grain)
    return holding if holding.complete_at(as_of) else holding.back()


def silent_since(months: Iterable[date], as_of: date) -> date | None:
    """The first of the whole months at the end, up to `as_of`, that lack where it is so long without one at no other time."""
    last = Period.containing(as_of, MONTH).start
    known = sorted({Period.containing(each, MONTH).start for each in months})
    if len(known) < 2 or known[-1] >= last:
        return None
    longest = max(_months_between(before, after) for before, after in pairwise(known))
    return add_months(known[-1], 1) if _months_between(known[-1], last) > longest else None


def _months_between(before: date, after: date) -> int:
    return 12 * (after.year - before.year) + after.month - before.month


@dataclass(frozen=True)
class Segment:
    """A slice of the customers: pairs of column and value; no pairs means all of them."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str, columns: tuple[str, ...] = ()) -> "Segment":
        """Read `all`, `plan=Pro` or `plan=Pro,region=EMEA`; EditionError on anything else.

        Where what could be a column is none of `columns`, it belongs to the value before it.
        """
        if str(text).strip() in ("", ALL):
            return cls()
        pairs = _pairs(str(text), "[^,=]+")
        if columns and any(column not in columns for column, _ in pairs):
            pairs = _pairs(str(text), "|".join(rf" *{re.escape(each)} *" for each in columns))
        return cls(pairs)

    @property
    def by(self) -> str:
        """The columns, as the `segment_by` column of the measures names them."""
        return ",".join(column for column, _ in self.pairs) or ALL

    @property
    def label(self) -> str:
        """The text that `parse` reads back."""
        return ",".join(f"{column}={value}" for column, value in self.pairs) or ALL

    @property
    def slug(self) -> str:
        """The segment as a file name: short, safe, and different for different segments everywhere.

        Where it does not show which segment it is (in another case, with other signs, cut off), it ends
        in a digest, which no other does.
        """
        text = "__".join(f"{column}-{value.replace(' ', '_')}" for column, value in self.pairs)
        if all(_is_plain(*pair) for pair in self.pairs) and len(text) <= LONGEST_NAME:
            return text or ALL
        return with_digest(text, repr(self.pairs))

    def __str__(self) -> str:
        return self.label


_COLUMN = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_VALUE = re.compile(r"[A-Za-z0-9]+([ .-][A-Za-z0-9]+)*")
#: words that are written in capitals throughout
_CAPITALS = frozenset(
    ("AMER", "ANZ", "APAC", "DACH", "EMEA", "EU", "LATAM", "SMB", "UK", "US", "USA")
)
#: bytes of a part of a file name that the kit makes
LONGEST_NAME = 80


def _is_plain(column: str, value: str) -> bool:
    """Whether a file name shows the pair as it is: of all that differ in case alone, just one is."""
    if not (_COLUMN.fullmatch(column) and _VALUE.fullmatch(value)):
        return False
    words = re.split("[ .-]", value)
    return all(w == (w.upper() if w.upper() in _CAPITALS else w.capitalize()) for w in words)


def with_digest(text: str, whole: str) -> str:
    """The text as a part of a file name, cut off where it is long, with a digest of the whole."""
    digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    shown = re.sub(r"[^0-9A-Za-z_-]+", "_", text)[: LONGEST_NAME - len(digest) - 1]
    return f"{shown}~{digest}"


def _pairs(text: str, column: str) -> tuple[tuple[str, str], ...]:
    """Columns and values of a segment's text; a value ends where a comma and a column come."""
    pairs = []
    for part in re.split(f",(?=(?:{column})=)", text):
        name, equals, value = (piece.strip(" ") for piece in part.partition("="))
        if not (name and equals and value):
            raise EditionError(
                f"segment {text!r} cannot be read at {part!r}. Write all, plan=Pro, "
                "or plan=Pro,region=EMEA."
            )
        pairs.append((name, value))
    return tuple(pairs)


def is_segment_name(name: str) -> bool:
    """Whether a segment of this name can be read back from its text, alone and beside others."""
    pairs = (("a", "x"), (name, "x"), ("b", "x"))
    try:
        return (
            name != ALL
            and name.isprintable()
            and Segment.parse(Segment(pairs).label).pairs == pairs
        )
    except EditionError:
        return False


#: what stands before the name of a segment's column inside the kit; no other column begins so
INSIDE = "segment: "


def segment_column(name: str) -> str:
    """The column that holds a segment inside the kit, which no other column can be taken for.

    Letters in another case and all signs are written as numbers: to some engines `Plan` is `plan`, and
    `plan.name` a name in two parts.
    """
    return INSIDE + re.sub(r"[^a-z0-9_]", lambda found: f"~{ord(found[0]):x}~", name)


def segment_name(column: str) -> str:
    """The name of a segment as the edition has it, from its column inside; others as they are."""
    if not column.startswith(INSIDE):
        return column
    name = column.removeprefix(INSIDE)
    return re.sub(r"~([0-9a-f]+)~", lambda found: chr(int(found[1], 16)), name)


def segment_pairs(by: str, segment: str) -> tuple[tuple[str, str], ...]:
    """Column and value of each part of a segment; values may hold commas and equals signs."""
    if by == ALL or not by:
        return ()
    columns = by.split(",")
    pattern = ",".join(f"{re.escape(column)}=(.*)" for column in columns)
    found = re.fullmatch(pattern, segment, flags=re.DOTALL)
    return tuple(zip(columns, found.groups(), strict=True)) if found else ((columns[-1], segment),)
