"""Columns of a fact added up, each so many times.

What they sum to follows from the sums of the columns themselves, so that however many figures are made
of the same few columns, an engine adds up each column once.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw


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
