"""Parts: numerators, denominators, counts and second moments, summed inside the engine.

All rules over one fact are summed together, in one pass over its rows for as many segmentations as
possible: the rows are grouped by several segment columns at once, and the few cells that this gives are
added up to each segmentation. So the work grows neither with the number of metrics nor with that of
segments.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import narwhals as nw
import numpy as np
import pandas as pd

from cs_lib.data.engines.distinct_rows import flag
from cs_lib.data.engines.engine import Engine
from cs_lib.data.facts import spans
from cs_lib.data.facts.context import CELL, Prepared
from cs_lib.errors import DataError
from cs_lib.metrics.catalogue.rules import Amount, Ratio
from cs_lib.metrics.catalogue.sums import Sum
from cs_lib.metrics.coded_words import coded
from cs_lib.period import ALL, segment_name
from cs_lib.vocabulary import (
    ADJUSTED_WALD,
    DELTA,
    KEPT_AND_GAINED,
    POISSON,
    POISSON_RATIO,
    PROPAGATED,
    STUDENT,
    WEIGHTED_WILSON,
    WILSON,
)

Columns = tuple[str, ...]
#: what tells one cell from another
INDEX = ["grain", "period_start", "segment_by", "segment"]
#: expressions over one unit, and the names of sums, each with how often it counts
Terms = list[tuple[nw.Expr, float]]
Times = Mapping[str, float]
#: the sums of squares and products of each cluster's own sums, and the number of clusters
CLUSTERED = ("cxx", "cxy", "cyy", "clusters")
#: the sums that each rule needs, for one unit of the fact: x is the numerator, y the denominator and g
#: what was gained; nx and ng count the units that have any
SUMS = ("x", "y", "n", "xx", "xy", "yy", "nx", "ny", "g", "gg", "ng", *CLUSTERED)
_NEEDS = {
    DELTA: ("xx", "xy", "yy"),
    PROPAGATED: ("xx", "xy", "yy"),
    STUDENT: ("xx",),
    ADJUSTED_WALD: ("xx",),
    WEIGHTED_WILSON: ("yy",),
    KEPT_AND_GAINED: ("yy", "g", "gg", "ng"),
    POISSON: ("xx",),
    POISSON_RATIO: ("xx", "yy", "nx", "ny"),
}
#: the intervals that heed clusters
_OF_CLUSTERS = (WILSON, DELTA, STUDENT, ADJUSTED_WALD)
#: columns are grouped together up to this many combinations of their values
TOGETHER = 500


def parts_of(
    rules: Sequence[Ratio | Amount],
    prepared: Prepared,
    segmentations: list[Columns],
    engine: Engine,
    *,
    also: Mapping[str, str] | None = None,
    sizes: Mapping[str, int],
) -> Iterator[pd.DataFrame]:
    """One frame a rule, made when it is its turn: grain, period_start, segment_by, segment, and the columns of SUMS.

    `also` are columns of the fact to split by besides, each with the name that it is published under.
    A row a cell of every segmentation. Every period of the calendar is there for every group that
    occurs at all; sums over no rows are 0.
    """
    exprs, crossed, places = _distinct_sums(rules, prepared.cluster)
    also = also or {}
    named, values, sums = [], [], [*exprs, *crossed]
    for columns, served in groupings(segmentations, prepared.varying, sizes):
        cells = engine.collect(_added_up(exprs, crossed, prepared, columns, tuple(also), engine))
        cells = cells.rename(columns=also)
        for by in served:
            groups = (*by, *also.values())
            summed = cells.groupby([*CELL, *groups], as_index=False)[sums].sum()
            labels, added = _every_period(summed, len(prepared.calendar.cells), groups, sums)
            named.append(labels)
            values.append(added)
    whose = _with_names(prepared.calendar.cells[["grain", "period_start"]], named)
    added_up = dict(zip(sums, np.concatenate(values, axis=1), strict=True))
    whole = pd.DataFrame({**whose, **added_up}, copy=False)
    for rule, place in zip(rules, places, strict=True):
        yield _of_rule(whole, rule, place)


def _added_up(
    exprs: Mapping[str, nw.Expr],
    crossed: Mapping[str, nw.Expr],
    prepared: Prepared,
    by: Columns,
    also: Columns,
    engine: Engine,
) -> nw.LazyFrame:
    """The expressions summed in every period and group; the crossed ones are of each cluster's sums."""
    if prepared.stretches:
        rows = prepared.stretches(by).select(*CELL, "until", *by, *also, **exprs)
        steps = spans.lengths(prepared.calendar, engine)
        return spans.add_up(rows, "period", (*by, *also), exprs, steps)
    keys = (*CELL, *by, *also)
    clusters = (prepared.cluster,) if prepared.cluster else ()
    rows = prepared.at(by).select(*dict.fromkeys((*keys, *clusters)), **exprs)
    if crossed and prepared.cluster:
        of_clusters = rows.group_by(*keys, prepared.cluster)
        rows = of_clusters.agg(*(nw.col(each).sum() for each in exprs)).with_columns(**crossed)
    return rows.group_by(*keys).agg(*(nw.col(each).sum() for each in (*exprs, *crossed)))


