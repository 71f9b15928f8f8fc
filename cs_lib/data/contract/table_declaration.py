"""How a table of input is declared: its columns, of which kinds, and the rules for its rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import narwhals as nw

from cs_lib.edition import Edition

ID, TEXT, DATE, TIMESTAMP, MONTH = "id", "text", "date", "timestamp", "month"
MONEY, SCORE, NUMBER, INTEGER = "money", "score", "number", "integer"
WORDS = (ID, TEXT)
MOMENTS = (DATE, TIMESTAMP, MONTH)
MILLIONTHS = (MONEY, SCORE, NUMBER)

ERROR, WARNING, KNOWN = "error", "warning", "known"


@dataclass(frozen=True)
class Column:
    """One column of a table. A required column must exist and have a value in every row;
    one that is only `present` must exist and may be blank."""

    name: str
    kind: str
    required: bool = False
    present: bool = False


@dataclass(frozen=True)
class Against:
    """What a rule may look at besides the row: the edition, and where the extract ends."""

    edition: Edition
    as_of: date

    @property
    def end(self) -> datetime:
        return datetime(self.as_of.year, self.as_of.month, self.as_of.day)

    def scale(self, instrument: str | None) -> tuple[int, int] | None:
        asked = self.edition.definitions
        rules = {"nps": asked.nps, "csat": asked.csat, "ces": asked.ces}
        rule = rules.get(instrument or "")
        return rule.scale if rule else None


@dataclass(frozen=True)
class RowRule:
    """A row breaks the rule where `breaks` is true; judged only where the table has the column, and
    those that it is held against.

    `says` follows the offending value and `remedy` tells what to do. Both may name, in braces, any
    column of the row, and as_of, currency, scale and the remedies for a rate and a scale. Where nearly all rows break it,
    `changed_with` is the column that may stand in the place of the other.
    """

    name: str
    column: str
    breaks: Callable[[Against], nw.Expr]
    says: str
    remedy: str
    level: str = ERROR
    against: tuple[str, ...] = ()
    changed_with: str = ""


@dataclass(frozen=True)
class Table:
    """A canonical table. `key` may not repeat; `dated_by` are the columns that say when."""

    name: str
    columns: tuple[Column, ...]
    rules: tuple[RowRule, ...] = ()
    key: str | None = None
    dated_by: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        return next((each for each in self.columns if each.name == name), None)

    @property
    def dates(self) -> tuple[str, ...]:
        """The columns that say when; of a table that no moment dates, all of its moments."""
        return self.dated_by or self.moments

    @property
    def moments(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.columns if each.kind in MOMENTS)
