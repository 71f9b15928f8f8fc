"""Restatement: what the pack published before said, what the same figure is now, and why."""

import hashlib
from collections.abc import Iterator
from dataclasses import fields
from types import CodeType, FunctionType

import numpy as np
import pandas as pd

from cs_lib.metrics import frame_columns
from cs_lib.metrics.audit.input_snapshot import Ledger, altered
from cs_lib.metrics.catalogue import CATALOGUE
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.sums import Sum
from cs_lib.metrics.coded_words import worded
from cs_lib.period import GRAINS, MONTHS_IN, Segment
from cs_lib.vocabulary import OK

#: before and now
Ledgers = tuple[Ledger, Ledger]
Definitions = tuple[dict[str, str], dict[str, str]]
#: published figures are written with twelve digits
TOLERANCE = 1e-9
DEFINITION, LATE, GONE, CHANGED, UNKNOWN = (
    "definition changed",
    "late rows",
    "rows gone",
    "changed rows",
    "cause not known",
)


def definition_digests() -> dict[str, str]:
    """metric → a digest of its declaration."""
    return {metric.name: definition_digest(metric) for metric in CATALOGUE}


def definition_digest(metric: Metric) -> str:
    """A digest of a declaration: sentences, arithmetic and intervals."""
    told = [metric.name, metric.unit, metric.direction, metric.leaves_out]
    for rule in metric.rules:
        for each in fields(rule):
            value = getattr(rule, each.name)
            told.append(f"{each.name}={_said(value)}")
    return hashlib.sha256("\n".join(map(str, told)).encode()).hexdigest()[:16]


def _said(value: object) -> str:
    if isinstance(value, Sum):
        return f"{value.expr} {value.says} {value.scale}"
    return _arithmetic(value) if isinstance(value, FunctionType) else repr(value)


def _arithmetic(function: FunctionType) -> str:
    """What a function does, whoever runs it: its steps, their constants and names, and plain values so named."""
    codes = list(_codes(function.__code__))
    names = sorted({name for code in codes for name in code.co_names})
    values = {name: function.__globals__.get(name) for name in names}
    plain = {name: each for name, each in values.items() if isinstance(each, float | int | str)}
    steps = [f"{code.co_code.hex()} {_constants(code, function.__doc__)}" for code in codes]
    return f"{steps} {names} {plain}"


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A piece of code, and those inside it."""
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)


def _constants(code: CodeType, explained: str | None) -> list[str]:
    """Its constants but for the docstring; a set, which has no order of its own, in order."""
    own = [each for each in code.co_consts if not isinstance(each, CodeType) and each != explained]
    return [repr(sorted(each, key=repr) if isinstance(each, frozenset) else each) for each in own]


def restated(
    published: pd.DataFrame,
    now: pd.DataFrame,
    *,
    ledgers: Ledgers,
    definitions: Definitions,
) -> pd.DataFrame:
    """Every figure published before that is another one now: key, unit, old, new, cause.

    Takes the measures of the pack published before and those of today. Figures that were not
    readable then (immature, hidden) are not compared; one that is no longer there has new NaN.
    """
    old = published[published["status"] == OK]
    there = now.groupby("metric", observed=True).indices
    pieces = [
        _differing(old.iloc[rows], now.iloc[there.get(name, [])])
        for name, rows in old.groupby("metric", observed=True).indices.items()
    ]
    found = pd.concat(pieces, ignore_index=True) if pieces else _differing(old, now.iloc[:0])
    causes = {
        (name, month): _cause(name, month, ledgers, definitions)
        for name, month in {
            (name, f"{start:%Y-%m}")
            for name, start in zip(found["metric"], _ends(found), strict=True)
        }
    }
    found["cause"] = [
        causes[name, f"{end:%Y-%m}"]
        for name, end in zip(found["metric"], _ends(found), strict=True)
    ]
    return found[frame_columns.RESTATED].reset_index(drop=True)


def _differing(old: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """The figures of a metric that are others now, in words: all metrics' at once would take many times what they do."""
    both = worded(old[[*frame_columns.KEY, "unit", "value"]]).merge(
        worded(now[[*frame_columns.KEY, "value"]]),
        on=frame_columns.KEY,
        how="left",
        suffixes=("_old", "_new"),
    )
    was, is_now = both["value_old"].to_numpy(float), both["value_new"].to_numpy(float)
    differs = ~np.isclose(was, is_now, rtol=TOLERANCE, atol=TOLERANCE)
    return both[differs].rename(columns={"value_old": "old", "value_new": "new"})


def with_new_names(published: pd.DataFrame, renames: dict[str, dict[str, str]]) -> pd.DataFrame:
    """The figures published before, each segment by the name it bears now. Where two segments are one
    now, it is compared with what bore its name before, and not at all where none did: it is their sum."""
    splits = published[["segment_by", "segment"]].drop_duplicates()
    new = {
        text: Segment(
            tuple(
                (column, renames.get(column, {}).get(value, value))
                for column, value in Segment.parse(text, tuple(by.split(","))).pairs
            )
        ).label
        for by, text in splits.itertuples(index=False)
        if set(by.split(",")) & renames.keys()
    }
    if not new:
        return published
    published = worded(published)
    named = published.assign(segment=published["segment"].map(lambda text: new.get(text, text)))
    own = published["segment"] == named["segment"]
    return named[own | ~named.duplicated(frame_columns.KEY, keep=False)]


def _ends(found: pd.DataFrame) -> pd.Series:
    """The last month that a figure speaks of, which is as far as rows can have changed it."""
    months = found["grain"].map({grain: MONTHS_IN.get(grain, 1) - 1 for grain in GRAINS})
    return (found["period_start"].dt.to_period("M") + months.astype(int)).dt.to_timestamp()


def _cause(name: str, month: str, ledgers: Ledgers, definitions: Definitions) -> str:
    """Why a metric's figure of a period changed, as far as it can be told."""
    before, now = definitions
    if any(before.get(each) != now.get(each) for each in _made_of(name)):
        return DEFINITION
    tables = _reads(name)
    others = sorted({*ledgers[0], *ledgers[1]} - tables)
    return _told(sorted(tables), month, ledgers) or _told(others, month, ledgers) or UNKNOWN


def _told(tables: list[str], month: str, ledgers: Ledgers) -> str:
    """Which of these tables had rows added, taken out or changed up to a month.

    Tables that a metric does not read itself can still move its segments and its weights. Where one of
    them can't be compared, what the others say is no answer.
    """
    told = []
    for table in tables:
        before, now = ledgers
        rows = altered(before, now, table, month)
        if rows is None:
            return UNKNOWN
        told += [f"{LATE} ({rows.late:,} in {table})"] if rows.late else []
        told += [f"{GONE} ({rows.gone:,} from {table})"] if rows.gone else []
        told += [f"{CHANGED} ({table})"] if rows.changed else []
    return "; ".join(told)


def _made_of(name: str) -> set[str]:
    """A metric and all those it is derived from."""
    metric = next((each for each in CATALOGUE if each.name == name), None)
    if metric is None:
        return {name}
    inputs = {each.metric for rule in metric.rules for each in rule.made_of}
    return {name}.union(*(_made_of(each) for each in inputs))


def _reads(name: str) -> set[str]:
    """The tables behind a metric, `customers` among them because its columns make the segments."""
    by_name = {each.name: each for each in CATALOGUE}
    return {"customers"}.union(*(by_name[each].reads for each in _made_of(name) if each in by_name))
