"""What a rule adds up over the rows of a fact, and the sentence beside it.

What columns that are only added up, each so many times, come to follows from the sums of the columns
themselves: however many figures are made of the same few columns, an engine adds up each column once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from cs_lib.vocabulary import COUNT, MICROS, MONEY, SCORE


@dataclass(frozen=True)
class Combined:
    """An expression over whole numbers, and how many times it counts each column."""

    expr: nw.Expr
    times: Mapping[str, float]

    def __add__(self, other: "Combined") -> "Combined":
        return Combined(self.expr + other.expr, _together(self.times, other.times, 1))

    def __sub__(self, other: "Combined") -> "Combined":
        return Combined(self.expr - other.expr, _together(self.times, other.times, -1))

    def __neg__(self) -> "Combined":
        return Combined(-self.expr, _together({}, self.times, -1))

    def __mul__(self, number: float) -> "Combined":
        return Combined(self.expr * number, _together({}, self.times, number))

    def __truediv__(self, number: float) -> "Combined":
        return Combined(self.expr / number, _together({}, self.times, 1 / number))


def column(name: str) -> Combined:
    return Combined(nw.col(name), {name: 1})


def _together(times: Mapping[str, float], other: Mapping[str, float], number: float) -> dict:
    both = dict.fromkeys((*times, *other))
    return {name: times.get(name, 0) + number * other.get(name, 0) for name in both}


@dataclass(frozen=True)
class Sum:
    """What is added up over the rows of a fact, and the sentence that says so.

    `scale` turns the fact's whole numbers into the published unit (money is kept in millionths).
    Sums of whole numbers come out the same in any order; `whole` is False where that cannot be.
    `times` says how often each column counts, where the expression only adds columns up. A `flag` is 1
    or 0 in every row.
    """

    expr: nw.Expr
    says: str
    scale: float = 1.0
    whole: bool = True
    unit: str = COUNT
    times: Mapping[str, float] | None = None
    flag: bool = False


What = nw.Expr | Combined | str


def count(what: What, says: str, *, whole: bool = True) -> Sum:
    """A number of things: a flag or a whole number in every row."""
    return _sum(what, says, whole=whole)


def whether(what: What, says: str) -> Sum:
    """A number of rows: a flag in every row, 1 or 0."""
    return _sum(what, says, flag=True)


def money(what: What, says: str) -> Sum:
    """An amount in the edition's currency, in millionths."""
    return _sum(what, says, scale=1 / MICROS, unit=MONEY)


def fixed(what: What, says: str) -> Sum:
    """A score or a weight, kept in millionths so that sums do not depend on their order."""
    return _sum(what, says, scale=1 / MICROS, unit=SCORE)


def _sum(what: What, says: str, **how: Any) -> Sum:
    what = column(what) if isinstance(what, str) else what
    if isinstance(what, Combined):
        return Sum(what.expr, says, times=what.times, **how)
    return Sum(what, says, **how)