def groupings(
    segmentations: list[Columns], varying: Columns, sizes: Mapping[str, int]
) -> list[tuple[Columns, list[Columns]]]:
    """Sets of columns to group by, each with the segmentations that its cells add up to.

    Units that vary in a column are other units for each set of such columns, so those stand alone.
    """
    groups: list[tuple[Columns, list[Columns]]] = []
    for by in sorted(segmentations, key=len, reverse=True):
        alone = bool(set(by) & set(varying))
        for place, (columns, served) in enumerate(groups):
            both = tuple(dict.fromkeys((*columns, *by)))
            fits = both == columns or math.prod(sizes[each] for each in both) <= TOGETHER
            if not alone and not set(columns) & set(varying) and fits:
                groups[place] = (both, [*served, by])
                break
        else:
            groups.append((by, [by]))
    return groups


def _distinct_sums(
    rules: Sequence[Ratio | Amount], cluster: str | None
) -> tuple[dict[str, nw.Expr], dict[str, nw.Expr], list[dict[str, Times]]]:
    """Every different sum under a name, those of clusters, and for each rule how its own are made of them."""
    exprs: dict[str, nw.Expr] = {}
    names: dict[str, str] = {}

    def named(expr: nw.Expr) -> str:
        name = names.setdefault(repr(expr), f"sum_{len(names)}")
        exprs[name] = expr
        return name

    places: list[dict[str, Times]] = [
        {each: {named(expr): times for expr, times in terms} for each, terms in _sums(rule).items()}
        for rule in rules
    ]
    crossed: dict[str, nw.Expr] = {}
    for rule, place in zip(rules, places, strict=True):
        if cluster and isinstance(rule, Ratio) and rule.interval in _OF_CLUSTERS:
            x, y = (next(iter(place[each])) for each in ("x", "y"))
            place |= _crossed(rule, x, y, crossed)
    return exprs, crossed, places


def _crossed(rule: Ratio, x: str, y: str, crossed: dict[str, nw.Expr]) -> dict[str, Times]:
    """The rule's sums over clusters, added to those `crossed` so far, from the names of its x and y."""
    one, other = (
        nw.col(name).cast(nw.Float64) * part.scale
        for name, part in ((x, rule.numerator), (y, rule.denominator))
    )
    own = {
        f"{x}_{x}": one * one,
        f"{x}_{y}": one * other,
        f"{y}_{y}": other * other,
        f"any_{y}": flag(nw.col(y) != 0),
    }
    crossed |= own
    return {each: {name: 1.0} for each, name in zip(CLUSTERED, own, strict=True)}


def _sums(rule: Ratio | Amount) -> dict[str, Terms]:
    """What the sums of one rule are made of, over one unit; whole numbers stay whole until they are summed."""
    x = _terms(rule.numerator)
    if isinstance(rule, Amount):
        return {"x": x}
    over, under, gained = rule.numerator, rule.denominator, rule.gained
    further: dict[str, Callable[[], Terms]] = {
        "xx": lambda: _product(over, over),
        "xy": lambda: _product(over, under),
        "yy": lambda: _product(under, under),
        "nx": lambda: _terms(_units(over)),
        "ny": lambda: _terms(_units(under)),
    }
    if gained:
        further["g"] = lambda: _terms(gained)
        further["gg"] = lambda: _product(gained, gained)
        further["ng"] = lambda: _terms(_units(gained))
    sums = {"x": x, "y": _terms(under), "n": _terms(rule.n or _units(under))}
    return sums | {name: further[name]() for name in _NEEDS.get(rule.interval or "", ())}


