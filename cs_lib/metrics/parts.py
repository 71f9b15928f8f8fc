"""Parts: numerators, denominators, counts and second moments, summed inside the engine.

All rules over one fact are summed in one grouping for each set of columns, so that the work grows
with the number of cells and not with the number of metrics.
"""

import narwhals as nw
import numpy as np
import pandas as pd

from cs_lib.data.facts.frames import CELL, Prepared, flag
from cs_lib.metrics.metric import ADJUSTED_WALD, DELTA, STUDENT, Amount, Rule, Sum
from cs_lib.period import ALL

#: the sums that each rule needs; x is the numerator and y the denominator, for one unit of the fact
SUMS = ("x", "y", "n", "xx", "xy", "yy")
_SQUARES = {
    DELTA: ("xx", "xy", "yy"),
    STUDENT: ("xx",),
    ADJUSTED_WALD: ("xx",),
}


def parts_of(
    rules: list[Rule], prepared: Prepared, by: tuple[str, ...], engine
) -> list[pd.DataFrame]:
    """For each rule one frame: grain, period_start, *by, and the columns of SUMS, a row a cell.

    Every period of the calendar is there for every group that occurs at all; sums over no rows are 0.
    """
    columns = {}
    for number, rule in enumerate(rules):
        for name, expr in _sums(rule).items():
            columns[f"{name}_{number}"] = expr
    units = prepared.at(tuple(column for column in by if column in prepared.segments))
    frame = units.with_columns(**columns).group_by(*CELL, *by)
    summed = engine.collect(frame.agg(*(nw.col(column).sum() for column in columns)))
    summed = _every_period(summed, prepared, by)
    return [_of_rule(summed, number, rule, by) for number, rule in enumerate(rules)]


def _sums(rule: Rule) -> dict[str, nw.Expr]:
    """The expressions of one rule over one unit; whole numbers stay whole until they are summed."""
    x = _number(rule.numerator)
    if isinstance(rule, Amount):
        return {"x": x}
    y = _number(rule.denominator)
    n = rule.n.expr.cast(nw.Int64) if rule.n else flag(y != 0)
    sums = {"x": x, "y": y, "n": n}
    squares = {
        "xx": (rule.numerator, rule.numerator),
        "xy": (rule.numerator, rule.denominator),
        "yy": (rule.denominator, rule.denominator),
    }
    for name in _SQUARES.get(rule.interval, ()):
        one, other = squares[name]
        sums[name] = _in_units(one) * _in_units(other)
    return sums


def _number(part: Sum) -> nw.Expr:
    return part.expr.cast(nw.Int64) if part.whole else part.expr.cast(nw.Float64)


def _in_units(part: Sum) -> nw.Expr:
    return part.expr.cast(nw.Float64) * part.scale


def _every_period(
    summed: pd.DataFrame, prepared: Prepared, groups: tuple[str, ...]
) -> pd.DataFrame:
    """The sums with a row for every period and every group; sums over no rows are 0."""
    calendar = [
        (period.grain, pd.Timestamp(period.start)) for period in prepared.calendar.all_periods
    ]
    cells = pd.DataFrame(calendar, columns=list(CELL))
    summed = summed.assign(
        period_start=pd.to_datetime(summed["period_start"]).astype("datetime64[us]")
    )
    cells["period_start"] = cells["period_start"].astype("datetime64[us]")
    if groups:
        cells = cells.merge(summed[list(groups)].drop_duplicates(), how="cross")
    return cells.merge(summed, on=[*CELL, *groups], how="left").fillna(0)


def _of_rule(summed: pd.DataFrame, number: int, rule: Rule, groups) -> pd.DataFrame:
    frame = summed[[*CELL, *groups]].copy()
    scale_y = 1.0 if isinstance(rule, Amount) else rule.denominator.scale
    scales = {"x": rule.numerator.scale, "y": scale_y}
    for name in SUMS:
        column = f"{name}_{number}"
        values = summed[column].to_numpy(dtype=float) if column in summed else np.nan
        frame[name] = values * scales.get(name, 1.0)
    return frame


def labelled(frame: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """The group columns folded into `segment_by` and `segment` (`plan,region`, `plan=Pro,region=EMEA`)."""
    if not by:
        return frame.assign(segment_by=ALL, segment=ALL)
    texts = [column + "=" + frame[column].astype(str) for column in by]
    segment = texts[0]
    for text in texts[1:]:
        segment = segment + "," + text
    return frame.drop(columns=list(by)).assign(segment_by=",".join(by), segment=segment)
