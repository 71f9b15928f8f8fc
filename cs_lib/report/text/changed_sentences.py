"""What differs in an edition and its files since the last pack, a sentence a kind and place."""

from collections.abc import Callable, Sequence
from itertools import groupby

from cs_lib.metrics.audit.changed_inputs import (
    BENCHMARK,
    COLUMN,
    FILE,
    SEGMENT,
    TABLE,
    TARGET,
    VALUE,
    Change,
)
from cs_lib.period import ALL
from cs_lib.report.text.formatting import Formatter, heading, listed

#: so many names are told of a list
MOST = 5
_HEADS = {
    SEGMENT: "Segments",
    TABLE: "Tables",
    FILE: "Files of {where}",
    COLUMN: "Columns of {where}",
    VALUE: "Values of {where}",
}


def changed_sentences(found: Sequence[Change], metric: Callable, formatter: Formatter) -> list[str]:
    """ "Columns of subscriptions: end_reason is new; seats is gone." """
    told = []
    for (kind, where), group in groupby(found, key=lambda each: (each.kind, each.where)):
        each = list(group)
        if kind in (TARGET, BENCHMARK):
            told.append(_values(each, metric, formatter))
        else:
            told.append(f"{_HEADS[kind].format(where=where)}: {_differences(each, formatter)}.")
    return told


def _differences(found: Sequence[Change], formatter: Formatter) -> str:
    came = [str(each.new) for each in found if each.old is None]
    gone = [str(each.old) for each in found if each.new is None]
    parts = [f"{each.old} is now called {each.new}" for each in found if each.old and each.new]
    parts += [f"{listed(came, most=MOST)} {_is(came)} new"] if came else []
    parts += [f"{listed(gone, most=MOST)} {_is(gone)} gone"] if gone else []
    late = max(each.rows for each in found)
    if late:
        parts.append(f"{formatter.count(late, 'row')} of months told before came late")
    if gone and found[0].kind == SEGMENT:
        parts.append("figures by a segment that is gone are not compared")
    return "; ".join(parts)


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _values(found: Sequence[Change], metric: Callable, formatter: Formatter) -> str:
    declared = metric(found[0].where)

    def value(given: str | float | None) -> str:
        return "none" if given is None else formatter.value(float(given), declared.unit)

    parts = [
        f"{value(each.old)} → {value(each.new)}" + (f" ({each.what})" if each.what != ALL else "")
        for each in found
    ]
    return f"{heading(found[0].kind)} of {declared.title}: {'; '.join(parts)}."
