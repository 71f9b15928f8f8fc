"""What stands beside benchmarks: a figure under the same rule, in the same unit and grain. Nothing is judged by them."""

from collections.abc import Collection
from typing import NamedTuple

from cs_lib.edition import Edition
from cs_lib.edition.benchmarks import Benchmark
from cs_lib.judgement.series import LEVELS, Figures, is_flow
from cs_lib.judgement.standing import Figure, year_figure
from cs_lib.metrics.catalogue import metric_of
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import Amount, Curve, FactRule
from cs_lib.period import ALL, MONTH, Period
from cs_lib.vocabulary import MONEY


class Beside(NamedTuple):
    """A benchmark and our own figure, of the period (`now`) and over twelve months (`year`)."""

    benchmark: Benchmark
    variant: str
    now: Figure | None
    year: Figure | None


def benchmarks(figures: Figures, period: Period) -> list[Beside]:
    """The edition's benchmarks that a figure of all customers stands beside, in the order of their file."""
    edition, found = figures.edition, []
    for each in edition.benchmark_rows:
        declared = figures.metric(each.metric)
        if each.grain in ("", period.grain) and not why_nowhere(
            each, edition, figures.measures.facts
        ):
            variant = each.variant or declared.canonical
            now = _now(figures, declared, variant, period)
            year = _year(figures, each, variant, period)
            if now or year:
                found.append(Beside(each, variant, now, year))
    return found


def _year(figures: Figures, benchmark: Benchmark, variant: str, period: Period) -> Figure | None:
    """The months of a year together, which are a rate of one month: no quarter's is held against it."""
    canonical = variant == figures.metric(benchmark.metric).canonical
    if not canonical or (benchmark.grain and period.grain != MONTH):
        return None
    return year_figure(figures, benchmark.metric, ALL, ALL, period)


def _now(figures: Figures, declared: Metric, variant: str, period: Period) -> Figure | None:
    newest = figures.measures.newest(declared, variant, period)
    series = figures.series(declared.name, ALL, ALL, grain=period.grain, variant=variant)
    here = series.between(newest, newest).known
    if not len(here):
        return None
    value, low, high, n = (float(each[0]) for each in (here.value, here.low, here.high, here.n))
    return Figure(value, low, high, n, newest, newest)


def why_nowhere(benchmark: Benchmark, edition: Edition, facts: Collection[str]) -> str:
    """Why no figure of an edition is what a benchmark is about, and what to do; empty where one is."""
    declared = metric_of(edition, benchmark.metric, facts)
    given = [table for table in declared.reads if edition.given(table)]
    if not given:
        return f"needs {' or '.join(declared.reads)}, which this edition does not give"
    variant = benchmark.variant or declared.canonical
    if variant not in {rule.variant for rule in declared.rules}:
        return "this edition's tables do not give its variant"
    return (
        _no_one_figure(declared, variant)
        or _other_unit(benchmark, declared, variant, edition)
        or _other_grain(benchmark, declared, variant, edition)
    )


def _no_one_figure(declared: Metric, variant: str) -> str:
    rule = declared.rule(variant)
    if isinstance(rule, Curve):
        return "it is a curve, of which no one figure could stand beside it"
    split = isinstance(rule, FactRule) and rule.only_split
    return "it is given by its parts only, not as a whole" if split else ""


def _other_unit(benchmark: Benchmark, declared: Metric, variant: str, edition: Edition) -> str:
    unit = declared.unit_of(variant)
    here = edition.currency if unit == MONEY else unit
    if benchmark.unit == here:
        return ""
    return f"its unit is {benchmark.unit}, and the figure here is in {here}: only the same unit is held against it"


def _other_grain(benchmark: Benchmark, declared: Metric, variant: str, edition: Edition) -> str:
    if benchmark.grain and benchmark.grain not in edition.grains:
        return f"this edition is not measured by {benchmark.grain}s: add {benchmark.grain} to its grains"
    if declared.is_said:  # a score means the same whatever the length of its period
        return ""
    if is_of_a_period(declared, variant):
        return (
            ""
            if benchmark.grain
            else "it is of a month, a quarter or a year: say which under grain"
        )
    return "it means the same at any grain: leave grain blank" if benchmark.grain else ""


def is_of_a_period(declared: Metric, variant: str) -> bool:
    """Whether a figure grows or falls with the length of its period, so that a year's is held against a year's alone."""
    total = isinstance(declared.rule(variant), Amount) and declared.name not in LEVELS
    return total or is_flow(declared, variant)
