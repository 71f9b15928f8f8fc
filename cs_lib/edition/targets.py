"""The targets of an edition: a value, the grain it is meant for, from when, and over how long it is judged."""

import math
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from cs_lib.params import FirstDay, Part, Whole, not_a_switch
from cs_lib.period import ALL, MONTH, Grain


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a figure that a target can be")
    return value


class Target(Part):
    """What one figure should be. `since` None: from the beginning; `over` None: see `judgement.standing`."""

    value: Annotated[float, BeforeValidator(not_a_switch), AfterValidator(_finite)]
    grain: Grain = MONTH
    since: FirstDay | None = None
    over: Annotated[Whole, Field(ge=1, le=120)] | None = None


#: metric → segment → its targets, the earliest first
Targets = dict[str, dict[str, tuple[Target, ...]]]


def spelled_out(value: object) -> object:
    """Targets as a params file writes them, in full: by metric and segment, each a list in order of time.

    One number is for everybody; a mapping is by segment; `{value: …, grain: …, since: …, over: …}` says
    more of one, and a list of those is its history.
    """
    if not isinstance(value, dict):
        return value
    return {name: _by_segment(each) for name, each in value.items()}


def _by_segment(given: object) -> dict[str, list]:
    if isinstance(given, dict) and "value" not in given:
        return {segment: _history(each) for segment, each in given.items()}
    found: dict[str, list] = {}
    for each in _history(given):
        values = each.get("value") if isinstance(each, dict) else None
        split = values if isinstance(values, dict) else {ALL: values}
        for segment, one in split.items():
            found.setdefault(segment, []).append(
                {**each, "value": one} if isinstance(each, dict) else each
            )
    return found


def _history(given: object) -> list:
    listed = given if isinstance(given, list) else [given]
    return [each if isinstance(each, dict) else {"value": each} for each in listed]


def in_order(targets: Targets) -> Targets:
    """The same with every history in order of time; ValueError where two begin on one day."""
    for name, by_segment in targets.items():
        for segment, history in by_segment.items():
            begins = [each.since for each in history]
            if len(set(begins)) < len(begins):
                raise ValueError(
                    f"{name}: {segment} has two targets since {begins[-1] or 'the beginning'}; "
                    "give each a day of its own under since"
                )
    return {
        name: {
            segment: tuple(sorted(history, key=lambda each: each.since or date.min))
            for segment, history in by_segment.items()
        }
        for name, by_segment in targets.items()
    }


def target_of(targets: Targets, metric: str, segment: str, day: date) -> tuple[Target, bool] | None:
    """The target of a metric in a segment that holds on a day, and whether it is the segment's own.

    A segment without one of its own has that of all.
    """
    by_segment = targets.get(metric, {})
    for name in dict.fromkeys((segment, ALL)):
        valid = [
            each for each in by_segment.get(name, ()) if each.since is None or each.since <= day
        ]
        if valid:
            return valid[-1], name == segment
    return None
