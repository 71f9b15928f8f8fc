"""What to do about a value that could not be read: the key of the edition that reads it and its like.

A remedy is offered only where it reads every value of the column that was not read.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property

from cs_lib.data.contract import table_declaration as kinds
from cs_lib.data.contract.edition_keys import empty_words, left_out, mapped
from cs_lib.data.contract.number_keys import number_of
from cs_lib.data.contract.number_remedies import Numbers, number_in
from cs_lib.data.contract.rule_remedies import in_thousands
from cs_lib.data.contract.table_declaration import Column
from cs_lib.data.contract.word_meanings import MEANINGS
from cs_lib.data.sources import date_formats, money_sql, number_text
from cs_lib.data.sources.cut_lines import BELOW
from cs_lib.data.sources.headers import as_expression
from cs_lib.data.sources.timestamps import CLOCK, DAY, OPEN_FROM, WORD
from cs_lib.edition import Source
from cs_lib.edition.spellings import ISO
from cs_lib.vocabulary import MICROS

CORRECT = "correct the export."
#: how exports write that there is no value
_NOTHING = re.compile(
    r"(?i)null|\\n|nat|n\.?/?a\.?|#n/a|nan|none|nil|[-–—.?]+|unknown|0{1,4}([-/.]0{1,4}){2}.*|[+-]?infinity"
    r"|[$€£¥] *[-–—]+|[-–—]+ *[$€£¥]"
)
#: what a spreadsheet writes for a formula that failed
_FORMULA = re.compile(
    r"#(?:REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|ERROR!)", re.IGNORECASE
)
#: zones that an abbreviation may mean
_SEVERAL = {
    "IST": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "CST": ("America/Chicago", "Asia/Shanghai", "America/Havana"),
    "CDT": ("America/Chicago", "America/Havana"),
    "BST": ("Europe/London", "Asia/Dhaka"),
    "AST": ("America/Halifax", "Asia/Riyadh"),
}
#: so many words of a column may be asked for one by one
MOST_WORDS = 10
FIRST, LAST = "first", "last"
#: how a row of names, and a total or a remark, begin
_NO_ROW = {
    FIRST: re.compile(r"^([{[]|[A-Z]\w*( |$))"),
    LAST: re.compile(rf"(?i)^(?:{BELOW}|(?:sum|average|report|page)\b)"),
}
LARGEST = Decimal(money_sql.LARGEST) / MICROS


@dataclass(frozen=True)
class Unread:
    """A value that could not be read, with all others of its column; how many of the column were, and
    whether any of those has a decimal mark; `dates` are the columns of dates that the table gives; `at`
    says whether it stands in the first or the last row of its file, and `footer` is what to leave out there;
    `unclear` is how many were read with three digits behind their mark. `currency` is the edition's, and
    `priced` says that the table has a column of currencies, which the source lacks."""

    column: Column
    source: Source
    value: str
    others: tuple[str, ...]
    read: int
    marked: bool
    needed: bool
    dates: tuple[str, ...]
    years: tuple[int, int]
    at: str | None = None
    footer: int = 0
    unclear: bool = False
    currency: str = ""
    priced: bool = False

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The values to be read, without those that stand for nothing, and without the header once more."""
        every = (self.value, *self.others)
        return tuple(
            each for each in every if not (self._is_nothing(each) or self._is_header(each))
        )

    @property
    def _own(self) -> str:
        """The export's name for the column, or what computes it."""
        return self.source.columns.get(self.column.name, self.column.name)

    def _is_header(self, value: str) -> bool:
        return value.lower() in (self.column.name, self._own.lower())

    def _is_nothing(self, value: str) -> bool:
        if self.source.months:  # a month for which nothing is paid, whatever word says so
            return bool(_NOTHING.fullmatch(value)) or re.search(r"\d", value) is None
        return not self.needed and bool(_NOTHING.fullmatch(value))

    @property
    def says(self) -> str:
        """What is wrong with the value, and what to do."""
        kind = self.column.kind
        wrong = _wrong(kind)
        if self._is_header(self.value):
            key = left_out(self._own, [self.value])
            return f"is the header once more. Set {key} for this table, or {CORRECT}"
        if self._is_nothing(self.value):
            return f"is not {wrong}. {self._empty()}"
        if kind in kinds.MOMENTS:
            return self._date() or f"is not {wrong}. {self._dating()}"
        if self._is_too_large:
            return f"is too large: a number is below {LARGEST:,.0f}. {in_thousands(self.column.name, self.source)}"
        if kind == kinds.INTEGER and _number(self.value) is not None:
            return f"is not {wrong}. {self._weeks()}"
        return f"is not {wrong}. {self._marks()}"

    @property
    def _is_too_large(self) -> bool:
        number = number_of(self.value, self.source) or _number(self.value)
        return number is not None and number.is_finite() and abs(number) >= LARGEST

    @property
    def _nothings(self) -> list[str]:
        return [each for each in (self.value, *sorted(self.others)) if self._is_nothing(each)]

    def _empty(self) -> str:
        known = dict.fromkeys((*self.source.empty, *self._nothings))
        keys = (
            self._numbers.keys() if self.column.kind in kinds.MILLIONTHS and self.values else None
        )
        beside = f" and {keys}" if keys else " for this table"
        return f"Set {empty_words(known)}{beside} if it stands for no value, or {CORRECT}"

    def _date(self) -> str | None:
        """The words for a date that is read and cannot be meant, or whose zone is not known."""
        formats = self.source.date_formats(self.column.name) or (ISO,)
        year = next(
            filter(None, (date_formats.year_of(self.value, each) for each in formats)), None
        )
        first, last = self.years
        if year and not first <= year <= last:
            return f"lies outside the years {first} to {last}. {self._other_year(year)}"
        tail = re.fullmatch(rf"{DAY}{CLOCK}(?: ?[AaPp][Mm]\b)? ?({WORD})", self.value)
        if ISO in formats and tail:
            return f"is not a date: {_zone(tail[1])}"
        return None

    def _other_year(self, year: int) -> str:
        ways = ["Correct the export"]
        if not self.needed:
            ways.append(
                f"set {empty_words((*self.source.empty, self.value))} for this table if it stands for no date"
            )
        if 1000 <= year < OPEN_FROM + 100:
            wider = [min(self.years[0], year), max(self.years[1], year)]
            ways.append(f"widen them with years: {wider} in the edition")
        return ", or ".join(ways) + "."

    def _dating(self) -> str:
        """A format, or several, in which the column's dates can be read."""
        months = self.column.kind == kinds.MONTH
        stated = self.source.date_formats(self.column.name)
        iso = bool(stated) and ISO not in stated
        chosen = date_formats.formats_of(self.values, self.years, months=months, iso=iso)
        if chosen:
            first, *more = (self._date_format(each) for each in chosen)
            also = f" (or {', or '.join(more)})" if more else ""
            return f"Set date_format: {first}{also} for this table, or {CORRECT}"
        if either := date_formats.day_before_and_behind(self.values, self.years):
            return (
                "In some rows the day stands before the month and in others behind it, and nobody knows which month "
                f"{either} is of. Export the column again in one form, such as 2026-06-30."
            )
        if stated:
            return (
                f"It does not fit this table's date_format: {_listed(stated)}. Correct one of them."
            )
        if re.match(r"\d", self.value):
            like = "2026-06" if months else "2026-06-30"
            return f"Write it as {like}, or set date_format for this table."
        return self._no_row()

    def _date_format(self, formats: tuple[str, ...]) -> str:
        """The key's value, with what the table's dates are read by already."""
        name = self.column.name
        now = self.source.date_formats(name) or (ISO,)
        formats = (*now, *formats) if self.read else formats
        if len(self.dates) == 1:
            return _listed(formats)
        stated = {each: self.source.date_formats(each) for each in self.dates}
        wanted = {**{each: found for each, found in stated.items() if found}, name: formats}
        return "{" + ", ".join(f"{each}: {_listed(own)}" for each, own in wanted.items()) + "}"

    def _weeks(self) -> str:
        number = _number(self.value) or 0
        if self.column.name != "interval_months" or not 0 < number < 1:
            return CORRECT.capitalize()
        months = number_in(self._name, self.source, "DOUBLE")
        return (
            "A term of weeks stands in interval_weeks: set columns: {interval_weeks: "
            f'"CASE WHEN {months} < 1 THEN round({months} * 4) END", interval_months: '
            f'"CASE WHEN {months} >= 1 THEN {self._name} END"}} for this table, or {CORRECT}'
        )

    @property
    def _name(self) -> str:
        """The column as an expression of the edition names it, inside double quotes."""
        return as_expression(self._own)

    @property
    def _numbers(self) -> Numbers:
        return Numbers(
            values=self.values,
            source=self.source,
            column=self.column.name,
            name=self._name,
            share=self.column.kind in number_text.SHARES,
            marked=self.marked,
            unclear=self.unclear,
            currency=self.currency,
            priced=self.priced and self.column.kind == kinds.MONEY,
        )

    def _marks(self) -> str:
        """The keys with which every value of the column is a number."""
        numbers = self._numbers
        if self.column.kind == kinds.SCORE and all(each.endswith("%") for each in self.values):
            return self._score_of_a_hundred()
        if keys := numbers.keys():
            empty = dict.fromkeys((*self.source.empty, *self._nothings)) if self._nothings else ()
            return f"Set {f'{empty_words(empty)} and ' if empty else ''}{keys}, or {CORRECT}"
        if error := _FORMULA.fullmatch(self.value):
            return f"{error[0]} stands for a formula that failed: mend it in the workbook, and export again."
        if (
            self.source.decimal == ","
            and not self.marked
            and re.fullmatch(r"[+-]?\d[\d,]*\.\d+", self.value)
        ):
            return f'Leave out decimal: "," for this table, or {CORRECT}'
        if columns := numbers.by_currency() or numbers.rewritten():
            return f"Set {columns}, or {CORRECT}"
        if self.value.endswith("%"):
            return "Export it without the percent sign."
        if all(self._meaning(each) is not None for each in self.values):
            return f"Set {self._map()} for this table, or {CORRECT}"
        return self._unknown_words() or self._no_row()

    def _score_of_a_hundred(self) -> str:
        """What reads scores such as 80%: a scale that ends at a hundred, where no score was asked on another."""
        if self.read:
            return "Export it without the percent sign, on the scale of the others."
        return (
            f"Set columns: {{score: \"replace({self._name}, '%', '')\"}} for this table and csat: {{scale: [0, 100], satisfied: "
            f"[80, 100]}} or the like under definitions, or {CORRECT}"
        )

    def _unknown_words(self) -> str | None:
        """The key `map` to fill in, where a column whose words may mean numbers has a few that nobody knows."""
        words = all(re.search(r"[^\W\d]", each) and not _number(each) for each in self.values)
        if (
            self.column.name not in MEANINGS
            or self.at
            or not words
            or len(self.values) > MOST_WORDS
        ):
            return None
        meant: dict[str, str | None] = {each: self._meaning(each) or "…" for each in self.values}
        key = mapped(self.column.name, meant, self.source)
        return f"Say what each word means, in place of … in {key} for this table, or {CORRECT}"

    def _meaning(self, value: str) -> str | None:
        """What a word usually means in this column; a score may have words behind its number."""
        numbered = re.fullmatch(r"(\d{1,2}) *[-–:=] *[^\W\d].*", value)
        if numbered and self.column.kind == kinds.SCORE:
            return numbered[1]
        if self.column.kind == kinds.SCORE and (stars := _stars(value)):
            return stars
        if value.lower() == "neutral" and any(each.lower() == "promoter" for each in self.values):
            return "7"
        return MEANINGS.get(self.column.name, {}).get(value.lower())

    def _map(self) -> str:
        """The key `map` with what these words usually mean, beside what it says already."""
        return mapped(
            self.column.name, {each: self._meaning(each) for each in self.values}, self.source
        )

    def _no_row(self) -> str:
        """The key that leaves out the first or the last line of a file, where words stand in it."""
        if self.at is None or not _NO_ROW[self.at].search(self.value):
            return CORRECT.capitalize()
        if self.at == FIRST:
            names = f"names the columns too, set header_rows: {self.source.header_rows + 1}"
            return f"If the line {names} for this table, or {CORRECT}"
        lines = max(self.footer, self.source.footer + 1)
        one = "last line is a total or a remark"
        last = one if lines == self.source.footer + 1 else "last lines are totals or remarks"
        end = f"the file's {last}, set footer: {lines}"
        return f"If {end} for this table, or {CORRECT}"


