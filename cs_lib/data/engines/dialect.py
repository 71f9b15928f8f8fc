"""How each engine spells what staging says: the few places where their SQL differs.

Types have one set of names, DuckDB's; a Spark engine gives its own types by these names.
"""

import re

from cs_lib.errors import DataError

#: Python's date codes as Spark's patterns: one letter takes one digit or two, two letters just two
_SPARK_CODES = {
    "%Y": ("yyyy", "yyyy"),
    "%y": ("yy", "yy"),
    "%m": ("M", "MM"),
    "%d": ("d", "dd"),
    "%H": ("H", "HH"),
    "%I": ("h", "hh"),
    "%M": ("m", "mm"),
    "%S": ("s", "ss"),
    "%f": ("SSSSSS", "SSSSSS"),
    "%b": ("MMM", "MMM"),
    "%B": ("MMMM", "MMMM"),
    "%p": ("a", "a"),
}


#: what may stand around a value without being seen: tabs, hard and thin spaces, marks of byte order
_BLANK = "[\\s\u00a0\u2007\u200b\u200e\u200f\u202f\u2060\u3000\ufeff]"
_AROUND = f"^{_BLANK}+|{_BLANK}+$"


class DuckDB:
    """The embedded engine, which also knows the line of every row."""

    name = "DuckDB"
    knows_lines = True

    def quoted(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def literal(self, text: object) -> str:
        return "'" + str(text).replace("'", "''") + "'"

    def start_of(self, unit: str, moment: str) -> str:
        return f"date_trunc('{unit}', {moment})"

    def wall_clock(self, zone: str, instant: str) -> str:
        """What clocks in the zone show at an instant, without a zone."""
        return f"timezone({self.literal(zone)}, {instant})"

    def instant(self, moment: str, zone: str) -> str:
        """When clocks in the zone, an expression, showed a moment."""
        return f"timezone({zone}, {moment})"

    def later(self, moment: str, minutes: str) -> str:
        return f"({moment} + to_minutes({minutes}))"

    def since_1970(self, micros: str) -> str:
        """The moment in UTC, without a zone."""
        return f"make_timestamp({micros})"

    def naive(self, value: str) -> str:
        return f"TRY_CAST({value} AS TIMESTAMP)"

    def read_day(self, text: str) -> str:
        return f"TRY_CAST(TRY_CAST({text} AS DATE) AS TIMESTAMP)"

    def read_naive(self, text: str) -> str:
        return f"TRY_CAST({text} AS TIMESTAMP)"

    def read_dated(self, text: str, date_format: str, zone: str) -> str:
        """A wall clock from text in a format of its own."""
        moment = f"try_strptime({text}, {self.literal(date_format)})"
        return self.wall_clock(zone, moment) if "%z" in date_format.lower() else moment

    def matches(self, text: str, pattern: str) -> str:
        return f"regexp_matches({text}, {self.literal(pattern)})"

    def whole(self, text: str, pattern: str) -> str:
        """Does the pattern fit the text from its beginning to its end?"""
        return f"regexp_full_match({text}, {self.literal(pattern)})"

    def extract(self, text: str, pattern: str, group: int) -> str:
        return f"regexp_extract({text}, {self.literal(pattern)}, {group})"

    def replaced(self, text: str, pattern: str, start: str, *groups: int) -> str:
        """The text as these groups of the pattern, behind a start, where the pattern fits it."""
        return self._substituted(text, pattern, start + "".join(rf"\{each}" for each in groups))

    def _substituted(self, text: str, pattern: str, by: str) -> str:
        return f"regexp_replace({text}, {self.literal(pattern)}, {self.literal(by)})"

    def stripped(self, text: str) -> str:
        """The text without the blanks around it; null where nothing is left."""
        bare = self._without(text, _AROUND)
        return self._unless_plain(text, bare, " \t\n\f\r")

    def trimmed(self, text: str) -> str:
        """The text without the spaces around it; null where nothing is left."""
        return self._unless_plain(text, f"trim({text})", " ")

    def _without(self, text: str, pattern: str) -> str:
        return f"regexp_replace({text}, {self.literal(pattern)}, '', 'g')"

    def _unless_plain(self, text: str, bare: str, behind: str) -> str:
        """The bare text, which is not looked for where the text is plain, as most are: where it is ASCII,
        begins with a letter or a sign, and has none of these behind it. That takes a fifth of the time."""
        blank = " OR ".join(f"suffix({text}, {self.literal(each)})" for each in behind)
        plain = f"strlen({text}) = length({text}) AND {text} >= '!' AND NOT ({blank})"
        return f"CASE WHEN {plain} THEN {text} ELSE nullif({bare}, '') END"

    def wide(self, number: str) -> str:
        """A whole number with room for products."""
        return f"CAST({number} AS HUGEINT)"

    def quotient(self, amount: str, by: str) -> str:
        """The whole part of a division of whole numbers that are not negative."""
        return f"({amount}) // ({by})"


class Spark(DuckDB):
    """Spark SQL, in a session that keeps UTC and takes timestamps to be naive."""

    name = "Spark"
    knows_lines = False
    _day = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T].*)?$"

    def quoted(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def literal(self, text: object) -> str:
        return "'" + str(text).replace("\\", "\\\\").replace("'", "\\'") + "'"

    def start_of(self, unit: str, moment: str) -> str:
        return f"CAST(date_trunc('{unit}', {moment}) AS TIMESTAMP_NTZ)"

    def wall_clock(self, zone: str, instant: str) -> str:
        return f"CAST(from_utc_timestamp({instant}, {self.literal(zone)}) AS TIMESTAMP_NTZ)"

    def instant(self, moment: str, zone: str) -> str:
        return f"to_utc_timestamp(CAST({moment} AS TIMESTAMP_LTZ), {zone})"

    def later(self, moment: str, minutes: str) -> str:
        return f"timestampadd(MINUTE, {minutes}, {moment})"

    def since_1970(self, micros: str) -> str:
        return f"CAST(timestamp_micros({micros}) AS TIMESTAMP_NTZ)"

    def naive(self, value: str) -> str:
        return f"CAST({value} AS TIMESTAMP_NTZ)"

    def read_day(self, text: str) -> str:
        return self.read_naive(text)

    def read_naive(self, text: str) -> str:
        return f"TRY_CAST({self._iso(text)} AS TIMESTAMP_NTZ)"

    def _iso(self, text: str) -> str:
        """Only whole days: Spark would take 2026 for the first of January."""
        whole = self.matches(text, self._day)
        return f"CASE WHEN {whole} THEN concat(replace(left({text}, 10), '/', '-'), substr({text}, 11)) END"

    def read_dated(self, text: str, date_format: str, zone: str) -> str:
        return f"try_to_timestamp({text}, {self.literal(spark_pattern(date_format))})"

    def matches(self, text: str, pattern: str) -> str:
        return f"regexp_like({text}, {self.literal(pattern)})"

    def whole(self, text: str, pattern: str) -> str:
        return self.matches(text, f"^(?:{pattern})$")

    def wide(self, number: str) -> str:
        return f"CAST({number} AS DECIMAL(38, 0))"

    def replaced(self, text: str, pattern: str, start: str, *groups: int) -> str:
        return self._substituted(text, pattern, start + "".join(f"${each}" for each in groups))

    def _without(self, text: str, pattern: str) -> str:
        return f"regexp_replace({text}, {self.literal(pattern)}, '')"

    def _unless_plain(self, text: str, bare: str, behind: str) -> str:
        return f"nullif({bare}, '')"

    def quotient(self, amount: str, by: str) -> str:
        return f"({amount}) div ({by})"


def spark_pattern(date_format: str) -> str:
    """A date_format as Spark's pattern; DataError where Spark has none for one of its codes."""
    parts = re.findall(r"%.|[^%]+", date_format)
    unknown = [each for each in parts if each[0] == "%" and each not in _SPARK_CODES]
    if unknown:
        raise DataError(
            f'date_format: "{date_format}" cannot be read on Spark, which has nothing for '
            f"{unknown[0]}. Compute the column in the edition, or use engine: duckdb."
        )
    spelled = []
    for before, part, after in zip(["", *parts], parts, [*parts[1:], ""], strict=False):
        if part[0] == "%":
            spelled.append(_SPARK_CODES[part]["%" in (before[:1], after[:1])])
        else:
            spelled.append(re.sub(r"[A-Za-z']+", lambda text: _as_text(text[0]), part))
    return "".join(spelled)


def _as_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


DUCKDB, SPARK = DuckDB(), Spark()
