"""What moved a rate from the period before to this one, split by the segments of one column."""

import numpy as np
import pandas as pd

from cs_lib.judgement.comparisons import distinguishable, what_moved_it
from cs_lib.kit.selection import Selection
from cs_lib.metrics.catalogue.declaration import Metric
from cs_lib.metrics.catalogue.rules import Ratio
from cs_lib.report import figures
from cs_lib.report.display import LeftOut, ReportFigure, ReportTable, Sentence
from cs_lib.report.tables.decomposition_table import moved_table
from cs_lib.report.text.decomposition import (
    REST,
    Moved,
    moved_sentence,
    quiet_sentence,
)
from cs_lib.report.text.formatting import spoken
from cs_lib.report.text.measure_row import Reading, labels, readings
from cs_lib.vocabulary import OK

Showable = Sentence | ReportFigure | ReportTable | LeftOut


def shown(selection: Selection, name: str, by: str | None = None) -> list[Showable]:
    """The sentence, the figure and the table; or why there is none.

    Of a change within normal variation only that is said.
    """
    moved = what_moved(selection, name, by)
    if isinstance(moved, LeftOut):
        return [moved]
    formatter = selection.formatter
    if moved.distinguishable is not True:
        return [quiet_sentence(moved, formatter)]
    figure = figures.mix_and_rate(moved, formatter)
    return [moved_sentence(moved, formatter), figure, moved_table(moved, formatter)]


def what_moved(selection: Selection, name: str, by: str | None = None) -> Moved | LeftOut:
    """The change of a rate split by one column.

    Without `by`: the column whose segments' changes differ most from each other, by the p-value of
    their spread (χ² against an even change); the edition's first column where none can be judged.
    """
    metric = selection.metric(name)
    title = f"What moved {metric.title}"
    rule = metric.rule()
    if not isinstance(rule, Ratio):
        return LeftOut(title, f"{metric.title} is not a rate, so it has no mix")
    own = selection.own_columns
    if by is not None and by in own:
        return LeftOut(title, f"this report is about one {spoken(by)} alone")
    columns = [by] if by else [c for c in selection.edition.segments if c not in own]
    found = [each for column in columns if (each := _split(selection, metric, rule, column))]
    if not found:
        return LeftOut(title, _why_not(selection, name, columns))
    return min(found, key=_evenness)


def _split(selection: Selection, metric: Metric, rule: Ratio, by: str) -> Moved | None:
    name = metric.name
    ends = [selection.frame(name, back=back) for back in (1, 0)]
    parts = [_parts(selection, name, by, back) for back in (1, 0)]
    if any(each.empty for each in (*ends, *parts)):
        return None
    before, now = (Reading.of(each.iloc[0]) for each in ends)
    if not (before.ok and now.ok):
        return None
    split = what_moved_it(parts[1], parts[0]).set_index("segment")
    rows = pd.concat(parts).drop_duplicates("segment").sort_values("segment")
    names = dict(zip(rows["segment"], labels(readings(rows)), strict=True))
    table = split[["rate", "mix"]].mul(rule.times).assign(name=split.index.map(names))
    old, new = (each.set_index("segment") for each in parts)
    for end, frame in enumerate((old, new)):
        weights = frame["denominator"].reindex(split.index).fillna(0.0)
        table[f"share_{end}"] = weights / weights.sum()
        table[f"rate_{end}"] = frame["value"].reindex(split.index)
    table["mix"] -= _average(old, new, rule) * (table["share_1"] - table["share_0"])
    table["sure"] = [
        distinguishable(new.loc[each], old.loc[each], metric) is True
        if each in old.index and each in new.index
        else False
        for each in split.index
    ]
    change = now.value - before.value
    rest = change - float(table[["rate", "mix"]].to_numpy().sum())
    if abs(rest) > 1e-9:
        left = {"name": REST, "rate": 0.0, "mix": rest, "sure": False}
        table = pd.concat([table, pd.DataFrame([left])], ignore_index=True)
    table["total"] = table["rate"] + table["mix"]
    sure = distinguishable(ends[1].iloc[0], ends[0].iloc[0], metric)
    return Moved(metric, now.variant, by, before, now, table.reset_index(drop=True), sure)


def _parts(selection: Selection, name: str, by: str, back: int) -> pd.DataFrame:
    frame = selection.frame(name, by=by, back=back)
    return frame[(frame["status"] == OK) & frame["denominator"].gt(0)]


def _why_not(selection: Selection, name: str, columns: list[str]) -> str:
    if not selection.has(name):
        return selection.why_not([name], None)
    if not columns:
        return "this edition names no segments whose rates and mix could be told apart"
    if selection.frame(name, back=1).empty:
        return f"there is no figure for {selection.period.back()} to compare with"
    return selection.why_not([name], columns[0])


def _average(old: pd.DataFrame, new: pd.DataFrame, rule: Ratio) -> float:
    """The average figure between the two ends.

    Taken from every segment's figure it leaves the sum of the mix as it is, since the shares' changes
    sum to 0, and tells of each segment what its growth did: a segment above the average that grows
    raises the figure.
    """
    return sum(
        rule.times * each["numerator"].sum() / each["denominator"].sum() / 2 for each in (old, new)
    )


def _evenness(moved: Moved) -> float:
    """The p-value of the segments' changes against one change for all: small where they differ."""
    from scipy.special import chdtrc

    parts = moved.parts[moved.parts["name"] != REST]
    change = parts["rate_1"] - parts["rate_0"]
    n = parts[["share_0", "share_1"]].mul([moved.before.denominator, moved.now.denominator])
    middle = (moved.before.value + moved.now.value) / 2
    variance = abs(middle * (1 - middle)) * (1 / n).sum(axis=1)
    away = ((change - moved.change) ** 2 / variance).replace([np.inf], np.nan).dropna()
    return float(chdtrc(max(len(away) - 1, 1), away.sum())) if len(away) > 1 else 1.0
