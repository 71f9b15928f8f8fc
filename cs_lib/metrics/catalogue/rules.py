"""The kinds of rules that a metric may have: what each sums, divides or derives, with the sentence beside it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import ClassVar, TypeVar

import numpy as np
import pandas as pd

from cs_lib.data.facts.calendar import CLOSING, OPENING
from cs_lib.edition import Edition
from cs_lib.metrics.catalogue.sums import Sum
from cs_lib.vocabulary import (
    INTERVALS,
    MEDIAN,
    RESTRICTED_MEAN,
    SBG,
)

#: variants that several metrics have
STANDARD, TWELVE_MONTHS, YEAR_OVER_YEAR = "standard", "12_months", "year_over_year"
#: one figure, or a column of them
Amounts = TypeVar("Amounts", float, np.ndarray, pd.Series)


@dataclass(frozen=True)
class Declared:
    """Base of declarations: refuses, by name, what is missing or not among the known words."""

    words: ClassVar[dict[str, tuple]] = {}

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, str) and each.type is str and not value.strip():
                raise TypeError(f"{self}: {each.name} is missing")
        for name, known in self.words.items():
            if getattr(self, name) not in known:
                raise TypeError(f"{self}: {name} {getattr(self, name)!r} is none of {known}")


class Rule(Declared, ABC):
    """One variant of a metric, of whatever kind: what may be asked of any.

    A kind takes what means something for it; all else has here the value that changes nothing. `direction`
    says which way is better, where that is not as the metric says.
    """

    variant: str
    label: str | None
    leaves_out: str | None
    unit: str | None
    interval: str | None
    fact: str | None
    direction: str | None = None
    looks_back: int = 0
    against_before: bool = False
    also_by: tuple[str, ...] = ()
    only_split: bool = False
    matures: str | int | None = None
    active_at: str | None = None
    needs_definitions: tuple[str, ...] = ()
    undefined_says: str | None = None
    times: float = 1.0
    minus: float = 0.0

    @property
    @abstractmethod
    def says(self) -> tuple[str, str]:
        """What stands over the line and under it; nothing under it where the figure is no quotient."""

    @property
    def sums(self) -> tuple[Sum | None, Sum | None]:
        """The same as sums over a fact, where it is made of such."""
        return None, None

    @property
    def made_of(self) -> tuple["Input", ...]:
        """The other figures that it is made of."""
        return ()

    def value(self, numerator: Amounts, denominator: Amounts) -> Amounts:
        """The figure from its parts; the caller sees to a denominator of 0."""
        return self.times * numerator / denominator - self.minus


@dataclass(frozen=True, kw_only=True)
class FactRule(Rule):
    """A rule over one fact.

    `looks_back`: months before the period's end that the figure needs history for; `against_before`: the whole
    period before this one as well. `also_by`: columns
    of the fact that the figure is split by, one at a time, besides the segments. `only_split`: it is not
    given as a whole. `needs_columns`: columns that the fact has only where the edition gives them.
    `matures`: how many days after the period's end the figure can be judged, or the definition that says
    so. `active_at`: the instant, OPENING or CLOSING, before which the edition's active_window must be known.
    """

    words: ClassVar[dict[str, tuple]] = {"active_at": (None, OPENING, CLOSING)}

    variant: str = STANDARD
    fact: str
    looks_back: int = 0
    against_before: bool = False
    also_by: tuple[str, ...] = ()
    only_split: bool = False
    needs_columns: tuple[str, ...] = ()
    matures: str | int | None = None
    active_at: str | None = None
    label: str | None = None
    leaves_out: str | None = None
    unit: str | None = None
    direction: str | None = None


@dataclass(frozen=True, kw_only=True)
class Ratio(FactRule):
    """Numerator over denominator, both summed; undefined when the denominator is 0.

    `n` counts the units that stand behind the denominator; by default those where it is not 0. `gained`
    is the part of the numerator that is not a part of the denominator, where the interval asks for it.
    """

    words: ClassVar[dict[str, tuple]] = {**FactRule.words, "interval": INTERVALS}
    numerator: Sum
    denominator: Sum
    interval: str | None
    n: Sum | None = None
    gained: Sum | None = None
    times: float = 1.0
    minus: float = 0.0
    needs_definitions: tuple[str, ...] = ()
    undefined_says: str | None = None

    @property
    def says(self) -> tuple[str, str]:
        return self.numerator.says, self.denominator.says

    @property
    def sums(self) -> tuple[Sum | None, Sum | None]:
        return self.numerator, self.denominator


@dataclass(frozen=True, kw_only=True)
class Amount(FactRule):
    """A plain total. It is counted, not sampled, so it carries no interval."""

    total: Sum
    interval: None = None

    @property
    def numerator(self) -> Sum:
        return self.total

    @property
    def says(self) -> tuple[str, str]:
        return self.total.says, ""

    @property
    def sums(self) -> tuple[Sum | None, Sum | None]:
        return self.total, None


@dataclass(frozen=True, kw_only=True)
class Duration(FactRule):
    """A statistic of how long it takes, over a fact of counts by how long it lasted, with what is not over
    yet.

    `followed` are those followed that long, `reached` those for whom the event came then; their totals
    are kept as denominator and numerator. `entered` are those followed only from then on.
    `numerator_says` tells the statistic.
    """

    words: ClassVar[dict[str, tuple]] = {
        **FactRule.words,
        "interval": INTERVALS,
        "statistic": (MEDIAN, RESTRICTED_MEAN, SBG),
    }
    followed: str
    reached: str
    entered: str | None = None
    statistic: str
    interval: str | None
    numerator_says: str
    denominator_says: str | None = None
    undefined_says: str | None = None

    @property
    def says(self) -> tuple[str, str]:
        return self.numerator_says, self.denominator_says or ""


#: the figures that a derived one is made of, by name, and the columns that it comes to
Inputs = Mapping[str, pd.DataFrame]
Parts = dict[str, pd.Series | float]


@dataclass(frozen=True, kw_only=True)
class Derived(Rule):
    """A figure made of other figures of the same cell (period and segment).

    `formula(inputs, edition)` takes the named inputs, frames of measures aligned on the cells,
    and gives the columns numerator, denominator, n and, for an interval, log_variance (the variance
    of the value's logarithm) or low and high.
    """

    words: ClassVar[dict[str, tuple]] = {"interval": INTERVALS}
    variant: str = STANDARD
    inputs: dict[str, "Input"]
    formula: Callable[[Inputs, Edition], Parts]
    numerator_says: str
    denominator_says: str
    interval: str | None = None
    label: str | None = None
    leaves_out: str | None = None
    unit: str | None = None
    needs_definitions: tuple[str, ...] = ()
    needs_tables: tuple[str, ...] = ()
    undefined_says: str | None = None
    minus: float = 0.0
    fact = None

    @property
    def says(self) -> tuple[str, str]:
        return self.numerator_says, self.denominator_says

    @property
    def made_of(self) -> tuple["Input", ...]:
        return tuple(self.inputs.values())


@dataclass(frozen=True, kw_only=True)
class Curve(Rule):
    """Figures by age or time rather than by period: published in a file of their own.

    `needs_fact`: the fact without which there is none.
    """

    words: ClassVar[dict[str, tuple]] = {"interval": INTERVALS}
    variant: str = STANDARD
    table: str
    numerator_says: str
    denominator_says: str
    interval: str | None
    needs_fact: str | None = None
    label: str | None = None
    leaves_out: str | None = None
    unit: str | None = None
    fact = None

    @property
    def says(self) -> tuple[str, str]:
        return self.numerator_says, self.denominator_says


@dataclass(frozen=True)
class Input:
    """One figure that a derived one is made of.

    `pooled` adds numerators and denominators over that many months up to the period's end, from
    the monthly cells. `back` takes the cell that many periods earlier, `YEAR` that of a year before;
    the name of a definition stands for its number.
    """

    metric: str
    variant: str | None = None
    pooled: int = 0
    back: int | str = 0
