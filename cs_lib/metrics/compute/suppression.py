"""Figures of so few that they would tell of persons are hidden, with what they could be had from."""

import numpy as np
import pandas as pd

from cs_lib.metrics.compute.estimate import blank
from cs_lib.period import ALL, segment_pairs
from cs_lib.vocabulary import SUPPRESSED

#: the column by which answers are counted
BY_SCORE = "score"
#: the group of what belongs to none
NOWHERE = 0


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
