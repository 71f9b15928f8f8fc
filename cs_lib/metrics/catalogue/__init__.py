"""Every metric of the kit, by family. Adding one touches its family's file, and nothing here."""

from collections.abc import Collection
from dataclasses import replace
from itertools import chain

from cs_lib.edition import Edition
from cs_lib.edition.benchmarks import Benchmark
from cs_lib.edition.edition_files import NOTES
from cs_lib.edition.notes import parts_of
from cs_lib.errors import EditionError, did_you_mean
from cs_lib.metrics.catalogue import (
    acquisition,
    adoption,
    customer_base,
    customer_retention,
    customers,
    lifetime,
    lifetime_value,
    orders,
    recurring,
    renewals,
    revenue_retention,
    survey,
)
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import STANDARD
from cs_lib.vocabulary import LOWER_IS_BETTER, PERCENT

#: what stands together on a page, and in measures.csv
FAMILIES: dict[str, tuple[Metric, ...]] = {
    "recurring revenue": recurring.METRICS,
    "orders": orders.METRICS,
    "customers": customers.METRICS,
    "customer base": customer_base.METRICS,
    "retention": (
        *customer_retention.METRICS,
        *revenue_retention.METRICS,
        *renewals.METRICS,
        *lifetime.METRICS,
    ),
    "survey": survey.METRICS,
    "economics": (*acquisition.METRICS, *lifetime_value.METRICS),
    "adoption": adoption.METRICS,
}
CATALOGUE = tuple(chain.from_iterable(FAMILIES.values()))
_BY_NAME = {each.name: each for each in CATALOGUE}
#: so many times what was there before a percentage without a bound may be
_MOST = 10
if len(_BY_NAME) < len(CATALOGUE):
    raise TypeError("two metrics of the catalogue have the same name")


def metric(name: str) -> Metric:
    """The metric of that name; EditionError with the nearest known name."""
    if not isinstance(name, str) or name not in _BY_NAME:
        raise EditionError(f"{name} is not a metric. " + did_you_mean(name, _BY_NAME))
    return _BY_NAME[name]


def metric_of(edition: Edition, name: str, facts: Collection[str]) -> Metric:
    """The declaration as an edition has it: the rules that its facts can feed.

    Which way is better for CES the edition says, and within how many months a lifetime is counted.
    """
    found, stated = metric(name).over(facts), edition.definitions.ces
    if name == lifetime.expected_lifetime.name:
        return found.labelled(STANDARD, f"within {edition.definitions.lifetime_horizon} months")
    return replace(found, direction=stated.direction) if name == "ces" and stated else found


def check_metric_names(edition: Edition) -> None:
    """Refuse a target, a benchmark, an event or a note that names what is not a metric, no rule or no split of one."""
    written, notes = f"params/{edition.name}.yaml", f"params/{NOTES}/{edition.name}.yaml"
    for name, by_segment in edition.targets.items():
        _refuse_unknown(name, f"{written}: targets.")
        for target in (each for history in by_segment.values() for each in history):
            if wrong := no_share(name, target.value):
                raise EditionError(f"{written}: targets.{name}: {wrong}")
    for benchmark in edition.benchmark_rows:
        _refuse_unknown_rule(benchmark, f"{edition.benchmarks}, line {benchmark.line}, column ")
    for event in edition.events:
        for name in event.metrics:
            _refuse_unknown(name, f"{written}: events: {event.label}: ")
    for note in edition.notes.notes:
        _, name, segment = parts_of(note.finding)
        _refuse_unknown(name, f"{notes}: notes: {note.finding!r}: ")
        splits = (*edition.segments, *(edition.split_name(each) for each in metric(name).splits))
        for column, _ in segment.pairs:
            if column not in splits:
                raise EditionError(
                    f"{notes}: notes: {note.finding!r}: {name} is not split by {column}. "
                    + did_you_mean(column, splits)
                )


def _refuse_unknown_rule(benchmark: Benchmark, where: str) -> None:
    _refuse_unknown(benchmark.metric, f"{where}metric: ")
    variants = {rule.variant for rule in metric(benchmark.metric).rules}
    if benchmark.variant not in ("", *variants):
        raise EditionError(
            f"{where}variant: {benchmark.variant} is no variant of {benchmark.metric}. "
            f"{did_you_mean(benchmark.variant, variants)} Left blank, it is {metric(benchmark.metric).canonical}."
        )


def no_share(name: str, value: float) -> str | None:
    """What is wrong with a value of a percentage that seems to be written in hundredths; None where nothing is."""
    given = metric(name)
    most = 1 if given.bounds[1] == 1 or given.direction == LOWER_IS_BETTER else _MOST
    if given.unit != PERCENT or abs(value) <= most:
        return None
    return f"{value:g} is {value * 100:,.0f}%. Percentages are fractions: write {value / 100:g} for {value:g}%."


def _refuse_unknown(name: str, where: str) -> None:
    if name not in _BY_NAME:
        raise EditionError(f"{where}{name} is not a metric. " + did_you_mean(name, _BY_NAME))
