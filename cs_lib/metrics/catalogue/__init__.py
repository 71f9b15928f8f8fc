"""Every metric of the kit. Adding one touches its family file and this tuple."""

from collections.abc import Collection
from dataclasses import replace

from cs_lib.edition import Edition
from cs_lib.errors import EditionError, did_you_mean
from cs_lib.metrics.catalogue import (
    acquisition,
    adoption,
    customer_retention,
    customers,
    lifetime,
    lifetime_value,
    orders,
    recurring,
    revenue_retention,
    survey,
)
from cs_lib.metrics.catalogue.declaration import Metric

CATALOGUE: tuple[Metric, ...] = (
    *recurring.METRICS,
    *orders.METRICS,
    *customers.METRICS,
    *customer_retention.METRICS,
    *revenue_retention.METRICS,
    *lifetime.METRICS,
    *survey.METRICS,
    *acquisition.METRICS,
    *lifetime_value.METRICS,
    *adoption.METRICS,
)
_BY_NAME = {each.name: each for each in CATALOGUE}
if len(_BY_NAME) < len(CATALOGUE):
    raise TypeError("two metrics of the catalogue have the same name")


def metric(name: str) -> Metric:
    """The metric of that name; EditionError with the nearest known name."""
    if not isinstance(name, str) or name not in _BY_NAME:
        raise EditionError(f"{name} is not a metric. " + did_you_mean(name, _BY_NAME))
    return _BY_NAME[name]


def metric_of(edition: Edition, name: str, facts: Collection[str]) -> Metric:
    """The declaration as an edition has it: the rules that its facts can feed.

    Which way is better for CES the edition says.
    """
    found, stated = metric(name).over(facts), edition.definitions.ces
    return replace(found, direction=stated.direction) if name == "ces" and stated else found


def check_target_names(edition: Edition) -> None:
    """Refuse a target for what is not a metric."""
    for name in edition.targets:
        if name not in _BY_NAME:
            raise EditionError(
                f"params/{edition.name}.yaml: targets.{name} is not a metric. "
                + did_you_mean(name, _BY_NAME)
            )
