"""From parts to figures: value, interval and status of every cell."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from cs_lib.data.facts.calendar import OPENING
from cs_lib.edition import Edition
from cs_lib.metrics.catalogue.declaration import STUDENT, Amount, FactRule, Ratio
from cs_lib.metrics.compute.rule_intervals import interval_of
from cs_lib.period import ALL, Period, segment_pairs
from cs_lib.vocabulary import IMMATURE, OK, SUPPRESSED, UNDEFINED

FIGURES = ["numerator", "denominator", "n", "value", "low", "high"]
#: the column by which answers are counted
BY_SCORE = "score"
#: the group of what belongs to none
NOWHERE = 0


def judged(
    parts: pd.DataFrame, rule: Ratio | Amount, edition: Edition, first: date, as_of: date
) -> pd.DataFrame:
    """The parts of one rule with value, low, high and status.

    Takes grain, period_start, segment_by, segment and the sums of `parts.SUMS`. A figure is undefined
    where its denominator is 0, and immature where the data cannot yet, or not any more, speak of it.
    """
    frame = parts.assign(period_end=period_ends(parts), **_figures(parts, rule, edition))
    frame["status"] = np.where(np.isnan(frame["value"]), UNDEFINED, OK)
    frame.loc[immature(frame, rule, edition, first, as_of), "status"] = IMMATURE
    return blank(frame)


def _figures(parts: pd.DataFrame, rule: Ratio | Amount, edition: Edition) -> dict[str, np.ndarray]:
    x, y, n = (parts[each].to_numpy(dtype=float) for each in ("x", "y", "n"))
    if isinstance(rule, Amount):
        nothing = np.full(len(parts), np.nan)
        return dict(numerator=x, denominator=nothing, n=nothing, value=x, low=nothing, high=nothing)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(y != 0, rule.value(x, y), np.nan)
    low, high = interval_of(parts, rule, edition.confidence)
    low, high = rule.times * low - rule.minus, rule.times * high - rule.minus
    if rule.interval == STUDENT:
        low, high = _on_the_scale(low, rule, edition), _on_the_scale(high, rule, edition)
    return dict(numerator=x, denominator=y, n=n, value=value, low=low, high=high)


def _on_the_scale(end: np.ndarray, rule: Ratio, edition: Edition) -> np.ndarray:
    """One end of the interval of a mean score, within the scale of its instrument."""
    scale = getattr(getattr(edition.definitions, rule.fact, None), "scale", None)
    return np.clip(end, *scale) if scale else end


def period_ends(frame: pd.DataFrame) -> pd.Series:
    """The end of each row's period, from its grain and start."""
    grains, starts = frame["grain"].to_numpy(dtype=object), frame["period_start"].to_numpy()
    ends = np.empty(len(frame), dtype="datetime64[us]")
    for grain in set(grains):
        here = grains == grain
        days, place = np.unique(starts[here].astype("datetime64[D]"), return_inverse=True)
        last = [Period.containing(day, grain).end for day in days.tolist()]
        ends[here] = np.array(last, dtype="datetime64[us]")[place]
    return pd.Series(ends, index=frame.index)


def immature(
    frame: pd.DataFrame, rule: FactRule, edition: Edition, first: date, as_of: date
) -> pd.Series:
    """The rows of which the data cannot speak: not over yet, or reaching back before their history.

    So do those before whose opening (or closing) the data do not reach back over the active window.
    """
    starts, ends, definitions = frame["period_start"], frame["period_end"], edition.definitions
    wait = timedelta(days=stated(rule.matures or 0, edition))
    known_from = pd.Timestamp(edition.history_starts or first.replace(day=1))
    unknown = ends > pd.Timestamp(as_of - wait)
    if edition.history_starts:
        unknown |= starts < known_from
    if rule.looks_back:
        unknown |= ends - pd.DateOffset(months=rule.looks_back) < known_from
    if rule.active_at is not None:
        instants = starts if rule.active_at == OPENING else ends
        unknown |= instants - pd.DateOffset(months=definitions.active_window) < known_from
    return unknown


def stated(number: int | str, edition: Edition) -> int:
    """A number of a declaration: itself, or what the definition of that name says."""
    return getattr(edition.definitions, number) if isinstance(number, str) else number