def _stars(value: str) -> str | None:
    """The number of stars, or of what is given out of five: ★★★☆☆, ⭐⭐⭐, 3/5, 3 out of 5."""
    if re.fullmatch("[★⭐]\ufe0f?(?:[★⭐]\ufe0f?){0,9}☆*", value):
        return str(len(re.findall("[★⭐]", value)))
    given = re.fullmatch(r"(\d{1,2}) ?(?:/|of|out of) ?(5|7|10)(?: ?stars?)?", value)
    return given[1] if given else None


def _wrong(kind: str) -> str:
    if kind in kinds.MOMENTS:
        return "a month such as 2026-06" if kind == kinds.MONTH else "a date"
    return "a whole number" if kind == kinds.INTEGER else "a number"


def _listed(formats: Iterable[str]) -> str:
    spelled = [each if "%" not in each else f'"{each}"' for each in formats]
    return spelled[0] if len(spelled) == 1 else f"[{', '.join(spelled)}]"


def _zone(word: str) -> str:
    if word in _SEVERAL:
        first, *others = _SEVERAL[word]
        also = f" ({', or '.join(others)})"
        return f"{word} names several zones. Set zones: {{{word}: {first}}}{also} for this table, or {CORRECT}"
    return (
        f"what follows its time is not a zone. If {word} is one, set zones: {{{word}: Europe/Berlin}} or "
        f"the like for this table, or {CORRECT}"
    )


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
