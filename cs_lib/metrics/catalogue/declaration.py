"""How a metric is declared: once, frozen, with the sentence beside the arithmetic.

A metric has one or more *rules* (its variants). A rule over a fact names what is summed in the
numerator and the denominator, as expressions over the fact's columns; everything else (measures,
definitions appendix, number formats, checks, tests) reads these declarations.
"""

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass
from typing import ClassVar

from cs_lib.metrics.catalogue.rules import Declared, Derived, Ratio, Rule
from cs_lib.vocabulary import DIRECTIONS, UNITS

#: what a figure can be at least and at most
Bounds = tuple[float | None, float | None]


@dataclass(frozen=True)
class Example:
    """A worked example of a quotient, which a test recomputes: parts in, figure out (None = undefined)."""

    what: str
    numerator: float | None
    denominator: float | None
    value: float | None


@dataclass(frozen=True, kw_only=True)
class Metric(Declared):
    """One metric of the catalogue. The first of `rules` is the canonical variant."""

    words: ClassVar[dict[str, tuple]] = {"unit": UNITS, "direction": DIRECTIONS}
    name: str
    title: str
    unit: str
    direction: str
    leaves_out: str
    source: str
    reads: tuple[str, ...]
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...] = ()
    bounds: Bounds = (None, None)

    def __post_init__(self) -> None:
        super().__post_init__()
        variants = [(rule.variant, rule.fact) for rule in self.rules]
        if not variants or len(set(variants)) < len(variants):
            raise TypeError(f"{self.name}: rules need distinct variants, at least one")
        if not self.reads:
            raise TypeError(f"{self.name}: reads is missing")
        self._check_directions()
        if isinstance(self.rules[0], Ratio | Derived) and len(self.examples) < 3:
            raise TypeError(
                f"{self.name}: examples needs an ordinary, a boundary and an undefined one"
            )

    def _check_directions(self) -> None:
        """A rule of another unit measures something else: it says itself which way is better."""
        for rule in self.rules:
            if rule.direction not in (*DIRECTIONS, None):
                raise TypeError(
                    f"{self.name}: direction {rule.direction!r} is none of {DIRECTIONS}"
                )
            if rule.direction is None and rule.unit not in (self.unit, None):
                raise TypeError(
                    f"{self.name}: the rule {rule.variant} needs a direction of its own"
                )

    @property
    def canonical(self) -> str:
        return self.rules[0].variant

    @property
    def is_said(self) -> bool:
        """Whether it is of what people say, and of nothing else."""
        return self.reads == ("survey_responses",)

    def rule(self, variant: str | None = None) -> Rule:
        """The rule of a variant; the canonical one by default."""
        for rule in self.rules:
            if rule.variant == (variant or self.canonical):
                return rule
        raise KeyError(f"{self.name} has no variant {variant}")

    def over(self, facts: Collection[str]) -> "Metric":
        """The metric with the rules that these facts can feed; of two for one variant, the first."""
        rules: dict[str, Rule] = {}
        for rule in self.rules:
            if rule.fact in (None, *facts):
                rules.setdefault(rule.variant, rule)
        if not rules:
            return self
        fed = copy(self)  # declared and checked already: another rule may come first now
        object.__setattr__(fed, "rules", tuple(rules.values()))
        return fed

    def labelled(self, variant: str, label: str) -> "Metric":
        """The metric with another label for one of its rules."""
        named, rules = copy(self), [copy(rule) for rule in self.rules]
        for rule in rules:
            if rule.variant == variant:
                object.__setattr__(rule, "label", label)
        object.__setattr__(named, "rules", tuple(rules))
        return named

    @property
    def splits(self) -> set[str]:
        """The columns of its facts that the metric is split by, besides the segments."""
        return {each for rule in self.rules for each in rule.also_by}

    def unit_of(self, variant: str | None = None) -> str:
        return self.rule(variant).unit or self.unit

    def direction_of(self, variant: str | None = None) -> str:
        """Which way is better under a rule."""
        return self.rule(variant).direction or self.direction
