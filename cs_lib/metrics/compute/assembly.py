"""From the figures of each rule to one sorted frame: small segments hidden, and no second copy of the whole.

Figures that are hidden together (a score and the answers that it is of) are taken together, and of the others so many
at a time that what the work needs does not grow with the number of segments.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from cs_lib.edition import Edition
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.coded_words import one_column
from cs_lib.metrics.compute.suppression import ANSWERS, suppressed
from cs_lib.metrics.frame_columns import MEASURES
from cs_lib.period import GRAINS

#: so many rows are hidden and sorted at a time
ROWS = 250_000
#: metric → variant → figures
Found = dict[str, dict[str, pd.DataFrame]]


@dataclass(frozen=True)
class _Rule:
    """A metric's rule, and its place in the order of its catalogue."""

    metric: Metric
    variant: str
    place: int

    @property
    def unit(self) -> str:
        return self.metric.unit_of(self.variant)

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """What its figures can be at all; those of another unit than its metric's have no bounds."""
        return self.metric.bounds if self.unit == self.metric.unit else (None, None)


def assembled(found: Found, catalogue: Sequence[Metric], edition: Edition) -> pd.DataFrame:
    """One frame of all figures in the order of a catalogue. Takes them out of `found`: what is done is let go."""
    pieces: dict[int, dict[str, pd.Series]] = {}
    for rules in _batches([*_rules(found, catalogue)], found):
        rows = _sorted(suppressed(_taken(rules, found), edition.min_n))
        places = rows["_place"].to_numpy()
        cuts = np.flatnonzero(np.diff(places) > 1) + 1  # between them stand those of other batches
        for start, end in pairwise([0, *cuts, len(rows)]):
            own = rows.iloc[start:end]
            pieces[places[start]] = {name: own[name].copy() for name in MEASURES}
        del rows
    if not pieces:
        return pd.DataFrame(columns=MEASURES)
    ordered = [pieces[place] for place in sorted(pieces)]
    columns = {name: one_column([each.pop(name) for each in ordered]) for name in MEASURES}
    return pd.DataFrame(columns, copy=False).reset_index(drop=True)


def _batches(every: Sequence[_Rule], found: Found) -> Iterator[list[_Rule]]:
    """The rules by what is hidden together, up to so many rows at a time."""
    alike: dict[str, list[_Rule]] = {}
    for rule in every:
        alike.setdefault(rule.metric.name.removesuffix(ANSWERS), []).append(rule)
    batch: list[_Rule] = []
    rows = 0
    for rules in alike.values():
        batch, rows = [*batch, *rules], rows + sum(map(len, _frames(rules, found)))
        if rows >= ROWS:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


def _rules(found: Found, catalogue: Sequence[Metric]) -> Iterator[_Rule]:
    place = 0
    for metric in catalogue:
        for variant in dict.fromkeys(rule.variant for rule in metric.rules):
            if variant in found[metric.name]:
                yield _Rule(metric, variant, place)
                place += 1


def _frames(rules: Iterable[_Rule], found: Found) -> Iterator[pd.DataFrame]:
    return (found[rule.metric.name][rule.variant] for rule in rules)


def _taken(rules: Sequence[_Rule], found: Found) -> pd.DataFrame:
    """The figures of some rules, which `found` no longer holds, under their names and within their bounds."""
    frames = [found[rule.metric.name].pop(rule.variant) for rule in rules]
    own = np.repeat(np.arange(len(rules)), [*map(len, frames)])
    words = {
        "metric": [rule.metric.name for rule in rules],
        "variant": [rule.variant for rule in rules],
        "unit": [rule.unit for rule in rules],
    }
    named = {name: pd.Categorical(each).take(own) for name, each in words.items()}
    others = [name for name in MEASURES if name not in words]
    figures = {name: one_column([each[name] for each in frames]) for name in others}
    bounds = np.array([rule.bounds for rule in rules], dtype=float)[own]
    ends = _within(figures["low"].to_numpy(), figures["high"].to_numpy(), *bounds.T)
    places = np.array([rule.place for rule in rules])[own]
    return pd.DataFrame({**named, **figures, **ends, "_place": places}, copy=False)


def _within(
    low: np.ndarray, high: np.ndarray, least: np.ndarray, most: np.ndarray
) -> dict[str, np.ndarray]:
    """Intervals cut at what the figure can be at all (a retention rate is not below 0).

    One without width would claim to be sure, and is left out.
    """
    low, high = (
        np.where(end < least, least, np.where(end > most, most, end)) for end in (low, high)
    )
    wide = low < high
    return {"low": np.where(wide, low, np.nan), "high": np.where(wide, high, np.nan)}


def _sorted(batch: pd.DataFrame) -> pd.DataFrame:
    """By grain, segment and time; which rule's they are says the place."""
    grains = {grain: place for place, grain in enumerate(GRAINS)}
    keys = ["_place", "_grain", "segment_by", "segment", "period_start"]
    batch = batch.assign(_grain=batch["grain"].astype("str").map(grains))
    return batch.sort_values(keys, kind="stable")