def _terms(part: Sum) -> Terms:
    """Expressions, and how often each counts."""
    if part.times:
        return [(nw.col(each).cast(nw.Int64), times) for each, times in part.times.items()]
    return [(_number(part), 1)]


def _units(part: Sum) -> Sum:
    """How many units have any of it; of a flag, those that have it."""
    return part if part.flag else Sum(flag(_number(part) != 0), part.says)


def _product(one: Sum, other: Sum) -> Terms:
    """One times the other in each unit, as published; a flag times itself is that flag."""
    if one is other and one.flag:
        return _terms(one)
    return [(_in_units(one) * _in_units(other), 1)]


def _number(part: Sum) -> nw.Expr:
    return part.expr.cast(nw.Int64) if part.whole else part.expr.cast(nw.Float64)


def _in_units(part: Sum) -> nw.Expr:
    return part.expr.cast(nw.Float64) * part.scale


def _every_period(
    summed: pd.DataFrame, periods: int, groups: Columns, sums: list[str]
) -> tuple[pd.DataFrame, np.ndarray]:
    """The groups' names, and the sums of every period and group, one period under another; 0 over no rows."""
    if groups:
        own = summed.groupby(list(groups)).ngroup()
        named = labelled(summed.loc[~own.duplicated(), list(groups)], groups)
        named.index = own[named.index]
        named = named.sort_index()
        _told_apart(named["segment"])
    else:
        own, named = 0, pd.DataFrame({"segment_by": [ALL], "segment": [ALL]})
    values = np.zeros((len(sums), periods, len(named)))
    values[:, summed["period"], own] = summed[sums].to_numpy().T
    return named, values.reshape(len(sums), -1)


def _with_names(cells: pd.DataFrame, named: list[pd.DataFrame]) -> dict[str, pd.Series]:
    """Each period with each name of the first groups, then with each of the next; words as codes."""
    names, begins = coded(pd.concat(named, ignore_index=True)), 0
    periods, places = [], []
    for each in named:
        periods.append(np.repeat(np.arange(len(cells)), len(each)))
        places.append(np.tile(np.arange(begins, begins + len(each)), len(cells)))
        begins += len(each)
    sides = (coded(cells).take(np.concatenate(periods)), names.take(np.concatenate(places)))
    return {name: side[name].reset_index(drop=True) for side in sides for name in side}


def _told_apart(segments: pd.Series) -> None:
    """Two groups may not come to one text, as plan `a,region=b` and region `b,region=b` could."""
    if not segments.is_unique:
        text = segments[segments.duplicated()].iloc[0]
        raise DataError(
            f"Two segments are both written {text}: a value holds a comma, a column's name and an "
            "equals sign. Rename the value, under columns of its table in the edition or in the export."
        )


def _of_rule(
    summed: pd.DataFrame, rule: Ratio | Amount, place: Mapping[str, Times]
) -> pd.DataFrame:
    scale_y = 1.0 if isinstance(rule, Amount) else rule.denominator.scale
    scales = {"x": rule.numerator.scale, "y": scale_y}
    if isinstance(rule, Ratio) and rule.gained:
        scales["g"] = rule.gained.scale
    sums = {
        name: _combined(summed, place[name]) * scales.get(name, 1.0) if name in place else np.nan
        for name in SUMS
    }
    return pd.DataFrame({**summed[INDEX], **sums}, copy=False)


def _combined(summed: pd.DataFrame, times: Times) -> np.ndarray:
    return sum(number * summed[each].to_numpy(dtype=float) for each, number in times.items())


def labelled(frame: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """The group columns folded into `segment_by` and `segment` (`plan,region`, `plan=Pro,region=EMEA`).

    Here the segments get back the names that the edition gives them.
    """
    if not by:
        return frame.assign(segment_by=ALL, segment=ALL)
    names = [segment_name(column) for column in by]
    texts = [name + "=" + frame[column].astype(str) for name, column in zip(names, by, strict=True)]
    segment = texts[0]
    for text in texts[1:]:
        segment = segment + "," + text
    return frame.drop(columns=list(by)).assign(segment_by=",".join(names), segment=segment)
