"""Cells of a sheet as formulas name them, with the numbers that stand in them now."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from xlsxwriter.utility import xl_range, xl_range_abs


class Formula(NamedTuple):
    """How a cell is computed, and what it comes to now, for viewers that do not compute."""

    text: str
    value: float | str


@dataclass(frozen=True)
class Cells:
    """A range of a sheet, or one cell: how formulas name it, and the numbers that stand in it now."""

    sheet: str
    numbers: dict[tuple[int, int], float | str]
    top: int
    left: int
    bottom: int
    right: int

    @property
    def here(self) -> str:
        """As its own sheet names it."""
        return xl_range(self.top, self.left, self.bottom, self.right)

    @property
    def fixed(self) -> str:
        """As its own sheet names it, wherever the formula is copied to."""
        return xl_range_abs(self.top, self.left, self.bottom, self.right)

    @property
    def named(self) -> str:
        """As other sheets name it."""
        return f"{self.sheet}!{self.fixed}"

    @property
    def values(self) -> list[float]:
        """Its numbers, row by row; NaN for a cell without one."""
        columns = range(self.left, self.right + 1)
        found = (
            self.numbers.get((row, column))
            for row in range(self.top, self.bottom + 1)
            for column in columns
        )
        return [each if isinstance(each, float | int) else math.nan for each in found]

    @property
    def value(self) -> float:
        """The number of a single cell."""
        return self.values[0]

    @property
    def again(self) -> Formula:
        """The formula that gives a single cell on another sheet."""
        return Formula(self.named, self.numbers[self.top, self.left])
