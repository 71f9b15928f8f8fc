"""Targets in another unit than their metric's: a score of points as a share, what is lost for what stays."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import yaml

from cs_lib.data.contract.data_findings import DataFinding
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.edition import Edition
from cs_lib.edition.targets import Target


@dataclass(frozen=True)
class _Unit:
    """Metrics of which a target that is `odd` is likely of another unit, and what it is in the right one."""

    metrics: tuple[str, ...]
    odd: Callable[[float], bool]
    seems: str
    right: Callable[[float], float]


_UNITS = (
    _Unit(
        ("nps",),
        lambda value: 0 < abs(value) <= 1,
        "NPS is a number from -100 to 100: it seems to be a share",
        lambda value: 100 * value,
    ),
    _Unit(
        ("customer_retention_rate", "gross_revenue_retention", "net_revenue_retention"),
        lambda value: 0 <= value < 0.5,
        "it is the share that stays: it seems to be that of what is lost",
        lambda value: 1 - value,
    ),
    _Unit(
        ("customer_churn_rate", "gross_revenue_churn_rate", "net_revenue_churn_rate"),
        lambda value: value > 0.5,
        "it is the share that is lost: it seems to be that of what stays",
        lambda value: 1 - value,
    ),
)


def target_findings(edition: Edition) -> Iterator[DataFinding]:
    """A warning for each metric whose targets seem to be of another unit."""
    for unit in _UNITS:
        for metric in filter(edition.targets.__contains__, unit.metrics):
            by_segment = edition.targets[metric]
            odd = [one for own in by_segment.values() for one in own if unit.odd(one.value)]
            if odd:
                right = {name: _history(own, unit) for name, own in by_segment.items()}
                key = yaml.safe_dump({metric: right}, default_flow_style=True, width=10_000)
                says = (
                    f"targets.{metric}: {odd[0].value:.6g} is the target, and {unit.seems}. If so, say targets: {key.strip()} in the "
                    "edition."
                )
                yield DataFinding(WARNING, "", "a target in another unit", says, about=metric)


def _history(own: tuple[Target, ...], unit: _Unit) -> list[dict]:
    """Targets as a params file writes them, those of another unit in the metric's own."""
    return [
        {
            **each.model_dump(mode="json", exclude_unset=True),
            "value": float(f"{unit.right(each.value) if unit.odd(each.value) else each.value:.6g}"),
        }
        for each in own
    ]