def blank(frame: pd.DataFrame) -> pd.DataFrame:
    """Figures that must not be read are taken out: the status says why."""
    unreadable = frame["status"].isin([IMMATURE, SUPPRESSED]).to_numpy()
    undefined = unreadable | (frame["status"] == UNDEFINED).to_numpy()
    for name in FIGURES if undefined.any() else ():
        gone = undefined if name in ("value", "low", "high") else unreadable
        frame[name] = np.where(gone, np.nan, frame[name])
    return frame


def suppressed(frame: pd.DataFrame, min_n: int) -> pd.DataFrame:
    """Hide segment figures that stand on fewer than `min_n`; totals without n are not hidden."""
    cells = [frame[each] for each in ("metric", "variant", "grain", "period_start")]
    hidden = too_small(frame, _stands_on(frame), cells, min_n)
    return blank(frame.assign(status=frame["status"].mask(hidden, SUPPRESSED)))


def _stands_on(frame: pd.DataFrame) -> pd.Series:
    """The n of each figure. Answers by score have none of their own: they stand on all answers of
    their segment, for one by one they would tell the score that is hidden."""
    split = frame["segment_by"].str.endswith(f",{BY_SCORE}")
    if not split.any():
        return frame["n"]
    rows = frame[split]
    cell = [rows[each] for each in ("metric", "variant", "grain", "period_start")]
    whole = rows["segment"].str.rpartition(",")[0]
    answers = rows.groupby([*cell, whole])["numerator"].transform("sum")
    return answers.reindex(frame.index).where(split, frame["n"])


def too_small(frame: pd.DataFrame, n: pd.Series, cells: list[pd.Series], min_n: int) -> pd.Series:
    """Which rows to hide: those with 0 < n < `min_n`, and where one alone would be hidden, another.

    Among sibling segments (the same but for one column) the smallest shown one goes as well, because
    otherwise the hidden figure could be had by subtraction; again, until no row hides alone.
    """
    n = n.to_numpy(dtype=float)
    counted = (frame["segment_by"] != ALL).to_numpy() & (n > 0)
    hidden = counted & (n < min_n)
    if hidden.any():
        cell, place = (
            _codes(*cells, frame["segment_by"]),
            pd.factorize(frame["segment"], sort=True)[0],
        )
        margins = [
            np.where(cell == NOWHERE, NOWHERE, _codes(cell, parent)) for parent in _parents(frame)
        ]
        before = -1
        while before != hidden.sum():
            before = hidden.sum()
            for margin in margins:
                hidden = hidden | _second(hidden, counted, n, margin, place)
    return pd.Series(hidden, index=frame.index)


def _second(
    hidden: np.ndarray, counted: np.ndarray, n: np.ndarray, margin: np.ndarray, place: np.ndarray
) -> np.ndarray:
    """The smallest shown row of each group in which exactly one is hidden.

    Of several it is the alphabetically first, in whatever order the engine gave the rows.
    """
    alone = np.bincount(margin, weights=hidden)[margin] == 1
    shown = np.flatnonzero(counted & ~hidden & alone & (margin > NOWHERE))
    ordered = shown[np.lexsort((place[shown], n[shown], margin[shown]))]
    chosen = np.zeros(len(hidden), dtype=bool)
    chosen[ordered[np.unique(margin[ordered], return_index=True)[1]]] = True
    return chosen


def _codes(*columns: pd.Series | np.ndarray) -> np.ndarray:
    """Small whole numbers, the same where all columns are; NOWHERE where one is missing."""
    code, missing = np.zeros(len(columns[0]), dtype=np.int64), False
    for column in columns:
        each, values = pd.factorize(column)
        code = pd.factorize(code * (len(values) + 1) + each + 1)[0]
        missing = missing | (each < 0)
    return np.where(missing, NOWHERE, code + 1)


def _parents(frame: pd.DataFrame) -> list[np.ndarray]:
    """For each position of a segment's columns: the segment without that column, None where it has none."""
    code = _codes(frame["segment_by"], frame["segment"])
    _, first, own = np.unique(code, return_index=True, return_inverse=True)
    keys = frame[["segment_by", "segment"]].iloc[first]
    pairs = [segment_pairs(by, segment) for by, segment in keys.itertuples(index=False)]
    deepest = max((len(each) for each in pairs), default=0)
    return [
        np.array(
            [
                repr(each[:place] + each[place + 1 :]) if place < len(each) else None
                for each in pairs
            ],
            dtype=object,
        )[own]
        for place in range(deepest)
    ]
